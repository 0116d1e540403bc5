package export

import (
	"container/heap"
	"iter"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

// track is the samples of one tag, read as far as they are needed.
type track struct {
	column int
	sample historian.Sample
	next   func() (historian.Sample, bool)
}

// tracks are sorted by the time of their next sample, then by column.
type tracks []*track

// Len implements heap.Interface.
func (h tracks) Len() int { return len(h) }

// Less implements heap.Interface.
func (h tracks) Less(i, j int) bool {
	if h[i].sample.Time != h[j].sample.Time {
		return h[i].sample.Time < h[j].sample.Time
	}
	return h[i].column < h[j].column
}

// Swap implements heap.Interface.
func (h tracks) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *tracks) Push(x any) { *h = append(*h, x.(*track)) }

// Pop implements heap.Interface.
func (h *tracks) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}

// wideSamples writes a line for every time at which any of the tags has a sample.
func (e *exporter) wideSamples() error {
	failures := make([]error, len(e.r.Columns))
	var h tracks
	for i := range e.r.Columns {
		next, stop := iter.Pull(func(yield func(historian.Sample) bool) {
			stopped := false
			err := e.samples(e.r.Columns[i].Path, func(part []historian.Sample) error {
				for j := range part {
					if !yield(part[j]) {
						stopped = true
						return errStopped
					}
				}
				return nil
			})
			if !stopped {
				failures[i] = err
			}
		})
		defer stop()
		t := &track{column: i, next: next}
		var ok bool
		if t.sample, ok = next(); ok {
			h = append(h, t)
		} else if failures[i] != nil {
			return failures[i]
		}
	}
	heap.Init(&h)
	cells, last := make([]tag.Value, len(e.r.Columns)), make([]tag.Value, len(e.r.Columns))
	for len(h) > 0 {
		now := h[0].sample.Time
		if e.r.Fill {
			copy(cells, last)
		} else {
			clear(cells)
		}
		for len(h) > 0 && h[0].sample.Time == now {
			t := h[0]
			v := t.sample.Value
			if t.sample.Quality.IsBad() {
				v = tag.Value{}
			}
			cells[t.column], last[t.column] = v, v
			var ok bool
			if t.sample, ok = t.next(); ok {
				heap.Fix(&h, 0)
				continue
			}
			if err := failures[t.column]; err != nil {
				return err
			}
			heap.Pop(&h)
		}
		if err := e.row(now, cells); err != nil {
			return err
		}
		if e.rows%4096 == 0 {
			e.report(Progress{float64(now-e.r.From) / float64(e.r.To-e.r.From), e.rows})
		}
	}
	return nil
}
