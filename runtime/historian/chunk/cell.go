package chunk

import (
	"math"
	"slices"

	"github.com/lineside/lineside/runtime/tag"
)

// Cell is a sample in half the memory, and without a pointer that the collector of garbage would have to follow.
type Cell struct {
	Time tag.Time
	// Bits are those of a number, or the place of a text in a list that goes with the cells.
	Bits    uint64
	Quality tag.Quality
	Type    tag.Type
}

// CellOf is a sample as a cell, but for its text.
func CellOf(s *Sample) Cell {
	c := Cell{Time: s.Time, Quality: s.Quality, Type: s.Value.Type()}
	switch c.Type {
	case tag.Bool, tag.Int:
		c.Bits = uint64(s.Value.Int())
	case tag.Float:
		c.Bits = math.Float64bits(s.Value.Float())
	}
	return c
}

// HasText reports whether the value of a cell is a text.
func (c *Cell) HasText() bool { return c.Type > tag.Float }

// Sample is a cell as a sample.
func (c *Cell) Sample(texts []string) Sample {
	s := Sample{Time: c.Time, Quality: c.Quality}
	switch c.Type {
	case tag.None:
	case tag.Bool:
		s.Value = tag.OfBool(c.Bits != 0)
	case tag.Int:
		s.Value = tag.OfInt(int64(c.Bits))
	case tag.Float:
		s.Value = tag.OfFloat(math.Float64frombits(c.Bits))
	case tag.String:
		s.Value = tag.OfString(texts[c.Bits])
	case tag.JSON:
		s.Value = tag.OfJSON(texts[c.Bits])
	default:
		s.Value = tag.OfBytes([]byte(texts[c.Bits]))
	}
	return s
}

// AppendSamples appends cells to samples.
func AppendSamples(samples []Sample, cells []Cell, texts []string) []Sample {
	from := len(samples)
	samples = slices.Grow(samples, len(cells))[:from+len(cells)]
	for i := range cells {
		s, c := &samples[from+i], &cells[i]
		if c.Type != tag.Float {
			*s = c.Sample(texts)
			continue
		}
		s.Time, s.Quality = c.Time, c.Quality
		s.Value = tag.OfFloat(math.Float64frombits(c.Bits))
	}
	return samples
}

// Number is a cell as a finite number whose quality is not bad; a bool is 0 or 1.
func (c *Cell) Number() (float64, bool) {
	if c.Quality.IsBad() {
		return 0, false
	}
	switch c.Type {
	case tag.Float:
		f := math.Float64frombits(c.Bits)
		return f, f-f == 0 // neither NaN nor infinite
	case tag.Bool, tag.Int:
		return float64(int64(c.Bits)), true
	}
	return 0, false
}

// AppendCells appends samples to cells, and their texts to texts.
func AppendCells(cells []Cell, texts []string, samples []Sample) ([]Cell, []string) {
	for i := range samples {
		c := CellOf(&samples[i])
		if c.HasText() {
			c.Bits = uint64(len(texts))
			texts = append(texts, samples[i].Value.Text())
		}
		cells = append(cells, c)
	}
	return cells, texts
}
