package check

import (
	"math"

	"github.com/lineside/lineside/runtime/spec"
)

func init() {
	register(&Rule{
		Code:  "widget_outside",
		Title: spec.Text{"en": "Widget beyond the edge", "zh": "控件超出画面"},
		Why: spec.Text{
			"en": "What reaches beyond the edge of the screen is cut off for the operator.",
			"zh": "超出画面边缘的部分操作员看不到。",
		},
		Message: "%q reaches beyond the edge of the screen.",
		Hint:    "Move it onto the screen, or make the screen larger.",
		Chinese: Chinese{"{1} 超出画面边缘。", "请将其移到画面内，或加大画面。"},
		Fix:     spec.Text{"en": "Move it onto the screen", "zh": "移到画面内"},
		run: func(s *screen, tell tell) {
			out := make(map[*widget]bool)
			for _, w := range s.shown {
				const slack = 0.5
				x, y := w.left < -slack || w.left+w.width > float64(s.Width)+slack, w.top < -slack || w.top+w.height > float64(s.Height)+slack
				if !x && !y || w.flows {
					continue
				}
				out[w] = true
				switch {
				case w.parent != nil && out[w.parent]: // told of its group
				case x:
					tell(w, "/x", w.called()).Fix = s.moveIn(w)
				default:
					tell(w, "/y", w.called()).Fix = s.moveIn(w)
				}
			}
		},
	})
}

// moveIn moves a widget by as little as puts it onto the screen; nil when it is larger than that, or
// in a group that is turned.
func (s *screen) moveIn(w *widget) *spec.Fix {
	if w.width > float64(s.Width) || w.height > float64(s.Height) || !w.level() {
		return nil
	}
	fix := &spec.Fix{Title: spec.Text{"en": "Move it onto the screen", "zh": "移到画面内"}}
	side := func(pos string, own, place, size, edge float64) {
		if by := math.Max(0, math.Min(place, edge-size)) - place; by != 0 {
			fix.Patch = append(fix.Patch, spec.Replace(w.at+pos, math.Round((own+by)*1000)/1000))
		}
	}
	side("/x", w.X, w.left, w.width, float64(s.Width))
	side("/y", w.Y, w.top, w.height, float64(s.Height))
	return fix
}
