package frame

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// device is the connection that both kinds of connector have: that of a device that sends by
// itself, and that of one that is asked.
type device struct {
	settings *Settings

	mu     sync.Mutex
	stream stream // nil when not connected
	opened bool
	cancel context.CancelFunc // of a Connect under way

	split splitter // of who reads
	buf   []byte

	frames, errors atomic.Uint64 // shown by counters
	recent         recent
}

// New makes a connector of settings that Check accepted. It does not connect.
func New(s *Settings) connector.Connector {
	d := &device{settings: s, split: *s.splitter(), buf: make([]byte, 64<<10)}
	if s.Mode == "poll" {
		return &poller{device: d}
	}
	return &listener{device: d}
}

// Connect implements connector.Connector.
func (d *device) Connect(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d.mu.Lock()
	if d.stream != nil {
		d.stream.Close()
		d.stream = nil
	}
	d.opened, d.cancel = true, cancel
	d.mu.Unlock()
	d.split.reset()
	return d.open(ctx)
}

// open makes the way to the device.
func (d *device) open(ctx context.Context) error {
	s, err := d.settings.dial(ctx)
	if err != nil {
		return err
	}
	d.mu.Lock()
	if !d.opened {
		d.mu.Unlock()
		s.Close()
		return fmt.Errorf("%w: closed", connector.ErrNotConnected)
	}
	d.stream = s
	d.mu.Unlock()
	if d.settings.hello == nil || d.settings.Transport == "tcp-server" {
		return nil
	}
	return d.greet(s)
}

// greet sends what makes the device begin.
func (d *device) greet(s stream) error {
	hello, err := d.settings.hello.fill(tag.Value{}, 0, d.settings.sum, plainText)
	if err != nil {
		return err
	}
	_ = s.SetWriteDeadline(time.Now().Add(d.settings.Timeout.Std()))
	if _, err := s.Write(hello); err != nil {
		return fmt.Errorf("send: %w: %w", connector.ErrNotConnected, err)
	}
	return nil
}

// Close implements connector.Connector.
func (d *device) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opened = false
	if d.cancel != nil {
		d.cancel()
	}
	if d.stream == nil {
		return nil
	}
	err := d.stream.Close()
	d.stream = nil
	return err
}

func (d *device) current() stream {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stream
}

// isOpen reports whether the connector was connected and not closed.
func (d *device) isOpen() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.opened
}

// take cuts what came in into frames.
func (d *device) take(b []byte, got func([]byte)) {
	seen := func(f []byte) {
		d.recent.add(f)
		got(f)
	}
	if d.settings.Transport == "udp" {
		if d.settings.Framing == "packet" {
			d.split.whole(b, seen)
		} else { // frames do not go beyond a packet
			d.split.feed(b, seen)
			d.split.pause(seen)
		}
	} else {
		d.split.feed(b, seen)
	}
	d.count()
}

// pause says that nothing came in for a while.
func (d *device) pause(got func([]byte)) {
	d.split.pause(func(f []byte) {
		d.recent.add(f)
		got(f)
	})
	d.count()
}

func (d *device) count() {
	d.frames.Store(d.split.frames)
	d.errors.Store(d.split.errors)
}

// within is the longest pause within a frame.
func (d *device) within() time.Duration {
	if d.settings.Framing == "idle" {
		return d.settings.Idle.Std()
	}
	return d.settings.Pause.Std()
}

// bytes makes the frame that writes a value. The error is a *connector.StatusError.
func (d *device) bytes(a *Address, v tag.Value) ([]byte, error) {
	if a.template == nil {
		return nil, refuse(tag.BadNotWritable, "nothing is sent to write this value")
	}
	if a.template.takesSum() && d.settings.sum == nil {
		return nil, refuse(tag.BadConfigurationError, "the frame has a checksum, but the device has none")
	}
	switch a.Kind {
	case "number", "int", "uint", "float", "bcd", "frames", "errors":
		if !v.Type().IsNumber() && v.Type() != tag.Bool {
			return nil, refuse(tag.BadTypeMismatch, "%s is not a number", v)
		}
	case "is", "bit":
		if v.Type() != tag.Bool && v.Type() != tag.Int {
			return nil, refuse(tag.BadTypeMismatch, "%s is not true or false", v)
		}
	}
	return a.template.fill(v, a.Factor, d.settings.sum, a.encode)
}

// encode writes a text in the encoding of the address.
func (a *Address) encode(s string) ([]byte, error) { return a.charset.Encode(s) }

func plainText(s string) ([]byte, error) { return []byte(s), nil }

// counter is the sample of an address that counts; false for one that does not.
func (d *device) counter(a *Address, t tag.Type) (tag.Sample, bool) {
	var n uint64
	switch a.Kind {
	case "frames":
		n = d.frames.Load()
	case "errors":
		n = d.errors.Load()
	default:
		return tag.Sample{}, false
	}
	v, q := convert(tag.OfInt(int64(n)), t)
	return tag.Sample{Value: v, Quality: q, Source: tag.Now()}, true
}

// address is that of a point.
func address(p connector.Point) (*Address, error) {
	a, ok := p.Address.(*Address)
	if !ok {
		return nil, refuse(tag.BadConfigurationError, "%s has no address in a frame", p.Path)
	}
	return a, nil
}

// uncertain says of a write whose frame may have left that its outcome is not known.
func uncertain(err error) error { return fmt.Errorf("%w: %w", connector.ErrUncertain, err) }

// lost says that an error of the stream ends the connection.
func lost(err error) error {
	if errors.Is(err, connector.ErrNotConnected) {
		return err
	}
	return fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
}

func late(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

// maxRecent is how many different frames are kept for browsing.
const maxRecent = 20

// recent are the frames that came in last, one of each beginning.
type recent struct {
	mu     sync.Mutex
	frames [][]byte
}

// add keeps a copy of a frame in the place of one that begins alike.
func (r *recent) add(f []byte) {
	const alike = 4
	r.mu.Lock()
	defer r.mu.Unlock()
	key := f[:min(alike, len(f))]
	for i, old := range r.frames {
		if string(old[:min(alike, len(old))]) == string(key) {
			r.frames[i] = append(old[:0], f...)
			return
		}
	}
	if len(r.frames) == maxRecent {
		r.frames = slices.Delete(r.frames, 0, 1)
	}
	r.frames = append(r.frames, slices.Clone(f))
}

func (r *recent) list() [][]byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([][]byte, len(r.frames))
	for i, f := range r.frames {
		out[i] = slices.Clone(f)
	}
	return out
}
