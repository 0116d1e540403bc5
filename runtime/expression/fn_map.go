package expression

import "github.com/lineside/lineside/runtime/spec"

var _ = register(Function{
	Name:      "map",
	Signature: "map(list, value)",
	Summary: spec.Text{
		"en": "A list of what the value is for each element; # is the element.",
		"zh": "对每个元素求值得到的列表；# 为该元素。",
	},
	Examples: []Example{
		{Text: "sum(map([1, 2, 3], # * 2))", Result: "12"},
	},
})
