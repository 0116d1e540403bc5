package spec

import "encoding/json"

// Schema is the JSON Schema (2020-12) of an object that fields describe, as a tree ready
// for encoding/json. What depends on other fields (When) is not said in it.
func Schema(fields []Field) map[string]any {
	properties := map[string]any{}
	required := []string{}
	for i := range fields {
		f := &fields[i]
		properties[f.Name] = schemaOf(f)
		if f.Required && f.Default == nil && f.When == nil {
			required = append(required, f.Name)
		}
	}
	s := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

// bindingSchema is the JSON Schema of what may stand in place of a constant.
func bindingSchema() map[string]any {
	one := func(key string) map[string]any {
		return map[string]any{
			"type": "object", "additionalProperties": false, "required": []string{key},
			"properties": map[string]any{key: map[string]any{"type": "string", "minLength": 1}},
		}
	}
	return map[string]any{"oneOf": []any{one("tag"), one("expr")}}
}

func schemaOf(f *Field) map[string]any {
	s := map[string]any{}
	low, high := "minimum", "maximum"
	switch f.Kind {
	case KindBool:
		s["type"] = "boolean"
	case KindInt:
		s["type"] = "integer"
	case KindFloat:
		s["type"] = "number"
	case KindAny:
	case KindParams:
		s["type"] = "object"
	case KindRows:
		low, high = "minItems", "maxItems"
		s["type"], s["items"] = "array", map[string]any{"type": "object"}
	case KindObject:
		s = Schema(f.Fields)
	case KindList:
		low, high = "minItems", "maxItems"
		s["type"] = "array"
		if scalarList(f) {
			s["items"] = schemaOf(&f.Fields[0])
		} else {
			s["items"] = Schema(f.Fields)
		}
	case KindEnum:
		values := make([]string, len(f.Options))
		for i, o := range f.Options {
			values[i] = o.Value
		}
		s["enum"] = values
	case KindDuration:
		low, high = "", "" // of time, which JSON Schema cannot compare
		s["type"], s["pattern"] = "string", `^[+-]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h))+$|^[+-]?0$`
	default:
		low, high = "minLength", "maxLength"
		s["type"] = "string"
		if f.Required {
			s["minLength"] = 1
		}
	}
	if f.Min != nil && low != "" {
		s[low] = *f.Min
	}
	if f.Max != nil && high != "" {
		s[high] = *f.Max
	}
	if f.Bind {
		s = map[string]any{"anyOf": []any{s, bindingSchema()}}
	}
	if t := f.Title.In("en"); t != "" {
		s["title"] = t
	}
	if h := f.Help.In("en"); h != "" {
		s["description"] = h
	}
	if f.Default != nil {
		s["default"] = json.RawMessage(f.Default)
	}
	if f.Kind == KindSecret {
		s["writeOnly"] = true
	}
	return s
}
