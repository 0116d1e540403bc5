package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/sheet"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

func (s *Server) alarmSheetResource() {
	binary := &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
	add(s, route{method: "GET", path: "/alarms/sheet.csv", id: "exportAlarmSheet", tag: "alarms", summary: "All alarms that are declared, as CSV", access: anywhere(auth.View), answerType: "text/csv"},
		func(ctx context.Context, _ *nothing) (*rawDocument, error) { return s.exportAlarmSheet(ctx, false) })
	add(s, route{method: "GET", path: "/alarms/sheet.xlsx", id: "exportAlarmSheetWorkbook", tag: "alarms", summary: "All alarms that are declared, as a workbook", access: anywhere(auth.View), answer: binary, answerType: workbookType},
		func(ctx context.Context, _ *nothing) (*rawDocument, error) { return s.exportAlarmSheet(ctx, true) })
	add(s, route{method: "POST", path: "/alarms/sheet", id: "importAlarmSheet", tag: "alarms", summary: "Compare an alarm sheet with the plant, or take it over: all of it or nothing", access: anywhere(auth.Design), maxBody: sheet.MaxBytes}, s.importAlarmSheet)
}

func (s *Server) exportAlarmSheet(ctx context.Context, workbook bool) (*rawDocument, error) {
	p, _, err := s.readPlant(ctx)
	if err != nil {
		return nil, err
	}
	rights := actorOf(ctx).Rights
	return sheetFile("alarm-sheet", workbook, plant.AlarmSheet(p, func(path tag.Path) bool { return path == "" || rights.Allows(auth.View, path) }))
}

// importAlarmSheet answers a dry run with its problems; without dry, one error refuses the file.
func (s *Server) importAlarmSheet(ctx context.Context, in *struct {
	Dry     bool   `query:"dry" doc:"only tell what would happen"`
	Remove  bool   `query:"remove" doc:"take alarms away that the file does not name"`
	IfMatch string `header:"If-Match"`
	RawBody []byte `contentType:"application/octet-stream"`
}) (*body[SheetResult], error) {
	rights := actorOf(ctx).Rights
	known, err := s.store.SecretIDs(ctx)
	if err != nil {
		return nil, err
	}
	o := plant.ImportOptions{Remove: in.Remove, Check: s.checkImport(known), May: func(path tag.Path) bool { return rights.Allows(auth.Design, path) }}
	if in.Dry {
		old, etag, err := s.readPlant(ctx)
		if err != nil {
			return nil, err
		}
		next, im := plant.ImportAlarms(old, in.RawBody, o)
		if !im.Errors() {
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
	var im *plant.Import
	etag, _, err := s.savePlant(ctx, want, func(old *plant.Plant) (next *plant.Plant, err error) {
		if next, im = plant.ImportAlarms(old, in.RawBody, o); im.Errors() {
			return nil, rowsError(ctx, im)
		}
		return next, nil
	})
	if err != nil {
		return nil, err
	}
	return answerWith(SheetResult{*translated(ctx, im), quote(etag)})
}
