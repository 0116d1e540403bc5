package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/api"
)

// schema is as much of a JSON Schema as the API description uses.
type schema struct {
	Ref                  string          `json:"$ref"`
	Type                 typeNames       `json:"type"`
	Properties           orderedSchemas  `json:"properties"`
	Items                *schema         `json:"items"`
	Required             []string        `json:"required"`
	Enum                 []any           `json:"enum"`
	Description          string          `json:"description"`
	AdditionalProperties json.RawMessage `json:"additionalProperties"`
}

// typeNames is a name or a list of them.
type typeNames []string

// UnmarshalJSON implements json.Unmarshaler.
func (t *typeNames) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*t = typeNames{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(t))
}

// orderedSchemas keeps the order of the document.
type orderedSchemas []namedSchema

type namedSchema struct {
	name string
	*schema
}

// UnmarshalJSON implements json.Unmarshaler.
func (o *orderedSchemas) UnmarshalJSON(raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		s := new(schema)
		if err := dec.Decode(s); err != nil {
			return err
		}
		*o = append(*o, namedSchema{name.(string), s})
	}
	return nil
}

// apiNames are the names of schemas that TypeScript uses for something else.
var apiNames = map[string]string{"Preference": "UnitPreference", "Shown": "ShownUnit", "Function": "ExpressionFunction", "Example": "ExpressionExample", "Error": "ErrorBody", "Import": "SheetImport",
	"Model": "ThingModel", "Parameter": "ModelParameter", "Property": "ModelProperty", "Command": "ModelCommand", "Event": "ModelEvent", "Input": "CommandInput"}

// apiFields are fields whose values are fewer than their schema says.
var apiFields = map[string]string{
	"Me.language": `"en" | "zh"`, "Me.theme": `"light" | "dark"`, "User.language": `"en" | "zh"`,
	"Token.actions": "Right[]", "NewToken.actions": "Right[]",
	"ExpressionCheck.type": `TagType | "none"`, "NewApp.document": "App", "CheckRequest.document": "App", "TryRequest.document": "App", "TryRequest.variables": "Record<string, Scalar>", "TryResult.variables": "Record<string, Scalar>", "RenameRequest.document": "App", "RenameResult.document": "App", "ReferencesRequest.document": "App",
	"StampRequest.params":   "Record<string, string | number | boolean>",
	"DeviceBrowse.settings": "Record<string, unknown>", "DeviceTest.settings": "Record<string, unknown>",
}

// apiTypes writes the types of the HTTP API that are not declared yet, from its own description.
func (w *tsWriter) apiTypes() error {
	raw, err := api.OpenAPI()
	if err != nil {
		return err
	}
	var doc struct {
		Components struct {
			Schemas map[string]*schema `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return fmt.Errorf("API description: %w", err)
	}
	docs, err := w.src.of(module + "runtime/api")
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\n// The HTTP API at /api/v1.\n")
	for _, goName := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		s := doc.Components.Schemas[goName]
		name := apiName(goName)
		if _, declared := w.names[name]; declared || len(s.Properties) == 0 && s.AdditionalProperties == nil || goName == "Text" {
			continue
		}
		w.WriteByte('\n')
		w.doc("", renamed(docs.types[goName], goName, name))
		fmt.Fprintf(w, "export interface %s {\n", name)
		order := docs.order[goName]
		slices.SortStableFunc(s.Properties, func(a, b namedSchema) int { return slices.Index(order, a.name) - slices.Index(order, b.name) })
		for _, p := range s.Properties {
			if p.name == "$schema" {
				continue
			}
			optional, typ := "?", p.typeScript()
			if slices.Contains(s.Required, p.name) {
				optional = ""
			} else {
				typ = strings.TrimSuffix(typ, " | null")
			}
			comment := p.Description
			if comment == "" {
				comment = docs.byJSON[goName+"."+p.name]
			}
			if narrow := apiFields[goName+"."+p.name]; narrow != "" {
				typ = narrow
			}
			w.doc("  ", comment)
			fmt.Fprintf(w, "  %s%s: %s;\n", quoteKey(p.name), optional, typ)
		}
		w.WriteString("}\n")
	}
	return nil
}

func apiName(name string) string {
	if n, ok := apiNames[name]; ok {
		return n
	}
	return name
}

func (s *schema) typeScript() string {
	if s.Ref != "" {
		return apiName(s.Ref[strings.LastIndexByte(s.Ref, '/')+1:])
	}
	if len(s.Enum) > 0 {
		parts := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			b, _ := json.Marshal(v) // came out of JSON
			parts[i] = string(b)
		}
		return strings.Join(parts, " | ")
	}
	var parts []string
	for _, t := range s.Type {
		switch t {
		case "boolean", "string", "null":
			parts = append(parts, t)
		case "integer", "number":
			parts = append(parts, "number")
		case "array":
			e := "unknown"
			if s.Items != nil {
				e = s.Items.typeScript()
			}
			if strings.Contains(e, " ") {
				e = "(" + e + ")"
			}
			parts = append(parts, e+"[]")
		case "object":
			value := "unknown"
			inner := new(schema)
			if json.Unmarshal(s.AdditionalProperties, inner) == nil {
				value = inner.typeScript()
			}
			parts = append(parts, "Record<string, "+value+">")
		}
	}
	if len(parts) == 0 {
		return "unknown"
	}
	return strings.Join(parts, " | ")
}
