package check

import (
	"math"
	"strconv"

	"github.com/lineside/lineside/runtime/spec"
)

// leastContrast is WCAG 2.2, 1.4.3, for text of any size: a control room is read from afar.
const leastContrast = 4.5

func init() {
	register(&Rule{
		Code:  "contrast_low",
		Title: spec.Text{"en": "Text that is hard to read", "zh": "文字难以辨认"},
		Why: spec.Text{
			"en": "Text needs a contrast of 4.5:1 against its ground in both themes (WCAG 2.2, 1.4.3).",
			"zh": "文字与背景的对比度在两种主题下都应达到 4.5:1（WCAG 2.2，1.4.3）。",
		},
		Message: "The text of %q has a contrast of %s:1 against its ground in the %s theme.",
		Hint:    "Choose colours with a contrast of at least 4.5:1.",
		Chinese: Chinese{"{1} 的文字在{=3}主题下与背景的对比度为 {2}:1。", "请选择对比度至少为 4.5:1 的颜色。"},
		Fix:     spec.Text{"en": "Use the nearest colour of the theme that can be read", "zh": "使用主题中可清晰辨认的最接近的颜色"},
		run: func(s *screen, tell tell) {
			for _, w := range s.shown {
				f := w.setting("color")
				if f == nil || f.Kind != spec.KindColor || isBinding(w.Props["color"]) {
					continue
				}
				color := text(w.Props["color"])
				if color == "" {
					color = text(f.Default)
				}
				ground := groundOf(s, w)
				worst, in := leastContrast, -1
				for theme := range themes {
					if c, ok := contrast(color, ground, theme); ok && c < worst {
						worst, in = c, theme
					}
				}
				if in >= 0 {
					// Rounded down: 4.49 must not read as 4.5.
					found := tell(w, "/props/color", w.called(), strconv.FormatFloat(math.Floor(worst*10)/10, 'f', 1, 64), themes[in])
					if token := nearestToken(color, readable(ground)); token != "" {
						found.Fix = w.setProp("color", token, useColor(token))
					}
				}
			}
		},
	})
	spec.Chinese(map[string]string{"light": "浅色", "dark": "深色"})
}

// groundOf is the colour that a widget stands on: the fill of the nearest group that has one,
// or the ground of the screen.
func groundOf(s *screen, w *widget) string {
	for g := w.parent; g != nil; g = g.parent {
		if fill := text(g.Props["fill"]); fill != "" && fill != "transparent" {
			return fill
		}
	}
	if s.Ground != "" {
		return s.Ground
	}
	return "ground"
}

// contrast is the ratio of WCAG 2.2; false when a colour is not known or lets others through.
func contrast(a, b string, theme int) (float64, bool) {
	la, ok := luminance(a, theme)
	if !ok {
		return 0, false
	}
	lb, ok := luminance(b, theme)
	if !ok {
		return 0, false
	}
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05), true
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(color string, theme int) (float64, bool) {
	if t, ok := tokens[color]; ok {
		color = t[theme]
	}
	if len(color) == 9 && (color[7:] == "FF" || color[7:] == "ff") {
		color = color[:7]
	}
	if len(color) != 7 || color[0] != '#' {
		return 0, false
	}
	n, err := strconv.ParseUint(color[1:], 16, 24)
	if err != nil {
		return 0, false
	}
	part := func(shift uint) float64 {
		c := float64(n>>shift&0xFF) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0), true
}
