package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
)

// Limits of the texts by key.
const (
	MaxTexts     = 20000
	MaxLanguages = 32
	MaxTextKey   = 128
)

// English is the language that every text has; it stands in for those that are missing.
const English = "en"

// KnownLanguages are the languages that the texts of the app are kept in, English first.
func (a *App) KnownLanguages() []string {
	if len(a.Languages) == 0 {
		return []string{English, "zh"}
	}
	return slices.Clone(a.Languages)
}

// ParseText tells whether the value of a property is a text by key, {"text": key}, and which.
func ParseText(raw json.RawMessage) (key string, ok bool) {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	if len(raw) == 0 || raw[0] != '{' {
		return "", false
	}
	var ref map[string]json.RawMessage
	if json.Unmarshal(raw, &ref) != nil || len(ref) != 1 || json.Unmarshal(ref["text"], &key) != nil {
		return "", false
	}
	return key, true
}

// TextKeys calls f for every text by key in the value of a property, with its place below it: the
// value itself, or what stands in a list or its objects.
func TextKeys(raw json.RawMessage, f func(at, key string)) {
	if !bytes.Contains(raw, []byte(`"text"`)) {
		return
	}
	textKeys("", raw, f)
}

func textKeys(at string, raw json.RawMessage, f func(at, key string)) {
	if key, ok := ParseText(raw); ok {
		f(at, key)
		return
	}
	switch raw = bytes.TrimLeft(raw, " \t\r\n"); {
	case len(raw) > 0 && raw[0] == '[':
		var list []json.RawMessage
		_ = json.Unmarshal(raw, &list)
		for i := range list {
			textKeys(fmt.Sprintf("%s/%d", at, i), list[i], f)
		}
	case len(raw) > 0 && raw[0] == '{':
		var object map[string]json.RawMessage
		_ = json.Unmarshal(raw, &object)
		for _, name := range slices.Sorted(maps.Keys(object)) {
			textKeys(at+"/"+spec.Escape(name), object[name], f)
		}
	}
}

// TextKeys calls f for every text by key on the screen; at is relative to the screen.
func (s *Screen) TextKeys(f func(at, key string)) {
	for i := range s.Widgets {
		w := &s.Widgets[i]
		for _, prop := range slices.Sorted(maps.Keys(w.Props)) {
			TextKeys(w.Props[prop], func(at, key string) {
				f(fmt.Sprintf("/widgets/%d/props/%s%s", i, spec.Escape(prop), at), key)
			})
		}
	}
}

// TextsOf are the texts that a screen names, by key; nil when it names none.
func (a *App) TextsOf(s *Screen) map[string]spec.Text {
	var out map[string]spec.Text
	s.TextKeys(func(_, key string) {
		if t, ok := a.Texts[key]; ok {
			if out == nil {
				out = map[string]spec.Text{}
			}
			out[key] = t
		}
	})
	return out
}

// texts checks the languages and the texts by key.
func (v *validator) texts() {
	a := v.app
	v.count("/languages", len(a.Languages), MaxLanguages, "languages")
	for i, lang := range a.Languages {
		at := fmt.Sprintf("/languages/%d", i)
		switch {
		case !isLanguage(lang):
			v.fail("language_form", at, `Write a language tag: "en", "zh", "pt-BR"`, "%q is not a language tag.", clip(lang))
		case slices.Contains(a.Languages[:i], lang):
			v.fail("id_double", at, "Remove one of them.", "The language %q stands twice.", lang)
		case i == 0 && lang != English:
			v.fail("language_form", at, `Begin with "en".`, "The first language is not English.")
		}
	}
	v.count("/texts", len(a.Texts), MaxTexts, "texts")
	for _, key := range slices.Sorted(maps.Keys(a.Texts)) {
		at := "/texts/" + spec.Escape(key)
		if !textKeyForm(key) {
			v.fail("id_form", at, `Write 1 to 128 characters without spaces, quotes and "\"`, "%q cannot be the key of a text.", clip(key))
		}
		v.text(at, a.Texts[key], true, MaxText)
	}
}

// textKeyForm reports whether a key can stand in a document, in a list and in a file with commas.
func textKeyForm(key string) bool {
	return key != "" && len(key) <= MaxTextKey && !strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r == '"' || r == '\\' || r == 0x7f })
}

// textRef checks that there is a text of a key.
func (v *validator) textRef(at, key string) {
	if _, ok := v.app.Texts[key]; !ok {
		v.add(spec.OneOf("text_unknown", at, fmt.Sprintf("There is no text with the key %q.", clip(key)), key, slices.Sorted(maps.Keys(v.app.Texts))))
	}
}

// unknownText reports whether a value names a text that is not there.
func (v *validator) unknownText(raw json.RawMessage) (unknown bool) {
	TextKeys(raw, func(_, key string) {
		_, ok := v.app.Texts[key]
		unknown = unknown || !ok
	})
	return unknown
}
