package frame

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

func qualityOf(t testing.TB, err error) tag.Quality {
	t.Helper()
	var status *connector.StatusError
	if !errors.As(err, &status) {
		t.Fatalf("error %v (%T) is not a status", err, err)
	}
	return status.Quality
}

func made(t *testing.T, settings string) connector.Connector {
	t.Helper()
	kind, _ := connector.Lookup("frame")
	c, err := kind.New(json.RawMessage(settings))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func point(t *testing.T, id int, typ tag.Type, address string) connector.Point {
	t.Helper()
	a, err := ParseAddress(json.RawMessage(address), typ, false)
	if err != nil {
		t.Fatalf("address %s: %v", address, err)
	}
	return connector.Point{ID: id, Path: tag.Path(fmt.Sprint("test/", id)), Address: a, Type: typ}
}

// watched runs a listener and keeps all that it says.
type watched struct {
	mu   sync.Mutex
	all  map[int][]tag.Sample
	done chan error
}

func watch(t *testing.T, c connector.Connector, points ...connector.Point) *watched {
	t.Helper()
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := &watched{all: map[int][]tag.Sample{}, done: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		w.done <- c.(connector.Subscriber).Run(ctx, points, func(us []connector.Update) {
			w.mu.Lock()
			defer w.mu.Unlock()
			for _, u := range us {
				w.all[u.Point] = append(w.all[u.Point], u.Sample)
			}
		})
	}()
	t.Cleanup(func() {
		cancel()
		<-w.done
	})
	return w
}

func (w *watched) last(id int) tag.Sample {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.all[id]); n > 0 {
		return w.all[id][n-1]
	}
	return tag.Sample{Quality: tag.BadWaitingForInitialData}
}

func (w *watched) await(t *testing.T, id int, v tag.Value) {
	t.Helper()
	peer.Await(t, fmt.Sprintf("point %d to be %v", id, v), func() bool { return w.last(id).Value == v })
}

func hexOf(s string) string { return fmt.Sprintf("%x", s) }

// A scanner that connects to us: two codes at once, one in pieces, garbage, wrong checksums,
// leaving and coming back.
func TestScannerConnectsToUs(t *testing.T) {
	port := peer.FreePort(t)
	c := made(t, fmt.Sprintf(`{"transport":"tcp-server","listenPort":%d,"framing":"delimiter",%s,"pause":"200ms"}`, port, sum))
	code := point(t, 1, tag.String, `{"kind":"text","by":"separator","separator":"*","index":1}`)
	w := watch(t, c, code, point(t, 2, tag.Int, `{"kind":"frames"}`), point(t, 3, tag.Int, `{"kind":"errors"}`))
	scanner := peer.StartFrameDevice(t, "--connect", fmt.Sprint(port))
	there := func() {
		peer.Await(t, "the scanner to connect", func() bool { return scanner.Tell(t, "peers") == "1" })
	}
	there()
	a := "A1*72\r\n" // 0x41 + 0x31
	scanner.Tell(t, "raw %s", hexOf(a+"B22*A6\r\n"))
	w.await(t, 1, tag.OfString("B22"))
	for _, b := range []byte(a) { // byte by byte
		scanner.Tell(t, "raw %02x", b)
	}
	w.await(t, 1, tag.OfString("A1"))
	scanner.Tell(t, "raw %s", hexOf("A9*00\r\n\x00\xff\x80*\r\n"))
	w.await(t, 3, tag.OfInt(2))
	scanner.Tell(t, "raw %s", hexOf("cut of"))
	w.await(t, 3, tag.OfInt(3)) // after the longest pause
	scanner.Tell(t, "raw %s", hexOf("B22*A6\r\n"))
	w.await(t, 1, tag.OfString("B22"))
	w.await(t, 2, tag.OfInt(4))
	scanner.Tell(t, "cut")
	peer.Await(t, "the tags to be bad", func() bool { return w.last(1).Quality == tag.BadNoCommunication })
	there()
	scanner.Tell(t, "raw %s", hexOf(a))
	w.await(t, 1, tag.OfString("A1"))
	w.mu.Lock()
	defer w.mu.Unlock()
	var codes []string
	for _, s := range w.all[1] {
		if s.Quality == tag.Good {
			codes = append(codes, s.Value.Text())
		}
	}
	if got := strings.Join(codes, " "); got != "A1 B22 A1 B22 A1" {
		t.Errorf("codes are %s", got)
	}
}

// Strangers are turned away.
func TestOnlyFrom(t *testing.T) {
	port := peer.FreePort(t)
	c := made(t, fmt.Sprintf(`{"transport":"tcp-server","listenPort":%d,"from":"192.0.2.1"}`, port))
	w := watch(t, c, point(t, 1, tag.String, `{"kind":"text"}`))
	scanner := peer.StartFrameDevice(t, "--connect", fmt.Sprint(port), "--push", "10")
	time.Sleep(300 * time.Millisecond) // time to do wrong
	if s := w.last(1); s.Quality.IsGood() {
		t.Errorf("a stranger wrote %v", s)
	}
	_ = scanner
}

// A device that floods is read without end, and can be stopped.
func TestFlood(t *testing.T) {
	port := peer.FreePort(t)
	device := peer.StartFrameDevice(t, "--tcp", fmt.Sprint(port), "--push", "1")
	for i := range 200 {
		device.Tell(t, "set v%d %d", i, i)
	}
	c := made(t, fmt.Sprintf(`{"host":"127.0.0.1","port":%d,%s}`, port, sum))
	w := watch(t, c, point(t, 1, tag.Int, `{"match":"v199=","kind":"number","by":"regexp","regexp":"=(\\d+)"}`), point(t, 2, tag.Int, `{"kind":"frames"}`), point(t, 3, tag.Int, `{"kind":"errors"}`))
	w.await(t, 1, tag.OfInt(199))
	peer.Await(t, "a thousand frames", func() bool { return w.last(2).Value.Int() > 1000 })
	begin := time.Now()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	select {
	case err := <-w.done:
		w.done <- err
		if !errors.Is(err, connector.ErrNotConnected) {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(peer.Wait):
		t.Fatal("it does not end")
	}
	if took := time.Since(begin); took > time.Second {
		t.Errorf("stopping took %v", took)
	}
	if n := w.last(3).Value.Int(); n > 1 { // the first frame may have been caught in the middle
		t.Errorf("%d frames were bad", n)
	}
}

// Packets of UDP that the device sends to a port of ours.
func TestUDP(t *testing.T) {
	port, ours := peer.FreePort(t), peer.FreePort(t)
	device := peer.StartFrameDevice(t, "--udp", fmt.Sprint(port))
	for _, framing := range []string{"packet", "delimiter"} {
		t.Run(framing, func(t *testing.T) {
			tail := 2
			c := made(t, fmt.Sprintf(`{"transport":"udp","host":"127.0.0.1","port":%d,"localPort":%d,"framing":%q,"hello":"R live*{checksum}\\r\\n","checksum":"sum8","checksumAs":"hex","checksumGap":1,"checksumTail":%d}`, port, ours, framing, tail))
			w := watch(t, c, point(t, 1, tag.Int, `{"match":"live=","kind":"number","by":"regexp","regexp":"=(\\d+)"}`), point(t, 2, tag.Int, `{"kind":"errors"}`))
			w.await(t, 1, tag.OfInt(0)) // the answer to what is sent first
			device.Tell(t, "raw %s", hexOf("live=7*24\r\n"))
			device.Tell(t, "raw %s", hexOf("live=8*24\r\n"))
			w.await(t, 2, tag.OfInt(1))
			if got := w.last(1).Value; got != tag.OfInt(7) && got != tag.OfInt(0) {
				t.Errorf("a wrong checksum gave %v", got)
			}
		})
	}
}

// Frames that end by a pause, and nothing else.
func TestPause(t *testing.T) {
	port := peer.FreePort(t)
	device := peer.StartFrameDevice(t, "--tcp", fmt.Sprint(port))
	c := made(t, fmt.Sprintf(`{"host":"127.0.0.1","port":%d,"framing":"idle","idle":"150ms"}`, port))
	w := watch(t, c, point(t, 1, tag.String, `{"kind":"text"}`))
	peer.Await(t, "the connection", func() bool { return device.Tell(t, "peers") == "1" })
	device.Tell(t, "raw %s", hexOf("one"))
	w.await(t, 1, tag.OfString("one"))
	device.Tell(t, "raw %s", hexOf("two"))
	w.await(t, 1, tag.OfString("two"))
}

// A real serial line of two pseudo-terminals, a device that answers.
func TestSerialDevice(t *testing.T) {
	line := peer.StartSerialLine(t)
	device := peer.StartFrameDevice(t, "--serial", line.B)
	c := made(t, fmt.Sprintf(`{"transport":"serial","serialPort":%q,"mode":"poll",%s,"requests":[{"name":"live","send":"R live*{checksum}\\r\\n","reply":"live="}]}`, line.A, sum))
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := point(t, 1, tag.Int, `{"request":"live","kind":"number","by":"regexp","regexp":"=(.*)\\*","write":"W live {value}*{checksum}\\r\\n","confirm":"begins","reply":"OK","refusal":"ERR"}`)
	if err := c.Write(t.Context(), p, tag.OfInt(42)); err != nil {
		t.Fatal(err)
	}
	if got := device.Tell(t, "get live"); got != "42" {
		t.Errorf("the device has %s", got)
	}
	got, err := c.Plan([]connector.Point{p})[0].Read(t.Context(), nil)
	if err != nil || got[0].Sample.Value != tag.OfInt(42) {
		t.Errorf("read %v, %v", got, err)
	}
	said, err := c.(connector.Identifier).Identify(t.Context())
	if err != nil || !strings.Contains(said, "live=42*") {
		t.Errorf("the device says %q, %v", said, err)
	}
	root, err := c.(connector.Browser).Browse(t.Context(), "")
	if err != nil || len(root) != 1 || root[0].Name != "live" {
		t.Fatalf("the root has %v, %v", root, err)
	}
	nodes, err := c.(connector.Browser).Browse(t.Context(), root[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, n := range nodes {
		found = found || n.Type == "float" && string(n.Value) == "42"
		a, err := ParseAddress(n.Address, tag.None, false)
		if err != nil || a.Request != "live" {
			t.Errorf("node %s: %v", n.Name, err)
		}
	}
	if !found {
		t.Errorf("42 is not among %+v", nodes)
	}
	line.Kill()
	if _, err := c.Plan([]connector.Point{p})[0].Read(t.Context(), nil); !errors.Is(err, connector.ErrNotConnected) {
		t.Errorf("read without a line: %v", err)
	}
}

// A device that answers requests may be the one that connects.
func TestPolledServer(t *testing.T) {
	port := peer.FreePort(t)
	c := made(t, fmt.Sprintf(`{"transport":"tcp-server","listenPort":%d,"mode":"poll","timeout":"300ms",%s,"requests":[{"name":"live","send":"R live*{checksum}\\r\\n"},{"name":"mute","send":"nothing\\r\\n"}]}`, port, sum))
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	live := c.Plan([]connector.Point{point(t, 1, tag.Int, `{"request":"live","kind":"number","by":"regexp","regexp":"=(\\d+)"}`)})[0]
	mute := c.Plan([]connector.Point{point(t, 2, tag.String, `{"request":"mute","kind":"text"}`)})[0]
	if _, err := live.Read(t.Context(), nil); qualityOf(t, err) != tag.BadNoCommunication && qualityOf(t, err) != tag.BadTimeout {
		t.Errorf("read of nobody: %v", err)
	}
	peer.StartFrameDevice(t, "--connect", fmt.Sprint(port))
	good := func() bool {
		got, err := live.Read(t.Context(), nil)
		return err == nil && got[0].Sample.Value == tag.OfInt(0)
	}
	peer.Await(t, "the device", good)
	if _, err := mute.Read(t.Context(), nil); qualityOf(t, err) != tag.BadTimeout {
		t.Errorf("read of what is not answered: %v", err)
	}
	peer.Await(t, "the device to be back", good)
}

// Browsing a device that sends by itself shows what came in.
func TestBrowseListening(t *testing.T) {
	port := peer.FreePort(t)
	device := peer.StartFrameDevice(t, "--tcp", fmt.Sprint(port), "--push", "30")
	device.Tell(t, "set weight 1,22,333")
	c := made(t, fmt.Sprintf(`{"host":"127.0.0.1","port":%d}`, port))
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	var weight connector.Node
	peer.Await(t, "both frames", func() bool {
		nodes, err := c.(connector.Browser).Browse(t.Context(), "")
		for _, n := range nodes {
			if n.Name == "weight" {
				weight = n
			}
		}
		if err == nil && len(nodes) < 2 {
			_ = c.(*listener).first(t.Context())
		}
		return err == nil && len(nodes) == 2
	})
	nodes, err := c.(connector.Browser).Browse(t.Context(), weight.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range nodes {
		if n.Name == "part 2" && n.Type == "float" && string(n.Value) == "22" && strings.Contains(string(n.Address), `"match":"weight"`) {
			return
		}
	}
	t.Errorf("the second part is not among %+v", nodes)
}
