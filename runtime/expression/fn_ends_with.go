package expression

import (
	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "endsWith",
	Signature: "text endsWith part",
	Summary: spec.Text{
		"en": "Whether a text ends with the part.",
		"zh": "文本是否以某一部分结尾。",
	},
	Examples: []Example{
		{Text: `"pump-12" endsWith "12"`, Result: "true"},
	},
})
