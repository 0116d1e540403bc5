package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

// tracer goes over everything in an app that names something. What names the target it notes
// and, when the name is another, rewrites in place.
type tracer struct {
	doc    *App
	of     Target
	to     string
	rename Renamer
	found  []Reference
	// hidden says that a variable of the present screen takes the name of the input or computed tag.
	hidden bool
	// here says that the present screen is that of the target, or the target is of all screens.
	here  bool
	where []spec.Text
	// own reports that a bare text in place of a path is an input or computed tag of the app.
	own map[string]bool
}

func newTracer(a *App, of Target, to string, rename Renamer) *tracer {
	t := &tracer{doc: a, of: of, to: to, rename: rename, here: of.Screen == "", own: map[string]bool{}}
	for i := range a.Inputs {
		t.own[a.Inputs[i].ID] = true
	}
	for i := range a.Tags {
		t.own[a.Tags[i].ID] = true
	}
	return t
}

// in calls f at a place that is called so.
func (t *tracer) in(en, zh string, f func()) {
	t.where = append(t.where, spec.Text{"en": en, "zh": zh})
	f()
	t.where = t.where[:len(t.where)-1]
}

func (t *tracer) note(at, text string) *Reference {
	r := Reference{At: at, Text: text, Where: spec.Text{}}
	for _, lang := range []string{"en", "zh"} {
		parts := make([]string, len(t.where))
		for i := range t.where {
			parts[i] = t.where[i][lang]
		}
		r.Where[lang] = strings.Join(parts, " › ")
	}
	t.found = append(t.found, r)
	return &t.found[len(t.found)-1]
}

// id is a place that holds the bare id of a thing of a kind.
func (t *tracer) id(at, kind, value string, set func(string)) {
	if kind == t.of.Kind && value == t.of.ID && t.here {
		t.note(at, value)
		set(t.to)
	}
}

// path is a place that holds the path of a tag, or the id of an input or computed tag in its stead.
func (t *tracer) path(at, value string, set func(string)) {
	if value == "" {
		return
	}
	next, ok := value, false
	switch t.of.Kind {
	case "tag", "area":
		if !t.own[value] {
			next, ok = t.of.moved(value, t.to)
		}
	case "input", "computed":
		if value == t.of.ID {
			next, ok = t.to, true
		} else if p := t.published(t.of.ID); p != "" && value == p {
			next, ok = t.published(t.to), true
		} else {
			next, ok = t.below(value)
		}
	case "property":
		next, ok = t.below(value)
	case "variable":
		if t.here && value == t.of.ID && !t.own[value] {
			next, ok = t.to, true
		}
	}
	if ok {
		t.note(at, value)
		set(next)
	}
}

// below is what becomes of a path below an asset that is an input.
func (t *tracer) below(path string) (next string, ok bool) {
	t.indirect(func(of Target, to string) {
		if !ok {
			next, ok = of.moved(path, to)
		}
	})
	return next, ok
}

// indirect calls f for what is renamed in paths below assets that are inputs: the input itself, or the
// property of each input of one of the models.
func (t *tracer) indirect(f func(of Target, to string)) {
	for i := range t.doc.Inputs {
		in := &t.doc.Inputs[i]
		switch {
		case in.Kind != "asset":
		case t.of.Kind == "input" && in.ID == t.of.ID:
			f(Target{Kind: "area", ID: "{" + in.ID + "}"}, "{"+t.to+"}")
		case t.of.Kind == "property" && slices.Contains(t.of.Models, in.Model):
			f(Target{Kind: "tag", ID: "{" + in.ID + "}/" + t.of.ID}, "{"+in.ID+"}/"+t.to)
		}
	}
}

// published is the path of a computed tag, "" for another kind or when it is not installed.
func (t *tracer) published(id string) string {
	if t.of.Kind != "computed" || t.of.Installation == "" {
		return ""
	}
	return "apps/" + t.of.Installation + "/" + id
}

// expression is a place that holds an expression.
func (t *tracer) expression(at, text string, set func(string)) {
	next, count := text, 0
	var wrong error
	apply := func(kind, from, to string) {
		out, n, err := t.rename(next, kind, from, to)
		if err != nil && wrong == nil {
			wrong = err
		}
		next, count = out, count+n
	}
	switch t.of.Kind {
	case "tag", "area":
		apply(t.of.Kind, t.of.ID, t.to)
	case "input", "computed":
		if !t.hidden {
			apply("variable", t.of.ID, t.to)
		}
		if p := t.published(t.of.ID); p != "" {
			apply("tag", p, t.published(t.to))
		}
		t.indirect(func(of Target, to string) { apply(of.Kind, of.ID, to) })
	case "property":
		t.indirect(func(of Target, to string) { apply(of.Kind, of.ID, to) })
	case "variable":
		if t.here {
			apply("variable", t.of.ID, t.to)
		}
	}
	if wrong == nil && count == 0 {
		return
	}
	r := t.note(at, text)
	if wrong != nil {
		r.Problem = renameProblem(wrong)
		return
	}
	set(next)
}

// renameProblem says why an expression could not be followed.
func renameProblem(err error) *spec.Problem {
	if ps, ok := err.(spec.Problems); ok && len(ps) > 0 {
		p := *ps[0]
		p.Severity = spec.Warning
		return &p
	}
	if p, ok := err.(*spec.Problem); ok {
		q := *p
		q.Severity = spec.Warning
		return &q
	}
	return &spec.Problem{Code: "name_shadowed", Message: "The expression defines the new name itself.", Hint: "Choose another name, or rename that in the expression first."}
}

// binding is a place that holds {"tag": path} or {"expr": text}.
func (t *tracer) binding(at string, b *Binding) {
	if b.Tag != "" {
		t.path(at+"/tag", b.Tag, func(s string) { b.Tag = s })
	}
	if b.Expr != "" {
		t.expression(at+"/expr", b.Expr, func(s string) { b.Expr = s })
	}
}

// app goes over the whole document.
func (t *tracer) app() {
	a := t.doc
	t.in("Start screen", "起始画面", func() {
		t.id("/start", "screen", a.Start, func(s string) { a.Start = s })
	})
	if n := a.Navigation; n != nil {
		t.in("Navigation", "导航", func() {
			for _, role := range slices.Sorted(maps.Keys(n.Starts)) {
				t.id("/navigation/starts/"+spec.Escape(role), "screen", n.Starts[role], func(s string) { n.Starts[role] = s })
			}
			t.items("/navigation/items", n.Items)
		})
	}
	for i := range a.Inputs {
		in := &a.Inputs[i]
		t.in(fmt.Sprintf("Input %q", in.ID), fmt.Sprintf("输入“%s”", in.ID), func() {
			t.id(fmt.Sprintf("/inputs/%d/model", i), "model", in.Model, func(s string) { in.Model = s })
			var path string
			if in.Kind != "parameter" && json.Unmarshal(in.Default, &path) == nil {
				t.path(fmt.Sprintf("/inputs/%d/default", i), path, func(s string) { in.Default = mustJSON(s) })
			}
		})
	}
	for i := range a.Tags {
		c := &a.Tags[i]
		t.in(fmt.Sprintf("Computed tag %q", c.ID), fmt.Sprintf("计算变量“%s”", c.ID), func() {
			if t.of.Kind != "variable" {
				t.expression(fmt.Sprintf("/tags/%d/expr", i), c.Expr, func(s string) { c.Expr = s })
			}
		})
	}
	for i := range a.Alarms {
		x := &a.Alarms[i]
		t.in(fmt.Sprintf("Alarm %q", x.ID), fmt.Sprintf("报警“%s”", x.ID), func() {
			if t.of.Kind != "variable" {
				t.expression(fmt.Sprintf("/alarms/%d/when", i), x.When, func(s string) { x.When = s })
				t.expression(fmt.Sprintf("/alarms/%d/suppressWhen", i), x.SuppressWhen, func(s string) { x.SuppressWhen = s })
			}
		})
	}
	for i := range a.Screens {
		t.screen(fmt.Sprintf("/screens/%d", i), &a.Screens[i])
	}
}

func (t *tracer) items(at string, items []NavigationItem) {
	for i := range items {
		place := fmt.Sprintf("%s/%d", at, i)
		t.id(place+"/screen", "screen", items[i].Screen, func(s string) { items[i].Screen = s })
		t.items(place+"/items", items[i].Items)
	}
}

func (t *tracer) screen(at string, s *Screen) {
	t.here = t.of.Screen == "" || s.ID == t.of.Screen
	t.hidden = s.variable(t.of.ID) != nil
	defer func() { t.here, t.hidden = t.of.Screen == "", false }()
	zh := s.Name.In("zh")
	if zh == "" {
		zh = s.ID
	}
	t.in(screenName(s), zh, func() {
		t.events(at, s.On)
		for i := range s.Widgets {
			t.widget(fmt.Sprintf("%s/widgets/%d", at, i), &s.Widgets[i])
		}
	})
}

func (t *tracer) widget(at string, w *Widget) {
	called := widgetName(w)
	t.in(called, called, func() {
		t.id(at+"/parent", "widget", w.Parent, func(s string) { w.Parent = s })
		for _, end := range []struct {
			key   string
			joint *Joint
		}{{"from", w.From}, {"to", w.To}} {
			if end.joint != nil {
				t.id(at+"/"+end.key+"/widget", "widget", end.joint.Widget, func(s string) { end.joint.Widget = s })
			}
		}
		if own, ok := strings.CutPrefix(w.Type, OwnPrefix); ok {
			t.id(at+"/type", "type", own, func(s string) { w.Type = OwnPrefix + s })
		}
		m := manifests()[w.Type]
		for _, prop := range slices.Sorted(maps.Keys(w.Props)) {
			if id, ok := InputOf(prop); ok && m != nil && m.Embeds != "" {
				t.in(id, id, func() { t.standsIn(at, w, id) })
				continue
			}
			field, title := setting(m, prop)
			if field != nil && (field.Kind == spec.KindScreen || field.Kind == spec.KindInput) && w.foreign(m) {
				continue // of another app
			}
			if prop == "area" && field != nil && field.Kind == spec.KindString {
				t.in(title.In("en"), title.In("zh"), func() {
					t.place(at+"/props/area", w.Props[prop], func(raw json.RawMessage) { w.Props[prop] = raw })
				})
			}
			t.in(title.In("en"), title.In("zh"), func() {
				place := at + "/props/" + spec.Escape(prop)
				t.value(place, w.Props[prop], field, func(raw json.RawMessage) { w.Props[prop] = raw })
			})
		}
		for i := range w.Animate {
			t.in(fmt.Sprintf("animation %d", i+1), fmt.Sprintf("动画 %d", i+1), func() {
				t.binding(fmt.Sprintf("%s/animate/%d/by", at, i), &w.Animate[i].By)
			})
		}
		t.events(at, w.On)
	})
}

// setting finds the field of a property and what it is called.
func setting(m *widgets.Manifest, prop string) (*spec.Field, spec.Text) {
	if m != nil {
		for i := range m.Settings {
			if m.Settings[i].Name == prop {
				return &m.Settings[i], m.Settings[i].Title
			}
		}
	}
	return nil, spec.Text{"en": prop}
}

// value is what a property holds: a binding, a text by key, the id of a screen, the path of a tag, or
// a list or object of such.
func (t *tracer) value(at string, raw json.RawMessage, field *spec.Field, set func(json.RawMessage)) {
	if key, ok := ParseText(raw); ok {
		t.id(at+"/text", "text", key, func(s string) { set(mustJSON(map[string]string{"text": s})) })
		return
	}
	if b, ok := ParseBinding(raw); ok && (b.Tag != "" || b.Expr != "") {
		was := b
		t.binding(at, &b)
		if b != was {
			set(mustJSON(b))
		}
		return
	}
	if field != nil && (field.Kind == spec.KindScreen || field.Kind == spec.KindTag || field.Kind == spec.KindInput) {
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return
		}
		switch field.Kind {
		case spec.KindScreen:
			t.id(at, "screen", s, func(s string) { set(mustJSON(s)) })
		case spec.KindInput:
			t.id(at, "input", s, func(s string) { set(mustJSON(s)) })
		default:
			t.path(at, s, func(s string) { set(mustJSON(s)) })
		}
		return
	}
	if field != nil && field.Kind == spec.KindRows {
		t.rows(at, raw, set)
		return
	}
	inner := func(name string) *spec.Field {
		if field != nil {
			for i := range field.Fields {
				if field.Fields[i].Name == name {
					return &field.Fields[i]
				}
			}
		}
		return nil
	}
	switch trimmed := bytes.TrimLeft(raw, " \t\r\n"); {
	case len(trimmed) > 0 && trimmed[0] == '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return
		}
		element := field
		if f := inner(""); f != nil {
			element = f
		} else if field != nil {
			element = &spec.Field{Kind: spec.KindObject, Fields: field.Fields}
		}
		changed := false
		for i := range list {
			t.value(fmt.Sprintf("%s/%d", at, i), list[i], element, func(next json.RawMessage) { list[i], changed = next, true })
		}
		if changed {
			set(mustJSON(list))
		}
	case len(trimmed) > 0 && trimmed[0] == '{':
		var object map[string]json.RawMessage
		if json.Unmarshal(raw, &object) != nil {
			return
		}
		changed := false
		for _, key := range slices.Sorted(maps.Keys(object)) {
			t.value(at+"/"+spec.Escape(key), object[key], inner(key), func(next json.RawMessage) { object[key], changed = next, true })
		}
		if changed {
			set(mustJSON(object))
		}
	}
}

// standsIn is a property that stands in for an input of an embedded screen. The inputs of another app are not
// those of this one, but what is mapped to them is of the same plant.
func (t *tracer) standsIn(at string, w *Widget, id string) {
	prop := InputProp(id)
	place, raw := at+"/props/"+spec.Escape(prop), w.Props[prop]
	foreign := w.foreign(manifests()[w.Type])
	if b, ok := ParseBinding(raw); ok {
		was := b
		t.binding(place, &b)
		if b != was {
			w.Props[prop] = mustJSON(b)
		}
	} else if in := t.doc.input(id); foreign || in != nil && in.Kind != "parameter" {
		t.place(place, raw, func(raw json.RawMessage) { w.Props[prop] = raw })
	}
	if foreign {
		return
	}
	t.id(place, "input", id, func(s string) {
		if s != id {
			w.Props[InputProp(s)] = w.Props[prop]
			delete(w.Props, prop)
		}
	})
}

// place is a constant that is the path of a tag or asset.
func (t *tracer) place(at string, raw json.RawMessage, set func(json.RawMessage)) {
	var path string
	if json.Unmarshal(raw, &path) == nil && (tag.Indirect(path) || t.of.Kind == "tag" || t.of.Kind == "area") {
		t.path(at, path, func(s string) { set(mustJSON(s)) })
	}
}

// rows are lists of what stands in for inputs.
func (t *tracer) rows(at string, raw json.RawMessage, set func(json.RawMessage)) {
	var rows []map[string]json.RawMessage
	if json.Unmarshal(raw, &rows) != nil {
		return
	}
	changed := false
	for i, row := range rows {
		for _, id := range slices.Sorted(maps.Keys(row)) {
			cell := fmt.Sprintf("%s/%d/%s", at, i, spec.Escape(id))
			if in := t.doc.input(id); in == nil || in.Kind != "parameter" {
				t.place(cell, row[id], func(raw json.RawMessage) { row[id], changed = raw, true })
			}
			t.id(cell, "input", id, func(s string) {
				if s != id {
					row[s], changed = row[id], true
					delete(row, id)
				}
			})
		}
	}
	if changed {
		set(mustJSON(rows))
	}
}

func (t *tracer) events(at string, on map[string][]Action) {
	for _, event := range slices.Sorted(maps.Keys(on)) {
		t.in("on "+event, event+" 时", func() {
			for i := range on[event] {
				t.action(fmt.Sprintf("%s/on/%s/%d", at, spec.Escape(event), i), &on[event][i])
			}
		})
	}
}

func (t *tracer) action(at string, do *Action) {
	if do.If != "" {
		t.expression(at+"/if", do.If, func(s string) { do.If = s })
	}
	t.path(at+"/tag", do.Tag, func(s string) { do.Tag = s })
	t.id(at+"/variable", "variable", do.Variable, func(s string) { do.Variable = s })
	t.id(at+"/screen", "screen", do.Screen, func(s string) { do.Screen = s })
	if b, ok := ParseBinding(do.Value); ok {
		was := b
		t.binding(at+"/value", &b)
		if b != was {
			do.Value = mustJSON(b)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(do.Params)) {
		place := at + "/params/" + spec.Escape(id)
		if b, ok := ParseBinding(do.Params[id]); ok {
			was := b
			t.binding(place, &b)
			if b != was {
				do.Params[id] = mustJSON(b)
			}
		} else if in := t.doc.input(id); in != nil && in.Kind != "parameter" {
			var path string
			if json.Unmarshal(do.Params[id], &path) == nil {
				t.path(place, path, func(s string) { do.Params[id] = mustJSON(s) })
			}
		}
		t.id(place, "input", id, func(s string) {
			if s != id {
				do.Params[s] = do.Params[id]
				delete(do.Params, id)
			}
		})
	}
}

// define gives the thing itself its name.
func (t *tracer) define() {
	a := t.doc
	switch t.of.Kind {
	case "input":
		a.input(t.of.ID).ID = t.to
	case "computed":
		a.computed(t.of.ID).ID = t.to
	case "variable":
		a.screenOf(t.of.Screen).variable(t.of.ID).ID = t.to
	case "screen":
		a.screenOf(t.of.ID).ID = t.to
	case "widget":
		a.screenOf(t.of.Screen).widget(t.of.ID).ID = t.to
	case "type":
		a.ownWidget(t.of.ID).ID = t.to
		if v, used := a.Uses[OwnPrefix+t.of.ID]; used {
			delete(a.Uses, OwnPrefix+t.of.ID)
			a.Uses[OwnPrefix+t.to] = v
		}
	case "text":
		if t.of.ID != t.to {
			a.Texts[t.to] = a.Texts[t.of.ID]
			delete(a.Texts, t.of.ID)
		}
	}
}
