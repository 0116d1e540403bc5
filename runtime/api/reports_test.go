package api

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/designer"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/report"
	"github.com/lineside/lineside/runtime/schedule"
	"github.com/lineside/lineside/runtime/tag"
)

// reportFont is the font of the built pages, or of the package it comes from.
func reportFont() ([]byte, error) {
	data, err := designer.ReportFont()
	if errors.Is(err, designer.ErrNoFont) {
		return os.ReadFile("../../node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf")
	}
	return data, err
}

// withReports gives a fixture the service of reports, with a day of history of two halls.
func withReports(t *testing.T) *fixture {
	t.Helper()
	if _, err := reportFont(); err != nil {
		t.Skip(`the font of reports was not built: run "make build"`)
	}
	f := newFixture(t, false)
	runner := schedule.NewRunner(func() *time.Location { return time.UTC })
	f.server.reports = NewReports(f.store, f.engine, nil, nil, runner, reportFont, slog.New(slog.DiscardHandler))
	var running sync.WaitGroup
	running.Go(func() { f.server.reports.Run(t.Context()) })
	running.Go(func() { runner.Run(t.Context()) })
	t.Cleanup(running.Wait) // t.Context has ended by then
	archive := f.engine.Archive()
	ids, err := archive.SeriesOf(t.Context(), []tag.Path{"hall1/level", "hall2/setpoint"})
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for _, id := range ids {
		batch := historian.Batch{Series: id}
		for h := range 24 {
			batch.Samples = append(batch.Samples, historian.Sample{Time: tag.TimeOf(day.Add(time.Duration(h) * time.Hour)), Value: tag.OfFloat(float64(h))})
		}
		archive.Append([]historian.Batch{batch})
	}
	return f
}

const twoHalls = `{"format":1,"title":{"en":"Halls","zh":"车间"},"period":{"kind":"day"},"blocks":[
	{"id":"a","kind":"table","table":{"rows":"tags","items":[{"tag":"hall1/level"},{"tag":"hall2/setpoint"}],"columns":[{"fn":"max"}]}}]}`

// made waits until a run has ended.
func (f *fixture) made(name string, a reply) ArchivedReport {
	f.t.Helper()
	var run ArchivedReport
	if err := json.Unmarshal([]byte(a.body), &run); err != nil {
		f.t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		got := f.must(200, name, "GET", "/report-runs/"+strconv.FormatInt(run.ID, 10), "")
		run = ArchivedReport{}
		if err := json.Unmarshal([]byte(got.body), &run); err != nil {
			f.t.Fatal(err)
		}
		if run.State == report.Done || run.State == report.Failed {
			return run
		}
		if time.Now().After(end) {
			f.t.Fatalf("not made: %s", got.body)
		}
	}
}

func TestReports(t *testing.T) {
	f := withReports(t)
	f.must(http.StatusCreated, "anna", "POST", "/reports", `{"document":`+twoHalls+`}`)
	f.must(409, "anna", "POST", "/reports", `{"id":"halls","document":`+twoHalls+`}`)
	f.must(422, "anna", "POST", "/reports", `{"id":"../x","document":`+twoHalls+`}`)
	doc := f.must(200, "anna", "GET", "/reports/halls", "")
	f.must(428, "anna", "PUT", "/reports/halls", twoHalls)
	f.must(412, "anna", "PUT", "/reports/halls", twoHalls, "If-Match", `"other"`)
	if a := f.must(422, "anna", "PUT", "/reports/halls", strings.Replace(twoHalls, "max", "mode", 1), "If-Match", doc.etag()); !strings.Contains(a.body, "/blocks/0/table/columns/0/fn") {
		t.Error(a.body)
	}
	f.must(200, "anna", "PUT", "/reports/halls", strings.Replace(twoHalls, `"Halls"`, `"Both halls"`, 1), "If-Match", doc.etag())

	const at = `{"kind":"day","at":"2026-11-01T12:00:00Z"}`
	run := f.made("anna", f.must(200, "anna", "POST", "/reports/halls/make", at))
	if run.State != report.Done || run.Pages != 1 || run.By != "anna" || !strings.HasPrefix(run.Period, "2026-11-01") {
		t.Fatalf("%+v", run)
	}
	id := strconv.FormatInt(run.ID, 10)
	pdf := f.must(200, "anna", "GET", "/report-runs/"+id+"/file/pdf", "")
	if !strings.HasPrefix(pdf.body, "%PDF-") || !strings.Contains(pdf.header.Get("Content-Disposition"), "Both halls 2026-11-01.pdf") {
		t.Errorf("%.20q, %v", pdf.body, pdf.header)
	}
	if csv := f.must(200, "anna", "GET", "/report-runs/"+id+"/file/csv", ""); !strings.Contains(csv.body, ",23\r\n") {
		t.Error(csv.body)
	}
	f.must(422, "anna", "GET", "/report-runs/"+id+"/file/exe", "")
	if l := f.must(200, "anna", "GET", "/report-runs/"+id+"/layout", ""); !strings.Contains(l.body, `"t":"Both halls"`) && !strings.Contains(l.body, "23") {
		t.Error(l.body)
	}

	// Who may view one hall only does not get what was made of both, but their own with the other left out.
	f.must(404, "hal1", "GET", "/report-runs/"+id, "")
	f.must(404, "hal1", "GET", "/report-runs/"+id+"/file/pdf", "")
	f.must(404, "hal1", "POST", "/report-runs/"+id+"/again", "")
	if list := f.must(200, "hal1", "GET", "/report-runs", ""); strings.Contains(list.body, `"id":`+id+",") {
		t.Error(list.body)
	}
	own := f.made("hal1", f.must(200, "hal1", "POST", "/reports/halls/make", at))
	csv := f.must(200, "hal1", "GET", "/report-runs/"+strconv.FormatInt(own.ID, 10)+"/file/csv", "")
	if own.State != report.Done || !strings.Contains(csv.body, "you may not view it") || strings.Count(csv.body, ",23\r\n") != 1 {
		t.Errorf("%+v, %s", own, csv.body)
	}
	f.must(403, "vera", "POST", "/reports/halls/make", `{"kind":"day","send":true}`)
	f.must(422, "vera", "POST", "/reports/halls/make", `{"kind":"shift"}`) // the plant has none
	f.must(422, "vera", "POST", "/reports/halls/make", `{"kind":"custom","from":"1900-01-01T00:00:00Z","to":"2100-01-01T00:00:00Z"}`)
	f.must(404, "vera", "POST", "/reports/none/make", `{}`)

	preview := f.must(200, "anna", "POST", "/reports/preview", `{"document":`+twoHalls+`,"kind":"day","at":"2026-11-01T12:00:00Z","language":"zh"}`)
	if !strings.Contains(preview.body, "最大值") || !strings.Contains(preview.body, `"total":1`) {
		t.Error(preview.body)
	}
	if bad := f.must(200, "anna", "POST", "/reports/preview", `{"document":{"format":1}}`); !strings.Contains(bad.body, `"problems":[{`) || strings.Contains(bad.body, `"layout"`) {
		t.Error(bad.body)
	}
	again := f.made("anna", f.must(200, "anna", "POST", "/report-runs/"+id+"/again", ""))
	if again.Reason != "again" || !again.From.Equal(run.From) {
		t.Errorf("%+v", again)
	}
	f.must(204, "anna", "DELETE", "/report-runs/"+id, "")
	f.must(404, "anna", "GET", "/report-runs/"+id, "")

	// A report follows a tag that gets another name.
	f.must(200, "anna", "POST", "/plant/rename", `{"from":"hall2/setpoint","to":"hall2/wanted"}`)
	if doc := f.must(200, "anna", "GET", "/reports/halls", ""); !strings.Contains(doc.body, `"hall2/wanted"`) || strings.Contains(doc.body, `"hall2/setpoint"`) {
		t.Error(doc.body)
	}

	made := f.must(http.StatusCreated, "anna", "POST", "/reports", `{"template":"values","inputs":{"values":["hall1/level"]},"title":{"en":"halls"}}`)
	if !strings.Contains(made.body, `"halls-2"`) {
		t.Error(made.body)
	}
	f.must(422, "anna", "POST", "/reports", `{"template":"values"}`)
	f.must(204, "anna", "DELETE", "/reports/halls", "")
	if list := f.must(200, "vera", "GET", "/report-runs", ""); !strings.Contains(list.body, `"runs":[]`) {
		t.Error(list.body)
	}
}
