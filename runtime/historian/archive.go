package historian

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
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
	// stored is by series where the last window begins that the database has, as far as that is known.
	stored map[int64]tag.Time
	// loose is what has not been brought to its windows yet.
	loose   loose
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
	known := make([]bool, maxLooseSeries) // millions are looked up
	for id := range a.paths {
		if id >= 0 && id < maxLooseSeries {
			known[id] = true
		}
	}
	err = a.journal.replay(func(e *Entry) {
		if uint64(e.Series) < maxLooseSeries && known[e.Series] || a.paths[e.Series] != "" {
			a.take(e.Series, &e.Sample)
		}
	})
	if err != nil {
		return nil, err
	}
	if a.journal.torn > 0 {
		a.log.Warn("the journal of the history ends in the midst of a record: what was not yet acknowledged is gone", "files", a.journal.torn)
	}
	if a.count > 0 {
		a.log.Info("history taken up from the journal", "samples", a.count)
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

// Entry is one sample of a series.
type Entry struct {
	Series int64
	Sample Sample
}

// Append takes samples; they may be late and out of order. They can be read at once, and are safe after the
// next Sync. A sample with the time of one that is there already takes its place. It never waits for the database.
func (a *Archive) Append(batches []Batch) {
	a.lock()
	defer a.unlock()
	for i := range batches {
		for j := range batches[i].Samples {
			a.accept(batches[i].Series, &batches[i].Samples[j])
		}
	}
}

// AppendEntries is Append of samples of many series in the order of their coming.
func (a *Archive) AppendEntries(entries []Entry) {
	a.lock()
	defer a.unlock()
	for i := range entries {
		a.accept(entries[i].Series, &entries[i].Sample)
	}
}

func (a *Archive) lock() {
	a.journaling.Lock()
	a.mu.Lock()
}

// unlock lets go of what lock has taken, and writes the journal when there is much of it.
func (a *Archive) unlock() {
	defer a.journaling.Unlock()
	defer a.mu.Unlock()
	if len(a.journal.batch) > maxBatch {
		if err := a.journal.flush(false); err != nil {
			a.behind, a.journal.batch = true, nil
			a.journalFailure = err
		}
	}
}

// accept takes a sample and notes it in the journal, or counts why not.
func (a *Archive) accept(series int64, s *Sample) {
	switch {
	case s.Time < a.marks.floor[TierRaw]:
		a.counts.Refused++
	case a.count >= a.most || a.text >= maxText || !a.take(series, s):
		a.counts.Dropped++
	case !a.behind:
		a.journal.add(series, s)
	}
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
	a.mu.Lock()
	a.settle()
	a.mu.Unlock()
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

// Close syncs and closes the journal.
func (a *Archive) Close() error {
	err := a.Sync(true)
	a.journaling.Lock()
	defer a.journaling.Unlock()
	return errors.Join(err, a.journal.file.Close())
}
