package app

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The JSON Schema says the same of the form of a document as Read.
func TestSchema(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiler.AddResource("app.schema.json", tree); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("app.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	valid := func(data []byte) error {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			return err
		}
		return schema.Validate(doc)
	}
	if err := valid([]byte(full)); err != nil {
		t.Error(err)
	}
	examples, _ := filepath.Glob("../../examples/*/app.json")
	for _, name := range examples {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"unknown-keys", "wrong-types", "null-values", "format-missing", "format-newer", "format-text", "not-an-object", "bindings"} {
		data, err := os.ReadFile(filepath.Join("testdata/bad", name, "app.json"))
		if err != nil {
			t.Fatal(err)
		}
		if valid(data) == nil {
			t.Errorf("%s is valid", name)
		}
	}
}
