package action

import (
	"context"
	"encoding/json"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Host carries out what actions ask for: for one person, at one open screen, at one event.
// Errors are *spec.Problem where a person is to be told.
type Host interface {
	// Path is the tag that a setting "tag" names.
	Path(text string) (tag.Path, error)
	// Present is the newest sample of a tag and its type, for somebody who may write it. false:
	// there is no such tag, or the person shall not learn its value by what is written.
	Present(path tag.Path) (tag.Sample, tag.Type, bool)
	// Write brings a value to a tag through the one gate, and ends when its outcome is known; the
	// error says why it was not good. reason: the operator must have said why.
	Write(ctx context.Context, path tag.Path, value json.RawMessage, reason bool, how Manner) error
	// Evaluate computes an expression once, if the person may view what it reads.
	Evaluate(text string) (tag.Sample, error)
	// Set gives a variable of the screen a value.
	Set(variable string, v tag.Value) error
	// Effect is for the browser to carry out.
	Effect(e Effect)
}

// Effect is what an action wants of the browser.
type Effect struct {
	// Do is open, close or notice.
	Do string `json:"do" enum:"open,close,notice"`
	// Screen is opened As here, popup, drawer or window, with Params for its inputs.
	Screen string                     `json:"screen,omitempty"`
	As     string                     `json:"as,omitempty" enum:"here,popup,drawer,window"`
	Params map[string]json.RawMessage `json:"params,omitempty"`
	// Text is told by a notice of a Level.
	Text  spec.Text `json:"text,omitempty"`
	Level string    `json:"level,omitempty" enum:"info,success,warning"`
}

// Step is what became of one action of an event.
type Step struct {
	Action *Action
	// Skipped: its condition was not true.
	Skipped bool
	// Err ended the actions.
	Err error
}

// Run carries out the actions of an event in order until one fails; its error is returned. each,
// when not nil, is told of every action as it ends.
func Run(ctx context.Context, h Host, actions []Action, each func(Step)) error {
	for i := range actions {
		s := Step{Action: &actions[i]}
		s.Skipped, s.Err = one(ctx, h, s.Action)
		if each != nil {
			each(s)
		}
		if s.Err != nil {
			return s.Err
		}
	}
	return nil
}

func one(ctx context.Context, h Host, a *Action) (skipped bool, err error) {
	t := types[a.Do]
	if t == nil {
		return false, &spec.Problem{Code: "action_unknown", Message: "There is no action " + quote(a.Do) + " here."}
	}
	if a.If != "" {
		holds, err := Holds(h, a.If)
		if err != nil || !holds {
			return err == nil, err
		}
	}
	return false, t.run(ctx, h, a)
}

// Holds evaluates a condition: only true is true, what is bad is not.
func Holds(h Host, text string) (bool, error) {
	s, err := h.Evaluate(text)
	if err != nil {
		return false, err
	}
	return !s.Quality.IsBad() && s.Value.Type() == tag.Bool && s.Value.Bool(), nil
}

// ValueOf is the value of an action, a constant or computed now.
func ValueOf(h Host, raw json.RawMessage) (tag.Value, error) {
	text, ok := Expr(raw)
	if !ok {
		v, err := tag.Parse(raw, tag.None)
		if err != nil {
			return v, &spec.Problem{Code: "value_invalid", Message: "The value of the action cannot be read."}
		}
		return v, nil
	}
	s, err := h.Evaluate(text)
	if err != nil {
		return tag.Value{}, err
	}
	if s.Quality.IsBad() || s.Value.IsNone() {
		return tag.Value{}, &spec.Problem{Code: "value_bad", Message: "The value to write cannot be computed now: " + s.Quality.String() + "."}
	}
	return s.Value, nil
}

// Expr is the text of {"expr": text}; false when raw is something else.
func Expr(raw json.RawMessage) (string, bool) {
	var b struct {
		Expr *string `json:"expr"`
	}
	if !isObject(raw) || json.Unmarshal(raw, &b) != nil || b.Expr == nil {
		return "", false
	}
	return *b.Expr, true
}

// TagOf is the path of {"tag": path}; false when raw is something else.
func TagOf(raw json.RawMessage) (string, bool) {
	var b struct {
		Tag *string `json:"tag"`
	}
	if !isObject(raw) || json.Unmarshal(raw, &b) != nil || b.Tag == nil {
		return "", false
	}
	return *b.Tag, true
}
