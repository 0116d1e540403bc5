package historian

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/tag"
)

// TestLooseKeepsAll gives random samples of some series to an archive, in order, late and over several windows, and brings them to
// their windows now and then. What waits is what came, the last one of each time, whether it was brought there or not, and the last one
// is told, or that it is not known.
func TestLooseKeepsAll(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 2))
		a := &Archive{pending: map[int64]*pending{}}
		series := []int64{1, 2, 700, maxLooseSeries - 1, maxLooseSeries + 5}
		model := map[int64]map[tag.Time]Sample{}
		late := r.IntN(2) == 0
		at := Window * 100
		for range r.IntN(4000) {
			if r.IntN(3) > 0 {
				at += tag.Time(r.IntN(2000)) * 1e6
			}
			id := series[r.IntN(len(series))]
			s := Sample{Time: at, Value: tag.OfFloat(float64(r.IntN(100)) / 10)}
			if late && r.IntN(30) == 0 {
				s.Time -= tag.Time(r.Int64N(int64(3 * Window)))
			}
			switch r.IntN(10) {
			case 0:
				s.Value = tag.OfString(strings.Repeat("ab", r.IntN(4)))
			case 1:
				s = Sample{Time: s.Time, Quality: tag.BadNotConnected}
			}
			if !a.take(id, &s) {
				t.Fatal("there was no room")
			}
			if model[id] == nil {
				model[id] = map[tag.Time]Sample{}
			}
			model[id][s.Time] = s
			if r.IntN(300) == 0 {
				a.settle()
			}
		}
		check := func() {
			text := 0
			for _, p := range a.pending {
				for _, w := range p.windows {
					text += w.text
				}
			}
			if text != a.text {
				t.Fatalf("seed %d: windows have %d bytes of texts, not %d", seed, text, a.text)
			}
			for _, id := range series {
				var want []Sample
				for _, s := range model[id] {
					want = append(want, s)
				}
				slices.SortFunc(want, byTime)
				got, err := a.waiting(id, 0, 1<<62)
				if err != nil || !slices.EqualFunc(got, want, alike) {
					t.Fatalf("seed %d: %d samples of series %d wait (%v), not the %d that came", seed, len(got), id, err, len(want))
				}
				last := a.lastWaiting(id)
				if last.some != (len(want) > 0) || last.simple && !alike(last.last, want[len(want)-1]) {
					t.Fatalf("seed %d: the last sample of series %d is %+v, not %+v", seed, id, last, want[len(want)-1])
				}
			}
		}
		check()
		a.settle()
		check()
		if a.loose.count != 0 || a.loose.of(1, nil) != nil {
			t.Fatal("something is loose still")
		}
		a.loose.trim()
		if a.loose.trim(); len(a.loose.slabs) > 1 {
			t.Fatalf("%d slabs are kept for nothing", len(a.loose.slabs))
		}
	}
}
