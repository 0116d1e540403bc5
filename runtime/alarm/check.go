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
	MaxAlarms = 32 // of one tag
	MaxDelay  = 7 * 24 * time.Hour
	MaxExpr   = 4096 // bytes
	MaxText   = 4000 // bytes
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
	for _, x := range [...]struct{ at, s string }{{"/when", a.When}, {"/setpoint", a.Setpoint}, {"/suppressWhen", a.SuppressWhen}} {
		if len(x.s) > MaxExpr {
			ps.Add("expression_too_long", x.at, "Split it into computed tags.", "The expression has %d bytes, more than %d.", len(x.s), MaxExpr)
		}
	}
	return ps
}

func (a *Alarm) checkKind(typ tag.Type, ranged bool, ps *spec.Problems) {
	number, boolean := typ == tag.None || typ.IsNumber(), typ == tag.None || typ == tag.Bool
	limited := false
	switch a.Kind {
	case HighHigh, High, Low, LowLow, Deviation:
		limited = true
		if !number {
			ps.Add("alarm_type", "/kind", "Choose another kind, or make the tag a number.", "An alarm of kind %s is for numbers.", a.Kind)
		}
		switch {
		case a.Limit == nil:
			ps.Add("value_missing", "/limit", "Give the limit.", "The alarm has no limit.")
		case math.IsNaN(*a.Limit) || math.IsInf(*a.Limit, 0) || a.Kind == Deviation && *a.Limit < 0:
			ps.Add("value_range", "/limit", "Write a number; for a deviation not below 0.", "%g is out of range.", *a.Limit)
		}
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
	case NoChange:
		if d, err := time.ParseDuration(a.OnDelay); err != nil || d <= 0 {
			ps.Add("value_missing", "/onDelay", `Say for how long: "10m"`, "The alarm does not say for how long the value must stay the same.")
		}
	case Expression:
		if strings.TrimSpace(a.When) == "" {
			ps.Add("value_missing", "/when", `Write a condition: value > 80 && tag("./running")`, "The alarm has no condition.")
		}
	}
	if a.Kind == Deviation && strings.TrimSpace(a.Setpoint) == "" {
		ps.Add("value_missing", "/setpoint", `Write what it is measured from: tag("./setpoint")`, "The alarm has no setpoint.")
	}
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
	if a.Kind == Change && (a.OnDelay != "" || a.OffDelay != "") {
		ps.Add("value_type", "/onDelay", "Remove the delays.", "A change has no duration that could be waited for.")
	}
}

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return s
}
