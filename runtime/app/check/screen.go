package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/widgets"
)

// screen is a screen as the rules see it.
type screen struct {
	*app.Screen
	app *app.App
	env Env
	// at is its place in the document.
	at string
	// shown are the widgets that are drawn and of a known type, the last on top.
	shown []*widget
}

// widget is a widget with what several rules ask of it.
type widget struct {
	*app.Widget
	*widgets.Manifest
	index  int // in the document
	at     string
	rank   int // in drawing order
	parent *widget
	// left and top are its place on the screen, those of its groups added up; with width and
	// height they are the box around it, rotation included.
	left, top, width, height float64
	// x and y are where what is in it counts from.
	x, y float64
	// flows: a page puts it where there is room, so that its box says nothing.
	flows bool
	// operable: it answers to a touch; writes: a touch changes the plant.
	operable, writes bool
	// value is what its main property is bound to; nil when that is a constant or not known.
	value *Bound
}

func newScreen(a *app.App, at int, env Env) *screen {
	doc := &a.Screens[at]
	s := &screen{Screen: doc, app: a, env: env, at: fmt.Sprintf("/screens/%d", at), shown: make([]*widget, 0, len(doc.Widgets))}
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
			w.at = fmt.Sprintf("%s/widgets/%d", s.at, i)
			w.x, w.y = w.X, w.Y
			if parent != nil {
				w.x, w.y = parent.x+w.X, parent.y+w.Y
			}
			w.left, w.top, w.width, w.height = w.x, w.y, w.Width, w.Height
			w.flows = doc.Layout == "page" && (parent == nil || parent.flows)
			w.turn()
			s.learn(w)
			s.shown = append(s.shown, w)
			draw(children[i], w)
		}
	}
	draw(roots, nil)
	return s
}

// level reports whether what it is in is neither turned nor mirrored, so that its place in the
// document is in the directions of the screen.
func (w *widget) level() bool {
	for p := w.parent; p != nil; p = p.parent {
		if p.Rotate != 0 || p.Flip != "" {
			return false
		}
	}
	return true
}

// turn makes the box that around the widget as it is seen: turned and mirrored itself, and with
// all the groups that it is in, each about the middle of its own box.
func (w *widget) turn() {
	if w.Rotate == 0 && w.level() {
		return
	}
	x, y, width, height := w.x+w.Width/2, w.y+w.Height/2, w.Width, w.Height
	for p := w; p != nil; p = p.parent {
		px, py := p.x+p.Width/2, p.y+p.Height/2
		if strings.Contains(p.Flip, "x") {
			x = 2*px - x
		}
		if strings.Contains(p.Flip, "y") {
			y = 2*py - y
		}
		sin, cos := math.Sincos(p.Rotate * math.Pi / 180)
		x, y = px+(x-px)*cos-(y-py)*sin, py+(x-px)*sin+(y-py)*cos
		// The box around a box that was turned before is a little large, never small.
		width, height = math.Abs(width*cos)+math.Abs(height*sin), math.Abs(width*sin)+math.Abs(height*cos)
	}
	w.left, w.top, w.width, w.height = x-width/2, y-height/2, width, height
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

// changes reports whether an action changes the plant.
func changes(a *app.Action) bool { return a.Do == "write" || a.Do == "toggle" || a.Do == "add" }

// prop is the place of a property.
func (w *widget) prop(name string) string { return w.at + "/props/" + spec.Escape(name) }

// setProp is the fix that gives a property a constant.
func (w *widget) setProp(name string, value any, title spec.Text) *spec.Fix {
	if len(w.Props) == 0 {
		return &spec.Fix{Title: title, Patch: []spec.PatchOp{spec.Set(w.at+"/props", map[string]any{name: value})}}
	}
	return &spec.Fix{Title: title, Patch: []spec.PatchOp{spec.Set(w.prop(name), value)}}
}

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
