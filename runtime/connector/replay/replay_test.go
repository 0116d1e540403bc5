package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/conformance"
	"github.com/lineside/lineside/runtime/connector/folder"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Device {
		dir := t.TempDir()
		folder.Allow(dir)
		t.Cleanup(func() { folder.Allow("") })
		name := filepath.Join(dir, "r.jsonl")
		text := `{"time":0,"f":-1.5e-9,"i":9223372036854775807,"b":true,"s":"线 \"1\"\n","e":"","y":"AP8K","j":[[1,2],[3,4]],"n":"NaN"}` + "\n"
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		at := func(name string) string { return fmt.Sprintf(`{"tag":%q}`, name) }
		return &conformance.Device{
			Connector: "replay", ReadOnly: true,
			Settings: func(int) string { return `{"file":"r.jsonl"}` },
			Live:     conformance.Tag{Address: at("i"), Type: tag.Int},
			Values: []conformance.Tag{
				{Address: at("f"), Type: tag.Float, Value: tag.OfFloat(-1.5e-9)}, {Address: at("i"), Type: tag.Int, Value: tag.OfInt(math.MaxInt64)}, {Address: at("b"), Type: tag.Bool, Value: tag.OfBool(true)}, {Address: at("s"), Type: tag.String, Value: tag.OfString("线 \"1\"\n")},
				{Address: at("e"), Type: tag.String, Value: tag.OfString("")}, {Address: at("y"), Type: tag.Bytes, Value: tag.OfBytes([]byte{0, 255, 10})}, {Address: at("j"), Type: tag.JSON, Value: tag.OfJSON("[[1,2],[3,4]]")}, {Address: at("n"), Type: tag.Float, Value: tag.OfFloat(math.NaN())},
			},
			Invalid: []string{`{}`, `{"tag":""}`},
			Refused: []conformance.Bad{{Tag: conformance.Tag{Address: at("i"), Type: tag.Int, Value: tag.OfInt(1)}, Quality: tag.BadNotWritable}},
		}
	})
}

// show is a connector that plays, and what it has shown.
type show struct {
	*Connector
	mu  sync.Mutex
	got []connector.Update
	end chan error
}

func open(t *testing.T, text, settings string) *Connector {
	t.Helper()
	raw, _ := json.Marshal(text)
	s, err := decodeSettings(json.RawMessage(fmt.Sprintf(`{"source":"text","text":%s%s}`, raw, settings)))
	if err != nil {
		t.Fatal(err)
	}
	c := newConnector(s)
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// play runs until the test ends or stop is called.
func play(t *testing.T, c *Connector, typ tag.Type, tags ...string) (s *show, stop func()) {
	t.Helper()
	s = &show{Connector: c, end: make(chan error, 1)}
	var points []connector.Point
	for i, name := range tags {
		points = append(points, connector.Point{ID: i, Type: typ, Address: &Address{Tag: name}})
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.end <- c.Run(ctx, points, func(u []connector.Update) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.got = append(s.got, u...)
		})
	}()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return s, stop
}

// first waits for a number of updates.
func (s *show) first(t *testing.T, n int) []connector.Update {
	t.Helper()
	var out []connector.Update
	peer.Await(t, fmt.Sprintf("%d updates", n), func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		out = append(out[:0], s.got...)
		return len(out) >= n
	})
	return out[:n]
}

// TestEverySample: all that was recorded comes, in order, as far apart as it was, with times of now.
func TestEverySample(t *testing.T) {
	var text strings.Builder
	text.WriteString("time,tag,value\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "%g,a,%d\n", float64(i)/10, i)
	}
	for _, speed := range []float64{1000, 100} {
		began := time.Now()
		s, _ := play(t, open(t, text.String(), fmt.Sprintf(`,"speed":%g,"loop":false`, speed)), tag.Int, "a")
		got := s.first(t, 1000)
		if took, least := time.Since(began), time.Duration(99.9/speed*float64(time.Second)); took < least-gather {
			t.Errorf("speed %g: over after %v, sooner than %v", speed, took, least)
		}
		for i, u := range got {
			apart := time.Duration(u.Sample.Source - got[0].Sample.Source)
			want := time.Duration(float64(i) * 1e8 / speed)
			if u.Sample.Value != tag.OfInt(int64(i)) || u.Sample.Quality != tag.Good || (apart-want).Abs() > time.Microsecond {
				t.Fatalf("speed %g: sample %d is %v, %v after the first", speed, i, u.Sample, apart)
			}
		}
		if at := got[0].Sample.Source.Std(); at.Before(began.Add(-time.Second)) || at.After(time.Now()) {
			t.Errorf("it begins at %v", at)
		}
	}
}

// TestAgain: a round follows the other, the last row holding as long as the one before it.
func TestAgain(t *testing.T) {
	s, _ := play(t, open(t, "time,a,b\n0,1,x\n10,2,\n20,3,y\n", `,"speed":100`), tag.String, "a", "b", "c")
	got := s.first(t, 25)
	var a []string
	var times []time.Duration
	var first tag.Time
	absent := 0
	for _, u := range got {
		switch {
		case u.Point == 2:
			absent++
			if u.Sample.Quality != tag.BadNodeIDUnknown {
				t.Errorf("a tag that is not there: %v", u.Sample)
			}
		case u.Point == 0:
			if first == 0 {
				first = u.Sample.Source
			}
			a = append(a, u.Sample.Value.Text())
			times = append(times, time.Duration(u.Sample.Source-first).Round(time.Millisecond))
		}
	}
	if fmt.Sprint(a[:7]) != "[1 2 3 1 2 3 1]" || fmt.Sprint(times[:7]) != "[0s 100ms 200ms 300ms 400ms 500ms 600ms]" || absent == 0 {
		t.Error(a, times, absent)
	}
}

// TestFromTo: what held at the beginning is there at once, and nothing of after the end.
func TestFromTo(t *testing.T) {
	text := "time,a,b\n2026-01-01 00:00:00,1,10\n2026-01-01 00:00:10,2,\n2026-01-01 00:00:20,3,30\n2026-01-01 00:00:30,4,40\n"
	s, _ := play(t, open(t, text, `,"speed":100,"from":"2026-01-01 00:00:15","to":"2026-01-01 00:00:25"`), tag.Int, "a", "b")
	got := s.first(t, 8)
	values := map[int][]string{}
	for _, u := range got {
		values[u.Point] = append(values[u.Point], u.Sample.Value.String()+" "+u.Sample.Quality.String())
	}
	if fmt.Sprint(values) != "map[0:[2 Good 3 Good 2 Good 3 Good] 1:[null BadNoData 30 Good null BadNoData 30 Good]]" {
		t.Error(values)
	}
	var points []time.Duration
	for _, u := range got {
		if u.Point == 0 {
			points = append(points, time.Duration(u.Sample.Source-got[0].Sample.Source).Round(time.Millisecond))
		}
	}
	if fmt.Sprint(points) != "[0s 50ms 100ms 150ms]" { // a round is as long as from–to
		t.Error(points)
	}
	s, _ = play(t, open(t, text, `,"from":"2027-01-01"`), tag.Int, "a")
	if err := <-s.end; !errors.Is(err, connector.ErrNotConnected) {
		t.Errorf("nothing in the time: %v", err)
	}
	s, _ = play(t, open(t, text, `,"speed":1000,"keepTimes":true,"loop":false`), tag.Int, "a")
	if got := s.first(t, 4); got[3].Sample.Source.Std().Format(time.DateTime) != "2026-01-01 00:00:30" {
		t.Error(got)
	}
}

// TestGoesOn: when the tags change, or the connection is made anew, it is not played from the
// beginning; what is missed is not made up for.
func TestGoesOn(t *testing.T) {
	var text strings.Builder
	text.WriteString("time,a\n")
	for i := range 100_000 {
		fmt.Fprintf(&text, "%g,%d\n", float64(i)/100, i%1000)
	}
	c := open(t, text.String()[:400_000], `,"speed":10`)
	s, stop := play(t, c, tag.Int, "a")
	s.first(t, 200)
	stop()
	time.Sleep(100 * time.Millisecond) // in which a hundred samples pass
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, _ = play(t, c, tag.Int, "a", "a")
	got := s.first(t, 4)
	if n := got[0].Sample.Value.Int(); n < 290 || got[0].Sample.Value != got[1].Sample.Value {
		t.Errorf("it goes on at %v", got[:4])
	}
}

func TestBroken(t *testing.T) {
	s, _ := play(t, open(t, "time,tag,value,quality\nx,a,1,Good\n0,a,2,Good\n1,a\n2,a,3,soso\n3,a,4,BadSensorFailure\n4,a,x,Good\n5,a,6,Uncertain\n", `,"speed":100,"loop":false`), tag.Int, "a")
	var got []string
	for _, u := range s.first(t, 4) {
		got = append(got, u.Sample.Value.String()+" "+u.Sample.Quality.String())
	}
	if fmt.Sprint(got) != "[2 Good null BadSensorFailure null BadTypeMismatch 6 Uncertain]" {
		t.Error(got)
	}
	for _, bad := range []string{
		`{}`, `{"file":"../x"}`, `{"source":"text"}`, `{"source":"text","text":"x"}`, `{"source":"text","text":"time,a\n1,1","speed":0}`, `{"source":"text","text":"time,a\n1,1","from":"x"}`, `{"source":"text","text":"time,a\n1,1","from":"5","to":"4"}`, `{"source":"text","text":"time,a\n1,1","to":"x"}`,
		`{"source":"text","text":"time,a\n1,1","zone":"Mars"}`,
	} {
		if _, err := decodeSettings(json.RawMessage(bad)); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
	folder.Allow(t.TempDir())
	defer folder.Allow("")
	st, err := decodeSettings(json.RawMessage(`{"file":"nothing.csv"}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := newConnector(st).Connect(t.Context()); !errors.Is(err, connector.ErrNotConnected) {
		t.Error(err)
	}
	// A recording of no length does not spin.
	s, stop := play(t, open(t, "time,a\n1,1\n", `,"speed":10000`), tag.Int, "a")
	s.first(t, 3)
	stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.got) > 100 {
		t.Errorf("%d updates", len(s.got))
	}
}

func TestClose(t *testing.T) {
	c := open(t, "time,a\n0,1\n3600,2\n", "")
	s, _ := play(t, c, tag.Int, "a")
	s.first(t, 1)
	_ = c.Close()
	if err := <-s.end; !errors.Is(err, connector.ErrNotConnected) {
		t.Error(err)
	}
}

func TestBrowse(t *testing.T) {
	nodes, err := open(t, "time,tag,value\n0,a/b,\n1,a/b,1.5\n2,温度,x\n", "").Browse(t.Context(), "")
	if err != nil || len(nodes) != 2 || nodes[0].Name != "a/b" || nodes[0].Type != "float" || string(nodes[0].Value) != "1.5" || nodes[1].Type != "string" || string(nodes[1].Address) != `{"tag":"温度"}` {
		t.Errorf("%+v %v", nodes, err)
	}
}
