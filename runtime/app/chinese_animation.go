package app

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"animations": "动画", "steps": "步骤",
		"0 to below 360 degrees.":                                     "应为 0 度至小于 360 度。",
		"The animation has no value.":                                 "动画没有数值来源。",
		"Choose a tag or write an expression.":                        "请选择变量或填写表达式。",
		"The animation has both a tag and an expression.":             "动画同时有变量和表达式。",
		"Keep one of them.":                                           "请只保留其中之一。",
		"%q is nothing that a value can change of widget type %q.":    "{1} 不是控件类型 {2} 可随数值变化的内容。",
		"The upper limit %g is not above the lower limit %g.":         "上限 {1} 不大于下限 {2}。",
		"Write a larger number.":                                      "请填写更大的数。",
		"A value is compared with a single one only.":                 "数值只能与单个值比较。",
		"Write a number, a text, true or false.":                      "请填写数字、文本、true 或 false。",
		"The step sets nothing.":                                      "该步骤没有设定结果。",
		"Say what it becomes.":                                        "请填写变成什么。",
		"A list or an object cannot be set.":                          "不能设为列表或对象。",
		"%q takes no number.":                                         "{1} 不接受数字。",
		"Use steps.":                                                  "请使用步骤。",
		"The range of the value is not two numbers.":                  "数值范围不是两个数。",
		"The range of the value is missing.":                          "缺少数值范围。",
		"What the range becomes is not two numbers.":                  "范围对应的结果不是两个数。",
		"Write two different numbers: low and high.":                  "请填写两个不同的数：低值和高值。",
		"The way has no two points.":                                  "路径不足两个点。",
		"Write x0, y0, x1, y1, …: at least 4 and at most %d numbers.": "请填写 x0、y0、x1、y1……：至少 4 个，至多 {1} 个数。",
		"The widget shows no drawing with parts.":                     "该控件没有带部件的图形。",
		"Leave the part out.":                                         "请去掉部件。",
		"The symbol has no part %q.":                                  "符号中没有部件 {1}。",
		"The drawing has no part %q.":                                 "图形中没有部件 {1}。",
	})
}
