package expression

import "github.com/lineside/lineside/runtime/spec"

var _ = register(Function{
	Name:      "count",
	Signature: "count(list, condition)",
	Summary: spec.Text{
		"en": "For how many elements the condition holds; # is the element.",
		"zh": "满足条件的元素个数；# 为该元素。",
	},
	Examples: []Example{
		{Text: `count([tag("a"), tag("b")], #)`, Tags: map[string]string{"a": "true", "b": "false"}, Result: "1"},
		{Text: `count(tag("j").pumps, .on)`, Tags: map[string]string{"j": `{"pumps":[{"on":true},{"on":true}]}`}, Result: "2"},
	},
})
