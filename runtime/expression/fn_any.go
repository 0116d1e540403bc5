package expression

import "github.com/lineside/lineside/runtime/spec"

var _ = register(Function{
	Name:      "any",
	Signature: "any(list, condition)",
	Summary: spec.Text{
		"en": "Whether the condition holds for an element; # is the element.",
		"zh": "是否有元素满足条件；# 为该元素。",
	},
	Examples: []Example{
		{Text: `any([tag("a"), tag("b")], # > 5)`, Tags: map[string]string{"a": "1", "b": "6"}, Result: "true"},
	},
})
