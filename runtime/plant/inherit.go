package plant

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/unit"
)

// Limits of models.
const (
	MaxModels     = 2000
	MaxProperties = 1000 // of a model, inherited ones included
	MaxParameters = 200
	MaxMixins     = 32
	MaxModelDepth = 16 // models that extend each other
)

// FlatModel is a model with all that it has from others.
type FlatModel struct {
	Model *Model
	// Ancestors are the model itself and all that it extends or mixes in, the nearest first.
	Ancestors  []string
	Parameters []Parameter
	Properties []FlatProperty
	Commands   []Command
	Events     []FlatEvent
	// Faceplate is that of the model, or of the nearest that it builds on.
	Faceplate *Faceplate
	// Device is that of the model, or of the nearest that it builds on.
	Device *DeviceTemplate
	// Marks are those of the model and of all that it builds on; the nearest counts.
	Marks Marks

	known  names
	places map[string]int // property → index
	chain  []string       // of models that build on each other, the longest from here
}

// FlatProperty is a property of a model, its own or an inherited one.
type FlatProperty struct {
	*Property
	// From is the model that declares it.
	From string
	// At is the JSON Pointer of it there.
	At string

	templates *templates
	patched   json.RawMessage // as JSON, made when an override needs it
}

// Property finds a property by id.
func (m *FlatModel) Property(id string) (*FlatProperty, bool) {
	i, ok := m.places[id]
	if !ok {
		return nil, false
	}
	return &m.Properties[i], true
}

// Is reports whether the model is of a kind: itself, or something it extends or mixes in.
func (m *FlatModel) Is(kind string) bool { return slices.Contains(m.Ancestors, kind) }

// templates are the texts of a property that hold placeholders; nil for those that hold none.
type templates struct {
	device, scan, description, unit *text
	expr, read, back, interlock     *text
	when                            *text
	title                           map[string]*text
	address                         *jsonText
	alarms                          map[string]alarmTemplates
}

// Holed reports whether a text of the property has a placeholder.
func (p *FlatProperty) Holed() bool { return p.templates != nil }

// flattener makes flat models of models.
type flattener struct {
	plant    *Plant
	index    map[string]int // model → place
	flat     map[string]*FlatModel
	open     map[string]bool
	trail    []string
	problems spec.Problems
}

// inherit makes all models flat. Those with problems are nil.
func inherit(p *Plant) (map[string]*FlatModel, spec.Problems) {
	f := &flattener{plant: p, index: make(map[string]int, len(p.Models)), flat: make(map[string]*FlatModel, len(p.Models)), open: map[string]bool{}}
	for i := range p.Models {
		if _, double := f.index[p.Models[i].ID]; !double {
			f.index[p.Models[i].ID] = i
		}
	}
	for i := range p.Models {
		f.model(p.Models[i].ID)
	}
	return f.flat, f.problems
}

func (f *flattener) ids() []string {
	out := make([]string, len(f.plant.Models))
	for i := range f.plant.Models {
		out[i] = f.plant.Models[i].ID
	}
	return out
}

// model makes one model flat; nil when it cannot be.
func (f *flattener) model(id string) *FlatModel {
	if m, done := f.flat[id]; done {
		return m
	}
	i := f.index[id]
	m := &f.plant.Models[i]
	at := fmt.Sprintf("/models/%d", i)
	f.open[id], f.trail = true, append(f.trail, id)
	flat, before := &FlatModel{Model: m, Ancestors: []string{id}, places: map[string]int{}}, len(f.problems)
	var bases []*FlatModel
	base := func(id, at string) {
		switch _, known := f.index[id]; {
		case !known:
			f.problems = append(f.problems, spec.OneOf("model_unknown", at, fmt.Sprintf("There is no model %q.", clip(id)), id, f.ids()))
		case f.open[id]:
			f.problems.Add("model_cycle", at, "Break the circle: one of them must not build on the next.", "Models build on each other in a circle: %s.", f.circle(id))
		default:
			if b := f.model(id); b != nil {
				bases = append(bases, b)
			} else {
				f.flat[m.ID] = nil // what is wrong there was said there
			}
		}
	}
	if m.Extends != "" {
		base(m.Extends, at+"/extends")
	}
	for j, id := range m.Mixins {
		base(id, fmt.Sprintf("%s/mixins/%d", at, j))
	}
	delete(f.open, id)
	f.trail = f.trail[:len(f.trail)-1]
	flat.chain = []string{id}
	for _, b := range bases {
		if len(b.chain) >= len(flat.chain) {
			flat.chain = append([]string{id}, b.chain...)
		}
	}
	if len(flat.chain) > MaxModelDepth {
		f.problems.Add("model_depth", at, "Build on a model further up.", "More than %d models build on each other: %s.", MaxModelDepth, strings.Join(flat.chain, " → "))
	}
	_, broken := f.flat[id]
	if !broken {
		f.fill(flat, at, bases)
	}
	if broken || len(f.problems) > before {
		flat = nil
	}
	f.flat[id] = flat
	return flat
}

func (f *flattener) circle(end string) string {
	trail := append(slices.Clone(f.trail[slices.Index(f.trail, end):]), end)
	if len(trail) > 12 {
		trail = append(append(trail[:6:6], "…"), trail[len(trail)-5:]...)
	}
	return strings.Join(trail, " → ")
}

// fill collects what the model has: of what it builds on, and its own.
func (f *flattener) fill(flat *FlatModel, at string, bases []*FlatModel) {
	m := flat.Model
	own := map[string]bool{}
	for i := range m.Properties {
		own[m.Properties[i].ID] = true
	}
	for _, b := range bases {
		for _, id := range b.Ancestors {
			if !slices.Contains(flat.Ancestors, id) {
				flat.Ancestors = append(flat.Ancestors, id)
			}
		}
		for _, p := range b.Parameters {
			f.parameter(flat, p, at)
		}
		for i := range b.Properties {
			p := b.Properties[i]
			p.templates, p.patched = nil, nil
			if j, there := flat.places[p.ID]; !there {
				flat.places[p.ID] = len(flat.Properties)
				flat.Properties = append(flat.Properties, p)
			} else if other := &flat.Properties[j]; other.At != p.At && !own[p.ID] {
				f.problems.Add("property_double", at+"/mixins", "Give the model a property of that id itself, which then counts.", "The models %q and %q both have a property %q.", other.From, p.From, p.ID)
			}
		}
		for _, c := range b.Commands {
			flat.command(c)
		}
	}
	for i, p := range m.Parameters {
		f.parameter(flat, p, fmt.Sprintf("%s/parameters/%d", at, i))
	}
	for i := range m.Properties {
		p := FlatProperty{Property: &m.Properties[i], From: m.ID, At: fmt.Sprintf("%s/properties/%d", at, i)}
		if j, there := flat.places[p.ID]; there {
			flat.Properties[j] = p
		} else {
			flat.places[p.ID] = len(flat.Properties)
			flat.Properties = append(flat.Properties, p)
		}
	}
	for _, c := range m.Commands {
		flat.command(c)
	}
	if len(flat.Properties) > MaxProperties {
		f.problems.Add("too_many", at+"/properties", "Split the model.", "There are %d %s, more than %d.", len(flat.Properties), "properties", MaxProperties)
	}
	for _, id := range builtin {
		flat.known.ids, flat.known.types = append(flat.known.ids, id), append(flat.known.types, "string")
	}
	for _, p := range flat.Parameters {
		flat.known.ids, flat.known.types = append(flat.known.ids, p.ID), append(flat.known.types, p.Type)
	}
	for i := range flat.Properties {
		p := &flat.Properties[i]
		var ps spec.Problems
		p.templates, ps = parseTemplates(p.Property, flat.known)
		if p.From == m.ID {
			f.problems = append(f.problems, ps.Under(p.At)...)
		}
	}
	flat.Marks, flat.Faceplate, flat.Device = m.Marks, m.Faceplate, m.Device
	for _, b := range bases {
		flat.Marks.inherit(&b.Marks)
		flat.Faceplate, flat.Device = cmp.Or(flat.Faceplate, b.Faceplate), cmp.Or(flat.Device, b.Device)
	}
	f.checkCommands(flat, at)
	f.fillEvents(flat, at, bases)
}

// PropertyIDs lists the properties in their order.
func (m *FlatModel) PropertyIDs() []string {
	out := make([]string, len(m.Properties))
	for i := range m.Properties {
		out[i] = m.Properties[i].ID
	}
	return out
}

// parameter adds a parameter, or changes its default and title.
func (f *flattener) parameter(flat *FlatModel, p Parameter, at string) {
	i := slices.IndexFunc(flat.Parameters, func(o Parameter) bool { return o.ID == p.ID })
	switch {
	case i < 0:
		flat.Parameters = append(flat.Parameters, p)
	case flat.Parameters[i].Type != p.Type:
		f.problems.Add("parameter_type", at, "Give it the same type, or another id.", "The parameter %q is of type %s here and of type %s in what the model builds on.", p.ID, p.Type, flat.Parameters[i].Type)
	default:
		flat.Parameters[i] = p
	}
}

func (m *FlatModel) command(c Command) {
	if i := slices.IndexFunc(m.Commands, func(o Command) bool { return o.ID == c.ID }); i >= 0 {
		m.Commands[i] = c
	} else {
		m.Commands = append(m.Commands, c)
	}
}

// parseTemplates finds the placeholders of a property; nil when it has none. The places of problems are
// within the property.
func parseTemplates(p *Property, known names) (*templates, spec.Problems) {
	var ps spec.Problems
	t := &templates{}
	any := false
	fail := func(err error, at string) bool {
		if pe := (*placeholderError)(nil); errors.As(err, &pe) {
			problem := pe.problem
			problem.At = at
			ps = append(ps, &problem)
			return true
		}
		return false
	}
	one := func(s, at string, expression bool) *text {
		part, err := parseText(s, known, expression)
		if fail(err, at) {
			return nil
		}
		any = any || part != nil
		return part
	}
	t.device, t.scan = one(p.Device, "/device", false), one(p.Scan, "/scan", false)
	// The annotation of a unit, {rev}, may look like a placeholder.
	t.description, t.unit = one(p.Description, "/description", false), one(p.Unit, "/unit", unit.Valid(p.Unit))
	for lang, s := range p.Title {
		if part := one(s, "/title/"+spec.Escape(lang), false); part != nil {
			if t.title == nil {
				t.title = map[string]*text{}
			}
			t.title[lang] = part
		}
	}
	t.expr = one(p.Expr, "/expr", true)
	if p.Scale != nil {
		t.read, t.back = one(p.Scale.Read, "/scale/read", true), one(p.Scale.Write, "/scale/write", true)
	}
	if p.Write != nil {
		t.interlock = one(p.Write.Interlock, "/write/interlock", true)
	}
	if p.History != nil {
		t.when = one(p.History.When, "/history/when", true)
	}
	t.alarms = parseAlarms(&p.Definition, one)
	any = any || holedAlarms(&p.Definition)
	var err error
	if t.address, err = parseJSON(p.Address, known); !fail(err, "/address") {
		any = any || t.address != nil
	}
	if !any {
		return nil, ps
	}
	return t, ps
}
