package expression

import (
	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// maxMembers is how many tags one roll-up may read.
const maxMembers = 10000

// members compiles the reading of one property of all assets of a kind, the arguments of a roll-up.
func (c *compiler) members(n ast.Node, args []code) []code {
	const example = `sumOf("pump", "power")`
	var of Selection
	if args[0].set != nil {
		of = *args[0].set
	} else {
		of.Model = c.literal(args[0], example)
	}
	if len(args) > 1 {
		of.Property = c.literal(args[1], example)
	}
	property := of.Property
	if c.env.Members == nil {
		c.fail(n, "expression_unsupported", "Compute it as a tag of the plant, and name that tag here.", "What assets have together can be computed by tags of the plant and properties of models only.")
	}
	paths, problem := c.env.Members(of)
	if problem != nil {
		at := args[0].node
		if problem.At == "/property" && len(args) > 1 {
			at = args[1].node
		}
		c.refuse(at, problem)
	}
	if len(paths) > maxMembers {
		c.fail(n, "expression_unbounded", "Compute parts of it as tags of their own.", "There are %d assets, more than %d.", len(paths), maxMembers)
	}
	c.counts = append(c.counts, len(paths))
	if property == "" {
		return make([]code, len(paths))
	}
	if c.index == nil {
		c.index = make(map[tag.Path]int, len(paths))
		for i, p := range c.tags {
			c.index[p] = i
		}
	}
	out := make([]code, 0, len(paths))
	for _, path := range paths {
		typ, known := c.env.Tags(path)
		if !known {
			continue
		}
		i, seen := c.index[path]
		if !seen {
			i = len(c.tags)
			c.tags, c.index[path] = append(c.tags, path), i
		}
		x := read(0, i, typ)
		x.node = n
		out = append(out, x)
	}
	return out
}

// argument compiles an argument, which with assets may be a set of them.
func (c *compiler) argument(n ast.Node, assets bool) code {
	if call, ok := n.(*ast.CallNode); !ok || call == nil {
		assets = false
	}
	before := c.assets
	c.assets = assets
	out := c.node(n)
	c.assets = before
	return out
}

// relation is the set of assets that related and relatedTo mean.
func (c *compiler) relation(args []code, back bool) code {
	const example = `related(".", "feeds")`
	return code{typ: list, set: &Selection{Asset: c.literal(args[0], example), Relation: c.literal(args[1], example), Back: back}}
}

// refuse gives up because of a problem with what stands at a node.
func (c *compiler) refuse(at ast.Node, problem *spec.Problem) {
	p := *problem
	p.At = ""
	place(&p, c.text, at.Location().From)
	c.problems = append(c.problems, &p)
	panic(stop{})
}

// literal is the constant text of an argument.
func (c *compiler) literal(arg code, example string) string {
	if !arg.constant || arg.typ != tag.String {
		c.fail(arg.node, "expression_type", "Write them as texts: "+example+".", "What names things of the plant must be constant texts, so that it is known which tags are read.")
	}
	return arg.value.Text()
}

// empty is a number that never has a value.
func empty() code {
	return code{typ: tag.Float, f: func(fr *frame) float64 { fr.note(tag.BadNoData); return 0 }}
}

// RenameModel writes another id for a model wherever a roll-up names it, as Rename does with names.
func RenameModel(text, from, to string) (string, int, error) {
	return rename(text, from, &renamer{kind: model, from: from, to: to, places: map[int]spot{}})
}

// RenameProperty writes another id for a property of those models of which kinds reports true: in roll-ups,
// and with self, for an expression of such a model, in tag("./…") too. Roll-ups over relations do not name a model:
// for them kinds is asked with "".
func RenameProperty(text string, kinds func(model string) bool, self bool, from, to string) (string, int, error) {
	return rename(text, from, &renamer{kind: property, from: from, to: to, kinds: kinds, self: self, places: map[int]spot{}})
}

// rollup renames in the arguments of a roll-up; false when it is none.
func (r *renamer) rollup(name string, args []ast.Node) bool {
	f := registry[name]
	if f == nil || !f.members || len(args) == 0 {
		return false
	}
	first, ok := args[0].(*ast.StringNode)
	if set, isSet := args[0].(*ast.CallNode); isSet {
		r.visit(set)
		first, ok = &ast.StringNode{}, true
	}
	if !ok {
		return true
	}
	if r.found != nil {
		one := Rollup{Model: first.Value}
		if len(args) > 1 {
			if second, ok := args[1].(*ast.StringNode); ok {
				one.Property = second.Value
			}
		}
		r.found(one)
		return true
	}
	if r.kind == model && first.Value == r.from && first.Value != "" {
		r.put(first.Location(), r.to)
	}
	if len(args) > 1 && r.kind == property && r.kinds(first.Value) {
		if second, ok := args[1].(*ast.StringNode); ok && second.Value == r.from {
			r.put(second.Location(), r.to)
		}
	}
	return true
}

// Rollup is a roll-up that an expression computes.
type Rollup struct {
	Model, Property string
}

// Rollups lists the roll-ups of an expression, in the order of the text; none when it cannot be read.
func Rollups(text string) []Rollup {
	if guard(text) != nil {
		return nil
	}
	root, err := parse(text)
	if err != nil {
		return nil
	}
	var out []Rollup
	r := renamer{kind: property, places: map[int]spot{}, found: func(one Rollup) { out = append(out, one) }}
	r.visit(root)
	return out
}

// Selection is what a roll-up is over: the assets of a model, or of one that builds on it, below the place of the
// expression; or with a Relation those to which Asset has it.
type Selection struct {
	Model string
	// Asset is a path, as it stands there: "." is the asset of the expression itself. Back means those that have the
	// relation to it.
	Asset, Relation string
	Back            bool
	// Property is what is read of each, "" for the assets themselves.
	Property string
}

// Members finds the tags that a roll-up reads. Without a property it finds the assets. A problem whose At is
// "/property" is about that, any other about the rest.
type Members func(Selection) ([]tag.Path, *spec.Problem)

// Of is the asset or tag that a path means which stands in an expression: "." the asset of the expression itself,
// "./speed" its property, "../x" what is beside it.
func Of(base tag.Path, s string) (tag.Path, error) {
	switch {
	case s == "." || s == "./":
		return base, nil
	case s == ".." || s == "../":
		return base.Parent(), nil
	case tag.Relative(s):
		return tag.Resolve(base, s)
	}
	return tag.ParsePath(s)
}
