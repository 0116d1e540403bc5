package check

import (
	"strings"

	"github.com/lineside/lineside/runtime/spec"
)

func init() {
	register(&Rule{
		Code:  "states_alike",
		Title: spec.Text{"en": "States with the same text", "zh": "状态文字相同"},
		Why: spec.Text{
			"en": "When on and off bear the same words, only brightness and colour tell them apart, which not everybody sees (WCAG 2.2, 1.4.1).",
			"zh": "开和关的文字相同时，只能靠亮度和颜色区分，并非人人都能看清（WCAG 2.2，1.4.1）。",
		},
		Message: "%q says %q whether it is on or off.",
		Hint:    "Give the two states different texts.",
		Chinese: Chinese{"{1} 在开和关时都显示 {2}。", "请为两种状态设置不同的文字。"},
		Fix:     spec.Text{"en": "Take the words of the widget type", "zh": "采用该类控件自带的文字"},
		run: func(s *screen, tell tell) {
			for _, w := range s.shown {
				on, off := strings.TrimSpace(text(w.Props["onText"])), strings.TrimSpace(text(w.Props["offText"]))
				if on != "" && strings.EqualFold(on, off) && w.setting("onText") != nil && w.setting("offText") != nil {
					tell(w, "/props/onText", w.called(), on).Fix = &spec.Fix{
						Title: spec.Text{"en": "Take the words of the widget type", "zh": "采用该类控件自带的文字"},
						Patch: []spec.PatchOp{spec.Remove(w.prop("onText")), spec.Remove(w.prop("offText"))},
					}
				}
			}
		},
	})
}
