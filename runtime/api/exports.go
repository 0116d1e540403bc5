package api

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/backup/target"
	"github.com/lineside/lineside/runtime/export"
	"github.com/lineside/lineside/runtime/spec"
)

// ExportJobs are the exports that are made by schedule.
type ExportJobs struct {
	Jobs []export.Known `json:"jobs" nullable:"false"`
}

// ChangedExport is an export as it shall be.
type ChangedExport struct {
	Title string       `json:"title,omitempty" maxLength:"100"`
	Query export.Query `json:"query"`
	// Schedule: minute, hour, day, month, day of the week; "" is by hand only.
	Schedule string `json:"schedule" maxLength:"120"`
	// Target is the id of one, "local" for the folder in the data folder, "" for none; MailTo are addresses that get the file.
	Target string   `json:"target,omitempty" maxLength:"64"`
	MailTo []string `json:"mailTo,omitempty" maxItems:"50"`
	// Keep is how many files are kept at the target, 0 for all.
	Keep int `json:"keep,omitempty" minimum:"0" maximum:"10000"`
}

// ExportRuns are what has become of exports, the newest first.
type ExportRuns struct {
	Runs []export.Run `json:"runs" nullable:"false"`
}

// ExportFiles are what an export has made that is still there.
type ExportFiles struct {
	Files []target.Entry `json:"files" nullable:"false"`
}

func (s *Server) exportsResource() {
	r := route{tag: "exports", access: whole(auth.Administer)}
	r.method, r.path, r.id, r.summary = "GET", "/exports", "listExports", "The exports that are made by schedule"
	add(s, r, s.listExports)
	r.method, r.path, r.id, r.summary = "GET", "/exports/runs", "listExportRuns", "The last times that exports were made"
	add(s, r, s.listExportRuns)
	r.method, r.path, r.id, r.summary = "GET", "/exports/{id}/files", "listExportFiles", "The files that an export has made"
	add(s, r, s.listExportFiles)
	file := r
	file.answer, file.answerType = &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}, "application/octet-stream"
	file.method, file.path, file.id, file.summary = "GET", "/exports/{id}/files/{name}", "downloadExport", "Download a file that an export has made"
	add(s, file, s.downloadExport)
	r.status = 204
	r.method, r.path, r.id, r.summary = "PUT", "/exports/{id}", "changeExport", "Add or change an export"
	add(s, r, s.changeExport)
	r.method, r.path, r.id, r.summary = "DELETE", "/exports/{id}", "removeExport", "Remove an export; what it has made stays"
	add(s, r, s.removeExport)
	r.method, r.path, r.id, r.summary, r.status = "POST", "/exports/{id}/run", "runExport", "Make an export now", 202
	add(s, r, s.runExport)
}

func (s *Server) listExports(ctx context.Context, _ *nothing) (*body[ExportJobs], error) {
	e, err := s.exportService()
	if err != nil {
		return nil, err
	}
	jobs := e.Jobs()
	for i := range jobs {
		if last := jobs[i].Last; last != nil {
			last.Error = spec.Translate(last.Error, languageOf(ctx))
		}
	}
	return answerWith(ExportJobs{Jobs: jobs})
}

func (s *Server) listExportRuns(_ context.Context, _ *nothing) (*body[ExportRuns], error) {
	e, err := s.exportService()
	if err != nil {
		return nil, err
	}
	return answerWith(ExportRuns{Runs: append([]export.Run{}, e.Runs()...)})
}

func (s *Server) listExportFiles(ctx context.Context, in *ExportPath) (*body[ExportFiles], error) {
	e, err := s.exportService()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, targetTimeout)
	defer cancel()
	list, err := e.Files(ctx, in.ID)
	if errors.Is(err, export.ErrUnknown) {
		return nil, unlessExport(err, in.ID)
	}
	if err != nil {
		return nil, unlessTarget(err, "")
	}
	return answerWith(ExportFiles{Files: list})
}

func (s *Server) downloadExport(ctx context.Context, in *struct {
	ExportPath
	Name string `path:"name" maxLength:"200"`
}) (*stream, error) {
	e, err := s.exportService()
	if err != nil {
		return nil, err
	}
	r, err := e.Open(ctx, in.ID, in.Name)
	switch {
	case errors.Is(err, target.ErrNotFound):
		return nil, errNotFound.with("file", in.Name)
	case errors.Is(err, export.ErrUnknown):
		return nil, unlessExport(err, in.ID)
	case err != nil:
		return nil, unlessTarget(err, "")
	}
	return streamOf(r, in.Name, "application/octet-stream", -1), nil
}

func (s *Server) changeExport(ctx context.Context, in *struct {
	ExportPath
	Body ChangedExport
}) (*done, error) {
	e, err := s.exportService()
	if err != nil {
		return nil, err
	}
	b := in.Body
	job := export.Job{ID: in.ID, Title: b.Title, Query: b.Query, Schedule: b.Schedule, Target: b.Target, MailTo: b.MailTo, Keep: b.Keep, Since: time.Time{}}
	entry := entry(ctx, "export.change", in.ID)
	entry.New, _ = json.Marshal(job) // plain values always marshal
	return nil, e.SetJob(ctx, job, entry)
}

func (s *Server) removeExport(ctx context.Context, in *ExportPath) (*done, error) {
	e, err := s.exportService()
	if err != nil {
		return nil, err
	}
	return nil, unlessExport(e.RemoveJob(ctx, in.ID, entry(ctx, "export.remove", in.ID)), in.ID)
}

func (s *Server) runExport(ctx context.Context, in *ExportPath) (*body[ExportRuns], error) {
	e, err := s.exportService()
	if err != nil {
		return nil, err
	}
	if err := e.StartJob(ctx, in.ID, actorOf(ctx).Name); err != nil {
		return nil, unlessExport(err, in.ID)
	}
	if err := s.store.Audit(ctx, entry(ctx, "export.run", in.ID)); err != nil {
		return nil, err
	}
	return s.listExportRuns(ctx, nil)
}
