package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/export"
	"github.com/lineside/lineside/runtime/notify"
	"github.com/lineside/lineside/runtime/schedule"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

var (
	errExportBusy  = define("export_busy", 429, "As many exports are under way as may be.", "同时进行的导出过多。", "Wait until one has ended, or fetch those that are done.", "请等待其中一个完成，或先下载已完成的导出。")
	errExportLarge = define("export_large", 413, "There are more lines than the file may have.", "行数超过文件的上限。", "Ask for less time, fewer tags, or steps; CSV and Parquet hold more than a workbook.", "请缩短时间、减少变量或按时间段汇总；CSV 和 Parquet 比工作簿容纳更多。")
)

// historyFile asks for a file.
type historyFile struct {
	Tag    []string `query:"tag,explode" maxItems:"1000" doc:"paths of tags, or patterns such as line1/*/temperature"`
	Area   string   `query:"area" maxLength:"512" doc:"everything below a path"`
	Period string   `query:"period" maxLength:"20" doc:"today, yesterday, thisWeek, lastWeek, thisMonth, lastMonth, thisYear or lastYear, in the time zone of the plant"`
	From   string   `query:"from" maxLength:"40" doc:"RFC 3339, milliseconds since 1970, or now-8h"`
	To     string   `query:"to" maxLength:"40" doc:"RFC 3339, milliseconds since 1970, or now"`
	Step   string   `query:"step" maxLength:"16" doc:"length of a bucket: 30s, 15m, 1h, 1d, 1w, 1mo, 1y"`
	Fn     []string `query:"fn,explode" maxItems:"8" doc:"how the samples of a bucket become one value: avg, min, max, …"`
	State  string   `query:"state" maxLength:"200" doc:"JSON: the state whose duration is asked for"`
	Layout string   `query:"layout" enum:"long,wide" default:"long" doc:"a line for every sample, or a column for every tag"`
	Fill   bool     `query:"fill" doc:"repeats the last value of a tag in lines of others, in wide files of samples"`
}

// StartedExport is an export that is being made.
type StartedExport struct {
	export.Run
}

func (s *Server) historyExportResource() {
	for _, f := range export.Formats() {
		name := map[export.Format]string{export.CSV: "CSV", export.XLSX: "XLSX", export.Parquet: "Parquet"}[f]
		add(s, route{
			method: "GET", path: "/history." + string(f), id: "exportHistory" + name, tag: "history", summary: "The history of tags as " + name, access: anywhere(auth.View),
			answer: &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}, answerType: f.Type(),
		}, func(ctx context.Context, in *historyFile) (*stream, error) { return s.streamHistory(ctx, in, f) })
	}
	r := route{tag: "history", access: anywhere(auth.View)}
	r.method, r.path, r.id, r.summary, r.status = "POST", "/history/exports", "startHistoryExport", "Make a file of the history, to be fetched within an hour", 202
	add(s, r, s.startHistoryExport)
	r.status = 0
	r.method, r.path, r.id, r.summary = "GET", "/history/exports/{id}", "readHistoryExport", "How far a file of the history is"
	add(s, r, s.readHistoryExport)
	r.method, r.path, r.id, r.summary, r.status = "DELETE", "/history/exports/{id}", "cancelHistoryExport", "End the making of a file, or delete it", 204
	add(s, r, s.cancelHistoryExport)
	r.answer, r.answerType = &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}, "application/octet-stream"
	r.method, r.path, r.id, r.summary, r.status = "GET", "/history/exports/{id}/file", "fetchHistoryExport", "Fetch a file of the history", 0
	add(s, r, s.fetchHistoryExport)
}

// exportColumns finds the tags of a query that rights allow to be viewed. A path that is named and may not be, or is not
// there, is an error; a pattern leaves it out.
func exportColumns(eng *engine.Engine, q *export.Query, rights auth.Rights, lang string) ([]export.Column, error) {
	archive := eng.Archive()
	if archive == nil {
		return nil, errHistoryNone.with()
	}
	paths, patterns, err := q.Paths()
	if err != nil {
		return nil, err
	}
	var out []export.Column
	seen := map[tag.Path]bool{}
	add := func(path tag.Path, named bool) bool {
		if seen[path] {
			return true
		}
		m, there := eng.Meta(path, rights, lang)
		if !rights.Allows(auth.View, path) || !there && !archive.Has(path) || !named && !archive.Has(path) {
			return false
		}
		seen[path] = true
		out = append(out, export.Column{Path: path, Type: m.Type, Unit: m.Unit, Title: m.Title})
		return true
	}
	for _, path := range paths {
		if !add(path, true) {
			return nil, errTagUnknown.with(string(path))
		}
	}
	for _, pattern := range patterns {
		found := eng.Table().Match(pattern)
		names := make([]tag.Path, len(found))
		for i, slot := range found {
			names[i] = eng.Table().Path(slot)
		}
		slices.Sort(names)
		for _, path := range names {
			if add(path, false); len(out) > export.MaxTags {
				return out, nil // which is said to be too many
			}
		}
	}
	return out, nil
}

// request checks a query of somebody.
func (s *Server) exportRequest(ctx context.Context, q *export.Query, state string) (*export.Request, error) {
	columns, err := exportColumns(s.engine, q, actorOf(ctx).Rights, languageOf(ctx))
	if err != nil {
		return nil, err
	}
	r, err := q.Resolve(columns, time.Now(), s.zone())
	if err != nil {
		return nil, err
	}
	if state != "" {
		if r.State, err = tag.Parse([]byte(state), tag.None); err != nil {
			return nil, spec.Problems{{Code: "value_type", At: "/state", Message: "The state is not a value.", Hint: `Write JSON: 3, true or "run".`}}
		}
	}
	return r, nil
}

// streamHistory writes the file while it is made. When that fails the connection is broken off.
func (s *Server) streamHistory(ctx context.Context, in *historyFile, format export.Format) (*stream, error) {
	q := &export.Query{Tags: in.Tag, Area: in.Area, Period: in.Period, From: in.From, To: in.To, Step: in.Step, Functions: in.Fn, Layout: export.Layout(in.Layout), Fill: in.Fill, Format: format}
	r, err := s.exportRequest(ctx, q, in.State)
	if err != nil {
		return nil, err
	}
	return &stream{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", format.Type())
		c.SetHeader("Content-Disposition", disposition("history."+string(format)))
		c.SetStatus(http.StatusOK)
		if _, err := export.Write(ctx, c.BodyWriter(), s.engine.Archive(), r, nil); err != nil {
			s.log.Warn("export broken off", "actor", actorOf(ctx).Name, "format", format, "error", err)
			panic(http.ErrAbortHandler)
		}
	}}, nil
}

// NewExports makes the service of exports of a runtime, whose files are made in a folder.
func NewExports(ctx context.Context, db *store.Store, eng *engine.Engine, dir string, targets export.Opener, mailer notify.Mailer, runner *schedule.Runner, zone func() *time.Location, log *slog.Logger) (*export.Service, error) {
	return export.New(ctx, export.Options{
		Store: db, Dir: filepath.Join(dir, "export.work"), Targets: targets, Mailer: mailer, Runner: runner, Zone: zone, History: eng.Archive(), Log: log,
		Columns: func(_ context.Context, q *export.Query) ([]export.Column, error) {
			return exportColumns(eng, q, everything, "")
		},
	})
}

// everything are the rights of what an administrator has set up.
var everything = auth.RightsOf([]auth.Grant{{Role: "admin"}}, auth.AllActions)

func (s *Server) exportService() (*export.Service, error) {
	if s.exports == nil {
		return nil, errHistoryNone.with()
	}
	return s.exports, nil
}

func unlessExport(err error, id string) error {
	switch {
	case errors.Is(err, export.ErrUnknown):
		return errNotFound.with("export", id)
	case errors.Is(err, export.ErrBusy):
		return errExportBusy.with()
	case errors.Is(err, export.ErrLarge):
		return errExportLarge.with()
	}
	return err
}

func (s *Server) startHistoryExport(ctx context.Context, in *body[export.Query]) (*body[StartedExport], error) {
	e, err := s.exportService()
	if err != nil {
		return nil, err
	}
	r, err := s.exportRequest(ctx, &in.Body, "")
	if err != nil {
		return nil, err
	}
	run, err := e.Start(ctx, actorOf(ctx).Name, r)
	if err != nil {
		return nil, unlessExport(err, "")
	}
	return answerWith(StartedExport{run})
}

// ExportPath names an export.
type ExportPath struct {
	ID string `path:"id" maxLength:"64"`
}

func (s *Server) readHistoryExport(ctx context.Context, in *ExportPath) (*body[StartedExport], error) {
	e, err := s.exportService()
	if err != nil {
		return nil, err
	}
	run, err := e.Task(in.ID, actorOf(ctx).Name)
	if err != nil {
		return nil, unlessExport(err, in.ID)
	}
	return answerWith(StartedExport{run})
}

func (s *Server) cancelHistoryExport(ctx context.Context, in *ExportPath) (*done, error) {
	e, err := s.exportService()
	if err != nil {
		return nil, err
	}
	return nil, unlessExport(e.Cancel(in.ID, actorOf(ctx).Name), in.ID)
}

func (s *Server) fetchHistoryExport(ctx context.Context, in *ExportPath) (*stream, error) {
	e, err := s.exportService()
	if err != nil {
		return nil, err
	}
	r, run, err := e.Fetch(in.ID, actorOf(ctx).Name)
	if err != nil {
		return nil, unlessExport(err, in.ID)
	}
	return streamOf(r, run.Name, "application/octet-stream", run.Size), nil
}
