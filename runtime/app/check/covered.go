package check

import (
	"cmp"
	"slices"

	"github.com/lineside/lineside/runtime/spec"
)

func init() {
	register(&Rule{
		Code:  "control_covered",
		Title: spec.Text{"en": "Control under another widget", "zh": "操作控件被遮挡"},
		Why: spec.Text{
			"en": "Where widgets overlap, a touch goes to the upper one, which may not be what the operator meant.",
			"zh": "控件重叠时，触摸作用于上层控件，可能不是操作员的本意。",
		},
		Message: "%q lies partly under %q.",
		Hint:    "Move them apart.",
		Chinese: Chinese{"{1} 部分位于 {2} 之下。", "请将两者分开。"},
		run: func(s *screen, tell tell) {
			if !slices.ContainsFunc(s.shown, func(w *widget) bool { return w.operable }) {
				return
			}
			var boxes []*widget
			for _, w := range s.shown {
				if !w.Group || w.given("fill") { // a group without fill shows what is below
					boxes = append(boxes, w)
				}
			}
			slices.SortFunc(boxes, func(a, b *widget) int {
				return cmp.Or(cmp.Compare(a.left, b.left), cmp.Compare(a.rank, b.rank))
			})
			upper := make(map[*widget]*widget) // control → the lowest of those that cover it
			for i, a := range boxes {
				for _, b := range boxes[i+1:] {
					if b.left >= a.left+a.Width-1 {
						break
					}
					if !a.operable && !b.operable || b.top >= a.top+a.Height-1 || a.top >= b.top+b.Height-1 || a.left+1 >= b.left+b.Width {
						continue
					}
					low, high := a, b
					if high.rank < low.rank {
						low, high = high, low
					}
					if before := upper[low]; low.operable && !inside(high, low) && (before == nil || high.rank < before.rank) {
						upper[low] = high
					}
				}
			}
			for _, w := range s.shown {
				if u := upper[w]; u != nil {
					tell(w, "", w.called(), u.called())
				}
			}
		},
	})
}

// inside reports whether a widget is in a group or one of its groups.
func inside(w, group *widget) bool {
	for p := w.parent; p != nil; p = p.parent {
		if p == group {
			return true
		}
	}
	return false
}
