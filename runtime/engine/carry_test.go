package engine

import (
	"maps"
	"testing"

	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/tag"
)

// A memory tag that is renamed goes on with its value.
func TestRenamedMemoryTagKeepsItsValue(t *testing.T) {
	kept := map[tag.Path][]byte{}
	e := New(Options{
		Keep:     func(p tag.Path, v []byte) error { kept[p] = append([]byte(nil), v...); return nil },
		KeepMany: func(values map[tag.Path][]byte) error { maps.Copy(kept, values); return nil },
		Kept:     func(p tag.Path) []byte { return kept[p] },
	})
	with := func(path tag.Path) *plant.Plant {
		return &plant.Plant{Format: plant.Format, Tags: []plant.Tag{{Path: path, Definition: plant.Definition{Type: "float", Initial: []byte("1")}}, {Path: "sum", Definition: plant.Definition{Type: "float", Expr: `2 * 3`}}}}
	}
	if err := e.SetPlant(with("a")); err != nil {
		t.Fatal(err)
	}
	old, _ := e.lookup("a")
	if outcome, problem := e.writeMemory(old, "a", tag.OfFloat(42)); outcome != OutcomeGood {
		t.Fatal(problem)
	}
	if err := e.CarryValues(map[tag.Path]tag.Path{"a": "b", "sum": "total", "gone": "x"}); err != nil {
		t.Fatal(err)
	}
	if err := e.SetPlant(with("b")); err != nil {
		t.Fatal(err)
	}
	slot, ok := e.Table().Lookup("b")
	if !ok || e.Table().Get(slot).Value.Float() != 42 {
		t.Errorf("b has %v", e.Table().Get(slot))
	}
	if len(kept) != 2 {
		t.Errorf("kept %v", kept)
	}
}
