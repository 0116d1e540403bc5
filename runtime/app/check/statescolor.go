package check

import (
	"fmt"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
)

func init() {
	register(&Rule{
		Code:  "states_color",
		Title: spec.Text{"en": "States told by colour only", "zh": "状态仅靠颜色区分"},
		Why: spec.Text{
			"en": "One man in twelve does not tell these colours apart. A shape, a digit or a text must say the same (WCAG 2.2, 1.4.1; ISA-101.01).",
			"zh": "每十二名男性中约有一人无法区分这些颜色。形状、数字或文字也应表达同样的状态（WCAG 2.2，1.4.1；ISA-101.01）。",
		},
		Message: "%q shows %d states by %q alone.",
		Hint:    "Let a text, a value or the visibility of a part change with it.",
		Chinese: Chinese{"{1} 仅用 {3} 表示 {2} 种状态。", "请让文字、数值或某个部件的可见性随之变化。"},
		run: func(s *screen, tell tell) {
			for _, w := range s.shown {
				if len(w.Animate) == 0 || w.speaks() {
					continue
				}
				for i := range w.Animate {
					a := &w.Animate[i]
					if n := outcomes(a); w.isColor(a.What) && n > 1 {
						tell(w, fmt.Sprintf("/animate/%d", i), w.called(), n, a.What)
						break
					}
				}
			}
		},
	})
}

// isColor reports whether an animation of this name sets a colour.
func (w *widget) isColor(what string) bool {
	f := w.setting(what)
	return f != nil && f.Kind == spec.KindColor || f == nil && (what == "fill" || what == "stroke")
}

// outcomes counts the different things that the steps of an animation make.
func outcomes(a *app.Animation) int {
	seen := map[string]bool{}
	for i := range a.Steps {
		seen[string(a.Steps[i].Set)] = true
	}
	if len(a.Steps) > 0 {
		seen[string(a.Else)] = true
	}
	return len(seen)
}

// speaks reports whether something besides colour follows a value: a property that is bound, or
// an animation of something else.
func (w *widget) speaks() bool {
	for i := range w.Animate {
		if what := w.Animate[i].What; !w.isColor(what) && what != "opacity" {
			return true
		}
	}
	for i := range w.Settings {
		f := &w.Settings[i]
		if _, ok := app.ParseBinding(w.Props[f.Name]); ok && f.Kind != spec.KindColor {
			return true
		}
	}
	return false
}
