package spec

import (
	"encoding/json"
	"reflect"
)

// Typed reads a part of a document strictly into dst, a pointer to a struct with json tags, as
// Document.Read does with a whole one: unknown and double keys and values of a wrong type are
// refused, with their places in the part.
func Typed(raw json.RawMessage, dst any) Problems {
	if ps := check(raw, shapeOf(reflect.TypeOf(dst)), len(raw), MaxDepth); len(ps) > 0 {
		return ps
	}
	if err := json.Unmarshal(raw, dst); err != nil {
		return Problems{{Code: "value_type", Message: err.Error(), Hint: "Correct the value."}}
	}
	return nil
}
