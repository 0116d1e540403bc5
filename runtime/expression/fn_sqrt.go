package expression

import (
	"math"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "sqrt",
	Signature: "sqrt(x)",
	Summary: spec.Text{
		"en": "The square root; no value for a negative x.",
		"zh": "平方根；x 为负时没有值。",
	},
	Examples: []Example{
		{Text: "sqrt(9)", Result: "3"},
		{Text: `sqrt(tag("a"))`, Tags: map[string]string{"a": "-1.0"}, Result: "BadOutOfRange"},
	},
	least: 1, most: 1,
	build: ofFloat(math.Sqrt),
})
