package engine

import (
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/lastvalue"
	"github.com/lineside/lineside/runtime/tag"
)

// trouble is a way to a Modbus server on which connections are cut.
type trouble struct {
	Port   int
	server int
	// life ends every connection after so long; 0 leaves them.
	life atomic.Int64
	// cutWrites: the answer to the next write does not come through, as when a controller restarts
	// when it has just carried it out.
	cutWrites atomic.Bool
	writes    atomic.Int32
	accepted  atomic.Int32
}

func newTrouble(t *testing.T, server int) *trouble {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	x := &trouble{Port: l.Addr().(*net.TCPAddr).Port, server: server}
	var all sync.WaitGroup
	var mu sync.Mutex
	open := map[net.Conn]bool{}
	closed := false
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			if closed {
				c.Close()
			}
			open[c] = true
			mu.Unlock()
			x.accepted.Add(1)
			all.Go(func() {
				x.carry(c)
				mu.Lock()
				delete(open, c)
				mu.Unlock()
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		closed = true
		for c := range open {
			c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return x
}

func (x *trouble) carry(c net.Conn) {
	defer c.Close()
	s, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", x.server))
	if err != nil {
		return
	}
	defer s.Close()
	if life := x.life.Load(); life > 0 {
		timer := time.AfterFunc(time.Duration(life), func() { c.Close(); s.Close() })
		defer timer.Stop()
	}
	for {
		request, err := readADU(c)
		if err != nil {
			return
		}
		write := request[7] == 5 || request[7] == 6 || request[7] == 15 || request[7] == 16
		if write {
			x.writes.Add(1)
		}
		if _, err := s.Write(request); err != nil {
			return
		}
		answer, err := readADU(s)
		if err != nil || write && x.cutWrites.CompareAndSwap(true, false) {
			return
		}
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}

// readADU reads one frame of Modbus TCP (MODBUS Messaging on TCP/IP V1.0b, 3.1.3).
func readADU(c net.Conn) ([]byte, error) {
	b := make([]byte, 260)
	if _, err := io.ReadFull(c, b[:6]); err != nil {
		return nil, err
	}
	n := int(b[4])<<8 | int(b[5])
	if n < 2 || n > 254 {
		return nil, errors.New("length")
	}
	_, err := io.ReadFull(c, b[6:6+n])
	return b[:6+n], err
}

// TestControllerRestartsInAWrite: the value arrives, the answer does not. It is told as unknown, is an
// event, and nobody sends it again.
func TestControllerRestartsInAWrite(t *testing.T) {
	p := peer.StartPymodbus(t)
	x := newTrouble(t, p.Port)
	r := start(t, Options{})
	r.set(modbusPlant(x.Port, modbusTags))
	r.untilGood("m/sp")
	x.cutWrites.Store(true)
	res := r.write("m/sp", "55", operator)
	if res.Outcome != OutcomeUnknown || code(res.Problem) != "write_unknown" {
		t.Fatalf("%+v %v", res, res.Problem)
	}
	until(t, "the connection to be back", func() bool { return r.Devices()[0].State == StateConnected && r.Devices()[0].Connects > 1 })
	r.untilGood("m/sp")
	until(t, "the value it has now", func() bool { return r.sample("m/sp").Value.Float() == 55 })
	if n := x.writes.Load(); n != 1 {
		t.Errorf("it was sent %d times", n)
	}
	if r.sample("system/writes/unknown").Value.Int() != 1 || r.sample("system/device/plc/failedWrites").Value.Int() != 1 ||
		!strings.Contains(r.sample("system/device/plc/lastFailedWrite").Value.Text(), `"outcome":"unknown"`) {
		t.Error("the tags do not tell")
	}
	if last := r.trail.last(); last.Outcome != OutcomeUnknown {
		t.Errorf("audit: %+v", last)
	}
	// The next one goes through.
	if res := r.write("m/sp", "44", operator); res.Outcome != OutcomeGood {
		t.Errorf("%+v %v", res, res.Problem)
	}
}

// TestFlapping: a connection that comes and goes is one state with a count; the devices beside it
// notice nothing.
func TestFlapping(t *testing.T) {
	p := peer.StartPymodbus(t)
	bad, good := newTrouble(t, p.Port), newTrouble(t, p.Port)
	bad.life.Store(int64(300 * time.Millisecond))
	r := start(t, Options{})
	device := func(id string, port int) string {
		return fmt.Sprintf(`{"id":%q,"connector":"modbus","settings":{"host":"127.0.0.1","port":%d},"scans":[{"id":"f","interval":"50ms"}]}`, id, port)
	}
	tags := func(id string) string {
		return fmt.Sprintf(`{"path":"%[1]s/temp","type":"float","device":%[1]q,"address":{"table":"holding","address":100,"type":"float32","order":"CDAB"}}`, id)
	}
	r.set(`{"format":1,"devices":[` + device("bad", bad.Port) + `,` + device("good", good.Port) + `],"tags":[` + tags("bad") + `,` + tags("good") + `]}`)
	r.untilGood("good/temp")
	slot, _ := r.Table().Lookup("system/device/bad/flapping")
	other, _ := r.Table().Lookup("good/temp")
	var began, spoiled atomic.Int32
	var was atomic.Bool
	w := r.Table().Watch([]tag.Slot{slot, other}, nil)
	defer w.Close()
	look := func() {
		for _, s := range w.Drain(nil) {
			v := r.Table().Get(s)
			if s == other && !v.Quality.IsGood() {
				spoiled.Add(1)
			}
			if s == slot {
				if v.Value.Bool() && !was.Load() {
					began.Add(1)
				}
				was.Store(v.Value.Bool())
			}
		}
	}
	until(t, "flapping, with a count", func() bool { look(); return was.Load() && r.sample("system/device/bad/flaps").Value.Int() >= 4 })
	if began.Load() != 1 {
		t.Errorf("it began %d times", began.Load())
	}
	if r.sample("system/device/good/flapping").Value.Bool() || spoiled.Load() != 0 || good.accepted.Load() != 1 {
		t.Errorf("the device beside it: %d bad values, %d connections", spoiled.Load(), good.accepted.Load())
	}
	for _, d := range r.Devices() {
		if d.ID == "good" && (d.Errors != 0 || d.Overruns > 2) || d.ID == "bad" && (!d.Flapping || d.Flaps < 4) {
			t.Errorf("%+v", d)
		}
	}
}

func TestFlappingEnds(t *testing.T) {
	now := time.Unix(1e9, 0)
	var f flapping
	drop := func(after time.Duration) {
		f.change(now, false, true)
		now = now.Add(after)
		f.change(now, true, false)
		now = now.Add(time.Second)
	}
	for i := range 5 {
		drop(2 * time.Second)
		if f.count != i+1 || f.on() != (i >= 2) {
			t.Errorf("after %d: %d %v", i+1, f.count, f.on())
		}
	}
	f.change(now, false, true)
	f.tick(now.Add(59*time.Second), true)
	if !f.on() {
		t.Error("it ended too soon")
	}
	f.tick(now.Add(time.Minute), true)
	if f.on() || f.count != 0 {
		t.Error("it does not end")
	}
	// A device that is lost for good after flapping is lost, not flapping.
	for range 3 {
		drop(time.Second)
	}
	f.tick(now.Add(4*time.Minute), false)
	if !f.on() {
		t.Error("it ended too soon")
	}
	f.tick(now.Add(6*time.Minute), false)
	if f.on() {
		t.Error("it does not end")
	}
	drop(time.Hour)
	if f.count != 0 {
		t.Error("an hour is no flap")
	}
}

// TestClocks: values of a device whose clock is in 1970 or 2099 go on, with the time of the server, and
// a tag says by how much it is off.
func TestClocks(t *testing.T) {
	w, name := newWire(t)
	r := start(t, Options{})
	doc := wirePlant("test-push", name, 1, "")
	r.set(doc)
	until(t, "the subscription", func() bool { w.mu.Lock(); defer w.mu.Unlock(); return w.emit != nil })
	tell := func(v float64, at tag.Time) {
		w.mu.Lock()
		emit := w.emit
		w.mu.Unlock()
		emit([]connector.Update{{Point: 0, Sample: tag.Sample{Value: tag.OfFloat(v), Source: at}}})
	}
	near := func(at tag.Time) bool {
		d := time.Since(at.Std())
		return d > -time.Minute && d < time.Minute
	}
	y2099 := tag.TimeOf(time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC))
	for i, at := range []tag.Time{y2099, 1, y2099, tag.Now() - tag.Time(time.Second)} {
		tell(float64(i+5), at)
		s := r.sample("t0")
		if s.Value.Float() != float64(i+5) || s.Quality != tag.Good || !near(s.Source) {
			t.Errorf("%d: %+v", i, s)
		}
	}
	until(t, "the warning", func() bool {
		return r.sample("system/device/d/clockOffset").Value.Float() > 60*86400 && r.sample("system/device/d/clockFaults").Value.Int() == 3
	})
	// Its clock is not asked any more.
	r.set(strings.Replace(doc, `"scans"`, `"clock":"server","scans"`, 1))
	at := tag.Now() - tag.Time(time.Hour)
	tell(99, at)
	if s := r.sample("t0"); s.Value.Float() != 99 || !near(s.Source) {
		t.Errorf("%+v", s)
	}
}

// TestSlowDevice: one that takes its whole time-out for every answer delays nobody.
func TestSlowDevice(t *testing.T) {
	w, name := newWire(t)
	w.gate = make(chan struct{})
	r := start(t, Options{})
	r.set(`{"format":1,"devices":[{"id":"slow","connector":"test-poll","settings":{"name":"` + name + `"},"scans":[{"id":"s","interval":"20ms"}],"timeout":"2s"},
		{"id":"quick","connector":"simulator","settings":{},"scans":[{"id":"s","interval":"20ms"}]}],
		"tags":[{"path":"slow/x","type":"float","device":"slow","address":{"at":"x"},"write":{"readBack":"0s"}},{"path":"quick/n","type":"int","device":"quick","address":{"kind":"counter","interval":"1ms"}},
		{"path":"quick/sp","type":"float","device":"quick","address":{"kind":"setpoint"},"write":{"readBack":"5s"}}]}`)
	r.untilGood("quick/n")
	stuck := make(chan WriteResult, 1)
	go func() { stuck <- r.write("slow/x", "1", operator) }()
	before := r.sample("quick/n").Value.Int()
	for i := range 5 {
		if res := r.write("quick/sp", fmt.Sprint(i), operator); res.Outcome != OutcomeGood {
			t.Fatalf("%+v %v", res, res.Problem)
		}
	}
	until(t, "new values beside it", func() bool { return r.sample("quick/n").Value.Int() > before+50 })
	select {
	case res := <-stuck:
		if res.Outcome == OutcomeGood {
			t.Error("the slow one was not slow")
		}
	default:
	}
	if d := r.Devices()[1]; d.Errors != 0 || d.State != StateConnected {
		t.Errorf("%+v", d)
	}
	close(w.gate)
}

// TestTwoDevicesClaimOneTag: such a plant is refused.
func TestTwoDevicesClaimOneTag(t *testing.T) {
	r := start(t, Options{})
	err := r.SetPlant(readPlant(t, `{"format":1,"devices":[{"id":"a","connector":"simulator"},{"id":"b","connector":"simulator"}],"tags":[
		{"path":"x","type":"float","device":"a","address":{"kind":"sine"}},{"path":"x","type":"float","device":"b","address":{"kind":"sine"}}]}`))
	if err == nil || !strings.Contains(err.Error(), "another tag") {
		t.Errorf("%v", err)
	}
}

// TestBits: one bit of a word on a server that is not ours; the others stay, signed words too.
func TestBits(t *testing.T) {
	p := peer.StartPymodbus(t)
	r := start(t, Options{})
	bit := func(path, typ string, address, bit int) string {
		return fmt.Sprintf(`{"path":%q,"type":"bool","device":"plc","address":{"table":"holding","address":%d,"type":%q},"bit":%d,"write":{}}`, path, address, typ, bit)
	}
	r.set(modbusPlant(p.Port, strings.Join([]string{bit("u3", "uint16", 120, 3), bit("u0", "uint16", 120, 0), bit("u15", "uint16", 120, 15), bit("s15", "int16", 121, 15), bit("s2", "int16", 121, 2), bit("w31", "int32", 122, 31)}, ",")))
	for _, path := range []tag.Path{"u3", "u0", "u15", "s15", "s2", "w31"} {
		r.untilGood(path)
	}
	p.Set(t, "holding", 120, 0xA50F, 0x0000, 0, 0)
	for _, row := range []struct {
		path, value string
		address     int
		want        uint16
	}{
		{"u3", "false", 120, 0xA507}, {"u3", "true", 120, 0xA50F}, {"u0", "false", 120, 0xA50E}, {"u15", "false", 120, 0x250E}, {"u15", "true", 120, 0xA50E},
		{"s15", "true", 121, 0x8000}, {"s2", "true", 121, 0x8004}, {"s15", "false", 121, 0x0004}, {"w31", "true", 122, 0x8000}, {"w31", "false", 122, 0},
	} {
		res := r.write(tag.Path(row.path), row.value, operator)
		if got := p.Get(t, "holding", row.address, 1)[0]; res.Outcome != OutcomeGood || got != row.want {
			t.Errorf("%s=%s: %s %v, the word is %04x, want %04x", row.path, row.value, res.Outcome, res.Problem, got, row.want)
		}
	}
	// Two people, two bits of one word, many times: none is lost.
	var all sync.WaitGroup
	for _, path := range []tag.Path{"u3", "u0"} {
		all.Go(func() {
			for i := range 10 {
				if res := r.write(path, fmt.Sprint(i%2 == 0), operator); res.Outcome != OutcomeGood {
					t.Errorf("%s: %v", path, res.Problem)
				}
			}
		})
	}
	all.Wait()
	if got := p.Get(t, "holding", 120, 1)[0]; got != 0xA506 {
		t.Errorf("the word is %04x", got)
	}
	err := r.SetPlant(readPlant(t, `{"format":1,"devices":[{"id":"d","connector":"test-push"}],"tags":[{"path":"x","type":"bool","device":"d","address":{"at":"x"},"bit":1,"write":{}}]}`))
	if err == nil || !strings.Contains(err.Error(), "just before") {
		t.Errorf("a device that only tells of changes: %v", err)
	}
}

// TestRestore: after a sudden end a tag shows its last value as uncertain until the device answers.
func TestRestore(t *testing.T) {
	w, name := newWire(t)
	file := filepath.Join(t.TempDir(), "last")
	open := func() *lastvalue.File {
		f, err := lastvalue.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	doc := strings.Replace(wirePlant("test-poll", name, 3, ""), `{"path":"t2",`, `{"path":"t2","restore":"none",`, 1)
	w.values["t0"], w.values["t2"] = tag.OfFloat(7.5), tag.OfFloat(8)
	first := start(t, Options{Last: open()})
	first.set(doc)
	first.untilGood("t2")
	was := first.sample("t0")
	until(t, "the value to be kept", func() bool {
		f, err := lastvalue.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		s, ok := f.Take("t0")
		return ok && s.Value.Float() == 7.5
	})
	// What follows is another process for which the first one never ended well.
	w.mu.Lock()
	w.gate = make(chan struct{})
	w.mu.Unlock()
	next := start(t, Options{Last: open()})
	next.set(strings.Replace(doc, `"scans"`, `"timeout":"20s","scans"`, 1))
	if s := next.sample("t0"); s.Quality != tag.UncertainLastUsableValue || s.Value.Float() != 7.5 || s.Source != was.Source {
		t.Errorf("%+v, was %+v", s, was)
	}
	if s := next.sample("t2"); s.Quality != tag.BadWaitingForInitialData {
		t.Errorf("not to be restored: %+v", s)
	}
	close(w.gate)
	w.mu.Lock()
	w.gate = nil
	w.mu.Unlock()
	next.untilGood("t0")
}
