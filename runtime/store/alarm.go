package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/tag"
)

// How much of the journal is kept; what is more or older makes way.
const (
	MaxJournal    = 1_000_000
	MaxJournalAge = 2 * 365 * 24 * time.Hour
)

// alarmRow is what is kept of an alarm that is not simply normal.
type alarmRow struct {
	Key    string       `gorm:"primaryKey;size:900"`
	Record alarm.Record `gorm:"serializer:json"`
}

func (alarmRow) TableName() string { return "alarms" }

type journalRow struct {
	ID   int64 `gorm:"primaryKey;autoIncrement"`
	Time int64 `gorm:"index"`
	// Written is when it was written down, by the clock of the server.
	Written  int64
	Path     string            `gorm:"size:512;index"`
	Alarm    string            `gorm:"size:160"`
	Priority string            `gorm:"size:16"`
	Event    string            `gorm:"size:24"`
	State    string            `gorm:"size:24"`
	Title    map[string]string `gorm:"serializer:json"`
	Name     map[string]string `gorm:"serializer:json"`
	Message  map[string]string `gorm:"serializer:json"`
	Value    string
	Actor    string `gorm:"size:200;index"`
	Origin   string `gorm:"size:200"`
	Comment  string
}

func (journalRow) TableName() string { return "alarm_journal" }

// LoadAlarms gives back what was kept of alarms.
func (s *Store) LoadAlarms(ctx context.Context) ([]alarm.Record, error) {
	var rows []alarmRow
	if err := s.read(ctx).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("alarms: %w", err)
	}
	out := make([]alarm.Record, len(rows))
	for i, r := range rows {
		out[i] = r.Record
		out[i].Key = alarm.Key(r.Key)
	}
	return out, nil
}

// KeepAlarms keeps what has become of alarms, with what people have done in the audit trail: all or nothing.
func (s *Store) KeepAlarms(ctx context.Context, c alarm.Changes) error {
	return s.keepAlarms(ctx, c, MaxJournal)
}

func (s *Store) keepAlarms(ctx context.Context, c alarm.Changes, most int64) error {
	now := time.Now()
	records := make([]alarmRow, len(c.Records))
	for i, r := range c.Records {
		records[i] = alarmRow{Key: string(r.Key), Record: r}
	}
	lines := make([]journalRow, len(c.Journal))
	var audit []Entry
	for i, e := range c.Journal {
		lines[i] = journalRow{
			Time: e.Time.UnixMicro(), Written: now.UnixMicro(), Path: clean(string(e.Path)), Alarm: e.Alarm, Priority: e.Priority, Event: string(e.Event), State: string(e.State),
			Title: e.Title, Name: e.Name, Message: e.Message, Value: clean(string(e.Value)), Actor: clean(e.By), Origin: clean(e.Origin), Comment: clean(e.Comment),
		}
		if e.By != "" {
			audit = append(audit, Entry{Time: e.Time, Actor: e.By, Origin: e.Origin, Action: "alarm." + string(e.Event), Target: string(alarm.KeyOf(e.Path, e.Alarm)), Reason: e.Comment})
		}
	}
	err := s.write(ctx, func(tx *gorm.DB) error {
		for first := 0; first < len(c.Gone); first += 500 {
			part := c.Gone[first:min(first+500, len(c.Gone))]
			if err := tx.Where(clause.IN{Column: clause.Column{Name: "key"}, Values: anys(part)}).Delete(&alarmRow{}).Error; err != nil {
				return err
			}
		}
		if len(records) > 0 {
			if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).CreateInBatches(&records, 500).Error; err != nil {
				return err
			}
		}
		if len(lines) == 0 {
			return nil
		}
		if err := tx.CreateInBatches(&lines, 500).Error; err != nil {
			return err
		}
		if err := s.appendAudit(tx, audit); err != nil {
			return err
		}
		first, last := lines[0].ID, lines[len(lines)-1].ID
		if step := max(1, most/100); first/step == (last+1)/step {
			return nil // not each time
		}
		return tx.Where("id <= ? OR written < ?", last-most, now.Add(-MaxJournalAge).UnixMicro()).Delete(&journalRow{}).Error
	})
	if err != nil {
		return fmt.Errorf("alarms: %w", err)
	}
	return nil
}

func anys[T ~string](list []T) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// JournalFilter says which lines of the alarm journal are wanted; zero fields want all.
type JournalFilter struct {
	// Area is a path: alarms at and below it.
	Area string
	// Key is of one alarm.
	Key         alarm.Key
	Priorities  []string
	Events      []string
	User        string
	From, Until time.Time
	// Query is contained in path, title, message, user or comment.
	Query string
	// Before wants those with a lower ID.
	Before int64
	Limit  int
	// Allowed says whether alarms of a tag may be seen; nil allows all.
	Allowed func(path tag.Path) bool
}

// maxJournalScan is how many lines are looked at for one page, however few of them are allowed.
const maxJournalScan = 20_000

// Journal are the newest lines that a filter wants, newest first, and the ID to go on with, 0 at the end.
func (s *Store) Journal(ctx context.Context, f JournalFilter) (out []alarm.Entry, next int64, err error) {
	before, batch := f.Before, min(max(f.Limit+1, 100), 1000)
	for scanned := 0; ; {
		var rows []journalRow
		if err := s.journalQuery(ctx, f, before).Limit(batch).Find(&rows).Error; err != nil {
			return nil, 0, fmt.Errorf("alarm journal: %w", err)
		}
		for _, r := range rows {
			if f.Allowed != nil && !f.Allowed(tag.Path(r.Path)) {
				continue
			}
			if len(out) == f.Limit {
				return out, out[len(out)-1].ID, nil
			}
			out = append(out, r.entry())
		}
		if len(rows) < batch {
			return out, 0, nil
		}
		before = rows[len(rows)-1].ID
		if scanned += len(rows); scanned >= maxJournalScan {
			return out, before, nil
		}
	}
}

func (s *Store) journalQuery(ctx context.Context, f JournalFilter, before int64) *gorm.DB {
	q := s.read(ctx).Order("id DESC")
	if before > 0 {
		q = q.Where("id < ?", before)
	}
	if f.Area != "" {
		q = q.Where("(path = ? OR substr(path, 1, ?) = ?)", f.Area, len([]rune(f.Area))+1, f.Area+"/")
	}
	if f.Key != "" {
		path, id := f.Key.Split()
		q = q.Where("path = ? AND alarm = ?", string(path), id)
	}
	if len(f.Priorities) > 0 {
		q = q.Where("priority IN ?", f.Priorities)
	}
	if len(f.Events) > 0 {
		q = q.Where("event IN ?", f.Events)
	}
	if f.User != "" {
		q = q.Where("actor = ?", f.User)
	}
	if !f.From.IsZero() {
		q = q.Where("time >= ?", f.From.UnixMicro())
	}
	if !f.Until.IsZero() {
		q = q.Where("time < ?", f.Until.UnixMicro())
	}
	if f.Query != "" {
		like := containing(f.Query)
		q = q.Where(`(LOWER(path) LIKE ? ESCAPE '\' OR LOWER(title) LIKE ? ESCAPE '\' OR LOWER(name) LIKE ? ESCAPE '\' OR LOWER(message) LIKE ? ESCAPE '\' OR LOWER(actor) LIKE ? ESCAPE '\' OR LOWER(comment) LIKE ? ESCAPE '\')`, like, like, like, like, like, like)
	}
	return q
}

func (r *journalRow) entry() alarm.Entry {
	e := alarm.Entry{
		ID: r.ID, Time: fromMicro(r.Time), Path: tag.Path(r.Path), Alarm: r.Alarm, Priority: r.Priority, Event: alarm.Event(r.Event), State: alarm.State(r.State),
		Title: r.Title, Name: r.Name, Message: r.Message, By: r.Actor, Origin: r.Origin, Comment: r.Comment,
	}
	if r.Value != "" {
		e.Value = json.RawMessage(r.Value)
	}
	return e
}
