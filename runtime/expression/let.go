package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/tag"
)

// let is a name defined in the expression.
type let struct {
	name  string
	typ   tag.Type
	index int
	size  int // of a list
}

// let evaluates a value once; its quality counts where the name is used.
func (c *compiler) let(n *ast.VariableDeclaratorNode) code {
	if _, ok := registry[n.Name]; ok || n.Name == "tag" {
		c.fail(n, "expression_unsupported", "Choose another name.", "%q is the name of a function.", n.Name)
	}
	for _, l := range c.scope {
		if l.name == n.Name {
			c.fail(n, "expression_unsupported", "Choose another name.", "%q is defined already.", n.Name)
		}
	}
	if c.inside > 0 {
		c.fail(n, "expression_unsupported", "Define the name before the list is gone through.", "A name cannot be defined within {…}.")
	}
	value := c.node(n.Value)
	l := let{n.Name, value.typ, c.locals, value.size}
	c.locals++
	c.scope = append(c.scope, l)
	body := c.node(n.Expr)
	c.scope = c.scope[:len(c.scope)-1]
	index := l.index
	store := c.storeLocal(value, index)
	before := func(fr *frame) {
		q := fr.quality
		fr.quality = tag.Good
		store(fr)
		fr.locals[index].quality = fr.quality
		fr.quality = q
	}
	return body.after(before)
}

// storeLocal makes the function that evaluates a code into a local.
func (c *compiler) storeLocal(value code, index int) func(*frame) {
	switch value.typ {
	case tag.Bool:
		return func(fr *frame) { fr.locals[index].bits = bit(value.b(fr)) }
	case tag.Int:
		return func(fr *frame) { fr.locals[index].bits = uint64(value.i(fr)) }
	case tag.Float:
		return func(fr *frame) { fr.locals[index].bits = bitsOf(value.f(fr)) }
	case tag.String, tag.Bytes:
		return func(fr *frame) { fr.locals[index].text = value.s(fr) }
	}
	return func(fr *frame) { fr.locals[index].any = value.any(fr) }
}

func (c *compiler) readLet(l let) code {
	out := code{typ: l.typ, size: l.size}
	index := l.index
	switch l.typ {
	case tag.Bool:
		out.b = func(fr *frame) bool { v := &fr.locals[index]; fr.note(v.quality); return v.bits != 0 }
	case tag.Int:
		out.i = func(fr *frame) int64 { v := &fr.locals[index]; fr.note(v.quality); return int64(v.bits) }
	case tag.Float:
		out.f = func(fr *frame) float64 { v := &fr.locals[index]; fr.note(v.quality); return floatOf(v.bits) }
	case tag.String, tag.Bytes:
		out.s = func(fr *frame) string { v := &fr.locals[index]; fr.note(v.quality); return v.text }
	default:
		out.any = func(fr *frame) any { v := &fr.locals[index]; fr.note(v.quality); return v.any }
	}
	return out
}

// after is the code with something done first.
func (c code) after(first func(*frame)) code {
	out := code{typ: c.typ, size: c.size}
	switch c.typ {
	case tag.Bool:
		f := c.b
		out.b = func(fr *frame) bool { first(fr); return f(fr) }
	case tag.Int:
		f := c.i
		out.i = func(fr *frame) int64 { first(fr); return f(fr) }
	case tag.Float:
		f := c.f
		out.f = func(fr *frame) float64 { first(fr); return f(fr) }
	case tag.String, tag.Bytes:
		f := c.s
		out.s = func(fr *frame) string { first(fr); return f(fr) }
	default:
		f := c.any
		out.any = func(fr *frame) any { first(fr); return f(fr) }
	}
	return out
}
