package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "limit",
	Signature: "limit(x, low, high)",
	Summary: spec.Text{
		"en": "-1 when x is below low, 1 when it is above high, else 0. Without hysteresis.",
		"zh": "x 低于 low 时为 -1，高于 high 时为 1，否则为 0。无回差。",
	},
	Examples: []Example{
		{Text: "limit(12, 0, 10)", Result: "1"},
		{Text: `limit(tag("a"), 0, 10)`, Tags: map[string]string{"a": "-0.5"}, Result: "-1"},
	},
	least: 3, most: 3,
	build: func(c *compiler, _ ast.Node, args []code) code {
		x, low, high := c.as(args[0], tag.Float).f, c.as(args[1], tag.Float).f, c.as(args[2], tag.Float).f
		return code{typ: tag.Int, i: func(fr *frame) int64 {
			v := x(fr)
			switch {
			case v < low(fr):
				return -1
			case v > high(fr):
				return 1
			}
			return 0
		}}
	},
})
