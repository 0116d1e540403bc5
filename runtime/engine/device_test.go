package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// wire is the far end of the in-test connector: what a device would do.
type wire struct {
	mu       sync.Mutex
	values   map[string]tag.Value
	log      []string
	gate     chan struct{} // a read waits for it, when set
	fail     error
	panics   string
	settings string
	connects atomic.Int32
	closes   atomic.Int32
	emit     func([]connector.Update)
	points   []connector.Point
}

func (w *wire) note(s string) { w.mu.Lock(); w.log = append(w.log, s); w.mu.Unlock() }
func (w *wire) noted() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.log)
}

var wires sync.Map // device name in the settings → *wire

func newWire(t *testing.T) (*wire, string) {
	name := strings.ReplaceAll(t.Name(), "/", "_")
	w := &wire{values: map[string]tag.Value{}}
	wires.Store(name, w)
	t.Cleanup(func() { wires.Delete(name) })
	return w, name
}

type wireConnector struct{ w *wire }

func init() {
	register := func(id string, push bool) {
		connector.Register(&connector.Type{
			Component: spec.Component{ID: id, Version: 1}, Push: push,
			Check: func(json.RawMessage) error { return nil },
			Address: func(raw json.RawMessage, _ tag.Type, _ bool) (any, error) {
				var a struct{ At, Group string }
				return a.At, json.Unmarshal(raw, &a)
			},
			New: func(settings json.RawMessage) (connector.Connector, error) {
				var s struct{ Name string }
				if err := json.Unmarshal(settings, &s); err != nil {
					return nil, err
				}
				x, ok := wires.Load(s.Name)
				if !ok {
					return nil, fmt.Errorf("no wire %q", s.Name)
				}
				w := x.(*wire)
				w.mu.Lock()
				w.settings = string(settings)
				w.mu.Unlock()
				if push {
					return &pushConnector{wireConnector{w}}, nil
				}
				return &wireConnector{w}, nil
			},
		})
	}
	register("test-poll", false)
	register("test-push", true)
}

func (c *wireConnector) Connect(context.Context) error {
	c.w.connects.Add(1)
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	if c.w.panics == "connect" {
		c.w.panics = ""
		panic("planned")
	}
	return c.w.fail
}

// Plan makes one request a point.
func (c *wireConnector) Plan(points []connector.Point) (out []connector.Request) {
	for _, p := range points {
		out = append(out, &wireRequest{c.w, p})
	}
	return out
}

func (c *wireConnector) Write(_ context.Context, p connector.Point, v tag.Value) error {
	c.w.note("write " + string(p.Path) + "=" + v.String())
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	if c.w.panics == "write" {
		c.w.panics = ""
		panic("planned")
	}
	if c.w.fail == nil {
		c.w.values[string(p.Path)] = v
	}
	return c.w.fail
}

func (c *wireConnector) Close() error { c.w.closes.Add(1); return nil }

type wireRequest struct {
	w *wire
	p connector.Point
}

func (r *wireRequest) Points() []int { return []int{r.p.ID} }
func (r *wireRequest) Read(ctx context.Context, dst []connector.Update) ([]connector.Update, error) {
	r.w.note("read " + string(r.p.Path))
	r.w.mu.Lock()
	gate, fail, panics := r.w.gate, r.w.fail, r.w.panics
	if panics == "read" {
		r.w.panics = ""
	}
	r.w.mu.Unlock()
	if panics == "read" {
		panic("planned")
	}
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return dst, ctx.Err()
		}
	}
	if fail != nil {
		return dst, fail
	}
	r.w.mu.Lock()
	v := r.w.values[string(r.p.Path)]
	r.w.mu.Unlock()
	if v.IsNone() {
		v = tag.OfFloat(1)
	}
	return append(dst, connector.Update{Point: r.p.ID, Sample: tag.Sample{Value: v}}), nil
}

// pushConnector tells of changes by itself.
type pushConnector struct{ wireConnector }

func (c *pushConnector) Plan([]connector.Point) []connector.Request { return nil }
func (c *pushConnector) Run(ctx context.Context, points []connector.Point, emit func([]connector.Update)) error {
	c.w.mu.Lock()
	c.w.emit, c.w.points = emit, points
	panics := c.w.panics
	c.w.mu.Unlock()
	if panics == "run" {
		panic("planned")
	}
	<-ctx.Done()
	return ctx.Err()
}

func wirePlant(conn, name string, tags int, extra string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"format":1,"devices":[{"id":"d","connector":%q,"settings":{"name":%q},"scans":[{"id":"s","interval":"1h"}]%s}],"tags":[`, conn, name, extra)
	for i := range tags {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"path":"t%d","type":"float","device":"d","address":{"at":"x"},"write":{"readBack":"0s"}}`, i)
	}
	return b.String() + "]}"
}

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

// modbusPlant is a plant on pymodbus.
func modbusPlant(port int, tags string) string {
	return fmt.Sprintf(`{"format":1,"devices":[{"id":"plc","connector":"modbus","settings":{"host":"127.0.0.1","port":%d},"scans":[{"id":"fast","interval":"100ms"},{"id":"slow","interval":"1s"}]}],"tags":[%s]}`, port, tags)
}

const modbusTags = `
	{"path":"m/temp","type":"float","device":"plc","address":{"table":"holding","address":100,"type":"float32","order":"CDAB"}},
	{"path":"m/count","type":"int","device":"plc","address":{"table":"input","address":0,"type":"uint16"},"scan":"slow"},
	{"path":"m/sp","type":"float","device":"plc","address":{"table":"holding","address":120,"type":"int16"},"scan":"slow","scale":{"rawLow":0,"rawHigh":1000,"low":0,"high":100},"write":{"low":0,"high":100}},
	{"path":"m/run","type":"bool","device":"plc","address":{"table":"coil","address":5},"write":{}},
	{"path":"m/bit","type":"bool","device":"plc","address":{"table":"holding","address":120,"type":"uint16"},"bit":3},
	{"path":"m/double","type":"float","expr":"tag(\"m/temp\") * 2"}`

// processOf finds the process of a peer that this test started, by its port.
func processOf(t *testing.T, port int) int {
	t.Helper()
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, f := range files {
		b, _ := os.ReadFile(f)
		if s := string(b); strings.Contains(s, "modbus_server.py") && strings.Contains(s, "\x00"+strconv.Itoa(port)+"\x00") {
			pid, _ := strconv.Atoi(strings.Split(f, "/")[2])
			return pid
		}
	}
	t.Fatal("the process of the peer was not found")
	return 0
}

// TestModbus: a server that is not ours is read, written, killed, stopped and comes back.
func TestModbus(t *testing.T) {
	top := t
	p := peer.StartPymodbus(t)
	r := start(t, Options{})
	r.set(modbusPlant(p.Port, modbusTags))
	if s := r.untilGood("m/temp"); s.Value.Float() != 21.5 {
		t.Errorf("temp %v", s.Value)
	}
	if s := r.untilGood("m/double"); s.Value.Float() != 43 {
		t.Errorf("double %v", s.Value)
	}
	if s := r.untilGood("m/sp"); s.Value.Float() != 4 {
		t.Errorf("sp %v", s.Value)
	}
	if s := r.untilGood("m/bit"); !s.Value.Bool() { // 40 = 0b101000
		t.Errorf("bit %v", s.Value)
	}

	t.Run("write", func(t *testing.T) {
		if res := r.write("m/sp", "55.55", operator); res.Outcome != OutcomeGood || res.Old.Float() != 4 {
			t.Fatalf("%+v %v", res, res.Problem)
		}
		if got := p.Get(t, "holding", 120, 1)[0]; got != 556 && got != 555 {
			t.Errorf("the register holds %d", got)
		}
		if res := r.write("m/run", "false", operator); res.Outcome != OutcomeGood || res.New.Bool() {
			t.Fatalf("%+v %v", res, res.Problem)
		}
		if got := p.Get(t, "coil", 5, 1)[0]; got != 0 {
			t.Errorf("the coil is %d", got)
		}
	})
	bad := func(t *testing.T, when time.Time) {
		t.Helper()
		until(t, "bad tags", func() bool {
			for _, tag := range []tag.Path{"m/temp", "m/count", "m/sp", "m/run", "m/bit", "m/double"} {
				if !r.sample(tag).Quality.IsBad() {
					return false
				}
			}
			return true
		})
		if took := time.Since(when); took > 3*time.Second {
			t.Errorf("the tags were bad only after %v", took)
		}
		s := r.sample("m/temp")
		if s.Quality != tag.BadNoCommunication || s.Value.Float() != 21.5 {
			t.Errorf("temp: %v %v", s.Value, s.Quality)
		}
		if r.sample("m/double").Quality != tag.BadNoCommunication || r.sample("system/device/plc/connected").Value.Bool() {
			t.Error("double or the connection state is not bad")
		}
		if res := r.write("m/sp", "1", operator); res.Outcome == OutcomeGood {
			t.Errorf("a write to a dead device: %+v", res)
		}
	}
	t.Run("stopped and continued", func(t *testing.T) {
		pid := processOf(t, p.Port)
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		defer func() { _ = syscall.Kill(pid, syscall.SIGCONT) }()
		bad(t, began)
		if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		r.untilGood("m/double")
		r.untilGood("m/count")
	})
	t.Run("killed and restarted", func(t *testing.T) {
		p.Kill()
		bad(t, time.Now())
		p.Restart(top) // it goes on after this part
		r.untilGood("m/double")
		r.untilGood("m/count")
		if s := r.sample("system/device/plc/connected"); !s.Value.Bool() {
			t.Error("not connected")
		}
	})
	t.Run("read-back differs", func(t *testing.T) {
		// Two tags at one register: the second sees what the first wrote, scaled otherwise.
		doc := modbusPlant(p.Port, modbusTags+`,{"path":"m/low","type":"float","device":"plc","address":{"table":"holding","address":120,"type":"int16"},"scale":{"rawLow":0,"rawHigh":1000,"low":0,"high":100,"clamp":true},"write":{"readBack":"700ms"}}`)
		r.set(doc)
		r.untilGood("m/low")
		res := r.write("m/low", "150", operator) // the device takes it; the clamp shows 100
		if res.Outcome != OutcomeFailed || code(res.Problem) != "read_back_differs" || res.New.Float() != 100 {
			t.Errorf("%+v %v", res, res.Problem)
		}
	})
}

// TestSwapKeepsConnection: what did not change goes on; what did connects anew.
func TestSwapKeepsConnection(t *testing.T) {
	p := peer.StartPymodbus(t)
	r := start(t, Options{})
	r.set(modbusPlant(p.Port, modbusTags))
	r.untilGood("m/temp")
	connects := func() uint64 { return r.Devices()[0].Connects }
	slot, _ := r.Table().Lookup("m/temp")
	before := r.sample("m/temp")

	more := modbusTags + `,{"path":"m/more","type":"int","device":"plc","address":{"table":"holding","address":110,"type":"int16"}}`
	r.set(modbusPlant(p.Port, more))
	if s := r.untilGood("m/more"); s.Value.Int() != -5 {
		t.Errorf("more: %v", s.Value)
	}
	if now, _ := r.Table().Lookup("m/temp"); now != slot {
		t.Error("an unchanged tag has another slot")
	}
	if s := r.sample("m/temp"); !s.Quality.IsGood() || s.Value != before.Value {
		t.Errorf("an unchanged tag was disturbed: %v", s)
	}
	r.set(modbusPlant(p.Port, modbusTags))
	if s := r.sample("m/more"); s.Quality != tag.BadNodeIDUnknown {
		t.Errorf("a removed tag: %v", s.Quality)
	}
	r.set(strings.Replace(modbusPlant(p.Port, modbusTags), `"100ms"`, `"50ms"`, 1))
	if connects() != 1 {
		t.Errorf("%d connections after changes of tags and scans", connects())
	}
	// A tag that now reads elsewhere gets the new value.
	r.set(modbusPlant(p.Port, strings.Replace(modbusTags, `"address":100,"type":"float32","order":"CDAB"`, `"address":110,"type":"int16"`, 1)))
	until(t, "the new address", func() bool { return r.sample("m/temp").Value.Float() == -5 })
	if connects() != 1 {
		t.Errorf("%d connections after a change of address", connects())
	}
	r.set(strings.Replace(modbusPlant(p.Port, modbusTags), `"port":`, `"maxGap":2,"port":`, 1))
	until(t, "the values of the new settings", func() bool { return r.sample("m/temp").Value.Float() == 21.5 && r.sample("m/temp").Quality.IsGood() })
	if n := connects(); n != 1 { // of the new device
		t.Errorf("%d connections after a change of settings", n)
	}

	// Disabled, enabled, removed.
	r.set(strings.Replace(modbusPlant(p.Port, modbusTags), `"id":"plc",`, `"id":"plc","disabled":true,`, 1))
	if s := r.sample("m/temp"); s.Quality != tag.BadOutOfService || s.Value.Float() != 21.5 {
		t.Errorf("disabled: %v", s)
	}
	r.set(modbusPlant(p.Port, modbusTags))
	r.untilGood("m/temp")
	r.set(`{"format":1}`)
	if len(r.Devices()) != 0 || r.plantTags() != 0 {
		t.Errorf("left over: %v %d", r.Devices(), len(r.Table().Match("**")))
	}
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
