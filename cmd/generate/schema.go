package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

// appSchema, plantSchema and widgetSchema make the JSON Schemas of the documents and of
// the manifest of a widget.
func appSchema(src *source) ([]byte, error) {
	s := documentSchema(src, "app", reflect.TypeFor[app.App]())
	if err := replace(s, "App", "format", &jsonschema.Schema{Type: "integer", Const: app.Format}); err != nil {
		return nil, err
	}
	scalar := &jsonschema.Schema{Type: ""}
	scalar.Extras = map[string]any{"type": []string{"boolean", "number", "string", "null"}}
	s.Definitions["Scalar"] = scalar
	binding := s.Definitions["Binding"]
	if binding == nil {
		binding = reflector(src).ReflectFromType(reflect.TypeFor[app.Binding]())
		for name, d := range binding.Definitions {
			s.Definitions[name] = d
		}
		binding = s.Definitions["Binding"]
	}
	binding.Required = nil
	binding.OneOf = []*jsonschema.Schema{{Required: []string{"tag"}}, {Required: []string{"expr"}}}
	byKey := &jsonschema.Schema{Type: "object", Required: []string{"text"}, AdditionalProperties: jsonschema.FalseSchema, Properties: jsonschema.NewProperties()}
	byKey.Properties.Set("text", &jsonschema.Schema{Type: "string", Description: "The key of a text of the app."})
	s.Definitions["TextKey"] = byKey
	prop := &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Ref: "#/$defs/Scalar"}, {Type: "array"}, {Ref: "#/$defs/Binding"}, {Ref: "#/$defs/TextKey"}}}
	if err := replace(s, "Widget", "props", &jsonschema.Schema{Type: "object", AdditionalProperties: prop}); err != nil {
		return nil, err
	}
	for _, f := range [][2]string{{"Step", "set"}, {"Step", "is"}, {"Animation", "else"}} {
		if err := replace(s, f[0], f[1], &jsonschema.Schema{Ref: "#/$defs/Scalar"}); err != nil {
			return nil, err
		}
	}
	value := &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Ref: "#/$defs/Scalar"}, {Ref: "#/$defs/Binding"}}}
	if err := replace(s, "Action", "value", value); err != nil {
		return nil, err
	}
	if err := replace(s, "Action", "params", &jsonschema.Schema{Type: "object", AdditionalProperties: value}); err != nil {
		return nil, err
	}
	do := &jsonschema.Schema{Type: "string"}
	for _, t := range action.Types() {
		do.Enum = append(do.Enum, t.ID)
	}
	if err := replace(s, "Action", "do", do); err != nil {
		return nil, err
	}
	return schemaText(s)
}

func plantSchema(src *source) ([]byte, error) {
	s := documentSchema(src, "plant", reflect.TypeFor[plant.Plant]())
	if err := replace(s, "Plant", "format", &jsonschema.Schema{Type: "integer", Const: plant.Format}); err != nil {
		return nil, err
	}
	for _, f := range [][2]string{{"Device", "settings"}, {"Tag", "address"}, {"Property", "address"}} {
		if err := replace(s, f[0], f[1], &jsonschema.Schema{Type: "object"}); err != nil {
			return nil, err
		}
	}
	return schemaText(s)
}

func widgetSchema(src *source) ([]byte, error) {
	return schemaText(documentSchema(src, "widget manifest", reflect.TypeFor[widgets.Manifest]()))
}

func documentSchema(src *source, name string, t reflect.Type) *jsonschema.Schema {
	s := reflector(src).ReflectFromType(t)
	enums(s, t, map[reflect.Type]bool{})
	s.Title = "Lineside " + name
	s.Comments = mark
	s.Definitions["Text"] = &jsonschema.Schema{
		Type: "object", Description: `A text by language ("en", "zh"); English is always there.`,
		AdditionalProperties: &jsonschema.Schema{Type: "string"}, Required: []string{"en"},
	}
	return s
}

func reflector(src *source) *jsonschema.Reflector {
	kinds := []any{}
	if p, err := src.of(module + "runtime/spec"); err == nil {
		for _, v := range p.values("Kind") {
			kinds = append(kinds, v)
		}
	}
	return &jsonschema.Reflector{
		Anonymous: true,
		Mapper: func(t reflect.Type) *jsonschema.Schema {
			switch t {
			case reflect.TypeFor[spec.Text]():
				return &jsonschema.Schema{Ref: "#/$defs/Text"}
			case reflect.TypeFor[tag.Path]():
				return &jsonschema.Schema{Type: "string", MaxLength: pointer(tag.MaxPathBytes)}
			case reflect.TypeFor[json.RawMessage]():
				return &jsonschema.Schema{} // one each: its comment is written into it
			case reflect.TypeFor[spec.Kind]():
				return &jsonschema.Schema{Type: "string", Enum: kinds}
			}
			return nil
		},
		LookupComment: func(t reflect.Type, field string) string {
			doc := src.typeDoc(t)
			if field != "" {
				doc = src.fieldDoc(t, field)
				if f, ok := t.FieldByName(field); ok {
					key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
					doc = renamed(doc, field, key)
				}
			}
			return strings.ReplaceAll(doc, "\n", " ")
		},
	}
}

func pointer(n uint64) *uint64 { return &n }

// replace puts a narrower schema in place of that of one property, and keeps its comment.
func replace(s *jsonschema.Schema, typ, property string, with *jsonschema.Schema) error {
	d := s.Definitions[typ]
	if d == nil {
		return fmt.Errorf("no type %s", typ)
	}
	old, ok := d.Properties.Get(property)
	if !ok {
		return fmt.Errorf("%s has no property %s", typ, property)
	}
	with.Description = old.Description
	d.Properties.Set(property, with)
	return nil
}

// enums adds the choices that stand in the tag "enum" of struct fields.
func enums(s *jsonschema.Schema, t reflect.Type, done map[reflect.Type]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || done[t] {
		return
	}
	done[t] = true
	for f := range t.Fields() {
		enums(s, f.Type, done)
	}
	d := s.Definitions[t.Name()]
	if d == nil {
		return
	}
	for _, f := range reflect.VisibleFields(t) { // with those of embedded structs
		e := f.Tag.Get("enum")
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if p, ok := d.Properties.Get(name); ok && e != "" {
			p.Enum = nil
			for _, v := range strings.Split(e, ",") {
				p.Enum = append(p.Enum, v)
			}
		}
	}
}

func schemaText(s *jsonschema.Schema) ([]byte, error) { return spec.Canonical(s) }
