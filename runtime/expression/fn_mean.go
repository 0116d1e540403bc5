package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "mean",
	Signature: "mean(x, y, …)",
	Summary: spec.Text{
		"en": "The arithmetic mean of several numbers, or of a list.",
		"zh": "若干个数或一个列表的平均值。",
	},
	Examples: []Example{
		{Text: "mean(1, 2)", Result: "1.5"},
		{Text: `mean(tag("a"), tag("b"), 4)`, Tags: map[string]string{"a": "1.0", "b": "4.0"}, Result: "3"},
	},
	least: 1, most: -1,
	build: func(c *compiler, _ ast.Node, args []code) code {
		if isList(args) {
			return overList(c, args[0], func(fr *frame, numbers []any) (total float64) {
				for _, v := range numbers {
					total += fr.float(v)
				}
				return total / float64(len(numbers))
			})
		}
		floats := make([]func(*frame) float64, len(args))
		for i, a := range args {
			floats[i] = c.as(a, tag.Float).f
		}
		return code{typ: tag.Float, f: func(fr *frame) float64 {
			var total float64
			for _, f := range floats {
				total += f(fr)
			}
			return total / float64(len(floats))
		}}
	},
})
