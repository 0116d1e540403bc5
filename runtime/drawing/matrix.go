package drawing

import (
	"math"
	"strings"
)

// matrix is a, b, c, d, e, f of SVG 2, 8.5: x' = a·x + c·y + e, y' = b·x + d·y + f.
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[2]*n[1], m[1]*n[0] + m[3]*n[1],
		m[0]*n[2] + m[2]*n[3], m[1]*n[2] + m[3]*n[3],
		m[0]*n[4] + m[2]*n[5] + m[4], m[1]*n[4] + m[3]*n[5] + m[5],
	}
}

func (m matrix) apply(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// scale is by how much lengths grow, on average of both directions.
func (m matrix) scale() float64 { return math.Sqrt(math.Abs(m[0]*m[3] - m[1]*m[2])) }

// transform reads the attribute transform (CSS Transforms 1, the functions of SVG).
func transform(text string) (matrix, bool) {
	m := identity
	for text = strings.Trim(text, " \t\r\n,"); text != ""; text = strings.TrimLeft(text, " \t\r\n,") {
		name, rest, ok := strings.Cut(text, "(")
		if !ok {
			return m, false
		}
		inside, after, ok := strings.Cut(rest, ")")
		if !ok {
			return m, false
		}
		text = after
		v := numbers(inside)
		at := func(i int, otherwise float64) float64 {
			if i < len(v) {
				return v[i]
			}
			return otherwise
		}
		if len(v) == 0 {
			return m, false
		}
		var t matrix
		switch strings.TrimSpace(name) {
		case "matrix":
			if len(v) != 6 {
				return m, false
			}
			t = matrix(v)
		case "translate":
			t = matrix{1, 0, 0, 1, v[0], at(1, 0)}
		case "scale":
			t = matrix{v[0], 0, 0, at(1, v[0]), 0, 0}
		case "rotate":
			sin, cos := math.Sincos(v[0] * math.Pi / 180)
			x, y := at(1, 0), at(2, 0)
			t = matrix{1, 0, 0, 1, x, y}.times(matrix{cos, sin, -sin, cos, 0, 0}).times(matrix{1, 0, 0, 1, -x, -y})
		case "skewX":
			t = matrix{1, 0, math.Tan(v[0] * math.Pi / 180), 1, 0, 0}
		case "skewY":
			t = matrix{1, math.Tan(v[0] * math.Pi / 180), 0, 1, 0, 0}
		default:
			return m, false
		}
		m = m.times(t)
	}
	return m, true
}
