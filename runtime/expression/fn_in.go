package expression

import (
	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "in",
	Signature: "x in [a, b]",
	Summary: spec.Text{
		"en": "Whether x is one of the elements, or in a range a..b.",
		"zh": "x 是否为其中之一，或在范围 a..b 之内。",
	},
	Examples: []Example{
		{Text: `tag("a") in [1, 2, 3]`, Tags: map[string]string{"a": "2"}, Result: "true"},
		{Text: `tag("a") in 1..5`, Tags: map[string]string{"a": "7"}, Result: "false"},
		{Text: `"b" in ["a", "b"]`, Result: "true"},
	},
})
