package app

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"settings": "设置", "events": "事件", "options": "选项", "setting": "设置",
		"Version %d is out of range.":                                      "版本 {1} 超出范围。",
		"Count from 1.":                                                    "请从 1 开始计数。",
		`Write 100ms to 24h, such as "1s".`:                                `请填写 100ms 至 24h，例如 "1s"。`,
		"%q is no interval.":                                               "{1} 不是时间间隔。",
		"There is no script that could be called.":                         "没有可调用的脚本。",
		"Write a script with a function every, or take the interval out.":  "请编写带 every 函数的脚本，或去掉时间间隔。",
		"The script has %d bytes, more than %d.":                           "脚本有 {1} 字节，超过 {2}。",
		"Split it, or move large tables into the document.":                "请拆分脚本，或把大型表格移到文档中。",
		"The SVG has %d bytes, more than %d.":                              "SVG 有 {1} 字节，超过 {2}。",
		"Simplify it in the program that drew it.":                         "请在绘图程序中简化。",
		"The picture is missing.":                                          "缺少图形。",
		"Draw it as SVG.":                                                  "请绘制为 SVG。",
		"%q cannot be the name of a setting, because expressions name it.": "{1} 不能作为设置的名称，因为表达式会引用它。",
		"There is another setting with the name %q.":                       "已有名为 {1} 的设置。",
		"The options do not fit to the kind %q.":                           "选项与类型 {1} 不符。",
		"A choice has options, and nothing else has.":                      "只有枚举类型有选项，且必须有。",
		"A setting of this kind has no fields.":                            "此类型的设置没有子字段。",
		"Take it out.":                                                     "请去掉它。",
		"There is no setting %q.":                                          "没有设置 {1}。",
		"Name another setting.":                                            "请填写另一个设置。",
		"%q cannot be the name of an event.":                               "{1} 不能作为事件名称。",
		"There is another event with the name %q.":                         "已有名为 {1} 的事件。",
		"The setting %q cannot be bound to a tag.":                         "设置 {1} 不能绑定变量。",
		`Say "bind": true of it.`:                                          `请为它填写 "bind": true。`,
		"It is not said what changes the part, or more than once.":         "没有说明部件由什么改变，或说明了多次。",
		`Write "expr", or "set" for the script; of a click "event".`:       `请填写 "expr"，由脚本设置时填写 "set"；单击则填写 "event"。`,
		"%q cannot be a name.":                                             "{1} 不能作为名称。",
		`Use letters, digits, "_", "-" and "."`:                            `请使用字母、数字、“_”、“-”和“.”`,
		"There is no script that could set %q.":                            "没有可以设置 {1} 的脚本。",
		"Write a script, or an expression.":                                "请编写脚本或表达式。",
		"The widget has no event %q.":                                      "控件没有事件 {1}。",
		"The %s of the part %q is changed twice.":                          "部件 {2} 的 {1} 被改变了两次。",
	})
}
