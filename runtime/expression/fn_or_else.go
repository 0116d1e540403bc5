package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "orElse",
	Signature: "orElse(x, fallback, …)",
	Summary: spec.Text{
		"en": "x when it has a value, else the next that has one.",
		"zh": "x 有值时取 x，否则取后面第一个有值的。",
	},
	Examples: []Example{
		{Text: `orElse(tag("a"), 0.0)`, Tags: map[string]string{"a": "1.5"}, Result: "1.5"},
		{Text: `orElse(tag("a"), 0)`, Tags: map[string]string{"a": "BadNoCommunication"}, Result: "0"},
		{Text: `orElse(tag("a"), tag("b"), -1)`, Tags: map[string]string{"a": "BadTimeout", "b": "7"}, Result: "7"},
		{Text: `orElse(tag("a") / tag("b"), 0)`, Tags: map[string]string{"a": "1.0", "b": "0"}, Result: "0"},
	},
	least: 2, most: -1,
	build: func(c *compiler, n ast.Node, args []code) code {
		out := args[len(args)-1]
		for i := len(args) - 2; i >= 0; i-- {
			node := out.node
			if node == nil {
				node = n
			}
			out = c.fallback(n, args[i], out)
			out.node = node
		}
		return out
	},
})
