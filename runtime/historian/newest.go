package historian

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// newestOf remembers the last sample that the database has of a series, so that present values of many tags are
// known without asking it.
type newestOf struct {
	mu sync.Mutex
	of map[int64]Sample
	// moves counts what went to the database: what was read before may be old.
	moves uint64
}

// moved takes note of a window that went to the database.
func (n *newestOf) moved(series int64, w *window) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.moves++
	last, simple := w.tail()
	switch cached, ok := n.of[series]; {
	case !ok:
	case !simple:
		delete(n.of, series)
	case last.Time >= cached.Time:
		n.of[series] = last
	}
}

// forget forgets everything: rows were deleted.
func (n *newestOf) forget() {
	n.mu.Lock()
	n.of, n.moves = nil, n.moves+1
	n.mu.Unlock()
}

// tail is the last sample of a window, when that is told without unpacking it.
func (w *window) tail() (Sample, bool) {
	s := w.final
	if n := len(w.cells); n > 0 {
		s = w.cells[n-1].Sample(w.texts)
	}
	return s, w.ordered && w.size() > 0 && s.Quality != removed
}

// waitingLast is what waits of a series as far as LastAt is concerned.
type waitingLast struct {
	last Sample
	// some says that there is something, simple that last is the last of it, told without unpacking.
	some, simple bool
}

// lastWaiting is the last sample of a series that waits. The caller holds mu.
func (a *Archive) lastWaiting(id int64) waitingLast {
	var out waitingLast
	if windows := a.windowsOf(id); len(windows) > 0 {
		last := windows[len(windows)-1]
		out.some = len(windows) > 1 || last.size() > 0
		out.last, out.simple = last.tail()
	}
	if last, simple, some := a.loose.tail(id); some {
		if !out.some || simple && out.simple && last.Time >= out.last.Time {
			out.last, out.simple = last, simple
		}
		out.simple = out.simple && simple
		out.some = true
	}
	return out
}

// LastAt are the last samples of tags at or before a time, in their order; one without a sample is zero. Of present
// values it is quick for thousands of tags.
func (a *Archive) LastAt(ctx context.Context, paths []tag.Path, t tag.Time) ([]Sample, error) {
	out := make([]Sample, len(paths))
	ids := make([]int64, len(paths))
	waits := make([]waitingLast, len(paths))
	var open, unsure []int // whose samples are not known, or perhaps not the last ones
	a.mu.RLock()
	for i, path := range paths {
		id, ok := a.ids[path]
		if !ok {
			continue
		}
		ids[i] = id
		w := a.lastWaiting(id)
		waits[i] = w
		stored, known := a.stored[id]
		switch {
		case !w.simple || w.last.Time > t:
			open = append(open, i)
		case !known:
			unsure = append(unsure, i)
		case windowOf(w.last.Time) > stored:
			out[i] = w.last
		default:
			open = append(open, i) // it came late: what the database has may be later
		}
	}
	a.mu.RUnlock()
	if len(unsure) > 0 {
		series := make([]int64, len(unsure))
		for k, i := range unsure {
			series[k] = ids[i]
		}
		if err := a.findStored(ctx, series); err != nil {
			return nil, err
		}
		for _, i := range unsure {
			if windowOf(waits[i].last.Time) > a.storedTo(ids[i]) {
				out[i] = waits[i].last
			} else {
				open = append(open, i)
			}
		}
	}
	rest := open[:0]
	a.newest.mu.Lock()
	moves := a.newest.moves
	for _, i := range open {
		if s, ok := a.newest.of[ids[i]]; ok && s.Time <= t && !waits[i].some {
			out[i] = s
			continue
		}
		rest = append(rest, i)
	}
	a.newest.mu.Unlock()
	recent := tag.Now()-t < tag.Time(time.Minute)
	for _, i := range rest {
		if recent && !waits[i].some {
			s, ok, err := a.At(ctx, paths[i], ever)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			a.newest.remember(ids[i], s, moves)
			if s.Time <= t {
				out[i] = s
				continue
			}
		}
		s, ok, err := a.At(ctx, paths[i], t)
		if err != nil {
			return nil, err
		}
		if ok {
			out[i] = s
		}
	}
	return out, nil
}

// remember remembers the last sample of a series, unless something went to the database since it was read.
func (n *newestOf) remember(series int64, s Sample, moves uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.moves != moves {
		return
	}
	if n.of == nil {
		n.of = map[int64]Sample{}
	}
	n.of[series] = s
}

// ever is a time behind all samples.
const ever = tag.Time(1 << 61)

// removed is the quality of a sample that takes another one away: with its time, when both come together.
const removed tag.Quality = 0x80A0FFFF

// present are those that are no removals.
func present(list []Sample) []Sample {
	for i := range list {
		if list[i].Quality != removed {
			continue
		}
		out := append(make([]Sample, 0, len(list)-1), list[:i]...)
		for _, s := range list[i+1:] {
			if s.Quality != removed {
				out = append(out, s)
			}
		}
		return out
	}
	return list
}

// Removal is a sample that takes away the one with its time.
func Removal(t tag.Time) Sample { return Sample{Time: t, Quality: removed} }

// IsRemoval reports whether a sample is one.
func IsRemoval(s *Sample) bool { return s.Quality == removed }

// Correctable reports whether samples of a time can be corrected: the error is ErrTooOld when they are kept no longer.
func (a *Archive) Correctable(t tag.Time) error {
	a.mu.RLock()
	floor := a.marks.floor[TierRaw]
	a.mu.RUnlock()
	if t < floor {
		return fmt.Errorf("%w: samples before %s are kept no longer", ErrTooOld, floor.Std())
	}
	return nil
}

// Correct puts samples, and removals of samples, where others are, and returns when they are on the disk. The error says
// when they lie before what is kept of samples.
func (a *Archive) Correct(series int64, samples []Sample) error {
	a.mu.RLock()
	room := a.most - a.count
	a.mu.RUnlock()
	if len(samples) > room {
		return ErrFull
	}
	for i := range samples {
		if err := a.Correctable(samples[i].Time); err != nil {
			return err
		}
	}
	a.Append([]Batch{{series, samples}})
	a.newest.forget()
	return a.Sync(true)
}

// Pack packs sorted samples, of whatever types, and Unpack gives them back.
func Pack(samples []Sample) ([]byte, error) { return appendParts(nil, samples) }

// Unpack gives back what Pack has packed.
func Unpack(data []byte) ([]Sample, error) { return unpackParts(data, nil) }

// Undone are sorted samples as they were before some of them were corrected: what is at the times of change goes, and old
// takes its place. Both are sorted; only what lies in [from, to) is given.
func Undone(samples, change, old []Sample, from, to tag.Time) []Sample {
	change = within(change, from, to)
	out := make([]Sample, 0, len(samples)+len(old))
	for _, s := range samples {
		for len(change) > 0 && change[0].Time < s.Time {
			change = change[1:]
		}
		if len(change) == 0 || change[0].Time != s.Time {
			out = append(out, s)
		}
	}
	return merge(out, within(old, from, to))
}
