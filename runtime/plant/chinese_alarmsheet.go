package plant

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"There is no column %q in the alarm sheet.":                   "报警表中没有列“{1}”。",
		"Take the columns of an export.":                              "请使用导出文件中的列。",
		"Row %d names the same alarm %q.":                             "第 {1} 行已是同一个报警“{2}”。",
		"Keep one of the rows.":                                       "请只保留其中一行。",
		"%q cannot be read.":                                          "无法读取“{1}”。",
		"Write true or false, a number, or JSON, as an export does.":  "请按导出文件的写法填写 true 或 false、数字或 JSON。",
		"The alarm cannot be read: %v.":                               "无法读取该报警：{1}。",
		"There is nothing in the plant that could have the alarm %q.": "工厂中没有可以拥有报警“{1}”的对象。",
		"Name a tag by path, a property by model and property, or an asset by path and property.": "请以路径指明变量，以模型和属性指明属性，或以路径和属性指明资产。",
	})
}
