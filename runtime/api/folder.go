package api

import (
	"context"
	"errors"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/app/folder"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/store"
)

func (s *Server) folderResource() {
	archive := &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
	add(s, route{method: "GET", path: "/apps/{id}/folder", id: "exportFolder", tag: "apps", summary: "The draft, or a revision, as a folder of files for git, packed", access: whole(auth.Design), answer: archive, answerType: "application/zip"}, s.exportFolder)
	add(s, route{method: "POST", path: "/apps/{id}/folder", id: "readFolder", tag: "apps", summary: "Read and check a packed folder without saving it", access: whole(auth.Design), maxBody: 2 * app.MaxBytes}, s.readFolder)
	add(s, route{method: "GET", path: "/apps/{id}/editors", id: "listEditors", tag: "apps", summary: "Who has the draft open, and what state it is in", access: whole(auth.Design)}, s.listEditors)
}

func (s *Server) exportFolder(ctx context.Context, in *struct {
	AppPath
	Revision int `query:"revision" minimum:"1" doc:"a revision; the draft when left out"`
}) (*rawDocument, error) {
	a, doc, err := s.draft(ctx, in.ID)
	etag := doc.ETag
	if err == nil && in.Revision > 0 {
		r, old, err := s.revision(ctx, in.ID, in.Revision)
		if err != nil {
			return nil, err
		}
		a, etag = old, r.ETag
	}
	if err != nil {
		return nil, err
	}
	files, err := folder.Write(a)
	if err != nil {
		return nil, err
	}
	packed, err := folder.Zip(files, in.ID)
	if err != nil {
		return nil, err
	}
	return &rawDocument{ContentType: "application/zip", ETag: quote(etag), Disposition: `attachment; filename="` + in.ID + `-folder.zip"`, Body: packed}, nil
}

func (s *Server) readFolder(ctx context.Context, in *struct {
	AppPath
	RawBody []byte `contentType:"application/zip"`
}) (*body[CheckResult], error) {
	inst, _, err := s.installation(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	files, err := folder.Unzip(in.RawBody)
	if err != nil {
		return nil, errArchive.with().because(err)
	}
	a, err := folder.Read(files)
	var ps folder.Problems
	if errors.As(err, &ps) {
		plain := told(ctx, ps.Bare())
		for i, p := range plain {
			p.Message = ps[i].Place() + p.Message
		}
		return answerWith(CheckResult{Problems: plain})
	}
	if err != nil {
		return nil, err
	}
	out := CheckResult{Problems: told(ctx, s.engine.CheckApp(inst, a))}
	out.Document, err = app.Canonical(a)
	if err != nil {
		return nil, err
	}
	return answerWith(out)
}

// Editors is who has a draft open, and the state of the draft: a designer whose ETag is another
// one takes in what was saved.
type Editors struct {
	People []string `json:"people" nullable:"false"`
	ETag   string   `json:"etag"`
	// By is who saved the draft last.
	By string `json:"by,omitempty"`
}

func (s *Server) listEditors(ctx context.Context, in *AppPath) (*body[Editors], error) {
	head, err := s.store.DocumentHead(ctx, store.Draft, in.ID)
	if err != nil {
		return nil, unless(err, "app", in.ID)
	}
	out := Editors{People: []string{}, ETag: quote(head.ETag), By: head.Author}
	if s.live != nil {
		out.People = s.live.Editors(in.ID)
	}
	return answerWith(out)
}
