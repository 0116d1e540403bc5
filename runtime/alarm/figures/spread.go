package figures

import (
	"math"
	"time"
)

const (
	spreadFirst  = 100 * time.Millisecond
	spreadGrowth = 1.05
	spreadSize   = 340 // beyond 7 days
)

// spread counts times so finely that a quantile is known to 2.5 %.
type spread struct {
	counts [spreadSize]int
	n      int
	sum    time.Duration
}

func (s *spread) add(d time.Duration) {
	d = max(0, d)
	s.n++
	s.sum += d
	i := 0
	if d > spreadFirst {
		i = min(spreadSize-1, 1+int(math.Log(float64(d)/float64(spreadFirst))/math.Log(spreadGrowth)))
	}
	s.counts[i]++
}

// mean is 0 when there is nothing.
func (s *spread) mean() time.Duration {
	if s.n == 0 {
		return 0
	}
	return s.sum / time.Duration(s.n)
}

// quantile is the time that a part q of all do not exceed.
func (s *spread) quantile(q float64) time.Duration {
	if s.n == 0 {
		return 0
	}
	want, n := int(math.Ceil(q*float64(s.n))), 0
	for i, c := range s.counts {
		if n += c; n >= want && c > 0 {
			if i == 0 {
				return spreadFirst
			}
			// The middle of the class, by its logarithm.
			return time.Duration(float64(spreadFirst) * math.Pow(spreadGrowth, float64(i)-0.5))
		}
	}
	return time.Duration(float64(spreadFirst) * math.Pow(spreadGrowth, spreadSize))
}
