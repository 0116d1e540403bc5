package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lineside/lineside/examples"
	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	_ "github.com/lineside/lineside/runtime/connector/modbus"
	_ "github.com/lineside/lineside/runtime/connector/simulator"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// trail is an audit trail in memory.
type trail struct {
	mu      sync.Mutex
	entries []AuditEntry
	fail    error
}

func (t *trail) add(_ context.Context, e AuditEntry) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.fail != nil {
		return t.fail
	}
	t.entries = append(t.entries, e)
	return nil
}

func (t *trail) last() AuditEntry {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.entries) == 0 {
		return AuditEntry{}
	}
	return t.entries[len(t.entries)-1]
}

// running is an engine that runs until the test ends.
type running struct {
	*Engine
	t     testing.TB
	trail *trail
}

func start(t testing.TB, o Options) *running {
	t.Helper()
	c, err := widgets.Load()
	if err != nil {
		t.Fatal(err)
	}
	r := &running{t: t, trail: &trail{}}
	o.Catalogue = c
	if o.Audit == nil {
		o.Audit = r.trail.add
	}
	r.Engine = New(o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(20 * time.Second):
			t.Error("the engine does not stop")
		}
	})
	return r
}

// set takes a plant of JSON into use.
func (r *running) set(text string) {
	r.t.Helper()
	if err := r.SetPlant(readPlant(r.t, text)); err != nil {
		r.t.Fatal(err)
	}
}

func readPlant(t testing.TB, text string) *plant.Plant {
	t.Helper()
	p, err := plant.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func readApp(t testing.TB, text string) *app.App {
	t.Helper()
	a, err := app.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (r *running) sample(path tag.Path) tag.Sample {
	slot, ok := r.Table().Lookup(path)
	if !ok {
		return tag.Sample{Quality: tag.BadNodeIDUnknown}
	}
	return r.Table().Get(slot)
}

// plantTags counts the tags but those of the runtime as a whole.
func (r *running) plantTags() (n int) {
	for _, s := range r.Table().Match("**") {
		if p := r.Table().Path(s); !p.Under("system") || p.Under("system/device") {
			n++
		}
	}
	return n
}

// until waits for a condition.
func until(t testing.TB, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func (r *running) untilGood(path tag.Path) tag.Sample {
	r.t.Helper()
	for end := time.Now().Add(20 * time.Second); !r.sample(path).Quality.IsGood(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("%s does not become good: %v, devices %+v", path, r.sample(path), r.Devices())
		}
	}
	return r.sample(path)
}

var operator = auth.Actor{Name: "olga", Origin: "192.0.2.7 session", Rights: auth.RightsOf([]auth.Grant{{Role: "operator"}}, auth.AllActions)}
var viewer = auth.Actor{Name: "vera", Rights: auth.RightsOf([]auth.Grant{{Role: "viewer"}}, auth.AllActions)}

func (r *running) write(path tag.Path, value string, actor auth.Actor) WriteResult {
	return r.Write(context.Background(), WriteRequest{Path: path, Value: json.RawMessage(value), Reason: "test", Actor: actor})
}

func code(p *spec.Problem) string {
	if p == nil {
		return ""
	}
	return p.Code
}

// TestDemo goes the whole way with the documents that ship: simulator, tag, computed tag,
// screen, setpoint.
func TestDemo(t *testing.T) {
	r := start(t, Options{})
	p, err := plant.Read(examples.Plant(examples.Demo))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.SetPlant(p); err != nil {
		t.Fatal(err)
	}
	a, err := app.Read(examples.App(examples.Demo))
	if err != nil {
		t.Fatal(err)
	}
	inst := app.Installation{ID: examples.Demo}
	if ps := r.CheckApp(inst, a); len(ps) > 0 {
		t.Fatal(ps)
	}
	if err := r.SetApp(inst, a, 1); err != nil {
		t.Fatal(err)
	}
	r.untilGood("north/well/level")
	r.untilGood("system/device/station/latency")
	if s := r.untilGood("apps/pump-station/cost"); s.Value.Type() != tag.Float {
		t.Errorf("the cost is %v", s.Value)
	}

	screen, err := r.OpenScreen(examples.Demo, "", nil, false)
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Release()
	if screen.Revision != 1 || strings.Contains(string(screen.Document), "north/") && strings.Contains(string(screen.Document), `"tag":"north/well/level"`) {
		t.Errorf("document still holds bindings: %s", screen.Document)
	}
	for _, b := range screen.Bindings {
		if b.Problem != nil {
			t.Errorf("%s.%s: %v", b.Widget, b.Prop, b.Problem)
		}
		until(t, b.Widget+"."+b.Prop, func() bool { return r.Table().Get(b.Slot).Quality.IsGood() })
		if len(b.Reads) == 0 {
			t.Errorf("%s.%s reads nothing", b.Widget, b.Prop)
		}
		for _, p := range b.Reads {
			if p.Under("apps") {
				t.Errorf("%s.%s reads %s, which is not a tag of the plant", b.Widget, b.Prop, p)
			}
		}
	}

	res, err := r.Event(context.Background(), screen, "level-setpoint", "set", json.RawMessage("70"), "more", operator)
	if err != nil {
		t.Fatal(err)
	}
	if res.Write == nil || res.Write.Outcome != OutcomeGood || res.Write.Old.Float() != 58 || res.Write.New.Float() != 70 {
		t.Fatalf("write: %+v %v", res.Write, res.Write.Problem)
	}
	last := r.trail.last()
	if last.Actor != "olga" || last.Target != "north/well/setpoint" || string(last.Old) != "58" || string(last.New) != "70" || last.Outcome != OutcomeGood || last.Reason != "more" || last.Origin == "" {
		t.Errorf("audit: %+v", last)
	}
	res, err = r.Event(context.Background(), screen, "level-setpoint", "set", json.RawMessage("50"), "", viewer)
	if err != nil || res.Write.Outcome != OutcomeFailed || code(res.Write.Problem) != "forbidden" {
		t.Errorf("a viewer's write: %+v %v", res.Write, err)
	}
	if s := r.sample("north/well/setpoint"); s.Value.Float() != 70 {
		t.Errorf("the setpoint is %v after a refused write", s.Value)
	}
	if res, err = r.Event(context.Background(), screen, "back", "click", nil, "", operator); err != nil || res.Write.Outcome != OutcomeGood {
		t.Errorf("button: %+v %v", res.Write, err)
	}
	if m, ok := r.Meta("north/well/setpoint", operator.Rights, "zh"); !ok || m.Title != "液位设定" || !m.Writable || *m.WriteHigh != 85 || m.Confirm != "ask" {
		t.Errorf("meta: %+v", m)
	}
	if m, _ := r.Meta("north/well/setpoint", viewer.Rights, "en"); m.Writable {
		t.Error("a viewer is told that the tag is writable")
	}
}

// TestGate has one row for every reason why a write may be refused.
func TestGate(t *testing.T) {
	const doc = `{"format":1,"devices":[{"id":"sim","connector":"simulator","scans":[{"id":"f","interval":"20ms"}]}],"tags":[
		{"path":"a/sp","type":"float","device":"sim","address":{"kind":"setpoint","initial":5},"write":{"low":0,"high":10,"confirm":"none"}},
		{"path":"a/int","type":"int","device":"sim","address":{"kind":"setpoint","name":"i"},"write":{}},
		{"path":"a/ro","type":"float","device":"sim","address":{"kind":"sine"}},
		{"path":"a/locked","type":"float","write":{"interlock":"tag(\"a/ok\") and value < 3"}},
		{"path":"a/ok","type":"bool","initial":true,"write":{}},
		{"path":"a/unknown","type":"float","write":{"interlock":"tag(\"a/empty\")"}},
		{"path":"a/empty","type":"bool"},
		{"path":"a/reason","type":"int","initial":1,"write":{"confirm":"reason"}},
		{"path":"a/scaled","type":"float","device":"sim","address":{"kind":"setpoint","name":"raw","initial":0},"scale":{"rawLow":0,"rawHigh":27648,"low":0,"high":100},"write":{}},
		{"path":"a/bad","type":"float","device":"off","address":{"kind":"setpoint"},"write":{}},
		{"path":"a/sum","type":"float","expr":"tag(\"a/sp\") * 2"}
	]}`
	r := start(t, Options{})
	r.set(strings.Replace(doc, `"devices":[`, `"devices":[{"id":"off","connector":"simulator","disabled":true},`, 1))
	r.untilGood("a/sp")
	area := auth.Actor{Name: "b", Rights: auth.RightsOf([]auth.Grant{{Role: "operator", Area: "b"}}, auth.AllActions)}
	for _, row := range []struct {
		name, path, value string
		actor             auth.Actor
		reason            string
		want              string
	}{
		{"good", "a/sp", "7.5", operator, "", ""},
		{"int from a float without fraction", "a/int", "4.0", operator, "", ""},
		{"scaled back", "a/scaled", "33.3", operator, "", ""},
		{"memory", "a/ok", "true", operator, "", ""},
		{"interlock lets through", "a/locked", "2", operator, "", ""},
		{"with a reason", "a/reason", "2", operator, "because", ""},
		{"viewer", "a/sp", "1", viewer, "", "forbidden"},
		{"other area", "a/sp", "1", area, "", "forbidden"},
		{"unknown", "a/none", "1", operator, "", "tag_unknown"},
		{"read-only", "a/ro", "1", operator, "", "not_writable"},
		{"computed", "a/sum", "1", operator, "", "not_writable"},
		{"system", "system/device/sim/errors", "1", operator, "", "not_writable"},
		{"no value", "a/sp", "", operator, "", "value_missing"},
		{"null", "a/sp", "null", operator, "", "value_type"},
		{"text", "a/sp", `"much"`, operator, "", "value_type"},
		{"NaN", "a/sp", `"NaN"`, operator, "", "value_invalid"},
		{"fraction for an int", "a/int", "4.5", operator, "", "value_type"},
		{"too low", "a/sp", "-0.1", operator, "", "value_low"},
		{"too high", "a/sp", "10.1", operator, "", "value_high"},
		{"interlock", "a/locked", "3", operator, "", "interlock"},
		{"interlock without a value", "a/unknown", "1", operator, "", "interlock_unknown"},
		{"no reason", "a/reason", "3", operator, "", "reason_missing"},
		{"disabled device", "a/bad", "1", operator, "", "not_connected"},
	} {
		t.Run(row.name, func(t *testing.T) {
			res := r.Write(context.Background(), WriteRequest{Path: tag.Path(row.path), Value: json.RawMessage(row.value), Reason: row.reason, Actor: row.actor})
			if code(res.Problem) != row.want || (row.want == "") != (res.Outcome == OutcomeGood) {
				t.Fatalf("%s: %v", res.Outcome, res.Problem)
			}
			if last := r.trail.last(); last.Target != row.path || last.Outcome != res.Outcome || last.Actor != row.actor.Name {
				t.Errorf("audit: %+v", last)
			}
		})
	}
	r.trail.fail = fmt.Errorf("disk full")
	if res := r.write("a/sp", "1", operator); code(res.Problem) != "audit_failed" {
		t.Errorf("without an audit trail: %+v", res)
	}
	if s := r.sample("a/sp"); s.Value.Float() != 7.5 {
		t.Errorf("written without an audit trail: %v", s.Value)
	}

	safe := start(t, Options{Safe: true})
	safe.set(`{"format":1,"tags":[{"path":"m","type":"int","initial":1,"write":{}}]}`)
	if res := safe.write("m", "2", operator); code(res.Problem) != "safe_mode" {
		t.Errorf("safe mode: %+v", res)
	}
}
