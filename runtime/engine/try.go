package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Trial is an event that is tried: everything is evaluated and checked, nothing is written.
type Trial struct {
	Installation app.Installation
	App          *app.App
	// Screen and Widget are where the event comes; Widget "" is the screen.
	Screen, Widget, Event string
	Data                  json.RawMessage
	// Variables are the present values of those of the screen; the others have their defaults.
	Variables map[string]json.RawMessage
	Actor     auth.Actor
}

// TrialStep is what one action would do.
type TrialStep struct {
	Action *action.Action
	// Skipped: its condition is not true now.
	Skipped bool
	// Value is what would be written or set; none when there is no such.
	Value tag.Value
	// Problem says why it would fail; the actions behind it would not be done.
	Problem *spec.Problem
}

// Try says what the actions of an event would do now, in order, and what the variables of the
// screen would be afterwards. Errors are *spec.Problem: screen_unknown, widget_unknown, event_unknown,
// variable_unknown.
func (e *Engine) Try(ctx context.Context, t Trial) ([]TrialStep, map[string]tag.Value, error) {
	e.swap.Lock()
	defer e.swap.Unlock()
	screen := findScreen(t.App, t.Screen)
	if screen == nil {
		return nil, nil, &spec.Problem{Code: "screen_unknown", Message: fmt.Sprintf("The app has no screen %q.", t.Screen), Hint: "Open the app's start screen."}
	}
	s, _ := newScope(t.Installation, t.App, nil)
	own, _ := e.ownTags(t.App, s)
	h := &trialHost{engine: e, scope: s.withVariables(screen).withValue(t.Data), actor: t.Actor}
	h.values, h.reads = e.ownValues(own, s)
	for id, raw := range t.Variables {
		n := h.scope.names[id]
		if n == nil || !n.variable {
			return nil, nil, noVariable(id)
		}
		v, err := tag.Parse(raw, n.typ)
		if err != nil || v.IsNone() {
			return nil, nil, &spec.Problem{Code: "value_type", Message: fmt.Sprintf("The variable %q takes %s.", id, n.typ)}
		}
		h.scope.names[id] = &name{typ: n.typ, variable: true, sample: tag.Sample{Value: v}}
	}
	v := &view{screen: screen, scope: h.scope}
	for i := range screen.Widgets {
		if w := &screen.Widgets[i]; w.ID == t.Widget {
			e.tryBindings(v, w)
		}
	}
	actions, path, err := e.actionsOf(&Screen{view: v, Bindings: e.bindingsOf(v.props)}, t.Widget, t.Event)
	if err != nil {
		return nil, nil, err
	}
	var steps []TrialStep
	var failed error
	if path != "" {
		own := &action.Action{Do: "write", Tag: string(path), Value: t.Data}
		failed = h.Write(ctx, path, t.Data, false, action.Manner{})
		steps = append(steps, TrialStep{Action: own, Value: h.value, Problem: problemFor(failed)})
	}
	if failed == nil {
		_ = action.Run(ctx, h, actions, func(s action.Step) {
			steps = append(steps, TrialStep{Action: s.Action, Skipped: s.Skipped, Value: h.value, Problem: problemFor(s.Err)})
			h.value = tag.Value{}
		})
	}
	after := make(map[string]tag.Value, len(screen.Variables))
	for i := range screen.Variables {
		after[screen.Variables[i].ID] = h.scope.names[screen.Variables[i].ID].sample.Value
	}
	return steps, after, nil
}

// tryBindings finds the tags that the properties of a widget are bound to, without making slots.
func (e *Engine) tryBindings(v *view, w *app.Widget) {
	for _, prop := range sortedKeys(w.Props) {
		b, ok := app.ParseBinding(w.Props[prop])
		if !ok {
			continue
		}
		path, err := v.scope.resolve(b.Tag)
		if b.Tag == "" {
			if program, wrong := e.compile(b.Expr, v.scope); wrong == nil {
				path, _ = v.scope.direct(b.Expr, program)
			}
		} else if err != nil {
			continue
		}
		v.props = append(v.props, boundProp{widget: w.ID, prop: prop, path: path})
	}
}

func problemFor(err error) *spec.Problem {
	var p *spec.Problem
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		return p
	}
	return &spec.Problem{Code: "internal", Message: err.Error()}
}

// trialHost carries nothing out.
type trialHost struct {
	engine *Engine
	scope  *scope
	actor  auth.Actor
	values map[tag.Path]tag.Sample
	reads  map[tag.Path][]tag.Path
	value  tag.Value // of the action in hand
}

// Path implements action.Host.
func (h *trialHost) Path(text string) (tag.Path, error) {
	path, err := h.scope.resolve(text)
	if err != nil {
		return "", &spec.Problem{Code: "path_invalid", Message: err.Error()}
	}
	return path, nil
}

// Present implements action.Host.
func (h *trialHost) Present(path tag.Path) (tag.Sample, tag.Type, bool) {
	return h.engine.present(path, h.actor)
}

// Write implements action.Host: everything but writing.
func (h *trialHost) Write(_ context.Context, path tag.Path, value json.RawMessage, _ bool, how action.Manner) error {
	h.value, _ = tag.Parse(value, tag.None)
	// Somebody who tries has not been asked.
	_, v, _, problem := h.engine.admitMode(WriteRequest{Path: path, Value: value, Reason: "trial", Actor: h.actor, Manner: how})
	if problem != nil {
		return problem
	}
	h.value = v
	return nil
}

// Evaluate implements action.Host.
func (h *trialHost) Evaluate(text string) (tag.Sample, error) {
	program, err := h.engine.compile(text, h.scope)
	if err != nil {
		p, _ := problemOf(err)
		return tag.Sample{}, p
	}
	sample, tags := h.engine.once(program, h.scope, h.values, h.reads)
	for _, p := range tags {
		if !h.actor.Rights.Allows(auth.View, p) {
			return tag.Sample{}, &spec.Problem{Code: "forbidden", Message: fmt.Sprintf("You may not view %q.", p)}
		}
	}
	return sample, nil
}

// Set implements action.Host: what follows sees the new value.
func (h *trialHost) Set(id string, v tag.Value) error {
	n := h.scope.names[id]
	if n == nil || !n.variable {
		return noVariable(id)
	}
	v, problem := variableValue(id, v, n.typ)
	if problem != nil {
		return problem
	}
	h.value = v
	h.scope.names[id] = &name{typ: n.typ, variable: true, sample: tag.Sample{Value: v}}
	return nil
}

// Effect implements action.Host.
func (h *trialHost) Effect(action.Effect) {}
