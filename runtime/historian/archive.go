package historian

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// Options of an archive.
type Options struct {
	// Dir is where the journal is.
	Dir string
	Log *slog.Logger
	// MaxPending is how many samples may wait while the database cannot take them; more are dropped and
	// counted. 0 is 4 million.
	MaxPending int
	// Keep is how long history is kept; 0 is for ever.
	Keep time.Duration
}

// Archive is the history of all tags: what is in the database and what waits to get there. Its methods
// may be called from any goroutine.
type Archive struct {
	rows    Rows
	log     *slog.Logger
	most    int
	dir     string
	keeping time.Duration
	journal *journal

	// writing is held by whoever uses the journal or moves windows to the database.
	writing sync.Mutex
	// stored is by series the last window that the database has.
	stored map[int64]tag.Time

	mu      sync.RWMutex
	ids     map[tag.Path]int64
	paths   map[int64]tag.Path
	pending map[int64]*pending
	count   int // samples that wait
	dropped uint64
	late    uint64
	alive   tag.Time
	trimmed int64
	failure error // of the last attempt to write, nil when it went well
	// damaged are the rows that were told of because they cannot be read.
	damaged sync.Map
}

// pending are the samples of a series that are not in the database yet, by window.
type pending struct {
	windows []*window // sorted by start; mostly one
}

// window holds samples in the order of their coming: the earlier ones packed, as 10,000 tags at 1 Hz would
// fill 300 MB otherwise.
type window struct {
	start tag.Time
	// packed are ordered samples up to the time last, as in the data of a row.
	packed []byte
	last   tag.Time
	count  int // samples in packed
	// samples came behind them.
	samples []Sample
	ordered bool
	// moving says that they are on their way to the database: what comes now goes to another one.
	moving bool
}

// partSize is how many samples of a window are packed together while it is open.
const partSize = 120

// add takes a sample, and says by how many there are more now.
func (w *window) add(s Sample) int {
	if n := len(w.samples); n > 0 && s.Time <= w.samples[n-1].Time {
		if s.Time == w.samples[n-1].Time {
			w.samples[n-1] = s
			return 0
		}
		w.ordered = false
	} else if w.count > 0 && s.Time <= w.last {
		w.ordered = false
	}
	if w.ordered && len(w.samples) >= partSize {
		if packed, err := appendParts(w.packed, w.samples); err == nil {
			w.last, w.count = w.samples[len(w.samples)-1].Time, w.count+len(w.samples)
			w.packed, w.samples = packed, w.samples[:0]
		}
	}
	w.samples = append(w.samples, s)
	return 1
}

// size is how many samples there are.
func (w *window) size() int { return w.count + len(w.samples) }

// sorted are the samples by time, one for each.
func (w *window) sorted() ([]Sample, error) {
	tail := slices.Clone(w.samples)
	if !w.ordered {
		slices.SortStableFunc(tail, byTime)
		tail = newest(tail)
	}
	if w.count == 0 {
		return tail, nil
	}
	head, err := unpackParts(w.packed, make([]Sample, 0, w.count+len(tail)))
	if err != nil {
		return nil, err
	}
	return merge(head, tail), nil
}

// Open opens the history, and takes up what had not reached the database.
func Open(ctx context.Context, rows Rows, o Options) (*Archive, error) {
	a := &Archive{rows: rows, log: o.Log, most: o.MaxPending, ids: map[tag.Path]int64{}, paths: map[int64]tag.Path{}, pending: map[int64]*pending{}, stored: map[int64]tag.Time{}}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.most == 0 {
		a.most = 4 << 20
	}
	list, err := rows.Series(ctx)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	for _, s := range list {
		a.ids[s.Path], a.paths[s.ID] = s.ID, s.Path
	}
	if a.journal, err = openJournal(o.Dir); err != nil {
		return nil, err
	}
	if info, err := os.Stat(a.aliveFile(o.Dir)); err == nil {
		a.alive = tag.TimeOf(info.ModTime())
	}
	a.dir, a.keeping = o.Dir, o.Keep
	kept := 0
	err = a.journal.replay(func(e *entry) {
		if _, known := a.paths[e.series]; known {
			a.keep(e.series, e.sample)
			kept++
		}
	})
	if err != nil {
		return nil, err
	}
	if kept > 0 {
		a.log.Info("history taken up from the journal", "samples", kept)
	}
	return a, nil
}

// SeriesOf finds or makes the series of tags.
func (a *Archive) SeriesOf(ctx context.Context, paths []tag.Path) ([]int64, error) {
	out := make([]int64, len(paths))
	var missing []tag.Path
	a.mu.RLock()
	for i, p := range paths {
		if out[i] = a.ids[p]; out[i] == 0 {
			missing = append(missing, p)
		}
	}
	a.mu.RUnlock()
	if len(missing) == 0 {
		return out, nil
	}
	ids, err := a.rows.AddSeries(ctx, missing)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	a.mu.Lock()
	for i, p := range missing {
		a.ids[p], a.paths[ids[i]] = ids[i], p
	}
	for i, p := range paths {
		out[i] = a.ids[p]
	}
	a.mu.Unlock()
	return out, nil
}

// Rename lets the history of tags follow their new paths.
func (a *Archive) Rename(ctx context.Context, moved map[tag.Path]tag.Path) error {
	if err := a.rows.RenameSeries(ctx, moved); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	list, err := a.rows.Series(ctx)
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.ids)
	clear(a.paths)
	for _, s := range list {
		a.ids[s.Path], a.paths[s.ID] = s.ID, s.Path
	}
	return nil
}

// Batch is samples of one series.
type Batch struct {
	Series  int64
	Samples []Sample
}

// Alive is when the runtime was last seen at work before this start, 0 when that is not known: from then on nobody
// looked at the tags.
func (a *Archive) Alive() tag.Time { return a.alive }

// aliveFile is touched as long as the archive runs.
func (a *Archive) aliveFile(dir string) string { return filepath.Join(dir, "alive") }

func (a *Archive) touch() {
	name, now := a.aliveFile(a.dir), time.Now()
	if err := os.Chtimes(name, now, now); err != nil {
		if f, err := os.Create(name); err == nil {
			_ = f.Close()
		}
	}
}

// Append takes samples; they may be late and out of order. They can be read at once, and are safe after the
// next Sync. A sample with the time of one that is there already takes its place.
func (a *Archive) Append(batches []Batch) {
	a.writing.Lock()
	defer a.writing.Unlock()
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range batches {
		b := &batches[i]
		for _, s := range b.Samples {
			if a.count >= a.most {
				a.dropped++
				continue
			}
			a.journal.add(&entry{b.Series, s})
			a.keep(b.Series, s)
		}
	}
}

// keep puts a sample into its window.
func (a *Archive) keep(series int64, s Sample) {
	p := a.pending[series]
	if p == nil {
		p = &pending{}
		a.pending[series] = p
	}
	start := windowOf(s.Time)
	var w *window
	for i := len(p.windows) - 1; i >= 0; i-- {
		if o := p.windows[i]; o.start == start && !o.moving {
			w = o
			break
		}
	}
	if w == nil {
		w = &window{start: start, ordered: true}
		p.windows = append(p.windows, w)
		sort.SliceStable(p.windows, func(i, j int) bool { return p.windows[i].start < p.windows[j].start })
		if len(p.windows) > 1 && p.windows[len(p.windows)-1] != w {
			a.late++
		}
	}
	a.count += w.add(s)
}

// Sync writes what was appended to the journal, and with disk also waits for the disk.
func (a *Archive) Sync(disk bool) error {
	a.writing.Lock()
	defer a.writing.Unlock()
	return a.failed(a.journal.flush(disk))
}

// failed remembers how the last attempt to write went.
func (a *Archive) failed(err error) error {
	a.mu.Lock()
	a.failure = err
	a.mu.Unlock()
	return err
}

// maxRows is how many rows go to the database in one transaction.
const maxRows = 1000

// Flush moves the windows that are over at a time to the database; with all, the others too. What fails stays
// where it is, to be moved by the next Flush.
func (a *Archive) Flush(ctx context.Context, now tag.Time, all bool) error {
	a.writing.Lock()
	defer a.writing.Unlock()
	return a.failed(a.flush(ctx, now, all))
}

func (a *Archive) flush(ctx context.Context, now tag.Time, all bool) error {
	if err := a.journal.flush(false); err != nil {
		return err
	}
	done := a.journal.seq
	if err := a.journal.next(); err != nil {
		return err
	}
	// What stays in memory is written to the new file, so that the old ones can go. Nobody else appends meanwhile.
	type move struct {
		series int64
		window *window
	}
	var moves []move
	var staying []entry
	a.mu.Lock()
	for series, p := range a.pending {
		for _, w := range p.windows {
			if all || w.start+Window <= now {
				w.moving = true
				moves = append(moves, move{series, w})
				continue
			}
			samples, err := w.sorted()
			if err != nil {
				a.log.Error("history in memory cannot be read", "series", series, "error", err)
			}
			for _, s := range samples {
				staying = append(staying, entry{series, s})
			}
		}
	}
	a.mu.Unlock()
	for i := range staying {
		a.journal.add(&staying[i])
		if len(a.journal.batch) > maxRecord/2 {
			if err := a.journal.flush(false); err != nil {
				return errors.Join(err, a.stay())
			}
		}
	}
	if err := a.journal.flush(true); err != nil {
		return errors.Join(err, a.stay())
	}
	slices.SortFunc(moves, func(x, y move) int {
		if x.series != y.series {
			return int(x.series - y.series)
		}
		return int((x.window.start - y.window.start) / Window)
	})
	for len(moves) > 0 {
		part := moves[:min(len(moves), maxRows)]
		moves = moves[len(part):]
		rows := make([]Row, 0, len(part))
		for _, m := range part {
			row, err := a.row(ctx, m.series, m.window)
			if err != nil {
				return errors.Join(err, a.stay())
			}
			rows = append(rows, row)
		}
		if err := a.rows.Put(ctx, rows); err != nil {
			return errors.Join(fmt.Errorf("history: %w", err), a.stay())
		}
		for _, m := range part {
			a.stored[m.series] = max(a.stored[m.series], m.window.start)
		}
		a.mu.Lock()
		for _, m := range part {
			p := a.pending[m.series]
			p.windows = slices.DeleteFunc(p.windows, func(w *window) bool { return w == m.window })
			a.count -= m.window.size()
			if len(p.windows) == 0 {
				delete(a.pending, m.series)
			}
		}
		a.mu.Unlock()
	}
	return a.journal.drop(done)
}

// stay takes back what was on its way: the old files of the journal still hold it.
func (a *Archive) stay() error {
	a.mu.Lock()
	defer a.mu.Unlock()
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
				for _, s := range samples {
					a.count += kept[n-1].add(s)
				}
				continue
			}
			kept = append(kept, w)
		}
		p.windows = kept
	}
	return nil
}

// row packs a window, together with what the database has of it already.
func (a *Archive) row(ctx context.Context, series int64, w *window) (Row, error) {
	samples, err := w.sorted()
	if err != nil {
		return Row{}, err
	}
	last, known := a.stored[series]
	if !known {
		newest, ok, err := a.rows.Before(ctx, series, 1<<62)
		if err != nil {
			return Row{}, fmt.Errorf("history: %w", err)
		}
		if last = newest.Start; !ok {
			last = -1 << 62
		}
		a.stored[series] = last
	}
	var there []Row
	if w.start <= last {
		var err error
		if there, err = a.rows.Read(ctx, series, w.start, w.start+1, true); err != nil {
			return Row{}, fmt.Errorf("history: %w", err)
		}
	}
	if len(there) > 0 {
		old, err := unpack(&there[0], nil)
		if err != nil {
			a.log.Error("history that cannot be read is replaced", "series", series, "error", err)
		}
		samples = merge(old, samples)
	}
	return pack(series, w.start, samples)
}

func byTime(a, b Sample) int {
	switch {
	case a.Time < b.Time:
		return -1
	case a.Time > b.Time:
		return 1
	}
	return 0
}

// newest keeps the last of those that have the same time.
func newest(sorted []Sample) []Sample {
	out := sorted[:0]
	for i := range sorted {
		if i+1 < len(sorted) && sorted[i+1].Time == sorted[i].Time {
			continue
		}
		out = append(out, sorted[i])
	}
	return out
}

// merge puts sorted samples together; of two with the same time the newer one counts.
func merge(old, newer []Sample) []Sample {
	switch {
	case len(old) == 0:
		return newer
	case len(newer) == 0:
		return old
	case old[len(old)-1].Time < newer[0].Time:
		return append(old, newer...)
	}
	out := make([]Sample, 0, len(old)+len(newer))
	for len(old) > 0 && len(newer) > 0 {
		switch c := byTime(old[0], newer[0]); {
		case c < 0:
			out, old = append(out, old[0]), old[1:]
		case c > 0:
			out, newer = append(out, newer[0]), newer[1:]
		default:
			out, old, newer = append(out, newer[0]), old[1:], newer[1:]
		}
	}
	return append(append(out, old...), newer...)
}

// State is how the history fares.
type State struct {
	// Pending samples wait in memory and journal; Dropped ones were lost because too many waited; Late
	// ones came for a window that was over.
	Pending int
	Dropped uint64
	Late    uint64
	Series  int
	// Trimmed samples were deleted because of their age, or because the disk was full.
	Trimmed int64
	// Failure is why the last write failed, nil when it did not.
	Failure error
}

// State tells how the history fares.
func (a *Archive) State() State {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return State{Pending: a.count, Dropped: a.dropped, Late: a.late, Series: len(a.ids), Trimmed: a.trimmed, Failure: a.failure}
}

// Run writes the journal every interval and moves windows to the database as they end, until ctx ends; then
// it moves what is over and syncs the rest.
func (a *Archive) Run(ctx context.Context, interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	last := windowOf(tag.Now())
	const grace = 5 * time.Second // for what is still on its way
	var retry, trim time.Time
	for {
		a.touch()
		select {
		case <-ctx.Done():
			if err := a.Sync(true); err != nil {
				a.log.Error("history not synced", "error", err)
			}
			return
		case <-tick.C:
		}
		if err := a.Sync(true); err != nil {
			a.log.Error("history not synced", "error", err)
		}
		now := time.Now()
		if a.keeping > 0 && now.After(trim) {
			trim = now.Add(trimEvery)
			a.trim(ctx, windowOf(tag.TimeOf(now.Add(-a.keeping))))
		}
		present := windowOf(tag.TimeOf(now.Add(-grace)))
		if present == last && (retry.IsZero() || now.Before(retry)) {
			continue
		}
		retry = time.Time{}
		if err := a.Flush(ctx, tag.TimeOf(now), false); err != nil {
			a.log.Error("history not moved to the database", "error", err)
			retry = now.Add(10 * time.Second)
			if errors.Is(err, ErrFull) {
				a.makeRoom(ctx)
			}
		}
		last = present
	}
}

// How history makes way: what is too old once an hour, and the oldest when the disk is full.
const (
	trimEvery = time.Hour
	trimRows  = 5000
)

// trim deletes the rows of windows before a time, in parts so that others can write between them.
func (a *Archive) trim(ctx context.Context, before tag.Time) {
	for ctx.Err() == nil {
		rows, samples, err := a.rows.Trim(ctx, before, trimRows)
		if err != nil {
			a.log.Error("old history not deleted", "error", err)
			return
		}
		a.mu.Lock()
		a.trimmed += samples
		a.mu.Unlock()
		if rows < trimRows {
			return
		}
	}
}

// makeRoom deletes the oldest rows: the disk is full.
func (a *Archive) makeRoom(ctx context.Context) {
	rows, samples, err := a.rows.Trim(ctx, 1<<62, trimRows)
	if err != nil {
		a.log.Error("the disk is full, and the oldest history could not be deleted", "error", err)
		return
	}
	a.mu.Lock()
	a.trimmed += samples
	a.mu.Unlock()
	a.log.Warn("the disk is full: the oldest history was deleted", "rows", rows, "samples", samples)
}

// Close syncs and closes the journal.
func (a *Archive) Close() error {
	a.writing.Lock()
	defer a.writing.Unlock()
	err := a.journal.flush(true)
	return errors.Join(err, a.journal.file.Close())
}
