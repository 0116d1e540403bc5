package engine

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// EventResult is what became of an event of a widget.
type EventResult struct {
	// Write is the outcome of what was written: the first that was not good, else the last;
	// nil when nothing was written.
	Write *WriteResult
	// Show is the screen to be opened next, "" for none.
	Show string
}

// eventSet is the event by which a widget gives the value that its property Writes is to have.
const eventSet = "set"

// Event carries out what an event of a widget means: "set" writes data to the tag that the
// property of the widget's manifest (Writes) is bound to; then the actions that the app
// puts on the event run in order, until one fails. Errors are *spec.Problem.
func (e *Engine) Event(ctx context.Context, s *Screen, widget, name string, data json.RawMessage, reason string, actor auth.Actor) (EventResult, error) {
	var res EventResult
	w := findWidget(s.view.screen, widget)
	if w == nil {
		return res, &spec.Problem{Code: "widget_unknown", Message: fmt.Sprintf("The screen has no widget %q.", widget), Hint: "Open the screen again."}
	}
	manifest := e.catalogue[w.Type]
	actions, handled := w.On[name]
	if name == eventSet && manifest != nil && manifest.Writes != "" {
		path := s.boundTag(widget, manifest.Writes)
		if path == "" {
			return res, &spec.Problem{Code: "not_bound", Message: fmt.Sprintf("The widget %q has no tag to write to.", widget), Hint: fmt.Sprintf("Bind its property %q to one tag.", manifest.Writes)}
		}
		handled = true
		out := e.Write(ctx, WriteRequest{Path: path, Value: data, Reason: reason, Actor: actor})
		res.Write = &out
		if out.Outcome != OutcomeGood {
			return res, nil
		}
	}
	if !handled {
		known := false
		if manifest != nil {
			for _, ev := range manifest.Events {
				known = known || ev.Name == name
			}
		}
		if !known {
			return res, &spec.Problem{Code: "event_unknown", Message: fmt.Sprintf("The widget %q has no event %q.", widget, name)}
		}
		return res, nil
	}
	for i := range actions {
		out, show, err := e.act(ctx, s, &actions[i], data, reason, actor)
		if err != nil {
			return res, err
		}
		if show != "" {
			res.Show = show
		}
		if out != nil {
			res.Write = out
			if out.Outcome != OutcomeGood {
				return res, nil
			}
		}
	}
	return res, nil
}

func findWidget(s *app.Screen, id string) *app.Widget {
	for i := range s.Widgets {
		if s.Widgets[i].ID == id {
			return &s.Widgets[i]
		}
	}
	return nil
}

// boundTag is the tag that a property is bound to, "" when it is not one tag.
func (s *Screen) boundTag(widget, prop string) tag.Path {
	for i := range s.Bindings {
		if b := &s.Bindings[i]; b.Widget == widget && b.Prop == prop {
			return b.Tag
		}
	}
	return ""
}

// act carries out one action.
func (e *Engine) act(ctx context.Context, s *Screen, do *app.Action, data json.RawMessage, reason string, actor auth.Actor) (*WriteResult, string, error) {
	if do.Do == "open" {
		return nil, do.Screen, nil
	}
	path, err := s.view.scope.resolve(do.Tag)
	if err != nil {
		return nil, "", &spec.Problem{Code: "path_invalid", Message: err.Error()}
	}
	value := do.Value
	switch do.Do {
	case "toggle":
		// Whoever may not write it shall not learn its value by the answer: the gate looks first.
		t, ok := e.lookup(path)
		if ok && actor.Rights.Allows(auth.Operate, path) {
			now := e.table.Get(t.slot)
			if now.Quality.IsBad() || t.typ != tag.Bool {
				return &WriteResult{Outcome: OutcomeFailed, Old: now.Value, Problem: &spec.Problem{Code: "toggle_unknown", Message: fmt.Sprintf("%q cannot be switched over: its present state is not known.", path), Hint: "Wait for the device, or write the value itself."}}, "", nil
			}
			value = tag.OfBool(!now.Value.Bool()).AppendJSON(nil)
		} else {
			value = json.RawMessage("true")
		}
	case "write":
		if b, ok := app.ParseBinding(value); ok {
			sample, problem := e.evaluateFor(b.Expr, s.view.scope, actor)
			if problem != nil {
				return nil, "", problem
			}
			if sample.Quality.IsBad() {
				return &WriteResult{Outcome: OutcomeFailed, Problem: &spec.Problem{Code: "value_bad", Message: "The value to write cannot be computed now: " + sample.Quality.String() + "."}}, "", nil
			}
			value = sample.Value.AppendJSON(nil)
		} else if len(value) == 0 {
			value = data
		}
	}
	out := e.Write(ctx, WriteRequest{Path: path, Value: value, Reason: reason, Actor: actor})
	return &out, "", nil
}

// evaluateFor evaluates an expression of an app once, if the actor may view what it reads.
func (e *Engine) evaluateFor(text string, s *scope, actor auth.Actor) (tag.Sample, *spec.Problem) {
	e.swap.Lock()
	defer e.swap.Unlock()
	program, err := e.compile(text, s)
	if err != nil {
		p, _ := problemOf(err)
		return tag.Sample{}, p
	}
	l := e.link(program, s)
	for _, p := range e.expand(l.reads) {
		if !actor.Rights.Allows(auth.View, p) {
			return tag.Sample{}, &spec.Problem{Code: "forbidden", Message: fmt.Sprintf("You may not view %q.", p)}
		}
	}
	return l.eval(e.table.Read(l.deps, nil)), nil
}
