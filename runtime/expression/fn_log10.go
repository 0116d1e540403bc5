package expression

import (
	"math"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "log10",
	Signature: "log10(x)",
	Summary: spec.Text{
		"en": "The logarithm to base 10; no value unless x is positive.",
		"zh": "以 10 为底的对数；x 不为正时没有值。",
	},
	Examples: []Example{
		{Text: "log10(1000)", Result: "3"},
	},
	least: 1, most: 1,
	build: ofFloat(math.Log10),
})
