package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/report"
	"github.com/lineside/lineside/runtime/tag"
)

func TestReportRuns(t *testing.T) {
	ctx := context.Background()
	s := open(t, "", t.TempDir())
	due := time.Date(2026, 11, 21, 6, 0, 0, 0, time.UTC)
	var ids []int64
	for i := range 10 {
		at := due.Add(time.Duration(i) * time.Hour)
		id, err := s.AddRun(ctx, report.Run{Report: "daily", State: report.Queued, Job: "daily", Due: at, Paths: []tag.Path{"a/b"}})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if last, err := s.LastDue(ctx, "daily"); err != nil || !last.Equal(due.Add(9*time.Hour)) {
		t.Errorf("last due %s, %v", last, err)
	}
	if last, err := s.LastDue(ctx, "other"); err != nil || !last.IsZero() {
		t.Errorf("last due of another %s, %v", last, err)
	}
	for _, id := range ids {
		r, err := s.Run(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		r.State = report.Done
		if err := s.setRun(ctx, r, map[string][]byte{report.FilePDF: make([]byte, 1000)}, 5, 1<<20); err != nil {
			t.Fatal(err)
		}
	}
	list, next, err := s.Runs(ctx, report.RunFilter{Report: "daily", Limit: 3})
	if err != nil || len(list) != 3 || next == 0 || list[0].ID != ids[9] || len(list[0].Paths) != 1 {
		t.Fatalf("%+v, %d, %v", list, next, err)
	}
	if list, next, err = s.Runs(ctx, report.RunFilter{Limit: 100}); err != nil || len(list) != 5 || next != 0 {
		t.Errorf("%d runs are kept, %v", len(list), err)
	}
	if _, err := s.File(ctx, ids[0], report.FilePDF); !errors.Is(err, ErrNotFound) {
		t.Errorf("the file of a run that made way: %v", err)
	}
	if open, err := s.Unfinished(ctx); err != nil || len(open) != 0 {
		t.Errorf("unfinished: %v, %v", open, err)
	}
	if list, _, err := s.Runs(ctx, report.RunFilter{Limit: 100, Allowed: func(paths []tag.Path) bool { return false }}); err != nil || len(list) != 0 {
		t.Errorf("%d runs for who may see none, %v", len(list), err)
	}
	r := list[0]
	r.Deliveries = []report.Delivery{{Kind: "mail", State: report.Failed, Next: due}}
	if err := s.SetRun(ctx, r, nil); err != nil {
		t.Fatal(err)
	}
	if open, err := s.Unfinished(ctx); err != nil || len(open) != 1 {
		t.Errorf("unfinished: %v, %v", open, err)
	}
	if failed, err := s.FailedReports(ctx); err != nil || len(failed) != 1 || failed[0] != "daily" {
		t.Errorf("failed: %v, %v", failed, err)
	}
	if data, err := s.File(ctx, r.ID, report.FilePDF); err != nil || len(data) != 1000 {
		t.Errorf("the file went with a change of the run: %d, %v", len(data), err)
	}
}

func TestReportDocuments(t *testing.T) {
	ctx := context.Background()
	s := open(t, "", t.TempDir())
	doc := []byte(`{"format":1,"title":{"en":"Daily"},"period":{"kind":"day"},"blocks":[]}`)
	if _, err := s.Save(ctx, Report, "daily", doc, NoETag, "anna"); err != nil {
		t.Fatal(err)
	}
	id, err := s.AddRun(ctx, report.Run{Report: "daily", State: report.Done})
	if err != nil {
		t.Fatal(err)
	}
	if list, err := s.Reports(ctx); err != nil || len(list) != 1 || list[0].Author != "anna" || list[0].Report.Title["en"] != "Daily" {
		t.Fatalf("%+v, %v", list, err)
	}
	if err := s.RemoveReport(ctx, "daily"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Run(ctx, id); !errors.Is(err, ErrNotFound) {
		t.Errorf("a run of a report that was removed: %v", err)
	}
	if err := s.RemoveReport(ctx, "daily"); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
}
