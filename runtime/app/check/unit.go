package check

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/lineside/lineside/runtime/app"
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
		Fix:     spec.Text{"en": "Take the unit of the tag in the expression, or say that it has none", "zh": "采用表达式中变量的单位，或注明没有单位"},
		run: func(s *screen, tell tell) {
			for _, w := range s.shown {
				if w.value == nil || w.value.Type != tag.Float || w.value.Unit != "" {
					continue
				}
				if _, said := w.Props["unit"]; said {
					continue
				}
				if f := w.setting("unit"); f != nil && f.From == "unit" {
					tell(w, "/props/unit", w.called()).Fix = s.unitFix(w)
				}
			}
		},
	})
}

var tagCall = regexp.MustCompile(`\btag\(\s*("(?:[^"\\]|\\.)*"|'[^'\\]*')\s*\)`)

// unitFix takes the unit of the tags in the expression when they have one and the same.
func (s *screen) unitFix(w *widget) *spec.Fix {
	unit, from := "", ""
	if b, ok := app.ParseBinding(w.Props[w.main()]); ok && b.Expr != "" {
		for _, m := range tagCall.FindAllStringSubmatch(b.Expr, -1) {
			path := strings.Trim(m[1], `"'`)
			known := s.known(app.Binding{Tag: path})
			if known == nil || known.Unit == "" || unit != "" && known.Unit != unit {
				unit = ""
				break
			}
			unit, from = known.Unit, path
		}
	}
	if unit == "" {
		return w.setProp("unit", "", spec.Text{"en": "Say that it has no unit", "zh": "注明没有单位"})
	}
	return w.setProp("unit", unit, spec.Text{"en": fmt.Sprintf("Use the unit %s of %s", unit, from), "zh": fmt.Sprintf("使用 %s 的单位 %s", from, unit)})
}
