package check

import (
	"cmp"
	"slices"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
)

func init() {
	register(&Rule{
		Code:  "cells_overlap",
		Title: spec.Text{"en": "Widgets of a page upon each other", "zh": "页面上的控件重叠"},
		Why: spec.Text{
			"en": "Where widgets of a page share a place, one hides the other at that width of the browser.",
			"zh": "页面上的控件占用同一位置时，在该宽度下会互相遮挡。",
		},
		Message: "%q lies upon %q on a %s page.",
		Hint:    "Move one of them to free rows or columns.",
		Chinese: Chinese{"{1} 在{=3}页面上与 {2} 重叠。", "请将其中一个移到空闲的行或栏。"},
		run: func(s *screen, tell tell) {
			if s.Layout != "page" {
				return
			}
			for _, at := range app.Breakpoints {
				var placed []*widget
				for _, w := range s.shown {
					if _, ok := s.cell(w, at); ok && w.parent == nil {
						placed = append(placed, w)
					}
				}
				cell := func(w *widget) app.Cell { c, _ := s.cell(w, at); return c }
				slices.SortStableFunc(placed, func(a, b *widget) int { return cmp.Compare(cell(a).Row, cell(b).Row) })
				told := make(map[*widget]bool)
				for i, a := range placed {
					for _, b := range placed[i+1:] {
						if cell(b).Row >= cell(a).Row+cell(a).Rows {
							break
						}
						if cell(a).Overlaps(cell(b)) && !told[b] {
							told[b] = true
							tell(b, "/cells", b.called(), a.called(), at)
						}
					}
				}
			}
		},
	})
	spec.Chinese(map[string]string{"large": "大屏", "medium": "中屏", "small": "小屏"})
}

// cell is the place that a widget was given on a page: a medium page follows the large one, but
// only while it has places of its own is that another finding.
func (s *screen) cell(w *widget, at string) (app.Cell, bool) {
	if c, ok := w.Cells[at]; ok || at != "medium" {
		return c, ok
	}
	if !slices.ContainsFunc(s.Widgets, func(o app.Widget) bool { _, own := o.Cells["medium"]; return own }) {
		return app.Cell{}, false
	}
	c, ok := w.Cells["large"]
	return c, ok
}
