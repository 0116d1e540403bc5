package widgets

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lineside/lineside/runtime/spec"
)

// groups are the parts of the inspector; froms the properties of a tag that can stand in.
var (
	groups = []string{"content", "data", "look", "behaviour"}
	froms  = []string{"unit", "low", "high", "normalLow", "normalHigh", "decimals", "title", "description", "writeLow", "writeHigh"}
	kinds  = []spec.Kind{
		spec.KindBool, spec.KindInt, spec.KindFloat, spec.KindString, spec.KindText, spec.KindEnum, spec.KindDuration,
		spec.KindColor, spec.KindTag, spec.KindImage, spec.KindIcon, spec.KindScreen, spec.KindDrawing, spec.KindAny, spec.KindList,
		spec.KindParams, spec.KindInput, spec.KindRows,
	}
	tagTypes = []string{"bool", "int", "float", "string", "bytes", "json"}
)

// Every folder with a view is a widget, and every manifest is complete and right.
func TestManifests(t *testing.T) {
	schema := compile(t)
	views, _ := filepath.Glob("*/view.ts")
	for _, name := range views {
		if _, err := os.Stat(filepath.Join(filepath.Dir(name), "manifest.json")); err != nil {
			t.Errorf("%s has no manifest: %v", name, err)
		}
	}
	catalogue, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(catalogue) == 0 || len(catalogue) != len(views) {
		t.Errorf("%d widgets with %d views", len(catalogue), len(views))
	}
	for id, m := range catalogue {
		t.Run(id, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(id, "manifest.json"))
			if err != nil {
				t.Fatalf("the folder has not the name of the widget: %v", err)
			}
			tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(tree); err != nil {
				t.Error(err)
			}
			for _, p := range faults(m) {
				t.Error(p)
			}
		})
	}
}

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("catalog.schema.json", tree); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("catalog.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// faults tells what is wrong with a manifest.
func faults(m *Manifest) []string {
	var out []string
	fail := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	text := func(what string, t spec.Text, required bool) {
		if (required || len(t) > 0) && (t["en"] == "" || t["zh"] == "") {
			fail("%s is not in English and Chinese: %v", what, t)
		}
	}
	text("title", m.Title, true)
	text("summary", m.Summary, true)
	if m.Version < 1 || m.Icon == "" || m.Category == "" {
		fail("version, icon or category is missing")
	}
	if m.View != "drawing" && m.View != "element" {
		fail("view is %q", m.View)
	}
	if s := m.Size; s.Width <= 0 || s.Height <= 0 || s.MinWidth < 0 || s.MinHeight < 0 || s.MinWidth > s.Width || s.MinHeight > s.Height {
		fail("size is %+v", s)
	}
	bindable := map[string]bool{}
	names := map[string]*spec.Field{}
	for i := range m.Settings {
		f := &m.Settings[i]
		if f.Name == "" || names[f.Name] != nil {
			fail("setting %q is double or has no name", f.Name)
		}
		names[f.Name], bindable[f.Name] = f, f.Bind
		if !slices.Contains(groups, f.Group) {
			fail("%s: group is %q, not one of %v", f.Name, f.Group, groups)
		}
		if f.From != "" && !slices.Contains(froms, f.From) {
			fail("%s: from is %q, not one of %v", f.Name, f.From, froms)
		}
		out = append(out, fieldFaults(f.Name, f)...)
	}
	checker := spec.NewChecker(m.Settings)
	for _, f := range m.Settings {
		if f.Default != nil {
			for _, p := range checker.Value(f.Name, f.Default) {
				fail("%s: the default %s: %v", f.Name, f.Default, p)
			}
		}
		if f.When == nil {
			continue
		}
		other := names[f.When.Field]
		if other == nil || len(f.When.In) == 0 || f.When.Field == f.Name {
			fail("%s: when names %q, which is no other setting, or no values", f.Name, f.When.Field)
			continue
		}
		for _, v := range f.When.In {
			if other.Kind == spec.KindEnum && !slices.ContainsFunc(other.Options, func(o spec.Option) bool { return o.Value == v }) {
				fail("%s: %q is no choice of %s", f.Name, v, other.Name)
			}
		}
	}
	if m.Drop != "" && !bindable[m.Drop] || m.Writes != "" && !bindable[m.Writes] {
		fail("drop %q or writes %q is no setting that can be bound", m.Drop, m.Writes)
	}
	if (m.Drop == "") != (len(m.Fits) == 0) {
		fail("drop and fits belong together")
	}
	for _, typ := range m.Fits {
		if !slices.Contains(tagTypes, typ) {
			fail("fits names the type %q", typ)
		}
	}
	out = append(out, migrationFaults(m)...)
	events := map[string]bool{}
	for _, e := range m.Events {
		text("event "+e.Name, e.Title, true)
		if e.Name == "" || events[e.Name] {
			fail("event %q is double or has no name", e.Name)
		}
		events[e.Name] = true
	}
	if m.Writes != "" && !events["set"] {
		fail("writes needs the event set")
	}
	return out
}

func fieldFaults(at string, f *spec.Field) []string {
	var out []string
	fail := func(format string, args ...any) { out = append(out, at+": "+fmt.Sprintf(format, args...)) }
	for what, t := range map[string]spec.Text{"title": f.Title, "help": f.Help} {
		if (what == "title" || len(t) > 0) && (t["en"] == "" || t["zh"] == "") {
			fail("%s is not in English and Chinese: %v", what, t)
		}
	}
	if !slices.Contains(kinds, f.Kind) {
		fail("a widget cannot have a setting of kind %q", f.Kind)
	}
	if (f.Kind == spec.KindEnum) != (len(f.Options) > 0) {
		fail("options belong to enums, and enums need them")
	}
	for _, o := range f.Options {
		if o.Title["en"] == "" || o.Title["zh"] == "" {
			fail("option %q is not in English and Chinese", o.Value)
		}
	}
	if f.Min != nil && f.Max != nil && *f.Min >= *f.Max {
		fail("min %g is not below max %g", *f.Min, *f.Max)
	}
	if (f.Kind == spec.KindList) != (len(f.Fields) > 0) {
		fail("fields belong to lists, and lists need them")
	}
	for i := range f.Fields {
		out = append(out, fieldFaults(at+"."+f.Fields[i].Name, &f.Fields[i])...)
	}
	return out
}

// The test above sees what is wrong.
func TestFaults(t *testing.T) {
	good := func() *Manifest {
		m := new(Manifest)
		err := json.Unmarshal([]byte(`{"id":"x","version":1,"title":{"en":"X","zh":"X"},"summary":{"en":"X","zh":"X"},"icon":"i","category":"c","view":"drawing",
			"size":{"width":10,"height":10},"drop":"value","fits":["int"],"writes":"value","events":[{"name":"set","title":{"en":"S","zh":"S"}}],
			"settings":[{"name":"value","kind":"any","title":{"en":"V","zh":"V"},"group":"data","bind":true},
			{"name":"mode","kind":"enum","title":{"en":"M","zh":"M"},"group":"look","default":"a","options":[{"value":"a","title":{"en":"A","zh":"A"}}]},
			{"name":"n","kind":"int","title":{"en":"N","zh":"N"},"group":"look","min":1,"max":5,"default":2,"from":"decimals","when":{"field":"mode","in":["a"]}}]}`), m)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if got := faults(good()); len(got) > 0 {
		t.Fatalf("a good manifest: %v", got)
	}
	for name, spoil := range map[string]func(*Manifest){
		"title without Chinese":  func(m *Manifest) { delete(m.Title, "zh") },
		"no summary":             func(m *Manifest) { m.Summary = nil },
		"field without Chinese":  func(m *Manifest) { delete(m.Settings[0].Title, "zh") },
		"option without Chinese": func(m *Manifest) { delete(m.Settings[1].Options[0].Title, "zh") },
		"event without Chinese":  func(m *Manifest) { delete(m.Events[0].Title, "zh") },
		"default out of range":   func(m *Manifest) { m.Settings[2].Default = json.RawMessage("9") },
		"default of wrong kind":  func(m *Manifest) { m.Settings[2].Default = json.RawMessage(`"2"`) },
		"default is no choice":   func(m *Manifest) { m.Settings[1].Default = json.RawMessage(`"b"`) },
		"double setting":         func(m *Manifest) { m.Settings[2].Name = "mode" },
		"unknown kind":           func(m *Manifest) { m.Settings[2].Kind = "integer" },
		"unknown group":          func(m *Manifest) { m.Settings[2].Group = "style" },
		"unknown from":           func(m *Manifest) { m.Settings[2].From = "units" },
		"when of nothing":        func(m *Manifest) { m.Settings[2].When.Field = "mood" },
		"when of no choice":      func(m *Manifest) { m.Settings[2].When.In = []string{"z"} },
		"drop on nothing":        func(m *Manifest) { m.Drop = "mode" },
		"size below least":       func(m *Manifest) { m.Size.MinWidth = 11 },
		"enum without options":   func(m *Manifest) { m.Settings[1].Options = nil },
		"writes without event":   func(m *Manifest) { m.Events = nil },
	} {
		m := good()
		spoil(m)
		if len(faults(m)) == 0 {
			t.Errorf("%s: not seen", name)
		}
	}
}
