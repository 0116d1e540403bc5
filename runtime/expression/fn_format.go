package expression

import (
	"strconv"

	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "format",
	Signature: "format(x, decimals)",
	Summary: spec.Text{
		"en": "The number as text with so many decimals (0 to 15), or as many as it needs.",
		"zh": "将数写成文本，保留给定的小数位数（0 到 15），不给出时按需要保留。",
	},
	Examples: []Example{
		{Text: "format(3.14159, 2)", Result: `"3.14"`},
		{Text: `format(tag("a"), 1) + " °C"`, Tags: map[string]string{"a": "21"}, Result: `"21.0 °C"`},
		{Text: "format(0.5)", Result: `"0.5"`},
	},
	least: 1, most: 2,
	build: func(c *compiler, _ ast.Node, args []code) code {
		if len(args) == 1 {
			return c.toText(c.number(args[0]))
		}
		x, d := c.as(args[0], tag.Float).f, c.as(args[1], tag.Int).i
		return code{typ: tag.String, s: func(fr *frame) string {
			v, decimals := fr.finite(x(fr)), d(fr)
			if decimals < 0 || decimals > 15 {
				fr.note(tag.BadOutOfRange)
				return ""
			}
			return strconv.FormatFloat(v, 'f', int(decimals), 64)
		}}
	},
})
