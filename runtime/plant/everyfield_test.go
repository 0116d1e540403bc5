package plant

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// fill gives every field of a struct, however deep, a value that is not its zero; enums their first choice.
func fill(v reflect.Value, field reflect.StructField, depth int) {
	choice, _, _ := strings.Cut(field.Tag.Get("enum"), ",")
	switch v.Interface().(type) {
	case json.RawMessage:
		v.SetBytes([]byte(`{"k":"v"}`))
		return
	case spec.Text:
		v.Set(reflect.ValueOf(spec.Text{"en": "text", "zh": "文"}))
		return
	}
	switch v.Kind() {
	case reflect.String:
		if choice == "" {
			choice = "x" + strings.ToLower(field.Name)
		}
		v.SetString(choice)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(3)
	case reflect.Float64:
		v.SetFloat(2.5)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), field, depth)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), field, depth)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		key.SetString("key")
		fill(value, field, depth)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		if depth > 6 {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), v.Type().Field(i), depth+1)
			}
		}
	default:
		panic(fmt.Sprintf("%s is a %s", field.Name, v.Kind()))
	}
}

// TestSheetsCarryEveryField: whoever adds a field to a tag, an asset or a device is told here when spreadsheets would lose it.
func TestSheetsCarryEveryField(t *testing.T) {
	same := func(name string, before, after any, faults spec.Problems) {
		t.Helper()
		a, _ := spec.Canonical(before)
		b, _ := spec.Canonical(after)
		if string(a) != string(b) || len(faults) > 0 {
			t.Errorf("a %s loses something in a row: %v\n%s\n%s", name, faults, a, b)
		}
	}
	var g Tag
	fill(reflect.ValueOf(&g).Elem(), reflect.StructField{}, 0)
	g.Path, g.Type = "a/b", "float"
	row := flatten(&g)
	known(t, tagColumns, row)
	tagBack, faults := unflatten(row)
	same("tag", g, tagBack, faults)

	var a Asset
	fill(reflect.ValueOf(&a).Elem(), reflect.StructField{}, 0)
	a.Path, a.Params = "a/b", map[string]json.RawMessage{"p": json.RawMessage(`1.5`)}
	for i := range a.Relations {
		a.Relations[i].To = tag.Path("a/c")
	}
	row = flattenAsset(&a, nil)
	known(t, assetColumns, row)
	assetBack, faults := unflattenAsset(row, nil)
	same("asset", a, assetBack, faults)

	var d Device
	fill(reflect.ValueOf(&d).Elem(), reflect.StructField{}, 0)
	row = flattenDevice(&d)
	known(t, deviceColumns, row)
	deviceBack, faults := unflattenDevice(row)
	same("device", d, deviceBack, faults)
}

func known(t *testing.T, c columns, row map[string]string) {
	t.Helper()
	for name := range row {
		if !c.knows(name) {
			t.Errorf("there is no column %s", name)
		}
	}
}
