package engine

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/tag"
)

// One screen shows whichever pump it is opened for, and writes to that one.
func TestAssetInput(t *testing.T) {
	r := start(t, Options{})
	r.set(station)
	doc := appOf(`"inputs":[{"id":"pump","kind":"asset","model":"drive"}],`,
		valueOf("bound", `{"tag":"{pump}/speed"}`),
		valueOf("twice", `{"expr":"tag(\"{pump}/speed\") * 2 + tag(\"line1/level\")"}`),
		valueOf("name", `{"expr":"pump"}`),
		`{"type":"setpoint","id":"sp","props":{"value":{"tag":"{pump}/speed"}}}`,
		`{"type":"button","id":"stop","on":{"click":[{"do":"write","tag":"{pump}/speed","value":0}]}}`)
	r.install("i", doc, 1)
	value := func(s *Screen, widget string) tag.Sample { return r.table.Get(binding(t, s, widget).Slot) }

	open := r.open("i", false, "")
	if s := value(open, "bound"); s.Quality != tag.BadConfigurationError {
		t.Errorf("of no pump: %v", s)
	}
	open.Release()

	one, two := r.open("i", false, `{"pump":"line1/p1"}`), r.open("i", false, `{"pump":"line1/p2"}`)
	defer one.Release()
	defer two.Release()
	until(t, "the values of both", func() bool {
		return value(one, "bound").Value.Float() == 1000 && value(two, "bound").Value.Float() == 2000 && value(one, "twice").Value.Float() == 2050 && value(two, "twice").Value.Float() == 4050
	})
	if s := value(two, "name"); string(s.Value.AppendJSON(nil)) != `"line1/p2"` {
		t.Errorf("the name of the pump is %v", s)
	}
	if b := binding(t, one, "bound"); b.Tag != "line1/p1/speed" {
		t.Errorf("bound to %q", b.Tag)
	}
	if res, err := r.Event(context.Background(), two, "sp", "set", json.RawMessage("500"), "", operator); err != nil || res.Write.Outcome != OutcomeGood {
		t.Fatalf("%+v, %v", res, err)
	}
	if res, err := r.Event(context.Background(), one, "stop", "click", nil, "", operator); err != nil || res.Write.Outcome != OutcomeGood {
		t.Fatalf("%+v, %v", res, err)
	}
	until(t, "each written to its own", func() bool {
		return value(one, "bound").Value.Float() == 0 && value(two, "bound").Value.Float() == 500
	})

	for _, row := range []struct{ name, inputs, mapping, widget, want, at string }{
		{"property", `{"id":"pump","kind":"asset","model":"pump"}`, ``, valueOf("v", `{"tag":"{pump}/sped"}`), "property_unknown", "/screens/0/widgets/0/props/value/tag"},
		{"expression", `{"id":"pump","kind":"asset","model":"pump"}`, ``, valueOf("v", `{"expr":"tag(\"{pump}/sped\") + 1"}`), "property_unknown", "/screens/0/widgets/0/props/value/expr"},
		{"input", `{"id":"pump","kind":"asset","model":"pump"}`, ``, valueOf("v", `{"tag":"{pum}/speed"}`), "input_unknown", "/screens/0/widgets/0/props/value/tag"},
		{"model", `{"id":"pump","kind":"asset","model":"pumb"}`, ``, valueOf("v", `{"tag":"{pump}/speed"}`), "model_unknown", "/inputs/0"},
		{"asset", `{"id":"pump","kind":"asset","model":"pump","default":"line1/p9"}`, ``, valueOf("v", `{"tag":"{pump}/speed"}`), "asset_unknown", "/inputs/0"},
		{"mapped to another model", `{"id":"pump","kind":"asset","model":"drive"},{"id":"x","kind":"asset","model":"fan"}`, `{"x":"line1/p1"}`, valueOf("v", `{"tag":"{pump}/speed"}`), "model_unknown", "/inputs/1"},
	} {
		var mapping map[string]json.RawMessage
		if row.mapping != "" {
			if err := json.Unmarshal([]byte(row.mapping), &mapping); err != nil {
				t.Fatal(err)
			}
		}
		found := false
		var all []string
		for _, p := range r.CheckApp(app.Installation{ID: "c", Mapping: mapping}, readApp(t, appOf(`"inputs":[`+row.inputs+`],`, row.widget))) {
			all = append(all, p.Code+" "+p.At)
			found = found || p.Code == row.want && p.At == row.at
		}
		if !found {
			t.Errorf("%s: no %s at %s, but %q", row.name, row.want, row.at, all)
		}
	}
}
