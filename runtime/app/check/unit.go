package check

import (
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	register(&Rule{
		Code:  "unit_missing",
		Title: spec.Text{"en": "Value without a unit", "zh": "数值没有单位"},
		Why: spec.Text{
			"en": "A number without its unit is read as another one. Whole numbers are left alone, because they may be counts; an empty unit in the widget says that there is none.",
			"zh": "没有单位的数值容易被误读。整数可能是计数，不检查；在控件中填写空单位表示确实没有单位。",
		},
		Message: "%q shows a value without a unit.",
		Hint:    "Give the tag a unit, or set it here.",
		Chinese: Chinese{"{1} 显示的数值没有单位。", "请为变量设置单位，或在此设置。"},
		Plant:   true,
		run: func(s *screen, tell tell) {
			for _, w := range s.shown {
				if w.value == nil || w.value.Type != tag.Float || w.value.Unit != "" {
					continue
				}
				if _, said := w.Props["unit"]; said {
					continue
				}
				if f := w.setting("unit"); f != nil && f.From == "unit" {
					tell(w, "/props/unit", w.called())
				}
			}
		},
	})
}
