package engine

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"There is no kind of northbound interface %q.": "没有类型为 {1} 的北向接口。",
		"Expose fewer.":                                                                      "请减少数量。",
		"Choose a tag of the plant.":                                                         "请选择工厂中的变量。",
		`Remove "write" here, or let the tag be written.`:                                    "请去掉此处的写入，或允许写入该变量。",
		"Name the tags one by one.":                                                          "请逐个列出变量。",
		"This kind of interface cannot expose an area as a whole.":                           "此类接口不能整体提供一个区域。",
		"There is no northbound interface %q.":                                               "没有北向接口 {1}。",
		"This kind of interface has no table to export.":                                     "此类接口没有可导出的表。",
		"it ended by itself":                                                                 "已自行结束",
		"Let the tag be written without a second person, or only read here.":                 "请允许无第二人确认写入该变量，或在此处设为只读。",
		"Writes of %q wait for a second person; other systems may not wait that long.":       "写入 {1} 需等待第二人确认；其他系统可能等不了这么久。",
		"Let the tag be written without a reason, or only read here.":                        "请允许无原因写入该变量，或在此处设为只读。",
		"Writes of %q need a reason, which other systems do not give: they will be refused.": "写入 {1} 需要原因，而其他系统不会提供：写入将被拒绝。",
	})
}
