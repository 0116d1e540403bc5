// Package check lints screens as a compiler lints code: what an operator would misread, miss
// or touch by mistake. Findings are warnings and prevent nothing. A rule is one file of this
// package that registers one object.
package check

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

// maxFindings is how many findings of one app are listed; nobody reads more at once.
const maxFindings = 500

// Rule is one thing that is looked for.
type Rule struct {
	// Code is stable: "range_missing".
	Code string
	// Title names the rule; Why says what goes wrong without it, and who says so.
	Title, Why spec.Text
	// Message is the format of a finding, and Hint what to do, in English.
	Message, Hint string
	// Chinese is both in Chinese, with {1}, {2}, … for what the verbs give.
	Chinese Chinese
	// Plant says that the rule needs to know the tags; of those it does not know it says nothing.
	Plant bool
	// Fix says what the fix of a finding does; empty when a person must think about it.
	Fix spec.Text

	// run tells every finding of a screen: the widget, or nil for the screen itself, the place
	// below it, and what the verbs of Message give.
	run func(s *screen, tell tell)
}

// Chinese is what a finding says in Chinese.
type Chinese struct{ Message, Hint string }

// tell adds a finding and answers it, so that a fix can be put to it.
type tell func(w *widget, at string, args ...any) *spec.Problem

var rules []*Rule

// register adds a rule. It panics when the code is taken.
func register(r *Rule) {
	i, taken := slices.BinarySearchFunc(rules, r, func(a, b *Rule) int { return cmp.Compare(a.Code, b.Code) })
	if taken {
		panic("check: two rules have the code " + r.Code)
	}
	rules = slices.Insert(rules, i, r)
	spec.Chinese(map[string]string{r.Message: r.Chinese.Message, r.Hint: r.Chinese.Hint})
}

// Rules is all rules, sorted by code.
func Rules() []*Rule { return slices.Clone(rules) }

// Bound is what is known of the value that a property is bound to.
type Bound struct {
	Type  tag.Type // None when it is not known before there is a value
	Unit  string
	Title string
	// Low and High are the engineering range, nil when the tag has none.
	Low, High *float64
	// Confirm is the policy of a writable tag: none, ask, reason; "" when it cannot be written.
	Confirm string
}

// Env is what an app is checked against.
type Env struct {
	Catalogue widgets.Catalogue
	// Bound tells what a binding gives; false when its tag is not known or its expression is
	// wrong. nil is a plant that nothing is known of.
	Bound func(app.Binding) (Bound, bool)
}

// App lints all screens. The document must be one that app.Validate finds no error in. The
// findings are in the order of the document.
func App(a *app.App, env Env) spec.Problems {
	var out spec.Problems
	for i := range a.Screens {
		s := newScreen(a, i, env)
		type finding struct {
			index int
			*spec.Problem
		}
		var found []finding
		for _, r := range rules {
			r.run(s, func(w *widget, at string, args ...any) *spec.Problem {
				f := finding{-1, &spec.Problem{Code: r.Code, Severity: spec.Warning}}
				if len(out)+len(found) > maxFindings {
					return f.Problem
				}
				f.Message, f.Hint = fmt.Sprintf(r.Message, args...), r.Hint
				f.At = s.at + at
				if w != nil {
					f.index, f.At = w.index, w.at+at
				}
				found = append(found, f)
				return f.Problem
			})
		}
		slices.SortStableFunc(found, func(a, b finding) int { return a.index - b.index })
		for _, f := range found {
			out = append(out, f.Problem)
		}
		if len(out) > maxFindings {
			out[maxFindings] = &spec.Problem{Code: "too_many_problems", Severity: spec.Warning, Message: fmt.Sprintf("There are more than %d problems.", maxFindings), Hint: "Correct these first."}
			break
		}
	}
	return out
}
