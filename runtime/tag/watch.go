package tag

import "sync"

// Watcher collects which of some slots have changed.
type Watcher struct {
	table *Table
	wake  func()

	// Guarded by the table's lock.
	slots    []Slot
	position []int  // of this watcher among the watches of slots[i]
	isDirty  []bool // whether slots[i] is in dirty
	dirty    []Slot
	index    []int // indices of dirty in slots
	closed   bool
}

// watch is one watcher's hold on one slot: slots[index].
type watch struct {
	watcher *Watcher
	index   int
}

// Watch begins to collect changes of slots; unknown ones are left out. wake is called after
// an Apply (or removal) that changed one of them, once until the next Drain, without a lock
// and by the goroutine that made the change: it should only signal. A change between Watch
// and the first Read may be reported although it was seen.
func (t *Table) Watch(slots []Slot, wake func()) *Watcher {
	w := &Watcher{table: t, wake: wake, slots: make([]Slot, 0, len(slots)), position: make([]int, 0, len(slots))}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range slots {
		if !t.isLive(s) {
			continue
		}
		c := &t.cells[s]
		if n := len(c.watches); n > 0 && c.watches[n-1].watcher == w {
			continue // named twice
		}
		w.position = append(w.position, len(c.watches))
		c.watches = append(c.watches, watch{w, len(w.slots)})
		w.slots = append(w.slots, s)
	}
	w.isDirty = make([]bool, len(w.slots))
	return w
}

// Drain appends to dst the slots that changed since the last Drain, each once.
func (w *Watcher) Drain(dst []Slot) []Slot {
	w.table.mu.Lock()
	dst = append(dst, w.dirty...)
	for _, i := range w.index {
		w.isDirty[i] = false
	}
	w.dirty, w.index = w.dirty[:0], w.index[:0]
	w.table.mu.Unlock()
	return dst
}

// Close ends the watch and lets the slots go. A wake that is already on its way may still
// arrive. Closing twice does no harm.
func (w *Watcher) Close() {
	t := w.table
	t.mu.Lock()
	defer t.mu.Unlock()
	if w.closed {
		return
	}
	w.closed = true
	for i, s := range w.slots {
		c := &t.cells[s]
		last := len(c.watches) - 1
		moved := c.watches[last]
		at := w.position[i]
		c.watches[at] = moved
		moved.watcher.position[moved.index] = at
		c.watches[last] = watch{}
		c.watches = c.watches[:last]
		t.release(s)
	}
	w.slots, w.position, w.isDirty, w.dirty, w.index = nil, nil, nil, nil, nil
}

// mark notes a change of slot s for one watcher.
func (t *Table) mark(h watch, s Slot) {
	w := h.watcher
	if w.isDirty[h.index] {
		return
	}
	w.isDirty[h.index] = true
	if len(w.dirty) == 0 {
		t.roused = append(t.roused, w)
	}
	w.dirty = append(w.dirty, s)
	w.index = append(w.index, h.index)
}

var wakes = sync.Pool{New: func() any { return new([]*Watcher) }}

// unlockAndWake releases the lock and wakes whoever has something new.
func (t *Table) unlockAndWake() {
	if r := t.recorder; r != nil && len(r.changes) > 0 && !r.roused && r.wake != nil {
		r.roused = true
		defer r.wake()
	}
	if len(t.roused) == 0 {
		t.mu.Unlock()
		return
	}
	list := wakes.Get().(*[]*Watcher)
	*list, t.roused = t.roused, (*list)[:0]
	t.mu.Unlock()
	for i, w := range *list {
		if w.wake != nil {
			w.wake()
		}
		(*list)[i] = nil
	}
	*list = (*list)[:0]
	wakes.Put(list)
}
