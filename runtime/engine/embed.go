package engine

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// tagGiven is the path of the tag that stands in for an input of an embedded screen which takes a tag, not its value.
func (e *Engine) tagGiven(v *view, w *app.Widget, prop string, b app.Binding) (json.RawMessage, bool) {
	id, ok := app.InputOf(prop)
	if !ok || b.Tag == "" {
		return nil, false
	}
	doc := v.app
	var other string
	if json.Unmarshal(w.Props["app"], &other) == nil && other != "" {
		x := e.apps[other]
		if x == nil || x.doc == nil {
			return nil, false
		}
		doc = x.doc
	}
	if !slices.ContainsFunc(doc.Inputs, func(in app.Input) bool { return in.ID == id && in.Kind == "tag" }) {
		return nil, false
	}
	path, err := v.scope.resolve(b.Tag)
	if err != nil {
		return nil, false
	}
	raw, err := json.Marshal(path)
	return raw, err == nil
}

func noApp(installation string) *spec.Problem {
	return &spec.Problem{Code: "app_unknown", Message: fmt.Sprintf("There is no app %q here.", installation), Hint: "It may have been removed, or never published."}
}

// Inputs are those of an installation, nil when there is no such; draft asks for those of the draft.
func (e *Engine) Inputs(installation string, draft bool) []app.Input {
	e.swap.Lock()
	defer e.swap.Unlock()
	if doc := e.document(installation, draft); doc != nil {
		return doc.Inputs
	}
	return nil
}

// document is the app of an installation, nil when there is none.
func (e *Engine) document(installation string, draft bool) *app.App {
	x := e.apps[installation]
	switch {
	case x == nil:
		return nil
	case draft:
		return x.draft
	}
	return x.doc
}

// ListedAsset is an asset of a list.
type ListedAsset struct {
	Path  tag.Path
	Title spec.Text
}

// AssetsFor are the enabled assets of the running plant that an input of an installation takes, at and below a path,
// sorted by path. A *spec.Problem: app_unknown, input_unknown.
func (e *Engine) AssetsFor(installation, input string, draft bool, area tag.Path) ([]ListedAsset, error) {
	e.swap.Lock()
	defer e.swap.Unlock()
	doc := e.document(installation, draft)
	if doc == nil {
		return nil, noApp(installation)
	}
	i := slices.IndexFunc(doc.Inputs, func(in app.Input) bool { return in.ID == input && in.Kind == "asset" })
	if i < 0 {
		return nil, &spec.Problem{Code: "input_unknown", Message: "The app has no such input of kind asset.", Hint: "Choose an input of kind asset."}
	}
	if e.expansion == nil {
		return nil, nil
	}
	var out []ListedAsset
	for _, path := range e.expansion.Members(doc.Inputs[i].Model, area) {
		if a, ok := e.expansion.At(path); ok {
			out = append(out, ListedAsset{Path: path, Title: a.Title})
		}
	}
	return out, nil
}
