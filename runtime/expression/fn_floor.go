package expression

import (
	"math"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "floor",
	Signature: "floor(x)",
	Summary: spec.Text{
		"en": "The greatest int that is not more than x.",
		"zh": "不大于 x 的最大整数。",
	},
	Examples: []Example{
		{Text: "floor(2.7)", Result: "2"},
		{Text: "floor(-2.1)", Result: "-3"},
	},
	least: 1, most: 1,
	build: toInt(math.Floor),
})
