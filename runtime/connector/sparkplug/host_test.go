package sparkplug

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/protocol/sparkplug"
	"github.com/lineside/lineside/runtime/tag"
)

// bench is a host without a broker, whose clock the test moves.
type bench struct {
	*host
	*listeners
	now   time.Time
	asked []sparkplug.NodeID
}

// newBench makes a host that follows addresses, all float.
func newBench(addresses ...Address) *bench {
	b := &bench{host: newHost(2*time.Second, true), now: time.Unix(1_700_000_000, 0)}
	var points []connector.Point
	for i, a := range addresses {
		points = append(points, connector.Point{ID: i, Address: &a, Type: tag.Float})
	}
	b.listeners = newListeners(points)
	b.host.changed, b.host.born, b.host.settled = b.listeners.changed, b.listeners.born, b.listeners.settled
	b.host.died = func(n sparkplug.NodeID, device string) {
		b.listeners.spoil(unitKey{n, device}, tag.BadNoCommunication)
	}
	return b
}

var edge = sparkplug.NodeID{Group: "组", Node: "边缘 1"}

func own(metric string) Address { return Address{Group: edge.Group, Node: edge.Node, Metric: metric} }
func on(device, metric string) Address {
	return Address{Group: edge.Group, Node: edge.Node, Device: device, Metric: metric}
}

// send brings a message in; seq -1 is none.
func (b *bench) send(kind sparkplug.Kind, device string, seq int, metrics ...sparkplug.Metric) {
	p := sparkplug.Payload{Timestamp: tag.TimeOf(b.now), Seq: seq, Metrics: metrics}
	b.host.take(sparkplug.Topic{NodeID: edge, Kind: kind, Device: device}, p.Append(nil), b.now)
}

// pass moves the clock.
func (b *bench) pass(d time.Duration) {
	for end := b.now.Add(d); ; {
		ask, wait := b.tick(b.now)
		b.asked = append(b.asked, ask...)
		left := end.Sub(b.now)
		if left <= 0 {
			return
		}
		b.now = b.now.Add(max(min(wait, left), time.Millisecond))
	}
}

// got is what was delivered since it was last asked for: "point value quality".
func (b *bench) got() []string {
	var out []string
	for _, u := range b.pending {
		out = append(out, fmt.Sprintf("%d %s %s", u.Point, u.Sample.Value, u.Sample.Quality))
	}
	b.pending = nil
	return out
}

func (b *bench) expectGot(t *testing.T, what string, want ...string) {
	t.Helper()
	if got := b.got(); !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func float(name string, alias uint64, v float64) sparkplug.Metric {
	m := sparkplug.Metric{Name: name, Type: sparkplug.Double, Value: sparkplug.OfDouble(v)}
	if alias > 0 {
		m.Alias, m.HasAlias = alias, true
	}
	return m
}

// data is a metric as it stands in a data message: by its alias, without its type.
func data(alias uint64, v float64) sparkplug.Metric {
	return sparkplug.Metric{Alias: alias, HasAlias: true, Value: sparkplug.OfDouble(v)}
}

func life(n int64) sparkplug.Metric {
	return sparkplug.Metric{Name: sparkplug.BdSeq, Type: sparkplug.Int64, Value: sparkplug.OfUint(uint64(n))}
}

// born brings a node with the metric a (alias 1) and a device with the metric b (alias 2) to life.
func (b *bench) birthAll(n int64) {
	b.send(sparkplug.NBirth, "", 0, life(n), float("a", 1, 0))
	b.send(sparkplug.DBirth, "d", 1, float("b", 2, 0))
}

func TestSequence(t *testing.T) {
	for name, row := range map[string]struct {
		seqs  []int // of messages that set a to 10, 11, …; negative: the same message again
		want  []string
		asked int // after a minute
	}{
		"in order":             {[]int{2, 3, 4}, []string{"0 10 Good", "0 11 Good", "0 12 Good"}, 0},
		"one early":            {[]int{3, 2, 4}, []string{"0 11 Good", "0 10 Good", "0 12 Good"}, 0},
		"all the wrong way":    {[]int{5, 4, 3, 2}, []string{"0 13 Good", "0 12 Good", "0 11 Good", "0 10 Good"}, 0},
		"one twice":            {[]int{2, -1, 3}, []string{"0 10 Good", "0 12 Good"}, 0},
		"one twice, later":     {[]int{2, 3, 4, -3, 5}, []string{"0 10 Good", "0 11 Good", "0 12 Good", "0 14 Good"}, 0},
		"one lost":             {[]int{2, 4, 5}, []string{"0 10 Good", "0 11 Good", "0 12 Good"}, 1},
		"number of the past":   {[]int{2, 3, 1}, []string{"0 10 Good", "0 11 Good", "0 12 Good"}, 1},
		"without numbers":      {[]int{-100, -100}, []string{"0 10 Good", "0 11 Good"}, 0},
		"beyond what is a seq": {[]int{2 + 256, 3}, []string{"0 10 Good", "0 11 Good"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(own("a"))
			b.birthAll(1)
			b.got()
			type sent struct {
				seq int
				v   float64
			}
			var all []sent
			for i, seq := range row.seqs {
				m := sent{seq, float64(10 + i)}
				switch {
				case seq == -100:
					m.seq = -1
				case seq < 0:
					m = all[len(all)+seq]
				}
				all = append(all, m)
				b.send(sparkplug.NData, "", m.seq, data(1, m.v))
				if m.seq < 0 {
					b.now = b.now.Add(time.Millisecond) // else they are the same message
				}
			}
			b.pass(4 * time.Second)
			b.expectGot(t, "delivered", row.want...)
			if len(b.asked) != row.asked {
				t.Errorf("asked %d times, want %d", len(b.asked), row.asked)
			}
		})
	}
}

// However messages are delayed and doubled within the time-out, what is delivered is what was sent, in its
// order, and nobody is asked for anything. The numbers go round.
func TestAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBench(own("a"), on("d", "b"))
		b.birthAll(1)
		b.got()
		n := rapid.IntRange(1, 700).Draw(t, "messages")
		type late struct{ at, i int }
		var order []late
		for i := range n {
			order = append(order, late{i + rapid.IntRange(0, 12).Draw(t, "delay"), i})
			if rapid.IntRange(0, 9).Draw(t, "doubled") == 0 {
				order = append(order, late{i + rapid.IntRange(0, 12).Draw(t, "delay"), i})
			}
		}
		slices.SortStableFunc(order, func(a, b late) int { return a.at - b.at })
		began := b.now
		for _, l := range order {
			b.now = began // the time in a message is when it was sent
			seq := (2 + l.i) % 256
			if l.i%2 == 0 {
				b.send(sparkplug.NData, "", seq, data(1, float64(l.i)))
			} else {
				b.send(sparkplug.DData, "d", seq, data(2, float64(l.i)))
			}
		}
		b.pass(time.Minute)
		var want []string
		for i := range n {
			want = append(want, fmt.Sprintf("%d %d Good", i%2, i))
		}
		if got := b.got(); !slices.Equal(got, want) {
			t.Fatalf("delivered %q, want %q", got, want)
		}
		if len(b.asked) > 0 {
			t.Fatalf("asked %d times", len(b.asked))
		}
	})
}

// Whatever is lost, the node is asked to be born again, and not too often; when it is, all is as it says.
func TestLosses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBench(own("a"), on("d", "b"))
		b.birthAll(1)
		seq, lost := 2, false
		for i := range rapid.IntRange(1, 300).Draw(t, "messages") {
			b.now = b.now.Add(time.Duration(rapid.IntRange(1, 3000).Draw(t, "ms")) * time.Millisecond)
			b.pass(0)
			if rapid.IntRange(0, 4).Draw(t, "lost") == 0 {
				lost = true
			} else {
				b.send(sparkplug.NData, "", seq%256, data(1, float64(i)))
			}
			seq++
		}
		began := b.now
		b.send(sparkplug.NData, "", seq%256, data(1, -1)) // so that a loss at the end shows
		b.pass(10 * time.Minute)
		if lost != (len(b.asked) > 0) {
			t.Fatalf("lost %v, asked %d times", lost, len(b.asked))
		}
		if most := 8 + int(began.Sub(time.Unix(1_700_000_000, 0))/rebirthMost); len(b.asked) > most {
			t.Fatalf("asked %d times in %v", len(b.asked), began.Sub(time.Unix(1_700_000_000, 0)))
		}
		b.got()
		b.send(sparkplug.NBirth, "", 0, life(1), float("a", 9, 7))
		b.send(sparkplug.DBirth, "d", 1, float("b", 8, 8))
		b.send(sparkplug.NData, "", 2, data(9, 9))
		if got := b.got(); !slices.Equal(got, []string{"0 7 Good", "1 8 Good", "0 9 Good"}) {
			t.Fatalf("after the birth: %q", got)
		}
	})
}

func TestLivesAndDeaths(t *testing.T) {
	b := newBench(own("a"), on("d", "b"), on("d", "missing"), on("none", "x"))
	b.birthAll(7)
	b.expectGot(t, "births", "0 0 Good", "1 0 Good", "2 null BadNodeIdUnknown")
	b.pass(10 * time.Second)
	b.expectGot(t, "a device that does not come", "3 null BadNoCommunication")
	b.send(sparkplug.NDeath, "", -1, life(6))
	b.expectGot(t, "a death of an earlier life")
	b.send(sparkplug.DDeath, "d", 2)
	b.expectGot(t, "death of the device", "1 null BadNoCommunication", "2 null BadNoCommunication")
	b.send(sparkplug.NData, "", 3, data(1, 5))
	b.expectGot(t, "the node lives on", "0 5 Good")
	b.send(sparkplug.DData, "d", 4, data(2, 5))
	b.pass(3 * time.Second)
	b.expectGot(t, "data of a dead device")
	if len(b.asked) != 1 {
		t.Errorf("asked %d times", len(b.asked))
	}
	b.send(sparkplug.NDeath, "", -1, life(7))
	if got := b.got(); !slices.Contains(got, "0 null BadNoCommunication") || !slices.Contains(got, "1 null BadNoCommunication") {
		t.Errorf("death: %q", got)
	}
	b.pass(time.Hour)
	if len(b.asked) != 1 {
		t.Errorf("a dead node was asked: %d", len(b.asked))
	}
	b.birthAll(8)
	b.got()
	// Born again, and the device does not come again.
	b.send(sparkplug.NBirth, "", 0, life(8), float("a", 1, 1))
	b.expectGot(t, "the second birth", "0 1 Good")
	b.pass(10 * time.Second)
	got := b.got()
	slices.Sort(got)
	if want := []string{"1 null BadNoCommunication", "2 null BadNoCommunication", "3 null BadNoCommunication"}; !slices.Equal(got, want) {
		t.Errorf("a device that was there once: %q", got)
	}
	// A birth that comes twice is not a second life.
	b.send(sparkplug.NBirth, "", 0, life(9), float("a", 1, 1))
	b.got()
	at := b.now
	b.send(sparkplug.NData, "", 1, data(1, 3))
	b.now = at
	b.send(sparkplug.NBirth, "", 0, life(9), float("a", 1, 1))
	b.expectGot(t, "a doubled birth", "0 3 Good")
}

// A host that comes late knows nobody: it asks, once, and again with longer and longer pauses.
func TestUnknownNodes(t *testing.T) {
	b := newBench(own("a"))
	for i := range 1000 {
		b.send(sparkplug.NData, "", i%256, data(1, 1))
		b.pass(10 * time.Millisecond)
	}
	if n := len(b.asked); n < 1 || n > 3 {
		t.Errorf("asked %d times in 10 s", n)
	}
	b.pass(time.Hour)
	if n := len(b.asked); n < 10 || n > 25 {
		t.Errorf("asked %d times in an hour", n)
	}
	// A storm of unknown names from many nodes: one after the other.
	b = newBench()
	for i := range 500 {
		p := sparkplug.Payload{Seq: 1, Metrics: []sparkplug.Metric{data(1, 1)}}
		b.host.take(sparkplug.Topic{NodeID: sparkplug.NodeID{Group: "g", Node: fmt.Sprint(i)}, Kind: sparkplug.NData}, p.Append(nil), b.now)
	}
	b.pass(time.Second)
	if n := len(b.asked); n > 1+int(time.Second/rebirthPace) {
		t.Errorf("asked %d nodes in a second", n)
	}
	b.pass(15 * time.Second)
	if len(b.asked) < 500 {
		t.Errorf("asked %d of 500", len(b.asked))
	}
	// More nodes than are kept.
	for i := range maxNodes + 100 {
		b.host.take(sparkplug.Topic{NodeID: sparkplug.NodeID{Group: "h", Node: fmt.Sprint(i)}, Kind: sparkplug.NDeath}, nil, b.now)
	}
	if len(b.nodes) > maxNodes {
		t.Errorf("%d nodes", len(b.nodes))
	}
}

func TestUnknownAlias(t *testing.T) {
	b := newBench(own("a"))
	b.birthAll(1)
	b.got()
	b.send(sparkplug.NData, "", 2, data(99, 1), data(1, 2))
	b.expectGot(t, "the known one", "0 2 Good")
	b.pass(1900 * time.Millisecond)
	if len(b.asked) != 0 {
		t.Error("asked before the time")
	}
	b.send(sparkplug.NData, "", 3, data(1, 3)) // in order: the alias is unknown all the same
	b.pass(200 * time.Millisecond)
	if len(b.asked) != 1 {
		t.Errorf("asked %d times", len(b.asked))
	}
	b.host.ask = false
	b.send(sparkplug.NData, "", 4, data(99, 1))
	b.pass(time.Hour)
	if len(b.asked) != 1 {
		t.Errorf("asked %d times though it must not", len(b.asked))
	}
}

func TestValues(t *testing.T) {
	quality := func(m sparkplug.Metric, code int32) sparkplug.Metric {
		m.Properties = []sparkplug.Property{{Key: "Quality", Type: sparkplug.Int32, Value: sparkplug.OfInt(code)}}
		return m
	}
	null := func(m sparkplug.Metric) sparkplug.Metric { m.Null = true; return m }
	historical := func(m sparkplug.Metric) sparkplug.Metric { m.Historical = true; return m }
	b := newBench(own("a"))
	b.birthAll(1)
	b.got()
	b.send(sparkplug.NData, "", 2, data(1, math.NaN()), null(data(1, 0)), historical(data(1, 99)), quality(data(1, 1), 0), quality(data(1, 2), 500), quality(data(1, 3), 192), quality(data(1, 4), 7), data(1, 5))
	b.expectGot(t, "values", "0 \"NaN\" Good", "0 null BadNoData", "0 null Bad", "0 2 UncertainLastUsableValue", "0 3 Good", "0 4 Uncertain", "0 5 Good")
	if b.counts.Historical != 1 {
		t.Errorf("counts %+v", b.counts)
	}
	// Its own time goes before that of the message.
	m := data(1, 6)
	m.Timestamp = 1_600_000_000_000_000_000
	b.send(sparkplug.NData, "", 3, m)
	if s := b.pending[0].Sample; s.Source != m.Timestamp {
		t.Errorf("time %d", s.Source)
	}
	b.pending = nil
	b.host.take(sparkplug.Topic{NodeID: edge, Kind: sparkplug.NData}, []byte("\x12\xFF garbage"), b.now)
	b.pass(3 * time.Second)
	if b.counts.Broken != 1 || len(b.asked) != 1 {
		t.Errorf("counts %+v, asked %d", b.counts, len(b.asked))
	}
}

// Members that an instance leaves out are those of the definition, and updates may name some only.
func TestTemplates(t *testing.T) {
	member := func(name string, v float64) sparkplug.Metric {
		m := float(name, 0, v)
		m.Properties = []sparkplug.Property{{Key: "engUnit", Type: sparkplug.String, Value: sparkplug.OfText("A")}}
		return m
	}
	part := own("m1")
	part.Part = "x"
	other := own("m1")
	other.Part = "y"
	b := newBench(part, other)
	b.send(sparkplug.NBirth, "", 0, life(1),
		sparkplug.Metric{Name: "_types_/M", Type: sparkplug.TemplateType, Value: sparkplug.OfTemplate(&sparkplug.Template{Definition: true, Members: []sparkplug.Metric{member("x", 0), member("y", 0)}})},
		sparkplug.Metric{Name: "m1", Type: sparkplug.TemplateType, Value: sparkplug.OfTemplate(&sparkplug.Template{Ref: "M", Members: []sparkplug.Metric{float("x", 0, 5)}})})
	b.expectGot(t, "birth", "0 5 Good", "1 0 Good")
	b.send(sparkplug.NData, "", 1, sparkplug.Metric{Name: "m1", Value: sparkplug.OfTemplate(&sparkplug.Template{Ref: "M", Members: []sparkplug.Metric{{Name: "y", Value: sparkplug.OfDouble(3)}}})})
	b.expectGot(t, "update", "0 5 Good", "1 3 Good")
	nodes, err := b.browse(parseID(edge.String() + "/m/m1"))
	if err != nil || len(nodes) != 2 || nodes[0].Unit != "A" || string(nodes[0].Value) != "5" || nodes[1].Type != "float" {
		t.Errorf("%+v %v", nodes, err)
	}
	if nodes, _ := b.browse(parseID(edge.String())); len(nodes) != 2 { // bdSeq and m1: a definition is no value
		t.Errorf("%+v", nodes)
	}
}

func TestLargeBirth(t *testing.T) {
	var metrics []sparkplug.Metric
	var addresses []Address
	for i := range 5000 {
		name := fmt.Sprintf("区域 %d/测点 %d", i/100, i)
		metrics = append(metrics, float(name, uint64(i+1), float64(i)))
		addresses = append(addresses, own(name))
	}
	b := newBench(addresses...)
	b.send(sparkplug.NBirth, "", 0, append(metrics, life(1))...)
	if got := len(b.got()); got != 5000 {
		t.Fatalf("%d values", got)
	}
	b.send(sparkplug.NData, "", 1, data(4321, -1))
	b.expectGot(t, "one of them", "4320 -1 Good")
	folders, err := b.browse(parseID(edge.String()))
	if err != nil || len(folders) != 51 || folders[0].Name != "区域 0" || !folders[0].HasChild {
		t.Fatalf("%d folders, %+v, %v", len(folders), folders[:1], err)
	}
	leaves, err := b.browse(parseID(folders[7].ID))
	if err != nil || len(leaves) != 100 || string(leaves[3].Value) != "703" {
		t.Fatalf("%d leaves %v", len(leaves), err)
	}
	if _, err := ParseAddress(leaves[3].Address, tag.Float); err != nil {
		t.Error(err)
	}
	// A node that is born again and again takes no more memory.
	for range 20 {
		b.now = b.now.Add(time.Second)
		b.send(sparkplug.NBirth, "", 0, append(metrics, life(1))...)
	}
	if b.total != 5001 {
		t.Errorf("%d metrics", b.total)
	}
}

// One message of a thousand values.
func BenchmarkData(b *testing.B) {
	var metrics, values []sparkplug.Metric
	var addresses []Address
	for i := range 1000 {
		name := fmt.Sprintf("area %d/point %d", i/100, i)
		metrics = append(metrics, float(name, uint64(i+1), 0))
		values = append(values, data(uint64(i+1), float64(i)))
		addresses = append(addresses, own(name))
	}
	h := newBench(addresses...)
	h.send(sparkplug.NBirth, "", 0, metrics...)
	b.ReportAllocs()
	seq := 1
	for b.Loop() {
		h.now = h.now.Add(time.Millisecond)
		h.send(sparkplug.NData, "", seq%256, values...)
		seq++
		if len(h.pending) > 100_000 {
			h.pending = h.pending[:0]
		}
	}
}

// FuzzHost: whatever arrives, the host stands.
func FuzzHost(f *testing.F) {
	birth := sparkplug.Payload{Seq: 0, Metrics: []sparkplug.Metric{life(1), float("a", 1, 1)}}
	f.Add("spBv1.0/组/NBIRTH/边缘 1", birth.Append(nil), "spBv1.0/组/NDATA/边缘 1", (&sparkplug.Payload{Seq: 1, Metrics: []sparkplug.Metric{data(1, 2)}}).Append(nil))
	f.Add("spBv1.0/g/DBIRTH/n/d", birth.Append(nil), "spBv1.0/g/NDEATH/n", birth.Append(nil))
	f.Fuzz(func(_ *testing.T, topic1 string, raw1 []byte, topic2 string, raw2 []byte) {
		b := newBench(own("a"), on("d", "b"))
		for range 2 {
			for _, m := range []struct {
				topic string
				raw   []byte
			}{{topic1, raw1}, {topic2, raw2}} {
				if topic, ok := sparkplug.ParseTopic(m.topic); ok {
					b.host.take(topic, m.raw, b.now)
				}
				b.pass(3 * time.Second)
			}
		}
		for _, id := range []string{"", "组", "组/边缘 1", "组/边缘 1/m/a", "组/边缘 1/m/a\n0", topic1, topic2} {
			_, _ = b.browse(parseID(id))
		}
	})
}
