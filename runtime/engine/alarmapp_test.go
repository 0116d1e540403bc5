package engine

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

const alarmApp = `{"format": 2, "id": "com.example.tank", "version": "1.0.0", "name": {"en": "Tank", "zh": "储罐"},
 "inputs": [{"id": "level", "kind": "tag", "type": "float", "title": {"en": "Level"}}, {"id": "high", "kind": "parameter", "type": "float", "default": 80}, {"id": "cleaning", "kind": "tag", "type": "bool", "title": {"en": "Cleaning"}}],
 "tags": [{"id": "rest", "expr": "100 - level"}],
 "alarms": [{"id": "full", "title": {"en": "Full"}, "message": {"en": "{level} is above, {rest} is left"}, "when": "level > high && rest < 50", "priority": "high", "suppressWhen": "cleaning"}],
 "screens": [{"id": "main", "name": {"en": "Main"}, "width": 100, "height": 100, "widgets": []}]}`

// TestAlarmsOfApps: they live as long as the app is installed, stand where its inputs do, and do not clash.
func TestAlarmsOfApps(t *testing.T) {
	shelf := &alarmShelf{}
	e, _ := alarmEngine(t, shelf, alarmPlant)
	doc, err := app.Read([]byte(alarmApp))
	if err != nil {
		t.Fatal(err)
	}
	inst := func(id string) app.Installation {
		return app.Installation{ID: id, Mapping: map[string]json.RawMessage{"level": json.RawMessage(`"hall/level"`), "cleaning": json.RawMessage(`"hall/cleaning"`)}}
	}
	for _, id := range []string{"north", "south"} {
		if err := e.SetApp(inst(id), doc, 1); err != nil {
			t.Fatal(err)
		}
	}
	putValue(t, e, "hall/level", tag.OfFloat(84))
	wantState(t, e, "north.full", alarm.Unacknowledged)
	wantState(t, e, "south.full", alarm.Unacknowledged)
	a, _ := e.AlarmNow("hall#north.full")
	if a.Path != "hall" || a.Title["zh"] != "储罐" || a.Name["en"] != "Full" || a.Message["en"] != "84 is above, 16 is left" {
		t.Errorf("%+v", a)
	}
	putValue(t, e, "hall/cleaning", tag.OfBool(true))
	wantState(t, e, "north.full", alarm.Suppressed)
	putValue(t, e, "hall/cleaning", tag.OfBool(false))
	wantState(t, e, "north.full", alarm.Unacknowledged)
	takePlant(t, e, alarmPlant[:len(alarmPlant)-1]+`, "name": "x"}`) // another plant leaves them as they are
	other := inst("south")
	other.Mapping["high"] = json.RawMessage(`90`)
	if err := e.SetApp(other, doc, 2); err != nil {
		t.Fatal(err)
	}
	wantState(t, e, "south.full", alarm.Returned)
	e.RemoveApp("north")
	until(t, "it is gone with its app", func() bool { _, ok := e.AlarmNow("hall#north.full"); return !ok })
	until(t, "the journal says so", func() bool {
		return slices.Contains(shelf.events("north.full"), alarm.Removed)
	})
	bad, err := app.Read([]byte(`{"format": 2, "id": "com.example.tank", "version": "1.0.0", "name": {"en": "Tank"}, "alarms": [{"id": "a", "when": "1 + 1", "priority": "low"}, {"id": "b", "when": "nothing > 1", "priority": "low"}, {"id": "c", "when": "true", "priority": "low", "class": "none"}],
	 "screens": [{"id": "main", "name": {"en": "Main"}, "width": 100, "height": 100, "widgets": []}]}`))
	if err != nil {
		t.Fatal(err)
	}
	ps := e.CheckApp(inst("x"), bad)
	for _, want := range []struct{ code, at string }{{"expression_type", "/alarms/0/when"}, {"alarm_class_unknown", "/alarms/2/class"}} {
		if !slices.ContainsFunc(ps, func(p *spec.Problem) bool { return p.Code == want.code && p.At == want.at }) {
			t.Errorf("no %s: %v", want.code, ps)
		}
	}
	if !slices.ContainsFunc(ps, func(p *spec.Problem) bool { return p.At == "/alarms/1/when" }) {
		t.Error(ps)
	}
}
