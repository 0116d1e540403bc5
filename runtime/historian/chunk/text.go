package chunk

import (
	"encoding/binary"
	"math/bits"
)

// appendTexts writes every text once, and then which it is each time.
func appendTexts(dst []byte, cells []Cell, texts []string) []byte {
	places := map[string]uint64{}
	var all []string
	which := make([]uint64, len(cells))
	for i := range cells {
		if i > 0 && cells[i].Bits == cells[i-1].Bits {
			which[i] = which[i-1]
			continue
		}
		text := texts[cells[i].Bits]
		place, known := places[text]
		if !known {
			place = uint64(len(all))
			places[text] = place
			all = append(all, text)
		}
		which[i] = place
	}
	dst = binary.AppendUvarint(dst, uint64(len(all)))
	for _, s := range all {
		dst = binary.AppendUvarint(dst, uint64(len(s)))
		dst = append(dst, s...)
	}
	var w writer
	size := uint(bits.Len(uint(len(all) - 1)))
	for _, place := range which {
		w.bits(place, size)
	}
	return appendPacked(dst, &w)
}

// texts reads which text each cell has, and appends the texts to those that are known.
func (d *decoder) texts(out []Cell, known []string) []string {
	count := d.uvarint()
	if count == 0 || count > uint64(len(out)) || count > uint64(len(d.rest)) {
		d.broken = true
		return known
	}
	first := uint64(len(known))
	for range count {
		known = append(known, string(d.take(d.uvarint())))
	}
	r := d.packed()
	size := uint(bits.Len(uint(count - 1)))
	for i := range out {
		place := r.bits(size)
		if place >= count || r.spent || d.broken {
			d.broken = true
			return known
		}
		out[i].Bits = first + place
	}
	return known
}
