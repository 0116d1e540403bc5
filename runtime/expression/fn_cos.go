package expression

import (
	"math"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "cos",
	Signature: "cos(x)",
	Summary: spec.Text{
		"en": "The cosine of x radians.",
		"zh": "x 弧度的余弦。",
	},
	Examples: []Example{
		{Text: "cos(0)", Result: "1"},
	},
	least: 1, most: 1,
	build: ofFloat(math.Cos),
})
