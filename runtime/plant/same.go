package plant

import (
	"bytes"
	"reflect"
	"unsafe"
)

// Same reports whether two parts of a plant hold the same, text for text. What they share is not looked into, so that
// comparing two versions of a large plant of which the one was made from the other is quick.
func Same[T any](a, b *T) bool {
	return a == b || sameBits(a, b) || alike(reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem())
}

// SameLists is Same for all elements of two lists.
func SameLists[T any](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	if len(a) > 0 && &a[0] == &b[0] {
		return true
	}
	for i := range a {
		if !Same(&a[i], &b[i]) {
			return false
		}
	}
	return true
}

// sameBits reports whether two values are the same in memory, and so share all that they point to. It is what most elements
// of two lists are of which the one was copied from the other, and by far the quickest to find out.
func sameBits[T any](a, b *T) bool {
	n := unsafe.Sizeof(*a)
	return string(unsafe.Slice((*byte)(unsafe.Pointer(a)), n)) == string(unsafe.Slice((*byte)(unsafe.Pointer(b)), n))
}

func alike(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if !alike(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.String:
		return a.String() == b.String()
	case reflect.Pointer:
		return a.Pointer() == b.Pointer() || !a.IsNil() && !b.IsNil() && alike(a.Elem(), b.Elem())
	case reflect.Slice:
		n := a.Len()
		switch {
		case n != b.Len() || a.IsNil() != b.IsNil():
			return false
		case a.Pointer() == b.Pointer():
			return true
		case a.Type().Elem().Kind() == reflect.Uint8:
			return bytes.Equal(a.Bytes(), b.Bytes())
		}
		for i := range n {
			if !alike(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Map:
		if a.Len() != b.Len() || a.IsNil() != b.IsNil() {
			return false
		}
		if a.Pointer() == b.Pointer() {
			return true
		}
		for it := a.MapRange(); it.Next(); {
			if v := b.MapIndex(it.Key()); !v.IsValid() || !alike(it.Value(), v) {
				return false
			}
		}
		return true
	case reflect.Bool:
		return a.Bool() == b.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return a.Int() == b.Int()
	case reflect.Float32, reflect.Float64:
		return a.Float() == b.Float()
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}
