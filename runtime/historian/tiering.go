package historian

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

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
const tierBatch = 100

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
	rows := make([]Row, 0, len(series))
	for _, id := range series {
		row, ok, err := a.summarize(ctx, tier, id, start)
		if err != nil {
			return err
		}
		if ok {
			rows = append(rows, row)
		}
	}
	limit, cancel := context.WithTimeout(ctx, putWithin)
	defer cancel()
	return a.rows.PutTier(limit, tier, rows, nil, nil, made)
}

// tiering is memory for making tiers that is used again.
type tiering struct {
	samples         []Sample
	summaries, list []Summary
}

// clear lets go of texts, and of much memory.
func (t *tiering) clear() {
	if cap(t.samples) > 16<<10 {
		t.samples = nil
	}
	clear(t.samples[:cap(t.samples)])
	clear(t.summaries[:cap(t.summaries)])
	clear(t.list[:cap(t.list)])
}

// summarize makes a row of a tier of what the finer one has in the database.
func (a *Archive) summarize(ctx context.Context, tier Tier, series int64, start tag.Time) (Row, bool, error) {
	from, err := a.rows.ReadTier(ctx, tier-1, series, start, start+tier.Span())
	if err != nil || len(from) == 0 {
		return Row{}, false, err
	}
	m := &a.tiering
	b := bucketed{width: tier.Width(), list: m.list[:0]}
	if tier == TierMinute {
		a.mu.RLock()
		path := a.paths[series]
		a.mu.RUnlock()
		for i := range from {
			m.samples = a.readable(path, &from[i], m.samples[:0])
			b.samples(m.samples)
		}
	} else {
		for i := range from {
			if m.summaries, err = unpackSummaries(&from[i], tier-1, m.summaries[:0]); err != nil {
				a.complain("summaries are damaged", err)
				continue
			}
			b.summaries(m.summaries)
		}
	}
	list := b.end()
	if m.list = list; len(list) == 0 {
		return Row{}, false, nil
	}
	row, err := packSummaries(series, tier, start, list)
	return row, err == nil, err
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
	var rows []Row
	var next []Stale
	for _, s := range part {
		a.mu.RLock()
		gone := s.Start < a.marks.floor[tier-1]
		coarser := tier+1 < tierCount && s.Start < a.marks.making[tier+1]
		a.mu.RUnlock()
		if gone {
			continue // what it was made of has been deleted: it stays as it is
		}
		row, ok, err := a.summarize(ctx, tier, s.Series, s.Start)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		rows = append(rows, row)
		if coarser {
			next = append(next, Stale{tier + 1, s.Series, (tier + 1).row(s.Start)})
		}
	}
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
