package session

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
)

var _ Engine = (*engine.Engine)(nil)

func text(en string) spec.Text { return spec.Text{"en": en} }

func boiler(revisionName string, widgets ...app.Widget) *app.App {
	return &app.App{
		Format: app.Format, ID: "com.example.boiler", Version: "1.0.0", Name: text(revisionName),
		Screens: []app.Screen{{ID: "main", Name: text("Main"), Width: 800, Height: 600, Widgets: widgets}},
	}
}

// The whole way through the real engine: open, computed binding, write by an event, another
// browser sees it, a viewer may not, a new revision is announced, an unknown tag heals.
func TestWithTheEngine(t *testing.T) {
	e := running(t)
	high := 90.0
	tags := []plant.Tag{
		{Path: "line/speed", Definition: plant.Definition{Type: "float", Unit: "m/s", Initial: []byte("2"), Write: &plant.Write{High: &high, Confirm: "none"}}},
		{Path: "north/secret", Definition: plant.Definition{Type: "float", Initial: []byte("7")}},
	}
	if err := e.SetPlant(&plant.Plant{Format: plant.Format, Tags: tags}); err != nil {
		t.Fatal(err)
	}
	doc := boiler("Boiler",
		app.Widget{ID: "sp", Type: "setpoint", Width: 100, Height: 40, Props: map[string]json.RawMessage{"value": json.RawMessage(`{"tag":"line/speed"}`)}},
		app.Widget{ID: "double", Type: "value", Width: 100, Height: 40, Props: map[string]json.RawMessage{"value": json.RawMessage(`{"expr":"tag(\"line/speed\") * 2"}`)}},
		app.Widget{ID: "later", Type: "value", Width: 100, Height: 40, Props: map[string]json.RawMessage{"value": json.RawMessage(`{"tag":"line/later"}`)}},
	)
	inst := app.Installation{ID: "boiler"}
	if err := e.SetApp(inst, doc, 1); err != nil {
		t.Fatal(err)
	}
	w := newWorldOf(t, e, Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})

	operator, viewer := w.dial(t, "operator", nil), w.dial(t, "viewer", nil)
	seen := operator.ask(`"op":"open","installation":"boiler"`)
	if seen.Error != nil {
		t.Fatalf("open: %+v", seen.Error)
	}
	slots := map[string]ViewBinding{}
	for _, b := range seen.Bindings {
		slots[b.Widget] = b
	}
	if m := slots["sp"].Meta; m == nil || !m.Writable || m.Unit != "m/s" || m.WriteHigh == nil || *m.WriteHigh != 90 || m.Confirm != "none" {
		t.Errorf("meta of the setpoint %+v", m)
	}
	if !has(seen, fmt.Sprintf("[%d,2]", slots["sp"].Slot)) && !has(seen, fmt.Sprintf("[%d,2,…", slots["sp"].Slot)) {
		t.Errorf("first values %s", seen.Values)
	}
	second := viewer.ask(`"op":"open","installation":"boiler"`)
	if second.View != seen.View {
		t.Errorf("views %d and %d of the same screen do not share", seen.View, second.View)
	}
	for _, b := range second.Bindings {
		if b.Meta != nil && b.Meta.Writable {
			t.Errorf("a viewer may write %s", b.Widget)
		}
	}
	event := `"op":"event","view":%d,"widget":"sp","name":"set","data":%s`
	if r := operator.ask(fmt.Sprintf(event, seen.View, "21")); r.Result == nil || r.Result.Outcome != "good" || string(r.Result.New) != "21" {
		t.Fatalf("write: %+v %+v", r.Result, r.Error)
	}
	viewer.until("the doubled value", func(m message) bool {
		return has(m, fmt.Sprintf("[%d,42]", slots["double"].Slot)) || has(m, fmt.Sprintf("[%d,42,…", slots["double"].Slot))
	})
	if r := viewer.ask(fmt.Sprintf(event, second.View, "5")); r.Result == nil || r.Result.Outcome != "failed" || r.Result.Code == "" {
		t.Errorf("a viewer wrote: %+v %+v", r.Result, r.Error)
	}
	if r := operator.ask(fmt.Sprintf(event, seen.View, "91")); r.Result == nil || r.Result.Outcome != "failed" {
		t.Errorf("wrote beyond the limit: %+v", r.Result)
	}
	if r := operator.ask(`"op":"write","tag":"north/secret","value":1`); r.Result == nil || r.Result.Outcome != "failed" {
		t.Errorf("wrote a tag that is read-only: %+v", r.Result)
	}

	if err := e.SetPlant(&plant.Plant{Format: plant.Format, Tags: append(tags, plant.Tag{Path: "line/later", Definition: plant.Definition{Type: "float", Initial: []byte("5")}})}); err != nil {
		t.Fatal(err)
	}
	operator.until("the notice that the plant changed", func(m message) bool { return m.Op == "notice" && m.Code == "revision" })
	if r := operator.ask(`"op":"open","installation":"boiler"`); !strings.Contains(string(encodeJSON(r.Values)), ",5") || r.View == seen.View {
		t.Errorf("opened again: view %d, %s", r.View, r.Values)
	}
	if err := e.SetApp(inst, boiler("Boiler 2"), 2); err != nil {
		t.Fatal(err)
	}
	operator.until("the notice of the revision", func(m message) bool { return m.Op == "notice" && m.Code == "revision" })
	if r := operator.ask(`"op":"open","installation":"boiler"`); r.Revision != 2 || r.App.Name["en"] != "Boiler 2" {
		t.Errorf("after publishing: %+v", r.Reply)
	}
	if _, ok := e.Table().Lookup("line/speed"); !ok {
		t.Error("the plant was touched")
	}
}
