package historian

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// nowhere is a database that has nothing: what is tested here waits in memory.
type nowhere struct{ Rows }

func (nowhere) Series(context.Context) ([]Series, error) { return nil, nil }
func (nowhere) Marks(context.Context) (Marks, error)     { return Marks{}, nil }
func (nowhere) AddSeries(_ context.Context, paths []tag.Path) ([]int64, error) {
	out := make([]int64, len(paths))
	for i := range out {
		out[i] = int64(i) + 1
	}
	return out, nil
}
func (nowhere) Read(context.Context, int64, tag.Time, tag.Time, bool) ([]Row, error) { return nil, nil }
func (nowhere) Next(context.Context, int64, tag.Time) (tag.Time, bool, error)        { return 0, false, nil }
func (nowhere) Before(context.Context, int64, tag.Time) (Row, bool, error)           { return Row{}, false, nil }

func archiveOf(t *testing.T, samples ...Sample) *Archive {
	t.Helper()
	a, err := Open(context.Background(), nowhere{}, Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	ids, err := a.SeriesOf(context.Background(), []tag.Path{"x"})
	if err != nil {
		t.Fatal(err)
	}
	a.Append([]Batch{{ids[0], samples}})
	return a
}

const second = tag.Time(time.Second)

func at(seconds float64, value any) Sample {
	s := Sample{Time: tag.Time(seconds * 1e9)}
	switch v := value.(type) {
	case float64:
		s.Value = tag.OfFloat(v)
	case int:
		s.Value = tag.OfFloat(float64(v))
	case string:
		s.Value = tag.OfString(v)
	case bool:
		s.Value = tag.OfBool(v)
	default:
		s.Quality = tag.BadNoCommunication
	}
	return s
}

func TestAggregate(t *testing.T) {
	// Two buckets of 10 s from 10 s on: it comes in with 4, is 8 from 12 s, bad from 15 s to 18 s, 2 then; 6 from 25 s.
	samples := []Sample{at(5, 4), at(12, 8), at(15, nil), at(18, 2), at(25, 6), at(35, 9)}
	for _, row := range []struct {
		f     Function
		state tag.Value
		want  string
	}{
		{Average, tag.Value{}, "5.142857?, 4"}, // (2·4 + 3·8 + 2·2) / 7; (5·2 + 5·6) / 10
		{Mean, tag.Value{}, "5?, 6"},
		{Minimum, tag.Value{}, "2?, 2"},
		{Maximum, tag.Value{}, "8?, 6"},
		{Range, tag.Value{}, "6?, 4"},
		{Sum, tag.Value{}, "10?, 6"},
		{Count, tag.Value{}, "2, 1"},
		{First, tag.Value{}, "8, 6"},
		{Last, tag.Value{}, "2, 6"},
		{At, tag.Value{}, "4, 2"},
		{Linear, tag.Value{}, "6.857143, 3.142857"}, // 4 + 4·5/7; 2 + 4·2/7
		{Delta, tag.Value{}, "6?, 4"},               // 4 → 8 is 4, 8 → 2 begins anew: 2; 2 → 6
		{Rate, tag.Value{}, "0.6?, 0.4"},
		{Integral, tag.Value{}, "36?, 40"},
		{Duration, tag.Value{}, "7?, 10"},
		{Duration, tag.OfFloat(2), "2?, 5"},
		{PercentGood, tag.Value{}, "70, 100"},
		{StdDev, tag.Value{}, "4.242641?, –"},
	} {
		points, err := archiveOf(t, samples...).Aggregate(context.Background(), "x", []tag.Time{10 * second, 20 * second, 30 * second}, row.f, row.state)
		if err != nil {
			t.Fatal(err)
		}
		if got := shown(points); got != row.want {
			t.Errorf("%s of %v: %s, not %s", row.f, row.state, got, row.want)
		}
	}
	if points, err := archiveOf(t).Aggregate(context.Background(), "x", []tag.Time{0, second}, Average, tag.Value{}); err != nil || shown(points) != "–" {
		t.Errorf("of nothing: %v %v", points, err)
	}
	if _, err := archiveOf(t).Aggregate(context.Background(), "x", []tag.Time{0, second}, "median", tag.Value{}); err == nil {
		t.Error("a function that there is not")
	}
}

func shown(points []Point) (out string) {
	for i, p := range points {
		if i > 0 {
			out += ", "
		}
		switch {
		case p.Quality.IsBad():
			out += "–"
			continue
		case p.Value.Type() == tag.Int:
			out += fmt.Sprint(p.Value.Int())
		default:
			out += fmt.Sprint(math.Round(p.Value.Float()*1e6) / 1e6)
		}
		if p.Quality.IsUncertain() {
			out += "?"
		}
	}
	return out
}

// Over random samples the functions give what an evaluation millisecond by millisecond gives.
func TestAggregateAgainstSteps(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 3))
		var samples []Sample
		for ms := r.IntN(300); ms < 3000; ms += 1 + r.IntN(200) {
			s := at(float64(ms)/1000, r.IntN(5))
			if r.IntN(5) == 0 {
				s = at(float64(ms)/1000, nil)
			}
			samples = append(samples, s)
		}
		a := archiveOf(t, samples...)
		boundaries := []tag.Time{500e6, 1200e6, 1900e6, 2600e6}
		want := map[Function][]float64{}
		for b := range len(boundaries) - 1 {
			var area, good, in, low, high float64
			low, high = math.Inf(1), math.Inf(-1)
			for ms := boundaries[b] / 1e6; ms < boundaries[b+1]/1e6; ms++ {
				i, exact := slices.BinarySearchFunc(samples, ms*1e6, sampleTime)
				if !exact {
					i--
				}
				if i < 0 || samples[i].Quality.IsBad() {
					continue
				}
				v := samples[i].Value.Float()
				good++
				area += v
				low, high = min(low, v), max(high, v)
				if v == 3 {
					in++
				}
			}
			want[Average] = append(want[Average], area/good)
			want[Integral] = append(want[Integral], area/1000)
			want[Minimum], want[Maximum] = append(want[Minimum], low), append(want[Maximum], high)
			want[Duration] = append(want[Duration], in/1000)
			want[PercentGood] = append(want[PercentGood], good/7)
		}
		for f, list := range want {
			points, err := a.Aggregate(context.Background(), "x", boundaries, f, tag.OfFloat(3))
			if err != nil {
				t.Fatal(err)
			}
			for i, p := range points {
				if p.Quality.IsBad() {
					if f != Duration && f != Integral && !math.IsNaN(list[i]) && !math.IsInf(list[i], 0) {
						t.Errorf("seed %d, %s of bucket %d is nothing, not %v", seed, f, i, list[i])
					}
					continue
				}
				if math.Abs(p.Value.Float()-list[i]) > 1e-6 {
					t.Errorf("seed %d, %s of bucket %d is %v, not %v", seed, f, i, p.Value, list[i])
				}
			}
		}
	}
}

func TestBuckets(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	day := func(month, d, hour int) tag.Time {
		return tag.TimeOf(time.Date(2026, time.Month(month), d, hour, 0, 0, 0, berlin))
	}
	hours := func(b []tag.Time) (out []float64) {
		for i := 1; i < len(b); i++ {
			out = append(out, float64(b[i]-b[i-1])/float64(time.Hour))
		}
		return out
	}
	for _, row := range []struct {
		step     string
		from, to tag.Time
		want     []float64
	}{
		{"1h", day(11, 20, 8), day(11, 20, 11), []float64{1, 1, 1}},
		{"1d", day(3, 28, 0), day(3, 31, 0), []float64{24, 23, 24}},     // summer time begins
		{"1d", day(10, 24, 12), day(10, 26, 12), []float64{12, 25, 12}}, // and ends
		{"8h", day(3, 28, 20), day(3, 29, 16), []float64{4, 8, 7}},      // the first step of that day ends at nine by the clock
		{"1w", day(3, 25, 0), day(4, 6, 0), []float64{24*5 - 1, 24 * 7}},
		{"1mo", day(1, 15, 0), day(3, 1, 0), []float64{17 * 24, 28 * 24}},
		{"1y", day(1, 1, 0), day(2, 1, 0), []float64{31 * 24}},
		{"7h", day(11, 20, 0), day(11, 21, 0), []float64{7, 7, 7, 3}},
	} {
		s, err := ParseStep(row.step)
		if err != nil {
			t.Fatal(err)
		}
		b, err := s.Buckets(row.from, row.to, berlin)
		if err != nil || !slices.Equal(hours(b), row.want) {
			t.Errorf("%s from %s: %v, not %v (%v)", row.step, row.from.Std().In(berlin), hours(b), row.want, err)
		}
	}
	for _, s := range []string{"", "0d", "-1h", "1x", "99999d", "1us", "d", "1.5d"} {
		if _, err := ParseStep(s); err == nil {
			t.Errorf("%q is a step", s)
		}
	}
	s, _ := ParseStep("1s")
	if _, err := s.Buckets(0, day(1, 1, 0), berlin); err == nil {
		t.Error("too many buckets")
	}
	if _, err := s.Buckets(10, 10, berlin); err == nil {
		t.Error("no time at all")
	}
}

// A line through what is left covers the same range in every pixel.
func TestReduce(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	var samples []Sample
	for i := range 20000 {
		samples = append(samples, at(float64(i)/10, math.Round(r.NormFloat64()*100)/100))
	}
	samples[12345].Value = tag.OfFloat(1e6)
	a := archiveOf(t, samples...)
	const pixels = 100
	got, err := a.Reduce(context.Background(), "x", 0, 2000*second, pixels)
	if err != nil || len(got) > 4*pixels {
		t.Fatalf("%d samples of %d: %v", len(got), len(samples), err)
	}
	edges := func(list []Sample) (out [pixels][4]float64) {
		for i := range out {
			out[i][1], out[i][2] = math.Inf(1), math.Inf(-1)
			out[i][0] = math.NaN()
		}
		for _, s := range list {
			b := &out[s.Time/(20*second)]
			v := s.Value.Float()
			if math.IsNaN(b[0]) {
				b[0] = v
			}
			b[1], b[2], b[3] = min(b[1], v), max(b[2], v), v
		}
		return out
	}
	if edges(got) != edges(samples) {
		t.Error("a pixel differs")
	}
	few, err := a.Reduce(context.Background(), "x", 0, second, pixels)
	if err != nil || len(few) != 10 {
		t.Errorf("%d of 10 samples: %v", len(few), err)
	}
}

func TestAggregateAll(t *testing.T) {
	samples := []Sample{at(5, 4), at(12, 8), at(15, nil), at(18, 2), at(25, 6), at(35, 9)}
	boundaries := []tag.Time{10 * second, 20 * second, 30 * second}
	a := archiveOf(t, samples...)
	all, err := a.AggregateAll(t.Context(), "x", boundaries, Functions(), tag.Value{})
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range Functions() {
		one, err := a.Aggregate(t.Context(), "x", boundaries, f, tag.Value{})
		if err != nil || shown(one) != shown(all[i]) {
			t.Errorf("%s: %s together, %s alone, %v", f, shown(all[i]), shown(one), err)
		}
	}
}

func TestStates(t *testing.T) {
	a := archiveOf(t, at(5, "run"), at(12, "stop"), at(15, nil), at(18, "run"), at(19, "run"), at(25, "fault"))
	states, rest, bad, err := a.States(t.Context(), "x", 10*second, 30*second, 2)
	if err != nil || bad != 3*second || rest != 3*second || len(states) != 2 {
		t.Fatalf("%v, rest %v, bad %v, %v", states, rest, bad, err)
	}
	if s := states[0]; s.Value.Text() != "run" || s.Time != 9*second || s.Times != 2 {
		t.Errorf("%+v", s)
	}
	if s := states[1]; s.Value.Text() != "fault" || s.Time != 5*second || s.Times != 1 {
		t.Errorf("%+v", s)
	}
	// Nothing is known before the first sample.
	states, _, bad, err = a.States(t.Context(), "x", 0, 10*second, 9)
	if err != nil || len(states) != 1 || bad != 5*second || states[0].Time != 5*second {
		t.Errorf("%v %v %v", states, bad, err)
	}
}
