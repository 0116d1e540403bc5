package expression

import "github.com/lineside/lineside/runtime/spec"

var _ = register(Function{
	Name:      "all",
	Signature: "all(list, condition)",
	Summary: spec.Text{
		"en": "Whether the condition holds for every element; # is the element.",
		"zh": "是否所有元素都满足条件；# 为该元素。",
	},
	Examples: []Example{
		{Text: `all([tag("a"), tag("b")], # > 5)`, Tags: map[string]string{"a": "1", "b": "6"}, Result: "false"},
	},
})
