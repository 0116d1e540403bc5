package engine

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/tag"
)

func keyState(e *Engine, key alarm.Key) (out Alarm) {
	list, _ := e.Alarms()
	for _, a := range list {
		if a.Key == key {
			return *a
		}
	}
	return Alarm{State: alarm.Normal}
}

// An alarm follows its tag when the tag is renamed: what waits still waits, what is put away stays so with its end, and nobody
// is told a second time, also after a restart.
func TestRenamedTagKeepsItsAlarms(t *testing.T) {
	shelf := &alarmShelf{}
	e, stop := alarmEngine(t, shelf, alarmPlant)
	putValue(t, e, "hall/level", tag.OfFloat(99))
	wantState(t, e, "high", alarm.Unacknowledged)
	wantState(t, e, "hh", alarm.Unacknowledged)
	for _, o := range []AlarmOrder{
		{Event: alarm.Acknowledge, Keys: []alarm.Key{"hall/level#hh"}, Comment: "seen"},
		{Event: alarm.Shelve, Keys: []alarm.Key{"hall/level#dev"}, For: time.Hour, Comment: "filling"},
		{Event: alarm.Remove, Keys: []alarm.Key{"hall/level#slow"}, Comment: "sensor is out"},
	} {
		if _, err := e.OrderAlarms(context.Background(), o, everybody); err != nil {
			t.Fatal(err)
		}
	}
	before := len(shelf.events("high")) + len(shelf.events("hh")) + len(shelf.events("dev")) + len(shelf.events("slow"))
	shelved := keyState(e, "hall/level#dev")
	renamed := strings.NewReplacer("hall/", "cellar/", `"initial": 50, "unit"`, `"initial": 99, "unit"`).Replace(alarmPlant)
	if err := e.CarryValues(map[tag.Path]tag.Path{"hall/level": "cellar/level", "hall/setpoint": "cellar/setpoint", "hall/cleaning": "cellar/cleaning"}); err != nil {
		t.Fatal(err)
	}
	takePlant(t, e, renamed)
	check := func(when string) {
		t.Helper()
		for id, want := range map[string]alarm.State{"high": alarm.Unacknowledged, "hh": alarm.Acknowledged, "dev": alarm.Shelved, "slow": alarm.OutOfService} {
			a := keyState(e, alarm.KeyOf("cellar/level", id))
			if a.State != want {
				t.Errorf("%s: %s is %s, want %s", when, id, a.State, want)
			}
		}
		if a := keyState(e, "cellar/level#dev"); a.Shelf == nil || !a.Shelf.Until.Equal(shelved.Shelf.Until) || a.Shelf.By != "olga" {
			t.Errorf("%s: shelved %+v", when, a.Shelf)
		}
		if a := keyState(e, "cellar/level#hh"); a.Acknowledgement == nil || a.Acknowledgement.Text != "seen" || a.Times != 1 {
			t.Errorf("%s: acknowledged %+v, %d times", when, a.Acknowledgement, a.Times)
		}
	}
	check("renamed")
	until(t, "it is kept under its new name", func() bool {
		shelf.Lock()
		defer shelf.Unlock()
		for key := range shelf.records {
			if strings.HasPrefix(string(key), "hall/level") {
				return false
			}
		}
		return shelf.records["cellar/level#dev"].Shelf != nil
	})
	stop()
	e, _ = alarmEngine(t, shelf, renamed)
	check("after a restart")
	if n := len(shelf.events("high")) + len(shelf.events("hh")) + len(shelf.events("dev")) + len(shelf.events("slow")); n != before {
		t.Errorf("the journal has %d lines more: %v %v %v %v", n-before, shelf.events("high"), shelf.events("hh"), shelf.events("dev"), shelf.events("slow"))
	}
}

// Two tags change names, and a third is taken away.
func TestTagsThatChangeNamesKeepTheirAlarms(t *testing.T) {
	doc := func(a, b string) string {
		return `{"format": 1, "tags": [
		 {"path": "` + a + `", "type": "float", "initial": 90, "write": {}, "alarms": {"high": {"kind": "high", "priority": "high", "limit": 80}}},
		 {"path": "` + b + `", "type": "float", "initial": 90, "write": {}, "alarms": {"high": {"kind": "high", "priority": "low", "limit": 80}}}]}`
	}
	shelf := &alarmShelf{}
	e, _ := alarmEngine(t, shelf, doc("a", "b"))
	until(t, "both are raised", func() bool {
		return keyState(e, "a#high").State == alarm.Unacknowledged && keyState(e, "b#high").State == alarm.Unacknowledged
	})
	if _, err := e.OrderAlarms(context.Background(), AlarmOrder{Event: alarm.Acknowledge, Keys: []alarm.Key{"a#high"}}, everybody); err != nil {
		t.Fatal(err)
	}
	if err := e.CarryValues(map[tag.Path]tag.Path{"a": "b", "b": "a"}); err != nil {
		t.Fatal(err)
	}
	takePlant(t, e, doc("b", "a"))
	if a, b := keyState(e, "a#high").State, keyState(e, "b#high").State; a != alarm.Unacknowledged || b != alarm.Acknowledged {
		t.Errorf("a is %s, b is %s", a, b)
	}
	until(t, "it is kept", func() bool {
		shelf.Lock()
		defer shelf.Unlock()
		return shelf.records["b#high"].State == alarm.Acknowledged && shelf.records["a#high"].State == alarm.Unacknowledged
	})
	// What is really taken away is said so.
	takePlant(t, e, `{"format": 1, "tags": [{"path": "a", "type": "float", "initial": 90, "write": {}, "alarms": {"high": {"kind": "high", "priority": "low", "limit": 80}}}]}`)
	until(t, "the removal is in the journal", func() bool { return slices.Contains(shelf.events("high"), alarm.Removed) })
}

// An alarm of an app follows the area that its inputs are mapped to.
func TestRenamedAreaKeepsAlarmsOfApps(t *testing.T) {
	shelf := &alarmShelf{}
	plantIn := func(area string) string {
		return `{"format": 1, "tags": [{"path": "` + area + `/level", "type": "float", "initial": 90, "write": {}}]}`
	}
	e, _ := alarmEngine(t, shelf, plantIn("hall"))
	doc, err := app.Read([]byte(`{"format": 2, "id": "com.example.tank", "version": "1.0.0", "name": {"en": "Tank"},
	 "inputs": [{"id": "level", "kind": "tag", "type": "float", "title": {"en": "Level"}}],
	 "alarms": [{"id": "full", "title": {"en": "Full"}, "when": "level > 80", "priority": "high"}],
	 "screens": [{"id": "main", "name": {"en": "Main"}, "width": 100, "height": 100, "widgets": []}]}`))
	if err != nil {
		t.Fatal(err)
	}
	in := func(area string) app.Installation {
		return app.Installation{ID: "tank", Mapping: map[string]json.RawMessage{"level": json.RawMessage(`"` + area + `/level"`)}}
	}
	if err := e.SetApp(in("hall"), doc, 1); err != nil {
		t.Fatal(err)
	}
	key := func(area string) alarm.Key { return alarm.Key(area + "/level#tank.full") }
	until(t, "it is raised", func() bool { return keyState(e, key("hall")).State == alarm.Unacknowledged })
	if _, err := e.OrderAlarms(context.Background(), AlarmOrder{Event: alarm.Shelve, Keys: []alarm.Key{key("hall")}, For: time.Hour, Comment: "x"}, everybody); err != nil {
		t.Fatal(err)
	}
	if err := e.CarryValues(map[tag.Path]tag.Path{"hall/level": "cellar/level"}); err != nil {
		t.Fatal(err)
	}
	takePlant(t, e, plantIn("cellar"))
	if err := e.SetApp(in("cellar"), doc, 1); err != nil {
		t.Fatal(err)
	}
	if got := keyState(e, key("cellar")); got.State != alarm.Shelved || got.Shelf == nil {
		t.Errorf("it is %s, shelved %v", got.State, got.Shelf)
	}
	if list := shelf.events("tank.full"); len(list) != 2 {
		t.Errorf("the journal has %v", list)
	}
}
