package historian

import (
	"slices"

	"github.com/lineside/lineside/runtime/tag"
)

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
	// text is how many bytes of texts there are.
	text int
	// moving says that they are on their way to the database: what comes now goes to another one.
	moving bool
	// due says that they were on their way once, and must go as soon as they can.
	due bool
}

// partSize is how many samples of a window are packed together while it is open.
const partSize = 40

// add takes a sample, and says by how many there are more now.
func (w *window) add(s *Sample) int {
	if n := len(w.samples); n > 0 && s.Time <= w.samples[n-1].Time {
		if s.Time == w.samples[n-1].Time {
			w.samples[n-1] = *s
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
	w.samples = append(w.samples, *s)
	w.text += len(s.Value.Text())
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
