package app

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/drawing"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

// OwnKinds are the kinds of settings that a widget of an app's own can have.
var OwnKinds = []spec.Kind{spec.KindBool, spec.KindInt, spec.KindFloat, spec.KindString, spec.KindEnum, spec.KindColor, spec.KindAny}

// ValidateWidget tells everything that is wrong with one widget of an app's own; places are relative to it. Whether its
// expressions and its script are right is known where they are compiled.
func ValidateWidget(w *ScriptedWidget) spec.Problems {
	v := &validator{app: &App{}}
	v.ownWidget("", w)
	return v.problems
}

func (v *validator) ownWidgets() {
	v.count("/widgets", len(v.app.Widgets), MaxOwnWidgets, "widgets")
	seen := map[string]bool{}
	for i := range v.app.Widgets {
		w := &v.app.Widgets[i]
		at := fmt.Sprintf("/widgets/%d", i)
		v.unique(seen, w.ID, func() string { return at }, "widget")
		v.ownWidget(at, w)
	}
}

func (v *validator) ownWidget(at string, w *ScriptedWidget) {
	if w.Version < 1 || w.Version > 1<<30 {
		v.fail("value_range", at+"/version", "Count from 1.", "Version %d is out of range.", w.Version)
	}
	v.text(at+"/title", w.Title, true, MaxName)
	v.text(at+"/summary", w.Summary, false, MaxText)
	if len(w.Icon) > MaxName {
		v.fail("text_too_long", at+"/icon", "Make it shorter.", "The text has %d bytes, more than %d.", len(w.Icon), MaxName)
	}
	if w.Fit != "" {
		v.choice(at+"/fit", w.Fit, "contain", "stretch")
	}
	for _, n := range [...]struct {
		key string
		v   float64
		low float64
	}{{"width", w.Size.Width, 1}, {"height", w.Size.Height, 1}, {"minWidth", w.Size.MinWidth, 0}, {"minHeight", w.Size.MinHeight, 0}} {
		if !(n.v >= n.low && n.v <= 10000) {
			v.fail("value_range", at+"/size/"+n.key, fmt.Sprintf("%g to %g pixels.", n.low, 10000.0), "%g is out of range.", n.v)
		}
	}
	if w.Every != "" {
		if d, err := time.ParseDuration(w.Every); err != nil || d < MinEvery || d > MaxEvery {
			v.fail("value_range", at+"/every", `Write 100ms to 24h, such as "1s".`, "%q is no interval.", clip(w.Every))
		}
		if w.Script == "" {
			v.fail("value_missing", at+"/script", "Write a script with a function every, or take the interval out.", "There is no script that could be called.")
		}
	}
	if len(w.Script) > MaxOwnScript {
		v.fail("script_long", at+"/script", "Split it, or move large tables into the document.", "The script has %d bytes, more than %d.", len(w.Script), MaxOwnScript)
	}
	if strings.TrimSpace(w.SVG) == "" {
		v.fail("value_missing", at+"/svg", "Draw it as SVG.", "The picture is missing.")
	}
	settings := v.ownSettings(at, w)
	o := w.Compile()
	if strings.TrimSpace(w.SVG) != "" {
		for _, p := range o.Problems {
			q := *p
			q.At = at + p.At
			v.add(&q)
		}
	}
	for _, f := range o.Manifest.Settings {
		settings[f.Name] = f.Kind
	}
	v.ownEvents(at, w, o)
	v.ownNames(at, w, o, settings)
	v.count(at+"/parts", len(o.Parts), MaxOwnParts, "parts")
	for i := range w.Parts {
		v.ownPart(fmt.Sprintf("%s/parts/%d", at, i), w, o, &w.Parts[i])
	}
	for i := len(w.Parts); i < len(o.Parts); i++ {
		v.ownPart(at+"/svg", w, o, &o.Parts[i])
	}
	v.ownTwice(at, w, o)
}

// ownSettings checks the settings, and gives their kinds.
func (v *validator) ownSettings(at string, w *ScriptedWidget) map[string]spec.Kind {
	v.count(at+"/settings", len(w.Settings), MaxOwnSettings, "settings")
	kinds := map[string]spec.Kind{}
	for i := range w.Settings {
		f := &w.Settings[i]
		at := fmt.Sprintf("%s/settings/%d", at, i)
		switch {
		case !name.MatchString(f.Name):
			v.fail("id_form", at+"/name", `Begin with a letter; use letters, digits and "_"`, "%q cannot be the name of a setting, because expressions name it.", clip(f.Name))
		case slices.Contains(reserved, f.Name):
			v.fail("id_form", at+"/name", "Choose another name.", "%q means something else in expressions.", f.Name)
		case kinds[f.Name] != "":
			v.fail("id_double", at+"/name", "Give each its own id.", "There is another setting with the name %q.", f.Name)
		}
		kinds[f.Name] = f.Kind
		if !slices.Contains(OwnKinds, f.Kind) {
			known := make([]string, len(OwnKinds))
			for i, k := range OwnKinds {
				known[i] = string(k)
			}
			v.add(spec.OneOf("value_choice", at+"/kind", fmt.Sprintf("%q is not one of the choices.", clip(string(f.Kind))), string(f.Kind), known))
			continue
		}
		v.text(at+"/title", f.Title, true, MaxName)
		v.text(at+"/help", f.Help, false, MaxText)
		if (f.Kind == spec.KindEnum) != (len(f.Options) > 0) {
			v.fail("value_missing", at+"/options", "A choice has options, and nothing else has.", "The options do not fit to the kind %q.", f.Kind)
		}
		v.count(at+"/options", len(f.Options), 200, "options")
		if f.Min != nil && f.Max != nil && *f.Min > *f.Max {
			v.fail("value_range", at+"/max", "Write a larger number.", "The upper limit %g is not above the lower limit %g.", *f.Max, *f.Min)
		}
		if len(f.Fields) > 0 {
			v.fail("key_unknown", at+"/fields", "Take it out.", "A setting of this kind has no fields.")
		}
		if f.When != nil && !slices.ContainsFunc(w.Settings, func(o spec.Field) bool { return o.Name == f.When.Field }) {
			v.fail("value_choice", at+"/when/field", "Name another setting.", "There is no setting %q.", clip(f.When.Field))
		}
		if len(f.Default) > 0 {
			one := *f
			one.Bind, one.Required, one.When, one.Default = false, false, nil, nil
			for _, p := range spec.NewChecker([]spec.Field{one}).Value(f.Name, f.Default).Under(at + "/default") {
				v.add(p)
			}
		}
	}
	return kinds
}

// ownEvents checks what actions can be put on.
func (v *validator) ownEvents(at string, w *ScriptedWidget, o *Own) {
	v.count(at+"/events", len(w.Events), MaxOwnEvents, "events")
	seen := map[string]bool{}
	for i := range w.Events {
		e := &w.Events[i]
		at := fmt.Sprintf("%s/events/%d", at, i)
		if !name.MatchString(e.Name) {
			v.fail("id_form", at+"/name", `Begin with a letter; use letters, digits and "_"`, "%q cannot be the name of an event.", clip(e.Name))
		}
		if seen[e.Name] {
			v.fail("id_double", at+"/name", "Give each its own id.", "There is another event with the name %q.", clip(e.Name))
		}
		seen[e.Name] = true
		v.text(at+"/title", e.Title, true, MaxName)
	}
}

// ownNames checks what names settings.
func (v *validator) ownNames(at string, w *ScriptedWidget, o *Own, settings map[string]spec.Kind) {
	known := slices.Sorted(maps.Keys(settings))
	bound := func(name string) bool {
		return slices.ContainsFunc(o.Manifest.Settings, func(f spec.Field) bool { return f.Name == name && f.Bind })
	}
	named := func(at, name string) {
		switch {
		case settings[name] == "":
			v.add(spec.OneOf("setting_unknown", at, fmt.Sprintf("There is no setting %q.", clip(name)), name, known))
		case !bound(name):
			v.fail("value_choice", at, `Say "bind": true of it.`, "The setting %q cannot be bound to a tag.", name)
		}
	}
	if w.Drop != "" {
		named(at+"/drop", w.Drop)
	}
	v.count(at+"/writes", len(w.Writes), MaxOwnSettings, "settings")
	for i, name := range w.Writes {
		named(fmt.Sprintf("%s/writes/%d", at, i), name)
	}
}

// ownPart checks what changes a part.
func (v *validator) ownPart(at string, w *ScriptedWidget, o *Own, b *PartBinding) {
	v.choice(at+"/what", b.What, drawing.Whats...)
	if o.Drawing != nil && o.Drawing.Part(b.Part) == nil {
		v.add(spec.OneOf("part_unknown", at+"/part", fmt.Sprintf("The drawing has no part %q.", clip(b.Part)), b.Part, o.Drawing.PartIDs()))
	}
	given := 0
	for _, s := range []string{b.Expr, b.Set, b.Event} {
		if s != "" {
			given++
		}
	}
	switch {
	case given != 1 || (b.Event != "") != (b.What == drawing.Click):
		v.fail("value_missing", at, `Write "expr", or "set" for the script; of a click "event".`, "It is not said what changes the part, or more than once.")
	case b.Expr != "":
		v.expr(at+"/expr", b.Expr)
	case b.Set != "" && (len(b.Set) > 64 || !setName(b.Set)):
		v.fail("id_form", at+"/set", `Use letters, digits, "_", "-" and "."`, "%q cannot be a name.", clip(b.Set))
	case b.Set != "" && w.Script == "":
		v.fail("value_missing", at+"/set", "Write a script, or an expression.", "There is no script that could set %q.", clip(b.Set))
	case b.Event != "" && !slices.ContainsFunc(w.Events, func(e widgets.Event) bool { return e.Name == b.Event }):
		known := make([]string, len(w.Events))
		for i := range w.Events {
			known[i] = w.Events[i].Name
		}
		v.add(spec.OneOf("event_unknown", at+"/event", fmt.Sprintf("The widget has no event %q.", clip(b.Event)), b.Event, known))
	}
}

func setName(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == ""
}

// ownTwice reports what is changed twice.
func (v *validator) ownTwice(at string, w *ScriptedWidget, o *Own) {
	type key struct{ part, what string }
	seen := map[key]bool{}
	for i := range o.Parts {
		k := key{o.Parts[i].Part, o.Parts[i].What}
		if seen[k] {
			place := at + "/svg"
			if i < len(w.Parts) {
				place = fmt.Sprintf("%s/parts/%d", at, i)
			}
			v.fail("id_double", place, "Keep one of them.", "The %s of the part %q is changed twice.", k.what, clip(k.part))
		}
		seen[k] = true
	}
}

// TypeOf is the type that expressions and scripts see a setting as.
func TypeOf(f *spec.Field) tag.Type {
	switch f.Kind {
	case spec.KindBool:
		return tag.Bool
	case spec.KindInt:
		return tag.Int
	case spec.KindFloat:
		return tag.Float
	case spec.KindString, spec.KindEnum, spec.KindColor:
		return tag.String
	}
	return tag.None
}
