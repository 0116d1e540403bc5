package session

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func TestRolesOfNavigationAreThoseOfTheRights(t *testing.T) {
	if known := slices.Sorted(maps.Keys(auth.Roles)); !slices.Equal(known, app.Roles) {
		t.Errorf("app.Roles are %q, auth.Roles %q", app.Roles, known)
	}
}

// Who opens an app is told the texts of the screen and the entries that are for their roles, and
// begins at the start screen of the most specific of them.
func TestTheFrameIsCutToTheUser(t *testing.T) {
	e := running(t)
	doc := boiler("Boiler", app.Widget{ID: "t", Type: "text", Width: 100, Height: 40, Props: map[string]json.RawMessage{"text": json.RawMessage(`{"text":"hello"}`)}})
	doc.Screens = append(doc.Screens,
		app.Screen{ID: "hall", Name: text("Hall"), Width: 800, Height: 600},
		app.Screen{ID: "service", Name: text("Service"), Width: 800, Height: 600})
	doc.Languages = []string{"en", "de"}
	doc.Texts = map[string]spec.Text{"hello": {"en": "Hello", "de": "Hallo"}, "elsewhere": {"en": "Elsewhere"}}
	doc.Theme = &app.Theme{Scheme: "dark"}
	doc.Navigation = &app.Navigation{
		Style: "menu", Breadcrumbs: true,
		Starts: map[string]string{"operator": "hall"},
		Items:  []app.NavigationItem{{Screen: "main"}, {Screen: "hall"}, {Screen: "service", Icon: "wrench", Roles: []string{"admin"}}},
	}
	if err := e.SetApp(app.Installation{ID: "boiler"}, doc, 1); err != nil {
		t.Fatal(err)
	}
	w := newWorldOf(t, e, Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	for _, row := range []struct{ user, start, items, screens string }{
		{"viewer", "main", "main hall", "main hall"},
		{"operator", "hall", "main hall", "main hall"},
		{"admin", "main", "main hall service", "main hall service"},
		{"north", "main", "main hall", "main hall"},
	} {
		t.Run(row.user, func(t *testing.T) {
			r := w.dial(t, row.user, nil).ask(`"op":"open","installation":"boiler"`)
			if r.Error != nil {
				t.Fatalf("open: %+v", r.Error)
			}
			var screen struct{ ID string }
			_ = json.Unmarshal(r.Screen, &screen)
			if screen.ID != row.start || r.App.Start != row.start {
				t.Errorf("begins at %q and is told %q, want %q", screen.ID, r.App.Start, row.start)
			}
			var items, screens []string
			for _, item := range r.App.Navigation.Items {
				items = append(items, item.Screen)
			}
			for _, s := range r.App.Screens {
				screens = append(screens, s.ID)
			}
			if got := strings.Join(items, " "); got != row.items {
				t.Errorf("entries %q, want %q", got, row.items)
			}
			if got := strings.Join(screens, " "); got != row.screens {
				t.Errorf("screens %q, want %q", got, row.screens)
			}
			if r.App.Theme.Scheme != "dark" || r.App.Navigation.Style != "menu" || !r.App.Navigation.Breadcrumbs || !slices.Equal(r.App.Languages, []string{"en", "de"}) {
				t.Errorf("frame %+v", r.App)
			}
		})
	}
	c := w.dial(t, "viewer", nil)
	r := c.ask(`"op":"open","installation":"boiler","screen":"main"`)
	if len(r.App.Texts) != 1 || r.App.Texts["hello"]["de"] != "Hallo" || !strings.Contains(string(r.Screen), `{"text":"hello"}`) || len(r.Bindings) != 0 {
		t.Errorf("texts %v, screen %s", r.App.Texts, r.Screen)
	}
}

// The language is changed while a screen is open: titles of tags come in it, and the view stays.
func TestTheLanguageIsChangedAtRunTime(t *testing.T) {
	w := newWorld(t, Options{})
	slot := w.add(t, "line/speed", tag.Float)
	w.screens["a/s"] = &engine.Screen{Document: json.RawMessage(`{}`), Bindings: []engine.ScreenBinding{{Slot: slot, Widget: "w", Prop: "value", Tag: "line/speed", Reads: []tag.Path{"line/speed"}}}}
	c := w.dial(t, "viewer", nil)
	open := c.ask(`"op":"open","installation":"a","screen":"s","language":"zh"`)
	if open.Error != nil || open.Bindings[0].Meta.Title != "title in zh" {
		t.Fatalf("opened: %+v %+v", open.Error, open.Bindings)
	}
	if r := c.ask(fmt.Sprintf(`"op":"language","view":%d,"language":"de"`, open.View)); !r.OK || r.View != 0 || r.Bindings[0].Meta.Title != "title in de" || r.Bindings[0].Slot != open.Bindings[0].Slot {
		t.Errorf("changed: %+v", r.Reply)
	}
	w.set(slot, tag.OfFloat(5))
	c.until("a value in the old view", func(m message) bool { return m.Op == "values" && m.View == open.View })
	if r := c.ask(`"op":"language","language":"zh"`); !r.OK {
		t.Errorf("without a view: %+v", r)
	}
	if r := c.ask(`"op":"nothing"`); r.Error == nil || r.Error.Message == "" || r.Error.Message[0] < 0x80 {
		t.Errorf("in Chinese: %+v", r.Error)
	}
	c.ask(`"op":"language","language":"de"`)
	if r := c.ask(`"op":"language","view":999,"language":"zh"`); r.Error == nil || r.Error.Code != "view_unknown" {
		t.Errorf("of no view: %+v", r.Reply)
	}
	if r := c.ask(fmt.Sprintf(`"op":"language","view":%d,"language":"%s"`, open.View, strings.Repeat("x", 99))); r.Bindings[0].Meta.Title != "title in de" {
		t.Errorf("took what is no language: %+v", r.Bindings[0].Meta)
	}
}

// A value of a draft that is a computed tag of the app has its title and unit before it is published.
func TestComputedTagOfADraftHasItsUnit(t *testing.T) {
	e := running(t)
	doc := boiler("Boiler", app.Widget{ID: "v", Type: "value", Width: 100, Height: 40, Props: map[string]json.RawMessage{"value": json.RawMessage(`{"expr":"cost"}`)}})
	doc.Tags = []app.Tag{{ID: "cost", Expr: "1.5 * 2", Unit: "EUR/h", Title: spec.Text{"en": "Cost", "zh": "费用"}}}
	e.SetDraft(app.Installation{ID: "boiler"}, doc)
	w := newWorldOf(t, e, Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	r := w.dial(t, "admin", nil).ask(`"op":"open","installation":"boiler","draft":true`)
	if len(r.Bindings) != 1 || r.Bindings[0].Meta == nil || r.Bindings[0].Meta.Unit != "EUR/h" || r.Bindings[0].Meta.Title != "Cost" || r.Bindings[0].Meta.Type != "float" {
		t.Errorf("got %+v", r.Bindings)
	}
}
