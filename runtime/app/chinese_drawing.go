package app

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"points":                                                "点",
		"%d numbers are no whole points.":                       "{1} 个数不能构成完整的点。",
		"Write %d numbers for each point.":                      "每个点请填写 {1} 个数。",
		"A straight line has %d points, not 2.":                 "直线有 {1} 个点，应为 2 个。",
		"A line of %d points cannot be drawn.":                  "{1} 个点无法画成线。",
		"Write at least %d points.":                             "请至少填写 {1} 个点。",
		"There are %d points, more than %d.":                    "有 {1} 个点，超过 {2}。",
		"Points are fractions of the box: 0 to 1.":              "点以外框的比例表示：0 到 1。",
		"Write x0, y0, x1, y1; for more points use a polyline.": "请填写 x0、y0、x1、y1；需要更多点时请用折线。",
		"Widget type %q is no line, so that it has no ends.":    "控件类型 {1} 不是线，没有端点。",
		"Take the key out.":                                     "请去掉此键。",
		"Widget %q sticks to itself.":                           "控件 {1} 连接到了自身。",
		"Name another widget.":                                  "请填写另一个控件。",
		"Widget %q is a line, which has no connection points.":  "控件 {1} 是线，没有连接点。",
		"Name a widget that is no line.":                        "请填写不是线的控件。",
		"Widget type %q has no connection point %q.":            "控件类型 {1} 没有连接点 {2}。",
	})
}
