// Package payload reads what devices send as text: values in JSON by a path, cells of CSV,
// numbers, times, texts in other encodings; and it fills the templates of what is written.
// Connectors that carry text share it.
package payload

import (
	"fmt"
	"strconv"
	"strings"
)

// Limits of paths and texts.
const (
	MaxPath       = 512
	maxPathLevels = 32
	maxDepth      = 128 // nesting of JSON
)

// last is the index of the last element of an array.
const last = -1

// step is one level of a path: a member by name, or an element by index.
type step struct {
	name    string
	index   int
	indexed bool
}

// Path names one place in a JSON text.
type Path struct {
	steps []step
	// loose says that the names of digits are indexes in an array (RFC 6901, section 4).
	loose bool
}

// Whole reports whether the path is that of the whole text.
func (p Path) Whole() bool { return len(p.steps) == 0 }

// ParsePath reads a place in JSON. What begins with "/" is a JSON Pointer (RFC 6901):
// "/data/0/temp". All else is the part of JSONPath (RFC 9535) that names one place:
// "$.data[0].temp", "data[-1].temp" with the last element, `$["a b"].c`. "" and "$" are the whole.
func ParsePath(s string) (Path, error) {
	if len(s) > MaxPath {
		return Path{}, fmt.Errorf("path has %d characters, more than %d", len(s), MaxPath)
	}
	if strings.HasPrefix(s, "/") {
		return parsePointer(s)
	}
	rest, rooted := strings.CutPrefix(s, "$")
	if !rooted && rest != "" && rest[0] != '[' && rest[0] != '.' {
		rest = "." + rest
	}
	var p Path
	for rest != "" {
		if len(p.steps) == maxPathLevels {
			return Path{}, fmt.Errorf("path has more than %d levels", maxPathLevels)
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
			next = step{name: rest[1:end]}
			if next.name == "" || strings.ContainsAny(next.name, `]*"'?()@ `) {
				return Path{}, fmt.Errorf("%q is not a member name; write [\"…\"] for unusual names, and no wildcards", next.name)
			}
			rest = rest[end:]
		} else if next, rest, err = parseBracket(rest); err != nil {
			return Path{}, err
		}
		p.steps = append(p.steps, next)
	}
	return p, nil
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
		return step{name: s[2:end]}, s[end+2:], nil
	}
	end := strings.IndexByte(s, ']')
	if end < 0 {
		return step{}, "", fmt.Errorf("%q does not end with ]", s)
	}
	if s[1:end] == "-1" {
		return step{index: last, indexed: true}, s[end+1:], nil
	}
	n, err := strconv.ParseUint(s[1:end], 10, 20)
	if err != nil {
		return step{}, "", fmt.Errorf("%q is not an index from 0, or -1 for the last", s[1:end])
	}
	return step{index: int(n), indexed: true}, s[end+1:], nil
}

var pointerPlain = strings.NewReplacer("~1", "/", "~0", "~")

// parsePointer reads a JSON Pointer.
func parsePointer(s string) (Path, error) {
	tokens := strings.Split(s[1:], "/")
	if len(tokens) > maxPathLevels {
		return Path{}, fmt.Errorf("path has more than %d levels", maxPathLevels)
	}
	p := Path{loose: true}
	for _, t := range tokens {
		for i := strings.IndexByte(t, '~'); i >= 0; {
			if i+1 >= len(t) || t[i+1] != '0' && t[i+1] != '1' {
				return Path{}, fmt.Errorf("~ in %q stands for itself only as ~0", t)
			}
			next := strings.IndexByte(t[i+2:], '~')
			if next < 0 {
				break
			}
			i += 2 + next
		}
		p.steps = append(p.steps, step{name: pointerPlain.Replace(t)})
	}
	return p, nil
}

// Selector finds the values of many paths in one pass over a JSON text, two when pointers
// and other paths are mixed.
type Selector struct {
	exact, loose branch
	hasExact     bool
	hasLoose     bool
	count        int
}

// branch is a place in the tree of all paths.
type branch struct {
	slots   []int // numbers of the paths that end here
	names   []namedBranch
	indexes []indexedBranch
}

type namedBranch struct {
	name  string
	index int // what the name is in an array, for pointers; -2 for nothing
	to    *branch
}

type indexedBranch struct {
	index int
	to    *branch
}

// Add takes a path in and returns its number.
func (s *Selector) Add(p Path) int {
	b := &s.exact
	if p.loose {
		b, s.hasLoose = &s.loose, true
	} else {
		s.hasExact = true
	}
	for _, st := range p.steps {
		b = b.child(st, p.loose)
	}
	if len(b.slots) == 0 {
		b.slots = append(b.slots, s.count)
		s.count++
	}
	return b.slots[0]
}

// Count is the number of different paths.
func (s *Selector) Count() int { return s.count }

func (b *branch) child(st step, loose bool) *branch {
	if st.indexed {
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
	index := -2
	if loose && (st.name == "0" || st.name != "" && st.name[0] != '0') {
		if n, err := strconv.ParseUint(st.name, 10, 20); err == nil {
			index = int(n)
		}
	}
	to := &branch{}
	b.names = append(b.names, namedBranch{st.name, index, to})
	return to
}

// element is the branch of the element of an array, and whether it is that of any element
// because the last is wanted.
func (b *branch) element(i int) (to, end *branch) {
	if b == nil {
		return nil, nil
	}
	for k := range b.indexes {
		switch b.indexes[k].index {
		case i:
			to = b.indexes[k].to
		case last:
			end = b.indexes[k].to
		}
	}
	for k := range b.names {
		if b.names[k].index == i {
			to = b.names[k].to
		}
	}
	return to, end
}

// clear forgets what was found below a branch.
func (b *branch) clear(found [][]byte) {
	for _, s := range b.slots {
		found[s] = nil
	}
	for i := range b.names {
		b.names[i].to.clear(found)
	}
	for i := range b.indexes {
		b.indexes[i].to.clear(found)
	}
}
