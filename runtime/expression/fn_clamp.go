package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "clamp",
	Signature: "clamp(x, low, high)",
	Summary: spec.Text{
		"en": "x, but not less than low and not more than high.",
		"zh": "将 x 限制在 low 与 high 之间。",
	},
	Examples: []Example{
		{Text: "clamp(120, 0, 100)", Result: "100"},
		{Text: `clamp(tag("a"), 0, 1)`, Tags: map[string]string{"a": "0.25"}, Result: "0.25"},
	},
	least: 3, most: 3,
	build: func(c *compiler, _ ast.Node, args []code) code {
		typ, ints, floats := c.numbers(args)
		if typ == tag.Int {
			return code{typ: typ, i: func(fr *frame) int64 { return min(max(ints[0](fr), ints[1](fr)), ints[2](fr)) }}
		}
		return code{typ: typ, f: func(fr *frame) float64 { return min(max(floats[0](fr), floats[1](fr)), floats[2](fr)) }}
	},
})
