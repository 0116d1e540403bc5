package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/script"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// EventResult is what became of an event of a widget or screen.
type EventResult struct {
	// Write is the outcome of what was written: the first that was not good, else the last;
	// nil when nothing was written. An action that failed before it wrote is here too, once others
	// before it have done something.
	Write *WriteResult
	// Effects are for the browser, in order.
	Effects []action.Effect
}

// The events by which a widget gives the value that its property Writes is to have, and what follows.
const (
	eventSet    = "set"
	eventChange = "change"
	eventLoad   = "load"
)

// Event carries out what an event of a widget means, or of the screen when widget is "": "set"
// writes data to the tag that the property of the widget's manifest (Writes) is bound to; then the
// actions that the app puts on the event run in order, until one fails. Those of "change" follow "set".
// At "load" with data true only those run that are done again when a screen opens itself anew. only, when
// it is given, are the places of the actions that may run, as Would has told them. Errors are *spec.Problem.
func (e *Engine) Event(ctx context.Context, s *Screen, widget, name string, data json.RawMessage, reason string, actor auth.Actor, only ...[]int) (EventResult, error) {
	h := &host{engine: e, screen: s, scope: s.scope().withValue(data), actor: actor, reason: reason}
	actions, path, err := e.actionsOf(s, widget, name)
	if err != nil {
		return EventResult{}, err
	}
	heard := s.hears(widget, name)
	if len(only) > 0 {
		var allowed []action.Action
		for i := range actions {
			if slices.Contains(only[0], i) {
				allowed = append(allowed, actions[i])
			}
		}
		actions = allowed
	}
	if widget == "" && name == eventLoad && string(data) == "true" {
		actions = slices.DeleteFunc(slices.Clone(actions), func(a action.Action) bool {
			t := action.Find(a.Do)
			return t == nil || !t.Again
		})
	}
	// A reason that comes too late would have the first actions done twice.
	if reason == "" {
		if p := h.wantsReason(actions, path); p != nil {
			return EventResult{Write: &WriteResult{Outcome: OutcomeFailed, Problem: p}}, nil
		}
	}
	var wishes []script.Effect
	if heard != nil {
		if wishes, err = e.askScript(ctx, h, heard, widget, name, data); err != nil {
			return EventResult{Write: &WriteResult{Outcome: OutcomeFailed, Problem: problemIn(err)}}, nil
		}
	}
	if path != "" {
		if h.Write(ctx, path, data, false, e.mannerOf(s, widget)) != nil {
			return h.result, nil
		}
	}
	err = action.Run(ctx, h, actions, nil)
	if err == nil && len(wishes) > 0 {
		err = e.grant(ctx, h, heard, widget, wishes)
	}
	if err != nil && !h.failed {
		var p *spec.Problem
		if !errors.As(err, &p) || h.result.Write == nil && len(h.result.Effects) == 0 {
			return h.result, err
		}
		h.result.Write = &WriteResult{Outcome: OutcomeFailed, Problem: p}
	}
	return h.result, nil
}

// Would tells which of the actions of an event have no condition or one that is true now, by
// their places, so that nobody is asked about what is not going to be done.
func (e *Engine) Would(s *Screen, widget, name string, data json.RawMessage, actor auth.Actor) ([]int, error) {
	actions, _, err := e.actionsOf(s, widget, name)
	if err != nil {
		return nil, err
	}
	h := &host{engine: e, screen: s, scope: s.scope().withValue(data), actor: actor}
	out := []int{}
	for i := range actions {
		holds := true
		if actions[i].If != "" {
			if holds, err = action.Holds(h, actions[i].If); err != nil {
				return nil, err
			}
		}
		if holds {
			out = append(out, i)
		}
	}
	return out, nil
}

// rampSetting is the setting of a widget that says how fast what the operator sets is brought to the
// tag, in units a second.
const rampSetting = "rampRate"

// mannerOf is how a widget writes what the operator sets: at once, or as a ramp by its setting.
func (e *Engine) mannerOf(s *Screen, widget string) action.Manner {
	w := findWidget(s.view.screen, widget)
	if w == nil {
		return action.Manner{}
	}
	manifest := e.catalogue[w.Type]
	if manifest == nil || !slices.ContainsFunc(manifest.Settings, func(f spec.Field) bool { return f.Name == rampSetting }) {
		return action.Manner{}
	}
	var rate float64
	if json.Unmarshal(w.Props[rampSetting], &rate) != nil || !(rate > 0) {
		return action.Manner{}
	}
	return action.Manner{Mode: ModeRamp, Rate: rate}
}

// actionsOf finds what an event does: the tag that the widget itself writes, "" for none, and the
// actions. What the document does not know is a problem.
func (e *Engine) actionsOf(s *Screen, widget, name string) ([]action.Action, tag.Path, error) {
	if widget == "" {
		if actions := s.view.screen.On[name]; len(actions) > 0 {
			return actions, "", nil
		}
		return nil, "", &spec.Problem{Code: "event_unknown", Message: fmt.Sprintf("The screen does nothing at %q.", name)}
	}
	w := findWidget(s.view.screen, widget)
	if w == nil {
		return nil, "", &spec.Problem{Code: "widget_unknown", Message: fmt.Sprintf("The screen has no widget %q.", widget), Hint: "Open the screen again."}
	}
	manifest := e.catalogue[w.Type]
	if name != eventSet || manifest == nil || manifest.Writes == "" {
		if actions := w.On[name]; len(actions) > 0 && name != eventChange || s.hears(widget, name) != nil {
			return actions, "", nil
		}
		return nil, "", &spec.Problem{Code: "event_unknown", Message: fmt.Sprintf("The widget %q does nothing at %q.", widget, name)}
	}
	actions := slices.Concat(w.On[eventSet], w.On[eventChange])
	path := s.boundTag(widget, manifest.Writes)
	if path == "" && len(actions) == 0 {
		return nil, "", &spec.Problem{Code: "not_bound", Message: fmt.Sprintf("The widget %q has no tag to write to.", widget), Hint: fmt.Sprintf("Bind its property %q to one tag.", manifest.Writes)}
	}
	return actions, path, nil
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

// host carries out actions for one person at one event of an open screen.
type host struct {
	engine *Engine
	screen *Screen
	scope  *scope
	actor  auth.Actor
	reason string
	result EventResult
	failed bool // result.Write says why
}

// Path implements action.Host.
func (h *host) Path(text string) (tag.Path, error) {
	path, err := h.scope.resolve(text)
	if err != nil {
		return "", &spec.Problem{Code: "path_invalid", Message: err.Error()}
	}
	return path, nil
}

// Present implements action.Host.
func (h *host) Present(path tag.Path) (tag.Sample, tag.Type, bool) {
	return h.engine.present(path, h.actor)
}

func (e *Engine) present(path tag.Path, actor auth.Actor) (tag.Sample, tag.Type, bool) {
	t, ok := e.lookup(path)
	if !ok || !actor.Rights.Allows(auth.Operate, path) {
		return tag.Sample{}, tag.None, false
	}
	return e.table.Get(t.slot), t.typ, true
}

// Write implements action.Host.
func (h *host) Write(ctx context.Context, path tag.Path, value json.RawMessage, reason bool, how action.Manner) error {
	var out WriteResult
	if reason && h.reason == "" {
		out = WriteResult{Outcome: OutcomeFailed, Problem: &spec.Problem{Code: "reason_late", Message: "This write needs a reason, and nobody was asked for one.", Hint: "Do it again."}}
	} else {
		out = h.engine.Write(ctx, WriteRequest{Path: path, Value: value, Reason: h.reason, Actor: h.actor, Manner: how})
	}
	h.result.Write = &out
	if out.Outcome == OutcomeGood || out.Outcome == OutcomeRunning {
		return nil
	}
	h.failed = true
	if out.Problem == nil {
		return errNotWritten
	}
	return out.Problem
}

var errNotWritten = errors.New("not written")

// Evaluate implements action.Host.
func (h *host) Evaluate(text string) (tag.Sample, error) {
	sample, problem := h.engine.evaluateFor(text, h.scope, h.actor)
	if problem != nil {
		return sample, problem
	}
	return sample, nil
}

// Set implements action.Host.
func (h *host) Set(id string, v tag.Value) error { return h.engine.setVariable(h.screen, id, v) }

// Effect implements action.Host.
func (h *host) Effect(e action.Effect) { h.result.Effects = append(h.result.Effects, e) }

// wantsReason says when a write that is going to be done needs a reason: by its action, or by
// its tag. path is what the widget itself writes.
func (h *host) wantsReason(actions []action.Action, path tag.Path) *spec.Problem {
	missing := &spec.Problem{Code: "reason_missing", Message: "This write needs a reason.", Hint: "Say why."}
	demands := func(path tag.Path) bool {
		t, ok := h.engine.lookup(path)
		return ok && t.gate != nil && t.gate.confirm == "reason" && h.actor.Rights.Allows(auth.Operate, path)
	}
	if path != "" && demands(path) {
		return missing
	}
	for i := range actions {
		a := &actions[i]
		if !a.Writes() {
			continue
		}
		target, err := h.Path(a.Tag)
		if err != nil || !a.Reason && !demands(target) {
			continue
		}
		if a.If != "" {
			if holds, err := action.Holds(h, a.If); err != nil || !holds {
				continue
			}
		}
		return missing
	}
	return nil
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
