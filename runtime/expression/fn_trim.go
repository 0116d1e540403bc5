package expression

import (
	"strings"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "trim",
	Signature: "trim(text)",
	Summary: spec.Text{
		"en": "The text without white space at its ends.",
		"zh": "去掉首尾空白的文本。",
	},
	Examples: []Example{
		{Text: `trim("  a b ")`, Result: `"a b"`},
	},
	least: 1, most: 1,
	build: ofText(strings.TrimSpace),
})
