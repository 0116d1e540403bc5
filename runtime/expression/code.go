package expression

import (
	"encoding/json"
	"math"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/tag"
)

// list is the type of lists, which exist within an expression only.
const list = tag.Type(100)

func typeName(t tag.Type) string {
	if t == list {
		return "list"
	}
	return t.String()
}

// code is a compiled part: one of the functions, by type.
type code struct {
	typ tag.Type
	b   func(*frame) bool
	i   func(*frame) int64
	f   func(*frame) float64
	s   func(*frame) string // String and Bytes
	any func(*frame) any    // JSON and lists

	node     ast.Node
	constant bool
	value    tag.Value  // of a constant
	input    *input     // when it is just an input
	size     int        // the most elements a list can have
	set      *Selection // assets, which only a roll-up can use
}

// input is a place in the samples an evaluation is given.
type input struct{ kind, index int }

func constant(v tag.Value) code {
	c := code{typ: v.Type(), constant: true, value: v}
	switch v.Type() {
	case tag.Bool:
		b := v.Bool()
		c.b = func(*frame) bool { return b }
	case tag.Int:
		i := v.Int()
		c.i = func(*frame) int64 { return i }
	case tag.Float:
		f := v.Float()
		c.f = func(*frame) float64 { return f }
	default:
		s := v.Text()
		c.s = func(*frame) string { return s }
	}
	return c
}

// read makes the code of an input.
func read(kind, index int, typ tag.Type) code {
	c := code{typ: typ, input: &input{kind, index}}
	switch typ {
	case tag.Bool:
		c.b = func(fr *frame) bool {
			s := &fr.in[kind&1][index]
			if s.Quality != tag.Good || s.Value.Type() != tag.Bool {
				return fr.odd(s, tag.Bool).Bool()
			}
			return s.Value.Bool()
		}
	case tag.Int:
		c.i = func(fr *frame) int64 {
			s := &fr.in[kind&1][index]
			if s.Quality != tag.Good || s.Value.Type() != tag.Int {
				return fr.odd(s, tag.Int).Int()
			}
			return s.Value.Int()
		}
	case tag.Float:
		c.f = func(fr *frame) float64 {
			s := &fr.in[kind&1][index]
			if s.Quality != tag.Good || s.Value.Type() != tag.Float {
				return fr.odd(s, tag.Float).Float()
			}
			return s.Value.Float()
		}
	case tag.String, tag.Bytes:
		c.s = func(fr *frame) string {
			s := &fr.in[kind&1][index]
			if s.Quality != tag.Good || s.Value.Type() != typ {
				return fr.odd(s, typ).Text()
			}
			return s.Value.Text()
		}
	default:
		c.typ = tag.JSON
		c.any = func(fr *frame) any { return fr.decode(kind, index) }
	}
	return c
}

// decode is the value of an input as plain Go data: nil, bool, int64, float64,
// json.Number, string, []any, map[string]any.
func (fr *frame) decode(kind, index int) any {
	s := &fr.in[kind][index]
	fr.note(s.Quality)
	if s.Quality.IsBad() {
		return nil
	}
	switch s.Value.Type() {
	case tag.Bool:
		return s.Value.Bool()
	case tag.Int:
		return s.Value.Int()
	case tag.Float:
		return s.Value.Float()
	case tag.String:
		return s.Value.Text()
	case tag.JSON:
		t := &fr.trees[kind][index]
		if text := s.Value.Text(); t.text != text || text == "" {
			t.text, t.value, t.quality = text, nil, tag.Good
			if len(text) > maxResult {
				t.quality = tag.BadRequestTooLarge
			} else {
				d := json.NewDecoder(strings.NewReader(text))
				d.UseNumber()
				if d.Decode(&t.value) != nil {
					t.value, t.quality = nil, tag.BadDecodingError
				}
			}
		}
		fr.note(t.quality)
		return t.value
	case tag.None:
		fr.note(tag.BadNoData)
	default:
		fr.note(tag.BadTypeMismatch)
	}
	return nil
}

// As float64, int64, bool and string: what a dynamic value becomes where one is wanted.
func (fr *frame) float(v any) float64 {
	switch x := v.(type) {
	case float64:
		return x
	case int64:
		return float64(x)
	case json.Number:
		if f, err := x.Float64(); err == nil {
			return f
		}
	}
	fr.mismatch(v)
	return 0
}

func (fr *frame) int(v any) int64 {
	switch x := v.(type) {
	case int64:
		return x
	case float64:
		if i, ok := whole(x); ok {
			return i
		}
	case json.Number:
		if i, err := x.Int64(); err == nil {
			return i
		}
		if f, err := x.Float64(); err == nil {
			if i, ok := whole(f); ok {
				return i
			}
		}
	}
	fr.mismatch(v)
	return 0
}

// whole converts a float without a fraction that an int can hold.
func whole(f float64) (int64, bool) {
	if f == math.Trunc(f) && f >= math.MinInt64 && f < math.MaxInt64 {
		return int64(f), true
	}
	return 0, false
}

func (fr *frame) bool(v any) bool {
	b, ok := v.(bool)
	if !ok {
		fr.mismatch(v)
	}
	return b
}

func (fr *frame) string(v any) string {
	s, ok := v.(string)
	if !ok {
		fr.mismatch(v)
	}
	return s
}

func (fr *frame) list(v any) []any {
	l, ok := v.([]any)
	switch {
	case !ok:
		fr.mismatch(v)
	case len(l) > maxList:
		fr.note(tag.BadRequestTooLarge)
		return nil
	}
	return l
}

func (fr *frame) mismatch(v any) {
	if v == nil {
		fr.note(tag.BadNoData)
	} else {
		fr.note(tag.BadTypeMismatch)
	}
}

// boxed is the code as dynamic value.
func (c code) boxed() func(*frame) any {
	switch c.typ {
	case tag.Bool:
		f := c.b
		return func(fr *frame) any { return f(fr) }
	case tag.Int:
		f := c.i
		return func(fr *frame) any { return f(fr) }
	case tag.Float:
		f := c.f
		return func(fr *frame) any { return f(fr) }
	case tag.String, tag.Bytes:
		f := c.s
		return func(fr *frame) any { return f(fr) }
	}
	return c.any
}

// unboxed is the code of type typ that takes its dynamic value from f.
func unboxed(typ tag.Type, f func(*frame) any) code {
	c := code{typ: typ}
	switch typ {
	case tag.Bool:
		c.b = func(fr *frame) bool { return fr.bool(f(fr)) }
	case tag.Int:
		c.i = func(fr *frame) int64 { return fr.int(f(fr)) }
	case tag.Float:
		c.f = func(fr *frame) float64 { return fr.float(f(fr)) }
	case tag.String, tag.Bytes:
		c.s = func(fr *frame) string { return fr.string(f(fr)) }
	case list:
		c.any = func(fr *frame) any { return fr.list(f(fr)) }
	default:
		c.any = f
	}
	return c
}

// run evaluates the code for its effect on the quality.
func (c code) run() func(*frame) {
	switch c.typ {
	case tag.Bool:
		f := c.b
		return func(fr *frame) { f(fr) }
	case tag.Int:
		f := c.i
		return func(fr *frame) { f(fr) }
	case tag.Float:
		f := c.f
		return func(fr *frame) { fr.finite(f(fr)) }
	case tag.String, tag.Bytes:
		f := c.s
		return func(fr *frame) { f(fr) }
	}
	f := c.any
	return func(fr *frame) {
		if f(fr) == nil {
			fr.note(tag.BadNoData)
		}
	}
}

// probe is run with a quality of its own, which it returns.
func (c code) probe() func(*frame) tag.Quality {
	f := c.run()
	return func(fr *frame) tag.Quality {
		before := fr.quality
		fr.quality = tag.Good
		f(fr)
		q := fr.quality
		fr.quality = before
		return q
	}
}
