package sparkplug

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a connected host whose Run is under way.
type rig struct {
	*Connector
	t      testing.TB
	points []connector.Point
	mu     sync.Mutex
	last   map[int]tag.Sample
	seen   []string
	done   chan error
	stop   context.CancelFunc
}

func build(t testing.TB, port int, more string) *Connector {
	t.Helper()
	s, err := decodeSettings(fmt.Appendf(nil, `{"url":"mqtt://127.0.0.1:%d"%s}`, port, more))
	if err != nil {
		t.Fatal(err)
	}
	c := newConnector(s)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// run connects and follows metrics, each "device|metric|part|type".
func run(t testing.TB, port int, more string, metrics ...string) *rig {
	t.Helper()
	r := &rig{Connector: build(t, port, more), t: t, last: map[int]tag.Sample{}}
	for i, m := range metrics {
		part := strings.Split(m, "|")
		typ, _ := tag.ParseType(part[3])
		raw, _ := json.Marshal(map[string]string{"group": "plant", "node": "line1", "device": part[0], "metric": part[1], "part": part[2]})
		a, err := ParseAddress(raw, typ)
		if err != nil {
			t.Fatal(err)
		}
		r.points = append(r.points, connector.Point{ID: i, Path: tag.Path(fmt.Sprint("t/", i)), Address: a, Type: typ})
	}
	r.begin()
	return r
}

func (r *rig) begin() {
	r.t.Helper()
	if err := r.Connect(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	r.stop, r.done = stop, done
	go func() {
		done <- r.Run(ctx, r.points, func(updates []connector.Update) {
			r.mu.Lock()
			defer r.mu.Unlock()
			for _, u := range updates {
				r.last[u.Point] = u.Sample
				r.seen = append(r.seen, fmt.Sprintf("%d %s %s", u.Point, u.Sample.Value, u.Sample.Quality))
			}
		})
		close(done)
	}()
	r.t.Cleanup(func() {
		stop()
		for range done {
			continue
		}
	})
}

func (r *rig) await(id int, v tag.Value, q tag.Quality) {
	r.t.Helper()
	defer func() {
		if r.t.Failed() {
			r.t.Logf("delivered: %v", r.seen)
		}
	}()
	peer.Await(r.t, fmt.Sprintf("point %d to be %v %v", id, v, q), func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		s, ok := r.last[id]
		return ok && s.Quality == q && s.Value == v
	})
}

// A node that is killed is dead by its will; when it is back, it is known at once.
func TestNodeKilled(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	n := peer.StartSparkplugNode(t, m.Port, "plant", "line1")
	r := run(t, m.Port, "", "|live||int", "press|温度/入口||float")
	r.await(0, tag.OfInt(0), tag.Good)
	r.await(1, tag.OfFloat(21.5), tag.Good)
	n.Kill()
	r.await(0, tag.Value{}, tag.BadNoCommunication)
	r.await(1, tag.Value{}, tag.BadNoCommunication)
	err := r.Write(t.Context(), r.points[0], tag.OfInt(1))
	var refused *connector.StatusError
	if !errors.As(err, &refused) || refused.Quality != tag.BadNoCommunication || errors.Is(err, connector.ErrUncertain) {
		t.Errorf("write to a dead node: %v", err)
	}
	n.Restart(t)
	r.await(0, tag.OfInt(0), tag.Good)
	r.await(1, tag.OfFloat(21.5), tag.Good)
	n.Tell(t, "death press")
	r.await(1, tag.Value{}, tag.BadNoCommunication)
	r.await(0, tag.OfInt(0), tag.Good)
	n.Tell(t, "birth")
	r.await(1, tag.OfFloat(21.5), tag.Good)
}

// What the library of Eclipse Tahu cannot decode itself is decoded: a table with a column of Int32.
func TestTablesAndTemplates(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	n := peer.StartSparkplugNode(t, m.Port, "plant", "line1")
	r := run(t, m.Port, "", "press|recipe||json", "press|recipe|1/speed|float", "press|recipe|0/name|string", "press|motor|名称|string", "press|motor|drive/on|bool", "press|table|0/n|int", "press|table|0/x|float", "press|motor||json")
	r.await(0, tag.OfJSON(`{"columns":["step","speed","name"],"types":["Int32","Double","String"],"rows":[[1,1.5,"开始"],[2,2.5,"end"]]}`), tag.Good)
	r.await(1, tag.OfFloat(2.5), tag.Good)
	r.await(2, tag.OfString("开始"), tag.Good)
	r.await(3, tag.OfString("一号"), tag.Good)
	n.Tell(t, `set press recipe {"numOfColumns":3,"columns":["step","speed","name"],"types":["Int32","Double","String"],"rows":[[-7,9,"x"]]}`)
	r.await(0, tag.OfJSON(`{"columns":["step","speed","name"],"types":["Int32","Double","String"],"rows":[[-7,9,"x"]]}`), tag.Good)
	r.await(1, tag.Value{}, tag.BadNodeIDUnknown) // there is no second row any more
	for _, w := range []struct {
		point int
		value tag.Value
	}{{3, tag.OfString("二号")}, {4, tag.OfBool(false)}, {5, tag.OfInt(-9)}, {6, tag.OfFloat(2.25)}} {
		if err := r.Write(t.Context(), r.points[w.point], w.value); err != nil {
			t.Errorf("point %d: %v", w.point, err)
		}
		r.await(w.point, w.value, tag.Good)
	}
	r.await(7, tag.OfJSON(`{"speed":1450,"drive/on":false,"名称":"二号"}`), tag.Good)
}

// A node that takes the command and says nothing leaves the outcome unknown, and the connection alone.
func TestSilentNode(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	n := peer.StartSparkplugNode(t, m.Port, "plant", "line1")
	r := run(t, m.Port, "", "|live||int")
	r.await(0, tag.OfInt(0), tag.Good)
	n.Tell(t, "echo off")
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := r.Write(ctx, r.points[0], tag.OfInt(5)); !errors.Is(err, connector.ErrUncertain) || errors.Is(err, connector.ErrNotConnected) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("write: %v", err)
	}
	n.Tell(t, "set - live 6")
	r.await(0, tag.OfInt(6), tag.Good)
	if err := r.Write(t.Context(), r.points[0], tag.OfInt(6)); err != nil {
		t.Errorf("a value that is there already: %v", err)
	}
	sent := *r.points[0].Address.(*Address)
	sent.Confirm = "sent"
	p := r.points[0]
	p.Address = &sent
	if err := r.Write(t.Context(), p, tag.OfInt(7)); err != nil {
		t.Errorf("with nobody to confirm: %v", err)
	}
	n.Tell(t, "echo on")
	if err := r.Write(t.Context(), r.points[0], tag.OfInt(8)); err != nil {
		t.Error(err)
	}
}

// On a fresh connection the tree is there as soon as a node has said a word.
func TestBrowse(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	n := peer.StartSparkplugNode(t, m.Port, "plant", "line1")
	peer.StartSparkplugNode(t, m.Port, "other", "line9")
	talking := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 1; ; i++ {
			select {
			case <-talking:
				return
			case <-time.After(100 * time.Millisecond):
				n.Tell(t, "set - live %d", i)
			}
		}
	}()
	stop := sync.OnceFunc(func() { close(talking); <-done })
	defer stop()
	c := build(t, m.Port, "")
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if who, err := c.Identify(t.Context()); err != nil || who != "plant/line1" {
		t.Errorf("identify: %q %v", who, err)
	}
	list := func(id string) map[string]connector.Node {
		t.Helper()
		nodes, err := c.Browse(t.Context(), id)
		if err != nil {
			t.Fatalf("%q: %v", id, err)
		}
		out := map[string]connector.Node{}
		for _, n := range nodes {
			out[n.Name] = n
		}
		return out
	}
	root := list("")
	if len(root) != 1 || !root["plant"].HasChild {
		t.Errorf("root %v: a node that is silent is not known", root)
	}
	node := list(list("plant")["line1"].ID)
	if !node["press"].HasChild || node["live"].Type != "int" || node["bdSeq"].Writable {
		t.Errorf("node %v", node)
	}
	press := list(node["press"].ID)
	if !press["types"].HasChild || press["types"].Address != nil || press["read only"].Writable || press["empty"].Value != nil {
		t.Errorf("device %v", press)
	}
	temperature := list(press["温度"].ID)["入口"]
	if temperature.Unit != "°C" || temperature.Type != "float" || *temperature.Low != -20 || *temperature.High != 150 || string(temperature.Value) != "21.5" || !temperature.Writable {
		t.Errorf("temperature %+v", temperature)
	}
	motor := list(press["motor"].ID)
	if motor["speed"].Type != "float" || string(motor["名称"].Value) != `"一号"` || string(motor["drive/on"].Value) != "true" || motor["speed"].Unit != "1/min" {
		t.Errorf("motor %v", motor)
	}
	recipe := list(press["recipe"].ID)
	if len(recipe) != 6 || string(recipe["0/step"].Value) != "1" || recipe["0/step"].Type != "int" {
		t.Errorf("recipe %v", recipe)
	}
	types := list(press["types"].ID)
	for name, want := range map[string]string{"Int8": "int", "UInt64": "int", "Float": "float", "Boolean": "bool", "DateTime": "string", "Bytes": "bytes", "UUID": "string"} {
		if types[name].Type != want {
			t.Errorf("%s is %s", name, types[name].Type)
		}
	}
	for _, n := range types {
		if _, err := ParseAddress(n.Address, tag.Float); err != nil {
			t.Errorf("%s: %v", n.Address, err)
		}
	}
}

// A server that keeps births names nodes that are silent.
func TestAwareServer(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	peer.StartSparkplugNode(t, m.Port, "plant", "line1")
	m.Publish(t, "$sparkplug/certificates/spBv1.0/plant/NBIRTH/line1", "kept", "-r")
	for _, version := range []string{"5", "3.1.1"} {
		c := build(t, m.Port, fmt.Sprintf(`,"version":%q`, version))
		if err := c.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		nodes, err := c.Browse(t.Context(), "plant")
		if err != nil || len(nodes) != 1 || nodes[0].ID != "plant/line1" || !nodes[0].HasChild {
			t.Errorf("%v %v", nodes, err)
		}
	}
}

// The state of the host is retained, the broker says it when the connection breaks, and a death that
// somebody else left in our name is answered.
func TestHostState(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	proxy := peer.StartProxy(t, m.Port)
	sub := m.Subscribe(t, "spBv1.0/STATE/main")
	next := func(what string, online bool) {
		t.Helper()
		got := sub.Next(t)
		if !strings.Contains(got, fmt.Sprintf(`{"online":%v,"timestamp":1`, online)) {
			t.Fatalf("%s: %q", what, got)
		}
	}
	r := run(t, proxy.Port, `,"hostId":"main"`)
	next("birth", true)
	late := m.Subscribe(t, "spBv1.0/STATE/main")
	if got := late.Next(t); !strings.Contains(got, `"online":true`) {
		t.Errorf("retained: %q", got)
	}
	m.Publish(t, "spBv1.0/STATE/main", `{"online":false,"timestamp":1}`, "-r")
	next("somebody else's death", false)
	next("the answer", true)
	proxy.Cut()
	next("the will", false)
	peer.Await(t, "the loss", func() bool {
		select {
		case <-r.done:
			return true
		default:
			return false
		}
	})
	r.begin()
	next("the next birth", true)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	next("taking leave", false)
	// A test of the connection and a browse do not announce anything.
	c := build(t, m.Port, `,"hostId":"main"`)
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Browse(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	m.Publish(t, "spBv1.0/STATE/main", `{"online":false,"timestamp":12}`, "-r")
	if got := sub.Next(t); !strings.Contains(got, `"timestamp":12}`) {
		t.Errorf("between: %q", got)
	}
}

// Two Runs on one connection: what is known need not be asked for again.
func TestRunAgain(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	n := peer.StartSparkplugNode(t, m.Port, "plant", "line1")
	r := run(t, m.Port, "", "|live||int")
	r.await(0, tag.OfInt(0), tag.Good)
	asked := n.Tell(t, "count")
	r.stop()
	for range r.done {
		continue
	}
	n.Tell(t, "set - live 3") // while nobody listens
	got := make(chan tag.Sample, 10)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = r.Run(ctx, r.points, func(updates []connector.Update) {
			for _, u := range updates {
				got <- u.Sample
			}
		})
	}()
	for s := (tag.Sample{}); s.Value != tag.OfInt(3); {
		select {
		case s = <-got:
		case <-time.After(peer.Wait):
			t.Fatal("the value does not come")
		}
	}
	stop()
	<-ended
	if again := n.Tell(t, "count"); again != asked {
		t.Errorf("the node was asked %s times, then %s", asked, again)
	}
}

func TestBirthOfFiveThousand(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	n := peer.StartSparkplugNode(t, m.Port, "plant", "line1")
	var list []string
	var follow []string
	for i := range 5000 {
		list = append(list, fmt.Sprintf(`{"name":"区/测点 %d","type":"Double","value":%d}`, i, i))
		follow = append(follow, fmt.Sprintf("big|区/测点 %d||float", i))
	}
	n.Tell(t, "add big [%s]", strings.Join(list, ","))
	n.Tell(t, "birth")
	r := run(t, m.Port, "", follow...)
	r.await(0, tag.OfFloat(0), tag.Good)
	r.await(4999, tag.OfFloat(4999), tag.Good)
	n.Tell(t, `set big "区/测点 4998" 0.5`)
	r.await(4998, tag.OfFloat(0.5), tag.Good)
}

func TestSettings(t *testing.T) {
	for raw, place := range map[string]string{
		`{"url":"http://x"}`:                             "/url",
		`{"url":"mqtt://x","groups":"a,b/c"}`:            "/groups",
		`{"url":"mqtt://x","hostId":"a+b"}`:              "/hostId",
		`{"url":"mqtt://x","certificate":"x","key":"y"}`: "/certificate",
		`{"url":"mqtt://x","reorder":"2m"}`:              "/reorder",
		`{"url":"mqtt://x","hostId":"a\u0001"}`:          "/hostId",
	} {
		_, err := decodeSettings(json.RawMessage(raw))
		var ps spec.Problems
		if !errors.As(err, &ps) || ps[0].At != place {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		if zh := ps.In("zh"); zh[0].Message == ps[0].Message || zh[0].Hint == ps[0].Hint {
			t.Errorf("%s has no Chinese: %q %q", raw, ps[0].Message, ps[0].Hint)
		}
	}
	s, err := decodeSettings(json.RawMessage(`{"url":"mqtt://x","groups":" 甲, b ,"}`))
	if err != nil || len(s.groups) != 2 || s.groups[0] != "甲" || s.groups[1] != "b" {
		t.Errorf("%v %v", s, err)
	}
}

// Only the groups that are named are followed.
func TestGroups(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	n := peer.StartSparkplugNode(t, m.Port, "plant", "line1")
	r := run(t, m.Port, `,"groups":"elsewhere,plant"`, "|live||int")
	n.Tell(t, "set - live 4")
	r.await(0, tag.OfInt(4), tag.Good)
	other := run(t, m.Port, `,"groups":"elsewhere"`, "|live||int")
	other.await(0, tag.Value{}, tag.BadNoCommunication)
}
