package session

import (
	"math/bits"
	"time"
)

// maxQueued and maxQueuedBytes bound the frames that wait for a connection that is being
// written to. Beyond them the view falls back to a set of changed slots.
const (
	maxQueued      = 4
	maxQueuedBytes = 256 << 10
)

// view is one watch or open of a connection. Its queue is guarded by the connection's mu.
type view struct {
	conn *conn
	feed *feed
	// screen is what an open shows, nil for a watch.
	screen *screenRef
	// part is the rest of a view of a screen with variables: what it shares with nobody.
	part *view

	// outdated is since when the client should have opened it again.
	outdated time.Time

	queue  []*frame
	queued int
	// missed holds the slots that changed while the view could not take frames, nil when it can.
	missed []uint64
	// ready says that the view stands in conn.ready.
	ready bool
}

// push hands over a frame without ever waiting. It is called with feed.mu held.
func (v *view) push(fr *frame) {
	c := v.conn
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return
	}
	switch {
	case fr.changed == nil: // slots: rare, and needed to understand later values
		v.queue = append(v.queue, fr)
	case v.missed != nil:
		v.miss(fr)
	case len(v.queue) >= maxQueued || v.queued > 0 && v.queued+len(fr.data) > maxQueuedBytes:
		kept := v.queue[:0]
		for _, old := range v.queue {
			if old.changed == nil {
				kept = append(kept, old)
				continue
			}
			v.miss(old)
		}
		clear(v.queue[len(kept):])
		v.queue, v.queued = kept, 0
		v.miss(fr)
		c.hub.count.Lags.Add(1)
	default:
		v.queue = append(v.queue, fr)
		v.queued += len(fr.data)
	}
	if !v.ready {
		v.ready = true
		c.ready = append(c.ready, v)
	}
	c.signal()
}

// miss notes the slots of a frame that the view did not take.
func (v *view) miss(fr *frame) {
	if v.missed == nil {
		v.missed = make([]uint64, 1)
	}
	for _, i := range fr.changed {
		for int(i)/64 >= len(v.missed) {
			v.missed = append(v.missed, 0)
		}
		v.missed[i/64] |= 1 << (i % 64)
	}
}

// catchUp makes one frame of the newest values of all that was missed, nil when nothing was.
// From its return on the view takes frames again.
func (v *view) catchUp() []byte {
	v.feed.mu.Lock()
	defer v.feed.mu.Unlock()
	v.conn.mu.Lock()
	missed := v.missed
	v.missed = nil
	v.conn.mu.Unlock()
	var slots []int32
	for w, word := range missed {
		for ; word != 0; word &= word - 1 {
			slots = append(slots, int32(w*64+bits.TrailingZeros64(word)))
		}
	}
	if slots == nil {
		return nil
	}
	v.conn.hub.count.Rows.Add(int64(len(slots)))
	return v.feed.encode(slots)
}
