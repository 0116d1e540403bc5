package expression

import (
	"math"

	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "round",
	Signature: "round(x, decimals)",
	Summary: spec.Text{
		"en": "The nearest int, half away from zero; with decimals (0 to 15) a float rounded to them.",
		"zh": "四舍五入到最近的整数；给出小数位数（0 到 15）时为舍入到该位数的浮点数。",
	},
	Examples: []Example{
		{Text: "round(2.5)", Result: "3"},
		{Text: "round(-2.5)", Result: "-3"},
		{Text: "round(3.14159, 2)", Result: "3.14"},
		{Text: `round(tag("a"))`, Tags: map[string]string{"a": "1e30"}, Result: "BadOutOfRange"},
	},
	least: 1, most: 2,
	build: func(c *compiler, n ast.Node, args []code) code {
		if len(args) == 1 {
			return toInt(math.Round)(c, n, args)
		}
		x, d := c.as(args[0], tag.Float).f, c.as(args[1], tag.Int).i
		return code{typ: tag.Float, f: func(fr *frame) float64 {
			v, decimals := x(fr), d(fr)
			if decimals < 0 || decimals > 15 {
				fr.note(tag.BadOutOfRange)
				return 0
			}
			unit := math.Pow(10, float64(decimals))
			if math.Abs(v) >= 1<<52/unit {
				return v // has no more decimals than that
			}
			return math.Round(v*unit) / unit
		}}
	},
})
