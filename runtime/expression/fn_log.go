package expression

import (
	"math"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "log",
	Signature: "log(x)",
	Summary: spec.Text{
		"en": "The natural logarithm; no value unless x is positive.",
		"zh": "自然对数；x 不为正时没有值。",
	},
	Examples: []Example{
		{Text: "log(1)", Result: "0"},
		{Text: `log(tag("a"))`, Tags: map[string]string{"a": "0.0"}, Result: "BadOutOfRange"},
	},
	least: 1, most: 1,
	build: ofFloat(math.Log),
})
