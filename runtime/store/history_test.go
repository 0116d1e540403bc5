package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

// failing refuses to put rows when it is told to.
type failing struct {
	*History
	fail bool
}

func (f *failing) Put(ctx context.Context, rows []historian.Row, stale []historian.Stale) error {
	if f.fail {
		return historian.ErrFull
	}
	return f.History.Put(ctx, rows, stale)
}

// history: whatever comes, late or twice, through failures and kills, is what is read.
func history(t *testing.T, s *Store) {
	ctx := context.Background()
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 7))
		dir := t.TempDir()
		rows := &failing{History: s.History()}
		reopen := func() *historian.Archive {
			a, err := historian.Open(ctx, rows, historian.Options{Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		a := reopen()
		paths := []tag.Path{tag.Path(fmt.Sprintf("s%d/one", seed)), tag.Path(fmt.Sprintf("s%d/two", seed))}
		ids, err := a.SeriesOf(ctx, paths)
		if err != nil {
			t.Fatal(err)
		}
		begin := tag.TimeOf(time.Date(2026, 3, 29, 0, 30, 0, 0, time.UTC))
		now := begin
		want := []map[tag.Time]historian.Sample{{}, {}}
		unsynced := false
		for step := range 120 {
			switch n := r.IntN(20); {
			case n < 13:
				i := r.IntN(2)
				batch := historian.Batch{Series: ids[i]}
				for range 1 + r.IntN(40) {
					now += tag.Time(r.IntN(4000)) * 1e6
					at := now
					if r.IntN(10) == 0 { // late, perhaps by days
						at -= tag.Time(r.Int64N(int64(tag.Time(48 * time.Hour))))
						at -= at % 1e6
					}
					x := historian.Sample{Time: at, Value: tag.OfFloat(float64(r.IntN(1000)) / 10)}
					if i == 1 && step > 60 { // the type of the tag has changed
						x.Value = tag.OfString(fmt.Sprint("state ", r.IntN(3)))
					}
					if r.IntN(15) == 0 {
						x.Quality, x.Value = tag.BadNoCommunication, tag.Value{}
					}
					batch.Samples = append(batch.Samples, x)
					want[i][x.Time] = x
				}
				a.Append([]historian.Batch{batch})
				unsynced = true
			case n < 15:
				if err := a.Sync(false); err != nil {
					t.Fatal(err)
				}
				unsynced = false
			case n < 18:
				rows.fail = r.IntN(3) == 0
				err := a.Flush(ctx, now, r.IntN(8) == 0)
				if rows.fail != errors.Is(err, historian.ErrFull) && err != nil {
					t.Fatal(err)
				}
				rows.fail, unsynced = false, false
			case !unsynced:
				a = reopen() // as after a kill: nothing was closed
			}
			if step%10 != 9 {
				continue
			}
			for i, p := range paths {
				var times []tag.Time
				for at := range want[i] {
					times = append(times, at)
				}
				slices.Sort(times)
				from, to := begin-tag.Time(50*time.Hour), now+1
				if r.IntN(2) == 0 && len(times) > 4 {
					from, to = times[len(times)/4], times[len(times)*3/4]
				}
				var got []historian.Sample
				if err := a.Raw(ctx, p, from, to, func(part []historian.Sample) bool { got = append(got, part...); return true }); err != nil {
					t.Fatal(err)
				}
				n := 0
				for _, at := range times {
					if at < from || at >= to {
						continue
					}
					if n >= len(got) || got[n] != want[i][at] {
						t.Fatalf("seed %d, step %d, %s: sample %d of %d is not that of %s", seed, step, p, n, len(got), at.Std())
					}
					n++
				}
				if n != len(got) {
					t.Fatalf("seed %d, step %d, %s: %d samples, not %d", seed, step, p, len(got), n)
				}
				at := begin + tag.Time(r.Int64N(int64(now-begin)+1))
				last, found := slices.BinarySearch(times, at+1)
				_ = found
				x, ok, err := a.At(ctx, p, at)
				if err != nil || ok != (last > 0) || ok && x != want[i][times[last-1]] {
					t.Fatalf("seed %d, step %d, %s at %s: %v %v %v", seed, step, p, at.Std(), x, ok, err)
				}
			}
		}
		if st := a.State(); st.Dropped > 0 {
			t.Errorf("%d samples were dropped", st.Dropped)
		}
	}
	e, err := s.History().Extent(ctx)
	if err != nil || e.Rows == 0 || e.Bytes == 0 || e.Samples == 0 {
		t.Fatalf("%+v %v", e, err)
	}
	trimmed, err := s.History().Trim(ctx, historian.TierRaw, e.Oldest+tag.Time(24*time.Hour), 3)
	if err != nil || trimmed.Rows == 0 || trimmed.Rows > 3 || trimmed.Samples == 0 {
		t.Errorf("trimmed %+v: %v", trimmed, err)
	}
	after, err := s.History().Extent(ctx)
	if err != nil || after.Rows != e.Rows-trimmed.Rows || after.Samples != e.Samples-trimmed.Samples || after.Bytes != e.Bytes-trimmed.Bytes {
		t.Errorf("%+v became %+v", e, after)
	}
}

func historySeries(t *testing.T, s *Store) {
	ctx, h := context.Background(), s.History()
	ids, err := h.AddSeries(ctx, []tag.Path{"a", "b", "a", "c"})
	if err != nil || ids[0] != ids[2] || ids[0] == ids[1] || ids[0] == 0 {
		t.Fatalf("%v %v", ids, err)
	}
	again, err := h.AddSeries(ctx, []tag.Path{"c", "b"})
	if err != nil || again[0] != ids[3] || again[1] != ids[1] {
		t.Fatalf("%v %v", again, err)
	}
	// Two change places, the third makes way for one of them.
	if err := h.RenameSeries(ctx, map[int64]tag.Path{ids[0]: "b", ids[1]: "a"}); err != nil {
		t.Fatal(err)
	}
	if err := h.RenameSeries(ctx, map[int64]tag.Path{ids[1]: "c", ids[3]: ""}); err != nil {
		t.Fatal(err)
	}
	list, err := h.Series(ctx)
	if err != nil {
		t.Fatal(err)
	}
	got := map[tag.Path]int64{}
	for _, x := range list {
		got[x.Path] = x.ID
	}
	if got["b"] != ids[0] || got["c"] != ids[1] || len(got) != 3 {
		t.Errorf("%v of %v", got, ids)
	}
}
