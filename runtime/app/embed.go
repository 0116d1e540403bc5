package app

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

// inputPrefix begins the names of the properties that stand in for inputs of an embedded screen.
const inputPrefix = "inputs/"

// Limits of what is repeated.
const (
	MaxRepeats = 10000
	// MaxEmbedded is how deep screens may lie in one another.
	MaxEmbedded = 5
)

// InputProp is the property that stands in for an input of the screen that a widget embeds.
func InputProp(input string) string { return inputPrefix + input }

// InputOf is the input that a property stands in for.
func InputOf(prop string) (input string, ok bool) { return strings.CutPrefix(prop, inputPrefix) }

// constant is a property that is a text and no binding, "" when it is anything else.
func (w *Widget) constant(prop string) string {
	var s string
	_ = json.Unmarshal(w.Props[prop], &s) // what is no text is told elsewhere
	return s
}

// foreign reports whether a widget embeds a screen of another app.
func (w *Widget) foreign(m *widgets.Manifest) bool {
	return m != nil && m.Embeds != "" && w.constant("app") != ""
}

// embedded checks what a widget that draws a screen within itself says of it.
func (v *validator) embedded(at func() string, w *Widget, m *widgets.Manifest) {
	if m.Embeds == "" {
		return
	}
	place := func(prop string) string { return at() + "/props/" + spec.Escape(prop) }
	foreign := w.constant("app")
	if foreign != "" && !ID(foreign) {
		v.fail("id_form", place("app"), `Use letters, digits, "_" and "-"`, "%q cannot be the id of an app.", clip(foreign))
	}
	for _, prop := range slices.Sorted(maps.Keys(w.Props)) {
		if id, ok := InputOf(prop); ok {
			v.standsIn(place(prop), id, w.Props[prop], foreign != "")
		}
	}
	if m.ID != "repeat" {
		return
	}
	switch over := w.constant("over"); over {
	case "", "assets":
		id := w.constant("input")
		switch in, known := v.around.Inputs[id]; {
		case foreign != "" && (id == "" || name.MatchString(id)): // its inputs are not known here
		case id == "" && len(w.Props["over"]) == 0 && w.constant(m.Embeds) == "": // just dropped
		case !known:
			p := spec.OneOf("input_unknown", place("input"), fmt.Sprintf("The app has no input %q.", clip(id)), id, slices.Sorted(maps.Keys(v.around.Inputs)))
			if id == "" {
				p = &spec.Problem{Code: "value_missing", At: place("input"), Message: "It is not said which input takes the asset.", Hint: "Choose an input of kind asset."}
			}
			v.add(p)
		case in.Kind != "asset":
			v.fail("value_type", place("input"), "Choose an input of kind asset.", "The input %q takes no asset.", id)
		}
		if area := w.constant("area"); area != "" {
			if _, err := tag.ParsePath(area); err != nil {
				v.fail("tag_path", place("area"), "Write the path of an area, such as site/line1.", "The %v.", err)
			}
		}
	case "rows":
		var rows []map[string]json.RawMessage
		if json.Unmarshal(w.Props["rows"], &rows) != nil {
			return // told already
		}
		for i, row := range rows {
			for _, id := range slices.Sorted(maps.Keys(row)) {
				cell := fmt.Sprintf("%s/%d/%s", place("rows"), i, spec.Escape(id))
				if isObject(row[id]) {
					v.fail("value_type", cell, "Write a constant.", "An object stands where a constant should.")
					continue
				}
				v.standsIn(cell, id, row[id], foreign != "")
			}
		}
	}
}

// standsIn checks what stands in for an input: a value of its type, the path of an asset or tag, or a binding that gives it.
func (v *validator) standsIn(at, id string, raw json.RawMessage, foreign bool) {
	b, bound := ParseBinding(raw)
	var path string
	switch in, known := v.around.Inputs[id]; {
	case !name.MatchString(id):
		v.fail("id_form", at, `Begin with a letter; use letters, digits and "_"`, "%q cannot be the id of an input.", clip(id))
	case bound:
		v.boundInput(at, b, raw)
	case foreign:
	case !known:
		v.add(spec.OneOf("input_unknown", at, fmt.Sprintf("The app has no input %q.", clip(id)), id, slices.Sorted(maps.Keys(v.around.Inputs))))
	case in.Kind == "parameter":
		if t, ok := tag.ParseType(in.Type); ok {
			if value, err := tag.Parse(raw, t); err != nil || value.IsNone() {
				v.fail("value_type", at, "Write a value of the type of the input.", "The value is not of type %s.", in.Type)
			}
		}
	case json.Unmarshal(raw, &path) != nil:
		v.fail("value_type", at, "Write the path of a tag or asset.", "The input %q takes the path of a tag or asset.", id)
	case path == "" && in.Kind == "asset": // none is chosen yet
	default:
		if err := tag.CheckName(path); err != nil {
			v.fail("tag_path", at, "Write the path of a tag or asset, such as area/line/pump1.", "The %v.", err)
		}
	}
}

// boundInput checks the form of a binding.
func (v *validator) boundInput(at string, b Binding, raw json.RawMessage) {
	fields := []spec.Field{{Name: "value", Kind: spec.KindAny, Bind: true}}
	c := spec.NewChecker(fields)
	for _, p := range c.Value("value", raw).Under(at) {
		v.add(p)
	}
	if len(b.Expr) > MaxExprBytes {
		v.expr(at+"/expr", b.Expr)
	}
}

// circles refuses screens that lie in themselves, and those that lie too deep in one another.
func (v *validator) circles() {
	type place struct{ at, screen string }
	inside := map[string][]place{}
	for i := range v.app.Screens {
		s := &v.app.Screens[i]
		for j := range s.Widgets {
			w := &s.Widgets[j]
			m := v.catalogue[w.Type]
			if m == nil || m.Embeds == "" || w.foreign(m) {
				continue
			}
			if id := w.constant(m.Embeds); id != "" && v.screens[id] {
				inside[s.ID] = append(inside[s.ID], place{fmt.Sprintf("/screens/%d/widgets/%d/props/%s", i, j, spec.Escape(m.Embeds)), id})
			}
		}
	}
	const unseen, open, closed = 0, 1, 2
	state, depth := map[string]int{}, map[string]int{}
	var visit func(id string, trail []string)
	visit = func(id string, trail []string) {
		state[id] = open
		trail = append(trail, id)
		for _, p := range inside[id] {
			switch state[p.screen] {
			case open:
				way := append(slices.Clone(trail[slices.Index(trail, p.screen):]), p.screen)
				v.fail("screen_circle", p.at, "Embed another screen, or open this one by an action.", "The screen lies in itself: %s.", strings.Join(way, " → "))
				continue
			case unseen:
				visit(p.screen, trail)
			}
			depth[id] = max(depth[id], depth[p.screen]+1)
			if depth[id] == MaxEmbedded+1 {
				v.fail("screen_depth", p.at, fmt.Sprintf("Keep to %d at most.", MaxEmbedded), "More than %d screens lie in one another.", MaxEmbedded)
			}
		}
		state[id] = closed
	}
	for i := range v.app.Screens {
		if id := v.app.Screens[i].ID; state[id] == unseen {
			visit(id, nil)
		}
	}
}
