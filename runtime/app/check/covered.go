package check

import (
	"cmp"
	"fmt"
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
		Fix:     spec.Text{"en": "Bring it to the front", "zh": "置于顶层"},
		run: func(s *screen, tell tell) {
			if !slices.ContainsFunc(s.shown, func(w *widget) bool { return w.operable }) {
				return
			}
			var boxes []*widget
			for _, w := range s.shown {
				if (!w.Group || w.given("fill")) && !w.line() { // a group without fill shows what is below, and a line is not its box
					boxes = append(boxes, w)
				}
			}
			slices.SortFunc(boxes, func(a, b *widget) int {
				return cmp.Or(cmp.Compare(a.left, b.left), cmp.Compare(a.rank, b.rank))
			})
			upper := make(map[*widget]*widget) // control → the lowest of those that cover it
			for i, a := range boxes {
				for _, b := range boxes[i+1:] {
					if b.left >= a.left+a.width-1 {
						break
					}
					if !a.operable && !b.operable || b.top >= a.top+a.height-1 || a.top >= b.top+b.height-1 || a.left+1 >= b.left+b.width || a.flows || b.flows || apart(a, b) {
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
					tell(w, "", w.called(), u.called()).Fix = s.toFront(w, u)
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

// apart reports whether two widgets are in different panes, so that they are never seen at once.
func apart(a, b *widget) bool {
	for x := a; x.parent != nil; x = x.parent {
		for y := b; y.parent != nil; y = y.parent {
			if x.parent == y.parent && x.Pane != y.Pane && x.parent.Panes != "" {
				return true
			}
		}
	}
	return false
}

// toFront draws a control last of those in its group. What covers it must be in that group too
// and no control itself, which would then be the one that is covered.
func (s *screen) toFront(w, above *widget) *spec.Fix {
	if w.parent != above.parent || above.operable {
		return nil
	}
	return &spec.Fix{
		Title: spec.Text{"en": "Bring it to the front", "zh": "置于顶层"},
		Patch: []spec.PatchOp{{Op: "move", From: w.at, Path: fmt.Sprintf("%s/widgets/%d", s.at, len(s.Widgets)-1)}},
	}
}

// line reports whether a widget is drawn through points.
func (w *widget) line() bool { return w.Draw == "line" || w.Draw == "polyline" || w.Draw == "path" }
