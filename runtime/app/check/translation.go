package check

import (
	"maps"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
)

func init() {
	register(&Rule{
		Code:  "translation_missing",
		Title: spec.Text{"en": "Text without a translation", "zh": "文本缺少翻译"},
		Why: spec.Text{
			"en": "Who works in another language meets English in the middle of it, and may not read it.",
			"zh": "使用其他语言的人员会在画面中遇到英文，可能看不懂。",
		},
		Message: "The text %q is not translated into %s.",
		Hint:    "Translate it in the table of texts.",
		Chinese: Chinese{"文本 {1} 未翻译成 {2}。", "请在文本表中翻译。"},
		run: func(s *screen, tell tell) {
			told := map[string]bool{}
			languages := s.app.KnownLanguages()
			for _, w := range s.shown {
				for _, prop := range slices.Sorted(maps.Keys(w.Props)) {
					app.TextKeys(w.Props[prop], func(at, key string) {
						var missing []string
						for _, lang := range languages {
							if s.app.Texts[key][lang] == "" {
								missing = append(missing, lang)
							}
						}
						if len(missing) > 0 && !told[key] {
							told[key] = true
							tell(w, "/props/"+spec.Escape(prop)+at, key, strings.Join(missing, ", "))
						}
					})
				}
			}
		},
	})
}
