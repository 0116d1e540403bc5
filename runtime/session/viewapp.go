package session

import (
	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/engine"
)

// viewApp is the frame around a screen for somebody of these roles: what is not for them is not sent.
func viewApp(s *engine.Screen, roles []string) *ViewApp {
	if s.App == nil {
		return nil
	}
	screens := s.App.ScreensFor(roles)
	a := &ViewApp{Name: s.App.Name, Start: s.App.StartFor(roles), Screens: make([]ViewScreen, len(screens)), Languages: s.App.KnownLanguages()}
	for i, screen := range screens {
		a.Screens[i] = ViewScreen{ID: screen.ID, Name: screen.Name}
	}
	if a.Start == "" && len(s.App.Screens) > 0 {
		a.Start = s.App.Screens[0].ID
	}
	if len(s.Texts) > 0 {
		a.Texts = make(map[string]map[string]string, len(s.Texts))
		for key, text := range s.Texts {
			a.Texts[key] = text
		}
	}
	a.Drawings, a.Manifests = s.Drawings, s.Manifests
	if t := s.App.Theme; t != nil {
		a.Theme = &ViewTheme{Scheme: t.Scheme, Logo: t.Logo}
	}
	if n := s.App.Navigation; n != nil {
		a.Navigation = &ViewNavigation{Style: n.Style, Breadcrumbs: n.Breadcrumbs}
		if len(n.Items) > 0 {
			a.Navigation.Items = viewItems(s.App.ItemsFor(roles))
		}
	}
	return a
}

func viewItems(items []app.NavigationItem) []ViewItem {
	out := make([]ViewItem, len(items))
	for i, item := range items {
		out[i] = ViewItem{Title: item.Title, Icon: item.Icon, Screen: item.Screen}
		if len(item.Items) > 0 {
			out[i].Items = viewItems(item.Items)
		}
	}
	return out
}
