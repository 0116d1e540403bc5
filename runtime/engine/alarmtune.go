package engine

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/spec"
)

// AlarmLimits are the limits of an alarm: those of its declaration, and those in force.
type AlarmLimits struct {
	Key  alarm.Key
	Kind string
	Unit string
	// Limit and Lower are in force; nil when the alarm has none, or when it is not known now.
	Limit, Lower *float64
	// DeclaredLimit and DeclaredLower are those of the declaration, nil when they come from expressions, which LimitFrom and
	// LowerFrom are.
	DeclaredLimit, DeclaredLower *float64
	LimitFrom, LowerFrom         string
	// Tune are the bounds within which they may be set, nil when they may not.
	Tune *alarm.Tune
	// Tuned says who has set which, nil when nobody has.
	Tuned *alarm.Tuned
}

// AlarmLimits are the limits of an alarm; false when there is no such alarm, or one without.
func (e *Engine) AlarmLimits(key alarm.Key) (AlarmLimits, bool) {
	v := &e.alarms
	v.mu.RLock()
	defer v.mu.RUnlock()
	p := v.points[key]
	if p == nil || !tunable(p.build.Load().def.Kind) {
		return AlarmLimits{}, false
	}
	b := p.build.Load()
	out := AlarmLimits{Key: key, Kind: b.def.Kind, DeclaredLimit: b.def.Limit, DeclaredLower: b.def.Lower, LimitFrom: b.def.LimitFrom, LowerFrom: b.def.LowerFrom, Tune: b.def.Tune, Tuned: p.record.Tuned}
	if b.tag != nil {
		out.Unit = b.tag.Unit
	}
	out.Limit, out.Lower = p.shownLimits()
	return out, true
}

// shownLimits are those in force, as far as the alarm has them and they are known.
func (p *alarmPoint) shownLimits() (limit, lower *float64) {
	def, l := p.build.Load().def, p.limitsNow()
	if tunable(def.Kind) && !math.IsNaN(l.Limit) {
		limit = &l.Limit
	}
	if alarm.Ranged(def.Kind) && !math.IsNaN(l.Lower) {
		lower = &l.Lower
	}
	return limit, lower
}

func tunable(kind string) bool { return alarm.Limited(kind) || kind == alarm.Count }

// checkTuned tells what is wrong with limits that somebody sets.
func checkTuned(def *alarm.Alarm, t *alarm.Tuned) *spec.Problem {
	for _, l := range [...]struct {
		at string
		v  *float64
	}{{"/limit", t.Limit}, {"/lower", t.Lower}} {
		switch {
		case l.v == nil:
		case l.at == "/lower" && !alarm.Ranged(def.Kind):
			return &spec.Problem{Code: "value_unknown", At: l.at, Message: "The alarm has no lower limit.", Hint: "Leave it out."}
		case math.IsNaN(*l.v) || math.IsInf(*l.v, 0), (def.Kind == alarm.Deviation || def.Kind == alarm.Cusum) && *l.v < 0,
			def.Kind == alarm.Count && (*l.v != math.Trunc(*l.v) || *l.v < 1 || *l.v > alarm.MaxCount):
			return &spec.Problem{Code: "value_range", At: l.at, Message: fmt.Sprintf("%g is out of range.", *l.v), Hint: "Write another number."}
		case def.Tune.Low != nil && *l.v < *def.Tune.Low:
			return &spec.Problem{Code: "value_range", At: l.at, Message: fmt.Sprintf("The limit may not be set below %g.", *def.Tune.Low), Hint: "Write a larger number."}
		case def.Tune.High != nil && *l.v > *def.Tune.High:
			return &spec.Problem{Code: "value_range", At: l.at, Message: fmt.Sprintf("The limit may not be set above %g.", *def.Tune.High), Hint: "Write a smaller number."}
		}
	}
	upper, lower := t.Limit, t.Lower
	if upper == nil {
		upper = def.Limit
	}
	if lower == nil {
		lower = def.Lower
	}
	if alarm.Ranged(def.Kind) && upper != nil && lower != nil && *lower >= *upper {
		return &spec.Problem{Code: "value_range", At: "/lower", Message: fmt.Sprintf("The lower limit %g is not below %g.", *lower, *upper), Hint: "Make it less than the upper one."}
	}
	return nil
}

// TuneOrder sets limits of an alarm while the plant runs.
type TuneOrder struct {
	Key alarm.Key
	// Limit and Lower are what is set; nil goes back to that of the declaration.
	Limit, Lower *float64
	// Reason is kept in the journal and in the audit trail.
	Reason string
}

// TuneAlarm sets limits of an alarm, or goes back to those of its declaration. When it returns without an error, it is kept.
// Errors about the order are *spec.Problem.
func (e *Engine) TuneAlarm(o TuneOrder, actor auth.Actor) error {
	v := &e.alarms
	v.work.Lock()
	defer v.work.Unlock()
	now := time.Now()
	e.moveAlarms(now)
	v.mu.RLock()
	p := v.points[o.Key]
	v.mu.RUnlock()
	if p == nil || !actor.Rights.Allows(auth.View, p.build.Load().path) {
		return &spec.Problem{Code: "alarm_unknown", Message: "One of the alarms is not there any more.", Hint: "Load the list again."}
	}
	b := p.build.Load()
	tuned := &alarm.Tuned{Deed: alarm.Deed{By: actor.Name, Time: now, Text: o.Reason}, Limit: o.Limit, Lower: o.Lower}
	switch {
	case !actor.Rights.Allows(auth.Tune, b.path):
		return &spec.Problem{Code: "forbidden", Message: fmt.Sprintf("You may not do that with alarms of %q.", b.path), Hint: "Ask somebody who may."}
	case b.def.Tune == nil || !tunable(b.def.Kind):
		return &spec.Problem{Code: "alarm_fixed", Message: "The limit of the alarm is fixed.", Hint: "Ask an engineer to let it be tuned."}
	}
	if problem := checkTuned(b.def, tuned); problem != nil {
		return problem
	}
	if o.Limit == nil && o.Lower == nil {
		tuned = nil
	}
	was, lines := p.record, len(v.unkept.Journal)
	before := p.limitsNow()
	v.mu.Lock()
	p.record.Tuned = tuned
	p.tuned.Store(tuned)
	after := p.limitsNow()
	comment := change(before.Limit, after.Limit)
	if alarm.Ranged(b.def.Kind) {
		comment = change(before.Lower, after.Lower) + ", " + comment
	}
	if o.Reason != "" {
		comment += ": " + o.Reason
	}
	v.line(p, alarm.Changed, now, &alarm.Entry{By: actor.Name, Origin: actor.Origin, Comment: comment})
	v.mu.Unlock()
	if err := e.keepAlarms(); err != nil {
		v.mu.Lock()
		p.record = was
		p.tuned.Store(was.Tuned)
		v.list.touch(p)
		v.unkept.Journal = v.unkept.Journal[:min(lines, len(v.unkept.Journal))]
		v.mu.Unlock()
		return err
	}
	v.seq.Add(1)
	e.table.Evaluate(p.slot)
	e.tellAlarms()
	return nil
}

// change shows a number before and after.
func change(before, after float64) string {
	show := func(v float64) string {
		if math.IsNaN(v) {
			return "?"
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return show(before) + " → " + show(after)
}
