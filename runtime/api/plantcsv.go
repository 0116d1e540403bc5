package api

import (
	"context"
	"fmt"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
)

func (s *Server) plantCSVResource() {
	text := &huma.MediaType{Schema: &huma.Schema{Type: "string"}}
	add(s, route{method: "GET", path: "/plant/tags.csv", id: "exportTags", tag: "plant", summary: "The tags as CSV", access: anywhere(auth.View), answer: text, answerType: "text/csv"}, s.exportTags)
	add(s, route{method: "POST", path: "/plant/tags/import", id: "importTags", tag: "plant", summary: "Add and change tags from CSV", access: anywhere(auth.Design), maxBody: plant.MaxCSVBytes}, s.importTags)
	add(s, route{method: "GET", path: "/plant/assets.csv", id: "exportAssets", tag: "plant", summary: "The assets as CSV, with a column for each parameter", access: anywhere(auth.View), answer: text, answerType: "text/csv"}, s.exportAssets)
	add(s, route{method: "POST", path: "/plant/assets/import", id: "importAssets", tag: "plant", summary: "Add and change assets from CSV", access: anywhere(auth.Design), maxBody: plant.MaxCSVBytes}, s.importAssets)
}

func (s *Server) exportTags(ctx context.Context, _ *nothing) (*rawDocument, error) {
	p, etag, err := s.readPlant(ctx)
	if err != nil {
		return nil, err
	}
	rights := actorOf(ctx).Rights
	tags := slices.DeleteFunc(slices.Clone(p.Tags), func(t plant.Tag) bool { return !rights.Allows(auth.View, t.Path) })
	text, err := plant.WriteCSV(tags)
	if err != nil {
		return nil, err
	}
	return &rawDocument{ContentType: "text/csv; charset=utf-8", ETag: quote(etag), Disposition: `attachment; filename="tags.csv"`, Body: text}, nil
}

func (s *Server) exportAssets(ctx context.Context, _ *nothing) (*rawDocument, error) {
	p, etag, err := s.readPlant(ctx)
	if err != nil {
		return nil, err
	}
	rights := actorOf(ctx).Rights
	assets := slices.DeleteFunc(slices.Clone(p.Assets), func(a plant.Asset) bool { return !rights.Allows(auth.View, a.Path) })
	text, err := plant.WriteAssetCSV(p, assets)
	if err != nil {
		return nil, err
	}
	return &rawDocument{ContentType: "text/csv; charset=utf-8", ETag: quote(etag), Disposition: `attachment; filename="assets.csv"`, Body: text}, nil
}

// csvInput is a CSV file.
type csvInput struct {
	Dry     bool   `query:"dry" doc:"only tell what would happen"`
	RawBody []byte `contentType:"text/csv"`
}

func (s *Server) importTags(ctx context.Context, in *csvInput) (*body[*plant.Import], error) {
	return s.importCSV(ctx, in, plant.ImportCSV, (*plant.Import).Locate)
}

func (s *Server) importAssets(ctx context.Context, in *csvInput) (*body[*plant.Import], error) {
	return s.importCSV(ctx, in, plant.ImportAssetCSV, (*plant.Import).LocateAssets)
}

// importCSV answers a dry run with its problems; without dry, one error refuses the file.
func (s *Server) importCSV(ctx context.Context, in *csvInput, take func(*plant.Plant, []byte) (*plant.Plant, *plant.Import), locate func(*plant.Import, spec.Problems)) (*body[*plant.Import], error) {
	var im *plant.Import
	apply := func(old *plant.Plant) (*plant.Plant, error) {
		next, result := take(old, in.RawBody)
		im = result
		if !im.Errors() {
			locate(im, s.engine.CheckPlant(next))
		}
		return next, nil
	}
	if in.Dry {
		old, _, err := s.readPlant(ctx)
		if err != nil {
			return nil, err
		}
		if _, err := apply(old); err != nil {
			return nil, err
		}
		return answerWith(translated(ctx, im))
	}
	_, _, err := s.savePlant(ctx, store.AnyETag, func(old *plant.Plant) (*plant.Plant, error) {
		next, err := apply(old)
		if err == nil && im.Errors() {
			err = rowsError(ctx, im)
		}
		return next, err
	})
	if err != nil {
		return nil, err
	}
	return answerWith(translated(ctx, im))
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
		problem.Message = fmt.Sprintf(row, p.Row) + problem.Message
		e.Problems = append(e.Problems, &problem)
	}
	return e
}
