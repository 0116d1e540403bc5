package sql

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// lexis is how statements of a data base are written.
type lexis struct {
	open, close string           // around an identifier
	mark        func(int) string // placeholder of a parameter, counted from 1
	repeat      bool             // every use of a parameter is a parameter of its own
	backslash   bool             // escapes in texts
	dollar      bool             // $tag$ texts
	bracket     bool             // [identifiers]
	hash        bool             // comments
	top         bool             // SELECT TOP 1 in place of LIMIT 1
}

func numbered(prefix string) func(int) string {
	return func(n int) string { return prefix + strconv.Itoa(n) }
}

// statement is a statement with placeholders in the place of named parameters.
type statement struct {
	text   string
	params []string // in the order of the placeholders
}

var errUnclosed = errors.New("a text or a comment is not closed")

// parseStatement puts placeholders where the named parameters stand, such as ":value" or
// "{last}", outside of texts, identifiers in quotes and comments. A parameter that is not known,
// written with a colon, is an error.
func parseStatement(text string, l lexis, known ...string) (statement, error) {
	var st statement
	var out strings.Builder
	for i := 0; i < len(text); {
		rest := text[i:]
		if n, err := l.skip(rest); err != nil {
			return st, err
		} else if n > 0 {
			out.WriteString(rest[:n])
			i += n
			continue
		}
		if name := parameter(rest, known); name != "" {
			at := 0
			for k, p := range st.params {
				if p == name && !l.repeat {
					at = k + 1
				}
			}
			if at == 0 {
				st.params = append(st.params, name)
				at = len(st.params)
			}
			out.WriteString(l.mark(at))
			i += len(name)
			continue
		}
		if strings.HasPrefix(rest, "::") { // a cast of PostgreSQL
			out.WriteString("::")
			i += 2
			continue
		}
		if len(rest) > 1 && rest[0] == ':' && letter(rest[1]) && (i == 0 || !letter(text[i-1]) && !digit(text[i-1])) {
			end := 1
			for end < len(rest) && (letter(rest[end]) || digit(rest[end])) {
				end++
			}
			return st, fmt.Errorf("there is no parameter %q", rest[:end])
		}
		out.WriteByte(rest[0])
		i++
	}
	st.text = strings.TrimRight(strings.TrimSpace(out.String()), "; \t\r\n")
	if st.text == "" {
		return st, errors.New("the statement is empty")
	}
	return st, nil
}

func letter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80 }
func digit(c byte) bool  { return c >= '0' && c <= '9' }

// parameter is the known parameter that a text begins with.
func parameter(text string, known []string) string {
	for _, k := range known {
		if strings.HasPrefix(text, k) && (k[0] != ':' || len(text) == len(k) || !letter(text[len(k)]) && !digit(text[len(k)])) {
			return k
		}
	}
	return ""
}

// skip is the length of the text, quoted identifier or comment that a text begins with, else 0.
func (l lexis) skip(text string) (int, error) {
	switch c := text[0]; {
	case c == '\'':
		return quoted(text, '\'', l.backslash)
	case c == '"':
		return quoted(text, '"', l.backslash)
	case c == '`' && l.open == "`":
		return quoted(text, '`', false)
	case c == '[' && l.bracket:
		return quoted(text, ']', false)
	case strings.HasPrefix(text, "--"), c == '#' && l.hash:
		if end := strings.IndexByte(text, '\n'); end >= 0 {
			return end + 1, nil
		}
		return len(text), nil
	case strings.HasPrefix(text, "/*"):
		end := strings.Index(text[2:], "*/")
		if end < 0 {
			return 0, errUnclosed
		}
		return end + 4, nil
	case c == '$' && l.dollar:
		end := 1
		for end < len(text) && (letter(text[end]) || digit(text[end]) && end > 1) {
			end++
		}
		if end == len(text) || text[end] != '$' {
			return 0, nil
		}
		mark := text[:end+1]
		close := strings.Index(text[len(mark):], mark)
		if close < 0 {
			return 0, errUnclosed
		}
		return close + 2*len(mark), nil
	case (c == 'E' || c == 'e') && l.dollar && len(text) > 1 && text[1] == '\'': // E'…' of PostgreSQL
		n, err := quoted(text[1:], '\'', true)
		return n + 1, err
	case letter(c): // whole words, so that the E above is not the end of one
		end := 1
		for end < len(text) && (letter(text[end]) || digit(text[end])) {
			end++
		}
		return end, nil
	}
	return 0, nil
}

// quoted is the length of what stands in quotes; a doubled quote belongs to it.
func quoted(text string, end byte, backslash bool) (int, error) {
	for i := 1; i < len(text); i++ {
		switch {
		case backslash && text[i] == '\\':
			i++
		case text[i] == end:
			if i+1 < len(text) && text[i+1] == end {
				i++
				continue
			}
			return i + 1, nil
		}
	}
	return 0, errUnclosed
}

// word is the first word of a statement, in capitals.
func (l lexis) word(text string) string {
	for text != "" {
		if letter(text[0]) {
			end := 1
			for end < len(text) && letter(text[end]) {
				end++
			}
			return strings.ToUpper(text[:end])
		}
		n, err := l.skip(text)
		if err != nil {
			return ""
		}
		text = text[max(n, 1):]
	}
	return ""
}

// reads reports whether a statement begins like one that reads.
func (l lexis) reads(text string) bool {
	switch l.word(text) {
	case "SELECT", "WITH", "VALUES", "TABLE", "SHOW":
		return true
	}
	return false
}
