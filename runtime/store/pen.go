package store

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"
)

// PenSet is a choice of tags that somebody looks at together.
type PenSet struct {
	ID int64
	// Owner has made it; others see it when it is Shared.
	Owner  string
	Shared bool
	Name   string
	// Content is JSON.
	Content json.RawMessage
	Changed time.Time
}

type penSetRow struct {
	ID      int64  `gorm:"primaryKey;autoIncrement"`
	Owner   string `gorm:"index;size:256"`
	Shared  bool
	Name    string
	Content string
	Changed int64
}

func (penSetRow) TableName() string { return "pen_sets" }

// PenSets are those of a person, and those that others share.
func (s *Store) PenSets(ctx context.Context, owner string) ([]PenSet, error) {
	var rows []penSetRow
	if err := s.read(ctx).Where("owner = ? OR shared = ?", owner, true).Order("name, id").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]PenSet, len(rows))
	for i, r := range rows {
		out[i] = PenSet{ID: r.ID, Owner: r.Owner, Shared: r.Shared, Name: r.Name, Content: json.RawMessage(r.Content), Changed: time.UnixMicro(r.Changed)}
	}
	return out, nil
}

// SavePenSet keeps a set, a new one when its ID is 0; ErrNotFound when there is none of its owner.
func (s *Store) SavePenSet(ctx context.Context, p *PenSet, entries ...Entry) error {
	row := penSetRow{ID: p.ID, Owner: p.Owner, Shared: p.Shared, Name: clean(p.Name), Content: string(p.Content), Changed: p.Changed.UnixMicro()}
	err := s.write(ctx, func(tx *gorm.DB) error {
		if row.ID == 0 {
			if err := tx.Create(&row).Error; err != nil {
				return err
			}
		} else {
			r := tx.Model(&penSetRow{}).Where("id = ? AND owner = ?", row.ID, row.Owner).Select("shared", "name", "content", "changed").Updates(&row)
			if r.Error != nil {
				return r.Error
			}
			if r.RowsAffected == 0 {
				return ErrNotFound
			}
		}
		return s.appendAudit(tx, entries)
	})
	p.ID = row.ID
	return err
}

// RemovePenSet removes a set of its owner.
func (s *Store) RemovePenSet(ctx context.Context, id int64, owner string, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		r := tx.Where("id = ? AND owner = ?", id, owner).Delete(&penSetRow{})
		if r.Error != nil {
			return r.Error
		}
		if r.RowsAffected == 0 {
			return ErrNotFound
		}
		return s.appendAudit(tx, entries)
	})
}

// HistoryNote is what somebody has written beside a time of the history.
type HistoryNote struct {
	ID int64
	// Path is the tag that it is about, "" for all.
	Path string
	// From and To are the time, the same for a moment, in ms since 1970.
	From, To int64
	Text     string
	By       string
	Written  time.Time
}

type historyNoteRow struct {
	ID      int64  `gorm:"primaryKey;autoIncrement"`
	Path    string `gorm:"size:512"`
	First   int64  `gorm:"index"`
	Last    int64
	Text    string
	By      string
	Written int64
}

func (historyNoteRow) TableName() string { return "history_notes" }

// maxHistoryNotes is how many notes are read at once.
const maxHistoryNotes = 1000

// HistoryNotes are those beside a time, of tags and of all, in the order of their times.
func (s *Store) HistoryNotes(ctx context.Context, paths []string, from, to int64) ([]HistoryNote, error) {
	var rows []historyNoteRow
	err := s.read(ctx).Where("last >= ? AND first < ? AND path IN ?", from, to, append([]string{""}, paths...)).Order("first, id").Limit(maxHistoryNotes).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	out := make([]HistoryNote, len(rows))
	for i, r := range rows {
		out[i] = HistoryNote{ID: r.ID, Path: r.Path, From: r.First, To: r.Last, Text: r.Text, By: r.By, Written: time.UnixMicro(r.Written)}
	}
	return out, nil
}

// AddHistoryNote keeps a note and gives it its ID.
func (s *Store) AddHistoryNote(ctx context.Context, n *HistoryNote, entries ...Entry) error {
	row := historyNoteRow{Path: n.Path, First: n.From, Last: n.To, Text: clean(n.Text), By: n.By, Written: n.Written.UnixMicro()}
	err := s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return s.appendAudit(tx, entries)
	})
	n.ID = row.ID
	return err
}

// HistoryNote reads a note.
func (s *Store) HistoryNote(ctx context.Context, id int64) (HistoryNote, error) {
	var r historyNoteRow
	if err := s.read(ctx).First(&r, "id = ?", id).Error; err != nil {
		return HistoryNote{}, known(err)
	}
	return HistoryNote{ID: r.ID, Path: r.Path, From: r.First, To: r.Last, Text: r.Text, By: r.By, Written: time.UnixMicro(r.Written)}, nil
}

// RemoveHistoryNote removes a note.
func (s *Store) RemoveHistoryNote(ctx context.Context, id int64, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Where("id = ?", id).Delete(&historyNoteRow{}).Error; err != nil {
			return err
		}
		return s.appendAudit(tx, entries)
	})
}
