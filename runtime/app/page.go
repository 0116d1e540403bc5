package app

import (
	"fmt"
	"maps"
	"slices"

	"github.com/lineside/lineside/runtime/spec"
)

// Columns is how many columns a page has.
const Columns = 12

// Breakpoints are the widths of a browser that a page has places for, the widest first.
var Breakpoints = []string{"large", "medium", "small"}

// Limits of the places on a page.
const (
	maxRow   = 10000
	maxPanes = 100
)

func init() {
	spec.Chinese(map[string]string{
		"%d is out of range.":                              "{1} 超出范围。",
		"0 to 11; a page has 12 columns.":                  "应为 0 至 11，页面共有 12 栏。",
		"The last column is %d, and a page has 12.":        "最后一栏为第 {1} 栏，而页面只有 12 栏。",
		"1 to 12, and column and span together 12 at most": "应为 1 至 12，且起始栏与栏数之和不超过 12",
		"0 to 10000.":     "应为 0 至 10000。",
		"1 to 10000.":     "应为 1 至 10000。",
		"0 to 99.":        "应为 0 至 99。",
		"%q is no width.": "{1} 不是有效的宽度名称。",
	})
}

// place checks the cells and the pane of a widget.
func (v *validator) place(at func() string, w *Widget) {
	if w.Pane < 0 || w.Pane >= maxPanes {
		v.fail("value_range", at()+"/pane", "0 to 99.", "%d is out of range.", w.Pane)
	}
	for _, name := range slices.Sorted(maps.Keys(w.Cells)) {
		c, place := w.Cells[name], at()+"/cells/"+spec.Escape(name)
		if !slices.Contains(Breakpoints, name) {
			v.add(spec.OneOf("value_choice", place, fmt.Sprintf("%q is no width.", clip(name)), name, Breakpoints))
			continue
		}
		switch {
		case c.Column < 0 || c.Column >= Columns:
			v.fail("value_range", place+"/column", "0 to 11; a page has 12 columns.", "%d is out of range.", c.Column)
		case c.Span < 1 || c.Span > Columns:
			v.fail("value_range", place+"/span", "1 to 12, and column and span together 12 at most", "%d is out of range.", c.Span)
		case c.Column+c.Span > Columns:
			v.fail("value_range", place+"/span", "1 to 12, and column and span together 12 at most", "The last column is %d, and a page has 12.", c.Column+c.Span)
		}
		if c.Row < 0 || c.Row > maxRow {
			v.fail("value_range", place+"/row", "0 to 10000.", "%d is out of range.", c.Row)
		}
		if c.Rows < 1 || c.Rows > maxRow {
			v.fail("value_range", place+"/rows", "1 to 10000.", "%d is out of range.", c.Rows)
		}
	}
}

// Overlaps reports whether two cells share a place. What is hidden has none.
func (c Cell) Overlaps(o Cell) bool {
	return !c.Hidden && !o.Hidden &&
		c.Column < o.Column+o.Span && o.Column < c.Column+c.Span && c.Row < o.Row+o.Rows && o.Row < c.Row+c.Rows
}

// widths names the breakpoints, in both languages.
var widths = map[string][2]string{"large": {"large", "大屏"}, "medium": {"medium", "中屏"}, "small": {"small", "小屏"}}

// cells tells what is different in the places of a widget on a page.
func (c *comparer) cells(at, widget string, old, new map[string]Cell) {
	for _, name := range Breakpoints {
		a, b := old[name], new[name]
		if a == b {
			continue
		}
		place := at + "/cells/" + name
		en, zh := widths[name][0], widths[name][1]
		switch _, was := old[name]; {
		case b == Cell{}:
			c.add("removed", at, "widget", fmt.Sprintf("%q has no place of its own on a %s page", widget, en), fmt.Sprintf("“%s”在%s页面上没有单独的位置", widget, zh))
		case !was:
			c.add("added", place, "widget", fmt.Sprintf("%q placed on a %s page: %s", widget, en, cellEn(b)), fmt.Sprintf("“%s”放在%s页面：%s", widget, zh, cellZh(b)))
		case a.Hidden != b.Hidden && b.Hidden:
			c.add("changed", place, "widget", fmt.Sprintf("%q hidden on a %s page", widget, en), fmt.Sprintf("“%s”在%s页面上隐藏", widget, zh))
		case a.Hidden != b.Hidden:
			c.add("changed", place, "widget", fmt.Sprintf("%q shown on a %s page: %s", widget, en, cellEn(b)), fmt.Sprintf("“%s”在%s页面上显示：%s", widget, zh, cellZh(b)))
		default:
			c.add("changed", place, "widget", fmt.Sprintf("%q moved on a %s page from %s to %s", widget, en, cellEn(a), cellEn(b)), fmt.Sprintf("“%s”在%s页面上由%s移到%s", widget, zh, cellZh(a), cellZh(b)))
		}
	}
}

func cellEn(c Cell) string {
	return fmt.Sprintf("columns %d to %d, row %d, %d high", c.Column+1, c.Column+c.Span, c.Row, c.Rows)
}

func cellZh(c Cell) string {
	return fmt.Sprintf("第%d至%d栏、第%d行、高%d行", c.Column+1, c.Column+c.Span, c.Row, c.Rows)
}
