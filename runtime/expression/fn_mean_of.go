package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "meanOf",
	Signature: `meanOf("pump", "power")`,
	Summary: spec.Text{
		"en": `The arithmetic mean of a property over all assets of a model below this place; no value when there is none.`,
		"zh": `本位置以下某模型所有资产的某属性的平均值；没有资产时没有值。`,
	},
	Examples: []Example{
		{Text: `meanOf("pump", "power")`, Tags: map[string]string{"pump1/power": "3", "pump2/power": "4.5"}, Result: "3.75"},
	},
	least: 2, most: 2, members: true,
	build: func(c *compiler, n ast.Node, args []code) code {
		parts := c.members(n, args)
		if len(parts) == 0 {
			return empty()
		}
		floats := make([]func(*frame) float64, len(parts))
		for i := range parts {
			floats[i] = c.as(c.number(parts[i]), tag.Float).f
		}
		return code{typ: tag.Float, f: func(fr *frame) float64 {
			var total float64
			for _, f := range floats {
				total += f(fr)
			}
			return fr.finite(total / float64(len(floats)))
		}}
	},
})
