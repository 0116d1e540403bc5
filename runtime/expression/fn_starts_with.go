package expression

import (
	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "startsWith",
	Signature: "text startsWith part",
	Summary: spec.Text{
		"en": "Whether a text begins with the part.",
		"zh": "文本是否以某一部分开头。",
	},
	Examples: []Example{
		{Text: `"pump-12" startsWith "pump"`, Result: "true"},
	},
})
