package engine

import (
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// When a connection counts as one that comes and goes.
const (
	// flapWithin: a connection that was lost sooner than this is a flap.
	flapWithin = time.Minute
	// flapsAtLeast in a row are flapping.
	flapsAtLeast = 3
	// flapForgotten is how long a device must have been away for it to be away, and not flapping.
	flapForgotten = 5 * time.Minute
)

// flapping counts flaps in a row, so that a connection that comes and goes every two seconds is one
// alarm with a count. The zero value is a connection that has not been made yet.
type flapping struct {
	count     int
	since     time.Time // of the connection
	lost      time.Time
	connected bool
}

// on reports whether the connection comes and goes.
func (f *flapping) on() bool { return f.count >= flapsAtLeast }

// change takes a change of the state of the connection.
func (f *flapping) change(now time.Time, was, is bool) {
	f.tick(now, was)
	switch {
	case is && !was:
		f.since = now
	case was && !is:
		f.lost = now
		if now.Sub(f.since) < flapWithin {
			f.count++
		} else {
			f.count = 0
		}
	}
	f.connected = is
}

// tick ends the flapping when the connection has been as it is for long enough.
func (f *flapping) tick(now time.Time, connected bool) {
	if connected && now.Sub(f.since) >= flapWithin || !connected && !f.lost.IsZero() && now.Sub(f.lost) >= flapForgotten {
		f.count = 0
	}
}

// clockHeld is how long after the last fault the clock of a device counts as wrong.
const clockHeld = time.Minute

// deviceClock is what is known of a clock that cannot be right.
type deviceClock struct {
	at  atomic.Int64 // of the last fault
	off atomic.Int64 // ns that it was ahead
}

// fault notes a source time that cannot be.
func (c *deviceClock) fault(source, now tag.Time) {
	c.off.Store(int64(source - now))
	c.at.Store(int64(now))
}

// offset is by how much the clock is ahead; 0 when it is not known to be wrong.
func (c *deviceClock) offset(now time.Time) time.Duration {
	at := c.at.Load()
	if at == 0 || now.UnixNano()-at > int64(clockHeld) {
		return 0
	}
	return time.Duration(c.off.Load())
}
