package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "quality",
	Signature: "quality(x)",
	Summary: spec.Text{
		"en": `The name of the quality of x, "Good" when all is well. It has a value even when x has none.`,
		"zh": `x 的质量名称，一切正常时为 "Good"。x 没有值时它也有值。`,
	},
	Examples: []Example{
		{Text: `quality(tag("a"))`, Tags: map[string]string{"a": "1.5"}, Result: `"Good"`},
		{Text: `quality(tag("a")) == "BadTimeout"`, Tags: map[string]string{"a": "BadTimeout"}, Result: "true"},
	},
	least: 1, most: 1,
	build: func(_ *compiler, _ ast.Node, args []code) code {
		q := args[0].probe()
		return code{typ: tag.String, s: func(fr *frame) string { return q(fr).String() }}
	},
})
