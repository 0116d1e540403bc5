package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// TestWritesGoAheadOfPolls: a write that comes while a long round is under way is carried
// out next, and the latest of several values for a tag is the one that is sent.
func TestWritesGoAheadOfPolls(t *testing.T) {
	w, name := newWire(t)
	w.gate = make(chan struct{})
	r := start(t, Options{})
	r.set(wirePlant("test-poll", name, 100, ""))
	step := func() { w.gate <- struct{}{} }
	until(t, "the first read", func() bool { return len(w.noted()) == 1 })
	step() // connected from now on
	until(t, "the second read", func() bool { return len(w.noted()) == 2 })

	results := make(chan WriteResult, 3)
	for i, v := range []string{"10", "20", "30"} {
		go func() { results <- r.write("t50", v, operator) }()
		until(t, "the write to wait", func() bool {
			return r.Devices()[0].Queue == 1 && r.trailCount() == i+1+i // superseded ones have a second entry
		})
	}
	step()
	until(t, "the write", func() bool { return len(w.noted()) >= 3 })
	if log := w.noted(); log[2] != "write t50=30" {
		t.Errorf("after a request that was under way came %q", log[2])
	}
	outcomes := map[string]int{}
	for range 3 {
		res := <-results
		outcomes[res.Outcome+" "+code(res.Problem)]++
	}
	if outcomes["good "] != 1 || outcomes["failed write_superseded"] != 2 {
		t.Errorf("outcomes: %v", outcomes)
	}
	for _, l := range w.noted() {
		if l == "write t50=10" || l == "write t50=20" {
			t.Error(l + " was sent although a newer value waited")
		}
	}
	close(w.gate)
}

func (r *running) trailCount() int {
	r.trail.mu.Lock()
	defer r.trail.mu.Unlock()
	return len(r.trail.entries)
}

// TestWriteOutcomes: what the connector's error means for who wrote.
func TestWriteOutcomes(t *testing.T) {
	for _, row := range []struct {
		name    string
		fail    error
		outcome string
		code    string
	}{
		{"refused", &connector.StatusError{Quality: tag.BadNotWritable, Message: "exception 2"}, OutcomeFailed, "device_refused"},
		{"other", errors.New("no such thing"), OutcomeFailed, "write_failed"},
		{"uncertain", fmt.Errorf("reply lost: %w", connector.ErrUncertain), OutcomeUnknown, "write_unknown"},
		{"gone before it was sent", connector.ErrNotConnected, OutcomeFailed, "not_connected"},
		{"gone after it was sent", fmt.Errorf("%w: %w", connector.ErrUncertain, connector.ErrNotConnected), OutcomeUnknown, "write_unknown"},
		{"time-out", context.DeadlineExceeded, OutcomeUnknown, "write_unknown"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w, name := newWire(t)
			r := start(t, Options{})
			r.set(wirePlant("test-poll", name, 1, ""))
			r.untilGood("t0")
			w.mu.Lock()
			w.fail = row.fail
			w.mu.Unlock()
			res := r.write("t0", "5", operator)
			if res.Outcome != row.outcome || code(res.Problem) != row.code {
				t.Errorf("%s %v", res.Outcome, res.Problem)
			}
			if last := r.trail.last(); last.Outcome != row.outcome {
				t.Errorf("audit: %+v", last)
			}
			n := 0
			for _, l := range w.noted() {
				if strings.HasPrefix(l, "write") {
					n++
				}
			}
			if n != 1 {
				t.Errorf("it was sent %d times", n)
			}
		})
	}
}

// TestPanics: a panic in a connector is that device's error, and it comes back.
func TestPanics(t *testing.T) {
	for _, row := range []struct{ conn, where string }{{"test-poll", "connect"}, {"test-poll", "read"}, {"test-poll", "write"}, {"test-push", "run"}} {
		t.Run(row.where, func(t *testing.T) {
			w, name := newWire(t)
			r := start(t, Options{})
			w.panics = row.where
			r.set(wirePlant(row.conn, name, 1, ""))
			if row.where == "write" {
				r.untilGood("t0")
				if res := r.write("t0", "5", operator); res.Outcome != OutcomeUnknown {
					t.Errorf("write: %+v", res)
				}
			}
			until(t, "the panic to be told", func() bool { return strings.Contains(r.Devices()[0].Error, "panicked: planned") })
			if row.where == "run" {
				w.mu.Lock()
				w.panics = ""
				w.mu.Unlock()
			}
			until(t, "the device to come back", func() bool { return r.Devices()[0].State == StateConnected })
		})
	}
}

// TestSubscription: pushed values arrive, points that change begin a new subscription
// without a new connection, and a lost one makes the tags bad.
func TestSubscription(t *testing.T) {
	w, name := newWire(t)
	r := start(t, Options{})
	r.set(wirePlant("test-push", name, 2, ""))
	until(t, "the subscription", func() bool { w.mu.Lock(); defer w.mu.Unlock(); return len(w.points) == 2 })
	emit := func(point int, v float64) {
		w.mu.Lock()
		e := w.emit
		w.mu.Unlock()
		e([]connector.Update{{Point: point, Sample: tag.Sample{Value: tag.OfFloat(v)}}, {Point: 99}})
	}
	emit(1, 7)
	if s := r.sample("t1"); s.Value.Float() != 7 || !s.Quality.IsGood() {
		t.Errorf("t1: %v", s)
	}
	late := w.emit
	r.set(wirePlant("test-push", name, 3, ""))
	until(t, "the new subscription", func() bool { w.mu.Lock(); defer w.mu.Unlock(); return len(w.points) == 3 })
	emit(2, 8)
	if s := r.sample("t2"); s.Value.Float() != 8 {
		t.Errorf("t2: %v", s)
	}
	if s := r.sample("t1"); s.Value.Float() != 7 {
		t.Errorf("t1 after the swap: %v", s)
	}
	if n := w.connects.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
	r.set(wirePlant("test-push", name, 1, ""))
	late([]connector.Update{{Point: 1, Sample: tag.Sample{Value: tag.OfFloat(9)}}})
	if s := r.sample("t1"); s.Quality != tag.BadNodeIDUnknown {
		t.Errorf("a removed tag: %v", s)
	}
}

// TestSecrets: the connector gets the secret, nobody else sees it.
func TestSecrets(t *testing.T) {
	w, name := newWire(t)
	r := start(t, Options{Secret: func(ref string) (string, error) {
		if ref == "pw" {
			return "hunter2", nil
		}
		return "", errors.New("not there")
	}})
	doc := `{"format":1,"devices":[{"id":"d","connector":"test-poll","settings":{"name":"` + name + `","deep":[{"password":"secret:%s"}],"n":12345678901234567890}}]}`
	r.set(fmt.Sprintf(doc, "pw"))
	until(t, "the connection", func() bool { return r.Devices()[0].State == StateConnected })
	if !strings.Contains(w.settings, `"hunter2"`) || !strings.Contains(w.settings, "12345678901234567890") {
		t.Errorf("settings: %s", w.settings)
	}
	if strings.Contains(string(r.Plant().Devices[0].Settings), "hunter2") {
		t.Error("the secret is in the document")
	}
	r.set(fmt.Sprintf(doc, "gone"))
	until(t, "the error", func() bool { return strings.Contains(r.Devices()[0].Error, `secret "gone"`) })
}

func TestTestDevice(t *testing.T) {
	p := peer.StartPymodbus(t)
	r := start(t, Options{})
	settings := func(port int) json.RawMessage {
		return json.RawMessage(fmt.Sprintf(`{"host":"127.0.0.1","port":%d}`, port))
	}
	if took, _, err := r.TestDevice(context.Background(), "modbus", settings(p.Port)); err != nil || took <= 0 {
		t.Errorf("%v %v", took, err)
	}
	for _, row := range []struct{ name, conn, settings, code string }{
		{"nobody listens", "modbus", string(settings(peer.FreePort(t))), "connect_failed"},
		{"unknown connector", "modbuss", "{}", "connector_unknown"},
	} {
		_, _, err := r.TestDevice(context.Background(), row.conn, json.RawMessage(row.settings))
		var got *spec.Problem
		if !errors.As(err, &got) || got.Code != row.code {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	var ps spec.Problems
	if _, _, err := r.TestDevice(context.Background(), "modbus", json.RawMessage(`{"hots":"x"}`)); !errors.As(err, &ps) || !strings.HasPrefix(ps[0].At, "/settings") {
		t.Errorf("bad settings: %v", err)
	}
	if _, err := r.Browse(context.Background(), "", "modbus", settings(p.Port), ""); err == nil {
		t.Error("modbus cannot be browsed")
	}
	r.set(`{"format":1,"devices":[{"id":"sim","connector":"simulator"}]}`)
	until(t, "the simulator", func() bool { return r.Devices()[0].State == StateConnected })
	if nodes, err := r.Browse(context.Background(), "sim", "", nil, ""); err != nil || len(nodes) == 0 {
		t.Errorf("browse: %v %v", nodes, err)
	}
	if nodes, err := r.Browse(context.Background(), "", "simulator", nil, ""); err != nil || len(nodes) == 0 {
		t.Errorf("browse: %v %v", nodes, err)
	}
}

func benchUpdates(n int) []connector.Update {
	out := make([]connector.Update, n)
	for i := range out {
		out[i].Point = i
	}
	return out
}

// TestDeviceThatHangs: a read that minds no context is ended by closing the connection, and
// stopping the engine does not wait for it; its tags are bad meanwhile.
func TestDeviceThatHangs(t *testing.T) {
	w, name := newWire(t)
	r := start(t, Options{})
	r.set(strings.Replace(wirePlant("test-poll", name, 2, `,"timeout":"200ms"`), `"1h"`, `"50ms"`, 1))
	r.untilGood("t1")
	gate := make(chan struct{})
	w.mu.Lock()
	w.gate = gate // from now on reads end with their time-out
	w.mu.Unlock()
	until(t, "bad tags", func() bool {
		return r.sample("t0").Quality == tag.BadNoCommunication && r.sample("t1").Quality == tag.BadNoCommunication
	})
	until(t, "the error", func() bool { return strings.Contains(r.Devices()[0].Error, "no answer within 200ms") })
	if s := r.sample("t0"); s.Value.Float() != 1 {
		t.Errorf("the last value is gone: %v", s)
	}
	w.mu.Lock()
	w.gate = nil
	w.mu.Unlock()
	close(gate)
	r.untilGood("t0")
	r.untilGood("t1")
	if s := r.sample("system/device/d/errors"); s.Value.Int() == 0 {
		t.Error("the errors were not counted")
	}
}

// TestStopBeforeRun: devices of an engine that never runs can be swapped and removed.
func TestStopBeforeRun(t *testing.T) {
	_, name := newWire(t)
	e := New(Options{})
	if err := e.SetPlant(readPlant(t, wirePlant("test-poll", name, 1, ""))); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := e.SetPlant(readPlant(t, `{"format":1}`)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > stopGrace/2 {
		t.Errorf("it waited %v for a device that never ran", took)
	}
}
