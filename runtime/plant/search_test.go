package plant

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
)

// TestSearch: the pages try the same table in designer/src/plant/search.test.ts.
func TestSearch(t *testing.T) {
	raw, err := os.ReadFile("testdata/search.json")
	if err != nil {
		t.Fatal(err)
	}
	var table []struct {
		Name, Query string
		Fits        []string
	}
	if err := json.Unmarshal(raw, &table); err != nil {
		t.Fatal(err)
	}
	things := map[string]*Thing{
		"pump": {Texts: []string{"line1/pump1"}, Titles: spec.Text{"en": "Feed", "de": "Förderpumpe"}, Types: []string{"pump", "drive"}, Marks: []*Marks{{Labels: []string{"critical"}}, {Attributes: map[string]string{"Supplier": "KSB AG"}}}},
		"tank": {Texts: []string{"line1/x:y"}, Titles: spec.Text{"zh": "储罐"}, Types: []string{"tank"}, Marks: []*Marks{{Labels: []string{"spare"}, Attributes: map[string]string{"supplier": "Wilo"}}}},
	}
	for _, row := range table {
		got := []string{}
		for _, id := range []string{"pump", "tank"} {
			if ParseQuery(row.Query).Match(things[id]) {
				got = append(got, id)
			}
		}
		if !reflect.DeepEqual(got, row.Fits) {
			t.Errorf("%s: %v, not %v", row.Name, got, row.Fits)
		}
	}
}
