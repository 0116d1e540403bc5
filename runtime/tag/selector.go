package tag

import "strings"

// Selector matches paths against many patterns at once: what it costs depends on the levels
// that the patterns have in common with a path, not on how many patterns there are.
type Selector struct {
	root branch
	// prefix is what all selected paths begin with.
	prefix string
}

// branch is what patterns have in common up to a level.
type branch struct {
	end  bool // a pattern ends before this level
	rest bool // "**" stands at this level
	next map[string]*branch
	any  *branch // "*" stands at this level
	// parts are levels with "*" among other characters.
	parts map[string]*branch
}

// NewSelector makes a selector of what any of the patterns selects.
func NewSelector(patterns []Pattern) *Selector {
	s := &Selector{}
	for i, p := range patterns {
		literal, _, _ := strings.Cut(string(p), "*")
		if i == 0 {
			s.prefix = literal
		}
		for !strings.HasPrefix(literal, s.prefix) {
			s.prefix = s.prefix[:len(s.prefix)-1]
		}
		s.root.add(string(p))
	}
	return s
}

func (b *branch) add(pattern string) {
	level, tail, more := strings.Cut(pattern, "/")
	var next *branch
	switch {
	case level == "**":
		b.rest = true
		return
	case level == "*":
		if b.any == nil {
			b.any = &branch{}
		}
		next = b.any
	case strings.Contains(level, "*"):
		next = grow(&b.parts, level)
	default:
		next = grow(&b.next, level)
	}
	if more {
		next.add(tail)
	} else {
		next.end = true
	}
}

func grow(m *map[string]*branch, level string) *branch {
	if *m == nil {
		*m = map[string]*branch{}
	}
	if (*m)[level] == nil {
		(*m)[level] = &branch{}
	}
	return (*m)[level]
}

// Match reports whether a pattern selects path.
func (s *Selector) Match(path Path) bool { return s.root.match(string(path)) }

func (b *branch) match(path string) bool {
	if b.rest {
		return true
	}
	level, tail, more := strings.Cut(path, "/")
	ends := func(next *branch) bool {
		return next != nil && (more && next.match(tail) || !more && next.end)
	}
	if ends(b.next[level]) || ends(b.any) {
		return true
	}
	for part, next := range b.parts {
		if matchSegment(part, level) && ends(next) {
			return true
		}
	}
	return false
}
