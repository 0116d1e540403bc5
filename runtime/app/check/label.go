package check

import "github.com/lineside/lineside/runtime/spec"

func init() {
	register(&Rule{
		Code:  "label_missing",
		Title: spec.Text{"en": "Control without a label", "zh": "操作控件没有标签"},
		Why: spec.Text{
			"en": "Nobody should have to guess what a control does, nor should a screen reader (WCAG 2.2, 3.3.2).",
			"zh": "操作控件的作用不应靠猜测，屏幕阅读器也需要标签（WCAG 2.2，3.3.2）。",
		},
		Message: "%q has no label.",
		Hint:    "Give it a label, or its tag a title.",
		Chinese: Chinese{"{1} 没有标签。", "请设置标签，或为其变量设置标题。"},
		run: func(s *screen, tell tell) {
			for _, w := range s.shown {
				if !w.operable || w.setting("label") == nil || w.given("label") {
					continue
				}
				if isBinding(w.Props[w.main()]) && (w.value == nil || w.value.Title != "") {
					continue // the title of the tag stands in, or the tag is not known
				}
				tell(w, "/props/label", w.called())
			}
		},
	})
}
