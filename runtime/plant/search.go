package plant

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/spec"
)

// Query is what somebody searches for in a list of things: words that all must be there somewhere, and words with a
// colon: label:spare finds what has a label that begins so, type:float what is of that type, format, model or
// connector, and supplier:KSB what has an attribute of that name with that in it.
type Query struct{ words []word }

type word struct{ key, text string }

// ParseQuery reads a query. The pages do the same in designer/src/plant/search.ts.
func ParseQuery(s string) Query {
	var q Query
	for _, w := range strings.Fields(strings.ToLower(s)) {
		key, text, ok := strings.Cut(w, ":")
		if !ok || key == "" {
			key, text = "", w
		}
		q.words = append(q.words, word{key, text})
	}
	return q
}

// Empty reports whether everything fits.
func (q Query) Empty() bool { return len(q.words) == 0 }

// Thing is what a query looks at.
type Thing struct {
	// Texts are those that words are searched in: path, title, unit, …
	Texts []string
	// Titles are searched, too, in every language.
	Titles spec.Text
	// Facts are what else a word with a colon finds, by its name: device:plc1. What the name begins with is enough.
	Facts []Fact
	// Types are what type: finds, as a whole.
	Types []string
	// Marks are of the thing and of what it belongs to.
	Marks []*Marks
}

// Fact is one word about a thing.
type Fact struct{ Key, Text string }

// Match reports whether a thing fits.
func (q Query) Match(t *Thing) bool {
	for _, w := range q.words {
		if !w.match(t) {
			return false
		}
	}
	return true
}

func (w word) match(t *Thing) bool {
	switch w.key {
	case "label":
		return t.labelled(w.text)
	case "type":
		return slices.ContainsFunc(t.Types, func(s string) bool { return strings.ToLower(s) == w.text })
	case "":
		return t.says(w.text)
	}
	for _, f := range t.Facts {
		if f.Key == w.key {
			return strings.HasPrefix(strings.ToLower(f.Text), w.text)
		}
	}
	for _, m := range t.Marks {
		for key, s := range m.Attributes {
			if strings.ToLower(key) == w.key && strings.Contains(strings.ToLower(s), w.text) {
				return true
			}
		}
	}
	return t.says(w.key + ":" + w.text)
}

func (t *Thing) labelled(begin string) bool {
	for _, m := range t.Marks {
		if slices.ContainsFunc(m.Labels, func(s string) bool { return strings.HasPrefix(strings.ToLower(s), begin) }) {
			return true
		}
	}
	return false
}

func (t *Thing) says(text string) bool {
	in := func(s string) bool { return contains(s, text) }
	if slices.ContainsFunc(t.Texts, in) {
		return true
	}
	// Looking at the two there mostly are is quicker than going over them.
	if len(t.Titles) > 0 && (in(t.Titles["en"]) || in(t.Titles["zh"])) {
		return true
	}
	if len(t.Titles) > 2 || len(t.Titles) > 0 && t.Titles["zh"] == "" {
		for _, s := range t.Titles {
			if in(s) {
				return true
			}
		}
	}
	for _, m := range t.Marks {
		if slices.ContainsFunc(m.Labels, in) {
			return true
		}
		for _, s := range m.Attributes {
			if in(s) {
				return true
			}
		}
	}
	return false
}

// contains reports whether a text has one in lower case in it, however its own letters are written.
func contains(s, lower string) bool {
	if strings.Contains(s, lower) {
		return true
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf {
			return strings.Contains(strings.ToLower(s), lower)
		}
	}
	return false
}
