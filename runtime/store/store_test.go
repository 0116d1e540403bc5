package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func open(t *testing.T, url, dir string) *Store {
	t.Helper()
	s, err := Open(context.Background(), url, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// everything runs what must hold on every database.
func everything(t *testing.T, url string) {
	for name, test := range map[string]func(*testing.T, *Store){
		"documents": documents, "installations": installations, "users": users, "tokens": tokens, "sessions": sessions,
		"audit": audit, "secrets": secrets, "race": race, "settings": settings, "events": events, "alarms": alarms, "alarm scan": alarmScan, "messages": messages,
		"history": history, "history series": historySeries, "history tiers": historyTiers, "history values": historyValues,
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, url, t.TempDir())
			if url != "" {
				// One database for all tests: begin each with empty tables.
				for _, table := range []string{"documents", "installations", "revisions", "users", "tokens", "sessions", "audit", "secrets", "tag_values", "events", "alarms", "alarm_journal", "notify_messages", "notify_runs", "notify_people", "notify_devices", "history_series", "history_chunks", "history_minutes", "history_hours", "history_days", "history_marks", "history_stale"} {
					if err := s.db.Exec("DELETE FROM " + table).Error; err != nil {
						t.Fatal(err)
					}
				}
				if err := s.SetSetting(context.Background(), settingAudit, ""); err != nil {
					t.Fatal(err)
				}
			}
			test(t, s)
		})
	}
}

func TestSQLite(t *testing.T) { everything(t, "") }

func documents(t *testing.T, s *Store) {
	ctx := context.Background()
	if _, err := s.Document(ctx, Plant, ""); !errors.Is(err, ErrNotFound) {
		t.Fatalf("nothing there: %v", err)
	}
	first, err := s.Save(ctx, Plant, "", []byte("one"), NoETag, "anna")
	if err != nil {
		t.Fatal(err)
	}
	var conflict *ErrConflict
	if _, err := s.Save(ctx, Plant, "", []byte("two"), NoETag, "bert"); !errors.As(err, &conflict) || conflict.ETag != first {
		t.Fatalf("created twice: %v", err)
	}
	second, err := s.Save(ctx, Plant, "", []byte("two"), first, "bert")
	if err != nil || second == first {
		t.Fatalf("%q %v", second, err)
	}
	if _, err := s.Save(ctx, Plant, "", []byte("three"), first, "carl"); !errors.As(err, &conflict) || conflict.ETag != second {
		t.Fatalf("lost update: %v", err)
	}
	if _, err := s.Save(ctx, Plant, "", []byte("three"), AnyETag, "carl"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Save(ctx, Draft, "x", []byte("draft"), NoETag, "carl"); err != nil {
		t.Fatal(err)
	}
	d, err := s.Document(ctx, Plant, "")
	if err != nil || string(d.Content) != "three" || d.Author != "carl" || time.Since(d.Updated) > time.Minute {
		t.Errorf("%+v %v", d, err)
	}
}

// race lets many save on the same ETag: one wins a round, and all that was acknowledged is there.
func race(t *testing.T, s *Store) {
	ctx := context.Background()
	etag := NoETag
	for round := range 5 {
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := []string{}
		for i := range 8 {
			wg.Go(func() {
				content := fmt.Sprintf("round %d writer %d", round, i)
				next, err := s.Save(ctx, Draft, "race", []byte(content), etag, "x", Entry{Actor: "x", Action: "draft.save"})
				var conflict *ErrConflict
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won = append(won, next)
				case !errors.As(err, &conflict):
					t.Errorf("round %d: %v", round, err)
				}
			})
		}
		wg.Wait()
		d, err := s.Document(ctx, Draft, "race")
		if err != nil || len(won) != 1 || d.ETag != won[0] {
			t.Fatalf("round %d: %d winners, present %s: %v", round, len(won), d.ETag, err)
		}
		etag = d.ETag
	}
	if err := s.Verify(ctx); err != nil {
		t.Error(err)
	}
	if page, err := s.AuditPage(ctx, 0, 100, ""); err != nil || len(page) != 5 {
		t.Errorf("%d entries for 5 saves: %v", len(page), err)
	}
}

func installations(t *testing.T, s *Store) {
	ctx := context.Background()
	if err := s.Install(ctx, "line", []byte("draft"), []byte("{}"), "anna", Entry{Actor: "anna", Action: "app.add"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Install(ctx, "line", []byte("other"), []byte("{}"), "bert"); !errors.Is(err, ErrExists) {
		t.Fatalf("installed twice: %v", err)
	}
	draft, err := s.Document(ctx, Draft, "line")
	if err != nil || string(draft.Content) != "draft" {
		t.Fatalf("the refused installation has changed the draft: %s %v", draft.Content, err)
	}
	for want := 1; want <= 3; want++ {
		n, err := s.Publish(ctx, "line", draft.Content, draft.ETag, Revision{Version: "1.0.0", Comment: "c", Author: "anna"}, Entry{Actor: "anna", Action: "app.publish"})
		if err != nil || n != want {
			t.Fatalf("revision %d, want %d: %v", n, want, err)
		}
	}
	var conflict *ErrConflict
	if _, err := s.Publish(ctx, "line", []byte("x"), "old", Revision{}); !errors.As(err, &conflict) {
		t.Errorf("published over a changed draft: %v", err)
	}
	if _, err := s.Publish(ctx, "nothing", []byte("x"), AnyETag, Revision{}); !errors.Is(err, ErrNotFound) {
		t.Errorf("published nothing: %v", err)
	}
	list, err := s.Revisions(ctx, "line")
	if err != nil || len(list) != 3 || list[0].Number != 3 || list[0].Content != nil {
		t.Errorf("%+v %v", list, err)
	}
	if r, err := s.Revision(ctx, "line", 2); err != nil || string(r.Content) != "draft" || r.Author != "anna" {
		t.Errorf("%+v %v", r, err)
	}
	// What is kept without being published is counted with the others and published by nobody.
	if n, err := s.Keep(ctx, "line", []byte("named"), Revision{Kind: Saved, Comment: "before the rebuild", Author: "bert"}, Entry{Actor: "bert", Action: "app.keep"}); err != nil || n != 4 {
		t.Errorf("kept as %d: %v", n, err)
	}
	for i := range maxKept + 2 {
		if _, err := s.Keep(ctx, "line", fmt.Appendf(nil, "lost %d", i), Revision{Kind: Kept}); err != nil {
			t.Fatal(err)
		}
	}
	list, err = s.Revisions(ctx, "line")
	if err != nil || len(list) != 4+maxKept || list[maxKept].Number != 4 || list[maxKept].Kind != Saved || list[maxKept-1].Number != 7 || list[0].Kind != Kept || list[maxKept+1].Kind != Published {
		t.Errorf("%+v %v", list, err)
	}
	if r, err := s.Revision(ctx, "line", 4); err != nil || string(r.Content) != "named" || r.Kind != Saved {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := s.Keep(ctx, "nothing", nil, Revision{Kind: Saved}); !errors.Is(err, ErrNotFound) {
		t.Errorf("kept a version of nothing: %v", err)
	}
	if inst, err := s.Installation(ctx, "line"); err != nil || inst.Revision != 3 {
		t.Errorf("%+v %v", inst, err)
	}
	if err := s.Uninstall(ctx, "line"); err != nil {
		t.Fatal(err)
	}
	if err := s.Uninstall(ctx, "line"); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
	if list, _ := s.Revisions(ctx, "line"); len(list) != 0 {
		t.Errorf("%d revisions are left", len(list))
	}
}

func settings(t *testing.T, s *Store) {
	ctx := context.Background()
	if err := s.SetSetting(ctx, "a", "1"); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Setting(ctx, "a"); v != "1" || err != nil {
		t.Error(v, err)
	}
	if err := s.SetSetting(ctx, "a", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Setting(ctx, "a"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	for _, v := range []string{"1", `"two"`} {
		if err := s.KeepValue(ctx, "hall/x", []byte(v), 1); err != nil {
			t.Fatal(err)
		}
	}
	if values, err := s.Values(ctx); err != nil || len(values) != 1 || string(values["hall/x"]) != `"two"` {
		t.Error(values, err)
	}
}

func TestLockFolder(t *testing.T) {
	dir := t.TempDir()
	unlock, err := LockFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := LockFolder(dir); !errors.Is(err, ErrLocked) {
		t.Errorf("locked twice: %v", err)
	}
	unlock()
	again, err := LockFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	again()
}

// TestPragmas: what durability stands on.
func TestPragmas(t *testing.T) {
	s := open(t, "", filepath.Join(t.TempDir(), "with space ? and # 数据"))
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
		var got string
		if err := s.db.Raw("PRAGMA " + pragma).Scan(&got).Error; err != nil || got != want {
			t.Errorf("%s is %q, want %q: %v", pragma, got, want, err)
		}
	}
}
