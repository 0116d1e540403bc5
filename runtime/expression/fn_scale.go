package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "scale",
	Signature: "scale(x, inLow, inHigh, outLow, outHigh)",
	Summary: spec.Text{
		"en": "Maps inLow…inHigh linearly to outLow…outHigh, also outside of it.",
		"zh": "将 inLow…inHigh 线性映射到 outLow…outHigh，范围之外同样适用。",
	},
	Examples: []Example{
		{Text: "scale(12, 4, 20, 0, 100)", Result: "50"},
		{Text: `scale(tag("a"), 0, 27648, 0, 10)`, Tags: map[string]string{"a": "27648"}, Result: "10"},
		{Text: `scale(1, tag("a"), tag("a"), 0, 1)`, Tags: map[string]string{"a": "5"}, Result: "BadOutOfRange"},
	},
	least: 5, most: 5,
	build: func(c *compiler, _ ast.Node, args []code) code {
		var a [5]func(*frame) float64
		for i := range a {
			a[i] = c.as(args[i], tag.Float).f
		}
		return code{typ: tag.Float, f: func(fr *frame) float64 {
			x, inLow, inHigh, outLow, outHigh := a[0](fr), a[1](fr), a[2](fr), a[3](fr), a[4](fr)
			if inLow == inHigh {
				fr.note(tag.BadOutOfRange)
				return 0
			}
			return fr.finite(outLow + (x-inLow)/(inHigh-inLow)*(outHigh-outLow))
		}}
	},
})
