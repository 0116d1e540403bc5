package plant

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// A property has what a tag has, but for the path.
func TestPropertyIsTag(t *testing.T) {
	of, tags := reflect.TypeFor[Property](), reflect.TypeFor[Tag]()
	for f := range tags.Fields() {
		if f.Name == "Path" {
			continue
		}
		g, ok := of.FieldByName(f.Name)
		if !ok || g.Type != f.Type || g.Tag != f.Tag {
			t.Errorf("%s is %v %s in a tag, %v %s in a property", f.Name, f.Type, f.Tag, g.Type, g.Tag)
		}
	}
	if of.NumField() != tags.NumField() {
		t.Errorf("a property has %d fields, a tag %d", of.NumField(), tags.NumField())
	}
}

// Every field of a property arrives in the tag of an asset.
func TestExpandTakesAll(t *testing.T) {
	p := read(t, full)
	for i := range p.Tags {
		want := p.Tags[i]
		raw, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var q Property
		if err := json.Unmarshal(raw, &q); err != nil {
			t.Fatal(err)
		}
		q.ID = want.Path.Name()
		x, ps := Expand(&Plant{Format: 1, Devices: p.Devices, Models: []Model{{ID: "m", Properties: []Property{q}}}, Assets: []Asset{{Path: want.Path.Parent(), Model: "m"}}})
		if len(ps) > 0 || len(x.Tags) != 1 || !same(x.Tags[0], want) {
			t.Errorf("%v\n got %+v\nwant %+v", ps, x.Tags, want)
		}
	}
}

func same(a, b any) bool {
	x, err1 := spec.Canonical(a)
	y, err2 := spec.Canonical(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

func TestPlaceholders(t *testing.T) {
	p := read(t, `{"format":1,"devices":[{"id":"plc1","connector":"modbus"}],"models":[{"id":"m",
		"parameters":[{"id":"base","type":"int"},{"id":"n","type":"int","default":7},{"id":"area","type":"string"},{"id":"f","type":"float"},{"id":"on","type":"bool","default":true},{"id":"plc","type":"device"}],
		"properties":[
			{"id":"a","type":"float","device":"{plc}","description":"{path} is {name} {n:03}","unit":"{area}","title":{"en":"{title} speed","zh":"{title}转速"},
			 "address":{"register":"{base+4}","topic":"x/{name}/{n*2-1}","text":"{area}","deep":{"list":["{f}",{"on":"{on}"},"{ base - n }"]},"{base}":1,"plain":"{not this one}","regex":"\\d{3}"},
			 "scale":{"read":"raw * {f}","write":"value / {f}"},"write":{"interlock":"tag(\"{path}/ok\") and value < {base*2}"}},
			{"id":"b","type":"string","expr":"{area} + \"{area}\" + 'it''s {area}' + string(len(filter([1, 2], {# > 1}))) + string({n})"}]}],
		"assets":[{"path":"hall/p1","model":"m","title":{"en":"Pump 1","zh":"1 号泵"},"params":{"base":100,"area":"a\"b\\","f":1.5,"plc":"plc1"}}]}`)
	x, ps := Expand(p)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	a, b := x.Tags[0], x.Tags[1]
	for _, row := range []struct{ got, want string }{
		{a.Device, "plc1"}, {a.Description, "hall/p1 is p1 007"}, {a.Unit, `a"b\`}, {a.Title["en"], "Pump 1 speed"}, {a.Title["zh"], "1 号泵转速"},
		{string(a.Address), `{"register":104,"topic":"x/p1/13","text":"a\"b\\","deep":{"list":[1.5,{"on":true},93]},"{base}":1,"plain":"{not this one}","regex":"\\d{3}"}`},
		{a.Scale.Read, "raw * 1.5"}, {a.Scale.Write, "value / 1.5"}, {a.Write.Interlock, `tag("hall/p1/ok") and value < 200`},
		{b.Expr, `"a\"b\\" + "a\"b\\" + 'it''s a"b\\' + string(len(filter([1, 2], {# > 1}))) + string(7)`},
	} {
		if row.got != row.want {
			t.Errorf("got  %s\nwant %s", row.got, row.want)
		}
	}
}

// randomPlant makes a plant of models that build on each other and assets of them.
func randomPlant(r *rand.Rand) *Plant {
	p := &Plant{Format: 1}
	for i := range 1 + r.IntN(6) {
		m := Model{ID: fmt.Sprintf("m%d", i), Parameters: []Parameter{{ID: "n", Type: "int", Default: json.RawMessage("1")}}}
		if i > 0 && r.IntN(2) == 0 {
			m.Extends = fmt.Sprintf("m%d", r.IntN(i))
		}
		if i > 1 && r.IntN(3) == 0 {
			m.Mixins = []string{fmt.Sprintf("m%d", r.IntN(i))}
		}
		for j := range r.IntN(5) {
			m.Properties = append(m.Properties, Property{ID: fmt.Sprintf("p%d", j+r.IntN(2)*5), Definition: Definition{Type: "float", Description: "{name} {n*2}", Title: spec.Text{"en": m.ID}}})
		}
		p.Models = append(p.Models, m)
	}
	for i := range r.IntN(12) {
		a := Asset{Path: tag.Path(fmt.Sprintf("line%d/a%d", r.IntN(3), i)), Model: fmt.Sprintf("m%d", r.IntN(len(p.Models))), Disabled: r.IntN(6) == 0}
		if r.IntN(2) == 0 {
			a.Params = map[string]json.RawMessage{"n": json.RawMessage(fmt.Sprint(r.IntN(100)))}
		}
		if r.IntN(8) == 0 {
			a.Overrides = map[string]json.RawMessage{fmt.Sprintf("p%d", r.IntN(6)): json.RawMessage(`{"unit":"{n}"}`)}
		}
		p.Assets = append(p.Assets, a)
	}
	p.Tags = []Tag{{Path: "line0/own", Definition: Definition{Type: "int"}}}
	return p
}

// TestExpandProperties: the same plant gives the same; the document is not changed; taking an asset away
// takes exactly its tags away, and the others stay as they are.
func TestExpandProperties(t *testing.T) {
	tried := 0
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		p := randomPlant(r)
		before := canonical(t, p)
		x, ps := Expand(p)
		again, ps2 := Expand(p)
		if !reflect.DeepEqual(x.Tags, again.Tags) || !reflect.DeepEqual(ps, ps2) {
			t.Fatalf("seed %d: twice is not the same\n%v\n%v", seed, ps, ps2)
		}
		if canonical(t, p) != before {
			t.Fatalf("seed %d: the plant was changed", seed)
		}
		if ps.Errors() || len(p.Assets) == 0 {
			continue
		}
		tried++
		gone := r.IntN(len(p.Assets))
		less := *p
		less.Assets = slices.Delete(slices.Clone(p.Assets), gone, gone+1)
		y, ps := Expand(&less)
		if len(ps) > 0 {
			t.Fatalf("seed %d: %v", seed, ps)
		}
		var want []Tag
		for i := range x.Tags {
			if x.Asset(i) != p.Assets[gone].Path {
				want = append(want, x.Tags[i])
			}
		}
		if !reflect.DeepEqual(y.Tags, want) {
			t.Fatalf("seed %d: taking away %s leaves\n%+v\nnot\n%+v", seed, p.Assets[gone].Path, y.Tags, want)
		}
		for i := x.own; i < len(x.Tags); i++ {
			o, ok := x.Origin(i)
			if !ok || !x.Tags[i].Path.Under(o.Asset) || string(x.Tags[i].Path) != string(o.Asset)+"/"+o.Property {
				t.Fatalf("seed %d: %s is said to be of %+v", seed, x.Tags[i].Path, o)
			}
		}
		// A reset override is as if it had never been.
		for i := range p.Assets {
			if len(p.Assets[i].Overrides) == 0 {
				continue
			}
			reset := *p
			reset.Assets = slices.Clone(p.Assets)
			reset.Assets[i].Overrides = nil
			z, _ := Expand(&reset)
			for j := range z.Tags {
				if o, ok := z.Origin(j); ok && o.Asset == p.Assets[i].Path && (len(o.Overridden) > 0 || z.Tags[j].Unit != "") {
					t.Fatalf("seed %d: %+v", seed, z.Tags[j])
				}
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d plants were sound", tried)
	}
}

func TestStamp(t *testing.T) {
	p := &Plant{Format: 1, Models: []Model{{ID: "m", Parameters: []Parameter{{ID: "s", Type: "string"}, {ID: "i", Type: "int"}}, Properties: []Property{{ID: "x", Definition: Definition{Type: "int"}}}}}}
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	next, made, err := Stamp(p, Stamping{Model: "m", Pattern: "l{n*2}/p{n:03}", From: 9, To: 11, Params: map[string]json.RawMessage{"s": raw(`"{n}"`), "i": raw(`"{n*10+100}"`)}})
	if err != nil || made.Added != 3 || made.Tags != 3 || len(p.Assets) != 0 || len(next.Assets) != 3 {
		t.Fatalf("%+v %v", made, err)
	}
	if a := next.Assets[2]; a.Path != "l22/p011" || string(a.Params["s"]) != `"11"` || string(a.Params["i"]) != "210" {
		t.Errorf("%s %s", a.Path, a.Params)
	}
	if ps := Validate(next); len(ps) > 0 {
		t.Error(ps)
	}
	for _, row := range []struct {
		s    Stamping
		code string
	}{
		{Stamping{Model: "n", Pattern: "a{n}", To: 1}, "model_unknown"},
		{Stamping{Model: "m", Pattern: "a", To: 1}, "stamp_pattern"},
		{Stamping{Model: "m", Pattern: "a{m}", To: 1}, "parameter_unknown"},
		{Stamping{Model: "m", Pattern: "a//{n}", To: 1}, "tag_path"},
		{Stamping{Model: "m", Pattern: "a{n}", From: 2, To: 1}, "value_range"},
		{Stamping{Model: "m", Pattern: "a{n}", To: MaxStamp}, "too_many"},
		{Stamping{Model: "m", Pattern: "l{n*2}/p{n:03}", From: 9, To: 9}, "name_taken"},
	} {
		if _, _, err := Stamp(next, row.s); err == nil || err.(spec.Problems)[0].Code != row.code {
			t.Errorf("%+v: %v", row.s, err)
		}
	}
}

// Many assets expand in a moment, and what is wrong with all of them is said once.
func TestManyAssets(t *testing.T) {
	p := &Plant{Format: 1, Models: []Model{{ID: "m"}}}
	for i := range 20 {
		p.Models[0].Properties = append(p.Models[0].Properties, Property{ID: fmt.Sprintf("p%d", i), Definition: Definition{Type: "float", Description: "{path}"}})
	}
	for i := range 5000 {
		p.Assets = append(p.Assets, Asset{Path: tag.Path(fmt.Sprintf("l%d/a%d", i%50, i)), Model: "m"})
	}
	x, ps := Examine(p)
	if len(ps) > 0 || len(x.Tags) != 100000 {
		t.Fatalf("%d tags, %v", len(x.Tags), ps)
	}
	if n := len(x.Members("m", "l7")); n != 100 {
		t.Errorf("%d below l7", n)
	}
	p.Models[0].Parameters = []Parameter{{ID: "u", Type: "string", Default: json.RawMessage(`"` + strings.Repeat("x", 65) + `"`)}}
	p.Models[0].Properties[3].Unit = "{u}"
	if ps := Validate(p); len(ps) != 1 || ps[0].At != "/models/0/properties/3/unit" {
		t.Errorf("%v", ps)
	}
}

// FuzzPlaceholders: whatever stands in braces, it is a placeholder, a problem or text; and a mask comes off again.
func FuzzPlaceholders(f *testing.F) {
	for _, s := range []string{"{a}", "{a+4}", "{a*10-b:03}", "{ a }", "{", "}", "{{a}}", "{9999999999999999999+a}", "{a*a*a*9223372036854775807}", `"{a}" + {a}`, "filter(x, {# > {a}})", "{a-9223372036854775807-a-a}"} {
		f.Add(s)
	}
	known := names{ids: []string{"a", "b", "s"}, types: []string{"int", "int", "string"}}
	values := []value{{raw: json.RawMessage("-9"), text: "-9", number: -9}, {raw: json.RawMessage("7"), text: "7", number: 7}, {raw: json.RawMessage(`"x"`), text: "x"}}
	f.Fuzz(func(t *testing.T, s string) {
		for _, expression := range []bool{false, true} {
			part, err := parseText(s, known, expression)
			if err != nil || part == nil {
				continue
			}
			if _, err := part.write(values, known, "en"); err != nil {
				continue
			}
			_, _ = part.writeExpression(values, known)
		}
		raw := jsonString(s)
		if part, err := parseJSON(raw, known); err == nil && part != nil {
			if out, err := part.write(values, known); err == nil && !json.Valid(out) {
				t.Fatalf("%s became %s", raw, out)
			}
		}
		masked, unmask := mask(s)
		if unmask(masked) != s || len([]rune(masked)) != len([]rune(s)) {
			t.Fatalf("%q masked is %q", s, masked)
		}
	})
}
