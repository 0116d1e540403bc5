package plant

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
	if err := compiler.AddResource("plant.schema.json", tree); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("plant.schema.json")
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
	examples, _ := filepath.Glob("../../examples/*/plant.json")
	for _, name := range examples {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"unknown-keys", "wrong-types", "format-newer", "types"} {
		data, err := os.ReadFile(filepath.Join("testdata/bad", name, "plant.json"))
		if err != nil {
			t.Fatal(err)
		}
		if valid(data) == nil {
			t.Errorf("%s is valid", name)
		}
	}
}
