package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Alarm is one alarm as it stands now.
type Alarm struct {
	Key      alarm.Key
	Path     tag.Path
	ID       string
	Kind     string
	Priority string
	// Class is the id of its class, Sound what is heard while it waits.
	Class, Sound string
	// Title is that of the tag, Name that of the alarm, Message what it says.
	Title, Name, Message       spec.Text
	Cause, Consequence, Action spec.Text
	State                      alarm.State
	// Active says whether the condition holds, also of an alarm that is put away.
	Active        bool
	Since, Raised time.Time
	Times         int
	Value         json.RawMessage
	// Limit and Lower are those in force, in Unit.
	Limit, Lower *float64
	Unit         string
	// Tunable says that somebody may set them, Tuned who has.
	Tunable bool
	Tuned   *alarm.Tuned
	// First says that it was the first-out of its group.
	First bool
	// Comment says that it must be said why when it is acknowledged.
	Comment         bool
	Acknowledgement *alarm.Deed
	Shelf           *alarm.Shelf
	Service         *alarm.Deed

	point *alarmPoint
	// limits are those that were calculated when it was looked at.
	limits *alarm.Limits
}

// now is an alarm as it stands. The caller holds mu of the alarms.
func (p *alarmPoint) now() *Alarm {
	b, r := p.build.Load(), &p.record
	unit := ""
	if b.tag != nil {
		unit = b.tag.Unit
	}
	seen := p.limits.Load()
	limit, lower := p.shownLimits()
	return &Alarm{
		point: p, limits: seen,
		Class: b.def.Class, Sound: alarm.SoundOf(b.def.Priority, b.class), Limit: limit, Lower: lower, Unit: unit, Tunable: b.def.Tune != nil, Tuned: r.Tuned, First: r.First,
		Key: r.Key, Path: b.path, ID: b.id, Kind: b.def.Kind, Priority: b.def.Priority, Title: b.shownTitle(), Name: b.name(), Message: r.Message,
		Cause: b.def.Cause, Consequence: b.def.Consequence, Action: b.def.Action, State: r.Shown(), Active: r.Active, Since: r.Since, Raised: r.Raised,
		Times: r.Times, Value: r.Value, Comment: b.def.Acknowledge == alarm.AckComment, Acknowledgement: r.Acknowledgement, Shelf: r.Shelf, Service: r.Service,
	}
}

// AlarmOrder is what somebody does to alarms.
type AlarmOrder struct {
	// Event is acknowledge, reset, shelve, unshelve, out-of-service or in-service.
	Event alarm.Event
	Keys  []alarm.Key
	// Comment says why.
	Comment string
	// For is how long to shelve; Once ends it when the alarm returns.
	For  time.Duration
	Once bool
}

// right is what an order needs.
func (o *AlarmOrder) right() auth.Action {
	if o.Event == alarm.Acknowledge || o.Event == alarm.Reset {
		return auth.Acknowledge
	}
	return auth.Shelve
}

// OrderAlarms carries an order out, for all of its alarms or for none. When it returns without an error, it is kept. Alarms
// for which it means nothing any more, because somebody else was faster, are left as they are; done says how many were not.
// Errors about the order are *spec.Problem.
func (e *Engine) OrderAlarms(ctx context.Context, o AlarmOrder, actor auth.Actor) (done int, err error) {
	v := &e.alarms
	if o.Event == alarm.Shelve && (o.For <= 0 || o.For > alarm.MaxShelf) {
		return 0, &spec.Problem{Code: "value_range", At: "/minutes", Message: fmt.Sprintf("An alarm can be shelved for up to %s.", alarm.MaxShelf), Hint: "Choose a shorter time."}
	}
	v.work.Lock()
	defer v.work.Unlock()
	now := time.Now()
	e.moveAlarms(now)
	var points []*alarmPoint
	v.mu.RLock()
	for _, key := range o.Keys {
		if p := v.points[key]; p != nil {
			points = append(points, p)
		}
	}
	v.mu.RUnlock()
	if len(points) < len(o.Keys) {
		return 0, &spec.Problem{Code: "alarm_unknown", Message: "One of the alarms is not there any more.", Hint: "Load the list again."}
	}
	for _, p := range points {
		b := p.build.Load()
		if !actor.Rights.Allows(o.right(), b.path) || !actor.Rights.Allows(auth.View, b.path) {
			return 0, &spec.Problem{Code: "forbidden", Message: fmt.Sprintf("You may not do that with alarms of %q.", b.path), Hint: "Ask somebody who may."}
		}
		if o.Event == alarm.Shelve && o.For > b.class.Longest() {
			return 0, &spec.Problem{Code: "value_range", At: "/minutes", Message: fmt.Sprintf("An alarm can be shelved for up to %s.", b.class.Longest()), Hint: "Choose a shorter time."}
		}
		if o.Event == alarm.Acknowledge && b.def.Acknowledge == alarm.AckComment && o.Comment == "" {
			return 0, &spec.Problem{Code: "comment_missing", At: "/comment", Message: "One of the alarms wants a comment.", Hint: "Say what you have found."}
		}
	}
	by := &alarm.Entry{By: actor.Name, Origin: actor.Origin, Comment: o.Comment}
	deed := alarm.Deed{By: actor.Name, Time: now, Text: o.Comment}
	was, lines := make([]alarm.Record, len(points)), len(v.unkept.Journal)
	v.mu.Lock()
	for i, p := range points {
		was[i] = p.record
		switch o.Event {
		case alarm.Acknowledge:
			p.record.Acknowledgement = &deed
			if p.build.Load().def.Kind == alarm.Cusum {
				p.restart.Store(true)
			}
		case alarm.Shelve:
			p.record.Shelf = &alarm.Shelf{Deed: deed, Until: now.Add(o.For), Once: o.Once}
		case alarm.Unshelve:
			p.record.Shelf = nil
		case alarm.Remove:
			p.record.Service = &deed
		case alarm.Restore:
			p.record.Service = nil
		}
		if v.happen(p, o.Event, now, by) {
			done++
		} else {
			p.record = was[i]
		}
	}
	v.mu.Unlock()
	if err := e.keepAlarms(); err != nil {
		// What was not kept has not been done.
		v.mu.Lock()
		for i, p := range points {
			p.record = was[i]
			v.file(p)
		}
		v.unkept.Journal = v.unkept.Journal[:min(lines, len(v.unkept.Journal))]
		v.mu.Unlock()
		v.seq.Add(1)
		return 0, err
	}
	poke(v.wake)
	if done > 0 {
		e.tellAlarms()
	}
	return done, nil
}
