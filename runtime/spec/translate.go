package spec

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Chinese adds translations of messages and hints. The keys are the texts as they stand in
// the program, verbs (%s, %q, %d, %g, %v) included; in the Chinese text {1}, {2}, … stand for
// what the verbs give, and {=1} for what is a text with a translation of
// its own. A package that raises problems adds its own at start.
func Chinese(texts map[string]string) {
	translations.Lock()
	defer translations.Unlock()
	for en, zh := range texts {
		if !strings.Contains(en, "%") {
			translations.whole[en] = zh
			continue
		}
		prefix, _, _ := strings.Cut(en, "%")
		// Most are never asked for, and to compile them all takes longer than a command that has nothing to tell.
		translations.templates = append(translations.templates, template{en, prefix, sync.OnceValue(func() *regexp.Regexp { return pattern(en) }), zh})
	}
	translations.sorted = false
}

// known gives the templates, the one that says most first, so that a short one does not take its place.
func known() []template {
	translations.RLock()
	list, sorted := translations.templates, translations.sorted
	translations.RUnlock()
	if sorted {
		return list
	}
	translations.Lock()
	defer translations.Unlock()
	list = slices.Clone(translations.templates) // others may be going through the old one
	slices.SortStableFunc(list, func(a, b template) int {
		return len(verb.ReplaceAllString(b.en, "")) - len(verb.ReplaceAllString(a.en, ""))
	})
	translations.templates, translations.sorted = list, true
	return list
}

type template struct {
	en      string
	prefix  string // what the text begins with, a quick look before the pattern
	pattern func() *regexp.Regexp
	zh      string
}

var translations = struct {
	sync.RWMutex
	whole     map[string]string
	templates []template
	sorted    bool
}{whole: map[string]string{}}

var hole = regexp.MustCompile(`\{=?[1-9]\}`)

var verb = regexp.MustCompile(`%[sqdgvw]`)

// pattern makes an expression that matches what a format can give.
func pattern(format string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)^`)
	last := 0
	for _, at := range verb.FindAllStringIndex(format, -1) {
		b.WriteString(regexp.QuoteMeta(format[last:at[0]]))
		switch format[at[0]+1] {
		case 'q':
			b.WriteString(`("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')`)
		case 'd':
			b.WriteString(`([+-]?\d+)`)
		default:
			b.WriteString(`(.+)`)
		}
		last = at[1]
	}
	b.WriteString(regexp.QuoteMeta(format[last:]) + `$`)
	return regexp.MustCompile(b.String())
}

// Translate gives a message or hint of a problem in a language: the English text itself
// for a language or a text that is not known.
func Translate(text, lang string) string {
	if text == "" || lang != "zh" && !strings.HasPrefix(lang, "zh-") {
		return text
	}
	return chinese(text, 0)
}

func chinese(text string, depth int) string {
	translations.RLock()
	zh, ok := translations.whole[text]
	translations.RUnlock()
	if ok {
		return zh
	}
	if depth > 3 {
		return text
	}
	for _, t := range known() {
		if !strings.HasPrefix(text, t.prefix) {
			continue
		}
		m := t.pattern().FindStringSubmatch(text)
		if m == nil {
			continue
		}
		return hole.ReplaceAllStringFunc(t.zh, func(h string) string {
			n, err := strconv.Atoi(strings.Trim(h, "{=}"))
			switch {
			case err != nil || n >= len(m):
				return h
			case h[1] == '=':
				return chinese(m[n], depth+1)
			}
			return m[n]
		})
	}
	return text
}

// In gives the problems in a language; ps itself is not changed.
func (ps Problems) In(lang string) Problems {
	out := make(Problems, len(ps))
	for i, p := range ps {
		q := *p
		q.Message, q.Hint = Translate(p.Message, lang), Translate(p.Hint, lang)
		out[i] = &q
	}
	return out
}
