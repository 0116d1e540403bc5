package check

import "github.com/lineside/lineside/runtime/spec"

func init() {
	register(&Rule{
		Code:  "control_on_overview",
		Title: spec.Text{"en": "Control on an overview", "zh": "总览画面上有操作控件"},
		Why: spec.Text{
			"en": "A display of level 1 shows the whole plant to everybody in the room; control belongs to level 2 and below (ISA-101.01, display hierarchy). Opening other screens is no control.",
			"zh": "1 级画面向所有人显示整个工厂；操作应放在 2 级及以下画面（ISA-101.01，画面层级）。打开其他画面不算操作。",
		},
		Message: "%q changes the plant from an overview (level 1).",
		Hint:    "Put it on a screen of level 2, and open that from here.",
		Chinese: Chinese{"{1} 在总览画面（1 级）上改变工厂。", "请将其放到 2 级画面，并从此处打开该画面。"},
		run: func(s *screen, tell tell) {
			if s.Level != 1 {
				return
			}
			for _, w := range s.shown {
				if w.writes {
					tell(w, "", w.called())
				}
			}
		},
	})
}
