package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Target is a thing that other parts of an app name.
type Target struct {
	// Kind is what it is: a tag of the plant, an area (all tags below a path), an input, a computed
	// tag of the app, a variable or widget of a screen, a widget type of the app's own, a screen, a text by key, a model, or a property of
	// the assets that are inputs.
	Kind string `json:"kind" enum:"tag,area,input,computed,variable,screen,widget,type,text,model,property"`
	ID   string `json:"id"`
	// Models are those that have the property.
	Models []string `json:"models,omitempty"`
	// Screen is where a variable or a widget is.
	Screen string `json:"screen,omitempty"`
	// Installation is the id that computed tags are published under; "" is not installed.
	Installation string `json:"-"`
}

// Reference is a place that names a thing.
type Reference struct {
	// At is the JSON Pointer of what names it: an expression, a path, an id.
	At string `json:"at"`
	// Where is the place in words: screen › widget › property.
	Where spec.Text `json:"where"`
	// Text is what stands there.
	Text string `json:"text"`
	// Problem says why a rename cannot follow here, nil when it can.
	Problem *spec.Problem `json:"problem,omitempty"`
}

// Renamer writes another name for a tag, an area ("tag", "area") or a bare name ("variable")
// wherever an expression names it, and says in how many places; with to equal to from it counts.
type Renamer func(text, kind, from, to string) (string, int, error)

// References lists what names a thing, in the order of the document. Where the thing itself is
// defined is not listed.
func References(a *App, of Target, rename Renamer) []Reference {
	t := newTracer(a, of, of.ID, rename)
	t.app()
	return t.found
}

// Rename gives a thing another name, where it is defined and in all that names it. The app that
// was given is not changed. The error is a spec.Problems: there is no such thing, the name cannot
// be used, or it would mean something else in an expression. Expressions that cannot be read
// are left as they are and come back with their problem.
func Rename(a *App, of Target, to string, rename Renamer) (*App, []Reference, error) {
	if ps := renamable(a, of, to); ps != nil {
		return nil, nil, ps
	}
	next, err := a.copy()
	if err != nil {
		return nil, nil, err
	}
	t := newTracer(next, of, to, rename)
	t.app()
	var ps spec.Problems
	for _, r := range t.found {
		if r.Problem != nil && r.Problem.Code == "name_shadowed" {
			p := *r.Problem
			p.At = r.At
			ps = append(ps, &p)
		}
	}
	if ps.Errors() {
		return nil, nil, ps
	}
	t.define()
	return next, t.found, nil
}

// copy is the app again, with nothing in common.
func (a *App) copy() (*App, error) {
	text, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("copy the app: %w", err)
	}
	next := new(App)
	if err := json.Unmarshal(text, next); err != nil {
		return nil, fmt.Errorf("copy the app: %w", err)
	}
	next.complete()
	return next, nil
}

// RenameMapping follows the rename of a tag or area of the plant in what inputs are mapped to.
func RenameMapping(a *App, mapping map[string]json.RawMessage, of Target, to string) (map[string]json.RawMessage, int) {
	next, n := maps.Clone(mapping), 0
	for _, id := range slices.Sorted(maps.Keys(mapping)) {
		in, path := a.input(id), ""
		if in == nil || in.Kind == "parameter" || json.Unmarshal(mapping[id], &path) != nil {
			continue
		}
		if moved, ok := of.moved(path, to); ok {
			next[id], n = mustJSON(moved), n+1
		}
	}
	return next, n
}

// moved is a path after a rename of a tag or area, and whether it concerns the path.
func (of Target) moved(path, to string) (string, bool) {
	switch {
	case of.Kind != "tag" && of.Kind != "area":
	case path == of.ID:
		return to, true
	case of.Kind == "area" && tag.Path(path).Under(tag.Path(of.ID)):
		return to + path[len(of.ID):], true
	}
	return path, false
}

func mustJSON(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // texts and maps of them always can be written
	}
	return bytes.TrimSpace(b.Bytes())
}

// renamable says why a thing cannot have a name.
func renamable(a *App, of Target, to string) spec.Problems {
	var ps spec.Problems
	screen := a.screenOf(of.Screen)
	missing := func() spec.Problems {
		ps.Add("name_missing", "", "Load the document again.", "There is no %s %q.", of.Kind, clip(of.ID))
		return ps
	}
	taken := func() spec.Problems {
		ps.Add("name_taken", "", "Choose another name.", "The name %q is taken.", clip(to))
		return ps
	}
	form := func(ok bool) bool {
		if !ok {
			ps.Add("name_form", "", `Write letters, digits, "_" and "-"; a name in expressions begins with a letter.`, "%q cannot be the new name.", clip(to))
		}
		return ok
	}
	switch of.Kind {
	case "tag", "area":
		if err := tag.CheckName(to); err != nil {
			ps.Add("tag_path", "", "Write the path of a tag, such as area/line/speed.", "The %v.", err)
		}
	case "input", "computed", "variable":
		if form(name.MatchString(to) && !slices.Contains(reserved, to)) {
			switch {
			case !a.defines(of):
				return missing()
			case of.ID != to && a.named(to, screen):
				return taken()
			}
		}
	case "screen":
		if form(ID(to)) {
			switch {
			case a.screenOf(of.ID) == nil:
				return missing()
			case of.ID != to && a.screenOf(to) != nil:
				return taken()
			}
		}
	case "widget":
		if form(ID(to)) {
			switch {
			case screen == nil || screen.widget(of.ID) == nil:
				return missing()
			case of.ID != to && screen.widget(to) != nil:
				return taken()
			}
		}
	case "type":
		if form(ID(to)) {
			switch {
			case a.ownWidget(of.ID) == nil:
				return missing()
			case of.ID != to && a.ownWidget(to) != nil:
				return taken()
			}
		}
	case "text":
		_, there := a.Texts[of.ID]
		_, double := a.Texts[to]
		if form(textKeyForm(to)) {
			switch {
			case !there:
				return missing()
			case of.ID != to && double:
				return taken()
			}
		}
	case "model", "property": // the plant has checked them
	default:
		ps.Add("value_choice", "/kind", "Name what is renamed.", "%q is not one of the choices.", clip(of.Kind))
	}
	return ps
}

func (a *App) screenOf(id string) *Screen {
	if i := slices.IndexFunc(a.Screens, func(s Screen) bool { return s.ID == id }); i >= 0 {
		return &a.Screens[i]
	}
	return nil
}

func (s *Screen) widget(id string) *Widget {
	if i := slices.IndexFunc(s.Widgets, func(w Widget) bool { return w.ID == id }); i >= 0 {
		return &s.Widgets[i]
	}
	return nil
}

func (s *Screen) variable(id string) *Variable {
	if i := slices.IndexFunc(s.Variables, func(v Variable) bool { return v.ID == id }); i >= 0 {
		return &s.Variables[i]
	}
	return nil
}

func (a *App) input(id string) *Input {
	if i := slices.IndexFunc(a.Inputs, func(in Input) bool { return in.ID == id }); i >= 0 {
		return &a.Inputs[i]
	}
	return nil
}

func (a *App) computed(id string) *Tag {
	if i := slices.IndexFunc(a.Tags, func(t Tag) bool { return t.ID == id }); i >= 0 {
		return &a.Tags[i]
	}
	return nil
}

func (a *App) defines(of Target) bool {
	switch of.Kind {
	case "input":
		return a.input(of.ID) != nil
	case "computed":
		return a.computed(of.ID) != nil
	}
	s := a.screenOf(of.Screen)
	return s != nil && s.variable(of.ID) != nil
}

// named reports whether a bare name means something: everywhere, or on the screen; without a
// screen on any.
func (a *App) named(id string, screen *Screen) bool {
	if a.input(id) != nil || a.computed(id) != nil {
		return true
	}
	if screen != nil {
		return screen.variable(id) != nil
	}
	return slices.ContainsFunc(a.Screens, func(s Screen) bool { return s.variable(id) != nil })
}
