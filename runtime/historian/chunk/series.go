package chunk

import (
	"encoding/binary"
	"slices"

	"github.com/lineside/lineside/runtime/tag"
)

// units are the steps that times can be whole multiples of, in nanoseconds.
var units = [...]tag.Time{1e9, 1e6, 1e3, 1}

func (e *encoder) times(dst []byte, cells []Cell) []byte {
	unit := 0
	for unit < len(units)-1 && !wholeTimes(cells, units[unit]) {
		unit++
	}
	dst = append(dst, byte(unit))
	dst = binary.AppendVarint(dst, int64(cells[0].Time/units[unit]))
	w, by := &e.bits, units[unit]
	w.reset()
	step, pace := int64(0), tag.Time(0) // the last difference, in units and as it is
	for i := 1; i < len(cells); i++ {
		if cells[i].Time-cells[i-1].Time == pace {
			w.bits(0, 1)
			continue
		}
		pace = cells[i].Time - cells[i-1].Time
		next := int64(cells[i].Time/by - cells[i-1].Time/by)
		w.signed(next-step, timeSteps)
		step = next
	}
	return appendPacked(dst, w)
}

// wholeTimes reports whether all times are whole multiples of a unit. It divides only where the pace changes.
func wholeTimes(cells []Cell, unit tag.Time) bool {
	if cells[0].Time%unit != 0 {
		return false
	}
	pace := tag.Time(0)
	for i := 1; i < len(cells); i++ {
		if next := cells[i].Time - cells[i-1].Time; next != pace {
			if cells[i].Time%unit != 0 {
				return false
			}
			pace = next
		}
	}
	return true
}

func (d *decoder) times(out []Cell) {
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
	if t > limit || t < -limit {
		d.broken = true
		return
	}
	out[0].Time = tag.Time(t) * unit
	for i := 1; i < len(out); {
		same := r.zeros(len(out) - i) // at a steady pace many are told at once
		if same == 0 {
			step += r.signed(timeSteps)
			same = 1
		}
		for ; same > 0; same-- {
			if step < 0 || t > limit-step {
				d.broken = true
				return
			}
			t += step
			out[i].Time = tag.Time(t) * unit
			i++
		}
	}
	d.broken = d.broken || r.spent
}

// appendSeries packs integers by their differences, or by the differences of those: whatever is shorter. What
// runs over comes back the same way.
func (e *encoder) appendSeries(dst []byte, values []int64) []byte {
	var once, twice uint
	last, step := int64(0), int64(0)
	for _, v := range values {
		once += valueSteps.cost(v - last)
		twice += valueSteps.cost(v - last - step)
		last, step = v, v-last
	}
	w := &e.bits
	w.reset()
	last, step = 0, 0
	if (twice+7)/8 < (once+7)/8 {
		for _, v := range values {
			w.signed(v-last-step, valueSteps)
			last, step = v, v-last
		}
		return appendPacked(append(dst, 2), w)
	}
	for _, v := range values {
		w.signed(v-last, valueSteps)
		last = v
	}
	return appendPacked(append(dst, 1), w)
}

// series reads n integers, which hold until the next call.
func (d *decoder) series(n int) []int64 {
	d.ints = slices.Grow(d.ints[:0], n)[:n]
	out := d.ints
	head := d.take(1)
	if d.broken || head[0] != 1 && head[0] != 2 {
		d.broken = true
		clear(out)
		return out
	}
	r := d.packed()
	last, step := int64(0), int64(0)
	if head[0] == 1 {
		for i := range out {
			last += r.signed(valueSteps)
			out[i] = last
		}
	} else {
		for i := range out {
			step += r.signed(valueSteps)
			last += step
			out[i] = last
		}
	}
	d.broken = d.broken || r.spent
	return out
}
