package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "sum",
	Signature: "sum(x, y, …)",
	Summary: spec.Text{
		"en": "The sum of several numbers, or of a list.",
		"zh": "若干个数或一个列表的和。",
	},
	Examples: []Example{
		{Text: "sum(1, 2, 3)", Result: "6"},
		{Text: `sum(tag("a"), tag("b"))`, Tags: map[string]string{"a": "1.5", "b": "2"}, Result: "3.5"},
		{Text: `sum(tag("a"), tag("b"))`, Tags: map[string]string{"a": "1.5", "b": "BadTimeout"}, Result: "BadTimeout"},
	},
	least: 1, most: -1,
	build: func(c *compiler, _ ast.Node, args []code) code {
		if isList(args) {
			return overList(c, args[0], func(fr *frame, numbers []any) (total float64) {
				for _, v := range numbers {
					total += fr.float(v)
				}
				return total
			})
		}
		out := c.number(args[0])
		for _, a := range args[1:] {
			out = c.arithmetic(a.node, "+", out, a)
		}
		return out
	},
})
