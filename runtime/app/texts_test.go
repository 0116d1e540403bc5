package app

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/widgets"
)

func TestTextsAreChecked(t *testing.T) {
	all, err := widgets.Load()
	if err != nil {
		t.Fatal(err)
	}
	const frame = `{"format":2,"id":"com.example.a","version":"1.0.0","name":{"en":"A"},%s"screens":[
		{"id":"s","name":{"en":"S"},"width":800,"height":600,"widgets":[{"id":"w","type":"text","x":0,"y":0,"w":10,"h":10,"props":{%s}}]},
		{"id":"u","name":{"en":"U"},"width":800,"height":600,"widgets":[]}]}`
	for _, row := range []struct{ name, head, props, want string }{
		{"a text by key", `"texts":{"pump.start":{"en":"Start"}},`, `"text":{"text":"pump.start"}`, ""},
		{"a key that is not there", `"texts":{"pump.start":{"en":"Start"}},`, `"text":{"text":"pump.stop"}`, "text_unknown /screens/0/widgets/0/props/text"},
		{"no texts at all", ``, `"text":{"text":"pump.stop"}`, "text_unknown /screens/0/widgets/0/props/text"},
		{"a key beside something", `"texts":{"a":{"en":"A"}},`, `"text":{"text":"a","tag":"x"}`, "key_unknown /screens/0/widgets/0/props/text/text"},
		{"a key that is no text", `"texts":{"a":{"en":"A"}},`, `"text":{"text":5}`, "key_unknown /screens/0/widgets/0/props/text/text"},
		{"a key where a number should be", `"texts":{"a":{"en":"A"}},`, `"size":{"text":"a"}`, "/screens/0/widgets/0/props/size"},
		{"without English", `"texts":{"a":{"zh":"甲"}},`, ``, "value_missing /texts/a/en"},
		{"an empty text", `"texts":{"a":{}},`, ``, "value_missing /texts/a/en"},
		{"a key with a space", `"texts":{"a b":{"en":"A"}},`, ``, "id_form /texts/a b"},
		{"a slash in a key", `"texts":{"a/b":{"zh":"甲"}},`, ``, "value_missing /texts/a~1b/en"},
		{"a language of no form", `"texts":{"a":{"en":"A","x":"B"}},`, ``, "language_form /texts/a/x"},
		{"languages", `"languages":["en","de","pt-BR"],`, ``, ""},
		{"English not first", `"languages":["de","en"],`, ``, "language_form /languages/0"},
		{"a language twice", `"languages":["en","de","de"],`, ``, "id_double /languages/2"},
		{"no language", `"languages":["en","!"],`, ``, "language_form /languages/1"},
		{"a theme", `"theme":{"scheme":"dark","logo":"data:image/png;base64,iVBORw0KGgo="},`, ``, ""},
		{"an unknown scheme", `"theme":{"scheme":"blue"},`, ``, "value_choice /theme/scheme"},
		{"a logo that can be active", `"theme":{"logo":"data:image/svg+xml;base64,PHN2Zz4="},`, ``, "value_format /theme/logo"},
		{"a logo that is no picture", `"theme":{"logo":"data:image/png;base64,%%"},`, ``, "value_format /theme/logo"},
		{"a logo from elsewhere", `"theme":{"logo":"https://example.com/logo.png"},`, ``, "value_format /theme/logo"},
		{"a large logo", `"theme":{"logo":"data:image/png;base64,` + strings.Repeat("AAAA", 70000) + `"},`, ``, "too_large /theme/logo"},
		{"a navigation", `"navigation":{"style":"menu","breadcrumbs":true,"starts":{"operator":"u"},"items":[{"title":{"en":"H"},"icon":"gauge","items":[{"screen":"s"},{"screen":"u","roles":["engineer"]}]}]},`, ``, ""},
		{"an unknown style", `"navigation":{"style":"ring"},`, ``, "value_choice /navigation/style"},
		{"an entry of a screen that is gone", `"navigation":{"items":[{"screen":"x"}]},`, ``, "screen_unknown /navigation/items/0/screen"},
		{"a heading without a title", `"navigation":{"items":[{"items":[{"screen":"s"}]}]},`, ``, "value_missing /navigation/items/0/title/en"},
		{"an unknown role", `"navigation":{"items":[{"screen":"s","roles":["boss"]}]},`, ``, "value_choice /navigation/items/0/roles/0"},
		{"a start of an unknown role", `"navigation":{"starts":{"boss":"s"}},`, ``, "value_choice /navigation/starts/boss"},
		{"a start at a screen that is gone", `"navigation":{"starts":{"admin":"x"}},`, ``, "screen_unknown /navigation/starts/admin"},
		{"too deep", `"navigation":{"items":[` + strings.Repeat(`{"title":{"en":"H"},"items":[`, 4) + `{"screen":"s"}` + strings.Repeat(`]}`, 4) + `]},`, ``, "json_depth /navigation/items/0/items/0/items/0/items/0/items"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, problems := Check(fmt.Appendf(nil, frame, row.head, row.props), all)
			var got []string
			for _, p := range problems {
				got = append(got, p.Code+" "+p.At)
			}
			switch all := strings.Join(got, "; "); {
			case row.want == "" && all != "":
				t.Errorf("%v", problems)
			case !strings.Contains(all, row.want):
				t.Errorf("%q has no %q", all, row.want)
			}
		})
	}
}

func TestTextKeysStandInListsToo(t *testing.T) {
	var got []string
	TextKeys(json.RawMessage(`[{"title":{"text":"a"},"icon":"x"},{"text":"b"},"text",[{"text":"c"}]]`), func(at, key string) {
		got = append(got, at+"="+key)
	})
	if want := []string{"/0/title=a", "/1=b", "/3/0=c"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, ok := ParseBinding(json.RawMessage(`{"text":"a"}`)); ok {
		t.Error("a text by key is taken for a binding")
	}
}

func TestNavigationByRole(t *testing.T) {
	a := &App{
		Start:   "one",
		Screens: []Screen{{ID: "one"}, {ID: "two"}, {ID: "three"}, {ID: "free"}},
		Navigation: &Navigation{
			Starts: map[string]string{"operator": "two", "engineer": "three", "viewer": "gone"},
			Items: []NavigationItem{
				{Screen: "one"},
				{Title: map[string]string{"en": "Service"}, Roles: []string{"engineer", "admin"}, Items: []NavigationItem{{Screen: "three"}}},
				{Title: map[string]string{"en": "Empty"}, Items: []NavigationItem{{Screen: "two", Roles: []string{"operator"}}}},
			},
		},
	}
	for _, row := range []struct {
		roles   []string
		start   string
		items   string
		screens string
	}{
		{nil, "one", "one", "one free"},
		{[]string{"viewer"}, "one", "one", "one free"},
		{[]string{"operator"}, "two", "one Empty(two)", "one two free"},
		{[]string{"viewer", "operator", "engineer"}, "three", "one Service(three) Empty(two)", "one two three free"},
		{[]string{"admin"}, "one", "one Service(three)", "one three free"},
		{[]string{"engineer", "admin"}, "three", "one Service(three)", "one three free"},
	} {
		t.Run(strings.Join(row.roles, "+"), func(t *testing.T) {
			if got := a.StartFor(row.roles); got != row.start {
				t.Errorf("start %q, want %q", got, row.start)
			}
			var names func(items []NavigationItem) string
			names = func(items []NavigationItem) string {
				var out []string
				for _, item := range items {
					s := item.Screen + item.Title["en"]
					if len(item.Items) > 0 {
						s += "(" + names(item.Items) + ")"
					}
					out = append(out, s)
				}
				return strings.Join(out, " ")
			}
			if got := names(a.ItemsFor(row.roles)); got != row.items {
				t.Errorf("items %q, want %q", got, row.items)
			}
			var screens []string
			for _, s := range a.ScreensFor(row.roles) {
				screens = append(screens, s.ID)
			}
			if got := strings.Join(screens, " "); got != row.screens {
				t.Errorf("screens %q, want %q", got, row.screens)
			}
		})
	}
	if !slices.IsSorted(Roles) {
		t.Error("the most specific role does not come first")
	}
}

func TestChangesOfTheShellAreTold(t *testing.T) {
	old := &App{Texts: map[string]spec.Text{"a": {"en": "A"}, "b": {"en": "B"}}, Theme: &Theme{Logo: "data:image/png;base64,AAAA"}}
	new := &App{
		Languages: []string{"en", "de"}, Texts: map[string]spec.Text{"a": {"en": "A"}, "b": {"en": "Bee"}, "c": {"en": "C"}}, Theme: &Theme{Scheme: "dark"},
		Navigation: &Navigation{Style: "menu", Breadcrumbs: true, Starts: map[string]string{"operator": "s"}, Items: []NavigationItem{{Screen: "s"}}},
	}
	var got []string
	for _, c := range Changes(old, new) {
		got = append(got, c.Kind+" "+c.At+": "+c.Text["en"])
		if c.Text["zh"] == "" || c.What != "app" {
			t.Errorf("%+v", c)
		}
	}
	want := []string{
		`added /languages: Languages set to "en, de"`,
		`changed /texts/b: Text "b" changed from "B" to "Bee"`,
		`added /texts/c: Text "c" set to "C"`,
		`added /theme/scheme: Light or dark for everybody set to "dark"`,
		`removed /theme/logo: Logo removed`,
		`added /navigation/style: Place of the navigation set to "menu"`,
		`added /navigation/breadcrumbs: Breadcrumbs set to true`,
		`added /navigation/starts/operator: Start screen of the role "operator" set to "s"`,
		`changed /navigation/items: Entries of the navigation changed`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if s := show(json.RawMessage(`{"text":"pump.start"}`)); s != "{pump.start}" {
		t.Errorf("a text by key is shown as %s", s)
	}
}
