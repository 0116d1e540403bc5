package historian

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/historian/chunk"
	"github.com/lineside/lineside/runtime/tag"
)

// TestWindowKeepsAll gives random samples to a window: in order and late, twice at a time, of several types, removals and
// long texts. What it holds, and the row that is made of it, are what came, the last one of each time.
func TestWindowKeepsAll(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		late, texts, removals := r.IntN(3) == 0, r.IntN(2) == 0, r.IntN(4) == 0
		w := &window{start: Window, ordered: true, whole: true}
		var p packer
		model := map[tag.Time]Sample{}
		at := w.start
		for range r.IntN(5 * partSize) {
			if r.IntN(20) > 0 {
				at += tag.Time(1+r.IntN(1000)) * 1e6
			}
			s := Sample{Time: at}
			if late && r.IntN(50) == 0 {
				s.Time = w.start + tag.Time(r.Int64N(int64(at-w.start)+1))
			}
			switch r.IntN(40) {
			case 0:
				s.Quality = tag.BadNotConnected
			case 1:
				s.Value = tag.OfBool(true)
			case 2:
				s.Value = tag.OfInt(math.MinInt64)
			case 3:
				s.Value = tag.OfFloat(math.NaN())
			case 4:
				if removals {
					s = Removal(s.Time)
				}
			default:
				s.Value = tag.OfFloat(float64(r.IntN(1000)) / 10)
				if texts {
					s.Value = tag.OfString(strconv.Itoa(r.IntN(20)) + strings.Repeat("x", r.IntN(2)*r.IntN(3000)))
				}
			}
			w.add(chunk.CellOf(&s), s.Value.Text(), &p)
			model[s.Time] = s
		}
		if len(model) == 0 {
			continue
		}
		var want []Sample
		for _, s := range model {
			want = append(want, s)
		}
		slices.SortFunc(want, byTime)
		got, err := w.sorted()
		if err != nil || !slices.EqualFunc(got, want, alike) {
			t.Fatalf("seed %d: it holds %d samples (%v), not the %d that came", seed, len(got), err, len(want))
		}
		if !w.ordered || !w.whole {
			continue
		}
		row, err := w.row(7, &p)
		if err != nil {
			t.Fatal(err)
		}
		anew, err := pack(7, w.start, want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err = unpack(&row, nil); err != nil || !slices.EqualFunc(got, want, alike) {
			t.Fatalf("seed %d: the row has %d samples (%v), not %d", seed, len(got), err, len(want))
		}
		row.Data, anew.Data = nil, nil
		if row.Series != 7 || row.Start != anew.Start || row.First != anew.First || row.Last != anew.Last || row.Count != anew.Count || row.Good != anew.Good || row.Min != anew.Min || row.Max != anew.Max || row.Sum != anew.Sum {
			t.Fatalf("seed %d: the row tells of itself\n%+v, not\n%+v", seed, row, anew)
		}
	}
}

// alike compares by bits, so that NaN is NaN.
func alike(a, b Sample) bool {
	x, y := a.Value, b.Value
	return a.Time == b.Time && a.Quality == b.Quality && x.Type() == y.Type() && x.Text() == y.Text() &&
		(x.Type() != tag.Float || math.Float64bits(x.Float()) == math.Float64bits(y.Float())) && (x.Type() == tag.Float || x.Int() == y.Int())
}
