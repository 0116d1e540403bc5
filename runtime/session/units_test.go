package session

import (
	"encoding/json"
	"io"
	"log/slog"
	"testing"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/unit"
)

// Who opens a screen is told how to show the units that it names, in the units that they prefer.
func TestUnitsOfAScreen(t *testing.T) {
	e := running(t)
	if err := e.SetPlant(&plant.Plant{Format: plant.Format, Tags: []plant.Tag{
		{Path: "oven/temperature", Definition: plant.Definition{Type: "float", Unit: "Cel", Initial: json.RawMessage("100")}},
		{Path: "oven/boxes", Definition: plant.Definition{Type: "float", Unit: "Karton", Initial: json.RawMessage("1")}},
		{Path: "oven/load", Definition: plant.Definition{Type: "float", Unit: "%", Initial: json.RawMessage("1")}},
	}}); err != nil {
		t.Fatal(err)
	}
	bound := func(tag, more string) map[string]json.RawMessage {
		props := map[string]json.RawMessage{"value": json.RawMessage(`{"tag":"` + tag + `"}`)}
		if more != "" {
			props["unit"] = json.RawMessage(more)
		}
		return props
	}
	doc := boiler("Boiler",
		app.Widget{ID: "a", Type: "gauge", Width: 100, Height: 100, Props: bound("oven/temperature", "")},
		app.Widget{ID: "b", Type: "value", Width: 100, Height: 40, Props: bound("oven/boxes", "")},
		app.Widget{ID: "c", Type: "value", Width: 100, Height: 40, Props: bound("oven/load", "")},
		app.Widget{ID: "d", Type: "value", Width: 100, Height: 40, Props: bound("oven/load", `"barg"`)})
	if err := e.SetApp(app.Installation{ID: "boiler"}, doc, 1); err != nil {
		t.Fatal(err)
	}
	w := newWorldOf(t, e, Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	c := w.dial(t, "viewer", nil)
	r := c.ask(`"op":"open","installation":"boiler"`)
	want := func(got, units map[string]unit.Shown) {
		t.Helper()
		if len(got) != len(units) {
			t.Errorf("%+v, want %+v", got, units)
		}
		for text, one := range units {
			if got[text] != one {
				t.Errorf("%s: %+v, want %+v", text, got[text], one)
			}
		}
	}
	want(r.Units, map[string]unit.Shown{"Cel": {Symbol: "°C"}, "barg": {Symbol: "bar(g)"}})
	number, _ := json.Marshal(r.View)
	r = c.ask(`"op":"language","view":` + string(number) + `,"units":{"system":"us","units":{"pressure":"kPa"}}`)
	want(r.Units, map[string]unit.Shown{"Cel": {Symbol: "°F", Own: "°C", Factor: 1.8, Offset: 32}, "barg": {Symbol: "kPa(g)", Own: "bar(g)", Factor: 100}})
}
