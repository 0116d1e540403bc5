package historian

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/lineside/lineside/runtime/tag"
)

// Function is how the samples of a bucket become one value. The names in brackets are those of OPC 10000-13, 5.4.
type Function string

// The functions. A value holds until the next sample (stepped), also into the bucket; what is bad counts for
// nothing but PercentGood.
const (
	// Average is weighted by time (TimeAverage2), Mean over the samples of the bucket alone (Average).
	Average Function = "avg"
	Mean    Function = "mean"
	// Minimum and Maximum include the value that holds into the bucket (Minimum2, Maximum2).
	Minimum Function = "min"
	Maximum Function = "max"
	// Range is Maximum less Minimum.
	Range Function = "range"
	// Sum is of the samples, Count how many of them are good (Count).
	Sum   Function = "sum"
	Count Function = "count"
	// First and Last are samples of the bucket (Start, End), At is the value that holds at its beginning (Interpolative, stepped).
	First Function = "first"
	Last  Function = "last"
	At    Function = "at"
	// Linear is the value at its beginning on the straight line between the samples around (Interpolative).
	Linear Function = "linear"
	// Delta is how much a counter has grown: a fall is taken for a new start at 0 (Delta). Rate is Delta by the seconds of the bucket.
	Delta Function = "delta"
	Rate  Function = "rate"
	// Integral is the area below the value, in its unit times seconds (Total2).
	Integral Function = "integral"
	// Duration is for how many seconds it had the state asked for (DurationInStateNonZero, for any state).
	Duration Function = "duration"
	// PercentGood is the share of the time in which it was good, 0 to 100 (PercentGood).
	PercentGood Function = "percentGood"
	// StdDev is the standard deviation of the samples (StandardDeviationSample).
	StdDev Function = "stddev"
)

// Functions lists the functions.
func Functions() []Function {
	return []Function{Average, Mean, Minimum, Maximum, Range, Sum, Count, First, Last, At, Linear, Delta, Rate, Integral, Duration, PercentGood, StdDev}
}

// Point is the result of a bucket.
type Point struct {
	// Time is the beginning of the bucket.
	Time tag.Time
	// Value is none when there was nothing to make it of.
	Value tag.Value
	// Quality is uncertain when a part of the bucket was bad or not known.
	Quality tag.Quality
}

// Aggregate computes a function over buckets, whose boundaries are given. state is what Duration asks for; none is
// anything but 0, false and "".
func (a *Archive) Aggregate(ctx context.Context, path tag.Path, boundaries []tag.Time, f Function, state tag.Value) ([]Point, error) {
	if len(boundaries) < 2 {
		return nil, nil
	}
	if !slices.Contains(Functions(), f) {
		return nil, fmt.Errorf("there is no function %q over history", f)
	}
	from, to := boundaries[0], boundaries[len(boundaries)-1]
	held, ok, err := a.At(ctx, path, from)
	if err != nil {
		return nil, err
	}
	c := &collector{function: f, state: state, boundaries: boundaries}
	c.begin(held, ok)
	if err := a.Raw(ctx, path, from, to, func(part []Sample) bool {
		for i := range part {
			c.sample(&part[i])
		}
		return true
	}); err != nil {
		return nil, err
	}
	var after *Sample
	if f == Linear {
		if err := a.Raw(ctx, path, to, to+tag.Time(lookahead), func(part []Sample) bool {
			s := part[0]
			after = &s
			return false
		}); err != nil {
			return nil, err
		}
	}
	return c.end(after), nil
}

// lookahead is how far behind its end Linear looks for a sample.
const lookahead = 24 * 6 * Window

// collector goes through samples once and fills the buckets.
type collector struct {
	function   Function
	state      tag.Value
	boundaries []tag.Time
	bucket     int
	held       Sample // what holds now
	known      bool
	cursor     tag.Time // up to where held has been counted
	now        sums
	out        []Point
	// open are the results of Linear that wait for the next sample.
	open []int
}

// sums are of one bucket.
type sums struct {
	count         int
	sum, mean, m2 float64
	min, max      float64
	any           bool // min and max mean something
	first, last   Sample
	samples       int
	good          tag.Time
	area          float64 // value times nanoseconds of the good time
	inState       tag.Time
	delta         float64
	deltaKnown    bool
	atStart       Sample
	atStartKnown  bool
	previous      float64
	previousKnown bool
}

func (c *collector) begin(held Sample, ok bool) {
	c.held, c.known, c.cursor = held, ok, c.boundaries[0]
	c.open = nil
	c.enter()
}

// enter begins a bucket with what holds into it.
func (c *collector) enter() {
	previous, known := c.now.previous, c.now.previousKnown
	c.now = sums{atStart: c.held, atStartKnown: c.known, previous: previous, previousKnown: known}
	if f, ok := c.number(); ok {
		c.now.min, c.now.max, c.now.any = f, f, true
		if !c.now.previousKnown {
			c.now.previous, c.now.previousKnown = f, true
		}
	}
}

func (c *collector) number() (float64, bool) {
	if !c.known {
		return 0, false
	}
	return number(&c.held)
}

// advance counts what holds up to a time, over the ends of buckets.
func (c *collector) advance(t tag.Time) {
	for c.bucket < len(c.boundaries)-1 {
		end := min(t, c.boundaries[c.bucket+1])
		if span := end - c.cursor; span > 0 && c.known && !c.held.Quality.IsBad() {
			c.now.good += span
			if f, ok := c.number(); ok {
				c.now.area += f * float64(span)
			}
			if c.matches() {
				c.now.inState += span
			}
		}
		c.cursor = max(c.cursor, end)
		if t < c.boundaries[c.bucket+1] {
			return
		}
		c.leave()
		c.bucket++
		if c.bucket < len(c.boundaries)-1 {
			c.enter()
		}
	}
}

func (c *collector) matches() bool {
	v := c.held.Value
	if !c.state.IsNone() {
		if v.Type().IsNumber() && c.state.Type().IsNumber() {
			return v.Float() == c.state.Float()
		}
		return v.Equal(c.state)
	}
	switch v.Type() {
	case tag.None:
		return false
	case tag.Bool, tag.Int, tag.Float:
		return v.Float() != 0
	}
	return v.Text() != ""
}

func (c *collector) sample(s *Sample) {
	if s.Time >= c.boundaries[c.bucket+1] || s.Time > c.cursor {
		c.advance(s.Time)
	}
	if c.bucket >= len(c.boundaries)-1 {
		return
	}
	if s.Time == c.boundaries[c.bucket] {
		c.now.atStart, c.now.atStartKnown = *s, true
	}
	for _, i := range c.open {
		c.line(i, s)
	}
	c.open = c.open[:0]
	c.held, c.known = *s, true
	n := &c.now
	if n.samples == 0 {
		n.first = *s
	}
	n.samples++
	n.last = *s
	f, ok := number(s)
	if !ok {
		if !s.Quality.IsBad() && !s.Value.IsNone() {
			n.count++
		}
		return
	}
	if s.Time == c.boundaries[c.bucket] && n.count == 0 {
		n.any = false // what held before ends where the bucket begins
	}
	n.count++
	n.sum += f
	d := f - n.mean
	n.mean += d / float64(n.count)
	n.m2 += d * (f - n.mean)
	if !n.any || f < n.min {
		n.min = f
	}
	if !n.any || f > n.max {
		n.max = f
	}
	n.any = true
	if n.previousKnown {
		if f >= n.previous {
			n.delta += f - n.previous
		} else {
			n.delta += f
		}
		n.deltaKnown = true
	}
	n.previous, n.previousKnown = f, true
}

// leave makes the result of the present bucket.
func (c *collector) leave() {
	from, to := c.boundaries[c.bucket], c.boundaries[c.bucket+1]
	p := Point{Time: from, Quality: tag.BadNoData}
	n := &c.now
	whole := n.good >= to-from
	give := func(f float64, ok bool) {
		if !ok || f != f {
			return
		}
		p.Value, p.Quality = tag.OfFloat(f), tag.Good
		if !whole {
			p.Quality = tag.UncertainSubNormal
		}
	}
	seconds := float64(to-from) / 1e9
	switch c.function {
	case Average:
		give(n.area/float64(n.good), n.good > 0 && n.any)
	case Mean:
		give(n.mean, n.count > 0 && n.any)
	case Minimum:
		give(n.min, n.any)
	case Maximum:
		give(n.max, n.any)
	case Range:
		give(n.max-n.min, n.any)
	case Sum:
		give(n.sum, n.count > 0)
	case Count:
		p.Value, p.Quality = tag.OfInt(int64(n.count)), tag.Good
	case First:
		if n.samples > 0 {
			p.Value, p.Quality = n.first.Value, n.first.Quality
		}
	case Last:
		if n.samples > 0 {
			p.Value, p.Quality = n.last.Value, n.last.Quality
		}
	case At:
		if n.atStartKnown {
			p.Value, p.Quality = n.atStart.Value, n.atStart.Quality
		}
	case Linear:
		if n.atStartKnown {
			p.Value, p.Quality = n.atStart.Value, n.atStart.Quality
		}
	case Delta:
		give(n.delta, n.deltaKnown || n.previousKnown)
	case Rate:
		give(n.delta/seconds, n.deltaKnown || n.previousKnown)
	case Integral:
		give(n.area/1e9, n.good > 0 && n.any)
	case Duration:
		give(float64(n.inState)/1e9, n.good > 0)
	case PercentGood:
		p.Value, p.Quality = tag.OfFloat(100*float64(n.good)/float64(to-from)), tag.Good
	case StdDev:
		give(math.Sqrt(n.m2/float64(n.count-1)), n.count > 1)
	}
	c.out = append(c.out, p)
	if c.function == Linear && n.atStartKnown && n.atStart.Time < from {
		i := len(c.out) - 1
		if n.samples > 0 {
			c.lineFrom(i, &n.atStart, &n.first)
		} else {
			c.open = append(c.open, i) // on the line to the next sample, when it comes
		}
	}
}

// lines remembers that the result of a bucket lies on the line from a sample to the next that comes.
func (c *collector) lines(i int, from Sample) {
	c.open = append(c.open, i)
	c.out[i].Time = c.boundaries[i]
}

func (c *collector) line(i int, to *Sample) {
	// What held at the beginning of that bucket holds still: nothing has come since.
	c.lineFrom(i, &c.held, to)
}

func (c *collector) lineFrom(i int, a, b *Sample) {
	x, ok1 := number(a)
	y, ok2 := number(b)
	at := c.boundaries[i]
	if !ok1 || !ok2 || b.Time <= a.Time {
		return
	}
	part := float64(at-a.Time) / float64(b.Time-a.Time)
	c.out[i].Value = tag.OfFloat(x + (y-x)*part)
	c.out[i].Quality = tag.Worst(a.Quality, b.Quality)
}

// end closes the last buckets; after is the first sample behind them.
func (c *collector) end(after *Sample) []Point {
	c.advance(c.boundaries[len(c.boundaries)-1])
	if after != nil {
		for _, i := range c.open {
			c.line(i, after)
		}
	}
	return c.out
}

// Reduce reads the samples between two times in at most four a bucket of width (to-from)/pixels: the first,
// the lowest, the highest and the last, so that a line drawn through them covers the same pixels as one through all
// (M4; Jugel et al., VLDB 2014). What is bad is kept where it begins and ends. With fewer samples all are given.
func (a *Archive) Reduce(ctx context.Context, path tag.Path, from, to tag.Time, pixels int) ([]Sample, error) {
	if pixels < 1 || to <= from {
		return nil, nil
	}
	width := max((to-from)/tag.Time(pixels), 1)
	var out, part []Sample
	bucket := tag.Time(-1)
	close := func() {
		out = append(out, four(part)...)
		part = part[:0]
	}
	held, ok, err := a.At(ctx, path, from)
	if err != nil {
		return nil, err
	}
	if ok && held.Time < from {
		out = append(out, held) // the line comes in from there
	}
	err = a.Raw(ctx, path, from, to, func(samples []Sample) bool {
		for i := range samples {
			if b := (samples[i].Time - from) / width; b != bucket {
				close()
				bucket = b
			}
			part = append(part, samples[i])
		}
		return len(out) < 8*pixels+MaxBuckets
	})
	close()
	return out, err
}

// four picks what a bucket needs to look the same.
func four(part []Sample) []Sample {
	if len(part) <= 4 {
		return part
	}
	keep := map[int]bool{0: true, len(part) - 1: true}
	low, high := -1, -1
	var least, most float64
	for i := range part {
		if i > 0 && part[i].Quality.IsBad() != part[i-1].Quality.IsBad() {
			if len(keep) < 16 { // a bucket of nothing but changes of quality is drawn as one hatch anyway
				keep[i], keep[i-1] = true, true
			}
		}
		f, ok := number(&part[i])
		if !ok {
			continue
		}
		if low < 0 || f < least {
			low, least = i, f
		}
		if high < 0 || f > most {
			high, most = i, f
		}
	}
	if low >= 0 {
		keep[low], keep[high] = true, true
	} else if part[0].Value.Type() != tag.None {
		// Texts: every change of state, as far as there is room.
		for i := 1; i < len(part) && len(keep) < 16; i++ {
			if !part[i].Value.Equal(part[i-1].Value) {
				keep[i] = true
			}
		}
	}
	places := make([]int, 0, len(keep))
	for i := range keep {
		places = append(places, i)
	}
	slices.Sort(places)
	out := make([]Sample, len(places))
	for i, p := range places {
		out[i] = part[p]
	}
	return out
}
