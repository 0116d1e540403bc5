package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "related",
	Signature: `related(".", "feeds")`,
	Summary: spec.Text{
		"en": `The assets that an asset has a relation to: what it feeds, contains, is a spare of, or another type. "." is the own asset. For a roll-up: sumOf(related(".", "feeds"), "flow").`,
		"zh": `某资产按某种关系指向的资产：供给（feeds）、包含（contains）、备件（spare-of）或其他类型。"." 为本资产。用于汇总：sumOf(related(".", "feeds"), "flow")。`,
	},
	Examples: []Example{
		{Text: `sumOf(related(".", "feeds"), "power")`, Tags: map[string]string{"pump1/power": "3", "pump2/power": "4.5"}, Result: "7.5"},
	},
	least: 2, most: 2, plant: true,
	build: func(c *compiler, _ ast.Node, args []code) code { return c.relation(args, false) },
})
