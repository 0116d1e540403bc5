package tag

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Errors of the table that a caller may want to tell apart.
var (
	// ErrExists says that there is a tag of this path already.
	ErrExists = errors.New("tag exists already")
	// ErrCycle says that a computed tag would depend on itself.
	ErrCycle = errors.New("computed tags depend on each other in a circle")
	// ErrUnknownSlot says that a slot was never given out or has been removed.
	ErrUnknownSlot = errors.New("unknown slot")
)

// Slot is the number of a tag in a Table. It stays the tag's until the tag is removed.
type Slot uint32

// Definition is what is known about a tag besides its value.
type Definition struct {
	Type                     Type
	Unit, Title, Description string
	// Low and High are the engineering range, NormalLow and NormalHigh the normal band; nil when not given.
	Low, High, NormalLow, NormalHigh *float64
	// Decimals is the number of decimals shown, nil when not given.
	Decimals *int
	// Writable says that the tag has a write gate.
	Writable bool
}

// Update is a new sample for a slot.
type Update struct {
	Slot   Slot
	Sample Sample
}

// Eval computes a sample from those of the dependencies, in the order they were given.
// It runs under the lock of the table: it must be quick, must not call the table and must
// not keep deps. A panic makes this one result BadInternalError.
type Eval func(deps []Sample) Sample

// Table holds the newest sample of every tag and keeps computed tags up to date. There is
// one writer at a time; all methods are safe for concurrent use.
type Table struct {
	mu    sync.RWMutex
	cells []cell // hot: what Apply touches
	infos []info // cold, same index
	paths map[Path]Slot
	free  []Slot

	sorted     []Slot // named slots by path, but for those in fresh
	fresh      []Slot // named slots that were added since
	generation uint64
	listeners  map[*listener]struct{}

	// Buffers of one propagation, reused.
	epoch   uint64
	levels  [][]Slot // slots to evaluate, by level
	pending int      // how many there are in levels
	args    []Sample
	roused  []*Watcher

	recorder *Recorder // nil when nobody records
}

type listener struct{ call func() }

type state uint8

const (
	vacant state = iota // in the free list, or never used
	live
	gone // removed, but somebody still holds the number
)

type cell struct {
	sample     Sample
	eval       Eval
	deps       []Slot
	dependents []Slot // each once
	watches    []watch
	epoch      uint64 // queued in this propagation
	level      int32  // 0 for what is not computed, else one more than the highest dependency
	state      state
	named      bool
}

type info struct {
	path Path
	def  Definition
}

// NewTable makes an empty table.
func NewTable() *Table {
	return &Table{paths: map[Path]Slot{}, listeners: map[*listener]struct{}{}, levels: make([][]Slot, 1)}
}

// Add makes a tag that is updated by Apply; an empty path makes an anonymous one. Its first sample is BadWaitingForInitialData.
func (t *Table) Add(p Path, d Definition) (Slot, error) {
	t.mu.Lock()
	if _, ok := t.paths[p]; ok {
		t.mu.Unlock()
		return 0, fmt.Errorf("add %q: %w", p, ErrExists)
	}
	s := t.take(p, d)
	t.cells[s].sample = Sample{Quality: BadWaitingForInitialData, Server: Now()}
	if p == "" {
		t.mu.Unlock()
	} else {
		t.changedAndUnlock()
	}
	return s, nil
}

// AddComputed makes a tag that eval computes from others, and evaluates it at once. An
// empty path makes an anonymous slot, which no pattern finds: a binding of a screen.
func (t *Table) AddComputed(p Path, d Definition, deps []Slot, eval Eval) (Slot, error) {
	t.mu.Lock()
	if _, ok := t.paths[p]; ok && p != "" {
		t.mu.Unlock()
		return 0, fmt.Errorf("add %q: %w", p, ErrExists)
	}
	if err := t.known(deps); err != nil {
		t.mu.Unlock()
		return 0, fmt.Errorf("add %q: %w", p, err)
	}
	s := t.take(p, d)
	t.attach(s, deps, eval)
	t.begin()
	t.enqueue(s)
	t.propagate(Now())
	if p == "" {
		t.unlockAndWake()
	} else {
		t.changedAndUnlock()
	}
	return s, nil
}

// Redefine replaces the definition of a tag. The generation changes.
func (t *Table) Redefine(s Slot, d Definition) {
	t.mu.Lock()
	if !t.isLive(s) {
		t.mu.Unlock()
		return
	}
	t.infos[s].def = d
	if t.infos[s].path == "" {
		t.mu.Unlock()
		return
	}
	t.changedAndUnlock()
}

// SetComputed replaces what computes a slot, and evaluates it and its dependents at once.
// A nil eval turns the slot into one that Apply updates, at first BadWaitingForInitialData.
// When the change would close a circle, the error wraps ErrCycle, names the tags of the
// circle, and everything stays as it was.
func (t *Table) SetComputed(s Slot, deps []Slot, eval Eval) error {
	t.mu.Lock()
	if !t.isLive(s) {
		t.mu.Unlock()
		return fmt.Errorf("set slot %d: %w", s, ErrUnknownSlot)
	}
	if eval == nil {
		deps = nil
	}
	err := t.known(deps)
	if err == nil {
		err = t.circle(s, deps)
	}
	if err != nil {
		err = fmt.Errorf("set %q: %w", t.infos[s].path, err)
		t.mu.Unlock()
		return err
	}
	t.detach(s)
	t.begin()
	if eval == nil {
		t.cells[s].level = 0
		t.relevel(s)
		t.store(s, Sample{Quality: BadWaitingForInitialData, Server: Now()})
	} else {
		t.attach(s, deps, eval)
		t.relevel(s)
		t.enqueue(s)
	}
	t.propagate(Now())
	t.unlockAndWake()
	return nil
}

// Remove takes tags out of the table. Computed tags that depend on them, and their
// watchers, see BadNodeIdUnknown without a value. The number of a slot is given out again
// only when nothing depends on it and no watcher holds it any more.
func (t *Table) Remove(slots ...Slot) {
	t.mu.Lock()
	named := false
	now := Now()
	t.begin()
	for _, s := range slots { // first, so that none of them is evaluated because of another
		if t.isLive(s) {
			t.detach(s)
		}
	}
	for _, s := range slots {
		if !t.isLive(s) {
			continue
		}
		t.cells[s].state = gone
		if p := t.infos[s].path; p != "" {
			delete(t.paths, p)
			named = true
		}
		t.store(s, Sample{Quality: BadNodeIDUnknown, Server: now})
	}
	if named {
		t.unsort()
	}
	t.propagate(now)
	for _, s := range slots {
		t.release(s)
	}
	if named {
		t.changedAndUnlock()
	} else {
		t.unlockAndWake()
	}
}

// unsort takes the slots out of the order that are gone.
func (t *Table) unsort() {
	gone := func(s Slot) bool { return t.cells[s].state == gone }
	t.sorted, t.fresh = slices.DeleteFunc(t.sorted, gone), slices.DeleteFunc(t.fresh, gone)
}

// Lookup finds the slot of a path.
func (t *Table) Lookup(p Path) (Slot, bool) {
	t.mu.RLock()
	s, ok := t.paths[p]
	t.mu.RUnlock()
	return s, ok
}

// Path is the path of a slot, "" for an anonymous or unknown one. A removed slot keeps its
// path while somebody holds the number.
func (t *Table) Path(s Slot) Path {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if int(s) >= len(t.infos) {
		return ""
	}
	return t.infos[s].path
}

// Definition is the definition of a slot, the zero Definition for an unknown one.
func (t *Table) Definition(s Slot) Definition {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if int(s) >= len(t.infos) {
		return Definition{}
	}
	return t.infos[s].def
}

// Get is the newest sample of a slot; BadNodeIdUnknown for an unknown one.
func (t *Table) Get(s Slot) Sample {
	t.mu.RLock()
	out := t.sample(s)
	t.mu.RUnlock()
	return out
}

// Read appends the newest samples of slots to dst, all of the same moment.
func (t *Table) Read(slots []Slot, dst []Sample) []Sample {
	t.mu.RLock()
	for _, s := range slots {
		dst = append(dst, t.sample(s))
	}
	t.mu.RUnlock()
	return dst
}

// Qualities appends the present qualities of slots to dst, all of the same moment; BadNodeIdUnknown for an unknown one.
func (t *Table) Qualities(slots []Slot, dst []Quality) []Quality {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, s := range slots {
		if int(s) >= len(t.cells) || t.cells[s].state == vacant {
			dst = append(dst, BadNodeIDUnknown)
		} else {
			dst = append(dst, t.cells[s].sample.Quality)
		}
	}
	return dst
}

func (t *Table) sample(s Slot) Sample {
	if int(s) >= len(t.cells) || t.cells[s].state == vacant {
		return Sample{Quality: BadNodeIDUnknown}
	}
	return t.cells[s].sample
}

// Match finds the slots whose paths the pattern selects, sorted by path.
func (t *Table) Match(p Pattern) []Slot {
	if p.IsPath() {
		if s, ok := t.Lookup(Path(p)); ok {
			return []Slot{s}
		}
		return nil
	}
	prefix, _, _ := strings.Cut(string(p), "*")
	return t.find(prefix, p.Match)
}

// Select finds the slots whose paths any pattern of s selects, sorted by path.
func (t *Table) Select(s *Selector) []Slot { return t.find(s.prefix, s.Match) }

// find lists the slots of the paths that begin with prefix and are selected, sorted by path.
func (t *Table) find(prefix string, selects func(Path) bool) []Slot {
	t.mu.RLock()
	if len(t.fresh) > 0 {
		t.mu.RUnlock()
		t.mu.Lock()
		t.sort()
		t.mu.Unlock()
		t.mu.RLock()
	}
	defer t.mu.RUnlock()
	if len(t.fresh) > 0 { // changed in between: do without the order that was just lost
		return t.findUnsorted(selects)
	}
	from, _ := slices.BinarySearchFunc(t.sorted, prefix, func(s Slot, prefix string) int { return strings.Compare(string(t.infos[s].path), prefix) })
	var out []Slot
	for _, s := range t.sorted[from:] {
		path := t.infos[s].path
		if !strings.HasPrefix(string(path), prefix) {
			break
		}
		if selects(path) {
			out = append(out, s)
		}
	}
	return out
}

func (t *Table) findUnsorted(selects func(Path) bool) (out []Slot) {
	for path, s := range t.paths {
		if selects(path) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, t.byPath)
	return out
}

func (t *Table) byPath(a, b Slot) int {
	return strings.Compare(string(t.infos[a].path), string(t.infos[b].path))
}

// sort brings what was added into the order.
func (t *Table) sort() {
	slices.SortFunc(t.fresh, t.byPath)
	all := make([]Slot, 0, len(t.sorted)+len(t.fresh))
	old := t.sorted
	for _, s := range t.fresh {
		n, _ := slices.BinarySearchFunc(old, s, t.byPath)
		all = append(append(all, old[:n]...), s)
		old = old[n:]
	}
	t.sorted, t.fresh = append(all, old...), t.fresh[:0]
}

// Generation is a number that changes when named tags are added, removed or redefined.
func (t *Table) Generation() uint64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.generation
}

// OnChange has f called after every change of the generation, until cancel. It is called
// without a lock, by whoever made the change, maybe thousands of times in a row: it should
// only signal.
func (t *Table) OnChange(f func()) (cancel func()) {
	l := &listener{f}
	t.mu.Lock()
	t.listeners[l] = struct{}{}
	t.mu.Unlock()
	return func() {
		t.mu.Lock()
		delete(t.listeners, l)
		t.mu.Unlock()
	}
}

// Apply stores new samples and then evaluates every computed slot that depends on what
// changed, once each and in the order of dependency. A change is a change of value or
// quality: a sample that differs in its times only is stored, but nothing is evaluated and
// nobody woken for it. Of several samples for one slot the last stays. Samples for computed
// and for removed slots are ignored. A Server time of 0 is set to now.
func (t *Table) Apply(updates []Update) {
	now := Now()
	t.mu.Lock()
	t.begin()
	for i := range updates {
		u := &updates[i]
		if !t.isLive(u.Slot) || t.cells[u.Slot].eval != nil {
			continue
		}
		sample := u.Sample
		if sample.Server == 0 {
			sample.Server = now
		}
		t.store(u.Slot, sample)
	}
	t.propagate(now)
	t.unlockAndWake()
}

// Evaluate computes computed slots again although nothing that they depend on has changed: time has passed.
func (t *Table) Evaluate(slots ...Slot) {
	t.mu.Lock()
	t.begin()
	for _, s := range slots {
		if t.isLive(s) && t.cells[s].eval != nil {
			t.enqueue(s)
		}
	}
	t.propagate(Now())
	t.unlockAndWake()
}

// Reserve makes room for so many more slots at once.
func (t *Table) Reserve(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n += n/32 + 256 // what the runtime has of its own comes on top
	if n -= len(t.free); n > 0 {
		t.cells, t.infos = roomier(t.cells, n), roomier(t.infos, n)
	}
}

// roomier is slices.Grow without room for still more.
func roomier[T any](list []T, n int) []T {
	if cap(list)-len(list) >= n {
		return list
	}
	return append(make([]T, 0, len(list)+n), list...)
}

// take finds a free number for a new slot. The caller holds the lock.
func (t *Table) take(p Path, d Definition) Slot {
	var s Slot
	if n := len(t.free); n > 0 {
		s, t.free = t.free[n-1], t.free[:n-1]
	} else {
		s = Slot(len(t.cells))
		t.cells = append(t.cells, cell{})
		t.infos = append(t.infos, info{})
	}
	c := &t.cells[s]
	*c = cell{state: live, named: p != "", dependents: c.dependents[:0], watches: c.watches[:0]}
	t.infos[s] = info{p, d}
	if p != "" {
		t.paths[p] = s
		t.fresh = append(t.fresh, s)
	}
	return s
}

// release gives the number of a removed slot back when nobody holds it any more.
func (t *Table) release(s Slot) {
	if int(s) >= len(t.cells) {
		return
	}
	if c := &t.cells[s]; c.state == gone && len(c.watches) == 0 && len(c.dependents) == 0 {
		c.state, c.sample = vacant, Sample{}
		t.infos[s] = info{}
		t.free = append(t.free, s)
	}
}

func (t *Table) isLive(s Slot) bool { return int(s) < len(t.cells) && t.cells[s].state == live }

func (t *Table) known(slots []Slot) error {
	for _, s := range slots {
		if !t.isLive(s) {
			return fmt.Errorf("depends on slot %d: %w", s, ErrUnknownSlot)
		}
	}
	return nil
}

// changedAndUnlock ends a change of the set of tags.
func (t *Table) changedAndUnlock() {
	t.generation++
	var calls []func()
	for l := range t.listeners {
		calls = append(calls, l.call)
	}
	t.unlockAndWake()
	for _, f := range calls {
		f()
	}
}
