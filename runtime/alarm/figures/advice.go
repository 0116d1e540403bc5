package figures

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
)

// Advice is something that can be done about what the figures say.
type Advice struct {
	// Kind is on-delay or off-delay (raise it to Seconds, which would have kept Saved alarms away), deadband (make it Amount, in
	// the unit of the tag), frequent (one alarm is a large part of all), standing (it stands since Seconds), priorities (too many
	// of a high Priority), rate (too many in all: the first of the list are Share of it) or floods.
	Kind string `json:"kind" enum:"on-delay,off-delay,deadband,frequent,standing,priorities,rate,floods"`
	// Key is of the alarm, left out for what is about all.
	Key      alarm.Key `json:"key,omitempty"`
	Priority string    `json:"priority,omitempty" enum:"urgent,high,medium,low"`
	Seconds  float64   `json:"seconds,omitempty"`
	Amount   float64   `json:"amount,omitempty"`
	Saved    int       `json:"saved,omitempty"`
	Share    float64   `json:"share,omitempty"`
	// Limit is the one that the deadband is for; it is set by who knows it.
	Values []float64 `json:"-"`
}

const (
	maxAdvice = 30
	// worthwhile is the share of an alarm's raises that a delay must keep away to be advised, enough how often it must be raised.
	worthwhile = 0.5
	enough     = 6
	// longestDelay is the longest that is advised: an operator is told no later for it (EEMUA 191, appendix 4: 60 s).
	longestDelay = time.Minute
)

// advise tells what helps most first.
func (c *Collector) advise(f *Figures, o Options) []Advice {
	var single, general []Advice
	seen := map[alarm.Key]bool{}
	for _, list := range [][]Frequent{f.Chattering, f.Fleeting, f.Top} {
		for i := range list {
			x := &list[i]
			a := c.alarms[x.Key]
			if a == nil || seen[x.Key] || a.raised < enough {
				continue
			}
			seen[x.Key] = true
			found := false
			if step, n := delay(&a.held, a.raised); step > 0 {
				single, found = append(single, Advice{Kind: "on-delay", Key: x.Key, Seconds: step.Seconds(), Saved: n, Share: share(n, a.raised)}), true
			}
			if step, n := delay(&a.gaps, a.raised); step > 0 && a.episodes > 0 {
				single, found = append(single, Advice{Kind: "off-delay", Key: x.Key, Seconds: step.Seconds(), Saved: n, Share: share(n, a.raised)}), true
			}
			if len(a.values) >= enough && a.episodes > 0 {
				single, found = append(single, Advice{Kind: "deadband", Key: x.Key, Saved: a.chatter, Values: a.values}), true
			}
			if !found && x.Share >= 0.05 && f.Alarms >= 20 {
				single = append(single, Advice{Kind: "frequent", Key: x.Key, Saved: a.raised, Share: x.Share})
			}
		}
	}
	slices.SortStableFunc(single, func(a, b Advice) int { return b.Saved - a.Saved })
	for _, x := range f.Standing {
		single = append(single, Advice{Kind: "standing", Key: x.Key, Seconds: x.Longest})
	}
	if f.Average > 1 {
		general = append(general, Advice{Kind: "rate", Share: f.TopShare, Amount: f.Average})
	}
	if f.FloodShare > 0.01 {
		general = append(general, Advice{Kind: "floods", Share: f.FloodShare})
	}
	// With few alarms a share says nothing.
	if f.Alarms >= 50 {
		for i, p := range f.Priorities[:2] {
			if p.Share > 2*aims[i] && p.Share > 0.05 {
				general = append(general, Advice{Kind: "priorities", Priority: p.Priority, Share: p.Share})
				break
			}
		}
	}
	return clip(append(append([]Advice{}, general...), single...), maxAdvice)
}

// delay is the shortest of Steps that would have kept most of what can be kept away, and how many that is; 0 when none is
// worthwhile.
func delay(times *stepped, raised int) (time.Duration, int) {
	last := slices.Index(Steps, longestDelay)
	can := times.below(last)
	if float64(can) < worthwhile*float64(raised) {
		return 0, 0
	}
	for i := 0; i <= last; i++ {
		if n := times.below(i); float64(n) >= 0.9*float64(can) {
			return Steps[i], n
		}
	}
	return 0, 0
}

// Deadband is how wide the deadband of an alarm with a limit should be, of the values by which it was raised: twice how far nine
// in ten of them were beyond the limit, as noise is as large on the other side, rounded up to one digit. 0 is nothing to say.
func Deadband(limit float64, values []float64) float64 {
	if len(values) < enough || math.IsNaN(limit) || math.IsInf(limit, 0) {
		return 0
	}
	far := make([]float64, 0, len(values))
	for _, v := range values {
		if d := math.Abs(v - limit); !math.IsNaN(d) && !math.IsInf(d, 0) {
			far = append(far, d)
		}
	}
	if len(far) == 0 {
		return 0
	}
	slices.SortFunc(far, cmp.Compare[float64])
	wide := 2 * far[int(math.Ceil(0.9*float64(len(far))))-1]
	if wide <= 0 {
		return 0
	}
	digit := math.Pow(10, math.Floor(math.Log10(wide)))
	// 0.30000000000000004 is 0.3.
	return math.Round(math.Ceil(wide/digit-1e-9)*digit*1e12) / 1e12
}
