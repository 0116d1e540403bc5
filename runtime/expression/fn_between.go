package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "between",
	Signature: "between(x, low, high)",
	Summary: spec.Text{
		"en": "Whether low ≤ x ≤ high.",
		"zh": "是否 low ≤ x ≤ high。",
	},
	Examples: []Example{
		{Text: "between(5, 0, 10)", Result: "true"},
		{Text: `between(tag("a"), 0, 1)`, Tags: map[string]string{"a": "1.5"}, Result: "false"},
	},
	least: 3, most: 3,
	build: func(c *compiler, _ ast.Node, args []code) code {
		x, low, high := c.as(args[0], tag.Float).f, c.as(args[1], tag.Float).f, c.as(args[2], tag.Float).f
		return code{typ: tag.Bool, b: func(fr *frame) bool { v := x(fr); return v >= low(fr) && v <= high(fr) }}
	},
})
