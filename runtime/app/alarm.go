package app

import (
	"fmt"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// MaxAlarms is how many alarms an app may have.
const MaxAlarms = 1000

// Alarm is an alarm of the app itself, over its inputs and tags. It lives as long as the app is installed, whether a screen of it is
// open or not, and stands in the area that the inputs are mapped to: who may see that area sees it.
type Alarm struct {
	// ID is unique in the app: 1 to 64 letters, digits, "_" and "-".
	ID string `json:"id"`
	// Title names the alarm; Message is what the operator reads: {id} stands for the value of the input or computed tag of that id
	// when it was raised.
	Title   spec.Text `json:"title,omitempty"`
	Message spec.Text `json:"message,omitempty"`
	// When is the condition, an expression over inputs and tags that gives a bool.
	When string `json:"when"`
	// Priority says how soon somebody must act; Class is the id of an alarm class, from which it has what it does not say itself
	// where the plant has such a class.
	Priority string `json:"priority" enum:"urgent,high,medium,low"`
	Class    string `json:"class,omitempty"`
	// Acknowledge says what an operator must do: required (default), comment (acknowledge and say why), or none.
	Acknowledge string `json:"acknowledge,omitempty" enum:"required,comment,none"`
	// OnDelay is how long the condition must hold before the alarm is raised, OffDelay how long it must not hold before it
	// returns: "5s".
	OnDelay  string `json:"onDelay,omitempty"`
	OffDelay string `json:"offDelay,omitempty"`
	// Latch keeps the alarm after its condition has gone, until somebody resets it.
	Latch bool `json:"latch,omitempty"`
	// Cause, Consequence and Action tell the operator why it may be, what follows when nobody acts, and what to do.
	Cause       spec.Text `json:"cause,omitempty"`
	Consequence spec.Text `json:"consequence,omitempty"`
	Action      spec.Text `json:"action,omitempty"`
	// SuppressWhen is an expression; while it is true the alarm is suppressed by design.
	SuppressWhen string `json:"suppressWhen,omitempty"`
	// Schedule says when the alarm is watched for, in the time zone of the plant; always when left out.
	Schedule []alarm.Period `json:"schedule,omitempty"`
	// Disabled keeps the alarm in the document without watching for it.
	Disabled bool `json:"disabled,omitempty"`
}

// Declared is the alarm as one of the plant is declared.
func (a *Alarm) Declared() alarm.Alarm {
	return alarm.Alarm{
		Kind: alarm.Expression, Title: a.Title, Message: a.Message, When: a.When, Priority: a.Priority, Class: a.Class, Acknowledge: a.Acknowledge, OnDelay: a.OnDelay, OffDelay: a.OffDelay,
		Latch: a.Latch, Cause: a.Cause, Consequence: a.Consequence, Action: a.Action, SuppressWhen: a.SuppressWhen, Schedule: a.Schedule, Disabled: a.Disabled,
	}
}

func (v *validator) alarms() {
	v.count("/alarms", len(v.app.Alarms), MaxAlarms, "alarms")
	seen := map[string]bool{}
	for i := range v.app.Alarms {
		a := &v.app.Alarms[i]
		at := fmt.Sprintf("/alarms/%d", i)
		v.unique(seen, a.ID, func() string { return at }, "alarm")
		declared := a.Declared()
		for _, p := range declared.Check(tag.Bool, false).Under(at) {
			v.add(p)
		}
		if a.Priority == "" && a.Class != "" {
			v.choice(at+"/priority", a.Priority, alarm.Priorities...)
		}
	}
}
