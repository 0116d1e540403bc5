package modbus

import (
	"testing"

	"github.com/lineside/lineside/runtime/tag"
)

func FuzzValue(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8}, uint8(Float64), uint8(DCBA), uint8(tag.Float))
	f.Add([]byte("text"), uint8(String), uint8(BADC), uint8(tag.String))
	f.Fuzz(func(t *testing.T, b []byte, fm, o, typ uint8) {
		p := Layout{Format: Format(fm % uint8(len(Formats))), Order: Order(o % 5), Type: tag.Type(typ % 6), Length: len(b), Bit: -1}
		if len(b) < 2*p.Words() {
			return
		}
		v, q := p.Decode(b[:2*p.Words()])
		if q == tag.Good && p.Type != tag.None && v.Type() != p.Type {
			t.Fatalf("%v delivered as %v", v.Type(), p.Type)
		}
		if q != tag.Good || v.Type() != tag.Int || p.Format == Bool {
			return
		}
		words, err := p.Encode(v)
		if err != nil {
			return // a float with no fraction read as int may not go back
		}
		back := make([]byte, 0, len(b))
		for _, w := range words {
			back = append(back, byte(w>>8), byte(w))
		}
		if w, q := p.Decode(back); q != tag.Good || w != v {
			t.Fatalf("%v written and read back is %v %v", v, w, q)
		}
	})
}
