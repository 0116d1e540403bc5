package modbus

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/connector"
	wire "github.com/lineside/lineside/runtime/protocol/modbus"
	"github.com/lineside/lineside/runtime/tag"
)

// patchy is a device in which addresses are missing and that gives only so many
// registers at once. A register holds its address.
type patchy struct {
	sync.Mutex
	missing  map[int]bool
	most     int
	asked    int
	refusals int
}

func (d *patchy) has(from, n int) bool {
	for a := from; a < from+n; a++ {
		if d.missing[a] {
			return false
		}
	}
	return n <= d.most
}

func (d *patchy) answer(q []byte) [][]byte {
	d.Lock()
	defer d.Unlock()
	from, n := int(binary.BigEndian.Uint16(q[8:])), int(binary.BigEndian.Uint16(q[10:]))
	d.asked++
	if !d.has(from, n) {
		d.refusals++
		code := illegalAddress
		if n > d.most {
			code = illegalValue
		}
		return [][]byte{frame(q, 0, 1, q[7]|0x80, byte(code))}
	}
	pdu := []byte{q[7], byte(2 * n)}
	for a := from; a < from+n; a++ {
		pdu = binary.BigEndian.AppendUint16(pdu, uint16(a))
	}
	return [][]byte{frame(q, 0, 1, pdu...)}
}

// Whatever is missing: every point is read once a scan, what is there is right and what
// is not is bad; after a few scans nothing is asked for that is refused.
func TestAnyPatchyDevice(t *testing.T) {
	device := &patchy{}
	port := liar(t, device.answer)
	kind, _ := connector.Lookup("modbus")
	rapid.Check(t, func(r *rapid.T) {
		device.Lock()
		device.missing, device.most = map[int]bool{}, rapid.IntRange(4, 125).Draw(r, "most")
		for _, a := range rapid.SliceOfN(rapid.IntRange(0, 200), 0, 12).Draw(r, "missing") {
			device.missing[a] = true
		}
		device.Unlock()
		made, err := kind.New(json.RawMessage(fmt.Sprintf(`{"host":"127.0.0.1","port":%d,"probe":false,"timeout":"30s","maxGap":%d}`, port, rapid.IntRange(0, 40).Draw(r, "gap"))))
		if err != nil {
			r.Fatal(err)
		}
		defer made.Close()
		if err := made.Connect(t.Context()); err != nil {
			r.Fatal(err)
		}
		types := []string{"uint16", "uint32", "uint64"}
		var points []connector.Point
		for i := range rapid.IntRange(1, 60).Draw(r, "points") {
			raw := fmt.Sprintf(`{"table":"holding","address":%d,"type":%q}`, rapid.IntRange(0, 200).Draw(r, "address"), rapid.SampledFrom(types).Draw(r, "type"))
			a, err := wire.ParseAddress(json.RawMessage(raw), tag.Int, false)
			if err != nil {
				r.Fatal(err)
			}
			points = append(points, connector.Point{ID: i, Address: a, Type: tag.Int})
		}
		requests := made.Plan(points)
		quiet := false
		for range 12 {
			device.Lock()
			device.refusals = 0
			device.Unlock()
			seen := map[int]bool{}
			for _, q := range requests {
				updates, err := q.Read(t.Context(), nil)
				if err != nil {
					r.Fatal(err)
				}
				for _, u := range updates {
					if seen[u.Point] {
						r.Fatalf("point %d was read twice", u.Point)
					}
					seen[u.Point] = true
					a := points[u.Point].Address.(*wire.Address)
					n := wire.Formats[a.Type].Words(0)
					var want int64
					for i := range n {
						want = want<<16 | int64(a.Address+i)
					}
					if there := device.has(a.Address, n); there != (u.Sample.Quality == tag.Good) || there && u.Sample.Value != tag.OfInt(want) {
						r.Fatalf("%s at %d is %v %v, there: %v", a.Type, a.Address, u.Sample.Value, u.Sample.Quality, there)
					}
				}
			}
			if len(seen) != len(points) {
				r.Fatalf("%d of %d points were read", len(seen), len(points))
			}
			device.Lock()
			quiet = device.refusals == 0
			device.Unlock()
		}
		if !quiet {
			r.Fatal("after twelve scans there are still refusals")
		}
	})
}
