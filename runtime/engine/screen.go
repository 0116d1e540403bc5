package engine

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Screen is one open screen. All who opened the same screen of the same revision with the
// same parameters share its slots; everybody calls Release once.
type Screen struct {
	// Key is the same for all who share the slots.
	Key          string
	Installation string
	// Revision is the published revision, 0 for a draft.
	Revision int
	// Document is the app.Screen without the properties that are bound.
	Document json.RawMessage
	App      *app.App
	// Texts are the texts by key that the screen names.
	Texts map[string]spec.Text
	// Drawings are the drawings that the screen shows, by id.
	Drawings map[string]json.RawMessage
	// Manifests are those of the widgets of the app's own that the screen shows, by type.
	Manifests map[string]json.RawMessage
	Bindings  []ScreenBinding

	view    *view
	private *private
	release func()
}

// ScreenBinding is one bound property of a widget.
type ScreenBinding struct {
	Slot   tag.Slot
	Widget string
	Prop   string
	// Reads are the tags of the plant that the value is made of: who may not view one of them
	// may not see the value.
	Reads []tag.Path
	// Tag is the path when the binding is one tag and nothing else.
	Tag tag.Path
	// Computed is the computed tag of a draft when the binding is one and nothing else: it has no path
	// before it is published, but a title and a unit. ComputedType is its type.
	Computed     *app.Tag
	ComputedType tag.Type
	// Problem says why there is no value; the slot then is bad for as long as that holds.
	Problem *spec.Problem
	// Own says that the slot is of this opening of the screen alone, because it names a variable.
	Own bool
}

// Release gives the screen back. Calling it again does nothing, nor for a screen that no engine opened.
func (s *Screen) Release() {
	if s.release != nil {
		s.release()
	}
}

// view is a compiled screen in use. It is guarded by the swap lock, but for what never changes.
type view struct {
	key          string
	installation string
	revision     int
	app          *app.App
	screen       *app.Screen
	document     json.RawMessage
	texts        map[string]spec.Text
	drawings     map[string]json.RawMessage
	manifests    map[string]json.RawMessage
	scope        *scope
	props        []boundProp
	own          []ownProp           // compiled for each opening, because they name a variable
	inner        []*sharedExpression // computed tags of a draft
	owned        []*ownUse           // widgets of the app's own
	ownLater     []*app.Widget       // those that every opening binds, because they name a variable
	refs         int
	stale        bool
}

// boundProp is one bound property.
type boundProp struct {
	widget, prop string
	path         tag.Path          // direct tag
	slot         tag.Slot          // of the direct tag, when it exists
	typ          tag.Type          // of the direct tag
	shared       *sharedExpression // expression, or a direct tag that does not exist yet
	computed     *app.Tag          // of a draft, when it is bound to that alone
}

// sharedExpression is an anonymous computed slot that all bindings with the same text in
// the same scope share.
type sharedExpression struct {
	key     string
	text    string
	path    tag.Path // a direct tag that does not exist yet
	scope   *scope
	slot    tag.Slot
	refs    int
	linked  linked
	typ     tag.Type
	reads   []tag.Path
	problem *spec.Problem
}

// OpenScreen compiles the bindings of a screen, or joins those who have it open. screen ""
// is the start screen of who has these roles. params stand in for inputs of the app, for this screen only. Errors
// are *spec.Problem: app_unknown, screen_unknown, param_unknown, input_invalid.
func (e *Engine) OpenScreen(installation, screen string, params map[string]json.RawMessage, draft bool, roles ...string) (*Screen, error) {
	e.swap.Lock()
	defer e.swap.Unlock()
	x := e.apps[installation]
	var doc *app.App
	var inst app.Installation
	revision, edition := 0, ""
	if x != nil && draft {
		doc, inst, edition = x.draft, x.draftInst, fmt.Sprintf("draft %d", x.draftCount)
	} else if x != nil {
		doc, inst, revision = x.doc, x.inst, x.revision
		edition = fmt.Sprintf("revision %d", revision)
	}
	if doc == nil {
		return nil, noApp(installation)
	}
	if screen == "" {
		screen = doc.StartFor(roles)
	}
	sc := findScreen(doc, screen)
	if sc == nil {
		return nil, &spec.Problem{Code: "screen_unknown", Message: fmt.Sprintf("The app has no screen %q.", screen), Hint: "Open the app's start screen."}
	}
	s, ps := newScope(inst, doc, params)
	for _, p := range ps {
		if len(params) > 0 && p.Severity != spec.Warning {
			return nil, p
		}
	}
	key := fmt.Sprintf("%s\x00%s\x00%s\x00%s\x00%d", installation, edition, sc.ID, s.key, e.generation)
	v := e.views[key]
	if v == nil {
		own, _ := e.ownTags(doc, s)
		v = &view{key: key, installation: installation, revision: revision, app: doc, screen: sc, texts: doc.TextsOf(sc), scope: s}
		if draft {
			s.key += "\x00" + edition
			e.draftTags(v, own)
		}
		v.scope = s.withVariables(sc)
		if err := e.bindView(v); err != nil {
			return nil, err
		}
		e.views[key] = v
	}
	v.refs++
	own := e.openPrivate(v)
	bindings := append(e.bindingsOf(v.props), e.ownBindings(v.owned)...)
	if own != nil {
		for _, b := range append(e.bindingsOf(own.props), e.ownBindings(own.owned)...) {
			b.Own = true
			bindings = append(bindings, b)
		}
	}
	var once sync.Once
	return &Screen{
		Key: key, Installation: installation, Revision: revision, Document: v.document, App: doc, Texts: v.texts, Drawings: v.drawings, Manifests: v.manifests, Bindings: bindings, view: v, private: own,
		release: func() {
			once.Do(func() {
				e.swap.Lock()
				defer e.swap.Unlock()
				e.releasePrivate(own)
				e.releaseView(v)
			})
		},
	}, nil
}

func findScreen(a *app.App, id string) *app.Screen {
	for i := range a.Screens {
		if a.Screens[i].ID == id || id == "" {
			return &a.Screens[i]
		}
	}
	return nil
}

// draftTags makes the computed tags of a draft for its previews: as anonymous slots,
// because the names in the table belong to the published revision.
func (e *Engine) draftTags(v *view, own []*ownTag) {
	v.scope.inner = make(map[tag.Path]*sharedExpression, len(own))
	for _, t := range own {
		x := e.share("expr\x00"+v.scope.key+"\x00"+t.doc.Expr, t.doc.Expr, "", v.scope, nil)
		v.scope.inner[t.path] = x
		v.inner = append(v.inner, x)
	}
}

// bindView finds or makes the slots of all bound properties.
func (e *Engine) bindView(v *view) error {
	doc := *v.screen
	doc.Widgets = make([]app.Widget, len(v.screen.Widgets))
	for i := range v.screen.Widgets {
		w := v.screen.Widgets[i]
		first, later := len(v.props), len(v.own)
		var constants map[string]json.RawMessage
		for _, prop := range sortedKeys(w.Props) {
			b, bound := app.ParseBinding(w.Props[prop])
			if !bound {
				if constants == nil {
					constants = make(map[string]json.RawMessage, len(w.Props))
				}
				constants[prop] = w.Props[prop]
				continue
			}
			if path, ok := e.tagGiven(v, &w, prop, b); ok {
				if constants == nil {
					constants = make(map[string]json.RawMessage, len(w.Props))
				}
				constants[prop] = path
				continue
			}
			e.bindProp(v, w.ID, prop, b)
		}
		w.Props = constants
		w.Animate = e.bindAnimations(v, &w)
		e.bindOwnShared(v, &v.screen.Widgets[i], first, later)
		doc.Widgets[i] = w
	}
	raw, err := json.Marshal(&doc)
	if err != nil {
		return fmt.Errorf("screen %s: %w", v.screen.ID, err)
	}
	v.document = raw
	if v.drawings, err = v.app.DrawingsOf(v.screen, e.catalogue); err != nil {
		return err
	}
	v.manifests, err = v.app.ManifestsOf(v.screen)
	return err
}

// bindProp finds or makes the slot of one bound property; one that names a variable of the screen is
// left to every opening.
func (e *Engine) bindProp(v *view, widget, prop string, b app.Binding) {
	s, p, text := v.scope, boundProp{widget: widget, prop: prop}, b.Expr
	if b.Tag != "" {
		text = b.Tag
		p.path, _ = s.resolve(b.Tag) // what is not a path is told as a wrong expression
	}
	var found compiled
	if p.path == "" {
		found.program, found.err = e.compile(text, s)
		if found.err == nil {
			if s.namesVariable(found.program) {
				v.own = append(v.own, ownProp{widget, prop, text})
				return
			}
			p.path, _ = s.direct(text, found.program)
		}
	}
	x := s.inner[p.path]
	switch {
	case x != nil:
		x.refs++
		p.computed = v.computedTag(p.path)
		p.path, p.shared = "", x
	case p.path == "":
		p.shared = e.share(s.keyOf(text, found), text, "", s, &found)
	default:
		if slot, ok := e.table.Lookup(p.path); ok {
			p.slot = slot
			p.typ, _ = e.typeOf(p.path)
		} else {
			p.shared = e.share("tag\x00"+string(p.path), "", p.path, s, nil)
		}
	}
	v.props = append(v.props, p)
}

// computedTag is the computed tag of the app with a path.
func (v *view) computedTag(path tag.Path) *app.Tag {
	for i := range v.app.Tags {
		if appPath(v.installation, v.app.Tags[i].ID) == path {
			return &v.app.Tags[i]
		}
	}
	return nil
}

// compiled is the outcome of compiling a text.
type compiled struct {
	program *expression.Program
	err     error
}

// keyOf is the key under which an expression is shared: by all scopes when it names
// nothing but tags of the plant, else within the scope.
func (s *scope) keyOf(text string, c compiled) string {
	if c.err == nil && len(c.program.Vars()) == 0 && (len(s.assets) == 0 || !strings.Contains(text, "{")) {
		own := false
		for _, p := range c.program.Tags() {
			own = own || p.Under("apps")
		}
		if !own {
			return "plant\x00" + text
		}
	}
	return "expr\x00" + s.key + "\x00" + text
}

// share finds or makes the anonymous slot of an expression, and counts one user more. known
// is the compiled text, nil when it was not compiled yet.
func (e *Engine) share(key, text string, path tag.Path, s *scope, known *compiled) *sharedExpression {
	x := e.expressions[key]
	if x == nil {
		x = &sharedExpression{key: key, text: text, path: path, scope: s}
		deps, eval := e.resolve(x, known)
		slot, err := e.table.AddComputed("", tag.Definition{Type: x.typ}, deps, eval)
		if err != nil {
			// Anonymous slots have no name to collide and nothing depends on them.
			e.log.Error("binding not added", "text", text, "error", err)
		}
		x.slot = slot
		e.expressions[key] = x
	}
	x.refs++
	return x
}

// resolve compiles and links an expression against the tags as they are now.
func (e *Engine) resolve(x *sharedExpression, known *compiled) ([]tag.Slot, tag.Eval) {
	x.linked, x.problem, x.reads = linked{}, nil, nil
	if x.path != "" {
		x.reads = []tag.Path{x.path}
		slot, ok := e.table.Lookup(x.path)
		x.linked.refs = []reference{{x.path, slot, ok}}
		if !ok {
			x.problem = &spec.Problem{Code: "tag_unknown", Message: fmt.Sprintf("There is no tag %q.", x.path), Hint: "Choose another tag, or add it to the plant."}
			return nil, unlinked(missing(x.path))
		}
		x.typ, _ = e.typeOf(x.path)
		return []tag.Slot{slot}, func(d []tag.Sample) tag.Sample { return d[0] }
	}
	if known == nil {
		known = new(compiled)
		known.program, known.err = e.compile(x.text, x.scope)
	}
	if known.err != nil {
		p, q := problemOf(known.err)
		x.problem = p
		return nil, unlinked(q)
	}
	x.linked, x.typ = e.link(known.program, x.scope), known.program.Type()
	x.reads = x.linked.reads
	return x.linked.deps, x.linked.eval
}

// bindingsOf lists bindings as they are now.
func (e *Engine) bindingsOf(props []boundProp) []ScreenBinding {
	out := make([]ScreenBinding, len(props))
	for i := range props {
		p := &props[i]
		b := ScreenBinding{Slot: p.slot, Widget: p.widget, Prop: p.prop, Tag: p.path}
		if x := p.shared; x != nil {
			b.Slot, b.Problem, b.Reads = x.slot, x.problem, x.reads
			b.Computed, b.ComputedType = p.computed, x.typ
		} else {
			b.Reads = []tag.Path{p.path}
		}
		b.Reads = e.expand(b.Reads)
		out[i] = b
	}
	return out
}

// expand puts the tags of the plant in the place of computed tags of apps.
func (e *Engine) expand(reads []tag.Path) []tag.Path {
	own := false
	for _, p := range reads {
		own = own || p.Under("apps")
	}
	if !own {
		return reads
	}
	seen := map[tag.Path]bool{}
	var out []tag.Path
	var add func(paths []tag.Path)
	add = func(paths []tag.Path) {
		for _, p := range paths {
			if seen[p] {
				continue
			}
			seen[p] = true
			if t, ok := e.lookup(p); ok && t.kind == KindApp {
				add(t.reads)
				continue
			}
			out = append(out, p)
		}
	}
	add(reads)
	return out
}

func (e *Engine) releaseView(v *view) {
	if v.refs--; v.refs > 0 {
		return
	}
	if e.views[v.key] == v {
		delete(e.views, v.key)
	}
	var gone []tag.Slot
	for i := range v.props {
		if x := v.props[i].shared; x != nil {
			gone = e.drop(x, gone)
		}
	}
	for _, x := range v.inner {
		gone = e.drop(x, gone)
	}
	gone = e.releaseOwn(v.owned, gone)
	if len(gone) > 0 {
		e.table.Remove(gone...)
	}
}

// drop gives a use of an expression back; the slot of the last is added to gone.
func (e *Engine) drop(x *sharedExpression, gone []tag.Slot) []tag.Slot {
	if x.refs--; x.refs == 0 {
		delete(e.expressions, x.key)
		gone = append(gone, x.slot)
	}
	return gone
}

// rebindViews links what is on screens to the tags as they are now. A slot of its own is
// linked anew and heals in place; a screen that shows the slot of a tag which has moved
// must be opened again, and its installation is told.
func (e *Engine) rebindViews() {
	e.heal()
	told := map[string]int{}
	for key, v := range e.views {
		for i := range v.props {
			p := &v.props[i]
			if p.shared != nil {
				continue
			}
			slot, ok := e.table.Lookup(p.path)
			if typ, _ := e.typeOf(p.path); !ok || slot != p.slot || typ != p.typ {
				v.stale = true
			}
		}
		if v.stale {
			delete(e.views, key)
			told[v.installation] = v.revision
		}
	}
	if len(told) == 0 {
		return
	}
	e.generation++
	for _, id := range sortedKeys(told) {
		e.notices.send(Notice{Code: NoticeRevision, Installation: id, Revision: told[id]})
	}
}

// heal links expressions again whose tags have appeared, moved or gone.
func (e *Engine) heal() {
	for _, x := range e.expressions {
		if e.current(x) {
			continue
		}
		typ := x.typ
		deps, eval := e.resolve(x, nil)
		if err := e.table.SetComputed(x.slot, deps, eval); err != nil {
			e.log.Error("binding not linked", "text", x.text, "error", err)
		}
		if x.typ != typ {
			e.table.Redefine(x.slot, tag.Definition{Type: x.typ})
		}
	}
}

// current reports whether an expression has no problem and still reads the slots it was
// linked to.
func (e *Engine) current(x *sharedExpression) bool {
	if x.problem != nil && x.path == "" {
		return false
	}
	for _, r := range x.linked.refs {
		if slot, ok := e.slotOf(r.path, x.scope); ok != r.found || slot != r.slot {
			return false
		}
	}
	return true
}
