package chunk

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// The first byte of packed floating point numbers: 0 to maxDecimals says that all have so many decimals
// at most and are packed as integers, byXOR that each is packed by the bits in which it differs from the last.
const (
	maxDecimals = 9
	byXOR       = 255
)

var powers = [maxDecimals + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}

// decimal is a number as an integer of so many decimals; false when it is not one exactly. (What lies between two integers is
// not, however it is rounded.)
func decimal(f float64, decimals int) (int64, bool) {
	n := math.RoundToEven(f * powers[decimals])
	if !(math.Abs(n) < 1<<53) {
		return 0, false
	}
	i := int64(n)
	return i, math.Float64bits(float64(i)/powers[decimals]) == math.Float64bits(f) // -0 is not
}

func (e *encoder) appendFloatCells(dst []byte, cells []Cell) []byte {
	e.floats = e.floats[:0]
	for i := range cells {
		e.floats = append(e.floats, math.Float64frombits(cells[i].Bits))
	}
	return e.appendFloats(dst, e.floats)
}

func (e *encoder) appendFloats(dst []byte, values []float64) []byte {
	if places, ok := e.decimals(values); ok {
		return e.appendSeries(append(dst, byte(places)), e.ints)
	}
	w := &e.bits
	w.reset()
	last := math.Float64bits(values[0])
	leading, size := uint(0), uint(0) // of the window that the last difference lay in
	for _, f := range values[1:] {
		b := math.Float64bits(f)
		x := b ^ last
		last = b
		if x == 0 {
			w.bit(false)
			continue
		}
		w.bit(true)
		lead, trail := uint(bits.LeadingZeros64(x)), uint(bits.TrailingZeros64(x))
		lead = min(lead, 31)
		if size > 0 && lead >= leading && trail >= 64-leading-size {
			w.bit(false)
			w.bits(x>>(64-leading-size), size)
			continue
		}
		leading, size = lead, 64-lead-trail
		w.bit(true)
		w.bits(uint64(leading), 5)
		w.bits(uint64(size-1), 6)
		w.bits(x>>trail, size)
	}
	dst = append(dst, byXOR)
	dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(values[0]))
	return appendPacked(dst, w)
}

// decimals makes integers of numbers that all have few decimals, and says how many.
func (e *encoder) decimals(values []float64) (places int, ok bool) {
	e.ints = e.ints[:0]
	for i := 0; i < len(values); {
		if n, ok := decimal(values[i], places); ok {
			e.ints = append(e.ints, n)
			i++
			continue
		}
		// More places, from the beginning: those before had fewer, but may not have room for so many.
		if places++; places > maxDecimals {
			return 0, false
		}
		for ; places < maxDecimals; places++ {
			if _, ok := decimal(values[i], places); ok {
				break
			}
		}
		e.ints, i = e.ints[:0], 0
	}
	return places, true
}

// floats reads the bits of floating point numbers into cells.
func (d *decoder) floats(out []Cell) {
	head := d.take(1)
	switch {
	case d.broken:
	case head[0] == byXOR:
		d.xors(out)
	case head[0] <= maxDecimals:
		power := powers[head[0]]
		for i, v := range d.series(len(out)) {
			out[i].Bits = math.Float64bits(float64(v) / power)
		}
	default:
		d.broken = true
	}
}

func (d *decoder) xors(out []Cell) {
	first := d.take(8)
	if d.broken {
		return
	}
	last := binary.LittleEndian.Uint64(first)
	r := d.packed()
	leading, size := uint(0), uint(64)
	for i := range out {
		if i > 0 && r.bit() {
			if r.bit() {
				leading, size = uint(r.bits(5)), uint(r.bits(6))+1
				if leading+size > 64 {
					d.broken = true
					return
				}
			}
			last ^= r.bits(size) << (64 - leading - size)
		}
		out[i].Bits = last
	}
	d.broken = d.broken || r.spent
}
