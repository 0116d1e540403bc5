package expression

import (
	"math"

	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/tag"
)

// spend adds steps through lists to the cost and refuses what costs too much.
func (c *compiler) spend(n ast.Node, steps int) {
	if c.cost += steps; c.cost > maxCost {
		c.fail(n, "expression_unbounded", "Go through shorter lists, or do it in a script.", "Going through the lists could take more than %d steps.", maxCost)
	}
}

// asList makes a list of x; one from outside is bounded when it is used.
func (c *compiler) asList(x code) code {
	if x.typ == list {
		return x
	}
	out := c.as(x, list)
	out.size = maxList
	return out
}

// collection compiles what makes lists and goes through them.
func (c *compiler) collection(n ast.Node) code {
	switch n := n.(type) {
	case *ast.ArrayNode:
		return c.array(n)
	case *ast.BinaryNode:
		return c.span(n)
	case *ast.SliceNode:
		return c.slice(n)
	case *ast.PointerNode:
		return c.pointer(n)
	case *ast.BuiltinNode:
		return c.through(n)
	}
	return code{}
}

func (c *compiler) array(n *ast.ArrayNode) code {
	elements := make([]func(*frame) any, len(n.Nodes))
	for i, e := range n.Nodes {
		x := c.node(e)
		if x.typ == tag.Bytes {
			c.as(x, tag.JSON)
		}
		elements[i] = x.boxed()
	}
	c.spend(n, len(elements))
	return code{typ: list, size: len(elements), any: func(fr *frame) any {
		out := make([]any, len(elements))
		for i, f := range elements {
			out[i] = f(fr)
		}
		return out
	}}
}

// span is "from..to" of constants.
func (c *compiler) span(n *ast.BinaryNode) code {
	from, to := c.node(n.Left), c.node(n.Right)
	if !from.constant || !to.constant || from.typ != tag.Int || to.typ != tag.Int {
		c.fail(n, "expression_unbounded", "Write it like 1..10; for a test, x >= a && x <= b.", "Both ends of a range must be constant ints.")
	}
	lo, hi := from.value.Int(), to.value.Int()
	if lo > hi {
		return code{typ: list, any: func(*frame) any { return []any{} }}
	}
	if uint64(hi)-uint64(lo) >= maxRange {
		c.fail(n, "expression_unbounded", "Use a smaller range; for a test, x >= a && x <= b.", "A range has at most %d elements.", maxRange)
	}
	size := int(hi - lo + 1)
	c.spend(n, size)
	numbers := make([]any, size)
	for i := range numbers {
		numbers[i] = lo + int64(i)
	}
	return code{typ: list, size: size, any: func(*frame) any { return numbers }}
}

// slice is "x[from:to]" of a list or of the characters of a text, cut to what there is.
func (c *compiler) slice(n *ast.SliceNode) code {
	base := c.node(n.Node)
	if base.typ == tag.JSON {
		base = c.asList(base)
	}
	from := func(*frame) int64 { return 0 }
	to := func(*frame) int64 { return math.MaxInt64 }
	if n.From != nil {
		from = c.as(c.node(n.From), tag.Int).i
	}
	if n.To != nil {
		to = c.as(c.node(n.To), tag.Int).i
	}
	ends := func(fr *frame, length int) (lo, hi int64) {
		lo, hi = from(fr), to(fr)
		if lo < 0 {
			lo += int64(length)
		}
		if hi < 0 {
			hi += int64(length)
		}
		lo, hi = min(max(lo, 0), int64(length)), min(max(hi, 0), int64(length))
		return lo, max(lo, hi)
	}
	if base.typ == list {
		l := base.any
		return code{typ: list, size: base.size, any: func(fr *frame) any {
			all, _ := l(fr).([]any)
			lo, hi := ends(fr, len(all))
			return all[lo:hi:hi]
		}}
	}
	s := c.as(base, tag.String).s
	return code{typ: tag.String, s: func(fr *frame) string {
		runes := []rune(fr.bounded(s(fr)))
		lo, hi := ends(fr, len(runes))
		return string(runes[lo:hi])
	}}
}

// pointer is "#", the element a predicate looks at, or "#index".
func (c *compiler) pointer(n *ast.PointerNode) code {
	element := c.element
	switch n.Name {
	case "":
		return code{typ: tag.JSON, any: func(fr *frame) any { return fr.locals[element].any }}
	case "index":
		return code{typ: tag.Int, i: func(fr *frame) int64 { return int64(fr.locals[element].bits) }}
	}
	c.fail(n, "expression_unsupported", "There are # (the element) and #index.", "There is no #%s.", n.Name)
	return code{}
}

// through compiles the functions that go through a list: all, any, none, one, count,
// filter, map, find, findIndex. They cannot be nested.
func (c *compiler) through(n *ast.BuiltinNode) code {
	switch n.Name {
	case "all", "any", "none", "one", "count", "filter", "map", "find", "findIndex":
	default:
		c.fail(n, "function_unknown", "There are all, any, none, one, count, filter, map, find, findIndex, len, sum, mean, min and max.", "There is no function %q.", n.Name)
	}
	if c.inside > 0 {
		c.fail(n, "expression_unbounded", `Name the inner list first: "let x = filter(…); …".`, "Going through a list within going through a list is not allowed.")
	}
	if len(n.Arguments) == 0 {
		c.fail(n, "expression_type", "It wants a list.", "%s() has no list.", n.Name)
	}
	of := c.asList(c.node(n.Arguments[0]))
	element := c.locals
	c.locals++
	test := func(*frame) bool { return true }
	var mapped func(*frame) any
	if len(n.Arguments) > 1 {
		p, ok := n.Arguments[1].(*ast.PredicateNode)
		if !ok {
			c.fail(n, "expression_type", "It is written like this: filter(x, # > 5).", "%s() wants a condition.", n.Name)
		}
		visits, cost := c.visits, c.cost
		c.inside++
		c.element = element
		body := c.node(p.Node)
		c.inside--
		inner := c.visits - visits + c.cost - cost
		c.cost = cost
		c.spend(n, of.size*min(inner, maxCost+1))
		if n.Name == "map" {
			if body.typ == tag.Bytes {
				c.as(body, tag.JSON)
			}
			mapped = body.boxed()
		} else {
			test = c.as(body, tag.Bool).b
		}
	} else if n.Name != "count" {
		c.fail(n, "expression_type", "It is written like this: "+n.Name+"(x, # > 5).", "%s() wants a condition.", n.Name)
	}
	l := of.any
	// each calls f for the elements that pass, until it returns false.
	each := func(fr *frame, f func(i int, e any) bool) {
		elements, _ := l(fr).([]any)
		for i, e := range elements {
			at := &fr.locals[element]
			at.any, at.bits = e, uint64(i)
			if test(fr) && !f(i, e) {
				return
			}
		}
	}
	count := func(fr *frame, limit int) (n int) {
		each(fr, func(int, any) bool { n++; return n < limit })
		return n
	}
	switch n.Name {
	case "any":
		return code{typ: tag.Bool, b: func(fr *frame) bool { return count(fr, 1) == 1 }}
	case "none":
		return code{typ: tag.Bool, b: func(fr *frame) bool { return count(fr, 1) == 0 }}
	case "one":
		return code{typ: tag.Bool, b: func(fr *frame) bool { return count(fr, 2) == 1 }}
	case "all":
		plain := test
		test = func(fr *frame) bool { return !plain(fr) }
		return code{typ: tag.Bool, b: func(fr *frame) bool { return count(fr, 1) == 0 }}
	case "count":
		return code{typ: tag.Int, i: func(fr *frame) int64 { return int64(count(fr, math.MaxInt)) }}
	case "findIndex":
		return code{typ: tag.Int, i: func(fr *frame) int64 {
			found := int64(-1)
			each(fr, func(i int, _ any) bool { found = int64(i); return false })
			if found < 0 {
				fr.note(tag.BadNoData)
			}
			return found
		}}
	case "find":
		return code{typ: tag.JSON, any: func(fr *frame) (found any) {
			each(fr, func(_ int, e any) bool { found = e; return false })
			return found
		}}
	case "map":
		return code{typ: list, size: of.size, any: func(fr *frame) any {
			out := []any{}
			each(fr, func(int, any) bool { out = append(out, mapped(fr)); return true })
			return out
		}}
	}
	return code{typ: list, size: of.size, any: func(fr *frame) any {
		out := []any{}
		each(fr, func(_ int, e any) bool { out = append(out, e); return true })
		return out
	}}
}
