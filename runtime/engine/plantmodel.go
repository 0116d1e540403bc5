package engine

import (
	"fmt"
	"maps"
	"slices"

	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// origin says which asset a tag belongs to; nil for a tag that the plant itself lists.
func (b *plantBuild) origin(t *tagBuild) *plant.Origin {
	o, ok := b.from.Origin(t.index)
	if !ok {
		return nil
	}
	if t.was != nil {
		w := t.was.origin
		if w != nil && w.Asset == o.Asset && w.Model == o.Model && w.From == o.From && w.Property == o.Property && slices.Equal(w.Overridden, o.Overridden) {
			return w
		}
	}
	return &o
}

// env is what an expression of a tag may name: the tags of the plant, those of its asset by relative
// paths, and what the assets below have together.
func (b *plantBuild) env(t *tagBuild, vars map[string]tag.Type) expression.Env {
	env := expression.Env{Tags: b.typeOf, Vars: vars, Past: b.past}
	base := b.from.Asset(t.index)
	if base != "" {
		env.Base = &base
	} else {
		base = t.doc.Path.Parent()
	}
	env.Members, env.Attribute = b.members(base), b.attribute(base)
	return noting(env, &t.roams)
}

// tag finds a tag of the plant, nil when there is none.
func (b *plantBuild) tag(p tag.Path) *tagBuild {
	if i, ok := b.from.Index(p); ok {
		return b.tags[i]
	}
	return nil
}

func (b *plantBuild) typeOf(p tag.Path) (tag.Type, bool) {
	if t := b.tag(p); t != nil {
		return t.typ, true
	}
	typ, ok := b.types[p]
	return typ, ok
}

// members finds what roll-ups read, seen from a place.
func (b *plantBuild) members(base tag.Path) expression.Members {
	return func(of expression.Selection) ([]tag.Path, *spec.Problem) {
		assets, problem := b.selected(base, of)
		if problem != nil || of.Property == "" {
			return assets, problem
		}
		out := make([]tag.Path, len(assets))
		for i, a := range assets {
			out[i] = a + "/" + tag.Path(of.Property)
		}
		return out, nil
	}
}

// selected are the assets of a roll-up.
func (b *plantBuild) selected(base tag.Path, of expression.Selection) ([]tag.Path, *spec.Problem) {
	if of.Relation != "" {
		return b.related(base, of)
	}
	kind := b.from.Models[of.Model]
	if kind == nil {
		return nil, spec.OneOf("model_unknown", "/model", fmt.Sprintf("There is no model %q.", of.Model), of.Model, slices.Sorted(maps.Keys(b.from.Models)))
	}
	if _, ok := kind.Property(of.Property); !ok && of.Property != "" {
		return nil, spec.OneOf("property_unknown", "/property", fmt.Sprintf("The model %q has no property %q.", of.Model, of.Property), of.Property, kind.PropertyIDs())
	}
	return b.from.Members(of.Model, base), nil
}

// related are the assets that a relation leads to. They may be of several models: those that lack the property are
// left out, as long as some model has it.
func (b *plantBuild) related(base tag.Path, of expression.Selection) ([]tag.Path, *spec.Problem) {
	asset, err := expression.Of(base, of.Asset)
	if err != nil {
		return nil, &spec.Problem{Code: "tag_path", Message: fmt.Sprintf("The %v.", err), Hint: "Write levels joined by /, such as area/line/speed."}
	}
	if _, there := b.from.At(asset); !there && of.Asset != "." && of.Asset != "./" {
		return nil, &spec.Problem{Code: "asset_unknown", Message: fmt.Sprintf("There is no asset %q.", asset), Hint: "Choose an asset of the plant."}
	}
	if of.Property != "" {
		known := map[string]bool{}
		for _, m := range b.from.Models {
			if m != nil {
				for _, id := range m.PropertyIDs() {
					known[id] = true
				}
			}
		}
		if !known[of.Property] {
			return nil, spec.OneOf("property_unknown", "/property", fmt.Sprintf("No model has a property %q.", of.Property), of.Property, slices.Sorted(maps.Keys(known)))
		}
	}
	return b.from.Related(asset, of.Relation, of.Back), nil
}

// attribute finds attributes of assets and tags, seen from a place.
func (b *plantBuild) attribute(base tag.Path) func(path, key string) (string, bool, *spec.Problem) {
	return func(text, key string) (string, bool, *spec.Problem) {
		path, err := expression.Of(base, text)
		if err != nil {
			return "", false, &spec.Problem{Code: "tag_path", Message: fmt.Sprintf("The %v.", err), Hint: "Write levels joined by /, such as area/line/speed."}
		}
		if marks, ok := b.from.Marks(path); ok {
			s, there := marks.Attributes[key]
			return s, there, nil
		}
		if t := b.tag(path); t != nil {
			s, there := t.doc.Attributes[key]
			return s, there, nil
		}
		if text == "." || text == "./" {
			return "", false, nil // a tag that stands by itself
		}
		return "", false, &spec.Problem{Code: "tag_unknown", Message: fmt.Sprintf("There is no asset or tag %q.", path), Hint: "Choose an asset or a tag of the plant."}
	}
}

// tryModels compiles the expressions of models of which there is no asset yet, so that what is wrong
// with them shows before there is one. Tags beyond the asset are taken to be there.
func (b *plantBuild) tryModels(ps *spec.Problems) {
	used := map[string]bool{}
	for i := range b.doc.Assets {
		if a := &b.doc.Assets[i]; !a.Disabled {
			for _, id := range b.from.Models[a.Model].Ancestors {
				used[id] = true
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(b.from.Models)) {
		m := b.from.Models[id]
		if m == nil || used[id] {
			continue
		}
		types := map[tag.Path]tag.Type{}
		const here = tag.Path("a/b/c/d/e/f/asset")
		for i := range m.Properties {
			types[here+"/"+tag.Path(m.Properties[i].ID)], _ = tag.ParseType(m.Properties[i].Type)
		}
		base := here
		env := expression.Env{Base: &base, Members: b.members(here), Past: pastOnly, Tags: func(path tag.Path) (tag.Type, bool) {
			if typ, ok := b.typeOf(path); ok {
				return typ, true
			}
			typ, ok := types[path]
			return typ, ok || !path.Under(here)
		}, Attribute: func(_, key string) (string, bool, *spec.Problem) { s, ok := m.Marks.Attributes[key]; return s, ok, nil }}
		for i := range m.Properties {
			p := &m.Properties[i]
			if p.From == id && p.Expr != "" && !p.Holed() {
				if _, err := expression.Compile(p.Expr, env); err != nil {
					*ps = append(*ps, problemsOf(err, "expression_invalid").Under(p.At+"/expr")...)
				}
			}
		}
		for i := range m.Events {
			if ev := &m.Events[i]; ev.From == id && !ev.Holed() {
				_, problems := compileWhen(ev.When, env)
				*ps = append(*ps, problems.Under(ev.At+"/when")...)
			}
		}
	}
}

// Reads lists the tags that a computed tag of the plant is computed from, those of roll-ups included.
func (e *Engine) Reads(path tag.Path) []tag.Path {
	if t, ok := e.lookup(path); ok && t.program != nil {
		return withoutPast(t.program.Tags())
	}
	return nil
}

// InterlockReads lists the tags that the interlock of a tag looks at.
func (e *Engine) InterlockReads(path tag.Path) []tag.Path {
	if t, ok := e.lookup(path); ok && t.gate != nil && t.gate.interlock != nil {
		return withoutPast(t.gate.interlock.Tags())
	}
	return nil
}
