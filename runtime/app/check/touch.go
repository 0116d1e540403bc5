package check

import (
	"fmt"
	"math"

	"github.com/lineside/lineside/runtime/spec"
)

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
		Fix:     spec.Text{"en": "Make it 44 pixels wide and high at least", "zh": "将宽高至少设为 44 像素"},
		run: func(s *screen, tell tell) {
			for _, w := range s.shown {
				switch {
				case !w.operable || w.flows: // a page gives it its size
				case w.Width < leastTarget:
					tell(w, "/w", w.called(), w.Width, w.Height).Fix = s.grow(w)
				case w.Height < leastTarget:
					tell(w, "/h", w.called(), w.Width, w.Height).Fix = s.grow(w)
				}
			}
		},
	})
}

// grow makes a widget large enough, and moves it where that would put it over the edge.
func (s *screen) grow(w *widget) *spec.Fix {
	width, height := math.Max(w.Width, leastTarget), math.Max(w.Height, leastTarget)
	fix := &spec.Fix{Title: spec.Text{"en": fmt.Sprintf("Make it %g × %g pixels", width, height), "zh": fmt.Sprintf("设为 %g × %g 像素", width, height)}}
	side := func(size, pos string, old, new, place, edge, own float64) {
		if new == old {
			return
		}
		fix.Patch = append(fix.Patch, spec.Replace(w.at+size, new))
		if over := place + new - edge; over > 0 && place >= over && w.Rotate == 0 && w.level() {
			fix.Patch = append(fix.Patch, spec.Replace(w.at+pos, own-over))
		}
	}
	side("/w", "/x", w.Width, width, w.x, float64(s.Width), w.X)
	side("/h", "/y", w.Height, height, w.y, float64(s.Height), w.Y)
	return fix
}
