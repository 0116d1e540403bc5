package expression

import (
	"strings"

	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "lower",
	Signature: "lower(text)",
	Summary: spec.Text{
		"en": "The text in small letters.",
		"zh": "转换为小写的文本。",
	},
	Examples: []Example{
		{Text: `lower("ABC")`, Result: `"abc"`},
	},
	least: 1, most: 1,
	build: ofText(strings.ToLower),
})
