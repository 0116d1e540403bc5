package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// Use is a place that names a tag of the plant.
type Use struct {
	// App is the installation it is in, "" for the plant; Name what the app is called.
	App  string    `json:"app,omitempty"`
	Name spec.Text `json:"name,omitempty"`
	// Draft and Published say in which of the two it stands.
	Draft     bool `json:"draft,omitempty"`
	Published bool `json:"published,omitempty"`
	// At is the JSON Pointer of the place in the document, "" for the mapping of an input.
	At string `json:"at,omitempty"`
	// Where is the place in words, in the language of the caller.
	Where string `json:"where"`
	// Text is what stands there: a path or an expression.
	Text string `json:"text"`
	// Link is the address of the page where it can be changed.
	Link string `json:"link"`
	// Assets is at how many assets it is so, for a property of a model.
	Assets int `json:"assets,omitempty"`
}

// TagUses is what names tags of the plant.
type TagUses struct {
	// Tags is how many tags were asked for.
	Tags int   `json:"tags"`
	Uses []Use `json:"uses" nullable:"false"`
	// Hidden is how many uses are in apps that the caller may not design.
	Hidden int `json:"hidden"`
}

// ReferencesRequest asks what in an app names a thing of it, or a tag.
type ReferencesRequest struct {
	// Document is the app; the draft when left out.
	Document json.RawMessage `json:"document,omitempty"`
	app.Target
}

// RenameRequest gives a thing of an app another name.
type RenameRequest struct {
	// Document is the app; the draft when left out. It is not saved.
	Document json.RawMessage `json:"document,omitempty"`
	Kind     string          `json:"kind" enum:"tag,area,input,computed,variable,screen,widget,text,model,property"`
	From     string          `json:"from"`
	To       string          `json:"to"`
	// Screen is where a variable or a widget is.
	Screen string `json:"screen,omitempty"`
}

// RenameResult is an app with the new name.
type RenameResult struct {
	Document json.RawMessage `json:"document"`
	// Count is in how many places it was named.
	Count int `json:"count"`
	// Left are the places that could not be followed: expressions that cannot be read.
	Left []app.Reference `json:"left" nullable:"false"`
}

func (s *Server) usesResource() {
	add(s, route{method: "GET", path: "/plant/uses", id: "listUses", tag: "plant", summary: "What names a tag, the tags of an area or of a device, a model or a property", access: anywhere(auth.Design)}, s.listUses)
	add(s, route{method: "POST", path: "/plant/rename", id: "renameTags", tag: "plant", summary: "Rename a tag or an area in the plant and in the drafts of all apps", access: anywhere(auth.Design)}, s.renameTags)
	r := route{method: "POST", tag: "apps", access: whole(auth.Design), maxBody: app.MaxBytes + maxBody}
	r.path, r.id, r.summary = "/apps/{id}/references", "listReferences", "What in an app names a thing"
	add(s, r, s.listReferences)
	r.path, r.id, r.summary = "/apps/{id}/rename", "renameInApp", "Rename a thing of an app wherever it is named; nothing is saved"
	add(s, r, s.renameInApp)
}

// renameExpression is expression.Rename with the kinds that app names.
func renameExpression(text, kind, from, to string) (string, int, error) {
	k := expression.Tag
	switch kind {
	case "area":
		k = expression.Area
	case "variable":
		k = expression.Variable
	}
	return expression.Rename(text, k, from, to)
}

// renamePath is expression.Rename of paths.
func renamePath(text string, area bool, from, to string) (string, int, error) {
	k := expression.Tag
	if area {
		k = expression.Area
	}
	return expression.Rename(text, k, from, to)
}

// modelRenamer is what follows renames of models.
var modelRenamer = plant.ModelRenamer{Model: expression.RenameModel, Property: expression.RenameProperty, Tags: expression.RenameTags}

// documentOf reads the app of a request, or its draft.
func (s *Server) documentOf(ctx context.Context, id string, raw json.RawMessage) (*app.App, error) {
	if len(raw) == 0 || string(raw) == "null" {
		a, _, err := s.draft(ctx, id)
		return a, err
	}
	if _, err := s.store.Installation(ctx, id); err != nil {
		return nil, unless(err, "app", id)
	}
	a, err := app.Read(raw)
	return a, under(err, "/document")
}

func (s *Server) listReferences(ctx context.Context, in *struct {
	AppPath
	Body ReferencesRequest
}) (*body[[]app.Reference], error) {
	a, err := s.documentOf(ctx, in.ID, in.Body.Document)
	if err != nil {
		return nil, err
	}
	target := in.Body.Target
	target.Installation = in.ID
	return answerWith(toldReferences(ctx, orEmpty(app.References(a, target, renameExpression))))
}

func (s *Server) renameInApp(ctx context.Context, in *struct {
	AppPath
	Body RenameRequest
}) (*body[RenameResult], error) {
	a, err := s.documentOf(ctx, in.ID, in.Body.Document)
	if err != nil {
		return nil, err
	}
	b := in.Body
	next, refs, err := app.Rename(a, app.Target{Kind: b.Kind, ID: b.From, Screen: b.Screen, Installation: in.ID}, b.To, renameExpression)
	if err != nil {
		return nil, err
	}
	content, err := app.Canonical(next)
	if err != nil {
		return nil, err
	}
	out := RenameResult{Document: content, Left: []app.Reference{}}
	for _, r := range toldReferences(ctx, refs) {
		if r.Problem != nil {
			out.Left = append(out.Left, r)
		} else {
			out.Count++
		}
	}
	return answerWith(out)
}

// toldReferences gives the problems of references in the language of who asks.
func toldReferences(ctx context.Context, refs []app.Reference) []app.Reference {
	for i := range refs {
		if refs[i].Problem != nil {
			refs[i].Problem = spec.Problems{refs[i].Problem}.In(languageOf(ctx))[0]
		}
	}
	return refs
}

// wanted says which tags are asked for.
type wanted func(path string) bool

// names reports whether a text (a path or an expression) names a wanted tag.
func (w wanted) names(text string) bool {
	return w(text) || slices.ContainsFunc(expression.Tags(text), w)
}

func (s *Server) listUses(ctx context.Context, in *struct {
	Path     string `query:"path" maxLength:"512" doc:"one tag"`
	Area     string `query:"area" maxLength:"512" doc:"the tags below a path, or of an asset"`
	Device   string `query:"device" maxLength:"64" doc:"the tags of a device"`
	Model    string `query:"model" maxLength:"64" doc:"a model: what builds on it, its assets, roll-ups over them"`
	Property string `query:"property" maxLength:"512" doc:"with model: one property of it, and the tags that assets have of it"`
}) (*body[TagUses], error) {
	p, _, err := s.readPlant(ctx)
	if err != nil {
		return nil, err
	}
	x := s.engine.Expansion()
	want := wanted(func(path string) bool { return path == in.Path })
	var uses []Use
	switch {
	case in.Model != "":
		of := map[string]bool{}
		if in.Property != "" {
			for _, asset := range x.Members(in.Model, "") {
				of[string(asset)+"/"+in.Property] = true
			}
		}
		want = func(path string) bool { return of[path] }
		uses = s.modelUses(ctx, p, in.Model, in.Property)
	case in.Area != "":
		want = func(path string) bool { return tag.Path(path).Under(tag.Path(in.Area)) }
		uses = s.relationUses(ctx, p, tag.Path(in.Area))
	case in.Device != "":
		of := map[string]bool{}
		for i := range x.Tags {
			if x.Tags[i].Device == in.Device {
				of[string(x.Tags[i].Path)] = true
			}
		}
		want = func(path string) bool { return of[path] }
		uses = s.deviceUses(ctx, p, in.Device)
	}
	out := TagUses{Uses: both(uses, nil)}
	for _, u := range s.plantUses(ctx, p, want) {
		if !slices.ContainsFunc(uses, func(o Use) bool { return o.At == u.At }) {
			out.Uses = append(out.Uses, u)
		}
	}
	for i := range x.Tags {
		if want(string(x.Tags[i].Path)) {
			out.Tags++
		}
	}
	apps, err := s.appUses(ctx, want)
	if err != nil {
		return nil, err
	}
	if actorOf(ctx).Rights.Allows(auth.Design, "") {
		out.Uses = append(out.Uses, apps...)
	} else {
		out.Hidden = len(apps)
	}
	return answerWith(out)
}

// plantUses lists the expressions of other tags that name wanted ones, as far as the caller may view them.
func (s *Server) plantUses(ctx context.Context, p *plant.Plant, want wanted) []Use {
	out := []Use{}
	rights, lang := actorOf(ctx).Rights, languageOf(ctx)
	count := func(text string, _ bool, _, _ string) (string, int, error) {
		if want.names(text) {
			return text, 1, nil
		}
		return text, 0, nil
	}
	listed := map[string]bool{}
	for _, r := range plant.References(p, "", true, count) {
		listed[r.At] = true
		if r.Tag != "" && (want(string(r.Tag)) || !rights.Allows(auth.View, r.Tag)) {
			continue // what goes together with what is asked for does not use it
		}
		out = append(out, useOf(r, lang))
	}
	out = append(out, s.exposures(p, want, rights, lang)...)
	// Roll-ups and relative paths name a tag without its path: what runs knows them.
	x := s.engine.Expansion()
	places := map[string]int{}
	for i := range x.Tags {
		t := &x.Tags[i]
		if t.Expr == "" && (t.Write == nil || t.Write.Interlock == "") || want(string(t.Path)) || !rights.Allows(auth.View, t.Path) {
			continue
		}
		for _, part := range [...]struct {
			place string
			reads []tag.Path
		}{{"/expr", s.engine.Reads(t.Path)}, {"/write/interlock", s.engine.InterlockReads(t.Path)}} {
			if !slices.ContainsFunc(part.reads, func(path tag.Path) bool { return want(string(path)) }) {
				continue
			}
			r := x.Reference(i, part.place)
			if n, known := places[r.At]; known {
				if n >= 0 && r.Model != "" {
					out[n].Assets++
				}
				continue
			}
			if listed[r.At] {
				places[r.At] = -1
				continue
			}
			places[r.At] = len(out)
			u := useOf(r, lang)
			if r.Model != "" {
				u.Assets = 1
			}
			out = append(out, u)
		}
	}
	return out
}

// useOf is a reference as a use.
func useOf(r plant.Reference, lang string) Use {
	u := Use{At: r.At, Text: r.Text}
	if r.Model != "" {
		u.Where = modelWord(lang) + r.Model + " › " + r.Property + " › " + r.Where.In(lang)
		u.Link = "/plant?model=" + url.QueryEscape(r.Model)
		return u
	}
	u.Where = string(r.Tag) + " › " + r.Where.In(lang)
	u.Link = "/plant?tag=" + url.QueryEscape(string(r.Tag))
	return u
}

func modelWord(lang string) string { return spec.Text{"en": "model ", "zh": "模型 "}.In(lang) }

// modelUses lists what in the plant names a model, or a property of it.
func (s *Server) modelUses(ctx context.Context, p *plant.Plant, model, property string) []Use {
	rights, lang := actorOf(ctx).Rights, languageOf(ctx)
	var out []Use
	add := func(at, where, text, link string) {
		out = append(out, Use{At: at, Where: where, Text: text, Link: link})
	}
	refs := plant.ModelReferences
	if property != "" {
		refs = func(p *plant.Plant, model string, r plant.ModelRenamer) []plant.Reference {
			return plant.PropertyReferences(p, model, property, r)
		}
	}
	x := s.engine.Expansion()
	for i := range p.Models {
		m := &p.Models[i]
		at, link := fmt.Sprintf("/models/%d", i), "/plant?model="+url.QueryEscape(m.ID)
		if property == "" {
			if m.Extends == model {
				add(at+"/extends", modelWord(lang)+m.ID, model, link)
			}
			if j := slices.Index(m.Mixins, model); j >= 0 {
				add(fmt.Sprintf("%s/mixins/%d", at, j), modelWord(lang)+m.ID, model, link)
			}
			continue
		}
		if flat := x.Models[m.ID]; flat == nil || !flat.Is(model) {
			continue
		}
		for j := range m.Commands {
			c := &m.Commands[j]
			for _, place := range c.Uses(property) {
				add(fmt.Sprintf("%s/commands/%d%s", at, j, place), modelWord(lang)+m.ID+" › "+c.ID, property, link)
			}
		}
		for j := range m.Events {
			if e := &m.Events[j]; e.Uses(property) {
				add(fmt.Sprintf("%s/events/%d", at, j), modelWord(lang)+m.ID+" › "+e.ID, property, link)
			}
		}
		for j := range m.Properties {
			if m.ID != model && m.Properties[j].ID == property {
				add(fmt.Sprintf("%s/properties/%d", at, j), modelWord(lang)+m.ID, property, link)
			}
		}
	}
	for _, r := range refs(p, model, modelRenamer) {
		if r.Problem == nil && (r.Tag == "" || rights.Allows(auth.View, r.Tag)) {
			out = append(out, useOf(r, lang))
		}
	}
	for i := range p.Assets {
		a := &p.Assets[i]
		flat := x.Models[a.Model]
		if flat == nil || !flat.Is(model) || !rights.Allows(auth.View, a.Path) {
			continue
		}
		at, link := fmt.Sprintf("/assets/%d", i), "/plant?asset="+url.QueryEscape(string(a.Path))
		if property == "" && a.Model == model {
			add(at+"/model", string(a.Path), model, link)
		} else if patch, overridden := a.Overrides[property]; overridden {
			add(at+"/overrides/"+spec.Escape(property), string(a.Path)+" › "+property, string(patch), link)
		}
	}
	return out
}

// relationUses lists the assets elsewhere that have a relation to one at or below a path.
func (s *Server) relationUses(ctx context.Context, p *plant.Plant, area tag.Path) []Use {
	var out []Use
	for i := range p.Assets {
		a := &p.Assets[i]
		if a.Path.Under(area) || !actorOf(ctx).Rights.Allows(auth.View, a.Path) {
			continue
		}
		for j, r := range a.Relations {
			if r.To.Under(area) {
				out = append(out, Use{At: fmt.Sprintf("/assets/%d/relations/%d", i, j), Where: string(a.Path) + " › " + relationNames.of(r.Type, languageOf(ctx)), Text: string(r.To), Link: "/plant?asset=" + url.QueryEscape(string(a.Path))})
			}
		}
	}
	return out
}

// deviceUses lists the assets that are connected to a device by a parameter.
func (s *Server) deviceUses(ctx context.Context, p *plant.Plant, device string) []Use {
	var out []Use
	for i := range p.Assets {
		a := &p.Assets[i]
		if !actorOf(ctx).Rights.Allows(auth.View, a.Path) {
			continue
		}
		for _, id := range slices.Sorted(maps.Keys(a.Params)) {
			var value string
			if json.Unmarshal(a.Params[id], &value) == nil && value == device {
				out = append(out, Use{At: fmt.Sprintf("/assets/%d/params/%s", i, spec.Escape(id)), Where: string(a.Path) + " › " + id, Text: device, Link: "/plant?asset=" + url.QueryEscape(string(a.Path))})
			}
		}
	}
	return out
}

// appUses lists what in the drafts and published revisions of all apps names wanted tags.
func (s *Server) appUses(ctx context.Context, want wanted) ([]Use, error) {
	installed, err := s.store.Installations(ctx)
	if err != nil {
		return nil, err
	}
	var out []Use
	for _, i := range installed {
		inst, _, err := s.installation(ctx, i.ID)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		draft, doc, err := s.draft(ctx, i.ID)
		if err != nil {
			return nil, fmt.Errorf("app %s: %w", i.ID, err)
		}
		uses := s.usesIn(ctx, inst, draft, want)
		for j := range uses {
			uses[j].Draft = true
		}
		running, r, err := s.published(ctx, i.ID)
		if err != nil {
			return nil, fmt.Errorf("app %s: %w", i.ID, err)
		}
		if running != nil {
			other := uses
			if r.ETag != doc.ETag {
				other = s.usesIn(ctx, inst, running, want)
			}
			uses = both(uses, other)
		}
		out = append(out, uses...)
	}
	return out, nil
}

// both joins the uses of a draft with those of the published revision.
func both(draft, published []Use) []Use {
	out := append([]Use{}, draft...)
	for _, u := range published {
		i := slices.IndexFunc(out, func(o Use) bool { return o.Where == u.Where && o.Text == u.Text && !o.Published })
		if i < 0 {
			u.Draft = false
			out, i = append(out, u), len(out)
		}
		out[i].Published = true
	}
	return out
}

// usesIn lists what in an app, and in the mapping of its inputs, names wanted tags.
func (s *Server) usesIn(ctx context.Context, inst app.Installation, a *app.App, want wanted) []Use {
	lang := languageOf(ctx)
	count := func(text, _, _, _ string) (string, int, error) {
		if want.names(text) {
			return text, 1, nil
		}
		return text, 0, nil
	}
	link := "/design/" + url.PathEscape(inst.ID)
	var out []Use
	for _, r := range app.References(a, app.Target{Kind: "area"}, count) {
		if r.Problem == nil && want.names(r.Text) {
			out = append(out, Use{App: inst.ID, Name: a.Name, At: r.At, Where: r.Where.In(lang), Text: r.Text, Link: link + "?at=" + url.QueryEscape(r.At)})
		}
	}
	for i := range a.Inputs {
		in := &a.Inputs[i]
		var path string
		if in.Kind != "parameter" && json.Unmarshal(inst.Mapping[in.ID], &path) == nil && want(path) {
			where := fmt.Sprintf("Mapping of the input %q", in.ID)
			if lang == "zh" {
				where = fmt.Sprintf("输入“%s”的映射", in.ID)
			}
			out = append(out, Use{App: inst.ID, Name: a.Name, Where: where, Text: path, Link: link})
		}
	}
	return out
}
