package engine

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// private is what one open view has for itself alone: the variables of its screen, and the
// bindings that name them. Everything else of the screen is shared.
type private struct {
	scope *scope
	slots map[string]tag.Slot
	props []boundProp
	owned []*ownUse // widgets of the app's own
}

// ownProp is a bound property that every view compiles for itself.
type ownProp struct{ widget, prop, text string }

// withVariables is the scope of the expressions of one screen: s itself when it has no variables.
func (s *scope) withVariables(screen *app.Screen) *scope {
	if len(screen.Variables) == 0 {
		return s
	}
	out := s.extended(len(screen.Variables))
	for i := range screen.Variables {
		x := &screen.Variables[i]
		typ, _ := tag.ParseType(x.Type)
		out.name(x.ID, &name{typ: typ, sample: initial(x), variable: true})
	}
	return out
}

// withValue is the scope of the actions of an event: what came with it is "value".
func (s *scope) withValue(data json.RawMessage) *scope {
	out := s.extended(1)
	n := &name{sample: tag.Sample{Quality: tag.BadNoData}}
	if v, err := tag.Parse(data, tag.None); err == nil && !v.IsNone() {
		n.sample, n.typ = tag.Sample{Value: v}, v.Type()
	}
	out.name("value", n)
	return out
}

// extended is a copy that takes more names.
func (s *scope) extended(more int) *scope {
	out := *s
	out.names = make(map[string]*name, len(s.names)+more)
	maps.Copy(out.names, s.names)
	out.vars = make(map[string]tag.Type, len(s.vars)+more)
	maps.Copy(out.vars, s.vars)
	return &out
}

func (s *scope) name(id string, n *name) { s.names[id], s.vars[id] = n, n.typ }

// namesVariable reports whether a program names a variable of a screen.
func (s *scope) namesVariable(program *expression.Program) bool {
	for _, id := range program.Vars() {
		if n := s.names[id]; n != nil && n.variable {
			return true
		}
	}
	return false
}

// initial is the value of a variable when its screen is opened.
func initial(x *app.Variable) tag.Sample {
	typ, _ := tag.ParseType(x.Type)
	if len(x.Default) > 0 {
		if v, err := tag.Parse(x.Default, typ); err == nil && !v.IsNone() {
			return tag.Sample{Value: v}
		}
	}
	switch typ {
	case tag.Bool:
		return tag.Sample{Value: tag.OfBool(false)}
	case tag.Int:
		return tag.Sample{Value: tag.OfInt(0)}
	case tag.Float:
		return tag.Sample{Value: tag.OfFloat(0)}
	}
	return tag.Sample{Value: tag.OfString("")}
}

// openPrivate makes the variables and private bindings of one more opening of a view; nil when
// its screen has no variables. The swap lock is held.
func (e *Engine) openPrivate(v *view) *private {
	if len(v.screen.Variables) == 0 {
		return nil
	}
	p := &private{scope: v.scope.extended(0), slots: make(map[string]tag.Slot, len(v.screen.Variables))}
	var updates []tag.Update
	for i := range v.screen.Variables {
		x := &v.screen.Variables[i]
		typ, _ := tag.ParseType(x.Type)
		slot, err := e.table.Add("", tag.Definition{Type: typ})
		if err != nil { // an anonymous slot has no name to collide
			e.log.Error("variable not added", "screen", v.screen.ID, "variable", x.ID, "error", err)
			continue
		}
		p.slots[x.ID] = slot
		p.scope.name(x.ID, &name{typ: typ, variable: true, slot: slot, placed: true})
		now := tag.Now()
		sample := initial(x)
		sample.Source, sample.Server = now, now
		updates = append(updates, tag.Update{Slot: slot, Sample: sample})
	}
	e.table.Apply(updates)
	e.opened++
	for _, o := range v.own {
		key := fmt.Sprintf("own\x00%d\x00%s", e.opened, o.text)
		p.props = append(p.props, boundProp{widget: o.widget, prop: o.prop, shared: e.share(key, o.text, "", p.scope, nil)})
	}
	e.bindOwnPrivate(v, p)
	return p
}

// releasePrivate takes the slots of openPrivate out of the table. The swap lock is held.
func (e *Engine) releasePrivate(p *private) {
	if p == nil {
		return
	}
	var gone []tag.Slot
	for i := range p.props {
		gone = e.drop(p.props[i].shared, gone)
	}
	for _, slot := range p.slots {
		gone = append(gone, slot)
	}
	gone = e.releaseOwn(p.owned, gone)
	if len(gone) > 0 {
		e.table.Remove(gone...)
	}
}

// scope is what the expressions of actions of this opening may name.
func (s *Screen) scope() *scope {
	if s.private != nil {
		return s.private.scope
	}
	return s.view.scope
}

// setVariable gives a variable of this opening a value.
func (e *Engine) setVariable(s *Screen, id string, v tag.Value) error {
	n := s.scope().names[id]
	if n == nil || !n.placed {
		return noVariable(id)
	}
	v, problem := variableValue(id, v, n.typ)
	if problem != nil {
		return problem
	}
	now := tag.Now()
	e.table.Apply([]tag.Update{{Slot: n.slot, Sample: tag.Sample{Value: v, Source: now, Server: now}}})
	return nil
}

func noVariable(id string) *spec.Problem {
	return &spec.Problem{Code: "variable_unknown", Message: fmt.Sprintf("The screen has no variable %q.", id)}
}

// variableValue gives a value the type of a variable.
func variableValue(id string, v tag.Value, typ tag.Type) (tag.Value, *spec.Problem) {
	if v.Type() == typ {
		return v, nil
	}
	out, err := v.Convert(typ)
	if err != nil {
		return v, &spec.Problem{Code: "value_type", Message: fmt.Sprintf("The variable %q takes %s, not %s.", id, typ, v.Type()), Hint: "Compute a value of that type."}
	}
	return out, nil
}
