package expression

import "github.com/lineside/lineside/runtime/spec"

var _ = register(Function{
	Name:      "one",
	Signature: "one(list, condition)",
	Summary: spec.Text{
		"en": "Whether the condition holds for exactly one element; # is the element.",
		"zh": "是否恰有一个元素满足条件；# 为该元素。",
	},
	Examples: []Example{
		{Text: "one([1, 2, 7], # > 5)", Result: "true"},
	},
})
