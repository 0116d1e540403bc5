package expression

import (
	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "contains",
	Signature: "text contains part",
	Summary: spec.Text{
		"en": "Whether a text has the part in it.",
		"zh": "文本中是否含有某一部分。",
	},
	Examples: []Example{
		{Text: `"pump-12" contains "12"`, Result: "true"},
		{Text: `not (tag("a") contains "x")`, Tags: map[string]string{"a": `"abc"`}, Result: "true"},
	},
})
