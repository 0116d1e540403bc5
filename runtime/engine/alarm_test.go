package engine

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

// alarmShelf is a keeper in memory.
type alarmShelf struct {
	sync.Mutex
	records map[alarm.Key]alarm.Record
	journal []alarm.Entry
	broken  bool
}

func (s *alarmShelf) LoadAlarms(context.Context) (out []alarm.Record, err error) {
	s.Lock()
	defer s.Unlock()
	for _, r := range s.records {
		out = append(out, r)
	}
	return out, nil
}

func (s *alarmShelf) KeepAlarms(_ context.Context, c alarm.Changes) error {
	s.Lock()
	defer s.Unlock()
	if s.broken {
		return errors.New("disk full")
	}
	if s.records == nil {
		s.records = map[alarm.Key]alarm.Record{}
	}
	for _, r := range c.Records {
		s.records[r.Key] = r
	}
	for _, k := range c.Gone {
		delete(s.records, k)
	}
	for _, e := range c.Journal {
		e.ID = int64(len(s.journal) + 1)
		s.journal = append(s.journal, e)
	}
	return nil
}

func (s *alarmShelf) AlarmsAfter(_ context.Context, after int64, limit int) ([]alarm.Entry, error) {
	s.Lock()
	defer s.Unlock()
	rest := s.journal[min(int(after), len(s.journal)):]
	return slices.Clone(rest[:min(limit, len(rest))]), nil
}

func (s *alarmShelf) LastAlarm(context.Context) (int64, error) {
	s.Lock()
	defer s.Unlock()
	return int64(len(s.journal)), nil
}

// events lists what the journal says of an alarm.
func (s *alarmShelf) events(id string) (out []alarm.Event) {
	s.Lock()
	defer s.Unlock()
	for _, e := range s.journal {
		if e.Alarm == id {
			out = append(out, e.Event)
		}
	}
	return out
}

const alarmPlant = `{"format": 1, "tags": [
 {"path": "hall/level", "type": "float", "initial": 50, "unit": "%", "range": {"low": 0, "high": 100}, "title": {"en": "Level", "zh": "液位"}, "write": {}, "alarms": {
  "high": {"kind": "high", "priority": "high", "limit": 80, "deadband": {"percent": 5}, "cause": {"en": "Pump off"}},
  "hh": {"kind": "high-high", "priority": "urgent", "limit": 95, "acknowledge": "comment", "latch": true},
  "slow": {"kind": "low", "priority": "low", "limit": 20, "onDelay": "200ms", "acknowledge": "none"},
  "dev": {"kind": "deviation", "priority": "medium", "limit": 45, "setpoint": "tag(\"hall/setpoint\")", "suppressWhen": "tag(\"hall/cleaning\")"},
  "both": {"kind": "expression", "priority": "low", "when": "value > 85 && tag(\"hall/cleaning\")"}
 }},
 {"path": "hall/setpoint", "type": "float", "initial": 50, "write": {}},
 {"path": "hall/cleaning", "type": "bool", "initial": false, "write": {}}
]}`

func alarmEngine(t *testing.T, shelf *alarmShelf, doc string) (e *Engine, stop func()) {
	t.Helper()
	c, err := widgets.Load()
	if err != nil {
		t.Fatal(err)
	}
	e = New(Options{Catalogue: c, Alarms: shelf})
	takePlant(t, e, doc)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = e.Run(ctx)
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		<-ended
	})
	t.Cleanup(stop)
	return e, stop
}

func takePlant(t *testing.T, e *Engine, doc string) {
	t.Helper()
	if err := e.SetPlant(readPlant(t, doc)); err != nil {
		t.Fatal(err)
	}
}

func putValue(t *testing.T, e *Engine, path tag.Path, v tag.Value) {
	t.Helper()
	slot, ok := e.Table().Lookup(path)
	if !ok {
		t.Fatal("no tag", path)
	}
	now := tag.Now()
	e.Table().Apply([]tag.Update{{Slot: slot, Sample: tag.Sample{Value: v, Source: now - 7e6, Server: now}}})
}

// states are the alarms that are not normal.
func states(e *Engine) map[string]alarm.State {
	out := map[string]alarm.State{}
	list, _ := e.Alarms()
	for _, a := range list {
		out[a.ID] = a.State
	}
	return out
}

func wantState(t *testing.T, e *Engine, id string, want alarm.State) {
	t.Helper()
	until(t, id+" is "+string(want), func() bool {
		s, ok := states(e)[id]
		return s == want || !ok && want == alarm.Normal
	})
}

var everybody = auth.Actor{Name: "olga", Origin: "test", Rights: auth.RightsOf([]auth.Grant{{Role: "engineer"}}, auth.AllActions)}

func orderAlarms(e *Engine, event alarm.Event, comment string, ids ...string) error {
	o := AlarmOrder{Event: event, Comment: comment, For: time.Hour}
	for _, id := range ids {
		o.Keys = append(o.Keys, alarm.KeyOf("hall/level", id))
	}
	_, err := e.OrderAlarms(context.Background(), o, everybody)
	return err
}

func TestAlarmLife(t *testing.T) {
	shelf := &alarmShelf{}
	e, _ := alarmEngine(t, shelf, alarmPlant)
	putValue(t, e, "hall/level", tag.OfFloat(82.5))
	wantState(t, e, "high", alarm.Unacknowledged)
	list, _ := e.Alarms()
	a := list[0]
	if a.Message["en"] != "82.5 % is above 80 %" || a.Message["zh"] != "82.5 % 高于 80 %" || a.Title["zh"] != "液位" || a.Cause["en"] != "Pump off" || string(a.Value) != "82.5" || a.Times != 1 {
		t.Errorf("%+v", a)
	}
	if d := time.Since(a.Raised); d < 7*time.Millisecond {
		t.Error("the time is not that of the source:", a.Raised)
	}
	putValue(t, e, "hall/level", tag.OfFloat(76)) // within the deadband
	putValue(t, e, "hall/level", tag.OfFloat(97))
	wantState(t, e, "hh", alarm.Unacknowledged)
	if list, _ := e.Alarms(); list[0].ID != "hh" {
		t.Error("the most urgent is not first but", list[0].ID)
	}
	var p *spec.Problem
	if err := orderAlarms(e, alarm.Acknowledge, "", "high", "hh"); !errors.As(err, &p) || p.Code != "comment_missing" {
		t.Error(err)
	}
	if s := states(e); s["high"] != alarm.Unacknowledged {
		t.Error("half of an order was done:", s)
	}
	if err := orderAlarms(e, alarm.Acknowledge, "seen", "high", "hh"); err != nil {
		t.Fatal(err)
	}
	if s := states(e); s["high"] != alarm.Acknowledged || s["hh"] != alarm.Acknowledged {
		t.Error(s)
	}
	putValue(t, e, "hall/level", tag.OfFloat(50))
	wantState(t, e, "high", alarm.Normal)
	wantState(t, e, "hh", alarm.LatchedAcknowledged)
	if err := orderAlarms(e, alarm.Reset, "", "hh"); err != nil {
		t.Fatal(err)
	}
	wantState(t, e, "hh", alarm.Normal)
	if got := shelf.events("hh"); !slices.Equal(got, []alarm.Event{alarm.Raise, alarm.Acknowledge, alarm.Return, alarm.Reset}) {
		t.Error(got)
	}
	if _, ok := shelf.records["hall/level#hh"]; ok {
		t.Error("kept of what is normal")
	}
}

func TestAlarmPutAway(t *testing.T) {
	shelf := &alarmShelf{}
	e, _ := alarmEngine(t, shelf, alarmPlant)
	putValue(t, e, "hall/cleaning", tag.OfBool(true))
	wantState(t, e, "dev", alarm.Suppressed)
	putValue(t, e, "hall/level", tag.OfFloat(98))
	wantState(t, e, "both", alarm.Unacknowledged)
	putValue(t, e, "hall/cleaning", tag.OfBool(false))
	wantState(t, e, "dev", alarm.Unacknowledged) // it went on unseen
	if err := orderAlarms(e, alarm.Shelve, "sensor is being changed", "dev"); err != nil {
		t.Fatal(err)
	}
	wantState(t, e, "dev", alarm.Shelved)
	if err := orderAlarms(e, alarm.Unshelve, "", "dev"); err != nil {
		t.Fatal(err)
	}
	wantState(t, e, "dev", alarm.Unacknowledged)
	o := AlarmOrder{Event: alarm.Shelve, Comment: "short", For: 50 * time.Millisecond, Keys: []alarm.Key{"hall/level#dev"}}
	if _, err := e.OrderAlarms(context.Background(), o, everybody); err != nil {
		t.Fatal(err)
	}
	wantState(t, e, "dev", alarm.Unacknowledged) // by itself
	o.For, o.Once = time.Hour, true
	if _, err := e.OrderAlarms(context.Background(), o, everybody); err != nil {
		t.Fatal(err)
	}
	putValue(t, e, "hall/level", tag.OfFloat(50))
	wantState(t, e, "dev", alarm.Normal)
	if err := orderAlarms(e, alarm.Remove, "maintenance", "high"); err != nil {
		t.Fatal(err)
	}
	putValue(t, e, "hall/level", tag.OfFloat(90))
	wantState(t, e, "high", alarm.OutOfService)
	if err := orderAlarms(e, alarm.Restore, "", "high"); err != nil {
		t.Fatal(err)
	}
	wantState(t, e, "high", alarm.Unacknowledged)
	viewer := auth.Actor{Name: "vera", Rights: auth.RightsOf([]auth.Grant{{Role: "engineer", Area: "other"}}, auth.AllActions)}
	var p *spec.Problem
	if _, err := e.OrderAlarms(context.Background(), AlarmOrder{Event: alarm.Acknowledge, Keys: []alarm.Key{"hall/level#high"}}, viewer); !errors.As(err, &p) || p.Code != "forbidden" {
		t.Error(err)
	}
}

func TestAlarmRestart(t *testing.T) {
	shelf := &alarmShelf{}
	e, stop := alarmEngine(t, shelf, alarmPlant)
	putValue(t, e, "hall/level", tag.OfFloat(10))
	wantState(t, e, "slow", alarm.Acknowledged) // nobody needs to
	putValue(t, e, "hall/level", tag.OfFloat(96))
	wantState(t, e, "slow", alarm.Normal)
	wantState(t, e, "hh", alarm.Unacknowledged)
	if err := orderAlarms(e, alarm.Shelve, "later", "high"); err != nil {
		t.Fatal(err)
	}
	stop()
	before := len(shelf.journal)
	// The value is memory, and back at 50 for a moment: what is kept of it counts.
	kept := func(path tag.Path) []byte { return map[tag.Path][]byte{"hall/level": []byte("96")}[path] }
	e = New(Options{Catalogue: e.catalogue, Alarms: shelf, Kept: kept})
	takePlant(t, e, alarmPlant)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { _ = e.Run(ctx) }()
	wantState(t, e, "hh", alarm.Unacknowledged)
	wantState(t, e, "high", alarm.Shelved)
	if err := orderAlarms(e, alarm.Acknowledge, "ok", "hh"); err != nil {
		t.Fatal(err)
	}
	shelf.Lock()
	defer shelf.Unlock()
	if n := len(shelf.journal) - before; n != 1 {
		t.Errorf("%d lines after the restart: %+v", n, shelf.journal[before:])
	}
}

func TestAlarmNotKept(t *testing.T) {
	shelf := &alarmShelf{}
	e, _ := alarmEngine(t, shelf, alarmPlant)
	putValue(t, e, "hall/level", tag.OfFloat(82.5))
	wantState(t, e, "high", alarm.Unacknowledged)
	until(t, "it is kept", func() bool { return len(shelf.events("high")) == 1 })
	shelf.Lock()
	shelf.broken = true
	shelf.Unlock()
	if err := orderAlarms(e, alarm.Acknowledge, "", "high"); err == nil {
		t.Fatal("acknowledged, though it cannot be kept")
	}
	wantState(t, e, "high", alarm.Unacknowledged)
	putValue(t, e, "hall/level", tag.OfFloat(10))
	wantState(t, e, "high", alarm.Returned)
	shelf.Lock()
	shelf.broken = false
	shelf.Unlock()
	until(t, "it is kept later", func() bool {
		return slices.Equal(shelf.events("high"), []alarm.Event{alarm.Raise, alarm.Return})
	})
}

func TestAlarmPlantChanged(t *testing.T) {
	shelf := &alarmShelf{}
	e, _ := alarmEngine(t, shelf, alarmPlant)
	putValue(t, e, "hall/level", tag.OfFloat(82.5))
	wantState(t, e, "high", alarm.Unacknowledged)
	takePlant(t, e, `{"format": 1, "tags": [{"path": "hall/level", "type": "float", "initial": 50, "alarms": {"high": {"kind": "high", "priority": "low", "limit": 90}}}]}`)
	wantState(t, e, "high", alarm.Returned)
	takePlant(t, e, `{"format": 1, "tags": [{"path": "hall/level", "type": "float", "initial": 50}]}`)
	wantState(t, e, "high", alarm.Normal)
	until(t, "the journal says so", func() bool {
		return slices.Equal(shelf.events("high"), []alarm.Event{alarm.Raise, alarm.Return, alarm.Removed})
	})
	for _, bad := range []string{`"when": "tag(\"nowhere\") > 1", "kind": "expression"`, `"kind": "expression", "when": "1 + 1"`, `"kind": "deviation", "limit": 1, "setpoint": "\"a\""`, `"kind": "high"`} {
		doc := `{"format": 1, "tags": [{"path": "hall/level", "type": "float", "alarms": {"x": {"priority": "low", ` + bad + `}}}]}`
		if err := e.SetPlant(readPlant(t, doc)); err == nil {
			t.Error("taken:", bad)
		}
	}
}
