package expression

import (
	"math"

	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "abs",
	Signature: "abs(x)",
	Summary: spec.Text{
		"en": "x without its sign.",
		"zh": "x 的绝对值。",
	},
	Examples: []Example{
		{Text: "abs(-2)", Result: "2"},
		{Text: `abs(tag("a"))`, Tags: map[string]string{"a": "-1.5"}, Result: "1.5"},
	},
	least: 1, most: 1,
	build: func(c *compiler, _ ast.Node, args []code) code {
		arg := c.number(args[0])
		if arg.typ == tag.Float {
			x := arg.f
			return code{typ: tag.Float, f: func(fr *frame) float64 { return math.Abs(x(fr)) }}
		}
		x := arg.i
		return code{typ: tag.Int, i: func(fr *frame) int64 {
			v := x(fr)
			if v == math.MinInt64 {
				fr.note(tag.BadOutOfRange)
			}
			return max(v, -v)
		}}
	},
})
