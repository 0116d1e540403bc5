// Package action is what can be done at an event of a widget or screen: one file an action,
// which says what it takes, checks it, and carries it out through a Host.
package action

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
)

// MaxExprBytes is the length of an expression.
const MaxExprBytes = 4096

// maxText is the length of a question or a notice in one language, in bytes.
const maxText = 800

// Action is done when an event of a widget or screen comes. Actions of one event run in order;
// one that fails ends them, one whose If is not true is left out.
type Action struct {
	// Do is what is done: the id of an action of the catalogue.
	Do string `json:"do"`
	// If is an expression; the action is left out when it is not true.
	If string `json:"if,omitempty"`
	// Tag is written (write, toggle, add, pulse, ramp, hold): a path, or the id of an input or computed tag of the app.
	Tag string `json:"tag,omitempty"`
	// Value is written, added or set: a JSON scalar; or {"expr": text} evaluated when the action
	// runs. The expression may name the value that came with the event: value.
	Value json.RawMessage `json:"value,omitempty"`
	// Low and High hold the value within limits, besides those of the tag: write refuses what is
	// outside, add stops there.
	Low  *float64 `json:"low,omitempty"`
	High *float64 `json:"high,omitempty"`
	// Hold is how long a pulse stands, Back what is written after it; left out, the opposite of a bool, else the
	// value before.
	Hold string          `json:"hold,omitempty"`
	Back json.RawMessage `json:"back,omitempty"`
	// Rate of a ramp is in units a second, or Over the time that it takes; Step is the time from one step to
	// the next.
	Rate *float64 `json:"rate,omitempty"`
	Over string   `json:"over,omitempty"`
	Step string   `json:"step,omitempty"`
	// Variable of the screen is set.
	Variable string `json:"variable,omitempty"`
	// Screen is opened, As says where: here (default), popup, drawer or window.
	Screen string `json:"screen,omitempty"`
	As     string `json:"as,omitempty" enum:"here,popup,drawer,window"`
	// Params stand in for inputs of the app on that screen: id → JSON scalar, {"expr": text}, or {"tag": path} for an input of kind tag.
	Params map[string]json.RawMessage `json:"params,omitempty"`
	// Text is told by a notice; Level is its weight.
	Text  spec.Text `json:"text,omitempty"`
	Level string    `json:"level,omitempty" enum:"info,success,warning"`
	// Confirm is the question that is asked first; "" asks what the tag's own policy says.
	Confirm string `json:"confirm,omitempty"`
	// Reason asks the operator for a reason, which goes into the audit trail.
	Reason bool `json:"reason,omitempty"`
}

// Type is an action of the catalogue.
type Type struct {
	spec.Component
	// Phrase says in one sentence what an action does; {tag}, {value} and so on stand for its settings.
	Phrase spec.Text `json:"phrase"`
	// Again says that it is done once more when a screen opens itself anew after a lost connection
	// or a new revision: what only prepares the screen, not what changes the plant.
	Again bool `json:"again,omitempty"`

	// order is the place in the list.
	order int
	// check tells what is wrong with an action; places are relative to it.
	check func(d *Document, a *Action) spec.Problems
	// run carries it out.
	run func(ctx context.Context, h Host, a *Action) error
}

// types is every action by id.
var types = map[string]*Type{}

// register adds an action; a mistake in it is one in the program.
func register(t Type) {
	if t.ID == "" || t.check == nil || t.run == nil || types[t.ID] != nil {
		panic("action: " + t.ID + " is incomplete or there twice")
	}
	t.Version = max(t.Version, 1)
	types[t.ID] = &t
}

// Find is the action of an id, nil when there is none.
func Find(id string) *Type { return types[id] }

// Types lists the actions as they are offered.
func Types() []*Type {
	out := make([]*Type, 0, len(types))
	for _, t := range types {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b *Type) int { return a.order - b.order })
	return out
}

// ids are those of Types.
func ids() []string {
	var out []string
	for _, t := range Types() {
		out = append(out, t.ID)
	}
	return out
}

// Say fills the phrase of an action in a language. value is what its value is now, "" for what
// stands in the document; screen gives the name of a screen.
func (t *Type) Say(a *Action, lang, value string, screen func(id string) string) string {
	if value == "" {
		value = string(a.Value)
		if text, ok := Expr(a.Value); ok {
			value = text
		}
	}
	as := a.As
	for i := range t.Settings {
		if f := &t.Settings[i]; f.Name == "as" {
			for _, o := range f.Options {
				if o.Value == a.As || a.As == "" && o.Value == "here" {
					as = o.Title.In(lang)
				}
			}
		}
	}
	return strings.NewReplacer("{tag}", a.Tag, "{value}", value, "{variable}", a.Variable, "{screen}", screen(a.Screen), "{as}", as, "{hold}", a.Hold, "{over}", a.pace(), "{text}", a.Text.In(lang)).Replace(t.Phrase.In(lang))
}
