package mqtt

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of paths and payloads.
const (
	maxPath       = 512
	maxPathLevels = 32
	maxDepth      = 128 // nesting of JSON
)

// step is one level of a path: a member by name, or an element by index.
type step struct {
	name  string
	index int // -1: by name
}

// parsePath reads a path into JSON: "$.data[0].temp", "data[0].temp", `$["a b"].c`; ""
// and "$" are the whole. It is the part of RFC 9535 that names one place.
func parsePath(s string) ([]step, error) {
	if len(s) > maxPath {
		return nil, fmt.Errorf("path has %d characters, more than %d", len(s), maxPath)
	}
	rest, rooted := strings.CutPrefix(s, "$")
	if !rooted && rest != "" && rest[0] != '[' && rest[0] != '.' {
		rest = "." + rest
	}
	var steps []step
	for rest != "" {
		if len(steps) == maxPathLevels {
			return nil, fmt.Errorf("path has more than %d levels", maxPathLevels)
		}
		var (
			next step
			err  error
		)
		if rest[0] == '.' {
			end := strings.IndexAny(rest[1:], ".[") + 1
			if end == 0 {
				end = len(rest)
			}
			next = step{name: rest[1:end], index: -1}
			if next.name == "" || strings.ContainsAny(next.name, `]*"'?()@ `) {
				return nil, fmt.Errorf("%q is not a member name; write [\"…\"] for unusual names, and no wildcards", next.name)
			}
			rest = rest[end:]
		} else if next, rest, err = parseBracket(rest); err != nil {
			return nil, err
		}
		steps = append(steps, next)
	}
	return steps, nil
}

func parseBracket(s string) (step, string, error) {
	if s[0] != '[' || len(s) < 3 {
		return step{}, "", fmt.Errorf("%q is not .name or [index]", s)
	}
	if quote := s[1]; quote == '"' || quote == '\'' {
		end := strings.IndexByte(s[2:], quote) + 2
		if end == 1 || end+1 >= len(s) || s[end+1] != ']' {
			return step{}, "", fmt.Errorf("%q does not end with %c]", s, quote)
		}
		return step{name: s[2:end], index: -1}, s[end+2:], nil
	}
	end := strings.IndexByte(s, ']')
	if end < 0 {
		return step{}, "", fmt.Errorf("%q does not end with ]", s)
	}
	n, err := strconv.ParseUint(s[1:end], 10, 20)
	if err != nil {
		return step{}, "", fmt.Errorf("%q is not an index from 0", s[1:end])
	}
	return step{index: int(n)}, s[end+1:], nil
}

// selector finds the values of many paths in one pass over a JSON text.
type selector struct {
	root  branch
	count int
}

// branch is a place in the tree of all paths.
type branch struct {
	slots   []int // numbers of the paths that end here
	names   []namedBranch
	indexes []indexedBranch
}

type namedBranch struct {
	name string
	to   *branch
}

type indexedBranch struct {
	index int
	to    *branch
}

// add takes a path in and returns its number.
func (s *selector) add(path []step) int {
	b := &s.root
	for _, st := range path {
		b = b.child(st)
	}
	if len(b.slots) == 0 {
		b.slots = append(b.slots, s.count)
		s.count++
	}
	return b.slots[0]
}

func (b *branch) child(st step) *branch {
	if st.index >= 0 {
		for _, c := range b.indexes {
			if c.index == st.index {
				return c.to
			}
		}
		to := &branch{}
		b.indexes = append(b.indexes, indexedBranch{st.index, to})
		return to
	}
	for _, c := range b.names {
		if c.name == st.name {
			return c.to
		}
	}
	to := &branch{}
	b.names = append(b.names, namedBranch{st.name, to})
	return to
}

var errJSON = errors.New("payload is not JSON")

// find puts the text of the value of every path into found, nil for what is missing.
// The whole text is checked, also where no path leads.
func (s *selector) find(text []byte, found [][]byte) error {
	clear(found)
	sc := scanner{text: text, found: found}
	sc.space()
	if !sc.value(&s.root, 0) {
		return errJSON
	}
	sc.space()
	if sc.at != len(text) {
		return errJSON
	}
	return nil
}

// scanner walks over a JSON text (RFC 8259) without making anything of it.
type scanner struct {
	text  []byte
	at    int
	found [][]byte
}

func (s *scanner) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// value walks over one value and keeps it if paths end here.
func (s *scanner) value(b *branch, depth int) bool {
	if s.at >= len(s.text) || depth > maxDepth {
		return false
	}
	start, ok := s.at, false
	switch c := s.text[s.at]; {
	case c == '{':
		ok = s.object(b, depth)
	case c == '[':
		ok = s.array(b, depth)
	case c == '"':
		ok = s.str()
	case c == '-' || c >= '0' && c <= '9':
		ok = s.number()
	case c == 't':
		ok = s.word("true")
	case c == 'f':
		ok = s.word("false")
	case c == 'n':
		ok = s.word("null")
	}
	if ok && b != nil {
		for _, slot := range b.slots {
			s.found[slot] = s.text[start:s.at]
		}
	}
	return ok
}

func (s *scanner) object(b *branch, depth int) bool {
	s.at++
	for first := true; ; first = false {
		s.space()
		if s.at >= len(s.text) {
			return false
		}
		if first && s.text[s.at] == '}' {
			s.at++
			return true
		}
		start := s.at
		if s.text[s.at] != '"' || !s.str() {
			return false
		}
		to := b.member(s.text[start:s.at])
		s.space()
		if s.at >= len(s.text) || s.text[s.at] != ':' {
			return false
		}
		s.at++
		s.space()
		if !s.value(to, depth+1) {
			return false
		}
		s.space()
		if s.at >= len(s.text) {
			return false
		}
		c := s.text[s.at]
		s.at++
		if c == '}' {
			return true
		}
		if c != ',' {
			return false
		}
	}
}

// member is the branch of a member whose name is quoted as it stands in the text.
func (b *branch) member(quoted []byte) *branch {
	if b == nil || len(b.names) == 0 {
		return nil
	}
	name := quoted[1 : len(quoted)-1]
	for i := range name {
		if name[i] == '\\' {
			plain, err := unquote(quoted)
			if err != nil {
				return nil
			}
			name = []byte(plain)
			break
		}
	}
	for i := range b.names {
		if b.names[i].name == string(name) {
			return b.names[i].to
		}
	}
	return nil
}

func (s *scanner) array(b *branch, depth int) bool {
	s.at++
	for i := 0; ; i++ {
		s.space()
		if s.at >= len(s.text) {
			return false
		}
		if i == 0 && s.text[s.at] == ']' {
			s.at++
			return true
		}
		var to *branch
		if b != nil {
			for _, c := range b.indexes {
				if c.index == i {
					to = c.to
				}
			}
		}
		if !s.value(to, depth+1) {
			return false
		}
		s.space()
		if s.at >= len(s.text) {
			return false
		}
		c := s.text[s.at]
		s.at++
		if c == ']' {
			return true
		}
		if c != ',' {
			return false
		}
	}
}

// str walks over a string; what its escapes mean is looked at when it is wanted.
func (s *scanner) str() bool {
	s.at++
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return true
		case c < ' ':
			return false
		case c == '\\':
			s.at++
			if s.at >= len(s.text) {
				return false
			}
			switch s.text[s.at] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				if s.at+4 >= len(s.text) {
					return false
				}
				for _, h := range s.text[s.at+1 : s.at+5] {
					if !(h >= '0' && h <= '9' || h|0x20 >= 'a' && h|0x20 <= 'f') {
						return false
					}
				}
				s.at += 4
			default:
				return false
			}
		}
		s.at++
	}
	return false
}

func (s *scanner) number() bool {
	digits := func() bool {
		start := s.at
		for s.at < len(s.text) && s.text[s.at] >= '0' && s.text[s.at] <= '9' {
			s.at++
		}
		return s.at > start
	}
	if s.text[s.at] == '-' {
		s.at++
	}
	if s.at < len(s.text) && s.text[s.at] == '0' {
		s.at++
	} else if !digits() {
		return false
	}
	if s.at < len(s.text) && s.text[s.at] == '.' {
		s.at++
		if !digits() {
			return false
		}
	}
	if s.at < len(s.text) && s.text[s.at]|0x20 == 'e' {
		s.at++
		if s.at < len(s.text) && (s.text[s.at] == '+' || s.text[s.at] == '-') {
			s.at++
		}
		return digits()
	}
	return true
}

func (s *scanner) word(w string) bool {
	if len(s.text)-s.at < len(w) || string(s.text[s.at:s.at+len(w)]) != w {
		return false
	}
	s.at += len(w)
	return true
}

// unquote is the text of a JSON string that the scanner walked over.
func unquote(quoted []byte) (string, error) {
	if !utf8.Valid(quoted) {
		return "", errors.New("text is not UTF-8")
	}
	for _, c := range quoted {
		if c == '\\' {
			var text string
			err := json.Unmarshal(quoted, &text)
			return text, err
		}
	}
	return string(quoted[1 : len(quoted)-1]), nil
}
