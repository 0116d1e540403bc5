package drawing

import (
	"math"
	"strconv"
	"strings"
)

// segment is one command of a path in absolute coordinates: M, L, C, Q or Z.
type segment struct {
	op byte
	at [6]float64
}

func (s segment) count() int {
	return map[byte]int{'M': 2, 'L': 2, 'Q': 4, 'C': 6}[s.op]
}

type path []segment

func (p *path) move(x, y float64) { *p = append(*p, segment{'M', [6]float64{x, y}}) }
func (p *path) line(x, y float64) { *p = append(*p, segment{'L', [6]float64{x, y}}) }
func (p *path) curve(a, b, c, d, x, y float64) {
	*p = append(*p, segment{'C', [6]float64{a, b, c, d, x, y}})
}
func (p *path) close() { *p = append(*p, segment{op: 'Z'}) }

func (p path) transformed(m matrix) path {
	out := make(path, len(p))
	for i, s := range p {
		out[i] = s
		for j := 0; j < s.count(); j += 2 {
			out[i].at[j], out[i].at[j+1] = m.apply(s.at[j], s.at[j+1])
		}
	}
	return out
}

// String is path data: "M0 0L10 5Z".
func (p path) String() string {
	b := make([]byte, 0, len(p)*12)
	for _, s := range p {
		b = append(b, s.op)
		for j := range s.count() {
			if j > 0 {
				b = append(b, ' ')
			}
			b = strconv.AppendFloat(b, round(s.at[j]), 'f', -1, 64)
		}
	}
	return string(b)
}

// outline is the path of a shape; false when the element is no shape.
func outline(n *node) (path, bool) {
	num := func(name string) float64 {
		v, _ := length(n.attr(name), 0)
		return v
	}
	var p path
	switch n.name {
	case "path":
		return pathData(n.attr("d")), true
	case "rect":
		x, y, w, h := num("x"), num("y"), num("width"), num("height")
		rx, hasX := length(n.attr("rx"), 0)
		ry, hasY := length(n.attr("ry"), 0)
		if !hasX {
			rx = ry
		}
		if !hasY {
			ry = rx
		}
		rx, ry = math.Min(rx, w/2), math.Min(ry, h/2)
		if w <= 0 || h <= 0 {
			return nil, true
		}
		if rx <= 0 || ry <= 0 {
			p.move(x, y)
			p.line(x+w, y)
			p.line(x+w, y+h)
			p.line(x, y+h)
			p.close()
			return p, true
		}
		const k = 0.5522847498 // of a quarter circle by one cubic
		p.move(x+rx, y)
		p.line(x+w-rx, y)
		p.curve(x+w-rx+k*rx, y, x+w, y+ry-k*ry, x+w, y+ry)
		p.line(x+w, y+h-ry)
		p.curve(x+w, y+h-ry+k*ry, x+w-rx+k*rx, y+h, x+w-rx, y+h)
		p.line(x+rx, y+h)
		p.curve(x+rx-k*rx, y+h, x, y+h-ry+k*ry, x, y+h-ry)
		p.line(x, y+ry)
		p.curve(x, y+ry-k*ry, x+rx-k*rx, y, x+rx, y)
		p.close()
		return p, true
	case "circle", "ellipse":
		rx, ry := num("rx"), num("ry")
		if n.name == "circle" {
			rx, ry = num("r"), num("r")
		}
		if rx <= 0 || ry <= 0 {
			return nil, true
		}
		x, y := num("cx"), num("cy")
		p.move(x+rx, y)
		p.arc(x+rx, y, rx, ry, 0, false, true, x-rx, y)
		p.arc(x-rx, y, rx, ry, 0, false, true, x+rx, y)
		p.close()
		return p, true
	case "line":
		p.move(num("x1"), num("y1"))
		p.line(num("x2"), num("y2"))
		return p, true
	case "polyline", "polygon":
		list := numbers(n.attr("points"))
		for i := 0; i+1 < len(list); i += 2 {
			if i == 0 {
				p.move(list[0], list[1])
			} else {
				p.line(list[i], list[i+1])
			}
		}
		if n.name == "polygon" && len(p) > 0 {
			p.close()
		}
		return p, true
	}
	return nil, false
}

// pathData reads the attribute d (SVG 2, 9.3). As the standard says, what comes before a
// mistake is drawn.
func pathData(d string) path {
	var p path
	s := scanner{text: d}
	var x, y, x0, y0, cx, cy float64 // present point, start of the sub-path, last control point
	var op, before byte
	for {
		if c, ok := s.command(); ok {
			op = c
		} else if op == 0 || op == 'Z' || op == 'z' || !s.more() {
			return p
		}
		if len(p) == 0 && op != 'M' && op != 'm' {
			return p
		}
		rel := op >= 'a'
		ox, oy := 0.0, 0.0
		if rel {
			ox, oy = x, y
		}
		ok := true
		num := func() float64 {
			v, good := s.number()
			ok = ok && good
			return v
		}
		up := op &^ 0x20
		switch up {
		case 'Z':
			p.close()
			x, y = x0, y0
		case 'M', 'L':
			nx, ny := num()+ox, num()+oy
			if !ok {
				return p
			}
			x, y = nx, ny
			if up == 'M' {
				p.move(x, y)
				x0, y0 = x, y
				op = 'L' | op&0x20 // pairs that follow are lines
			} else {
				p.line(x, y)
			}
		case 'H', 'V':
			v := num()
			if !ok {
				return p
			}
			if up == 'H' {
				x = v + ox
			} else {
				y = v + oy
			}
			p.line(x, y)
		case 'C', 'S':
			ax, ay := x, y
			if up == 'C' {
				ax, ay = num()+ox, num()+oy
			} else if before == 'C' || before == 'S' {
				ax, ay = 2*x-cx, 2*y-cy
			}
			bx, by := num()+ox, num()+oy
			nx, ny := num()+ox, num()+oy
			if !ok {
				return p
			}
			p.curve(ax, ay, bx, by, nx, ny)
			x, y, cx, cy = nx, ny, bx, by
		case 'Q', 'T':
			ax, ay := x, y
			if up == 'Q' {
				ax, ay = num()+ox, num()+oy
			} else if before == 'Q' || before == 'T' {
				ax, ay = 2*x-cx, 2*y-cy
			}
			nx, ny := num()+ox, num()+oy
			if !ok {
				return p
			}
			p = append(p, segment{'Q', [6]float64{ax, ay, nx, ny}})
			x, y, cx, cy = nx, ny, ax, ay
		case 'A':
			rx, ry, turn := num(), num(), num()
			large, g1 := s.flag()
			sweep, g2 := s.flag()
			nx, ny := num()+ox, num()+oy
			if !ok || !g1 || !g2 {
				return p
			}
			p.arc(x, y, rx, ry, turn, large, sweep, nx, ny)
			x, y = nx, ny
		default:
			return p
		}
		before = up
	}
}

// arc adds an elliptical arc as cubic curves (SVG 2, appendix B.2).
func (p *path) arc(x1, y1, rx, ry, turn float64, large, sweep bool, x2, y2 float64) {
	rx, ry = math.Abs(rx), math.Abs(ry)
	if x1 == x2 && y1 == y2 {
		return
	}
	if rx == 0 || ry == 0 {
		p.line(x2, y2)
		return
	}
	sin, cos := math.Sincos(turn * math.Pi / 180)
	dx, dy := (x1-x2)/2, (y1-y2)/2
	px, py := cos*dx+sin*dy, -sin*dx+cos*dy
	if l := px*px/(rx*rx) + py*py/(ry*ry); l > 1 {
		rx, ry = rx*math.Sqrt(l), ry*math.Sqrt(l)
	}
	k := math.Sqrt(math.Max(0, (rx*rx*ry*ry-rx*rx*py*py-ry*ry*px*px)/(rx*rx*py*py+ry*ry*px*px)))
	if large == sweep {
		k = -k
	}
	cx, cy := k*rx*py/ry, -k*ry*px/rx
	mx, my := cos*cx-sin*cy+(x1+x2)/2, sin*cx+cos*cy+(y1+y2)/2
	start := math.Atan2((py-cy)/ry, (px-cx)/rx)
	span := math.Atan2((-py-cy)/ry, (-px-cx)/rx) - start
	if sweep && span < 0 {
		span += 2 * math.Pi
	} else if !sweep && span > 0 {
		span -= 2 * math.Pi
	}
	n := int(math.Ceil(math.Abs(span)/(math.Pi/2) - 1e-9))
	if n < 1 || math.IsNaN(span) {
		p.line(x2, y2)
		return
	}
	step := span / float64(n)
	h := 4.0 / 3 * math.Tan(step/4)
	for i := range n {
		a := start + float64(i)*step
		b := a + step
		sa, ca := math.Sincos(a)
		sb, cb := math.Sincos(b)
		point := func(u, v float64) (float64, float64) {
			return mx + cos*rx*u - sin*ry*v, my + sin*rx*u + cos*ry*v
		}
		ax, ay := point(ca-h*sa, sa+h*ca)
		bx, by := point(cb+h*sb, sb-h*cb)
		ex, ey := point(cb, sb)
		if i == n-1 {
			ex, ey = x2, y2
		}
		p.curve(ax, ay, bx, by, ex, ey)
	}
}

// scanner reads the numbers and commands of path data, transforms and lists.
type scanner struct {
	text string
	i    int
}

func (s *scanner) space() {
	for s.i < len(s.text) && strings.IndexByte(" \t\r\n,", s.text[s.i]) >= 0 {
		s.i++
	}
}

func (s *scanner) more() bool {
	s.space()
	return s.i < len(s.text)
}

func (s *scanner) command() (byte, bool) {
	if s.more() && strings.IndexByte("MmLlHhVvCcSsQqTtAaZz", s.text[s.i]) >= 0 {
		s.i++
		return s.text[s.i-1], true
	}
	return 0, false
}

func (s *scanner) flag() (bool, bool) {
	if s.more() && (s.text[s.i] == '0' || s.text[s.i] == '1') {
		s.i++
		return s.text[s.i-1] == '1', true
	}
	return false, false
}

func (s *scanner) number() (float64, bool) {
	if !s.more() {
		return 0, false
	}
	j, dot, digits := s.i, false, false
	if s.text[j] == '+' || s.text[j] == '-' {
		j++
	}
	for ; j < len(s.text); j++ {
		c := s.text[j]
		if c >= '0' && c <= '9' {
			digits = true
		} else if c == '.' && !dot {
			dot = true
		} else {
			break
		}
	}
	if digits && j < len(s.text) && (s.text[j] == 'e' || s.text[j] == 'E') {
		k := j + 1
		if k < len(s.text) && (s.text[k] == '+' || s.text[k] == '-') {
			k++
		}
		if k < len(s.text) && s.text[k] >= '0' && s.text[k] <= '9' {
			for k < len(s.text) && s.text[k] >= '0' && s.text[k] <= '9' {
				k++
			}
			j = k
		}
	}
	v, err := strconv.ParseFloat(s.text[s.i:j], 64)
	if !digits || err != nil || math.Abs(v) > 1e9 {
		return 0, false
	}
	s.i = j
	return v, true
}

// numbers reads a list of numbers, as far as it is one.
func numbers(text string) []float64 {
	s := scanner{text: text}
	var out []float64
	for {
		v, ok := s.number()
		if !ok {
			return out
		}
		out = append(out, v)
	}
}
