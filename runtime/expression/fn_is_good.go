package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "isGood",
	Signature: "isGood(x)",
	Summary: spec.Text{
		"en": "Whether the quality of x is good.",
		"zh": "x 的质量是否良好。",
	},
	Examples: []Example{
		{Text: `isGood(tag("a"))`, Tags: map[string]string{"a": "1.5"}, Result: "true"},
		{Text: `isGood(tag("a") + tag("b"))`, Tags: map[string]string{"a": "1.5", "b": "BadTimeout"}, Result: "false"},
		{Text: `isGood(tag("a")) ? tag("a") : 0`, Tags: map[string]string{"a": "BadDeviceFailure"}, Result: "0"},
	},
	least: 1, most: 1,
	build: func(_ *compiler, _ ast.Node, args []code) code {
		q := args[0].probe()
		return code{typ: tag.Bool, b: func(fr *frame) bool { return q(fr).IsGood() }}
	},
})
