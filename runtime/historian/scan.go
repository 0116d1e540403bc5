package historian

import (
	"context"
	"fmt"
	"slices"

	"github.com/lineside/lineside/runtime/tag"
)

// Scan reads the history of a tag in [from, to) in the order of time, by summaries of a tier where there are any and by
// samples elsewhere: at the edges that are no whole bucket, where the tier has not been made yet, and where late samples
// wait to be taken in. What it gives by samples and by summaries never overlaps. TierRaw gives samples; where they were
// deleted because of their age, summaries of the finest tier that is left. There alone a summary may reach over from and
// to. Neither function may keep what it is given; Scan ends when one returns false.
//
// Who wants buckets chooses the coarsest tier whose Width divides the boundaries of all of them, see TierFor.
func (a *Archive) Scan(ctx context.Context, path tag.Path, tier Tier, from, to tag.Time, samples func([]Sample) bool, summaries func([]Summary) bool) error {
	id, ok := a.id(path)
	if !ok || to <= from {
		return nil
	}
	s := &scan{archive: a, ctx: ctx, path: path, id: id, samples: samples, summaries: summaries}
	a.mu.RLock()
	s.marks.made, s.marks.floor = a.marks.made, a.marks.floor
	for _, w := range a.windowsOf(id) {
		s.fresh = append(s.fresh, w.start)
	}
	for _, c := range a.loose.of(id, nil) {
		if start := windowOf(c.Time); !slices.Contains(s.fresh, start) {
			s.fresh = append(s.fresh, start)
		}
	}
	for x := range a.marks.stale {
		if x.Series == id {
			s.stale = append(s.stale, x)
		}
	}
	a.mu.RUnlock()
	slices.SortFunc(s.stale, compareStale)
	return s.read(tier, from, to)
}

// TierFor is the coarsest tier that buckets with these boundaries can be made of: what is no whole bucket of it at the
// beginning and the end Scan gives by finer ones.
func TierFor(boundaries []tag.Time) Tier {
	tier := TierHour
	if len(boundaries) > 1 {
		boundaries = boundaries[1 : len(boundaries)-1]
	}
	for _, b := range boundaries {
		for tier > TierRaw && b%tier.Width() != 0 {
			tier--
		}
	}
	return tier
}

// scan is one Scan.
type scan struct {
	archive   *Archive
	ctx       context.Context
	path      tag.Path
	id        int64
	marks     marks
	fresh     []tag.Time // windows that wait
	stale     []Stale
	samples   func([]Sample) bool
	summaries func([]Summary) bool
	done      bool
	buffer    []Summary
}

// scanRows is how many rows are in memory at once.
const scanRows = 32

// read gives [from, to) by a tier.
func (s *scan) read(tier Tier, from, to tag.Time) error {
	if s.done || from >= to {
		return s.ctx.Err()
	}
	// What the tier has no longer, a coarser one may have.
	if floor := s.marks.floor[tier]; from < floor && tier+1 < tierCount {
		if err := s.coarser(tier+1, from, min(to, floor)); err != nil || to <= floor {
			return err
		}
		from = floor
	}
	if tier == TierRaw {
		if s.done {
			return nil
		}
		return s.archive.Raw(s.ctx, s.path, from, to, func(part []Sample) bool {
			s.done = !s.samples(part)
			return !s.done
		})
	}
	// Whole buckets in the midst, the finer tier at the edges.
	width := tier.Width()
	begin, end := floorTo(from+width-1, width), floorTo(to, width)
	end = min(end, s.marks.made[tier])
	if begin >= end {
		return s.read(tier-1, from, to)
	}
	if err := s.read(tier-1, from, begin); err != nil {
		return err
	}
	if err := s.rows(tier, begin, end, false); err != nil {
		return err
	}
	return s.read(tier-1, end, to)
}

// coarser gives [from, to) by a tier without the finer ones, which are gone.
func (s *scan) coarser(tier Tier, from, to tag.Time) error {
	if floor := s.marks.floor[tier]; from < floor && tier+1 < tierCount {
		if err := s.coarser(tier+1, from, min(to, floor)); err != nil || to <= floor {
			return err
		}
		from = floor
	}
	return s.rows(tier, from, to, true)
}

// rows gives [from, to) by the rows of a tier, and by finer ones where a row is not up to date, unless they are gone.
func (s *scan) rows(tier Tier, from, to tag.Time, gone bool) error {
	span := tier.Span()
	for at := from; at < to && !s.done; {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		begin := tier.row(at)
		until := min(begin+scanRows*span, to)
		list, err := s.archive.rows.ReadTier(s.ctx, tier, s.id, begin, until)
		if err != nil {
			return fmt.Errorf("history of %s: %w", s.path, err)
		}
		if len(list) == 0 {
			// Over years without anything at once, but for what is not in the tier yet.
			next, ok, err := s.archive.rows.NextTier(s.ctx, tier, s.id, begin)
			if err != nil {
				return fmt.Errorf("history of %s: %w", s.path, err)
			}
			until = to
			if ok {
				until = min(next, to)
			}
		}
		for i := range list {
			r := &list[i]
			if err := s.gap(tier, at, r.Start, gone); err != nil {
				return err
			}
			at = max(at, r.Start)
			end := min(r.Start+span, to)
			if !gone && s.unsettled(tier, r.Start) {
				err = s.read(tier-1, at, end)
			} else {
				err = s.row(tier, r, at, end, gone)
			}
			if err != nil || s.done {
				return err
			}
			at = end
		}
		if err := s.gap(tier, at, until, gone); err != nil {
			return err
		}
		at = max(at, until)
	}
	return nil
}

// row gives what of a row lies in [from, to).
func (s *scan) row(tier Tier, r *Row, from, to tag.Time, gone bool) error {
	var err error
	if s.buffer, err = unpackSummaries(r, tier, s.buffer[:0]); err != nil {
		s.archive.complain("summaries are damaged: samples are read instead", err)
		if gone {
			return nil
		}
		return s.read(tier-1, from, to)
	}
	first, _ := slices.BinarySearchFunc(s.buffer, from, func(x Summary, t tag.Time) int { return int(min(max(x.End-1-t, -1), 1)) })
	last, _ := slices.BinarySearchFunc(s.buffer, to, func(x Summary, t tag.Time) int { return int(min(max(x.Start-t, -1), 1)) })
	if first < last {
		s.done = !s.summaries(s.buffer[first:last])
	}
	return nil
}

// gap gives what a tier has no row of in [from, to): only what is not in it yet.
func (s *scan) gap(tier Tier, from, to tag.Time, gone bool) error {
	if gone {
		return nil
	}
	var spans []tag.Time
	for _, f := range s.fresh {
		spans = append(spans, tier.row(f))
	}
	for _, x := range s.stale {
		spans = append(spans, tier.row(x.Start))
	}
	slices.Sort(spans)
	for _, start := range slices.Compact(spans) {
		if begin, end := max(start, from), min(start+tier.Span(), to); begin < end {
			if err := s.read(tier-1, begin, end); err != nil || s.done {
				return err
			}
		}
	}
	return nil
}

// unsettled reports whether a row of a tier does not have all samples of its time.
func (s *scan) unsettled(tier Tier, start tag.Time) bool {
	for _, f := range s.fresh {
		if tier.row(f) == start {
			return true
		}
	}
	for _, x := range s.stale {
		if x.Tier <= tier && tier.row(x.Start) == start {
			return true
		}
	}
	return false
}
