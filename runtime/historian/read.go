package historian

import (
	"context"
	"fmt"
	"slices"

	"github.com/lineside/lineside/runtime/historian/chunk"
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
	var out []Sample
	for _, w := range a.windowsOf(id) {
		if w.start >= to || w.start+Window <= from {
			continue
		}
		part, err := w.sorted()
		if err != nil {
			return nil, fmt.Errorf("history in memory: %w", err)
		}
		out = merge(out, within(part, from, to))
	}
	return merge(out, within(a.loose.samples(id), from, to)), nil
}

// windowsOf are the windows of a series that wait.
func (a *Archive) windowsOf(id int64) []*window {
	if p := a.pending[id]; p != nil {
		return p.windows
	}
	return nil
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
// with parts of them, which it must not keep, and ends when that returns false. Where samples cannot be read
// any more there is one that says BadDataLost.
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
	for begin := windowOf(from); begin < to; {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows, err := a.rows.Read(ctx, id, begin, min(begin+span, to), true)
		if err != nil {
			return fmt.Errorf("history of %s: %w", path, err)
		}
		next := begin + span
		if len(rows) == 0 {
			// Over years without a sample at once.
			start, ok, err := a.rows.Next(ctx, id, begin)
			if err != nil {
				return fmt.Errorf("history of %s: %w", path, err)
			}
			if !ok || start >= to {
				break
			}
			next = max(next, start)
		}
		for i := range rows {
			buffer = a.readable(path, &rows[i], buffer[:0])
			part := within(buffer, from, to)
			end := rows[i].Start + Window
			n, _ := slices.BinarySearchFunc(waiting, end, sampleTime)
			before, _ := slices.BinarySearchFunc(waiting, rows[i].Start, sampleTime)
			if early := present(waiting[:before]); len(early) > 0 && !each(early) {
				return nil
			}
			part = present(merge(part, waiting[before:n]))
			waiting = waiting[n:]
			if len(part) > 0 && !each(part) {
				return nil
			}
		}
		n, _ := slices.BinarySearchFunc(waiting, next, sampleTime)
		if early := present(waiting[:n]); len(early) > 0 && !each(early) {
			return nil
		}
		waiting = waiting[n:]
		begin = next
	}
	if rest := present(waiting); len(rest) > 0 {
		each(rest)
	}
	return nil
}

// readable appends the samples of a row to dst. One whose bytes were damaged stands there as a sample without a value: what
// was before does not hold on.
func (a *Archive) readable(path tag.Path, row *Row, dst []Sample) []Sample {
	n := len(dst)
	dst, err := unpack(row, dst)
	if err == nil {
		return dst
	}
	a.damage(path, row, err)
	return append(dst[:n], Sample{Time: row.First, Quality: tag.BadDataLost})
}

// readableCells is readable of cells, and appends their texts to texts.
func (a *Archive) readableCells(row *Row, cells []chunk.Cell, texts []string) ([]chunk.Cell, []string) {
	n := len(cells)
	cells, texts, err := unpackCells(row, cells, texts)
	if err == nil {
		return cells, texts
	}
	a.mu.RLock()
	path := a.paths[row.Series]
	a.mu.RUnlock()
	a.damage(path, row, err)
	return append(cells[:n], chunk.Cell{Time: row.First, Quality: tag.BadDataLost}), texts
}

// damage names a damaged row in the log, once.
func (a *Archive) damage(path tag.Path, row *Row, err error) {
	if _, told := a.damaged.LoadOrStore([2]int64{row.Series, int64(row.Start)}, true); !told {
		a.log.Error("samples cannot be read any more", "tag", path, "from", row.First.Std(), "to", row.Last.Std(), "samples", row.Count, "error", err)
	}
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
		// What waits may take some of them away.
		take(present(merge(a.readable(path, &row, nil), within(waiting, row.Start, row.Start+Window))))
		if found {
			break
		}
		before = row.Start // its window begins before t, and all of its samples come after
	}
	take(present(waiting))
	return best, found, nil
}
