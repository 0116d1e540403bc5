package check

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/widgets"
)

// screen is a screen as the rules see it.
type screen struct {
	*app.Screen
	env Env
	// shown are the widgets that are drawn and of a known type, the last on top.
	shown []*widget
}

// widget is a widget with what several rules ask of it.
type widget struct {
	*app.Widget
	*widgets.Manifest
	index  int // in the document
	rank   int // in drawing order
	parent *widget
	// left and top are its place on the screen, those of its groups added up.
	left, top float64
	// operable: it answers to a touch; writes: a touch changes the plant.
	operable, writes bool
	// value is what its main property is bound to; nil when that is a constant or not known.
	value *Bound
}

func newScreen(doc *app.Screen, env Env) *screen {
	s := &screen{Screen: doc, env: env, shown: make([]*widget, 0, len(doc.Widgets))}
	all := make([]widget, len(doc.Widgets))
	by := make(map[string]int, len(all))
	for i := range doc.Widgets {
		by[doc.Widgets[i].ID] = i
	}
	children := make(map[int][]int)
	var roots []int
	for i := range doc.Widgets {
		if p, ok := by[doc.Widgets[i].Parent]; ok && doc.Widgets[i].Parent != "" {
			children[p] = append(children[p], i)
		} else {
			roots = append(roots, i)
		}
	}
	var draw func(list []int, parent *widget)
	draw = func(list []int, parent *widget) {
		for _, i := range list {
			w := &all[i]
			w.Widget, w.Manifest = &doc.Widgets[i], env.Catalogue[doc.Widgets[i].Type]
			if w.Hidden || w.Manifest == nil {
				continue
			}
			w.index, w.rank, w.parent = i, len(s.shown), parent
			w.left, w.top = w.X, w.Y
			if parent != nil {
				w.left, w.top = parent.left+w.X, parent.top+w.Y
			}
			s.learn(w)
			s.shown = append(s.shown, w)
			draw(children[i], w)
		}
	}
	draw(roots, nil)
	return s
}

// learn finds out what several rules ask of a widget.
func (s *screen) learn(w *widget) {
	w.writes = w.Writes != "" && isBinding(w.Props[w.Writes])
	w.operable = w.Category == "control" || w.Writes != ""
	for _, actions := range w.On {
		for i := range actions {
			w.operable = true
			w.writes = w.writes || changes(&actions[i])
		}
	}
	w.value = s.bound(w.Props[w.main()])
}

// main is the property whose tag gives the unit, the range and the name.
func (w *widget) main() string {
	if w.Drop != "" {
		return w.Drop
	}
	return "value"
}

// bound is what a property is bound to, nil when it is not bound or nothing is known.
func (s *screen) bound(raw json.RawMessage) *Bound {
	if s.env.Bound == nil || !isBinding(raw) {
		return nil
	}
	if b, ok := app.ParseBinding(raw); ok {
		return s.known(b)
	}
	return nil
}

func (s *screen) known(b app.Binding) *Bound {
	if s.env.Bound == nil {
		return nil
	}
	if known, ok := s.env.Bound(b); ok {
		return &known
	}
	return nil
}

// setting is the description of a property, nil when the type has none of that name.
func (w *widget) setting(name string) *spec.Field {
	for i := range w.Settings {
		if w.Settings[i].Name == name {
			return &w.Settings[i]
		}
	}
	return nil
}

// given reports whether a property has a value of its own or is bound; "" is no value.
func (w *widget) given(prop string) bool {
	raw := w.Props[prop]
	return len(raw) > 0 && string(raw) != "null" && (isBinding(raw) || strings.TrimSpace(text(raw)) != "" || raw[0] != '"')
}

// called is what the engineer calls the widget.
func (w *widget) called() string {
	name := w.Widget.ID
	if w.Name != "" {
		name = w.Name
	}
	if r := []rune(name); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return name
}

func changes(a *app.Action) bool { return a.Do == "write" || a.Do == "toggle" }

func isBinding(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '{' }

// text is the text of a constant, "" when it is another one.
func text(raw json.RawMessage) string {
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	_ = json.Unmarshal(raw, &s)
	return s
}
