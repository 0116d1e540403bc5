package alarm

import (
	"math"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// Detector says of samples whether the condition of an alarm holds.
type Detector struct {
	kind         string
	limit, lower float64
	band         float64
	want         tag.Value
	up, down     bool
	window       tag.Time // that is looked back at; for no-update how long there may be no sample
	every        tag.Time
	per          float64 // windows in the unit of time of a rate
	slack        float64
	total        tag.Time
	source       bool // it is the clock of the source that counts
	conditional  bool // When says what is counted
}

// NewDetector makes the detector of an alarm that was checked. span is that of the range of the tag, 0 for none.
func NewDetector(a *Alarm, typ tag.Type, span float64) Detector {
	d := Detector{kind: a.Kind, up: a.Direction != "down", down: a.Direction != "up", source: a.Clock == "source", conditional: a.When != ""}
	if a.Limit != nil {
		d.limit = *a.Limit
	}
	if a.Lower != nil {
		d.lower = *a.Lower
	}
	if b := a.Deadband; b != nil {
		d.band = max(b.Absolute, b.Percent/100*span)
	}
	if len(a.Value) > 0 {
		d.want, _ = tag.Parse(a.Value, typ)
	}
	if a.Slack != nil {
		d.slack = *a.Slack
	}
	length := func(s string) tag.Time {
		v, _ := time.ParseDuration(s)
		return tag.Time(v)
	}
	d.window, d.total, d.every = length(a.Window), length(a.Total), length(a.Every)
	switch a.Kind {
	case Rate:
		per := perTime[a.per()]
		if d.window == 0 {
			d.window = tag.Time(per)
		}
		d.per = float64(per) / float64(d.window)
	case Cusum:
		if d.every == 0 {
			d.every = tag.Time(time.Second)
		}
	case NoUpdate:
		d.window = length(a.OnDelay)
	}
	return d
}

// Limits are what a detector compares with. What is not a number is not known: then nothing is judged.
type Limits struct{ Limit, Lower float64 }

// Limits are those of the declaration.
func (d *Detector) Limits() Limits { return Limits{d.limit, d.lower} }

// Memory is what a detector keeps from one sample to the next.
type Memory struct {
	// Known says that there was a sample by which the condition could be judged; Is whether it holds.
	Known, Is bool
	// Next is when to look again although there is no sample, by the clock here; 0 for never.
	Next tag.Time
	// Window is what is remembered of the past, nil for kinds that need none.
	Window *Window
	last   tag.Value
	newest tag.Time // of the source
	behind tag.Time // since when samples are older than that, by the clock here
	seen   tag.Time // of no-update: when the last sample was
	// The clock of the source: that of the newest sample, how far it was behind the one here, and the latest present by it.
	stamp, skew, present tag.Time
	restart              bool
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

// behindMost is how long samples are left out that are older than one that was judged. When there are only such, the clock of
// the source was set back.
const behindMost = tag.Time(10 * time.Second)

// jitter is how much older a sample may be than the one before and still tell of now: two clocks stamp the values of one tag, that of
// the device and that of the server (a value that was written, or restored).
const jitter = tag.Time(500 * time.Millisecond)

// Look judges a sample of the tag as it is now; other is that of the setpoint or of the condition, where the kind has one. What
// cannot be judged, because the quality is bad or the value no number, leaves everything as it was, and so does a sample that is older
// than the one before. It may be called with the same sample again, and must be at Memory.Next.
func (d *Detector) Look(m *Memory, s, other tag.Sample, limits Limits, now tag.Time) Verdict {
	m.Next = 0
	switch d.kind {
	case Bad:
		if s.Quality == tag.BadWaitingForInitialData {
			return Same
		}
		return m.Turn(s.Quality.IsBad())
	case Expression:
		if other.Quality.IsBad() || other.Value.Type() != tag.Bool {
			return Same
		}
		return m.Turn(other.Value.Bool())
	case NoUpdate:
		return d.noUpdate(m, s, now)
	}
	if s.Quality.IsBad() || s.Value.IsNone() {
		if Windowed(d.kind) {
			return d.pass(m, s, now)
		}
		return Same
	}
	if m.late(s.Source, now) {
		m.Next = now + tag.Time(time.Second)
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
	case Count, Duration:
		return d.often(m, s, other, now)
	}
	if math.IsNaN(v) || math.IsNaN(limits.Limit) {
		return Same
	}
	switch d.kind {
	case Deviation, Cusum:
		if other.Quality.IsBad() || other.Value.IsNone() || !other.Value.Type().IsNumber() {
			return Same
		}
		away := v - other.Value.Float()
		if math.IsNaN(away) {
			return Same
		}
		if d.kind == Cusum {
			return d.drift(m, away, s.Source, limits.Limit, now)
		}
		v = d.directed(away)
		fallthrough
	case HighHigh, High:
		// Beyond the limit it is, up to the deadband before it it stays (IEC 62682, 10.5.4).
		return m.Turn(v > limits.Limit || m.Is && v > limits.Limit-d.band)
	case LowLow, Low:
		return m.Turn(v < limits.Limit || m.Is && v < limits.Limit+d.band)
	case Outside:
		if math.IsNaN(limits.Lower) {
			return Same
		}
		return m.Turn(v > limits.Limit || v < limits.Lower || m.Is && (v > limits.Limit-d.band || v < limits.Lower+d.band))
	case Inside:
		if math.IsNaN(limits.Lower) {
			return Same
		}
		return m.Turn(v >= limits.Lower && v <= limits.Limit || m.Is && v >= limits.Lower-d.band && v <= limits.Limit+d.band)
	case Rate:
		at := d.instant(m, s.Source, now)
		change, again := m.window().rate(v, at, d.window)
		m.Next = here(again, now-at)
		v = d.directed(change * d.per)
		return m.Turn(v > limits.Limit || m.Is && v > limits.Limit-d.band)
	}
	return Same
}

// directed is how far a difference goes in the direction that matters.
func (d *Detector) directed(v float64) float64 {
	switch {
	case d.up && d.down:
		return math.Abs(v)
	case d.down:
		return -v
	}
	return v
}

// pass lets time pass for a kind that looks back, while there is no value.
func (d *Detector) pass(m *Memory, s tag.Sample, now tag.Time) Verdict {
	if m.Window == nil || !m.Known {
		return Same
	}
	switch d.kind {
	case Count:
		return d.settle(m, false, m.Window.Is, m.at(now), now)
	case Duration:
		// It cannot be known whether it goes on.
		return d.settle(m, false, false, m.at(now), now)
	}
	return Same
}

// noUpdate judges by the time that has passed since the last sample that could be used.
func (d *Detector) noUpdate(m *Memory, s tag.Sample, now tag.Time) Verdict {
	stamp := s.Server
	if d.source {
		stamp = s.Source
	}
	if !s.Quality.IsBad() && !s.Value.IsNone() && stamp > m.newest {
		m.newest, m.seen, m.Known = stamp, now, true
		if !d.source {
			m.seen = min(stamp, now)
		}
	} else if !s.Quality.IsBad() && stamp+behindMost < m.newest {
		m.newest = stamp // the clock was set back
	}
	if m.seen == 0 || m.seen > now {
		m.seen = now // there was none yet, or the clock here was set back
	}
	is := now-m.seen >= d.window
	if m.Next = m.seen + d.window; is {
		m.Next = now + min(tag.Time(time.Second), max(d.window/4, soon)) // the same value again is not told
	}
	return m.Turn(is)
}

// often judges a count and a duration.
func (d *Detector) often(m *Memory, s, other tag.Sample, now tag.Time) Verdict {
	is, happened := false, false
	switch {
	case d.conditional:
		if other.Quality.IsBad() || other.Value.Type() != tag.Bool {
			return d.pass(m, s, now)
		}
		is = other.Value.Bool()
		happened = m.Known && is && !m.window().Is
	case d.kind == Duration:
		is = s.Value.Bool()
	default:
		happened = !m.last.IsNone() && !m.last.Equal(s.Value)
		m.last = s.Value
	}
	return d.settle(m, happened, is, d.instant(m, s.Source, now), now)
}

// settle judges what a count or a duration has come to.
func (d *Detector) settle(m *Memory, happened, is bool, at, now tag.Time) Verdict {
	w := m.window()
	w.Is = is
	if d.kind == Count {
		enough, until := w.count(happened, at, d.window, int(max(d.limit, 1)))
		m.Next = here(until, now-at)
		return m.Turn(enough)
	}
	sum := w.spell(is, at, d.window)
	switch {
	case sum > d.total:
		// It cannot fall faster than time passes.
		m.Next = now + max(sum-d.total, soon)
	case is:
		m.Next = now + max(d.total-sum+1, soon)
	}
	return m.Turn(sum > d.total)
}

// drift judges a cumulative sum.
func (d *Detector) drift(m *Memory, away float64, source tag.Time, limit float64, now tag.Time) Verdict {
	w := m.window()
	at := d.instant(m, source, now)
	w.cusum(away, at, d.every, d.slack, 2*limit+math.Abs(d.slack))
	if m.restart {
		w.High, w.Low, m.restart = 0, 0, false
	}
	stay := limit - d.band
	over := func(level float64) bool { return d.up && w.High > level || d.down && w.Low > level }
	verdict := m.Turn(over(limit) || m.Is && over(stay))
	level := limit
	if m.Is {
		level = stay
	}
	for _, side := range [...]struct {
		on       bool
		sum, add float64
	}{{d.up, w.High, w.Last - d.slack}, {d.down, w.Low, -w.Last - d.slack}} {
		if !side.on {
			continue
		}
		if t := w.reach(side.sum, side.add, level, d.every); t != 0 {
			if t = here(max(t, at+soon), now-at); m.Next == 0 || t < m.Next {
				m.Next = t
			}
		}
	}
	return verdict
}

// Restart lets a cusum begin anew at the next look, as Page does after each signal.
func (m *Memory) Restart() { m.restart = true }

// window is what is remembered, made when it is first needed.
func (m *Memory) window() *Window {
	if m.Window == nil {
		m.Window = &Window{}
	}
	return m.Window
}

// late reports whether a sample is older than one that was judged, and so tells nothing of now. The clock of a source that was
// set back is believed after a while.
func (m *Memory) late(source, now tag.Time) bool {
	switch {
	case source == 0:
		return false
	case source >= m.newest-jitter:
		m.newest, m.behind = max(source, m.newest), 0
		return false
	case m.behind == 0:
		m.behind = now
		return true
	case now-m.behind < behindMost && now >= m.behind:
		return true
	}
	m.newest, m.behind, m.present = source, 0, 0
	if m.Window != nil {
		*m.Window = Window{Is: m.Window.Is} // its times are of another clock
	}
	return false
}

// instant is the present by the clock of the source: that of a sample when it is new, and later as time passes here. It never
// goes back.
func (d *Detector) instant(m *Memory, source, now tag.Time) tag.Time {
	if source != 0 && source != m.stamp {
		m.stamp, m.skew = source, now-source
	}
	return m.at(now)
}

func (m *Memory) at(now tag.Time) tag.Time {
	m.present = max(m.present, now-m.skew)
	return m.present
}

// here is a time of the source by the clock here; 0 stays 0.
func here(t, ahead tag.Time) tag.Time {
	if t == 0 {
		return 0
	}
	return t + ahead
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
