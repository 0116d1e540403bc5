package historian

import (
	"cmp"
	"slices"

	"github.com/lineside/lineside/runtime/historian/chunk"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of what is loose.
const (
	slabSize = 1 << 14
	// maxLoose is how many samples are: 52 seconds of 10,000 tags a second, 15 MB.
	maxLoose = 32 * slabSize
	// maxLooseText is how many bytes of texts are.
	maxLooseText = 4 << 20
	// maxLooseSeries is up to what number a series is found in a list; samples of others go to their windows at once.
	maxLooseSeries = 1 << 20
)

// loose are the samples of all series in the order of their coming, until they go to their windows: many of a series at once. Those
// of a series are a chain. So nothing but two places one behind the other is touched by a sample, as what 10,000 series
// wait with fits into no cache of a processor.
type loose struct {
	slabs []*slab
	count int
	heads []looseHead // by series
	// filled are the series that have some, in the order of their coming.
	filled []int64
	// texts are those of the cells, places where each is, bytes how long they are.
	texts  []string
	places map[string]uint64
	bytes  int
	// most is how many there were at most since the last trim.
	most int
}

type slab struct {
	cells [slabSize]chunk.Cell
	// before are behind the places of those that came before in the chains, 0 for none.
	before [slabSize]uint32
}

// looseHead is the end of a chain.
type looseHead struct {
	last  tag.Time // of the last that came
	at    uint32   // behind its place, 0 when there is none
	count uint32   // of the chain
}

// full reports whether what is loose must go to the windows.
func (l *loose) full() bool { return l.count >= maxLoose || l.bytes > maxLooseText }

// text is the place of a text.
func (l *loose) text(text string) uint64 {
	place, known := l.places[text]
	if !known {
		if l.places == nil {
			l.places = map[string]uint64{}
		}
		place = uint64(len(l.texts))
		l.places[text] = place
		l.texts = append(l.texts, text)
		l.bytes += len(text)
	}
	return place
}

// add takes a sample, and says by how many there are more now: one with the time of the last takes its place.
func (l *loose) add(series int64, c chunk.Cell) int {
	if int(series) >= len(l.heads) {
		l.heads = append(l.heads, make([]looseHead, max(int(series)+1-len(l.heads), len(l.heads)/4))...)
	}
	h := &l.heads[series]
	switch {
	case h.at == 0:
		l.filled = append(l.filled, series)
	case h.last == c.Time:
		l.slabs[(h.at-1)/slabSize].cells[(h.at-1)%slabSize] = c
		return 0
	}
	if l.count == len(l.slabs)*slabSize {
		l.slabs = append(l.slabs, new(slab))
	}
	s, place := l.slabs[l.count/slabSize], l.count%slabSize
	s.cells[place], s.before[place] = c, h.at
	l.count++
	h.last, h.at, h.count = c.Time, uint32(l.count), h.count+1
	return 1
}

// of appends the samples of a series to dst, in the order of their coming.
func (l *loose) of(series int64, dst []chunk.Cell) []chunk.Cell {
	if uint64(series) >= uint64(len(l.heads)) || l.heads[series].at == 0 {
		return dst
	}
	h := &l.heads[series]
	// First where they are, and then what: the memory brings what it is asked for at once together, and not along a chain.
	var near [partSize]uint32
	places := near[:]
	if int(h.count) > len(near) {
		places = make([]uint32, h.count)
	}
	places = places[:h.count]
	for i, at := len(places)-1, h.at; at != 0; i-- {
		places[i] = at - 1
		at = l.slabs[(at-1)/slabSize].before[(at-1)%slabSize]
	}
	from := len(dst)
	dst = slices.Grow(dst, len(places))[:from+len(places)]
	for i, at := range places {
		dst[from+i] = l.slabs[at/slabSize].cells[at%slabSize]
	}
	return dst
}

// samples are those of a series by time, one for each.
func (l *loose) samples(series int64) []Sample {
	cells := l.of(series, nil)
	if len(cells) == 0 {
		return nil
	}
	out := chunk.AppendSamples(nil, cells, l.texts)
	if !slices.IsSortedFunc(out, byTime) {
		slices.SortStableFunc(out, byTime)
	}
	return newest(out)
}

// tail is the last sample of a series, when it came in the order of time; some says that there are any.
func (l *loose) tail(series int64) (last Sample, simple, some bool) {
	if uint64(series) >= uint64(len(l.heads)) || l.heads[series].at == 0 {
		return last, false, false
	}
	h := &l.heads[series]
	time := h.last
	for at := h.at; at != 0; {
		s, place := l.slabs[(at-1)/slabSize], (at-1)%slabSize
		c := &s.cells[place]
		if c.Time > time || c.Quality == removed {
			return last, false, true
		}
		time, at = c.Time, s.before[place]
	}
	c := &l.slabs[(h.at-1)/slabSize].cells[(h.at-1)%slabSize]
	return c.Sample(l.texts), true, true
}

// clear forgets all, and keeps the memory.
func (l *loose) clear() {
	l.most = max(l.most, l.count)
	for _, series := range l.filled {
		l.heads[series] = looseHead{}
	}
	clear(l.texts) // they are let go
	clear(l.places)
	l.count, l.filled, l.texts, l.bytes = 0, l.filled[:0], l.texts[:0], 0
}

// trim lets go of memory that was not used since the last time.
func (l *loose) trim() {
	n := min((l.most+slabSize-1)/slabSize+1, len(l.slabs))
	clear(l.slabs[n:])
	l.slabs, l.most = l.slabs[:n], l.count
}

// settle brings what is loose to its windows. The caller holds mu.
func (a *Archive) settle() {
	l := &a.loose
	for _, series := range l.filled {
		p := a.pendingOf(series)
		a.packer.cells = l.of(series, a.packer.cells[:0])
		for cells := a.packer.cells; len(cells) > 0; {
			w := a.windowFor(p, cells[0].Time)
			n := 1
			for n < len(cells) && w.covers(cells[n].Time) {
				n++
			}
			a.count += w.take(cells[:n], l.texts, &a.packer) - n
			cells = cells[n:]
		}
	}
	l.clear()
}

// take takes a sample; false when there is no room for its text. The caller holds mu.
func (a *Archive) take(series int64, s *Sample) bool {
	c := chunk.CellOf(s)
	if c.HasText() {
		// Texts are counted by window as they come.
		w, size := a.windowFor(a.pendingOf(series), s.Time), len(s.Value.Text())
		if w.text+size > maxWindowText {
			return false
		}
		w.text += size
		a.text += size
		c.Bits = a.loose.text(s.Value.Text())
	}
	if uint64(series) < maxLooseSeries {
		a.count += a.loose.add(series, c)
	} else {
		a.count += a.windowFor(a.pendingOf(series), s.Time).take([]chunk.Cell{c}, a.loose.texts, &a.packer)
	}
	if a.loose.full() {
		a.settle()
	}
	return true
}

// pendingOf is what waits of a series.
func (a *Archive) pendingOf(series int64) *pending {
	p := a.pending[series]
	if p == nil {
		p = &pending{}
		a.pending[series] = p
	}
	return p
}

// windowFor finds or makes the window of a series that a time lies in.
func (a *Archive) windowFor(p *pending, t tag.Time) *window {
	if w := p.open; w != nil && !w.moving && w.covers(t) {
		return w
	}
	for i := len(p.windows) - 1; i >= 0; i-- {
		if w := p.windows[i]; !w.moving && w.covers(t) {
			p.open = w
			return w
		}
	}
	w := p.spare
	if p.spare = nil; w == nil {
		w = &window{}
	}
	w.start, w.ordered, w.whole = windowOf(t), true, true
	p.windows = append(p.windows, w)
	slices.SortStableFunc(p.windows, func(x, y *window) int { return cmp.Compare(x.start, y.start) })
	if p.windows[len(p.windows)-1] != w {
		a.counts.Late++
	}
	p.open = w
	return w
}
