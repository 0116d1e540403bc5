package check

import "github.com/lineside/lineside/runtime/spec"

func init() {
	register(&Rule{
		Code:  "color_literal",
		Title: spec.Text{"en": "Colour outside the theme", "zh": "主题之外的颜色"},
		Why: spec.Text{
			"en": "A colour with a value of its own does not follow the light and dark theme, and takes attention from alarms, to which colour belongs (ISA-101.01, EEMUA 201).",
			"zh": "固定颜色不随浅色和深色主题变化，并会分散对报警的注意力，而颜色应留给报警（ISA-101.01、EEMUA 201）。",
		},
		Message: "%q is not a colour of the theme.",
		Hint:    "Choose a colour of the theme.",
		Chinese: Chinese{"{1} 不是主题中的颜色。", "请选择主题中的颜色。"},
		Fix:     spec.Text{"en": "Use the colour of the theme that looks most like it", "zh": "使用主题中最接近的颜色"},
		run: func(s *screen, tell tell) {
			if foreign(s.Ground) {
				if token := nearestToken(s.Ground, grounds); token != "" {
					tell(nil, "/ground", s.Ground).Fix = &spec.Fix{Title: useColor(token), Patch: []spec.PatchOp{spec.Replace(s.at+"/ground", token)}}
				} else {
					tell(nil, "/ground", s.Ground)
				}
			}
			for _, w := range s.shown {
				for i := range w.Settings {
					f := &w.Settings[i]
					if f.Kind != spec.KindColor {
						continue
					}
					if c := text(w.Props[f.Name]); foreign(c) {
						found := tell(w, "/props/"+spec.Escape(f.Name), c)
						choices := plain
						if f.Name == "color" { // of a text
							choices = readable(groundOf(s, w))
						}
						if token := nearestToken(c, choices); token != "" {
							found.Fix = &spec.Fix{Title: useColor(token), Patch: []spec.PatchOp{spec.Replace(w.prop(f.Name), token)}}
						}
					}
				}
				for i := range w.Animate {
					w.animatedColors(i, tell)
				}
			}
		},
	})
}

// foreign reports whether a colour is none of the theme.
func foreign(color string) bool {
	_, ok := tokens[color]
	return !ok && color != "" && color != "transparent"
}
