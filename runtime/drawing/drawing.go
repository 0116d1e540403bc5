// Package drawing compiles SVG to a closed vocabulary: groups, paths, texts
// and raster images, with colours and nothing that acts. What is not understood is reported
// and left out, never passed through.
//
// Sources: SVG 2 (W3C Candidate Recommendation, 4 October 2018), chapters 5 (structure),
// 6 (styling), 8 (coordinates), 9 (paths), 10 (shapes), 11 (text), 13 (painting).
package drawing

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
)

// Limits of what is compiled.
const (
	// MaxBytes is the largest SVG that is read.
	MaxBytes = 4 << 20
	// MaxParts is the number of parts a drawing may have, those of <use> counted each time.
	MaxParts = 20000
	// MaxPathBytes is the length of all path data of a drawing together, as written out.
	MaxPathBytes = 4 << 20
	// maxDepth is the depth of elements, with those that <use> puts in.
	maxDepth = 64
	maxNodes = 200000
	// maxImage is the largest picture inside, as a data: URL.
	maxImage = 512 << 10
)

// Compile makes a drawing of an SVG. The drawing is nil when the text is no SVG or too large:
// then the problems say why. Otherwise they are warnings that name what was left out.
func Compile(svg []byte) (*Drawing, spec.Problems) { return new(compiler).compile(svg) }

func (c *compiler) compile(svg []byte) (*Drawing, spec.Problems) {
	root, sheet, err := parse(svg)
	if err != nil {
		return nil, spec.Problems{err}
	}
	c.sheet, c.byID, c.left, c.names = sheet, map[string]*node{}, map[string]int{}, map[string]bool{}
	c.index(root)
	if c.declare {
		c.variables(root)
		defer c.unread(root, true)
	}
	view, width, height, ok := viewport(root)
	if !ok {
		return nil, spec.Problems{problem("svg_size", "The SVG does not say its size.", `Give it a viewBox, or a width and a height in pixels.`)}
	}
	d := &Drawing{Width: round(width), Height: round(height), Parts: []Part{}}
	d.Name = c.title(root)
	parts := c.children(root, c.style(root, initial), view, 0)
	d.Parts = append(d.Parts, parts...)
	switch {
	case c.parts > MaxParts:
		return nil, spec.Problems{problem("svg_too_many", fmt.Sprintf("The drawing has more than %d parts.", MaxParts), "Simplify it in the program that drew it.")}
	case c.bytes > MaxPathBytes:
		return nil, spec.Problems{problem("svg_too_large", fmt.Sprintf("The paths of the drawing have more than %d MB.", MaxPathBytes>>20), "Simplify the paths in the program that drew it.")}
	case len(d.Parts) == 0:
		return nil, append(c.report(), problem("svg_empty", "Nothing of the SVG can be drawn.", "Look at it in the program that drew it; turn texts and effects into paths."))
	}
	return d, c.report()
}

func problem(code, message, hint string) *spec.Problem {
	return &spec.Problem{Code: code, Message: message, Hint: hint}
}

// compiler goes over the tree once.
type compiler struct {
	sheet []rule
	byID  map[string]*node
	// left counts what was left out, by what it is.
	left  map[string]int
	names map[string]bool // ids given so far
	using []*node         // <use> that are being followed
	parts int
	bytes int
	// declare says that data-ls- attributes are read; wrong is what is wrong with them.
	declare  bool
	declared Declared
	read     map[*node]bool
	wrong    spec.Problems
}

func (c *compiler) skip(what string) { c.left[what]++ }

// report says what was left out, the most frequent first.
func (c *compiler) report() spec.Problems {
	var ps spec.Problems
	what := make([]string, 0, len(c.left))
	for w := range c.left {
		what = append(what, w)
	}
	slices.SortFunc(what, func(a, b string) int {
		if d := c.left[b] - c.left[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for i, w := range what {
		if i == 50 {
			break
		}
		p := problem("svg_left_out", fmt.Sprintf("%d × %s was left out.", c.left[w], w), "Look whether the drawing still says what it should.")
		p.Severity = spec.Warning
		ps = append(ps, p)
	}
	return ps
}

func (c *compiler) index(n *node) {
	if id := n.attr("id"); id != "" {
		if _, double := c.byID[id]; !double {
			c.byID[id] = n
		}
	}
	for _, k := range n.kids {
		c.index(k)
	}
}

// viewport is the matrix from user space to the drawing, and the drawing's size.
func viewport(root *node) (matrix, float64, float64, bool) {
	w, wok := length(root.attr("width"), 0)
	h, hok := length(root.attr("height"), 0)
	box := numbers(root.attr("viewBox"))
	if len(box) == 4 && box[2] > 0 && box[3] > 0 {
		if !wok || !hok || w <= 0 || h <= 0 {
			w, h = box[2], box[3]
		}
		// preserveAspectRatio: only "none" stretches; everything else is centred.
		sx, sy := w/box[2], h/box[3]
		dx, dy := 0.0, 0.0
		if !strings.HasPrefix(root.attr("preserveAspectRatio"), "none") {
			s := math.Min(sx, sy)
			dx, dy = (w-box[2]*s)/2, (h-box[3]*s)/2
			sx, sy = s, s
		}
		return matrix{sx, 0, 0, sy, dx - box[0]*sx, dy - box[1]*sy}, w, h, sane(w, h)
	}
	return identity, w, h, wok && hok && sane(w, h)
}

func sane(w, h float64) bool { return w > 0 && h > 0 && w <= 100000 && h <= 100000 }

// children are the parts of the elements in n.
func (c *compiler) children(n *node, s style, m matrix, depth int) []Part {
	var out []Part
	if depth > maxDepth {
		c.skip("an element more than 64 deep")
		return nil
	}
	for _, k := range n.kids {
		if c.parts > MaxParts || c.bytes > MaxPathBytes {
			return out
		}
		if p, ok := c.element(k, s, m, depth); ok {
			out = append(out, p)
		}
	}
	return out
}

// element is one element with what is in it, and what it declares.
func (c *compiler) element(n *node, outer style, m matrix, depth int) (Part, bool) {
	p, ok := c.drawn(n, outer, m, depth)
	if ok && c.declare && n.declares() {
		if t, ok := transform(n.attr("transform")); ok {
			m = m.times(t)
		}
		c.bindings(n, &p, m)
	}
	return p, ok
}

func (c *compiler) drawn(n *node, outer style, m matrix, depth int) (Part, bool) {
	switch n.name {
	case "title", "desc", "metadata", "defs", "style", "symbol", "linearGradient", "radialGradient", "":
		return Part{}, false
	case "script", "foreignObject", "iframe", "animate", "animateTransform", "animateMotion", "set":
		c.skip("<" + n.name + ">")
		return Part{}, false
	}
	s := c.style(n, outer)
	if s.display == "none" {
		return Part{}, false
	}
	for _, effect := range []string{"filter", "mask", "clip-path"} {
		if v := s.other[effect]; v != "" && v != "none" {
			c.skip(effect)
		}
	}
	if t, ok := transform(n.attr("transform")); ok {
		m = m.times(t)
	} else {
		c.skip("a transform that cannot be read")
	}
	c.parts++
	switch n.name {
	case "g", "a", "svg", "switch":
		if n.name == "svg" {
			m = c.nested(n, m)
		}
		parts := c.children(n, s, m, depth+1)
		if len(parts) == 0 {
			return Part{}, false
		}
		p := Part{Kind: "group", ID: c.name(n), Parts: parts, Opacity: s.layer(), Hidden: s.visibility == "hidden"}
		if p.ID == "" && p.Opacity == nil && !p.Hidden && len(parts) == 1 {
			return parts[0], true
		}
		return p, true
	case "use":
		return c.use(n, s, m, depth)
	case "text":
		return c.text(n, s, m)
	case "image":
		return c.image(n, s, m)
	}
	path, ok := outline(n)
	if !ok {
		c.skip("<" + clip(n.name) + ">")
		return Part{}, false
	}
	if len(path) == 0 {
		return Part{}, false
	}
	data := path.transformed(m).String()
	c.bytes += len(data)
	p := Part{Kind: "path", ID: c.name(n), Path: data, Hidden: s.visibility == "hidden"}
	c.paint(&p, s, m)
	if n.name == "line" {
		p.Fill, p.FillRule = "", ""
	}
	if p.Fill == "" && p.Stroke == "" && p.ID == "" {
		return Part{}, false
	}
	return p, true
}

// paint gives a part its colours.
func (c *compiler) paint(p *Part, s style, m matrix) {
	alpha := s.opacity
	p.Fill = c.color(s.fill, s, s.fillOpacity)
	p.Stroke = c.color(s.stroke, s, s.strokeOpacity)
	if p.Fill != "" && s.rule == "evenodd" {
		p.FillRule = "evenodd"
	}
	if p.Stroke != "" {
		p.StrokeWidth = round(s.width * m.scale())
		if p.StrokeWidth == 0 {
			p.Stroke = ""
		}
		for _, v := range s.dash {
			p.Dash = append(p.Dash, round(v*m.scale()))
		}
	}
	if alpha < 1 {
		a := round(alpha)
		p.Opacity = &a
	}
}

// nested places an inner <svg>.
func (c *compiler) nested(n *node, m matrix) matrix {
	x, _ := length(n.attr("x"), 0)
	y, _ := length(n.attr("y"), 0)
	m = m.times(matrix{1, 0, 0, 1, x, y})
	if inner, _, _, ok := viewport(n); ok {
		m = m.times(inner)
	}
	return m
}

// use puts in what another element has drawn. One that comes to itself, or deeper than the
// limit, is left out.
func (c *compiler) use(n *node, s style, m matrix, depth int) (Part, bool) {
	ref := n.attr("href")
	target := c.byID[strings.TrimPrefix(ref, "#")]
	if !strings.HasPrefix(ref, "#") || target == nil {
		c.skip("a <use> of something that is not in the file")
		return Part{}, false
	}
	if slices.Contains(c.using, target) || depth > maxDepth {
		c.skip("a <use> that comes to itself")
		return Part{}, false
	}
	c.using = append(c.using, target)
	defer func() { c.using = c.using[:len(c.using)-1] }()
	x, _ := length(n.attr("x"), 0)
	y, _ := length(n.attr("y"), 0)
	m = m.times(matrix{1, 0, 0, 1, x, y})
	var parts []Part
	if target.name == "symbol" {
		if view, _, _, ok := viewport(sized(target, n)); ok {
			m = m.times(view)
		}
		parts = c.children(target, c.style(target, s), m, depth+1)
	} else if p, ok := c.element(target, s, m, depth+1); ok {
		parts = []Part{p}
	}
	if len(parts) == 0 {
		return Part{}, false
	}
	return Part{Kind: "group", ID: c.name(n), Parts: parts, Opacity: s.layer(), Hidden: s.visibility == "hidden"}, true
}

// sized is a symbol with the size that its <use> gives it.
func sized(symbol, use *node) *node {
	out := &node{name: "svg", attrs: map[string]string{"viewBox": symbol.attr("viewBox"), "preserveAspectRatio": symbol.attr("preserveAspectRatio")}}
	for _, k := range []string{"width", "height"} {
		out.attrs[k] = use.attr(k)
		if out.attrs[k] == "" {
			out.attrs[k] = symbol.attr(k)
		}
	}
	return out
}

// text is a text with its lines joined: one part a line of its own place.
func (c *compiler) text(n *node, s style, m matrix) (Part, bool) {
	var parts []Part
	x, y := first(n.attr("x")), first(n.attr("y"))
	var walk func(n *node, s style)
	walk = func(n *node, s style) {
		if v := n.attr("x"); v != "" {
			x = first(v)
		}
		if v := n.attr("y"); v != "" {
			y = first(v)
		}
		dx, dy := n.attr("dx"), n.attr("dy")
		em, _ := length(dx, s.size)
		x += em
		em, _ = length(dy, s.size)
		y += em
		if t := strings.Join(strings.Fields(n.text), " "); t != "" {
			px, py := m.apply(x, y)
			p := Part{Kind: "text", Text: cut(t), X: round(px), Y: round(py), Size: round(s.size * m.scale()), Hidden: s.visibility == "hidden"}
			if s.anchor == "middle" || s.anchor == "end" {
				p.Anchor = s.anchor
			}
			c.paint(&p, s, m)
			p.Stroke, p.StrokeWidth, p.Dash, p.FillRule = "", 0, nil, ""
			if p.Fill != "" {
				parts = append(parts, p)
				c.parts++
			}
		}
		for _, k := range n.kids {
			if k.name == "tspan" || k.name == "a" {
				walk(k, c.style(k, s))
			} else if k.name != "title" && k.name != "desc" {
				c.skip("<" + clip(k.name) + "> in a text")
			}
		}
	}
	walk(n, s)
	if m[1] != 0 || m[2] != 0 {
		c.skip("the turning of a text")
	}
	switch len(parts) {
	case 0:
		return Part{}, false
	case 1:
		parts[0].ID = c.name(n)
		return parts[0], true
	}
	return Part{Kind: "group", ID: c.name(n), Parts: parts}, true
}

// image is a raster picture that is inside the file; nothing is fetched.
func (c *compiler) image(n *node, s style, m matrix) (Part, bool) {
	href := strings.TrimSpace(n.attr("href"))
	kind, _, _ := strings.Cut(strings.TrimPrefix(href, "data:"), ";base64,")
	switch {
	case !strings.HasPrefix(href, "data:"):
		c.skip("an <image> that is not inside the file")
	case kind != "image/png" && kind != "image/jpeg" && kind != "image/webp" && kind != "image/gif":
		c.skip("an <image> of the kind " + clip(kind))
	case len(href) > maxImage:
		c.skip("an <image> larger than 512 kB")
	default:
		x, _ := length(n.attr("x"), 0)
		y, _ := length(n.attr("y"), 0)
		w, _ := length(n.attr("width"), 0)
		h, _ := length(n.attr("height"), 0)
		x0, y0 := m.apply(x, y)
		x1, y1 := m.apply(x+w, y+h)
		if m[1] != 0 || m[2] != 0 {
			c.skip("the turning of an <image>")
		}
		if x1 == x0 || y1 == y0 {
			return Part{}, false
		}
		c.bytes += len(href)
		p := Part{Kind: "image", ID: c.name(n), X: round(math.Min(x0, x1)), Y: round(math.Min(y0, y1)),
			Width: round(math.Abs(x1 - x0)), Height: round(math.Abs(y1 - y0)), Image: strings.Join(strings.Fields(href), "")}
		if s.opacity < 1 {
			a := round(s.opacity)
			p.Opacity = &a
		}
		return p, true
	}
	return Part{}, false
}

// name is the id of a part, made of what the drawing program called it: its label, title or
// id. Ids that programs make up ("path1234") name nothing.
func (c *compiler) name(n *node) string {
	for _, given := range []string{n.attr("label"), c.title(n), n.attr("id")} {
		id := ident(given)
		if id == "" || generated(id) {
			continue
		}
		for i, stem := 2, id; c.names[id]; i++ {
			id = stem + "_" + strconv.Itoa(i)
		}
		c.names[id] = true
		return id
	}
	if c.declare && n.declares() {
		return c.unnamed(n)
	}
	return ""
}

// unnamed makes a name for an element that must have one.
func (c *compiler) unnamed(n *node) string {
	stem := ident(n.attr("id"))
	if stem == "" {
		stem = ident(n.name)
	}
	id := stem
	for i := 2; c.names[id]; i++ {
		id = stem + "_" + strconv.Itoa(i)
	}
	c.names[id] = true
	return id
}

func (c *compiler) title(n *node) string {
	for _, k := range n.kids {
		if k.name == "title" {
			return cut(strings.Join(strings.Fields(k.text), " "))
		}
	}
	return ""
}

// ident makes an id of letters, digits, "_" and "-" out of a name.
func ident(s string) string {
	var b strings.Builder
	for _, r := range strings.TrimSpace(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-':
			b.WriteRune(r)
		case b.Len() > 0:
			b.WriteByte('_')
		}
		if b.Len() >= 48 {
			break
		}
	}
	return strings.Trim(b.String(), "_")
}

// generated tells ids that Inkscape, Illustrator and Figma number through.
func generated(id string) bool {
	stem := strings.TrimRight(id, "0123456789-_")
	switch strings.ToLower(stem) {
	case "path", "g", "rect", "circle", "ellipse", "line", "polygon", "polyline", "text", "tspan", "use", "svg", "layer", "layer_", "image", "group", "vector", "a":
		return true
	}
	return stem == ""
}

func cut(s string) string {
	if r := []rune(s); len(r) > maxName {
		return string(r[:maxName])
	}
	return s
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:37]) + "..."
	}
	return s
}

func round(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return math.Round(v*1000) / 1000
}
