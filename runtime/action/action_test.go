package action

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// fake is a host of a few tags and expressions.
type fake struct {
	tags      map[tag.Path]string // JSON, "" is bad
	variables map[string]string
	exprs     map[string]string // text → JSON, "" is bad
	closed    bool              // nothing may be written
	log       []string
}

func (f *fake) Path(text string) (tag.Path, error) {
	if text == "pump" {
		return "a/pump", nil
	}
	return tag.ParsePath(text)
}

func (f *fake) Present(path tag.Path) (tag.Sample, tag.Type, bool) {
	raw, ok := f.tags[path]
	if !ok || f.closed {
		return tag.Sample{}, tag.None, false
	}
	if raw == "" {
		return tag.Sample{Quality: tag.BadNoCommunication}, tag.Bool, true
	}
	v, err := tag.Parse([]byte(raw), tag.None)
	if err != nil {
		panic(err)
	}
	return tag.Sample{Value: v}, v.Type(), true
}

func (f *fake) Write(_ context.Context, path tag.Path, value json.RawMessage, reason bool, how Manner) error {
	if f.closed {
		return &spec.Problem{Code: "forbidden"}
	}
	if how.Mode != "" {
		raw, _ := json.Marshal(how)
		f.log = append(f.log, fmt.Sprintf("write %s=%s %v %s", path, value, reason, raw))
		return nil
	}
	f.log = append(f.log, fmt.Sprintf("write %s=%s %v", path, value, reason))
	f.tags[path] = string(value)
	return nil
}

func (f *fake) Evaluate(text string) (tag.Sample, error) {
	raw, ok := f.exprs[text]
	if !ok {
		return tag.Sample{}, &spec.Problem{Code: "forbidden"}
	}
	if raw == "" {
		return tag.Sample{Quality: tag.BadNoData}, nil
	}
	v, err := tag.Parse([]byte(raw), tag.None)
	return tag.Sample{Value: v}, err
}

func (f *fake) Set(variable string, v tag.Value) error {
	f.log = append(f.log, "set "+variable+"="+string(v.AppendJSON(nil)))
	return nil
}

func (f *fake) Effect(e Effect) {
	raw, _ := json.Marshal(e)
	f.log = append(f.log, string(raw))
}

func TestRun(t *testing.T) {
	for _, row := range []struct {
		name, actions string
		closed        bool
		want          string // what was done
		code          string // of the problem that ended it
		skipped       []int
	}{
		{"a constant", `[{"do":"write","tag":"a/x","value":5}]`, false, "write a/x=5 false", "", nil},
		{"an input stands for its tag", `[{"do":"write","tag":"pump","value":true,"reason":true}]`, false, "write a/pump=true true", "", nil},
		{"an expression", `[{"do":"write","tag":"a/x","value":{"expr":"seven"}}]`, false, "write a/x=7 false", "", nil},
		{"an expression without a value", `[{"do":"write","tag":"a/x","value":{"expr":"bad"}}]`, false, "", "value_bad", nil},
		{"an expression that may not be read", `[{"do":"write","tag":"a/x","value":{"expr":"secret"}}]`, false, "", "forbidden", nil},
		{"below the limit", `[{"do":"write","tag":"a/x","value":-1,"low":0}]`, false, "", "value_low", nil},
		{"above the limit", `[{"do":"write","tag":"a/x","value":{"expr":"seven"},"high":6.5}]`, false, "", "value_high", nil},
		{"on the limits", `[{"do":"write","tag":"a/x","value":6,"low":6,"high":6}]`, false, "write a/x=6 false", "", nil},
		{"a failure ends them", `[{"do":"write","tag":"a/x","value":9,"high":6},{"do":"close"}]`, false, "", "value_high", nil},
		{"toggle", `[{"do":"toggle","tag":"a/on","reason":true}]`, false, `write a/on= true {"mode":"toggle"}`, "", nil},
		{"pulse", `[{"do":"pulse","tag":"pump","value":true,"hold":"500ms"}]`, false, `write a/pump=true false {"mode":"pulse","hold":"500ms"}`, "", nil},
		{"pulse and back", `[{"do":"pulse","tag":"a/n","value":{"expr":"seven"},"hold":"2s","back":0}]`, false, `write a/n=7 false {"mode":"pulse","hold":"2s","back":0}`, "", nil},
		{"ramp at a rate", `[{"do":"ramp","tag":"a/x","value":5,"rate":0.5,"step":"2s"}]`, false, `write a/x=5 false {"mode":"ramp","rate":0.5,"step":"2s"}`, "", nil},
		{"ramp over a time", `[{"do":"ramp","tag":"a/x","value":5,"over":"1m"}]`, false, `write a/x=5 false {"mode":"ramp","over":"1m"}`, "", nil},
		{"ramp beyond the limit", `[{"do":"ramp","tag":"a/x","value":5,"over":"1m","high":4}]`, false, "", "value_high", nil},
		{"stop a ramp", `[{"do":"hold","tag":"a/x"}]`, false, `write a/x= false {"mode":"hold"}`, "", nil},
		{"toggle without the right: the gate refuses", `[{"do":"toggle","tag":"a/on"}]`, true, "", "forbidden", nil},
		{"add", `[{"do":"add","tag":"a/n","value":2}]`, false, "write a/n=12 false", "", nil},
		{"add a fraction", `[{"do":"add","tag":"a/x","value":0.25}]`, false, "write a/x=2.75 false", "", nil},
		{"take away", `[{"do":"add","tag":"a/n","value":-3}]`, false, "write a/n=7 false", "", nil},
		{"add stops at the limit", `[{"do":"add","tag":"a/n","value":50,"high":40},{"do":"add","tag":"a/n","value":50,"high":40}]`, false, "write a/n=40 false", "", nil},
		{"add does not pull back what is beyond", `[{"do":"add","tag":"a/n","value":1,"high":5}]`, false, "", "", nil},
		{"add to what is not known", `[{"do":"add","tag":"a/lost","value":1}]`, false, "", "add_unknown", nil},
		{"add a text", `[{"do":"add","tag":"a/n","value":{"expr":"word"}}]`, false, "", "value_type", nil},
		{"add without the right: the gate refuses", `[{"do":"add","tag":"a/n","value":1}]`, true, "", "forbidden", nil},
		{"set", `[{"do":"set","variable":"shown","value":true}]`, false, "set shown=true", "", nil},
		{"open here", `[{"do":"open","screen":"s2"}]`, false, `{"do":"open","screen":"s2","as":"here"}`, "", nil},
		{"open with parameters", `[{"do":"open","screen":"s2","as":"popup","params":{"machine":{"tag":"pump"},"n":{"expr":"seven"},"k":3}}]`, false, `{"do":"open","screen":"s2","as":"popup","params":{"k":3,"machine":{"tag":"a/pump"},"n":7}}`, "", nil},
		{"close", `[{"do":"close"}]`, false, `{"do":"close"}`, "", nil},
		{"notice", `[{"do":"notice","text":{"en":"Started"}}]`, false, `{"do":"notice","text":{"en":"Started"},"level":"info"}`, "", nil},
		{"a condition", `[{"do":"close","if":"yes"},{"do":"notice","text":{"en":"x"},"if":"no"},{"do":"set","variable":"v","value":1,"if":"bad"},{"do":"set","variable":"v","value":2,"if":"seven"}]`, false, `{"do":"close"}`, "", []int{1, 2, 3}},
		{"a condition that may not be read ends them", `[{"do":"close","if":"secret"},{"do":"close"}]`, false, "", "forbidden", nil},
		{"in order", `[{"do":"set","variable":"v","value":1},{"do":"write","tag":"a/x","value":1},{"do":"close"}]`, false, `set v=1; write a/x=1 false; {"do":"close"}`, "", nil},
		{"from a newer version", `[{"do":"explode"}]`, false, "", "action_unknown", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := &fake{
				tags:   map[tag.Path]string{"a/x": "2.5", "a/n": "10", "a/on": "false", "a/lost": ""},
				exprs:  map[string]string{"seven": "7", "yes": "true", "no": "false", "bad": "", "word": `"w"`},
				closed: row.closed,
			}
			var actions []Action
			if err := json.Unmarshal([]byte(row.actions), &actions); err != nil {
				t.Fatal(err)
			}
			var skipped []int
			n := 0
			err := Run(t.Context(), f, actions, func(s Step) {
				if s.Skipped {
					skipped = append(skipped, n)
				}
				n++
			})
			var p *spec.Problem
			code := ""
			if errors.As(err, &p) {
				code = p.Code
			} else if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(f.log, "; "); got != row.want || code != row.code || !slices.Equal(skipped, row.skipped) {
				t.Errorf("did %s, %q, skipped %v", got, code, skipped)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	d := &Document{
		Screens:   []string{"main", "pump"},
		Variables: map[string]string{"shown": "bool", "n": "int"},
		Inputs:    map[string]Input{"machine": {"tag", "float"}, "gain": {"parameter", "float"}},
	}
	for _, row := range []struct{ action, want string }{
		{`{"do":"write","tag":"a/x","value":1,"low":0,"high":5,"confirm":"Sure?","reason":true,"if":"n > 1"}`, ""},
		{`{"do":"write","tag":"a/x","value":1,"low":6,"high":5}`, "value_range /high"},
		{`{"do":"write","tag":"a/x","value":[1]}`, "value_type /value"},
		{`{"do":"add","tag":"a/x","value":"one"}`, "value_type /value"},
		{`{"do":"add","tag":"a/x","value":{"expr":"n"}}`, ""},
		{`{"do":"toggle"}`, "value_missing /tag"},
		{`{"do":"pulse","tag":"a/on","value":true,"hold":"500ms","back":false}`, ""},
		{`{"do":"pulse","tag":"a/on","value":true}`, "value_missing /hold"},
		{`{"do":"pulse","tag":"a/on","value":true,"hold":"2m"}`, "value_range /hold"},
		{`{"do":"pulse","tag":"a/on","value":true,"hold":"1s","back":{"expr":"n"}}`, "value_type /back"},
		{`{"do":"ramp","tag":"a/x","value":5,"rate":1}`, ""},
		{`{"do":"ramp","tag":"a/x","value":5}`, "value_missing /rate"},
		{`{"do":"ramp","tag":"a/x","value":5,"rate":-1}`, "value_range /rate"},
		{`{"do":"ramp","tag":"a/x","value":5,"rate":1,"over":"1s"}`, "value_range /over"},
		{`{"do":"ramp","tag":"a/x","value":5,"over":"soon","step":"1ms"}`, "value_format /over value_range /step"},
		{`{"do":"hold"}`, "value_missing /tag"},
		{`{"do":"set","variable":"shown","value":true}`, ""},
		{`{"do":"set","variable":"shown","value":"three"}`, "value_type /value"},
		{`{"do":"set","variable":"show","value":true}`, "variable_unknown /variable"},
		{`{"do":"set"}`, "value_missing /value value_missing /variable"},
		{`{"do":"open","screen":"pump","as":"popup","params":{"machine":{"tag":"a/x"},"gain":2}}`, ""},
		{`{"do":"open","screen":"pump","params":{"machine":"a/x"}}`, "value_type /params/machine"},
		{`{"do":"open","screen":"pump","params":{"gain":{"tag":"a/x"}}}`, "value_type /params/gain"},
		{`{"do":"open","screen":"pump","params":{"gain":"much"}}`, "value_type /params/gain"},
		{`{"do":"open","screen":"pump","params":{"gain":{"expr":"n"}}}`, ""},
		{`{"do":"open","screen":"pump","params":{"nix":1}}`, "param_unknown /params/nix"},
		{`{"do":"open","screen":"pomp","as":"above"}`, "screen_unknown /screen value_choice /as"},
		{`{"do":"close"}`, ""},
		{`{"do":"notice"}`, "value_missing /text/en"},
		{`{"do":"notice","text":{"en":"x"},"level":"loud"}`, "value_choice /level"},
		{`{"do":"close","if":"  "}`, "value_missing /if"},
		{`{"do":"wirte"}`, "value_choice /do"},
	} {
		var a Action
		if err := json.Unmarshal([]byte(row.action), &a); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range Check(d, &a) {
			got = append(got, p.Code+" "+p.At)
		}
		if s := strings.Join(got, " "); s != row.want {
			t.Errorf("%s: %q, want %q", row.action, s, row.want)
		}
	}
}

// Every action says in both languages what it is, and its phrase names settings that it has.
func TestTypes(t *testing.T) {
	for _, a := range Types() {
		for _, lang := range []string{"en", "zh"} {
			if a.Title[lang] == "" || a.Summary[lang] == "" || a.Phrase[lang] == "" || a.Icon == "" {
				t.Errorf("%s lacks a text in %s", a.ID, lang)
			}
			said := a.Say(&Action{Tag: "a/b", Value: []byte("5"), Variable: "v", Screen: "s", Hold: "1s", Over: "2s", Text: spec.Text{"en": "x"}}, lang, "", func(id string) string { return "<" + id + ">" })
			if strings.Contains(said, "{") {
				t.Errorf("%s says %q", a.ID, said)
			}
		}
	}
	if got := ids(); got[0] != "write" || len(got) < 7 {
		t.Errorf("%q", got)
	}
}

func TestKeys(t *testing.T) {
	for _, ok := range []string{"key:F2", "key:Ctrl+S", "key:Ctrl+Alt+Shift+Meta+F24", "key:Space", "key:0", "key:ArrowUp", "key:/"} {
		if !IsKey(ok) {
			t.Errorf("%s is refused", ok)
		}
	}
	for _, no := range []string{"F2", "key:", "key:s", "key:Shift+Ctrl+S", "key:F25", "key:Ctrl", "key:Ctrl+", "load", "key:é"} {
		if IsKey(no) {
			t.Errorf("%s is taken", no)
		}
	}
}
