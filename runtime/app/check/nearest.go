package check

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/lineside/lineside/runtime/spec"
)

// The colours that a fix chooses from. Those of alarms belong to alarms, those of pens to trends.
var (
	plain   = []string{"ground", "surface", "text", "muted", "live", "line", "equipment", "band", "interactive", "lit", "unlit"}
	grounds = []string{"ground", "surface", "equipment"}
)

// readable lists the colours that a text may have on a ground.
func readable(ground string) []string {
	var out []string
	for _, token := range []string{"text", "muted", "live", "interactive", "line", "contrast"} {
		good := true
		for theme := range themes {
			c, ok := contrast(token, ground, theme)
			good = good && ok && c >= leastContrast
		}
		if good {
			out = append(out, token)
		}
	}
	return out
}

// nearestToken is the colour among choices that looks most like a colour, or whose name was
// probably meant; "" when there is none.
func nearestToken(color string, choices []string) string {
	if t, ok := tokens[color]; ok {
		color = t[0]
	}
	if len(color) == 0 || color[0] != '#' {
		meant := spec.Nearest(color, slices.Sorted(maps.Keys(tokens)))
		if slices.Contains(choices, meant) {
			return meant
		}
		return ""
	}
	c, ok := labOf(color)
	if !ok {
		return ""
	}
	best, least := "", math.Inf(1)
	for _, name := range choices {
		// Who writes a colour as digits looks at the light theme.
		if l, ok := labOf(tokens[name][0]); ok {
			if d := difference(c, l); d < least {
				best, least = name, d
			}
		}
	}
	return best
}

func useColor(token string) spec.Text {
	return spec.Text{"en": fmt.Sprintf("Use the colour %s", token), "zh": fmt.Sprintf("使用颜色 %s", token)}
}

// lab is a colour in CIELAB under D65.
type lab struct{ l, a, b float64 }

// labOf reads #RRGGBB, and #RRGGBBAA without its alpha.
func labOf(color string) (lab, bool) {
	if len(color) != 7 && len(color) != 9 || color[0] != '#' {
		return lab{}, false
	}
	n, err := strconv.ParseUint(color[1:7], 16, 24)
	if err != nil {
		return lab{}, false
	}
	r, g, b := linear(n>>16), linear(n>>8), linear(n)
	f := func(t float64) float64 {
		if t > 216.0/24389 {
			return math.Cbrt(t)
		}
		return (24389.0/27*t + 16) / 116
	}
	x := f((0.4124564*r + 0.3575761*g + 0.1804375*b) / 0.95047)
	y := f(0.2126729*r + 0.7151522*g + 0.0721750*b)
	z := f((0.0193339*r + 0.1191920*g + 0.9503041*b) / 1.08883)
	return lab{116*y - 16, 500 * (x - y), 200 * (y - z)}, true
}

// linear is the light of a channel of sRGB (IEC 61966-2-1).
func linear(channel uint64) float64 {
	c := float64(channel&0xFF) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}

// difference is CIEDE2000 (ISO/CIE 11664-6), as Sharma, Wu and Dalal write it (2005).
func difference(p, q lab) float64 {
	const rad = math.Pi / 180
	mean := (math.Hypot(p.a, p.b) + math.Hypot(q.a, q.b)) / 2
	seven := math.Pow(mean, 7)
	g := 0.5 * (1 - math.Sqrt(seven/(seven+math.Pow(25, 7))))
	polar := func(c lab) (chroma, hue float64) {
		a := c.a * (1 + g)
		if a == 0 && c.b == 0 {
			return 0, 0
		}
		if hue = math.Atan2(c.b, a) / rad; hue < 0 {
			hue += 360
		}
		return math.Hypot(a, c.b), hue
	}
	c1, h1 := polar(p)
	c2, h2 := polar(q)
	turn, middle := 0.0, h1+h2
	if c1*c2 != 0 {
		turn = h2 - h1
		switch {
		case turn > 180:
			turn -= 360
		case turn < -180:
			turn += 360
		}
		switch {
		case math.Abs(h1-h2) <= 180:
			middle = (h1 + h2) / 2
		case h1+h2 < 360:
			middle = (h1 + h2 + 360) / 2
		default:
			middle = (h1 + h2 - 360) / 2
		}
	}
	dl, dc, dh := q.l-p.l, c2-c1, 2*math.Sqrt(c1*c2)*math.Sin(turn/2*rad)
	l, c := (p.l+q.l)/2, (c1+c2)/2
	t := 1 - 0.17*math.Cos((middle-30)*rad) + 0.24*math.Cos(2*middle*rad) + 0.32*math.Cos((3*middle+6)*rad) - 0.20*math.Cos((4*middle-63)*rad)
	theta := 30 * math.Exp(-math.Pow((middle-275)/25, 2))
	seven = math.Pow(c, 7)
	rt := -2 * math.Sqrt(seven/(seven+math.Pow(25, 7))) * math.Sin(2*theta*rad)
	sl := 1 + 0.015*(l-50)*(l-50)/math.Sqrt(20+(l-50)*(l-50))
	sc, sh := 1+0.045*c, 1+0.015*c*t
	return math.Sqrt(math.Pow(dl/sl, 2) + math.Pow(dc/sc, 2) + math.Pow(dh/sh, 2) + rt*dc/sc*dh/sh)
}
