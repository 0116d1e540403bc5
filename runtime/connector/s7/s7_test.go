package s7

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

// unconnected makes a connector; more are further settings.
func unconnected(t testing.TB, port int, more string) *Connector {
	t.Helper()
	s, err := decodeSettings(json.RawMessage(fmt.Sprintf(`{"host":"127.0.0.1","port":%d%s}`, port, more)))
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func connected(t testing.TB, port int, more string) *Connector {
	t.Helper()
	c := unconnected(t, port, more)
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

func at(t testing.TB, id int, where string, typ tag.Type) connector.Point {
	t.Helper()
	a, err := ParseAddress(json.RawMessage(address(where)), typ, false)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	return connector.Point{ID: id, Path: tag.Path(where), Address: a, Type: typ}
}

func read(t testing.TB, c *Connector, points ...connector.Point) map[int]tag.Sample {
	t.Helper()
	out := map[int]tag.Sample{}
	for _, r := range c.Plan(points) {
		updates, err := r.Read(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range updates {
			if _, twice := out[u.Point]; twice {
				t.Fatalf("point %d came twice", u.Point)
			}
			out[u.Point] = u.Sample
		}
	}
	if len(out) != len(points) {
		t.Fatalf("%d samples of %d points", len(out), len(points))
	}
	return out
}

func write(t testing.TB, c *Connector, where string, v tag.Value) {
	t.Helper()
	if err := c.Write(t.Context(), at(t, 0, where, v.Type()), v); err != nil {
		t.Fatalf("write %s: %v", where, err)
	}
}

func quality(t testing.TB, err error) tag.Quality {
	t.Helper()
	var status *connector.StatusError
	if !errors.As(err, &status) {
		t.Fatalf("%v has no quality", err)
	}
	return status.Quality
}

// Another client reads what we wrote as it was meant.
func TestNodes7ReadsWhatWasWritten(t *testing.T) {
	plc := peer.StartSnap7(t)
	plc.Set(t, "db1", 4, 0xFF, 0)
	c := connected(t, plc.Port, "")
	write(t, c, "DB1.DBW0:INT", tag.OfInt(-1234))
	write(t, c, "DB1.DBX4.3", tag.OfBool(false))
	write(t, c, "DB1.DBX5.3", tag.OfBool(true))
	write(t, c, "DB1.DBD6:REAL", tag.OfFloat(-1.5))
	write(t, c, "DB1.DBD10:DINT", tag.OfInt(-70000))
	write(t, c, "DB1.DBD14:UDINT", tag.OfInt(4e9))
	write(t, c, "DB1.DBB20:LREAL", tag.OfFloat(math.Pi))
	write(t, c, "DB1.DBB30:STRING[12]", tag.OfString("Pump 1"))
	write(t, c, "DB1.DBB50:DT", tag.OfString("2024-02-29T13:14:15.678"))
	write(t, c, "DB1.DBB60:DTL", tag.OfString("2030-12-31T23:59:58.5"))
	write(t, c, "DB1.DBW80:INT[3]", tag.OfJSON(`[1,-2,3]`))
	write(t, c, "MW20", tag.OfInt(40000))
	got := plc.ReadByNodes7(t, "DB1,INT0", "DB1,X4.3", "DB1,X4.2", "DB1,X5.3", "DB1,X5.2", "DB1,REAL6", "DB1,DINT10", "DB1,DWORD14", "DB1,LREAL20", "DB1,S30.12", "DB1,DTZ50", "DB1,DTLZ60", "DB1,INT80.3", "MW20")
	for name, want := range map[string]any{
		"DB1,INT0": -1234.0, "DB1,X4.3": false, "DB1,X4.2": true, "DB1,X5.3": true, "DB1,X5.2": false, "DB1,REAL6": -1.5, "DB1,DINT10": -70000.0, "DB1,DWORD14": 4e9,
		"DB1,LREAL20": math.Pi, "DB1,S30.12": "Pump 1", "DB1,DTZ50": "2024-02-29T13:14:15.678Z", "DB1,DTLZ60": "2030-12-31T23:59:58.500Z", "MW20": 40000.0,
	} {
		if got[name] != want {
			t.Errorf("%s is %v to nodes7, want %v", name, got[name], want)
		}
	}
	if list := fmt.Sprint(got["DB1,INT80.3"]); list != "[1 -2 3]" {
		t.Errorf("the list is %s to nodes7", list)
	}
}

func TestTimersAndCounters(t *testing.T) {
	plc := peer.StartSnap7(t)
	plc.Set(t, "t", 0, 0x21, 0x27) // 127 of 1 s
	plc.Set(t, "c", 0, 0x09, 0x99)
	c := connected(t, plc.Port, "")
	got := read(t, c, at(t, 1, "T0", tag.Int), at(t, 2, "C0", tag.Int))
	if got[1].Value != tag.OfInt(127_000) || got[2].Value != tag.OfInt(999) {
		t.Errorf("timer %v, counter %v", got[1], got[2])
	}
	plc.Set(t, "t", 0, 0x2F, 0xFF)
	if got := read(t, c, at(t, 1, "T0", tag.Int)); got[1].Quality != tag.BadDecodingError {
		t.Errorf("a timer of no digits is %v", got[1])
	}
}

func TestIdentify(t *testing.T) {
	plc := peer.StartSnap7(t)
	for _, pdu := range []int{240, 960} { // in several parts, and in one
		c := connected(t, plc.Port, fmt.Sprintf(`,"pdu":%d`, pdu))
		got, err := c.Identify(t.Context())
		if want := "CPU 315-2 PN/DP · 6ES7 315-2EH14-0AB0 · V3.2.6 · “SNAP7-SERVER” · RUN"; got != want || err != nil {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
	if _, err := unconnected(t, plc.Port, "").Identify(t.Context()); !errors.Is(err, connector.ErrNotConnected) {
		t.Errorf("without a connection: %v", err)
	}
}

// count makes a proxy that counts what the controller sends.
func count(t testing.TB, port int) (*peer.Proxy, *atomic.Int64) {
	proxy, n := peer.StartProxy(t, port), new(atomic.Int64)
	proxy.Set(func() peer.Fault {
		return func(piece []byte) [][]byte {
			n.Add(1)
			return [][]byte{piece}
		}
	})
	return proxy, n
}

// Neighbours are read as one run of bytes, and many runs in one message.
func TestPacking(t *testing.T) {
	plc := peer.StartSnap7(t)
	image := make([]byte, 40_000)
	for i := range image {
		image[i] = byte(rand.N(200)) // no exponent of all ones
	}
	plc.Set(t, "db2", 0, image...)
	proxy, exchanges := count(t, plc.Port)
	for _, row := range []struct {
		name      string
		pdu       int
		addresses func(i int) string
		points    int
		at        func(i int) int // byte
		messages  int64
	}{
		{"10,000 numbers side by side", 960, func(i int) string { return fmt.Sprintf("DB2.DBD%d:DWORD", 4*i) }, 10_000, func(i int) int { return 4 * i }, 43},
		{"the same of a small controller", 240, func(i int) string { return fmt.Sprintf("DB2.DBD%d:DWORD", 4*i) }, 1000, func(i int) int { return 4 * i }, 19},
		{"with small gaps", 960, func(i int) string { return fmt.Sprintf("DB2.DBD%d:DWORD", 20*i) }, 100, func(i int) int { return 20 * i }, 3},
		{"far apart", 960, func(i int) string { return fmt.Sprintf("DB2.DBD%d:DWORD", 400*i) }, 100, func(i int) int { return 400 * i }, 5},
		{"far apart in a small controller", 240, func(i int) string { return fmt.Sprintf("DB2.DBD%d:DWORD", 400*i) }, 95, func(i int) int { return 400 * i }, 5},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := connected(t, proxy.Port, fmt.Sprintf(`,"pdu":%d`, row.pdu))
			var points []connector.Point
			for i := range row.points {
				points = append(points, at(t, i, row.addresses(i), tag.Int))
			}
			rand.Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
			before := exchanges.Load()
			got := read(t, c, points...)
			if n := exchanges.Load() - before; n != row.messages {
				t.Errorf("%d messages, want %d", n, row.messages)
			}
			for i := range row.points {
				if want := tag.OfInt(int64(binary.BigEndian.Uint32(image[row.at(i):]))); got[i].Value != want {
					t.Fatalf("point %d is %v, want %v", i, got[i], want)
				}
			}
		})
	}
}

// Of a block that is shorter than the plant believes, what is there is good, what is not
// is bad, and what was refused is left alone for a while.
func TestShortBlock(t *testing.T) {
	plc := peer.StartSnap7(t)
	plc.Set(t, "db7", 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
	proxy, exchanges := count(t, plc.Port)
	for range 30 {
		c := connected(t, proxy.Port, "")
		var points []connector.Point
		var ends, starts []int
		for i := range 1 + rand.N(40) {
			start, size := rand.N(20), 1<<rand.N(3)
			name := map[int]string{1: "DB7.DBB%d", 2: "DB7.DBW%d", 4: "DB7.DBD%d"}[size]
			points = append(points, at(t, i, fmt.Sprintf(name, start), tag.Int))
			starts, ends = append(starts, start), append(ends, start+size)
		}
		requests := c.Plan(points)
		for round := range 3 {
			before := exchanges.Load()
			for _, r := range requests {
				updates, err := r.Read(t.Context(), nil)
				if err != nil || len(updates) != len(r.Points()) {
					t.Fatalf("%d updates of %d points, %v", len(updates), len(r.Points()), err)
				}
				for _, u := range updates {
					want := tag.Good
					if ends[u.Point] > 10 {
						want = tag.BadNodeIDUnknown
					}
					first := u.Sample.Value.Int() >> (8 * (ends[u.Point] - starts[u.Point] - 1))
					if u.Sample.Quality != want || want == tag.Good && first != int64(starts[u.Point]) {
						t.Fatalf("%s is %v %v, want %v", points[u.Point].Path, u.Sample.Value, u.Sample.Quality, want)
					}
				}
			}
			if n := exchanges.Load() - before; round > 0 && n > 1 {
				t.Errorf("%d messages for what one can bring", n)
			}
		}
		c.Close()
	}
}

// A long value goes over in several messages.
func TestLongValues(t *testing.T) {
	plc := peer.StartSnap7(t)
	c := connected(t, plc.Port, `,"pdu":240,"encoding":"gb18030"`)
	all := make([]byte, 2000)
	for i := range all {
		all[i] = byte(rand.N(256))
	}
	for where, v := range map[string]tag.Value{
		"DB1.DBB0:BYTE[2000]": tag.OfBytes(all), "DB2.DBB0:STRING": tag.OfString(strings.Repeat("阀门", 63)), "DB2.DBB1000:WSTRING[2000]": tag.OfString(strings.Repeat("泵 P-1 ", 300)),
	} {
		write(t, c, where, v)
		if got := read(t, c, at(t, 1, where, v.Type()), at(t, 2, "DB1.DBB0", tag.Int)); got[1].Value != v || got[1].Quality != tag.Good {
			t.Errorf("%s came back as %v", where, got[1])
		}
	}
}

// The longest length of a text is the controller's.
func TestTextLengths(t *testing.T) {
	plc := peer.StartSnap7(t)
	c := connected(t, plc.Port, "")
	plc.Set(t, "db1", 0, 5, 0, 'x', 'x', 'x', 'x', 'x', 'n', 'e', 'x', 't')
	p := at(t, 1, "DB1.DBB0:STRING[20]", tag.String)
	if err := c.Write(t.Context(), p, tag.OfString("six678")); quality(t, err) != tag.BadOutOfRange {
		t.Errorf("a text longer than the controller's: %v", err)
	}
	write(t, c, "DB1.DBB0:STRING[20]", tag.OfString("five5"))
	if got := plc.Get(t, "db1", 0, 11); string(got) != "\x05\x05five5next" {
		t.Errorf("the controller has %q", got)
	}
	write(t, c, "DB1.DBB0:STRING[20]", tag.OfString(""))
	if got := plc.Get(t, "db1", 0, 3); string(got) != "\x05\x00f" {
		t.Errorf("the controller has %q", got)
	}
	plc.Set(t, "db1", 0, 254, 30)
	if got := read(t, c, p); got[1].Quality != tag.BadDecodingError {
		t.Errorf("a text longer than the address says is %v", got[1])
	}
	write(t, c, "DB1.DBB100:STRING[20]", tag.OfString("new"))
	if got := plc.Get(t, "db1", 100, 5); string(got) != "\x14\x03new" {
		t.Errorf("a text that was never used is %q", got)
	}
}

// A controller that stops answering without closing anything is lost after two time-outs,
// and found again when it answers.
func TestStopsAnswering(t *testing.T) {
	plc := peer.StartSnap7(t)
	c := connected(t, plc.Port, `,"timeout":"300ms"`)
	p := at(t, 1, "DB1.DBW0", tag.Int)
	plc.Tell(t, "lock db1")
	requests := c.Plan([]connector.Point{p})
	if _, err := requests[0].Read(t.Context(), nil); quality(t, err) != tag.BadTimeout {
		t.Errorf("the first: %v", err)
	}
	if _, err := requests[0].Read(t.Context(), nil); !errors.Is(err, connector.ErrNotConnected) {
		t.Errorf("the second: %v", err)
	}
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.Write(t.Context(), p, tag.OfInt(7)); !errors.Is(err, connector.ErrUncertain) || errors.Is(err, connector.ErrNotConnected) {
		t.Errorf("a write: %v", err)
	}
	plc.Tell(t, "unlock db1")
	peer.Await(t, "the controller to be back", func() bool {
		updates, err := c.Plan([]connector.Point{p})[0].Read(t.Context(), nil)
		if errors.Is(err, connector.ErrNotConnected) {
			err = c.Connect(t.Context())
		}
		return err == nil && len(updates) == 1 && updates[0].Sample.Quality == tag.Good && updates[0].Sample.Value == tag.OfInt(7)
	})
}

func BenchmarkRead10000(b *testing.B) {
	plc := peer.StartSnap7(b)
	c := connected(b, plc.Port, "")
	var points []connector.Point
	for i := range 10_000 {
		points = append(points, at(b, i, fmt.Sprintf("DB2.DBD%d:REAL", 4*i), tag.Float))
	}
	requests := c.Plan(points)
	var updates []connector.Update
	b.ReportAllocs()
	for b.Loop() {
		for _, r := range requests {
			var err error
			if updates, err = r.Read(context.Background(), updates[:0]); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(time.Second)/float64(b.Elapsed())*float64(b.N)*10_000, "values/s")
}
