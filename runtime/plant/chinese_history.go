package plant

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"The interval of the history is missing.":               "缺少历史记录的间隔。",
		`Write a time such as "1s" or "1m".`:                    `请填写时间，例如 "1s" 或 "1m"。`,
		"The history has an interval, but keeps nothing by it.": "历史记录设置了间隔，但保存方式并未使用它。",
		"Take it away, or keep interval or both.":               "请删除它，或将保存方式改为按间隔或两者。",
		"The condition of the whole plant cannot be told.":      "整个工厂不能设置保存条件。",
		"Give it to tags and properties of models.":             "请在变量或模型属性上设置。",
		"Only numbers have a deadband.":                         "只有数值才有死区。",
	})
}
