package plant

import (
	"fmt"
	"maps"
	"slices"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// ModelRenamer follows the renames of models and their properties in expressions.
type ModelRenamer struct {
	// Model writes another id for a model.
	Model func(text, from, to string) (string, int, error)
	// Property writes another id for a property of those models of which kinds reports true, asked with "" for
	// roll-ups over relations; self says that the expression is of one of them.
	Property func(text string, kinds func(model string) bool, self bool, from, to string) (string, int, error)
	// Tags writes other paths for tags, as move says.
	Tags func(text string, move func(path string) (string, bool)) (string, int, error)
}

// propertyAt is the asset whose property has a path.
func (p *Plant) propertyAt(path tag.Path) (*Asset, string) {
	models, _ := inherit(p)
	for i := range p.Assets {
		a := &p.Assets[i]
		if m := models[a.Model]; m != nil && path != a.Path && path.Under(a.Path) {
			if q, ok := m.Property(string(path[len(a.Path)+1:])); ok {
				return a, q.ID
			}
		}
	}
	return nil, ""
}

// moveAssets gives assets another path, and says how many.
func (p *Plant) moveAssets(concerns func(tag.Path) bool, after func(tag.Path) tag.Path, moved map[tag.Path]tag.Path) (int, *spec.Problem) {
	models, _ := inherit(p)
	stay := map[tag.Path]bool{}
	for i := range p.Assets {
		if !concerns(p.Assets[i].Path) {
			stay[p.Assets[i].Path] = true
		}
	}
	n := 0
	for i := range p.Assets {
		a := &p.Assets[i]
		if !concerns(a.Path) {
			continue
		}
		n++
		path := after(a.Path)
		if _, err := tag.ParsePath(string(path)); err != nil {
			return n, &spec.Problem{Code: "tag_path", At: "/to", Hint: "Write a shorter path.", Message: fmt.Sprintf("The %v.", err)}
		}
		if stay[path] {
			return n, &spec.Problem{Code: "name_taken", At: "/to", Hint: "Choose another path, or rename that asset first.", Message: fmt.Sprintf("There is an asset %q already.", path)}
		}
		if m := models[a.Model]; m != nil {
			for j := range m.Properties {
				id := tag.Path("/" + m.Properties[j].ID)
				moved[a.Path+id] = path + id
			}
		}
		a.Path = path
	}
	return n, nil
}

// kin are a model and all that build on it.
func kin(models map[string]*FlatModel, id string) map[string]bool {
	out := map[string]bool{}
	for other, m := range models {
		if m != nil && m.Is(id) {
			out[other] = true
		}
	}
	return out
}

// PropertyReferences lists the expressions that name a property of a model, of the same asset or in a roll-up.
func PropertyReferences(p *Plant, model, property string, rename ModelRenamer) []Reference {
	models, _ := inherit(p)
	kinds := kin(models, model)
	return follow(p.shallow(), func(of *carrier, text string) (string, int, error) {
		return rename.Property(text, func(id string) bool { return id == "" || kinds[id] }, kinds[of.model], property, property)
	})
}

// ModelReferences lists the expressions that name a model.
func ModelReferences(p *Plant, model string, rename ModelRenamer) []Reference {
	return follow(p.shallow(), func(_ *carrier, text string) (string, int, error) { return rename.Model(text, model, model) })
}

// RenameProperty gives a property of a model another id, in the models that build on it, in the overrides of
// assets and in every expression; moved says which tags have another path: old → new. The plant that was given is not
// changed. The error is a spec.Problems.
func RenameProperty(p *Plant, model, from, to string, rename ModelRenamer) (next *Plant, moved map[tag.Path]tag.Path, refs []Reference, err error) {
	var ps spec.Problems
	models, _ := inherit(p)
	m := models[model]
	if m == nil {
		ps.Add("name_missing", "/model", "Load the plant again.", "There is no model %q.", clip(model))
		return nil, nil, nil, ps
	}
	if _, ok := m.Property(from); !ok {
		ps.Add("name_missing", "/from", "Load the plant again.", "The model %q has no property %q.", model, clip(from))
		return nil, nil, nil, ps
	}
	for _, id := range slices.Backward(m.Ancestors[1:]) {
		if a := models[id]; a != nil {
			if _, inherited := a.Property(from); inherited {
				ps.Add("rename_inherited", "/from", "Rename it there.", "The property %q comes from the model %q.", from, id)
				return nil, nil, nil, ps
			}
		}
	}
	if _, err := tag.ParsePath(to); err != nil {
		ps.Add("id_form", "/to", "Write one level, or levels joined by /, such as speed or motor/speed.", "%q cannot be the id of a property.", clip(to))
		return nil, nil, nil, ps
	}
	kinds := kin(models, model)
	for _, id := range slices.Sorted(maps.Keys(kinds)) {
		if _, taken := models[id].Property(to); taken {
			ps.Add("name_taken", "/to", "Choose another id.", "The model %q has a property %q already.", id, to)
			return nil, nil, nil, ps
		}
	}
	// Roll-ups over relations do not say of which models the assets are.
	only := true
	for id, m := range models {
		if m != nil && !kinds[id] {
			_, there := m.Property(from)
			only = only && !there
		}
	}
	c := p.shallow()
	refs = follow(c, func(of *carrier, text string) (string, int, error) {
		return rename.Property(text, func(id string) bool { return id == "" && only || kinds[id] }, kinds[of.model], from, to)
	})
	for i := range c.Models {
		m := &c.Models[i]
		if !kinds[m.ID] {
			continue
		}
		for j := range m.Properties {
			if m.Properties[j].ID == from {
				m.Properties[j].ID = to
			}
		}
		m.Commands = slices.Clone(m.Commands)
		for j := range m.Commands {
			m.Commands[j].renameProperty(from, to)
		}
		for j := range m.Events {
			m.Events[j].renameProperty(from, to)
		}
	}
	moved = map[tag.Path]tag.Path{}
	for i := range c.Assets {
		a := &c.Assets[i]
		if !kinds[a.Model] {
			continue
		}
		moved[a.Path+"/"+tag.Path(from)] = a.Path + "/" + tag.Path(to)
		if patch, overridden := a.Overrides[from]; overridden {
			a.Overrides = maps.Clone(a.Overrides)
			delete(a.Overrides, from)
			a.Overrides[to] = patch
		}
	}
	// Expressions may name the tags by their paths, too; most do not.
	more := follow(c, func(_ *carrier, text string) (string, int, error) {
		return rename.Tags(text, func(path string) (string, bool) {
			next, ok := moved[tag.Path(path)]
			return string(next), ok
		})
	})
	return c, moved, slices.Concat(refs, more, c.moveExposed(moved, func(path tag.Path) tag.Path { return path })), nil
}

// RenameModel gives a model another id, in the models that build on it, in its assets and in every expression.
// The plant that was given is not changed. The error is a spec.Problems.
func RenameModel(p *Plant, from, to string, rename ModelRenamer) (*Plant, []Reference, error) {
	var ps spec.Problems
	has := func(id string) bool { return slices.ContainsFunc(p.Models, func(m Model) bool { return m.ID == id }) }
	switch {
	case !has(from):
		ps.Add("name_missing", "/from", "Load the plant again.", "There is no model %q.", clip(from))
	case !ID(to):
		ps.Add("id_form", "/to", `Write 1 to 64 letters, digits, "_" and "-"`, "%q cannot be the id of a model.", clip(to))
	case from != to && has(to):
		ps.Add("name_taken", "/to", "Choose another id.", "There is another model with the id %q.", to)
	}
	if len(ps) > 0 {
		return nil, nil, ps
	}
	c := p.shallow()
	refs := follow(c, func(_ *carrier, text string) (string, int, error) { return rename.Model(text, from, to) })
	of := func(d *Definition) {
		if d.Of == from {
			d.Of = to
		}
	}
	for i := range c.Tags {
		of(&c.Tags[i].Definition)
	}
	for i := range c.Models {
		m := &c.Models[i]
		for j := range m.Properties {
			of(&m.Properties[j].Definition)
		}
		if m.ID == from {
			m.ID = to
		}
		if m.Extends == from {
			m.Extends = to
		}
		m.Mixins = slices.Clone(m.Mixins)
		for j := range m.Mixins {
			if m.Mixins[j] == from {
				m.Mixins[j] = to
			}
		}
	}
	for i := range c.Assets {
		if c.Assets[i].Model == from {
			c.Assets[i].Model = to
		}
	}
	return c, refs, nil
}
