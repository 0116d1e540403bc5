package app

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
)

func TestOwnWidgets(t *testing.T) {
	a, err := Read([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	o := a.Own("own:dial")
	if o == nil || o.Manifest.ID != "own:dial" || o.Manifest.Category != "own" || len(o.Parts) != 3 || o.Drawing.ID != "own:dial" {
		t.Fatalf("%+v", o)
	}
	if m := a.Catalogue(catalogue(t))["own:dial"]; m == nil || len(m.Clicks) != 1 || m.Fits[0] != "float" {
		t.Errorf("%+v", m)
	}
	for name, c := range map[string]struct {
		change func(w *ScriptedWidget)
		code   string
		at     string
	}{
		"id":       {func(w *ScriptedWidget) { w.ID = "a b" }, "id_form", "/widgets/0/id"},
		"version":  {func(w *ScriptedWidget) { w.Version = 0 }, "value_range", "/widgets/0/version"},
		"size":     {func(w *ScriptedWidget) { w.Size.Width = 0 }, "value_range", "/widgets/0/size/width"},
		"interval": {func(w *ScriptedWidget) { w.Every = "10ms" }, "value_range", "/widgets/0/every"},
		"script":   {func(w *ScriptedWidget) { w.Script = strings.Repeat("x", 5<<20) }, "script_long", "/widgets/0/script"},
		"picture":  {func(w *ScriptedWidget) { w.SVG = "<html/>" }, "svg_syntax", "/widgets/0/svg"},
		"large":    {func(w *ScriptedWidget) { w.SVG = strings.Repeat(" ", MaxOwnSVG) + w.SVG }, "svg_too_large", "/widgets/0/svg"},
		"part":     {func(w *ScriptedWidget) { w.Parts[0].Part = "nedle" }, "part_unknown", "/widgets/0/parts/0/part"},
		"what":     {func(w *ScriptedWidget) { w.Parts[0].What = "onclick" }, "value_choice", "/widgets/0/parts/0/what"},
		"both":     {func(w *ScriptedWidget) { w.Parts[0].Set = "x" }, "value_missing", "/widgets/0/parts/0"},
		"twice":    {func(w *ScriptedWidget) { w.Parts[1] = w.Parts[0] }, "id_double", "/widgets/0/parts/1"},
		"event":    {func(w *ScriptedWidget) { w.Events = nil }, "event_unknown", "/widgets/0/parts/2/event"},
		"writes":   {func(w *ScriptedWidget) { w.Writes = []string{"sped"} }, "setting_unknown", "/widgets/0/writes/0"},
		"setting":  {func(w *ScriptedWidget) { w.Settings[0].Name = "tag" }, "id_form", "/widgets/0/settings/0/name"},
		"kind":     {func(w *ScriptedWidget) { w.Settings[0].Kind = spec.KindSecret }, "value_choice", "/widgets/0/settings/0/kind"},
		"default":  {func(w *ScriptedWidget) { w.Settings[0].Default = json.RawMessage(`"x"`) }, "value_type", "/widgets/0/settings/0/default"},
		"no set":   {func(w *ScriptedWidget) { w.Script = ""; w.Every = "" }, "value_missing", "/widgets/0/parts/1/set"},
		"declared": {func(w *ScriptedWidget) {
			w.SVG = strings.Replace(w.SVG, "<path", `<path data-ls-onload="x"`, 1)
		}, "svg_binding", "/widgets/0/svg"},
	} {
		a, _ := Read([]byte(full))
		c.change(&a.Widgets[0])
		found := false
		ps := Validate(a, catalogue(t))
		for _, p := range ps {
			found = found || p.Code == c.code && p.At == c.at && p.Hint != ""
		}
		if !found {
			t.Errorf("%s: %v", name, ps)
		}
	}
}

func TestOwnWidgetsAreFoundAndRenamed(t *testing.T) {
	a, err := Read([]byte(strings.Replace(full, `"type": "value"`, `"type": "own:dial"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	a.Uses = map[string]int{"own:dial": 1}
	count := func(text, kind, from, to string) (string, int, error) { return text, 0, nil }
	of := Target{Kind: "type", ID: "dial"}
	if refs := References(a, of, count); len(refs) != 1 || refs[0].At != "/screens/0/widgets/1/type" {
		t.Errorf("%+v", refs)
	}
	next, _, err := Rename(a, of, "gauge", count)
	if err != nil || next.Widgets[0].ID != "gauge" || next.Screens[0].Widgets[1].Type != "own:gauge" || next.Uses["own:gauge"] != 1 {
		t.Errorf("%+v %v", next, err)
	}
	next.Widgets[0].Script = "// one\n" + a.Widgets[0].Script
	next.Widgets[0].ID = "dial"
	changes := Changes(a, next)
	text, _ := json.Marshal(changes)
	if !strings.Contains(string(text), "1 lines added, 0 removed") || !strings.Contains(string(text), "自定义控件") {
		t.Errorf("%s", text)
	}
}
