package alarm

import (
	"math"

	"github.com/lineside/lineside/runtime/tag"
)

// Detector says of samples whether the condition of an alarm holds.
type Detector struct {
	kind        string
	limit, band float64
	want        tag.Value
}

// NewDetector makes the detector of an alarm that was checked. span is that of the range of the tag, 0 for none.
func NewDetector(a *Alarm, typ tag.Type, span float64) Detector {
	d := Detector{kind: a.Kind}
	if a.Limit != nil {
		d.limit = *a.Limit
	}
	if b := a.Deadband; b != nil {
		d.band = max(b.Absolute, b.Percent/100*span)
	}
	if len(a.Value) > 0 {
		d.want, _ = tag.Parse(a.Value, typ)
	}
	return d
}

// Memory is what a detector keeps from one sample to the next.
type Memory struct {
	// Known says that there was a sample by which the condition could be judged; Is whether it holds.
	Known, Is bool
	last      tag.Value
}

// Verdict is what a sample has changed.
type Verdict int

// The verdicts. A pulse is both at once: Blip raises and returns, Break returns and raises.
const (
	Same Verdict = iota
	Rise
	Fall
	Blip
	Break
)

// Look judges a sample of the tag; other is that of the setpoint or of the condition, where the kind has one. What cannot be
// judged, because the quality is bad or the value no number, leaves everything as it was.
func (d *Detector) Look(m *Memory, s, other tag.Sample) Verdict {
	if d.kind == Bad {
		if s.Quality == tag.BadWaitingForInitialData {
			return Same
		}
		return m.Turn(s.Quality.IsBad())
	}
	if d.kind == Expression {
		if other.Quality.IsBad() || other.Value.Type() != tag.Bool {
			return Same
		}
		return m.Turn(other.Value.Bool())
	}
	if s.Quality.IsBad() || s.Value.IsNone() {
		return Same
	}
	v := s.Value.Float()
	switch d.kind {
	case On, Off:
		return m.Turn(s.Value.Bool() == (d.kind == On))
	case Equals:
		return m.Turn(s.Value.Equal(d.want))
	case Change, NoChange:
		was, known := m.last, !m.last.IsNone()
		m.last = s.Value
		switch {
		case d.kind == Change && (!known || was.Equal(s.Value)):
			m.Known = true
			return m.Turn(false)
		case d.kind == Change:
			return Blip
		case !known:
			return m.Turn(true) // unchanged since now
		case was.Equal(s.Value):
			return Same
		}
		return Break
	case Deviation:
		if other.Quality.IsBad() || other.Value.IsNone() || !other.Value.Type().IsNumber() {
			return Same
		}
		v = math.Abs(v - other.Value.Float())
		fallthrough
	case HighHigh, High:
		if math.IsNaN(v) {
			return Same
		}
		// Beyond the limit it is, up to the deadband before it it stays (IEC 62682, 10.5.4).
		return m.Turn(v > d.limit || m.Is && v > d.limit-d.band)
	case LowLow, Low:
		if math.IsNaN(v) {
			return Same
		}
		return m.Turn(v < d.limit || m.Is && v < d.limit+d.band)
	}
	return Same
}

// Turn takes what the condition is now.
func (m *Memory) Turn(is bool) Verdict {
	was := m.Is
	m.Known, m.Is = true, is
	switch {
	case is && !was:
		return Rise
	case was && !is:
		return Fall
	}
	return Same
}
