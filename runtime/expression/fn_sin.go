package expression

import (
	"math"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "sin",
	Signature: "sin(x)",
	Summary: spec.Text{
		"en": "The sine of x radians.",
		"zh": "x 弧度的正弦。",
	},
	Examples: []Example{
		{Text: "sin(0)", Result: "0"},
	},
	least: 1, most: 1,
	build: ofFloat(math.Sin),
})
