package historian

import (
	"math"

	"github.com/lineside/lineside/runtime/tag"
)

// collector goes through samples once and fills the buckets.
type collector struct {
	functions []Function
	// linear is the place of Linear among them, -1 when it is not asked for.
	linear     int
	state      tag.Value
	boundaries []tag.Time
	bucket     int
	held       Sample // what holds now
	known      bool
	cursor     tag.Time // up to where held has been counted
	now        sums
	out        [][]Point // by function
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
		n.any = n.any && s.Time > c.boundaries[c.bucket] // what held before ends where the bucket begins
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

// summary counts a summary as it would count its samples. One that reaches over the end of a bucket, of what is older
// than samples are kept, stands for its average from its beginning on.
func (c *collector) summary(s *Summary) {
	if c.bucket >= len(c.boundaries)-1 {
		return
	}
	if s.First.Time > c.cursor {
		c.advance(s.First.Time)
	}
	if c.bucket >= len(c.boundaries)-1 {
		return
	}
	if s.Start < c.boundaries[c.bucket] || s.End > c.boundaries[c.bucket+1] {
		x := s.Last
		x.Time = max(s.First.Time, c.boundaries[0])
		if s.Numeric > 0 {
			x.Value, x.Quality = tag.OfFloat(s.Area*1e9/float64(s.Numeric)), tag.UncertainSubNormal
		}
		c.sample(&x)
		return
	}
	if s.First.Time == c.boundaries[c.bucket] {
		c.now.atStart, c.now.atStartKnown = s.First, true
	}
	for _, i := range c.open {
		c.line(i, &s.First)
	}
	c.open = c.open[:0]
	n := &c.now
	if n.samples == 0 {
		n.first = s.First
		n.any = n.any && s.First.Time > c.boundaries[c.bucket]
	}
	n.samples += s.Samples
	n.last = s.Last
	if s.Numbers > 0 {
		n.sum += s.Sum
		n.mean += (s.Sum/float64(s.Numbers) - n.mean) * float64(s.Numbers) / float64(n.count+s.Numbers)
		n.m2 = math.NaN()
		if !n.any || s.Min < n.min {
			n.min = s.Min
		}
		if !n.any || s.Max > n.max {
			n.max = s.Max
		}
		n.any = true
		if n.previousKnown {
			n.delta += grown(n.previous, s.FirstNumber)
			n.deltaKnown = true
		}
		n.delta += s.Delta
		n.deltaKnown = n.deltaKnown || s.Numbers > 1
		n.previous, n.previousKnown = s.LastNumber, true
	}
	n.count += s.Count
	n.good += s.Good
	n.area += s.Area * 1e9
	n.inState += c.inState(s)
	c.held, c.known, c.cursor = s.Last, true, s.End
}

// inState is for how long, as far as a summary tells, the value was in the state asked for.
func (c *collector) inState(s *Summary) tag.Time {
	low, high := s.Min, s.Max
	switch {
	case s.Numbers == 0:
		return 0
	case low == high, c.state.IsNone() && (low > 0 || high < 0):
		x := collector{state: c.state, held: Sample{Value: tag.OfFloat(low)}}
		if s.First.Value.Type() == tag.Bool {
			x.held.Value = tag.OfBool(low != 0)
		}
		if x.matches() {
			return s.Numeric
		}
	case s.Last.Value.Type() == tag.Bool && (c.state.IsNone() || c.state.Equal(tag.OfBool(true))):
		return tag.Time(s.Area * 1e9)
	case s.Last.Value.Type() == tag.Bool:
		return s.Numeric - tag.Time(s.Area*1e9)
	}
	return 0
}

// leave makes the results of the present bucket.
func (c *collector) leave() {
	for i, f := range c.functions {
		c.out[i] = append(c.out[i], c.result(f))
	}
	if n := &c.now; c.linear >= 0 && n.atStartKnown && n.atStart.Time < c.boundaries[c.bucket] {
		if n.samples > 0 {
			c.lineFrom(c.bucket, &n.atStart, &n.first)
		} else {
			c.open = append(c.open, c.bucket) // on the line to the next sample, when it comes
		}
	}
}

// result is what a function makes of the present bucket.
func (c *collector) result(f Function) Point {
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
	switch f {
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
	case At, Linear:
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
	return p
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
	p := &c.out[c.linear][i]
	p.Value, p.Quality = tag.OfFloat(x+(y-x)*part), tag.Worst(a.Quality, b.Quality)
}

// end closes the last buckets; after is the first sample behind them.
func (c *collector) end(after *Sample) [][]Point {
	c.advance(c.boundaries[len(c.boundaries)-1])
	if after != nil {
		for _, i := range c.open {
			c.line(i, after)
		}
	}
	return c.out
}
