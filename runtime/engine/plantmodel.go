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
	return &o
}

// env is what an expression of a tag may name: the tags of the plant, those of its asset by relative
// paths, and what the assets below have together.
func (b *plantBuild) env(t *tagBuild, vars map[string]tag.Type) expression.Env {
	env := expression.Env{Tags: b.typeOf, Vars: vars}
	base := b.from.Asset(t.index)
	if base != "" {
		env.Base = &base
	} else {
		base = t.doc.Path.Parent()
	}
	env.Members = b.members(base)
	return env
}

func (b *plantBuild) typeOf(p tag.Path) (tag.Type, bool) { t, ok := b.types[p]; return t, ok }

// members finds what roll-ups read, seen from a place.
func (b *plantBuild) members(base tag.Path) expression.Members {
	return func(model, property string) ([]tag.Path, *spec.Problem) {
		kind := b.from.Models[model]
		if kind == nil {
			return nil, spec.OneOf("model_unknown", "/model", fmt.Sprintf("There is no model %q.", model), model, slices.Sorted(maps.Keys(b.from.Models)))
		}
		assets := b.from.Members(model, base)
		if property == "" {
			return assets, nil
		}
		if _, ok := kind.Property(property); !ok {
			var known []string
			for i := range kind.Properties {
				known = append(known, kind.Properties[i].ID)
			}
			return nil, spec.OneOf("property_unknown", "/property", fmt.Sprintf("The model %q has no property %q.", model, property), property, known)
		}
		out := make([]tag.Path, len(assets))
		for i, a := range assets {
			out[i] = a + "/" + tag.Path(property)
		}
		return out, nil
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
		for i := range m.Properties {
			p := &m.Properties[i]
			if p.From == id && p.Expr != "" && !p.Holed() {
				base := here
				_, err := expression.Compile(p.Expr, expression.Env{Base: &base, Members: b.members(here), Tags: func(path tag.Path) (tag.Type, bool) {
					if typ, ok := b.types[path]; ok {
						return typ, true
					}
					typ, ok := types[path]
					return typ, ok || !path.Under(here)
				}})
				if err != nil {
					*ps = append(*ps, problemsOf(err, "expression_invalid").Under(p.At+"/expr")...)
				}
			}
		}
	}
}

// Reads lists the tags that a computed tag of the plant is computed from, those of roll-ups included.
func (e *Engine) Reads(path tag.Path) []tag.Path {
	if t, ok := e.lookup(path); ok && t.program != nil {
		return t.program.Tags()
	}
	return nil
}

// InterlockReads lists the tags that the interlock of a tag looks at.
func (e *Engine) InterlockReads(path tag.Path) []tag.Path {
	if t, ok := e.lookup(path); ok && t.gate != nil && t.gate.interlock != nil {
		return t.gate.interlock.Tags()
	}
	return nil
}
