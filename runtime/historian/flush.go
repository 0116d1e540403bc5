package historian

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lineside/lineside/runtime/historian/chunk"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of a transaction.
const (
	// maxRows is how many rows go to the database in one transaction, maxRowBytes about how many bytes.
	maxRows     = 1000
	maxRowBytes = 16 << 20
	// maxRow is how long the data of a row may be; what would make it longer is refused.
	maxRow = 64 << 20
	// putWithin is how long the database may take for it.
	putWithin = time.Minute
)

// Flush moves the windows that are over at a time to the database; with all, the others too. What fails stays
// where it is, to be moved by the next Flush. Nobody who appends waits for it.
func (a *Archive) Flush(ctx context.Context, now tag.Time, all bool) error {
	a.moving.Lock()
	defer a.moving.Unlock()
	err := a.flush(ctx, now, all)
	a.mu.Lock()
	a.failure = err
	a.mu.Unlock()
	return err
}

// move is a window on its way.
type move struct {
	series int64
	window *window
}

func (a *Archive) flush(ctx context.Context, now tag.Time, all bool) error {
	moves := a.depart(now, all)
	slices.SortFunc(moves, func(x, y move) int {
		if x.series != y.series {
			return int(x.series - y.series)
		}
		return int((x.window.start - y.window.start) / Window)
	})
	for len(moves) > 0 {
		n, err := a.put(ctx, moves)
		if err != nil {
			a.stay()
			return err
		}
		moves = moves[n:]
	}
	a.journaling.Lock()
	defer a.journaling.Unlock()
	done := a.rotated
	a.rotated = 0
	return a.journal.drop(done)
}

// depart finds the windows that are to be moved, and begins a new file of the journal with what is not among them, so that
// the old files can go when they have arrived.
func (a *Archive) depart(now tag.Time, all bool) (moves []move) {
	a.journaling.Lock()
	defer a.journaling.Unlock()
	a.mu.Lock()
	a.settle()
	a.loose.trim()
	crowded := a.text > maxText/4
	for series, p := range a.pending {
		if len(p.windows) == 0 {
			delete(a.pending, series) // nothing has come since the last time
		}
		for _, w := range p.windows {
			if all || w.due || w.start+Window <= now || crowded && w.text > earlyText {
				w.moving, w.due = true, true
				moves = append(moves, move{series, w})
			}
		}
	}
	a.mu.Unlock()
	err := a.journal.flush(false)
	if err == nil && a.rotated > 0 {
		return moves // the last time has failed: what must not go is in the newer files already
	}
	done := a.journal.seq
	if err == nil && !a.behind {
		if err = a.rewrite(func(w *window) bool { return !w.moving }); err == nil {
			a.rotated = done
			return moves
		}
	}
	// The journal cannot be written. What is to be moved is moved all the same; Sync writes the rest anew when it can.
	a.behind = true
	a.mu.Lock()
	a.journalFailure = err
	a.mu.Unlock()
	return moves
}

// put brings some windows to the database, in one transaction, and says how many.
func (a *Archive) put(ctx context.Context, moves []move) (int, error) {
	rows := make([]Row, 0, min(len(moves), maxRows))
	if a.moved.rows = a.moved.rows[:0]; cap(a.moved.rows) > maxRowBytes/4 {
		a.moved.rows = nil
	}
	n, size := 0, 0
	series := make([]int64, 0, cap(rows))
	for _, m := range moves[:min(len(moves), maxRows)] {
		series = append(series, m.series)
	}
	if err := a.findStored(ctx, series); err != nil {
		return 0, err
	}
	for n < len(moves) && n < maxRows && size < maxRowBytes {
		m := moves[n]
		n++
		row, ok, err := a.row(ctx, m.series, m.window)
		if err != nil {
			return 0, err
		}
		if ok {
			rows = append(rows, row)
			size += len(row.Data)
		}
	}
	moves = moves[:n]
	a.mu.RLock()
	var stale []Stale
	for i := range rows {
		if rows[i].Start < a.marks.making[TierMinute] {
			stale = append(stale, Stale{TierMinute, rows[i].Series, TierMinute.row(rows[i].Start)})
		}
	}
	a.mu.RUnlock()
	slices.SortFunc(stale, compareStale)
	stale = slices.Compact(stale)
	limit, cancel := context.WithTimeout(ctx, putWithin)
	defer cancel()
	if err := a.rows.Put(limit, rows, stale); err != nil {
		return 0, fmt.Errorf("history: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range rows {
		a.stored[rows[i].Series] = max(a.stored[rows[i].Series], rows[i].Start)
	}
	for _, s := range stale {
		a.marks.stale[s] = true
	}
	for _, m := range moves {
		p := a.pending[m.series]
		p.windows = slices.DeleteFunc(p.windows, func(w *window) bool { return w == m.window })
		if p.open == m.window {
			p.open = nil
		}
		a.count -= m.window.size()
		a.text -= m.window.text
		a.newest.moved(m.series, m.window)
		m.window.empty()
		p.spare = m.window
	}
	return n, nil
}

// findStored finds out up to where the database has rows of series, as far as that is not known.
func (a *Archive) findStored(ctx context.Context, series []int64) error {
	var unknown []int64
	a.mu.RLock()
	for _, id := range series {
		if _, known := a.stored[id]; !known {
			unknown = append(unknown, id)
		}
	}
	a.mu.RUnlock()
	if len(unknown) == 0 {
		return nil
	}
	found, err := a.rows.Newest(ctx, unknown)
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, id := range unknown {
		start, ok := found[id]
		if !ok {
			start = -1 << 62
		}
		if there, known := a.stored[id]; !known || there < start {
			a.stored[id] = start
		}
	}
	return nil
}

// storedTo is where the last window of a series begins that the database has, far in the future when that is not known.
func (a *Archive) storedTo(series int64) tag.Time {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if start, known := a.stored[series]; known {
		return start
	}
	return ever
}

// stay takes back what was on its way: the old files of the journal still hold it.
func (a *Archive) stay() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.settle()
	for _, p := range a.pending {
		var kept []*window
		for _, w := range p.windows {
			w.moving = false
			// What came for the same window meanwhile stands behind it.
			if n := len(kept); n > 0 && kept[n-1].start == w.start {
				samples, err := w.sorted()
				if err != nil {
					a.log.Error("history in memory cannot be read", "error", err)
				}
				a.count -= w.size()
				kept[n-1].text += w.text
				for i := range samples {
					a.count += kept[n-1].add(chunk.CellOf(&samples[i]), samples[i].Value.Text(), &a.packer)
				}
				continue
			}
			kept = append(kept, w)
		}
		p.windows, p.open = kept, nil
	}
}

// row packs a window, together with what the database has of it already; false when it cannot be packed at all, which is
// told and counted, so that it does not keep all others from being moved.
func (a *Archive) row(ctx context.Context, series int64, w *window) (row Row, ok bool, err error) {
	give := func(err error) (Row, bool, error) {
		a.mu.Lock()
		a.counts.Unpackable += uint64(w.size())
		path := a.paths[series]
		a.mu.Unlock()
		a.log.Error("samples cannot be kept and are lost", "tag", path, "from", w.start.Std(), "samples", w.size(), "error", err)
		return Row{}, false, nil
	}
	var there []Row
	if w.start <= a.storedTo(series) {
		var err error
		if there, err = a.rows.Read(ctx, series, w.start, w.start+1, true); err != nil {
			return Row{}, false, fmt.Errorf("history: %w", err)
		}
	}
	if len(there) == 0 && w.ordered && w.whole {
		if row, err = w.row(series, &a.moved); err != nil {
			return give(err)
		}
		return row, true, nil
	}
	samples, err := w.sorted()
	if err != nil {
		return give(err)
	}
	if len(there) == 0 {
		if row, err = pack(series, w.start, samples); err != nil {
			return give(err)
		}
		return row, true, nil
	}
	a.mu.RLock()
	path := a.paths[series]
	a.mu.RUnlock()
	old := a.readable(path, &there[0], nil)
	if row, err = pack(series, w.start, merge(old, samples)); err != nil {
		return give(err)
	}
	if len(row.Data) > maxRow {
		return give(fmt.Errorf("there are more than %d MiB of ten minutes", maxRow>>20))
	}
	row.Was, row.WasCount, row.WasBytes = true, int64(there[0].Count), int64(len(there[0].Data))
	return row, true, nil
}
