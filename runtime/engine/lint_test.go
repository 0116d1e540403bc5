package engine

import (
	"slices"
	"testing"

	"github.com/lineside/lineside/runtime/app"
)

// TestLint: the rules see the tags of the plant, through inputs, expressions and computed tags.
func TestLint(t *testing.T) {
	r := start(t, Options{})
	doc := readApp(t, `{"format":2,"id":"com.example.lint","version":"1.0.0","name":{"en":"Lint"},
		"inputs":[{"id":"source","kind":"tag","type":"float","default":"a/bare"},{"id":"full","kind":"tag","type":"float","default":"a/full"}],
		"tags":[{"id":"plain","expr":"source * 2"},{"id":"cost","expr":"source * 2","unit":"EUR/h"}],
		"screens":[{"id":"s","name":{"en":"S"},"width":1600,"height":900,"widgets":[
			{"id":"w0","type":"gauge","x":0,"y":0,"w":100,"h":100,"props":{"value":{"tag":"a/bare"}}},
			{"id":"w1","type":"gauge","x":0,"y":100,"w":100,"h":100,"props":{"value":{"expr":"source"}}},
			{"id":"w2","type":"gauge","x":0,"y":200,"w":100,"h":100,"props":{"value":{"expr":"full"}}},
			{"id":"w3","type":"gauge","x":0,"y":300,"w":100,"h":100,"props":{"value":{"expr":"tag(\"a/full\")"}}},
			{"id":"w4","type":"value","x":0,"y":400,"w":100,"h":50,"props":{"value":{"expr":"cost"}}},
			{"id":"w5","type":"value","x":0,"y":450,"w":100,"h":50,"props":{"value":{"expr":"plain"}}},
			{"id":"w6","type":"value","x":0,"y":500,"w":100,"h":50,"props":{"value":{"expr":"full + 1"}}},
			{"id":"w7","type":"switch","x":0,"y":550,"w":100,"h":50,"props":{"value":{"tag":"a/free"}}},
			{"id":"w8","type":"switch","x":0,"y":600,"w":100,"h":50,"props":{"value":{"tag":"a/asks"}}},
			{"id":"w9","type":"value","x":0,"y":650,"w":100,"h":50,"props":{"value":{"tag":"a/none"}}}]}]}`)
	told := func() (out []string) {
		t.Helper()
		ps := r.CheckApp(app.Installation{ID: "i"}, doc)
		if ps.Errors() {
			t.Fatal(ps)
		}
		for _, p := range ps {
			if p.Code != "tag_unknown" {
				out = append(out, p.Code+" "+p.At)
			}
		}
		return out
	}
	const w = "/screens/0/widgets/"
	// What is computed has no unit, whatever the plant is.
	if got := told(); !slices.Equal(got, []string{"unit_missing " + w + "5/props/unit", "unit_missing " + w + "6/props/unit"}) {
		t.Errorf("without a plant: %q", got)
	}
	r.set(`{"format":1,"tags":[
		{"path":"a/bare","type":"float","initial":1},
		{"path":"a/full","type":"float","initial":1,"unit":"bar","range":{"low":0,"high":10}},
		{"path":"a/free","type":"bool","initial":false,"title":{"en":"Pump"},"write":{"confirm":"none"}},
		{"path":"a/asks","type":"bool","initial":false,"title":{"en":"Pump"},"write":{}}]}`)
	want := []string{
		"range_missing " + w + "0/props/low", "unit_missing " + w + "0/props/unit",
		"range_missing " + w + "1/props/low", "unit_missing " + w + "1/props/unit",
		"unit_missing " + w + "5/props/unit", "unit_missing " + w + "6/props/unit",
		"write_unconfirmed " + w + "7/props/value",
	}
	if got := told(); !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	// Warnings prevent nothing.
	if err := r.SetApp(app.Installation{ID: "i"}, doc, 1); err != nil {
		t.Error(err)
	}
}

// TestNearestTag: the problem of a tag that is not there offers the one that was probably meant.
func TestNearestTag(t *testing.T) {
	r := start(t, Options{})
	r.set(`{"format":1,"tags":[
		{"path":"a/pressure","type":"float","initial":1},{"path":"a/level","type":"float","initial":1},
		{"path":"b/flow","type":"float","initial":1},{"path":"c/speed","type":"float","initial":1},{"path":"d/speed","type":"float","initial":1}]}`)
	for _, row := range []struct{ tag, want string }{
		{"a/presure", "a/pressure"}, {"a/Level", "a/level"}, {"x/flow", "b/flow"}, {"x/speed", ""}, {"a/something", ""}, {"level", "a/level"},
	} {
		doc := readApp(t, `{"format":2,"id":"com.example.near","version":"1.0.0","name":{"en":"N"},"screens":[{"id":"s","name":{"en":"S"},"width":1600,"height":900,
			"widgets":[{"id":"w0","type":"value","x":0,"y":0,"w":100,"h":50,"props":{"unit":"","value":{"tag":"`+row.tag+`"}}}]}]}`)
		for _, p := range r.CheckApp(app.Installation{ID: "i"}, doc) {
			got := ""
			if p.Fix != nil {
				got = string(p.Fix.Patch[0].Value)
			}
			if row.want != "" {
				row.want = `"` + row.want + `"`
			}
			if p.Code != "tag_unknown" || got != row.want {
				t.Errorf("%s: %s offers %s, not %s", row.tag, p.Code, got, row.want)
			}
		}
	}
}
