package payload

import (
	"encoding/json"
	"errors"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/tag"
)

// ErrJSON says that a text is not JSON (RFC 8259), or nested too deeply.
var ErrJSON = errors.New("text is not JSON")

// Find puts the text of the value of every path into found, which has Count elements: nil for
// what is missing. The whole text is checked, also where no path leads. What is found lies in text.
func (s *Selector) Find(text []byte, found [][]byte) error {
	clear(found)
	if s.hasLoose {
		if err := walk(text, &s.loose, found); err != nil {
			return err
		}
		if !s.hasExact {
			return nil
		}
	}
	return walk(text, &s.exact, found)
}

func walk(text []byte, b *branch, found [][]byte) error {
	sc := scanner{text: text, found: found}
	sc.space()
	if !sc.value(b, 0) {
		return ErrJSON
	}
	sc.space()
	if sc.at != len(text) {
		return ErrJSON
	}
	return nil
}

// scanner walks over a JSON text without making anything of it.
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

// next walks over what stands between two parts of an object or array, and reports whether it
// has ended.
func (s *scanner) next(closing byte) (ended, ok bool) {
	s.space()
	if s.at >= len(s.text) {
		return false, false
	}
	c := s.text[s.at]
	s.at++
	return c == closing, c == closing || c == ','
}

// empty walks over the beginning of an object or array and reports whether nothing is in it.
func (s *scanner) empty(closing byte) bool {
	s.at++
	s.space()
	if s.at < len(s.text) && s.text[s.at] == closing {
		s.at++
		return true
	}
	return false
}

func (s *scanner) object(b *branch, depth int) bool {
	if s.empty('}') {
		return true
	}
	for {
		s.space()
		start := s.at
		if s.at >= len(s.text) || s.text[s.at] != '"' || !s.str() {
			return false
		}
		to := b.member(s.text[start:s.at])
		s.space()
		if s.at >= len(s.text) || s.text[s.at] != ':' {
			return false
		}
		s.at++
		s.space()
		if to != nil {
			to.clear(s.found) // of a double name the last counts
		}
		if !s.value(to, depth+1) {
			return false
		}
		if ended, ok := s.next('}'); ended || !ok {
			return ok
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
	if s.empty(']') {
		return true
	}
	for i := 0; ; i++ {
		s.space()
		to, end := b.element(i)
		start := s.at
		if end != nil { // it may be the last
			end.clear(s.found)
			if !s.value(end, depth+1) {
				return false
			}
			if to != nil {
				s.at = start
			}
		}
		if (end == nil || to != nil) && !s.value(to, depth+1) {
			return false
		}
		if ended, ok := s.next(']'); ended || !ok {
			return ok
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

// Child is one member of an object or element of an array.
type Child struct {
	// Name is that of the member, or the index of the element.
	Name string
	// Text is its JSON.
	Text []byte
}

// Children lists what an object or an array holds, at most limit; nothing for other values.
func Children(text []byte, limit int) ([]Child, error) {
	var s Selector
	if err := walk(text, &s.exact, nil); err != nil {
		return nil, err
	}
	sc := scanner{text: text}
	sc.space()
	var out []Child
	switch text[sc.at] {
	case '{':
		for ended := sc.empty('}'); !ended && len(out) < limit; ended, _ = sc.next('}') {
			sc.space()
			start := sc.at
			sc.str()
			name, err := unquote(sc.text[start:sc.at])
			if err != nil {
				return nil, err
			}
			sc.space()
			sc.at++ // the colon
			sc.space()
			start = sc.at
			sc.value(nil, 0)
			out = append(out, Child{name, text[start:sc.at]})
		}
	case '[':
		for ended := sc.empty(']'); !ended && len(out) < limit; ended, _ = sc.next(']') {
			sc.space()
			start := sc.at
			sc.value(nil, 0)
			out = append(out, Child{itoa(len(out)), text[start:sc.at]})
		}
	}
	return out, nil
}

// TypeOf is the type of tag that a JSON text suits: bool, int, float, string, or json for
// objects and arrays; none for null.
func TypeOf(text []byte) tag.Type {
	v, q := JSON(text, tag.None)
	if q != tag.Good {
		return tag.None
	}
	return v.Type()
}
