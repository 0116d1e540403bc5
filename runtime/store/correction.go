package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

// Correction is a change of the history by somebody. What was there is kept with it.
type Correction struct {
	ID int64
	// Time is when it was made.
	Time time.Time
	Path tag.Path
	// Kind is insert, replace, delete or restore.
	Kind string
	// From and To are the first and last time that it touched, Count how many samples.
	From, To tag.Time
	Count    int
	// By is who has made it, from Origin, and Reason why.
	By, Origin, Reason string
	// Old are the samples that were at the times it touched, New what is there now, removals among them.
	Old, New []historian.Sample
}

// correctionRow is a Correction. Samples are packed; Applied says that the history has them.
type correctionRow struct {
	ID      int64 `gorm:"primaryKey;autoIncrement"`
	Time    int64
	Series  int64 `gorm:"index:idx_corrections,priority:1"`
	Kind    string
	First   int64 `gorm:"index:idx_corrections,priority:2"`
	Last    int64
	Count   int
	By      string
	Origin  string
	Reason  string
	Old     []byte
	New     []byte
	Applied bool `gorm:"index"`
}

func (correctionRow) TableName() string { return "history_corrections" }

// Correct keeps a correction with entries of the audit trail, before it is carried out; Corrected says that it was.
func (s *Store) Correct(ctx context.Context, series int64, c *Correction, entries ...Entry) error {
	row := correctionRow{Time: c.Time.UnixMicro(), Series: series, Kind: c.Kind, First: int64(c.From), Last: int64(c.To), Count: c.Count, By: c.By, Origin: c.Origin, Reason: clean(c.Reason)}
	var err error
	if row.Old, err = historian.Pack(c.Old); err != nil {
		return fmt.Errorf("correction: %w", err)
	}
	if row.New, err = historian.Pack(c.New); err != nil {
		return fmt.Errorf("correction: %w", err)
	}
	err = s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return s.appendAudit(tx, entries)
	})
	c.ID = row.ID
	return err
}

// Corrected says that the history has what a correction says.
func (s *Store) Corrected(ctx context.Context, id int64) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		return tx.Model(&correctionRow{}).Where("id = ?", id).Update("applied", true).Error
	})
}

// FinishCorrections carries out what was kept and not carried out, as the process had ended between the two.
func (s *Store) FinishCorrections(ctx context.Context, a *historian.Archive) error {
	var rows []correctionRow
	if err := s.read(ctx).Where("applied = ?", false).Order("id").Find(&rows).Error; err != nil {
		return fmt.Errorf("corrections: %w", err)
	}
	for i := range rows {
		samples, err := historian.Unpack(rows[i].New)
		if err == nil {
			err = a.Correct(rows[i].Series, samples)
		}
		if err != nil {
			return fmt.Errorf("correction %d: %w", rows[i].ID, err)
		}
		if err := s.Corrected(ctx, rows[i].ID); err != nil {
			return err
		}
	}
	return nil
}

// CorrectionFilter says which corrections are wanted; zero fields want all.
type CorrectionFilter struct {
	ID int64
	// Paths are those of the tags.
	Paths []string
	// From and To want those that touched a time between them.
	From, To tag.Time
	// Before wants those with a lower ID.
	Before int64
	Limit  int
	// Whole also wants their samples.
	Whole bool
	// Allowed says whether those of a tag may be seen; nil allows all.
	Allowed func(tag.Path) bool
}

// Corrections are those that a filter wants, the newest first, and the ID to go on with, 0 at the end.
func (s *Store) Corrections(ctx context.Context, f CorrectionFilter) (out []Correction, next int64, err error) {
	type found struct {
		Row  correctionRow `gorm:"embedded"`
		Path string
	}
	before := f.Before
	for {
		columns := []string{"history_series.path"}
		for _, c := range []string{"id", "time", "series", "kind", "first", "last", "count", "by", "origin", "reason", "old", "new"} {
			if f.Whole || c != "old" && c != "new" {
				columns = append(columns, "history_corrections."+c)
			}
		}
		q := s.read(ctx).Table("history_corrections").Select(columns).
			Joins("JOIN history_series ON history_series.id = history_corrections.series").Order("history_corrections.id DESC").Limit(f.Limit + 1)
		if before > 0 {
			q = q.Where("history_corrections.id < ?", before)
		}
		if f.ID > 0 {
			q = q.Where("history_corrections.id = ?", f.ID)
		}
		if len(f.Paths) > 0 {
			q = q.Where("history_series.path IN ?", f.Paths)
		}
		if f.From != 0 || f.To != 0 {
			q = q.Where("history_corrections.last >= ? AND history_corrections.first < ?", int64(f.From), int64(f.To))
		}
		var rows []found
		if err := q.Find(&rows).Error; err != nil {
			return nil, 0, fmt.Errorf("corrections: %w", err)
		}
		for i := range rows {
			r, path := &rows[i].Row, tag.Path(rows[i].Path)
			if f.Allowed != nil && !f.Allowed(path) {
				before = r.ID
				continue
			}
			if len(out) == f.Limit {
				return out, out[len(out)-1].ID, nil
			}
			c := Correction{ID: r.ID, Time: time.UnixMicro(r.Time), Path: path, Kind: r.Kind, From: tag.Time(r.First), To: tag.Time(r.Last), Count: r.Count, By: r.By, Origin: r.Origin, Reason: r.Reason}
			if f.Whole {
				if c.Old, err = historian.Unpack(r.Old); err != nil {
					return nil, 0, fmt.Errorf("correction %d: %w", r.ID, err)
				}
				if c.New, err = historian.Unpack(r.New); err != nil {
					return nil, 0, fmt.Errorf("correction %d: %w", r.ID, err)
				}
			}
			out = append(out, c)
			before = r.ID
		}
		if len(rows) <= f.Limit {
			return out, 0, nil
		}
	}
}
