package app

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"There is no %s %q.":         "没有{=1} {2}。",
		"Load the document again.":   "请重新加载文档。",
		"The name %q is taken.":      "名称 {1} 已被使用。",
		"%q cannot be the new name.": "{1} 不能作为新名称。",
		"Name what is renamed.":      "请说明要重命名什么。",
		"area":                       "区域",
		"input":                      "输入",
		"computed":                   "计算变量",
		"variable":                   "画面变量",
		"text":                       "文本",
		`Write letters, digits, "_" and "-"; a name in expressions begins with a letter.`: "请使用字母、数字、“_”和“-”；表达式中的名称须以字母开头。",
		"The expression defines the new name itself.":                                     "表达式自身定义了这个新名称。",
		"Choose another name, or rename that in the expression first.":                    "请换一个名称，或先在表达式中改掉它。",
	})
}
