// Package chunk packs the samples of one tag over a short time into few bytes, and unpacks them: times by
// the difference of differences, floating point numbers as decimals or by what differs from the last (both
// after Pelkonen et al., "Gorilla: A Fast, Scalable, In-Memory Time Series Database", VLDB 2015), integers by
// differences, what seldom changes by its runs, texts by a dictionary.
package chunk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/lineside/lineside/runtime/tag"
)

// Limits of a chunk.
const (
	// MaxSamples is how many samples a chunk holds.
	MaxSamples = 1 << 16
	// MaxBytes is how long a packed chunk may be.
	MaxBytes = 64 << 20
)

// version is the first byte of a chunk.
const version = 1

// Sample is a value at a time.
type Sample struct {
	// Time is when the source had the value.
	Time    tag.Time
	Value   tag.Value
	Quality tag.Quality
}

var errBroken = errors.New("the chunk of samples is broken")

// Encode appends the packed samples to dst. They are of one type, but for those without a value, and
// sorted by time; two may have the same time.
func Encode(dst []byte, samples []Sample) ([]byte, error) {
	cells, texts := AppendCells(make([]Cell, 0, min(len(samples), MaxSamples+1)), nil, samples)
	dst, n, err := EncodeCells(dst, cells, texts)
	if err == nil && n < len(cells) {
		return nil, fmt.Errorf("a chunk holds at most %d values of one type: %d of %d", MaxSamples, n, len(cells))
	}
	return dst, err
}

// EncodeCells is Encode of as many cells as are of one type, and says how many. Their texts are in a list that may have others too.
func EncodeCells(dst []byte, cells []Cell, texts []string) ([]byte, int, error) {
	if len(cells) == 0 {
		return nil, 0, errors.New("a chunk holds one sample at least")
	}
	cells = cells[:min(len(cells), MaxSamples)]
	typ, count, last := tag.None, 0, cells[0].Time
	for i := range cells {
		t := cells[i].Type
		if t != tag.None {
			if t != typ && typ != tag.None {
				cells = cells[:i]
				break
			}
			typ = t
			count++
		}
		if cells[i].Time < last {
			return nil, 0, errors.New("the samples of a chunk are not sorted")
		}
		last = cells[i].Time
	}
	all := len(cells)
	e := encoders.Get().(*encoder)
	defer encoders.Put(e)
	dst = append(dst, version, byte(typ))
	dst = binary.AppendUvarint(dst, uint64(len(cells)))
	dst = e.times(dst, cells)
	dst = appendRuns(dst, cells, func(c *Cell) uint64 { return uint64(c.Quality) })
	if count == len(cells) {
		dst = appendRun(dst, 1, count)
	} else {
		dst = appendRuns(dst, cells, func(c *Cell) uint64 { return uint64(min(c.Type, 1)) })
		e.some = e.some[:0]
		for i := range cells {
			if cells[i].Type != tag.None {
				e.some = append(e.some, cells[i])
			}
		}
		cells = e.some
	}
	switch {
	case count == 0:
	case typ == tag.Bool:
		dst = appendRuns(dst, cells, func(c *Cell) uint64 { return c.Bits })
	case typ == tag.Int:
		e.ints = e.ints[:0]
		for i := range cells {
			e.ints = append(e.ints, int64(cells[i].Bits))
		}
		dst = e.appendSeries(dst, e.ints)
	case typ == tag.Float:
		dst = e.appendFloatCells(dst, cells)
	default:
		dst = appendTexts(dst, cells, texts)
	}
	if len(dst) > MaxBytes {
		return nil, 0, fmt.Errorf("the chunk has %d bytes, more than %d", len(dst), MaxBytes)
	}
	return dst, all, nil
}

// encoder is memory that is used again.
type encoder struct {
	some   []Cell
	floats []float64
	ints   []int64
	bits   writer
}

var encoders = sync.Pool{New: func() any { return new(encoder) }}

// Decode appends the samples of a packed chunk to dst. The error says that it is broken.
func Decode(data []byte, dst []Sample) ([]Sample, error) {
	b := buffers.Get().(*buffer)
	defer buffers.Put(b)
	var err error
	if b.cells, b.texts, err = DecodeCells(data, b.cells[:0], b.texts[:0]); err != nil {
		return dst, err
	}
	dst = AppendSamples(dst, b.cells, b.texts)
	clear(b.texts)
	return dst, nil
}

// buffer is memory that is used again.
type buffer struct {
	cells []Cell
	texts []string
}

var buffers = sync.Pool{New: func() any { return new(buffer) }}

// DecodeCells appends the samples of a packed chunk to cells, and their texts to texts. The error says that it is broken.
func DecodeCells(data []byte, cells []Cell, texts []string) ([]Cell, []string, error) {
	if len(data) < 3 || len(data) > MaxBytes {
		return cells, texts, errBroken
	}
	if data[0] != version {
		return cells, texts, fmt.Errorf("a chunk of version %d cannot be read by this version of Lineside", data[0])
	}
	typ := tag.Type(data[1])
	if typ > tag.JSON {
		return cells, texts, errBroken
	}
	count, n := binary.Uvarint(data[2:])
	// The time of every sample but the first takes a bit at least.
	if n <= 0 || count == 0 || count > MaxSamples || count > 8*uint64(len(data))+1 {
		return cells, texts, errBroken
	}
	d := decoders.Get().(*decoder)
	defer decoders.Put(d)
	d.rest, d.broken = data[2+n:], false
	from, known := len(cells), len(texts)
	cells = slices.Grow(cells, int(count))[:from+int(count)]
	out := cells[from:]
	d.times(out)
	d.runs(len(out), func(i, end int, v uint64) {
		for ; i < end; i++ {
			out[i].Quality = tag.Quality(v)
		}
	})
	values := 0
	d.runs(len(out), func(i, end int, v uint64) {
		t := tag.None
		if v != 0 {
			t = typ
			values += end - i
		}
		for ; i < end; i++ {
			out[i].Bits, out[i].Type = 0, t
		}
	})
	switch {
	case d.broken || values == 0:
	case typ == tag.None:
		d.broken = true
	case values == len(out):
		texts = d.values(out, typ, texts)
	default:
		// Packed one behind the other, and then brought to where they belong, from the last on.
		texts = d.values(out[:values], typ, texts)
		for i, next := len(out)-1, values-1; i >= 0 && next >= 0; i-- {
			if out[i].Type == tag.None {
				continue
			}
			out[i].Bits = out[next].Bits
			next--
		}
		for i := range out {
			if out[i].Type == tag.None {
				out[i].Bits = 0
			}
		}
	}
	if d.broken || len(d.rest) > 0 {
		return cells[:from], texts[:known], errBroken
	}
	return cells, texts, nil
}

// values reads the bits of cells, and appends texts to those that are known.
func (d *decoder) values(out []Cell, typ tag.Type, texts []string) []string {
	switch typ {
	case tag.Bool:
		d.runs(len(out), func(i, end int, v uint64) {
			for ; i < end; i++ {
				out[i].Bits = min(v, 1)
			}
		})
	case tag.Int:
		for i, v := range d.series(len(out)) {
			out[i].Bits = uint64(v)
		}
	case tag.Float:
		d.floats(out)
	default:
		return d.texts(out, texts)
	}
	return texts
}

// decoder takes parts from the front of a chunk; once broken it stays so.
type decoder struct {
	rest   []byte
	broken bool
	ints   []int64 // memory that is used again
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 {
		d.broken, d.rest = true, nil
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

func (d *decoder) take(n uint64) []byte {
	if n > uint64(len(d.rest)) {
		d.broken, d.rest = true, nil
		return nil
	}
	part := d.rest[:n]
	d.rest = d.rest[n:]
	return part
}

// packed takes a part of packed bits, which stands behind its length.
func (d *decoder) packed() reader { return reader{in: d.take(d.uvarint())} }

func appendPacked(dst []byte, w *writer) []byte {
	w.finish()
	dst = binary.AppendUvarint(dst, uint64(len(w.out)))
	return append(dst, w.out...)
}

// appendRuns writes numbers that seldom change: each with how often it follows itself.
func appendRuns(dst []byte, cells []Cell, of func(*Cell) uint64) []byte {
	for i := 0; i < len(cells); {
		v, run := of(&cells[i]), 1
		for i+run < len(cells) && of(&cells[i+run]) == v {
			run++
		}
		dst = appendRun(dst, v, run)
		i += run
	}
	return dst
}

func appendRun(dst []byte, v uint64, run int) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(dst, v), uint64(run))
}

// runs gives each run from its first place to behind its last.
func (d *decoder) runs(n int, put func(i, end int, v uint64)) {
	for i := 0; i < n && !d.broken; {
		v, run := d.uvarint(), d.uvarint()
		if run == 0 || run > uint64(n-i) {
			d.broken = true
			return
		}
		put(i, i+int(run), v)
		i += int(run)
	}
}
