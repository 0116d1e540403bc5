package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "min",
	Signature: "min(x, y, …)",
	Summary: spec.Text{
		"en": "The smallest of several numbers, or of a list.",
		"zh": "若干个数或一个列表中最小的数。",
	},
	Examples: []Example{
		{Text: "min(3, 1, 2)", Result: "1"},
		{Text: `min(tag("a"), 2)`, Tags: map[string]string{"a": "2.5"}, Result: "2"},
		{Text: "min([4, 5])", Result: "4"},
	},
	least: 1, most: -1,
	build: func(c *compiler, _ ast.Node, args []code) code {
		if isList(args) {
			return overList(c, args[0], func(fr *frame, numbers []any) float64 {
				out := fr.float(numbers[0])
				for _, v := range numbers[1:] {
					out = min(out, fr.float(v))
				}
				return out
			})
		}
		typ, ints, floats := c.numbers(args)
		if typ == tag.Int {
			return code{typ: typ, i: func(fr *frame) int64 {
				out := ints[0](fr)
				for _, f := range ints[1:] {
					out = min(out, f(fr))
				}
				return out
			}}
		}
		return code{typ: typ, f: func(fr *frame) float64 {
			out := floats[0](fr)
			for _, f := range floats[1:] {
				out = min(out, f(fr))
			}
			return out
		}}
	},
})
