package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
)

// CheckRequest is a document to be checked without being kept.
type CheckRequest struct {
	Document json.RawMessage `json:"document"`
}

// CheckResult is everything that is wrong with a document.
type CheckResult struct {
	Problems []*spec.Problem `json:"problems" nullable:"false"`
	// Document is the document in today's format, when it came in an older one.
	Document json.RawMessage `json:"document,omitempty"`
}

// AppChanges is what publishing the draft would change.
type AppChanges struct {
	Changes  []app.Change    `json:"changes" nullable:"false"`
	Problems []*spec.Problem `json:"problems" nullable:"false"`
}

// AppDocument is a document of an installation that is sent.
type AppDocument struct {
	AppPath
	DocumentInput
}

func (s *Server) draftResource() {
	r := route{tag: "apps", access: whole(auth.Design)}
	r.method, r.path, r.id, r.summary, r.answer = "GET", "/apps/{id}/draft", "getDraft", "The draft of an app", schemaOf[app.App](s)
	add(s, r, s.getDraft)
	r.method, r.id, r.summary, r.answer = "PUT", "putDraft", "Save the draft; one with errors is kept too", nil
	r.body, r.maxBody = schemaOf[app.App](s), app.MaxBytes
	add(s, r, s.putDraft)
	r.body = nil
	r.method, r.path, r.id, r.summary = "POST", "/apps/{id}/check", "checkApp", "Check a document without saving it"
	r.maxBody, r.body = app.MaxBytes+maxBody, schemaOf[CheckRequest](s)
	add(s, r, s.checkApp)
	r.maxBody, r.body = 0, nil
	r.method, r.path, r.id, r.summary = "GET", "/apps/{id}/changes", "listChanges", "What differs between the draft and what is published, or another revision"
	add(s, r, s.listChanges)
	r.method, r.path, r.id, r.summary, r.answer = "GET", "/apps/{id}/mapping", "getMapping", "What the inputs of the app are mapped to", schemaOf[map[string]json.RawMessage](s)
	add(s, r, s.getMapping)
	r.method, r.id, r.summary, r.answer, r.body = "PUT", "putMapping", "Map the inputs of the app", nil, schemaOf[map[string]json.RawMessage](s)
	add(s, r, s.putMapping)
}

// installation reads what an app is installed with.
func (s *Server) installation(ctx context.Context, id string) (app.Installation, store.Document, error) {
	inst := app.Installation{ID: id}
	doc, err := s.store.Document(ctx, store.Mapping, id)
	if err != nil {
		return inst, doc, unless(err, "app", id)
	}
	if err := json.Unmarshal(doc.Content, &inst.Mapping); err != nil {
		return inst, doc, fmt.Errorf("mapping of %s: %w", id, err)
	}
	return inst, doc, nil
}

// draft reads the draft of an app.
func (s *Server) draft(ctx context.Context, id string) (*app.App, store.Document, error) {
	doc, err := s.store.Document(ctx, store.Draft, id)
	if err != nil {
		return nil, doc, unless(err, "app", id)
	}
	a, err := app.Read(doc.Content)
	if err != nil {
		return nil, doc, err
	}
	return a, doc, nil
}

func (s *Server) getDraft(ctx context.Context, in *AppPath) (*rawDocument, error) {
	_, doc, err := s.draft(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return documentAnswer(doc.Content, doc.ETag), nil
}

// savedDraft is the last save of a draft that went into the audit trail.
type savedDraft struct {
	author string
	at     time.Time
}

// savedQuiet is how long further saves of one draft by one person are not put into the audit
// trail again: a designer saves by itself every other second.
const savedQuiet = 10 * time.Minute

func (s *Server) putDraft(ctx context.Context, in *AppDocument) (*savedAnswer, error) {
	if in.IfMatch == "" {
		return nil, errNoETag.with()
	}
	a, err := app.Read(in.RawBody)
	if err != nil {
		return nil, err
	}
	content, err := app.Canonical(a)
	if err != nil {
		return nil, err
	}
	s.appMu.Lock()
	defer s.appMu.Unlock()
	inst, _, err := s.installation(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	actor := actorOf(ctx)
	var entries []store.Entry
	last, known := s.saved[in.ID]
	if !known || last.author != actor.Name || time.Since(last.at) > savedQuiet {
		entries = append(entries, entry(ctx, "draft.save", in.ID))
	}
	etag, err := s.store.Save(ctx, store.Draft, in.ID, content, unquote(in.IfMatch), actor.Name, entries...)
	if err != nil {
		return nil, err
	}
	if len(entries) > 0 {
		s.saved[in.ID] = savedDraft{actor.Name, time.Now()}
	}
	s.engine.SetDraft(inst, a)
	return savedWith(ctx, etag, s.engine.CheckApp(inst, a)), nil
}

func (s *Server) checkApp(ctx context.Context, in *AppDocument) (*body[CheckResult], error) {
	inst, _, err := s.installation(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	// A bare document will do too: it has no key "document".
	var wrapped CheckRequest
	content := in.RawBody
	if json.Unmarshal(content, &wrapped) == nil && len(wrapped.Document) > 0 {
		content = wrapped.Document
	}
	a, err := app.Read(content)
	var ps spec.Problems
	switch {
	case errors.As(err, &ps):
		return answerWith(CheckResult{Problems: told(ctx, ps)})
	case err != nil:
		return nil, err
	}
	out := CheckResult{Problems: told(ctx, s.engine.CheckApp(inst, a))}
	var head struct{ Format int }
	if json.Unmarshal(content, &head) == nil && head.Format < app.Format {
		if out.Document, err = app.Canonical(a); err != nil {
			return nil, err
		}
	}
	return answerWith(out)
}

// published reads the published revision, nil when there is none.
func (s *Server) published(ctx context.Context, id string) (*app.App, store.Revision, error) {
	inst, err := s.store.Installation(ctx, id)
	if err != nil {
		return nil, store.Revision{}, unless(err, "app", id)
	}
	if inst.Revision == 0 {
		return nil, store.Revision{}, nil
	}
	r, err := s.store.Revision(ctx, id, inst.Revision)
	if err != nil {
		return nil, r, err
	}
	a, err := app.Read(r.Content)
	return a, r, err
}

func (s *Server) listChanges(ctx context.Context, in *struct {
	AppPath
	Revision int `query:"revision" minimum:"1" doc:"the revision that the draft is compared with; the published one when left out"`
}) (*body[AppChanges], error) {
	inst, _, err := s.installation(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	draft, _, err := s.draft(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var old *app.App
	if in.Revision > 0 {
		_, old, err = s.revision(ctx, in.ID, in.Revision)
	} else {
		old, _, err = s.published(ctx, in.ID)
	}
	if err != nil {
		return nil, err
	}
	return answerWith(AppChanges{orEmpty(app.Changes(old, draft)), told(ctx, s.engine.CheckApp(inst, draft))})
}

func (s *Server) getMapping(ctx context.Context, in *AppPath) (*rawDocument, error) {
	_, doc, err := s.installation(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return documentAnswer(doc.Content, doc.ETag), nil
}

func (s *Server) putMapping(ctx context.Context, in *AppDocument) (*savedAnswer, error) {
	if in.IfMatch == "" {
		return nil, errNoETag.with()
	}
	if err := spec.Strict(in.RawBody); err != nil {
		return nil, err
	}
	inst := app.Installation{ID: in.ID}
	if err := json.Unmarshal(in.RawBody, &inst.Mapping); err != nil {
		return nil, errBodySyntax.with().because(err)
	}
	content, err := spec.Canonical(orNone(inst.Mapping))
	if err != nil {
		return nil, err
	}
	s.appMu.Lock()
	defer s.appMu.Unlock()
	draft, _, err := s.draft(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	running, r, err := s.published(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	for id := range inst.Mapping {
		if !hasInput(draft, id) && !hasInput(running, id) {
			return nil, errInputUnknown.with(id).at("/" + spec.Escape(id))
		}
	}
	var ps spec.Problems
	if running != nil {
		if ps = s.engine.CheckApp(inst, running); ps.Errors() {
			return nil, ps
		}
	} else {
		ps = s.engine.CheckApp(inst, draft)
	}
	etag, err := s.store.Save(ctx, store.Mapping, in.ID, content, unquote(in.IfMatch), actorOf(ctx).Name, entry(ctx, "app.map", in.ID))
	if err != nil {
		return nil, err
	}
	s.engine.SetDraft(inst, draft)
	if running != nil {
		if err := s.engine.SetApp(inst, running, r.Number); err != nil {
			return nil, fmt.Errorf("the mapping was kept, but not put to work: %w", err)
		}
	}
	return savedWith(ctx, etag, ps), nil
}

// hasInput reports whether an app, if it is there, has an input.
func hasInput(a *app.App, id string) bool {
	return a != nil && slices.ContainsFunc(a.Inputs, func(in app.Input) bool { return in.ID == id })
}
