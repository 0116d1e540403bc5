package expression

import "github.com/lineside/lineside/runtime/spec"

var _ = register(Function{
	Name:      "filter",
	Signature: "filter(list, condition)",
	Summary: spec.Text{
		"en": "The elements for which the condition holds; # is the element.",
		"zh": "满足条件的元素组成的列表；# 为该元素。",
	},
	Examples: []Example{
		{Text: "mean(filter([1, 2, 9, 11], # > 5))", Result: "10"},
	},
})
