package sparkplug

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/northbound"
	"github.com/lineside/lineside/runtime/protocol/sparkplug"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// history reads what comes of a device until a value, which is of the past or not.
func history(h *peer.SparkplugHost, topic string, last float64) (past, present []float64) {
	for {
		m := h.Next(topic)
		for _, x := range m.Payload.Metrics {
			v, _ := x.Value.(float64)
			if x.IsHistorical {
				past = append(past, v)
			} else {
				present = append(present, v)
			}
			if v == last {
				return past, present
			}
		}
	}
}

// Without its primary host the node is silent and keeps what happens; when the host is there, it is born
// and tells the past in its order, marked as such.
func TestPrimaryHost(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	h := peer.StartSparkplugHost(t, m.Port)
	s := begin(t, m.Port, `"primaryHost":"main"`)
	s.awaitState(engine.StateFailed)
	if said := s.Northbound()[0].Error; !strings.Contains(said, "primary host") || spec.Translate(said, "zh") == said {
		t.Errorf("it says %q", said)
	}
	change := func(from, to int) {
		for i := from; i <= to; i++ {
			s.set("line1/pump1/speed", tag.OfFloat(float64(i)), tag.Good)
			time.Sleep(30 * time.Millisecond) // longer than changes are gathered
		}
	}
	change(1, 5)
	h.Say("state main off 1")
	h.Say("state main on 100")
	if got := h.Next("spBv1.0/STATE/main"); got.Payload.Online {
		t.Fatal("the states come in another order")
	}
	h.Next("spBv1.0/plant/NBIRTH/edge1")
	birth := h.Next("spBv1.0/plant/DBIRTH/edge1/line1.pump1")
	if speed, _ := birth.Metric("speed"); speed.Value != 5.0 {
		t.Errorf("born with %v", speed.Value)
	}
	past, present := history(h, "spBv1.0/plant/DDATA/edge1/line1.pump1", 5)
	if !slices.IsSorted(past) || len(past) == 0 || past[len(past)-1] != 5 || len(present) != 0 {
		t.Errorf("past %v, present %v", past, present)
	}
	s.awaitState(engine.StateRunning)
	change(6, 6)
	if past, present := history(h, "spBv1.0/plant/DDATA/edge1/line1.pump1", 6); len(past) != 0 || len(present) != 1 {
		t.Errorf("past %v, present %v", past, present)
	}
	// A state that is older than the last is of no account; one that is not ends the session.
	h.Say("state main off 99")
	h.Say("state other off 300")
	h.Next("spBv1.0/STATE/other")
	change(7, 7)
	history(h, "spBv1.0/plant/DDATA/edge1/line1.pump1", 7)
	h.Say("state main off 101")
	death := h.Next("spBv1.0/plant/NDEATH/edge1")
	first, _ := death.Metric("bdSeq")
	s.awaitState(engine.StateFailed)
	change(8, 12)
	h.Say("state main on 102")
	reborn := h.Next("spBv1.0/plant/NBIRTH/edge1")
	if again, _ := reborn.Metric("bdSeq"); again.Value == first.Value {
		t.Errorf("bdSeq is %v in both sessions", again.Value)
	}
	past, present = history(h, "spBv1.0/plant/DDATA/edge1/line1.pump1", 12)
	if !slices.IsSorted(past) || past[0] < 8 || len(present) != 0 {
		t.Errorf("past %v, present %v", past, present)
	}
}

// Our own host as the primary host of our own node: it goes, and comes back.
func TestOurPrimaryHost(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	s := begin(t, m.Port, `"primaryHost":"main"`)
	s.awaitState(engine.StateFailed)
	h := host(t, m.Port, `"hostId":"main"`, "line1.pump1|speed|float")
	s.awaitState(engine.StateRunning)
	s.set("line1/pump1/speed", tag.OfFloat(3), tag.Good)
	h.await(0, tag.OfFloat(3), tag.Good)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	s.awaitState(engine.StateFailed)
	again := host(t, m.Port, `"hostId":"main"`, "line1.pump1|speed|float")
	s.awaitState(engine.StateRunning)
	again.await(0, tag.OfFloat(3), tag.Good)
}

// A broker that goes and comes back costs nothing of what happened meanwhile.
func TestBrokerRestarted(t *testing.T) {
	for _, version := range []string{"5", "3.1.1"} {
		t.Run(version, func(t *testing.T) {
			m := peer.StartMosquitto(t, peer.MosquittoOptions{})
			s := begin(t, m.Port, fmt.Sprintf(`"version":%q,"keepAlive":"1s"`, version)).ready()
			m.Kill()
			s.awaitState(engine.StateFailed)
			for i := 1; i <= 5; i++ {
				s.set("line1/pump1/speed", tag.OfFloat(float64(i)), tag.Good)
				time.Sleep(30 * time.Millisecond)
			}
			// A listener has to be there before the node is: the node waits for the proxy.
			m.Restart(t)
			h := peer.StartSparkplugHost(t, m.Port)
			s.awaitState(engine.StateRunning)
			h.Say(`send spBv1.0/plant/NCMD/edge1 {"metrics":[{"name":"Node Control/Rebirth","type":"Boolean","value":true}]}`)
			birth := h.Next("spBv1.0/plant/DBIRTH/edge1/line1.pump1")
			if speed, _ := birth.Metric("speed"); speed.Value != 5.0 {
				t.Errorf("born with %+v", speed)
			}
		})
	}
}

// An engine that is killed has its death published by the broker.
func TestWill(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	h := peer.StartSparkplugHost(t, m.Port)
	proxy := peer.StartProxy(t, m.Port)
	begin(t, proxy.Port, "").ready()
	birth := h.Next("spBv1.0/plant/NBIRTH/edge1")
	born, _ := birth.Metric("bdSeq")
	proxy.Cut()
	death := h.Next("spBv1.0/plant/NDEATH/edge1")
	if dead, _ := death.Metric("bdSeq"); dead.Value != born.Value || dead.Value == nil {
		t.Errorf("death of %v, birth of %v", dead.Value, born.Value)
	}
	next := h.Next("spBv1.0/plant/NBIRTH/edge1")
	if again, _ := next.Metric("bdSeq"); again.Value == born.Value {
		t.Errorf("two lives with bdSeq %v", again.Value)
	}
}

// The buffer keeps the latest, in their order.
func TestBuffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := buffer{most: rapid.IntRange(0, 20).Draw(t, "most")}
		var model []int
		dropped := uint64(0)
		for i := range rapid.IntRange(0, 200).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "do") {
			case 0, 1:
				n := rapid.IntRange(1, 10).Draw(t, "take")
				got := b.take(n)
				want := model[:min(n, len(model))]
				for k := range want {
					if got[k].tag != want[k] {
						t.Fatalf("took %v, want %v", got, want)
					}
				}
				if len(got) != len(want) {
					t.Fatalf("took %v, want %v", got, want)
				}
				if rapid.Bool().Draw(t, "failed") {
					b.back(got)
				} else {
					model = model[len(want):]
				}
			default:
				b.put(change{tag: i})
				model = append(model, i)
				if len(model) > b.most {
					model = model[1:]
					dropped++
				}
			}
			if b.len() != len(model) || b.dropped != dropped {
				t.Fatalf("holds %d, dropped %d; want %d, %d", b.len(), b.dropped, len(model), dropped)
			}
		}
	})
}

func TestNames(t *testing.T) {
	tags := []northbound.Tag{
		{Path: "a/b/speed", Type: tag.Float}, {Path: "a/b/in/temp", Type: tag.Float}, {Path: "top", Type: tag.Int}, {Path: "a/x", Type: tag.Int},
		{Path: "a/y", Type: tag.Int, Map: &Map{Metric: "x"}}, {Path: "a/z", Type: tag.Int, Map: &Map{Device: "a.b", Metric: "speed"}}, {Path: "bdSeq", Type: tag.Int},
	}
	asset := func(i int) tag.Path {
		if i < 2 {
			return "a/b"
		}
		return ""
	}
	for devices, want := range map[string][]string{
		"asset": {"a.b|a/b/speed", "a.b|in/temp", "|top", "|a/x", "|x", "a.b|speed", "|bdSeq~"},
		"area":  {"a|b/speed", "a|b/in/temp", "|top", "a|a/x", "a|x", "a.b|speed", "|bdSeq~"},
		"none":  {"|a/b/speed", "|a/b/in/temp", "|top", "|a/x", "|x", "a.b|speed", "|bdSeq~"},
	} {
		l := arrangement(&Settings{Devices: devices}, tags, asset)
		var got []string
		for i := range l.metrics {
			got = append(got, l.devices[l.metrics[i].device].name+"|"+l.metrics[i].name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", devices, got, want)
		}
	}
	ps := arrange(nil, []northbound.Tag{{Entry: 0, Map: &Map{Metric: "x"}}, {Entry: 3, Map: &Map{Metric: "x"}}, {Entry: 4, Map: &Map{Metric: "x", Device: "d"}}})
	if len(ps) != 1 || ps[0].At != "/3/map/metric" {
		t.Errorf("%v", ps)
	}
}

func TestDocumentProblems(t *testing.T) {
	for raw, at := range map[string]string{
		`{"url":"mqtt://x","group":"a/b","node":"n"}`:                    "/group",
		`{"url":"mqtt://x","group":"a","node":"+"}`:                      "/node",
		`{"url":"mqtt://x","group":"a","node":"n","primaryHost":"#"}`:    "/primaryHost",
		`{"url":"mqtt://x","group":"a"}`:                                 "/node",
		`{"url":"mqtt://x","group":"a","node":"n","buffer":-1}`:          "/buffer",
		`{"url":"ftp://x","group":"a","node":"n"}`:                       "/url",
		`{"url":"mqtt://x","group":"a","node":"n","devices":"machines"}`: "/devices",
	} {
		_, err := decodeSettings(json.RawMessage(raw))
		ps, _ := err.(spec.Problems)
		if len(ps) == 0 || ps[0].At != at {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		if zh := ps.In("zh"); zh[0].Message == ps[0].Message {
			t.Errorf("no Chinese: %q", ps[0].Message)
		}
	}
	for _, raw := range []string{`{"device":"a/b"}`, `{"metric":"bdSeq"}`, `{"metric":"Node Control/Rebirth"}`, `{"x":1}`} {
		if _, err := parseMap(json.RawMessage(raw), tag.Int, false); err == nil {
			t.Errorf("%s is taken", raw)
		}
	}
}

// FuzzCommand: whatever a host sends, the node stands.
func FuzzCommand(f *testing.F) {
	f.Add("spBv1.0/plant/DCMD/edge1/d", (&sparkplug.Payload{Metrics: []sparkplug.Metric{{Alias: 1, HasAlias: true, Type: sparkplug.Int32, Value: sparkplug.OfInt(1)}}}).Append(nil))
	f.Add("spBv1.0/STATE/main", []byte(`{"online":true,"timestamp":1}`))
	f.Fuzz(func(t *testing.T, topic string, raw []byte) {
		tags := []northbound.Tag{{Path: "d/a", Type: tag.Int, Write: true}, {Path: "d/b", Type: tag.JSON, Write: true, Map: &Map{Device: "d", Metric: "b"}}}
		n := newNode(&Settings{Group: "plant", Node: "edge1", PrimaryHost: "main"}, tags)
		n.layout = arrangement(n.settings, tags, func(int) tag.Path { return "d" })
		n.host = quiet{}
		for i := range n.writers {
			n.writers[i] = make(chan command, 1)
		}
		if strings.Contains(topic, "STATE") && strings.Contains(string(raw), "true") {
			return // would need a session
		}
		if err := n.receive(t.Context(), message{topic, raw}); err != nil {
			t.Fatal(err)
		}
	})
}

// quiet is a host that only takes what is logged.
type quiet struct{ northbound.Host }

func (quiet) Log() *slog.Logger { return slog.New(slog.DiscardHandler) }
