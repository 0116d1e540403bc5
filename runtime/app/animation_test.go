package app

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/widgets"
)

// withAnimations is an app whose one widget has the animations and a drawing of two parts, one in the other.
func withAnimations(t *testing.T, animations string) (*App, widgets.Catalogue) {
	t.Helper()
	a, err := Read([]byte(`{"format":2,"id":"com.example.t","version":"1.0.0","name":{"en":"T"},
		"drawings":[{"id":"pump","width":10,"height":10,"parts":[{"kind":"group","id":"rotor","parts":[{"kind":"path","id":"blade","path":"M0 0L1 1","fill":"line"}]}]}],
		"screens":[{"id":"s","name":{"en":"S"},"width":800,"height":600,"widgets":[{"id":"a","type":"picture","x":0,"y":0,"w":9,"h":9,"props":{"drawing":"pump"},"animate":` + animations + `}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return a, widgets.Catalogue{"picture": {Component: spec.Component{ID: "picture", Version: 1, Settings: []spec.Field{
		{Name: "drawing", Kind: spec.KindString}, {Name: "tone", Kind: spec.KindColor, Bind: true}, {Name: "level", Kind: spec.KindFloat, Bind: true},
		{Name: "fixed", Kind: spec.KindFloat}, {Name: "mode", Kind: spec.KindEnum, Bind: true, Options: []spec.Option{{Value: "a"}, {Value: "b"}}},
	}}}}
}

func TestAnimations(t *testing.T) {
	for _, row := range []struct {
		name, animation string
		want            []string
	}{
		{"the value itself", `{"what":"visible","by":{"tag":"a/b"}}`, nil},
		{"linear", `{"what":"rotate","by":{"expr":"1"},"in":[100,0],"out":[0,-90]}`, nil},
		{"a way", `{"what":"move","by":{"tag":"a/b"},"in":[0,1],"out":[0,0,10,0,10,10]}`, nil},
		{"a way by steps", `{"what":"move","by":{"tag":"a/b"},"out":[0,0,10,0],"steps":[{"is":true,"set":1}],"else":0}`, nil},
		{"a property by a range table", `{"what":"tone","by":{"tag":"a/b"},"steps":[{"below":10,"set":"line"},{"from":10,"set":"#AA0000"}]}`, nil},
		{"a property along a line", `{"what":"level","by":{"tag":"a/b"},"in":[0,1],"out":[0,100]}`, nil},
		{"a part", `{"what":"fill","part":"blade","by":{"tag":"a/b"},"steps":[{"is":1,"set":"line"}],"else":"equipment"}`, nil},
		{"a part turns", `{"what":"rotate","part":"rotor","by":{"tag":"a/b"},"in":[0,1],"out":[0,360]}`, nil},
		{"no such part", `{"what":"fill","part":"roter","by":{"tag":"a/b"}}`, []string{"part_unknown /part"}},
		{"a property that cannot be bound", `{"what":"fixed","by":{"tag":"a/b"}}`, []string{"animation_unknown /what"}},
		{"no colour", `{"what":"tone","by":{"tag":"a/b"},"steps":[{"set":"#12"}],"else":3}`, []string{"value_format /steps/0/set", "value_type /else"}},
		{"no choice", `{"what":"mode","by":{"tag":"a/b"},"else":"c"}`, []string{"value_choice /else"}},
		{"a colour along a line", `{"what":"tone","by":{"tag":"a/b"},"in":[0,1],"out":[0,1]}`, []string{"value_type /in"}},
		{"too much", `{"what":"opacity","by":{"tag":"a/b"},"else":1.5}`, []string{"value_range /else"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			a, catalogue := withAnimations(t, "["+row.animation+"]")
			var got []string
			for _, p := range Validate(a, catalogue) {
				got = append(got, p.Code+" "+p.At[min(len(p.At), len("/screens/0/widgets/0/animate/0")):])
				if spec.Translate(p.Message, "zh") == p.Message || spec.Translate(p.Hint, "zh") == p.Hint {
					t.Errorf("no Chinese: %s %s", p.Message, p.Hint)
				}
			}
			if !slices.Equal(got, row.want) {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func TestTooManyAnimations(t *testing.T) {
	list := make([]Animation, MaxAnimations+1)
	for i := range list {
		list[i] = Animation{What: "blink", By: Binding{Tag: "a/b"}}
	}
	raw, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	a, catalogue := withAnimations(t, string(raw))
	if ps := Validate(a, catalogue); len(ps) != 1 || ps[0].Code != "too_many" || ps[0].At != "/screens/0/widgets/0/animate" {
		t.Errorf("got %v", ps)
	}
}

func TestAnimationsAreBindings(t *testing.T) {
	a, err := Read([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	a.Screens[0].Bindings(func(at string, w *Widget, prop string, b Binding) {
		got = append(got, fmt.Sprint(at, " ", w.ID, " ", prop, " ", b.Tag, b.Expr))
	})
	for _, want := range []string{"/widgets/1/animate/0/by a animate/0 a/b", "/widgets/1/animate/1/by a animate/1 mode"} {
		if !slices.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	var texts []string
	a.Expressions(func(at, text string) { texts = append(texts, at+" "+text) })
	if !slices.Contains(texts, "/screens/0/widgets/1/animate/1/by/expr mode") {
		t.Errorf("the expression of an animation is not among %q", texts)
	}
}
