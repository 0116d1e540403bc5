package engine

import (
	"encoding/json"
	"time"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
)

// ScriptState is how the script of a widget type of an app fares.
type ScriptState struct {
	Installation string `json:"installation"`
	// Widget is the id of the ScriptedWidget, Title what it is called.
	Widget string    `json:"widget"`
	Title  spec.Text `json:"title"`
	// Draft says that it is that of a draft, of which somebody has a preview open.
	Draft bool `json:"draft,omitempty"`
	// Instances are the widgets on open screens that it works for.
	Instances int `json:"instances"`
	// Calls and Errors are counted since it was loaded; Strikes are the budgets broken since it last rested.
	Calls   uint64 `json:"calls"`
	Errors  uint64 `json:"errors"`
	Strikes int    `json:"strikes"`
	// P95 and Longest are the times of the last 1,000 calls, in µs.
	P95     int64 `json:"p95"`
	Longest int64 `json:"longest"`
	// Paused is until when it rests.
	Paused *time.Time `json:"paused,omitempty"`
	// Last is what it last did wrong, with line and column in the script.
	Last *spec.Problem `json:"last,omitempty"`
}

// ScriptLine is a line of the log of the scripts of an installation.
type ScriptLine struct {
	// ID counts up over all lines of the runtime.
	ID   uint64    `json:"id"`
	Time time.Time `json:"time"`
	// Kind is log (the script wrote it), error (it failed) or refused (what it wanted was not done).
	Kind         string `json:"kind" enum:"log,error,refused"`
	Installation string `json:"installation"`
	// Widget is the id of the ScriptedWidget; Screen and Element are the widget on a screen that it was for.
	Widget  string `json:"widget"`
	Screen  string `json:"screen,omitempty"`
	Element string `json:"element,omitempty"`
	Text    string `json:"text"`
	// Line and Column are the place in the script, 0 when there is none.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// Problem is what was wrong, of kind error and refused.
	Problem *spec.Problem `json:"problem,omitempty"`
}

// ScriptTrial is a widget to be tried with sample data. Nothing is kept, and nothing is written.
type ScriptTrial struct {
	Widget app.ScriptedWidget `json:"widget"`
	// Settings are constants in place of bindings and of the defaults.
	Settings map[string]json.RawMessage `json:"settings,omitempty"`
	// Steps are done one after the other. At first init is called, and data for each setting that can be bound.
	Steps []ScriptStep `json:"steps,omitempty" maxItems:"200"`
}

// ScriptStep is one thing that happens to a widget: exactly one of its fields.
type ScriptStep struct {
	// Data are new values of settings.
	Data map[string]json.RawMessage `json:"data,omitempty"`
	// Bad are settings whose value is not known any more.
	Bad []string `json:"bad,omitempty"`
	// Event is the name of an event of a person, Value what comes with it.
	Event string          `json:"event,omitempty"`
	Value json.RawMessage `json:"value,omitempty"`
	// Every calls the function every so many times.
	Every int `json:"every,omitempty" minimum:"0" maximum:"100"`
}

// ScriptOutcome is what came of one step; the first is that of init.
type ScriptOutcome struct {
	// Values are those of the parts after the step, as a view is given them: "part:<id>:<what>" → value.
	Values map[string]json.RawMessage `json:"values"`
	// Events and Writes are what the script wanted done, in order.
	Events []ScriptWish `json:"events" nullable:"false"`
	Writes []ScriptWish `json:"writes" nullable:"false"`
	// Log are the lines that it wrote.
	Log []string `json:"log" nullable:"false"`
	// Problems are what was wrong, with line and column in the script.
	Problems []*spec.Problem `json:"problems" nullable:"false"`
	// Calls are the functions that were called; Took is the time they took, in µs.
	Calls int   `json:"calls"`
	Took  int64 `json:"took"`
}

// ScriptWish is something that a script wanted done.
type ScriptWish struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
}

// ScriptTried is what came of a trial.
type ScriptTried struct {
	// Problems are those of the widget itself: places are relative to the ScriptedWidget, /script has line and column.
	Problems []*spec.Problem `json:"problems" nullable:"false"`
	// Outcomes are that of init and of each step; none when the script cannot be loaded.
	Outcomes []ScriptOutcome `json:"outcomes" nullable:"false"`
}
