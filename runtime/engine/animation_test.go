package engine

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/lineside/lineside/runtime/app"
)

func TestAnimationsAreBound(t *testing.T) {
	r := start(t, Options{})
	r.set(fmt.Sprintf(screenPlant, ""))
	r.install("i", appOf("",
		`{"id":"w","props":{"value":{"tag":"a/x"}},"rotate":90,"flip":"x","animate":[
			{"what":"rotate","by":{"tag":"a/y"},"in":[0,1],"out":[0,360]},
			{"what":"visible","by":{"expr":"tag(\"b/z\") > 4"}},
			{"what":"blink","by":{"tag":"a/none"}}]}`), 1)
	s := r.open("i", false, "")
	defer s.Release()
	got := map[string]ScreenBinding{}
	for _, b := range s.Bindings {
		got[b.Prop] = b
	}
	if len(got) != 4 {
		t.Fatalf("%d bindings: %v", len(got), got)
	}
	if y, _ := r.Table().Lookup("a/y"); got["animate/0"].Slot != y || got["animate/0"].Tag != "a/y" || got["animate/0"].Widget != "w" {
		t.Errorf("the tag of an animation: %+v", got["animate/0"])
	}
	if v := r.Table().Get(got["animate/1"].Slot); !v.Value.Bool() || v.Quality.IsBad() || fmt.Sprint(got["animate/1"].Reads) != "[b/z]" {
		t.Errorf("the expression of an animation: %v, reads %v", v, got["animate/1"].Reads)
	}
	if code(got["animate/2"].Problem) != "tag_unknown" || !r.Table().Get(got["animate/2"].Slot).Quality.IsBad() {
		t.Errorf("an animation by a tag that is not there: %+v", got["animate/2"])
	}
	var doc app.Screen
	if err := json.Unmarshal(s.Document, &doc); err != nil {
		t.Fatal(err)
	}
	w := doc.Widgets[0]
	if w.Rotate != 90 || w.Flip != "x" || len(w.Animate) != 3 || len(w.Animate[0].In) != 2 {
		t.Errorf("the document for the browser lacks something: %+v", w)
	}
	for i, a := range w.Animate {
		if a.By != (app.Binding{}) {
			t.Errorf("the browser is told what animation %d reads: %+v", i, a.By)
		}
	}
	if s.App.Screens[0].Widgets[0].Animate[0].By.Tag != "a/y" {
		t.Error("the document itself was changed")
	}
}
