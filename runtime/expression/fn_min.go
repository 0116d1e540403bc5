package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "min",
	Signature: "min(x, y, …)",
	Summary: spec.Text{
		"en": "The smallest of several numbers, or of a list.",
		"zh": "若干个数或一个列表中最小的数。",
	},
	Examples: []Example{
		{Text: "min(3, 1, 2)", Result: "1"},
		{Text: `min(tag("a"), 2)`, Tags: map[string]string{"a": "2.5"}, Result: "2"},
		{Text: "min([4, 5])", Result: "4"},
	},
	least: 1, most: -1,
	build: func(c *compiler, _ ast.Node, args []code) code {
		return c.extreme(args,
			func(a, b int64) int64 { return min(a, b) },
			func(a, b float64) float64 { return min(a, b) })
	},
})
