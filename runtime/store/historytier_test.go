package store

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

// total is what a reader of Scan makes of one stretch of time.
type total struct {
	samples, count, numbers                   int
	sum, area, low, high, delta, first, final float64
	good                                      tag.Time
	last                                      historian.Sample
	cursor                                    tag.Time
}

func value(s *historian.Sample) (float64, bool) {
	if s.Quality.IsBad() || s.Value.Type() > tag.Float || s.Value.IsNone() {
		return 0, false
	}
	f := s.Value.Float()
	return f, f-f == 0
}

func (x *total) hold(until tag.Time) {
	if x.samples > 0 && !x.last.Quality.IsBad() && until > x.cursor {
		x.good += until - x.cursor
		if f, ok := value(&x.last); ok {
			x.area += f * float64(until-x.cursor) / 1e9
		}
	}
	x.cursor = until
}

func (x *total) numbersOf(n int, first, last, low, high, sum, delta float64) {
	if x.numbers == 0 {
		x.first, x.low, x.high = first, low, high
	} else if first >= x.final {
		x.delta += first - x.final
	} else {
		x.delta += first
	}
	x.low, x.high, x.sum, x.delta = min(x.low, low), max(x.high, high), x.sum+sum, x.delta+delta
	x.numbers += n
	x.final = last
}

func (x *total) sample(s *historian.Sample) {
	x.hold(s.Time)
	x.samples++
	x.last = *s
	if !s.Quality.IsBad() && !s.Value.IsNone() {
		x.count++
	}
	if f, ok := value(s); ok {
		x.numbersOf(1, f, f, f, f, f, 0)
	}
}

func (x *total) summary(s *historian.Summary) {
	x.hold(s.First.Time)
	x.samples += s.Samples
	x.count += s.Count
	if s.Numbers > 0 {
		x.numbersOf(s.Numbers, s.FirstNumber, s.LastNumber, s.Min, s.Max, s.Sum, s.Delta)
	}
	x.area += s.Area
	x.good += s.Good
	x.last, x.cursor = s.Last, s.End
}

func (x *total) String() string {
	r := func(f float64) float64 { return math.Round(f*1e4) / 1e4 }
	return fmt.Sprintf("%d samples, %d with a value, %d numbers, first %v, last %v, low %v, high %v, sum %v, area %v, delta %v, good %v, ends with %v %v", x.samples, x.count, x.numbers,
		r(x.first), r(x.final), r(x.low), r(x.high), r(x.sum), r(x.area), r(x.delta), x.good.Std().Sub(tag.Time(0).Std()), x.last.Value, x.last.Quality)
}

// historyTiers: what is made of summaries is what is made of samples, whatever came late; and stays when the samples go.
func historyTiers(t *testing.T, s *Store) {
	ctx := context.Background()
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed, 11))
		dir := t.TempDir()
		open := func() *historian.Archive {
			a, err := historian.Open(ctx, s.History(), historian.Options{Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		a := open()
		paths := []tag.Path{tag.Path(fmt.Sprintf("tier%d/walk", seed)), tag.Path(fmt.Sprintf("tier%d/state", seed)), tag.Path(fmt.Sprintf("tier%d/slow", seed))}
		ids, err := a.SeriesOf(ctx, paths)
		if err != nil {
			t.Fatal(err)
		}
		begin := tag.TimeOf(time.Date(2026, 2, 20, 0, 0, 0, 0, time.UTC)) + tag.Time(seed)*tag.Time(400*24*time.Hour)
		days := 25
		end := begin + tag.Time(days)*tag.Time(24*time.Hour)
		draw := func(i int, at tag.Time) historian.Sample {
			x := historian.Sample{Time: at - at%1e6}
			switch {
			case r.IntN(20) == 0:
				x.Quality = tag.BadNoCommunication
			case i == 1:
				x.Value = tag.OfString([]string{"run", "stop", ""}[r.IntN(3)])
			case r.IntN(50) == 0:
				x.Value = tag.OfFloat([]float64{math.NaN(), math.Inf(1), math.Inf(-1)}[r.IntN(3)])
			case r.IntN(9) == 0:
				x.Value, x.Quality = tag.OfFloat(r.NormFloat64()), tag.Uncertain
			default:
				x.Value = tag.OfFloat(float64(r.IntN(1000)) / 10)
			}
			return x
		}
		for i := range paths {
			batch := historian.Batch{Series: ids[i]}
			for at := begin + tag.Time(r.Int64N(int64(time.Hour))); at < end; {
				batch.Samples = append(batch.Samples, draw(i, at))
				at += tag.Time(r.Int64N(int64([]time.Duration{4 * time.Minute, 20 * time.Minute, 9 * time.Hour}[i]))) + 1e6
				if r.IntN(300) == 0 {
					at += tag.Time(r.Int64N(int64(80 * time.Hour)))
				}
			}
			a.Append([]historian.Batch{batch})
		}
		if err := a.Flush(ctx, end, true); err != nil {
			t.Fatal(err)
		}
		summaries := 0
		compare := func(round string, aligned tag.Time, exact bool) {
			t.Helper()
			for range 40 {
				i := r.IntN(len(paths))
				from := begin + tag.Time(r.Int64N(int64(end-begin)))
				to := from + tag.Time(r.Int64N(int64(end-from)))
				if aligned > 0 {
					from, to = from-from%aligned, to-to%aligned
				}
				var want total
				if err := a.Raw(ctx, paths[i], from, to, func(part []historian.Sample) bool {
					for j := range part {
						want.sample(&part[j])
					}
					return true
				}); err != nil {
					t.Fatal(err)
				}
				want.hold(to)
				for _, tier := range []historian.Tier{historian.TierMinute, historian.TierHour} {
					var got total
					if err := a.Scan(ctx, paths[i], tier, from, to, func(part []historian.Sample) bool {
						for j := range part {
							got.sample(&part[j])
						}
						return true
					}, func(part []historian.Summary) bool {
						summaries += len(part)
						for j := range part {
							got.summary(&part[j])
						}
						return true
					}); err != nil {
						t.Fatal(err)
					}
					got.hold(to)
					if exact && got.String() != want.String() {
						t.Fatalf("seed %d, %s, %s by %s, %s to %s:\n%s\nnot\n%s", seed, round, paths[i], tier, from.Std(), to.Std(), &got, &want)
					}
				}
			}
		}
		compare("before there are tiers", 0, true)
		if summaries > 0 {
			t.Fatal("summaries out of nothing")
		}
		now := end - tag.Time(50*time.Hour)
		if err := a.MakeTiers(ctx, now); err != nil {
			t.Fatal(err)
		}
		compare("with tiers", 0, true)
		if summaries == 0 {
			t.Fatal("no summary was used")
		}
		for range 4 {
			for range 1 + r.IntN(4) {
				i, at := r.IntN(len(paths)), begin-tag.Time(30*time.Hour)+tag.Time(r.Int64N(int64(end-begin)))
				batch := historian.Batch{Series: ids[i]}
				for range 1 + r.IntN(20) {
					at += tag.Time(r.Int64N(int64(2 * time.Hour)))
					batch.Samples = append(batch.Samples, draw(i, at))
				}
				a.Append([]historian.Batch{batch})
			}
			compare("late ones wait", 0, true)
			if err := a.Flush(ctx, end, true); err != nil {
				t.Fatal(err)
			}
			compare("late ones are there", 0, true)
			if r.IntN(2) == 0 {
				a = open() // what is stale is known after a kill
				compare("after a kill", 0, true)
			}
			now += tag.Time(12 * time.Hour)
			if err := a.MakeTiers(ctx, now); err != nil {
				t.Fatal(err)
			}
			compare("late ones are summarized", 0, true)
		}
		// Samples go, then minutes: hours tell the same.
		hour := tag.Time(time.Hour)
		from, to := begin, begin+tag.Time(8*24*time.Hour)
		told := func(tier historian.Tier) string {
			var x total
			if err := a.Scan(ctx, paths[0], tier, from, to, func(part []historian.Sample) bool {
				for j := range part {
					x.sample(&part[j])
				}
				return true
			}, func(part []historian.Summary) bool {
				for j := range part {
					x.summary(&part[j])
				}
				return true
			}); err != nil {
				t.Fatal(err)
			}
			x.hold(to)
			return x.String()
		}
		want := told(historian.TierRaw)
		trim := func(tier historian.Tier, before tag.Time) {
			for {
				x, err := s.History().Trim(ctx, tier, before, 500)
				if err != nil {
					t.Fatal(err)
				}
				if x.Rows == 0 {
					break
				}
			}
			a = open()
		}
		trim(historian.TierRaw, begin+tag.Time(10*24*time.Hour))
		for _, tier := range []historian.Tier{historian.TierRaw, historian.TierMinute, historian.TierHour} {
			if got := told(tier); got != want {
				t.Errorf("seed %d: by %s without samples:\n%s\nnot\n%s", seed, tier, got, want)
			}
		}
		a.Append([]historian.Batch{{Series: ids[0], Samples: []historian.Sample{draw(0, begin)}}})
		if n := a.State().Refused; n != 1 {
			t.Errorf("%d samples refused that are older than what is kept", n)
		}
		trim(historian.TierMinute, begin+tag.Time(9*24*time.Hour))
		from -= from % hour
		for _, tier := range []historian.Tier{historian.TierRaw, historian.TierMinute, historian.TierHour} {
			if got := told(tier); got != want {
				t.Errorf("seed %d: by %s without samples and minutes:\n%s\nnot\n%s", seed, tier, got, want)
			}
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
	e, err := s.History().Extent(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for tier := range e.Tiers {
		var rows, samples, bytes int64
		if err := s.db.Raw("SELECT COUNT(*), COALESCE(SUM(count), 0), COALESCE(SUM(LENGTH(data)), 0) FROM "+tierTables[tier]).Row().Scan(&rows, &samples, &bytes); err != nil {
			t.Fatal(err)
		}
		if x := e.Tiers[tier]; x.Rows != rows || x.Samples != samples || x.Bytes != bytes {
			t.Errorf("%s: counted %d rows, %d samples, %d bytes; there are %d, %d, %d", historian.Tier(tier), x.Rows, x.Samples, x.Bytes, rows, samples, bytes)
		}
	}
}
