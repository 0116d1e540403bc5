package check

import (
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
)

// A key that stands often on a screen is told once, with all languages that it lacks.
func TestTranslationsByLanguagesOfTheApp(t *testing.T) {
	a := parse(t, "", at("text", `"text":{"text":"half"}`)+","+strings.Replace(at("text", `"text":{"text":"half"}`), `"y":100`, `"y":400`, 1))
	for _, row := range []struct {
		languages []string
		text      spec.Text
		want      string
	}{
		{nil, spec.Text{"en": "Half"}, `The text "half" is not translated into zh.`},
		{nil, spec.Text{"en": "Half", "zh": "半"}, ""},
		{[]string{"en"}, spec.Text{"en": "Half"}, ""},
		{[]string{"en", "de", "fr"}, spec.Text{"en": "Half", "zh": "半"}, `The text "half" is not translated into de, fr.`},
		{[]string{"en", "de"}, spec.Text{"en": "Half", "de": "Halb"}, ""},
	} {
		a.Languages, a.Texts["half"] = row.languages, row.text
		var got []string
		for _, p := range App(a, Env{Catalogue: catalogue(t)}) {
			got = append(got, p.Message)
		}
		if all := strings.Join(got, "; "); all != row.want {
			t.Errorf("%v, %v: %q, want %q", row.languages, row.text, all, row.want)
		}
	}
}
