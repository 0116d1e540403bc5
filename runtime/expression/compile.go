package expression

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Compile checks an expression against what it may name and makes a Program of it. The
// error is a spec.Problems with places in the text. Codes: expression_empty,
// expression_too_long, expression_too_deep, expression_syntax, expression_type,
// expression_unbounded, expression_unsupported, expression_never (a constant part that can
// have no value), tag_path, tag_unknown, name_unknown, function_unknown.
func Compile(text string, env Env) (p *Program, err error) {
	if problem := guard(text); problem != nil {
		return nil, spec.Problems{problem}
	}
	c := &compiler{text: text, env: env}
	defer func() {
		switch recover().(type) {
		case nil:
		case stop:
			p, err = nil, c.problems
		default:
			p, err = nil, append(c.problems, &spec.Problem{Code: "expression_unsupported", Message: "The expression cannot be compiled.", Hint: "Write it in a simpler way, and please report it: this is a fault of the compiler."})
		}
	}()
	root, err := parse(text)
	if err != nil {
		return nil, c.syntax(err)
	}
	out := c.node(root)
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	p = &Program{text: text, typ: out.typ, tags: c.tags, vars: c.vars, counts: c.counts, facts: c.facts, out: result(out)}
	if p.typ == list {
		p.typ = tag.JSON
	}
	p.single = out.input != nil && out.input.kind == 0 && len(c.tags) == 1 // history() reads two
	p.frame.locals = make([]local, c.locals)
	p.frame.trees = [2][]tree{make([]tree, len(c.tags)), make([]tree, len(c.vars))}
	return p, nil
}

// dialects are what the parser knows: the predicates of expr-lang (filter, count, …), and
// calls of our own functions only. The parser does not change one, except for its cache of
// types, so each is used by one parser at a time.
var dialects = sync.Pool{New: func() any {
	config := conf.CreateNew()
	config.DisableIfOperator = true
	config.MaxNodes = maxNodes
	for name := range builtin.Index {
		config.Disabled[name] = true
	}
	config.Functions["sum"] = &builtin.Function{Name: "sum"}
	return config
}}

func parse(text string) (ast.Node, error) {
	config := dialects.Get().(*conf.Config)
	tree, err := parser.ParseWithConfig(text, config)
	dialects.Put(config)
	if err != nil {
		return nil, err
	}
	return tree.Node, nil
}

// stop unwinds the compiler after a problem that leaves nothing to go on with.
type stop struct{}

type compiler struct {
	text     string
	env      Env
	problems spec.Problems

	tags    []tag.Path
	index   map[tag.Path]int // of tags, once there may be many
	counts  []int            // members of roll-ups
	facts   []string         // attributes
	assets  bool             // the part may be a set of assets
	vars    []string
	scope   []let
	locals  int
	visits  int
	cost    int
	inside  int // predicates
	element int // local of the innermost
}

// problem records what is wrong at a node.
func (c *compiler) problem(n ast.Node, code, hint, format string, args ...any) {
	p := &spec.Problem{Code: code, Message: fmt.Sprintf(format, args...), Hint: hint}
	place(p, c.text, n.Location().From)
	c.problems = append(c.problems, p)
}

// fail records and gives up.
func (c *compiler) fail(n ast.Node, code, hint, format string, args ...any) {
	c.problem(n, code, hint, format, args...)
	panic(stop{})
}

// syntax makes problems of the error of the parser.
func (c *compiler) syntax(err error) error {
	p := &spec.Problem{Code: "expression_syntax", Message: "The expression cannot be read.", Hint: "See the list of functions and operators."}
	var at *file.Error
	if errors.As(err, &at) {
		place(p, c.text, at.From)
		message := strings.TrimSpace(at.Message)
		switch {
		case strings.Contains(message, "exceeds maximum allowed nodes"):
			p.Code, p.Message, p.Hint = "expression_too_long", "The expression has more than 500 parts.", "Split it: compute parts of it as tags of their own."
		case strings.Contains(message, "unexpected token EOF"), strings.Contains(message, "unexpected end"):
			place(p, c.text, utf8.RuneCountInString(c.text))
			p.Message, p.Hint = "The expression ends too early.", "Something is missing at the end: a value, a bracket or a quote."
		case message != "":
			p.Message = "The expression cannot be read: " + message + "."
		}
	}
	return spec.Problems{p}
}

// node compiles one part.
func (c *compiler) node(n ast.Node) code {
	if c.visits++; c.visits > maxVisits {
		c.fail(n, "expression_too_long", "Split it: compute parts of it as tags of their own.", "The expression has too many parts.")
	}
	out := c.part(n)
	out.node = n
	if out.set != nil && !c.assets {
		c.fail(n, "expression_unsupported", `Write it into a roll-up: sumOf(related(".", "feeds"), "flow").`, "Assets have no value by themselves.")
	}
	return out
}

func (c *compiler) part(n ast.Node) code {
	switch n := n.(type) {
	case *ast.BoolNode:
		return constant(tag.OfBool(n.Value))
	case *ast.IntegerNode:
		return constant(tag.OfInt(int64(n.Value)))
	case *ast.FloatNode:
		return constant(tag.OfFloat(n.Value))
	case *ast.StringNode:
		return constant(tag.OfString(n.Value))
	case *ast.IdentifierNode:
		return c.name(n, n.Value)
	case *ast.UnaryNode:
		return c.unary(n, n.Operator, c.node(n.Node))
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.choose(n, c.node(n.Cond), c.node(n.Exp1), c.node(n.Exp2))
	case *ast.VariableDeclaratorNode:
		return c.let(n)
	case *ast.CallNode:
		return c.call(n)
	case *ast.ChainNode:
		return c.node(n.Node)
	case *ast.MemberNode:
		return c.member(n)
	case *ast.ArrayNode, *ast.BuiltinNode, *ast.SliceNode, *ast.PointerNode:
		return c.collection(n)
	case *ast.NilNode:
		c.fail(n, "expression_unsupported", "Use orElse(x, …) for what may have no value.", "There is no nil.")
	case *ast.SequenceNode:
		c.fail(n, "expression_unsupported", `Write "let name = …; …", or one expression.`, "Only one expression is evaluated; what stands before “;” would have no effect.")
	}
	c.fail(n, "expression_unsupported", "See the list of functions and operators.", "This is not supported in an expression.")
	return code{}
}

func (c *compiler) name(n ast.Node, name string) code {
	for _, l := range slices.Backward(c.scope) {
		if l.name == name {
			return c.readLet(l)
		}
	}
	if t, ok := c.env.Vars[name]; ok {
		index := slices.Index(c.vars, name)
		if index < 0 {
			index = len(c.vars)
			c.vars = append(c.vars, name)
		}
		return read(1, index, t)
	}
	hint := `A tag is named by tag("area/line/speed").`
	if len(c.env.Vars) > 0 {
		names := make([]string, 0, len(c.env.Vars))
		for v := range c.env.Vars {
			names = append(names, v)
		}
		slices.Sort(names)
		if len(names) > 20 {
			names = append(names[:20], "…")
		}
		hint = "There are: " + strings.Join(names, ", ") + ". " + hint
	}
	c.problem(n, "name_unknown", hint, "There is no input, parameter or name %q.", name)
	return unknown()
}

// unknown stands for what has been reported already; it fits everywhere.
func unknown() code { return code{typ: tag.JSON, any: func(*frame) any { return nil }} }

func (c *compiler) call(n *ast.CallNode) code {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		c.fail(n, "function_unknown", "Functions are called by name: abs(x), not x.abs().", "A value has no functions of its own.")
	}
	if callee.Value == "tag" {
		return c.tag(n)
	}
	f, ok := registry[callee.Value]
	if !ok || f.build == nil {
		c.fail(n, "function_unknown", nearest(callee.Value), "There is no function %q.", callee.Value)
	}
	args := make([]code, len(n.Arguments))
	for i, a := range n.Arguments {
		args[i] = c.argument(a, f.members && i == 0)
	}
	if len(args) < f.least || f.most >= 0 && len(args) > f.most {
		c.fail(n, "expression_type", "It is used like this: "+f.Signature, "%s has %d arguments; that is not right.", f.Name, len(args))
	}
	if f.members || f.plant {
		return f.build(c, n, args)
	}
	return c.fold(n, f.build(c, n, args), args...)
}

func (c *compiler) tag(n *ast.CallNode) code {
	const hint = `Write the path as one text: tag("area/line/speed").`
	if len(n.Arguments) != 1 {
		c.fail(n, "expression_type", hint, "tag() wants one path.")
	}
	s, ok := n.Arguments[0].(*ast.StringNode)
	if !ok {
		c.fail(n.Arguments[0], "expression_type", hint, "The path of a tag must be a constant text, so that it is known which tags are read.")
	}
	var path tag.Path
	var typ tag.Type
	var known bool
	var err error
	switch relative := tag.Relative(s.Value); {
	case tag.Indirect(s.Value):
		if path, typ, known = c.indirect(s); !known {
			return unknown()
		}
	case relative && c.env.Base == nil:
		c.problem(s, "tag_path", "Write the whole path.", "%q is a path for the properties of models.", s.Value)
		return unknown()
	case relative:
		path, err = tag.Resolve(*c.env.Base, s.Value)
	default:
		path, err = tag.ParsePath(s.Value)
	}
	if err != nil {
		c.problem(s, "tag_path", hint, "%s.", upper(err.Error()))
		return unknown()
	}
	if !known && c.env.Tags != nil {
		typ, known = c.env.Tags(path)
	}
	if !known {
		c.problem(s, "tag_unknown", "Add the tag first, or choose another.", "There is no tag %q.", path)
		return unknown()
	}
	return c.reads(path, typ)
}

// reads reads a tag, which is among those of the program from now on.
func (c *compiler) reads(path tag.Path, typ tag.Type) code {
	index := slices.Index(c.tags, path)
	if index < 0 {
		index = len(c.tags)
		c.tags = append(c.tags, path)
		if c.index != nil {
			c.index[path] = index
		}
	}
	return read(0, index, typ)
}

// indirect finds the tag of an asset that is an input.
func (c *compiler) indirect(s *ast.StringNode) (tag.Path, tag.Type, bool) {
	asset, below, err := tag.ParseIndirect(s.Value)
	switch {
	case err != nil:
		c.problem(s, "tag_path", `Write tag("{input}/property").`, "%s.", upper(err.Error()))
	case c.env.Indirect == nil:
		c.problem(s, "tag_path", "Write the whole path.", "%q is a path for apps that have an asset as input.", s.Value)
	default:
		path, typ, problem := c.env.Indirect(asset, below)
		if problem == nil {
			return path, typ, true
		}
		c.problem(s, problem.Code, problem.Hint, "%s", problem.Message)
	}
	return "", tag.None, false
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// as converts code to the type that is wanted, or fails.
func (c *compiler) as(x code, want tag.Type) code {
	switch {
	case x.typ == want:
		return x
	case x.typ == tag.Int && want == tag.Float:
		if x.constant {
			out := constant(tag.OfFloat(x.value.Float()))
			out.node = x.node
			return out
		}
		f := x.i
		return code{typ: tag.Float, node: x.node, f: func(fr *frame) float64 { return float64(f(fr)) }}
	case x.typ == tag.JSON && want != tag.Bytes:
		out := unboxed(want, x.any)
		out.node = x.node
		return out
	case want == tag.JSON && x.typ != tag.Bytes:
		return code{typ: tag.JSON, node: x.node, any: x.boxed()}
	}
	hint := ""
	switch want {
	case tag.Bool:
		hint = "Compare it with something: x > 0, x != \"\"."
	case tag.Int:
		hint = "Convert it: int(x) cuts off, round(x) rounds."
	case tag.Float:
		hint = "Convert it: float(x)."
	case tag.String:
		hint = "Convert it: string(x), or format(x, 1)."
	case list:
		hint = "A list is written [a, b, c]."
	}
	c.fail(x.node, "expression_type", hint, "This is %s, but %s is wanted here.", typeName(x.typ), typeName(want))
	return code{}
}

// number makes a dynamic value a float and refuses what is no number.
func (c *compiler) number(x code) code {
	if x.typ.IsNumber() {
		return x
	}
	return c.as(x, tag.Float)
}

// same brings two codes to one type: that of either, float for two kinds of number.
func (c *compiler) same(n ast.Node, x, y code) (code, code) {
	switch {
	case x.typ == y.typ:
		return x, y
	case x.typ.IsNumber() && y.typ.IsNumber():
		return c.as(x, tag.Float), c.as(y, tag.Float)
	case x.typ == tag.JSON && y.typ.IsNumber() || x.typ.IsNumber() && y.typ == tag.JSON:
		return c.as(x, tag.Float), c.as(y, tag.Float)
	case x.typ == tag.JSON && y.typ != tag.Bytes:
		return c.as(x, y.typ), y
	case y.typ == tag.JSON && x.typ != tag.Bytes:
		return x, c.as(y, x.typ)
	}
	c.fail(n, "expression_type", "Convert one of them: string(x), float(x), x ? 1 : 0.", "%s and %s do not go together.", upper(typeName(x.typ)), typeName(y.typ))
	return x, y
}

// choose is "cond ? yes : no".
func (c *compiler) choose(n ast.Node, cond, yes, no code) code {
	cond = c.as(cond, tag.Bool)
	yes, no = c.same(n, yes, no)
	out := code{typ: yes.typ, size: max(yes.size, no.size)}
	q := cond.b
	switch yes.typ {
	case tag.Bool:
		x, y := yes.b, no.b
		out.b = func(fr *frame) bool {
			if q(fr) {
				return x(fr)
			}
			return y(fr)
		}
	case tag.Int:
		x, y := yes.i, no.i
		out.i = func(fr *frame) int64 {
			if q(fr) {
				return x(fr)
			}
			return y(fr)
		}
	case tag.Float:
		x, y := yes.f, no.f
		out.f = func(fr *frame) float64 {
			if q(fr) {
				return x(fr)
			}
			return y(fr)
		}
	case tag.String, tag.Bytes:
		x, y := yes.s, no.s
		out.s = func(fr *frame) string {
			if q(fr) {
				return x(fr)
			}
			return y(fr)
		}
	default:
		x, y := yes.any, no.any
		out.any = func(fr *frame) any {
			if q(fr) {
				return x(fr)
			}
			return y(fr)
		}
	}
	return out
}

// fold evaluates now what is made of constants.
func (c *compiler) fold(n ast.Node, out code, args ...code) code {
	if len(args) == 0 || out.constant {
		return out
	}
	for _, a := range args {
		if !a.constant {
			return out
		}
	}
	switch out.typ {
	case tag.Bool, tag.Int, tag.Float, tag.String:
	default:
		return out
	}
	var fr frame
	v := result(out)(&fr)
	if fr.quality.IsBad() {
		c.fail(n, "expression_never", "Nothing in it changes, so it can never have a value.", "This has no value: %s.", fr.quality)
	}
	return constant(v)
}

// member is value.name and value[index] of a JSON value or a list.
func (c *compiler) member(n *ast.MemberNode) code {
	if path, ok := dotted(n); ok { // "motor.speed" may be the name of a variable
		if _, ok := c.env.Vars[path]; ok {
			return c.name(n, path)
		}
	}
	base := c.node(n.Node)
	if base.typ != tag.JSON && base.typ != list {
		c.fail(n, "expression_type", `A tag in a path below is tag("a/b").`, "A value of type %s has no members.", typeName(base.typ))
	}
	of := base.any
	if s, ok := n.Property.(*ast.StringNode); ok {
		name := s.Value
		return code{typ: tag.JSON, any: func(fr *frame) any {
			m, ok := of(fr).(map[string]any)
			if !ok {
				fr.note(tag.BadNoData)
			}
			return m[name]
		}}
	}
	property := c.node(n.Property)
	if property.typ == tag.String {
		key := property.s
		return code{typ: tag.JSON, any: func(fr *frame) any {
			m, ok := of(fr).(map[string]any)
			if !ok {
				fr.note(tag.BadNoData)
			}
			return m[key(fr)]
		}}
	}
	at := c.as(property, tag.Int).i
	return code{typ: tag.JSON, any: func(fr *frame) any {
		l, _ := of(fr).([]any)
		i := at(fr)
		if i < 0 {
			i += int64(len(l))
		}
		if i < 0 || i >= int64(len(l)) {
			fr.note(tag.BadNoData)
			return nil
		}
		return l[i]
	}}
}

func dotted(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value, true
	case *ast.MemberNode:
		if s, ok := n.Property.(*ast.StringNode); ok {
			if base, ok := dotted(n.Node); ok {
				return base + "." + s.Value, true
			}
		}
	}
	return "", false
}
