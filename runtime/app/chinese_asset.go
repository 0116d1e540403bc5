package app

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"Only an asset has a model.":                        "只有资产输入才有模型。",
		"Take it away, or make it an input of kind asset.":  "请删除它，或将输入的种类改为资产。",
		"An asset has no type.":                             "资产输入没有类型。",
		"Take it away.":                                     "请删除它。",
		"It is not said of which model the asset is.":       "未指定资产的模型。",
		"Name the model.":                                   "请指定模型。",
		"%q cannot be the id of a model.":                   "{1} 不能作为模型的标识。",
		"The default of an input of kind %s is not a path.": "种类为 {1} 的输入，其默认值不是路径。",
		"Write the path of a tag or asset.":                 "请填写变量或资产的路径。",
		`Use letters, digits, "_" and "-"`:                  `请使用字母、数字、"_" 和 "-"`,
	})
}
