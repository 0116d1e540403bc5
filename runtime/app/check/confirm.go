package check

import (
	"fmt"
	"maps"
	"slices"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
)

func init() {
	register(&Rule{
		Code:  "write_unconfirmed",
		Title: spec.Text{"en": "Write without a question", "zh": "写入前不确认"},
		Why: spec.Text{
			"en": "A touch by mistake changes the plant when neither the tag nor the action asks first.",
			"zh": "变量和动作都不要求确认时，误触会直接改变工厂。",
		},
		Message: "%q writes without asking the operator.",
		Hint:    "Let the tag ask before it is written, or give the action a question.",
		Chinese: Chinese{"{1} 在写入前不询问操作员。", "请让变量在写入前要求确认，或为动作设置提问。"},
		Plant:   true,
		run: func(s *screen, tell tell) {
			for _, w := range s.shown {
				if w.Writes != "" {
					if b := s.bound(w.Props[w.Writes]); b != nil && b.Confirm == "none" {
						tell(w, "/props/"+spec.Escape(w.Writes), w.called())
					}
				}
				if len(w.On) == 0 {
					continue
				}
				for _, event := range slices.Sorted(maps.Keys(w.On)) {
					for i := range w.On[event] {
						a := &w.On[event][i]
						if !changes(a) || a.Confirm != "" || a.Tag == "" {
							continue
						}
						if b := s.known(app.Binding{Tag: a.Tag}); b != nil && b.Confirm == "none" {
							tell(w, fmt.Sprintf("/on/%s/%d/confirm", spec.Escape(event), i), w.called())
						}
					}
				}
			}
		},
	})
}
