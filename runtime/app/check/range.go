package check

import (
	"encoding/json"
	"fmt"
	"strconv"

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
		Fix:     spec.Text{"en": "Keep the range that it is drawn with", "zh": "采用当前绘制所用的量程"},
		run: func(s *screen, tell tell) {
			for _, w := range s.shown {
				if w.value == nil || w.value.Type != tag.Float && w.value.Type != tag.Int {
					continue
				}
				low, high := w.setting("low"), w.setting("high")
				switch {
				case low == nil || high == nil || low.From != "low" || high.From != "high":
				case !w.given("low") && w.value.Low == nil:
					tell(w, "/props/low", w.called()).Fix = w.keepRange(low, high)
				case !w.given("high") && w.value.High == nil:
					tell(w, "/props/high", w.called()).Fix = w.keepRange(low, high)
				}
			}
		},
	})
}

// keepRange writes down the range that a gauge is drawn with when it has none, so that somebody
// has said it.
func (w *widget) keepRange(low, high *spec.Field) *spec.Fix {
	end := func(prop string, known *float64, otherwise float64) (float64, bool) {
		if isBinding(w.Props[prop]) {
			return 0, false
		}
		if v, err := strconv.ParseFloat(string(w.Props[prop]), 64); err == nil {
			return v, true
		}
		if known != nil {
			return *known, true
		}
		return otherwise, true
	}
	from, ok := end("low", w.value.Low, endOf(low.Default, 0))
	to, also := end("high", w.value.High, endOf(high.Default, 100))
	if !ok || !also || from >= to {
		return nil
	}
	title := spec.Text{"en": fmt.Sprintf("Set the range %g to %g", from, to), "zh": fmt.Sprintf("将量程设为 %g 至 %g", from, to)}
	fix := &spec.Fix{Title: title}
	if !w.given("low") && w.value.Low == nil {
		fix.Patch = append(fix.Patch, spec.Set(w.prop("low"), from))
	}
	if !w.given("high") && w.value.High == nil {
		fix.Patch = append(fix.Patch, spec.Set(w.prop("high"), to))
	}
	return fix
}

func endOf(raw json.RawMessage, otherwise float64) float64 {
	if v, err := strconv.ParseFloat(string(raw), 64); err == nil {
		return v
	}
	return otherwise
}
