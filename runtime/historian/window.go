package historian

import (
	"fmt"
	"math"
	"slices"

	"github.com/lineside/lineside/runtime/tag"
)

// pending are the samples of a series that are not in the database yet, by window.
type pending struct {
	windows []*window // sorted by start; mostly one, none for a short while
	// open is the one that the last sample went to.
	open *window
	// spare is memory of a window that is gone, for the next one.
	spare []cell
}

// cell is a sample in half the memory, and without a pointer that the collector of garbage would have to follow.
type cell struct {
	time tag.Time
	// bits are those of a number, or the place of a text among those of the window.
	bits    uint64
	quality tag.Quality
	typ     tag.Type
}

// window holds samples in the order of their coming: the earlier ones packed, as 10,000 tags at 1 Hz would
// fill 300 MB otherwise.
type window struct {
	start tag.Time
	// packed are ordered samples up to the time last, in parts as in the data of a row; head tells of them.
	packed []byte
	last   tag.Time
	head   head
	// cells came behind them, with their texts, of which there are loose bytes.
	cells []cell
	texts []string
	loose int
	// ordered says that all came in the order of time, whole that none takes another away.
	ordered, whole bool
	// text is how many bytes of texts there are.
	text int
	// moving says that they are on their way to the database: what comes now goes to another one.
	moving bool
	// due says that they were on their way once, and must go as soon as they can.
	due bool
}

// head is what a row tells of its samples.
type head struct {
	first         tag.Time
	count, good   int
	min, max, sum float64
}

// add counts samples that come behind those that are there.
func (h *head) add(samples []Sample) {
	if h.count == 0 && len(samples) > 0 {
		h.first = samples[0].Time
	}
	h.count += len(samples)
	for i := range samples {
		f, ok := number(&samples[i])
		if !ok {
			continue
		}
		if h.good == 0 || f < h.min {
			h.min = f
		}
		if h.good == 0 || f > h.max {
			h.max = f
		}
		h.good++
		h.sum += f
	}
}

// row makes a row of packed parts that the head tells of, behind room for the check sum.
func (h *head) row(series int64, start, last tag.Time, data []byte) Row {
	return Row{Series: series, Start: start, First: h.first, Last: last, Count: h.count, Good: h.good, Min: h.min, Max: h.max, Sum: h.sum, Data: closeSeal(data)}
}

const (
	// partSize is how many samples of a window are packed together: the parts become those of its row.
	partSize = 96
	// looseText is from how many bytes of texts on they are packed sooner.
	looseText = 64 << 10
	// fewTexts are looked through for one that is there already.
	fewTexts = 8
)

// cellOf is a sample as it waits; its text goes to those of the window.
func (w *window) cellOf(s *Sample) cell {
	c := cell{time: s.Time, quality: s.Quality, typ: s.Value.Type()}
	switch c.typ {
	case tag.None:
	case tag.Bool, tag.Int:
		c.bits = uint64(s.Value.Int())
	case tag.Float:
		c.bits = math.Float64bits(s.Value.Float())
	default:
		text := s.Value.Text()
		place := -1
		if len(w.texts) <= fewTexts {
			place = slices.Index(w.texts, text)
		}
		if place < 0 {
			place = len(w.texts)
			w.texts = append(w.texts, text)
			w.loose += len(text)
		}
		c.bits = uint64(place)
	}
	return c
}

// sample is a sample that waits.
func (w *window) sample(c *cell) Sample {
	s := Sample{Time: c.time, Quality: c.quality}
	switch c.typ {
	case tag.None:
	case tag.Bool:
		s.Value = tag.OfBool(c.bits != 0)
	case tag.Int:
		s.Value = tag.OfInt(int64(c.bits))
	case tag.Float:
		s.Value = tag.OfFloat(math.Float64frombits(c.bits))
	default:
		s.Value = textValue(c.typ, w.texts[c.bits])
	}
	return s
}

// unpacked appends what is not packed yet to dst, in the order of its coming.
func (w *window) unpacked(dst []Sample) []Sample {
	dst = slices.Grow(dst, len(w.cells))
	for i := range w.cells {
		dst = append(dst, w.sample(&w.cells[i]))
	}
	return dst
}

// add takes a sample, and says by how many there are more now.
func (w *window) add(s *Sample, scratch *packer) int {
	w.text += len(s.Value.Text())
	if s.Quality == removed {
		w.whole = false
	}
	if n := len(w.cells); n > 0 && s.Time <= w.cells[n-1].time {
		if s.Time == w.cells[n-1].time {
			w.cells[n-1] = w.cellOf(s)
			return 0
		}
		w.ordered = false
	} else if w.head.count > 0 && s.Time <= w.last {
		w.ordered = false
	}
	if w.ordered && (len(w.cells) >= partSize || w.loose > looseText) {
		w.pack(scratch)
	}
	if len(w.cells) == cap(w.cells) {
		// Few at first: most tags change seldom.
		room := max(4*cap(w.cells), 8)
		if room > partSize/2 && room < 4*partSize {
			room = partSize
		}
		w.cells = append(make([]cell, 0, room), w.cells...)
	}
	w.cells = append(w.cells, w.cellOf(s))
	return 1
}

// packer is memory for packing that is used again.
type packer struct {
	samples []Sample
	part    []byte
}

// pack packs what is not packed yet.
func (w *window) pack(p *packer) {
	p.samples = w.unpacked(p.samples[:0])
	packed, err := p.appendParts(w.packed, p.samples)
	if err != nil {
		w.ordered = false // it is tried again, and told of, when the window ends
		return
	}
	w.head.add(p.samples)
	w.packed, w.last = packed, w.cells[len(w.cells)-1].time
	if len(w.texts) > 0 {
		clear(p.samples) // texts are let go
		clear(w.texts)
	}
	w.cells, w.texts, w.loose = w.cells[:0], w.texts[:0], 0
}

// row makes a row of samples that came in their order, without packing anew what is packed.
func (w *window) row(series int64, p *packer) (Row, error) {
	p.samples = w.unpacked(p.samples[:0])
	data, err := p.appendParts(append(append(make([]byte, 0, len(w.packed)+256), 0, 0, 0, 0, 0), w.packed...), p.samples)
	if err != nil {
		return Row{}, fmt.Errorf("pack series %d: %w", series, err)
	}
	h := w.head
	h.add(p.samples)
	if len(w.texts) > 0 {
		clear(p.samples)
	}
	return h.row(series, w.start, w.cells[len(w.cells)-1].time, data), nil
}

// size is how many samples there are.
func (w *window) size() int { return w.head.count + len(w.cells) }

// sorted are the samples by time, one for each.
func (w *window) sorted() ([]Sample, error) {
	tail := w.unpacked(nil)
	if !w.ordered {
		slices.SortStableFunc(tail, byTime)
		tail = newest(tail)
	}
	if w.head.count == 0 {
		return tail, nil
	}
	packed, err := unpackParts(w.packed, make([]Sample, 0, w.size()))
	if err != nil {
		return nil, err
	}
	return merge(packed, tail), nil
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
