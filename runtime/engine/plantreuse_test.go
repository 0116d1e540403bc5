package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/tag"
)

// A plant that became what it is step by step, each compiled beside the one before, is the same as one that is
// set at once: the same tags of the same kinds, definitions and values.
func TestSwapStepByStep(t *testing.T) {
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		steps := New(Options{})
		var now *plant.Plant
		for i := range rapid.IntRange(1, 8).Draw(t, "steps") {
			next := randomPlant(t, "first")
			if now != nil {
				next = changedPlant(t, now, i)
			}
			once := New(Options{})
			refused, want := steps.SetPlant(next), once.SetPlant(next)
			if fmt.Sprint(refused) != fmt.Sprint(want) {
				t.Fatalf("step by step:\n%v\nat once:\n%v", refused, want)
			}
			if want == nil {
				now = next
				comparePlants(t, steps, once)
				compared++
			}
		}
	})
	if compared < 100 {
		t.Errorf("only %d plants were compared", compared)
	}
}

func comparePlants(t *rapid.T, a, b *Engine) {
	x, slots := a.Slots()
	y, _ := b.Slots()
	if len(x.Tags) != len(y.Tags) || !slices.Equal(x.Ordered(), y.Ordered()) {
		t.Fatalf("%d tags, not %d, in the order %v, not %v", len(x.Tags), len(y.Tags), x.Ordered(), y.Ordered())
	}
	if p, q := slices.Sorted(maps.Keys(a.running.entries)), slices.Sorted(maps.Keys(b.running.entries)); !slices.Equal(p, q) {
		t.Fatalf("entries %v, not %v", p, q)
	}
	for i := range x.Tags {
		path := x.Tags[i].Path
		if !plant.Same(&x.Tags[i], &y.Tags[i]) {
			t.Fatalf("%s: %+v, not %+v", path, x.Tags[i], y.Tags[i])
		}
		p, _ := a.lookup(path)
		q, _ := b.lookup(path)
		o1, asset1 := x.Origin(i)
		o2, asset2 := y.Origin(i)
		switch {
		case p.kind != q.kind || p.typ != q.typ || p.slot != slots[i] || !plant.Same(p.doc, q.doc) || p.device != q.device:
			t.Fatalf("%s: %+v, not %+v", path, p, q)
		case asset1 != asset2 || !reflect.DeepEqual(o1, o2) || !reflect.DeepEqual(p.origin, q.origin):
			t.Fatalf("%s comes from %+v, not %+v", path, o1, o2)
		case !reflect.DeepEqual(a.table.Definition(p.slot), b.table.Definition(q.slot)):
			t.Fatalf("%s is %+v, not %+v", path, a.table.Definition(p.slot), b.table.Definition(q.slot))
		}
		if now, at := x.Index(path); now != i || !at {
			t.Fatalf("%s has the place %d, not %d", path, now, i)
		}
		v, w := a.table.Get(p.slot), b.table.Get(q.slot)
		if p.kind == KindComputed && (v.Quality != w.Quality || v.Value.String() != w.Value.String()) {
			t.Fatalf("%s = %s has %v %v, not %v %v", path, p.doc.Expr, v.Value, v.Quality, w.Value, w.Quality)
		}
	}
	for _, id := range a.order {
		p, q := a.devices[id].plan.Load(), b.devices[id].plan.Load()
		var one, other []string
		for _, s := range p.sources {
			one = append(one, fmt.Sprint(s.path, s.typ, s.raw, s.bit, s.write, s.band))
		}
		for _, s := range q.sources {
			other = append(other, fmt.Sprint(s.path, s.typ, s.raw, s.bit, s.write, s.band))
		}
		slices.Sort(one)
		slices.Sort(other)
		if !slices.Equal(one, other) {
			t.Fatalf("device %s reads %v, not %v", id, one, other)
		}
	}
}

// The values of memory in these plants are those of the document: nobody writes.
var randomTags = []string{"a/x", "a/y", "a/z", "b/x", "b/c/x", "b/c/y", "m/pump1/extra", "total"}

func randomTag(t *rapid.T, path string) plant.Tag {
	d := plant.Definition{Type: rapid.SampledFrom([]string{"float", "float", "int", "bool"}).Draw(t, "type")}
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 0:
		d.Device, d.Address = rapid.SampledFrom([]string{"one", "two"}).Draw(t, "device"), json.RawMessage(`{"kind":"setpoint"}`)
		d.Type = "float"
	case 1:
		d.Type = "float"
		d.Expr = rapid.SampledFrom([]string{`tag("a/x") + 1`, `tag("b/x") + tag("a/y")`, `1.0 * sumOf("pump", "flow")`, `countOf("pump") * 1.0`, `orElse(attribute("a/x", "k"), "") == "v" ? 1.0 : 2.0`, `tag("m/pump1/flow") * 2`}).Draw(t, "expr")
	case 2:
		d.Initial = json.RawMessage(`1`)
		if d.Type == "bool" {
			d.Initial = json.RawMessage(`true`)
		}
		d.Write = &plant.Write{}
		if rapid.Bool().Draw(t, "locked") {
			d.Write.Interlock = `tag("a/y") > 0`
		}
	}
	d.Unit = rapid.SampledFrom([]string{"", "bar", "m"}).Draw(t, "unit")
	if rapid.Bool().Draw(t, "fact") {
		d.Attributes = map[string]string{"k": rapid.SampledFrom([]string{"v", "w"}).Draw(t, "value")}
	}
	return plant.Tag{Path: tag.Path(path), Definition: d}
}

func randomPlant(t *rapid.T, label string) *plant.Plant {
	p := &plant.Plant{Format: plant.Format, Devices: []plant.Device{{ID: "one", Connector: "simulator"}, {ID: "two", Connector: "simulator"}}}
	for _, path := range randomTags {
		if rapid.IntRange(0, 19).Draw(t, label+path) < 19 {
			p.Tags = append(p.Tags, randomTag(t, path))
		}
	}
	p.Models = []plant.Model{{ID: "pump", Properties: []plant.Property{
		{ID: "flow", Definition: plant.Definition{Type: "float", Initial: json.RawMessage(`2`)}},
		{ID: "double", Definition: plant.Definition{Type: "float", Expr: `tag("./flow") * 2`}},
	}}}
	for i := range rapid.IntRange(0, 3).Draw(t, label+"assets") {
		p.Assets = append(p.Assets, plant.Asset{Path: tag.Path(fmt.Sprintf("m/pump%d", i+1)), Model: "pump"})
	}
	return p
}

// changedPlant is another plant that shares with the old one what did not change, as those do that are made by an edit.
func changedPlant(t *rapid.T, old *plant.Plant, n int) *plant.Plant {
	p := *old
	p.Tags, p.Assets, p.Devices, p.Models = slices.Clone(p.Tags), slices.Clone(p.Assets), slices.Clone(p.Devices), slices.Clone(p.Models)
	switch rapid.IntRange(0, 8).Draw(t, fmt.Sprint("change", n)) {
	case 0, 1, 2:
		if len(p.Tags) > 0 {
			i := rapid.IntRange(0, len(p.Tags)-1).Draw(t, "at")
			p.Tags[i] = randomTag(t, string(p.Tags[i].Path))
		}
	case 3:
		if len(p.Tags) > 0 {
			i := rapid.IntRange(0, len(p.Tags)-1).Draw(t, "gone")
			p.Tags = slices.Delete(p.Tags, i, i+1)
		}
	case 4:
		p.Tags = append(p.Tags, randomTag(t, fmt.Sprintf("new/t%d", n)))
	case 5:
		if len(p.Tags) > 1 {
			p.Tags[0], p.Tags[1] = p.Tags[1], p.Tags[0]
		}
	case 6:
		if len(p.Assets) > 0 && rapid.Bool().Draw(t, "less") {
			p.Assets = p.Assets[1:]
		} else {
			p.Assets = append(p.Assets, plant.Asset{Path: tag.Path(fmt.Sprintf("m/more%d", n)), Model: "pump"})
		}
	case 7:
		m := p.Models[0]
		m.Properties = slices.Clone(m.Properties)
		m.Properties[0].Unit = fmt.Sprint("u", n)
		m.Properties[0].Type = rapid.SampledFrom([]string{"float", "int"}).Draw(t, "property")
		p.Models[0] = m
	case 8:
		i := rapid.IntRange(0, 1).Draw(t, "device")
		p.Devices[i].Disabled = !p.Devices[i].Disabled
	}
	return &p
}
