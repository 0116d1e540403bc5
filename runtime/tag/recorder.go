package tag

// Recorder keeps every change of some slots, in the order of their coming, until it is drained. A
// Watcher tells the newest value; who must not miss one between two looks takes this.
type Recorder struct {
	table *Table
	wake  func()
	limit int

	// Guarded by the table's lock.
	slots   []Slot
	changes []Change
	lost    uint64
	roused  bool
}

// Change is a sample that a slot got.
type Change struct {
	Slot   Slot
	Sample Sample
}

// Record makes the recorder of the table, of which there is one at a time. It keeps at most limit changes: more are
// lost, and counted. wake is called after an Apply with changes, once until the next Drain, without a lock: it should only signal.
func (t *Table) Record(limit int, wake func()) *Recorder {
	r := &Recorder{table: t, wake: wake, limit: limit}
	t.mu.Lock()
	t.recorder = r
	t.mu.Unlock()
	return r
}

// Set says whose changes are kept from now on, in place of those before; unknown slots are left out. A slot that is
// removed from the table is no longer recorded, and nor is another tag that gets its number.
func (r *Recorder) Set(slots []Slot) {
	t := r.table
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range r.slots {
		t.cells[s].recorded = false
	}
	r.slots = r.slots[:0]
	for _, s := range slots {
		if t.isLive(s) {
			t.cells[s].recorded = true
			r.slots = append(r.slots, s)
		}
	}
}

// Drain appends to dst the changes since the last Drain, and says how many were lost.
func (r *Recorder) Drain(dst []Change) ([]Change, uint64) {
	r.table.mu.Lock()
	dst = append(dst, r.changes...)
	lost := r.lost
	r.changes, r.lost, r.roused = r.changes[:0], 0, false
	r.table.mu.Unlock()
	return dst, lost
}

// Close ends the recording.
func (r *Recorder) Close() {
	r.Set(nil)
	r.table.mu.Lock()
	if r.table.recorder == r {
		r.table.recorder = nil
	}
	r.table.mu.Unlock()
}

// record keeps a change; the table is locked.
func (r *Recorder) record(s Slot, sample Sample) {
	if len(r.changes) >= r.limit {
		r.lost++
		return
	}
	r.changes = append(r.changes, Change{s, sample})
}
