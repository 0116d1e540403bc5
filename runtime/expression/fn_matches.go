package expression

import (
	"github.com/lineside/lineside/runtime/spec"
)

var _ = register(Function{
	Name:      "matches",
	Signature: "text matches pattern",
	Summary: spec.Text{
		"en": "Whether a text fits a regular expression (RE2), which is a constant.",
		"zh": "文本是否符合正则表达式（RE2，须为常量）。",
	},
	Examples: []Example{
		{Text: `tag("a") matches "^A[0-9]+$"`, Tags: map[string]string{"a": `"A17"`}, Result: "true"},
	},
})
