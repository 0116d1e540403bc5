package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "maxOf",
	Signature: `maxOf("pump", "power")`,
	Summary: spec.Text{
		"en": `The largest value of a property over all assets of a model below this place; no value when there is none.`,
		"zh": `本位置以下某模型所有资产的某属性的最大值；没有资产时没有值。`,
	},
	Examples: []Example{
		{Text: `maxOf("pump", "power")`, Tags: map[string]string{"pump1/power": "3", "pump2/power": "4.5"}, Result: "4.5"},
	},
	least: 2, most: 2, members: true,
	build: func(c *compiler, n ast.Node, args []code) code {
		parts := c.members(n, args)
		if len(parts) == 0 {
			return empty()
		}
		return c.extreme(parts,
			func(a, b int64) int64 { return max(a, b) },
			func(a, b float64) float64 { return max(a, b) })
	},
})
