package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
)

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
		Fix:     spec.Text{"en": "Take the name of the widget, of what it writes or of what it opens", "zh": "采用控件、所写变量或所打开画面的名称"},
		run: func(s *screen, tell tell) {
			for _, w := range s.shown {
				if !w.operable || w.setting("label") == nil || w.given("label") {
					continue
				}
				if isBinding(w.Props[w.main()]) && (w.value == nil || w.value.Title != "") {
					continue // the title of the tag stands in, or the tag is not known
				}
				found := tell(w, "/props/label", w.called())
				if name := s.labelFor(w); name != "" {
					found.Fix = w.setProp("label", name, spec.Text{"en": fmt.Sprintf("Label it “%s”", name), "zh": fmt.Sprintf("标签设为“%s”", name)})
				}
			}
		},
	})
}

// labelFor is what a control is probably called; "" when nothing tells.
func (s *screen) labelFor(w *widget) string {
	if name := strings.TrimSpace(w.Name); name != "" {
		return name
	}
	tags := []string{}
	if b, ok := app.ParseBinding(w.Props[w.main()]); ok && b.Tag != "" {
		tags = append(tags, b.Tag)
	}
	opens := ""
	for _, event := range slices.Sorted(maps.Keys(w.On)) {
		for i := range w.On[event] {
			a := &w.On[event][i]
			if changes(a) && a.Tag != "" {
				tags = append(tags, a.Tag)
			}
			if a.Do == "open" && opens == "" {
				opens = a.Screen
			}
		}
	}
	if len(tags) > 0 {
		if b := s.known(app.Binding{Tag: tags[0]}); b != nil && b.Title != "" {
			return b.Title
		}
		return spaced(tags[0][strings.LastIndexByte(tags[0], '/')+1:])
	}
	for i := range s.app.Screens {
		if o := &s.app.Screens[i]; o.ID == opens {
			return o.Name.In("en")
		}
	}
	return ""
}

// spaced makes words of an id: "pump_speed" is "Pump speed".
func spaced(id string) string {
	words := strings.Join(strings.FieldsFunc(id, func(r rune) bool { return r == '_' || r == '-' || r == '.' }), " ")
	if words != "" && words[0] >= 'a' && words[0] <= 'z' {
		words = string(words[0]-'a'+'A') + words[1:]
	}
	return words
}
