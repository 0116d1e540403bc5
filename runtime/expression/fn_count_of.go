package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "countOf",
	Signature: `countOf("pump", "running")`,
	Summary: spec.Text{
		"en": `At how many assets of a model below this place a property of type bool is true; without a property, how many there are.`,
		"zh": `本位置以下某模型的资产中，某 bool 属性为真的个数；不给属性时为资产个数。`,
	},
	Examples: []Example{
		{Text: `countOf("pump", "running")`, Tags: map[string]string{"pump1/running": "true", "pump2/running": "false"}, Result: "1"},
		{Text: `countOf("pump")`, Tags: map[string]string{"pump1/running": "true", "pump2/running": "false"}, Result: "2"},
	},
	least: 1, most: 2, members: true,
	build: func(c *compiler, n ast.Node, args []code) code {
		parts := c.members(n, args)
		if len(args) == 1 {
			return constant(tag.OfInt(int64(len(parts))))
		}
		bools := make([]func(*frame) bool, len(parts))
		for i := range parts {
			bools[i] = c.as(parts[i], tag.Bool).b
		}
		return code{typ: tag.Int, i: func(fr *frame) (total int64) {
			for _, f := range bools {
				if f(fr) {
					total++
				}
			}
			return total
		}}
	},
})
