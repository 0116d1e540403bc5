package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"sort"
	"strings"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// scope is what the expressions of one installation (and one set of screen parameters) may
// name beside the tags of the plant: its inputs and its own computed tags, by their ids.
type scope struct {
	installation string
	names        map[string]*name
	vars         map[string]tag.Type
	own          map[tag.Path]tag.Type
	// assets are the inputs that stand for an asset, by id.
	assets map[string]*assetInput
	// inner are the computed tags of a draft.
	inner map[tag.Path]*sharedExpression
	// programs are the expressions of the screens by text, nil those that are wrong; only
	// compileApp fills it.
	programs map[string]*expression.Program
	// key tells scopes apart in which the same text means different things.
	key string
}

// name is one id of a scope: a tag, a constant, or a variable of a screen.
type name struct {
	path   tag.Path
	sample tag.Sample // when path is ""
	typ    tag.Type
	// variable says that it is one of a screen; placed that it lives in slot, not in sample.
	variable, placed bool
	slot             tag.Slot
}

// appPath is the path of a computed tag of an installation.
func appPath(installation, id string) tag.Path {
	return tag.Path("apps/" + installation + "/" + id)
}

// newScope resolves the inputs of an app: what the screen was opened with, else the mapping
// of the installation, else the default. An input that has no value is a warning; its
// expressions are bad until it is mapped.
func newScope(inst app.Installation, a *app.App, params map[string]json.RawMessage) (*scope, spec.Problems) {
	var ps spec.Problems
	s := &scope{installation: inst.ID, names: map[string]*name{}, assets: map[string]*assetInput{}, vars: map[string]tag.Type{}, own: map[tag.Path]tag.Type{}, key: inst.ID}
	for i, in := range a.Inputs {
		typ, _ := tag.ParseType(in.Type)
		if in.Kind == "asset" {
			typ = tag.String // by its bare id it is its path
			s.assets[in.ID] = &assetInput{model: in.Model}
		}
		n := &name{typ: typ, sample: tag.Sample{Quality: tag.BadConfigurationError}}
		s.names[in.ID], s.vars[in.ID] = n, typ
		at := fmt.Sprintf("/inputs/%d", i)
		raw := params[in.ID]
		if raw == nil {
			raw = inst.Mapping[in.ID]
		}
		if raw == nil {
			raw = in.Default
		}
		if len(raw) == 0 {
			ps = append(ps, &spec.Problem{Code: "input_unmapped", At: at, Severity: spec.Warning, Message: fmt.Sprintf("The input %q is not mapped.", in.ID), Hint: "Map it to a tag or value of the plant."})
			continue
		}
		if in.Kind == "tag" {
			text, ok := action.TagOf(raw)
			path, err := tag.Path(""), error(nil)
			if !ok {
				err = json.Unmarshal(raw, &text)
			}
			if err == nil {
				path, err = tag.ParsePath(text)
			}
			if err != nil {
				ps.Add("input_invalid", at, "Give the path of a tag.", "The input %q needs the path of a tag: %v.", in.ID, err)
				continue
			}
			n.path = path
			s.key += "\x00" + in.ID + "=" + string(path)
			continue
		}
		if in.Kind == "asset" {
			var text string
			err := json.Unmarshal(raw, &text)
			if err == nil {
				s.assets[in.ID].path, err = tag.ParsePath(text)
			}
			if err != nil {
				ps.Add("input_invalid", at, "Give the path of an asset.", "The input %q needs the path of an asset: %v.", in.ID, err)
				continue
			}
			n.sample = tag.Sample{Value: tag.OfString(text)}
			s.key += "\x00" + in.ID + "=" + text
			continue
		}
		v, err := tag.Parse(raw, typ)
		if err != nil {
			ps.Add("input_invalid", at, "Give a value of that type.", "The input %q needs a value of type %s: %v.", in.ID, in.Type, err)
			continue
		}
		n.sample = tag.Sample{Value: v}
		s.key += "\x00" + in.ID + "=" + string(v.AppendJSON(nil))
	}
	ids := make([]string, 0, len(params))
	for id := range params {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		if s.names[id] == nil {
			ps.Add("param_unknown", "/params/"+spec.Escape(id), "The app has no input of this id.", "There is no parameter %q.", id)
		}
	}
	return s, ps
}

// addOwn makes a computed tag of the app known by its id and path.
func (s *scope) addOwn(id string, typ tag.Type) {
	path := appPath(s.installation, id)
	s.own[path] = typ
	if s.names[id] == nil || s.names[id].path == path {
		s.names[id], s.vars[id] = &name{path: path, typ: typ}, typ
	}
}

// typeOf is the type of a named tag.
func (e *Engine) typeOf(p tag.Path) (tag.Type, bool) {
	t, ok := e.lookup(p)
	if !ok {
		return tag.None, false
	}
	return t.typ, true
}

// compile compiles an expression of an app.
func (e *Engine) compile(text string, s *scope) (*expression.Program, error) {
	return expression.Compile(text, expression.Env{
		Tags: func(p tag.Path) (tag.Type, bool) {
			if t, ok := s.own[p]; ok {
				return t, true
			}
			if p.Under(appPath(s.installation, "")) {
				return tag.None, false
			}
			return e.typeOf(p)
		},
		Vars: s.vars,
		Past: e.askPast,
		Indirect: func(asset string, below tag.Path) (tag.Path, tag.Type, *spec.Problem) {
			return e.indirect(s, asset, below)
		},
	})
}

// linked is a program bound to slots.
type linked struct {
	deps  []tag.Slot
	eval  tag.Eval
	reads []tag.Path
	refs  []reference
}

// reference is a tag that a program names, and where it was found.
type reference struct {
	path  tag.Path
	slot  tag.Slot
	found bool
}

// slotOf finds the slot of a tag as a scope sees it: the computed tags of a draft have no
// name in the table.
func (e *Engine) slotOf(p tag.Path, s *scope) (tag.Slot, bool) {
	if x := s.inner[p]; x != nil {
		return x.slot, true
	}
	return e.table.Lookup(p)
}

// link finds the slots a program reads and makes its evaluation. What is not there is bad
// in the way that says why.
func (e *Engine) link(program *expression.Program, s *scope) linked {
	var l linked
	type live struct {
		arg *tag.Sample
		typ tag.Type // None: as it is
	}
	var lives []live
	take := func(arg *tag.Sample, p tag.Path, typ tag.Type) {
		slot, ok := e.slotOf(p, s)
		l.refs = append(l.refs, reference{p, slot, ok})
		if x := s.inner[p]; x != nil {
			l.reads = append(l.reads, x.reads...)
		} else {
			l.reads = append(l.reads, p)
		}
		if !ok {
			*arg = tag.Sample{Quality: missing(p)}
			return
		}
		l.deps, lives = append(l.deps, slot), append(lives, live{arg, typ})
	}
	paths, ids := program.Tags(), program.Vars()
	args, vars := make([]tag.Sample, len(paths)), make([]tag.Sample, len(ids))
	for i, p := range paths {
		take(&args[i], p, tag.None)
	}
	for i, id := range ids {
		switch n := s.names[id]; {
		case n == nil:
			vars[i] = tag.Sample{Quality: tag.BadConfigurationError}
		case n.placed:
			l.deps, lives = append(l.deps, n.slot), append(lives, live{&vars[i], n.typ})
		case n.path == "":
			vars[i] = n.sample
		default:
			take(&vars[i], n.path, n.typ)
		}
	}
	evaluations := &e.counters.evaluations
	if len(l.deps) == len(paths) && len(ids) == 0 {
		l.eval = func(d []tag.Sample) tag.Sample {
			evaluations.Add(1)
			return program.Eval(d, nil)
		}
		return l
	}
	l.eval = func(d []tag.Sample) tag.Sample {
		evaluations.Add(1)
		for i := range lives {
			*lives[i].arg = as(d[i], lives[i].typ)
		}
		return program.Eval(args, vars)
	}
	return l
}

// as gives a sample the type an input was declared with.
func as(s tag.Sample, typ tag.Type) tag.Sample {
	if s.Value.Type() == typ || typ == tag.None || s.Value.IsNone() {
		return s
	}
	v, err := s.Value.Convert(typ)
	if err != nil {
		return tag.Sample{Quality: tag.BadTypeMismatch, Source: s.Source, Server: s.Server}
	}
	s.Value = v
	return s
}

// direct is the tag that a text stands for when it is nothing but tag("…") or an id.
func (s *scope) direct(text string, program *expression.Program) (tag.Path, bool) {
	if p, ok := program.SingleTag(); ok {
		return p, true
	}
	if n := s.names[strings.TrimSpace(text)]; n != nil && n.path != "" {
		return n.path, true
	}
	return "", false
}

// unlinked makes an evaluation that always says why there is no value.
func unlinked(q tag.Quality) tag.Eval {
	return func([]tag.Sample) tag.Sample { return tag.Sample{Quality: q} }
}

// problemOf takes the first problem of an error, and the quality it means: an unknown tag
// may still appear, anything else is the engineer's to put right.
func problemOf(err error) (*spec.Problem, tag.Quality) {
	ps := problemsOf(err, "expression_invalid")
	for _, p := range ps {
		if p.Code != "tag_unknown" {
			return p, tag.BadConfigurationError
		}
	}
	if len(ps) == 0 {
		return &spec.Problem{Code: "expression_invalid", Message: err.Error()}, tag.BadConfigurationError
	}
	return ps[0], tag.BadNodeIDUnknown
}

// soften turns unknown tags into warnings: an app may be drawn before its devices are there,
// and goes on when one of them is taken away.
func soften(err error, at string) spec.Problems {
	var out spec.Problems
	for _, p := range problemsOf(err, "expression_invalid") {
		c := *p
		c.At = at + p.At
		if c.Code == "tag_unknown" {
			c.Severity = spec.Warning
		}
		out = append(out, &c)
	}
	return out
}

var (
	quoted     = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|` + "`[^`]*`")
	identifier = regexp.MustCompile(`[\pL_][\pL\pN_]*`)
)

// errCycle is a circle of computed tags of an app.
var errCycle = errors.New("circle")

// ownTags compiles the computed tags of an app in the order of their dependencies, adds
// them to the scope, and returns the programs in that order.
func (e *Engine) ownTags(a *app.App, s *scope) (order []*ownTag, ps spec.Problems) {
	by := make(map[string]*ownTag, len(a.Tags))
	all := make([]*ownTag, len(a.Tags))
	for i := range a.Tags {
		t := &ownTag{doc: &a.Tags[i], index: i, path: appPath(s.installation, a.Tags[i].ID)}
		all[i], by[t.doc.ID] = t, t
	}
	// Which ids a text names can be said before it is compiled, which needs their types.
	for _, t := range all {
		for _, q := range quoted.FindAllString(t.doc.Expr, -1) {
			if id, ok := strings.CutPrefix(q[1:len(q)-1], "apps/"+s.installation+"/"); ok && by[id] != nil {
				t.names = append(t.names, by[id])
			}
		}
		for _, id := range identifier.FindAllString(quoted.ReplaceAllString(t.doc.Expr, `""`), -1) {
			if by[id] != nil && s.names[id] == nil {
				t.names = append(t.names, by[id])
			}
		}
	}
	var visit func(t *ownTag, trail []*ownTag) error
	visit = func(t *ownTag, trail []*ownTag) error {
		if t.state == 2 {
			return nil
		}
		trail = append(trail, t)
		if t.state == 1 {
			var names []string
			for i, o := range trail {
				if o == t {
					for _, o := range trail[i:] {
						names = append(names, o.doc.ID)
					}
					break
				}
			}
			ps.Add("tag_cycle", fmt.Sprintf("/tags/%d/expr", trail[len(trail)-2].index), "Break the circle: one of them must not depend on the next.",
				"Computed tags depend on each other in a circle: %s.", strings.Join(names, " → "))
			return errCycle
		}
		t.state = 1
		for _, n := range t.names {
			if err := visit(n, trail); err != nil {
				return err
			}
		}
		t.state = 2
		t.program, t.err = e.compile(t.doc.Expr, s)
		if t.err != nil {
			ps = append(ps, soften(t.err, fmt.Sprintf("/tags/%d/expr", t.index))...)
			s.addOwn(t.doc.ID, tag.None)
		} else {
			s.addOwn(t.doc.ID, t.program.Type())
		}
		order = append(order, t)
		return nil
	}
	for _, t := range all {
		if visit(t, nil) != nil {
			return nil, ps
		}
	}
	return order, ps
}

// ownTag is one computed tag of an app.
type ownTag struct {
	doc     *app.Tag
	index   int
	path    tag.Path
	names   []*ownTag
	state   int // 0 unseen, 1 open, 2 compiled
	program *expression.Program
	err     error
}
