package expression

import (
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "len",
	Signature: "len(x)",
	Summary: spec.Text{
		"en": "The number of characters of a text, or of elements of a list.",
		"zh": "文本的字符数，或列表的元素个数。",
	},
	Examples: []Example{
		{Text: `len("线边")`, Result: "2"},
		{Text: "len([1, 2, 3])", Result: "3"},
	},
	least: 1, most: 1,
	build: func(c *compiler, _ ast.Node, args []code) code {
		if args[0].typ == tag.String {
			x := args[0].s
			return code{typ: tag.Int, i: func(fr *frame) int64 { return int64(utf8.RuneCountInString(fr.bounded(x(fr)))) }}
		}
		x := c.as(args[0], tag.JSON).any
		return code{typ: tag.Int, i: func(fr *frame) int64 {
			switch v := x(fr).(type) {
			case []any:
				return int64(len(v))
			case map[string]any:
				return int64(len(v))
			case string:
				return int64(utf8.RuneCountInString(fr.bounded(v)))
			default:
				fr.mismatch(v)
			}
			return 0
		}}
	},
})
