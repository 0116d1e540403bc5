package alarm

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of declarations.
const (
	MaxAlarms  = 32 // of one tag
	MaxDelay   = 7 * 24 * time.Hour
	MaxExpr    = 4096 // bytes
	MaxText    = 4000 // bytes
	MaxWindow  = 31 * 24 * time.Hour
	MinEvery   = 100 * time.Millisecond
	MaxCount   = 1000 // that a count waits for
	MaxParents = 20   // that suppress an alarm
	MaxWrites  = 20   // of an alarm
)

// ID reports whether s may be the id of an alarm: 1 to 64 letters, digits, "_" and "-" of ASCII.
func ID(s string) bool {
	return s != "" && len(s) <= 64 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-')
	})
}

// Check tells what is wrong with an alarm of a tag of a type (None when that is not known), with places below the alarm. ranged
// says that the tag has a range.
func (a *Alarm) Check(typ tag.Type, ranged bool) spec.Problems {
	var ps spec.Problems
	if !slices.Contains(Kinds, a.Kind) {
		ps = append(ps, spec.OneOf("value_choice", "/kind", fmt.Sprintf("%q is not one of the choices.", clip(a.Kind)), a.Kind, Kinds))
	}
	switch {
	case a.Class != "" && !ID(a.Class):
		ps.Add("id_form", "/class", "Name an alarm class of the plant.", "%q cannot be the id of an alarm class.", clip(a.Class))
	case a.Priority == "" && a.Class == "":
		ps = append(ps, spec.OneOf("value_choice", "/priority", fmt.Sprintf("%q is not one of the choices.", ""), "", Priorities))
	}
	choice(&ps, "/priority", a.Priority, Priorities)
	choice(&ps, "/acknowledge", a.Acknowledge, Acknowledges)
	a.checkKind(typ, ranged, &ps)
	checkText(&ps, "/title", a.Title)
	checkText(&ps, "/message", a.Message)
	checkText(&ps, "/cause", a.Cause)
	checkText(&ps, "/consequence", a.Consequence)
	checkText(&ps, "/action", a.Action)
	checkDuration(&ps, "/onDelay", a.OnDelay, 0, MaxDelay)
	checkDuration(&ps, "/offDelay", a.OffDelay, 0, MaxDelay)
	a.checkSchedule(&ps)
	a.checkWrites(&ps)
	if len(a.SuppressedBy) > MaxParents {
		ps.Add("too_many", "/suppressedBy", "Name fewer.", "There are %d alarms, more than %d.", len(a.SuppressedBy), MaxParents)
	}
	if len(a.Group) > 200 || a.Group != strings.TrimSpace(a.Group) {
		ps.Add("value_format", "/group", "Write a short name.", "%q cannot be the name of a group.", clip(a.Group))
	}
	for _, x := range [...]struct{ at, s string }{{"/when", a.When}, {"/setpoint", a.Setpoint}, {"/suppressWhen", a.SuppressWhen}, {"/limitFrom", a.LimitFrom}, {"/lowerFrom", a.LowerFrom}} {
		if len(x.s) > MaxExpr {
			ps.Add("expression_too_long", x.at, "Split it into computed tags.", "The expression has %d bytes, more than %d.", len(x.s), MaxExpr)
		}
	}
	return ps
}

func (a *Alarm) checkKind(typ tag.Type, ranged bool, ps *spec.Problems) {
	number, boolean := typ == tag.None || typ.IsNumber(), typ == tag.None || typ == tag.Bool
	limited := Limited(a.Kind)
	if limited && !number {
		ps.Add("alarm_type", "/kind", "Choose another kind, or make the tag a number.", "An alarm of kind %s is for numbers.", a.Kind)
	}
	if limited || a.Kind == Count {
		a.checkLimit("/limit", a.Limit, a.LimitFrom, ps)
	}
	if Ranged(a.Kind) {
		a.checkLimit("/lower", a.Lower, a.LowerFrom, ps)
		if a.Limit != nil && a.Lower != nil && *a.Lower >= *a.Limit {
			ps.Add("value_range", "/lower", "Make it less than the upper one.", "The lower limit %g is not below %g.", *a.Lower, *a.Limit)
		}
	}
	switch a.Kind {
	case On, Off:
		if !boolean {
			ps.Add("alarm_type", "/kind", "Choose another kind, or make the tag a bool.", "An alarm of kind %s is for a bool.", a.Kind)
		}
	case Equals:
		if len(a.Value) == 0 {
			ps.Add("value_missing", "/value", "Give the value.", "The alarm does not say which value it waits for.")
		} else if v, err := tag.Parse(a.Value, typ); typ != tag.None && (err != nil || v.IsNone()) {
			ps.Add("value_type", "/value", "Write a value of the type of the tag.", "The value is not of type %s.", typ)
		}
	case NoChange, NoUpdate:
		if d, err := time.ParseDuration(a.OnDelay); err != nil || d <= 0 {
			ps.Add("value_missing", "/onDelay", `Say for how long: "10m"`, "The alarm does not say for how long the value must stay the same.")
		}
	case Expression:
		if strings.TrimSpace(a.When) == "" {
			ps.Add("value_missing", "/when", `Write a condition: value > 80 && tag("./running")`, "The alarm has no condition.")
		}
	case Deviation:
		if strings.TrimSpace(a.Setpoint) == "" {
			ps.Add("value_missing", "/setpoint", `Write what it is measured from: tag("./setpoint")`, "The alarm has no setpoint.")
		}
	case Cusum:
		if strings.TrimSpace(a.Setpoint) == "" {
			ps.Add("value_missing", "/setpoint", `Write the target: 50, or tag("./setpoint")`, "The alarm has no target.")
		}
		if a.Slack != nil && !(*a.Slack >= 0 && !math.IsInf(*a.Slack, 0)) {
			ps.Add("value_range", "/slack", "0 or more.", "%g is out of range.", *a.Slack)
		}
		checkDuration(ps, "/every", a.Every, MinEvery, MaxWindow)
	case Count, Duration:
		if a.Window == "" {
			ps.Add("value_missing", "/window", `Say within which time: "1h"`, "The alarm does not say within which time.")
		}
		if a.Kind == Duration {
			if a.Total == "" {
				ps.Add("value_missing", "/total", `Say how long is too long: "10m"`, "The alarm does not say how long is too long.")
			} else if t, err := time.ParseDuration(a.Total); err == nil {
				if w, err := time.ParseDuration(a.Window); err == nil && t >= w {
					ps.Add("value_range", "/total", "Make it shorter than the time that is looked back at.", "%s is out of range.", t)
				}
			}
			checkDuration(ps, "/total", a.Total, 0, MaxWindow)
			if !boolean && strings.TrimSpace(a.When) == "" {
				ps.Add("value_missing", "/when", `Write a condition: value > 80`, "The alarm has no condition.")
			}
		} else if a.Limit != nil && (*a.Limit != math.Trunc(*a.Limit) || *a.Limit < 1 || *a.Limit > MaxCount) {
			ps.Add("value_range", "/limit", fmt.Sprintf("A whole number, 1 to %d.", MaxCount), "%g is out of range.", *a.Limit)
		}
	}
	checkDuration(ps, "/window", a.Window, MinEvery, MaxWindow)
	choice(ps, "/per", a.Per, []string{"s", "min", "h"})
	choice(ps, "/direction", a.Direction, []string{"up", "down", "both"})
	choice(ps, "/clock", a.Clock, []string{"server", "source"})
	if d := a.Deadband; d != nil {
		switch {
		case !limited:
			ps.Add("value_type", "/deadband", "Remove it.", "A deadband is for alarms with a limit.")
		case !(d.Absolute >= 0) || math.IsInf(d.Absolute, 0):
			ps.Add("value_range", "/deadband/absolute", "0 or more.", "%g is out of range.", d.Absolute)
		case !(d.Percent >= 0 && d.Percent <= 100):
			ps.Add("value_range", "/deadband/percent", "0 to 100.", "%g is out of range.", d.Percent)
		case d.Percent > 0 && !ranged:
			ps.Add("value_missing", "/deadband/percent", "Give the tag a range, or use absolute.", "A deadband in per cent needs a range.")
		}
	}
	if t := a.Tune; t != nil {
		switch {
		case !limited && a.Kind != Count:
			ps.Add("value_type", "/tune", "Remove it.", "Only alarms with a limit can be tuned.")
		case t.Low != nil && t.High != nil && !(*t.Low < *t.High):
			ps.Add("value_range", "/tune", "Make low less than high.", "The range %g to %g is empty.", *t.Low, *t.High)
		}
	}
	if a.Kind == Change && (a.OnDelay != "" || a.OffDelay != "") {
		ps.Add("value_type", "/onDelay", "Remove the delays.", "A change has no duration that could be waited for.")
	}
}

// checkLimit checks a limit that is a number or comes from an expression.
func (a *Alarm) checkLimit(at string, limit *float64, from string, ps *spec.Problems) {
	switch {
	case limit == nil && strings.TrimSpace(from) == "":
		ps.Add("value_missing", at, "Give the limit.", "The alarm has no limit.")
	case limit != nil && from != "":
		ps.Add("value_double", at+"From", "Keep one of them.", "The limit is a number or comes from an expression, not both.")
	case limit == nil:
	case math.IsNaN(*limit) || math.IsInf(*limit, 0) || (a.Kind == Deviation || a.Kind == Cusum) && *limit < 0:
		ps.Add("value_range", at, "Write a number; for a deviation not below 0.", "%g is out of range.", *limit)
	}
}

// Occasions are what of an alarm may write a value.
var Occasions = []string{"raise", "return", "acknowledge", "shelve"}

func (a *Alarm) checkWrites(ps *spec.Problems) {
	if len(a.Writes) > MaxWrites {
		ps.Add("too_many", "/writes", "Name fewer.", "There are %d writes, more than %d.", len(a.Writes), MaxWrites)
		return
	}
	for i, w := range a.Writes {
		at := fmt.Sprintf("/writes/%d", i)
		if !slices.Contains(Occasions, w.On) {
			*ps = append(*ps, spec.OneOf("value_choice", at+"/on", fmt.Sprintf("%q is not one of the choices.", clip(w.On)), w.On, Occasions))
		}
		if strings.TrimSpace(w.Tag) == "" {
			ps.Add("value_missing", at+"/tag", "Choose a tag.", "The tag is missing.")
		}
		if len(w.Value) == 0 {
			ps.Add("value_missing", at+"/value", "Give the value.", "The value is missing.")
		}
	}
}

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return s
}
