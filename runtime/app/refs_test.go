package app_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
)

// renameText stands in for runtime/expression, which this package may not know: it knows tag("x") and words.
func renameText(text, kind, from, to string) (string, int, error) {
	if strings.Contains(text, "broken") {
		return text, 0, spec.Problems{{Code: "expression_syntax", Message: "The expression cannot be read."}}
	}
	switch kind {
	case "tag":
		old := `tag("` + from + `")`
		return strings.ReplaceAll(text, old, `tag("`+to+`")`), strings.Count(text, old), nil
	case "area":
		old := `tag("` + from
		return strings.ReplaceAll(text, old, `tag("`+to), strings.Count(text, old), nil
	}
	words, n := strings.Split(text, " "), 0
	for i := range words {
		if words[i] == from {
			words[i], n = to, n+1
		}
	}
	return strings.Join(words, " "), n, nil
}

const referring = `{
 "format": 2, "id": "com.example.refs", "version": "1.0.0", "name": {"en": "Refs"}, "start": "main",
 "inputs": [
  {"id": "speed", "kind": "tag", "type": "float", "default": "line1/speed"},
  {"id": "limit", "kind": "parameter", "type": "float", "default": 3}
 ],
 "tags": [{"id": "double", "expr": "speed * 2"}, {"id": "half", "expr": "double / 2 + tag(\"line1/speed\")"}],
 "texts": {"stop": {"en": "Stop"}},
 "navigation": {"items": [{"screen": "main"}, {"title": {"en": "More"}, "items": [{"screen": "two"}]}], "starts": {"operator": "two"}},
 "screens": [
  {"id": "main", "name": {"en": "Main", "zh": "主画面"}, "width": 800, "height": 600,
   "variables": [{"id": "mode", "type": "int"}],
   "on": {"load": [{"do": "set", "variable": "mode", "value": {"expr": "mode + 1"}}]},
   "widgets": [
    {"id": "g", "type": "group", "x": 0, "y": 0, "w": 300, "h": 300},
    {"id": "v", "type": "value", "parent": "g", "x": 0, "y": 0, "w": 100, "h": 40, "props": {"value": {"tag": "line1/speed"}, "label": {"text": "stop"}},
     "animate": [{"what": "rotate", "by": {"expr": "tag(\"line1/speed\") * mode"}}]},
    {"id": "i", "type": "value", "parent": "g", "x": 0, "y": 50, "w": 100, "h": 40, "props": {"value": {"tag": "speed"}, "label": "speed"}},
    {"id": "c", "type": "value", "parent": "g", "x": 0, "y": 90, "w": 100, "h": 40, "props": {"value": {"tag": "apps/inst/double"}}},
    {"id": "b", "type": "button", "x": 400, "y": 0, "w": 100, "h": 40, "props": {"label": "Go", "enabled": {"expr": "speed > limit"}},
     "on": {"click": [
      {"do": "write", "if": "mode == 1", "tag": "line1/setpoint", "value": {"expr": "tag(\"line1/speed\") + double"}},
      {"do": "open", "screen": "two", "params": {"speed": "line1/setpoint", "limit": 5}}]}}
   ]},
  {"id": "two", "name": {"en": "Two"}, "width": 800, "height": 600,
   "variables": [{"id": "limit", "type": "float"}],
   "widgets": [{"id": "v", "type": "value", "x": 0, "y": 0, "w": 100, "h": 40, "props": {"value": {"expr": "limit + speed"}}}]}
 ]
}`

func referringApp(t *testing.T) *app.App {
	t.Helper()
	a, err := app.Read([]byte(referring))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func text(t *testing.T, a *app.App) string {
	t.Helper()
	out, err := app.Canonical(a)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestReferences(t *testing.T) {
	const main, button = "/screens/0", "/screens/0/widgets/4"
	for _, row := range []struct {
		of   app.Target
		want []string
	}{
		{app.Target{Kind: "tag", ID: "line1/speed"}, []string{"/inputs/0/default", "/tags/1/expr", main + "/widgets/1/props/value/tag", main + "/widgets/1/animate/0/by/expr", button + "/on/click/0/value/expr"}},
		{app.Target{Kind: "area", ID: "line1"}, []string{"/inputs/0/default", "/tags/1/expr", main + "/widgets/1/props/value/tag", main + "/widgets/1/animate/0/by/expr", button + "/on/click/0/tag", button + "/on/click/0/value/expr", button + "/on/click/1/params/speed"}},
		{app.Target{Kind: "input", ID: "speed"}, []string{"/tags/0/expr", main + "/widgets/2/props/value/tag", button + "/props/enabled/expr", button + "/on/click/1/params/speed", "/screens/1/widgets/0/props/value/expr"}},
		// The variable "limit" of the second screen is not the input.
		{app.Target{Kind: "input", ID: "limit"}, []string{button + "/props/enabled/expr", button + "/on/click/1/params/limit"}},
		{app.Target{Kind: "computed", ID: "double", Installation: "inst"}, []string{"/tags/1/expr", main + "/widgets/3/props/value/tag", button + "/on/click/0/value/expr"}},
		{app.Target{Kind: "variable", ID: "mode", Screen: "main"}, []string{main + "/on/load/0/variable", main + "/on/load/0/value/expr", main + "/widgets/1/animate/0/by/expr", button + "/on/click/0/if"}},
		{app.Target{Kind: "variable", ID: "limit", Screen: "two"}, []string{"/screens/1/widgets/0/props/value/expr"}},
		{app.Target{Kind: "screen", ID: "two"}, []string{"/navigation/starts/operator", "/navigation/items/1/items/0/screen", button + "/on/click/1/screen"}},
		{app.Target{Kind: "screen", ID: "main"}, []string{"/start", "/navigation/items/0/screen"}},
		{app.Target{Kind: "widget", ID: "g", Screen: "main"}, []string{main + "/widgets/1/parent", main + "/widgets/2/parent", main + "/widgets/3/parent"}},
		{app.Target{Kind: "text", ID: "stop"}, []string{main + "/widgets/1/props/label/text"}},
		{app.Target{Kind: "tag", ID: "speed"}, nil}, // the input takes the name
	} {
		t.Run(row.of.Kind+" "+row.of.ID, func(t *testing.T) {
			var got []string
			for _, r := range app.References(referringApp(t), row.of, renameText) {
				got = append(got, r.At)
				if r.Where["en"] == "" || r.Where["zh"] == "" || r.Text == "" {
					t.Errorf("not in words: %+v", r)
				}
			}
			slices.Sort(got)
			want := slices.Sorted(slices.Values(row.want))
			if !slices.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// A rename leaves nothing of the old name, changes as many places as were listed, and the way back
// gives the document again.
func TestRenameThereAndBack(t *testing.T) {
	for _, row := range []struct {
		of app.Target
		to string
	}{
		{app.Target{Kind: "tag", ID: "line1/speed"}, "line2/rate"},
		{app.Target{Kind: "area", ID: "line1"}, "hall/line7"},
		{app.Target{Kind: "input", ID: "speed"}, "rate"},
		{app.Target{Kind: "computed", ID: "double", Installation: "inst"}, "twice"},
		{app.Target{Kind: "variable", ID: "mode", Screen: "main"}, "way"},
		{app.Target{Kind: "screen", ID: "two"}, "detail"},
		{app.Target{Kind: "widget", ID: "g", Screen: "main"}, "frame"},
		{app.Target{Kind: "text", ID: "stop"}, "button.stop"},
	} {
		t.Run(row.of.Kind+" "+row.of.ID, func(t *testing.T) {
			a := referringApp(t)
			before := text(t, a)
			next, refs, err := app.Rename(a, row.of, row.to, renameText)
			if err != nil {
				t.Fatal(err)
			}
			if text(t, a) != before {
				t.Error("the app that was given was changed")
			}
			if len(refs) != len(app.References(a, row.of, renameText)) {
				t.Errorf("%d places were changed", len(refs))
			}
			if left := app.References(next, row.of, renameText); len(left) > 0 {
				t.Errorf("still named at %v", left)
			}
			of := row.of
			of.ID = row.to
			back, _, err := app.Rename(next, of, row.of.ID, renameText)
			if err != nil {
				t.Fatal(err)
			}
			if got := text(t, back); got != before {
				t.Errorf("there and back gives\n%s", got)
			}
		})
	}
}

func TestRenameRefuses(t *testing.T) {
	for name, row := range map[string]struct {
		of       app.Target
		to, code string
	}{
		"taken by an input":      {app.Target{Kind: "input", ID: "speed"}, "limit", "name_taken"},
		"taken by a computed":    {app.Target{Kind: "input", ID: "speed"}, "double", "name_taken"},
		"taken by a variable":    {app.Target{Kind: "input", ID: "speed"}, "mode", "name_taken"},
		"reserved":               {app.Target{Kind: "input", ID: "speed"}, "tag", "name_form"},
		"no path":                {app.Target{Kind: "tag", ID: "line1/speed"}, "a//b", "tag_path"},
		"no such screen":         {app.Target{Kind: "screen", ID: "three"}, "four", "name_missing"},
		"no such widget":         {app.Target{Kind: "widget", ID: "g", Screen: "two"}, "h", "name_missing"},
		"screen taken":           {app.Target{Kind: "screen", ID: "two"}, "main", "name_taken"},
		"text key with a space":  {app.Target{Kind: "text", ID: "stop"}, "a b", "name_form"},
		"unknown kind":           {app.Target{Kind: "flow", ID: "x"}, "y", "value_choice"},
		"variable on its screen": {app.Target{Kind: "variable", ID: "mode", Screen: "main"}, "speed", "name_taken"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := app.Rename(referringApp(t), row.of, row.to, renameText)
			ps, ok := err.(spec.Problems)
			if !ok || ps[0].Code != row.code {
				t.Errorf("%v, want %s", err, row.code)
			}
		})
	}
}

// What cannot be read is left and told.
func TestRenameLeavesWhatCannotBeRead(t *testing.T) {
	a := referringApp(t)
	a.Tags[0].Expr = "speed + broken"
	next, refs, err := app.Rename(a, app.Target{Kind: "input", ID: "speed"}, "rate", renameText)
	if err != nil || next.Tags[0].Expr != "speed + broken" {
		t.Fatalf("%v, %q", err, next.Tags[0].Expr)
	}
	i := slices.IndexFunc(refs, func(r app.Reference) bool { return r.At == "/tags/0/expr" })
	if i < 0 || refs[i].Problem == nil || refs[i].Problem.Severity != spec.Warning {
		t.Errorf("not told: %v", refs)
	}
}

func TestRenameMapping(t *testing.T) {
	a := referringApp(t)
	mapping := map[string]json.RawMessage{"speed": json.RawMessage(`"line1/speed"`), "limit": json.RawMessage(`"line1/speed"`)}
	next, n := app.RenameMapping(a, mapping, app.Target{Kind: "area", ID: "line1"}, "line2")
	if n != 1 || string(next["speed"]) != `"line2/speed"` || string(next["limit"]) != `"line1/speed"` || string(mapping["speed"]) != `"line1/speed"` {
		t.Errorf("%d, %s", n, next)
	}
}

// Paths below an asset that is an input follow its id, and the ids of the model and its properties.
func TestRenameAssetInput(t *testing.T) {
	a, err := app.Read([]byte(`{"format":2,"id":"com.example.f","version":"1.0.0","name":{"en":"F"},
 "inputs":[{"id":"pump","kind":"asset","model":"centrifugal","default":"line1/p1"},{"id":"fan","kind":"asset","model":"fan"}],
 "tags":[{"id":"half","expr":"tag(\"{pump}/speed\") / 2"}],
 "screens":[{"id":"s","name":{"en":"S"},"width":800,"height":600,"widgets":[
  {"id":"v","type":"value","x":0,"y":0,"w":100,"h":40,"props":{"value":{"tag":"{pump}/speed"}}},
  {"id":"f","type":"value","x":0,"y":50,"w":100,"h":40,"props":{"value":{"tag":"{fan}/speed"}}},
  {"id":"b","type":"button","x":0,"y":100,"w":100,"h":40,"on":{"click":[{"do":"write","tag":"{pump}/speed","value":0},{"do":"open","screen":"s","params":{"pump":"line1/p1"}}]}}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name  string
		of    app.Target
		to    string
		count int
		holds []string
	}{
		{"input", app.Target{Kind: "input", ID: "pump"}, "unit", 4, []string{`{unit}/speed`, `"unit":"line1/p1"`, `{fan}/speed`}},
		{"property", app.Target{Kind: "property", ID: "speed", Models: []string{"pump", "centrifugal"}}, "rate", 3, []string{`{pump}/rate`, `{fan}/speed`}},
		{"model", app.Target{Kind: "model", ID: "fan"}, "blower", 1, []string{`"model":"blower"`}},
		{"asset", app.Target{Kind: "area", ID: "line1"}, "line2", 2, []string{`"default":"line2/p1"`, `"pump":"line2/p1"`}},
	} {
		next, refs, err := app.Rename(a, row.of, row.to, renameText)
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		text, err := json.Marshal(next)
		if err != nil {
			t.Fatal(err)
		}
		if len(refs) != row.count {
			t.Errorf("%s: %d places, not %d: %v", row.name, len(refs), row.count, refs)
		}
		for _, want := range row.holds {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s: no %s in %s", row.name, want, text)
			}
		}
	}
}
