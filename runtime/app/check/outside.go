package check

import "github.com/lineside/lineside/runtime/spec"

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
		run: func(s *screen, tell tell) {
			out := make(map[*widget]bool)
			for _, w := range s.shown {
				const slack = 0.5
				x, y := w.left < -slack || w.left+w.Width > float64(s.Width)+slack, w.top < -slack || w.top+w.Height > float64(s.Height)+slack
				if !x && !y {
					continue
				}
				out[w] = true
				switch {
				case w.parent != nil && out[w.parent]: // told of its group
				case x:
					tell(w, "/x", w.called())
				default:
					tell(w, "/y", w.called())
				}
			}
		},
	})
}
