package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "relatedTo",
	Signature: `relatedTo(".", "feeds")`,
	Summary: spec.Text{
		"en": `The assets that have a relation to an asset: what feeds it, contains it, is a spare of it. "." is the own asset. For a roll-up: countOf(relatedTo(".", "feeds"), "running").`,
		"zh": `按某种关系指向某资产的资产：供给它的、包含它的、作为其备件的。"." 为本资产。用于汇总：countOf(relatedTo(".", "feeds"), "running")。`,
	},
	Examples: []Example{
		{Text: `sumOf(relatedTo(".", "feeds"), "power")`, Tags: map[string]string{"pump1/power": "3", "pump2/power": "4.5"}, Result: "7.5"},
	},
	least: 2, most: 2, plant: true,
	build: func(c *compiler, _ ast.Node, args []code) code { return c.relation(args, true) },
})
