package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/notify"
)

// How much of the log of messages is kept.
const (
	MaxMessages   = 100_000
	MaxMessageAge = 90 * 24 * time.Hour
)

// messageRow is a message in the queue or in the log.
type messageRow struct {
	ID       int64  `gorm:"primaryKey;autoIncrement:false"`
	Key      string `gorm:"uniqueIndex;size:200"`
	Channel  string `gorm:"size:64"`
	Receiver string `gorm:"size:300"`
	Address  string `gorm:"size:300"`
	State    string `gorm:"size:16;index"`
	Reason   string `gorm:"size:16"`
	Event    string `gorm:"size:24"`
	Alarm    string `gorm:"size:640"`
	Priority string `gorm:"size:16"`
	Route    string `gorm:"size:64"`
	Step     int
	Subject  string
	Text     string
	Fields   map[string]string `gorm:"serializer:json"`
	Urgent   bool
	Created  int64
	Tried    int64
	Due      int64
	Attempts int
	Answer   string
	// With is the message with which it was told.
	With int64 `gorm:"column:told_with"`
	More int
}

func (messageRow) TableName() string { return "notify_messages" }

// runRow is what a route has told of an alarm.
type runRow struct {
	Alarm string     `gorm:"primaryKey;size:640"`
	Route string     `gorm:"primaryKey;size:64"`
	Run   notify.Run `gorm:"serializer:json"`
}

func (runRow) TableName() string { return "notify_runs" }

// personRow is how a user wants to be told.
type personRow struct {
	User     string        `gorm:"primaryKey;size:128;column:user_key"`
	Settings notify.Person `gorm:"serializer:json"`
}

func (personRow) TableName() string { return "notify_people" }

// deviceRow is a device on which a user wants to be told. What the service for it needs is sealed: who knows it can send.
type deviceRow struct {
	ID      string `gorm:"primaryKey;size:64"`
	User    string `gorm:"index;size:128;column:user_key"`
	Name    string
	Sealed  []byte
	Created int64
}

func (deviceRow) TableName() string { return "notify_devices" }

// settingNotifyCursor is the last line of the journal of which messages were made, settingNotifySetup the set-up.
const (
	settingNotifyCursor = "notify.cursor"
	settingNotifySetup  = "notify.setup"
)

func messageRowOf(o *notify.Outgoing) messageRow {
	return messageRow{
		ID: o.ID, Key: o.Key, Channel: o.Channel, Receiver: clean(o.Receiver), Address: clean(o.Address), State: string(o.State), Reason: o.Reason, Event: o.Event,
		Alarm: clean(string(o.Alarm)), Priority: o.Priority, Route: o.Route, Step: o.Step, Subject: clean(o.Subject), Text: clean(o.Text), Fields: o.Fields, Urgent: o.Urgent,
		Created: toMicro(o.Created), Tried: toMicro(o.Tried), Due: toMicro(o.Due), Attempts: o.Attempts, Answer: clean(o.Answer), With: o.With, More: o.More,
	}
}

func (r *messageRow) message() *notify.Outgoing {
	return &notify.Outgoing{
		ID: r.ID, Key: r.Key, Channel: r.Channel, Receiver: r.Receiver, Address: r.Address, State: notify.State(r.State), Reason: r.Reason, Event: r.Event,
		Alarm: alarm.Key(r.Alarm), Priority: r.Priority, Route: r.Route, Step: r.Step, Subject: r.Subject, Text: r.Text, Fields: r.Fields, Urgent: r.Urgent,
		Created: fromMicro(r.Created), Tried: fromMicro(r.Tried), Due: fromMicro(r.Due), Attempts: r.Attempts, Answer: r.Answer, With: r.With, More: r.More,
	}
}

// LoadMessages implements notify.Keeper.
func (s *Store) LoadMessages(ctx context.Context) (k notify.Kept, err error) {
	switch text, err := s.Setting(ctx, settingNotifyCursor); {
	case err == nil:
		if _, err := fmt.Sscan(text, &k.Cursor); err != nil {
			return k, fmt.Errorf("messages: cursor %q is not a number", text)
		}
	case errors.Is(err, ErrNotFound):
		// What happened before there were messages is not told.
		if k.Cursor, err = s.LastAlarm(ctx); err == nil {
			err = s.SetSetting(ctx, settingNotifyCursor, fmt.Sprint(k.Cursor))
		}
		if err != nil {
			return k, fmt.Errorf("messages: %w", err)
		}
	default:
		return k, fmt.Errorf("messages: %w", err)
	}
	var runs []runRow
	if err := s.read(ctx).Find(&runs).Error; err != nil {
		return k, fmt.Errorf("messages: %w", err)
	}
	for i := range runs {
		k.Runs = append(k.Runs, &runs[i].Run)
	}
	var rows []messageRow
	if err := s.read(ctx).Where("state IN ?", []string{string(notify.Waiting), string(notify.Sending)}).Order("id").Find(&rows).Error; err != nil {
		return k, fmt.Errorf("messages: %w", err)
	}
	for i := range rows {
		k.Messages = append(k.Messages, rows[i].message())
	}
	err = s.read(ctx).Model(&messageRow{}).Select("COALESCE(MAX(id), 0)").Scan(&k.LastID).Error
	if err != nil {
		err = fmt.Errorf("messages: %w", err)
	}
	return k, err
}

// KeepMessages implements notify.Keeper.
func (s *Store) KeepMessages(ctx context.Context, c notify.Change) (kept []*notify.Outgoing, err error) {
	rows := make([]messageRow, len(c.Messages))
	for i, o := range c.Messages {
		rows[i] = messageRowOf(o)
	}
	runs := make([]runRow, len(c.Runs))
	for i, r := range c.Runs {
		runs[i] = runRow{Alarm: string(r.Key), Route: r.Route, Run: *r}
	}
	kept = c.Messages
	err = s.write(ctx, func(tx *gorm.DB) error {
		if err := setSetting(tx, settingNotifyCursor, fmt.Sprint(c.Cursor)); err != nil {
			return err
		}
		for _, r := range c.Gone {
			if err := tx.Delete(&runRow{}, "alarm = ? AND route = ?", string(r.Key), r.Route).Error; err != nil {
				return err
			}
		}
		if len(runs) > 0 {
			if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).CreateInBatches(&runs, 200).Error; err != nil {
				return err
			}
		}
		if len(rows) == 0 {
			return nil
		}
		done := tx.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&rows, 200)
		if done.Error != nil {
			return done.Error
		}
		first, last := rows[0].ID, rows[len(rows)-1].ID
		if done.RowsAffected < int64(len(rows)) {
			var ids []int64
			if err := tx.Model(&messageRow{}).Where("id BETWEEN ? AND ?", first, last).Pluck("id", &ids).Error; err != nil {
				return err
			}
			kept = slices.DeleteFunc(slices.Clone(c.Messages), func(o *notify.Outgoing) bool { return !slices.Contains(ids, o.ID) })
		}
		if first/1000 == (last+1)/1000 {
			return nil // not each time
		}
		return tx.Where("(id <= ? OR created < ?) AND state NOT IN ?", last-MaxMessages, toMicro(time.Now().Add(-MaxMessageAge)), []string{string(notify.Waiting), string(notify.Sending)}).Delete(&messageRow{}).Error
	})
	if err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	return kept, nil
}

// MarkMessages implements notify.Keeper.
func (s *Store) MarkMessages(ctx context.Context, list []*notify.Outgoing) error {
	err := s.write(ctx, func(tx *gorm.DB) error {
		for _, o := range list {
			r := messageRowOf(o)
			err := tx.Model(&messageRow{ID: o.ID}).Select("state", "reason", "tried", "due", "attempts", "answer", "told_with", "subject", "text").Updates(&r).Error
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("messages: %w", err)
	}
	return nil
}

// MessageFilter says which messages of the log are wanted; zero fields want all.
type MessageFilter struct {
	States   []string
	Channel  string
	Receiver string
	// Query is contained in subject, receiver, alarm or answer.
	Query string
	// Before wants those with a lower ID.
	Before int64
	Limit  int
}

// Messages are the newest messages that a filter wants, newest first.
func (s *Store) Messages(ctx context.Context, f MessageFilter) ([]*notify.Outgoing, error) {
	q := s.read(ctx).Order("id DESC").Limit(f.Limit)
	if f.Before > 0 {
		q = q.Where("id < ?", f.Before)
	}
	if len(f.States) > 0 {
		q = q.Where("state IN ?", f.States)
	}
	if f.Channel != "" {
		q = q.Where("channel = ?", f.Channel)
	}
	if f.Receiver != "" {
		q = q.Where("receiver = ?", f.Receiver)
	}
	if f.Query != "" {
		like := containing(f.Query)
		q = q.Where(`(LOWER(subject) LIKE ? ESCAPE '\' OR LOWER(receiver) LIKE ? ESCAPE '\' OR LOWER(alarm) LIKE ? ESCAPE '\' OR LOWER(answer) LIKE ? ESCAPE '\')`, like, like, like, like)
	}
	var rows []messageRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	out := make([]*notify.Outgoing, len(rows))
	for i := range rows {
		out[i] = rows[i].message()
	}
	return out, nil
}

// QueueAgain has messages that failed wait once more, and gives them back. Those that did not fail are left as they are.
func (s *Store) QueueAgain(ctx context.Context, ids []int64, entries ...Entry) (out []*notify.Outgoing, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		var rows []messageRow
		if err := tx.Where("id IN ? AND state = ?", ids, string(notify.Failed)).Order("id").Find(&rows).Error; err != nil {
			return err
		}
		now := time.Now()
		for i := range rows {
			o := rows[i].message()
			o.State, o.Reason, o.Answer, o.Created, o.Due = notify.Waiting, "", "", now, now
			r := messageRowOf(o)
			if err := tx.Model(&messageRow{ID: o.ID}).Select("state", "reason", "answer", "created", "due").Updates(&r).Error; err != nil {
				return err
			}
			out = append(out, o)
		}
		return s.appendAudit(tx, entries)
	})
	if err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	return out, nil
}

// NotifySetup is the set-up of messages in JSON and its ETag; ErrNotFound when there is none.
func (s *Store) NotifySetup(ctx context.Context) (content []byte, etag string, err error) {
	text, err := s.Setting(ctx, settingNotifySetup)
	if err != nil {
		return nil, "", err
	}
	return []byte(text), ETagOf([]byte(text)), nil
}

// SaveNotifySetup keeps the set-up of messages with the secrets that were taken out of it; secrets that it does not name in
// keep any more are removed. want is the ETag of the one it replaces, "" for none; *ErrConflict when it is another.
func (s *Store) SaveNotifySetup(ctx context.Context, content []byte, want string, secrets map[string]string, keep []string, entries ...Entry) (etag string, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		var row settingRow
		if err := tx.Limit(1).Find(&row, "name = ?", settingNotifySetup).Error; err != nil {
			return err
		}
		old := ""
		if row.Value != "" {
			old = ETagOf([]byte(row.Value))
		}
		if want != old {
			return &ErrConflict{ETag: old}
		}
		if err := s.putSecrets(tx, secrets); err != nil {
			return err
		}
		drop := tx.Where("id LIKE ?", NotifySecret+"%")
		if len(keep) > 0 {
			drop = drop.Where("id NOT IN ?", keep)
		}
		if err := drop.Delete(&secretRow{}).Error; err != nil {
			return err
		}
		if err := setSetting(tx, settingNotifySetup, string(content)); err != nil {
			return err
		}
		etag = ETagOf(content)
		return s.appendAudit(tx, entries)
	})
	return etag, err
}

// NotifySecret begins the ids of the secrets of channels.
const NotifySecret = serverSecret + "notify.channel."

// NotifyPeople are the settings of people by the names of users in lower case.
func (s *Store) NotifyPeople(ctx context.Context) (map[string]notify.Person, error) {
	var rows []personRow
	if err := s.read(ctx).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[string]notify.Person, len(rows))
	for _, r := range rows {
		out[r.User] = r.Settings
	}
	return out, nil
}

// SetNotifyPerson keeps how a user wants to be told.
func (s *Store) SetNotifyPerson(ctx context.Context, user string, p notify.Person, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Save(&personRow{User: userKey(user), Settings: p}).Error; err != nil {
			return err
		}
		return s.appendAudit(tx, entries)
	})
}

// NotifyDevice is a device on which somebody wants to be told.
type NotifyDevice struct {
	ID, User, Name string
	// Subscription is what the service for it needs; not in lists.
	Subscription json.RawMessage
	Created      time.Time
}

// NotifyDevices are the devices of a user, or of all, the oldest first.
func (s *Store) NotifyDevices(ctx context.Context, user string) ([]NotifyDevice, error) {
	q := s.read(ctx).Order("created, id")
	if user != "" {
		q = q.Where("user_key = ?", userKey(user))
	}
	var rows []deviceRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]NotifyDevice, len(rows))
	for i, r := range rows {
		out[i] = NotifyDevice{ID: r.ID, User: r.User, Name: r.Name, Created: fromMicro(r.Created)}
	}
	return out, nil
}

// AddNotifyDevice keeps a device in place of the one with its id, whoever's that was. ErrExists says that the user has as many
// as most already.
func (s *Store) AddNotifyDevice(ctx context.Context, d NotifyDevice, most int64, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		var n int64
		if err := tx.Model(&deviceRow{}).Where("user_key = ? AND id <> ?", userKey(d.User), d.ID).Count(&n).Error; err != nil {
			return err
		}
		if n >= most {
			return ErrExists
		}
		sealed, err := s.seal("device."+d.ID, string(d.Subscription))
		if err != nil {
			return err
		}
		if err := tx.Save(&deviceRow{ID: d.ID, User: userKey(d.User), Name: clean(d.Name), Sealed: sealed, Created: time.Now().UnixMicro()}).Error; err != nil {
			return err
		}
		return s.appendAudit(tx, entries)
	})
}

// RemoveNotifyDevice removes a device of a user; ErrNotFound when they have none of the id.
func (s *Store) RemoveNotifyDevice(ctx context.Context, user, id string, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		gone := tx.Delete(&deviceRow{}, "id = ? AND user_key = ?", id, userKey(user))
		if gone.Error != nil {
			return gone.Error
		}
		if gone.RowsAffected == 0 {
			return ErrNotFound
		}
		return s.appendAudit(tx, entries)
	})
}

// Device implements notify.Keeper.
func (s *Store) Device(ctx context.Context, id string) (json.RawMessage, error) {
	var row deviceRow
	if err := s.read(ctx).Limit(1).Find(&row, "id = ?", id).Error; err != nil || row.ID == "" {
		return nil, err
	}
	text, err := s.unseal("device."+id, row.Sealed)
	return json.RawMessage(text), err
}

// ForgetDevice implements notify.Keeper.
func (s *Store) ForgetDevice(ctx context.Context, id string) error {
	return s.write(ctx, func(tx *gorm.DB) error { return tx.Delete(&deviceRow{}, "id = ?", id).Error })
}

// forgetPerson removes what is kept of a user for messages.
func forgetPerson(tx *gorm.DB, user string) error {
	if err := tx.Delete(&personRow{}, "user_key = ?", userKey(user)).Error; err != nil {
		return err
	}
	return tx.Delete(&deviceRow{}, "user_key = ?", userKey(user)).Error
}
