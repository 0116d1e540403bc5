package session

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/plant"
)

// Two people look at a screen with a variable: each has their own value of it, under the number
// that their view has for everything, and what names no variable is one feed for both.
func TestVariablesAreOfOneView(t *testing.T) {
	e := running(t)
	if err := e.SetPlant(&plant.Plant{Format: plant.Format, Tags: []plant.Tag{{Path: "line/speed", Definition: plant.Definition{Type: "float", Initial: []byte("2"), Write: &plant.Write{Confirm: "none"}}}}}); err != nil {
		t.Fatal(err)
	}
	value := func(id, expr string) app.Widget {
		raw, _ := json.Marshal(app.Binding{Expr: expr})
		return app.Widget{ID: id, Type: "value", Width: 100, Height: 40, Props: map[string]json.RawMessage{"value": raw}}
	}
	doc := boiler("Boiler",
		value("n", "n"), value("product", `tag("line/speed") * n`), value("speed", `tag("line/speed")`),
		app.Widget{ID: "more", Type: "button", Width: 100, Height: 40, On: map[string][]app.Action{"click": {
			{Do: "set", Variable: "n", Value: json.RawMessage(`{"expr":"n + 1"}`)},
			{Do: "notice", Text: text("Counted"), If: "n > 1"},
			{Do: "close", If: "n > 100"},
		}}},
		app.Widget{ID: "write", Type: "button", Width: 100, Height: 40, On: map[string][]app.Action{"click": {{Do: "add", Tag: "line/speed", Value: json.RawMessage("1")}}}},
	)
	doc.Screens[0].Variables = []app.Variable{{ID: "n", Type: "int", Default: json.RawMessage("1")}}
	if err := e.SetApp(app.Installation{ID: "boiler"}, doc, 1); err != nil {
		t.Fatal(err)
	}
	w := newWorldOf(t, e, Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	one, two := w.dial(t, "operator", nil), w.dial(t, "viewer", nil)
	open := `"op":"open","installation":"boiler"`
	a, b := one.ask(open), two.ask(open)
	if a.Error != nil || b.Error != nil {
		t.Fatalf("open: %+v %+v", a.Error, b.Error)
	}
	if a.View != b.View {
		t.Errorf("views %d and %d do not share what names no variable", a.View, b.View)
	}
	slots := map[string]int{}
	for _, x := range a.Bindings {
		slots[x.Widget] = x.Slot
	}
	if len(map[int]bool{slots["n"]: true, slots["product"]: true, slots["speed"]: true}) != 3 {
		t.Fatalf("slots %v", slots)
	}
	is := func(m message, widget, value string) bool {
		return has(m, fmt.Sprintf("[%d,%s]", slots[widget], value)) || has(m, fmt.Sprintf("[%d,%s,…", slots[widget], value))
	}
	for widget, want := range map[string]string{"n": "1", "product": "2", "speed": "2"} {
		if !is(a, widget, want) {
			t.Errorf("%s begins as %s", widget, a.Values)
		}
	}
	click := fmt.Sprintf(`"op":"event","view":%d,"name":"click","widget":`, a.View)
	r := one.ask(click + `"more"`)
	if len(r.Effects) != 1 || r.Effects[0].Do != "notice" || r.Effects[0].Text["en"] != "Counted" {
		t.Errorf("effects %+v %+v", r.Effects, r.Error)
	}
	one.until("its own variable", func(m message) bool { return m.View == a.View && is(m, "n", "2") })
	// What would be done is told, and nothing is done.
	if r := one.ask(fmt.Sprintf(`"op":"event","view":%d,"name":"click","widget":"more","ask":true`, a.View)); fmt.Sprint(r.Runs) != "[0 1]" || len(r.Effects) > 0 {
		t.Errorf("would run %v, %+v", r.Runs, r.Error)
	}
	if r := one.ask(click + `"more","runs":[2]`); r.Error != nil || len(r.Effects) > 0 {
		t.Errorf("only what may run: %+v %+v", r.Effects, r.Error)
	}
	// A second view of the same connection has its own, too.
	c := one.ask(open)
	if c.View == a.View || !is(c, "n", "1") {
		t.Errorf("view %d beside %d: %s", c.View, a.View, c.Values)
	}
	if r := one.ask(click + `"write"`); r.Result == nil || r.Result.Outcome != "good" {
		t.Fatalf("write %+v %+v", r.Result, r.Error)
	}
	one.until("the product of its own variable", func(m message) bool { return m.View == a.View && is(m, "product", "6") })
	two.until("the product of the other's", func(m message) bool { return is(m, "product", "3") })
	// The other never saw a value of the first's variable.
	if r := two.ask(click + `"more"`); len(r.Effects) != 1 {
		t.Errorf("the other's: %+v", r.Effects)
	}
	two.until("the other's variable", func(m message) bool { return is(m, "n", "2") })
	if r := one.ask(fmt.Sprintf(`"op":"close","view":%d`, a.View)); !r.OK {
		t.Errorf("close: %+v", r.Error)
	}
	if r := one.ask(click + `"more"`); r.Error == nil || r.Error.Code != "view_unknown" {
		t.Errorf("after closing: %+v", r)
	}
	if r := one.ask(fmt.Sprintf(`"op":"event","view":%d,"widget":"","name":"key:F9"`, c.View)); r.Error == nil || r.Error.Code != "event_unknown" || !strings.Contains(r.Error.Message, "F9") {
		t.Errorf("an event that is not in the document: %+v", r.Error)
	}
}
