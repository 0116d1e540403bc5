package app

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

// Events are the names of the events of a type of widget: its own, then those that every widget has.
func Events(m *widgets.Manifest) []string {
	var out []string
	add := func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for i := range m.Events {
		add(m.Events[i].Name)
	}
	for _, e := range action.WidgetEvents {
		add(e.Value)
	}
	if m.Writes != "" {
		for _, e := range action.InputEvents {
			add(e.Value)
		}
	}
	return out
}

// variables checks those of a screen, and keeps them for its actions.
func (v *validator) variables(at string, s *Screen) {
	v.count(at+"/variables", len(s.Variables), MaxVariables, "variables")
	if v.around.Inputs == nil {
		v.around.Inputs = map[string]action.Input{}
		for _, in := range v.app.Inputs {
			v.around.Inputs[in.ID] = action.Input{Kind: in.Kind, Type: in.Type}
		}
		for i := range v.app.Screens {
			v.around.Screens = append(v.around.Screens, v.app.Screens[i].ID)
		}
	}
	v.around.Variables = map[string]string{}
	for i := range s.Variables {
		x := &s.Variables[i]
		at := fmt.Sprintf("%s/variables/%d", at, i)
		_, input := v.around.Inputs[x.ID]
		_, double := v.around.Variables[x.ID]
		switch {
		case !name.MatchString(x.ID):
			v.fail("id_form", at+"/id", `Begin with a letter; use letters, digits and "_"`, "%q cannot be the id of a variable, because expressions name it.", clip(x.ID))
		case slices.Contains(reserved, x.ID):
			v.fail("id_form", at+"/id", "Choose another name.", "%q means something else in expressions.", x.ID)
		case double:
			v.fail("id_double", at+"/id", "Give each its own id.", "There is another variable with the id %q.", x.ID)
		case input || slices.ContainsFunc(v.app.Tags, func(t Tag) bool { return t.ID == x.ID }):
			v.fail("id_double", at+"/id", "Choose another name.", "An input or computed tag of the app has the id %q.", x.ID)
		}
		v.around.Variables[x.ID] = x.Type
		v.choice(at+"/type", x.Type, "bool", "int", "float", "string")
		v.text(at+"/title", x.Title, false, MaxName)
		if t, ok := tag.ParseType(x.Type); ok && len(x.Default) > 0 {
			if value, err := tag.Parse(x.Default, t); err != nil || value.IsNone() {
				v.fail("value_type", at+"/default", "Write a value of the type of the variable.", "The default is not of type %s.", x.Type)
			}
		}
	}
}

// screenEvents checks what a screen does by itself and at keys.
func (v *validator) screenEvents(at string, s *Screen) {
	for _, event := range slices.Sorted(maps.Keys(s.On)) {
		at := at + "/on/" + spec.Escape(event)
		known := slices.ContainsFunc(action.ScreenEvents, func(o spec.Option) bool { return o.Value == event })
		switch {
		case known || action.IsKey(event):
		case strings.HasPrefix(event, action.KeyEvent):
			v.fail("key_form", at, `Write modifiers in this order and one key: "key:F2", "key:Ctrl+Shift+S"`, "%q is not a key.", clip(event))
		default:
			v.add(spec.OneOf("event_unknown", at, fmt.Sprintf("A screen has no event %q.", clip(event)), event, []string{"load", "unload", "key:F2"}))
		}
		v.actions(at, s.On[event])
	}
}

// widgetEvents checks what happens at the events of a widget.
func (v *validator) widgetEvents(at func() string, w *Widget, m *widgets.Manifest) {
	if len(w.On) == 0 {
		return
	}
	known := Events(m)
	for _, event := range slices.Sorted(maps.Keys(w.On)) {
		at := at() + "/on/" + spec.Escape(event)
		if !slices.Contains(known, event) {
			v.add(spec.OneOf("event_unknown", at, fmt.Sprintf("Widget type %q has no event %q.", m.ID, clip(event)), event, known))
		}
		v.actions(at, w.On[event])
	}
}

func (v *validator) actions(at string, actions []Action) {
	v.count(at, len(actions), MaxActions, "actions")
	for i := range actions {
		for _, p := range action.Check(&v.around, &actions[i]).Under(fmt.Sprintf("%s/%d", at, i)) {
			v.add(p)
		}
	}
}
