package export

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"The time ends before it begins.":                                                  "时间的结束早于开始。",
		"Give an end that is after the beginning.":                                         "请填写晚于开始的结束时间。",
		"There are more than %d steps.":                                                    "超过 {1} 个时间段。",
		"Make the steps longer, or the time shorter.":                                      "请加长时间段，或缩短时间。",
		"There are more than %d functions.":                                                "超过 {1} 个函数。",
		"Leave some out.":                                                                  "请减少一些。",
		"No tag is meant.":                                                                 "没有匹配的变量。",
		"Choose tags that are there, or a pattern that fits some.":                         "请选择存在的变量，或能匹配变量的模式。",
		"There are %d tags, more than %d.":                                                 "有 {1} 个变量，超过 {2} 个。",
		"Choose fewer, or export an area at a time.":                                       "请减少变量，或按区域分别导出。",
		"More than %d tags cannot stand side by side with every sample.":                   "逐样本并列的变量不能超过 {1} 个。",
		"Choose steps, one line for every sample, or fewer tags.":                          "请选择时间段、每个值一行，或减少变量。",
		"%q is not the path of a tag.":                                                     "{1} 不是变量路径。",
		`Write it like "line1/oven/temperature", or a pattern like "line1/*/temperature".`: "例如 “line1/oven/temperature”，或模式 “line1/*/temperature”。",
		"The pattern %q is not valid.":                                                     "匹配模式 {1} 无效。",
		`Write it like "line1/*/temperature" or "line1/**".`:                               "例如 “line1/*/temperature” 或 “line1/**”。",
		"There is no format %q.":                                                           "没有格式 {1}。",
		"There is no layout %q.":                                                           "没有布局 {1}。",
		"There is no period %q.":                                                           "没有时段 {1}。",
		"There is no function %q over history.":                                            "没有历史函数 {1}。",
		"%q is not a time.":                                                                "{1} 不是有效时间。",
		`Write a time such as 2026-11-21T08:00:00Z, milliseconds since 1970, or now-8h.`:   "请填写时间，例如 2026-11-21T08:00:00Z、自 1970 年起的毫秒数，或 now-8h。",
		"%q is not a step.":                                                                "{1} 不是有效步长。",
		`Write a time such as "15m", or "1d", "1w", "1mo", "1y".`:                          "请填写时长，例如 “15m”，或 “1d”、“1w”、“1mo”、“1y”。",
		"Nobody gets the file.":                                                            "没有人会收到文件。",
		"Choose a target, or give an address.":                                             "请选择存储位置，或填写邮件地址。",
		"%q is not an e-mail address.":                                                     "{1} 不是邮件地址。",
		`Write it like "anna@example.com".`:                                                "例如 “anna@example.com”。",
		"There are %d exports already.":                                                    "已有 {1} 个导出。",
		"Write 1 to 40 letters, digits, \"_\" and \"-\".":                                  "请使用 1 到 40 个字母、数字、“_”和“-”。",
		ErrLarge.Error():                                                                   "行数超过文件的上限：请缩短时间、减少变量，或按时间段汇总",
		errMailLarge.Error():                                                               "文件超过邮件附件的上限：请改用存储位置",
		"no e-mail channel is set up: add one on the page of messages":                     "尚未设置邮件渠道：请在消息页面添加",
	})
}
