package app

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Limits of the navigation and the look.
const (
	MaxNavigation      = 500 // entries
	MaxNavigationDepth = 4
	MaxLogo            = 200 << 10 // bytes of the picture
)

// Roles are the roles that a navigation may name, the most specific first: auth.Roles.
var Roles = []string{"admin", "engineer", "operator", "viewer"}

// StartFor is the id of the screen that somebody of these roles sees first: that of the most
// specific of them, else App.Start; "" is the first screen. A screen that is gone is passed over.
func (a *App) StartFor(roles []string) string {
	if a.Navigation != nil {
		for _, role := range Roles {
			if id := a.Navigation.Starts[role]; id != "" && slices.Contains(roles, role) && a.hasScreen(id) {
				return id
			}
		}
	}
	return a.Start
}

func (a *App) hasScreen(id string) bool {
	return slices.ContainsFunc(a.Screens, func(s Screen) bool { return s.ID == id })
}

// ItemsFor are the entries of the navigation that somebody of these roles sees; headings with
// nothing below them that may be seen are left out. An app without entries gives nil.
func (a *App) ItemsFor(roles []string) []NavigationItem {
	if a.Navigation == nil {
		return nil
	}
	return visible(a.Navigation.Items, roles)
}

func visible(items []NavigationItem, roles []string) []NavigationItem {
	var out []NavigationItem
	for _, item := range items {
		if len(item.Roles) > 0 && !slices.ContainsFunc(item.Roles, func(r string) bool { return slices.Contains(roles, r) }) {
			continue
		}
		item.Items = visible(item.Items, roles)
		if item.Screen != "" || len(item.Items) > 0 {
			out = append(out, item)
		}
	}
	return out
}

// ScreensFor are the screens whose names somebody of these roles is told: all but those that
// stand only in entries that are hidden. It decides what is offered, not what may be opened.
func (a *App) ScreensFor(roles []string) []*Screen {
	listed, seen := map[string]bool{}, map[string]bool{}
	var mark func(items []NavigationItem, into map[string]bool)
	mark = func(items []NavigationItem, into map[string]bool) {
		for i := range items {
			into[items[i].Screen] = true
			mark(items[i].Items, into)
		}
	}
	if a.Navigation != nil {
		mark(a.Navigation.Items, listed)
		mark(a.ItemsFor(roles), seen)
	}
	out := make([]*Screen, 0, len(a.Screens))
	for i := range a.Screens {
		if id := a.Screens[i].ID; seen[id] || !listed[id] {
			out = append(out, &a.Screens[i])
		}
	}
	return out
}

// shell checks the theme and the navigation.
func (v *validator) shell() {
	if t := v.app.Theme; t != nil {
		if t.Scheme != "" {
			v.choice("/theme/scheme", t.Scheme, "light", "dark")
		}
		v.logo(t.Logo)
	}
	n := v.app.Navigation
	if n == nil {
		return
	}
	if n.Style != "" {
		v.choice("/navigation/style", n.Style, "header", "menu", "none")
	}
	for _, role := range slices.Sorted(maps.Keys(n.Starts)) {
		at := "/navigation/starts/" + role
		v.choice(at, role, Roles...)
		v.screenRef(at, n.Starts[role])
	}
	count := 0
	v.navigation("/navigation/items", n.Items, 1, &count)
	v.count("/navigation/items", count, MaxNavigation, "entries")
}

func (v *validator) navigation(at string, items []NavigationItem, depth int, count *int) {
	for i := range items {
		item := &items[i]
		at := fmt.Sprintf("%s/%d", at, i)
		*count++
		v.text(at+"/title", item.Title, item.Screen == "", MaxName)
		if len(item.Icon) > MaxName {
			v.fail("text_too_long", at+"/icon", "Make it shorter.", "The text has %d bytes, more than %d.", len(item.Icon), MaxName)
		}
		if item.Screen != "" {
			v.screenRef(at+"/screen", item.Screen)
		}
		for j, role := range item.Roles {
			v.choice(fmt.Sprintf("%s/roles/%d", at, j), role, Roles...)
		}
		if len(item.Items) == 0 {
			continue
		}
		if depth == MaxNavigationDepth {
			v.fail("json_depth", at+"/items", "Flatten it.", "The navigation is nested deeper than %d levels.", MaxNavigationDepth)
			continue
		}
		v.navigation(at+"/items", item.Items, depth+1, count)
	}
}

// logo checks the picture in the header: of pixels, so that nothing in it can be active.
func (v *validator) logo(url string) {
	if url == "" {
		return
	}
	data, ok := "", false
	for _, kind := range []string{"png", "jpeg", "webp"} {
		if rest, found := strings.CutPrefix(url, "data:image/"+kind+";base64,"); found {
			data, ok = rest, true
		}
	}
	if !ok {
		v.fail("value_format", "/theme/logo", "Choose a PNG, JPEG or WebP file.", "The logo is not a picture of a known kind.")
		return
	}
	if size := base64.StdEncoding.DecodedLen(len(data)); size > MaxLogo+3 {
		v.fail("too_large", "/theme/logo", "Make it smaller.", "The logo has %d bytes, more than %d.", size, MaxLogo)
	} else if _, err := base64.StdEncoding.DecodeString(data); err != nil {
		v.fail("value_format", "/theme/logo", "Choose a PNG, JPEG or WebP file.", "The logo is not a picture of a known kind.")
	}
}
