package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a device under a clock that the test moves.
type rig struct {
	*Connector
	t     testing.TB
	clock time.Time
}

func newRig(t testing.TB, settings string) *rig {
	t.Helper()
	s, r, err := decodeSettings(json.RawMessage(settings))
	if err != nil {
		t.Fatal(err)
	}
	g := &rig{t: t, clock: time.Unix(1_700_000_000, 0)}
	g.Connector = newConnector(s, r, func() time.Time { return g.clock })
	if err := g.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *rig) pass(d time.Duration) { g.clock = g.clock.Add(d) }

func point(t testing.TB, id int, typ tag.Type, address string) connector.Point {
	t.Helper()
	a, err := ParseAddress(json.RawMessage(address), typ, false)
	if err != nil {
		t.Fatalf("address %s: %v", address, err)
	}
	return connector.Point{ID: id, Path: tag.Path(fmt.Sprint("test/", id)), Address: a, Type: typ}
}

func (g *rig) read(points ...connector.Point) []tag.Sample {
	g.t.Helper()
	requests := g.Plan(points)
	if len(requests) != 1 || len(requests[0].Points()) != len(points) {
		g.t.Fatalf("%d requests", len(requests))
	}
	updates, err := requests[0].Read(g.t.Context(), nil)
	if err != nil {
		g.t.Fatal(err)
	}
	out := make([]tag.Sample, len(updates))
	for i, u := range updates {
		out[i] = u.Sample
	}
	return out
}

func TestWaves(t *testing.T) {
	g := newRig(t, `{}`)
	g.clock = time.Unix(1000, 0) // a whole number of periods
	points := []connector.Point{
		point(t, 0, tag.Float, `{"kind":"sine","period":"20s","low":-10,"high":10}`),
		point(t, 1, tag.Float, `{"kind":"ramp","period":"20s"}`),
		point(t, 2, tag.Bool, `{"kind":"square","period":"20s","low":0,"high":1}`),
		point(t, 3, tag.Int, `{"kind":"ramp","period":"20s","low":0,"high":7,"phase":0.5}`),
	}
	for _, row := range []struct {
		after time.Duration
		want  []tag.Value
	}{
		{0, []tag.Value{tag.OfFloat(0), tag.OfFloat(0), tag.OfBool(true), tag.OfInt(4)}},
		{5 * time.Second, []tag.Value{tag.OfFloat(10), tag.OfFloat(25), tag.OfBool(true), tag.OfInt(5)}},
		{10 * time.Second, []tag.Value{tag.OfFloat(-10), tag.OfFloat(75), tag.OfBool(false), tag.OfInt(2)}},
	} {
		g.pass(row.after)
		for i, s := range g.read(points...) {
			if s.Quality != tag.Good || s.Value.Type() != row.want[i].Type() || math.Abs(s.Value.Float()-row.want[i].Float()) > 1e-9 {
				t.Errorf("point %d at %v is %v %v, want %v", i, g.clock.Unix(), s.Value, s.Quality, row.want[i])
			}
		}
	}
}

func TestSameSeedSameValues(t *testing.T) {
	run := func(settings string, step time.Duration) string {
		g := newRig(t, settings)
		points := []connector.Point{
			point(t, 0, tag.Float, `{"kind":"random-walk","name":"a"}`), point(t, 1, tag.Float, `{"kind":"random-walk","name":"b"}`),
			point(t, 2, tag.String, `{"kind":"machine"}`), point(t, 3, tag.Float, `{"kind":"machine","part":"speed"}`),
			point(t, 4, tag.Int, `{"kind":"machine","part":"counter"}`), point(t, 5, tag.Float, `{"kind":"machine","part":"current"}`),
		}
		for passed := time.Duration(0); passed < 10*time.Minute; passed += step {
			g.pass(step)
			for _, s := range g.read(points...) {
				if s.Quality != tag.Good {
					t.Fatalf("quality %v", s.Quality)
				}
			}
		}
		return fmt.Sprint(g.read(points...))
	}
	first := run(`{"seed":7}`, time.Second)
	if again := run(`{"seed":7}`, 5*time.Second); again != first {
		t.Errorf("with another scan interval\n%s\nis not\n%s", again, first)
	}
	if other := run(`{"seed":8}`, time.Second); other == first {
		t.Error("another seed gave the same values")
	}
}

func TestMachineGoesThroughItsStates(t *testing.T) {
	g := newRig(t, `{"machines":[{"name":"press","speed":60,"current":10,"faultWeight":3}]}`)
	state, speed := point(t, 0, tag.Int, `{"kind":"machine","name":"press"}`), point(t, 1, tag.Float, `{"kind":"machine","name":"press","part":"speed"}`)
	counter, current := point(t, 2, tag.Int, `{"kind":"machine","name":"press","part":"counter"}`), point(t, 3, tag.Float, `{"kind":"machine","name":"press","part":"current"}`)
	seen, last := map[int64]int{}, int64(0)
	for range 3600 {
		g.pass(time.Second)
		s := g.read(state, speed, counter, current)
		seen[s[0].Value.Int()]++
		if s[1].Value.Float() < 0 || s[1].Value.Float() > 60 || s[3].Value.Float() < 0 || s[3].Value.Float() > 11 {
			t.Fatalf("speed %v, current %v", s[1].Value, s[3].Value)
		}
		if n := s[2].Value.Int(); n < last || n > last+2 {
			t.Fatalf("counter went from %d to %d", last, n)
		} else {
			last = n
		}
	}
	if len(seen) != 3 || seen[stateRun] < seen[stateFault] || last < 1000 {
		t.Errorf("states %v, counter %d", seen, last)
	}
}

func TestSetpointAndFollower(t *testing.T) {
	g := newRig(t, `{}`)
	sp := point(t, 0, tag.Float, `{"kind":"setpoint","name":"oven","initial":20}`)
	pv := point(t, 1, tag.Float, `{"kind":"follow","setpoint":"oven","lag":"10s"}`)
	lost := point(t, 2, tag.Float, `{"kind":"follow","setpoint":"nobody"}`)
	if s := g.read(sp, pv, lost); s[0].Value != tag.OfFloat(20) || s[1].Value != tag.OfFloat(20) || s[2].Quality != tag.BadConfigurationError {
		t.Fatalf("at first %v", s)
	}
	g.pass(time.Hour)
	if err := g.Write(t.Context(), sp, tag.OfInt(120)); err != nil {
		t.Fatal(err)
	}
	if s := g.read(sp, pv); s[0].Value != tag.OfFloat(120) || s[1].Value != tag.OfFloat(20) {
		t.Errorf("just after the write %v", s)
	}
	g.pass(10 * time.Second)
	if s := g.read(sp, pv); math.Abs(s[1].Value.Float()-(20+100*(1-1/math.E))) > 1e-6 {
		t.Errorf("after one lag %v", s[1].Value)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if err := g.Write(t.Context(), sp, tag.OfInt(1)); !errors.Is(err, connector.ErrNotConnected) {
		t.Errorf("write when closed: %v", err)
	}
	if err := g.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := g.read(sp); s[0].Value != tag.OfFloat(120) {
		t.Errorf("after a reconnect %v", s)
	}
	var status *connector.StatusError
	if err := g.Write(t.Context(), pv, tag.OfInt(1)); !errors.As(err, &status) || status.Quality != tag.BadNotWritable {
		t.Errorf("write of a follower: %v", err)
	}
	if err := g.Write(t.Context(), sp, tag.OfString("hot")); !errors.As(err, &status) || status.Quality != tag.BadTypeMismatch {
		t.Errorf("write of a text: %v", err)
	}
}

func TestReplay(t *testing.T) {
	g := newRig(t, `{"csv":"time;temp;on;note\n2026-01-01 00:00:00;20.5;true;cold\n2026-01-01 00:00:10;30;false;\n2026-01-01 00:00:20;40;true;hot\n"}`)
	points := []connector.Point{
		point(t, 0, tag.Float, `{"kind":"replay","column":"temp"}`), point(t, 1, tag.Bool, `{"kind":"replay","column":"on"}`),
		point(t, 2, tag.String, `{"kind":"replay","column":"note"}`), point(t, 3, tag.Float, `{"kind":"replay","column":"none"}`),
		point(t, 4, tag.Float, `{"kind":"replay","column":"note"}`),
	}
	for _, row := range []struct {
		after time.Duration
		want  string
	}{
		{0, "20.5 true cold"}, {9 * time.Second, "20.5 true cold"}, {time.Second, "30 false BadNoData"}, {10 * time.Second, "40 true hot"},
		{10 * time.Second, "20.5 true cold"}, {30 * time.Hour, "20.5 true cold"},
	} {
		g.pass(row.after)
		s := g.read(points...)
		note := s[2].Value.String()
		if s[2].Quality != tag.Good {
			note = s[2].Quality.String()
		}
		if got := fmt.Sprintf("%v %v %s", s[0].Value, s[1].Value, note); got != row.want {
			t.Errorf("got %s, want %s", got, row.want)
		}
		if s[3].Quality != tag.BadConfigurationError || s[4].Quality.IsGood() {
			t.Errorf("missing column: %v, text as number: %v", s[3].Quality, s[4].Quality)
		}
	}
}

func TestBadSettingsAndAddresses(t *testing.T) {
	kind, _ := connector.Lookup("simulator")
	for _, raw := range []string{
		`{"csv":"time\n1"}`, `{"csv":"time,a\nx,1"}`, `{"csv":"time,a\n2,1\n1,1"}`, `{"csv":"time,a\n1,1,1"}`, `{"csv":"time,a"}`, `{"csv":"a,a,a\n1,2,3"}`,
		`{"csv":"time,a\n1,2","timeColumn":"t"}`, `{"seed":"x"}`, `{"nothing":1}`, `{"machines":[{}]}`,
	} {
		var ps spec.Problems
		if err := kind.Check(json.RawMessage(raw)); !errors.As(err, &ps) || ps[0].At == "" {
			t.Errorf("settings %s: %v", raw, err)
		}
	}
	for _, row := range []struct {
		raw      string
		typ      tag.Type
		writable bool
	}{
		{`{}`, tag.Float, false}, {`{"kind":"cosine"}`, tag.Float, false}, {`{"kind":"sine","low":5,"high":5}`, tag.Float, false}, {`{"kind":"sine"}`, tag.Float, true},
		{`{"kind":"sine"}`, tag.String, false}, {`{"kind":"replay"}`, tag.Float, false}, {`{"kind":"setpoint","initial":"x"}`, tag.Float, true}, {`{"kind":"sine","period":"0s"}`, tag.Float, false},
	} {
		if _, err := kind.Address(json.RawMessage(row.raw), row.typ, row.writable); err == nil {
			t.Errorf("address %s as %v was accepted", row.raw, row.typ)
		}
	}
}

// Everything that browsing offers can be made a tag and has a good value.
func TestBrowsedAddressesWork(t *testing.T) {
	g := newRig(t, `{"csv":"t,speed,on\n0,1.5,true\n1,2,false","machines":[{"name":"press"}]}`)
	kind, _ := connector.Lookup("simulator")
	leaves := 0
	var visit func(id string)
	visit = func(id string) {
		nodes, err := g.Browse(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range nodes {
			if n.HasChild {
				visit(n.ID)
				continue
			}
			typ, _ := tag.ParseType(n.Type)
			a, err := kind.Address(n.Address, typ, n.Writable)
			if err != nil {
				t.Errorf("%s: %v", n.ID, err)
				continue
			}
			leaves++
			if s := g.read(connector.Point{ID: 1, Address: a, Type: typ}); s[0].Quality != tag.Good {
				t.Errorf("%s has %v", n.ID, s[0].Quality)
			}
		}
	}
	visit("")
	if leaves != 5+2+4+4+2 {
		t.Errorf("%d leaves", leaves)
	}
	if _, err := g.Browse(t.Context(), "nowhere"); err == nil {
		t.Error("browsing nowhere worked")
	}
}

func FuzzRecording(f *testing.F) {
	f.Add("time,a\n0,1\n1,2", "", int64(1))
	f.Add("a;time\n\"x\ny\";2026-01-01 00:00\n;2026-01-02 00:00", "time", int64(1e15))
	f.Fuzz(func(t *testing.T, text, column string, at int64) {
		r, err := parseRecording(text, column)
		if err != nil {
			return
		}
		for name, values := range r.columns {
			if len(values) != len(r.times) {
				t.Fatalf("column %q has %d values in %d rows", name, len(values), len(r.times))
			}
			r.at(name, time.Duration(at))
		}
	})
}
