package expression

import "github.com/lineside/lineside/runtime/spec"

var _ = register(Function{
	Name:      "findIndex",
	Signature: "findIndex(list, condition)",
	Summary: spec.Text{
		"en": "The place, from 0, of the first element for which the condition holds; no value when there is none.",
		"zh": "满足条件的第一个元素的位置，从 0 开始；没有时没有值。",
	},
	Examples: []Example{
		{Text: "findIndex([1, 7, 9], # > 5)", Result: "1"},
	},
})
