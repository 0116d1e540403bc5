package expression

import (
	"errors"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"

	"github.com/lineside/lineside/runtime/tag"
)

// Kind is what a name in an expression stands for.
type Kind int

// The kinds of name that Rename knows.
const (
	// Tag is the path in tag("…").
	Tag Kind = iota
	// Area is the beginning of such a path: "line1" of tag("line1/speed"), and the path itself.
	Area
	// Variable is a bare name: an input, a parameter, a computed tag of the app, a variable of a screen.
	Variable
	// model and property are the arguments of a roll-up.
	model
	property
)

// ErrShadowed says that a name cannot be used, because a "let" of the expression defines it
// around a place where the old name stands.
var ErrShadowed = errors.New("the expression defines this name itself")

// Rename writes another name for a tag, an area or a variable wherever an expression names it,
// and says in how many places. Everything else of the text stays as it is, byte for byte: texts
// that only look alike, names that a "let" defines, comments. With to equal to from it counts.
// A text that cannot be read is an error of Compile and comes back unchanged.
func Rename(text string, kind Kind, from, to string) (string, int, error) {
	return rename(text, from, &renamer{kind: kind, from: from, to: to, places: map[int]spot{}})
}

// RenameTags writes other paths for tags, as move says, as Rename does for one.
func RenameTags(text string, move func(path string) (string, bool)) (string, int, error) {
	return rename(text, "tag", &renamer{kind: Tag, to: "x", move: move, places: map[int]spot{}})
}

func rename(text, from string, r *renamer) (string, int, error) {
	if from == "" || !strings.Contains(text, from) && !strings.Contains(text, `\`) {
		return text, 0, nil // most expressions do not name it: they need no parsing
	}
	if problem := guard(text); problem != nil {
		return text, 0, problem
	}
	root, err := parse(text)
	if err != nil {
		c := compiler{text: text}
		return text, 0, c.syntax(err)
	}
	r.visit(root)
	switch {
	case len(r.places) == 0:
		return text, 0, nil
	case r.shadowed:
		return text, 0, ErrShadowed
	case r.from == r.to:
		return text, len(r.places), nil
	}
	return r.write(text), len(r.places), nil
}

// spot is where a name stands, in characters, and what is written there.
type spot struct {
	to   int
	text string
}

type renamer struct {
	kind     Kind
	from, to string
	places   map[int]spot // by where they begin: chained comparisons share parts
	shadowed bool
	// kinds are the models whose property is renamed; self says that the expression is of one of them.
	kinds func(string) bool
	self  bool
	// move says of many tags at once what they become.
	move func(string) (string, bool)
	// found is told of roll-ups, which are then only looked for.
	found func(Rollup)
	// hidden counts the lets around that define the old name, taken those that define the new one.
	hidden, taken int
}

// visit looks at a part. It goes down as deep as the text is nested, which the guard bounds.
func (r *renamer) visit(n ast.Node) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		r.name(n)
	case *ast.CallNode:
		callee, ok := n.Callee.(*ast.IdentifierNode)
		if !ok {
			r.visit(n.Callee)
		}
		if ok && callee.Value == "tag" && len(n.Arguments) == 1 {
			if s, ok := n.Arguments[0].(*ast.StringNode); ok {
				r.path(s)
				return
			}
		}
		if ok && ofPlant(callee.Value) && len(n.Arguments) > 0 {
			if s, ok := n.Arguments[0].(*ast.StringNode); ok {
				r.path(s)
			}
			return
		}
		if ok && r.rollup(callee.Value, n.Arguments) {
			return
		}
		r.all(n.Arguments)
	case *ast.VariableDeclaratorNode:
		r.visit(n.Value)
		hides, takes := n.Name == r.from, n.Name == r.to && r.from != r.to
		r.hidden += one(hides)
		r.taken += one(takes)
		r.visit(n.Expr)
		r.hidden -= one(hides)
		r.taken -= one(takes)
	case *ast.UnaryNode:
		r.visit(n.Node)
	case *ast.BinaryNode:
		r.visit(n.Left)
		r.visit(n.Right)
	case *ast.ConditionalNode:
		r.visit(n.Cond)
		r.visit(n.Exp1)
		r.visit(n.Exp2)
	case *ast.ChainNode:
		r.visit(n.Node)
	case *ast.MemberNode:
		r.visit(n.Node)
		r.visit(n.Property)
	case *ast.SliceNode:
		r.all([]ast.Node{n.Node, n.From, n.To})
	case *ast.BuiltinNode:
		r.all(n.Arguments)
	case *ast.PredicateNode:
		r.visit(n.Node)
	case *ast.ArrayNode:
		r.all(n.Nodes)
	case *ast.SequenceNode:
		r.all(n.Nodes)
	case *ast.MapNode:
		r.all(n.Pairs)
	case *ast.PairNode:
		r.visit(n.Key)
		r.visit(n.Value)
	}
}

// ofPlant reports whether the first argument of a function is a path.
func ofPlant(name string) bool { return registry[name] != nil && registry[name].plant }

func (r *renamer) all(list []ast.Node) {
	for _, n := range list {
		if n != nil {
			r.visit(n)
		}
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (r *renamer) name(n *ast.IdentifierNode) {
	if r.kind != Variable || n.Value != r.from || r.hidden > 0 {
		return
	}
	r.shadowed = r.shadowed || r.taken > 0
	r.put(n.Location(), r.to)
}

func (r *renamer) path(n *ast.StringNode) {
	switch {
	case r.move != nil:
		if next, ok := r.move(n.Value); ok {
			r.put(n.Location(), next)
		}
		return
	case r.kind == model:
		return
	case r.kind == property:
		if r.self && n.Value == "./"+r.from {
			r.put(n.Location(), "./"+r.to)
		}
		return
	}
	if next, ok := Moved(r.kind, n.Value, r.from, r.to); ok {
		r.put(n.Location(), next)
	}
}

// Moved is the path of a tag after a rename, and whether the rename concerns it.
func Moved(kind Kind, path, from, to string) (string, bool) {
	switch {
	case kind == Variable, tag.Relative(path):
	case path == from:
		return to, true
	case kind == Area && tag.Path(path).Under(tag.Path(from)):
		return to + path[len(from):], true
	}
	return path, false
}

func (r *renamer) put(at file.Location, text string) { r.places[at.From] = spot{at.To, text} }

// write puts the new names in their places. A text keeps its quotes: a path holds none.
func (r *renamer) write(text string) string {
	runes := []rune(text)
	starts := make([]int, 0, len(r.places))
	for from := range r.places {
		starts = append(starts, from)
	}
	slices.Sort(starts)
	var b strings.Builder
	done := 0
	for _, from := range starts {
		p := r.places[from]
		b.WriteString(string(runes[done:from]))
		if r.kind == Variable {
			b.WriteString(p.text)
		} else {
			quote := string(runes[from])
			b.WriteString(quote + p.text + quote)
		}
		done = p.to
	}
	b.WriteString(string(runes[done:]))
	return b.String()
}

// Tags lists the tags that an expression names, in the order of the text, each once; none when it cannot be read.
func Tags(text string) []string {
	if guard(text) != nil {
		return nil
	}
	root, err := parse(text)
	if err != nil {
		return nil
	}
	r := renamer{kind: Area, places: map[int]spot{}}
	r.visit(root)
	starts := make([]int, 0, len(r.places))
	for from := range r.places {
		starts = append(starts, from)
	}
	slices.Sort(starts)
	var out []string
	for _, from := range starts {
		if path := r.places[from].text; !slices.Contains(out, path) {
			out = append(out, path)
		}
	}
	return out
}
