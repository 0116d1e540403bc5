package session

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// noTag stands in a feedSlot that has no tag to read.
const noTag = tag.Slot(1<<32 - 1)

// feedSlot is one slot of a feed: a tag of the table, or a quality that says why there is none.
type feedSlot struct {
	tag     tag.Slot
	quality tag.Quality
	path    tag.Path
}

// feed is what all views share that show the same slots: it drains one watcher, encodes every
// change once and hands the bytes to its views. A slot of the wire is an index into slots.
type feed struct {
	hub  *Hub
	key  string
	id   int
	pump *pump
	// number and base are set in the feed of one view alone, which holds what only that view sees: it
	// sends under the number of the view, its slots behind those of the feed that the view shares.
	number, base int
	// queued says that the pump knows; flushed is when it last flushed, and its own.
	queued  atomic.Bool
	flushed time.Time
	// users counts the views that hold the feed; guarded by hub.mu.
	users int
	// stale says that tags were added or removed; patterns is nil for a screen.
	stale    atomic.Bool
	patterns *patterns

	mu      sync.Mutex
	ended   bool
	slots   []feedSlot
	local   map[tag.Slot]int32
	watcher *tag.Watcher
	views   []*view

	// Scratch space of flush and snapshot.
	drained []tag.Slot
	changed []int32
	samples []tag.Sample
	buf     []byte
}

// frame is one encoded Values or Slots frame, shared by everybody it goes to.
type frame struct {
	data []byte
	// changed are the slots in it, so that a view that cannot take it knows what it missed.
	// It is nil for a Slots frame, which is never left out.
	changed []int32
}

// watch begins to watch the tags of f.slots; the caller holds f.mu.
func (f *feed) watch() {
	tags := make([]tag.Slot, 0, len(f.slots))
	f.local = make(map[tag.Slot]int32, len(f.slots))
	for i, s := range f.slots {
		if s.tag != noTag {
			tags = append(tags, s.tag)
			f.local[s.tag] = int32(i)
		}
	}
	f.watcher = f.hub.table.Watch(tags, f.signal)
	if f.patterns == nil {
		return
	}
	// A number may have been given to another tag since it was looked up. Now it is held.
	for i := range f.slots {
		if s := &f.slots[i]; s.tag != noTag && f.hub.table.Path(s.tag) != s.path {
			delete(f.local, s.tag)
			s.tag, s.quality = noTag, tag.BadNodeIDUnknown
			f.stale.Store(true)
			f.signal()
		}
	}
}

// view is the number under which its frames are sent.
func (f *feed) view() int {
	if f.number != 0 {
		return f.number
	}
	return f.id
}

// signal says that there is something to flush.
func (f *feed) signal() { f.pump.add(f) }

// flush encodes what has changed since the last flush and hands it to every view.
func (f *feed) flush() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return
	}
	f.changed = f.changed[:0]
	if f.stale.Swap(false) {
		f.resolve()
	}
	f.drained = f.watcher.Drain(f.drained[:0])
	for _, s := range f.drained {
		if i, ok := f.local[s]; ok {
			f.changed = append(f.changed, i)
		}
	}
	if len(f.changed) == 0 || len(f.views) == 0 {
		return
	}
	fr := &frame{data: f.encode(f.changed), changed: append([]int32(nil), f.changed...)}
	f.hub.count.Frames.Add(1)
	f.hub.count.Rows.Add(int64(len(fr.changed)))
	for _, v := range f.views {
		v.push(fr)
	}
}

// resolve matches the patterns anew: new tags get a slot and are announced, slots whose tag
// went or came are marked as changed. The caller holds f.mu.
func (f *feed) resolve() {
	if f.patterns == nil {
		return
	}
	added, full := f.patterns.match(f)
	if full {
		f.hub.log.Warn("a watch matches more tags than a view can have", "slots", MaxSlots)
	}
	old := f.watcher
	f.watch()
	// What changed until the new watcher was in place is known to the old one only.
	for _, s := range old.Drain(nil) {
		if i, ok := f.local[s]; ok {
			f.changed = append(f.changed, i)
		}
	}
	old.Close()
	if len(added) == 0 {
		return
	}
	fr := &frame{data: encodeJSON(Slots{Op: "slots", View: f.id, Slots: added})}
	for _, v := range f.views {
		v.push(fr)
	}
}

// encode makes a Values frame of the newest values of some slots; the caller holds f.mu. The
// result is the caller's own.
func (f *feed) encode(slots []int32) []byte {
	t := tag.Now().Milli()
	f.buf = appendHead(f.buf[:0], f.view(), t)
	f.buf = appendTail(f.rows(f.buf, slots, t))
	return append(make([]byte, 0, len(f.buf)), f.buf...)
}

// rows appends the rows of some slots with commas between.
func (f *feed) rows(dst []byte, slots []int32, t int64) []byte {
	tags := f.drained[:0]
	for _, i := range slots {
		if s := f.slots[i].tag; s != noTag {
			tags = append(tags, s)
		}
	}
	f.drained = tags
	f.samples = f.hub.table.Read(tags, f.samples[:0])
	n := 0
	for k, i := range slots {
		if k > 0 {
			dst = append(dst, ',')
		}
		if s := &f.slots[i]; s.tag == noTag {
			dst = appendRow(dst, f.base+int(i), &tag.Sample{Quality: s.quality}, t)
			continue
		}
		dst = appendRow(dst, f.base+int(i), &f.samples[n], t)
		n++
	}
	return dst
}

// join adds a view. reply is called with the present rows before any frame of the feed can
// come, and enqueues the answer.
func (f *feed) join(v *view, reply func(slots []feedSlot, t int64, rows []byte)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make([]int32, len(f.slots))
	for i := range all {
		all[i] = int32(i)
	}
	t := tag.Now().Milli()
	reply(f.slots, t, f.rows(nil, all, t))
	f.views = append(f.views, v)
}

// leave removes a view.
func (f *feed) leave(v *view) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, o := range f.views {
		if o == v {
			last := len(f.views) - 1
			f.views[i], f.views[last] = f.views[last], nil
			f.views = f.views[:last]
			return
		}
	}
}

// stop ends the watcher. Nobody is a member any more.
func (f *feed) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	f.watcher.Close()
}
