package app

import (
	"fmt"
	"maps"
	"slices"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Bindings calls f for every binding of every screen, with its JSON Pointer, in the order
// of the document and of the names of properties.
func (a *App) Bindings(f func(at string, b Binding)) {
	for i := range a.Screens {
		a.Screens[i].Bindings(func(at string, _ *Widget, _ string, b Binding) {
			f(fmt.Sprintf("/screens/%d%s", i, at), b)
		})
	}
}

// Bindings calls f for every binding of the screen: of each widget those of its properties, then those
// of its animations (see AnimationProp). at is relative to the screen.
func (s *Screen) Bindings(f func(at string, w *Widget, prop string, b Binding)) {
	for i := range s.Widgets {
		w := &s.Widgets[i]
		for _, prop := range slices.Sorted(maps.Keys(w.Props)) {
			if b, ok := ParseBinding(w.Props[prop]); ok {
				f(fmt.Sprintf("/widgets/%d/props/%s", i, spec.Escape(prop)), w, prop, b)
			}
		}
		for k := range w.Animate {
			f(fmt.Sprintf("/widgets/%d/animate/%d/by", i, k), w, AnimationProp(k), w.Animate[k].By)
		}
	}
}

// Actions calls f for every action of every screen, with its JSON Pointer: those of the screen, then
// those of its widgets.
func (a *App) Actions(f func(at string, action *Action)) {
	for i := range a.Screens {
		a.Screens[i].Actions(func(at string, action *Action) { f(fmt.Sprintf("/screens/%d%s", i, at), action) })
	}
}

// Actions calls f for every action of the screen; at is relative to the screen.
func (s *Screen) Actions(f func(at string, action *Action)) {
	each := func(at string, on map[string][]Action) {
		for _, event := range slices.Sorted(maps.Keys(on)) {
			for k := range on[event] {
				f(fmt.Sprintf("%s/on/%s/%d", at, spec.Escape(event), k), &on[event][k])
			}
		}
	}
	each("", s.On)
	for j := range s.Widgets {
		if w := &s.Widgets[j]; len(w.On) > 0 {
			each(fmt.Sprintf("/widgets/%d", j), w.On)
		}
	}
}

// Expressions calls f for every expression of the document, with its JSON Pointer:
// computed tags, alarms, bindings, and the conditions and values of actions.
func (a *App) Expressions(f func(at, text string)) {
	for i := range a.Tags {
		f(fmt.Sprintf("/tags/%d/expr", i), a.Tags[i].Expr)
	}
	for i := range a.Alarms {
		f(fmt.Sprintf("/alarms/%d/when", i), a.Alarms[i].When)
		if text := a.Alarms[i].SuppressWhen; text != "" {
			f(fmt.Sprintf("/alarms/%d/suppressWhen", i), text)
		}
	}
	a.Bindings(func(at string, b Binding) {
		if b.Expr != "" {
			f(at+"/expr", b.Expr)
		}
	})
	a.Actions(func(at string, action *Action) {
		action.Expressions(func(place, text string, _ tag.Type) { f(at+place, text) })
	})
}

// TagPaths calls f for every path of a tag that stands in the document outside of an
// expression, with its JSON Pointer: bindings to a tag and the targets of actions.
func (a *App) TagPaths(f func(at, path string)) {
	a.Bindings(func(at string, b Binding) {
		if b.Tag != "" {
			f(at+"/tag", b.Tag)
		}
	})
	a.Actions(func(at string, action *Action) {
		action.Tags(func(place, path string) { f(at+place, path) })
	})
}
