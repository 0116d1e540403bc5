package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// MaxEvents is how many events are kept; older ones make way.
const MaxEvents = 100_000

// Event is something that has happened at an asset of the plant.
type Event struct {
	// ID counts up; it is set by the store.
	ID   int64
	Time time.Time
	// Asset is the path of the asset, Model its model, Event the id of the event there.
	Asset, Model, Event, Level string
	// Title and Message are by language.
	Title, Message map[string]string
	Values         map[string]json.RawMessage
	// Dropped is how often it has happened before this without being kept.
	Dropped int
}

type eventRow struct {
	ID      int64                      `gorm:"primaryKey;autoIncrement"`
	Time    int64                      `gorm:"index"`
	Asset   string                     `gorm:"size:512;index"`
	Model   string                     `gorm:"size:64"`
	Event   string                     `gorm:"size:64"`
	Level   string                     `gorm:"size:16"`
	Title   map[string]string          `gorm:"serializer:json"`
	Message map[string]string          `gorm:"serializer:json"`
	Data    map[string]json.RawMessage `gorm:"serializer:json"`
	Dropped int
}

func (eventRow) TableName() string { return "events" }

// Record keeps events, all or none, and gives them their IDs.
func (s *Store) Record(ctx context.Context, events []Event) error {
	return s.record(ctx, events, MaxEvents)
}

func (s *Store) record(ctx context.Context, events []Event, most int64) error {
	if len(events) == 0 {
		return nil
	}
	rows := make([]eventRow, len(events))
	for i, e := range events {
		rows[i] = eventRow{Time: e.Time.UnixMicro(), Asset: clean(e.Asset), Model: e.Model, Event: e.Event, Level: e.Level, Title: e.Title, Message: e.Message, Data: e.Values, Dropped: e.Dropped}
	}
	err := s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.CreateInBatches(&rows, 500).Error; err != nil {
			return err
		}
		first, last := rows[0].ID, rows[len(rows)-1].ID
		if step := max(1, most/100); first/step == (last+1)/step {
			return nil // not each time
		}
		return tx.Where("id <= ?", last-most).Delete(&eventRow{}).Error
	})
	if err != nil {
		return fmt.Errorf("events: %w", err)
	}
	for i := range events {
		events[i].ID = rows[i].ID
	}
	return nil
}

// EventFilter says which events are wanted; zero fields want all.
type EventFilter struct {
	// Asset is the path of an asset, with Below one of an area: the assets at and below it.
	Asset string
	Below bool
	Event string
	// Levels are those that are wanted.
	Levels      []string
	From, Until time.Time
	// Query is contained in asset, event or message.
	Query string
	// Before wants those with a lower ID.
	Before int64
	Limit  int
	// Allowed says whether events of an asset may be seen; nil allows all.
	Allowed func(asset string) bool
}

// maxEventScan is how many events are looked at for one page, however few of them are allowed.
const maxEventScan = 20_000

// Events are the newest that a filter wants, newest first, and the ID to go on with, 0 at the end.
func (s *Store) Events(ctx context.Context, f EventFilter) (out []Event, next int64, err error) {
	before, batch := f.Before, min(max(f.Limit+1, 100), 1000)
	for scanned := 0; ; {
		q := s.read(ctx).Order("id DESC").Limit(batch)
		if before > 0 {
			q = q.Where("id < ?", before)
		}
		switch {
		case f.Asset != "" && f.Below:
			q = q.Where("(asset = ? OR substr(asset, 1, ?) = ?)", f.Asset, len([]rune(f.Asset))+1, f.Asset+"/")
		case f.Asset != "":
			q = q.Where("asset = ?", f.Asset)
		}
		if f.Event != "" {
			q = q.Where("event = ?", f.Event)
		}
		if len(f.Levels) > 0 {
			q = q.Where("level IN ?", f.Levels)
		}
		if !f.From.IsZero() {
			q = q.Where("time >= ?", f.From.UnixMicro())
		}
		if !f.Until.IsZero() {
			q = q.Where("time < ?", f.Until.UnixMicro())
		}
		if f.Query != "" {
			like := containing(f.Query)
			q = q.Where(`(LOWER(asset) LIKE ? ESCAPE '\' OR LOWER(event) LIKE ? ESCAPE '\' OR LOWER(message) LIKE ? ESCAPE '\')`, like, like, like)
		}
		var rows []eventRow
		if err := q.Find(&rows).Error; err != nil {
			return nil, 0, fmt.Errorf("events: %w", err)
		}
		for _, r := range rows {
			if f.Allowed != nil && !f.Allowed(r.Asset) {
				continue
			}
			if len(out) == f.Limit {
				return out, out[len(out)-1].ID, nil
			}
			out = append(out, Event{ID: r.ID, Time: fromMicro(r.Time), Asset: r.Asset, Model: r.Model, Event: r.Event, Level: r.Level, Title: r.Title, Message: r.Message, Values: r.Data, Dropped: r.Dropped})
		}
		if len(rows) < batch {
			return out, 0, nil
		}
		before = rows[len(rows)-1].ID
		if scanned += len(rows); scanned >= maxEventScan {
			return out, before, nil
		}
	}
}
