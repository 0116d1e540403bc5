package check

import "github.com/lineside/lineside/runtime/spec"

// leastTarget is WCAG 2.2, 2.5.5, in pixels of the screen.
const leastTarget = 44

func init() {
	register(&Rule{
		Code:  "target_small",
		Title: spec.Text{"en": "Target too small to touch", "zh": "触摸目标太小"},
		Why: spec.Text{
			"en": "What is smaller than 44 × 44 pixels is missed by a finger, and more so in gloves (WCAG 2.2, 2.5.5).",
			"zh": "小于 44 × 44 像素的目标手指难以点中，戴手套时更是如此（WCAG 2.2，2.5.5）。",
		},
		Message: "%q is %g × %g pixels, too small to touch.",
		Hint:    "Make it at least 44 × 44 pixels.",
		Chinese: Chinese{"{1} 为 {2} × {3} 像素，太小，难以触摸。", "请至少设为 44 × 44 像素。"},
		run: func(s *screen, tell tell) {
			for _, w := range s.shown {
				switch {
				case !w.operable:
				case w.Width < leastTarget:
					tell(w, "/w", w.called(), w.Width, w.Height)
				case w.Height < leastTarget:
					tell(w, "/h", w.called(), w.Width, w.Height)
				}
			}
		},
	})
}
