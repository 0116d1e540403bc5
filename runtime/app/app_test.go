package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/test/golden"
	"github.com/lineside/lineside/widgets"
)

func catalogue(t testing.TB) widgets.Catalogue {
	t.Helper()
	raw, err := os.ReadFile("testdata/catalogue.json")
	if err != nil {
		t.Fatal(err)
	}
	var c widgets.Catalogue
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func check(data []byte, c widgets.Catalogue) spec.Problems {
	_, ps := Check(data, c)
	return ps
}

func TestBadDocuments(t *testing.T) {
	c := catalogue(t)
	cases, _ := filepath.Glob("testdata/bad/*/app.json")
	if len(cases) < 30 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, name := range cases {
		t.Run(filepath.Base(filepath.Dir(name)), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			ps := check(data, c)
			if len(ps) == 0 {
				t.Fatal("nothing is wrong with it")
			}
			for _, p := range ps {
				if p.Code == "" || p.Message == "" || p.Hint == "" {
					t.Errorf("incomplete: %+v", p)
				}
			}
			golden.JSON(t, filepath.Join(filepath.Dir(name), "problems.json"), ps)
		})
	}
}

func TestReadLimits(t *testing.T) {
	for _, c := range []struct{ name, doc, code string }{
		{"too large", `{"format":2,"id":"` + strings.Repeat("x", MaxBytes) + `"}`, "too_large"},
		{"deep in a free value", `{"format":2,"inputs":[{"default":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}]}`, "json_depth"},
		{"deep beyond the parser", `{"format":2,"inputs":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`, "json_syntax"},
		{"deep in an old format", `{"format":1,"inputs":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`, "json_depth"},
		{"double key in an old format", `{"format":1,"id":"a","id":"b"}`, "json_duplicate_key"},
		{"not UTF-8", "{\"format\":2,\"id\":\"\xff\"}", "json_encoding"},
		{"empty", "", "json_syntax"},
		{"blank", " \n", "json_syntax"},
		{"many problems", `{"format":2,"tags":[` + strings.Repeat(`{"bad":1},`, 5000) + `{}]}`, "key_unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read([]byte(c.doc))
			var ps spec.Problems
			if !errors.As(err, &ps) || len(ps) == 0 || ps[0].Code != c.code {
				t.Fatalf("want %s, got %.300v", c.code, err)
			}
			if len(ps) > maxProblems+1 {
				t.Errorf("%d problems", len(ps))
			}
		})
	}
}

// full uses every key of the document.
const full = `{
  "description": { "en": "Steam & hot water <1>", "zh": "蒸汽" },
  "drawings": [
    { "height": 50, "id": "valve", "name": "Valve", "parts": [
      { "id": "body", "kind": "group", "parts": [
        { "dash": [ 2, 1 ], "fill": "equipment", "fillRule": "evenodd", "kind": "path", "opacity": 0.5, "path": "M0 0L9 9Z", "stroke": "#102030", "strokeWidth": 1.5 }
      ] },
      { "anchor": "middle", "hidden": true, "kind": "text", "size": 12, "text": "V1", "x": 4, "y": 8 }
    ], "width": 100 }
  ],
  "format": 2,
  "icon": "flame",
  "id": "com.example.boiler",
  "inputs": [
    { "default": 80.50, "id": "limit", "kind": "parameter", "title": { "en": "Limit" }, "type": "float", "unit": "°C" },
    { "id": "pump", "kind": "tag", "type": "bool" }
  ],
  "languages": [ "en", "zh", "de" ],
  "license": "Apache-2.0",
  "name": { "en": "Boiler", "zh": "锅炉" },
  "navigation": {
    "breadcrumbs": true,
    "items": [ { "icon": "flame", "items": [ { "screen": "main" } ], "roles": [ "operator" ], "title": { "en": "Plant" } } ],
    "starts": { "operator": "main" }, "style": "menu"
  },
  "publisher": "Example",
  "screens": [
    {
      "fit": "width", "ground": "ground", "height": 720, "id": "main", "layout": "page", "level": 2, "name": { "en": "Main" },
      "on": { "load": [ { "do": "set", "if": "mode > 0", "value": 2, "variable": "mode" } ] },
      "variables": [ { "default": 1, "id": "mode", "title": { "en": "Mode" }, "type": "int" } ],
      "widgets": [
        { "h": 100, "id": "box", "cells": { "large": { "column": 0, "row": 0, "rows": 4, "span": 6 } }, "locked": true, "name": "Box", "type": "group", "w": 200, "x": 0, "y": 0 },
        {
          "h": 48, "hidden": true, "id": "a", "parent": "box", "type": "value", "w": 160.5, "x": -8, "y": 1e2,
          "animate": [
            { "by": { "tag": "a/b" }, "in": [ 0, 100 ], "out": [ 0, 360 ], "what": "rotate" },
            { "by": { "expr": "mode" }, "else": true, "steps": [ { "below": 2, "from": 1, "set": true }, { "mask": 4, "set": false }, { "is": 3, "set": true } ], "what": "visible" }
          ],
          "flip": "x", "rotate": 90,
          "on": { "click": [ { "confirm": "Sure?", "do": "write", "tag": "a/b", "value": { "expr": "limit + 1" } }, { "do": "open", "screen": "main" } ] },
          "props": { "decimals": 1, "items": [ { "name": "x" } ], "unit": "<&>", "value": { "tag": "plant/boiler/temperature" }, "shown": { "expr": "pump" } }
        }
      ],
      "width": 1280
    }
  ],
  "start": "main",
  "texts": { "pump.start": { "en": "Start", "zh": "启动" } },
  "theme": { "logo": "data:image/png;base64,iVBORw0KGgo=", "scheme": "dark" },
  "alarms": [ { "acknowledge": "comment", "action": { "en": "Stop it" }, "cause": { "en": "Fan" }, "class": "safety", "consequence": { "en": "Fire" }, "disabled": true, "id": "hot", "latch": true, "message": { "en": "{limit} passed" }, "offDelay": "1s", "onDelay": "5s", "priority": "high", "schedule": [ { "days": [ "mon" ], "from": "06:00", "to": "14:00" } ], "suppressWhen": "false", "title": { "en": "Hot" }, "when": "true" } ],
  "tags": [ { "expr": "tag(\"a/b\") > limit", "id": "hot", "title": { "en": "Hot" }, "unit": "" } ],
  "uses": { "value": 1 },
  "version": "1.0.0-rc.1+build.5",
  "widgets": [
    {
      "drop": "speed", "events": [ { "name": "pressed", "title": { "en": "Pressed" } } ], "every": "1s", "fit": "stretch", "icon": "gauge", "id": "dial",
      "parts": [ { "expr": "speed * 2.7 - 135", "part": "needle", "what": "rotate" }, { "part": "label", "set": "label", "what": "text" }, { "event": "pressed", "part": "label", "what": "click" } ],
      "script": "function data(me, name, value, good) { me.set(\"label\", good ? value : \"?\"); }",
      "settings": [ { "bind": true, "kind": "float", "name": "speed", "title": { "en": "Speed", "zh": "转速" } } ],
      "size": { "height": 100, "minHeight": 20, "minWidth": 20, "width": 100 }, "summary": { "en": "A dial" },
      "svg": "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 100\"><path id=\"needle\" d=\"M50 50V10\" stroke=\"black\"/><text id=\"label\" x=\"50\" y=\"80\">0</text></svg>",
      "title": { "en": "Dial", "zh": "表盘" }, "version": 1, "writes": [ "speed" ]
    }
  ]
}`

func TestGoodDocument(t *testing.T) {
	if ps := check([]byte("\xef\xbb\xbf"+full), catalogue(t)); len(ps) > 0 {
		t.Errorf("%v", ps)
	}
	a, err := Read([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	var missing []string
	unset(reflect.ValueOf(*a), "App", &missing)
	if len(missing) > 0 {
		t.Errorf("the test document lacks %v", missing)
	}
}

// unset lists keys that the test document does not use.
func unset(v reflect.Value, at string, out *[]string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			unset(v.Field(i), at+"."+v.Type().Field(i).Name, out)
		}
	case reflect.Slice:
		if v.Len() == 0 {
			*out = append(*out, at)
		}
	}
}

func TestCanonical(t *testing.T) {
	a, err := Read([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	first, err := Canonical(a)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Read(first)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Canonical(again)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Errorf("not stable:\n%s\n%s", first, second)
	}
	text := string(first)
	for _, want := range []string{"  \"description\": {\n    \"en\": \"Steam & hot water <1>\"", "\"default\": 80.50,", "\"unit\": \"<&>\"", "}\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if changes := Changes(a, again); len(changes) > 0 {
		t.Errorf("the canonical form says something else: %v", changes)
	}
}

func TestWalkers(t *testing.T) {
	a, err := Read([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	a.Expressions(func(at, text string) { got = append(got, at+" = "+text) })
	a.TagPaths(func(at, path string) { got = append(got, at+" → "+path) })
	want := []string{
		`/tags/0/expr = tag("a/b") > limit`,
		`/alarms/0/when = true`,
		`/alarms/0/suppressWhen = false`,
		`/screens/0/widgets/1/props/shown/expr = pump`,
		`/screens/0/widgets/1/animate/1/by/expr = mode`,
		`/screens/0/on/load/0/if = mode > 0`,
		`/screens/0/widgets/1/on/click/0/value/expr = limit + 1`,
		`/screens/0/widgets/1/props/value/tag → plant/boiler/temperature`,
		`/screens/0/widgets/1/animate/0/by/tag → a/b`,
		`/screens/0/widgets/1/on/click/0/tag → a/b`,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestChanges(t *testing.T) {
	old, err := Read([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	edit := func(pairs ...string) *App {
		text := full
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(text, pairs[i]) {
				t.Fatalf("no %s in the document", pairs[i])
			}
			text = strings.Replace(text, pairs[i], pairs[i+1], 1)
		}
		a, err := Read([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for _, c := range []struct {
		name string
		new  *App
		want []string
	}{
		{"nothing", edit(), nil},
		{"version", edit(`1.0.0-rc.1+build.5`, `1.0.0`), []string{`changed /version app: Version changed from "1.0.0-rc.1+build.5" to "1.0.0"`}},
		{"property", edit(`"unit": "<&>"`, `"unit": "bar"`), []string{`changed /screens/0/widgets/1/props/unit property: "a": Unit changed from "<&>" to "bar" on screen "Main"`}},
		{"binding", edit(`{ "expr": "pump" }`, `{ "expr": "not pump" }`), []string{`changed /screens/0/widgets/1/props/shown property: "a": shown changed from = pump to = not pump on screen "Main"`}},
		{"property removed", edit(`"decimals": 1, `, ``), []string{`removed /screens/0/widgets/1/props/decimals property: "a": Decimals removed, was 1 on screen "Main"`}},
		{"moved and resized", edit(`"x": -8`, `"x": 8`, `160.5`, `160`), []string{
			`changed /screens/0/widgets/1/x widget: "a" moved from -8, 100 to 8, 100 on screen "Main"`,
			`changed /screens/0/widgets/1/w widget: "a" resized from 160.5 × 48 to 160 × 48 on screen "Main"`}},
		{"widget replaced", edit(`"id": "a"`, `"id": "b"`), []string{
			`added /screens/0/widgets/1 widget: Widget "b" added on screen "Main"`,
			`removed /screens/0/widgets/1 widget: Widget "a" removed on screen "Main"`}},
		{"turned and mirrored", edit(`"flip": "x", "rotate": 90`, `"rotate": 45`), []string{
			`changed /screens/0/widgets/1/rotate widget: "a" turned from 90° to 45° on screen "Main"`,
			`changed /screens/0/widgets/1/flip widget: "a" mirrored on screen "Main"`}},
		{"place on a page", edit(`"column": 0, "row": 0`, `"column": 3, "row": 2`), []string{
			`changed /screens/0/widgets/0/cells/large widget: "Box" moved on a large page from columns 1 to 6, row 0, 4 high to columns 4 to 9, row 2, 4 high on screen "Main"`}},
		{"place on a small page, hidden", edit(`"large": {`, `"small": { "column": 0, "span": 12, "row": 0, "rows": 3, "hidden": true }, "large": {`), []string{
			`added /screens/0/widgets/0/cells/small widget: "Box" placed on a small page: columns 1 to 12, row 0, 3 high on screen "Main"`}},
		{"animation", edit(`"out": [ 0, 360 ]`, `"out": [ 0, 180 ]`, `"by": { "expr": "mode" }, "else": true`, `"by": { "expr": "mode + 1" }, "else": false`), []string{
			`changed /screens/0/widgets/1/animate/0 property: "a": animation of rotation changed from 0…100 → 0…360 to 0…100 → 0…180 on screen "Main"`,
			`changed /screens/0/widgets/1/animate/1/by property: "a": animation of visibility by changed from = mode to = mode + 1 on screen "Main"`,
			`changed /screens/0/widgets/1/animate/1 property: "a": animation of visibility changed from ≥ 1 < 2 → true; & 0x4 → false; = 3 → true; * → true`}},
		{"animation replaced", edit(`"what": "rotate"`, `"what": "scale"`), []string{
			`added /screens/0/widgets/1/animate/0 property: "a": animation of scale added: → a/b, 0…100 → 0…360 on screen "Main"`,
			`removed /screens/0/widgets/1/animate/0 property: "a": animation of rotation removed on screen "Main"`}},
		{"input", edit(`80.50`, `90`), []string{`changed /inputs/0/default input: Input "limit": default changed from 80.50 to 90`}},
		{"action", edit(`"confirm": "Sure?", `, ``), []string{`changed /screens/0/widgets/1/on/click action`}},
		{"screen", edit(`"level": 2`, `"level": 3`), []string{`changed /screens/0/level screen: Display level changed from 2 to 3 on screen "Main"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Changes(old, c.new)
			for i, g := range got {
				line := fmt.Sprintf("%s %s %s: %s", g.Kind, g.At, g.What, g.Text["en"])
				if i >= len(c.want) || !strings.HasPrefix(line, c.want[i]) {
					t.Errorf("got %s", line)
				}
				if g.Text["zh"] == "" || g.Text["zh"] == g.Text["en"] {
					t.Errorf("no Chinese: %v", g.Text)
				}
			}
			if len(got) < len(c.want) {
				t.Errorf("%d changes, want %d", len(got), len(c.want))
			}
		})
	}
	// Before anything is published: what there is, not that it has an id and a version now.
	first := Changes(nil, old)
	for _, c := range first {
		if c.Kind != "added" || c.What == "app" {
			t.Errorf("the first version: %v", c)
		}
	}
	if last := first[len(first)-1]; last.At != "/screens/0" || last.What != "screen" || last.Text["en"] != `Screen "Main" with 2 widgets` || !strings.Contains(last.Text["zh"], "2 个控件") {
		t.Errorf("the first version: %v", last)
	}
	swapped := edit()
	w := swapped.Screens[0].Widgets
	w[0], w[1] = w[1], w[0]
	if got := Changes(old, swapped); len(got) != 1 || !strings.Contains(got[0].Text["en"], "Drawing order") {
		t.Errorf("order: %v", got)
	}
}

// large is a document of n widgets, each with a binding and settings.
func large(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"format":2,"id":"com.example.large","version":"1.0.0","name":{"en":"Large"},"screens":[{"id":"main","name":{"en":"Main"},"width":1920,"height":1080,"widgets":[`)
	b.WriteString(`{"id":"g","type":"group","x":0,"y":0,"w":10,"h":10}`)
	for i := range n {
		fmt.Fprintf(&b, `,{"id":"w%d","type":"value","parent":"g","x":%d,"y":%d,"w":160,"h":48,"props":{"value":{"expr":"tag(\"area/line/%d\") * 2"},"unit":"bar","decimals":1,"color":"accent","mode":"thin"},"on":{"click":[{"do":"open","screen":"main"}]}}`, i, i%100, i/100, i)
	}
	b.WriteString(`]}]}`)
	return b.Bytes()
}

func BenchmarkValidate2000Widgets(b *testing.B) {
	a, err := Read(large(2000))
	if err != nil {
		b.Fatal(err)
	}
	c := catalogue(b)
	for b.Loop() {
		if ps := Validate(a, c); len(ps) > 0 {
			b.Fatal(ps)
		}
	}
}

func BenchmarkRead2000Widgets(b *testing.B) {
	data := large(2000)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Read(data); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(full))
	cases, _ := filepath.Glob("testdata/bad/*/app.json")
	for _, name := range cases {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	c := catalogue(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := Read(data)
		if err != nil {
			return
		}
		Validate(a, c)
		Changes(nil, a)
		a.Expressions(func(string, string) {})
		first, err := Canonical(a)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Read(first)
		if err != nil {
			t.Fatalf("the canonical form cannot be read: %v\n%s", err, first)
		}
		second, err := Canonical(again)
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("the canonical form is not stable: %v\n%s\n%s", err, first, second)
		}
	})
}
