package expression

import (
	"math"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "int",
	Signature: "int(x)",
	Summary: spec.Text{
		"en": "x as int: a float without its fraction, a text that is a whole number, 1 or 0 for true or false.",
		"zh": "将 x 转换为整数：浮点数去掉小数部分，文本须为整数，真为 1、假为 0。",
	},
	Examples: []Example{
		{Text: "int(-2.7)", Result: "-2"},
		{Text: `int("42")`, Result: "42"},
		{Text: `int(tag("a"))`, Tags: map[string]string{"a": `"x"`}, Result: "BadTypeMismatch"},
		{Text: "int(true)", Result: "1"},
	},
	least: 1, most: 1,
	build: func(c *compiler, n ast.Node, args []code) code {
		switch x := args[0]; x.typ {
		case tag.Bool:
			f := x.b
			return code{typ: tag.Int, i: func(fr *frame) int64 { return int64(bit(f(fr))) }}
		case tag.JSON:
			f := x.any
			return code{typ: tag.Int, i: func(fr *frame) int64 {
				v := f(fr)
				if number, ok := asFloat(v); ok && number != math.Trunc(number) {
					v = math.Trunc(number)
				}
				return fr.int(v)
			}}
		case tag.String:
			f := x.s
			return code{typ: tag.Int, i: func(fr *frame) int64 {
				i, err := strconv.ParseInt(strings.TrimSpace(f(fr)), 10, 64)
				if err != nil {
					fr.note(tag.BadTypeMismatch)
				}
				return i
			}}
		}
		return toInt(math.Trunc)(c, n, args)
	},
})
