package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// Limits of settings, which come from outside.
const (
	MaxSettingsBytes = 1 << 20
	MaxDepth         = 64
)

// Strict tells what is wrong with a JSON text whatever it says: it is no UTF-8 or no JSON, has
// double keys, or is nested deeper than MaxDepth.
func Strict(raw []byte) error { return check(raw, &anything, len(raw), MaxDepth).Err() }

// Decode reads settings strictly into the struct that dst points to, whose tags describe
// them (see Fields). Unknown and double keys, wrong types, missing required settings, values
// out of range and unknown choices are refused, all at once, as Problems with their places.
// Defaults are filled in. Empty raw is an empty object.
func Decode(raw json.RawMessage, dst any) error {
	t := reflect.TypeOf(dst)
	if t == nil || t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		panic(fmt.Sprintf("spec: Decode into %T, not a pointer to a struct", dst))
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		raw = json.RawMessage("{}")
	}
	fields := Fields(dst)
	if err := Validate(fields, raw).Err(); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var tree map[string]any
	if err := dec.Decode(&tree); err != nil {
		return fmt.Errorf("decode settings: %w", err)
	}
	fill(fields, tree)
	full, err := json.Marshal(tree)
	if err != nil {
		return fmt.Errorf("decode settings: %w", err)
	}
	if err := json.Unmarshal(full, dst); err != nil {
		at := ""
		if te := new(json.UnmarshalTypeError); errors.As(err, &te) && te.Field != "" {
			at = "/" + te.Field
		}
		return Problems{{Code: "value_type", At: at, Message: err.Error(), Hint: "Give a value of the type that the reference names."}}
	}
	return nil
}

// fill puts defaults where nothing was given.
func fill(fields []Field, tree map[string]any) {
	for i := range fields {
		f := &fields[i]
		v, given := tree[f.Name]
		if !given && f.Default != nil {
			tree[f.Name] = f.Default
			if f.Kind != KindObject && f.Kind != KindList {
				continue
			}
			dec := json.NewDecoder(bytes.NewReader(f.Default))
			dec.UseNumber()
			if dec.Decode(&v) != nil {
				continue
			}
			tree[f.Name] = v
		}
		switch f.Kind {
		case KindObject:
			if !given && !f.pointer && hasDefaults(f.Fields) {
				v = map[string]any{}
				tree[f.Name] = v
			}
			if m, ok := v.(map[string]any); ok {
				fill(f.Fields, m)
			}
		case KindList:
			list, _ := v.([]any)
			for _, e := range list {
				if m, ok := e.(map[string]any); ok && !scalarList(f) {
					fill(f.Fields, m)
				}
			}
		}
	}
}

func hasDefaults(fields []Field) bool {
	for i := range fields {
		if fields[i].Default != nil || fields[i].Kind == KindObject && hasDefaults(fields[i].Fields) {
			return true
		}
	}
	return false
}

// scalarList reports whether f is a list of values without names.
func scalarList(f *Field) bool { return len(f.Fields) == 1 && f.Fields[0].Name == "" }
