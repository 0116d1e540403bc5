package plant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// models checks the form of the models, each by itself. What they have of each other is checked by Expand.
func (v *validator) checkModels() {
	v.count("/models", len(v.plant.Models), MaxModels, "models")
	seen := map[string]bool{}
	for i := range v.plant.Models {
		m := &v.plant.Models[i]
		at := fmt.Sprintf("/models/%d", i)
		if !ID(m.ID) {
			v.fail("id_form", at+"/id", `Write 1 to 64 letters, digits, "_" and "-"`, "%q cannot be the id of a model.", clip(m.ID))
		}
		if seen[m.ID] {
			v.fail("id_double", at+"/id", "Give each model its own id.", "There is another model with the id %q.", clip(m.ID))
		}
		seen[m.ID] = true
		v.text(at+"/name", m.Name, MaxName)
		if len(m.Description) > MaxText {
			v.fail("text_too_long", at+"/description", "Make it shorter.", "The description has %d bytes, more than %d.", len(m.Description), MaxText)
		}
		if len(m.Icon) > MaxName {
			v.fail("text_too_long", at+"/icon", "Make it shorter.", "The name has %d bytes, more than %d.", len(m.Icon), MaxName)
		}
		v.faceplate(at+"/faceplate", m.Faceplate)
		v.deviceTemplate(at+"/device", m.Device)
		v.count(at+"/mixins", len(m.Mixins), MaxMixins, "mixins")
		for j, id := range m.Mixins {
			if id == m.Extends || slices.Index(m.Mixins, id) < j {
				v.fail("id_double", fmt.Sprintf("%s/mixins/%d", at, j), "Remove one of them.", "The model builds on %q twice.", clip(id))
			}
		}
		v.parameters(at, m)
		v.count(at+"/properties", len(m.Properties), MaxProperties, "properties")
		ids := map[string]bool{}
		for j := range m.Properties {
			p := &m.Properties[j]
			place := fmt.Sprintf("%s/properties/%d", at, j)
			if ids[p.ID] {
				v.fail("id_double", place+"/id", "Give each property its own id.", "There is another property with the id %q.", clip(p.ID))
			}
			ids[p.ID] = true
			v.property(place, p)
		}
		v.commands(at, m)
		v.events(at, m)
		v.marks(func() string { return at }, &m.Marks)
	}
}

func (v *validator) parameters(at string, m *Model) {
	v.count(at+"/parameters", len(m.Parameters), MaxParameters, "parameters")
	seen := map[string]bool{}
	for j := range m.Parameters {
		p := &m.Parameters[j]
		place := fmt.Sprintf("%s/parameters/%d", at, j)
		if !ParameterID(p.ID) {
			v.fail("id_form", place+"/id", `Write a letter, then letters, digits and "_"; path, name and title are taken.`, "%q cannot be the id of a parameter.", clip(p.ID))
		}
		if seen[p.ID] {
			v.fail("id_double", place+"/id", "Give each parameter its own id.", "There is another parameter with the id %q.", clip(p.ID))
		}
		seen[p.ID] = true
		v.choice(place+"/type", p.Type, "string", "int", "float", "bool", "device")
		v.text(place+"/title", p.Title, MaxName)
		if _, ok := valueOf(p.Default, p.Type); !ok {
			v.fail("value_type", place+"/default", "Write a value of the type of the parameter.", "The parameter %q is not of type %s.", p.ID, p.Type)
		}
	}
}

// property checks a property as if it were a tag. What placeholders stand in is checked at the assets.
func (v *validator) property(at string, p *Property) {
	if _, err := tag.ParsePath(p.ID); err != nil {
		v.fail("id_form", at+"/id", "Write one level, or levels joined by /, such as speed or motor/speed.", "%q cannot be the id of a property.", clip(p.ID))
	}
	t := Tag{Path: "property", Definition: p.Definition}
	if s := strings.TrimSpace(string(t.Address)); s != "" && s[0] != '{' {
		v.fail("value_type", at+"/address", "Write an object.", "The address is not an object.")
	}
	if holed(t.Device) || holed(t.Scan) {
		// It is a property of a device; which one is known at the asset.
		probe := *v
		probe.scans, probe.ids, probe.problems = map[string]map[string]bool{t.Device: {t.Scan: true}}, nil, nil
		probe.tag(func() string { return at }, &t)
		for _, p := range probe.problems {
			v.add(p)
		}
		return
	}
	v.tag(func() string { return at }, &t)
}

// assets checks the form of the assets.
func (v *validator) assets() {
	v.count("/assets", len(v.plant.Assets), MaxAssets, "assets")
	for i := range v.plant.Assets {
		a := &v.plant.Assets[i]
		at := fmt.Sprintf("/assets/%d", i)
		if v.path(at+"/path", a.Path) && (a.Path.Under("system") || a.Path.Under("apps")) {
			v.fail("tag_reserved", at+"/path", "Begin the path with another level.", "%q is kept for the runtime's own tags.", a.Path)
		}
		v.text(at+"/title", a.Title, MaxName)
		v.marks(func() string { return at }, &a.Marks)
		v.relations(at, a)
	}
}

// Examine expands a plant and tells everything that is wrong with it by itself, as Validate does.
func Examine(p *Plant) (*Expansion, spec.Problems) {
	x, _, ps := examine(p, nil)
	return x, ps
}

func examine(p *Plant, old *Expansion) (*Expansion, []bool, spec.Problems) {
	v := &validator{plant: p, models: make(map[string]bool, len(p.Models))}
	for i := range p.Models {
		v.models[p.Models[i].ID] = true
	}
	v.head()
	v.areas()
	v.devices()
	x, beside := expandBeside(p, old)
	if !beside {
		v.checkModels()
		v.assets()
	}
	v.northbound()
	v.count("/tags", len(p.Tags), MaxTags, "tags")
	formed := !slices.ContainsFunc(v.problems, func(p *spec.Problem) bool {
		return strings.HasPrefix(p.At, "/models/") || strings.HasPrefix(p.At, "/assets/")
	})
	var expanding spec.Problems
	if !beside {
		x, expanding = Expand(p)
	}
	own := *p
	own.Tags = x.Tags[:x.own:x.own] // in memory once
	x.plant = &own
	unchanged, double := x.indexed(p, old)
	for _, problem := range double {
		v.add(problem)
	}
	for i := range p.Tags {
		if !unchanged[i] {
			v.tag(func() string { return fmt.Sprintf("/tags/%d", i) }, &p.Tags[i])
		}
	}
	if len(v.problems) > maxProblems {
		return nil, nil, v.problems
	}
	for _, problem := range expanding {
		v.add(problem)
	}
	if !formed || expanding.Errors() {
		return x, unchanged, v.problems // what is wrong with a model would be said again at every asset
	}
	of := &validator{plant: p, scans: v.scans, ids: v.ids, models: v.models, classes: v.classes, unbounded: true}
	for i := x.own; i < len(x.Tags); i++ {
		if !unchanged[i] {
			of.tag(func() string { return fmt.Sprintf("/tags/%d", i) }, &x.Tags[i])
		}
	}
	for _, problem := range x.Locate(of.problems) {
		v.add(problem)
	}
	return x, unchanged, v.problems
}

// Effective is the plant with the tags of its assets among its own, which is what runs.
func (x *Expansion) Effective() *Plant {
	p := *x.plant
	p.Tags = x.Tags
	return &p
}

// Members are the enabled assets of a kind (a model, or one that builds on it) below a path, sorted.
func (x *Expansion) Members(kind string, under tag.Path) []tag.Path {
	list := x.kinds[kind]
	if under == "" {
		return list
	}
	first, _ := slices.BinarySearch(list, under+"/")
	last := first
	for last < len(list) && strings.HasPrefix(string(list[last]), string(under)+"/") {
		last++
	}
	return list[first:last]
}
