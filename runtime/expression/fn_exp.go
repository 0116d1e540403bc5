package expression

import (
	"math"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "exp",
	Signature: "exp(x)",
	Summary: spec.Text{
		"en": "e to the power of x.",
		"zh": "e 的 x 次方。",
	},
	Examples: []Example{
		{Text: "exp(0)", Result: "1"},
		{Text: `exp(tag("a"))`, Tags: map[string]string{"a": "1000.0"}, Result: "BadOutOfRange"},
	},
	least: 1, most: 1,
	build: ofFloat(math.Exp),
})
