package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/sheet"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// SheetResult is what became of a file, or would.
type SheetResult struct {
	plant.Import
	// ETag is the version of the plant that the file was compared with, or the new one when it was imported.
	ETag string `json:"etag"`
}

const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func (s *Server) plantSheetResource() {
	text := &huma.MediaType{Schema: &huma.Schema{Type: "string"}}
	binary := &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
	for _, kind := range []string{plant.KindTags, plant.KindAssets, plant.KindDevices} {
		access, summary := anywhere(auth.View), "The "+kind+" as CSV"
		if kind == plant.KindDevices {
			access = whole(auth.Design) // addresses
		}
		add(s, route{method: "GET", path: "/plant/" + kind + ".csv", id: "export" + string(kind[0]-'a'+'A') + kind[1:], tag: "plant", summary: summary, access: access, answer: text, answerType: "text/csv"},
			func(ctx context.Context, _ *nothing) (*rawDocument, error) { return s.exportSheets(ctx, false, kind) })
	}
	add(s, route{method: "GET", path: "/plant/plant.xlsx", id: "exportWorkbook", tag: "plant", summary: "Tags, assets and devices as a workbook; devices for those who may design the whole plant", access: anywhere(auth.View), answer: binary, answerType: workbookType}, s.exportWorkbook)
	add(s, route{method: "POST", path: "/plant/import", id: "importSheets", tag: "plant", summary: "Add and change devices, assets and tags from CSV or XLSX, or tell what would change", access: anywhere(auth.Design), maxBody: sheet.MaxBytes}, s.importSheets)
	add(s, route{method: "GET", path: "/plant/import/{job}", id: "importProgress", tag: "plant", summary: "How far an import is", access: anywhere(auth.Design)}, s.importProgress)
}

func (s *Server) exportWorkbook(ctx context.Context, _ *nothing) (*rawDocument, error) {
	kinds := []string{plant.KindTags, plant.KindAssets}
	if actorOf(ctx).Rights.Allows(auth.Design, "") {
		kinds = append([]string{plant.KindDevices}, kinds...)
	}
	return s.exportSheets(ctx, true, kinds...)
}

func (s *Server) exportSheets(ctx context.Context, xlsx bool, kinds ...string) (*rawDocument, error) {
	p, etag, err := s.readPlant(ctx)
	if err != nil {
		return nil, err
	}
	rights := actorOf(ctx).Rights
	content, err := plant.Export(p, xlsx, func(path tag.Path) bool { return path == "" || rights.Allows(auth.View, path) }, kinds...)
	if f := (*sheet.Fault)(nil); errors.As(err, &f) {
		return nil, &f.Problem
	}
	if err != nil {
		return nil, err
	}
	name, kind := kinds[0]+".csv", "text/csv; charset=utf-8"
	if xlsx {
		name, kind = "plant.xlsx", workbookType
	}
	return &rawDocument{ContentType: kind, ETag: quote(etag), Disposition: fmt.Sprintf("attachment; filename=%q", name), Body: content}, nil
}

// sheetInput is a CSV or XLSX file and what is to be done with it.
type sheetInput struct {
	Dry     bool   `query:"dry" doc:"only tell what would happen"`
	Policy  string `query:"policy" enum:"abort,overwrite,merge,rename,ignore" default:"abort" doc:"what becomes of a row whose thing is there already, with other properties"`
	Remove  bool   `query:"remove" doc:"take away what the file does not name, of the kinds that it has"`
	Kind    string `query:"kind" enum:"devices,assets,tags" doc:"what a CSV file holds; told by its columns otherwise"`
	Job     string `query:"job" maxLength:"64" doc:"a name by which to ask how far it is"`
	IfMatch string `header:"If-Match"`
	RawBody []byte `contentType:"application/octet-stream"`
}

// importSheets answers a dry run with its problems; without dry, one error refuses the file.
func (s *Server) importSheets(ctx context.Context, in *sheetInput) (*body[SheetResult], error) {
	job, err := s.imports.begin(ctx, in.Job)
	if err != nil {
		return nil, err
	}
	defer job.end()
	rights := actorOf(ctx).Rights
	known, err := s.store.SecretIDs(ctx)
	if err != nil {
		return nil, err
	}
	var im *plant.Import
	apply := func(old *plant.Plant) *plant.Plant {
		var next *plant.Plant
		next, im = plant.ImportSheets(old, in.RawBody, plant.ImportOptions{
			Policy: plant.Policy(in.Policy), Remove: in.Remove, Kind: in.Kind, Check: s.checkImport(known), Progress: job.tell,
			May: func(path tag.Path) bool { return rights.Allows(auth.Design, path) },
		})
		return next
	}
	if in.Dry {
		old, etag, err := s.readPlant(ctx)
		if err != nil {
			return nil, err
		}
		if next := apply(old); !im.Errors() {
			if err := comparePlants(old, next).allowed(actorOf(ctx)); err != nil {
				return nil, err
			}
		}
		return answerWith(SheetResult{*translated(ctx, im), quote(etag)})
	}
	want := store.AnyETag
	if in.IfMatch != "" {
		want = unquote(in.IfMatch)
	}
	etag, _, err := s.savePlant(ctx, want, func(old *plant.Plant) (*plant.Plant, error) {
		next := apply(old)
		if im.Errors() {
			return nil, rowsError(ctx, im)
		}
		job.tell(plant.Progress{Phase: "save"})
		return next, nil
	})
	if err != nil {
		return nil, err
	}
	return answerWith(SheetResult{*translated(ctx, im), quote(etag)})
}

// checkImport says what saving would say.
func (s *Server) checkImport(secrets map[string]bool) func(*plant.Plant) spec.Problems {
	return func(p *plant.Plant) spec.Problems {
		ps := s.engine.CheckPlant(p)
		copied := *p
		copied.Devices = slices.Clone(p.Devices)
		if sealed, err := sealSecrets(&copied, secrets); err == nil {
			ps = append(ps, sealed.problems...)
		}
		return append(ps, plant.CheckUnits(p)...)
	}
}

// translated gives the problems of an import in the language of who asks.
func translated(ctx context.Context, im *plant.Import) *plant.Import {
	lang := languageOf(ctx)
	for i := range im.Problems {
		p := &im.Problems[i]
		p.Message, p.Hint = spec.Translate(p.Message, lang), spec.Translate(p.Hint, lang)
	}
	return im
}

// rowsError is the refusal of a file, with the rows in the messages.
func rowsError(ctx context.Context, im *plant.Import) *Error {
	row := spec.Text{"en": "Row %d: ", "zh": "第 %d 行："}.In(languageOf(ctx))
	e := errDocument.with()
	for _, p := range translated(ctx, im).Problems {
		problem := p.Problem
		if p.Row > 0 {
			problem.Message = fmt.Sprintf(row, p.Row) + problem.Message
		}
		e.Problems = append(e.Problems, &problem)
	}
	return e
}

func (s *Server) importProgress(ctx context.Context, in *struct {
	Job string `path:"job" maxLength:"64"`
}) (*body[plant.Progress], error) {
	p, ok := s.imports.progress(actorOf(ctx).Name, in.Job)
	if !ok {
		return nil, errNotFound.with("import", in.Job)
	}
	return answerWith(p)
}

// maxImports is how many imports run at a time; further ones wait.
const maxImports = 2

// imports are those under way. The zero value is ready.
type imports struct {
	mu   sync.Mutex
	jobs []*importJob
	free chan struct{}
}

type importJob struct {
	of        *imports
	actor, id string
	now       plant.Progress
}

// begin waits for its turn.
func (l *imports) begin(ctx context.Context, id string) (*importJob, error) {
	l.mu.Lock()
	if l.free == nil {
		l.free = make(chan struct{}, maxImports)
	}
	free := l.free
	l.mu.Unlock()
	select {
	case free <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	job := &importJob{of: l, actor: actorOf(ctx).Name, id: id, now: plant.Progress{Phase: "read"}}
	l.mu.Lock()
	l.jobs = append(l.jobs, job)
	l.mu.Unlock()
	return job, nil
}

func (j *importJob) tell(p plant.Progress) {
	j.of.mu.Lock()
	j.now = p
	j.of.mu.Unlock()
}

func (j *importJob) end() {
	j.of.mu.Lock()
	j.of.jobs = slices.DeleteFunc(j.of.jobs, func(other *importJob) bool { return other == j })
	j.of.mu.Unlock()
	<-j.of.free
}

// progress is how far the import of an actor is; false when it is not under way.
func (l *imports) progress(actor, id string) (plant.Progress, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, j := range l.jobs {
		if j.actor == actor && j.id == id && id != "" {
			return j.now, true
		}
	}
	return plant.Progress{}, false
}
