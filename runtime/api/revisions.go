package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
)

// Publish makes the draft a revision.
type Publish struct {
	Comment string `json:"comment,omitempty" maxLength:"2000"`
}

// Published is the new revision.
type Published struct {
	Revision int             `json:"revision"`
	Problems []*spec.Problem `json:"problems" nullable:"false"`
}

// Revision is one published state of an app.
type Revision struct {
	Revision int       `json:"revision"`
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Comment  string    `json:"comment,omitempty"`
	Version  string    `json:"version"`
	// Kind is "" for one that was published, saved for one that got a name only, and kept for
	// what lost when two saved at once.
	Kind string `json:"kind,omitempty" enum:"saved,kept"`
}

// KeepVersion names the draft, or a document, without publishing it.
type KeepVersion struct {
	// Comment is its name.
	Comment string `json:"comment" minLength:"1" maxLength:"2000"`
	// Document is kept in place of the draft: what lost when two saved at once. Such versions
	// make room for newer ones.
	Document json.RawMessage `json:"document,omitempty"`
	// Lost says that the draft is kept because a save is about to go over it.
	Lost bool `json:"lost,omitempty"`
}

// KeptVersion is the number of a version.
type KeptVersion struct {
	Revision int `json:"revision"`
}

// Restore names the revision that becomes the draft.
type Restore struct {
	Revision int `json:"revision" minimum:"1"`
}

func (s *Server) revisionsResource() {
	r := route{tag: "apps", access: whole(auth.Design)}
	r.method, r.path, r.id, r.summary = "POST", "/apps/{id}/publish", "publishApp", "Publish the draft"
	add(s, r, s.publishApp)
	r.method, r.path, r.id, r.summary = "GET", "/apps/{id}/revisions", "listRevisions", "List the revisions, newest first"
	add(s, r, s.listRevisions)
	keep := r
	keep.method, keep.id, keep.summary, keep.status, keep.maxBody = "POST", "keepRevision", "Give the draft a name, or keep a document, without publishing it", 201, app.MaxBytes+maxBody
	add(s, keep, s.keepRevision)
	r.method, r.path, r.id, r.summary, r.answer = "GET", "/apps/{id}/revisions/{number}", "getRevision", "The document of a revision", schemaOf[app.App](s)
	add(s, r, s.getRevision)
	r.path, r.id, r.summary = "/apps/{id}/export", "exportApp", "The published document, or the draft, as a file"
	add(s, r, s.exportApp)
	r.method, r.path, r.id, r.summary, r.answer = "POST", "/apps/{id}/restore", "restoreRevision", "Make a revision the draft", nil
	add(s, r, s.restoreRevision)
}

func (s *Server) publishApp(ctx context.Context, in *struct {
	AppPath
	IfMatch string  `header:"If-Match"`
	Body    Publish `required:"false"`
}) (*body[Published], error) {
	s.appMu.Lock()
	defer s.appMu.Unlock()
	inst, _, err := s.installation(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	draft, doc, err := s.draft(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if in.IfMatch != "" && unquote(in.IfMatch) != doc.ETag && unquote(in.IfMatch) != store.AnyETag {
		return nil, &store.ErrConflict{ETag: doc.ETag}
	}
	return s.publish(ctx, inst, draft, doc, in.Body.Comment)
}

// publish makes a draft that was read under appMu the running revision.
func (s *Server) publish(ctx context.Context, inst app.Installation, draft *app.App, doc store.Document, comment string) (*body[Published], error) {
	ps := s.engine.CheckApp(inst, draft)
	if ps.Errors() {
		return nil, ps
	}
	e := entry(ctx, "app.publish", inst.ID)
	e.Reason = comment
	number, err := s.store.Publish(ctx, inst.ID, doc.Content, doc.ETag, store.Revision{Version: draft.Version, Comment: comment, Author: actorOf(ctx).Name}, e)
	if err != nil {
		return nil, unless(err, "app", inst.ID)
	}
	if err := s.engine.SetApp(inst, draft, number); err != nil {
		return nil, fmt.Errorf("revision %d of %s was kept, but not put to work: %w", number, inst.ID, err)
	}
	return answerWith(Published{number, told(ctx, ps)})
}

func (s *Server) listRevisions(ctx context.Context, in *AppPath) (*body[[]Revision], error) {
	if _, err := s.store.Installation(ctx, in.ID); err != nil {
		return nil, unless(err, "app", in.ID)
	}
	list, err := s.store.Revisions(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := make([]Revision, len(list))
	for i, r := range list {
		out[i] = Revision{r.Number, r.Created, r.Author, r.Comment, r.Version, r.Kind}
	}
	return answerWith(out)
}

func (s *Server) keepRevision(ctx context.Context, in *struct {
	AppPath
	Body KeepVersion
}) (*body[KeptVersion], error) {
	draft, doc, err := s.draft(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	r := store.Revision{Kind: store.Saved, Comment: in.Body.Comment, Author: doc.Author}
	if in.Body.Lost {
		r.Kind = store.Kept
	}
	if len(in.Body.Document) > 0 && string(in.Body.Document) != "null" {
		if draft, err = app.Read(in.Body.Document); err != nil {
			return nil, under(err, "/document")
		}
		if doc.Content, err = app.Canonical(draft); err != nil {
			return nil, err
		}
		r.Kind, r.Author = store.Kept, actorOf(ctx).Name
	}
	if r.Kind == store.Saved {
		r.Author = actorOf(ctx).Name
	}
	r.Version = draft.Version
	e := entry(ctx, "app.keep", in.ID)
	e.Reason = in.Body.Comment
	number, err := s.store.Keep(ctx, in.ID, doc.Content, r, e)
	if errors.Is(err, store.ErrTooMany) {
		return nil, errVersions.with()
	}
	if err != nil {
		return nil, unless(err, "app", in.ID)
	}
	return answerWith(KeptVersion{number})
}

// revision reads a revision, brought to today's format.
func (s *Server) revision(ctx context.Context, id string, number int) (store.Revision, *app.App, error) {
	r, err := s.store.Revision(ctx, id, number)
	if err != nil {
		return r, nil, unless(err, "revision", fmt.Sprint(number))
	}
	a, err := app.Read(r.Content)
	return r, a, err
}

func (s *Server) getRevision(ctx context.Context, in *struct {
	AppPath
	Number int `path:"number" minimum:"1"`
}) (*rawDocument, error) {
	r, a, err := s.revision(ctx, in.ID, in.Number)
	if err != nil {
		return nil, err
	}
	content, err := app.Canonical(a)
	if err != nil {
		return nil, err
	}
	return documentAnswer(content, r.ETag), nil
}

func (s *Server) exportApp(ctx context.Context, in *AppPath) (*rawDocument, error) {
	a, r, err := s.published(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	content, etag := r.Content, r.ETag
	if a == nil {
		var doc store.Document
		if a, doc, err = s.draft(ctx, in.ID); err != nil {
			return nil, err
		}
		content, etag = doc.Content, doc.ETag
	}
	out := documentAnswer(content, etag)
	name := strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f && !strings.ContainsRune(`"\/`, r) {
			return r
		}
		return '-'
	}, in.ID+"-"+a.Version+".json")
	out.Disposition = `attachment; filename="` + name + `"`
	return out, nil
}

func (s *Server) restoreRevision(ctx context.Context, in *struct {
	AppPath
	IfMatch string `header:"If-Match"`
	Body    Restore
}) (*savedAnswer, error) {
	s.appMu.Lock()
	defer s.appMu.Unlock()
	inst, _, err := s.installation(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	r, a, err := s.revision(ctx, in.ID, in.Body.Revision)
	if err != nil {
		return nil, err
	}
	content, err := app.Canonical(a) // of today's format
	if err != nil {
		return nil, err
	}
	want := store.AnyETag
	if in.IfMatch != "" {
		want = unquote(in.IfMatch)
	}
	e := entry(ctx, "app.restore", in.ID)
	e.Message = fmt.Sprintf("revision %d became the draft", r.Number)
	etag, err := s.store.Save(ctx, store.Draft, in.ID, content, want, actorOf(ctx).Name, e)
	if err != nil {
		return nil, err
	}
	s.engine.SetDraft(inst, a)
	return savedWith(ctx, etag, s.engine.CheckApp(inst, a)), nil
}
