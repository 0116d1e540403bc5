package action

import (
	"context"
	"encoding/json"

	"github.com/lineside/lineside/runtime/spec"
)

func init() {
	type settings struct {
		Text  json.RawMessage `json:"text" title:"Text" zh:"文字" kind:"texts" required:"true"`
		Level string          `json:"level" title:"Weight" zh:"级别" enum:"info=Information|信息,success=Success|成功,warning=Warning|警告" default:"info"`
	}
	register(Type{
		Component: spec.Component{
			ID: "notice", Icon: "message-square", Category: categoryPerson,
			Title:    spec.Text{"en": "Show a notice", "zh": "显示通知"},
			Summary:  spec.Text{"en": "Tells the operator something in a few words.", "zh": "用简短文字告知操作员。"},
			Settings: spec.Fields(settings{}),
		},
		Phrase: spec.Text{"en": "Tell: {text}", "zh": "通知：{text}"},
		order:  70,
		check: func(_ *Document, a *Action) spec.Problems {
			var ps spec.Problems
			if a.Text["en"] == "" {
				ps.Add("value_missing", "/text/en", "Give an English text; it stands in for missing languages.", "The notice has no text.")
			}
			for lang, s := range a.Text {
				if len(s) > maxText {
					ps.Add("text_too_long", "/text/"+spec.Escape(lang), "Make it shorter.", "The text has %d bytes, more than %d.", len(s), maxText)
				}
			}
			return append(ps, choice("/level", a.Level, "info", "success", "warning")...)
		},
		run: func(_ context.Context, h Host, a *Action) error {
			e := Effect{Do: "notice", Text: a.Text, Level: a.Level}
			if e.Level == "" {
				e.Level = "info"
			}
			h.Effect(e)
			return nil
		},
	})
}
