package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "bit",
	Signature: "bit(x, n)",
	Summary: spec.Text{
		"en": "Whether bit n of an int is set; 0 is the lowest, 63 the highest.",
		"zh": "整数的第 n 位是否为 1；0 为最低位，63 为最高位。",
	},
	Examples: []Example{
		{Text: "bit(5, 2)", Result: "true"},
		{Text: `bit(tag("a"), 1)`, Tags: map[string]string{"a": "5"}, Result: "false"},
		{Text: `bit(1, tag("a"))`, Tags: map[string]string{"a": "64"}, Result: "BadOutOfRange"},
	},
	least: 2, most: 2,
	build: func(c *compiler, _ ast.Node, args []code) code {
		x, n := c.as(args[0], tag.Int).i, c.as(args[1], tag.Int).i
		return code{typ: tag.Bool, b: func(fr *frame) bool {
			v, at := x(fr), n(fr)
			if at < 0 || at > 63 {
				fr.note(tag.BadOutOfRange)
				return false
			}
			return uint64(v)>>uint(at)&1 != 0
		}}
	},
})
