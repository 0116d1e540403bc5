package plant

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"There is another shift %q.":                               "已有另一个班次 {1}。",
		`Write hours and minutes: "06:00".`:                        `请填写小时和分钟：“06:00”。`,
		"%q is not a time on the clock.":                           "{1} 不是有效的时刻。",
		"The shift %q is at the same time as %q.":                  "班次 {1} 与 {2} 时间重叠。",
		"Let one begin when the other ends, or choose other days.": "请让一个在另一个结束时开始，或选择其他日期。",
	})
}
