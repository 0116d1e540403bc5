package expression

import (
	"strings"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "upper",
	Signature: "upper(text)",
	Summary: spec.Text{
		"en": "The text in capital letters.",
		"zh": "转换为大写的文本。",
	},
	Examples: []Example{
		{Text: `upper("abc")`, Result: `"ABC"`},
	},
	least: 1, most: 1,
	build: ofText(strings.ToUpper),
})
