package engine

import (
	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// ExpressionResult is what there is to say about an expression while it is written.
type ExpressionResult struct {
	Type     tag.Type
	Problems spec.Problems
	// Sample is its present value; of quality BadConfigurationError when it has problems.
	Sample tag.Sample
	// Tags are what it reads. Who may not view one of them must not see Sample.
	Tags []tag.Path
	// Unit is that of the tag or input which the expression is nothing but; "" when it computes.
	Unit string
}

// CheckExpression compiles an expression against the plant and, when installation is not
// "", the inputs and computed tags of that draft (or of the published app), and evaluates
// it once. more are names that the document in the editor knows and the draft does not yet.
func (e *Engine) CheckExpression(text, installation string, more ...Names) ExpressionResult {
	e.swap.Lock()
	defer e.swap.Unlock()
	var inst app.Installation
	doc := &app.App{}
	if x := e.apps[installation]; x != nil {
		if x.draft != nil {
			inst, doc = x.draftInst, x.draft
		} else if x.doc != nil {
			inst, doc = x.inst, x.doc
		}
	}
	s, _ := newScope(inst, doc, nil)
	own, _ := e.ownTags(doc, s)
	values, reads := e.ownValues(own, s)
	for _, n := range more {
		s = s.withVariables(&app.Screen{Variables: n.Variables})
		if n.Event {
			s = s.withValue(nil)
		}
	}
	program, err := e.compile(text, s)
	if err != nil {
		return ExpressionResult{Problems: problemsOf(err, "expression_invalid"), Sample: tag.Sample{Quality: tag.BadConfigurationError}}
	}
	out := ExpressionResult{Type: program.Type(), Unit: e.unitOf(text, program, s, doc)}
	out.Sample, out.Tags = e.once(program, s, values, reads)
	return out
}

// Names are what an expression may name besides.
type Names struct {
	// Variables are those of its screen; they have their defaults.
	Variables []app.Variable
	// Event: it stands in an action, where "value" is what came with the event.
	Event bool
}

// ownValues computes the computed tags of an app, and what they read: those of a draft may have
// no slot yet.
func (e *Engine) ownValues(own []*ownTag, s *scope) (map[tag.Path]tag.Sample, map[tag.Path][]tag.Path) {
	values := map[tag.Path]tag.Sample{}
	reads := map[tag.Path][]tag.Path{}
	for _, t := range own {
		if t.program == nil {
			values[t.path] = tag.Sample{Quality: tag.BadConfigurationError}
			continue
		}
		values[t.path], reads[t.path] = e.once(t.program, s, values, reads)
	}
	return values, reads
}

// once evaluates a program on the present values, or those given for paths, and lists
// what it reads, each once.
func (e *Engine) once(program *expression.Program, s *scope, values map[tag.Path]tag.Sample, reads map[tag.Path][]tag.Path) (tag.Sample, []tag.Path) {
	var out []tag.Path
	seen := map[tag.Path]bool{}
	sample := func(p tag.Path) tag.Sample {
		from := []tag.Path{p}
		if r, ok := reads[p]; ok {
			from = r
		}
		for _, r := range e.expand(from) {
			if !seen[r] {
				seen[r] = true
				out = append(out, r)
			}
		}
		if v, ok := values[p]; ok {
			return v
		}
		if slot, ok := e.table.Lookup(p); ok {
			return e.table.Get(slot)
		}
		return tag.Sample{Quality: tag.BadNodeIDUnknown}
	}
	var deps, vars []tag.Sample
	for _, p := range program.Tags() {
		deps = append(deps, sample(p))
	}
	for _, id := range program.Vars() {
		switch n := s.names[id]; {
		case n == nil:
			vars = append(vars, tag.Sample{Quality: tag.BadConfigurationError})
		case n.path == "":
			vars = append(vars, n.sample)
		default:
			vars = append(vars, as(sample(n.path), n.typ))
		}
	}
	return program.Eval(deps, vars), withoutPast(out)
}
