package api

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// TagRename gives a tag another path, or all that is in an area, an asset included; or a property of a model
// or a model another id.
type TagRename struct {
	// Kind is what From and To are: the path of a tag, the path of an area (or asset), the id of a property of Model,
	// the id of a model. When left out it is an area with a slash at the end of From ("line1/"), else a tag.
	Kind string `json:"kind,omitempty" enum:"tag,area,property,model"`
	// Model is the model that declares the property.
	Model string `json:"model,omitempty" maxLength:"64"`
	From  string `json:"from" minLength:"1" maxLength:"513"`
	To    string `json:"to" minLength:"1" maxLength:"513"`
	// Apps renames in the drafts of all apps and in what their inputs are mapped to, too.
	Apps bool `json:"apps,omitempty"`
	// Publish publishes again those apps whose draft was what is published.
	Publish bool `json:"publish,omitempty"`
}

// TagRenamed says what was renamed.
type TagRenamed struct {
	ETag string `json:"etag"`
	// Tags is how many tags have another path now, Places how many expressions of the plant were changed.
	Tags   int          `json:"tags"`
	Places int          `json:"places"`
	Apps   []AppRenamed `json:"apps" nullable:"false"`
	// Rights is how many people have rights in the old area; they do not move by themselves.
	Rights   int             `json:"rights"`
	Problems []*spec.Problem `json:"problems" nullable:"false"`
}

// AppRenamed is an app in which a renamed tag was named.
type AppRenamed struct {
	ID   string    `json:"id"`
	Name spec.Text `json:"name"`
	// Places is in how many places of the draft and of the mapping it was renamed.
	Places int `json:"places"`
	// Stale is in how many places the published revision still has the old name: it must be published again.
	Stale int `json:"stale"`
	// Revision was published by this, 0 when none was.
	Revision int `json:"revision,omitempty"`
	// Left are expressions that cannot be read and were left as they are.
	Left []app.Reference `json:"left,omitempty"`
}

// appMove is an app while a tag is renamed.
type appMove struct {
	AppRenamed
	inst            app.Installation
	old, next       *app.App
	doc, mappingDoc store.Document
	running         *app.App
	revision        store.Revision
	draft, mapping  bool // changed
}

func (s *Server) renameTags(ctx context.Context, in *body[TagRename]) (*body[TagRenamed], error) {
	from, area := strings.CutSuffix(in.Body.From, "/")
	to, _ := strings.CutSuffix(in.Body.To, "/")
	kind := in.Body.Kind
	switch {
	case kind == "" && area:
		kind = "area"
	case kind == "":
		kind = "tag"
	}
	area = kind == "area"
	actor := actorOf(ctx)
	if in.Body.Apps && !actor.Rights.Allows(auth.Design, "") {
		return nil, errForbidden.with("design", "in the whole plant")
	}
	s.plantMu.Lock()
	defer s.plantMu.Unlock()
	s.appMu.Lock()
	defer s.appMu.Unlock()

	kept, err := s.keptPlant(ctx)
	if err != nil {
		return nil, err
	}
	old := kept.plant
	var next *plant.Plant
	var moved map[tag.Path]tag.Path
	var refs []plant.Reference
	follows := []appTarget{{app.Target{Kind: kind, ID: from}, to}}
	switch kind {
	case "property":
		next, moved, refs, err = plant.RenameProperty(old, in.Body.Model, from, to, modelRenamer)
		follows = []appTarget{{app.Target{Kind: kind, ID: from, Models: s.modelsWith(in.Body.Model, from)}, to}}
		for _, path := range slices.Sorted(maps.Keys(moved)) {
			follows = append(follows, appTarget{app.Target{Kind: "tag", ID: string(path)}, string(moved[path])})
		}
	case "model":
		next, refs, err = plant.RenameModel(old, from, to, modelRenamer)
	default:
		next, moved, refs, err = plant.Rename(old, tag.Path(from), tag.Path(to), area, renamePath)
	}
	if err != nil {
		return nil, err
	}
	diff := comparePlants(old, next)
	if err := diff.allowed(actor); err != nil {
		return nil, err
	}
	prepared, ps := s.engine.PreparePlant(next)
	if ps.Errors() {
		return nil, ps
	}
	written, then, err := kept.parts(next, diff.lists)
	if err != nil {
		return nil, err
	}
	changes := []store.Change{written}
	e := entry(ctx, "plant.rename", in.Body.From)
	e.Message = fmt.Sprintf("%s became %s: %d tags", in.Body.From, in.Body.To, len(moved))
	entries := []store.Entry{e}
	apps, err := s.moveApps(ctx, follows, in.Body.Apps)
	if err != nil {
		return nil, err
	}
	for _, m := range apps {
		if m.draft {
			content, err := app.Canonical(m.next)
			if err != nil {
				return nil, err
			}
			changes = append(changes, store.Change{Kind: store.Draft, ID: m.ID, Content: content, Want: m.doc.ETag})
		}
		if m.mapping {
			content, err := spec.Canonical(m.inst.Mapping)
			if err != nil {
				return nil, err
			}
			changes = append(changes, store.Change{Kind: store.Mapping, ID: m.ID, Content: content, Want: m.mappingDoc.ETag})
		}
		if m.draft || m.mapping {
			e := entry(ctx, "app.rename", m.ID)
			e.Message = fmt.Sprintf("%s became %s in %d places", in.Body.From, in.Body.To, m.Places)
			entries = append(entries, e)
		}
	}
	reports, noted, err := s.moveReports(ctx, moved, area, from, to)
	if err != nil {
		return nil, err
	}
	changes, entries = append(changes, reports...), append(entries, noted...)
	etags, err := s.store.SaveMany(ctx, changes, actor.Name, entries...)
	if err != nil {
		return nil, err
	}
	if err := s.engine.CarryValues(moved); err != nil {
		s.log.Error("values of renamed tags were not carried over", "error", err)
	}
	then.plant, then.etag = prepared.Plant(), etags[0]
	s.kept.Store(then)
	if err := s.engine.TakePlant(prepared); err != nil {
		return nil, fmt.Errorf("the plant was kept, but not put to work: %w", err)
	}
	out := TagRenamed{ETag: quote(etags[0]), Tags: len(moved), Places: len(refs), Apps: []AppRenamed{}, Problems: told(ctx, ps)}
	for _, m := range apps {
		if err := s.settle(ctx, m, in.Body); err != nil {
			return nil, err
		}
		m.Left = toldReferences(ctx, m.Left)
		out.Apps = append(out.Apps, m.AppRenamed)
	}
	if area {
		out.Rights, err = s.rightsIn(ctx, tag.Path(from))
	}
	if err != nil {
		return nil, err
	}
	return answerWith(out)
}

// modelsWith lists the models that have a property from a model: itself and those that build on it.
func (s *Server) modelsWith(model, property string) (out []string) {
	expansion := s.engine.Expansion()
	if expansion == nil {
		return nil
	}
	for id, m := range expansion.Models {
		if m == nil {
			continue
		}
		if p, ok := m.Property(property); ok && p.From == model {
			out = append(out, id)
		}
	}
	return out
}

// appTarget is a tag or an area that gets another path.
type appTarget struct {
	app.Target
	to string
}

// moveApps finds the apps that name what is renamed and, if they shall follow, what becomes of them.
func (s *Server) moveApps(ctx context.Context, targets []appTarget, follow bool) ([]*appMove, error) {
	if len(targets) == 0 {
		return nil, nil
	}
	installed, err := s.store.Installations(ctx)
	if err != nil {
		return nil, err
	}
	var out []*appMove
	for _, i := range installed {
		m := &appMove{AppRenamed: AppRenamed{ID: i.ID}}
		if m.inst, m.mappingDoc, err = s.installation(ctx, i.ID); err != nil {
			return nil, err
		}
		if m.old, m.doc, err = s.draft(ctx, i.ID); err != nil {
			return nil, fmt.Errorf("app %s: %w", i.ID, err)
		}
		if m.running, m.revision, err = s.published(ctx, i.ID); err != nil {
			return nil, fmt.Errorf("app %s: %w", i.ID, err)
		}
		m.Name, m.next = m.old.Name, m.old
		known := *m.old
		if m.running != nil {
			known.Inputs = append(known.Inputs[:len(known.Inputs):len(known.Inputs)], m.running.Inputs...)
		}
		var names [2]string // what the draft and the published revision hold
		if len(targets) > 1 {
			for j, a := range []*app.App{m.old, m.running} {
				if a == nil {
					continue
				}
				text, err := app.Canonical(a)
				if err != nil {
					return nil, fmt.Errorf("app %s: %w", i.ID, err)
				}
				names[j] = string(text)
			}
		}
		holds := func(j int, of app.Target) bool { return len(targets) == 1 || strings.Contains(names[j], of.ID) }
		for _, t := range targets {
			if m.running != nil && holds(1, t.Target) {
				m.Stale += readable(app.References(m.running, t.Target, renameExpression))
			}
			if follow {
				if err := m.follow(t, &known, holds(0, t.Target)); err != nil {
					return nil, fmt.Errorf("app %s: %w", i.ID, err)
				}
			}
		}
		if m.Places > 0 || m.Stale > 0 || len(m.Left) > 0 {
			out = append(out, m)
		}
	}
	return out, nil
}

// follow renames one tag or area in the draft and in the mapping.
func (m *appMove) follow(t appTarget, known *app.App, named bool) error {
	if named {
		next, refs, err := app.Rename(m.next, t.Target, t.to, renameExpression)
		if err != nil {
			return err
		}
		m.next = next
		n := readable(refs)
		m.Places += n
		m.draft = m.draft || n > 0
		for _, r := range refs {
			if r.Problem != nil {
				m.Left = append(m.Left, r)
			}
		}
	}
	mapping, n := app.RenameMapping(known, m.inst.Mapping, t.Target, t.to)
	if n > 0 {
		m.inst.Mapping, m.mapping = mapping, true
		m.Places += n
	}
	return nil
}

// readable counts the references that a rename can follow.
func readable(refs []app.Reference) int {
	n := 0
	for _, r := range refs {
		if r.Problem == nil {
			n++
		}
	}
	return n
}

// settle puts to work what was kept of an app, and publishes it again if that was asked for and its
// draft held nothing else that is new.
func (s *Server) settle(ctx context.Context, m *appMove, in TagRename) error {
	if m.draft || m.mapping {
		s.engine.SetDraft(m.inst, m.next)
	}
	if m.running == nil {
		return nil
	}
	if m.mapping {
		if err := s.engine.SetApp(m.inst, m.running, m.revision.Number); err != nil {
			s.log.Error("the new mapping was kept, but not put to work", "app", m.ID, "error", err)
		}
	}
	if !in.Publish || !m.draft || m.Stale == 0 || m.revision.ETag != m.doc.ETag {
		return nil
	}
	_, doc, err := s.draft(ctx, m.ID)
	if err != nil {
		return err
	}
	published, err := s.publish(ctx, m.inst, m.next, doc, in.From+" → "+in.To)
	if err != nil {
		s.log.Error("not published after a rename", "app", m.ID, "error", err)
		return nil // the answer says that it must be published
	}
	m.Revision, m.Stale = published.Body.Revision, 0
	return nil
}

// rightsIn counts the people who have rights in an area or below it.
func (s *Server) rightsIn(ctx context.Context, area tag.Path) (int, error) {
	users, err := s.store.Users(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, u := range users {
		for _, g := range u.Grants {
			if g.Area != "" && tag.Path(g.Area).Under(area) {
				n++
				break
			}
		}
	}
	return n, nil
}
