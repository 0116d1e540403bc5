package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "bitOr",
	Signature: "bitOr(x, y)",
	Summary: spec.Text{
		"en": "The int of the bits that are set in one of them or both.",
		"zh": "两个整数中任一为 1 的位组成的整数。",
	},
	Examples: []Example{
		{Text: "bitOr(12, 10)", Result: "14"},
		{Text: `bitOr(tag("a"), 0xFF)`, Tags: map[string]string{"a": "256"}, Result: "511"},
	},
	least: 2, most: 2,
	build: func(c *compiler, _ ast.Node, args []code) code {
		x, y := c.as(args[0], tag.Int).i, c.as(args[1], tag.Int).i
		return code{typ: tag.Int, i: func(fr *frame) int64 { return x(fr) | y(fr) }}
	},
})
