package plant

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Reference is a place of the plant that names a tag.
type Reference struct {
	// At is the JSON Pointer of the expression.
	At string
	// Tag is the tag whose expression it is, "" when it is a property or an event of Model.
	Tag             tag.Path
	Model, Property string
	// Northbound is the id of the interface that exposes the tag, "" for an expression.
	Northbound string
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
	return follow(p.shallow(), func(_ *carrier, text string) (string, int, error) {
		return rename(text, area, string(path), string(path))
	})
}

// shallow is a copy whose lists of tags, models and assets are its own, and the properties of the models.
func (p *Plant) shallow() *Plant {
	c := *p
	c.Areas, c.Models, c.Assets = slices.Clone(p.Areas), slices.Clone(p.Models), slices.Clone(p.Assets)
	if len(p.Tags) > 0 {
		c.Tags = append(make([]Tag, 0, len(p.Tags)+p.room()), p.Tags...)
	}
	for i := range c.Models {
		c.Models[i].Properties = slices.Clone(c.Models[i].Properties)
		c.Models[i].Events = slices.Clone(c.Models[i].Events)
	}
	return &c
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
	c := p.shallow()
	moved = map[tag.Path]tag.Path{}
	taken := map[tag.Path]bool{}
	for i := range c.Tags {
		if path := c.Tags[i].Path; !concerns(path) && (path == to || path.Under(to)) {
			taken[path] = true
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
		if taken[path] {
			ps.Add("name_taken", "/to", "Choose another path, or rename that tag first.", "There is a tag %q already.", path)
			return nil, nil, nil, ps
		}
		moved[t.Path], t.Path = path, path
	}
	found := len(moved) > 0
	if area {
		n, problem := c.moveAssets(concerns, after, moved)
		if problem != nil {
			return nil, nil, nil, append(ps, problem)
		}
		found = found || n > 0
		c.moveNamed(func(path tag.Path) tag.Path {
			if concerns(path) {
				return after(path)
			}
			return path
		})
	} else if a, property := p.propertyAt(from); a != nil && !found {
		ps.Add("rename_property", "/from", "Rename the property in its model, or the asset.", "%q is the property %q of the asset %q.", from, property, a.Path)
		return nil, nil, nil, ps
	}
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
	refs = follow(c, func(_ *carrier, text string) (string, int, error) {
		return rename(text, area, string(from), string(to))
	})
	refs = append(refs, c.moveExposed(moved, func(path tag.Path) tag.Path {
		if area && concerns(path) {
			return after(path)
		}
		return path
	})...)
	return c, moved, refs, nil
}

var (
	whereComputed  = spec.Text{"en": "expression", "zh": "表达式"}
	whereHistory   = spec.Text{"en": "condition of the history", "zh": "历史保存条件"}
	whereInterlock = spec.Text{"en": "interlock", "zh": "联锁"}
	whereEvent     = spec.Text{"en": "condition of the event", "zh": "事件条件"}
	whereScale     = spec.Text{"en": "scaling", "zh": "量程变换"}
)

// carrier is what an expression belongs to: a tag, a property of a model or an override of it.
type carrier struct {
	at    string
	tag   tag.Path // of a tag or an override
	model string   // of a property or an override
	own   bool     // the property of a model itself
	id    string   // of the property
}

// follow renames in all expressions of a plant whose lists are its own.
func follow(p *Plant, rename func(of *carrier, text string) (string, int, error)) (refs []Reference) {
	one := func(of *carrier, place, text string, where spec.Text, set func(string)) {
		if text == "" {
			return
		}
		masked, unmask := text, func(s string) string { return s }
		if of.model != "" {
			masked, unmask = mask(text)
		}
		next, n, err := rename(of, masked)
		if n == 0 && err == nil {
			return
		}
		r := Reference{At: of.at + place, Tag: of.tag, Where: where, Text: text, Problem: err}
		if of.own {
			r.Model, r.Property = of.model, of.id
		}
		refs = append(refs, r)
		if next = unmask(next); err == nil && next != text {
			set(next)
		}
	}
	for i := range p.Tags {
		t := &p.Tags[i]
		if t.Expr == "" && t.Scale == nil && t.Write == nil && t.History == nil && len(t.Alarms) == 0 {
			continue // most tags have no expression at all
		}
		parts(&carrier{at: fmt.Sprintf("/tags/%d", i), tag: t.Path}, &t.Expr, &t.Scale, &t.Write, &t.History, one)
		alarmParts(&carrier{at: fmt.Sprintf("/tags/%d", i), tag: t.Path}, &t.Alarms, one)
	}
	for i := range p.Models {
		m := &p.Models[i]
		for j := range m.Properties {
			q := &m.Properties[j]
			of := &carrier{at: fmt.Sprintf("/models/%d/properties/%d", i, j), model: m.ID, own: true, id: q.ID}
			parts(of, &q.Expr, &q.Scale, &q.Write, &q.History, one)
			alarmParts(of, &q.Alarms, one)
		}
		for j := range m.Events {
			ev := &m.Events[j]
			one(&carrier{at: fmt.Sprintf("/models/%d/events/%d", i, j), model: m.ID, own: true, id: ev.ID}, "/when", ev.When, whereEvent, func(s string) { ev.When = s })
		}
	}
	for i := range p.Assets {
		a := &p.Assets[i]
		for _, id := range slices.Sorted(maps.Keys(a.Overrides)) {
			of := &carrier{at: fmt.Sprintf("/assets/%d/overrides/%s", i, spec.Escape(id)), tag: a.Path + "/" + tag.Path(id), model: a.Model, id: id}
			for _, place := range slices.Concat(overridable, alarmPlaces(a.Overrides[id])) {
				keys := strings.Split(place.at[1:], "/")
				one(of, place.at, textAt(a.Overrides[id], keys), place.where, func(s string) {
					a.Overrides = maps.Clone(a.Overrides)
					a.Overrides[id] = withText(a.Overrides[id], keys, s)
				})
			}
		}
	}
	return refs
}

// overridable are the places of an override that hold expressions.
var overridable = []overridePlace{{"/expr", whereComputed}, {"/write/interlock", whereInterlock}, {"/history/when", whereHistory}, {"/scale/read", whereScale}, {"/scale/write", whereScale}}

// overridePlace is a place of an override, and what the expression there is.
type overridePlace struct {
	at    string
	where spec.Text
}

// parts visits the expressions of a tag or property. What is changed is copied first.
func parts(of *carrier, expr *string, scale **Scale, write **Write, history **History, one func(of *carrier, place, text string, where spec.Text, set func(string))) {
	one(of, "/expr", *expr, whereComputed, func(s string) { *expr = s })
	if *write != nil {
		one(of, "/write/interlock", (*write).Interlock, whereInterlock, func(s string) {
			w := **write
			w.Interlock, *write = s, &w
		})
	}
	if *history != nil && (*history).When != "" {
		one(of, "/history/when", (*history).When, whereHistory, func(s string) {
			h := **history
			h.When, *history = s, &h
		})
	}
	if *scale != nil {
		one(of, "/scale/read", (*scale).Read, whereScale, func(s string) {
			c := **scale
			c.Read, *scale = s, &c
		})
		one(of, "/scale/write", (*scale).Write, whereScale, func(s string) {
			c := **scale
			c.Write, *scale = s, &c
		})
	}
}

// textAt is the text at a place of a merge patch, "" when there is none.
func textAt(patch json.RawMessage, keys []string) string {
	var tree map[string]json.RawMessage
	if json.Unmarshal(patch, &tree) != nil {
		return ""
	}
	if len(keys) > 1 {
		return textAt(tree[keys[0]], keys[1:])
	}
	var s string
	if raw := tree[keys[0]]; len(raw) == 0 || json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// withText is a merge patch with another text at a place where there is one.
func withText(patch json.RawMessage, keys []string, s string) json.RawMessage {
	var tree map[string]json.RawMessage
	if json.Unmarshal(patch, &tree) != nil {
		return patch
	}
	if len(keys) > 1 {
		tree[keys[0]] = withText(tree[keys[0]], keys[1:], s)
	} else {
		tree[keys[0]] = jsonString(s)
	}
	out, _ := json.Marshal(tree) // never fails: it came out of JSON
	return out
}

// masks are letters that stand in for the characters of a placeholder while an expression is read.
var masks = [...][2]string{{"{", "ⴰ"}, {"}", "ⴱ"}, {"+", "ⴲ"}, {"-", "ⴳ"}, {"*", "ⴴ"}, {" ", "ⴵ"}, {":", "ⴶ"}}

// mask makes names of the placeholders outside the texts of an expression, so that it can be read before
// they are filled. Every character stays one character.
func mask(s string) (string, func(string) string) {
	same := func(s string) string { return s }
	if !holed(s) || strings.ContainsAny(s, "ⴰⴱⴲⴳⴴⴵⴶ") {
		return s, same
	}
	var there, back []string
	for _, m := range masks {
		there, back = append(there, m[0], m[1]), append(back, m[1], m[0])
	}
	letters := strings.NewReplacer(there...)
	var b strings.Builder
	done, quote := 0, byte(0)
	for _, m := range placeholder.FindAllStringIndex(s, -1) {
		quote = scanQuotes(s[done:m[0]], quote)
		b.WriteString(s[done:m[0]])
		if quote == 0 {
			b.WriteString(letters.Replace(s[m[0]:m[1]]))
		} else {
			b.WriteString(s[m[0]:m[1]])
		}
		done = m[1]
	}
	b.WriteString(s[done:])
	return b.String(), strings.NewReplacer(back...).Replace
}
