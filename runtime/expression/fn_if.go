package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "if",
	Signature: "if(cond, a, b)",
	Summary: spec.Text{
		"en": "a when the condition is true, else b; as cond ? a : b.",
		"zh": "条件为真时取 a，否则取 b；同 cond ? a : b。",
	},
	Examples: []Example{
		{Text: `if(tag("a") > 10, "high", "normal")`, Tags: map[string]string{"a": "12.5"}, Result: `"high"`},
		{Text: `if(true, tag("a"), tag("b"))`, Tags: map[string]string{"a": "1", "b": "BadTimeout"}, Result: "1"},
	},
	least: 3, most: 3,
	build: func(c *compiler, n ast.Node, args []code) code { return c.choose(n, args[0], args[1], args[2]) },
})
