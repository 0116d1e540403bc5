package report

import (
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
)

// A text has placeholders in braces: {period}, {site}, and a formula behind "=", with the decimals behind ";":
// {= delta("line/good") / hours() ; 1}. {{ and }} are braces.

// part is a piece of a text: words, the name of a placeholder, or a formula.
type part struct {
	words    string
	name     string
	formula  *formula
	decimals int // -1 as many as it takes
}

// placeholders are those that stand for something of the run; page and pages only in header and footer.
var placeholders = []string{"title", "site", "period", "from", "to", "date", "time", "shift", "by", "page", "pages"}

// maxParts bounds how many placeholders a text has.
const maxParts = 500

// parseText reads a text with placeholders.
func parseText(text string) ([]part, *spec.Problem) {
	var out []part
	var words strings.Builder
	fail := func(hint, format string, args ...any) ([]part, *spec.Problem) {
		var ps spec.Problems
		ps.Add("placeholder_bad", "", hint, format, args...)
		return nil, ps[0]
	}
	for i := 0; i < len(text); {
		c := text[i]
		if (c == '{' || c == '}') && i+1 < len(text) && text[i+1] == c {
			words.WriteByte(c)
			i += 2
			continue
		}
		if c == '}' {
			return fail(`Write "}}" for a brace.`, `A "}" has no "{" before it.`)
		}
		if c != '{' {
			words.WriteByte(c)
			i++
			continue
		}
		end := closing(text, i)
		if end < 0 {
			return fail(`Add "}", or write "{{" for a brace.`, "A placeholder has no end: %q.", clip(text[i:]))
		}
		inner := strings.TrimSpace(text[i+1 : end])
		i = end + 1
		if words.Len() > 0 {
			out = append(out, part{words: words.String()})
			words.Reset()
		}
		if len(out) > maxParts {
			return fail("Split the text over several blocks.", "There are more than %d placeholders.", maxParts)
		}
		rest, isFormula := strings.CutPrefix(inner, "=")
		if !isFormula {
			if !slices.Contains(placeholders, inner) {
				var ps spec.Problems
				p := spec.OneOf("placeholder_bad", "", "", inner, placeholders)
				ps.Add("placeholder_bad", "", p.Hint, "There is no placeholder {%s}.", clip(inner))
				return nil, ps[0]
			}
			out = append(out, part{name: inner})
			continue
		}
		x := part{decimals: -1}
		if at := strings.LastIndexByte(rest, ';'); at >= 0 {
			digits := strings.TrimSpace(rest[at+1:])
			if len(digits) != 1 || digits[0] < '0' || digits[0] > '9' {
				return fail("Write a digit, 0 to 9, behind the semicolon.", "%q is not a number of decimals.", clip(digits))
			}
			x.decimals, rest = int(digits[0]-'0'), rest[:at]
		}
		f, p := parseFormula(strings.TrimSpace(rest))
		if p != nil {
			return nil, p
		}
		x.formula = f
		out = append(out, x)
	}
	if words.Len() > 0 {
		out = append(out, part{words: words.String()})
	}
	return out, nil
}

// closing finds the brace that ends a placeholder; one in quotes does not.
func closing(text string, begin int) int {
	var quote byte
	for i := begin + 1; i < len(text) && i-begin < 2*maxFormula; i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '}':
			return i
		case c == '\n':
			return -1
		}
	}
	return -1
}

// Keywords lists the placeholders, for the page that offers them.
func Keywords() []string { return slices.Clone(placeholders) }
