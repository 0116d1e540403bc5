package plant

import (
	"testing"

	"github.com/lineside/lineside/runtime/unit"
)

func TestUnitWarnings(t *testing.T) {
	p := &Plant{
		Format: Format,
		Units:  &unit.Preference{System: unit.US, Units: map[string]string{"pressure": "bar"}},
		Tags: []Tag{
			{Path: "a", Definition: Definition{Type: "float", Unit: "baar"}}, {Path: "b", Definition: Definition{Type: "float", Unit: "baar"}},
			{Path: "c", Definition: Definition{Type: "float", Unit: "m³/h"}}, {Path: "d", Definition: Definition{Type: "float", Unit: "Karton"}},
		},
		Models: []Model{{ID: "m", Parameters: []Parameter{{ID: "u", Type: "string"}}, Properties: []Property{{ID: "x", Definition: Definition{Type: "float", Unit: "{u}/h"}}}}},
	}
	ps := CheckUnits(p)
	if len(ps) != 2 || ps.Errors() || ps[0].At != "/tags/0/unit" || ps[0].Hint != `Did you mean "bar" (bar)?` || ps[1].At != "/tags/3/unit" {
		t.Fatalf("%v", ps)
	}
	if zh := ps.In("zh")[0]; zh.Message == ps[0].Message || zh.Hint == ps[0].Hint {
		t.Errorf("%+v", zh)
	}
	if ps := Validate(p); ps.Errors() {
		t.Errorf("%v", ps)
	}
	p.Units.Units["pressure"] = "kg"
	if ps := Validate(p); !ps.Errors() || ps[0].At != "/units/units/pressure" {
		t.Errorf("%v", ps)
	}
}
