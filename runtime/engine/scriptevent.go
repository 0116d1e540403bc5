package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/script"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

// hears is the instance whose script handles an event of a widget, nil when there is none.
func (s *Screen) hears(widget, event string) *instance {
	x := s.instanceOf(widget)
	if x == nil || !slices.ContainsFunc(x.own.Manifest.Events, func(e widgets.Event) bool { return e.Name == event }) {
		return nil
	}
	return x
}

// parked is what a script wanted done at an event that waits for a reason.
type parked struct {
	effects []script.Effect
	until   time.Time
}

// scriptParked is how long somebody may think about a reason.
const scriptParked = 5 * time.Minute

// askScript has the script of a widget handle an event of a person, and gives what it wants done. When that needs a reason and there
// is none, the answer waits for one: the script does not hear of the event twice.
func (e *Engine) askScript(ctx context.Context, h *host, x *instance, widget, event string, data json.RawMessage) ([]script.Effect, error) {
	if !e.ScriptsRun() {
		return nil, &spec.Problem{Code: "script_off", Message: "Scripts are not run here.", Hint: "Look whether the server was started in safe mode."}
	}
	by := h.actor.Name + "\x00" + event
	if h.reason != "" {
		x.mu.Lock()
		p, ok := x.parked[by]
		delete(x.parked, by)
		x.mu.Unlock()
		if ok && time.Now().Before(p.until) {
			return p.effects, nil
		}
	}
	value, err := tag.Parse(data, tag.None)
	if err != nil {
		value = tag.Value{}
	}
	wait, cancel := context.WithTimeout(ctx, scriptPatience)
	defer cancel()
	ask := &scriptEvent{ctx: wait, of: x, name: event, value: value, done: make(chan scriptDone, 1)}
	busy := &spec.Problem{Code: "script_busy", Message: "The script of the widget does not answer.", Hint: "Try again; the log of the scripts says more."}
	select {
	case x.host.events <- ask:
	default:
		return nil, busy
	}
	var done scriptDone
	select {
	case done = <-ask.done:
	case <-wait.Done():
		return nil, busy
	}
	if done.problem != nil {
		return nil, done.problem
	}
	if h.reason == "" {
		if p := e.scriptWantsReason(h, x, widget, done.effects); p != nil {
			x.mu.Lock()
			if x.parked == nil || len(x.parked) > 100 {
				x.parked = map[string]parked{}
			}
			x.parked[by] = parked{done.effects, time.Now().Add(scriptParked)}
			x.mu.Unlock()
			return nil, p
		}
	}
	return done.effects, nil
}

// scriptWantsReason says when something that a script wants done needs a reason.
func (e *Engine) scriptWantsReason(h *host, x *instance, widget string, effects []script.Effect) *spec.Problem {
	w := findWidget(h.screen.view.screen, widget)
	for i := range effects {
		f := &effects[i]
		if f.Kind == script.Write {
			if path := h.screen.boundTag(widget, f.Name); path != "" {
				if p := h.wantsReason(nil, path); p != nil {
					return p
				}
			}
		} else if p := h.emitting(f).wantsReason(w.On[f.Name], ""); p != nil {
			return p
		}
	}
	return nil
}

// emitting is the host for the actions of an event that a script has emitted.
func (h *host) emitting(f *script.Effect) *host {
	out := *h
	out.scope = h.screen.scope().withValue(f.Value.AppendJSON(nil))
	return &out
}

// grant does what a script wants done at the event of a person, with the rights of that person.
func (e *Engine) grant(ctx context.Context, h *host, x *instance, widget string, effects []script.Effect) error {
	w := findWidget(h.screen.view.screen, widget)
	for i := range effects {
		f := &effects[i]
		var err error
		if f.Kind == script.Write {
			err = e.writeForScript(ctx, h, x, widget, f)
		} else if actions := w.On[f.Name]; len(actions) > 0 {
			emitted := h.emitting(f)
			err = action.Run(ctx, emitted, actions, nil)
			h.result, h.failed = emitted.result, emitted.failed
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// problemIn is the problem that an error is.
func problemIn(err error) *spec.Problem {
	var p *spec.Problem
	if errors.As(err, &p) {
		return p
	}
	return &spec.Problem{Code: "internal", Message: err.Error()}
}

// writeForScript writes what a script wants written to the tag that a setting is bound to.
func (e *Engine) writeForScript(ctx context.Context, h *host, x *instance, widget string, f *script.Effect) error {
	if !slices.Contains(x.own.Writes, f.Name) {
		p := spec.OneOf("script_write", "", fmt.Sprintf("The widget may not write its setting %q.", short(f.Name)), f.Name, x.own.Writes)
		x.host.tell(x, "refused", p)
		return p
	}
	path := h.screen.boundTag(widget, f.Name)
	if path == "" {
		return &spec.Problem{Code: "not_bound", Message: fmt.Sprintf("The widget %q has no tag to write to.", widget), Hint: fmt.Sprintf("Bind its property %q to one tag.", f.Name)}
	}
	return h.Write(ctx, path, f.Value.AppendJSON(nil), false, action.Manner{})
}

// checkOwn compiles the expressions and scripts of the widgets of an app's own.
func (e *Engine) checkOwn(a *app.App, ps *spec.Problems) {
	for i := range a.Widgets {
		*ps = append(*ps, e.checkOwnWidget(&a.Widgets[i]).Under(fmt.Sprintf("/widgets/%d", i))...)
	}
}

// checkOwnWidget tells what is wrong with the expressions and the script of a widget; places are relative to it.
func (e *Engine) checkOwnWidget(w *app.ScriptedWidget) spec.Problems {
	var ps spec.Problems
	o := w.Compile()
	vars := map[string]tag.Type{}
	for i := range o.Manifest.Settings {
		vars[o.Manifest.Settings[i].Name] = app.TypeOf(&o.Manifest.Settings[i])
	}
	for i := range o.Parts {
		b := &o.Parts[i]
		if b.Expr == "" {
			continue
		}
		if _, err := compileOwn(b.Expr, vars); err != nil {
			at := fmt.Sprintf("/parts/%d/expr", i)
			if i >= len(w.Parts) {
				at = "/svg"
			}
			for _, p := range problemsOf(err, "expression_invalid") {
				q := *p
				if q.At = at; at == "/svg" { // its place is not known there
					q.Message = fmt.Sprintf("The %s of the part %q: %s", b.What, b.Part, q.Message)
					q.Line, q.Column, q.Offset = 0, 0, 0
				}
				ps = append(ps, &q)
			}
		}
	}
	if w.Script != "" {
		p := script.Check(w.Script)
		if p == nil && e.ScriptsRun() {
			p = e.scripts.checks.load(e, w.Script)
		}
		if p != nil {
			q := *p
			q.At = "/script"
			ps = append(ps, &q)
		}
	}
	return ps
}

// scriptChecks loads scripts into a process of its own, to see whether they can be. What came of it is kept.
type scriptChecks struct {
	mu    sync.Mutex
	known map[string]*spec.Problem
}

// maxScriptChecks is how many outcomes are kept.
const maxScriptChecks = 1000

// load loads a script, and forgets it.
func (c *scriptChecks) load(e *Engine, source string) *spec.Problem {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p, ok := c.known[source]; ok {
		return p
	}
	host := script.New(script.Options{Command: e.scripts.command, Log: e.log})
	defer host.Close()
	p := host.Load("check", source)
	if p != nil && p.Code == "script_start" {
		return nil // nothing is known of it
	}
	if c.known == nil || len(c.known) >= maxScriptChecks {
		c.known = map[string]*spec.Problem{}
	}
	c.known[source] = p
	return p
}
