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

// nothing is a database without rows, so that all is made of samples.
type nothing struct{ *History }

func (nothing) Read(context.Context, int64, tag.Time, tag.Time, bool) ([]historian.Row, error) {
	return nil, nil
}
func (nothing) Next(context.Context, int64, tag.Time) (tag.Time, bool, error) { return 0, false, nil }
func (nothing) Before(context.Context, int64, tag.Time) (historian.Row, bool, error) {
	return historian.Row{}, false, nil
}
func (nothing) Marks(context.Context) (historian.Marks, error) { return historian.Marks{}, nil }

// Buckets that are made of summaries are those that are made of samples, over days with a change of the clock too.
func TestHistoryBucketsOfTiers(t *testing.T) {
	ctx := t.Context()
	s := open(t, "", t.TempDir())
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 6))
	begin := time.Date(2026, 3, 27, 22, 10, 0, 0, berlin)
	var samples []historian.Sample
	level := 50.0
	for at := tag.TimeOf(begin); at < tag.TimeOf(begin.AddDate(0, 0, 4)); at += tag.Time(1+r.IntN(90_000)) * 1e6 {
		x := historian.Sample{Time: at, Value: tag.OfFloat(math.Round(level*10) / 10)}
		level += r.Float64()*4 - 2
		if r.IntN(30) == 0 {
			x.Value, x.Quality = tag.Value{}, tag.BadNoCommunication
		}
		samples = append(samples, x)
	}
	archive := func(rows historian.Rows) *historian.Archive {
		a, err := historian.Open(ctx, rows, historian.Options{Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.Close() })
		ids, err := a.SeriesOf(ctx, []tag.Path{"walk"})
		if err != nil {
			t.Fatal(err)
		}
		a.Append([]historian.Batch{{Series: ids[0], Samples: samples}})
		return a
	}
	plain, tiered := archive(nothing{s.History()}), archive(s.History())
	if err := tiered.Flush(ctx, 0, true); err != nil {
		t.Fatal(err)
	}
	if err := tiered.MakeTiers(ctx, tag.TimeOf(begin.AddDate(0, 1, 0))); err != nil {
		t.Fatal(err)
	}
	show := func(points []historian.Point) (out string) {
		for _, p := range points {
			v := "–"
			if !p.Value.IsNone() {
				v = fmt.Sprint(math.Round(p.Value.Float()*1e4) / 1e4)
			}
			out += fmt.Sprint(p.Time.Std().In(berlin).Format("2 15:04 "), v, " ", p.Quality, "\n")
		}
		return out
	}
	for _, step := range []string{"5m", "1h", "7h", "1d", "1w"} {
		parsed, err := historian.ParseStep(step)
		if err != nil {
			t.Fatal(err)
		}
		boundaries, err := parsed.Buckets(tag.TimeOf(begin.Add(83*time.Minute)), tag.TimeOf(begin.AddDate(0, 0, 3)), berlin)
		if err != nil {
			t.Fatal(err)
		}
		if step == "1d" && boundaries[2]-boundaries[1] != tag.Time(24*time.Hour) || step == "1d" && boundaries[3]-boundaries[2] != tag.Time(23*time.Hour) {
			t.Errorf("the day of the change has %v", (boundaries[3] - boundaries[2]))
		}
		for _, f := range historian.Functions() {
			want, err := plain.Aggregate(ctx, "walk", boundaries, f, tag.Value{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := tiered.Aggregate(ctx, "walk", boundaries, f, tag.Value{})
			if err != nil {
				t.Fatal(err)
			}
			same := len(got) == len(want)
			for i := 0; same && i < len(got); i++ {
				a, b := got[i], want[i]
				same = a.Time == b.Time && a.Quality == b.Quality && a.Value.IsNone() == b.Value.IsNone() && (a.Value.IsNone() || math.Abs(a.Value.Float()-b.Value.Float()) <= 1e-9*max(1, math.Abs(b.Value.Float())))
			}
			if !same {
				t.Fatalf("%s of %s: \n%s, of samples \n%s", f, step, show(got), show(want))
			}
		}
	}
	// A line keeps its extremes.
	whole := []tag.Time{tag.TimeOf(begin), tag.TimeOf(begin.AddDate(0, 0, 4))}
	extremes := func(list []historian.Sample) (low, high float64) {
		low, high = math.Inf(1), math.Inf(-1)
		for _, x := range list {
			if !x.Quality.IsBad() {
				low, high = min(low, x.Value.Float()), max(high, x.Value.Float())
			}
		}
		return low, high
	}
	line, err := tiered.Reduce(ctx, "walk", whole[0], whole[1], 40)
	if err != nil || len(line) > 40*16+1 {
		t.Fatalf("%d, %v", len(line), err)
	}
	for i := range line {
		if i > 0 && line[i].Time < line[i-1].Time {
			t.Fatalf("the line goes back at %d", i)
		}
	}
	low, high := extremes(line)
	if wantLow, wantHigh := extremes(samples); low != wantLow || high != wantHigh {
		t.Errorf("%v to %v, not %v to %v", low, high, wantLow, wantHigh)
	}
}
