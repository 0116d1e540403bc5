// Package alarm knows what an alarm is (ISA-18.2, IEC 62682): how it is declared, when its condition holds,
// what its delays do, and which states it goes through. It is all pure: time comes in from outside.
package alarm

import (
	"encoding/json"

	"github.com/lineside/lineside/runtime/spec"
)

// Alarm is the declaration of one alarm of a tag or property.
type Alarm struct {
	// Kind says what the alarm looks at: high-high, high, low and low-low compare the value with Limit, deviation its
	// distance from Setpoint; on and off want a bool to be true or false, equals the value to be Value; change is raised by every
	// change and returns at once, no-change when the value stays the same for OnDelay; bad wants a bad quality; expression
	// wants When to be true.
	Kind string `json:"kind" enum:"high-high,high,low,low-low,deviation,on,off,equals,change,no-change,bad,expression"`
	// Class is the id of its class, from which it has what it does not say itself.
	Class string `json:"class,omitempty"`
	// Priority says how soon somebody must act; that of the class when left out, which must have one then.
	Priority string `json:"priority,omitempty" enum:"urgent,high,medium,low"`
	// Title names the alarm; its kind when left out.
	Title spec.Text `json:"title,omitempty"`
	// Message is what the operator reads. {value}, {limit}, {setpoint} and {unit} stand for what they were when the alarm
	// was raised, {title} and {path} for those of the tag.
	Message spec.Text `json:"message,omitempty"`
	// Limit is in the unit of the tag.
	Limit *float64 `json:"limit,omitempty"`
	// Setpoint is an expression for what a deviation is measured from.
	Setpoint string `json:"setpoint,omitempty"`
	// Value is the one that equals waits for.
	Value json.RawMessage `json:"value,omitempty"`
	// When is the condition of an expression alarm, which gives a bool.
	When string `json:"when,omitempty"`
	// Deadband is how far the value must come back behind the limit before the alarm returns.
	Deadband *Band `json:"deadband,omitempty"`
	// OnDelay is how long the condition must hold before the alarm is raised, OffDelay how long it must not hold before it
	// returns: "5s".
	OnDelay  string `json:"onDelay,omitempty"`
	OffDelay string `json:"offDelay,omitempty"`
	// Latch keeps the alarm after its condition has gone, until somebody resets it.
	Latch bool `json:"latch,omitempty"`
	// Acknowledge says what an operator must do: required (default), comment (acknowledge and say why), or none.
	Acknowledge string `json:"acknowledge,omitempty" enum:"required,comment,none"`
	// Cause, Consequence and Action tell the operator why it may be, what follows when nobody acts, and what to do.
	Cause       spec.Text `json:"cause,omitempty"`
	Consequence spec.Text `json:"consequence,omitempty"`
	Action      spec.Text `json:"action,omitempty"`
	// SuppressWhen is an expression; while it is true the alarm is suppressed by design.
	SuppressWhen string `json:"suppressWhen,omitempty"`
	// Disabled keeps the alarm in the document without watching for it.
	Disabled bool `json:"disabled,omitempty"`
}

// Band is absolute, in the unit of the tag, or in per cent of the span of its range.
type Band struct {
	Absolute float64 `json:"absolute,omitempty"`
	Percent  float64 `json:"percent,omitempty"`
}

// The kinds of alarm.
const (
	HighHigh   = "high-high"
	High       = "high"
	Low        = "low"
	LowLow     = "low-low"
	Deviation  = "deviation"
	On         = "on"
	Off        = "off"
	Equals     = "equals"
	Change     = "change"
	NoChange   = "no-change"
	Bad        = "bad"
	Expression = "expression"
)

// Kinds are all kinds, in the order in which they are offered.
var Kinds = []string{HighHigh, High, Low, LowLow, Deviation, On, Off, Equals, Change, NoChange, Bad, Expression}

// Priorities are all priorities, the most urgent first.
var Priorities = []string{"urgent", "high", "medium", "low"}

// Rank is 0 for the most urgent priority, and up.
func Rank(priority string) int {
	for i, p := range Priorities {
		if p == priority {
			return i
		}
	}
	return len(Priorities)
}

// What an operator must do about an alarm.
const (
	AckRequired = "required"
	AckComment  = "comment"
	AckNone     = "none"
)

// Life is what of the declaration decides over the states.
func (a *Alarm) Life() Life { return Life{Latch: a.Latch, Silent: a.Acknowledge == AckNone} }

// KindTitle names a kind for people.
func KindTitle(kind string) spec.Text { return kindTitles[kind] }

var kindTitles = map[string]spec.Text{
	HighHigh:   {"en": "Very high", "zh": "高高限"},
	High:       {"en": "High", "zh": "高限"},
	Low:        {"en": "Low", "zh": "低限"},
	LowLow:     {"en": "Very low", "zh": "低低限"},
	Deviation:  {"en": "Deviation", "zh": "偏差"},
	On:         {"en": "On", "zh": "为真"},
	Off:        {"en": "Off", "zh": "为假"},
	Equals:     {"en": "State", "zh": "状态"},
	Change:     {"en": "Changed", "zh": "变化"},
	NoChange:   {"en": "No change", "zh": "无变化"},
	Bad:        {"en": "Bad value", "zh": "数值无效"},
	Expression: {"en": "Condition", "zh": "条件"},
}

// DefaultMessage is the message of an alarm that has none, with its holes.
func (a *Alarm) DefaultMessage() spec.Text {
	switch a.Kind {
	case HighHigh, High:
		return spec.Text{"en": "{value} {unit} is above {limit} {unit}", "zh": "{value} {unit} 高于 {limit} {unit}"}
	case Low, LowLow:
		return spec.Text{"en": "{value} {unit} is below {limit} {unit}", "zh": "{value} {unit} 低于 {limit} {unit}"}
	case Deviation:
		return spec.Text{"en": "{value} {unit} is more than {limit} {unit} away from {setpoint} {unit}", "zh": "{value} {unit} 偏离 {setpoint} {unit} 超过 {limit} {unit}"}
	case Equals, Change:
		return spec.Text{"en": "The value is {value}", "zh": "当前值为 {value}"}
	case NoChange:
		return spec.Text{"en": "{value} {unit} has not changed for " + a.OnDelay, "zh": "{value} {unit} 已有 " + a.OnDelay + " 未变化"}
	case Bad:
		return spec.Text{"en": "There is no usable value", "zh": "没有可用的数值"}
	}
	return KindTitle(a.Kind)
}
