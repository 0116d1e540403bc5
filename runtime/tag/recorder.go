package tag

// Recorder keeps every change of all named tags, in the order of their coming, until it is drained. A
// Watcher tells the newest value; who must not miss one between two looks takes this.
type Recorder struct {
	table *Table
	wake  func()
	limit int

	// Guarded by the table's lock.
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
// lost, and counted. wake, when not nil, is called after an Apply with changes, once until the next Drain, without a
// lock: it should only signal.
func (t *Table) Record(limit int, wake func()) *Recorder {
	r := &Recorder{table: t, wake: wake, limit: limit}
	t.mu.Lock()
	t.recorder = r
	t.mu.Unlock()
	return r
}

// Drain gives the changes since the last Drain, and says how many were lost. It takes the memory of spare for those to
// come: who drains gives back what it got, cleared where it held texts.
func (r *Recorder) Drain(spare []Change) ([]Change, uint64) {
	r.table.mu.Lock()
	changes, lost := r.changes, r.lost
	r.changes, r.lost, r.roused = spare[:0], 0, false
	r.table.mu.Unlock()
	return changes, lost
}

// Close ends the recording.
func (r *Recorder) Close() {
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
