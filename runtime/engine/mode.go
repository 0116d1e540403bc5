package engine

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Modes of a write; see action.Manner.
const (
	ModeToggle = action.ModeToggle
	ModePulse  = action.ModePulse
	ModeRamp   = action.ModeRamp
	ModeHold   = action.ModeHold
)

const defaultStep = time.Second

// manner is how a write is carried out, checked.
type manner struct {
	mode string
	hold time.Duration // pulse
	back tag.Value     // pulse
	over time.Duration // ramp
	step time.Duration // ramp
	from float64       // ramp
}

// describe says it for the audit trail.
func (m manner) describe() string {
	switch m.mode {
	case ModePulse:
		return fmt.Sprintf("for %s, then %s", m.hold, m.back)
	case ModeRamp:
		return fmt.Sprintf("from %s over %s", tag.OfFloat(m.from), m.over.Round(time.Millisecond))
	}
	return ""
}

// admitMode checks a write of any mode, and works out the value that is to be written.
func (e *Engine) admitMode(r WriteRequest) (*entry, tag.Value, manner, *spec.Problem) {
	m := manner{mode: r.Mode}
	switch r.Mode {
	case "":
	case ModeToggle:
		if t, ok := e.lookup(r.Path); ok {
			now := e.table.Get(t.slot)
			if now.Quality.IsBad() || t.typ != tag.Bool {
				r.Value = json.RawMessage("true") // the gate says first whether it may be written at all
				if _, _, problem := e.admit(r); problem != nil && (problem.Code == "forbidden" || problem.Code == "writes_blocked" || problem.Code == "safe_mode" || problem.Code == "not_writable") {
					return t, tag.Value{}, m, problem
				}
				return t, tag.Value{}, m, &spec.Problem{Code: "toggle_unknown", Message: fmt.Sprintf("%q cannot be switched over: its present state is not known.", r.Path), Hint: "Wait for the device, or write the value itself."}
			}
			r.Value = tag.OfBool(!now.Value.Bool()).AppendJSON(nil)
		} else {
			r.Value = json.RawMessage("true")
		}
	case ModeHold:
		return e.admitHold(r, m)
	case ModePulse, ModeRamp:
	default:
		return nil, tag.Value{}, m, &spec.Problem{Code: "value_choice", At: "/mode", Message: fmt.Sprintf("%q is not one of the choices.", clipText(r.Mode)), Hint: "Choose toggle, pulse, ramp or hold, or leave it out."}
	}
	t, v, problem := e.admit(r)
	if problem != nil {
		return t, v, m, problem
	}
	switch r.Mode {
	case ModePulse:
		problem = e.admitPulse(t, r, v, &m)
	case ModeRamp:
		problem = e.admitRamp(t, r, v, &m)
	}
	return t, v, m, problem
}

// admitHold lets everybody stop a ramp who may write the tag, and whatever the interlock says.
func (e *Engine) admitHold(r WriteRequest, m manner) (*entry, tag.Value, manner, *spec.Problem) {
	t, ok := e.lookup(r.Path)
	var v tag.Value
	if ok && t.gate != nil {
		v = e.table.Get(t.slot).Value
	}
	r.Value = v.AppendJSON(nil)
	t, _, problem := e.admit(r)
	if problem != nil {
		switch problem.Code {
		case "forbidden", "tag_unknown", "not_writable", "reason_missing":
			return t, tag.Value{}, m, problem
		}
	}
	if t == nil {
		t, _ = e.lookup(r.Path)
	}
	return t, v, m, nil
}

func (e *Engine) admitPulse(t *entry, r WriteRequest, v tag.Value, m *manner) *spec.Problem {
	hold, err := time.ParseDuration(r.Hold)
	if err != nil || hold < action.MinHold || hold > action.MaxHold {
		return &spec.Problem{Code: "value_range", At: "/hold", Message: "A pulse needs the time that it holds.", Hint: fmt.Sprintf("%s to %s.", action.MinHold, action.MaxHold)}
	}
	m.hold = hold
	switch {
	case len(r.Back) > 0 && string(r.Back) != "null":
		if m.back, err = tag.Parse(r.Back, t.typ); err != nil || m.back.IsNone() {
			return &spec.Problem{Code: "value_type", At: "/back", Message: fmt.Sprintf("The value does not fit a tag of type %s.", t.typ), Hint: "Give a value of that type."}
		}
	case t.typ == tag.Bool:
		m.back = tag.OfBool(!v.Bool())
	default:
		now := e.table.Get(t.slot)
		if now.Quality.IsBad() || now.Value.IsNone() {
			return &spec.Problem{Code: "pulse_back_unknown", Message: "The value before is not known, so that it cannot be written back.", Hint: "Wait for the device, or say what is written back."}
		}
		m.back = now.Value
	}
	return t.gate.checkValue(m.back)
}

func (e *Engine) admitRamp(t *entry, r WriteRequest, v tag.Value, m *manner) *spec.Problem {
	if !t.typ.IsNumber() {
		return &spec.Problem{Code: "ramp_type", Message: fmt.Sprintf("A tag of type %s has no way from one value to another.", t.typ), Hint: "Ramp a number, or write the value."}
	}
	now := e.table.Get(t.slot)
	if now.Quality.IsBad() || now.Value.IsNone() || math.IsNaN(now.Value.Float()) || math.IsInf(now.Value.Float(), 0) {
		return &spec.Problem{Code: "ramp_unknown", Message: "The ramp cannot begin: the present value is not known.", Hint: "Wait for the device, or write the value itself."}
	}
	m.from, m.step = now.Value.Float(), defaultStep
	var err error
	if r.Step != "" {
		if m.step, err = time.ParseDuration(r.Step); err != nil || m.step < action.MinStep || m.step > action.MaxStep {
			return &spec.Problem{Code: "value_range", At: "/step", Message: "The time from one step to the next is out of range.", Hint: fmt.Sprintf("%s to %s.", action.MinStep, action.MaxStep)}
		}
	}
	switch {
	case r.Rate != 0 && r.Over != "":
		return &spec.Problem{Code: "value_range", At: "/over", Message: "The ramp has both a rate and a time.", Hint: "Keep one of them."}
	case r.Over != "":
		m.over, err = time.ParseDuration(r.Over)
	case r.Rate > 0 && !math.IsInf(r.Rate, 0):
		seconds := math.Abs(v.Float()-m.from) / r.Rate
		m.over = time.Duration(min(seconds*float64(time.Second), float64(2*action.MaxOver)))
	default:
		return &spec.Problem{Code: "value_missing", At: "/rate", Message: "The ramp has no rate.", Hint: "Give the rate, or the time that it takes."}
	}
	if err != nil || m.over < 0 || m.over > action.MaxOver {
		return &spec.Problem{Code: "value_range", At: "/over", Message: "The ramp takes too long.", Hint: fmt.Sprintf("At most %s.", action.MaxOver)}
	}
	return nil
}

func clipText(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return s
}
