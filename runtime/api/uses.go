package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	Kind     string          `json:"kind" enum:"tag,area,input,computed,variable,screen,widget,text"`
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
	add(s, route{method: "GET", path: "/plant/uses", id: "listUses", tag: "plant", summary: "What names a tag, the tags of an area or those of a device", access: anywhere(auth.Design)}, s.listUses)
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
	Path   string `query:"path" maxLength:"512" doc:"one tag"`
	Area   string `query:"area" maxLength:"512" doc:"the tags below a path"`
	Device string `query:"device" maxLength:"64" doc:"the tags of a device"`
}) (*body[TagUses], error) {
	p, _, err := s.readPlant(ctx)
	if err != nil {
		return nil, err
	}
	want := wanted(func(path string) bool { return path == in.Path })
	switch {
	case in.Area != "":
		want = func(path string) bool { return tag.Path(path).Under(tag.Path(in.Area)) }
	case in.Device != "":
		of := map[string]bool{}
		for i := range p.Tags {
			if p.Tags[i].Device == in.Device {
				of[string(p.Tags[i].Path)] = true
			}
		}
		want = func(path string) bool { return of[path] }
	}
	out := TagUses{Uses: s.plantUses(ctx, p, want)}
	for i := range p.Tags {
		if want(string(p.Tags[i].Path)) {
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
	for _, r := range plant.References(p, "", true, count) {
		if want(string(r.Tag)) || !rights.Allows(auth.View, r.Tag) {
			continue // what goes together with what is asked for does not use it
		}
		out = append(out, Use{At: r.At, Where: string(r.Tag) + " › " + r.Where.In(lang), Text: r.Text, Link: "/plant?tag=" + url.QueryEscape(string(r.Tag))})
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
	out := slices.Clone(draft)
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
		if in.Kind == "tag" && json.Unmarshal(inst.Mapping[in.ID], &path) == nil && want(path) {
			where := fmt.Sprintf("Mapping of the input %q", in.ID)
			if lang == "zh" {
				where = fmt.Sprintf("输入“%s”的映射", in.ID)
			}
			out = append(out, Use{App: inst.ID, Name: a.Name, Where: where, Text: path, Link: link})
		}
	}
	return out
}
