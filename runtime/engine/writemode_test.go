package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

func (r *running) mode(path tag.Path, value string, how action.Manner, actor auth.Actor) WriteResult {
	return r.Write(context.Background(), WriteRequest{Path: path, Value: json.RawMessage(value), Reason: "test", Actor: actor, Manner: how})
}

// ends are the last entries of the audit trail, pending ones left out: "action outcome message".
func (r *running) ends() []string {
	r.trail.mu.Lock()
	defer r.trail.mu.Unlock()
	var out []string
	for _, e := range r.trail.entries {
		if e.Outcome != outcomePending {
			out = append(out, strings.TrimSpace(e.Action+" "+e.Outcome+" "+e.Message))
		}
	}
	return out
}

func (w *wire) writes() []string {
	var out []string
	for _, l := range w.noted() {
		if strings.HasPrefix(l, "write ") {
			out = append(out, l)
		}
	}
	return out
}

const memoryPlant = `{"format":1,"tags":[
	{"path":"on","type":"bool","initial":false,"write":{}},
	{"path":"n","type":"int","initial":10,"write":{"low":0,"high":100}},
	{"path":"x","type":"float","initial":0,"write":{"high":50,"interlock":"value < 45"}},
	{"path":"word","type":"string","initial":"a","write":{}},
	{"path":"empty","type":"float","write":{}}]}`

func TestToggle(t *testing.T) {
	r := start(t, Options{})
	r.set(memoryPlant)
	for _, want := range []bool{true, false} {
		if res := r.mode("on", "", action.Manner{Mode: ModeToggle}, operator); res.Outcome != OutcomeGood || r.sample("on").Value.Bool() != want {
			t.Fatalf("%+v %v", res, res.Problem)
		}
	}
	for path, want := range map[tag.Path]string{"n": "toggle_unknown", "nix": "tag_unknown", "system/writes/blocked": "not_writable"} {
		if res := r.mode(path, "", action.Manner{Mode: ModeToggle}, operator); code(res.Problem) != want {
			t.Errorf("%s: %v", path, res.Problem)
		}
	}
	if res := r.mode("on", "", action.Manner{Mode: ModeToggle}, viewer); code(res.Problem) != "forbidden" {
		t.Error(res.Problem)
	}
}

func TestModesAreChecked(t *testing.T) {
	r := start(t, Options{})
	r.set(memoryPlant)
	for _, row := range []struct {
		path, value string
		how         action.Manner
		want        string
	}{
		{"on", "true", action.Manner{Mode: "wiggle"}, "value_choice"},
		{"on", "true", action.Manner{Mode: ModePulse}, "value_range"},
		{"on", "true", action.Manner{Mode: ModePulse, Hold: "2m"}, "value_range"},
		{"on", "true", action.Manner{Mode: ModePulse, Hold: "1s", Back: json.RawMessage(`"x"`)}, "value_type"},
		{"n", "20", action.Manner{Mode: ModePulse, Hold: "1s", Back: json.RawMessage(`200`)}, "value_high"},
		{"empty", "20", action.Manner{Mode: ModePulse, Hold: "1s"}, "pulse_back_unknown"},
		{"on", "true", action.Manner{Mode: ModeRamp, Rate: 1}, "ramp_type"},
		{"n", "20", action.Manner{Mode: ModeRamp}, "value_missing"},
		{"n", "20", action.Manner{Mode: ModeRamp, Rate: -1}, "value_missing"},
		{"n", "20", action.Manner{Mode: ModeRamp, Rate: math.Inf(1)}, "value_missing"},
		{"n", "20", action.Manner{Mode: ModeRamp, Rate: 1, Over: "1s"}, "value_range"},
		{"n", "20", action.Manner{Mode: ModeRamp, Over: "25h"}, "value_range"},
		{"n", "20", action.Manner{Mode: ModeRamp, Rate: 1e-9}, "value_range"},
		{"n", "20", action.Manner{Mode: ModeRamp, Over: "1m", Step: "1ms"}, "value_range"},
		{"n", "200", action.Manner{Mode: ModeRamp, Over: "1m"}, "value_high"},
		{"empty", "20", action.Manner{Mode: ModeRamp, Over: "1m"}, "ramp_unknown"},
		{"x", "46", action.Manner{Mode: ModeRamp, Over: "1m"}, "interlock"},
	} {
		if res := r.mode(tag.Path(row.path), row.value, row.how, operator); res.Outcome != OutcomeFailed || code(res.Problem) != row.want {
			t.Errorf("%s %s %+v: %s %v", row.path, row.value, row.how, res.Outcome, res.Problem)
		}
	}
}

func TestPulse(t *testing.T) {
	w, name := newWire(t)
	r := start(t, Options{})
	r.set(wirePlant("test-poll", name, 2, ""))
	r.untilGood("t0")
	res := r.mode("t0", "5", action.Manner{Mode: ModePulse, Hold: "50ms"}, operator)
	if res.Outcome != OutcomeGood || !slices.Equal(w.writes(), []string{"write t0=5", "write t0=1"}) {
		t.Fatalf("%+v %v %q", res, res.Problem, w.writes())
	}
	if res = r.mode("t1", "5", action.Manner{Mode: ModePulse, Hold: "50ms", Back: json.RawMessage("2")}, operator); res.Outcome != OutcomeGood || w.writes()[3] != "write t1=2" {
		t.Fatalf("%+v %q", res, w.writes())
	}
	if e := r.ends(); !slices.Equal(e, []string{"write.pulse good", "write.pulse good"}) {
		t.Errorf("%q", e)
	}
}

// Whoever pressed goes away: it is written back even so.
func TestPulseOutlivesItsClient(t *testing.T) {
	w, name := newWire(t)
	r := start(t, Options{})
	r.set(wirePlant("test-poll", name, 1, ""))
	r.untilGood("t0")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	res := r.Write(ctx, WriteRequest{Path: "t0", Value: json.RawMessage("5"), Actor: operator, Manner: action.Manner{Mode: ModePulse, Hold: "100ms"}})
	if res.Outcome == OutcomeFailed {
		t.Fatalf("%+v %v", res, res.Problem)
	}
	until(t, "the write back", func() bool { return slices.Equal(w.writes(), []string{"write t0=5", "write t0=1"}) })
}

// begin starts a pulse of a minute and waits until it was sent.
func (r *running) beginPulse(w *wire, path tag.Path) chan WriteResult {
	r.t.Helper()
	r.untilGood(path)
	done := make(chan WriteResult, 1)
	n := len(w.writes())
	go func() { done <- r.mode(path, "5", action.Manner{Mode: ModePulse, Hold: "60s"}, operator) }()
	until(r.t, "the pulse to begin", func() bool { return len(w.writes()) > n })
	return done
}

func TestPulseIsWrittenBack(t *testing.T) {
	for _, row := range []struct {
		name string
		end  func(r *running, w *wire, name string)
	}{
		{"when its tag leaves the plant", func(r *running, w *wire, name string) { r.set(`{"format":1}`) }},
		{"when its device is changed", func(r *running, w *wire, name string) {
			r.set(strings.Replace(wirePlant("test-poll", name, 1, ""), `"name":`, `"more":1,"name":`, 1))
		}},
		{"when it becomes read-only", func(r *running, w *wire, name string) {
			r.set(strings.Replace(wirePlant("test-poll", name, 1, ""), `,"write":{"readBack":"0s"}`, ``, 1))
		}},
		{"when writes are blocked", func(r *running, w *wire, name string) { r.SetBlock(&Block{By: "anna", Reason: "leak"}) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			w, name := newWire(t)
			r := start(t, Options{})
			r.set(wirePlant("test-poll", name, 1, ""))
			done := r.beginPulse(w, "t0")
			row.end(r, w, name)
			if got := w.writes(); !slices.Equal(got, []string{"write t0=5", "write t0=1"}) {
				t.Fatalf("when that had returned: %q", got)
			}
			if res := <-done; res.Outcome != OutcomeGood {
				t.Errorf("%+v %v", res, res.Problem)
			}
		})
	}
	t.Run("when the runtime stops", func(t *testing.T) {
		w, name := newWire(t)
		r := &running{t: t, trail: &trail{}}
		r.Engine = New(Options{Audit: r.trail.add})
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- r.Run(ctx) }()
		r.set(wirePlant("test-poll", name, 1, ""))
		done := r.beginPulse(w, "t0")
		cancel()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if res := <-done; res.Outcome != OutcomeGood || !slices.Equal(w.writes(), []string{"write t0=5", "write t0=1"}) {
			t.Errorf("%+v %v %q", res, res.Problem, w.writes())
		}
		if res := r.mode("t0", "5", action.Manner{Mode: ModePulse, Hold: "60s", Back: json.RawMessage("1")}, operator); code(res.Problem) != "cancelled" {
			t.Errorf("after the end: %+v %v", res, res.Problem)
		}
	})
	t.Run("unless another write takes the tag over", func(t *testing.T) {
		w, name := newWire(t)
		r := start(t, Options{})
		r.set(wirePlant("test-poll", name, 1, ""))
		done := r.beginPulse(w, "t0")
		if res := r.mode("t0", "6", action.Manner{Mode: ModePulse, Hold: "60s"}, operator); code(res.Problem) != "operation_running" {
			t.Errorf("a second pulse: %v", res.Problem)
		}
		if res := r.write("t0", "8", operator); res.Outcome != OutcomeGood {
			t.Fatal(res.Problem)
		}
		if res := <-done; res.Outcome != OutcomeGood || !slices.Equal(w.writes(), []string{"write t0=5", "write t0=8"}) {
			t.Errorf("%+v %v %q", res, res.Problem, w.writes())
		}
	})
	t.Run("when the device is back", func(t *testing.T) {
		w, name := newWire(t)
		r := start(t, Options{})
		r.set(strings.Replace(wirePlant("test-poll", name, 1, ""), `"1h"`, `"20ms"`, 1))
		r.untilGood("t0")
		done := make(chan WriteResult, 1)
		go func() { done <- r.mode("t0", "5", action.Manner{Mode: ModePulse, Hold: "300ms"}, operator) }()
		until(t, "the pulse to begin", func() bool { return len(w.writes()) == 1 })
		w.mu.Lock()
		w.fail = connector.ErrNotConnected
		w.mu.Unlock()
		until(t, "the device to be lost", func() bool { return r.Devices()[0].State == StateLost })
		time.Sleep(400 * time.Millisecond) // the hold time passes meanwhile
		w.mu.Lock()
		w.fail = nil
		w.mu.Unlock()
		if res := <-done; res.Outcome != OutcomeGood || w.writes()[1] != "write t0=1" {
			t.Errorf("%+v %v %q", res, res.Problem, w.writes())
		}
	})
	t.Run("and if not, nobody believes it", func(t *testing.T) {
		w, name := newWire(t)
		r := start(t, Options{})
		r.set(wirePlant("test-poll", name, 1, ""))
		done := r.beginPulse(w, "t0")
		w.mu.Lock()
		w.fail = fmt.Errorf("reply lost: %w", connector.ErrUncertain)
		w.mu.Unlock()
		r.set(`{"format":1}`)
		res := <-done
		if res.Outcome != OutcomeUnknown || code(res.Problem) != "pulse_stuck" {
			t.Errorf("%+v %v", res, res.Problem)
		}
		if e := r.ends(); len(e) != 1 || !strings.HasPrefix(e[0], "write.pulse unknown 5 was written") {
			t.Errorf("%q", e)
		}
		if n := len(w.writes()); n != 2 {
			t.Errorf("it was sent %d times", n)
		}
		if v := r.sample("system/writes/unknown").Value; v.Int() != 1 {
			t.Errorf("counted %v", v)
		}
	})
}

func TestRamp(t *testing.T) {
	r := start(t, Options{})
	r.set(memoryPlant)
	res := r.mode("n", "20", action.Manner{Mode: ModeRamp, Over: "2s", Step: "100ms"}, operator)
	if res.Outcome != OutcomeRunning || res.Problem != nil {
		t.Fatalf("%+v %v", res, res.Problem)
	}
	w := r.Writes(viewer)
	if len(w.Ramps) != 1 || w.Ramps[0].Path != "n" || string(w.Ramps[0].Target) != "20" || w.Ramps[0].By != "olga" {
		t.Errorf("%+v", w)
	}
	until(t, "the count of ramps", func() bool { return r.sample("system/writes/ramps").Value.Int() == 1 })
	last, between := int64(0), 0
	until(t, "the target", func() bool {
		v := r.sample("n").Value.Int()
		if v < last || v > 20 {
			t.Fatalf("%d after %d", v, last)
		}
		if v != last && v > 10 && v < 20 {
			between++
		}
		last = v
		return v == 20 && len(r.Writes(viewer).Ramps) == 0
	})
	if between < 2 {
		t.Errorf("only %d steps between", between)
	}
	if e := r.ends(); !slices.Equal(e, []string{"write.ramp good"}) {
		t.Errorf("%q", e)
	}
	// Downwards, at a rate.
	if res = r.mode("n", "18", action.Manner{Mode: ModeRamp, Rate: 100, Step: "100ms"}, operator); res.Outcome == OutcomeFailed {
		t.Fatal(res.Problem)
	}
	until(t, "18", func() bool { return r.sample("n").Value.Int() == 18 })
	// To where it is already: a plain write.
	until(t, "its end", func() bool { return len(r.Writes(viewer).Ramps) == 0 })
	if res = r.mode("n", "18", action.Manner{Mode: ModeRamp, Over: "1h"}, operator); res.Outcome != OutcomeGood {
		t.Errorf("%+v", res)
	}
}

func TestRampStops(t *testing.T) {
	hour := action.Manner{Mode: ModeRamp, Over: "1h", Step: "100ms"}
	for _, row := range []struct {
		name string
		stop func(r *running) WriteResult
		want float64 // NaN: where it was
		end  string
	}{
		{"another write", func(r *running) WriteResult { return r.write("x", "7", operator) }, 7, "Another write"},
		{"hold", func(r *running) WriteResult { return r.mode("x", "", action.Manner{Mode: ModeHold}, operator) }, math.NaN(), "olga"},
		{"another ramp", func(r *running) WriteResult { return r.mode("x", "1", hour, operator) }, math.NaN(), "Another write"},
		{"a pulse", func(r *running) WriteResult {
			return r.mode("x", "30", action.Manner{Mode: ModePulse, Hold: "50ms", Back: json.RawMessage("3")}, operator)
		}, 3, "Another write"},
		{"the master switch", func(r *running) WriteResult {
			r.SetBlock(&Block{By: "anna", Reason: "leak"})
			return WriteResult{Outcome: OutcomeGood}
		}, math.NaN(), "blocked"},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := start(t, Options{})
			r.set(memoryPlant)
			if res := r.mode("x", "40", hour, operator); res.Outcome != OutcomeRunning {
				t.Fatalf("%+v %v", res, res.Problem)
			}
			at := r.sample("x").Value.Float()
			if res := row.stop(r); res.Outcome != OutcomeGood && res.Outcome != OutcomeRunning {
				t.Fatalf("%+v %v", res, res.Problem)
			}
			if got := r.sample("x").Value.Float(); !math.IsNaN(row.want) && got != row.want || got < at || math.IsNaN(row.want) && got > 1 {
				t.Errorf("it stands at %v", got)
			}
			e := r.ends()
			if !slices.ContainsFunc(e, func(s string) bool {
				return strings.HasPrefix(s, "write.ramp good stopped at") && strings.Contains(s, row.end)
			}) {
				t.Errorf("%q", e)
			}
			r.mode("x", "", action.Manner{Mode: ModeHold}, operator)
		})
	}
	t.Run("a failed step", func(t *testing.T) {
		w, name := newWire(t)
		r := start(t, Options{})
		r.set(wirePlant("test-poll", name, 1, ""))
		r.untilGood("t0")
		if res := r.mode("t0", "40", action.Manner{Mode: ModeRamp, Over: "1h", Step: "100ms"}, operator); res.Outcome != OutcomeRunning {
			t.Fatalf("%+v %v", res, res.Problem)
		}
		w.mu.Lock()
		w.fail = &connector.StatusError{Quality: tag.BadOutOfRange, Message: "exception 3"}
		w.mu.Unlock()
		until(t, "its end", func() bool { return len(r.Writes(viewer).Ramps) == 0 })
		n := len(w.writes())
		if e := r.ends(); len(e) != 1 || !strings.HasPrefix(e[0], "write.ramp failed The ramp to 40 was stopped at 1.") {
			t.Errorf("%q", e)
		}
		until(t, "the event", func() bool {
			return r.sample("system/device/d/failedWrites").Value.Int() == 1 && strings.Contains(r.sample("system/writes/lastFailure").Value.Text(), `"device_refused"`)
		})
		if len(w.writes()) != n {
			t.Error("it went on")
		}
	})
	t.Run("an interlock on the way", func(t *testing.T) {
		r := start(t, Options{})
		r.set(`{"format":1,"tags":[{"path":"ok","type":"bool","initial":true,"write":{}},{"path":"x","type":"float","initial":0,"write":{"interlock":"tag(\"ok\")"}}]}`)
		if res := r.mode("x", "40", hour, operator); res.Outcome != OutcomeRunning {
			t.Fatalf("%+v %v", res, res.Problem)
		}
		r.write("ok", "false", operator)
		until(t, "its end", func() bool { return len(r.Writes(viewer).Ramps) == 0 })
		if e := r.ends(); !strings.Contains(e[len(e)-1], "interlock does not allow") {
			t.Errorf("%q", e)
		}
	})
}

// TestRampValue: a ramp never leaves the way from where it began to its target, and ends there exactly.
func TestRampValue(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		from := rapid.Float64Range(-1e9, 1e9).Draw(r, "from")
		target := tag.OfFloat(rapid.Float64Range(-1e9, 1e9).Draw(r, "target"))
		if rapid.Bool().Draw(r, "int") {
			from, target = math.Round(from), tag.OfInt(int64(target.Float()))
		}
		low, high := min(from, target.Float()), max(from, target.Float())
		last := from
		for _, share := range []float64{0.01, 0.3, 0.5, 0.99, 1, 2} {
			v := rampValue(from, target, share)
			f := v.Float()
			if v.Type() != target.Type() || f < low || f > high || (f-last)*(target.Float()-from) < 0 {
				r.Fatalf("%v at %v of %v to %v", v, share, from, target)
			}
			last = f
		}
		if last != target.Float() {
			r.Fatalf("it ends at %v", last)
		}
	})
}

func TestBlock(t *testing.T) {
	r := start(t, Options{})
	r.set(memoryPlant)
	notices, cancel := r.Notices()
	defer cancel()
	r.SetBlock(&Block{By: "anna", Since: time.Now(), Reason: "water in the pit"})
	if n := beside(notices); n.Code != NoticeWrites {
		t.Errorf("%+v", n)
	}
	for _, how := range []action.Manner{{}, {Mode: ModeToggle}, {Mode: ModePulse, Hold: "1s"}, {Mode: ModeRamp, Over: "1s"}} {
		res := r.mode("on", "true", how, operator)
		if code(res.Problem) != "writes_blocked" || !strings.Contains(res.Problem.Message, "anna") || !strings.Contains(res.Problem.Message, "water in the pit") {
			t.Errorf("%+v: %v", how, res.Problem)
		}
	}
	if e := r.ends(); len(e) != 4 || !strings.HasPrefix(e[0], "write failed All writes are blocked by anna") {
		t.Errorf("%q", e)
	}
	if !r.sample("system/writes/blocked").Value.Bool() || r.sample("system/writes/refused").Value.Int() != 4 || r.sample("system/writes/failed").Value.Int() != 0 {
		t.Error("the tags do not tell")
	}
	r.SetBlock(nil)
	if res := r.write("on", "true", operator); res.Outcome != OutcomeGood {
		t.Error(res.Problem)
	}
}
