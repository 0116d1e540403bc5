package action

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Document is what an action can name of the document around it.
type Document struct {
	// Screens are the ids of all screens.
	Screens []string
	// Variables are those of the screen: id → type.
	Variables map[string]string
	// Inputs are those of the app: id → what it takes.
	Inputs map[string]Input
}

// Input is an input of the app.
type Input struct {
	// Kind is tag, parameter or asset; Type is that of a value.
	Kind, Type string
}

// Check tells everything that is wrong with an action; places are relative to it. Whether
// expressions are right is known where the tags are.
func Check(d *Document, a *Action) spec.Problems {
	t := types[a.Do]
	if t == nil {
		return spec.Problems{spec.OneOf("value_choice", "/do", fmt.Sprintf("%q is not one of the choices.", clip(a.Do)), a.Do, ids())}
	}
	ps := t.check(d, a)
	ps = append(ps, expr("/if", a.If, false)...)
	if len(a.Confirm) > maxText {
		ps.Add("text_too_long", "/confirm", "Make it shorter.", "The question has %d bytes, more than %d.", len(a.Confirm), maxText)
	}
	return ps
}

// Expressions calls f for every expression of an action, with its place; wanted is the type that
// it has to give, None for any.
func (a *Action) Expressions(f func(at, text string, wanted tag.Type)) {
	if a.If != "" {
		f("/if", a.If, tag.Bool)
	}
	if text, ok := Expr(a.Value); ok {
		f("/value/expr", text, tag.None)
	}
	for _, id := range slices.Sorted(maps.Keys(a.Params)) {
		if text, ok := Expr(a.Params[id]); ok {
			f("/params/"+spec.Escape(id)+"/expr", text, tag.None)
		}
	}
}

// Tags calls f for every tag that an action names outside of an expression, with its place.
func (a *Action) Tags(f func(at, path string)) {
	if a.Tag != "" {
		f("/tag", a.Tag)
	}
	for _, id := range slices.Sorted(maps.Keys(a.Params)) {
		if path, ok := TagOf(a.Params[id]); ok {
			f("/params/"+spec.Escape(id)+"/tag", path)
		}
	}
}

// Writes reports whether an action changes a tag of the plant.
func (a *Action) Writes() bool {
	t := types[a.Do]
	return t != nil && t.Category == categoryTag
}

// The categories of actions.
const (
	categoryTag    = "tag"
	categoryScreen = "screen"
	categoryPerson = "person"
)

// checkTag checks the tag that an action writes.
func checkTag(a *Action) spec.Problems {
	var ps spec.Problems
	if a.Tag == "" {
		ps = append(ps, &spec.Problem{Code: "value_missing", At: "/tag", Message: fmt.Sprintf("The action %q has no tag.", a.Do), Hint: "Name the tag."})
	} else if err := tag.CheckName(a.Tag); err != nil {
		ps.Add("tag_path", "/tag", "Write the path of a tag, such as area/line/speed.", "The %v.", err)
	}
	return ps
}

// checkValue checks the value of an action.
func checkValue(a *Action) spec.Problems {
	if len(bytes.TrimSpace(a.Value)) == 0 {
		return spec.Problems{{Code: "value_missing", At: "/value", Message: fmt.Sprintf("The action %q has no value.", a.Do), Hint: "Give a value or an expression."}}
	}
	return scalar("/value", a.Value)
}

// scalar checks a constant or {"expr": text}.
func scalar(at string, value json.RawMessage) spec.Problems {
	raw := bytes.TrimSpace(value)
	switch {
	case len(raw) > 0 && raw[0] == '[':
		return spec.Problems{{Code: "value_type", At: at, Message: "A list cannot be written.", Hint: `Write a scalar, or {"expr": text}`}}
	case len(raw) > 0 && raw[0] == '{':
		ps := spec.Validate([]spec.Field{{Name: "expr", Kind: spec.KindText, Required: true}}, raw).Under(at)
		if text, ok := Expr(raw); ok && len(text) > MaxExprBytes {
			ps = append(ps, expr(at+"/expr", text, true)...)
		}
		return ps
	}
	return nil
}

func expr(at, text string, required bool) (ps spec.Problems) {
	switch {
	case strings.TrimSpace(text) == "" && (required || text != ""):
		ps.Add("value_missing", at, "Write an expression.", "The expression is empty.")
	case len(text) > MaxExprBytes:
		ps.Add("expression_too_long", at, "Split it into computed tags.", "The expression has %d bytes, more than %d.", len(text), MaxExprBytes)
	}
	return ps
}

// checkLimits checks that there is something between the limits.
func checkLimits(a *Action) (ps spec.Problems) {
	if a.Low != nil && a.High != nil && *a.Low > *a.High {
		ps.Add("value_range", "/high", "Give a high limit above the low one.", "The high limit %g is below the low limit %g.", *a.High, *a.Low)
	}
	return ps
}

// choice checks one of a few words; "" is the default.
func choice(at, s string, known ...string) spec.Problems {
	if s == "" || slices.Contains(known, s) {
		return nil
	}
	return spec.Problems{spec.OneOf("value_choice", at, fmt.Sprintf("%q is not one of the choices.", clip(s)), s, known)}
}

// within refuses a number outside of the limits of an action.
func (a *Action) within(v tag.Value) *spec.Problem {
	if !v.Type().IsNumber() {
		return nil
	}
	f := v.Float()
	switch {
	case a.Low != nil && f < *a.Low:
		return &spec.Problem{Code: "value_low", Message: "The value " + v.String() + " is below the limit " + tag.OfFloat(*a.Low).String() + ".", Hint: "Choose a value within the limits."}
	case a.High != nil && f > *a.High:
		return &spec.Problem{Code: "value_high", Message: "The value " + v.String() + " is above the limit " + tag.OfFloat(*a.High).String() + ".", Hint: "Choose a value within the limits."}
	}
	return nil
}

func isObject(raw json.RawMessage) bool {
	return bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{"))
}

func quote(s string) string { return strconv.Quote(clip(s)) }

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return s
}
