package expression

import (
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "float",
	Signature: "float(x)",
	Summary: spec.Text{
		"en": "x as float: an int, a text that is a number, 1 or 0 for true or false.",
		"zh": "将 x 转换为浮点数：整数、表示数的文本，真为 1、假为 0。",
	},
	Examples: []Example{
		{Text: `float("2.5")`, Result: "2.5"},
		{Text: "float(2)", Result: "2"},
		{Text: `float(tag("a"))`, Tags: map[string]string{"a": `"2,5"`}, Result: "BadTypeMismatch"},
	},
	least: 1, most: 1,
	build: func(c *compiler, _ ast.Node, args []code) code {
		switch x := args[0]; x.typ {
		case tag.Bool:
			f := x.b
			return code{typ: tag.Float, f: func(fr *frame) float64 { return float64(bit(f(fr))) }}
		case tag.String:
			f := x.s
			return code{typ: tag.Float, f: func(fr *frame) float64 {
				v, err := strconv.ParseFloat(strings.TrimSpace(f(fr)), 64)
				if err != nil {
					fr.note(tag.BadTypeMismatch)
				}
				return v
			}}
		}
		return c.as(args[0], tag.Float)
	},
})
