package app

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/test/golden"
	"github.com/lineside/lineside/widgets"
)

// newer is the catalogue with a gauge of version 3.
func newer(t *testing.T) widgets.Catalogue {
	t.Helper()
	c, err := widgets.Load()
	if err != nil {
		t.Fatal(err)
	}
	m := *c["gauge"]
	m.Version = 3
	m.Migrations = []widgets.Migration{
		{To: 2, Rename: map[string]string{"caption": "label"}},
		{To: 3, Scale: map[string]float64{"high": 1000}},
	}
	c["gauge"] = &m
	return c
}

// Settings of older widgets are brought up; those that cannot be stay with their version, and the rest works.
func TestBringWidgets(t *testing.T) {
	a := new(App)
	err := json.Unmarshal([]byte(`{"format":2,"id":"com.example.old","version":"1.0.0","name":{"en":"Old"},"uses":{"gauge":1,"text":1},"screens":[
		{"id":"main","name":{"en":"Main"},"width":800,"height":600,"widgets":[
			{"id":"fits","type":"gauge","x":0,"y":0,"w":100,"h":100,"props":{"caption":"Flow","high":2}},
			{"id":"bound","type":"gauge","x":0,"y":0,"w":100,"h":100,"props":{"caption":"Level","high":{"tag":"a/high"}}},
			{"id":"other","type":"text","x":0,"y":0,"w":100,"h":100,"props":{"text":{"en":"A"}}},
			{"id":"unknown","type":"hologram","x":0,"y":0,"w":100,"h":100}]}]}`), a)
	if err != nil {
		t.Fatal(err)
	}
	c := newer(t)
	a.bring(c)
	first, err := Canonical(a)
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/bring.out.json", first)
	a.bring(c)
	if again, _ := Canonical(a); !bytes.Equal(first, again) {
		t.Errorf("a second time it is another document:\n%s", again)
	}
	var told *spec.Problem
	for _, p := range Validate(a, c) {
		if p.Code == "widget_migration" {
			told = p
		}
		if p.At == "/screens/0/widgets/1/props/caption" {
			t.Errorf("the settings of the older version are read as of this one: %v", p)
		}
	}
	if told == nil || told.Severity != spec.Warning || told.At != "/screens/0/widgets/1/props" {
		t.Errorf("it is not told: %+v", told)
	}
	// Somebody has set it by hand: it is as the others again.
	a.Screens[0].Widgets[1].Props["high"] = json.RawMessage("5")
	a.bring(c)
	if w := a.Screens[0].Widgets[1]; w.Version != 0 || string(w.Props["high"]) != "5000" || string(w.Props["label"]) != `"Level"` {
		t.Errorf("%+v", w)
	}
}
