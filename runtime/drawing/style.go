package drawing

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/image/colornames"

	"github.com/lineside/lineside/runtime/spec"
)

// style is what an element inherits and sets (SVG 2, 6.1 and 13).
type style struct {
	color, fill, stroke        string
	fillOpacity, strokeOpacity float64
	// opacity is that of the element and of all around it that have no group of their own.
	opacity    float64
	width      float64
	dash       []float64
	rule       string
	size       float64
	anchor     string
	visibility string
	display    string
	other      map[string]string
}

var initial = style{color: "#000000", fill: "#000000", stroke: "none", fillOpacity: 1, strokeOpacity: 1, opacity: 1, width: 1, size: 16}

// layer is the opacity of a group, nil for 1.
func (s style) layer() *float64 {
	if s.opacity >= 1 {
		return nil
	}
	v := round(s.opacity)
	return &v
}

// rule is one rule of a style sheet with a plain selector: element, .class, #id or *.
type rule struct {
	element, class, id string
	declarations       [][2]string
}

var (
	comment  = regexp.MustCompile(`(?s)/\*.*?\*/`)
	selector = regexp.MustCompile(`^([A-Za-z]*|\*)((?:\.[\w-]+)|(?:#[\w-]+))?$`)
)

// rules reads a style sheet as far as it is plain; at-rules and other selectors match nothing.
func rules(css string) []rule {
	css = comment.ReplaceAllString(css, "")
	var out []rule
	for len(out) < 2000 {
		open := strings.IndexByte(css, '{')
		if open < 0 {
			return out
		}
		end := strings.IndexByte(css[open:], '}')
		if end < 0 {
			return out
		}
		declarations := declared(css[open+1 : open+end])
		for _, s := range strings.Split(css[:open], ",") {
			m := selector.FindStringSubmatch(strings.TrimSpace(s))
			if m == nil || m[0] == "" {
				continue
			}
			r := rule{element: strings.Trim(m[1], "*"), declarations: declarations}
			if strings.HasPrefix(m[2], ".") {
				r.class = m[2][1:]
			} else if m[2] != "" {
				r.id = m[2][1:]
			}
			out = append(out, r)
		}
		css = css[open+end+1:]
	}
	return out
}

func declared(s string) [][2]string {
	var out [][2]string
	for _, d := range strings.Split(s, ";") {
		if k, v, ok := strings.Cut(d, ":"); ok {
			v, _, _ = strings.Cut(v, "!")
			out = append(out, [2]string{strings.ToLower(strings.TrimSpace(k)), strings.TrimSpace(v)})
		}
	}
	return out
}

func (r rule) fits(n *node) bool {
	return (r.element == "" || r.element == n.name) && (r.id == "" || r.id == n.attr("id")) &&
		(r.class == "" || slices.Contains(strings.Fields(n.attr("class")), r.class))
}

var presentation = []string{"color", "fill", "stroke", "fill-opacity", "stroke-opacity", "opacity", "stroke-width", "stroke-dasharray",
	"fill-rule", "font-size", "text-anchor", "visibility", "display", "filter", "mask", "clip-path"}

// style is what holds for an element: inherited, then presentation attributes, sheet, style attribute.
func (c *compiler) style(n *node, outer style) style {
	s := outer
	s.opacity, s.display, s.other = 1, "", nil
	for _, k := range presentation {
		if v := n.attr(k); v != "" {
			s.set(k, v, outer)
		}
	}
	for _, r := range c.sheet {
		if r.fits(n) {
			for _, d := range r.declarations {
				s.set(d[0], d[1], outer)
			}
		}
	}
	for _, d := range declared(n.attr("style")) {
		s.set(d[0], d[1], outer)
	}
	return s
}

func (s *style) set(key, v string, outer style) {
	if v == "inherit" {
		switch key {
		case "fill":
			s.fill = outer.fill
		case "stroke":
			s.stroke = outer.stroke
		}
		return
	}
	switch key {
	case "color":
		s.color = v
	case "fill":
		s.fill = v
	case "stroke":
		s.stroke = v
	case "fill-opacity":
		s.fillOpacity = fraction(v, s.fillOpacity)
	case "stroke-opacity":
		s.strokeOpacity = fraction(v, s.strokeOpacity)
	case "opacity":
		s.opacity = fraction(v, 1)
	case "stroke-width":
		if w, ok := length(v, s.size); ok && w >= 0 {
			s.width = w
		}
	case "stroke-dasharray":
		s.dash = nil
		if list := numbers(v); v != "none" && len(list) > 0 && len(list) <= 16 && slices.Max(list) > 0 && slices.Min(list) >= 0 {
			s.dash = list
		}
	case "fill-rule":
		s.rule = v
	case "font-size":
		if size, ok := length(v, outer.size); ok && size > 0 && size < 10000 {
			s.size = size
		}
	case "text-anchor":
		s.anchor = v
	case "visibility":
		s.visibility = v
	case "display":
		s.display = v
	case "filter", "mask", "clip-path":
		if s.other == nil {
			s.other = map[string]string{}
		}
		s.other[key] = v
	}
}

func fraction(v string, otherwise float64) float64 {
	scale := 1.0
	if rest, ok := strings.CutSuffix(v, "%"); ok {
		v, scale = rest, 100
	}
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || math.IsNaN(f) {
		return otherwise
	}
	return math.Max(0, math.Min(1, f/scale))
}

// length reads a length in pixels at 96 dpi; em is the size of the font. Empty is none.
func length(v string, em float64) (float64, bool) {
	v = strings.TrimSpace(v)
	end := len(v)
	for end > 0 && (v[end-1] >= 'a' && v[end-1] <= 'z' || v[end-1] == '%') {
		end--
	}
	f, err := strconv.ParseFloat(v[:end], 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, false
	}
	unit := map[string]float64{"": 1, "px": 1, "pt": 96.0 / 72, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4, "em": em, "ex": em / 2}
	u, ok := unit[v[end:]]
	if v[end:] == "%" && em > 0 {
		return f / 100 * em, true
	}
	return f * u, ok
}

func first(v string) float64 {
	if list := numbers(v); len(list) > 0 {
		return list[0]
	}
	return 0
}

var rgb = regexp.MustCompile(`^rgba?\(\s*([\d.]+%?)[\s,]+([\d.]+%?)[\s,]+([\d.]+%?)(?:[\s,/]+([\d.]+%?))?\s*\)$`)

// color is a paint as "#RRGGBB" or "#RRGGBBAA", "" for none. A gradient becomes the colour in
// its middle; what cannot be read is reported and left out.
func (c *compiler) color(v string, s style, opacity float64) string {
	v = strings.TrimSpace(v)
	if token, ok := strings.CutPrefix(v, "var(--"); ok && c.declare {
		if token = strings.TrimSuffix(token, ")"); spec.IsColor(token) && token[0] != '#' {
			return token // a token of the theme
		}
	}
	if strings.HasPrefix(v, "url(") {
		id := strings.Trim(strings.TrimSuffix(strings.SplitN(v[4:], ")", 2)[0], ")"), `"' #`)
		stop, ok := c.gradient(id, 0)
		if !ok {
			c.skip("a pattern or gradient")
			return ""
		}
		c.skip("the course of a gradient (its middle colour is taken)")
		v = stop
	}
	r, g, b, a, ok := rgba(v, s.color)
	if !ok {
		if v != "none" && v != "" {
			c.skip("the colour " + clip(v))
		}
		return ""
	}
	alpha := math.Round(a * opacity * 255)
	if alpha <= 0 {
		return ""
	}
	if alpha >= 255 {
		return fmt.Sprintf("#%02X%02X%02X", r, g, b)
	}
	return fmt.Sprintf("#%02X%02X%02X%02X", r, g, b, uint8(alpha))
}

func rgba(v, current string) (r, g, b uint8, a float64, ok bool) {
	v = strings.ToLower(strings.TrimSpace(v))
	if v == "currentcolor" && current != "currentcolor" {
		return rgba(current, "currentcolor")
	}
	if v == "transparent" {
		return 0, 0, 0, 0, true
	}
	if named, found := colornames.Map[v]; found {
		return named.R, named.G, named.B, 1, true
	}
	if hex, is := strings.CutPrefix(v, "#"); is {
		if len(hex) == 3 || len(hex) == 4 {
			wide := make([]byte, 0, 8)
			for i := range len(hex) {
				wide = append(wide, hex[i], hex[i])
			}
			hex = string(wide)
		}
		n, err := strconv.ParseUint(hex, 16, 64)
		switch {
		case err != nil:
		case len(hex) == 6:
			return uint8(n >> 16), uint8(n >> 8), uint8(n), 1, true
		case len(hex) == 8:
			return uint8(n >> 24), uint8(n >> 16), uint8(n >> 8), float64(n&255) / 255, true
		}
		return 0, 0, 0, 0, false
	}
	m := rgb.FindStringSubmatch(v)
	if m == nil {
		return 0, 0, 0, 0, false
	}
	channel := func(s string) uint8 {
		if p, is := strings.CutSuffix(s, "%"); is {
			f, _ := strconv.ParseFloat(p, 64)
			return uint8(math.Round(math.Min(100, f) * 2.55))
		}
		f, _ := strconv.ParseFloat(s, 64)
		return uint8(math.Round(math.Min(255, f)))
	}
	a = 1
	if m[4] != "" {
		a = fraction(m[4], 1)
	}
	return channel(m[1]), channel(m[2]), channel(m[3]), a, true
}

// gradient is the colour of the middle stop of a gradient, which may take its stops from another.
func (c *compiler) gradient(id string, depth int) (string, bool) {
	n := c.byID[id]
	if n == nil || depth > 8 || n.name != "linearGradient" && n.name != "radialGradient" {
		return "", false
	}
	var stops []string
	for _, k := range n.kids {
		if k.name == "stop" {
			color := k.attr("stop-color")
			for _, d := range declared(k.attr("style")) {
				if d[0] == "stop-color" {
					color = d[1]
				}
			}
			if color == "" {
				color = "#000000"
			}
			stops = append(stops, color)
		}
	}
	if len(stops) > 0 {
		return stops[len(stops)/2], true
	}
	return c.gradient(strings.TrimPrefix(n.attr("href"), "#"), depth+1)
}
