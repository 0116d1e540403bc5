package historian

import (
	"context"
	"slices"

	"github.com/lineside/lineside/runtime/tag"
)

// Reduce reads the samples between two times in at most four a bucket of width (to-from)/pixels: the first,
// the lowest, the highest and the last, so that a line drawn through them covers the same pixels as one through all
// (M4; Jugel et al., VLDB 2014). What is bad is kept where it begins and ends. With fewer samples all are given.
func (a *Archive) Reduce(ctx context.Context, path tag.Path, from, to tag.Time, pixels int) ([]Sample, error) {
	if pixels < 1 || to <= from {
		return nil, nil
	}
	width := max((to-from)/tag.Time(pixels), 1)
	var out, part []Sample
	bucket := tag.Time(-1)
	close := func() {
		out = append(out, four(part)...)
		part = part[:0]
	}
	held, ok, err := a.Held(ctx, path, from)
	if err != nil {
		return nil, err
	}
	if ok && held.Time < from {
		out = append(out, held) // the line comes in from there
	}
	tier := TierRaw
	for tier < TierHour && width >= 2*(tier+1).Width() {
		tier++
	}
	samples := func(samples []Sample) bool {
		for i := range samples {
			if b := (samples[i].Time - from) / width; b != bucket {
				close()
				bucket = b
			}
			part = append(part, samples[i])
		}
		return len(out) < 8*pixels+MaxBuckets
	}
	var outlined []Sample
	err = a.Scan(ctx, path, tier, from, to, samples, func(summaries []Summary) bool {
		outlined = outlined[:0]
		for i := range summaries {
			outlined = summaries[i].outline(outlined, from, to)
		}
		return samples(outlined)
	})
	close()
	return out, err
}

// outline appends samples that look like those of a summary, as far as they lie in [from, to): the first, the lowest and the
// highest in its midst, the last.
func (s *Summary) outline(dst []Sample, from, to tag.Time) []Sample {
	add := func(x Sample) {
		if x.Time >= from && x.Time < to {
			dst = append(dst, x)
		}
	}
	add(s.First)
	if s.Samples > 2 && s.Min < s.Max && s.Numbers > 0 {
		middle := Sample{Time: s.First.Time + (s.Last.Time-s.First.Time)/2}
		for _, f := range []float64{s.Min, s.Max} {
			middle.Value = tag.OfFloat(f)
			if s.First.Value.Type() == tag.Bool {
				middle.Value = tag.OfBool(f != 0)
			}
			add(middle)
		}
	}
	if s.Samples > 1 {
		add(s.Last)
	}
	return dst
}

// four picks what a bucket needs to look the same.
func four(part []Sample) []Sample {
	if len(part) <= 4 {
		return part
	}
	keep := map[int]bool{0: true, len(part) - 1: true}
	low, high := -1, -1
	var least, most float64
	for i := range part {
		if i > 0 && part[i].Quality.IsBad() != part[i-1].Quality.IsBad() {
			if len(keep) < 16 { // a bucket of nothing but changes of quality is drawn as one hatch anyway
				keep[i], keep[i-1] = true, true
			}
		}
		f, ok := number(&part[i])
		if !ok {
			continue
		}
		if low < 0 || f < least {
			low, least = i, f
		}
		if high < 0 || f > most {
			high, most = i, f
		}
	}
	if low >= 0 {
		keep[low], keep[high] = true, true
	} else if part[0].Value.Type() != tag.None {
		// Texts: every change of state, as far as there is room.
		for i := 1; i < len(part) && len(keep) < 16; i++ {
			if !part[i].Value.Equal(part[i-1].Value) {
				keep[i] = true
			}
		}
	}
	places := make([]int, 0, len(keep))
	for i := range keep {
		places = append(places, i)
	}
	slices.Sort(places)
	out := make([]Sample, len(places))
	for i, p := range places {
		out[i] = part[p]
	}
	return out
}
