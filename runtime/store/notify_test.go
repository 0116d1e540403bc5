package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/notify"
)

// messages are kept with the place in the journal, at once or not at all, and come back after a kill in any state of sending.
func messages(t *testing.T, s *Store) {
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	kept, err := s.LoadMessages(ctx)
	must(err)
	begun := kept.Cursor
	before, err := s.LastAlarm(ctx)
	must(err)
	must(s.KeepAlarms(ctx, alarm.Changes{Journal: []alarm.Entry{{Time: time.Now(), Path: "a/b", Alarm: "high", Event: alarm.Raise, State: alarm.Unacknowledged}}}))
	// What happened before there were messages is not told, what happened since then is, also after a restart.
	kept, err = s.LoadMessages(ctx)
	must(err)
	if last, err := s.LastAlarm(ctx); err != nil || kept.Cursor != begun || last <= before { // PostgreSQL leaves numbers out
		t.Error(err, kept.Cursor, begun, last)
	}
	now := time.Now().Round(time.Millisecond)
	one := func(id int64) *notify.Outgoing {
		return &notify.Outgoing{ID: id, Key: fmt.Sprint("key", id), Channel: "mail", Receiver: "anna", Address: "a@x.test", State: notify.Waiting, Event: "raise", Alarm: "a/b#high", Subject: "s\x00", Text: "t", Fields: map[string]string{"value": "1"}, Urgent: true, Created: now, Due: now}
	}
	run := &notify.Run{Key: "a/b#high", Route: "r", Facts: notify.Facts{Seq: 7, Time: now.UTC(), Key: "a/b#high"}, Step: 1, Told: 2, At: now.UTC(), Next: now.Add(time.Hour).UTC()}
	list, err := s.KeepMessages(ctx, notify.Change{Cursor: begun + 1, Messages: []*notify.Outgoing{one(1), one(2)}, Runs: []*notify.Run{run}})
	must(err)
	if len(list) != 2 {
		t.Fatal(len(list))
	}
	// What is there already is not queued again.
	double := one(4)
	double.Key = "key2"
	list, err = s.KeepMessages(ctx, notify.Change{Cursor: begun + 1, Messages: []*notify.Outgoing{one(3), double}})
	must(err)
	if len(list) != 1 || list[0].ID != 3 {
		t.Fatal(list)
	}
	sending, sent := one(1), one(2)
	sending.State, sending.Attempts = notify.Sending, 1
	sent.State, sent.Answer, sent.Tried = notify.Sent, "250 OK", now
	must(s.MarkMessages(ctx, []*notify.Outgoing{sending, sent}))
	kept, err = s.LoadMessages(ctx)
	must(err)
	if kept.Cursor != begun+1 || kept.LastID != 3 || len(kept.Messages) != 2 || kept.Messages[0].State != notify.Sending || kept.Messages[0].Fields["value"] != "1" || !kept.Messages[0].Urgent || kept.Messages[0].Address != "a@x.test" {
		t.Errorf("%+v", kept)
	}
	if len(kept.Runs) != 1 || !reflect.DeepEqual(kept.Runs[0], run) {
		t.Errorf("%+v", kept.Runs[0])
	}
	_, err = s.KeepMessages(ctx, notify.Change{Cursor: begun + 1, Gone: []*notify.Run{run}})
	must(err)
	if kept, err = s.LoadMessages(ctx); err != nil || len(kept.Runs) != 0 {
		t.Error(err, kept.Runs)
	}
	log, err := s.Messages(ctx, MessageFilter{States: []string{"sent"}, Query: "250", Limit: 10})
	if err != nil || len(log) != 1 || log[0].ID != 2 {
		t.Error(err, log)
	}
	failed := one(3)
	failed.State, failed.Reason = notify.Failed, notify.ReasonExpired
	must(s.MarkMessages(ctx, []*notify.Outgoing{failed}))
	again, err := s.QueueAgain(ctx, []int64{2, 3, 99})
	if err != nil || len(again) != 1 || again[0].ID != 3 || again[0].Reason != "" {
		t.Error(err, again)
	}
	// The set-up: with its secrets, which go when nobody names them.
	secret := NotifySecret + "x"
	etag, err := s.SaveNotifySetup(ctx, []byte(`{"url":"https://x.test"}`), "", map[string]string{secret: "sEcReT"}, []string{secret})
	must(err)
	var conflict *ErrConflict
	if _, err := s.SaveNotifySetup(ctx, []byte(`{}`), "", nil, nil); !errors.As(err, &conflict) || conflict.ETag != etag {
		t.Error(err)
	}
	if text, err := s.Secret(ctx, secret); err != nil || text != "sEcReT" {
		t.Error(text, err)
	}
	_, err = s.SaveNotifySetup(ctx, []byte(`{}`), etag, nil, nil)
	must(err)
	if _, err := s.Secret(ctx, secret); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	// Devices: sealed, of one person, and as many as may be.
	must(s.AddNotifyDevice(ctx, NotifyDevice{ID: "d1", User: "Anna", Name: "phone", Subscription: json.RawMessage(`{"endpoint":"sEcReT"}`)}, 1))
	if err := s.AddNotifyDevice(ctx, NotifyDevice{ID: "d2", User: "anna"}, 1); !errors.Is(err, ErrExists) {
		t.Error(err)
	}
	if raw, err := s.Device(ctx, "d1"); err != nil || string(raw) != `{"endpoint":"sEcReT"}` {
		t.Error(string(raw), err)
	}
	if raw, err := s.Device(ctx, "none"); err != nil || raw != nil {
		t.Error(string(raw), err)
	}
	var row deviceRow
	if err := s.read(ctx).First(&row, "id = ?", "d1").Error; err != nil || len(row.Sealed) == 0 || row.User != "anna" {
		t.Error(err, row)
	}
	if err := s.RemoveNotifyDevice(ctx, "bo", "d1"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	must(s.ForgetDevice(ctx, "d1"))
	must(s.SetNotifyPerson(ctx, "Anna", notify.Person{Mail: "a@x.test", Quiet: []notify.Hours{{From: "22:00", To: "06:00"}}}))
	if people, err := s.NotifyPeople(ctx); err != nil || people["anna"].Quiet[0].To != "06:00" {
		t.Error(err, people)
	}
}
