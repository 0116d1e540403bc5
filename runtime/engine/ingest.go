package engine

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/tag"
)

// Bounds of a source time that is believed. A device whose clock has lost its battery
// speaks of 1970; its values are as good as before, so they stay good, but the time they
// came in stands in for the time it claims, and the device's clock faults are counted.
const (
	earliestSource  = tag.Time(946684800 * int64(time.Second)) // 2000-01-01
	latestSourceLag = tag.Time(10 * int64(time.Minute))
)

// source is the way of a value from a device to its tag: raw → bit → scale → type →
// deadband → table. Its state is guarded by the device's ingest lock.
type source struct {
	path    tag.Path
	slot    tag.Slot
	typ     tag.Type // of the tag
	raw     tag.Type // asked of the connector
	address any
	bit     int // -1: the whole value
	scale   *scale
	band    float64 // deadband in engineering units, 0: none
	repeat  time.Duration
	write   bool

	last   tag.Sample // as it stands in the table
	timed  bool       // the time of last is that of the source
	passed tag.Time   // when the deadband last let a value through
	force  bool       // the next value passes whatever the deadband says: it follows a write
	dead   bool       // the tag is gone

	writes atomic.Uint64 // number of the latest write
}

// scale converts between what the device speaks and engineering units.
type scale struct {
	linear   bool
	gain     float64 // engineering units per raw unit
	offset   float64
	clamp    bool
	low      float64
	high     float64
	read     *expression.Program // over "raw"
	readVars []tag.Sample
	date     *dateForm
	back     *expression.Program // over "value"
}

func linearScale(s *plant.Scale) *scale {
	gain := (s.High - s.Low) / (s.RawHigh - s.RawLow)
	return &scale{linear: true, gain: gain, offset: s.Low - gain*s.RawLow}
}

// toEngineering converts a raw value; the quality says how it went.
func (s *scale) toEngineering(v tag.Value) (tag.Value, tag.Quality) {
	q := tag.Good
	switch {
	case s.date != nil:
		return s.date.decode(v)
	case s.read != nil:
		s.readVars[0] = tag.Sample{Value: v}
		r := s.read.Eval(nil, s.readVars)
		if r.Quality.IsBad() {
			return tag.Value{}, r.Quality
		}
		v, q = r.Value, r.Quality
	case s.linear:
		f := v.Float()*s.gain + s.offset
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return tag.Value{}, tag.BadOutOfRange
		}
		v = tag.OfFloat(f)
	}
	if s.clamp && v.Type().IsNumber() {
		if f := v.Float(); f < s.low || f > s.high {
			v = tag.OfFloat(min(max(f, s.low), s.high))
			if q == tag.Good {
				q = tag.GoodClamped
			}
		}
	}
	return v, q
}

// convert makes the sample for the table of one the connector delivered.
func (s *source) convert(in tag.Sample, now tag.Time) (out tag.Sample, clockFault bool) {
	out = in
	out.Server = now
	switch {
	case in.Source == 0:
		out.Source = now
	case in.Source < earliestSource || in.Source > now+latestSourceLag:
		out.Source, clockFault = now, true
	}
	if in.Quality.IsBad() {
		out.Value = s.last.Value
		return out, clockFault
	}
	fail := func(q tag.Quality) (tag.Sample, bool) {
		out.Value, out.Quality = s.last.Value, q
		return out, clockFault
	}
	if in.Value.IsNone() {
		return fail(tag.BadNoData)
	}
	v := in.Value
	if v.Type() != s.raw {
		var err error
		if v, err = v.Convert(s.raw); err != nil {
			return fail(tag.BadTypeMismatch)
		}
	}
	if s.bit >= 0 {
		v = tag.OfBool(uint64(v.Int())>>uint(s.bit)&1 != 0)
	}
	if s.scale != nil {
		var q tag.Quality
		if v, q = s.scale.toEngineering(v); q.IsBad() {
			return fail(q)
		}
		if q != tag.Good && in.Quality == tag.Good {
			out.Quality = q
		}
	}
	if v.Type() != s.typ {
		if s.typ == tag.Int && v.Type() == tag.Float {
			v = tag.OfFloat(math.Round(v.Float()))
		}
		var err error
		if v, err = v.Convert(s.typ); err != nil {
			return fail(tag.BadTypeMismatch)
		}
	}
	out.Value = v
	return out, clockFault
}

// passes applies the deadband: a change of quality always passes, a number when it has
// moved far enough from what passed last, or when the repeat interval is over.
func (s *source) passes(next tag.Sample) bool {
	if s.force || s.band == 0 && s.repeat == 0 || next.Quality != s.last.Quality || !next.Value.Type().IsNumber() || s.last.Value.IsNone() {
		return true
	}
	a, b := next.Value.Float(), s.last.Value.Float()
	if d := math.Abs(a - b); d > s.band || d != d && (a == a) != (b == b) {
		return true
	}
	return s.repeat > 0 && next.Server-s.passed >= tag.Time(s.repeat)
}

// take converts one sample and reports whether the table must have it.
func (s *source) take(in tag.Sample, now tag.Time) (u tag.Update, pass, clockFault bool) {
	if s.dead {
		return u, false, false
	}
	next, clockFault := s.convert(in, now)
	if !s.passes(next) {
		return u, false, clockFault
	}
	s.last, s.passed, s.force, s.timed = next, next.Server, false, in.Source != 0 && !clockFault
	return tag.Update{Slot: s.slot, Sample: next}, true, clockFault
}

// ingest brings a batch from the connector into the table. It may be called from several
// goroutines.
func (d *device) ingest(sources []*source, updates []connector.Update) {
	d.intake.Lock()
	defer d.intake.Unlock()
	now := tag.Now()
	batch := d.batch[:0]
	server := d.doc.Load().Clock == "server"
	var late []tag.Change
	for i := range updates {
		if p := updates[i].Point; p >= 0 && p < len(sources) {
			in := updates[i].Sample
			if server {
				in.Source = 0
			}
			if s := sources[p]; updates[i].Historical || s.late(in, now) {
				if x, ok := s.past(in, now); ok {
					late = append(late, tag.Change{Slot: s.slot, Sample: x})
				}
				continue
			}
			u, pass, fault := sources[p].take(in, now)
			if fault {
				d.clockFaults.Add(1)
				d.clock.fault(in.Source, now)
			}
			if pass {
				batch = append(batch, u)
			}
		}
	}
	d.batch = batch[:0]
	if len(batch) > 0 {
		d.table.Apply(batch)
		d.counters.updates.Add(uint64(len(batch)))
	}
	if len(late) > 0 && d.late != nil {
		d.late(late)
	}
}

// lateWithin is how long after a newer sample an older one is taken for late. Later than that the clock of the source may
// have been set back, and what it says is the present value.
const lateWithin = tag.Time(10 * time.Second)

// late reports whether a sample is older than the present value, by the clock of its source: the value stays, and the
// sample goes into the history only.
func (s *source) late(in tag.Sample, now tag.Time) bool {
	return s.timed && in.Source >= earliestSource && in.Source < s.last.Source && now-s.last.Server < lateWithin && !s.last.Quality.IsBad() && !s.dead
}

// past makes the sample for the history of one that is not the present value; false when it does not say of which time.
func (s *source) past(in tag.Sample, now tag.Time) (tag.Sample, bool) {
	if s.dead || in.Source < earliestSource || in.Source > now+latestSourceLag {
		return tag.Sample{}, false
	}
	out, _ := s.convert(in, now)
	if out.Quality.IsBad() {
		out.Value = tag.Value{}
	}
	return out, true
}

// spoil marks points as bad and keeps their last values for display.
func (d *device) spoil(sources []*source, q tag.Quality) {
	d.intake.Lock()
	defer d.intake.Unlock()
	now := tag.Now()
	batch := d.batch[:0]
	for _, s := range sources {
		if s.dead || s.last.Quality == q {
			continue
		}
		s.last.Quality, s.last.Server = q, now
		batch = append(batch, tag.Update{Slot: s.slot, Sample: s.last})
	}
	d.batch = batch[:0]
	if len(batch) > 0 {
		d.table.Apply(batch)
		d.counters.updates.Add(uint64(len(batch)))
	}
}

// bury ends sources whose tags are about to leave the table: a late value must not reach
// a slot that was given to another tag.
func (d *device) bury(sources []*source) {
	d.intake.Lock()
	for _, s := range sources {
		s.dead = true
	}
	d.intake.Unlock()
}
