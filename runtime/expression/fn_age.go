package expression

import (
	"math"

	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "age",
	Signature: "age(x)",
	Summary: spec.Text{
		"en": "Seconds since the source time of an input, infinite when it has none. It is computed when something in the expression changes, not by itself.",
		"zh": "输入的源时间至今的秒数，没有源时间时为无穷大。仅在表达式中某个输入变化时重新计算。",
	},
	Examples: []Example{
		{Text: `age(tag("a")) < 3600`, Tags: map[string]string{"a": "1.5"}, Result: "true"},
	},
	least: 1, most: 1,
	build: func(c *compiler, n ast.Node, args []code) code {
		in := args[0].input
		if in == nil {
			c.fail(n, "expression_type", `Name the tag: age(tag("area/line/speed")).`, "age() wants a tag or an input.")
		}
		return code{typ: tag.Float, f: func(fr *frame) float64 {
			source := fr.in[in.kind][in.index].Source
			if source == 0 {
				return math.Inf(1)
			}
			return float64(tag.Now()-source) / 1e9
		}}
	},
})
