package schedule

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"%q is not a schedule.": "{1} 不是有效的时间计划。",
		`Write minute, hour, day of the month, month and day of the week: "30 6 * * 1-5" is half past six from Monday to Friday.`: `请依次填写分、时、日、月、星期：例如 "30 6 * * 1-5" 表示周一至周五 6:30。`,
		"No day fits the schedule %q.":                "没有任何日期符合时间计划 {1}。",
		"Look at the day of the month and the month.": "请检查日和月。",
		`Write {"week": [{"day": 1, "from": "06:00", "to": "14:00"}], "dates": [{"date": "2026-12-24"}]}; day 1 is Monday, and "24:00" the end of a day.`: `请写成 {"week": [{"day": 1, "from": "06:00", "to": "14:00"}], "dates": [{"date": "2026-12-24"}]}；day 1 为星期一，"24:00" 为一天结束。`,
		"The plan of the week is larger than %d bytes.": "周计划大于 {1} 字节。",
		"The plan of the week cannot be read.":          "无法读取周计划。",
		"The plan of the week has more than %d times.":  "周计划的时段多于 {1} 个。",
		"Day %d from %q to %q is no time of a week.":    "星期 {1} 从 {2} 到 {3} 不是有效的时段。",
		"%q is no date.":                     "{1} 不是日期。",
		"From %q to %q is no time of a day.": "从 {1} 到 {2} 不是一天中的时段。",
	})
}
