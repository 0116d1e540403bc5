package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/report"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

var (
	errReportNone   = define("reports_none", 404, "This runtime makes no reports.", "此运行时不生成报表。", "Start it with a data folder.", "请指定数据目录后启动。")
	errReportFont   = define("report_font", 501, "The font of reports is not in this binary.", "此程序中没有报表字体。", `Build it with "make build"; CSV and XLSX work without.`, "请用 “make build” 构建；CSV 和 XLSX 不需要字体。")
	errReportBusy   = define("reports_busy", 429, "Too many reports are waiting to be made.", "等待生成的报表过多。", "Wait until some are done and try again.", "请等待部分完成后重试。")
	errReportFile   = define("report_file", 409, "The report has not been made yet.", "报表尚未生成。", "Wait until it is done; when it has failed, make it again.", "请等待完成；如已失败，请重新生成。")
	errReportPeriod = define("report_period", 422, "There is no such period: %s.", "没有这样的时段：%s。", "Choose another one.", "请选择其他时段。")
)

// ReportRow is a report in the list.
type ReportRow struct {
	ID          string    `json:"id"`
	Title       spec.Text `json:"title"`
	Description spec.Text `json:"description,omitempty"`
	// Period is the kind of its period, Language that of its runs.
	Period   string    `json:"period"`
	Language string    `json:"language,omitempty"`
	Updated  time.Time `json:"updated"`
	Author   string    `json:"author"`
	// When is the rule of its schedule, Next when it is due.
	When   string    `json:"when,omitempty"`
	Paused bool      `json:"paused,omitempty"`
	Next   time.Time `json:"next,omitzero"`
	// Last is its newest run that the caller may see.
	Last *ArchivedReport `json:"last,omitempty"`
}

// ReportList is all reports that the caller may see.
type ReportList struct {
	Reports []ReportRow `json:"reports" nullable:"false"`
	// MayEdit says that the caller may change reports.
	MayEdit bool `json:"mayEdit"`
	// Mail says that a channel for mail is set up; Targets are the folders and buckets there are.
	Mail    bool           `json:"mail"`
	Targets []ReportTarget `json:"targets" nullable:"false"`
	// Font says that PDF files can be made.
	Font bool `json:"font"`
}

// ReportTarget is a folder or bucket that files can be put into.
type ReportTarget struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// ArchivedReport is one making of a report.
type ArchivedReport struct {
	report.Run
	// Progress of one that is being made, 0 to 1.
	Progress float64 `json:"progress,omitempty"`
}

// ReportRuns is a part of the archive, newest first.
type ReportRuns struct {
	Runs []ArchivedReport `json:"runs" nullable:"false"`
	// Next is the id to give as before for the next part, 0 at the end.
	Next int64 `json:"next,omitempty"`
}

// ReportNew makes a report: of a document, or of a template.
type ReportNew struct {
	// ID is chosen when it is left out.
	ID       string          `json:"id,omitempty" maxLength:"64"`
	Document json.RawMessage `json:"document,omitempty"`
	// Template is the id of one, "blank" for an empty page.
	Template string                `json:"template,omitempty" maxLength:"64"`
	Title    spec.Text             `json:"title,omitempty"`
	Period   string                `json:"period,omitempty" enum:"hour,shift,day,week,month,custom"`
	Language string                `json:"language,omitempty" enum:"en,zh"`
	Inputs   map[string][]tag.Path `json:"inputs,omitempty"`
	Numbers  map[string]float64    `json:"numbers,omitempty"`
}

// ReportMade is a report that was made.
type ReportMade struct {
	ID   string `json:"id"`
	ETag string `json:"etag"`
}

// ReportSpan says over which time: of a kind around a moment, or from and to.
type ReportSpan struct {
	// Kind is that of the report when left out.
	Kind string `json:"kind,omitempty" enum:"hour,shift,day,week,month,custom"`
	// At is a moment; left out it is now. With Ended the last period that was over then, else the one it lies in.
	At    time.Time `json:"at,omitzero"`
	Ended bool      `json:"ended,omitempty"`
	// From and To are of a custom period.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

// ReportMake asks for a run.
type ReportMake struct {
	ReportSpan
	Language string `json:"language,omitempty" enum:"en,zh"`
	// Send sends it to whom the schedule sends it; who asks must be allowed to design.
	Send bool `json:"send,omitempty"`
}

// ReportPreviewQuery asks how a document looks with the values of a period.
type ReportPreviewQuery struct {
	ReportSpan
	Document json.RawMessage `json:"document"`
	Language string          `json:"language,omitempty" enum:"en,zh"`
}

// ReportPreview is how a report looks.
type ReportPreview struct {
	// Problems are those of the document; with errors there is no layout.
	Problems []*spec.Problem `json:"problems" nullable:"false"`
	Layout   *report.Layout  `json:"layout,omitempty"`
	Period   string          `json:"period,omitempty"`
	From     time.Time       `json:"from,omitzero"`
	To       time.Time       `json:"to,omitzero"`
}

// previewPages is how many pages are shown without making the file.
const previewPages = 20

// ReportPath names a report.
type ReportPath struct {
	ID string `path:"id" maxLength:"64"`
}

// ReportRunPath names a run.
type ReportRunPath struct {
	Run int64 `path:"run"`
}

func (s *Server) reportsResource() {
	r := route{tag: "reports"}
	see, edit := anywhere(auth.View), whole(auth.Design)
	r.method, r.path, r.id, r.summary, r.access = "GET", "/reports", "listReports", "The reports that the caller may see", see
	add(s, r, s.listReports)
	r.method, r.id, r.summary, r.access, r.maxBody, r.status = "POST", "createReport", "Make a report of a document or a template", edit, report.MaxBytes*2, 201
	add(s, r, s.createReport)
	r.status = 0
	r.path, r.id, r.summary = "/reports/preview", "previewReport", "How a document looks with the values of a period"
	add(s, r, s.previewReport)
	r.maxBody = 0
	r.method, r.path, r.id, r.summary = "GET", "/report-templates", "listReportTemplates", "Reports to begin with"
	add(s, r, s.listReportTemplates)
	r.method, r.path, r.id, r.summary, r.answer = "GET", "/reports/{id}", "getReport", "The document of a report", schemaOf[report.Report](s)
	add(s, r, s.getReport)
	r.answer = nil
	r.method, r.id, r.summary, r.body, r.maxBody = "PUT", "putReport", "Change a report", schemaOf[report.Report](s), report.MaxBytes
	add(s, r, s.putReport)
	r.body, r.maxBody = nil, 0
	r.method, r.id, r.summary = "DELETE", "removeReport", "Take a report away, with its archive"
	add(s, r, s.removeReport)
	r.method, r.path, r.id, r.summary, r.access = "POST", "/reports/{id}/make", "makeReport", "Make a report for a period", see
	add(s, r, s.makeReport)
	r.method, r.path, r.id, r.summary = "GET", "/report-runs", "listReportRuns", "The archive, newest first"
	add(s, r, s.listReportRuns)
	r.path, r.id, r.summary = "/report-runs/{run}", "getReportRun", "One run, with its progress"
	add(s, r, s.getReportRun)
	r.path, r.id, r.summary = "/report-runs/{run}/layout", "getReportLayout", "A report of the archive as it looks on paper"
	add(s, r, s.getReportLayout)
	r.path, r.id, r.summary = "/report-runs/{run}/file/{format}", "getReportFile", "A report of the archive as PDF, XLSX or CSV"
	r.answer, r.answerType = &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}, "application/octet-stream"
	add(s, r, s.getReportFile)
	r.answer, r.answerType = nil, ""
	r.method, r.path, r.id, r.summary = "POST", "/report-runs/{run}/again", "repeatReport", "Make a report of the archive again, for the same period"
	add(s, r, s.repeatReport)
	r.method, r.path, r.id, r.summary, r.access = "DELETE", "/report-runs/{run}", "removeReportRun", "Take a report out of the archive", edit
	add(s, r, s.removeReportRun)
}

// mayOf says which tags the caller may view, nil for all.
func mayOf(ctx context.Context) func(tag.Path) bool {
	rights := actorOf(ctx).Rights
	if rights.Allows(auth.View, "") {
		return nil
	}
	return func(p tag.Path) bool { return rights.Allows(auth.View, p) }
}

// visible reports whether the caller may know of a report: it has no tags of its own, or one that they may view.
func visible(rights auth.Rights, r *report.Report) bool {
	paths := r.Paths()
	return len(paths) == 0 || slices.ContainsFunc(paths, func(p tag.Path) bool { return rights.Allows(auth.View, p) })
}

// seesRun reports whether the caller may see what a run found: they asked for it themselves, or may view all of it.
func seesRun(ctx context.Context, r *report.Run) bool {
	a := actorOf(ctx)
	return r.By != "" && r.By == a.Name || mayAll(a.Rights, r.Paths)
}

func (s *Server) listReports(ctx context.Context, _ *nothing) (*body[ReportList], error) {
	out := ReportList{Reports: []ReportRow{}, Targets: []ReportTarget{}}
	if s.reports == nil {
		return nil, errReportNone.with()
	}
	list, err := s.store.Reports(ctx)
	if err != nil {
		return nil, err
	}
	rights := actorOf(ctx).Rights
	out.MayEdit = rights.Allows(auth.Design, "")
	out.Font = s.reports.HasFont()
	if s.notify != nil {
		out.Mail = s.notify.CanMail()
	}
	if s.places != nil && out.MayEdit {
		places, err := s.places.List(ctx)
		if err != nil {
			return nil, err
		}
		for _, p := range places {
			title := p.Title
			if title == "" {
				title = p.ID
			}
			out.Targets = append(out.Targets, ReportTarget{p.ID, title})
		}
	}
	for i := range list {
		k := &list[i]
		if !visible(rights, k.Report) {
			continue
		}
		row := ReportRow{ID: k.ID, Title: k.Report.Title, Description: k.Report.Description, Period: k.Report.Period.Kind, Language: k.Report.Language, Updated: k.Updated, Author: k.Author}
		if sc := k.Report.Schedule; sc != nil {
			row.When, row.Paused = sc.When, sc.Paused
			row.Next = s.reports.NextDue(k.ID)
		}
		runs, _, err := s.store.Runs(ctx, report.RunFilter{Report: k.ID, Limit: 1})
		if err != nil {
			return nil, err
		}
		if len(runs) > 0 && seesRun(ctx, &runs[0]) {
			shown := s.shownRun(ctx, runs[0])
			row.Last = &shown
		}
		out.Reports = append(out.Reports, row)
	}
	return answerWith(out)
}

// shownRun is a run as the caller sees it: to whom it went is for those who may change it.
func (s *Server) shownRun(ctx context.Context, r report.Run) ArchivedReport {
	if !actorOf(ctx).Rights.Allows(auth.Design, "") {
		r.Deliveries = nil
	}
	lang := languageOf(ctx)
	r.Failure = spec.Translate(r.Failure, lang)
	r.Deliveries = slices.Clone(r.Deliveries)
	for i := range r.Deliveries {
		r.Deliveries[i].Failure = spec.Translate(r.Deliveries[i].Failure, lang)
	}
	out := ArchivedReport{Run: r}
	if done, busy := s.reports.Progress(r.ID); busy {
		out.Progress = done
	}
	return out
}

var notInID = regexp.MustCompile(`[^a-z0-9]+`)

// reportID makes an id of a title: readable, and not taken.
func (s *Server) reportID(ctx context.Context, title spec.Text) (string, error) {
	base := strings.Trim(notInID.ReplaceAllString(strings.ToLower(title["en"]), "-"), "-")
	if len(base) > 40 {
		base = strings.Trim(base[:40], "-")
	}
	if base == "" || base == "preview" {
		base = "report"
	}
	for n := 1; n < 1000; n++ {
		id := base
		if n > 1 {
			id = fmt.Sprintf("%s-%d", base, n)
		}
		if _, err := s.store.DocumentHead(ctx, store.Report, id); errors.Is(err, store.ErrNotFound) {
			return id, nil
		} else if err != nil {
			return "", err
		}
	}
	return base + "-" + store.NewSecretID()[:8], nil
}

var reportIDForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func (s *Server) createReport(ctx context.Context, in *body[ReportNew]) (*body[ReportMade], error) {
	if s.reports == nil {
		return nil, errReportNone.with()
	}
	o := &in.Body
	var doc *report.Report
	var ps spec.Problems
	switch {
	case len(o.Document) > 0:
		if doc, ps = report.Check(o.Document); ps.Errors() {
			return nil, ps.Under("/document")
		}
	case o.Template == "blank" || o.Template == "":
		period := o.Period
		if period == "" {
			period = "day"
		}
		title := o.Title
		if len(title) == 0 {
			title = spec.Text{"en": "Report", "zh": "报表"}
		}
		doc = report.Blank(title, period)
		ps = report.Validate(doc)
	default:
		doc, ps = report.Make(o.Template, o.Title, o.Period, o.Inputs, o.Numbers)
	}
	if ps.Errors() {
		return nil, ps
	}
	if o.Language != "" && len(o.Document) == 0 {
		doc.Language = o.Language
	}
	id := o.ID
	if id == "" {
		var err error
		if id, err = s.reportID(ctx, doc.Title); err != nil {
			return nil, err
		}
	}
	if !reportIDForm.MatchString(id) || id == "preview" {
		return nil, errID.with(id).at("/id")
	}
	etag, err := s.keepReport(ctx, id, doc, store.NoETag, "report.create")
	var conflict *store.ErrConflict
	if errors.As(err, &conflict) {
		return nil, errExists.with("report", id)
	}
	if err != nil {
		return nil, err
	}
	return answerWith(ReportMade{ID: id, ETag: quote(etag)})
}

// keepReport writes a report and sets its schedule.
func (s *Server) keepReport(ctx context.Context, id string, doc *report.Report, want, action string) (string, error) {
	content, err := report.Canonical(doc)
	if err != nil {
		return "", err
	}
	etag, err := s.store.Save(ctx, store.Report, id, content, want, actorOf(ctx).Name, entry(ctx, action, id))
	if err != nil {
		return "", err
	}
	s.reports.Arrange(context.WithoutCancel(ctx))
	return etag, nil
}

func (s *Server) getReport(ctx context.Context, in *ReportPath) (*rawDocument, error) {
	doc, err := s.store.Document(ctx, store.Report, in.ID)
	if err != nil {
		return nil, unless(err, "report", in.ID)
	}
	return documentAnswer(doc.Content, doc.ETag), nil
}

func (s *Server) putReport(ctx context.Context, in *struct {
	ReportPath
	DocumentInput
}) (*savedAnswer, error) {
	if s.reports == nil {
		return nil, errReportNone.with()
	}
	if in.IfMatch == "" {
		return nil, errNoETag.with()
	}
	doc, ps := report.Check(in.RawBody)
	if ps.Errors() {
		return nil, ps
	}
	if _, err := s.store.DocumentHead(ctx, store.Report, in.ID); err != nil {
		return nil, unless(err, "report", in.ID)
	}
	etag, err := s.keepReport(ctx, in.ID, doc, unquote(in.IfMatch), "report.save")
	if err != nil {
		return nil, err
	}
	return savedWith(ctx, etag, ps), nil
}

func (s *Server) removeReport(ctx context.Context, in *ReportPath) (*done, error) {
	if err := s.store.RemoveReport(ctx, in.ID, entry(ctx, "report.remove", in.ID)); err != nil {
		return nil, unless(err, "report", in.ID)
	}
	if s.reports != nil {
		s.reports.Arrange(context.WithoutCancel(ctx))
	}
	return &done{}, nil
}

// ReportTemplates are the reports to begin with.
type ReportTemplates struct {
	Templates []report.Template `json:"templates" nullable:"false"`
}

func (s *Server) listReportTemplates(context.Context, *nothing) (*body[ReportTemplates], error) {
	return answerWith(ReportTemplates{report.Templates()})
}

// span finds the period that is asked for.
func (s *Server) span(p *ReportSpan, of *report.Period) (string, report.Span, error) {
	kind := p.Kind
	if kind == "" {
		kind = of.Kind
	}
	calendar := s.reports.Calendar()
	if kind == "custom" {
		span := report.Span{From: p.From.In(calendar.Zone), To: p.To.In(calendar.Zone)}
		if p.From.IsZero() && p.To.IsZero() {
			from, err1 := time.Parse(time.RFC3339, of.From)
			to, err2 := time.Parse(time.RFC3339, of.To)
			if err1 != nil || err2 != nil {
				return kind, span, errReportPeriod.with("from, to").at("/from")
			}
			span = report.Span{From: from.In(calendar.Zone), To: to.In(calendar.Zone)}
		}
		if ps := report.CheckSpan("/to", span.From, span.To); ps.Errors() {
			return kind, span, ps
		}
		return kind, span, nil
	}
	at := p.At
	if at.IsZero() {
		at = time.Now()
	}
	if at.Year() < 1970 || at.Year() > 2200 {
		return kind, report.Span{}, errReportPeriod.with(at.Format("2006")).at("/at")
	}
	span := calendar.Resolve(kind, at, p.Ended)
	if span.From.IsZero() {
		return kind, span, errReportPeriod.with("shift").at("/kind")
	}
	return kind, span, nil
}

func (s *Server) previewReport(ctx context.Context, in *body[ReportPreviewQuery]) (*body[ReportPreview], error) {
	if s.reports == nil {
		return nil, errReportNone.with()
	}
	out := ReportPreview{Problems: []*spec.Problem{}}
	doc, ps := report.Check(in.Body.Document)
	if out.Problems = append(out.Problems, told(ctx, ps)...); ps.Errors() {
		return answerWith(out)
	}
	kind, span, err := s.span(&in.Body.ReportSpan, &doc.Period)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	content, err := report.Fill(ctx, doc, s.reports.Source(mayOf(ctx)), report.Request{Span: span, Kind: kind, Language: in.Body.Language, By: actorOf(ctx).Name, Now: time.Now()})
	if err != nil {
		return nil, err
	}
	out.Period, out.From, out.To = content.Period, content.From, content.To
	if out.Layout, err = s.layout(content); err != nil {
		return nil, err
	}
	return answerWith(out)
}

// layout is the beginning of a report on paper.
func (s *Server) layout(c *report.Content) (*report.Layout, error) {
	l, err := report.Lay(c, s.reports.Font())
	if errors.Is(err, report.ErrNoFont) {
		return nil, errReportFont.with()
	}
	if err != nil {
		return nil, err
	}
	l.Pages = l.Pages[:min(len(l.Pages), previewPages)]
	return l, nil
}

func (s *Server) makeReport(ctx context.Context, in *struct {
	ReportPath
	Body ReportMake
}) (*body[ArchivedReport], error) {
	if s.reports == nil {
		return nil, errReportNone.with()
	}
	a := actorOf(ctx)
	kept, err := s.store.Report(ctx, in.ID)
	if err != nil {
		return nil, unless(err, "report", in.ID)
	}
	if !visible(a.Rights, kept.Report) {
		return nil, errNotFound.with("report", in.ID)
	}
	if !s.reports.HasFont() {
		return nil, errReportFont.with()
	}
	kind, span, err := s.span(&in.Body.ReportSpan, &kept.Report.Period)
	if err != nil {
		return nil, err
	}
	language := in.Body.Language
	if language == "" {
		language = kept.Report.Language
	}
	if language == "" {
		language = languageOf(ctx)
	}
	r := report.Run{Report: in.ID, Title: kept.Report.Title, Kind: kind, From: span.From, To: span.To, Language: language, Reason: "request", By: a.Name}
	if in.Body.Send {
		if !a.Rights.Allows(auth.Design, "") {
			return nil, errForbidden.with("design", "in the whole plant")
		}
		r.Deliveries = report.Deliveries(kept.Report)
	}
	return s.askReport(ctx, r)
}

func (s *Server) askReport(ctx context.Context, r report.Run) (*body[ArchivedReport], error) {
	r, err := s.reports.Ask(ctx, r, mayOf(ctx))
	if errors.Is(err, report.ErrBusy) {
		return nil, errReportBusy.with()
	}
	if err != nil {
		return nil, err
	}
	return answerWith(s.shownRun(ctx, r))
}
