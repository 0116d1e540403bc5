package historian

import (
	"context"
	"fmt"
	"slices"

	"github.com/lineside/lineside/runtime/tag"
)

// MaxRaw is how many raw samples one read returns at most.
const MaxRaw = 2_000_000

// id of a path, false when it has no history.
func (a *Archive) id(path tag.Path) (int64, bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	id, ok := a.ids[path]
	return id, ok
}

// Has reports whether a tag has a history, though it may be there no longer.
func (a *Archive) Has(path tag.Path) bool {
	_, ok := a.id(path)
	return ok
}

// waiting are the samples of a series in [from, to) that are not in the database, sorted.
func (a *Archive) waiting(id int64, from, to tag.Time) ([]Sample, error) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	p := a.pending[id]
	if p == nil {
		return nil, nil
	}
	var out []Sample
	for _, w := range p.windows {
		if w.start >= to || w.start+Window <= from {
			continue
		}
		part, err := w.sorted()
		if err != nil {
			return nil, fmt.Errorf("history in memory: %w", err)
		}
		out = merge(out, within(part, from, to))
	}
	return out, nil
}

func sampleTime(s Sample, t tag.Time) int {
	switch {
	case s.Time < t:
		return -1
	case s.Time > t:
		return 1
	}
	return 0
}

// Raw reads the samples of a tag in [from, to), sorted by time; none when it has no history. It calls each
// with parts of them, which it must not keep, and ends when that returns false.
func (a *Archive) Raw(ctx context.Context, path tag.Path, from, to tag.Time, each func([]Sample) bool) error {
	id, ok := a.id(path)
	if !ok || to <= from {
		return nil
	}
	// What waits is taken first: what reaches the database meanwhile is then seen twice rather than never, and merged.
	waiting, err := a.waiting(id, from, to)
	if err != nil {
		return err
	}
	const span = 36 * Window // rows in memory at once
	var buffer []Sample
	for begin := windowOf(from); begin < to; begin += span {
		rows, err := a.rows.Read(ctx, id, begin, min(begin+span, to), true)
		if err != nil {
			return fmt.Errorf("history of %s: %w", path, err)
		}
		for i := range rows {
			buffer = buffer[:0]
			if buffer, err = unpack(&rows[i], buffer); err != nil {
				return err
			}
			part := within(buffer, from, to)
			end := rows[i].Start + Window
			n, _ := slices.BinarySearchFunc(waiting, end, sampleTime)
			before, _ := slices.BinarySearchFunc(waiting, rows[i].Start, sampleTime)
			if before > 0 && !each(waiting[:before]) {
				return nil
			}
			part = merge(part, waiting[before:n])
			waiting = waiting[n:]
			if len(part) > 0 && !each(part) {
				return nil
			}
		}
		n, _ := slices.BinarySearchFunc(waiting, begin+span, sampleTime)
		if n > 0 && !each(waiting[:n]) {
			return nil
		}
		waiting = waiting[n:]
	}
	return nil
}

func within(sorted []Sample, from, to tag.Time) []Sample {
	first, _ := slices.BinarySearchFunc(sorted, from, sampleTime)
	last, _ := slices.BinarySearchFunc(sorted, to, sampleTime)
	return sorted[first:last]
}

// At is the last sample of a tag at or before a time; false when there is none.
func (a *Archive) At(ctx context.Context, path tag.Path, t tag.Time) (Sample, bool, error) {
	id, ok := a.id(path)
	if !ok {
		return Sample{}, false, nil
	}
	var best Sample
	found := false
	take := func(list []Sample) {
		n, _ := slices.BinarySearchFunc(list, t+1, sampleTime)
		if n > 0 && (!found || list[n-1].Time >= best.Time) {
			best, found = list[n-1], true
		}
	}
	waiting, err := a.waiting(id, -1<<62, t+1)
	if err != nil {
		return Sample{}, false, err
	}
	before := t + 1
	for {
		row, ok, err := a.rows.Before(ctx, id, before)
		if err != nil {
			return Sample{}, false, fmt.Errorf("history of %s: %w", path, err)
		}
		if !ok {
			break
		}
		samples, err := unpack(&row, nil)
		if err != nil {
			return Sample{}, false, err
		}
		take(samples)
		if found {
			break
		}
		before = row.Start // its window begins before t, and all of its samples come after
	}
	take(waiting)
	return best, found, nil
}
