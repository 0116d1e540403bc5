package engine

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

const relatedPlant = `{"format": 1, "alarmClasses": [{"id": "process", "priority": "high", "acknowledge": "comment", "shelveMax": "1h", "action": {"en": "Look"}}], "tags": [
 {"path": "hall/p", "type": "float", "initial": 50, "unit": "bar", "range": {"low": 0, "high": 100}, "alarms": {
  "high": {"kind": "high", "class": "process", "limit": 80, "tune": {"low": 60, "high": 90}, "group": "./trip", "writes": [{"on": "raise", "tag": "./horn", "value": true}, {"on": "acknowledge", "tag": "./horn", "value": false}]},
  "max": {"kind": "high", "priority": "low", "limitFrom": "tag(\"hall/max\") - 5"},
  "band": {"kind": "outside", "priority": "low", "lower": 10, "limit": 95, "tune": {}}}},
 {"path": "hall/flow", "type": "float", "initial": 50, "alarms": {
  "low": {"kind": "low", "priority": "medium", "limit": 20, "suppressedBy": ["./p#high"], "group": "./trip"}}},
 {"path": "hall/max", "type": "float", "initial": 200, "write": {}},
 {"path": "hall/horn", "type": "bool", "initial": false, "write": {}},
 {"path": "hall/starts", "type": "bool", "initial": false, "alarms": {"often": {"kind": "count", "priority": "low", "limit": 3, "window": "1h", "when": "value"}}},
 {"path": "hall/stale", "type": "float", "initial": 1, "alarms": {"stale": {"kind": "no-update", "priority": "low", "onDelay": "300ms"}}}
]}`

func TestAlarmRelations(t *testing.T) {
	shelf := &alarmShelf{}
	e, _ := alarmEngine(t, shelf, relatedPlant)
	putValue(t, e, "hall/p", tag.OfFloat(85))
	wantState(t, e, "high", alarm.Unacknowledged)
	a, _ := e.AlarmNow("hall/p#high")
	if a.Priority != "high" || !a.Comment || a.Action["en"] != "Look" || !a.First || a.Class != "process" {
		t.Errorf("%+v", a)
	}
	until(t, "the horn sounds", func() bool { return e.valueOf("hall/horn").Bool() })
	wantState(t, e, "low", alarm.Suppressed)
	putValue(t, e, "hall/flow", tag.OfFloat(5)) // it follows from the other
	until(t, "it goes on unseen", func() bool { a, _ := e.AlarmNow("hall/flow#low"); return a.Active })
	wantState(t, e, "low", alarm.Suppressed)
	order := AlarmOrder{Event: alarm.Shelve, Comment: "x", For: 2 * time.Hour, Keys: []alarm.Key{"hall/p#high"}}
	var p *spec.Problem
	if _, err := e.OrderAlarms(context.Background(), order, everybody); !errors.As(err, &p) || p.Code != "value_range" {
		t.Error("shelved for longer than the class allows:", err)
	}
	order = AlarmOrder{Event: alarm.Acknowledge, Comment: "valve", Keys: []alarm.Key{"hall/p#high"}}
	if _, err := e.OrderAlarms(context.Background(), order, everybody); err != nil {
		t.Fatal(err)
	}
	until(t, "the horn is silent", func() bool { return !e.valueOf("hall/horn").Bool() })
	putValue(t, e, "hall/p", tag.OfFloat(50))
	wantState(t, e, "low", alarm.Unacknowledged) // nothing suppresses it any more
	if a, _ := e.AlarmNow("hall/flow#low"); a.First {
		t.Error("two are the first of a group")
	}
	putValue(t, e, "hall/max", tag.OfFloat(40)) // its limit is 35 now
	wantState(t, e, "max", alarm.Unacknowledged)
	if a, _ := e.AlarmNow("hall/p#max"); a.Message["en"] != "50 bar is above 35 bar" || a.Limit == nil || *a.Limit != 35 {
		t.Errorf("%+v", a)
	}
	for range 3 {
		putValue(t, e, "hall/starts", tag.OfBool(true))
		putValue(t, e, "hall/starts", tag.OfBool(false))
	}
	wantState(t, e, "often", alarm.Unacknowledged)
	wantState(t, e, "stale", alarm.Unacknowledged)
	putValue(t, e, "hall/stale", tag.OfFloat(2))
	wantState(t, e, "stale", alarm.Returned)
}

func TestAlarmTuned(t *testing.T) {
	shelf := &alarmShelf{}
	e, stop := alarmEngine(t, shelf, relatedPlant)
	number := func(v float64) *float64 { return &v }
	tune := func(limit *float64, who auth.Actor) error {
		return e.TuneAlarm(TuneOrder{Key: "hall/p#high", Limit: limit, Reason: "new pump"}, who)
	}
	var p *spec.Problem
	olga := auth.Actor{Name: "olga", Rights: auth.RightsOf([]auth.Grant{{Role: "operator"}}, auth.AllActions)}
	if err := tune(number(70), olga); !errors.As(err, &p) || p.Code != "forbidden" {
		t.Error(err)
	}
	if err := tune(number(95), everybody); !errors.As(err, &p) || p.Code != "value_range" || p.At != "/limit" {
		t.Error(err)
	}
	if err := e.TuneAlarm(TuneOrder{Key: "hall/p#band", Lower: number(96), Reason: "x"}, everybody); !errors.As(err, &p) || p.At != "/lower" {
		t.Error(err)
	}
	if err := e.TuneAlarm(TuneOrder{Key: "hall/p#max", Limit: number(70), Reason: "x"}, everybody); !errors.As(err, &p) || p.Code != "alarm_fixed" {
		t.Error(err)
	}
	putValue(t, e, "hall/p", tag.OfFloat(75))
	if err := tune(number(70), everybody); err != nil {
		t.Fatal(err)
	}
	wantState(t, e, "high", alarm.Unacknowledged) // at once
	if a, _ := e.AlarmNow("hall/p#high"); a.Message["en"] != "75 bar is above 70 bar" || a.Tuned == nil || a.Tuned.By != "olga" {
		t.Errorf("%+v", a)
	}
	shelf.Lock()
	i := slices.IndexFunc(shelf.journal, func(x alarm.Entry) bool { return x.Event == alarm.Changed })
	if i < 0 || shelf.journal[i].Comment != "80 → 70: new pump" || shelf.journal[i].By != "olga" {
		t.Errorf("%+v", shelf.journal)
	}
	shelf.broken = true
	shelf.Unlock()
	if err := tune(number(65), everybody); err == nil {
		t.Error("set, though it cannot be kept")
	}
	shelf.Lock()
	shelf.broken = false
	shelf.Unlock()
	stop()
	kept := func(path tag.Path) []byte { return map[tag.Path][]byte{"hall/p": []byte("75")}[path] }
	e = New(Options{Catalogue: e.catalogue, Alarms: shelf, Kept: kept})
	takePlant(t, e, relatedPlant)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { _ = e.Run(ctx) }()
	if l, ok := e.AlarmLimits("hall/p#high"); !ok || *l.Limit != 70 || *l.DeclaredLimit != 80 || l.Tuned == nil {
		t.Errorf("%+v", l)
	}
	wantState(t, e, "high", alarm.Unacknowledged)
	if err := tune(nil, everybody); err != nil {
		t.Fatal(err)
	}
	wantState(t, e, "high", alarm.Returned) // 75 is below the engineered limit
	if l, _ := e.AlarmLimits("hall/p#high"); l.Tuned != nil || *l.Limit != 80 {
		t.Errorf("%+v", l)
	}
}

// TestAlarmWindowsSurvive: what an alarm remembers of the past goes on after a restart, without a second message.
func TestAlarmWindowsSurvive(t *testing.T) {
	shelf := &alarmShelf{}
	e, stop := alarmEngine(t, shelf, relatedPlant)
	for range 3 {
		putValue(t, e, "hall/starts", tag.OfBool(true))
		putValue(t, e, "hall/starts", tag.OfBool(false))
	}
	wantState(t, e, "often", alarm.Unacknowledged)
	stop()
	e = New(Options{Catalogue: e.catalogue, Alarms: shelf})
	takePlant(t, e, relatedPlant)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { _ = e.Run(ctx) }()
	putValue(t, e, "hall/starts", tag.OfBool(true))
	putValue(t, e, "hall/p", tag.OfFloat(85))
	wantState(t, e, "high", alarm.Unacknowledged)
	wantState(t, e, "often", alarm.Unacknowledged)
	if got := shelf.events("often"); !slices.Equal(got, []alarm.Event{alarm.Raise}) {
		t.Error(got)
	}
}

func TestAlarmScheduled(t *testing.T) {
	shelf := &alarmShelf{}
	now := time.Now().UTC()
	span := func(from, to time.Duration) string {
		return `"schedule": [{"from": "` + now.Add(from).Format("15:04") + `", "to": "` + now.Add(to).Format("15:04") + `"}]`
	}
	doc := func(schedule string) string {
		return `{"format": 1, "timezone": "UTC", "tags": [{"path": "a", "type": "float", "initial": 90, "alarms": {"high": {"kind": "high", "priority": "low", "limit": 80, ` + schedule + `}}}]}`
	}
	e, _ := alarmEngine(t, shelf, doc(span(3*time.Hour, 4*time.Hour)))
	until(t, "it is known", func() bool { _, ok := e.AlarmNow("a#high"); return ok })
	if s := states(e); len(s) != 0 {
		t.Fatal("raised when nobody watches:", s)
	}
	takePlant(t, e, doc(span(-2*time.Hour, 2*time.Hour)))
	wantState(t, e, "high", alarm.Unacknowledged)
	takePlant(t, e, doc(span(3*time.Hour, 4*time.Hour)))
	wantState(t, e, "high", alarm.Returned)
}

func TestAlarmRelationsAreChecked(t *testing.T) {
	for _, row := range []struct{ name, alarm, code string }{
		{"itself", `"suppressedBy": ["#x"]`, "alarm_circle"},
		{"each other", `"suppressedBy": ["#y"]`, "alarm_circle"},
		{"no such alarm", `"suppressedBy": ["hall/nowhere#x"]`, "alarm_unknown"},
		{"no key", `"suppressedBy": ["hall/nowhere"]`, "alarm_key"},
		{"no such tag", `"writes": [{"on": "raise", "tag": "./nowhere", "value": true}]`, "tag_unknown"},
		{"read only", `"writes": [{"on": "raise", "tag": "./fixed", "value": true}]`, "tag_readonly"},
		{"of another type", `"writes": [{"on": "raise", "tag": "./free", "value": "x"}]`, "value_type"},
		{"limit of a text", `"limitFrom": "\"a\""`, "expression_type"},
	} {
		t.Run(row.name, func(t *testing.T) {
			limit := `"limit": 1, `
			if row.code == "expression_type" {
				limit = ""
			}
			doc := `{"format": 1, "tags": [{"path": "hall/a", "type": "float", "alarms": {"y": {"kind": "bad", "priority": "low", "suppressedBy": ["#x"]}, "x": {"kind": "high", "priority": "low", ` + limit + row.alarm + `}}},
			 {"path": "hall/fixed", "type": "bool"}, {"path": "hall/free", "type": "bool", "write": {}}]}`
			e := New(Options{})
			ps := e.CheckPlant(readPlant(t, doc))
			if !slices.ContainsFunc(ps, func(p *spec.Problem) bool { return p.Code == row.code }) {
				t.Error(ps)
			}
		})
	}
}
