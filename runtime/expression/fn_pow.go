package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "pow",
	Signature: "pow(x, y)",
	Summary: spec.Text{
		"en": "x to the power of y, as x ** y.",
		"zh": "x 的 y 次方，同 x ** y。",
	},
	Examples: []Example{
		{Text: "pow(2, 10)", Result: "1024"},
		{Text: `pow(tag("a"), 0.5)`, Tags: map[string]string{"a": "-1.0"}, Result: "BadOutOfRange"},
	},
	least: 2, most: 2,
	build: func(c *compiler, n ast.Node, args []code) code { return c.arithmetic(n, "**", args[0], args[1]) },
})
