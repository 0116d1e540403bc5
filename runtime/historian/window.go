package historian

import (
	"fmt"
	"slices"

	"github.com/lineside/lineside/runtime/historian/chunk"
	"github.com/lineside/lineside/runtime/tag"
)

// pending are the samples of a series that are not in the database yet, by window.
type pending struct {
	windows []*window // sorted by start; mostly one, none for a short while
	// open is the one that the last sample went to.
	open *window
	// spare is one that went to the database, for the memory that it had.
	spare *window
}

// window holds samples in the order of their coming: most of them packed, as 10,000 tags at 1 Hz would
// fill 300 MB otherwise.
type window struct {
	start tag.Time
	// packed are ordered samples, in parts as in the data of a row; final is the last of them, head tells of them.
	packed []byte
	final  Sample
	head   head
	// cells came behind them, with their texts, of which there are loose bytes.
	cells []chunk.Cell
	texts []string
	loose int
	// ordered says that all came in the order of time, whole that none takes another away.
	ordered, whole bool
	// text is how many bytes of texts there are, with those that are still loose.
	text int
	// moving says that they are on their way to the database: what comes now goes to another one.
	moving bool
	// due says that they were on their way once, and must go as soon as they can.
	due bool
}

// empty forgets all, and keeps the memory.
func (w *window) empty() {
	clear(w.texts)
	*w = window{packed: w.packed[:0], cells: w.cells[:0], texts: w.texts[:0]}
}

// covers reports whether a time lies in the window.
func (w *window) covers(t tag.Time) bool { return t >= w.start && t < w.start+Window }

// head is what a row tells of its samples.
type head struct {
	first         tag.Time
	count, good   int
	min, max, sum float64
}

// add counts samples that come behind those that are there.
func (h *head) add(cells []chunk.Cell) {
	if h.count == 0 && len(cells) > 0 {
		h.first = cells[0].Time
	}
	h.count += len(cells)
	for i := range cells {
		f, ok := cells[i].Number()
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
	// partSize is how many samples of a window are packed together: the parts become those of its row. Of what comes at once half
	// of that is enough.
	partSize = 96
	// looseText is from how many bytes of texts on they are packed sooner.
	looseText = 64 << 10
	// fewTexts are looked through for one that is there already.
	fewTexts = 8
)

// take takes samples of its time in the order of their coming, and says by how many there are more now.
func (w *window) take(run []chunk.Cell, texts []string, p *packer) int {
	if len(run) >= partSize/2 && w.ordered && len(w.cells) == 0 && w.follow(run) {
		if w.pack(run, texts, p) {
			return len(run)
		}
	}
	n := 0
	for i := range run {
		text := ""
		if run[i].HasText() {
			text = texts[run[i].Bits]
		}
		n += w.add(run[i], text, p)
	}
	return n
}

// follow reports whether samples come in the order of time behind those that are packed, none of which one takes away.
func (w *window) follow(run []chunk.Cell) bool {
	if w.head.count > 0 && run[0].Time <= w.final.Time || run[0].Quality == removed {
		return false
	}
	for i := 1; i < len(run); i++ {
		if run[i].Time <= run[i-1].Time || run[i].Quality == removed {
			return false
		}
	}
	return true
}

// add takes a sample, and says by how many there are more now.
func (w *window) add(c chunk.Cell, text string, p *packer) int {
	if c.Quality == removed {
		w.whole = false
	}
	if c.HasText() {
		place := -1
		if len(w.texts) <= fewTexts {
			place = slices.Index(w.texts, text)
		}
		if place < 0 {
			place = len(w.texts)
			w.texts = append(w.texts, text)
			w.loose += len(text)
		}
		c.Bits = uint64(place)
	}
	if n := len(w.cells); n > 0 && c.Time <= w.cells[n-1].Time {
		if c.Time == w.cells[n-1].Time {
			w.cells[n-1] = c
			return 0
		}
		w.ordered = false
	} else if w.head.count > 0 && c.Time <= w.final.Time {
		w.ordered = false
	}
	if w.ordered && (len(w.cells) >= partSize || w.loose > looseText) && len(w.cells) > 0 {
		own := ""
		if c.HasText() {
			own = w.texts[c.Bits]
		}
		if w.pack(w.cells, w.texts, p) {
			clear(w.texts)
			w.cells, w.texts, w.loose = w.cells[:0], w.texts[:0], 0
			if c.HasText() {
				c.Bits, w.texts, w.loose = 0, append(w.texts, own), len(own)
			}
		}
	}
	if len(w.cells) == cap(w.cells) {
		// Few at first: most tags change seldom.
		room := max(2*cap(w.cells), 4)
		if room > partSize && room < 2*partSize {
			room = partSize
		}
		w.cells = append(make([]chunk.Cell, 0, room), w.cells...)
	}
	w.cells = append(w.cells, c)
	return 1
}

// packer is memory for packing that is used again.
type packer struct {
	cells []chunk.Cell
	part  []byte
	rows  []byte
}

// pack packs samples that come behind those that are packed; false when that cannot be, which is told of when the window ends.
func (w *window) pack(run []chunk.Cell, texts []string, p *packer) bool {
	packed, err := p.appendParts(w.packed, run, texts)
	if err != nil {
		w.ordered = false
		return false
	}
	w.packed, w.final = packed, run[len(run)-1].Sample(texts)
	w.head.add(run)
	return true
}

// row makes a row of samples that came in their order, without packing anew what is packed. Its data are behind what the packer
// has of rows, until that is emptied.
func (w *window) row(series int64, p *packer) (Row, error) {
	from := len(p.rows)
	data, err := p.appendParts(append(append(p.rows, 0, 0, 0, 0, 0), w.packed...), w.cells, w.texts)
	if err != nil {
		return Row{}, fmt.Errorf("pack series %d: %w", series, err)
	}
	p.rows = data
	data = data[from:len(data):len(data)]
	h, last := w.head, w.final.Time
	if n := len(w.cells); n > 0 {
		h.add(w.cells)
		last = w.cells[n-1].Time
	}
	return h.row(series, w.start, last, data), nil
}

// size is how many samples there are.
func (w *window) size() int { return w.head.count + len(w.cells) }

// sorted are the samples by time, one for each.
func (w *window) sorted() ([]Sample, error) {
	tail := chunk.AppendSamples(nil, w.cells, w.texts)
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
