package historian

import (
	"math"
	"time"

	"github.com/lineside/lineside/runtime/historian/chunk"
	"github.com/lineside/lineside/runtime/tag"
)

// Tier is a resolution in which history is kept: every sample, or what became of them in a minute or an hour.
type Tier uint8

// The tiers, from fine to coarse.
const (
	TierRaw Tier = iota
	TierMinute
	TierHour
	tierCount
)

var tierNames = [tierCount]string{"raw", "minute", "hour"}

// String is the name of a tier: raw, minute or hour.
func (t Tier) String() string { return tierNames[t] }

// Width is how long a bucket of the tier is; 0 of samples. Buckets begin at whole multiples of it since 1970 (UTC).
func (t Tier) Width() tag.Time {
	return [tierCount]tag.Time{0, tag.Time(time.Minute), tag.Time(time.Hour)}[t]
}

// Span is how long the buckets of one row reach: a row has ten minutes of samples, four hours of minutes, ten days of hours.
func (t Tier) Span() tag.Time {
	return [tierCount]tag.Time{Window, tag.Time(4 * time.Hour), tag.Time(240 * time.Hour)}[t]
}

// row is the beginning of the row that a time lies in.
func (t Tier) row(at tag.Time) tag.Time { return floorTo(at, t.Span()) }

func floorTo(t, step tag.Time) tag.Time {
	w := t / step * step
	if w > t {
		w -= step
	}
	return w
}

// Summary is what became of the samples of one tag in one bucket of a tier. It is made of these samples alone: what
// held before the first is not in it, and is for the reader to add, who knows the Last of the summary before. So a
// late sample changes one bucket only, and summaries that follow each other give exactly what their samples would.
type Summary struct {
	// Start and End are those of the bucket.
	Start, End tag.Time
	// First and Last are its first and last sample, whatever their quality.
	First, Last Sample
	// Samples is how many there are, Count how many of them have a value that is not bad, Numbers how many of those
	// are finite numbers (a bool is 0 or 1).
	Samples, Count, Numbers int
	// FirstNumber, LastNumber, Min, Max and Sum are of these numbers, and mean nothing when there are none.
	FirstNumber, LastNumber, Min, Max, Sum float64
	// Good is for how long, from First to the end of the bucket, the value was not bad; Numeric for how long it was a
	// finite number, and Area the number times seconds over that time.
	Good, Numeric tag.Time
	Area          float64
	// Delta is how much a counter has grown from FirstNumber on: a fall is taken for a new start at 0.
	Delta float64

	cursor tag.Time // up to where Last has been counted
}

// grown is how much a counter has grown from one number to the next.
func grown(from, to float64) float64 {
	if to >= from {
		return to - from
	}
	return to
}

// hold counts Last up to a time.
func (s *Summary) hold(until tag.Time) {
	span := until - s.cursor
	if span <= 0 {
		return
	}
	s.cursor = until
	if s.Samples == 0 || s.Last.Quality.IsBad() {
		return
	}
	s.Good += span
	if f, ok := number(&s.Last); ok {
		s.Numeric += span
		s.Area += f * (float64(span) / 1e9)
	}
}

// add counts a sample that comes behind those that are there.
func (s *Summary) add(x *Sample) {
	c := chunk.CellOf(x)
	s.cells([]chunk.Cell{c}, []string{x.Value.Text()})
}

// cells counts samples that come behind those that are there.
func (s *Summary) cells(run []chunk.Cell, texts []string) {
	if len(run) == 0 {
		return
	}
	if s.Samples == 0 {
		s.First, s.cursor = run[0].Sample(texts), run[0].Time
	}
	good := s.Samples > 0 && !s.Last.Quality.IsBad()
	value, numeric := number(&s.Last)
	// What is counted by each sample stays in registers.
	cursor, goodTime, numericTime, area, count := s.cursor, s.Good, s.Numeric, s.Area, s.Count
	numbers, first, last, low, high, sum, delta := s.Numbers, s.FirstNumber, s.LastNumber, s.Min, s.Max, s.Sum, s.Delta
	for i := range run {
		c := &run[i]
		if span := c.Time - cursor; span > 0 {
			cursor = c.Time
			if good {
				goodTime += span
			}
			if numeric {
				numericTime += span
				area += value * (float64(span) / 1e9)
			}
		}
		good = !c.Quality.IsBad()
		if good && c.Type != tag.None {
			count++
		}
		if value, numeric = c.Number(); !numeric {
			continue
		}
		if numbers == 0 {
			first, low, high = value, value, value
		} else {
			delta += grown(last, value)
			if value < low {
				low = value
			}
			if value > high {
				high = value
			}
		}
		numbers++
		last = value
		sum += value
	}
	s.cursor, s.Good, s.Numeric, s.Area, s.Count = cursor, goodTime, numericTime, area, count
	s.Numbers, s.FirstNumber, s.LastNumber, s.Min, s.Max, s.Sum, s.Delta = numbers, first, last, low, high, sum, delta
	s.Samples += len(run)
	s.Last = run[len(run)-1].Sample(texts)
}

// join counts what a finer tier has of a time behind what is there.
func (s *Summary) join(o *Summary) {
	if s.Samples == 0 {
		s.First = o.First
	} else {
		s.hold(o.First.Time)
	}
	s.cursor = o.End
	s.Samples += o.Samples
	s.Count += o.Count
	s.Last = o.Last
	if o.Numbers > 0 {
		if s.Numbers == 0 {
			s.FirstNumber, s.Min, s.Max = o.FirstNumber, o.Min, o.Max
		} else {
			s.Delta += grown(s.LastNumber, o.FirstNumber)
			s.Min, s.Max = min(s.Min, o.Min), max(s.Max, o.Max)
		}
		s.Numbers += o.Numbers
		s.LastNumber = o.LastNumber
		s.Sum += o.Sum
		s.Delta += o.Delta
	}
	s.Good += o.Good
	s.Numeric += o.Numeric
	s.Area += o.Area
}

// bucketed makes summaries of what comes in the order of time.
type bucketed struct {
	width tag.Time
	list  []Summary
}

// at is the summary that a time belongs to.
func (b *bucketed) at(t tag.Time) *Summary {
	if n := len(b.list); n > 0 {
		last := &b.list[n-1]
		if t < last.End {
			return last
		}
		last.hold(last.End)
	}
	start := floorTo(t, b.width)
	b.list = append(b.list, Summary{Start: start, End: start + b.width})
	return &b.list[len(b.list)-1]
}

func (b *bucketed) cells(list []chunk.Cell, texts []string) {
	for len(list) > 0 {
		s, n := b.at(list[0].Time), 1
		for n < len(list) && list[n].Time < s.End {
			n++
		}
		s.cells(list[:n], texts)
		list = list[n:]
	}
}

func (b *bucketed) summaries(list []Summary) {
	for i := range list {
		b.at(list[i].Start).join(&list[i])
	}
}

// end are the summaries, whole.
func (b *bucketed) end() []Summary {
	if n := len(b.list); n > 0 {
		b.list[n-1].hold(b.list[n-1].End)
	}
	for i := range b.list {
		b.list[i].tidy()
	}
	return b.list
}

// tidy rounds the sums of decimal numbers to the decimals that they must have, where that is within the error of adding:
// 0.1 ten times is 1, and packs into little.
func (s *Summary) tidy() {
	if s.Numbers == 0 {
		return
	}
	places := max(decimalPlaces(s.Min), decimalPlaces(s.Max), decimalPlaces(s.FirstNumber), decimalPlaces(s.LastNumber))
	if places > 6 {
		return
	}
	size := max(math.Abs(s.Min), math.Abs(s.Max))
	s.Sum = rounded(s.Sum, places, size*float64(s.Numbers))
	s.Delta = rounded(s.Delta, places, size*float64(s.Numbers))
	s.Area = rounded(s.Area, places+3, size*float64(s.Numeric)/1e9)
}

var tens = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}

// decimalPlaces is how many decimals a number has, 7 when they are more than 6.
func decimalPlaces(f float64) int {
	for p := range 7 {
		if r := math.Round(f * tens[p]); math.Abs(r) < 1<<53 && r/tens[p] == f {
			return p
		}
	}
	return 7
}

func rounded(f float64, places int, scale float64) float64 {
	n := math.Round(f * tens[places])
	if !(math.Abs(n) < 1<<53) {
		return f
	}
	if r := n / tens[places]; math.Abs(r-f) <= 1e-12*scale {
		return r
	}
	return f
}
