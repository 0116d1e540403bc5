package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/lineside/lineside/runtime/report"
	"github.com/lineside/lineside/runtime/tag"
)

// Report is the kind of the documents of reports.
const Report Kind = "report"

// How much the archive of reports keeps; the oldest runs make way, but each report keeps its newest.
const (
	MaxReportRuns  = 5000
	MaxReportBytes = 2 << 30
)

type reportRunRow struct {
	ID     int64  `gorm:"primaryKey;autoIncrement"`
	Report string `gorm:"size:64;index"`
	State  string `gorm:"size:16;index"`
	// Job and Due are of a schedule.
	Job string `gorm:"size:160;index"`
	Due int64
	// Open says that something is to be done yet.
	Open  bool       `gorm:"index"`
	Run   report.Run `gorm:"serializer:json"`
	Paths []tag.Path `gorm:"serializer:json"`
	Bytes int64
}

func (reportRunRow) TableName() string { return "report_runs" }

type reportFileRow struct {
	Run     int64  `gorm:"primaryKey;autoIncrement:false"`
	Name    string `gorm:"primaryKey;size:16"`
	Content []byte
}

func (reportFileRow) TableName() string { return "report_files" }

// Reports are all reports; one whose document cannot be read by this version is left out.
func (s *Store) Reports(ctx context.Context) ([]report.Kept, error) {
	var rows []documentRow
	if err := s.read(ctx).Order("id").Find(&rows, "kind = ?", string(Report)).Error; err != nil {
		return nil, fmt.Errorf("reports: %w", err)
	}
	out := make([]report.Kept, 0, len(rows))
	for i := range rows {
		if k, err := keptReport(&rows[i]); err == nil {
			out = append(out, k)
		}
	}
	return out, nil
}

func keptReport(row *documentRow) (report.Kept, error) {
	doc, err := report.Read(row.Content)
	if err != nil {
		return report.Kept{}, fmt.Errorf("report %s: %w", row.ID, err)
	}
	return report.Kept{ID: row.ID, ETag: row.ETag, Updated: fromMicro(row.Updated), Author: row.Author, Report: doc}, nil
}

// Report reads one report; ErrNotFound when there is none.
func (s *Store) Report(ctx context.Context, id string) (report.Kept, error) {
	var row documentRow
	if err := s.read(ctx).First(&row, "kind = ? AND id = ?", string(Report), id).Error; err != nil {
		return report.Kept{}, known(err)
	}
	return keptReport(&row)
}

// RemoveReport takes a report away, with its archive.
func (s *Store) RemoveReport(ctx context.Context, id string, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		done := tx.Delete(&documentRow{}, "kind = ? AND id = ?", string(Report), id)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return ErrNotFound
		}
		if err := tx.Delete(&reportFileRow{}, "run IN (?)", tx.Model(&reportRunRow{}).Select("id").Where("report = ?", id)).Error; err != nil {
			return err
		}
		if err := tx.Delete(&reportRunRow{}, "report = ?", id).Error; err != nil {
			return err
		}
		return s.appendAudit(tx, entries)
	})
}

func reportRow(r report.Run) reportRunRow {
	open := r.State == report.Queued || r.State == report.Running || r.State == report.Failed && !r.Next.IsZero()
	for _, d := range r.Deliveries {
		open = open || r.State != report.Failed && (d.State == report.Waiting || d.State == report.Failed && !d.Next.IsZero())
	}
	row := reportRunRow{ID: r.ID, Report: r.Report, State: r.State, Job: r.Job, Open: open, Run: r, Paths: r.Paths}
	if !r.Due.IsZero() {
		row.Due = r.Due.UnixMicro()
	}
	return row
}

func (row *reportRunRow) run() report.Run {
	r := row.Run
	r.ID, r.Job, r.Paths = row.ID, row.Job, row.Paths
	return r
}

// AddRun keeps a new run and gives its id.
func (s *Store) AddRun(ctx context.Context, r report.Run) (int64, error) {
	row := reportRow(r)
	row.ID = 0
	err := s.write(ctx, func(tx *gorm.DB) error { return tx.Create(&row).Error })
	if err != nil {
		return 0, fmt.Errorf("report run: %w", err)
	}
	return row.ID, nil
}

// SetRun keeps what has become of a run, with its files: all of it or nothing. ErrNotFound when it was removed meanwhile.
func (s *Store) SetRun(ctx context.Context, r report.Run, files map[string][]byte) error {
	return s.setRun(ctx, r, files, MaxReportRuns, MaxReportBytes)
}

func (s *Store) setRun(ctx context.Context, r report.Run, files map[string][]byte, mostRuns int, mostBytes int64) error {
	row := reportRow(r)
	for _, data := range files {
		row.Bytes += int64(len(data))
	}
	err := s.write(ctx, func(tx *gorm.DB) error {
		columns := []string{"report", "state", "job", "due", "open", "run", "paths"}
		if files != nil {
			columns = append(columns, "bytes")
		}
		done := tx.Model(&reportRunRow{ID: r.ID}).Select(columns).Updates(&row)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return ErrNotFound
		}
		for name, data := range files {
			if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&reportFileRow{Run: r.ID, Name: name, Content: data}).Error; err != nil {
				return err
			}
		}
		if files == nil {
			return nil
		}
		return trimReports(tx, mostRuns, mostBytes)
	})
	if err != nil {
		return fmt.Errorf("report run: %w", err)
	}
	return nil
}

// trimReports removes the oldest runs that are over what is kept.
func trimReports(tx *gorm.DB, mostRuns int, mostBytes int64) error {
	var rows []struct {
		ID     int64
		Report string
		Bytes  int64
		Open   bool
	}
	if err := tx.Model(&reportRunRow{}).Select("id", "report", "bytes", "open").Order("id DESC").Find(&rows).Error; err != nil {
		return err
	}
	var bytes int64
	kept := 0
	newest := map[string]bool{}
	var gone []int64
	for _, r := range rows {
		if first := !newest[r.Report]; first || r.Open || kept < mostRuns && bytes+r.Bytes <= mostBytes {
			newest[r.Report] = true
			kept++
			bytes += r.Bytes
			continue
		}
		gone = append(gone, r.ID)
	}
	for len(gone) > 0 {
		part := gone[:min(500, len(gone))]
		gone = gone[len(part):]
		if err := tx.Delete(&reportFileRow{}, "run IN ?", part).Error; err != nil {
			return err
		}
		if err := tx.Delete(&reportRunRow{}, "id IN ?", part).Error; err != nil {
			return err
		}
	}
	return nil
}

// Run reads a run; ErrNotFound when there is none.
func (s *Store) Run(ctx context.Context, id int64) (report.Run, error) {
	var row reportRunRow
	if err := s.read(ctx).First(&row, "id = ?", id).Error; err != nil {
		return report.Run{}, known(err)
	}
	return row.run(), nil
}

// RemoveRun takes a run out of the archive.
func (s *Store) RemoveRun(ctx context.Context, id int64, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		done := tx.Delete(&reportRunRow{}, "id = ?", id)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return ErrNotFound
		}
		if err := tx.Delete(&reportFileRow{}, "run = ?", id).Error; err != nil {
			return err
		}
		return s.appendAudit(tx, entries)
	})
}

// File reads a file of a run; ErrNotFound when there is none.
func (s *Store) File(ctx context.Context, id int64, name string) ([]byte, error) {
	var row reportFileRow
	if err := s.read(ctx).First(&row, "run = ? AND name = ?", id, name).Error; err != nil {
		return nil, known(err)
	}
	return row.Content, nil
}

// maxRunScan is how many runs are looked at for one page, however few of them may be seen.
const maxRunScan = 2000

// Runs are the newest runs that a filter wants, newest first, and the ID to go on with, 0 at the end.
func (s *Store) Runs(ctx context.Context, f report.RunFilter) (out []report.Run, next int64, err error) {
	before, batch := f.Before, max(f.Limit+1, 100)
	for scanned := 0; ; {
		q := s.read(ctx).Order("id DESC").Limit(batch)
		if before > 0 {
			q = q.Where("id < ?", before)
		}
		if f.Report != "" {
			q = q.Where("report = ?", f.Report)
		}
		if f.State != "" {
			q = q.Where("state = ?", f.State)
		}
		var rows []reportRunRow
		if err := q.Find(&rows).Error; err != nil {
			return nil, 0, fmt.Errorf("report runs: %w", err)
		}
		for i := range rows {
			if f.Allowed != nil && !f.Allowed(rows[i].Paths) {
				continue
			}
			if len(out) == f.Limit {
				return out, out[len(out)-1].ID, nil
			}
			out = append(out, rows[i].run())
		}
		if len(rows) < batch {
			return out, 0, nil
		}
		before = rows[len(rows)-1].ID
		if scanned += len(rows); scanned >= maxRunScan {
			return out, before, nil
		}
	}
}

// Unfinished are the runs that are queued, running, or have something to be tried again; the oldest first.
func (s *Store) Unfinished(ctx context.Context) ([]report.Run, error) {
	var rows []reportRunRow
	if err := s.read(ctx).Order("id").Limit(1000).Find(&rows, "open = ?", true).Error; err != nil {
		return nil, fmt.Errorf("report runs: %w", err)
	}
	out := make([]report.Run, len(rows))
	for i := range rows {
		out[i] = rows[i].run()
	}
	return out, nil
}

// LastDue is when a job of a schedule was due last.
func (s *Store) LastDue(ctx context.Context, job string) (time.Time, error) {
	var due int64
	if err := s.read(ctx).Model(&reportRunRow{}).Select("COALESCE(MAX(due), 0)").Where("job = ?", job).Scan(&due).Error; err != nil {
		return time.Time{}, fmt.Errorf("report runs: %w", err)
	}
	if due == 0 {
		return time.Time{}, nil
	}
	return fromMicro(due), nil
}

// FailedReports are the ids of the reports whose newest run has failed, or could not be sent.
func (s *Store) FailedReports(ctx context.Context) ([]string, error) {
	var rows []reportRunRow
	newest := s.read(ctx).Model(&reportRunRow{}).Select("MAX(id)").Where("state IN ?", []string{report.Done, report.Failed}).Group("report")
	if err := s.read(ctx).Order("report").Find(&rows, "id IN (?)", newest).Error; err != nil {
		return nil, fmt.Errorf("report runs: %w", err)
	}
	out := []string{}
	for i := range rows {
		failed := rows[i].State == report.Failed
		for _, d := range rows[i].Run.Deliveries {
			failed = failed || d.State == report.Failed
		}
		if failed {
			out = append(out, rows[i].Report)
		}
	}
	return out, nil
}
