package expression

import "github.com/lineside/lineside/runtime/spec"

var _ = register(Function{
	Name:      "none",
	Signature: "none(list, condition)",
	Summary: spec.Text{
		"en": "Whether the condition holds for no element; # is the element.",
		"zh": "是否没有元素满足条件；# 为该元素。",
	},
	Examples: []Example{
		{Text: "none([1, 2], # > 5)", Result: "true"},
	},
})
