package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "attribute",
	Signature: `attribute(".", "supplier")`,
	Summary: spec.Text{
		"en": `An attribute of an asset or a tag of the plant, as text; no value when it has none of that name. "." is the own asset, "./speed" its property. An asset has those of its model, too.`,
		"zh": `工厂中某资产或变量的附加信息（文本）；没有该名称时没有值。"." 为本资产，"./speed" 为其属性。资产也具有其模型的附加信息。`,
	},
	Examples: []Example{
		{Text: `attribute("pump1", "supplier")`, Result: `"KSB"`},
		{Text: `orElse(attribute("pump1", "built"), "?")`, Result: `"?"`},
	},
	least: 2, most: 2, plant: true,
	build: func(c *compiler, n ast.Node, args []code) code {
		const example = `attribute(".", "supplier")`
		path, key := c.literal(args[0], example), c.literal(args[1], example)
		if c.env.Attribute == nil {
			c.fail(n, "expression_unsupported", "Compute it as a tag of the plant, and name that tag here.", "Attributes are known to tags of the plant and properties of models only.")
		}
		text, there, problem := c.env.Attribute(path, key)
		if problem != nil {
			c.refuse(args[0].node, problem)
		}
		if !there {
			c.facts = append(c.facts, "")
			return code{typ: tag.String, s: func(fr *frame) string { fr.note(tag.BadNoData); return "" }}
		}
		c.facts = append(c.facts, "="+text)
		return constant(tag.OfString(text))
	},
})
