package plant

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"device": "设备", "asset": "资产", "tag": "变量",
		"There would be %d %s, more than %d.":                                                  "将有 {1} 个{=2}，超过 {3}。",
		"The column %s is missing.":                                                            "缺少列 {1}。",
		"The sheet %q was left out: it has no columns of devices, assets or tags.":             "已略过工作表 {1}：其中没有设备、资产或变量的列。",
		"Both %s and %s.… are given.":                                                          "同时填写了 {1} 和 {2}.…。",
		"The %s cannot be read: %v.":                                                           "无法读取 {1}：{=2}。",
		"%q is not a scan class.":                                                              "{1} 不是扫描类。",
		`Write "default=1s; fast=200ms"`:                                                       `请填写“default=1s; fast=200ms”`,
		"The cell shows the error %s of a formula.":                                            "单元格显示公式错误 {1}。",
		"Correct the formula in the spreadsheet, or empty the cell.":                           "请在电子表格中更正公式，或清空该单元格。",
		"The tag %q moves from the device %q to %q.":                                           "变量 {1} 从设备 {2} 移到 {3}。",
		"Make sure that both are the same value.":                                              "请确认两者是同一个值。",
		"Rows %d and %d claim the tag %q for the devices %q and %q.":                           "第 {1} 行和第 {2} 行将变量 {3} 分别归于设备 {4} 和 {5}。",
		"Give one of them another path, or take it out.":                                       "请为其中之一换一个路径，或将其删除。",
		"Row %d names the same %s %q.":                                                         "第 {1} 行是同一{=2} {3}。",
		"Name a parameter of type device; the properties have it as their device.":             "请指定类型为 device 的参数；属性以它为设备。",
		"Give the model a parameter of type device; its properties have it as their device.":   "请为模型添加类型为 device 的参数；其属性以它为设备。",
		"There is a device %q already, with other properties.":                                 "已有设备 {1}，但属性不同。",
		"Give the device of the model another id, such as {path}, or overwrite what is there.": "请为模型的设备指定其他标识，例如 {path}，或覆盖已有的设备。",
		"Two of the assets would have the same device %q.":                                     "两个资产将使用同一设备 {1}。",
		"Give the device of the model another id, such as {path}.":                             "请为模型的设备指定其他标识，例如 {path}。",
		"The path %q is that of a property of the asset %q.":                                   "路径 {1} 是资产 {2} 的属性的路径。",
		"There is a %s %q already, with other properties.":                                     "已有{=1} {2}，但属性不同。",
		"Choose to overwrite, merge, rename or ignore what is there, or take the row out.":     "请选择覆盖、合并、改名或忽略已有的内容，或删除该行。",
		"The tag %q is of the device %q; the row claims it for %q.":                            "变量 {1} 属于设备 {2}，而该行将其归于 {3}。",
	})
}
