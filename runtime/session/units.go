package session

import (
	"encoding/json"
	"slices"
	"sync"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/unit"
)

// maxViewUnits bounds how many units one screen names.
const maxViewUnits = 1000

// viewUnits says how to show the units that the tags and widgets of a screen name, to somebody who
// prefers this.
func (h *Hub) viewUnits(s *engine.Screen, bindings []ViewBinding, p *unit.Preference) map[string]unit.Shown {
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
	for _, text := range h.named.of(s.App) {
		add(text)
	}
	return out
}

// namedUnits remembers the units that the widgets of an app name: a screen is opened often, and an app seldom changes.
type namedUnits struct {
	mu   sync.Mutex
	apps map[*app.App][]string
}

// maxNamedApps is of how many apps they are remembered: all that are in use, and none that has gone for long.
const maxNamedApps = 64

func (n *namedUnits) of(a *app.App) []string {
	if a == nil {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	out, known := n.apps[a]
	if known {
		return out
	}
	for i := range a.Screens {
		for j := range a.Screens[i].Widgets {
			var text string
			if raw, given := a.Screens[i].Widgets[j].Props["unit"]; given && json.Unmarshal(raw, &text) == nil && text != "" && !slices.Contains(out, text) && len(out) < maxViewUnits {
				out = append(out, text)
			}
		}
	}
	if n.apps == nil || len(n.apps) >= maxNamedApps {
		n.apps = map[*app.App][]string{}
	}
	n.apps[a] = out
	return out
}
