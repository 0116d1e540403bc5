package replay

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"give a name below the folder for files, without ..":                       "请填写文件目录下的名称，不含 ..",
		"%q does not lie in the folder for files":                                  "{1} 不在文件目录中",
		"give the columns time, tag and value, or time and a column for every tag": "请提供 time、tag 和 value 列，或时间列加每个变量一列",
		"there are no rows":                                         "没有数据行",
		"there is no time column %q":                                "没有时间列 {1}",
		"there is no column beside the time":                        "除时间外没有其他列",
		"column %d has no name of its own: %q":                      "第 {1} 列没有唯一的名称：{2}",
		"there are more than %d columns":                            "超过 {1} 列",
		"%q is neither seconds nor a date like 2026-01-31 08:00:00": "{1} 既不是秒数，也不是 2026-01-31 08:00:00 这样的日期",
		"write a time such as 2026-01-31 08:00:00":                  "请填写时间，例如 2026-01-31 08:00:00",
		"the end is not after the beginning":                        "结束不在开始之后",
		"give a later time":                                         "请填写更晚的时间",
		"a recording cannot be written":                             "记录不能写入",
		"make the tag read-only":                                    "请将变量设为只读",
	})
}
