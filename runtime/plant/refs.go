package plant

import (
	"fmt"
	"slices"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Reference is a place of the plant that names a tag.
type Reference struct {
	// At is the JSON Pointer of the expression.
	At string
	// Tag is the tag whose expression it is.
	Tag tag.Path
	// Where says what it is of that tag: computed tag, interlock, scale.
	Where spec.Text
	Text  string
	// Problem says why a rename cannot follow here, nil when it can.
	Problem error
}

// Renamer writes another path for a tag, or for an area with all that is below it, wherever an
// expression names it, and says in how many places; with to equal to from it counts.
type Renamer func(text string, area bool, from, to string) (string, int, error)

// References lists the expressions that name a tag, or with area any tag below a path.
func References(p *Plant, path tag.Path, area bool, rename Renamer) []Reference {
	c := *p
	c.Tags = slices.Clone(p.Tags)
	return follow(&c, path, path, area, rename)
}

// Rename gives a tag another path, or moves all that is in an area to another, in the lists and in
// every expression of the plant; moved says which tags have another path now: old → new. The plant that
// was given is not changed. The error is a spec.Problems: nothing is there, the path cannot be
// used, or it is taken.
func Rename(p *Plant, from, to tag.Path, area bool, rename Renamer) (next *Plant, moved map[tag.Path]tag.Path, refs []Reference, err error) {
	var ps spec.Problems
	if _, err := tag.ParsePath(string(to)); err != nil {
		ps.Add("tag_path", "/to", "Write the path of a tag, such as area/line/speed.", "The %v.", err)
		return nil, nil, nil, ps
	}
	concerns := func(path tag.Path) bool { return path == from || area && path.Under(from) }
	after := func(path tag.Path) tag.Path { return to + path[len(from):] }
	c := *p
	c.Tags, c.Areas = slices.Clone(p.Tags), slices.Clone(p.Areas)
	moved = map[tag.Path]tag.Path{}
	stay := map[tag.Path]bool{}
	for i := range c.Tags {
		if !concerns(c.Tags[i].Path) {
			stay[c.Tags[i].Path] = true
		}
	}
	places := map[tag.Path]bool{}
	for i := range c.Areas {
		if !area || !concerns(c.Areas[i].Path) {
			places[c.Areas[i].Path] = true
		}
	}
	for i := range c.Tags {
		t := &c.Tags[i]
		if !concerns(t.Path) {
			continue
		}
		path := after(t.Path)
		if _, err := tag.ParsePath(string(path)); err != nil {
			ps.Add("tag_path", "/to", "Write a shorter path.", "The %v.", err)
			return nil, nil, nil, ps
		}
		if stay[path] {
			ps.Add("name_taken", "/to", "Choose another path, or rename that tag first.", "There is a tag %q already.", path)
			return nil, nil, nil, ps
		}
		moved[t.Path], t.Path = path, path
	}
	found := len(moved) > 0
	kept := c.Areas[:0]
	for _, a := range c.Areas {
		if area && concerns(a.Path) {
			found = true
			if a.Path = after(a.Path); places[a.Path] {
				continue // the other area is there already: theirs become one
			}
		}
		kept = append(kept, a)
	}
	if c.Areas = kept; len(kept) == 0 {
		c.Areas = nil
	}
	if !found {
		ps.Add("name_missing", "/from", "Load the plant again.", "There is no tag or area %q.", from)
		return nil, nil, nil, ps
	}
	refs = follow(&c, from, to, area, rename)
	return &c, moved, refs, nil
}

var (
	whereComputed  = spec.Text{"en": "expression", "zh": "表达式"}
	whereInterlock = spec.Text{"en": "interlock", "zh": "联锁"}
	whereScale     = spec.Text{"en": "scaling", "zh": "量程变换"}
)

// follow renames in all expressions of a plant whose list of tags is its own.
func follow(p *Plant, from, to tag.Path, area bool, rename Renamer) (refs []Reference) {
	for i := range p.Tags {
		t := &p.Tags[i]
		at := fmt.Sprintf("/tags/%d", i)
		one := func(place, text string, where spec.Text, set func(string)) {
			if text == "" {
				return
			}
			next, n, err := rename(text, area, string(from), string(to))
			if n == 0 && err == nil {
				return
			}
			refs = append(refs, Reference{At: at + place, Tag: t.Path, Where: where, Text: text, Problem: err})
			if err == nil && next != text {
				set(next)
			}
		}
		one("/expr", t.Expr, whereComputed, func(s string) { t.Expr = s })
		if t.Write != nil {
			one("/write/interlock", t.Write.Interlock, whereInterlock, func(s string) {
				w := *t.Write
				w.Interlock, t.Write = s, &w
			})
		}
		if t.Scale != nil {
			for _, half := range []string{"read", "write"} {
				text := t.Scale.Read
				if half == "write" {
					text = t.Scale.Write
				}
				one("/scale/"+half, text, whereScale, func(s string) {
					scale := *t.Scale
					if half == "write" {
						scale.Write = s
					} else {
						scale.Read = s
					}
					t.Scale = &scale
				})
			}
		}
	}
	return refs
}
