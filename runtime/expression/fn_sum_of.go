package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "sumOf",
	Signature: `sumOf("pump", "power")`,
	Summary: spec.Text{
		"en": `The sum of a property over all assets of a model below this place; 0 when there is none. Assets of models that build on it count, too.`,
		"zh": `本位置以下某模型所有资产的某属性之和；没有资产时为 0。基于该模型的模型的资产也计入。`,
	},
	Examples: []Example{
		{Text: `sumOf("pump", "power")`, Tags: map[string]string{"pump1/power": "3", "pump2/power": "4.5"}, Result: "7.5"},
		{Text: `sumOf("pump", "power")`, Tags: map[string]string{"pump1/power": "3", "pump2/power": "BadTimeout"}, Result: "BadTimeout"},
	},
	least: 2, most: 2, members: true,
	build: func(c *compiler, n ast.Node, args []code) code {
		parts := c.members(n, args)
		if len(parts) == 0 {
			return constant(tag.OfInt(0))
		}
		typ, ints, floats := c.numbers(parts)
		if typ == tag.Int {
			return code{typ: typ, i: func(fr *frame) (total int64) {
				for _, f := range ints {
					v := f(fr)
					next := total + v
					if (next > total) != (v > 0) && v != 0 {
						fr.note(tag.BadOutOfRange)
					}
					total = next
				}
				return total
			}}
		}
		return code{typ: typ, f: func(fr *frame) (total float64) {
			for _, f := range floats {
				total += f(fr)
			}
			return fr.finite(total)
		}}
	},
})
