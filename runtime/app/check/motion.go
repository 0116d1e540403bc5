package check

import (
	"encoding/json"
	"fmt"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
)

func init() {
	register(&Rule{
		Code:  "motion_normal",
		Title: spec.Text{"en": "Motion in a normal state", "zh": "正常状态下的动态效果"},
		Why: spec.Text{
			"en": "What moves or blinks draws the eye before everything else. In a normal state nothing does, and a value never blinks, because it cannot be read then (ISA-101.01; EEMUA 201).",
			"zh": "移动或闪烁的内容最先吸引注意力。正常状态下不应有任何动态效果；数值绝不应闪烁，否则无法读取（ISA-101.01、EEMUA 201）。",
		},
		Message: "%q blinks or moves in a normal state.",
		Hint:    "Let it blink in abnormal states only, and beside the value.",
		Chinese: Chinese{"{1} 在正常状态下闪烁或移动。", "请仅在异常状态下、在数值旁边闪烁。"},
		Fix:     spec.Text{"en": "Stop the motion", "zh": "停止动态效果"},
		run: func(s *screen, tell tell) {
			for _, w := range s.shown {
				for i := range w.Animate {
					a := &w.Animate[i]
					at := fmt.Sprintf("/animate/%d", i)
					switch {
					case a.What != "blink":
					case a.Part == "" && w.value != nil && w.Category == "values":
						// The value itself goes on and off.
						tell(w, at, w.called()).Fix = w.without(i)
					case yes(a.Else):
						tell(w, at+"/else", w.called()).Fix = &spec.Fix{Title: stop, Patch: []spec.PatchOp{spec.Remove(w.at + at + "/else")}}
					case s.always(a):
						tell(w, at, w.called()).Fix = w.without(i)
					}
				}
				// A flow that hangs on no value says nothing.
				if f := w.setting("flow"); f != nil && moves(w.Props["flow"]) {
					tell(w, "/props/flow", w.called()).Fix = &spec.Fix{Title: stop, Patch: []spec.PatchOp{spec.Remove(w.prop("flow"))}}
				}
			}
		},
	})
}

var stop = spec.Text{"en": "Stop the motion", "zh": "停止动态效果"}

// without is the fix that takes an animation out.
func (w *widget) without(i int) *spec.Fix {
	at := fmt.Sprintf("%s/animate/%d", w.at, i)
	if len(w.Animate) == 1 {
		at = w.at + "/animate"
	}
	return &spec.Fix{Title: stop, Patch: []spec.PatchOp{spec.Remove(at)}}
}

// always reports whether an animation is on whatever the value is, or hangs on a command: a tag
// that is written is a state that somebody wanted, no alarm.
func (s *screen) always(a *app.Animation) bool {
	if a.By.Expr == "true" {
		return true
	}
	if len(a.Steps) > 0 {
		for i := range a.Steps {
			st := &a.Steps[i]
			if st.From == nil && st.Below == nil && st.Mask == 0 && len(st.Is) == 0 && yes(st.Set) {
				return true
			}
		}
		return false
	}
	b := s.known(a.By)
	return b != nil && b.Confirm != ""
}

func yes(raw json.RawMessage) bool { return string(raw) == "true" }

// moves reports whether a constant makes something flow.
func moves(raw json.RawMessage) bool {
	switch s := string(raw); {
	case len(s) == 0 || isBinding(raw):
		return false
	default:
		return s != "null" && s != "false" && s != "0" && s != `""` && s != `"none"`
	}
}
