package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/script"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// maxTrials is how many trials of scripts run at once; others wait.
const maxTrials = 2

var trials = make(chan struct{}, maxTrials)

// TryScript compiles a widget of an app and calls its script with sample data, in a process of its own that is gone afterwards.
// The error is that of ctx.
func (e *Engine) TryScript(ctx context.Context, t *ScriptTrial) (*ScriptTried, error) {
	out := &ScriptTried{Problems: app.ValidateWidget(&t.Widget), Outcomes: []ScriptOutcome{}}
	if out.Problems == nil {
		out.Problems = spec.Problems{}
	}
	o := t.Widget.Compile()
	tr := &scriptTrial{own: o, values: map[string]tag.Sample{}, set: map[string]tag.Value{}}
	tr.start(t.Settings)
	// The script itself is looked at when it is loaded below.
	bare := t.Widget
	bare.Script = ""
	for _, p := range e.checkOwnWidget(&bare) {
		out.Problems = append(out.Problems, p)
	}
	if o.Script != "" && e.ScriptsRun() {
		select {
		case trials <- struct{}{}:
			defer func() { <-trials }()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		tr.host = script.New(script.Options{Command: e.scripts.command, Log: e.log})
		defer tr.host.Close()
		defer context.AfterFunc(ctx, tr.host.Close)()
		if p := tr.host.Load("try", o.Script); p != nil {
			q := *p
			q.At = "/script"
			out.Problems = append(out.Problems, &q)
			return out, ctx.Err()
		}
	} else if o.Script != "" {
		p := &spec.Problem{Code: "script_off", At: "/script", Severity: spec.Warning, Message: "Scripts are not run here.", Hint: "Look whether the server was started in safe mode."}
		out.Problems = append(out.Problems, p)
	}
	out.Outcomes = append(out.Outcomes, tr.begin(ctx))
	for i := range t.Steps {
		if i == 200 || ctx.Err() != nil {
			break
		}
		out.Outcomes = append(out.Outcomes, tr.step(ctx, &t.Steps[i]))
	}
	return out, ctx.Err()
}

// scriptTrial is a widget that is tried.
type scriptTrial struct {
	own    *app.Own
	host   *script.Host
	values map[string]tag.Sample // of settings
	set    map[string]tag.Value  // by the script
}

func (t *scriptTrial) start(settings map[string]json.RawMessage) {
	for i := range t.own.Manifest.Settings {
		f := &t.own.Manifest.Settings[i]
		raw, given := settings[f.Name]
		if !given {
			raw = f.Default
		}
		t.give(f.Name, raw)
	}
}

// give sets a setting; what cannot be read is not known.
func (t *scriptTrial) give(name string, raw json.RawMessage) {
	i := slices.IndexFunc(t.own.Manifest.Settings, func(f spec.Field) bool { return f.Name == name })
	if i < 0 {
		return
	}
	v, err := tag.Parse(raw, app.TypeOf(&t.own.Manifest.Settings[i]))
	s := tag.Sample{Value: v}
	if err != nil || v.IsNone() {
		s = tag.Sample{Quality: tag.BadNoData}
	}
	t.values[name] = s
}

func (t *scriptTrial) call(f script.Function, args ...tag.Value) script.Call {
	return script.Call{Script: "try", Instance: 1, Function: f, Args: args}
}

func (t *scriptTrial) data(name string) script.Call {
	s := t.values[name]
	return t.call(script.Data, tag.OfString(name), plain(s), tag.OfBool(s.Quality.IsGood()))
}

func (t *scriptTrial) begin(ctx context.Context) ScriptOutcome {
	settings := map[string]json.RawMessage{}
	for name, s := range t.values {
		settings[name] = plain(s).AppendJSON(nil)
	}
	text, _ := json.Marshal(settings)
	list := []script.Call{t.call(script.Init, tag.OfJSON(string(text)))}
	for i := range t.own.Manifest.Settings {
		if f := &t.own.Manifest.Settings[i]; f.Bind {
			list = append(list, t.data(f.Name))
		}
	}
	return t.outcome(ctx, list)
}

func (t *scriptTrial) step(ctx context.Context, s *ScriptStep) ScriptOutcome {
	var list []script.Call
	for _, name := range slices.Sorted(maps.Keys(s.Data)) {
		t.give(name, s.Data[name])
		list = append(list, t.data(name))
	}
	for _, name := range s.Bad {
		t.give(name, nil)
		list = append(list, t.data(name))
	}
	if s.Event != "" {
		v, err := tag.Parse(s.Value, tag.None)
		if err != nil {
			v = tag.Value{}
		}
		list = append(list, t.call(script.Event, tag.OfString(s.Event), v))
	}
	for range min(s.Every, 100) {
		list = append(list, t.call(script.Every))
	}
	return t.outcome(ctx, list)
}

// outcome makes calls, and says what came of them.
func (t *scriptTrial) outcome(ctx context.Context, list []script.Call) ScriptOutcome {
	out := ScriptOutcome{Values: map[string]json.RawMessage{}, Events: []ScriptWish{}, Writes: []ScriptWish{}, Log: []string{}, Problems: []*spec.Problem{}}
	if t.host != nil && len(list) > 0 {
		out.Calls = len(list)
		for _, r := range t.host.Call(ctx, list) {
			out.Took += r.Took.Microseconds()
			if r.Problem != nil && len(out.Problems) < 20 {
				out.Problems = append(out.Problems, r.Problem)
			}
			for i := range r.Effects {
				t.effect(&out, &r.Effects[i])
			}
		}
	}
	t.shown(&out)
	return out
}

func (t *scriptTrial) effect(out *ScriptOutcome, f *script.Effect) {
	const most = 1000
	switch f.Kind {
	case script.Set:
		if !slices.ContainsFunc(t.own.Parts, func(b app.PartBinding) bool { return b.Set == f.Name }) {
			if len(out.Problems) < 20 {
				out.Problems = append(out.Problems, spec.OneOf("script_output", "", fmt.Sprintf("No part of the picture is set by %q.", short(f.Name)), f.Name, t.outputs()))
			}
			return
		}
		t.set[f.Name] = f.Value
	case script.Emit:
		if len(out.Events) < most {
			out.Events = append(out.Events, ScriptWish{f.Name, f.Value.AppendJSON(nil)})
		}
	case script.Write:
		if !slices.Contains(t.own.Writes, f.Name) && len(out.Problems) < 20 {
			out.Problems = append(out.Problems, spec.OneOf("script_write", "", fmt.Sprintf("The widget may not write its setting %q.", short(f.Name)), f.Name, t.own.Writes))
			return
		}
		if len(out.Writes) < most {
			out.Writes = append(out.Writes, ScriptWish{f.Name, f.Value.AppendJSON(nil)})
		}
	case script.Log:
		if len(out.Log) < most {
			out.Log = append(out.Log, f.Name)
		}
	}
}

func (t *scriptTrial) outputs() []string {
	var out []string
	for _, b := range t.own.Parts {
		if b.Set != "" && !slices.Contains(out, b.Set) {
			out = append(out, b.Set)
		}
	}
	return out
}

// shown works out what the parts show.
func (t *scriptTrial) shown(out *ScriptOutcome) {
	vars := map[string]tag.Type{}
	for i := range t.own.Manifest.Settings {
		f := &t.own.Manifest.Settings[i]
		vars[f.Name] = app.TypeOf(f)
	}
	for i := range t.own.Parts {
		b := &t.own.Parts[i]
		key := "part:" + b.Part + ":" + b.What
		if b.Set != "" {
			if v, ok := t.set[b.Set]; ok {
				out.Values[key] = v.AppendJSON(nil)
			}
			continue
		}
		if b.Expr == "" {
			continue
		}
		program, err := compileOwn(b.Expr, vars)
		if err != nil {
			continue // told beforehand
		}
		out.Values[key] = plain(t.evaluate(program)).AppendJSON(nil)
	}
}

func (t *scriptTrial) evaluate(program *expression.Program) tag.Sample {
	args := make([]tag.Sample, len(program.Vars()))
	for i, id := range program.Vars() {
		args[i] = t.values[id]
	}
	return program.Eval(nil, args)
}
