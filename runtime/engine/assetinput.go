package engine

import (
	"fmt"
	"maps"
	"slices"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// assetInput is an input of an app that stands for an asset of a model. path is "" while it is not known which.
type assetInput struct {
	model string
	path  tag.Path
}

// below is the tag that "{asset}/below" means. Of an input that is not mapped it is a path that no tag has.
func (s *scope) below(text string) (tag.Path, error) {
	id, below, err := tag.ParseIndirect(text)
	if err != nil {
		return "", err
	}
	x := s.assets[id]
	switch {
	case x == nil:
		return "", fmt.Errorf("the app has no asset %q as input", id)
	case x.path == "":
		return tag.Path(text), nil
	}
	return x.path + "/" + below, nil
}

// indirect finds the tag that "{asset}/below" means, and its type: that of the tag, or what the model
// says while there is no such asset.
func (e *Engine) indirect(s *scope, id string, below tag.Path) (tag.Path, tag.Type, *spec.Problem) {
	x := s.assets[id]
	if x == nil {
		return "", tag.None, spec.OneOf("input_unknown", "", fmt.Sprintf("The app has no asset %q as input.", id), id, slices.Sorted(maps.Keys(s.assets)))
	}
	path := tag.Path("{" + id + "}/" + string(below))
	if x.path != "" {
		path = x.path + "/" + below
		if typ, ok := e.typeOf(path); ok {
			return path, typ, nil
		}
	}
	model := e.model(x.model)
	if model == nil {
		return path, tag.JSON, nil // that the model is missing is said of the input
	}
	p, ok := model.Property(string(below))
	if !ok {
		return "", tag.None, spec.OneOf("property_unknown", "", fmt.Sprintf("The model %q has no property %q.", x.model, below), string(below), model.PropertyIDs())
	}
	typ, _ := tag.ParseType(p.Type)
	return path, typ, nil
}

// model is a model of the running plant, nil when there is none.
func (e *Engine) model(id string) *plant.FlatModel {
	if e.expansion == nil {
		return nil
	}
	return e.expansion.Models[id]
}

// modelOf is the model of an asset.
func (e *Engine) modelOf(asset tag.Path) (*plant.FlatModel, bool) {
	if e.expansion == nil {
		return nil, false
	}
	a, ok := e.expansion.At(asset)
	if !ok || e.expansion.Models[a.Model] == nil {
		return nil, false
	}
	return e.expansion.Models[a.Model], true
}

// checkAsset says what is wrong with the asset that stands for an input.
func (e *Engine) checkAsset(id string, x *assetInput) *spec.Problem {
	if e.model(x.model) == nil {
		return &spec.Problem{Code: "model_unknown", Severity: spec.Warning, Message: fmt.Sprintf("The plant has no model %q, which the input %q asks for.", x.model, id), Hint: "Make the model, or import it."}
	}
	if x.path == "" {
		return nil
	}
	of, ok := e.modelOf(x.path)
	switch {
	case !ok:
		return &spec.Problem{Code: "asset_unknown", Severity: spec.Warning, Message: fmt.Sprintf("There is no asset %q for the input %q.", x.path, id), Hint: "Map the input to another asset."}
	case !slices.Contains(of.Ancestors, x.model):
		return &spec.Problem{Code: "input_type", Severity: spec.Warning, Message: fmt.Sprintf("The input %q wants a %q, the asset %q is a %q.", id, x.model, x.path, of.Model.ID), Hint: "Map the input to another asset."}
	}
	return nil
}

// missing is the quality of a tag that is not there.
func missing(p tag.Path) tag.Quality {
	if tag.Indirect(string(p)) {
		return tag.BadConfigurationError // the asset is not chosen yet
	}
	return tag.BadNodeIDUnknown
}

// Shows reports whether a published app has a screen and takes an asset by an input.
func (e *Engine) Shows(installation, screen, input string) bool {
	e.swap.Lock()
	defer e.swap.Unlock()
	x := e.apps[installation]
	return x != nil && x.doc != nil && findScreen(x.doc, screen) != nil &&
		slices.ContainsFunc(x.doc.Inputs, func(in app.Input) bool { return in.ID == input && in.Kind == "asset" })
}
