package engine

import (
	"math"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/tag"
)

// snapEvery is how often what alarms remember of the past is kept while it changes.
const snapEvery = tag.Time(10 * time.Second)

// alarmEdge is a change of a condition, or of the suppression.
type alarmEdge struct {
	point    *alarmPoint
	verdict  alarm.Verdict
	suppress bool // it is about the suppression
	at       time.Time
	source   time.Time
	value    tag.Value
	setpoint tag.Value
	limits   alarm.Limits
}

// alarmState is what the condition and the suppression of an alarm are now.
type alarmState struct{ is, suppressed bool }

// alarmWake is what is to be done about an alarm beside its edges: look at it at a time, keep what it remembers.
type alarmWake struct {
	look tag.Time
	keep bool
}

// watch makes the evaluation of an alarm, which notes what has changed. It runs under the lock of the table.
func (v *alarms) watch(p *alarmPoint) tag.Eval {
	return func(deps []tag.Sample) tag.Sample {
		b := p.build.Load()
		now := tag.Now()
		edge := alarmEdge{point: p, limits: b.detector.Limits()}
		rest := deps
		var own tag.Sample
		if !b.tagless {
			own, rest = deps[0], deps[1:]
		}
		p.own[0], edge.value = own, own.Value
		run := func(program *expression.Program, reads int) tag.Sample {
			s := program.Eval(rest[:reads], p.own[:])
			rest = rest[reads:]
			return s
		}
		if b.built != nil {
			edge.verdict = b.built(&p.memory, deps)
		} else {
			var other tag.Sample
			if l := b.linked; l != nil {
				other = l.when(rest[:l.whenDeps])
				rest = rest[l.whenDeps:]
			}
			if b.other != nil {
				other = run(b.other, b.otherReads)
				edge.setpoint = other.Value
			}
			if b.limit != nil {
				edge.limits.Limit = numberOf(run(b.limit, b.limitReads))
			}
			if b.lower != nil {
				edge.limits.Lower = numberOf(run(b.lower, b.lowerReads))
			}
			if t := p.tuned.Load(); t != nil {
				if t.Limit != nil {
					edge.limits.Limit = *t.Limit
				}
				if t.Lower != nil {
					edge.limits.Lower = *t.Lower
				}
			}
			if p.restart.Swap(false) {
				p.memory.Restart()
			}
			edge.verdict = b.detector.Look(&p.memory, own, other, edge.limits, now)
			if b.limit != nil || b.lower != nil {
				l := edge.limits // so that an edge needs no room of its own
				p.limits.Store(&l)
			}
		}
		next := p.memory.Next
		if !b.schedule.Always() {
			edge.verdict = p.watched(b, edge.verdict, now)
			if until := tag.TimeOf(p.until); next == 0 || until < next {
				next = until
			}
		} else {
			p.shown = p.memory.Is
		}
		if edge.verdict != alarm.Same {
			v.noteAt(edge, deps, now)
		}
		if b.suppressed() {
			var x tag.Sample
			if b.linked != nil {
				x = b.linked.suppress(rest)
			} else {
				x = b.suppress.Eval(rest, p.own[:])
			}
			if !x.Quality.IsBad() && x.Value.Type() == tag.Bool && x.Value.Bool() != p.suppressed {
				p.suppressed = x.Value.Bool()
				edge.suppress, edge.verdict = true, alarm.Fall
				if p.suppressed {
					edge.verdict = alarm.Rise
				}
				v.noteAt(edge, deps, now)
			}
		}
		v.arm(p, next, now, edge.verdict != alarm.Same)
		return tag.Sample{Value: tag.OfBool(p.shown)}
	}
}

// suppressed reports whether an expression says when the alarm is suppressed.
func (a *alarmBuild) suppressed() bool {
	return a.suppress != nil || a.linked != nil && a.linked.suppress != nil
}

// numberOf is the number of a sample, not a number when there is none.
func numberOf(s tag.Sample) float64 {
	if s.Quality.IsBad() || !s.Value.Type().IsNumber() {
		return math.NaN()
	}
	return s.Value.Float()
}

// watched is the verdict of an alarm that is watched for at times only: outside of them its condition does not hold.
func (p *alarmPoint) watched(b *alarmBuild, verdict alarm.Verdict, now tag.Time) alarm.Verdict {
	if at := now.Std(); p.until.IsZero() || at.Before(p.from) || !at.Before(p.until) {
		p.open, p.from, p.until = b.schedule.At(at)
	}
	was := p.shown
	p.shown = p.open && p.memory.Is
	switch {
	case p.open && verdict == alarm.Blip && !was, p.open && verdict == alarm.Break && was:
		return verdict
	case p.shown && !was:
		return alarm.Rise
	case was && !p.shown:
		return alarm.Fall
	}
	return alarm.Same
}

// arm has an alarm looked at again at a time, and what it remembers kept.
func (v *alarms) arm(p *alarmPoint, next, now tag.Time, changed bool) {
	if p.armed != 0 && p.armed <= now {
		p.armed = 0
	}
	var w alarmWake
	if next != 0 && (p.armed == 0 || next < p.armed) {
		p.armed, w.look = next, next
	}
	if p.memory.Window != nil && (changed || now-p.snapped > snapEvery || now < p.snapped || v.closing.Load()) {
		p.snapped, w.keep = now, true
		p.window.Store(p.memory.Window.Clone())
	}
	if w == (alarmWake{}) {
		return
	}
	v.edgeMu.Lock()
	if v.wakes == nil {
		v.wakes = map[*alarmPoint]alarmWake{}
	}
	if old, ok := v.wakes[p]; ok {
		w.keep = w.keep || old.keep
		if w.look == 0 {
			w.look = old.look
		}
	}
	v.wakes[p] = w
	v.edgeMu.Unlock()
	if w.look != 0 {
		poke(v.wake)
	}
}

// noteAt notes an edge at the newest time of what it comes from. What time alone has done is of now.
func (v *alarms) noteAt(x alarmEdge, deps []tag.Sample, now tag.Time) {
	x.at = time.Now()
	var source tag.Time
	for i := range deps {
		source = max(source, deps[i].Source)
	}
	if x.source = x.at; source != 0 {
		x.source = source.Std()
	}
	if p := x.point; p.armed != 0 && p.armed <= now && source <= p.judged {
		x.source = x.at // nothing new has come
	}
	x.point.judged = source
	v.note(x)
}

func (v *alarms) note(x alarmEdge) {
	v.edgeMu.Lock()
	if len(v.edges) < maxAlarmEdges && v.late == nil {
		v.edges = append(v.edges, x)
	} else {
		// Too many to go through each: what it is in the end counts.
		if v.late == nil {
			v.late = map[*alarmPoint]alarmState{}
		}
		v.late[x.point] = alarmState{x.point.shown, x.point.suppressed}
	}
	v.edgeMu.Unlock()
	poke(v.wake)
}
