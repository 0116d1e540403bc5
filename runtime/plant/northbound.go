package plant

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of northbound interfaces.
const (
	MaxNorthbound = 100
	MaxExposed    = 100000
)

// Northbound is one configured interface by which other systems read chosen tags and write them.
type Northbound struct {
	// ID is unique among northbound interfaces: letters, digits, "_" and "-", at most 64.
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	// Kind is the id of the kind of interface: modbus, …
	Kind string `json:"kind"`
	// Disabled keeps the interface in the document but does not start it.
	Disabled bool `json:"disabled,omitempty"`
	// Settings are the kind's; see its reference. Secrets are stored apart as "secret:…".
	Settings json.RawMessage `json:"settings,omitempty"`
	// Tags are the tags that are exposed.
	Tags []Exposed `json:"tags,omitempty"`
}

// Exposed is a tag that a northbound interface exposes, or all tags of an area or asset.
type Exposed struct {
	// Tag is the path of a tag; Area stands for all tags below a path, where the kind can do that.
	Tag  tag.Path `json:"tag,omitempty"`
	Area tag.Path `json:"area,omitempty"`
	// Write lets writes from outside through to the gate of the tag; without it, they may only read.
	Write bool `json:"write,omitempty"`
	// Map says how the tag is exposed, as the kind wants it: a register, a name.
	Map json.RawMessage `json:"map,omitempty"`
}

// northbound checks the form of the interfaces. What depends on their kinds and on the tags is checked
// by the engine.
func (v *validator) northbound() {
	v.count("/northbound", len(v.plant.Northbound), MaxNorthbound, "northbound interfaces")
	seen := map[string]bool{}
	total := 0
	for i := range v.plant.Northbound {
		n := &v.plant.Northbound[i]
		at := fmt.Sprintf("/northbound/%d", i)
		if !ID(n.ID) {
			v.fail("id_form", at+"/id", `Write 1 to 64 letters, digits, "_" and "-"`, "%q cannot be the id of a northbound interface.", clip(n.ID))
		}
		if seen[n.ID] {
			v.fail("id_double", at+"/id", "Give each northbound interface its own id.", "There is another northbound interface with the id %q.", clip(n.ID))
		}
		seen[n.ID] = true
		if n.Kind == "" {
			v.fail("value_missing", at+"/kind", "Name the kind: modbus, …", "The northbound interface has no kind.")
		}
		if len(n.Name) > MaxName {
			v.fail("text_too_long", at+"/name", "Make it shorter.", "The name has %d bytes, more than %d.", len(n.Name), MaxName)
		}
		if s := strings.TrimSpace(string(n.Settings)); s != "" && s[0] != '{' {
			v.fail("value_type", at+"/settings", "Write an object.", "The settings are not an object.")
		}
		total += len(n.Tags)
		for j := range n.Tags {
			v.exposed(func() string { return fmt.Sprintf("%s/tags/%d", at, j) }, &n.Tags[j])
		}
	}
	v.count("/northbound", total, MaxExposed, "exposed tags")
}

func (v *validator) exposed(at func() string, e *Exposed) {
	switch {
	case e.Tag == "" && e.Area == "":
		v.fail("value_missing", at()+"/tag", "Name a tag.", "The entry exposes nothing.")
	case e.Tag != "" && e.Area != "":
		v.fail("exposed_form", at()+"/area", "Keep the tag or the area.", "An entry exposes a tag or an area, not both.")
	case e.Tag != "":
		v.path(at()+"/tag", e.Tag)
	default:
		v.path(at()+"/area", e.Area)
	}
	if s := strings.TrimSpace(string(e.Map)); s != "" && s[0] != '{' {
		v.fail("value_type", at()+"/map", "Write an object.", "The map is not an object.")
	}
}

var whereNorthbound = spec.Text{"en": "northbound", "zh": "北向"}

// Exposures lists the entries of northbound interfaces for which want says yes: of a tag, or with area of
// all tags below a path.
func Exposures(p *Plant, want func(path tag.Path, area bool) bool) []Reference {
	var out []Reference
	for i := range p.Northbound {
		n := &p.Northbound[i]
		for j := range n.Tags {
			if e := &n.Tags[j]; e.Tag != "" && want(e.Tag, false) || e.Area != "" && want(e.Area, true) {
				out = append(out, Reference{At: fmt.Sprintf("/northbound/%d/tags/%d", i, j), Northbound: n.ID, Where: whereNorthbound, Text: string(e.Tag + e.Area)})
			}
		}
	}
	return out
}

// moveExposed follows tags and areas that have another path. The lists of p are its own.
func (p *Plant) moveExposed(tags map[tag.Path]tag.Path, area func(tag.Path) tag.Path) (refs []Reference) {
	p.Northbound = slices.Clone(p.Northbound)
	for i := range p.Northbound {
		n := &p.Northbound[i]
		n.Tags = slices.Clone(n.Tags)
		for j := range n.Tags {
			e := &n.Tags[j]
			before := *e
			if next, ok := tags[e.Tag]; ok {
				e.Tag = next
			}
			if e.Area != "" {
				e.Area = area(e.Area)
			}
			if before.Tag != e.Tag || before.Area != e.Area {
				refs = append(refs, Reference{At: fmt.Sprintf("/northbound/%d/tags/%d", i, j), Northbound: n.ID, Where: whereNorthbound, Text: string(before.Tag + before.Area)})
			}
		}
	}
	return refs
}

// Resting is the type of a tag that an asset would have if it were not disabled; false for any other path.
func (x *Expansion) Resting(path tag.Path) (tag.Type, bool) {
	for i := range x.plant.Assets {
		a := &x.plant.Assets[i]
		m := x.Models[a.Model]
		if !a.Disabled || m == nil || path == a.Path || !path.Under(a.Path) {
			continue
		}
		for j := range m.Properties {
			q := &m.Properties[j]
			if path != a.Path+"/"+tag.Path(q.ID) {
				continue
			}
			typ := q.Type
			if patched, ps := q.patch(orEmptyObject(a.Overrides[q.ID])); len(ps) == 0 {
				typ = patched.Type
			}
			return tag.ParseType(typ)
		}
	}
	return tag.None, false
}

func orEmptyObject(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("{}")
	}
	return raw
}
