package schedule

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"%q is not a schedule.": "{1} 不是有效的时间计划。",
		`Write minute, hour, day of the month, month and day of the week: "30 6 * * 1-5" is half past six from Monday to Friday.`: `请依次填写分、时、日、月、星期：例如 "30 6 * * 1-5" 表示周一至周五 6:30。`,
		"No day fits the schedule %q.":                "没有任何日期符合时间计划 {1}。",
		"Look at the day of the month and the month.": "请检查日和月。",
	})
}
