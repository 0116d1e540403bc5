package historian

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
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
	// counted. 0 is 16 million.
	MaxPending int
	// Retention is how long history is kept, until SetRetention says otherwise.
	Retention Retention
	// CheckEvery is how often the room is looked at; 0 is every ten seconds.
	CheckEvery time.Duration
}

// Limits of what waits in memory.
const (
	maxPending = 16 << 20
	// maxText is how many bytes of texts may wait, maxWindowText of one tag in one window.
	maxText       = 256 << 20
	maxWindowText = 32 << 20
	// earlyText is from how many bytes of texts on a window goes to the database before it is over.
	earlyText = 2 << 20
	// maxBatch is how much may wait for the journal; beyond, all that waits is written anew when it can be.
	maxBatch = 8 << 20
)

// Archive is the history of all tags: what is in the database and what waits to get there. Its methods
// may be called from any goroutine.
type Archive struct {
	rows Rows
	log  *slog.Logger
	most int
	dir  string
	// every is how often the room is looked at.
	every time.Duration

	// moving is held by whoever changes rows of samples or of tiers in the database. It is taken first.
	moving sync.Mutex
	// stored is by series the last window that the database has.
	stored map[int64]tag.Time
	// moved is memory for packing what is moved.
	moved   packer
	tiering tiering

	// journaling guards the journal. It is taken before mu.
	journaling sync.Mutex
	journal    *journal
	// behind says that the journal does not have all that waits: it could not be written.
	behind bool
	// rotated is the last file of the journal that can go when all windows have been moved; 0 when there is none.
	rotated int

	// naming is held while series get paths.
	naming  sync.Mutex
	mu      sync.RWMutex
	ids     map[tag.Path]int64
	paths   map[int64]tag.Path
	pending map[int64]*pending
	// quick are those of series with low numbers, nil where nothing waits.
	quick []*pending
	// touched is of no use but that what was added to it has been brought near.
	touched uint64
	packer  packer // of what comes
	count   int    // samples that wait
	text    int    // bytes of texts that wait
	alive   tag.Time
	failure error // of the last attempt to write, nil when it went well
	// journalFailure is of the journal.
	journalFailure error
	counts         Counts
	marks          marks
	retention      Retention
	storage        Storage
	events         []Event
	// damaged are the rows that were told of because they cannot be read.
	damaged sync.Map
	// newest are the last samples that the database has, as far as they were asked for.
	newest newestOf
	told   complaints
}

// Counts are of what went wrong since the start.
type Counts struct {
	// Dropped samples were lost because too many waited, Refused ones because they are older than what is kept, Unpackable
	// ones because they cannot be written at all.
	Dropped, Refused, Unpackable uint64
	// Late ones came for a window that was over.
	Late uint64
	// Trimmed samples were deleted because of their age, Crowded ones because there was no room for them.
	Trimmed, Crowded int64
}

// Open opens the history, and takes up what had not reached the database.
func Open(ctx context.Context, rows Rows, o Options) (*Archive, error) {
	a := &Archive{rows: rows, log: o.Log, most: o.MaxPending, dir: o.Dir, retention: o.Retention, ids: map[tag.Path]int64{}, paths: map[int64]tag.Path{}, pending: map[int64]*pending{}, stored: map[int64]tag.Time{}}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.most == 0 {
		a.most = maxPending
	}
	if a.every = o.CheckEvery; a.every == 0 {
		a.every = checkEvery
	}
	list, err := rows.Series(ctx)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	for _, s := range list {
		a.ids[s.Path], a.paths[s.ID] = s.ID, s.Path
	}
	if err := a.loadMarks(ctx); err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	if a.journal, err = openJournal(o.Dir); err != nil {
		return nil, err
	}
	if info, err := os.Stat(a.aliveFile()); err == nil {
		a.alive = tag.TimeOf(info.ModTime())
	}
	kept := 0
	var last int64
	var waiting *pending
	err = a.journal.replay(func(e *entry) {
		if _, known := a.paths[e.series]; known {
			if e.series != last || waiting == nil {
				last, waiting = e.series, a.pendingOf(e.series)
			}
			a.keep(waiting, &e.sample)
			kept++
		}
	})
	if err != nil {
		return nil, err
	}
	if a.journal.torn > 0 {
		a.log.Warn("the journal of the history ends in the midst of a record: what was not yet acknowledged is gone", "files", a.journal.torn)
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
	a.naming.Lock()
	defer a.naming.Unlock()
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

// Rename lets the history of tags follow their new paths. What stood at a path before, of a tag that is gone, makes way.
func (a *Archive) Rename(ctx context.Context, moved map[tag.Path]tag.Path) error {
	a.naming.Lock()
	defer a.naming.Unlock()
	paths := map[int64]tag.Path{}
	a.mu.RLock()
	for from, to := range moved {
		id, ok := a.ids[from]
		if !ok {
			continue
		}
		paths[id] = to
		if there, ok := a.ids[to]; ok {
			if _, moves := moved[to]; !moves {
				paths[there] = ""
			}
		}
	}
	a.mu.RUnlock()
	if len(paths) == 0 {
		return nil
	}
	if err := a.rows.RenameSeries(ctx, paths); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for id := range paths {
		delete(a.ids, a.paths[id])
		delete(a.paths, id)
	}
	for id, path := range paths {
		if path != "" {
			a.ids[path], a.paths[id] = id, path
		}
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
func (a *Archive) aliveFile() string { return filepath.Join(a.dir, "alive") }

func (a *Archive) touch() {
	name, now := a.aliveFile(), time.Now()
	if err := os.Chtimes(name, now, now); err != nil {
		if f, err := os.Create(name); err == nil {
			_ = f.Close()
		}
	}
}

// Append takes samples; they may be late and out of order. They can be read at once, and are safe after the
// next Sync. A sample with the time of one that is there already takes its place. It never waits for the database.
func (a *Archive) Append(batches []Batch) {
	a.journaling.Lock()
	defer a.journaling.Unlock()
	a.mu.Lock()
	defer a.mu.Unlock()
	floor := a.marks.floor[TierRaw]
	var reached [together]*pending
	for i := range batches {
		if i%together == 0 {
			a.reach(batches[i:min(i+together, len(batches))], &reached)
		}
		b, p := &batches[i], reached[i%together]
		for j := range b.Samples {
			s := &b.Samples[j]
			if s.Time < floor {
				a.counts.Refused++
				continue
			}
			if a.count >= a.most || a.text >= maxText || !a.keep(p, s) {
				a.counts.Dropped++
				continue
			}
			if !a.behind {
				a.journal.add(b.Series, s)
			}
		}
	}
	if len(a.journal.batch) > maxBatch {
		if err := a.journal.flush(false); err != nil {
			a.behind, a.journal.batch = true, nil
			a.journalFailure = err
		}
	}
}

// together is for how many series at once it is looked where their samples go.
const together = 64

// reach finds where the samples of some series go. What 10,000 series wait with is in no cache of a processor: when it is
// asked for one by one each waits for the memory, while many one behind the other come in the time of a few.
func (a *Archive) reach(batches []Batch, reached *[together]*pending) {
	for i := range batches {
		reached[i] = a.pendingOf(batches[i].Series)
	}
	for _, p := range reached[:len(batches)] {
		if w := p.open; w != nil && len(w.cells) > 0 {
			a.touched += uint64(w.cells[len(w.cells)-1].time)
		}
	}
}

// maxQuick is up to what number a series is found in a list.
const maxQuick = 1 << 20

// pendingOf is what waits of a series.
func (a *Archive) pendingOf(series int64) *pending {
	if uint64(series) < uint64(len(a.quick)) {
		if p := a.quick[series]; p != nil {
			return p
		}
	}
	p := a.pending[series]
	if p == nil {
		p = &pending{}
		a.pending[series] = p
	}
	if series >= 0 && series < maxQuick {
		if n := int(series) + 1 - len(a.quick); n > 0 {
			a.quick = append(a.quick, make([]*pending, n)...)
		}
		a.quick[series] = p
	}
	return p
}

// forgo forgets that something waits of a series.
func (a *Archive) forgo(series int64) {
	delete(a.pending, series)
	if uint64(series) < uint64(len(a.quick)) {
		a.quick[series] = nil
	}
}

// keep puts a sample into its window; false when that has no room.
func (a *Archive) keep(p *pending, s *Sample) bool {
	w := p.open
	if w == nil || w.moving || s.Time < w.start || s.Time >= w.start+Window {
		w = nil
		for i := len(p.windows) - 1; i >= 0; i-- {
			if o := p.windows[i]; s.Time >= o.start && s.Time < o.start+Window && !o.moving {
				w = o
				break
			}
		}
	}
	if w == nil {
		w = &window{start: windowOf(s.Time), ordered: true, whole: true, cells: p.spare}
		p.spare = nil
		p.windows = append(p.windows, w)
		sort.SliceStable(p.windows, func(i, j int) bool { return p.windows[i].start < p.windows[j].start })
		if len(p.windows) > 1 && p.windows[len(p.windows)-1] != w {
			a.counts.Late++
		}
	}
	p.open = w
	if size := len(s.Value.Text()); size > 0 {
		if w.text+size > maxWindowText {
			return false
		}
		a.text += size
	}
	a.count += w.add(s, &a.packer)
	return true
}

// Sync writes what was appended to the journal, and with disk also waits for the disk.
func (a *Archive) Sync(disk bool) error {
	a.journaling.Lock()
	defer a.journaling.Unlock()
	var err error
	if a.behind {
		err = a.rewrite(func(*window) bool { return true })
		if err == nil {
			err = a.journal.drop(a.journal.seq - 1)
		}
	} else {
		err = a.journal.flush(disk)
	}
	a.mu.Lock()
	a.journalFailure = err
	a.mu.Unlock()
	return err
}

// rewrite begins a new file of the journal and writes to it, and to the disk, what waits in the windows that stay.
func (a *Archive) rewrite(stays func(*window) bool) error {
	a.behind = true // until it is done
	a.journal.batch = a.journal.batch[:0]
	if err := a.journal.next(); err != nil {
		return err
	}
	a.mu.RLock()
	defer a.mu.RUnlock()
	for series, p := range a.pending {
		for _, w := range p.windows {
			if !stays(w) {
				continue
			}
			samples, err := w.sorted()
			if err != nil {
				a.log.Error("history in memory cannot be read", "tag", a.paths[series], "error", err)
			}
			for i := range samples {
				a.journal.add(series, &samples[i])
			}
			if len(a.journal.batch) > maxBatch {
				if err := a.journal.flush(false); err != nil {
					return err
				}
			}
		}
	}
	if err := a.journal.flush(true); err != nil {
		return err
	}
	a.behind = false
	return nil
}

// State is how the history fares.
type State struct {
	Counts
	// Pending samples wait in memory and journal, Text is how many bytes of texts are among them.
	Pending, Text int
	Series        int
	// Damaged is how many rows were found that cannot be read.
	Damaged int
	// Failure is why the last write failed, nil when it did not.
	Failure error
}

// State tells how the history fares.
func (a *Archive) State() State {
	a.mu.RLock()
	defer a.mu.RUnlock()
	out := State{Counts: a.counts, Pending: a.count, Text: a.text, Series: len(a.ids), Failure: errors.Join(a.failure, a.journalFailure)}
	a.damaged.Range(func(any, any) bool { out.Damaged++; return true })
	return out
}

// Damage is a row that cannot be read any more.
type Damage struct {
	// Tag is the path of its tag; the row begins at Start and reaches ten minutes.
	Tag   tag.Path
	Start tag.Time
}

// maxDamages is how many damages are listed.
const maxDamages = 1000

// Damages lists rows that were found to be damaged since the start, by tag and time.
func (a *Archive) Damages() []Damage {
	a.mu.RLock()
	defer a.mu.RUnlock()
	var out []Damage
	a.damaged.Range(func(key, _ any) bool {
		k := key.([2]int64)
		out = append(out, Damage{a.paths[k[0]], tag.Time(k[1])})
		return len(out) < maxDamages
	})
	sort.Slice(out, func(i, j int) bool {
		return out[i].Tag < out[j].Tag || out[i].Tag == out[j].Tag && out[i].Start < out[j].Start
	})
	return out
}

// complaints keep a failure that lasts from filling the log.
type complaints struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// complainEvery is how often the same failure is told.
const complainEvery = time.Minute

// complain logs a failure, seldom when it goes on.
func (a *Archive) complain(what string, err error) {
	a.told.mu.Lock()
	defer a.told.mu.Unlock()
	if last, ok := a.told.last[what]; ok && time.Since(last) < complainEvery {
		return
	}
	if a.told.last == nil {
		a.told.last = map[string]time.Time{}
	}
	a.told.last[what] = time.Now()
	a.log.Error(what, "error", err)
}

// Run writes the journal every interval, moves windows to the database as they end, makes the tiers and deletes what is
// too old, until ctx ends; then it syncs.
func (a *Archive) Run(ctx context.Context, interval time.Duration) {
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() { a.tend(ctx) })
	running.Go(func() { a.move(ctx, interval) })
	tick := time.NewTicker(interval)
	defer tick.Stop()
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
			a.complain("history not synced", err)
			if errors.Is(err, ErrFull) {
				a.release()
			}
		}
	}
}

// How windows are moved.
const (
	grace      = 5 * time.Second // for what is still on its way
	retryAfter = 5 * time.Second
)

// move brings windows to the database as they end.
func (a *Archive) move(ctx context.Context, interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	last := windowOf(tag.Now())
	var retry time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		present := windowOf(tag.TimeOf(now.Add(-grace)))
		if present == last && (retry.IsZero() || now.Before(retry)) && !a.crowded() {
			continue
		}
		last, retry = present, time.Time{}
		if err := a.Move(ctx, tag.TimeOf(now.Add(-grace))); err != nil && ctx.Err() == nil {
			a.complain("history not moved to the database", err)
			retry = now.Add(retryAfter)
		}
	}
}

// Move moves the windows that are over at a time to the database. When the disk is full the oldest history makes way, some
// times. Run does it as windows end.
func (a *Archive) Move(ctx context.Context, now tag.Time) error {
	for try := 0; ; try++ {
		err := a.Flush(ctx, now, false)
		if !errors.Is(err, ErrFull) || ctx.Err() != nil || try == 5 {
			return err
		}
		a.release()
		a.makeRoom(ctx)
	}
}

// crowded reports whether long texts fill the memory.
func (a *Archive) crowded() bool {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.text > maxText/4
}

// Close syncs and closes the journal.
func (a *Archive) Close() error {
	err := a.Sync(true)
	a.journaling.Lock()
	defer a.journaling.Unlock()
	return errors.Join(err, a.journal.file.Close())
}
