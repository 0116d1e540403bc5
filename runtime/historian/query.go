package historian

import (
	"cmp"
	"context"
	"fmt"
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
	all, err := a.AggregateAll(ctx, path, boundaries, []Function{f}, state)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return all[0], nil
}

// AggregateAll computes several functions over the same buckets, going through the samples once: the points of each
// function, in the order of the functions.
func (a *Archive) AggregateAll(ctx context.Context, path tag.Path, boundaries []tag.Time, functions []Function, state tag.Value) ([][]Point, error) {
	if len(boundaries) < 2 {
		return nil, nil
	}
	for _, f := range functions {
		if !slices.Contains(Functions(), f) {
			return nil, fmt.Errorf("there is no function %q over history", f)
		}
	}
	from, to := boundaries[0], boundaries[len(boundaries)-1]
	held, ok, err := a.Held(ctx, path, from)
	if err != nil {
		return nil, err
	}
	tier := TierFor(boundaries)
	if slices.Contains(functions, StdDev) || slices.Contains(functions, Duration) {
		tier = TierRaw // summaries do not tell these
	}
	c := &collector{functions: functions, linear: slices.Index(functions, Linear), state: state, boundaries: boundaries, out: make([][]Point, len(functions))}
	c.begin(held, ok)
	if err := a.Scan(ctx, path, tier, from, to, func(part []Sample) bool {
		for i := range part {
			c.sample(&part[i])
		}
		return true
	}, func(part []Summary) bool {
		for i := range part {
			c.summary(&part[i])
		}
		return true
	}); err != nil {
		return nil, err
	}
	var after *Sample
	if c.linear >= 0 {
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

// Held is the sample that holds at a time, also where samples have been deleted because of their age.
func (a *Archive) Held(ctx context.Context, path tag.Path, t tag.Time) (Sample, bool, error) {
	held, ok, err := a.At(ctx, path, t)
	if err != nil || ok {
		return held, ok, err
	}
	a.mu.RLock()
	floor := a.marks.floor[TierRaw]
	a.mu.RUnlock()
	if floor == 0 || floor <= t-24*TierHour.Width() {
		return held, false, nil
	}
	err = a.Scan(ctx, path, TierHour, t-24*TierHour.Width(), t, func(part []Sample) bool {
		held, ok = part[len(part)-1], true
		return true
	}, func(part []Summary) bool {
		held, ok = part[len(part)-1].Last, true
		return true
	})
	return held, ok && held.Time <= t, err
}

// Samples gives the samples of a tag in [from, to), sorted by time; of what is older than samples are kept, what looks like
// them. It ends when each returns false, which must not keep what it is given.
func (a *Archive) Samples(ctx context.Context, path tag.Path, from, to tag.Time, each func([]Sample) bool) error {
	var outlined []Sample
	return a.Scan(ctx, path, TierRaw, from, to, each, func(part []Summary) bool {
		outlined = outlined[:0]
		for i := range part {
			outlined = part[i].outline(outlined, from, to)
		}
		return len(outlined) == 0 || each(outlined)
	})
}

// StateTime is how long a tag had a value.
type StateTime struct {
	Value tag.Value
	// Time is for how long in all, Times how often it began, or held when the time began.
	Time  tag.Time
	Times int
}

// States are the values that a tag had between two times, the longest first; of those beyond most the time is in
// rest. Bad is for how long the value was bad or not known.
func (a *Archive) States(ctx context.Context, path tag.Path, from, to tag.Time, most int) (states []StateTime, rest, bad tag.Time, err error) {
	held, known, err := a.Held(ctx, path, from)
	if err != nil {
		return nil, 0, 0, err
	}
	type place struct {
		typ  tag.Type
		text string
	}
	places := map[place]int{}
	cursor, last := from, -1
	count := func(until tag.Time) {
		span := until - cursor
		cursor = until
		if !known || held.Quality.IsBad() || held.Value.IsNone() {
			bad += span
			last = -1
			return
		}
		p := place{held.Value.Type(), held.Value.String()}
		i, ok := places[p]
		if !ok {
			if len(states) >= maxStates {
				rest += span
				last = -1
				return
			}
			i = len(states)
			places[p] = i
			states = append(states, StateTime{Value: held.Value})
		}
		states[i].Time += span
		if i != last {
			states[i].Times++
		}
		last = i
	}
	if err = a.Scan(ctx, path, TierRaw, from, to, func(part []Sample) bool {
		for i := range part {
			if part[i].Time > cursor {
				count(part[i].Time)
			}
			held, known = part[i], true
		}
		return true
	}, func(part []Summary) bool {
		// Of what is older than samples are kept there is the value at the end of each bucket.
		for i := range part {
			if t := min(part[i].First.Time, to); t > cursor {
				count(t)
			}
			held, known = part[i].Last, true
		}
		return true
	}); err != nil {
		return nil, 0, 0, err
	}
	count(to)
	slices.SortStableFunc(states, func(a, b StateTime) int { return cmp.Compare(b.Time, a.Time) })
	for len(states) > most {
		rest += states[len(states)-1].Time
		states = states[:len(states)-1]
	}
	return states, rest, bad, nil
}

// maxStates is how many different values States tells apart.
const maxStates = 10_000
