package sparkplug

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	_ "github.com/lineside/lineside/runtime/connector/sparkplug"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/tag"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// site is an engine with one edge node on it.
type site struct {
	*engine.Engine
	t    testing.TB
	stop func()

	mu    sync.Mutex
	trail []engine.AuditEntry
}

const document = `{"format":1,
"models":[{"id":"pump","properties":[
 {"id":"speed","type":"float","unit":"1/min","range":{"low":0,"high":3000},"description":"Speed of the shaft","write":{"high":2900}},
 {"id":"on","type":"bool","write":{}},
 {"id":"count","type":"int"}]}],
"assets":[{"path":"line1/pump1","model":"pump"},{"path":"line1/泵2","model":"pump"%s}],
"tags":[{"path":"line1/running","type":"int"},{"path":"note","type":"string","write":{}},{"path":"recipe","type":"json","write":{}},{"path":"raw","type":"bytes"},{"path":"hidden","type":"float"}],
"northbound":[{"id":"node","kind":"sparkplug","settings":{"url":"mqtt://127.0.0.1:%d","group":"plant","node":"edge1","every":"20ms"%s},
 "tags":[{"area":"line1","write":true},{"tag":"note","write":true},{"tag":"recipe","write":true},{"tag":"raw","map":{"device":"box","metric":"in/raw"}}]}]}`

func read(t testing.TB, port int, settings, more string) *plant.Plant {
	t.Helper()
	if settings != "" {
		settings = "," + settings
	}
	p, err := plant.Read(fmt.Appendf(nil, document, more, port, settings))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func begin(t testing.TB, port int, settings string) *site {
	t.Helper()
	s := &site{t: t}
	s.Engine = engine.New(engine.Options{Audit: func(_ context.Context, e engine.AuditEntry) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.trail = append(s.trail, e)
		return nil
	}})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	s.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Error("the engine does not stop")
		}
	})
	t.Cleanup(s.stop)
	if err := s.SetPlant(read(t, port, settings, "")); err != nil {
		t.Fatal(err)
	}
	return s
}

// set gives a tag a value, as its device would.
func (s *site) set(path string, v tag.Value, q tag.Quality) {
	s.t.Helper()
	slot, ok := s.Table().Lookup(tag.Path(path))
	if !ok {
		s.t.Fatalf("no tag %q", path)
	}
	now := tag.Now()
	s.Table().Apply([]tag.Update{{Slot: slot, Sample: tag.Sample{Value: v, Quality: q, Source: now, Server: now}}})
}

func (s *site) value(path string) tag.Value {
	s.t.Helper()
	slot, ok := s.Table().Lookup(tag.Path(path))
	if !ok {
		s.t.Fatalf("no tag %q", path)
	}
	return s.Table().Get(slot).Value
}

func (s *site) awaitState(state string) {
	s.t.Helper()
	peer.Await(s.t, "the edge node to be "+state, func() bool { return s.Northbound()[0].State == state })
}

func (s *site) ready() *site {
	s.t.Helper()
	s.awaitState(engine.StateRunning)
	return s
}

// reader is our own host application.
type reader struct {
	connector.Connector
	t    testing.TB
	kind *connector.Type
	mu   sync.Mutex
	last map[int]tag.Sample
	list []connector.Point
	seen []string // of the points, in their order
}

// host connects a host application that follows metrics, each "device|metric|type".
func host(t testing.TB, port int, settings string, metrics ...string) *reader {
	t.Helper()
	kind, _ := connector.Lookup("sparkplug")
	if settings != "" {
		settings = "," + settings
	}
	c, err := kind.New(fmt.Appendf(nil, `{"url":"mqtt://127.0.0.1:%d"%s}`, port, settings))
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{Connector: c, t: t, kind: kind, last: map[int]tag.Sample{}}
	for i, m := range metrics {
		r.list = append(r.list, r.point(i, m))
	}
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = c.(connector.Subscriber).Run(ctx, r.list, func(updates []connector.Update) {
			r.mu.Lock()
			defer r.mu.Unlock()
			for _, u := range updates {
				if u.Historical { // of before: it goes into the history
					continue
				}
				r.last[u.Point] = u.Sample
				r.seen = append(r.seen, fmt.Sprintf("%d %s %s", u.Point, u.Sample.Value, u.Sample.Quality))
			}
		})
	}()
	t.Cleanup(func() {
		stop()
		<-done
		_ = c.Close()
	})
	return r
}

func (r *reader) point(id int, text string) connector.Point {
	r.t.Helper()
	part := strings.Split(text, "|")
	typ, _ := tag.ParseType(part[2])
	address, _ := json.Marshal(map[string]string{"group": "plant", "node": "edge1", "device": part[0], "metric": part[1]})
	a, err := r.kind.Address(address, typ, true)
	if err != nil {
		r.t.Fatal(err)
	}
	return connector.Point{ID: id, Path: tag.Path(fmt.Sprint("t/", id)), Address: a, Type: typ}
}

func (r *reader) await(id int, v tag.Value, q tag.Quality) {
	r.t.Helper()
	defer func() {
		if r.t.Failed() {
			r.t.Logf("point %d: %v", id, r.seen)
		}
	}()
	peer.Await(r.t, fmt.Sprintf("point %d to be %v %v", id, v, q), func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		s, ok := r.last[id]
		return ok && s.Quality == q && (v.IsNone() || s.Value == v)
	})
}

// A host of ours learns the node from its birth, follows it and writes to it, through the gate.
func TestOurHostAndOurNode(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	s := begin(t, m.Port, "").ready()
	h := host(t, m.Port, `"hostId":"main"`, "line1.pump1|speed|float", "line1.pump1|on|bool", "line1.泵2|count|int", "|line1/running|int", "|note|string", "|recipe|json", "box|in/raw|bytes", "line1.pump1|count|int")
	s.set("line1/pump1/speed", tag.OfFloat(1450.5), tag.Good)
	s.set("line1/泵2/count", tag.OfInt(1<<53+1), tag.Good)
	s.set("line1/running", tag.OfInt(2), tag.Good)
	s.set("note", tag.OfString("线 1"), tag.Good)
	s.set("recipe", tag.OfJSON(`{"a":[1,2]}`), tag.Good)
	s.set("raw", tag.OfBytes([]byte{0, 255}), tag.Good)
	h.await(0, tag.OfFloat(1450.5), tag.Good)
	h.await(2, tag.OfInt(1<<53+1), tag.Good)
	h.await(3, tag.OfInt(2), tag.Good)
	h.await(4, tag.OfString("线 1"), tag.Good)
	h.await(6, tag.OfBytes([]byte{0, 255}), tag.Good)
	s.set("line1/pump1/speed", tag.OfFloat(math.NaN()), tag.Good)
	h.await(0, tag.OfFloat(math.NaN()), tag.Good)
	s.set("line1/pump1/speed", tag.OfFloat(7), tag.BadSensorFailure)
	h.await(0, tag.Value{}, tag.Bad)
	s.set("line1/pump1/speed", tag.OfFloat(8), tag.UncertainLastUsableValue)
	h.await(0, tag.OfFloat(8), tag.UncertainLastUsableValue)
	s.set("line1/pump1/speed", tag.OfFloat(9), tag.Good)
	h.await(0, tag.OfFloat(9), tag.Good)

	// Commands go through the gate, and end when the node reports the value.
	if err := h.Write(t.Context(), h.list[0], tag.OfFloat(2000)); err != nil {
		t.Fatal(err)
	}
	if err := h.Write(t.Context(), h.list[1], tag.OfBool(true)); err != nil {
		t.Fatal(err)
	}
	if err := h.Write(t.Context(), h.list[5], tag.OfJSON(`{"b":1}`)); err != nil && !strings.Contains(err.Error(), "fit") {
		t.Logf("recipe: %v", err) // a text to the host
	}
	if v := s.value("line1/pump1/speed"); v != tag.OfFloat(2000) {
		t.Errorf("the speed is %v", v)
	}
	refused := func(point int, v tag.Value) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
		defer cancel()
		if err := h.Write(ctx, h.list[point], v); err == nil {
			t.Errorf("point %d took %v", point, v)
		}
	}
	refused(0, tag.OfFloat(2950)) // above the limit of the gate
	refused(7, tag.OfInt(5))      // has no gate
	if v := s.value("line1/pump1/speed"); v != tag.OfFloat(2000) {
		t.Errorf("the speed is %v", v)
	}
	s.mu.Lock()
	if !slices.ContainsFunc(s.trail, func(e engine.AuditEntry) bool {
		return e.Outcome == "good" && strings.Contains(fmt.Sprint(e), "northbound:node")
	}) {
		t.Errorf("the audit trail has %v", s.trail)
	}
	s.mu.Unlock()

	// An asset that is disabled is a device that dies.
	if err := s.SetPlant(read(t, m.Port, "", `,"disabled":true`)); err != nil {
		t.Fatal(err)
	}
	h.await(2, tag.Value{}, tag.BadNoCommunication)
	if err := s.SetPlant(read(t, m.Port, "", "")); err != nil {
		t.Fatal(err)
	}
	s.set("line1/泵2/count", tag.OfInt(4), tag.Good)
	h.await(2, tag.OfInt(4), tag.Good)

	// The browse shows what a model can be made of.
	nodes, err := h.Connector.(connector.Browser).Browse(t.Context(), "plant/edge1/d/line1.pump1")
	if err != nil || len(nodes) != 3 {
		t.Fatalf("%v %v", nodes, err)
	}
	for _, n := range nodes {
		if n.Name == "speed" && (n.Unit != "1/min" || n.Type != "float" || !n.Writable || n.Low == nil || *n.High != 3000 || n.Title != "Speed of the shaft") {
			t.Errorf("speed is %+v", n)
		}
		if n.Name == "count" && n.Writable {
			t.Errorf("count is %+v", n)
		}
	}

	// A node that stops takes leave.
	s.stop()
	h.await(0, tag.Value{}, tag.BadNoCommunication)
	h.await(3, tag.Value{}, tag.BadNoCommunication)
}

// What the library of Eclipse Tahu decodes is what the standard asks for.
func TestTahuReadsOurNode(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	h := peer.StartSparkplugHost(t, m.Port)
	s := begin(t, m.Port, "").ready()
	birth := h.Next("spBv1.0/plant/NBIRTH/edge1")
	bd, _ := birth.Metric("bdSeq")
	if rebirth, ok := birth.Metric("Node Control/Rebirth"); !ok || rebirth.Type != "Boolean" || rebirth.Value != false || fmt.Sprint(birth.Payload.Seq) != "0" || bd.Type != "Int64" {
		t.Fatalf("%+v", birth)
	}
	device := h.Next("spBv1.0/plant/DBIRTH/edge1/line1.pump1")
	speed, _ := device.Metric("speed")
	if speed.Type != "Double" || speed.Value != nil || speed.Properties["engUnit"].Value != "1/min" || speed.Properties["engHigh"].Value != 3000.0 || speed.Properties["Quality"].Value != 500.0 || speed.Alias == nil {
		t.Fatalf("%+v", speed)
	}
	// Numbers go round at 256, whatever the topic.
	h.Next("spBv1.0/plant/DBIRTH/edge1/line1.泵2")
	last := 3
	for i := range 300 {
		path, topic := "line1/pump1/speed", "spBv1.0/plant/DDATA/edge1/line1.pump1"
		v := tag.OfFloat(float64(i))
		if i%2 == 1 {
			path, topic, v = "note", "spBv1.0/plant/NDATA/edge1", tag.OfString(fmt.Sprint("第", i))
		}
		s.set(path, v, tag.Good)
		d := h.Next(topic)
		var seq int
		if _, err := fmt.Sscan(fmt.Sprint(d.Payload.Seq), &seq); err != nil || seq != (last+1)%256 {
			t.Fatalf("message %d has the number %v behind %d", i, d.Payload.Seq, last)
		}
		last = seq
		if got := d.Payload.Metrics[0]; got.Name != "" || got.Alias == nil || fmt.Sprint(got.Value) != strings.Trim(v.String(), `"`) {
			t.Fatalf("message %d has %+v", i, got)
		}
	}
	// A command by name, and one to be born again, many times: not more births than one in two seconds.
	h.Say(`send spBv1.0/plant/DCMD/edge1/line1.pump1 {"metrics":[{"name":"speed","type":"Double","value":77}]}`)
	peer.Await(t, "the command", func() bool { return s.value("line1/pump1/speed") == tag.OfFloat(77) })
	began := time.Now()
	for range 20 {
		h.Say(`send spBv1.0/plant/NCMD/edge1 {"metrics":[{"name":"Node Control/Rebirth","type":"Boolean","value":true}]}`)
	}
	h.Next("spBv1.0/plant/NBIRTH/edge1")
	second := h.Next("spBv1.0/plant/NBIRTH/edge1")
	if took := time.Since(began); took < rebirthPause {
		t.Errorf("two births within %v", took)
	}
	if again, _ := second.Metric("bdSeq"); again.Value != bd.Value {
		t.Errorf("bdSeq %v became %v without a new session", bd.Value, again.Value)
	}
	s.stop()
	death := h.Next("spBv1.0/plant/NDEATH/edge1")
	if end, _ := death.Metric("bdSeq"); end.Value != bd.Value || death.Payload.Seq != nil && fmt.Sprint(death.Payload.Seq) != "0" {
		t.Errorf("death %+v of birth %v", death, bd)
	}
}
