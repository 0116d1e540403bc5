package plant

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// MaxAssets is how many assets a plant may hold.
const MaxAssets = 100000

// Expansion is a plant with the tags of its assets.
type Expansion struct {
	// Tags are those of the plant, at the same places, and then those of the assets, in the order of the document.
	Tags []Tag
	// Models are the models with all that they inherit, by id.
	Models map[string]*FlatModel
	// Events are those of the enabled assets, in the order of the document.
	Events []AssetEvent

	plant   *Plant
	own     int // tags of the plant itself
	index   map[tag.Path]int32
	order   *order
	origins []where // of the tags behind them
	kinds   map[string][]tag.Path
	places  map[tag.Path]int // of the assets in the document
	// related are the enabled assets by the type of a relation and the asset that has it, relatedTo by the one it leads to.
	related, relatedTo map[string]map[tag.Path][]tag.Path
}

// where is where the tag of an asset comes from.
type where struct {
	asset    int
	property *FlatProperty
}

// Origin says where the tag of an asset comes from.
type Origin struct {
	// Asset is the path of the asset.
	Asset tag.Path
	// Model is the model of the asset, From the one that declares the property: the same, or one that it builds on.
	Model, From string
	Property    string
	// Overridden are the places of the property at which this asset differs from its model, as JSON
	// Pointers ("/range/high"), sorted; none when it does not.
	Overridden []string
}

// Origin says where the tag with an index comes from; false when the plant itself lists it.
func (x *Expansion) Origin(i int) (Origin, bool) {
	if i < x.own {
		return Origin{}, false
	}
	w := x.origins[i-x.own]
	a := &x.plant.Assets[w.asset]
	return Origin{Asset: a.Path, Model: a.Model, From: w.property.From, Property: w.property.ID, Overridden: Pointers(a.Overrides[w.property.ID])}, true
}

// Asset is the path of the asset that the tag with an index belongs to, "" for a tag of the plant itself.
func (x *Expansion) Asset(i int) tag.Path {
	if i < x.own {
		return ""
	}
	return x.plant.Assets[x.origins[i-x.own].asset].Path
}

// Pointers are the places that a merge patch changes.
func Pointers(patch json.RawMessage) []string {
	var out []string
	var visit func(raw json.RawMessage, at string)
	visit = func(raw json.RawMessage, at string) {
		keys := map[string]json.RawMessage{}
		if len(raw) == 0 || raw[0] != '{' || json.Unmarshal(raw, &keys) != nil {
			out = append(out, at)
			return
		}
		for key, v := range keys {
			visit(v, at+"/"+spec.Escape(key))
		}
	}
	if len(patch) > 0 {
		visit(patch, "")
	}
	slices.Sort(out)
	return out
}

// Expand makes the tags of all assets of a plant. The problems have their places in the models and
// assets; with errors the expansion lacks the tags that are concerned. The plant is not changed,
// and the same plant always gives the same.
func Expand(p *Plant) (*Expansion, spec.Problems) {
	models, ps := inherit(p)
	x := &Expansion{Models: models, plant: p, own: len(p.Tags), Tags: p.Tags}
	if len(p.Assets) == 0 {
		return x, ps
	}
	n := len(p.Tags)
	for i := range p.Assets {
		if m := models[p.Assets[i].Model]; m != nil {
			n += len(m.Properties)
		}
	}
	if n > MaxTags {
		ps.Add("too_many", "/assets", "Split the plant over several runtimes.", "There are %d %s, more than %d.", n, "tags", MaxTags)
		return x, ps
	}
	if cap(p.Tags) >= n { // a list that can grow is nobody else's, see Room
		x.Tags = p.Tags
	} else {
		x.Tags = append(make([]Tag, 0, n), p.Tags...)
	}
	x.origins = make([]where, 0, n-len(p.Tags))
	e := &expander{Expansion: x, problems: ps, taken: make(map[tag.Path]int, n), devices: map[string]bool{}}
	for i := range p.Devices {
		e.devices[p.Devices[i].ID] = true
	}
	for i := range p.Tags {
		e.taken[p.Tags[i].Path] = i
	}
	x.places = make(map[tag.Path]int, len(p.Assets))
	for i := range p.Assets {
		a := &p.Assets[i]
		if _, double := x.places[a.Path]; double {
			e.problems.Add("id_double", fmt.Sprintf("/assets/%d/path", i), "Give each asset its own path.", "There is another asset %q.", a.Path)
			continue
		}
		x.places[a.Path] = i
		e.asset(i, a)
		if len(e.problems) > maxProblems {
			break
		}
	}
	x.gather()
	e.relate()
	return x, e.problems
}

// gather lists the enabled assets by what they are.
func (x *Expansion) gather() {
	x.kinds = map[string][]tag.Path{}
	for i := range x.plant.Assets {
		a := &x.plant.Assets[i]
		if m := x.Models[a.Model]; m != nil && !a.Disabled {
			for _, id := range m.Ancestors {
				x.kinds[id] = append(x.kinds[id], a.Path)
			}
		}
	}
	for _, list := range x.kinds {
		slices.Sort(list)
	}
}

// At is the asset at a path.
func (x *Expansion) At(path tag.Path) (*Asset, bool) {
	i, ok := x.places[path]
	if !ok {
		return nil, false
	}
	return &x.plant.Assets[i], true
}

// Of lists the tags of an asset, by their places among Tags from first on: none when it is disabled.
func (x *Expansion) Of(asset int) (first, count int) {
	compare := func(w where, asset int) int { return w.asset - asset }
	begin, _ := slices.BinarySearchFunc(x.origins, asset, compare)
	end, _ := slices.BinarySearchFunc(x.origins, asset+1, compare)
	return x.own + begin, end - begin
}

type expander struct {
	*Expansion
	problems spec.Problems
	taken    map[tag.Path]int // tags by path
	devices  map[string]bool
}

func (e *expander) asset(i int, a *Asset) {
	at := func() string { return fmt.Sprintf("/assets/%d", i) }
	m, known := e.Models[a.Model]
	if !known {
		e.problems = append(e.problems, spec.OneOf("model_unknown", at()+"/model", fmt.Sprintf("There is no model %q.", clip(a.Model)), a.Model, slices.Sorted(maps.Keys(e.Models))))
	}
	if m == nil {
		return
	}
	values, ok := e.values(m, a, at)
	for id := range a.Overrides {
		if _, known := m.Property(id); !known {
			e.problems = append(e.problems, spec.OneOf("property_unknown", at()+"/overrides/"+spec.Escape(id), fmt.Sprintf("The model %q has no property %q.", a.Model, clip(id)), id, m.PropertyIDs()))
			ok = false
		}
	}
	if !ok {
		slices.SortStableFunc(e.problems, byPlace)
		return
	}
	if !a.Disabled {
		e.events(i, a, m, values)
	}
	for j := range m.Properties {
		p := &m.Properties[j]
		prop, templates, place := p.Property, p.templates, func() string { return p.At }
		if patch, overridden := a.Overrides[p.ID]; overridden {
			place = func() string { return at() + "/overrides/" + spec.Escape(p.ID) }
			var ps spec.Problems
			if prop, ps = p.patch(patch); len(ps) == 0 {
				templates, ps = parseTemplates(prop, m.known)
			}
			if len(ps) > 0 {
				e.problems = append(e.problems, ps.Under(place())...)
				continue
			}
		}
		if a.Disabled {
			continue // it was checked, and has no tags
		}
		t := Tag{Path: a.Path + "/" + tag.Path(prop.ID), Definition: prop.Definition}
		if templates != nil {
			if problem := templates.fill(&t, values, m.known); problem != nil {
				problem.At = at() + "/params"
				if !slices.ContainsFunc(e.problems, func(o *spec.Problem) bool { return o.At == problem.At && o.Message == problem.Message }) {
					e.problems = append(e.problems, problem)
				}
				continue
			}
		}
		if other, double := e.taken[t.Path]; double {
			if asset := e.Asset(other); asset != "" {
				e.problems.Add("id_double", at()+"/path", "Give one of them another path.", "The assets %q and %q both have a tag %q.", asset, a.Path, t.Path)
			} else {
				e.problems.Add("id_double", at()+"/path", "Give one of them another path.", "The property %q of the asset %q has the path of the tag %q.", p.ID, a.Path, t.Path)
			}
			continue
		}
		e.taken[t.Path] = len(e.Tags)
		e.Tags = append(e.Tags, t)
		e.origins = append(e.origins, where{i, p})
	}
}

// byPlace keeps problems that were found in a map in one order.
func byPlace(a, b *spec.Problem) int { return comparePlaces(a.At, b.At) }

// comparePlaces puts /assets/2 before /assets/10.
func comparePlaces(a, b string) int {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	for i := range min(len(x), len(y)) {
		n, err1 := strconv.Atoi(x[i])
		m, err2 := strconv.Atoi(y[i])
		switch {
		case x[i] == y[i]:
		case err1 == nil && err2 == nil:
			return n - m
		default:
			return strings.Compare(x[i], y[i])
		}
	}
	return len(x) - len(y)
}

// values are what stands in for the placeholders of a model, for one asset.
func (e *expander) values(m *FlatModel, a *Asset, at func() string) ([]value, bool) {
	ok := true
	fail := func(p *spec.Problem) { e.problems, ok = append(e.problems, p), false }
	for id := range a.Params {
		if !slices.ContainsFunc(m.Parameters, func(p Parameter) bool { return p.ID == id }) {
			known := make([]string, len(m.Parameters))
			for i := range known {
				known[i] = m.Parameters[i].ID
			}
			fail(spec.OneOf("parameter_unknown", at()+"/params/"+spec.Escape(id), fmt.Sprintf("The model %q has no parameter %q.", a.Model, clip(id)), id, known))
		}
	}
	path, name := string(a.Path), a.Path.Name()
	title := a.Title
	if len(title) == 0 {
		title = spec.Text{"en": name}
	}
	values := make([]value, 0, len(builtin)+len(m.Parameters))
	values = append(values, value{raw: jsonString(path), text: path}, value{raw: jsonString(name), text: name}, value{raw: jsonString(title["en"]), text: title["en"], texts: title})
	for i := range m.Parameters {
		p := &m.Parameters[i]
		raw, given := a.Params[p.ID]
		if !given && p.Required {
			fail(&spec.Problem{Code: "parameter_missing", At: at() + "/params", Message: fmt.Sprintf("The parameter %q is missing.", p.ID), Hint: "Give it a value."})
		}
		if !given {
			raw = p.Default
		}
		v, sound := valueOf(raw, p.Type)
		if !sound && given {
			fail(&spec.Problem{Code: "value_type", At: at() + "/params/" + spec.Escape(p.ID), Message: fmt.Sprintf("The parameter %q is not of type %s.", p.ID, p.Type), Hint: "Write a value of the type of the parameter."})
		} else if sound && p.Type == "device" && v.raw != nil && !e.devices[v.text] {
			place := "/params"
			if given {
				place += "/" + spec.Escape(p.ID)
			}
			fail(spec.OneOf("device_unknown", at()+place, fmt.Sprintf("There is no device %q.", clip(v.text)), v.text, slices.Sorted(maps.Keys(e.devices))))
		}
		values = append(values, v)
	}
	return values, ok
}

// valueOf reads the value of a parameter; empty raw is none.
func valueOf(raw json.RawMessage, typ string) (value, bool) {
	v := value{raw: raw}
	switch {
	case len(raw) == 0:
		return value{}, true
	case typ == "string" || typ == "device":
		return v, raw[0] == '"' && json.Unmarshal(raw, &v.text) == nil
	case typ == "int":
		n, err := strconv.ParseInt(string(raw), 10, 64)
		v.number, v.text = n, string(raw)
		return v, err == nil
	case typ == "float":
		_, err := strconv.ParseFloat(string(raw), 64)
		v.text = string(raw)
		return v, err == nil
	}
	v.text = string(raw)
	return v, v.text == "true" || v.text == "false"
}

// fits reports whether a value may be written to a property of a type. Nothing fits null.
func fits(raw json.RawMessage, typ string) bool {
	t, known := tag.ParseType(typ)
	if len(raw) == 0 || string(raw) == "null" {
		return false
	}
	_, err := tag.Parse(raw, t)
	return !known || err == nil
}

// patch is the property with a JSON Merge Patch (RFC 7396) applied.
func (p *FlatProperty) patch(patch json.RawMessage) (*Property, spec.Problems) {
	if p.patched == nil {
		raw, err := json.Marshal(p.Property)
		if err != nil {
			return nil, spec.Problems{{Code: "value_type", Message: err.Error(), Hint: "Correct the value."}}
		}
		p.patched = raw
	}
	keys := map[string]json.RawMessage{}
	if len(patch) == 0 || patch[0] != '{' || json.Unmarshal(patch, &keys) != nil {
		return nil, spec.Problems{{Code: "value_type", Message: "An override is an object with what differs.", Hint: "Write an object."}}
	}
	if _, given := keys["id"]; given {
		return nil, spec.Problems{{Code: "override_id", At: "/id", Message: "The id of a property is the same for all assets.", Hint: "Remove it."}}
	}
	out := new(Property)
	if ps := spec.Typed(merge(p.patched, patch), out); len(ps) > 0 {
		return nil, ps
	}
	return out, nil
}

// merge applies a merge patch.
func merge(doc, patch json.RawMessage) json.RawMessage {
	var changes, old map[string]json.RawMessage
	if len(patch) == 0 || patch[0] != '{' || json.Unmarshal(patch, &changes) != nil {
		return patch
	}
	if len(doc) == 0 || doc[0] != '{' || json.Unmarshal(doc, &old) != nil {
		old = map[string]json.RawMessage{}
	}
	for key, v := range changes {
		if string(v) == "null" {
			delete(old, key)
		} else {
			old[key] = merge(old[key], v)
		}
	}
	out, _ := json.Marshal(old) // never fails: it came out of JSON
	return out
}

// fill replaces the placeholders of a tag.
func (t *templates) fill(to *Tag, values []value, known names) *spec.Problem {
	var problem *spec.Problem
	note := func(err error) {
		if pe := (*placeholderError)(nil); problem == nil && errors.As(err, &pe) {
			p := pe.problem
			problem = &p
		}
	}
	one := func(part *text, s *string, expression bool) {
		if part == nil {
			return
		}
		var err error
		if expression {
			*s, err = part.writeExpression(values, known)
		} else {
			*s, err = part.write(values, known, "en")
		}
		note(err)
	}
	one(t.device, &to.Device, false)
	one(t.scan, &to.Scan, false)
	one(t.description, &to.Description, false)
	one(t.unit, &to.Unit, false)
	one(t.expr, &to.Expr, true)
	if t.title != nil {
		to.Title = maps.Clone(to.Title)
		for _, lang := range slices.Sorted(maps.Keys(t.title)) {
			s, err := t.title[lang].write(values, known, lang)
			note(err)
			to.Title[lang] = s
		}
	}
	if t.read != nil || t.back != nil {
		scale := *to.Scale
		one(t.read, &scale.Read, true)
		one(t.back, &scale.Write, true)
		to.Scale = &scale
	}
	if t.interlock != nil {
		w := *to.Write
		one(t.interlock, &w.Interlock, true)
		to.Write = &w
	}
	if t.when != nil {
		h := *to.History
		one(t.when, &h.When, true)
		to.History = &h
	}
	fillAlarms(to, t.alarms, values, known, note)
	if t.address != nil {
		raw, err := t.address.write(values, known)
		note(err)
		to.Address = raw
	}
	return problem
}

// Reference is an expression of the tag with an index, at a place such as "/expr": the property of the model
// that it comes from, or the override that stands for it.
func (x *Expansion) Reference(i int, place string) Reference {
	t := &x.Tags[i]
	r := Reference{Where: whereComputed, Text: t.Expr, Tag: t.Path}
	if place == "/write/interlock" {
		r.Where, r.Text = whereInterlock, t.Write.Interlock
	}
	if place == "/history/when" {
		r.Where, r.Text = whereHistory, t.History.When
	}
	switch {
	case i < x.own:
		r.At = fmt.Sprintf("/tags/%d%s", i, place)
	case textAt(x.plant.Assets[x.origins[i-x.own].asset].Overrides[x.origins[i-x.own].property.ID], strings.Split(place[1:], "/")) != "":
		w := x.origins[i-x.own]
		r.At = fmt.Sprintf("/assets/%d/overrides/%s%s", w.asset, spec.Escape(w.property.ID), place)
	default:
		q := x.origins[i-x.own].property
		r.At, r.Tag, r.Model, r.Property = q.At+place, "", q.From, q.ID
		if r.Text = q.Expr; place == "/write/interlock" {
			r.Text = q.Write.Interlock
		}
		if place == "/history/when" {
			r.Text = q.History.When
		}
	}
	return r
}

// Locate gives problems of the expanded tags their places in the document: what is wrong with a
// property at all assets, in its model, once; what is wrong at some, at the override that stands
// there or could mend it. The others stay as they are.
func (x *Expansion) Locate(ps spec.Problems) spec.Problems {
	if len(x.origins) == 0 {
		return ps
	}
	type fault struct{ at, code string }
	assets := map[fault]map[int]bool{}
	place := func(p *spec.Problem) (w where, rest string, ok bool) {
		after, ok := strings.CutPrefix(p.At, "/tags/")
		if !ok {
			return w, "", false
		}
		index, rest, _ := strings.Cut(after, "/")
		i, err := strconv.Atoi(index)
		if err != nil || i < x.own || i >= x.own+len(x.origins) {
			return w, "", false
		}
		return x.origins[i-x.own], rest, true
	}
	for _, p := range ps {
		if w, rest, ok := place(p); ok && !x.differs(w, rest) {
			f := fault{w.property.At + "/" + rest, p.Code}
			if assets[f] == nil {
				assets[f] = map[int]bool{}
			}
			assets[f][w.asset] = true
		}
	}
	var all map[string]int // property → how many assets have it
	if len(assets) > 0 {
		all = map[string]int{}
		for _, w := range x.origins {
			all[w.property.At]++
		}
	}
	told := map[fault]bool{}
	out := make(spec.Problems, 0, len(ps))
	for _, p := range ps {
		w, rest, ok := place(p)
		if !ok {
			out = append(out, p)
			continue
		}
		c := *p
		c.Fix = nil
		f := fault{w.property.At + "/" + rest, p.Code}
		// A circle is told once, though it is one at every asset.
		if (len(assets[f]) == all[w.property.At] || p.Code == "tag_cycle") && !x.differs(w, rest) {
			if told[f] {
				continue
			}
			told[f] = true
			c.At = f.at
		} else {
			c.At = fmt.Sprintf("/assets/%d/overrides/%s/%s", w.asset, spec.Escape(w.property.ID), rest)
		}
		c.At = strings.TrimSuffix(c.At, "/")
		out = append(out, &c)
	}
	return out
}

// differs reports whether an asset overrides the part of a property that a place lies in.
func (x *Expansion) differs(w where, rest string) bool {
	raw, overridden := x.plant.Assets[w.asset].Overrides[w.property.ID]
	if !overridden {
		return false
	}
	var keys map[string]json.RawMessage
	if json.Unmarshal(raw, &keys) != nil {
		return false
	}
	key, _, _ := strings.Cut(rest, "/")
	_, given := keys[key]
	return given
}
