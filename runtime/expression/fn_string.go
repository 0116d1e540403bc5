package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var _ = register(Function{
	Name:      "string",
	Signature: "string(x)",
	Summary: spec.Text{
		"en": "x as text.",
		"zh": "将 x 转换为文本。",
	},
	Examples: []Example{
		{Text: "string(5)", Result: `"5"`},
		{Text: `string(tag("a"))`, Tags: map[string]string{"a": "true"}, Result: `"true"`},
		{Text: `string(2.5) + "%"`, Result: `"2.5%"`},
	},
	least: 1, most: 1,
	build: func(c *compiler, _ ast.Node, args []code) code { return c.toText(args[0]) },
})

// toText makes the code of a value as text, as tag.Value shows it.
func (c *compiler) toText(x code) code {
	switch x.typ {
	case tag.String:
		return x
	case tag.JSON, list:
		f := result(code{typ: tag.JSON, any: x.any})
		of := x.any
		return code{typ: tag.String, s: func(fr *frame) string {
			if s, ok := of(fr).(string); ok {
				return fr.bounded(s)
			}
			return f(fr).Text()
		}}
	case tag.Bytes:
		f := x.s
		return code{typ: tag.String, s: func(fr *frame) string {
			v, err := tag.OfBytes([]byte(f(fr))).Convert(tag.String)
			if err != nil {
				fr.note(tag.BadTypeMismatch)
			}
			return fr.bounded(v.Text())
		}}
	}
	f := result(x)
	return code{typ: tag.String, s: func(fr *frame) string { return f(fr).String() }}
}
