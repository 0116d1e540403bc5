// Package conformance is the list of what every connector must do, whatever its
// protocol: the engine counts on it. Each connector runs it against a device that is not
// ours; what a device cannot show is left out by leaving the field empty.
package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Device is what a connector is tried on.
type Device struct {
	// Connector is the id of the kind of connector.
	Connector string
	// Settings makes settings that connect to a port of this host. They should give up on
	// a silent device within a few seconds.
	Settings func(port int) string
	// Port is where the device listens, 0 when there is no network to it.
	Port int
	// UDP says that the port is one of UDP.
	UDP bool
	// Connectionless says that there is no connection that could be lost between two
	// requests: each makes its own, and a cut one costs nothing.
	Connectionless bool
	// ReadOnly says that nothing can be written: Values are what the device holds.
	ReadOnly bool
	// Kill ends the device as a power cut would, Restart starts it again.
	Kill, Restart func(t *testing.T)
	// Ready waits until the device can be connected to after its connection broke; nil when that
	// is at once.
	Ready func(t *testing.T)
	// Live is an int tag, and Change sets it from the device's side.
	Live   Tag
	Change func(t *testing.T, n int)
	// Values are tags that can be written with a value and read back, one a type.
	Values []Tag
	// Missing are addresses that are right in form, but that the device does not have.
	Missing []Bad
	// Invalid are addresses that are refused when they are saved.
	Invalid []string
	// Refused are writes that are refused without reaching the device.
	Refused []Bad
}

// Tag is an address with its type and, where asked for, a value.
type Tag struct {
	Address string
	Type    tag.Type
	Value   tag.Value
}

// Bad is a tag with the quality of its sample or of the refusal to write it.
type Bad struct {
	Tag
	Quality tag.Quality
}

// Run runs the list. start gives a fresh device for each test that wants one.
func Run(t *testing.T, start func(t *testing.T) *Device) {
	row := func(name string, wanted func(d *Device) bool, test func(s *subject)) {
		t.Run(name, func(t *testing.T) {
			d := start(t)
			if !wanted(d) {
				t.Skip("the device has nothing to show here")
			}
			test(newSubject(t, d))
		})
	}
	always := func(*Device) bool { return true }
	network := func(d *Device) bool { return d.Port != 0 && d.Change != nil }

	row("describes itself in English and Chinese", always, (*subject).describes)
	row("reads and writes each type", always, (*subject).readsAndWrites)
	row("refuses addresses that make no sense", always, (*subject).invalid)
	row("missing address spoils no other", func(d *Device) bool { return len(d.Missing) > 0 }, (*subject).missing)
	row("refuses values of the wrong type or range", always, (*subject).refuses)
	row("says when it is not connected", always, (*subject).unconnected)
	row("device gone and back", func(d *Device) bool { return d.Kill != nil }, (*subject).goneAndBack)
	row("connection cut", network, (*subject).cut)
	row("half-open connection", network, (*subject).halfOpen)
	row("slow device", network, (*subject).slow)
	for name, fault := range map[string]func() peer.Fault{
		"garbage": peer.Garbage, "short frames": peer.Short, "doubled replies": peer.Twice, "late replies": peer.Late,
	} {
		row(name, network, func(s *subject) { s.spoiled(fault) })
	}
	row("stops within a second", network, (*subject).stops)
}

// subject is the connector under test behind a proxy.
type subject struct {
	*Device
	t     *testing.T
	kind  *connector.Type
	proxy *peer.Proxy
	conn  connector.Connector

	mu   sync.Mutex
	last map[int]tag.Sample
	lost chan error
	stop context.CancelFunc
}

func newSubject(t *testing.T, d *Device) *subject {
	t.Helper()
	kind, ok := connector.Lookup(d.Connector)
	if !ok {
		t.Fatalf("no connector %q", d.Connector)
	}
	s := &subject{Device: d, t: t, kind: kind}
	port := 0
	if d.Port != 0 {
		begin := peer.StartProxy
		if d.UDP {
			begin = peer.StartUDPProxy
		}
		s.proxy = begin(t, d.Port)
		port = s.proxy.Port
	}
	settings := json.RawMessage(d.Settings(port))
	if err := kind.Check(settings); err != nil {
		t.Fatalf("settings: %v", err)
	}
	conn, err := kind.New(settings)
	if err != nil {
		t.Fatalf("new: %v", err)
	}
	s.conn = conn
	t.Cleanup(func() {
		s.hush()
		if err := conn.Close(); err != nil {
			t.Logf("close: %v", err)
		}
	})
	return s
}

func (s *subject) point(id int, t Tag, writable bool) connector.Point {
	s.t.Helper()
	a, err := s.kind.Address(json.RawMessage(t.Address), t.Type, writable)
	if err != nil {
		s.t.Fatalf("address %s: %v", t.Address, err)
	}
	return connector.Point{ID: id, Path: tag.Path(fmt.Sprint("test/", id)), Address: a, Type: t.Type}
}

func (s *subject) connect() {
	s.t.Helper()
	if s.Ready != nil {
		s.Ready(s.t)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), peer.Wait)
	defer cancel()
	if err := s.conn.Connect(ctx); err != nil {
		s.t.Fatalf("connect: %v", err)
	}
}

// watch begins a subscription, if the connector is one that pushes.
func (s *subject) watch(points ...connector.Point) {
	sub, ok := s.conn.(connector.Subscriber)
	if !ok {
		return
	}
	s.hush()
	ctx, stop := context.WithCancel(context.Background())
	lost := make(chan error, 1)
	s.last, s.lost, s.stop = map[int]tag.Sample{}, lost, stop
	go func() {
		lost <- sub.Run(ctx, points, func(updates []connector.Update) {
			s.mu.Lock()
			defer s.mu.Unlock()
			for _, u := range updates {
				s.last[u.Point] = u.Sample
			}
		})
		close(lost)
	}()
}

// hush ends the subscription.
func (s *subject) hush() {
	if s.stop == nil {
		return
	}
	s.stop()
	for range s.lost {
		continue // until it is closed
	}
	s.stop = nil
}

// read is the present sample of the points, by request or as last pushed.
func (s *subject) read(points ...connector.Point) (map[int]tag.Sample, error) {
	s.t.Helper()
	out := map[int]tag.Sample{}
	if _, push := s.conn.(connector.Subscriber); push {
		select {
		case err := <-s.lost:
			return out, err
		case <-time.After(2 * time.Millisecond):
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		for id, sample := range s.last {
			out[id] = sample
		}
		return out, nil
	}
	for _, r := range s.conn.Plan(points) {
		ctx, cancel := context.WithTimeout(s.t.Context(), 5*time.Second)
		updates, err := r.Read(ctx, nil)
		cancel()
		var refused *connector.StatusError
		if errors.As(err, &refused) && !errors.Is(err, connector.ErrNotConnected) { // as the engine takes it
			for _, id := range r.Points() {
				out[id] = tag.Sample{Quality: refused.Quality}
			}
			continue
		}
		if err != nil {
			return out, err
		}
		if len(updates) != len(r.Points()) {
			s.t.Fatalf("%d updates for %d points", len(updates), len(r.Points()))
		}
		for _, u := range updates {
			out[u.Point] = u.Sample
		}
	}
	return out, nil
}

// await reads until a point has a value, or fails.
func (s *subject) await(p connector.Point, v tag.Value) {
	s.t.Helper()
	var seen any
	defer func() {
		if s.t.Failed() {
			s.t.Logf("point %d was last %v", p.ID, seen)
		}
	}()
	peer.Await(s.t, fmt.Sprintf("point %d to be %v", p.ID, v), func() bool {
		got, err := s.read(p)
		if err != nil {
			seen = err
			return false
		}
		seen = got[p.ID]
		return got[p.ID].Value == v && got[p.ID].Quality == tag.Good
	})
}

func (s *subject) describes() {
	if s.kind.Title["en"] == "" || s.kind.Title["zh"] == "" || s.kind.Summary["zh"] == "" {
		s.t.Errorf("title %v, summary %v", s.kind.Title, s.kind.Summary)
	}
	for _, f := range append(append([]spec.Field{}, s.kind.Settings...), s.kind.AddressFields...) {
		if f.Title["en"] == "" || f.Title["zh"] == "" {
			s.t.Errorf("field %s has titles %v", f.Name, f.Title)
		}
		if f.Help != nil && f.Help["zh"] == "" {
			s.t.Errorf("field %s has help in English only", f.Name)
		}
	}
}

func (s *subject) readsAndWrites() {
	s.connect()
	var points []connector.Point
	for i, v := range s.Values {
		points = append(points, s.point(i, v, !s.ReadOnly))
	}
	s.watch(points...)
	for i, v := range s.Values {
		if s.ReadOnly {
			s.await(points[i], v.Value)
			continue
		}
		if err := s.conn.Write(s.t.Context(), points[i], v.Value); err != nil {
			s.t.Fatalf("write %s: %v", v.Address, err)
		}
		if s.Port != 0 && s.stop != nil { // what was published before the subscription was there is gone
			peer.Await(s.t, "the value to come back", func() bool {
				got, err := s.read(points[i])
				if err != nil {
					s.t.Fatal(err)
				}
				if got[i].Value == v.Value {
					return true
				}
				time.Sleep(20 * time.Millisecond)
				return s.conn.Write(s.t.Context(), points[i], v.Value) != nil
			})
		}
		s.await(points[i], v.Value)
	}
	got, err := s.read(points...)
	if err != nil {
		s.t.Fatal(err)
	}
	for i, v := range s.Values {
		if got[i].Value != v.Value || got[i].Quality != tag.Good || got[i].Source == 0 {
			s.t.Errorf("all at once: %s is %v %v at %d, want %v", v.Address, got[i].Value, got[i].Quality, got[i].Source, v.Value)
		}
	}
}

func (s *subject) invalid() {
	for _, raw := range append([]string{`{"nonsense":1}`, `[]`, `1`, `null x`}, s.Invalid...) {
		_, err := s.kind.Address(json.RawMessage(raw), tag.Float, false)
		var ps spec.Problems
		if !errors.As(err, &ps) || len(ps) == 0 || ps[0].Code == "" {
			s.t.Errorf("address %s: %v", raw, err)
		}
	}
}

func (s *subject) missing() {
	s.connect()
	good := s.point(0, s.Live, false)
	points := []connector.Point{good}
	for i, m := range s.Missing {
		points = append(points, s.point(i+1, m.Tag, false))
	}
	s.watch(points...)
	s.Change(s.t, 5)
	if _, push := s.conn.(connector.Subscriber); push {
		s.await(good, tag.OfInt(5))
		peer.Await(s.t, "word of every point", func() bool {
			got, err := s.read(points...)
			return err != nil || len(got) == len(points)
		})
	}
	for range 2 { // the second time from what was learned
		got, err := s.read(points...)
		if err != nil {
			s.t.Fatal(err)
		}
		for i, m := range s.Missing {
			if got[i+1].Quality != m.Quality {
				s.t.Errorf("%s has %v, want %v", m.Address, got[i+1].Quality, m.Quality)
			}
		}
		if got[0].Quality != tag.Good || got[0].Value != tag.OfInt(5) {
			s.t.Errorf("its neighbour is %v %v", got[0].Value, got[0].Quality)
		}
	}
}

func (s *subject) refuses() {
	s.connect()
	for _, r := range s.Refused {
		err := s.conn.Write(s.t.Context(), s.point(1, r.Tag, false), r.Value)
		var status *connector.StatusError
		if !errors.As(err, &status) || status.Quality != r.Quality || errors.Is(err, connector.ErrUncertain) {
			s.t.Errorf("write %v to %s: %v, want %v", r.Value, r.Address, err, r.Quality)
		}
	}
}

func (s *subject) unconnected() {
	p := s.point(0, s.Live, false)
	if _, push := s.conn.(connector.Subscriber); push {
		s.watch(p)
		if err := <-s.lost; !errors.Is(err, connector.ErrNotConnected) {
			s.t.Errorf("run: %v", err)
		}
	} else if _, err := s.read(p); !errors.Is(err, connector.ErrNotConnected) {
		s.t.Errorf("read: %v", err)
	}
	w := s.Values[0]
	if err := s.conn.Write(s.t.Context(), s.point(1, w, !s.ReadOnly), w.Value); !errors.Is(err, connector.ErrNotConnected) || errors.Is(err, connector.ErrUncertain) {
		s.t.Errorf("write: %v", err)
	}
	if err := s.conn.Close(); err != nil {
		s.t.Errorf("close: %v", err)
	}
}

// awaitLoss reads until the connector says that the connection is gone.
func (s *subject) awaitLoss(p connector.Point) {
	s.t.Helper()
	peer.Await(s.t, "the loss of the connection", func() bool {
		_, err := s.read(p)
		var status *connector.StatusError
		if err != nil && !errors.Is(err, connector.ErrNotConnected) && !errors.As(err, &status) {
			s.t.Fatalf("the loss was reported as %v", err)
		}
		return errors.Is(err, connector.ErrNotConnected)
	})
}

// works checks that a change on the device arrives.
func (s *subject) works(p connector.Point, n int) {
	s.t.Helper()
	s.Change(s.t, n)
	s.await(p, tag.OfInt(int64(n)))
}

func (s *subject) goneAndBack() {
	s.connect()
	p := s.point(0, s.Live, false)
	s.watch(p)
	s.works(p, 11)
	s.Kill(s.t)
	s.awaitLoss(p)
	ctx, cancel := context.WithTimeout(s.t.Context(), 5*time.Second)
	defer cancel()
	if err := s.conn.Connect(ctx); !errors.Is(err, connector.ErrNotConnected) {
		s.t.Errorf("connect to nobody: %v", err)
	}
	s.Restart(s.t)
	s.connect()
	s.watch(p)
	s.works(p, 12)
}

func (s *subject) cut() {
	s.connect()
	p := s.point(0, s.Live, false)
	s.watch(p)
	s.works(p, 21)
	s.proxy.Cut()
	if !s.Connectionless {
		s.awaitLoss(p)
		s.connect()
		s.watch(p)
	}
	s.works(p, 22)
}

func (s *subject) halfOpen() {
	s.connect()
	p := s.point(0, s.Live, false)
	s.watch(p)
	s.works(p, 31)
	s.proxy.Set(peer.Freeze)
	ctx, cancel := context.WithTimeout(s.t.Context(), 300*time.Millisecond)
	defer cancel()
	w := s.Values[0]
	if err := s.conn.Write(ctx, s.point(1, w, true), w.Value); !errors.Is(err, connector.ErrUncertain) {
		s.t.Errorf("a write that nobody answers: %v", err)
	}
	s.awaitLoss(p)
	s.proxy.Set(nil)
	s.connect()
	s.watch(p)
	s.works(p, 32)
}

func (s *subject) slow() {
	s.proxy.Set(peer.Slow(60 * time.Millisecond))
	s.connect()
	p := s.point(0, s.Live, false)
	s.watch(p)
	s.works(p, 41)
	s.works(p, 42)
}

// spoiled changes the value again and again while replies are spoiled. Errors are right;
// a value that is not the present one is not.
func (s *subject) spoiled(fault func() peer.Fault) {
	s.connect()
	p := s.point(0, s.Live, false)
	s.watch(p)
	s.works(p, 100)
	_, push := s.conn.(connector.Subscriber)
	s.proxy.Set(fault)
	for n := 101; n < 105; n++ {
		s.Change(s.t, n)
		got, err := s.read(p)
		sample, any := got[0]
		switch {
		case errors.Is(err, connector.ErrNotConnected):
			ctx, cancel := context.WithTimeout(s.t.Context(), time.Second)
			if s.conn.Connect(ctx) == nil {
				s.watch(p)
			}
			cancel()
		case err != nil || !any || sample.Quality != tag.Good:
		case push && sample.Value.Int() >= 100 && sample.Value.Int() <= int64(n): // it may be on its way
		case sample.Value != tag.OfInt(int64(n)):
			s.t.Fatalf("the device has %d, the tag %v", n, sample.Value)
		}
	}
	s.proxy.Set(nil)
	s.proxy.Cut()
	s.connect()
	s.watch(p)
	s.works(p, 200)
}

func (s *subject) stops() {
	s.connect()
	p := s.point(0, s.Live, false)
	s.watch(p)
	s.works(p, 51)
	s.proxy.Set(peer.Freeze)
	done := make(chan error, 1)
	if _, push := s.conn.(connector.Subscriber); push {
		go func() { done <- <-s.lost }()
	} else {
		r := s.conn.Plan([]connector.Point{p})[0]
		go func() {
			_, err := r.Read(context.Background(), nil)
			done <- err
		}()
	}
	time.Sleep(50 * time.Millisecond) // so that something is under way; without it the test passes all the same
	begin := time.Now()
	if err := s.conn.Close(); err != nil {
		s.t.Errorf("close: %v", err)
	}
	select {
	case err := <-done:
		// A device that ends the connection of each answer has ended this one too.
		var refused *connector.StatusError
		if !errors.Is(err, connector.ErrNotConnected) && !(s.Connectionless && errors.As(err, &refused)) {
			s.t.Errorf("what was under way ended with %v", err)
		}
	case <-time.After(peer.Wait):
		s.t.Fatal("what was under way does not end")
	}
	if took := time.Since(begin); took > time.Second {
		s.t.Errorf("stopping took %v", took)
	}
}
