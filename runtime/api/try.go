package api

import (
	"context"
	"encoding/json"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/spec"
)

// TryRequest is an event to be tried without anything being written.
type TryRequest struct {
	// Document is the app as it is being edited; the draft when left out.
	Document json.RawMessage `json:"document,omitempty"`
	// Screen and Widget are where the event comes; Widget "" is the screen itself.
	Screen string `json:"screen"`
	Widget string `json:"widget,omitempty"`
	Event  string `json:"event"`
	// Data is what comes with the event, such as the number that was entered.
	Data json.RawMessage `json:"data,omitempty"`
	// Variables are the present values of those of the screen; the others have their defaults.
	Variables map[string]json.RawMessage `json:"variables,omitempty"`
}

// TryStep is what one action would do.
type TryStep struct {
	Do string `json:"do"`
	// If is its condition; Skipped says that it is not true now.
	If      string `json:"if,omitempty"`
	Skipped bool   `json:"skipped,omitempty"`
	// Text says in words what it would do.
	Text string `json:"text"`
	// Value is what would be written or set.
	Value json.RawMessage `json:"value,omitempty"`
	// Problem says why it would fail; no action behind it would be done.
	Problem *spec.Problem `json:"problem,omitempty"`
}

// TryResult is what an event would do, in order.
type TryResult struct {
	Steps []TryStep `json:"steps" nullable:"false"`
	// Variables are the values of the variables of the screen afterwards.
	Variables map[string]json.RawMessage `json:"variables"`
}

func (s *Server) tryResource() {
	add(s, route{
		method: "POST", path: "/apps/{id}/try", id: "tryApp", tag: "apps", access: whole(auth.Design),
		summary: "What the actions of an event would do, without doing it", maxBody: app.MaxBytes + maxBody, body: schemaOf[TryRequest](s),
	}, s.tryApp)
}

func (s *Server) tryApp(ctx context.Context, in *AppDocument) (*body[TryResult], error) {
	inst, _, err := s.installation(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := spec.Strict(in.RawBody); err != nil {
		return nil, err
	}
	var ask TryRequest
	if err := json.Unmarshal(in.RawBody, &ask); err != nil {
		return nil, errBodySyntax.with().because(err)
	}
	var a *app.App
	if len(ask.Document) > 0 {
		a, err = app.Read(ask.Document)
	} else {
		a, _, err = s.draft(ctx, in.ID)
	}
	if err != nil {
		return nil, err
	}
	steps, after, err := s.engine.Try(ctx, engine.Trial{
		Installation: inst, App: a, Screen: ask.Screen, Widget: ask.Widget, Event: ask.Event, Data: ask.Data, Variables: ask.Variables, Actor: actorOf(ctx),
	})
	if err != nil {
		return nil, err
	}
	lang := languageOf(ctx)
	name := func(id string) string {
		for i := range a.Screens {
			if a.Screens[i].ID == id {
				return a.Screens[i].Name.In(lang)
			}
		}
		return id
	}
	out := TryResult{Steps: make([]TryStep, len(steps)), Variables: make(map[string]json.RawMessage, len(after))}
	for i, step := range steps {
		row := TryStep{Do: step.Action.Do, If: step.Action.If, Skipped: step.Skipped}
		// The phrase of add names the amount; what is written then is the value.
		value := ""
		if !step.Value.IsNone() {
			row.Value = step.Value.AppendJSON(nil)
			if row.Do != "add" {
				value = string(row.Value)
			}
		}
		if t := action.Find(row.Do); t != nil {
			row.Text = t.Say(step.Action, lang, value, name)
		}
		if step.Problem != nil {
			row.Problem = told(ctx, spec.Problems{step.Problem})[0]
		}
		out.Steps[i] = row
	}
	for id, v := range after {
		out.Variables[id] = v.AppendJSON(nil)
	}
	return answerWith(out)
}
