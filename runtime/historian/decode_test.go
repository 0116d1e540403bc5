package historian

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/lineside/lineside/runtime/historian/chunk"
	"github.com/lineside/lineside/runtime/tag"
)

// record makes a whole record of a body.
func record(body []byte) []byte {
	head := binary.LittleEndian.AppendUint32(nil, uint32(len(body)))
	head = binary.LittleEndian.AppendUint32(head, crc32.Checksum(body, castagnoli))
	return append(head, body...)
}

func FuzzJournal(f *testing.F) {
	j := &journal{}
	for _, v := range []tag.Value{tag.OfBool(true), tag.OfInt(-5), tag.OfFloat(1.5), tag.OfString("x"), tag.OfJSON("{}"), {}} {
		j.add(7, &Sample{Time: 1e18 + 5, Value: v})
		j.add(3, &Sample{Time: 1e18 + 1e6, Value: v, Quality: tag.Uncertain})
	}
	f.Add(j.batch[8:])
	f.Add([]byte{0, 0})
	f.Fuzz(func(t *testing.T, body []byte) {
		var got []Entry
		for _, magic := range [][]byte{journalMagic[:], nil} { // of now, and of earlier versions
			got = got[:0]
			readJournal(bytes.NewReader(append(append([]byte(nil), magic...), record(body)...)), func(e *Entry) { got = append(got, *e) })
			readJournal(bytes.NewReader(append(append([]byte(nil), magic...), body...)), func(*Entry) {})
			// What was read can be written, and read again.
			j := &journal{}
			for i := range got {
				j.add(got[i].Series, &got[i].Sample)
			}
			if len(got) == 0 {
				continue
			}
			n := 0
			readJournal(bytes.NewReader(append(append([]byte(nil), journalMagic[:]...), record(j.batch[8:])...)), func(e *Entry) {
				if e.Series != got[n].Series || e.Sample != got[n].Sample {
					t.Fatalf("entry %d: %+v became %+v", n, got[n], *e)
				}
				n++
			})
			if n != len(got) {
				t.Fatalf("%d of %d entries", n, len(got))
			}
		}
	})
}

func FuzzSummaries(f *testing.F) {
	b := bucketed{width: TierMinute.Width()}
	b.cells(chunk.AppendCells(nil, nil, []Sample{at(1, 1.5), at(2, 2.25), at(61, nil), at(62, "x"), at(200, true), at(201, 7)}))
	row, err := packSummaries(1, TierMinute, 0, b.end())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(row.Data[5:])
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, tier := range []Tier{TierMinute, TierHour} {
			list, err := unpackSummaries(&Row{Data: closeSeal(append(seal(), body...))}, tier, nil)
			if err != nil || len(list) == 0 {
				continue
			}
			row, err := packSummaries(1, tier, 0, list)
			if err != nil {
				t.Fatalf("what was read cannot be written: %v", err)
			}
			again, err := unpackSummaries(&row, tier, nil)
			if err != nil || len(again) != len(list) {
				t.Fatalf("%d became %d: %v", len(list), len(again), err)
			}
		}
	})
}
