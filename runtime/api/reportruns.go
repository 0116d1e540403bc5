package api

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/report"
	"github.com/lineside/lineside/runtime/store"
)

func (s *Server) listReportRuns(ctx context.Context, in *struct {
	Report string `query:"report" maxLength:"64" doc:"only those of this report"`
	State  string `query:"state" enum:"queued,running,done,failed" doc:"only those in this state"`
	Before int64  `query:"before" minimum:"0" doc:"where the part before ended"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"500"`
}) (*body[ReportRuns], error) {
	if s.reports == nil {
		return nil, errReportNone.with()
	}
	out := ReportRuns{Runs: []ArchivedReport{}}
	before := in.Before
	for {
		list, next, err := s.store.Runs(ctx, report.RunFilter{Report: in.Report, State: in.State, Before: before, Limit: in.Limit})
		if err != nil {
			return nil, err
		}
		for i := range list {
			if len(out.Runs) == in.Limit {
				out.Next = out.Runs[len(out.Runs)-1].ID
				return answerWith(out)
			}
			if seesRun(ctx, &list[i]) {
				out.Runs = append(out.Runs, s.shownRun(ctx, list[i]))
			}
		}
		if before = next; next == 0 {
			return answerWith(out)
		}
		if len(out.Runs) == in.Limit {
			out.Next = out.Runs[len(out.Runs)-1].ID
			return answerWith(out)
		}
	}
}

// run finds a run that the caller may see; one that they may not see is not there.
func (s *Server) run(ctx context.Context, id int64) (report.Run, error) {
	if s.reports == nil {
		return report.Run{}, errReportNone.with()
	}
	r, err := s.store.Run(ctx, id)
	if err == nil && !seesRun(ctx, &r) {
		err = store.ErrNotFound
	}
	return r, unless(err, "report", strconv.FormatInt(id, 10))
}

func (s *Server) getReportRun(ctx context.Context, in *ReportRunPath) (*body[ArchivedReport], error) {
	r, err := s.run(ctx, in.Run)
	if err != nil {
		return nil, err
	}
	return answerWith(s.shownRun(ctx, r))
}

// content reads what a run found.
func (s *Server) content(ctx context.Context, id int64) (*report.Content, error) {
	if _, err := s.run(ctx, id); err != nil {
		return nil, err
	}
	packed, err := s.store.File(ctx, id, report.FileContent)
	if errors.Is(err, store.ErrNotFound) {
		return nil, errReportFile.with()
	}
	if err != nil {
		return nil, err
	}
	return report.Unpack(packed)
}

func (s *Server) getReportLayout(ctx context.Context, in *ReportRunPath) (*body[ReportPreview], error) {
	c, err := s.content(ctx, in.Run)
	if err != nil {
		return nil, err
	}
	out := ReportPreview{Problems: told(ctx, nil), Period: c.Period, From: c.From, To: c.To}
	if out.Layout, err = s.layout(c); err != nil {
		return nil, err
	}
	for i := range c.Parts {
		if p := &c.Parts[i]; p.Photo != nil {
			if out.Layout.Pictures == nil {
				out.Layout.Pictures = map[string]string{}
			}
			out.Layout.Pictures[p.Block] = p.Photo.Data
		}
	}
	return answerWith(out)
}

func (s *Server) getReportFile(ctx context.Context, in *struct {
	ReportRunPath
	Format string `path:"format" enum:"pdf,xlsx,csv"`
}) (*rawDocument, error) {
	c, err := s.content(ctx, in.Run)
	if err != nil {
		return nil, err
	}
	var data []byte
	if in.Format == "pdf" {
		data, err = s.store.File(ctx, in.Run, report.FilePDF) // what was made then, to the byte
	} else {
		data, err = report.Render(c, in.Format, s.reports.Font())
	}
	if err != nil {
		return nil, err
	}
	return &rawDocument{ContentType: report.Types[in.Format], Disposition: attachment(report.FileName(c, in.Format)), Body: data}, nil
}

// attachment names a file that is downloaded, in any script (RFC 6266, RFC 8187).
func attachment(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	return fmt.Sprintf(`attachment; filename="%s"; filename*=UTF-8''%s`, plain, url.PathEscape(name))
}

func (s *Server) repeatReport(ctx context.Context, in *ReportRunPath) (*body[ArchivedReport], error) {
	r, err := s.run(ctx, in.Run)
	if err != nil {
		return nil, err
	}
	if !s.reports.HasFont() {
		return nil, errReportFont.with()
	}
	kept, err := s.store.Report(ctx, r.Report)
	if err != nil {
		return nil, unless(err, "report", r.Report)
	}
	return s.askReport(ctx, report.Run{Report: r.Report, Title: kept.Report.Title, Kind: r.Kind, From: r.From, To: r.To, Language: r.Language, Reason: "again", By: actorOf(ctx).Name})
}

func (s *Server) removeReportRun(ctx context.Context, in *ReportRunPath) (*done, error) {
	r, err := s.run(ctx, in.Run)
	if err != nil {
		return nil, err
	}
	e := entry(ctx, "report.discard", r.Report)
	e.Message = r.Period
	if err := s.store.RemoveRun(ctx, in.Run, e); err != nil {
		return nil, unless(err, "report", strconv.FormatInt(in.Run, 10))
	}
	return &done{}, nil
}
