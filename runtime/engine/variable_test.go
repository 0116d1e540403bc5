package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// withVariables puts variables and events into the first screen of appOf.
func withVariables(doc, variables, on string) string {
	return strings.Replace(doc, `"width":800`, `"variables":`+variables+`,"on":`+on+`,"width":800`, 1)
}

const twoVariables = `[{"id":"shown","type":"bool"},{"id":"n","type":"int","default":3}]`

func (r *running) event(s *Screen, widget, name, data, reason string, actor auth.Actor) (EventResult, string) {
	r.t.Helper()
	res, err := r.Event(context.Background(), s, widget, name, json.RawMessage(data), reason, actor)
	var p *spec.Problem
	if err != nil && !errors.As(err, &p) {
		r.t.Fatal(err)
	}
	return res, code(p)
}

// Everybody who opens a screen has variables of their own; what does not name them is shared.
func TestVariables(t *testing.T) {
	r := start(t, Options{})
	r.set(fmt.Sprintf(screenPlant, ""))
	r.install("i", withVariables(appOf(`"inputs":[{"id":"machine","kind":"tag","type":"float","default":"a/y"}],`,
		valueOf("own", `{"expr":"n * 2"}`), valueOf("same", `{"expr":"n * 2"}`), valueOf("mixed", `{"expr":"shown ? tag(\"a/x\") : machine"}`),
		valueOf("shared", `{"expr":"tag(\"a/x\") + 1"}`), valueOf("direct", `{"tag":"a/x"}`),
		`{"type":"button","id":"more","on":{"click":[{"do":"set","variable":"n","value":{"expr":"n + 1"}},{"do":"set","variable":"shown","value":{"expr":"n > 4"}}]}}`,
		`{"type":"switch","id":"sw","props":{"value":{"expr":"shown"}},"on":{"change":[{"do":"set","variable":"shown","value":{"expr":"value"}}]}}`,
		`{"type":"button","id":"wrong","on":{"click":[{"do":"set","variable":"n","value":{"expr":"value"}}]}}`,
	), twoVariables, `{}`), 1)
	before := r.Metrics()
	a, b := r.open("i", false, ""), r.open("i", false, "")
	get := func(s *Screen, widget string) tag.Sample { return r.Table().Get(binding(t, s, widget).Slot) }
	if a.Key != b.Key || binding(t, a, "shared").Slot != binding(t, b, "shared").Slot || binding(t, a, "direct").Slot != binding(t, b, "direct").Slot {
		t.Error("what names no variable is not shared")
	}
	if binding(t, a, "own").Slot == binding(t, b, "own").Slot || !binding(t, a, "own").Own || binding(t, a, "shared").Own {
		t.Error("what names a variable is shared")
	}
	if binding(t, a, "own").Slot != binding(t, a, "same").Slot {
		t.Error("the same expression has two slots in one view")
	}
	if v := get(a, "own"); v.Value.Int() != 6 {
		t.Errorf("the default: %v", v)
	}
	if v := get(a, "mixed"); v.Value.Float() != 3 {
		t.Errorf("before: %v", v)
	}
	for range 2 {
		if res, c := r.event(a, "more", "click", "", "", viewer); c != "" || res.Write != nil {
			t.Errorf("a viewer may not set a variable: %q %+v", c, res.Write)
		}
	}
	if x, y := get(a, "own").Value.Int(), get(b, "own").Value.Int(); x != 10 || y != 6 {
		t.Errorf("after setting: %d and %d", x, y)
	}
	if x, y := get(a, "mixed").Value.Float(), get(b, "mixed").Value.Float(); x != 2 || y != 3 {
		t.Errorf("what mixes: %v and %v", x, y)
	}
	if _, c := r.event(a, "sw", "set", "false", "", viewer); c != "" || get(a, "mixed").Value.Float() != 3 {
		t.Errorf("change of an input: %q, %v", c, get(a, "mixed"))
	}
	if _, c := r.event(a, "wrong", "click", `"abc"`, "", viewer); c != "value_type" {
		t.Errorf("a text in an int: %q", c)
	}
	r.set(`{"format":1,"tags":[{"path":"a/y","type":"float","initial":8}]}`)
	if v := get(b, "mixed"); !v.Quality.IsBad() {
		t.Errorf("without its tag: %v", v)
	}
	r.set(fmt.Sprintf(screenPlant, ""))
	if v := get(b, "mixed"); v.Value.Float() != 3 {
		t.Errorf("with its tag again: %v %v", v.Value, v.Quality)
	}
	slot := binding(t, a, "own").Slot
	a.Release()
	if q := r.Table().Get(slot).Quality; q != tag.BadNodeIDUnknown {
		t.Errorf("a slot of a view that is closed: %v", q)
	}
	if v := get(b, "own"); v.Value.Int() != 6 {
		t.Errorf("the other's: %v", v)
	}
	b.Release()
	if m := r.Metrics(); m.Expressions != before.Expressions || m.Screens != before.Screens {
		t.Errorf("left over: %+v, before %+v", m, before)
	}
}

func TestActionsOfScreens(t *testing.T) {
	r := start(t, Options{})
	r.set(fmt.Sprintf(screenPlant, `,{"path":"a/why","type":"float","initial":1,"write":{"confirm":"reason"}}`))
	r.install("i", withVariables(appOf(`"inputs":[{"id":"machine","kind":"tag","type":"float","default":"a/y"}],`,
		`{"type":"value","id":"v","props":{"value":{"expr":"machine"}},"on":{"double":[{"do":"write","tag":"a/x","value":5,"if":"tag(\"a/on\")"},{"do":"notice","text":{"en":"Done"}}]}}`,
		`{"type":"button","id":"late","on":{"click":[{"do":"write","tag":"a/x","value":50},{"do":"write","tag":"a/why","value":2}]}}`,
		`{"type":"button","id":"asked","on":{"click":[{"do":"add","tag":"a/x","value":1,"reason":true}]}}`,
		`{"type":"button","id":"limits","on":{"click":[{"do":"notice","text":{"en":"Trying"}},{"do":"write","tag":"a/x","value":60,"high":50}]}}`,
		`{"type":"button","id":"face","on":{"click":[{"do":"open","screen":"s2","as":"popup","params":{"machine":{"tag":"a/x"}}}]}}`,
		`{"type":"button","id":"inner","on":{"click":[{"do":"open","screen":"s2","as":"drawer","params":{"machine":{"tag":"machine"}}}]}}`,
	), twoVariables, `{"load":[{"do":"set","variable":"n","value":9},{"do":"notice","text":{"en":"Hello"}}],"key:F2":[{"do":"toggle","tag":"a/on"}]}`), 1)
	s := r.open("i", false, "")
	defer s.Release()
	if res, c := r.event(s, "v", "double", "", "", operator); c != "" || res.Write != nil || len(res.Effects) != 1 || r.sample("a/x").Value.Float() != 2 {
		t.Errorf("a condition does not stop the write: %q %+v", c, res)
	}
	if res, _ := r.event(s, "", "key:F2", "", "", operator); res.Write == nil || !r.sample("a/on").Value.Bool() {
		t.Errorf("a key: %+v", res)
	}
	if _, c := r.event(s, "v", "double", "", "", operator); c != "" || r.sample("a/x").Value.Float() != 5 {
		t.Errorf("a condition that holds: %q %v", c, r.sample("a/x"))
	}
	if res, _ := r.event(s, "late", "click", "", "", operator); code(res.Write.Problem) != "reason_missing" || r.sample("a/x").Value.Float() != 5 {
		t.Errorf("something was done before the reason was asked for: %+v", res.Write)
	}
	if res, _ := r.event(s, "late", "click", "", "because", operator); res.Write.Outcome != OutcomeGood || r.sample("a/why").Value.Float() != 2 {
		t.Errorf("with a reason: %+v", res.Write)
	}
	if res, _ := r.event(s, "asked", "click", "", "", operator); code(res.Write.Problem) != "reason_missing" {
		t.Errorf("a reason that the action wants: %+v", res.Write)
	}
	if res, c := r.event(s, "limits", "click", "", "", operator); c != "" || len(res.Effects) != 1 || code(res.Write.Problem) != "value_high" || r.sample("a/x").Value.Float() != 50 {
		t.Errorf("limits of the action: %q %+v", c, res)
	}
	if res, _ := r.event(s, "", "load", "", "", viewer); len(res.Effects) != 1 {
		t.Errorf("load: %+v", res)
	}
	if res, _ := r.event(s, "", "load", "true", "", viewer); len(res.Effects) != 0 {
		t.Errorf("load once more does more than set: %+v", res)
	}
	for widget, want := range map[string]string{"face": `{"tag":"a/x"}`, "inner": `{"tag":"a/y"}`} {
		res, _ := r.event(s, widget, "click", "", "", viewer)
		if len(res.Effects) != 1 || string(res.Effects[0].Params["machine"]) != want {
			t.Errorf("%s: %+v", widget, res.Effects)
		}
	}
	faceplate := r.open("i", false, `{"machine":{"tag":"a/x"}}`)
	defer faceplate.Release()
	if b := binding(t, faceplate, "v"); b.Tag != "a/x" {
		t.Errorf("a parameter that is a tag: %+v", b)
	}
	for _, row := range [][3]string{{"", "unload", "event_unknown"}, {"", "key:F3", "event_unknown"}, {"v", "click", "event_unknown"}, {"face", "change", "event_unknown"}} {
		if _, c := r.event(s, row[0], row[1], "", "", operator); c != row[2] {
			t.Errorf("%v: %q", row, c)
		}
	}
}

// What a document gets wrong in expressions of actions and in names of variables is told where it stands.
func TestActionsAreCompiled(t *testing.T) {
	r := start(t, Options{})
	r.set(fmt.Sprintf(screenPlant, ""))
	doc := readApp(t, withVariables(appOf(`"inputs":[{"id":"machine","kind":"tag","type":"float","default":"a/y"}],`,
		valueOf("ok", `{"expr":"n"}`), valueOf("wrong", `{"expr":"m"}`),
		`{"type":"button","id":"b","on":{"click":[{"do":"close","if":"n"},{"do":"set","variable":"n","value":{"expr":"\"a\" + nix"}},{"do":"set","variable":"shown","value":{"expr":"n"}},{"do":"set","variable":"n","value":{"expr":"value"}},{"do":"open","screen":"s2","params":{"machine":{"tag":"a/on"}}},{"do":"open","screen":"s2","params":{"machine":{"tag":"a/gone"}}}]}}`,
	), twoVariables, `{"load":[{"do":"close","if":"tag(\"a/gone\") > 1"}]}`))
	got := map[string]string{}
	for _, p := range r.CheckApp(app.Installation{ID: "i"}, doc) {
		if strings.Contains(p.At, "/on/") || strings.Contains(p.At, "/props/value") && p.Severity != spec.Warning {
			got[p.At] = p.Code
		}
	}
	want := map[string]string{
		"/screens/0/on/load/0/if":                            "tag_unknown",
		"/screens/0/widgets/1/props/value/expr":              got["/screens/0/widgets/1/props/value/expr"],
		"/screens/0/widgets/2/on/click/0/if":                 "expression_type",
		"/screens/0/widgets/2/on/click/1/value/expr":         got["/screens/0/widgets/2/on/click/1/value/expr"],
		"/screens/0/widgets/2/on/click/2/value/expr":         "expression_type",
		"/screens/0/widgets/2/on/click/4/params/machine/tag": "input_type",
		"/screens/0/widgets/2/on/click/5/params/machine/tag": "tag_unknown",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) || got["/screens/0/widgets/1/props/value/expr"] == "" || got["/screens/0/widgets/2/on/click/1/value/expr"] == "" {
		t.Errorf("got %v\nwant %v", got, want)
	}
	if res := r.CheckExpression("n + 1", "i", Names{Variables: doc.Screens[0].Variables}); len(res.Problems) > 0 || res.Sample.Value.Int() != 4 || res.Type != tag.Int {
		t.Errorf("an expression with a variable: %+v", res)
	}
	if res := r.CheckExpression("value > 3", "i", Names{Event: true}); len(res.Problems) > 0 {
		t.Errorf("an expression with the value of the event: %+v", res)
	}
}

// A trial says what would happen, in order, and does nothing.
func TestTry(t *testing.T) {
	r := start(t, Options{})
	r.set(fmt.Sprintf(screenPlant, ""))
	doc := readApp(t, withVariables(appOf(`"tags":[{"id":"sum","expr":"tag(\"a/x\") + 1"}],`,
		`{"type":"setpoint","id":"sp","props":{"value":{"tag":"a/x"}},"on":{"change":[{"do":"set","variable":"n","value":{"expr":"value"}}]}}`,
		`{"type":"button","id":"b","on":{"click":[{"do":"set","variable":"n","value":{"expr":"n + 1"}},{"do":"close","if":"n > 3"},{"do":"close","if":"n > 4"},{"do":"write","tag":"a/x","value":{"expr":"sum + n"}},{"do":"write","tag":"a/x","value":1000},{"do":"close"}]}}`,
	), twoVariables, `{}`))
	try := func(widget, event, data string, variables map[string]json.RawMessage, actor auth.Actor) ([]string, map[string]tag.Value, string) {
		steps, after, err := r.Try(t.Context(), Trial{App: doc, Screen: "s", Widget: widget, Event: event, Data: json.RawMessage(data), Variables: variables, Actor: actor})
		var p *spec.Problem
		errors.As(err, &p)
		var out []string
		for _, s := range steps {
			said := s.Action.Do
			if s.Skipped {
				said += " skipped"
			}
			if !s.Value.IsNone() {
				said += " " + s.Value.String()
			}
			if s.Problem != nil {
				said += " " + s.Problem.Code
			}
			out = append(out, said)
		}
		return out, after, code(p)
	}
	steps, after, _ := try("b", "click", "", nil, operator)
	if got := strings.Join(steps, ", "); got != "set 4, close, close skipped, write 7, write 1000 value_high" || after["n"].Int() != 4 {
		t.Errorf("%s, after %v", got, after)
	}
	if r.sample("a/x").Value.Float() != 2 {
		t.Error("a trial has written")
	}
	if _, after, _ = try("b", "click", "", map[string]json.RawMessage{"n": json.RawMessage("7")}, operator); after["n"].Int() != 8 {
		t.Errorf("from given values: %v", after)
	}
	if steps, after, _ = try("sp", "set", "12", nil, operator); strings.Join(steps, ", ") != "write 12, set 12" || after["n"].Int() != 12 {
		t.Errorf("set: %q %v", steps, after)
	}
	if steps, _, _ = try("sp", "set", "12", nil, viewer); strings.Join(steps, ", ") != "write 12 forbidden" {
		t.Errorf("by a viewer: %q", steps)
	}
	for want, ask := range map[string][2]string{"event_unknown": {"b", "double"}, "widget_unknown": {"nix", "click"}} {
		if _, _, c := try(ask[0], ask[1], "", nil, operator); c != want {
			t.Errorf("%v: %q", ask, c)
		}
	}
	if _, _, c := try("b", "click", "", map[string]json.RawMessage{"m": json.RawMessage("7")}, operator); c != "variable_unknown" {
		t.Errorf("a variable that is not there: %q", c)
	}
}
