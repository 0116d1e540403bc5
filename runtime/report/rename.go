package report

import (
	"regexp"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// quotedPath is a text in quotes of a formula.
var quotedPath = regexp.MustCompile(`"[^"]*"|'[^']*'`)

// Rename is the report with tags and areas renamed, and in how many places; moved gives the new path, or false for one that
// keeps its. Patterns stay as they are: they may mean something else now.
func (r *Report) Rename(moved func(tag.Path) (tag.Path, bool)) (*Report, int, error) {
	content, err := Canonical(r)
	if err != nil {
		return nil, 0, err
	}
	next, err := Read(content)
	if err != nil {
		return nil, 0, err
	}
	places := 0
	path := func(p *tag.Path) {
		if to, ok := moved(*p); ok && *p != "" {
			*p = to
			places++
		}
	}
	formula := func(s string) string {
		return quotedPath.ReplaceAllStringFunc(s, func(q string) string {
			to, ok := moved(tag.Path(q[1 : len(q)-1]))
			if !ok {
				return q
			}
			places++
			return q[:1] + string(to) + q[:1]
		})
	}
	words := func(t spec.Text) {
		for lang, s := range t {
			t[lang] = inFormulas(s, formula)
		}
	}
	items := func(list []Item) {
		for i := range list {
			path(&list[i].Tag)
			list[i].Formula = formula(list[i].Formula)
		}
	}
	next.each(words, items)
	for i := range next.Blocks {
		if b := &next.Blocks[i]; b.Alarms != nil {
			path(&b.Alarms.Area)
		}
	}
	return next, places, nil
}

// inFormulas changes the formulas of a text, which stand between "{=" and "}".
func inFormulas(text string, change func(string) string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		if c := text[i]; (c == '{' || c == '}') && i+1 < len(text) && text[i+1] == c {
			out.WriteString(text[i : i+2])
			i += 2
			continue
		}
		if text[i] == '{' {
			if end := closing(text, i); end > 0 {
				inner := text[i : end+1]
				if strings.HasPrefix(strings.TrimSpace(inner[1:]), "=") {
					inner = change(inner)
				}
				out.WriteString(inner)
				i = end + 1
				continue
			}
		}
		out.WriteByte(text[i])
		i++
	}
	return out.String()
}
