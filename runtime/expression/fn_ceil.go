package expression

import (
	"math"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "ceil",
	Signature: "ceil(x)",
	Summary: spec.Text{
		"en": "The least int that is not less than x.",
		"zh": "不小于 x 的最小整数。",
	},
	Examples: []Example{
		{Text: "ceil(2.1)", Result: "3"},
		{Text: "ceil(-2.7)", Result: "-2"},
	},
	least: 1, most: 1,
	build: toInt(math.Ceil),
})
