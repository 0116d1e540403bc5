// Package alarm knows what an alarm is (ISA-18.2, IEC 62682): how it is declared, when its condition holds,
// what its delays do, and which states it goes through. It is all pure: time comes in from outside.
package alarm

import (
	"encoding/json"
	"time"

	"github.com/lineside/lineside/runtime/spec"
)

// Alarm is the declaration of one alarm of a tag or property.
type Alarm struct {
	// Kind says what the alarm looks at: high-high, high, low and low-low compare the value with Limit, outside and inside with
	// Lower and Limit, deviation its distance from Setpoint; rate how fast it changes, cusum whether it drifts away from Setpoint
	// (Page's cumulative sum, Biometrika 41, 1954); on and off want a bool to be true or false, equals the value to be Value; change
	// is raised by every change and returns at once, no-change when the value stays the same for OnDelay, no-update when there is no
	// sample for OnDelay; count is for something that happens too often within Window, duration for something that is so for too
	// long within Window, all in all; bad wants a bad quality; expression wants When to be true.
	Kind string `json:"kind" enum:"high-high,high,low,low-low,outside,inside,deviation,rate,cusum,on,off,equals,change,no-change,no-update,count,duration,bad,expression"`
	// Class is the id of its class, from which it has what it does not say itself.
	Class string `json:"class,omitempty"`
	// Priority says how soon somebody must act; that of the class when left out, which must have one then.
	Priority string `json:"priority,omitempty" enum:"urgent,high,medium,low"`
	// Title names the alarm; its kind when left out.
	Title spec.Text `json:"title,omitempty"`
	// Message is what the operator reads. {value}, {limit}, {lower}, {setpoint} and {unit} stand for what they were when the alarm
	// was raised, {title} and {path} for those of the tag.
	Message spec.Text `json:"message,omitempty"`
	// Limit is in the unit of the tag; of a rate in that unit per Per, of a count how often is too often. Lower is the lower
	// limit of outside and inside.
	Limit *float64 `json:"limit,omitempty"`
	Lower *float64 `json:"lower,omitempty"`
	// LimitFrom and LowerFrom are expressions that give the limit instead: tag("./maximum").
	LimitFrom string `json:"limitFrom,omitempty"`
	LowerFrom string `json:"lowerFrom,omitempty"`
	// Tune lets those who may tune change the limits while the plant runs, within bounds.
	Tune *Tune `json:"tune,omitempty"`
	// Setpoint is an expression for what a deviation is measured from, and the target of a cusum.
	Setpoint string `json:"setpoint,omitempty"`
	// Per is the unit of time of a rate; Window the time over which it is measured, one such unit when left out. Of a count and
	// a duration it is the time that is looked back at.
	Per    string `json:"per,omitempty" enum:"s,min,h"`
	Window string `json:"window,omitempty"`
	// Direction says which way a rate, a deviation or a cusum must go: up, down, or both (default).
	Direction string `json:"direction,omitempty" enum:"up,down,both"`
	// Slack is how far from the target a cusum lets the value be without adding it up; Every is how often it adds up.
	Slack *float64 `json:"slack,omitempty"`
	Every string   `json:"every,omitempty"`
	// Total is how long, all in all, is too long for a duration.
	Total string `json:"total,omitempty"`
	// Clock says by whose clock no-update counts: server (default), any sample that comes, or source, only one that the device has
	// stamped later.
	Clock string `json:"clock,omitempty" enum:"server,source"`
	// Value is the one that equals waits for.
	Value json.RawMessage `json:"value,omitempty"`
	// When is the condition of an expression alarm, which gives a bool; what a count counts (each time that it becomes true)
	// and how long a duration is.
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
	// SuppressedBy are keys of other alarms, <path>#<id>: while the condition of one of them holds, this one is suppressed. "#id"
	// is one of the same tag, "./pressure#low" one of the same asset or level.
	SuppressedBy []string `json:"suppressedBy,omitempty"`
	// Group names alarms of which the one that is raised first is marked as the first-out; "./trip" is a group of the same
	// asset or level.
	Group string `json:"group,omitempty"`
	// Schedule says when the alarm is watched for, in the time zone of the plant; always when left out.
	Schedule []Period `json:"schedule,omitempty"`
	// Writes are carried out by the runtime itself when something becomes of the alarm.
	Writes []Reaction `json:"writes,omitempty"`
	// Disabled keeps the alarm in the document without watching for it.
	Disabled bool `json:"disabled,omitempty"`
}

// Tune are the bounds within which limits may be tuned; without one there is none.
type Tune struct {
	Low  *float64 `json:"low,omitempty"`
	High *float64 `json:"high,omitempty"`
}

// Reaction is a value that is written to a tag when something becomes of an alarm.
type Reaction struct {
	// On is what: raise, return, acknowledge or shelve.
	On string `json:"on" enum:"raise,return,acknowledge,shelve"`
	// Tag is its path; "./horn" begins at the asset, or at the level of the tag.
	Tag   string          `json:"tag"`
	Value json.RawMessage `json:"value"`
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
	Outside    = "outside"
	Inside     = "inside"
	Deviation  = "deviation"
	Rate       = "rate"
	Cusum      = "cusum"
	On         = "on"
	Off        = "off"
	Equals     = "equals"
	Change     = "change"
	NoChange   = "no-change"
	NoUpdate   = "no-update"
	Count      = "count"
	Duration   = "duration"
	Bad        = "bad"
	Expression = "expression"
)

// Kinds are all kinds, in the order in which they are offered.
var Kinds = []string{HighHigh, High, Low, LowLow, Outside, Inside, Deviation, Rate, Cusum, On, Off, Equals, Change, NoChange, NoUpdate, Count, Duration, Bad, Expression}

// Limited reports whether alarms of a kind compare a number in the unit of the tag with a limit, or one that comes of it.
func Limited(kind string) bool {
	switch kind {
	case HighHigh, High, Low, LowLow, Outside, Inside, Deviation, Rate, Cusum:
		return true
	}
	return false
}

// Ranged reports whether alarms of a kind have a lower limit beside the upper one.
func Ranged(kind string) bool { return kind == Outside || kind == Inside }

// Windowed reports whether alarms of a kind remember more than the last sample.
func Windowed(kind string) bool {
	return kind == Rate || kind == Cusum || kind == Count || kind == Duration
}

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
	Outside:    {"en": "Out of range", "zh": "超出范围"},
	Inside:     {"en": "Within a range", "zh": "落入范围"},
	Deviation:  {"en": "Deviation", "zh": "偏差"},
	Rate:       {"en": "Rate of change", "zh": "变化率"},
	Cusum:      {"en": "Drift", "zh": "漂移"},
	On:         {"en": "On", "zh": "为真"},
	Off:        {"en": "Off", "zh": "为假"},
	Equals:     {"en": "State", "zh": "状态"},
	Change:     {"en": "Changed", "zh": "变化"},
	NoChange:   {"en": "No change", "zh": "无变化"},
	NoUpdate:   {"en": "No update", "zh": "无更新"},
	Count:      {"en": "Too often", "zh": "过于频繁"},
	Duration:   {"en": "Too long", "zh": "时间过长"},
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
	case Outside:
		return spec.Text{"en": "{value} {unit} is not between {lower} and {limit} {unit}", "zh": "{value} {unit} 不在 {lower} 与 {limit} {unit} 之间"}
	case Inside:
		return spec.Text{"en": "{value} {unit} is between {lower} and {limit} {unit}", "zh": "{value} {unit} 在 {lower} 与 {limit} {unit} 之间"}
	case Rate:
		return spec.Text{"en": "{value} {unit}: it changes by more than {limit} {unit} per " + a.per(), "zh": "{value} {unit}：每" + perZh[a.per()] + "变化超过 {limit} {unit}"}
	case Cusum:
		return spec.Text{"en": "{value} {unit} has drifted away from {setpoint} {unit}", "zh": "{value} {unit} 已持续偏离 {setpoint} {unit}"}
	case NoUpdate:
		return spec.Text{"en": "There has been no new value for " + a.OnDelay, "zh": "已有 " + a.OnDelay + " 没有新数值"}
	case Count:
		return spec.Text{"en": "It has happened {limit} times or more within " + a.Window, "zh": a.Window + " 内已发生 {limit} 次或更多"}
	case Duration:
		return spec.Text{"en": "It was so for more than " + a.Total + " within " + a.Window, "zh": a.Window + " 内累计超过 " + a.Total}
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

// per is the unit of time of a rate.
func (a *Alarm) per() string {
	if a.Per == "" {
		return "min"
	}
	return a.Per
}

var perZh = map[string]string{"s": "秒", "min": "分钟", "h": "小时"}

// perTime is how long a unit of time of a rate is.
var perTime = map[string]time.Duration{"s": time.Second, "min": time.Minute, "h": time.Hour}
