package chunk

import (
	"encoding/binary"
	"math/bits"

	"github.com/lineside/lineside/runtime/tag"
)

// appendTexts writes every text once, and then which it is each time.
func appendTexts(dst []byte, values []string) []byte {
	places := map[string]uint64{}
	var all []string
	for _, v := range values {
		if _, known := places[v]; !known {
			places[v] = uint64(len(all))
			all = append(all, v)
		}
	}
	dst = binary.AppendUvarint(dst, uint64(len(all)))
	for _, s := range all {
		dst = binary.AppendUvarint(dst, uint64(len(s)))
		dst = append(dst, s...)
	}
	var w writer
	size := uint(bits.Len(uint(len(all) - 1)))
	for _, v := range values {
		w.bits(places[v], size)
	}
	return appendPacked(dst, &w)
}

func (d *decoder) texts(n int, typ tag.Type, put func(int, tag.Value)) {
	count := d.uvarint()
	if count == 0 || count > uint64(n) || count > uint64(len(d.rest)) {
		d.broken = true
		return
	}
	all := make([]string, count)
	for i := range all {
		all[i] = string(d.take(d.uvarint()))
	}
	r := d.packed()
	size := uint(bits.Len(uint(count - 1)))
	for i := range n {
		place := r.bits(size)
		if place >= count || r.spent || d.broken {
			d.broken = true
			return
		}
		switch typ {
		case tag.String:
			put(i, tag.OfString(all[place]))
		case tag.JSON:
			put(i, tag.OfJSON(all[place]))
		default:
			put(i, tag.OfBytes([]byte(all[place])))
		}
	}
}
