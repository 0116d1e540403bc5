package api

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// ModelState is a model with all that it inherits.
type ModelState struct {
	ID   string    `json:"id"`
	Name spec.Text `json:"name,omitempty"`
	Icon string    `json:"icon,omitempty"`
	// Ancestors are the model itself and all that it extends or mixes in, the nearest first.
	Ancestors  []string            `json:"ancestors" nullable:"false"`
	Parameters []plant.Parameter   `json:"parameters" nullable:"false"`
	Properties []InheritedProperty `json:"properties" nullable:"false"`
	Commands   []plant.Command     `json:"commands" nullable:"false"`
	Events     []InheritedEvent    `json:"events" nullable:"false"`
	// Labels and Attributes are those of the model and of all that it builds on.
	Labels     []string          `json:"labels,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
	// Faceplate is that of the model or of the nearest that it builds on.
	Faceplate *plant.Faceplate `json:"faceplate,omitempty"`
	// Template says that its assets bring a device along when they are stamped.
	Template bool `json:"template,omitempty"`
	// Assets is how many assets of just this model the caller may view; Descendants are the models that build on it.
	Assets      int      `json:"assets"`
	Descendants []string `json:"descendants" nullable:"false"`
}

// InheritedProperty is a property that a model has, and from where.
type InheritedProperty struct {
	// From is the model that declares it: the model itself or an ancestor.
	From     string         `json:"from"`
	Property plant.Property `json:"property"`
}

// InheritedEvent is an event that a model has, and from where.
type InheritedEvent struct {
	From  string      `json:"from"`
	Event plant.Event `json:"event"`
}

// AssetRow is an asset in a list.
type AssetRow struct {
	Path     string    `json:"path"`
	Model    string    `json:"model"`
	Title    spec.Text `json:"title,omitempty"`
	Disabled bool      `json:"disabled,omitempty"`
	// Properties is how many tags it has, Good how many of them have a good value now.
	Properties int `json:"properties"`
	Good       int `json:"good"`
	// Faceplate is the address of the screen that shows the asset, "" when there is none.
	Faceplate string `json:"faceplate,omitempty"`
	// Overridden is how many properties differ from the model.
	Overridden int `json:"overridden"`
	// Labels are its own and those of its model.
	Labels []string `json:"labels,omitempty"`
}

// AssetPage is a part of the assets, sorted by path.
type AssetPage struct {
	Assets []AssetRow `json:"assets" nullable:"false"`
	// Total is how many there are in all parts.
	Total int `json:"total"`
	// Next is the path to give as after for the next part, "" at the end.
	Next string `json:"next,omitempty"`
}

// AssetState is an asset with all that it has.
type AssetState struct {
	Asset plant.Asset `json:"asset"`
	// Ancestors are the model of the asset and all that it builds on.
	Ancestors  []string         `json:"ancestors" nullable:"false"`
	Parameters []AssetParameter `json:"parameters" nullable:"false"`
	Properties []AssetProperty  `json:"properties" nullable:"false"`
	Commands   []AssetCommand   `json:"commands" nullable:"false"`
	// Labels and Attributes are its own and those of its model.
	Labels     []string          `json:"labels,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
	// Relations are those that it has, and those that others have to it.
	Relations []AssetRelation `json:"relations" nullable:"false"`
	// Events is how many kinds of event it has.
	Events int `json:"events"`
	// Faceplate is the address of the screen that shows the asset, "" when its model names none or the app is not there.
	Faceplate string `json:"faceplate,omitempty"`
}

// AssetParameter is a parameter with the value that it has here.
type AssetParameter struct {
	Parameter plant.Parameter `json:"parameter"`
	// Value is what the asset gives, or else the default.
	Value json.RawMessage `json:"value,omitempty"`
	// Given says that the asset gives it.
	Given bool `json:"given,omitempty"`
}

// AssetProperty is a property of an asset.
type AssetProperty struct {
	ID string `json:"id"`
	// Path is the path of the tag, From the model that declares the property.
	Path string `json:"path"`
	From string `json:"from"`
	// Overridden are the places at which it differs from the model, as JSON Pointers ("/range/high").
	Overridden []string `json:"overridden" nullable:"false"`
	// Inherited is the property as the model has it, placeholders included.
	Inherited plant.Property `json:"inherited"`
	// Tag is what became of it; nothing when the asset is disabled.
	Tag *plant.Tag `json:"tag,omitempty"`
	// State is its present value; nothing when the asset is disabled.
	State *TagState `json:"state,omitempty"`
}

// AssetCommand is a command of an asset.
type AssetCommand struct {
	ID    string    `json:"id"`
	Title spec.Text `json:"title,omitempty"`
	// Inputs are what is asked of whoever gives it.
	Inputs []plant.Input `json:"inputs,omitempty"`
	// Writes are what it writes, in order; values may hold placeholders for the inputs.
	Writes []plant.CommandWrite `json:"writes" nullable:"false"`
	// Confirm is the strictest of what the command and what it writes ask.
	Confirm string `json:"confirm" enum:"none,ask,reason"`
	// Allowed says that the caller may give it.
	Allowed bool `json:"allowed"`
}

// StampRequest makes many assets of a model.
type StampRequest struct {
	plant.Stamping
	// Dry only tells what would happen.
	Dry bool `json:"dry,omitempty"`
}

// StampResult is what was made, or would be.
type StampResult struct {
	plant.Stamped
	// ETag is that of the new plant, "" of a dry run.
	ETag     string          `json:"etag,omitempty"`
	Problems []*spec.Problem `json:"problems" nullable:"false"`
}

func (s *Server) modelsResource() {
	add(s, route{method: "GET", path: "/models", id: "listModels", tag: "models", summary: "The thing models with all that they inherit", access: anywhere(auth.View)}, s.listModels)
	add(s, route{method: "GET", path: "/assets", id: "listAssets", tag: "models", summary: "List assets", access: anywhere(auth.View)}, s.listAssets)
	add(s, route{method: "GET", path: "/assets/{path...}", id: "readAsset", tag: "models", summary: "One asset with its properties, their origin and values", access: anywhere(auth.View)}, s.readAsset)
	add(s, route{method: "POST", path: "/assets/{path...}", id: "commandAsset", tag: "models", summary: "Give an asset a command", access: loggedIn}, s.commandAsset)
	add(s, route{method: "POST", path: "/plant/stamp", id: "stampAssets", tag: "models", summary: "Make many assets of a model, or tell what would be made", access: anywhere(auth.Design)}, s.stampAssets)
}

func (s *Server) listModels(ctx context.Context, _ *nothing) (*body[[]ModelState], error) {
	p, x := s.engine.Plant(), s.engine.Expansion()
	rights := actorOf(ctx).Rights
	counts := map[string]int{}
	for i := range p.Assets {
		if rights.Allows(auth.View, p.Assets[i].Path) {
			counts[p.Assets[i].Model]++
		}
	}
	out := make([]ModelState, 0, len(p.Models))
	for i := range p.Models {
		m := x.Models[p.Models[i].ID]
		if m == nil {
			continue
		}
		state := ModelState{
			ID: m.Model.ID, Name: m.Model.Name, Icon: m.Model.Icon, Ancestors: m.Ancestors, Parameters: orEmpty(m.Parameters), Commands: orEmpty(m.Commands), Faceplate: m.Faceplate, Template: m.Device != nil,
			Events: make([]InheritedEvent, len(m.Events)), Labels: m.Marks.Labels, Attributes: m.Marks.Attributes,
			Properties: make([]InheritedProperty, len(m.Properties)), Assets: counts[m.Model.ID], Descendants: []string{},
		}
		for j := range m.Properties {
			state.Properties[j] = InheritedProperty{From: m.Properties[j].From, Property: *m.Properties[j].Property}
		}
		for j := range m.Events {
			state.Events[j] = InheritedEvent{From: m.Events[j].From, Event: *m.Events[j].Event}
		}
		for j := range p.Models {
			if other := x.Models[p.Models[j].ID]; j != i && other != nil && other.Is(state.ID) {
				state.Descendants = append(state.Descendants, p.Models[j].ID)
			}
		}
		out = append(out, state)
	}
	return answerWith(out)
}

func (s *Server) listAssets(ctx context.Context, in *struct {
	Under string `query:"under" maxLength:"512" doc:"only assets at or below this path"`
	Model string `query:"model" maxLength:"64" doc:"only assets of this model or of one that builds on it"`
	Query string `query:"q" maxLength:"200" doc:"words in path, title, model or attributes; label:…, type:… (a model), or the name of an attribute with a colon"`
	// Faceplate leaves out assets that no screen shows.
	Faceplate bool   `query:"faceplate" doc:"only assets that have a faceplate"`
	Limit     int    `query:"limit" default:"100" minimum:"1" maximum:"10000"`
	After     string `query:"after" maxLength:"512" doc:"only paths behind this one"`
}) (*body[AssetPage], error) {
	p, x := s.engine.Plant(), s.engine.Expansion()
	rights, query := actorOf(ctx).Rights, plant.ParseQuery(in.Query)
	shows := map[*plant.Faceplate]bool{}
	faceplate := func(f *plant.Faceplate) bool {
		if f == nil {
			return false
		}
		if _, known := shows[f]; !known {
			shows[f] = s.engine.Shows(f.App, f.Screen, f.Input)
		}
		return shows[f]
	}
	var found []int
	for i := range p.Assets {
		a := &p.Assets[i]
		switch m := x.Models[a.Model]; {
		case in.Faceplate && (m == nil || a.Disabled || !faceplate(m.Faceplate)):
		case m == nil, !a.Path.Under(tag.Path(in.Under)), in.Model != "" && !m.Is(in.Model), !rights.Allows(auth.View, a.Path):
		case !query.Match(&plant.Thing{Texts: []string{string(a.Path), a.Model}, Titles: a.Title, Types: m.Ancestors, Marks: []*plant.Marks{&a.Marks, &m.Marks}}):
		default:
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(i, j int) int { return strings.Compare(string(p.Assets[i].Path), string(p.Assets[j].Path)) })
	page := AssetPage{Assets: []AssetRow{}, Total: len(found)}
	for _, i := range found {
		a := &p.Assets[i]
		if in.After != "" && string(a.Path) <= in.After {
			continue
		}
		if len(page.Assets) == in.Limit {
			page.Next = page.Assets[len(page.Assets)-1].Path
			break
		}
		row := AssetRow{Path: string(a.Path), Model: a.Model, Title: a.Title, Disabled: a.Disabled, Overridden: len(a.Overrides)}
		if marks, ok := x.Marks(a.Path); ok {
			row.Labels = marks.Labels
		}
		if m := x.Models[a.Model]; faceplate(m.Faceplate) {
			row.Faceplate = m.Faceplate.Address(a.Path)
		}
		first, n := x.Of(i)
		for j := first; j < first+n; j++ {
			row.Properties++
			if slot, ok := s.engine.Table().Lookup(x.Tags[j].Path); ok && s.engine.Table().Get(slot).Quality.IsGood() {
				row.Good++
			}
		}
		page.Assets = append(page.Assets, row)
	}
	return answerWith(page)
}

func (s *Server) readAsset(ctx context.Context, in *TagPath) (*body[AssetState], error) {
	p, x := s.engine.Plant(), s.engine.Expansion()
	i := slices.IndexFunc(p.Assets, func(a plant.Asset) bool { return string(a.Path) == in.Path })
	if i < 0 || !actorOf(ctx).Rights.Allows(auth.View, p.Assets[i].Path) || x.Models[p.Assets[i].Model] == nil {
		return nil, errAssetUnknown.with(in.Path) // the same for one that may not be viewed
	}
	a := p.Assets[i]
	m := x.Models[a.Model]
	out := AssetState{Asset: a, Ancestors: m.Ancestors, Parameters: []AssetParameter{}, Properties: []AssetProperty{}, Commands: []AssetCommand{}, Relations: []AssetRelation{}}
	for _, q := range m.Parameters {
		v, given := a.Params[q.ID]
		if !given {
			v = q.Default
		}
		out.Parameters = append(out.Parameters, AssetParameter{Parameter: q, Value: v, Given: given})
	}
	if f := m.Faceplate; f != nil && s.engine.Shows(f.App, f.Screen, f.Input) {
		out.Faceplate = f.Address(a.Path)
	}
	first, n := x.Of(i)
	tags := map[tag.Path]int{}
	for j := first; j < first+n; j++ {
		tags[x.Tags[j].Path] = j
	}
	for j := range m.Properties {
		q := &m.Properties[j]
		path := a.Path + "/" + tag.Path(q.ID)
		row := AssetProperty{ID: q.ID, Path: string(path), From: q.From, Overridden: orEmpty(plant.Pointers(a.Overrides[q.ID])), Inherited: *q.Property}
		if k, ok := tags[path]; ok {
			t := x.Tags[k]
			row.Tag = &t
			if slot, ok := s.engine.Table().Lookup(path); ok {
				if state, ok := s.tagState(ctx, slot, path); ok {
					row.State = &state
				}
			}
		}
		out.Properties = append(out.Properties, row)
	}
	for i := range m.Commands {
		out.Commands = append(out.Commands, s.assetCommand(ctx, &a, &m.Commands[i]))
	}
	marks, _ := x.Marks(a.Path)
	out.Labels, out.Attributes, out.Events = marks.Labels, marks.Attributes, len(m.Events)
	out.Relations = s.assetRelations(ctx, p, x, &a)
	return answerWith(out)
}

// stampAssets answers a dry run with its problems; without dry, one error refuses all.
func (s *Server) stampAssets(ctx context.Context, in *body[StampRequest]) (*body[StampResult], error) {
	var made *plant.Stamped
	change := func(old *plant.Plant) (*plant.Plant, error) {
		next, stamped, err := plant.Stamp(old, in.Body.Stamping)
		made = stamped
		return next, err
	}
	if in.Body.Dry {
		old, _, err := s.readPlant(ctx)
		if err != nil {
			return nil, err
		}
		next, err := change(old)
		if err != nil {
			return nil, err
		}
		if err := comparePlants(old, next).allowed(actorOf(ctx)); err != nil {
			return nil, err
		}
		return answerWith(StampResult{Stamped: *made, Problems: told(ctx, made.Locate(s.engine.CheckPlant(next)))})
	}
	etag, ps, err := s.savePlant(ctx, store.AnyETag, change)
	if err != nil {
		return nil, err
	}
	return answerWith(StampResult{Stamped: *made, ETag: quote(etag), Problems: told(ctx, made.Locate(ps))})
}
