package session

import (
	"encoding/json"

	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/unit"
)

// maxViewUnits bounds how many units one screen names.
const maxViewUnits = 1000

// viewUnits says how to show the units that the tags and widgets of a screen name, to somebody who
// prefers this.
func viewUnits(s *engine.Screen, bindings []ViewBinding, p *unit.Preference) map[string]unit.Shown {
	out := map[string]unit.Shown{}
	unknown := map[string]bool{}
	add := func(text string) {
		if _, done := out[text]; done || text == "" || unknown[text] || len(out) >= maxViewUnits {
			return
		}
		shown, ok := unit.Show(text, p)
		switch {
		case !ok:
			unknown[text] = true
		case shown != unit.Shown{Symbol: text}:
			out[text] = shown
		}
	}
	for i := range bindings {
		if m := bindings[i].Meta; m != nil {
			add(m.Unit)
		}
	}
	if s.App == nil {
		return out
	}
	for i := range s.App.Screens {
		for j := range s.App.Screens[i].Widgets {
			var text string
			if raw, given := s.App.Screens[i].Widgets[j].Props["unit"]; given && json.Unmarshal(raw, &text) == nil {
				add(text)
			}
		}
	}
	return out
}
