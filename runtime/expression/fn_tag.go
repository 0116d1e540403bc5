package expression

import "github.com/lineside/lineside/runtime/spec"

var _ = register(Function{
	Name:      "tag",
	Signature: `tag("area/line/speed")`,
	Summary: spec.Text{
		"en": "The value of a tag. The path is a constant text.",
		"zh": "标签的值。路径须为常量文本。",
	},
	Examples: []Example{
		{Text: `tag("line/speed") * 2`, Tags: map[string]string{"line/speed": "1.5"}, Result: "3"},
	},
})
