package expression

import (
	"cmp"
	"encoding/json"
	"math"
	"math/bits"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/tag"
)

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func bitsOf(f float64) uint64  { return math.Float64bits(f) }
func floatOf(b uint64) float64 { return math.Float64frombits(b) }

func (c *compiler) unary(n ast.Node, operator string, x code) code {
	var out code
	switch operator {
	case "!", "not":
		f := c.as(x, tag.Bool).b
		out = code{typ: tag.Bool, b: func(fr *frame) bool { return !f(fr) }}
	case "+":
		return c.number(x)
	case "-":
		if x = c.number(x); x.typ == tag.Int {
			f := x.i
			out = code{typ: tag.Int, i: func(fr *frame) int64 {
				v := f(fr)
				if v == math.MinInt64 {
					fr.note(tag.BadOutOfRange)
				}
				return -v
			}}
		} else {
			f := x.f
			out = code{typ: tag.Float, f: func(fr *frame) float64 { return -f(fr) }}
		}
	default:
		c.fail(n, "expression_unsupported", "See the list of functions and operators.", "There is no operator %q.", operator)
	}
	return c.fold(n, out, x)
}

func (c *compiler) binary(n *ast.BinaryNode) code {
	switch n.Operator {
	case "in":
		return c.in(n)
	case "..":
		return c.collection(n)
	case "??":
		return c.coalesce(n)
	}
	x, y := c.node(n.Left), c.node(n.Right)
	return c.fold(n, c.operator(n, n.Operator, x, y), x, y)
}

// operator compiles a binary operator of two compiled operands.
func (c *compiler) operator(n ast.Node, operator string, x, y code) code {
	switch operator {
	case "&&", "and":
		a, b := c.as(x, tag.Bool).b, c.as(y, tag.Bool).b
		return code{typ: tag.Bool, b: func(fr *frame) bool { return a(fr) && b(fr) }}
	case "||", "or":
		a, b := c.as(x, tag.Bool).b, c.as(y, tag.Bool).b
		return code{typ: tag.Bool, b: func(fr *frame) bool { return a(fr) || b(fr) }}
	case "==", "!=":
		return c.equality(n, operator == "!=", x, y)
	case "<", "<=", ">", ">=":
		return c.comparison(n, operator, x, y)
	case "+":
		if x.typ == tag.String || y.typ == tag.String {
			x, y = c.same(n, x, y)
			a, b := x.s, y.s
			return code{typ: tag.String, s: func(fr *frame) string {
				v, w := a(fr), b(fr)
				if len(v)+len(w) > maxResult || !fr.charge(len(v)+len(w)) {
					fr.note(tag.BadRequestTooLarge)
					return ""
				}
				return v + w
			}}
		}
		return c.arithmetic(n, operator, x, y)
	case "-", "*", "/", "%", "**", "^":
		return c.arithmetic(n, operator, x, y)
	case "contains":
		return c.texts(x, y, strings.Contains)
	case "startsWith":
		return c.texts(x, y, strings.HasPrefix)
	case "endsWith":
		return c.texts(x, y, strings.HasSuffix)
	case "matches":
		return c.matches(x, y)
	}
	c.fail(n, "expression_unsupported", "See the list of functions and operators.", "There is no operator %q here.", operator)
	return code{}
}

func (c *compiler) texts(x, y code, f func(a, b string) bool) code {
	a, b := c.as(x, tag.String).s, c.as(y, tag.String).s
	return code{typ: tag.Bool, b: func(fr *frame) bool {
		v, w := a(fr), b(fr)
		return fr.charge(len(v)) && f(v, w)
	}}
}

// matches allows small constant patterns only, and texts of 4 KiB, so that its time is bounded.
func (c *compiler) matches(x, y code) code {
	if !y.constant || y.typ != tag.String {
		c.fail(y.node, "expression_unbounded", `Write the pattern as one text: x matches "^A[0-9]+$".`, "A pattern must be a constant text.")
	}
	const hint = "The syntax is that of RE2; use a simpler pattern, or contains and startsWith."
	if len(y.value.Text()) > 256 {
		c.fail(y.node, "expression_unbounded", hint, "The pattern is longer than 256 characters.")
	}
	parsed, err := syntax.Parse(y.value.Text(), syntax.Perl)
	if err != nil {
		c.fail(y.node, "expression_syntax", hint, "The pattern cannot be read: %v.", err)
	}
	if prog, err := syntax.Compile(parsed.Simplify()); err != nil || len(prog.Inst) > 256 {
		c.fail(y.node, "expression_unbounded", hint, "The pattern is too large.")
	}
	pattern, err := regexp.Compile(y.value.Text())
	if err != nil {
		c.fail(y.node, "expression_syntax", hint, "The pattern cannot be read: %v.", err)
	}
	a := c.as(x, tag.String).s
	return code{typ: tag.Bool, b: func(fr *frame) bool {
		s := a(fr)
		if len(s) > 4096 || !fr.charge(64*len(s)) {
			fr.note(tag.BadRequestTooLarge)
			return false
		}
		return pattern.MatchString(s)
	}}
}

func (c *compiler) arithmetic(n ast.Node, operator string, x, y code) code {
	if operator == "%" {
		a, b := c.as(x, tag.Int).i, c.as(y, tag.Int).i
		return code{typ: tag.Int, i: func(fr *frame) int64 {
			v, w := a(fr), b(fr)
			if w == 0 {
				fr.note(tag.BadOutOfRange)
				return 0
			}
			return v % w
		}}
	}
	x, y = c.number(x), c.number(y)
	if x.typ == tag.Int && y.typ == tag.Int && operator != "/" && operator != "**" && operator != "^" {
		return intArithmetic(operator, x.i, y.i)
	}
	x, y = c.as(x, tag.Float), c.as(y, tag.Float)
	a, b := x.f, y.f
	out := code{typ: tag.Float}
	switch operator {
	case "+":
		out.f = func(fr *frame) float64 { return a(fr) + b(fr) }
		if y.constant {
			k := y.value.Float()
			out.f = func(fr *frame) float64 { return a(fr) + k }
		}
	case "-":
		out.f = func(fr *frame) float64 { return a(fr) - b(fr) }
		if y.constant {
			k := y.value.Float()
			out.f = func(fr *frame) float64 { return a(fr) - k }
		}
	case "*":
		out.f = func(fr *frame) float64 { return a(fr) * b(fr) }
		if y.constant {
			k := y.value.Float()
			out.f = func(fr *frame) float64 { return a(fr) * k }
		}
	case "/":
		out.f = func(fr *frame) float64 {
			v, w := a(fr), b(fr)
			if w == 0 {
				fr.note(tag.BadOutOfRange)
				return 0
			}
			return v / w
		}
	default:
		out.f = func(fr *frame) float64 { return fr.finite(math.Pow(a(fr), b(fr))) }
	}
	return out
}

func intArithmetic(operator string, a, b func(*frame) int64) code {
	out := code{typ: tag.Int}
	switch operator {
	case "+":
		out.i = func(fr *frame) int64 {
			v, w := a(fr), b(fr)
			sum := v + w
			if (sum > v) != (w > 0) && w != 0 {
				fr.note(tag.BadOutOfRange)
			}
			return sum
		}
	case "-":
		out.i = func(fr *frame) int64 {
			v, w := a(fr), b(fr)
			d := v - w
			if (d < v) != (w > 0) && w != 0 {
				fr.note(tag.BadOutOfRange)
			}
			return d
		}
	case "*":
		out.i = func(fr *frame) int64 {
			v, w := a(fr), b(fr)
			p, ok := multiply(v, w)
			if !ok {
				fr.note(tag.BadOutOfRange)
			}
			return p
		}
	}
	return out
}

func multiply(v, w int64) (int64, bool) {
	p := v * w
	if uint64(v+1<<31) < 1<<32 && uint64(w+1<<31) < 1<<32 {
		return p, true
	}
	negative := (v < 0) != (w < 0)
	hi, lo := bits.Mul64(magnitude(v), magnitude(w))
	limit := uint64(math.MaxInt64)
	if negative {
		limit++
	}
	return p, hi == 0 && lo <= limit
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

func compare[T cmp.Ordered](operator string, a, b func(*frame) T, k *T) func(*frame) bool {
	if k != nil {
		k := *k
		switch operator {
		case "<":
			return func(fr *frame) bool { return a(fr) < k }
		case "<=":
			return func(fr *frame) bool { return a(fr) <= k }
		case ">":
			return func(fr *frame) bool { return a(fr) > k }
		default:
			return func(fr *frame) bool { return a(fr) >= k }
		}
	}
	switch operator {
	case "<":
		return func(fr *frame) bool { return a(fr) < b(fr) }
	case "<=":
		return func(fr *frame) bool { return a(fr) <= b(fr) }
	case ">":
		return func(fr *frame) bool { return a(fr) > b(fr) }
	default:
		return func(fr *frame) bool { return a(fr) >= b(fr) }
	}
}

func (c *compiler) comparison(n ast.Node, operator string, x, y code) code {
	if x.typ == tag.JSON && y.typ == tag.JSON {
		x, y = c.as(x, tag.Float), c.as(y, tag.Float)
	}
	x, y = c.same(n, x, y)
	out := code{typ: tag.Bool}
	switch x.typ {
	case tag.Int:
		var k *int64
		if y.constant {
			k = new(y.value.Int())
		}
		out.b = compare(operator, x.i, y.i, k)
	case tag.Float:
		var k *float64
		if y.constant {
			k = new(y.value.Float())
		}
		out.b = compare(operator, x.f, y.f, k)
	case tag.String:
		out.b = compare(operator, x.s, y.s, nil)
	default:
		c.fail(n, "expression_type", "Numbers and texts can be compared; a bool is already true or false.", "One %s is not greater or less than another.", typeName(x.typ))
	}
	return out
}

func (c *compiler) equality(n ast.Node, not bool, x, y code) code {
	if x.typ == list || y.typ == list || x.typ == tag.JSON && y.typ == tag.JSON {
		a, b := c.as(x, tag.JSON).any, c.as(y, tag.JSON).any
		return code{typ: tag.Bool, b: func(fr *frame) bool { return fr.equal(a(fr), b(fr)) != not }}
	}
	x, y = c.same(n, x, y)
	out := code{typ: tag.Bool}
	switch x.typ {
	case tag.Bool:
		a, b := x.b, y.b
		out.b = func(fr *frame) bool { return (a(fr) == b(fr)) != not }
	case tag.Int:
		a, b := x.i, y.i
		out.b = func(fr *frame) bool { return (a(fr) == b(fr)) != not }
	case tag.Float:
		a, b := x.f, y.f
		out.b = func(fr *frame) bool { return (a(fr) == b(fr)) != not }
	default:
		a, b := x.s, y.s
		out.b = func(fr *frame) bool { return (a(fr) == b(fr)) != not }
	}
	return out
}

// equal compares dynamic values: numbers by value, lists by their elements.
func (fr *frame) equal(a, b any) bool {
	if v, ok := asFloat(a); ok {
		w, ok := asFloat(b)
		return ok && v == w
	}
	switch v := a.(type) {
	case nil:
		return b == nil
	case bool:
		w, ok := b.(bool)
		return ok && v == w
	case string:
		w, ok := b.(string)
		return ok && v == w
	case []any:
		w, ok := b.([]any)
		if !ok || len(v) != len(w) || !fr.charge(64*len(v)) {
			return false
		}
		for i := range v {
			if !fr.equal(v[i], w[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		w, ok := b.(map[string]any)
		if !ok || len(v) != len(w) || !fr.charge(64*len(v)) {
			return false
		}
		for k := range v {
			other, ok := w[k]
			if !ok || !fr.equal(v[k], other) {
				return false
			}
		}
		return true
	}
	return false
}

func asFloat(v any) (float64, bool) {
	switch x := v.(type) {
	case float64:
		return x, true
	case int64:
		return float64(x), true
	case int:
		return float64(x), true
	case json.Number:
		f, err := x.Float64()
		return f, err == nil
	}
	return 0, false
}

// coalesce is "x ?? y": y when the JSON value x is null or has no such member.
func (c *compiler) coalesce(n *ast.BinaryNode) code {
	x, y := c.node(n.Left), c.node(n.Right)
	if x.typ != tag.JSON {
		c.fail(n, "expression_type", "Use orElse(x, …) for what may have no value.", "?? is for members of JSON values; this is %s.", typeName(x.typ))
	}
	of := x.any
	index := c.locals
	c.locals++
	missing := code{typ: tag.Bool, b: func(fr *frame) bool {
		before := fr.quality
		v := of(fr)
		if v == nil && fr.quality == tag.BadNoData && !before.IsBad() {
			fr.quality = before
		}
		fr.locals[index].any = v
		return v == nil
	}}
	want := y.typ
	if want == tag.Int {
		want = tag.Float
	}
	there := c.as(code{typ: tag.JSON, node: x.node, any: func(fr *frame) any { return fr.locals[index].any }}, want)
	return c.choose(n, missing, y, there)
}

// in is "x in [a, b]", "x in 1..5", and "x in value" for JSON lists and objects.
func (c *compiler) in(n *ast.BinaryNode) code {
	x := c.node(n.Left)
	switch r := n.Right.(type) {
	case *ast.ArrayNode:
		if len(r.Nodes) == 0 {
			c.fail(r, "expression_type", "Write what it may be: x in [1, 2].", "The list is empty.")
		}
		index := c.locals
		c.locals++
		store := c.storeLocal(x, index)
		again := c.readLet(let{typ: x.typ, index: index})
		again.node = x.node
		parts := []code{x}
		var tests []func(*frame) bool
		for _, e := range r.Nodes {
			element := c.node(e)
			parts = append(parts, element)
			tests = append(tests, c.equality(e, false, again, element).b)
		}
		out := code{typ: tag.Bool, b: func(fr *frame) bool {
			store(fr)
			for _, t := range tests {
				if t(fr) {
					return true
				}
			}
			return false
		}}
		return out
	case *ast.BinaryNode:
		if r.Operator == ".." {
			from, to := c.node(r.Left), c.node(r.Right)
			if x.typ == tag.JSON {
				x = c.as(x, tag.Float)
			}
			lo, hi := c.as(from, tag.Int).i, c.as(to, tag.Int).i
			if x.typ == tag.Int {
				a := x.i
				return code{typ: tag.Bool, b: func(fr *frame) bool { v := a(fr); return v >= lo(fr) && v <= hi(fr) }}
			}
			a := c.as(x, tag.Float).f
			return code{typ: tag.Bool, b: func(fr *frame) bool {
				v := a(fr)
				return v == math.Trunc(v) && v >= float64(lo(fr)) && v <= float64(hi(fr))
			}}
		}
	}
	y := c.node(n.Right)
	if y.typ != tag.JSON && y.typ != list {
		c.fail(n, "expression_type", `Write what it may be: x in [1, 2]. For a part of a text: x contains "a".`, "Nothing is in a value of type %s.", typeName(y.typ))
	}
	a, b := c.as(x, tag.JSON).any, y.any
	return code{typ: tag.Bool, b: func(fr *frame) bool {
		v := a(fr)
		switch of := b(fr).(type) {
		case []any:
			if !fr.charge(16 * len(of)) {
				return false
			}
			for _, e := range of {
				if fr.equal(v, e) {
					return true
				}
			}
		case map[string]any:
			key, ok := v.(string)
			_, has := of[key]
			return ok && has
		default:
			fr.mismatch(of)
		}
		return false
	}}
}
