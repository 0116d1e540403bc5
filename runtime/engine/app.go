package engine

import (
	"fmt"
	"sort"
	"time"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/app/check"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// installation is an app at work, or only its draft.
type installation struct {
	inst     app.Installation
	doc      *app.App // nil: nothing is published
	revision int
	since    time.Time
	problems spec.Problems
	tags     map[string]tag.Slot // computed tags by id

	draft      *app.App
	draftInst  app.Installation
	draftCount int
}

// AppStatus is how an installation is doing.
type AppStatus struct {
	ID       string
	App      *app.App // the running revision, nil when only a draft exists
	Revision int
	Since    time.Time
	// Problems are what was wrong when it was last compiled against the plant.
	Problems spec.Problems
	Draft    *app.App // nil when the engine was given none
}

// Apps lists the installations by id.
func (e *Engine) Apps() []AppStatus {
	e.mu.RLock()
	defer e.mu.RUnlock()
	out := make([]AppStatus, 0, len(e.apps))
	for id, a := range e.apps {
		out = append(out, AppStatus{ID: id, App: a.doc, Revision: a.revision, Since: a.since, Problems: a.problems, Draft: a.draft})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// CheckApp says everything that is wrong with an app when it is installed in the running
// plant: the document, and every expression, compiled. Unknown tags are warnings, and so is
// what the lint of screens finds.
func (e *Engine) CheckApp(inst app.Installation, a *app.App) spec.Problems {
	s, _, ps := e.compileApp(inst, a)
	if s == nil {
		return ps
	}
	e.offerTags(a, ps)
	return append(ps, check.App(a, check.Env{Catalogue: a.Catalogue(e.catalogue), Bound: e.boundIn(s, a)})...)
}

// boundIn tells what the bindings of an app that was compiled in a scope give.
func (e *Engine) boundIn(s *scope, a *app.App) func(app.Binding) (check.Bound, bool) {
	own := make(map[tag.Path]*app.Tag, len(a.Tags))
	for i := range a.Tags {
		own[appPath(s.installation, a.Tags[i].ID)] = &a.Tags[i]
	}
	return func(b app.Binding) (check.Bound, bool) {
		var path tag.Path
		if b.Tag != "" {
			p, err := s.resolve(b.Tag)
			if err != nil {
				return check.Bound{}, false
			}
			path = p
		} else {
			program := s.programs[b.Expr]
			if program == nil {
				return check.Bound{}, false
			}
			p, ok := s.direct(b.Expr, program)
			if !ok {
				return check.Bound{Type: program.Type()}, true
			}
			path = p
		}
		if typ, ok := s.own[path]; ok {
			return check.Bound{Type: typ, Unit: own[path].Unit, Title: own[path].Title.In("en")}, typ != tag.None
		}
		t, ok := e.lookup(path)
		if !ok {
			return check.Bound{}, false
		}
		d := e.table.Definition(t.slot)
		out := check.Bound{Type: t.typ, Unit: d.Unit, Title: d.Title, Low: d.Low, High: d.High}
		if t.doc == nil {
			out.Title = t.title.In("en")
		}
		if t.gate != nil {
			out.Confirm = t.gate.confirm
		}
		return out, true
	}
}

// compileApp checks and compiles all of an app without making anything.
func (e *Engine) compileApp(inst app.Installation, a *app.App) (*scope, []*ownTag, spec.Problems) {
	ps := app.Validate(a, e.catalogue)
	if ps.Errors() {
		return nil, nil, ps
	}
	s, more := newScope(inst, a, nil)
	ps = append(ps, more...)
	e.checkInputs(a, s, &ps)
	own, more := e.ownTags(a, s)
	ps = append(ps, more...)
	if own == nil && len(a.Tags) > 0 {
		return s, nil, ps
	}
	e.checkAlarms(a, s, &ps)
	e.checkOwn(a, &ps)
	shared := map[string]error{}
	s.programs = map[string]*expression.Program{}
	for i := range a.Screens {
		seen, here := shared, s.withVariables(&a.Screens[i])
		if here != s {
			seen = map[string]error{}
		}
		compile := func(text, at string) {
			err, known := seen[text]
			if !known {
				s.programs[text], err = e.compile(text, here)
				seen[text] = err
			}
			if err != nil {
				ps = append(ps, soften(err, at)...)
			}
		}
		e.checkActions(a, i, here, &ps)
		for j := range a.Screens[i].Widgets {
			w := &a.Screens[i].Widgets[j]
			at := fmt.Sprintf("/screens/%d/widgets/%d", i, j)
			for _, prop := range sortedKeys(w.Props) {
				b, ok := app.ParseBinding(w.Props[prop])
				if !ok {
					continue
				}
				place := at + "/props/" + spec.Escape(prop)
				if b.Tag != "" {
					if p := e.checkTag(b.Tag, s); p != nil {
						p.At = place + "/tag"
						ps = append(ps, p)
					}
					continue
				}
				compile(b.Expr, place+"/expr")
			}
		}
	}
	return s, own, ps
}

// checkInputs says which mapped tags do not exist or have another type than asked for.
func (e *Engine) checkInputs(a *app.App, s *scope, ps *spec.Problems) {
	for i, in := range a.Inputs {
		at := fmt.Sprintf("/inputs/%d", i)
		if x := s.assets[in.ID]; x != nil {
			if p := e.checkAsset(in.ID, x); p != nil {
				p.At = at
				*ps = append(*ps, p)
			}
			continue
		}
		n := s.names[in.ID]
		if n == nil || n.path == "" {
			continue
		}
		typ, ok := e.typeOf(n.path)
		switch {
		case !ok:
			*ps = append(*ps, &spec.Problem{Code: "tag_unknown", At: at, Severity: spec.Warning, Message: fmt.Sprintf("There is no tag %q for the input %q.", n.path, in.ID), Hint: "Map the input to another tag."})
		case !gives(typ, n.typ):
			*ps = append(*ps, &spec.Problem{Code: "input_type", At: at, Severity: spec.Warning, Message: fmt.Sprintf("The input %q wants %s, the tag %q is %s.", in.ID, n.typ, n.path, typ), Hint: "Map the input to another tag."})
		default:
			t, _ := e.lookup(n.path)
			if unit := e.table.Definition(t.slot).Unit; in.Unit != "" && unit != "" && unit != in.Unit {
				*ps = append(*ps, &spec.Problem{Code: "input_unit", At: at, Severity: spec.Warning, Message: fmt.Sprintf("The input %q is in %s, the tag %q is in %s.", in.ID, in.Unit, n.path, unit), Hint: "Map the input to a tag of that unit, or correct the unit."})
			}
		}
	}
}

// checkTag says what is wrong with the path of a binding or action.
func (e *Engine) checkTag(text string, s *scope) *spec.Problem {
	if tag.Indirect(text) {
		asset, below, err := tag.ParseIndirect(text)
		if err != nil {
			return &spec.Problem{Code: "path_invalid", Message: err.Error(), Hint: "Choose a tag from the list."}
		}
		_, _, problem := e.indirect(s, asset, below)
		return problem
	}
	path, err := s.resolve(text)
	if err != nil {
		return &spec.Problem{Code: "path_invalid", Message: err.Error(), Hint: "Choose a tag from the list."}
	}
	if _, ok := s.own[path]; ok {
		return nil
	}
	if _, ok := e.typeOf(path); !ok {
		return &spec.Problem{Code: "tag_unknown", Severity: spec.Warning, Message: fmt.Sprintf("There is no tag %q.", path), Hint: "Choose another tag, or add it to the plant."}
	}
	return nil
}

// resolve turns what stands in a binding's or action's "tag" into a path: the id of an
// input or of a computed tag of the app, or a path.
func (s *scope) resolve(text string) (tag.Path, error) {
	if n := s.names[text]; n != nil && n.path != "" {
		return n.path, nil
	}
	if tag.Indirect(text) {
		return s.below(text)
	}
	return tag.ParsePath(text)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// SetApp puts a published revision to work: it is checked and compiled beside the running
// one, then takes over, and open sessions are told. When it has errors (spec.Problems) the
// old revision runs on. a must not be changed afterwards.
func (e *Engine) SetApp(inst app.Installation, a *app.App, revision int) error {
	e.swap.Lock()
	defer e.swap.Unlock()
	_, _, ps := e.compileApp(inst, a)
	if ps.Errors() {
		return ps
	}
	return e.install(inst, a, revision, ps)
}

// RestoreApp is SetApp for the start of the runtime: a revision that ran before runs again
// with whatever of it still works in the plant, because a screen with one dead value is
// better than none. The problems are returned for the log and stay visible in Apps.
func (e *Engine) RestoreApp(inst app.Installation, a *app.App, revision int) error {
	e.swap.Lock()
	defer e.swap.Unlock()
	if ps := app.Validate(a, e.catalogue); ps.Errors() {
		return ps
	}
	_, _, ps := e.compileApp(inst, a)
	if err := e.install(inst, a, revision, ps); err != nil {
		return err
	}
	return ps.Err()
}

// install makes the computed tags and takes the revision into use. The swap lock is held.
func (e *Engine) install(inst app.Installation, a *app.App, revision int, ps spec.Problems) error {
	x := e.installation(inst.ID)
	if err := e.linkApp(x, inst, a); err != nil {
		return err
	}
	e.mu.Lock()
	x.inst, x.doc, x.revision, x.since, x.problems = inst, a, revision, time.Now(), ps
	e.mu.Unlock()
	e.rebindViews()
	e.notices.send(Notice{Code: NoticeRevision, Installation: inst.ID, Revision: revision})
	e.log.Info("app installed", "installation", inst.ID, "app", a.ID, "version", a.Version, "revision", revision)
	return nil
}

// installation finds or makes the place of an installation.
func (e *Engine) installation(id string) *installation {
	e.mu.Lock()
	defer e.mu.Unlock()
	x := e.apps[id]
	if x == nil {
		x = &installation{tags: map[string]tag.Slot{}}
		e.apps[id] = x
	}
	return x
}

// linkApp makes the computed tags of an app what the document says.
func (e *Engine) linkApp(x *installation, inst app.Installation, a *app.App) error {
	s, _ := newScope(inst, a, nil)
	own, _ := e.ownTags(a, s)
	keep := make(map[string]bool, len(own))
	for _, t := range own {
		keep[t.doc.ID] = true
	}
	for id, slot := range x.tags {
		if !keep[id] {
			e.removeAppTag(x, inst.ID, id, slot)
			continue
		}
		// Without dependencies for a moment: edges that turn round must not look like a circle.
		if err := e.table.SetComputed(slot, nil, unlinked(tag.BadWaitingForInitialData)); err != nil {
			return fmt.Errorf("computed tag %s: %w", id, err)
		}
	}
	for _, t := range own {
		def := tag.Definition{Unit: t.doc.Unit, Title: t.doc.Title.In("en")}
		var l linked
		if t.err != nil {
			_, q := problemOf(t.err)
			l.eval = unlinked(q)
		} else {
			def.Type = t.program.Type()
			l = e.link(t.program, s)
		}
		slot, known := x.tags[t.doc.ID]
		if known && e.table.Definition(slot).Type != def.Type {
			e.removeAppTag(x, inst.ID, t.doc.ID, slot)
			known = false
		}
		var err error
		if known {
			if was := e.table.Definition(slot); was.Unit != def.Unit || was.Title != def.Title {
				e.table.Redefine(slot, def)
			}
			err = e.table.SetComputed(slot, l.deps, l.eval)
		} else {
			slot, err = e.table.AddComputed(t.path, def, l.deps, l.eval)
		}
		if err != nil {
			return fmt.Errorf("computed tag %s: %w", t.path, err)
		}
		x.tags[t.doc.ID] = slot
		e.mu.Lock()
		e.entries[t.path] = &entry{slot: slot, kind: KindApp, typ: def.Type, reads: l.reads, title: t.doc.Title}
		e.mu.Unlock()
	}
	return e.linkAlarms(inst, a, s)
}

func (e *Engine) removeAppTag(x *installation, installation, id string, slot tag.Slot) {
	e.table.Remove(slot)
	e.mu.Lock()
	delete(e.entries, appPath(installation, id))
	e.mu.Unlock()
	delete(x.tags, id)
}

// rebindApps links the computed tags of all apps to the plant as it is now.
func (e *Engine) rebindApps() {
	for _, id := range sortedKeys(e.apps) {
		x := e.apps[id]
		if x.doc == nil {
			continue
		}
		if err := e.linkApp(x, x.inst, x.doc); err != nil {
			e.log.Error("app not linked", "installation", id, "error", err)
		}
		_, _, ps := e.compileApp(x.inst, x.doc)
		e.mu.Lock()
		x.problems = ps
		e.mu.Unlock()
	}
}

// SetDraft keeps a draft for previews; its screens are compiled when they are opened. a
// must not be changed afterwards.
func (e *Engine) SetDraft(inst app.Installation, a *app.App) {
	e.swap.Lock()
	defer e.swap.Unlock()
	x := e.installation(inst.ID)
	e.mu.Lock()
	defer e.mu.Unlock()
	x.draft, x.draftInst = a, inst
	x.draftCount++
}

// RemoveApp stops an installation and takes its computed tags out of the table.
func (e *Engine) RemoveApp(installation string) {
	e.swap.Lock()
	defer e.swap.Unlock()
	x := e.apps[installation]
	if x == nil {
		return
	}
	for id, slot := range x.tags {
		e.removeAppTag(x, installation, id, slot)
	}
	if err := e.linkAlarms(app.Installation{ID: installation}, nil, nil); err != nil {
		e.log.Error("alarms of the app not removed", "installation", installation, "error", err)
	}
	e.mu.Lock()
	delete(e.apps, installation)
	e.mu.Unlock()
	e.rebindViews()
	e.notices.send(Notice{Code: NoticeRemoved, Installation: installation})
}
