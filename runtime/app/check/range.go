package check

import (
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	register(&Rule{
		Code:  "range_missing",
		Title: spec.Text{"en": "Analog value without a range", "zh": "模拟量没有量程"},
		Why: spec.Text{
			"en": "Without a range a gauge is drawn from 0 to 100, and its pointer says nothing.",
			"zh": "没有量程时，仪表按 0 到 100 绘制，指针没有意义。",
		},
		Message: "%q shows an analog value without a range.",
		Hint:    "Give the tag a range, or set the low and the high end here.",
		Chinese: Chinese{"{1} 显示的模拟量没有量程。", "请为变量设置量程，或在此设置下限和上限。"},
		Plant:   true,
		run: func(s *screen, tell tell) {
			for _, w := range s.shown {
				if w.value == nil || w.value.Type != tag.Float && w.value.Type != tag.Int {
					continue
				}
				low, high := w.setting("low"), w.setting("high")
				switch {
				case low == nil || high == nil || low.From != "low" || high.From != "high":
				case !w.given("low") && w.value.Low == nil:
					tell(w, "/props/low", w.called())
				case !w.given("high") && w.value.High == nil:
					tell(w, "/props/high", w.called())
				}
			}
		},
	})
}
