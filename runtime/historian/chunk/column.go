package chunk

import (
	"encoding/binary"
	"math"
	"slices"
)

// AppendInts packs integers behind how long they are packed, without how many they are.
func AppendInts(dst []byte, values []int64) []byte {
	if len(values) == 0 {
		return dst
	}
	e := encoders.Get().(*encoder)
	defer encoders.Put(e)
	return e.appendSeries(dst, values)
}

// AppendFloats packs floating point numbers, without how many they are.
func AppendFloats(dst []byte, values []float64) []byte {
	if len(values) == 0 {
		return dst
	}
	e := encoders.Get().(*encoder)
	defer encoders.Put(e)
	return e.appendFloats(dst, values)
}

// Columns reads what AppendInts, AppendFloats and others have packed one behind the other. Once broken it stays so, and
// gives zeros.
type Columns struct {
	d     decoder
	cells []Cell
}

// ReadColumns begins to read.
func ReadColumns(data []byte) *Columns { return &Columns{d: decoder{rest: data}} }

// Count reads a number that says how many there are of something, at most most.
func (c *Columns) Count(most int) int {
	n := c.d.uvarint()
	if n > uint64(most) {
		c.d.broken, c.d.rest = true, nil
		return 0
	}
	return int(n)
}

// Part reads bytes that stand behind their length.
func (c *Columns) Part() []byte { return c.d.take(c.d.uvarint()) }

// AppendPart writes bytes behind their length.
func AppendPart(dst, part []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(part)))
	return append(dst, part...)
}

// Ints appends n integers to dst.
func (c *Columns) Ints(dst []int64, n int) []int64 {
	if n == 0 {
		return dst
	}
	return append(dst, c.d.series(n)...)
}

// Floats appends n floating point numbers to dst.
func (c *Columns) Floats(dst []float64, n int) []float64 {
	if n == 0 {
		return dst
	}
	c.cells = slices.Grow(c.cells[:0], n)[:n]
	if c.d.floats(c.cells); c.d.broken {
		clear(c.cells)
	}
	for i := range c.cells {
		dst = append(dst, math.Float64frombits(c.cells[i].Bits))
	}
	return dst
}

// Ok reports whether everything was read and nothing was broken.
func (c *Columns) Ok() bool { return !c.d.broken && len(c.d.rest) == 0 }
