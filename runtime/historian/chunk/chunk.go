// Package chunk packs the samples of one tag over a short time into few bytes, and unpacks them: times by
// the difference of differences, floating point numbers as decimals or by what differs from the last (both
// after Pelkonen et al., "Gorilla: A Fast, Scalable, In-Memory Time Series Database", VLDB 2015), integers by
// differences, what seldom changes by its runs, texts by a dictionary.
package chunk

import (
	"encoding/binary"
	"errors"
	"fmt"
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
	if len(samples) == 0 || len(samples) > MaxSamples {
		return nil, fmt.Errorf("a chunk holds 1 to %d samples, not %d", MaxSamples, len(samples))
	}
	typ, count := tag.None, 0
	for i := range samples {
		t := samples[i].Value.Type()
		if i > 0 && samples[i].Time < samples[i-1].Time {
			return nil, errors.New("the samples of a chunk are not sorted")
		}
		if t == tag.None {
			continue
		}
		if typ != tag.None && t != typ {
			return nil, fmt.Errorf("a chunk holds values of one type, not %s and %s", typ, t)
		}
		typ = t
		count++
	}
	e := encoders.Get().(*encoder)
	defer encoders.Put(e)
	dst = append(dst, version, byte(typ))
	dst = binary.AppendUvarint(dst, uint64(len(samples)))
	dst = e.times(dst, samples)
	dst = appendRuns(dst, len(samples), func(i int) uint64 { return uint64(samples[i].Quality) })
	dst = appendRuns(dst, len(samples), func(i int) uint64 {
		if samples[i].Value.IsNone() {
			return 0
		}
		return 1
	})
	switch {
	case count == 0:
	case typ == tag.Float:
		e.floats = e.floats[:0]
		for i := range samples {
			if samples[i].Value.Type() == tag.Float {
				e.floats = append(e.floats, samples[i].Value.Float())
			}
		}
		dst = e.appendFloats(dst, e.floats)
	case typ == tag.Bool, typ == tag.Int:
		e.ints = e.ints[:0]
		for i := range samples {
			if samples[i].Value.Type() == typ {
				e.ints = append(e.ints, samples[i].Value.Int())
			}
		}
		if typ == tag.Int {
			dst = e.appendSeries(dst, e.ints)
		} else {
			dst = appendRuns(dst, count, func(i int) uint64 { return uint64(e.ints[i]) })
		}
	default:
		values := make([]string, 0, count)
		for i := range samples {
			if !samples[i].Value.IsNone() {
				values = append(values, samples[i].Value.Text())
			}
		}
		dst = appendTexts(dst, values)
	}
	if len(dst) > MaxBytes {
		return nil, fmt.Errorf("the chunk has %d bytes, more than %d", len(dst), MaxBytes)
	}
	return dst, nil
}

// encoder is memory that is used again.
type encoder struct {
	floats      []float64
	ints        []int64
	once, twice writer
}

var encoders = sync.Pool{New: func() any { return new(encoder) }}

// Decode appends the samples of a packed chunk to dst. The error says that it is broken.
func Decode(data []byte, dst []Sample) ([]Sample, error) {
	if len(data) < 3 || len(data) > MaxBytes {
		return dst, errBroken
	}
	if data[0] != version {
		return dst, fmt.Errorf("a chunk of version %d cannot be read by this version of Lineside", data[0])
	}
	typ := tag.Type(data[1])
	if typ > tag.JSON {
		return dst, errBroken
	}
	count, n := binary.Uvarint(data[2:])
	// The time of every sample but the first takes a bit at least.
	if n <= 0 || count == 0 || count > MaxSamples || count > 8*uint64(len(data))+1 {
		return dst, errBroken
	}
	d := decoder{rest: data[2+n:]}
	from := len(dst)
	dst = append(dst, make([]Sample, count)...)
	out := dst[from:]
	d.times(out)
	d.runs(len(out), func(i, end int, v uint64) {
		if v != 0 {
			for ; i < end; i++ {
				out[i].Quality = tag.Quality(v)
			}
		}
	})
	// Where the values belong, when not every sample has one.
	var places []int32
	values, whole := 0, false
	d.runs(len(out), func(i, end int, v uint64) {
		if v == 0 {
			return
		}
		values += end - i
		if whole = values == len(out); whole {
			return
		}
		for ; i < end; i++ {
			places = append(places, int32(i))
		}
	})
	put := func(i int, v tag.Value) { out[places[i]].Value = v }
	if whole {
		put = func(i int, v tag.Value) { out[i].Value = v }
	}
	switch {
	case d.broken || values == 0:
	case typ == tag.Bool:
		d.runs(values, func(i, end int, v uint64) {
			for ; i < end; i++ {
				put(i, tag.OfBool(v != 0))
			}
		})
	case typ == tag.Int:
		d.ints(values, put)
	case typ == tag.Float:
		d.floats(values, put)
	case typ == tag.None:
		d.broken = true
	default:
		d.texts(values, typ, put)
	}
	if d.broken || len(d.rest) > 0 {
		return dst[:from], errBroken
	}
	return dst, nil
}

// decoder takes parts from the front of a chunk; once broken it stays so.
type decoder struct {
	rest   []byte
	broken bool
}

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
func appendRuns(dst []byte, n int, at func(int) uint64) []byte {
	for i := 0; i < n; {
		v, run := at(i), 1
		for i+run < n && at(i+run) == v {
			run++
		}
		dst = binary.AppendUvarint(dst, v)
		dst = binary.AppendUvarint(dst, uint64(run))
		i += run
	}
	return dst
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

// units are the steps that times can be whole multiples of, in nanoseconds.
var units = [...]tag.Time{1e9, 1e6, 1e3, 1}

func (e *encoder) times(dst []byte, samples []Sample) []byte {
	unit := 0
	for unit < len(units)-1 {
		if wholeTimes(samples, units[unit]) {
			break
		}
		unit++
	}
	dst = append(dst, byte(unit))
	dst = binary.AppendVarint(dst, int64(samples[0].Time/units[unit]))
	w, by := &e.once, units[unit]
	w.reset()
	step, pace := int64(0), tag.Time(0) // the last difference, in units and as it is
	for i := 1; i < len(samples); i++ {
		if samples[i].Time-samples[i-1].Time == pace {
			w.bit(false)
			continue
		}
		pace = samples[i].Time - samples[i-1].Time
		next := int64(samples[i].Time/by - samples[i-1].Time/by)
		w.signed(next-step, &timeSteps)
		step = next
	}
	return appendPacked(dst, w)
}

// wholeTimes reports whether all times are whole multiples of a unit. It divides only where the pace changes.
func wholeTimes(samples []Sample, unit tag.Time) bool {
	if samples[0].Time%unit != 0 {
		return false
	}
	pace := tag.Time(0)
	for i := 1; i < len(samples); i++ {
		if next := samples[i].Time - samples[i-1].Time; next != pace {
			if samples[i].Time%unit != 0 {
				return false
			}
			pace = next
		}
	}
	return true
}

func (d *decoder) times(out []Sample) {
	head := d.take(1)
	if d.broken || int(head[0]) >= len(units) {
		d.broken = true
		return
	}
	unit := units[head[0]]
	t, n := binary.Varint(d.rest)
	if n <= 0 {
		d.broken = true
		return
	}
	d.rest = d.rest[n:]
	r := d.packed()
	step := int64(0)
	limit := int64(1<<63-1) / int64(unit)
	for i := range out {
		if i > 0 {
			change := r.signed(&timeSteps)
			step += change
			if step < 0 || t > limit-step {
				d.broken = true
				return
			}
			t += step
		}
		if t > limit || t < -limit {
			d.broken = true
			return
		}
		out[i].Time = tag.Time(t) * unit
	}
	d.broken = d.broken || r.spent
}

// appendSeries packs integers by their differences, or by the differences of those: whatever is shorter. What
// runs over comes back the same way.
func (e *encoder) appendSeries(dst []byte, values []int64) []byte {
	once, twice := &e.once, &e.twice
	once.reset()
	twice.reset()
	last, step := int64(0), int64(0)
	for _, v := range values {
		once.signed(v-last, &valueSteps)
		twice.signed(v-last-step, &valueSteps)
		last, step = v, v-last
	}
	once.finish()
	twice.finish()
	if len(twice.out) < len(once.out) {
		return appendPacked(append(dst, 2), twice)
	}
	return appendPacked(append(dst, 1), once)
}

func (d *decoder) series(n int, put func(int, int64)) {
	head := d.take(1)
	if d.broken || head[0] != 1 && head[0] != 2 {
		d.broken = true
		return
	}
	r := d.packed()
	last, step := int64(0), int64(0)
	for i := range n {
		change := r.signed(&valueSteps)
		if head[0] == 2 {
			step += change
			change = step
		}
		last += change
		put(i, last)
	}
	d.broken = d.broken || r.spent
}

func (d *decoder) ints(n int, put func(int, tag.Value)) {
	d.series(n, func(i int, v int64) { put(i, tag.OfInt(v)) })
}
