package script

import (
	"testing"

	"github.com/lineside/lineside/runtime/script/wire"
	"github.com/lineside/lineside/runtime/tag"
)

// A worker may have been taken over by a script: whatever it sends, the host reads it within its bounds.
func FuzzResult(f *testing.F) {
	ok := wire.AppendValue(wire.Append(wire.Append[uint8](nil, wire.OK), uint32(12)), tag.OfJSON(`{"a":1}`))
	ok = wire.Append(ok, uint32(1))
	ok = append(ok, wire.Set, 1, 0, 0, 0)
	ok = wire.AppendValue(wire.AppendText(ok, "needle.rotate"), tag.OfFloat(1.5))
	f.Add(ok)
	f.Add(wire.Append(wire.AppendText([]byte{wire.Threw, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0}, "no"), uint32(0)))
	f.Add([]byte{wire.OK, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte{wire.OK, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		h, s, r := New(Options{}), &loaded{}, wire.NewReader(b)
		var out Result
		h.result(r, s, &out)
		if len(out.Effects) > len(b) {
			t.Fatalf("%d effects from %d bytes", len(out.Effects), len(b))
		}
		if out.Problem != nil && out.Problem.Hint == "" {
			t.Fatalf("%+v", out.Problem)
		}
	})
}
