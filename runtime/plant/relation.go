package plant

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/tag"
)

// MaxRelations is how many relations an asset may have.
const MaxRelations = 200

// The relations that mean something to the runtime and have names in every language. Others are the engineer's own.
const (
	// Feeds: what leaves this one goes into the other.
	Feeds = "feeds"
	// Contains: the other is a part of this one, wherever its path is; never in a circle.
	Contains = "contains"
	// SpareOf: this one can take the place of the other.
	SpareOf = "spare-of"
)

// Relation is what an asset has to do with another. It is seen from both ends.
type Relation struct {
	// Type is feeds, contains, spare-of, or an id of your own.
	Type string `json:"type"`
	// To is the path of the other asset.
	To tag.Path `json:"to"`
}

// relations checks those of one asset by themselves.
func (v *validator) relations(at string, a *Asset) {
	v.count(at+"/relations", len(a.Relations), MaxRelations, "relations")
	for i, r := range a.Relations {
		place := fmt.Sprintf("%s/relations/%d", at, i)
		if !ID(r.Type) {
			v.fail("id_form", place+"/type", `Write feeds, contains, spare-of, or 1 to 64 letters, digits, "_" and "-"`, "%q cannot be the type of a relation.", clip(r.Type))
		}
		if !v.path(place+"/to", r.To) {
			continue
		}
		if r.To == a.Path {
			v.fail("relation_self", place+"/to", "Choose another asset.", "An asset has no relation to itself.")
		}
		if slices.Index(a.Relations, r) < i {
			v.fail("id_double", place, "Remove one of them.", "The relation stands twice.")
		}
	}
}

// relate checks what the relations of all assets lead to, and keeps them from both ends.
func (e *expander) relate() {
	x := e.Expansion
	x.related, x.relatedTo = map[string]map[tag.Path][]tag.Path{}, map[string]map[tag.Path][]tag.Path{}
	put := func(to map[string]map[tag.Path][]tag.Path, kind string, from, other tag.Path) {
		if to[kind] == nil {
			to[kind] = map[tag.Path][]tag.Path{}
		}
		to[kind][from] = append(to[kind][from], other)
	}
	for i := range x.plant.Assets {
		a := &x.plant.Assets[i]
		for j, r := range a.Relations {
			other, known := x.places[r.To]
			if !known {
				e.problems.Add("asset_unknown", fmt.Sprintf("/assets/%d/relations/%d/to", i, j), "Choose an asset of the plant, or remove the relation.", "There is no asset %q.", clip(string(r.To)))
				continue
			}
			if a.Disabled || x.plant.Assets[other].Disabled {
				continue
			}
			put(x.related, r.Type, a.Path, r.To)
			put(x.relatedTo, r.Type, r.To, a.Path)
		}
	}
	for _, by := range []map[string]map[tag.Path][]tag.Path{x.related, x.relatedTo} {
		for _, of := range by {
			for _, list := range of {
				slices.Sort(list)
			}
		}
	}
	e.containment()
}

// containment refuses assets that contain themselves by way of others.
func (e *expander) containment() {
	const (
		open   = 1
		closed = 2
	)
	state := map[tag.Path]int{}
	var trail []tag.Path
	var visit func(at tag.Path) bool
	visit = func(at tag.Path) bool {
		switch state[at] {
		case closed:
			return true
		case open:
			names := []string{}
			for _, p := range trail[slices.Index(trail, at):] {
				names = append(names, string(p))
			}
			if names = append(names, string(at)); len(names) > 12 {
				names = append(append(names[:6:6], "…"), names[len(names)-5:]...)
			}
			e.problems.Add("relation_cycle", fmt.Sprintf("/assets/%d/relations", e.places[at]), "Break the circle: one of them must not contain the next.", "Assets contain each other in a circle: %s.", strings.Join(names, " → "))
			return false
		}
		state[at], trail = open, append(trail, at)
		for _, next := range e.related[Contains][at] {
			if !visit(next) {
				return false
			}
		}
		state[at], trail = closed, trail[:len(trail)-1]
		return true
	}
	for i := range e.plant.Assets {
		if a := &e.plant.Assets[i]; len(a.Relations) > 0 && !visit(a.Path) {
			return
		}
	}
}

// Related are the enabled assets that an asset has a relation of a type to; with back, those that have it to the
// asset. Sorted by path.
func (x *Expansion) Related(asset tag.Path, kind string, back bool) []tag.Path {
	if back {
		return x.relatedTo[kind][asset]
	}
	return x.related[kind][asset]
}

// Unrelate takes the relations to assets away that are not there any more. The plant that was given is not changed.
func Unrelate(p *Plant, gone func(tag.Path) bool) *Plant {
	next := *p
	cloned := false
	for i := range p.Assets {
		a := &p.Assets[i]
		if !slices.ContainsFunc(a.Relations, func(r Relation) bool { return gone(r.To) }) {
			continue
		}
		if !cloned {
			next.Assets, cloned = slices.Clone(p.Assets), true
		}
		kept := slices.DeleteFunc(slices.Clone(a.Relations), func(r Relation) bool { return gone(r.To) })
		if len(kept) == 0 {
			kept = nil
		}
		next.Assets[i].Relations = kept
	}
	return &next
}

// Kind tells whether there is an asset of a path, and whether it is of a kind; it is what CheckValue asks.
func (x *Expansion) Kind(path tag.Path, kind string) (there, ofKind bool) {
	i, there := x.places[path]
	if !there {
		return false, false
	}
	m := x.Models[x.plant.Assets[i].Model]
	return true, kind == "" || m != nil && m.Is(kind)
}

// moveNamed gives what names assets the paths they have now. The plant's lists are its own.
func (p *Plant) moveNamed(move func(tag.Path) tag.Path) {
	for i := range p.Assets {
		a := &p.Assets[i]
		if slices.ContainsFunc(a.Relations, func(r Relation) bool { return move(r.To) != r.To }) {
			a.Relations = slices.Clone(a.Relations)
			for j := range a.Relations {
				a.Relations[j].To = move(a.Relations[j].To)
			}
		}
	}
	first := func(d *Definition) {
		var s string
		if d.Format == FormatReference && json.Unmarshal(d.Initial, &s) == nil && s != "" && move(tag.Path(s)) != tag.Path(s) {
			d.Initial = jsonString(string(move(tag.Path(s))))
		}
	}
	for i := range p.Tags {
		first(&p.Tags[i].Definition)
	}
	for i := range p.Models {
		for j := range p.Models[i].Properties {
			first(&p.Models[i].Properties[j].Definition)
		}
	}
}
