package expression

import "github.com/lineside/lineside/runtime/spec"

var _ = register(Function{
	Name:      "find",
	Signature: "find(list, condition)",
	Summary: spec.Text{
		"en": "The first element for which the condition holds; no value when there is none.",
		"zh": "满足条件的第一个元素；没有时没有值。",
	},
	Examples: []Example{
		{Text: "find([1, 7, 9], # > 5) + 0", Result: "7"},
		{Text: "orElse(find([1, 2], # > 5), -1)", Result: "-1"},
	},
})
