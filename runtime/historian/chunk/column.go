package chunk

import (
	"encoding/binary"

	"github.com/lineside/lineside/runtime/tag"
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
type Columns struct{ d decoder }

// ReadColumns begins to read.
func ReadColumns(data []byte) *Columns { return &Columns{decoder{rest: data}} }

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

// Ints reads n integers.
func (c *Columns) Ints(n int) []int64 {
	out := make([]int64, n)
	if n > 0 && !c.d.broken {
		c.d.series(n, func(i int, v int64) { out[i] = v })
	}
	return out
}

// Floats reads n floating point numbers.
func (c *Columns) Floats(n int) []float64 {
	out := make([]float64, n)
	if n > 0 && !c.d.broken {
		c.d.floats(n, func(i int, v tag.Value) { out[i] = v.Float() })
	}
	return out
}

// Ok reports whether everything was read and nothing was broken.
func (c *Columns) Ok() bool { return !c.d.broken && len(c.d.rest) == 0 }
