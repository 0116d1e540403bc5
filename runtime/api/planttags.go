package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// TagQuery says which tags of the plant are meant.
type TagQuery struct {
	Query  string `query:"q" json:"q,omitempty" maxLength:"200" doc:"words in path, title, description, unit, device or address; label:, type:, device:, model:, asset:, unit:, address:, kind:, or the name of an attribute with a colon"`
	Area   string `query:"area" json:"area,omitempty" maxLength:"512" doc:"at or below this path"`
	Device string `query:"device" json:"device,omitempty" maxLength:"64"`
	Model  string `query:"model" json:"model,omitempty" maxLength:"64" doc:"properties of assets of this model or of one that builds on it"`
	Asset  string `query:"asset" json:"asset,omitempty" maxLength:"512"`
	Type   string `query:"type" json:"type,omitempty" enum:",bool,int,float,string,bytes,json"`
	Label  string `query:"label" json:"label,omitempty" maxLength:"64"`
	Kind   string `query:"kind" json:"kind,omitempty" enum:",device,computed,memory,asset"`
	State  string `query:"state" json:"state,omitempty" enum:",good,uncertain,bad" doc:"the quality that the value has now"`
}

// PlantTagRow is a tag of the plant or of one of its assets, as it is defined.
type PlantTagRow struct {
	Tag plant.Tag `json:"tag"`
	// Place is its place in the list of the document; none of a property of an asset.
	Place *int `json:"place,omitempty"`
	// Asset, Model and Property say which property of which asset it is; Overridden that it differs from the model there.
	Asset      string `json:"asset,omitempty"`
	Model      string `json:"model,omitempty"`
	Property   string `json:"property,omitempty"`
	Overridden bool   `json:"overridden,omitempty"`
}

// PlantTagPage is a part of the tags that were found.
type PlantTagPage struct {
	Tags []PlantTagRow `json:"tags" nullable:"false"`
	// Total is how many were found, All how many there are that the caller may view, Bad how many of all have a bad value now.
	Total int `json:"total"`
	All   int `json:"all"`
	Bad   int `json:"bad"`
	// Own is how many tags the plant itself lists, those that the caller may not view included.
	Own int `json:"own"`
	// Loose says that nothing has the words of the query, and these are tags in whose paths their letters stand one after the other.
	Loose bool `json:"loose,omitempty"`
	// ETag is the version of the plant that this is from.
	ETag string `json:"etag"`
}

// PlantArea is a level of paths: tags or assets are below it, or the plant names it.
type PlantArea struct {
	Path string `json:"path"`
	// Tags is how many tags are below it, those of assets included.
	Tags int `json:"tags"`
	// Asset says that an asset is there.
	Asset bool `json:"asset,omitempty"`
}

// PlantAreaPage is a part of the areas that were found, sorted by path.
type PlantAreaPage struct {
	Areas []PlantArea `json:"areas" nullable:"false"`
	Total int         `json:"total"`
}

// TagsChange changes many tags at once: those with the paths, or all that a selection finds. Properties of assets are
// left as they are: they follow their model.
type TagsChange struct {
	Paths  []string  `json:"paths,omitempty" maxItems:"10000"`
	Select *TagQuery `json:"select,omitempty"`
	plant.TagChange
	// Dry only tells what would happen.
	Dry bool `json:"dry,omitempty"`
}

// TagsChanged says what was changed.
type TagsChanged struct {
	ETag string `json:"etag"`
	// Changed is how many tags were changed or removed; Left how many belong to assets and were left.
	Changed int `json:"changed"`
	Left    int `json:"left"`
	// Undo is the patch of the plant that takes it back; nothing when it would be too large.
	Undo     *PlantPatch     `json:"undo,omitempty"`
	Problems []*spec.Problem `json:"problems" nullable:"false"`
}

// mostUndone is how many tags an answer carries for taking a change back.
const mostUndone = 2000

func (s *Server) plantTagsResource() {
	add(s, route{method: "GET", path: "/plant/tags", id: "findTags", tag: "plant", summary: "Find tags of the plant and of its assets, as they are defined", access: anywhere(auth.View)}, s.findTags)
	add(s, route{method: "GET", path: "/plant/areas", id: "findAreas", tag: "plant", summary: "Find the levels of the paths of tags and assets", access: anywhere(auth.View)}, s.findAreas)
	add(s, route{method: "POST", path: "/plant/tags/change", id: "changeTags", tag: "plant", summary: "Change or remove many tags at once", access: anywhere(auth.Design)}, s.changeTags)
}

// expandedPlant is the plant as it is kept, with the tags of its assets, and their slots; no slots when it does not run
// because it has errors.
func (s *Server) expandedPlant(ctx context.Context) (x *plant.Expansion, slots []tag.Slot, etag string, err error) {
	kept, err := s.keptPlant(ctx)
	if err != nil {
		return nil, nil, "", err
	}
	if x, slots = s.engine.Slots(); x.Plant() == kept.plant {
		return x, slots, kept.etag, nil
	}
	x, _ = plant.Expand(kept.plant)
	return x, nil, kept.etag, nil
}

// selected finds the tags of a query that the caller may do something with. all and bad count without the query.
func (s *Server) selected(ctx context.Context, x *plant.Expansion, slots []tag.Slot, q *TagQuery, may auth.Action) (found []int32, loose bool, all, bad int) {
	rights := actorOf(ctx).Rights
	everywhere := rights.Allows(may, "")
	allows := func(path tag.Path) bool { return everywhere || rights.Allows(may, path) }
	var qualities []tag.Quality
	if len(slots) > 0 {
		qualities = s.engine.Table().Qualities(slots, make([]tag.Quality, 0, len(slots)))
	}
	for i := range x.Tags {
		if allows(x.Tags[i].Path) {
			all++
			if qualities != nil && qualities[i].IsBad() {
				bad++
			}
		}
	}
	state := func(i int) bool {
		switch {
		case q.State == "":
			return true
		case qualities == nil:
			return false
		case q.State == "bad":
			return qualities[i].IsBad()
		case q.State == "good":
			return qualities[i].IsGood()
		}
		return !qualities[i].IsBad() && !qualities[i].IsGood()
	}
	if *q == (TagQuery{}) && everywhere {
		return slices.Clone(x.Ordered()), false, all, bad
	}
	selection := plant.TagSelection{Query: q.Query, Area: tag.Path(q.Area), Device: q.Device, Model: q.Model, Type: q.Type, Asset: tag.Path(q.Asset), Label: q.Label, Kind: q.Kind}
	found, loose = x.Select(selection, func(i int, path tag.Path) bool { return state(i) && allows(path) })
	return found, loose, all, bad
}

func (s *Server) findTags(ctx context.Context, in *struct {
	TagQuery
	Sort   string `query:"sort" enum:",path,type,unit,device,-path,-type,-unit,-device" doc:"path when left out; with a minus sign the other way round"`
	Offset int    `query:"offset" minimum:"0"`
	Limit  int    `query:"limit" default:"100" minimum:"0" maximum:"10000"`
}) (*body[PlantTagPage], error) {
	x, slots, etag, err := s.expandedPlant(ctx)
	if err != nil {
		return nil, err
	}
	found, loose, all, bad := s.selected(ctx, x, slots, &in.TagQuery, auth.View)
	sortTags(x, found, in.Sort)
	page := PlantTagPage{Tags: []PlantTagRow{}, Own: len(x.Plant().Tags), Total: len(found), All: all, Bad: bad, Loose: loose, ETag: quote(etag)}
	from := min(in.Offset, len(found))
	for _, i := range found[from:min(from+in.Limit, len(found))] {
		row := PlantTagRow{Tag: x.Tags[i]}
		if o, ok := x.Origin(int(i)); ok {
			row.Asset, row.Model, row.Property, row.Overridden = string(o.Asset), o.Model, o.Property, len(o.Overridden) > 0
		} else {
			place := int(i)
			row.Place = &place
		}
		page.Tags = append(page.Tags, row)
	}
	return answerWith(page)
}

func sortTags(x *plant.Expansion, found []int32, by string) {
	key, down := strings.CutPrefix(by, "-")
	of := map[string]func(*plant.Tag) string{
		"type": func(t *plant.Tag) string { return t.Type }, "unit": func(t *plant.Tag) string { return t.Unit }, "device": func(t *plant.Tag) string { return t.Device },
	}[key]
	if of != nil {
		slices.SortStableFunc(found, func(a, b int32) int { return strings.Compare(of(&x.Tags[a]), of(&x.Tags[b])) })
	}
	if down {
		slices.Reverse(found)
	}
}

func (s *Server) findAreas(ctx context.Context, in *struct {
	Query string `query:"q" maxLength:"200" doc:"words in the path"`
	Limit int    `query:"limit" default:"100" minimum:"1" maximum:"10000"`
}) (*body[PlantAreaPage], error) {
	x, _, _, err := s.expandedPlant(ctx)
	if err != nil {
		return nil, err
	}
	rights := actorOf(ctx).Rights
	everywhere := rights.Allows(auth.View, "")
	counts := map[tag.Path]int{}
	above := func(path tag.Path, n int) {
		for path = path.Parent(); path != ""; path = path.Parent() {
			counts[path] += n
		}
	}
	for i := range x.Tags {
		if path := x.Tags[i].Path; everywhere || rights.Allows(auth.View, path) {
			above(path, 1)
		}
	}
	p := x.Plant()
	assets := make(map[tag.Path]bool, len(p.Assets))
	for i := range p.Assets {
		if path := p.Assets[i].Path; everywhere || rights.Allows(auth.View, path) {
			assets[path] = true
			counts[path] += 0
			above(path, 0)
		}
	}
	for i := range p.Areas {
		if path := p.Areas[i].Path; everywhere || rights.Allows(auth.View, path) {
			counts[path] += 0
			above(path, 0)
		}
	}
	words := strings.Fields(strings.ToLower(in.Query))
	page := PlantAreaPage{Areas: []PlantArea{}}
	for path, n := range counts {
		lower := strings.ToLower(string(path))
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(lower, w) }) {
			page.Areas = append(page.Areas, PlantArea{Path: string(path), Tags: n, Asset: assets[path]})
		}
	}
	slices.SortFunc(page.Areas, func(a, b PlantArea) int { return plant.Compare(a.Path, b.Path) })
	page.Total = len(page.Areas)
	page.Areas = page.Areas[:min(in.Limit, page.Total)]
	return answerWith(page)
}

func (s *Server) changeTags(ctx context.Context, in *struct {
	IfMatch string `header:"If-Match"`
	Body    TagsChange
}) (*body[TagsChanged], error) {
	if in.IfMatch == "" {
		return nil, errNoETag.with()
	}
	out := TagsChanged{Problems: []*spec.Problem{}}
	change := func(old *plant.Plant) (*plant.Plant, error) {
		paths, left, err := s.changing(ctx, old, &in.Body)
		if err != nil {
			return nil, err
		}
		next, were, err := old.Change(paths, in.Body.TagChange)
		if err != nil {
			return nil, err
		}
		out.Changed, out.Left = len(were), left
		if len(were) > 0 && len(were) <= mostUndone {
			out.Undo = &PlantPatch{Put: PlantPut{Tags: were}}
		}
		return next, nil
	}
	if in.Body.Dry {
		kept, err := s.keptPlant(ctx)
		if err != nil {
			return nil, err
		}
		if want := unquote(in.IfMatch); want != store.AnyETag && want != kept.etag {
			return nil, &store.ErrConflict{ETag: kept.etag}
		}
		next, err := change(kept.plant)
		if err != nil {
			return nil, err
		}
		diff := comparePlants(kept.plant, next)
		if err := diff.allowed(actorOf(ctx)); err != nil {
			return nil, err
		}
		out.ETag, out.Undo, out.Problems = quote(kept.etag), nil, told(ctx, s.engine.CheckPlant(next))
		return answerWith(out)
	}
	etag, ps, err := s.savePlant(ctx, unquote(in.IfMatch), change)
	if err != nil {
		return nil, err
	}
	out.ETag, out.Problems = quote(etag), told(ctx, ps)
	return answerWith(out)
}

// changing finds the tags of the plant itself that are meant, and counts those of assets that are meant, too.
func (s *Server) changing(ctx context.Context, p *plant.Plant, c *TagsChange) (paths map[tag.Path]bool, left int, err error) {
	x, slots := s.engine.Slots()
	if x.Plant() != p {
		x, slots = nil, nil
		if x, _ = plant.Expand(p); x == nil {
			return nil, 0, errNotReady.with()
		}
	}
	paths = map[tag.Path]bool{}
	if c.Select != nil {
		found, loose, _, _ := s.selected(ctx, x, slots, c.Select, auth.View)
		if loose {
			return paths, 0, nil // what is only alike is not meant
		}
		for _, i := range found {
			if _, asset := x.Origin(int(i)); asset {
				left++
			} else {
				paths[x.Tags[i].Path] = true
			}
		}
		return paths, left, nil
	}
	missing := make(map[tag.Path]int, len(c.Paths))
	for i, path := range c.Paths {
		missing[tag.Path(path)] = i
	}
	for i := range x.Tags {
		path := x.Tags[i].Path
		if _, meant := missing[path]; !meant {
			continue
		}
		delete(missing, path)
		if _, asset := x.Origin(i); asset {
			left++
		} else {
			paths[path] = true
		}
	}
	var ps spec.Problems
	for path, i := range missing {
		ps.Add("not_found", fmt.Sprintf("/paths/%d", i), "Load the plant again.", "There is no tag %q.", path)
	}
	return paths, left, ps.Err()
}
