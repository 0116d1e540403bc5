package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/doc/comment"
	"strconv"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/spec"
)

// page is a reference page in Markdown.
type page struct{ bytes.Buffer }

func newPage(title, intro string) *page {
	p := new(page)
	fmt.Fprintf(p, "<!-- %s -->\n\n# %s\n\n%s\n", mark, title, strings.TrimSpace(intro))
	return p
}

func (p *page) heading(level int, format string, args ...any) {
	fmt.Fprintf(p, "\n%s %s\n", strings.Repeat("#", level), fmt.Sprintf(format, args...))
}

func (p *page) paragraph(text string) {
	if text = strings.TrimSpace(text); text != "" {
		fmt.Fprintf(p, "\n%s\n", text)
	}
}

// table writes rows under a header; a column that is empty in all rows is left out.
func (p *page) table(header []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	used := make([]bool, len(header))
	for _, row := range rows {
		for i, cell := range row {
			used[i] = used[i] || cell != ""
		}
	}
	line := func(cells []string) {
		p.WriteByte('|')
		for i, c := range cells {
			if used[i] {
				c = strings.ReplaceAll(strings.ReplaceAll(c, "\n", " "), "|", `\|`)
				fmt.Fprintf(p, " %s |", c)
			}
		}
		p.WriteByte('\n')
	}
	p.WriteByte('\n')
	line(header)
	rule := make([]string, len(header))
	for i := range rule {
		rule[i] = "---"
	}
	line(rule)
	for _, row := range rows {
		line(row)
	}
}

// code sets text as code; "" stays empty.
func code(s string) string {
	switch {
	case s == "":
		return ""
	case strings.Contains(s, "`"):
		return "`` " + s + " ``"
	}
	return "`" + s + "`"
}

// goDoc writes a Go doc comment as Markdown, its headings below level.
func goDoc(text string, level int) string {
	var parser comment.Parser
	printer := comment.Printer{HeadingLevel: level, HeadingID: func(*comment.Heading) string { return "" }}
	return strings.TrimSpace(string(printer.Markdown(parser.Parse(text))))
}

// both writes a text in English, and in Chinese behind it.
func both(t spec.Text) string {
	if t["zh"] == "" || t["zh"] == t["en"] {
		return t["en"]
	}
	return t["en"] + " · " + t["zh"]
}

// fields writes a table of settings.
func (p *page) fields(fields []spec.Field) {
	var rows [][]string
	var add func(prefix string, fields []spec.Field)
	add = func(prefix string, fields []spec.Field) {
		for i := range fields {
			f := &fields[i]
			rows = append(rows, []string{code(prefix + f.Name), kind(f), code(compact(f.Default)), limits(f), remarks(f)})
			below := prefix + f.Name + "."
			if f.Kind == spec.KindList {
				below = prefix + f.Name + "[]."
			}
			if len(f.Fields) > 0 && f.Fields[0].Name != "" {
				add(below, f.Fields)
			}
		}
	}
	add("", fields)
	p.table([]string{"Name", "Kind", "Default", "Allowed", "What it is"}, rows)
}

func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return ""
	}
	return b.String()
}

func kind(f *spec.Field) string {
	k := string(f.Kind)
	if f.Kind == spec.KindList && len(f.Fields) == 1 && f.Fields[0].Name == "" {
		k = "list of " + string(f.Fields[0].Kind)
	}
	if f.Required && f.Default == nil {
		k += ", required"
	}
	return k
}

func limits(f *spec.Field) string {
	if len(f.Options) > 0 {
		parts := make([]string, len(f.Options))
		for i, o := range f.Options {
			parts[i] = code(o.Value)
			if t := o.Title["en"]; t != "" && t != o.Value {
				parts[i] += " " + t
			}
		}
		return strings.Join(parts, ", ")
	}
	show := func(v float64) string {
		if f.Kind == spec.KindDuration {
			return time.Duration(v * float64(time.Second)).String()
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	if f.Min == nil && f.Max == nil {
		return f.Unit
	}
	unit := ""
	switch f.Kind {
	case spec.KindString, spec.KindText, spec.KindSecret:
		unit = " characters"
	case spec.KindList:
		unit = " entries"
	default:
		if f.Unit != "" {
			unit = " " + f.Unit
		}
	}
	switch {
	case f.Min != nil && f.Max != nil:
		return show(*f.Min) + " to " + show(*f.Max) + unit
	case f.Min != nil:
		return "from " + show(*f.Min) + unit
	case f.Max != nil:
		return "up to " + show(*f.Max) + unit
	}
	return ""
}

func remarks(f *spec.Field) string {
	parts := []string{both(f.Title) + "."}
	if h := f.Help["en"]; h != "" {
		parts = append(parts, h)
	}
	if f.Bind {
		parts = append(parts, "Can be bound.")
	}
	if f.From != "" {
		parts = append(parts, "Without it: "+f.From+" of the bound tag.")
	}
	if f.When != nil {
		parts = append(parts, fmt.Sprintf("Only when `%s` is %s.", f.When.Field, strings.Join(f.When.In, " or ")))
	}
	return strings.Join(parts, " ")
}
