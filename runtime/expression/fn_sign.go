package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "sign",
	Signature: "sign(x)",
	Summary: spec.Text{
		"en": "-1, 0 or 1 as x is negative, zero or positive.",
		"zh": "x 为负、零、正时分别为 -1、0、1。",
	},
	Examples: []Example{
		{Text: "sign(-3.5)", Result: "-1"},
		{Text: "sign(0)", Result: "0"},
	},
	least: 1, most: 1,
	build: func(c *compiler, _ ast.Node, args []code) code {
		x := c.as(args[0], tag.Float).f
		return code{typ: tag.Int, i: func(fr *frame) int64 {
			switch v := x(fr); {
			case v > 0:
				return 1
			case v < 0:
				return -1
			}
			return 0
		}}
	},
})
