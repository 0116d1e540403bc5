package historian

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lineside/lineside/runtime/historian/chunk"
	"github.com/lineside/lineside/runtime/tag"
)

// marks are Marks in memory.
type marks struct {
	made, floor [tierCount]tag.Time
	// making is up to where a tier is being made: what comes for a time before makes its row stale.
	making [tierCount]tag.Time
	stale  map[Stale]bool
}

func (a *Archive) loadMarks(ctx context.Context) error {
	m, err := a.rows.Marks(ctx)
	if err != nil {
		return err
	}
	a.marks = marks{made: m.Made, making: m.Made, floor: m.Floor, stale: map[Stale]bool{}}
	for _, s := range m.Stale {
		a.marks.stale[s] = true
	}
	return nil
}

func compareStale(a, b Stale) int {
	return cmp.Or(cmp.Compare(a.Tier, b.Tier), cmp.Compare(a.Series, b.Series), cmp.Compare(a.Start, b.Start))
}

// settle is how long after its end a row of a tier is made: what was on its way has arrived then.
const settle = tag.Time(2 * time.Minute)

// tierBatch is for how many series a tier is made at once, between which others can write.
const tierBatch = 250

// makeWithin is after what time the next rows wait for the next look.
const makeWithin = 5 * time.Second

// remakeEvery is how often rows are made anew that late samples have changed: who brings many brings more.
const remakeEvery = 30 * time.Second

// makeTiers makes the rows of tiers whose time is over, and with anew those again that late samples have changed.
func (a *Archive) makeTiers(ctx context.Context, now tag.Time, anew bool) {
	for _, tier := range []Tier{TierMinute, TierHour} {
		if !anew {
			// Later.
		} else if err := a.remake(ctx, tier); err != nil {
			if ctx.Err() == nil {
				a.complain("summaries of history not made anew", err)
			}
			return
		}
		// A year that was kept by an earlier version takes hours; in between there is other work.
		for began := time.Now(); ctx.Err() == nil && time.Since(began) < makeWithin; {
			more, err := a.makeNext(ctx, tier, now)
			if err != nil {
				if ctx.Err() == nil {
					a.complain("summaries of history not made", err)
				}
				return
			}
			if !more {
				break
			}
		}
	}
}

// MakeTiers makes all summaries whose time is over at a time, at once; Run does so by itself.
func (a *Archive) MakeTiers(ctx context.Context, now tag.Time) error {
	for _, tier := range []Tier{TierMinute, TierHour} {
		if err := a.remake(ctx, tier); err != nil {
			return err
		}
		for more := true; more; {
			var err error
			if more, err = a.makeNext(ctx, tier, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// makeNext makes the next rows of a tier for all series, when their time is over.
func (a *Archive) makeNext(ctx context.Context, tier Tier, now tag.Time) (more bool, err error) {
	a.mu.RLock()
	made, below := a.marks.made[tier], a.marks.made[tier-1]
	a.mu.RUnlock()
	first, ok, err := a.rows.FirstRow(ctx, tier-1, made)
	if err != nil || !ok {
		return false, err
	}
	start := max(made, tier.row(first))
	end := start + tier.Span()
	if end+settle > now || tier > TierMinute && end > below {
		return false, nil
	}
	a.mu.Lock()
	a.marks.making[tier] = end
	a.mu.Unlock()
	series, err := a.rows.SeriesIn(ctx, tier-1, start, end)
	if err != nil {
		return false, err
	}
	for begin := time.Now(); ; begin = time.Now() {
		part := series[:min(len(series), tierBatch)]
		series = series[len(part):]
		mark := tag.Time(0)
		if len(series) == 0 {
			mark = end
		}
		if err := a.makeRows(ctx, tier, part, start, mark); err != nil {
			return false, err
		}
		if len(series) == 0 {
			break
		}
		// It has time: half of a processor is left to others.
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(min(time.Since(begin), time.Second)):
		}
	}
	a.mu.Lock()
	a.marks.made[tier] = end
	a.mu.Unlock()
	return true, nil
}

// makeRows makes the rows of some series that begin at a time.
func (a *Archive) makeRows(ctx context.Context, tier Tier, series []int64, start, made tag.Time) error {
	a.moving.Lock()
	defer a.moving.Unlock()
	defer a.tiering.clear()
	rows, err := a.summarize(ctx, tier, series, start, make([]Row, 0, len(series)))
	if err != nil {
		return err
	}
	limit, cancel := context.WithTimeout(ctx, putWithin)
	defer cancel()
	return a.rows.PutTier(limit, tier, rows, nil, nil, made)
}

// tiering is memory for making tiers that is used again.
type tiering struct {
	cells           []chunk.Cell
	texts           []string
	summaries, list []Summary
	packer          summaryPacker
}

// clear lets go of texts, and of much memory.
func (t *tiering) clear() {
	if cap(t.cells) > 16<<10 {
		t.cells = nil
	}
	clear(t.texts[:cap(t.texts)])
	clear(t.summaries[:cap(t.summaries)])
	clear(t.list[:cap(t.list)])
	t.packer.clear()
}

// summarize makes rows of a tier of what the finer one has of some series in the database, and appends them to rows. All are read
// by one question: one for each costs as much as making them.
func (a *Archive) summarize(ctx context.Context, tier Tier, series []int64, start tag.Time, rows []Row) ([]Row, error) {
	m := &a.tiering
	b := bucketed{width: tier.Width(), list: m.list[:0]}
	var of int64 // the series that is being read
	finish := func() error {
		list := b.end()
		m.list, b.list = list, list[:0]
		if len(list) == 0 {
			return nil
		}
		row, err := m.packer.pack(of, tier, start, list)
		rows = append(rows, row)
		return err
	}
	err := a.rows.EachRow(ctx, tier-1, series, start, start+tier.Span(), func(r *Row) (err error) {
		if r.Series != of {
			if err = finish(); err != nil {
				return err
			}
			of = r.Series
		}
		if tier == TierMinute {
			m.cells, m.texts = a.readableCells(r, m.cells[:0], m.texts[:0])
			b.cells(m.cells, m.texts)
			return nil
		}
		if m.summaries, err = unpackSummaries(r, tier-1, m.summaries[:0]); err != nil {
			a.complain("summaries are damaged", err)
			return nil
		}
		b.summaries(m.summaries)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rows, finish()
}

// remake makes stale rows of a tier anew.
func (a *Archive) remake(ctx context.Context, tier Tier) error {
	a.mu.RLock()
	var list []Stale
	for s := range a.marks.stale {
		if s.Tier == tier && s.Start < a.marks.made[tier] {
			list = append(list, s)
		}
	}
	a.mu.RUnlock()
	slices.SortFunc(list, compareStale)
	for part := range slices.Chunk(list, tierBatch) {
		if err := a.remakeRows(ctx, tier, part); err != nil {
			return err
		}
	}
	return nil
}

func (a *Archive) remakeRows(ctx context.Context, tier Tier, part []Stale) error {
	a.moving.Lock()
	defer a.moving.Unlock()
	defer a.tiering.clear()
	byStart := map[tag.Time][]int64{}
	a.mu.RLock()
	for _, s := range part {
		if s.Start >= a.marks.floor[tier-1] { // else what it was made of has been deleted: it stays as it is
			byStart[s.Start] = append(byStart[s.Start], s.Series)
		}
	}
	a.mu.RUnlock()
	var rows []Row
	for start, series := range byStart {
		var err error
		if rows, err = a.summarize(ctx, tier, series, start, rows); err != nil {
			return err
		}
	}
	var next []Stale
	a.mu.RLock()
	for i := range rows {
		if tier+1 < tierCount && rows[i].Start < a.marks.making[tier+1] {
			next = append(next, Stale{tier + 1, rows[i].Series, (tier + 1).row(rows[i].Start)})
		}
	}
	a.mu.RUnlock()
	slices.SortFunc(next, compareStale)
	next = slices.Compact(next)
	limit, cancel := context.WithTimeout(ctx, putWithin)
	defer cancel()
	if err := a.rows.PutTier(limit, tier, rows, part, next, 0); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range part {
		delete(a.marks.stale, s)
	}
	for _, s := range next {
		a.marks.stale[s] = true
	}
	return nil
}
