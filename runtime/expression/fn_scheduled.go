package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Scheduled is the function of a Past that asks whether the plan of a week, which stands in the tag, is on now.
const Scheduled = "scheduled"

var _ = register(Function{
	Name:      "scheduled",
	Signature: `scheduled(tag("area/plan"))`,
	Summary: spec.Text{
		"en": "Whether the plan of a week that stands in a tag is on now, in the plant's time zone. It changes by itself when a time begins or ends. The weekly schedule widget writes such plans.",
		"zh": "变量中保存的周计划此刻是否处于开启时段（按工厂时区）。到达时段的开始或结束时自动变化。周计划控件用于编辑此类计划。",
	},
	Examples: []Example{
		{Text: `scheduled(tag("hall/plan")) ? 21 : 16`, Tags: map[string]string{"hall/plan": `{"week":[]}`, "hall/plan/#scheduled ": "false"}, Result: "16"},
	},
	least: 1, most: 1,
	build: func(c *compiler, n ast.Node, args []code) code {
		in := args[0].input
		if in == nil || in.kind != 0 {
			c.fail(n, "expression_type", `Name the tag: scheduled(tag("area/plan")).`, "scheduled() wants a tag.")
		}
		if t := args[0].typ; t != tag.JSON && t != tag.String {
			c.fail(n, "expression_type", "Give the tag the type json.", "The plan of a week stands in a tag of type json or string.")
		}
		past := Past{Path: c.tags[in.index], Function: Scheduled}
		if c.env.Past == nil {
			c.fail(n, "expression_unsupported", "Compute it as a tag of its own.", "Here scheduled() is not known.")
		}
		if problem := c.env.Past(past); problem != nil {
			c.refuse(n, problem)
		}
		return c.reads(past.Tag(), tag.Bool)
	},
})
