package modbus

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	wire "github.com/lineside/lineside/runtime/protocol/modbus"
	"github.com/lineside/lineside/runtime/tag"
)

// libmodbus's unit test server misbehaves at certain addresses; whatever it does, the
// next request has its right answer.
func TestSurvivesLibmodbus(t *testing.T) {
	port := peer.StartLibmodbus(t)
	c := unconnected(t, port, `"unit":255,"timeout":"400ms"`)
	holding := func(address int, kind string) connector.Point {
		return at(t, 1, tag.Int, fmt.Sprintf(`{"table":"holding","address":%d,"type":%q}`, address, kind))
	}
	connect := func() { // every connection is one to a new server, with empty registers
		t.Helper()
		peer.Await(t, "the server to take a connection", func() bool { return c.Connect(t.Context()) == nil })
		for i, v := range []int64{0x022B, 1, 0x64} {
			if err := c.Write(t.Context(), holding(0x160+i, "uint16"), tag.OfInt(v)); err != nil {
				t.Fatal(err)
			}
		}
	}
	connect()
	one := func(p connector.Point) (tag.Sample, error) {
		updates, err := c.Plan([]connector.Point{p})[0].Read(t.Context(), nil)
		if err != nil {
			return tag.Sample{}, err
		}
		return updates[0].Sample, nil
	}
	for _, row := range []struct {
		what    string
		address int
		kind    string
		quality tag.Quality // of the error; Good: no error
	}{
		{"busy (exception 6)", 0x170, "uint16", tag.BadResourceUnavailable},
		{"another transaction's number", 0x171, "uint16", tag.BadTimeout},
		{"half a second late", 0x172, "uint16", tag.BadTimeout},
		{"byte by byte", 0x173, "uint16", tag.Good},
		{"fewer registers than asked for", 0x160, "uint32", tag.BadCommunicationError},
		{"no such address", 0x100, "uint16", tag.BadNodeIDUnknown},
	} {
		t.Run(row.what, func(t *testing.T) {
			s, err := one(holding(row.address, row.kind))
			if err != nil {
				s.Quality = statusOf(t, err)
			}
			if s.Quality != row.quality {
				t.Errorf("quality %v (%v), want %v", s.Quality, err, row.quality)
			}
			peer.Await(t, "the next request to have its answer", func() bool { // half a second of sleep is another time-out
				s, err = one(holding(0x162, "uint16"))
				if errors.Is(err, connector.ErrNotConnected) {
					connect()
				}
				if err == nil && s.Value != tag.OfInt(0x64) {
					t.Fatalf("the next request got %v", s.Value)
				}
				return err == nil
			})
		})
	}
	for what, p := range map[string]connector.Point{
		"coil":     at(t, 1, tag.Bool, fmt.Sprintf(`{"table":"coil","address":%d}`, 0x132)),
		"register": holding(0x170, "uint16"),
	} {
		// The server answers a write of the wrong length, as it believes, by an exception.
		if err := c.Write(t.Context(), p, tag.OfInt(1)); err == nil {
			t.Errorf("write of a %s that the server garbles was said to be done", what)
		} else if errors.Is(err, connector.ErrNotConnected) {
			connect()
		}
	}
	if s, err := one(at(t, 1, tag.Int, `{"table":"input","address":264,"type":"uint16"}`)); err != nil || s.Value != tag.OfInt(10) {
		t.Errorf("input register: %v %v", s, err)
	}
}

func TestModbusSerial(t *testing.T) {
	c := device(t, peer.StartModbusSerial(t), "")
	got := read(t, c,
		at(t, 1, tag.Int, `{"table":"holding","address":660,"type":"uint16"}`), at(t, 2, tag.Int, `{"table":"holding","address":666,"type":"uint16"}`),
		at(t, 3, tag.Int, `{"table":"holding","address":670,"type":"uint16"}`), at(t, 4, tag.Int, `{"table":"input","address":7,"type":"uint16"}`),
		at(t, 5, tag.Bool, `{"table":"coil","address":3}`),
	)
	for id, want := range map[int]tag.Sample{1: {Value: tag.OfInt(660)}, 2: {Quality: tag.BadNodeIDUnknown}, 3: {Value: tag.OfInt(670)}, 4: {Value: tag.OfInt(42)}, 5: {Value: tag.OfBool(true)}} {
		if got[id].Value != want.Value || got[id].Quality != want.Quality {
			t.Errorf("point %d is %v %v, want %v %v", id, got[id].Value, got[id].Quality, want.Value, want.Quality)
		}
	}
	for _, settings := range []string{``, `"writeRegister":"fc16","writeCoil":"fc15"`} {
		c := device(t, peer.StartModbusSerial(t), settings)
		r, b := at(t, 1, tag.Int, `{"table":"holding","address":9,"type":"uint16"}`), at(t, 2, tag.Bool, `{"table":"coil","address":9}`)
		if err := c.Write(t.Context(), r, tag.OfInt(99)); err != nil {
			t.Fatal(err)
		}
		if err := c.Write(t.Context(), b, tag.OfBool(true)); err != nil {
			t.Fatal(err)
		}
		if got := read(t, c, r, b); got[1].Value != tag.OfInt(99) || got[2].Value != tag.OfBool(true) {
			t.Errorf("with {%s} read back %v", settings, got)
		}
	}
}

// Points are read in as few requests as the limits allow, and a refused address is cut
// out, remembered, and left alone.
func TestCoalescingAndSplitting(t *testing.T) {
	server := peer.StartPymodbus(t)
	register := func(id, address int) connector.Point {
		return at(t, id, tag.Int, fmt.Sprintf(`{"table":"holding","address":%d,"type":"uint16"}`, address))
	}
	row := func(from, n, step int) []connector.Point {
		var ps []connector.Point
		for i := range n {
			ps = append(ps, register(i, from+i*step))
		}
		return ps
	}
	c := device(t, server.Port, `"maxGap":4`)
	for _, plan := range []struct {
		points   []connector.Point
		requests int
	}{
		{row(0, 125, 1), 1}, {row(0, 126, 1), 2}, {row(0, 20, 5), 1}, {row(0, 20, 6), 20}, {append(row(0, 5, 1), row(2, 5, 1)...), 1}, {row(0, 1000, 1), 8},
		{[]connector.Point{register(1, 0), at(t, 2, tag.Int, `{"table":"input","address":1,"type":"int16"}`), at(t, 3, tag.Int, `{"table":"holding","address":1,"type":"int16","unit":2}`)}, 3},
		{[]connector.Point{at(t, 1, tag.Bool, `{"table":"coil","address":0}`), at(t, 2, tag.Bool, `{"table":"coil","address":64}`), at(t, 3, tag.Bool, `{"table":"coil","address":300}`)}, 2},
		{nil, 0},
	} {
		if got := len(c.Plan(plan.points)); got != plan.requests {
			t.Errorf("%d points in %d requests, want %d", len(plan.points), got, plan.requests)
		}
	}

	c = device(t, server.Port, "")
	for i := range 40 {
		server.Set(t, "holding", 500+i, uint16(1000+i))
	}
	server.Tell(t, "hole holding 507 1") // one of the points
	server.Tell(t, "hole holding 522 2") // within a gap
	points := append(row(500, 20, 1), row(520, 5, 4)...)
	for i := range points {
		points[i].ID = i
	}
	requests := c.Plan(points)
	if len(requests) != 1 {
		t.Fatalf("%d requests", len(requests))
	}
	check := func(requests []connector.Request) {
		t.Helper()
		seen := map[int]bool{}
		for _, r := range requests {
			updates, err := r.Read(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range updates {
				seen[u.Point] = true
				address := points[u.Point].Address.(*wire.Address).Address
				if address == 507 {
					if u.Sample.Quality != tag.BadNodeIDUnknown {
						t.Errorf("the hole has %v %v", u.Sample.Value, u.Sample.Quality)
					}
				} else if u.Sample.Value != tag.OfInt(int64(address+500)) || u.Sample.Quality != tag.Good {
					t.Errorf("register %d is %v %v", address, u.Sample.Value, u.Sample.Quality)
				}
			}
		}
		if len(seen) != len(points) {
			t.Errorf("%d of %d points updated", len(seen), len(points))
		}
	}
	check(requests)
	check(requests) // what was learned in halves may have to be learned anew in the joined blocks
	server.Requests(t)
	check(requests)
	if n := server.Requests(t); n != 3 {
		t.Errorf("once learned, one scan takes %d requests instead of 3", n)
	}
	check(c.Plan(points)) // a new plan knows it too
	if n := server.Requests(t); n != 3 {
		t.Errorf("a new plan takes %d requests instead of 3", n)
	}
}

func TestAddressesFromOne(t *testing.T) {
	server := peer.StartPymodbus(t)
	c := device(t, server.Port, `"firstAddress":1,"order":"CDAB"`)
	got := read(t, c, at(t, 1, tag.Float, `{"table":"holding","address":101,"type":"float32"}`), at(t, 2, tag.Int, `{"table":"holding","address":0,"type":"int16"}`))
	if got[1].Value != tag.OfFloat(21.5) || got[2].Quality != tag.BadConfigurationError {
		t.Errorf("got %v", got)
	}
}

// Writing a bit changes no other, whichever function does it.
func TestWriteBit(t *testing.T) {
	for _, mode := range []string{"auto", "fc22", "read-write"} {
		t.Run(mode, func(t *testing.T) {
			server := peer.StartPymodbus(t)
			c := device(t, server.Port, fmt.Sprintf(`"writeBit":%q`, mode))
			server.Set(t, "holding", 10, 0xA5A5, 0x1234)
			for _, w := range []struct {
				address string
				on      bool
				want    [2]uint16
			}{
				{`{"table":"holding","address":10,"type":"uint16","bit":1}`, true, [2]uint16{0xA5A7, 0x1234}},
				{`{"table":"holding","address":10,"type":"uint16","bit":15}`, false, [2]uint16{0x25A7, 0x1234}},
				{`{"table":"holding","address":10,"type":"uint32","bit":0,"order":"ABCD"}`, true, [2]uint16{0x25A7, 0x1235}},
				{`{"table":"holding","address":10,"type":"uint32","bit":0,"order":"DCBA"}`, false, [2]uint16{0x24A7, 0x1235}},
			} {
				p := at(t, 1, tag.Bool, w.address)
				if err := c.Write(t.Context(), p, tag.OfBool(w.on)); err != nil {
					t.Fatal(err)
				}
				if got := server.Get(t, "holding", 10, 2); [2]uint16(got) != w.want {
					t.Errorf("%s = %v made %04x, want %04x", w.address, w.on, got, w.want)
				}
				if got := read(t, c, p)[1]; got.Value != tag.OfBool(w.on) {
					t.Errorf("read back %v", got)
				}
			}
		})
	}
}

// liar is a server that answers as the test says.
func liar(t *testing.T, answer func(request []byte) [][]byte) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			func() {
				defer conn.Close()
				for {
					head := make([]byte, 7)
					if _, err := io.ReadFull(conn, head); err != nil {
						return
					}
					body := make([]byte, binary.BigEndian.Uint16(head[4:])-1)
					if _, err := io.ReadFull(conn, body); err != nil {
						return
					}
					for _, reply := range answer(append(head, body...)) {
						if _, err := conn.Write(reply); err != nil {
							return
						}
					}
				}
			}()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return l.Addr().(*net.TCPAddr).Port
}

// frame makes a reply to a request with another unit or function where asked for.
func frame(request []byte, shift uint16, unit byte, pdu ...byte) []byte {
	out := binary.BigEndian.AppendUint16(nil, binary.BigEndian.Uint16(request)+shift)
	out = append(out, 0, 0)
	out = binary.BigEndian.AppendUint16(out, uint16(len(pdu)+1))
	return append(append(out, unit), pdu...)
}

func TestLies(t *testing.T) {
	right := func(q []byte) []byte { return frame(q, 0, 1, 3, 2, 0, 7) }
	for name, row := range map[string]struct {
		answer  func(q []byte) [][]byte
		quality tag.Quality // Good: the value 7
		uncert  bool        // of a write with the same answer
	}{
		"right":                    {func(q []byte) [][]byte { return [][]byte{right(q)} }, tag.Good, true},
		"after another's":          {func(q []byte) [][]byte { return [][]byte{frame(q, 1000, 1, 3, 2, 9, 9), right(q)} }, tag.Good, true},
		"before another's":         {func(q []byte) [][]byte { return [][]byte{right(q), frame(q, 0, 1, 3, 2, 9, 9)} }, tag.Good, true},
		"in pieces":                {func(q []byte) [][]byte { r := right(q); return [][]byte{r[:3], r[3:8], r[8:]} }, tag.Good, true},
		"wrong unit":               {func(q []byte) [][]byte { return [][]byte{frame(q, 0, 2, 3, 2, 9, 9)} }, tag.BadCommunicationError, true},
		"wrong function":           {func(q []byte) [][]byte { return [][]byte{frame(q, 0, 1, 4, 2, 9, 9)} }, tag.BadCommunicationError, true},
		"too short":                {func(q []byte) [][]byte { return [][]byte{frame(q, 0, 1, 3, 2, 9)} }, tag.BadCommunicationError, true},
		"too long":                 {func(q []byte) [][]byte { return [][]byte{frame(q, 0, 1, 3, 2, 9, 9, 9)} }, tag.BadCommunicationError, true},
		"wrong byte count":         {func(q []byte) [][]byte { return [][]byte{frame(q, 0, 1, 3, 4, 9, 9, 9, 9)} }, tag.BadCommunicationError, true},
		"unit only":                {func(q []byte) [][]byte { return [][]byte{frame(q, 0, 1, 3)} }, tag.BadCommunicationError, true},
		"another protocol":         {func(q []byte) [][]byte { return [][]byte{[]byte("HTTP/1.1 400 Bad Request\r\n\r\n")} }, tag.BadCommunicationError, true},
		"exception of no code":     {func(q []byte) [][]byte { return [][]byte{frame(q, 0, 1, q[7]|0x80)} }, tag.BadCommunicationError, true},
		"exception 1":              {func(q []byte) [][]byte { return [][]byte{frame(q, 0, 1, q[7]|0x80, 1)} }, tag.BadNotSupported, false},
		"exception 4":              {func(q []byte) [][]byte { return [][]byte{frame(q, 0, 1, q[7]|0x80, 4)} }, tag.BadDeviceFailure, false},
		"exception 5":              {func(q []byte) [][]byte { return [][]byte{frame(q, 0, 1, q[7]|0x80, 5)} }, tag.BadResourceUnavailable, true},
		"exception 10":             {func(q []byte) [][]byte { return [][]byte{frame(q, 0, 1, q[7]|0x80, 10)} }, tag.BadNoCommunication, false},
		"exception 11":             {func(q []byte) [][]byte { return [][]byte{frame(q, 0, 1, q[7]|0x80, 11)} }, tag.BadNoCommunication, true},
		"nothing":                  {func(q []byte) [][]byte { return nil }, tag.BadTimeout, true},
		"endless other replies":    {func(q []byte) [][]byte { return [][]byte{flood(q)} }, tag.BadCommunicationError, true},
		"a length beyond the most": {func(q []byte) [][]byte { return [][]byte{{q[0], q[1], 0, 0, 1, 0, 1}} }, tag.BadCommunicationError, true},
	} {
		t.Run(name, func(t *testing.T) {
			timeout := "10s"
			if row.quality == tag.BadTimeout {
				timeout = "150ms"
			}
			c := device(t, liar(t, row.answer), fmt.Sprintf(`"probe":false,"timeout":%q`, timeout))
			p := at(t, 1, tag.Int, `{"table":"holding","address":0,"type":"uint16"}`)
			updates, err := c.Plan([]connector.Point{p})[0].Read(t.Context(), nil)
			switch {
			case row.quality == tag.Good:
				if err != nil || updates[0].Sample.Value != tag.OfInt(7) {
					t.Errorf("read %v, %v", updates, err)
				}
			case err == nil:
				t.Errorf("read %v instead of failing", updates)
			case statusOf(t, err) != row.quality:
				t.Errorf("quality %v (%v), want %v", statusOf(t, err), err, row.quality)
			}
			err = c.Write(t.Context(), p, tag.OfInt(3))
			if err == nil || errors.Is(err, connector.ErrUncertain) != row.uncert {
				t.Errorf("write: %v, want uncertain %v", err, row.uncert)
			}
		})
	}
}

func flood(q []byte) (out []byte) {
	for range maxSkipped + 10 {
		out = append(out, frame(q, 77, 1, 3, 2, 9, 9)...)
	}
	return out
}

// One dead unit behind a gateway does not take the others along.
func TestDeadUnitBehindAGateway(t *testing.T) {
	for name, f := range framings {
		t.Run(name, func(t *testing.T) {
			server := peer.StartPymodbus(t, "--framer", f.framer, "--units", "1,2")
			c := device(t, server.Port, f.settings+`,"timeout":"400ms"`)
			alive, dead := at(t, 1, tag.Int, `{"table":"holding","address":110,"type":"int16"}`), at(t, 2, tag.Int, `{"table":"holding","address":110,"type":"int16","unit":9}`)
			requests := c.Plan([]connector.Point{alive, dead})
			if len(requests) != 2 {
				t.Fatalf("%d requests", len(requests))
			}
			for range 2 {
				updates, err := requests[0].Read(t.Context(), nil)
				if err != nil || updates[0].Sample.Value != tag.OfInt(-5) {
					t.Fatalf("the living unit: %v %v", updates, err)
				}
				for range maxFailures + 1 {
					if _, err := requests[1].Read(t.Context(), nil); err == nil || errors.Is(err, connector.ErrNotConnected) || statusOf(t, err) != tag.BadTimeout {
						t.Fatalf("the dead unit: %v", err)
					}
				}
			}
		})
	}
}

func TestPauseBetweenFrames(t *testing.T) {
	server := peer.StartPymodbus(t, "--framer", "rtu")
	c := device(t, server.Port, `"transport":"rtu-over-tcp","delay":"20ms"`)
	r := c.Plan([]connector.Point{at(t, 1, tag.Int, `{"table":"holding","address":110,"type":"int16"}`)})[0]
	start := time.Now()
	for range 5 {
		if _, err := r.Read(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(start); took < 4*20*time.Millisecond {
		t.Errorf("five requests took %v", took)
	}
}

func TestSilentHostIsNoDevice(t *testing.T) {
	// A host that takes connections and says nothing is not taken for a device.
	c := unconnected(t, liar(t, func([]byte) [][]byte { return nil }), `"timeout":"100ms"`)
	if err := c.Connect(t.Context()); !errors.Is(err, connector.ErrNotConnected) {
		t.Errorf("connect: %v", err)
	}
}
