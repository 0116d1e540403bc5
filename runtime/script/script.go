// Package script runs the JavaScript of apps: functions of flows and scripted widgets. The scripts of one installation run in a
// process of their own (package worker), which has a budget of time and memory and can do nothing but answer; what a script
// wants done comes back as an effect that the caller carries out, or refuses. A script that breaks its budget is
// stopped and named; after three times it rests, and nobody else notices.
package script

import (
	"fmt"
	"time"

	"github.com/lineside/lineside/runtime/script/wire"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of scripts.
const (
	MaxSource = 64 << 10 // bytes
	MaxNested = 128      // brackets in brackets
	MaxBatch  = 10000    // calls
	MaxArgs   = 16
)

// Function is a function of a script that can be called.
type Function uint8

// The functions, as they stand in a script. Those of a widget have the widget as their first argument.
const (
	Init   Function = wire.Init   // init(me, settings)
	Data   Function = wire.Data   // data(me, name, value, good)
	Event  Function = wire.Event  // event(me, name, value)
	Every  Function = wire.Every  // every(me)
	Answer Function = wire.Answer // answer(me, id, value, problem)
	Run    Function = wire.Call   // call(value, …)
)

// Call is one call of a function of a script. A function that the script does not have does nothing.
type Call struct {
	Script string
	// Instance is the widget it is for; any number that the caller likes. It is there from the first call on, until Free.
	Instance uint32
	Function Function
	Args     []tag.Value
}

// Result is what came of a call.
type Result struct {
	// Problem is nil when the function has returned. Its codes: script_threw, script_budget, script_crashed, script_paused,
	// script_missing, and script_restarted when the process was ended by another call of the batch before this one.
	Problem *spec.Problem
	Value   tag.Value
	Effects []Effect
	Took    time.Duration
}

// Kind is what a script wants.
type Kind uint8

// The kinds of effects.
const (
	Set   Kind = wire.Set   // a property of the view of a widget: Name, Value
	Emit  Kind = wire.Emit  // an event: Name, Value
	Log   Kind = wire.Log   // a line: Name
	Write Kind = wire.Write // a value for what was bound to Name
)

// Effect is something that a script wants done.
type Effect struct {
	Kind     Kind
	Instance uint32
	Name     string
	Value    tag.Value
}

// Stat is how a script has fared.
type Stat struct {
	Script  string
	Calls   uint64
	Errors  uint64
	Strikes int
	// P95 and Longest are of the last thousand calls.
	P95, Longest time.Duration
	// Paused says until when it rests, the zero time when it does not.
	Paused time.Time
	// Last is what it last did wrong.
	Last *spec.Problem
}

// Check says what is wrong with the text of a script before anybody runs it, nil when nothing is. What its syntax is, the
// worker says.
func Check(source string) *spec.Problem {
	if len(source) > MaxSource {
		return problem("script_long", "Split it, or move large tables into the document.", 0, 0, "The script has %d bytes, more than %d.", len(source), MaxSource)
	}
	depth, line := 0, 1
	for i := range len(source) {
		switch source[i] {
		case '\n':
			line++
		case '(', '[', '{':
			if depth++; depth > MaxNested {
				return problem("script_nested", "Use functions.", line, 0, "The script has more than %d brackets in each other.", MaxNested)
			}
		case ')', ']', '}':
			depth = max(0, depth-1)
		}
	}
	return nil
}

func problem(code, hint string, line, column int, format string, args ...any) *spec.Problem {
	var ps spec.Problems
	ps.Add(code, "", hint, format, args...)
	ps[0].Line, ps[0].Column = line, column
	return ps[0]
}

// threw is what a script has thrown, in its own words.
func threw(line, column int, message string) *spec.Problem {
	return &spec.Problem{Code: "script_threw", Message: message, Hint: "See the line in the script.", Line: line, Column: column}
}

func paused(until time.Time) *spec.Problem {
	return problem("script_paused", "Mend the script; it begins anew as soon as it is changed.", 0, 0, "The script was stopped too often and rests until %s.", until.Format("15:04:05"))
}

var _ fmt.Stringer = Kind(0)

// String names the kind.
func (k Kind) String() string {
	if names := [...]string{"set", "emit", "log", "write"}; int(k) < len(names) {
		return names[k]
	}
	return "?"
}
