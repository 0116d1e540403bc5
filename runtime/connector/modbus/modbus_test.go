package modbus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	wire "github.com/lineside/lineside/runtime/protocol/modbus"
	"github.com/lineside/lineside/runtime/tag"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// device makes and connects a connector at a port of this host.
func device(t testing.TB, port int, settings string) *Connector {
	t.Helper()
	c := unconnected(t, port, settings)
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

func unconnected(t testing.TB, port int, settings string) *Connector {
	t.Helper()
	if settings != "" {
		settings = "," + settings
	}
	return fromSettings(t, fmt.Sprintf(`{"host":"127.0.0.1","port":%d%s}`, port, settings))
}

func fromSettings(t testing.TB, settings string) *Connector {
	t.Helper()
	kind, _ := connector.Lookup("modbus")
	made, err := kind.New(json.RawMessage(settings))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = made.Close() })
	return made.(*Connector)
}

func at(t testing.TB, id int, typ tag.Type, address string) connector.Point {
	t.Helper()
	a, err := wire.ParseAddress(json.RawMessage(address), typ, false)
	if err != nil {
		t.Fatalf("address %s: %v", address, err)
	}
	return connector.Point{ID: id, Path: tag.Path(fmt.Sprintf("test/%d", id)), Address: a, Type: typ}
}

// read reads points by a fresh plan.
func read(t testing.TB, c *Connector, points ...connector.Point) map[int]tag.Sample {
	t.Helper()
	out := map[int]tag.Sample{}
	for _, r := range c.Plan(points) {
		updates, err := r.Read(t.Context(), nil)
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		if len(updates) != len(r.Points()) {
			t.Fatalf("%d updates for %d points", len(updates), len(r.Points()))
		}
		for _, u := range updates {
			out[u.Point] = u.Sample
		}
	}
	return out
}

func statusOf(t testing.TB, err error) tag.Quality {
	t.Helper()
	var status *connector.StatusError
	if !errors.As(err, &status) {
		t.Fatalf("error %v (%T) is not a status", err, err)
	}
	return status.Quality
}

var framings = map[string]struct{ settings, framer string }{
	"tcp":          {`"transport":"tcp"`, "tcp"},
	"rtu-over-tcp": {`"transport":"rtu-over-tcp"`, "rtu"}, "ascii-over-tcp": {`"transport":"ascii-over-tcp"`, "ascii"},
}

func TestReadsAndWritesPymodbus(t *testing.T) {
	for name, f := range framings {
		t.Run(name, func(t *testing.T) {
			server := peer.StartPymodbus(t, "--framer", f.framer, "--units", "1,7")
			c := device(t, server.Port, f.settings)

			got := read(t, c,
				at(t, 1, tag.Float, `{"table":"holding","address":100,"type":"float32","order":"CDAB"}`),
				at(t, 2, tag.Int, `{"table":"holding","address":110,"type":"int16"}`),
				at(t, 3, tag.Bool, `{"table":"coil","address":5}`),
				at(t, 4, tag.Bool, `{"table":"coil","address":6}`),
				at(t, 5, tag.Float, `{"table":"holding","address":120,"type":"uint16","unit":7}`),
			)
			want := map[int]tag.Value{1: tag.OfFloat(21.5), 2: tag.OfInt(-5), 3: tag.OfBool(true), 4: tag.OfBool(false), 5: tag.OfFloat(40)}
			for id, v := range want {
				if got[id].Value != v || got[id].Quality != tag.Good {
					t.Errorf("point %d is %v %v, want %v", id, got[id].Value, got[id].Quality, v)
				}
			}
			if err := c.Write(t.Context(), at(t, 6, tag.Int, `{"table":"holding","address":120,"type":"uint16"}`), tag.OfInt(77)); err != nil {
				t.Fatal(err)
			}
			if w := server.Get(t, "holding", 120, 1); w[0] != 77 {
				t.Errorf("register is %d after writing 77", w[0])
			}
		})
	}
}

// Every type in every order is written, must lie in the registers as the order says, and
// is read back.
func TestTypesAndOrders(t *testing.T) {
	server := peer.StartPymodbus(t)
	c := device(t, server.Port, "")
	f32, f64 := math.Float32bits(123456), math.Float64bits(-2.5e100)
	rows := []struct {
		kind  string
		typ   tag.Type
		value tag.Value
		words map[string][]uint16 // nil: as ABCD
	}{
		{"int16", tag.Int, tag.OfInt(-2), map[string][]uint16{"ABCD": {0xFFFE}, "CDAB": {0xFFFE}, "BADC": {0xFEFF}, "DCBA": {0xFEFF}}},
		{"uint16", tag.Float, tag.OfFloat(0x1234), map[string][]uint16{"ABCD": {0x1234}, "CDAB": {0x1234}, "BADC": {0x3412}, "DCBA": {0x3412}}},
		{"uint32", tag.Int, tag.OfInt(0x01020304), map[string][]uint16{"ABCD": {0x0102, 0x0304}, "CDAB": {0x0304, 0x0102}, "BADC": {0x0201, 0x0403}, "DCBA": {0x0403, 0x0201}}},
		{"int32", tag.Int, tag.OfInt(-2), map[string][]uint16{"ABCD": {0xFFFF, 0xFFFE}, "CDAB": {0xFFFE, 0xFFFF}, "BADC": {0xFFFF, 0xFEFF}, "DCBA": {0xFEFF, 0xFFFF}}},
		// The four forms of libmodbus's unit test: 123456.0.
		{"float32", tag.Float, tag.OfFloat(123456), map[string][]uint16{"ABCD": {0x47F1, 0x2000}, "CDAB": {0x2000, 0x47F1}, "BADC": {0xF147, 0x0020}, "DCBA": {0x0020, 0xF147}}},
		{"int64", tag.Int, tag.OfInt(0x0102030405060708), map[string][]uint16{"ABCD": {0x0102, 0x0304, 0x0506, 0x0708}, "CDAB": {0x0708, 0x0506, 0x0304, 0x0102}, "BADC": {0x0201, 0x0403, 0x0605, 0x0807}, "DCBA": {0x0807, 0x0605, 0x0403, 0x0201}}},
		{"uint64", tag.Float, tag.OfFloat(1 << 63), map[string][]uint16{"ABCD": {0x8000, 0, 0, 0}, "CDAB": {0, 0, 0, 0x8000}, "BADC": {0x0080, 0, 0, 0}, "DCBA": {0, 0, 0, 0x0080}}},
		{"float64", tag.Float, tag.OfFloat(-2.5e100), map[string][]uint16{"ABCD": {uint16(f64 >> 48), uint16(f64 >> 32), uint16(f64 >> 16), uint16(f64)}}},
		{"bcd16", tag.Int, tag.OfInt(1234), map[string][]uint16{"ABCD": {0x1234}, "DCBA": {0x3412}}},
		{"bcd32", tag.Int, tag.OfInt(12345678), map[string][]uint16{"ABCD": {0x1234, 0x5678}, "CDAB": {0x5678, 0x1234}}},
		{"bool", tag.Bool, tag.OfBool(true), map[string][]uint16{"ABCD": {1}}},
		{"string", tag.String, tag.OfString("Pümp1"), map[string][]uint16{"ABCD": {0x50C3, 0xBC6D, 0x7031, 0, 0}, "CDAB": {0x50C3, 0xBC6D, 0x7031, 0, 0}, "BADC": {0xC350, 0x6DBC, 0x3170, 0, 0}, "DCBA": {0xC350, 0x6DBC, 0x3170, 0, 0}}},
	}
	if f32 != 0x47F12000 {
		t.Fatal("the constant of libmodbus is another")
	}
	address := 1000
	for _, row := range rows {
		for order, words := range row.words {
			t.Run(row.kind+" "+order, func(t *testing.T) {
				length := ""
				if row.kind == "string" {
					length = `,"length":9`
				}
				p := at(t, 1, row.typ, fmt.Sprintf(`{"table":"holding","address":%d,"type":%q,"order":%q%s}`, address, row.kind, order, length))
				if err := c.Write(t.Context(), p, row.value); err != nil {
					t.Fatal(err)
				}
				if got := server.Get(t, "holding", address, len(words)); fmt.Sprint(got) != fmt.Sprint(words) {
					t.Errorf("registers are %04x, want %04x", got, words)
				}
				if got := read(t, c, p)[1]; got.Value != row.value || got.Quality != tag.Good {
					t.Errorf("read back %v %v, want %v", got.Value, got.Quality, row.value)
				}
				address += len(words)
			})
		}
	}
}

func TestDeviceGoneAndBack(t *testing.T) {
	for name, f := range framings {
		t.Run(name, func(t *testing.T) {
			server := peer.StartPymodbus(t, "--framer", f.framer)
			c := device(t, server.Port, f.settings)
			p := at(t, 1, tag.Int, `{"table":"holding","address":110,"type":"int16"}`)
			requests := c.Plan([]connector.Point{p})
			server.Kill()
			peer.Await(t, "the loss to be noticed", func() bool {
				_, err := requests[0].Read(t.Context(), nil)
				return errors.Is(err, connector.ErrNotConnected)
			})
			if err := c.Write(t.Context(), p, tag.OfInt(1)); !errors.Is(err, connector.ErrNotConnected) || errors.Is(err, connector.ErrUncertain) {
				t.Errorf("write to a device that is gone: %v", err)
			}
			if err := c.Connect(t.Context()); !errors.Is(err, connector.ErrNotConnected) {
				t.Errorf("connect to a device that is gone: %v", err)
			}
			server.Restart(t)
			if err := c.Connect(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := read(t, c, p)[1]; got.Value != tag.OfInt(-5) {
				t.Errorf("after the return: %v %v", got.Value, got.Quality)
			}
		})
	}
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() // it accepts, but never answers
	for _, settings := range []string{`"probe":false,"timeout":"1m"`, `"probe":false,"timeout":"1m","transport":"rtu-over-tcp"`} {
		c := device(t, l.Addr().(*net.TCPAddr).Port, settings)
		r := c.Plan([]connector.Point{at(t, 1, tag.Int, `{"table":"holding","address":0,"type":"int16"}`)})[0]
		done := make(chan error, 1)
		go func() {
			_, err := r.Read(context.Background(), nil)
			done <- err
		}()
		time.Sleep(20 * time.Millisecond) // the case is a read under way; without it the test passes all the same
		start := time.Now()
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-done; !errors.Is(err, connector.ErrNotConnected) {
			t.Errorf("read ended with %v", err)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("close took %v", took)
		}
	}
}
