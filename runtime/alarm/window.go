package alarm

import (
	"math"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// Window is what alarms of the kinds rate, cusum, count and duration remember of the past. Its times are those of the source.
type Window struct {
	// T are times: of samples (rate), of what was counted (count), of beginnings and ends in turn (duration).
	T []tag.Time `json:"t,omitempty"`
	// V are the values of a rate.
	V []float64 `json:"v,omitempty"`
	// High and Low are the sums of a cusum, Step is up to when they are added up, Last what the value was away from the target then.
	High float64  `json:"high,omitempty"`
	Low  float64  `json:"low,omitempty"`
	Step tag.Time `json:"step,omitempty"`
	Last float64  `json:"last,omitempty"`
	// Is says that the condition of a count or a duration holds.
	Is bool `json:"is,omitempty"`
}

// maxWindow is how many samples of a rate, or spells of a duration, are remembered at most.
const maxWindow = 256

// soon is the least time after which something is looked at again.
const soon = tag.Time(20 * time.Millisecond)

// Clone is a copy that shares nothing.
func (w *Window) Clone() *Window {
	c := *w
	c.T = append([]tag.Time(nil), w.T...)
	c.V = append([]float64(nil), w.V...)
	return &c
}

// Empty reports whether there is nothing to remember.
func (w *Window) Empty() bool { return len(w.T) == 0 && w.Step == 0 }

// rate takes a value in and gives the change over the time that is looked back at. A value stays until the next: it holds at
// every time in between. again is when the result changes although the value does not; 0 for never.
func (w *Window) rate(v float64, at, back tag.Time) (change float64, again tag.Time) {
	if n := len(w.T); n == 0 || v != w.V[n-1] {
		switch {
		case n > 0 && w.T[n-1] == at:
			w.V[n-1] = v
		case n >= 2 && at-w.T[n-2] < back/maxWindow:
			// More samples than are needed: the newest of a small part of the time stands for it.
			w.T[n-1], w.V[n-1] = at, v
		default:
			w.T, w.V = append(w.T, at), append(w.V, v)
		}
	}
	// The value at the beginning of the window is that of the newest sample before it.
	first := 0
	for first+1 < len(w.T) && w.T[first+1] <= at-back {
		first++
	}
	if first > 0 {
		w.T, w.V = append(w.T[:0], w.T[first:]...), append(w.V[:0], w.V[first:]...)
	}
	if len(w.T) > 1 {
		again = max(w.T[1]+back, at+soon)
	}
	return v - w.V[0], again
}

// cusum adds up to a time, in whole steps, with the value as it was, and then takes the new one in. Nothing is added above most,
// so that it comes down again in a time that is known.
func (w *Window) cusum(away float64, at, every tag.Time, slack, most float64) {
	if w.Step == 0 || at < w.Step-every || at-w.Step > 1e6*every {
		w.Step, w.Last = at, away
		return
	}
	if n := (at - w.Step) / every; n > 0 {
		w.High = clamp(w.High+float64(n)*(w.Last-slack), most)
		w.Low = clamp(w.Low+float64(n)*(-w.Last-slack), most)
		w.Step += n * every
	}
	w.Last = away
}

func clamp(v, most float64) float64 { return min(max(v, 0), most) }

// reach is when a sum that changes by add at every step passes a level; 0 for never.
func (w *Window) reach(sum, add, level float64, every tag.Time) tag.Time {
	if add == 0 || add > 0 && sum > level || add < 0 && sum <= level {
		return 0
	}
	n := math.Floor((level-sum)/add) + 1
	if add < 0 {
		n = math.Ceil((level - sum) / add)
	}
	if !(n < 1e6) {
		return 0
	}
	return w.Step + tag.Time(max(n, 1))*every
}

// count notes that something has happened and says whether that was often enough within the time that is looked back at, and
// until when. Only as many times are remembered as are needed.
func (w *Window) count(happened bool, at, back tag.Time, often int) (is bool, until tag.Time) {
	if happened {
		if len(w.T) >= often {
			w.T = append(w.T[:0], w.T[len(w.T)-often+1:]...)
		}
		w.T = append(w.T, at)
	}
	first := 0
	for first < len(w.T) && w.T[first] <= at-back {
		first++
	}
	w.T = append(w.T[:0], w.T[first:]...)
	if len(w.T) < often {
		return false, 0
	}
	return true, w.T[0] + back
}

// spell takes in whether something is so and says for how long it was, all in all, within the time that is looked back at.
func (w *Window) spell(is bool, at, back tag.Time) (sum tag.Time) {
	if open := len(w.T)%2 == 1; is != open {
		w.T = append(w.T, at)
	}
	// Whole spells that ended before the window go.
	gone := 0
	for gone+1 < len(w.T) && w.T[gone+1] <= at-back {
		gone += 2
	}
	w.T = append(w.T[:0], w.T[gone:]...)
	if len(w.T) > 2*maxWindow {
		// The two oldest become one of the same length, which ends when the second did.
		w.T[2] -= w.T[1] - w.T[0]
		w.T = append(w.T[:0], w.T[2:]...)
	}
	for i := 0; i < len(w.T); i += 2 {
		end := at
		if i+1 < len(w.T) {
			end = w.T[i+1]
		}
		sum += end - max(w.T[i], at-back)
	}
	return sum
}
