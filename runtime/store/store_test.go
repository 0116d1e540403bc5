package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/lineside/lineside/runtime/auth"
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
		"audit": audit, "secrets": secrets, "race": race, "settings": settings, "events": events, "alarms": alarms,
		"history": history, "history series": historySeries,
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, url, t.TempDir())
			if url != "" {
				// One database for all tests: begin each with empty tables.
				for _, table := range []string{"documents", "installations", "revisions", "users", "tokens", "sessions", "audit", "secrets", "tag_values", "events", "alarms", "alarm_journal", "history_series", "history_chunks"} {
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

func users(t *testing.T, s *Store) {
	ctx := context.Background()
	if has, err := s.HasUsers(ctx); err != nil || has {
		t.Fatalf("%v %v", has, err)
	}
	if err := s.SetSetup(ctx, "hash"); err != nil {
		t.Fatal(err)
	}
	if err := s.AddFirstUser(ctx, "wrong", User{Name: "mallory"}); !errors.Is(err, ErrNotFound) {
		t.Fatalf("a wrong set-up token: %v", err)
	}
	grants := []auth.Grant{{Role: "operator", Area: "hall1"}}
	if err := s.AddFirstUser(ctx, "hash", User{Name: "Anna", Hash: "h", Grants: grants}); err != nil {
		t.Fatal(err)
	}
	if err := s.AddFirstUser(ctx, "hash", User{Name: "mallory"}); !errors.Is(err, ErrNotFound) {
		t.Fatalf("a used set-up token: %v", err)
	}
	if err := s.AddUser(ctx, User{Name: "ANNA"}); !errors.Is(err, ErrExists) {
		t.Fatalf("the same name in another case: %v", err)
	}
	u, err := s.User(ctx, "anna")
	if err != nil || u.Name != "Anna" || len(u.Grants) != 1 || u.Grants[0] != grants[0] || u.Created.IsZero() || !u.LastLogin.IsZero() {
		t.Fatalf("%+v %v", u, err)
	}
	refuse := errors.New("no")
	if err := s.ChangeUser(ctx, "anna", func(u *User, others []User) error { u.Disabled = true; return refuse }); !errors.Is(err, refuse) {
		t.Fatal(err)
	}
	if u, _ := s.User(ctx, "anna"); u.Disabled {
		t.Error("a refused change was kept")
	}
	if err := s.ChangeUser(ctx, "nobody", func(*User, []User) error { return nil }); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if err := s.AddToken(ctx, Token{Name: "t", Hash: "x", Owner: "Anna"}); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveUser(ctx, "anna", func(u User, others []User) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Token(ctx, "t"); !errors.Is(err, ErrNotFound) {
		t.Errorf("the token has outlived its owner: %v", err)
	}
}

func tokens(t *testing.T, s *Store) {
	ctx := context.Background()
	expires := time.Now().Add(time.Hour).Truncate(time.Microsecond)
	if err := s.AddToken(ctx, Token{Name: "panel", Hash: "h1", Owner: "Anna", Actions: []string{"view"}, Expires: expires}); err != nil {
		t.Fatal(err)
	}
	if err := s.AddToken(ctx, Token{Name: "panel", Hash: "h2"}); !errors.Is(err, ErrExists) {
		t.Errorf("twice: %v", err)
	}
	got, err := s.TokenByHash(ctx, "h1")
	if err != nil || got.Name != "panel" || got.Owner != "anna" || !got.Expires.Equal(expires) || !got.LastUsed.IsZero() {
		t.Errorf("%+v %v", got, err)
	}
	if err := s.TokenUsed(ctx, "panel", expires); err != nil {
		t.Fatal(err)
	}
	if list, err := s.Tokens(ctx, "ANNA"); err != nil || len(list) != 1 || !list[0].LastUsed.Equal(expires) {
		t.Errorf("%+v %v", list, err)
	}
	if list, err := s.Tokens(ctx, "bert"); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
	if err := s.RemoveToken(ctx, "panel"); err != nil {
		t.Error(err)
	}
	if err := s.RemoveToken(ctx, "panel"); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
}

func sessions(t *testing.T, s *Store) {
	w := s.Sessions()
	if _, found, err := w.Find("x"); found || err != nil {
		t.Fatal(found, err)
	}
	for _, data := range []string{"one", "two"} {
		if err := w.Commit("x", []byte(data), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit("old", []byte("old"), time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	if data, found, err := w.Find("x"); string(data) != "two" || !found || err != nil {
		t.Errorf("%s %v %v", data, found, err)
	}
	if _, found, _ := w.Find("old"); found {
		t.Error("an expired session is found")
	}
	if err := w.Delete("x"); err != nil {
		t.Fatal(err)
	}
	if _, found, _ := w.Find("x"); found {
		t.Error("a deleted session is found")
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

func audit(t *testing.T, s *Store) {
	ctx := context.Background()
	if err := s.Verify(ctx); err != nil {
		t.Fatalf("empty: %v", err)
	}
	for i := range 25 {
		e := Entry{Actor: fmt.Sprintf("actor%d", i%3), Origin: "here", Action: "write", Target: fmt.Sprintf("hall/%d", i), Old: []byte("1"), New: []byte(`{"a":[1,2]}`), Reason: "100% _sure_ \x00\xff"}
		if err := s.Audit(ctx, e); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Verify(ctx); err != nil {
		t.Fatal(err)
	}
	page, err := s.AuditPage(ctx, 20, 5, "")
	if err != nil || len(page) != 5 || page[0].ID != 19 || string(page[0].New) != `{"a":[1,2]}` || page[0].Outcome != OutcomeGood {
		t.Errorf("%+v %v", page, err)
	}
	for q, want := range map[string]int{"HALL/1": 11, "actor2": 8, "%": 25, "_sure_": 25, "x%y": 0, `\`: 0, "'": 0} {
		if page, err := s.AuditPage(ctx, 0, 100, q); err != nil || len(page) != want {
			t.Errorf("%q: %d entries, want %d: %v", q, len(page), want, err)
		}
	}
	kept, err := s.AuditPage(ctx, 10, 1, "")
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		tamper, mend string
		at           int64
	}{
		"changed": {"UPDATE audit SET actor = 'nobody' WHERE id = 9", "UPDATE audit SET actor = '" + kept[0].Actor + "' WHERE id = 9", 9},
		"hash":    {"UPDATE audit SET hash = 'x' WHERE id = 9", "UPDATE audit SET hash = '" + kept[0].Hash + "' WHERE id = 9", 9},
		"moved":   {"UPDATE audit SET id = 900 WHERE id = 9", "UPDATE audit SET id = 9 WHERE id = 900", 9},
		"cut":     {"UPDATE audit SET id = 900 WHERE id = 25", "UPDATE audit SET id = 25 WHERE id = 900", 25},
	} {
		if err := s.db.Exec(row.tamper).Error; err != nil {
			t.Fatal(err)
		}
		var broken *ErrAudit
		if err := s.Verify(ctx); !errors.As(err, &broken) || broken.ID != row.at {
			t.Errorf("%s: %v, want entry %d", name, err, row.at)
		}
		if err := s.db.Exec(row.mend).Error; err != nil {
			t.Fatal(err)
		}
		if err := s.Verify(ctx); err != nil {
			t.Fatalf("%s, mended: %v", name, err)
		}
	}
	// A verification that goes on from the last one sees what has come since.
	if err := s.VerifiedWithin(ctx, time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := s.Audit(ctx, Entry{Actor: "late", Action: "write"}); err != nil {
		t.Fatal(err)
	}
	if err := s.VerifiedWithin(ctx, time.Hour); err != nil {
		t.Errorf("one more entry: %v", err)
	}
	if err := s.db.Exec("UPDATE audit SET reason = 'other' WHERE id = 26").Error; err != nil {
		t.Fatal(err)
	}
	if err := s.VerifiedWithin(ctx, 0); err == nil {
		t.Error("changed, and not noticed")
	}
	if err := s.db.Exec("DELETE FROM audit WHERE id > 20").Error; err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(ctx); err == nil {
		t.Error("cut off at the end, and not noticed")
	}
}

func secrets(t *testing.T, s *Store) {
	ctx := context.Background()
	a, b := NewSecretID(), NewSecretID()
	if err := s.PutSecrets(ctx, map[string]string{a: "swordfish", b: "高炉"}); err != nil {
		t.Fatal(err)
	}
	if text, err := s.Secret(ctx, b); text != "高炉" || err != nil {
		t.Error(text, err)
	}
	var row secretRow
	if err := s.db.First(&row, "id = ?", a).Error; err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(row.Sealed, []byte("swordfish")) {
		t.Error("the secret is kept in plain")
	}
	// A sealed text moved to another id does not open.
	if err := s.db.Model(&secretRow{}).Where("id = ?", b).Update("sealed", row.Sealed).Error; err != nil {
		t.Fatal(err)
	}
	if text, err := s.Secret(ctx, b); err == nil {
		t.Errorf("opened under another id: %q", text)
	}
	if _, err := s.SavePlant(ctx, Change{Kind: Plant, Content: []byte("{}")}, "anna", map[string]string{"new": "x"}, []string{a, "new"}); err != nil {
		t.Fatal(err)
	}
	ids, err := s.SecretIDs(ctx)
	if err != nil || len(ids) != 2 || !ids[a] || !ids["new"] {
		t.Errorf("kept: %v %v", ids, err)
	}
	info, err := os.Stat(filepath.Join(s.dir, keyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v %v", info, err)
	}
}

func TestKeyFile(t *testing.T) {
	dir := t.TempDir()
	s := open(t, "", dir)
	if err := s.PutSecrets(context.Background(), map[string]string{"a": "x"}); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, keyFile), 0o644); err != nil {
		t.Fatal(err)
	}
	again := open(t, "", dir)
	if text, err := again.Secret(context.Background(), "a"); text != "x" || err != nil {
		t.Error(text, err)
	}
	if info, _ := os.Stat(filepath.Join(dir, keyFile)); info.Mode().Perm() != 0o600 {
		t.Error("the key stays readable by others")
	}
	if err := os.WriteFile(filepath.Join(dir, keyFile), []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), "", dir); err == nil || !strings.Contains(err.Error(), "backup") {
		t.Errorf("a damaged key: %v", err)
	}
	// Keys made at the same time are one key.
	dir = t.TempDir()
	keys := make([][]byte, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() { keys[i], _ = loadKey(filepath.Join(dir, keyFile)) })
	}
	wg.Wait()
	for _, k := range keys {
		if len(k) != 32 || !bytes.Equal(k, keys[0]) {
			t.Fatal("two keys were made")
		}
	}
	if rest, _ := filepath.Glob(filepath.Join(dir, "*")); len(rest) != 1 {
		t.Errorf("left behind: %v", rest)
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, url := range map[string]string{"other database": "mysql://x/y", "no server": "postgres://127.0.0.1:1/x?connect_timeout=2"} {
		if _, err := Open(context.Background(), url, t.TempDir()); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), "", file); err == nil {
		t.Error("a file as data folder")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, FileName), bytes.Repeat([]byte("not a database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), "", dir); err == nil {
		t.Error("rubbish as database")
	}
}

// TestRevisionsGetKinds: revisions of before there were kinds are published ones.
func TestRevisionsGetKinds(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s := open(t, "", dir)
	if err := s.Install(ctx, "line", []byte("draft"), []byte("{}"), "anna"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(ctx, "line", []byte("draft"), AnyETag, Revision{Comment: "old"}); err != nil {
		t.Fatal(err)
	}
	if err := s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec("ALTER TABLE revisions DROP COLUMN kind").Error; err != nil {
			return err
		}
		return tx.Save(&settingRow{Name: settingSchema, Value: "1"}).Error
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.migrate(ctx, migrations); err != nil {
		t.Fatal(err)
	}
	list, err := s.Revisions(ctx, "line")
	if err != nil || len(list) != 1 || list[0].Kind != Published || list[0].Comment != "old" {
		t.Errorf("%+v %v", list, err)
	}
}

// TestMigration brings an older database up to date and keeps a copy of what it was.
func TestMigration(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s := open(t, "", dir)
	if _, err := s.Save(ctx, Plant, "", []byte("precious"), NoETag, "anna"); err != nil {
		t.Fatal(err)
	}
	calls := 0
	next := append(migrations[:len(migrations):len(migrations)], func(tx *gorm.DB) error {
		calls++
		return tx.Exec("ALTER TABLE documents ADD COLUMN extra TEXT").Error
	})
	failing := append(next[:len(next):len(next)], func(tx *gorm.DB) error {
		if err := tx.Exec("DELETE FROM documents").Error; err != nil {
			return err
		}
		return errors.New("broken step")
	})
	if err := s.migrate(ctx, failing); err == nil || !strings.Contains(err.Error(), "broken step") {
		t.Fatalf("a broken step: %v", err)
	}
	if v, _ := s.schemaVersion(ctx); v != len(migrations) {
		t.Errorf("a failed migration has left version %d", v)
	}
	if d, err := s.Document(ctx, Plant, ""); err != nil || string(d.Content) != "precious" {
		t.Fatalf("a failed migration has changed data: %s %v", d.Content, err)
	}
	if err := s.migrate(ctx, next); err != nil {
		t.Fatal(err)
	}
	if err := s.migrate(ctx, next); err != nil || calls != 2 {
		t.Errorf("ran %d times (once undone, once for good): %v", calls, err)
	}
	copies, err := filepath.Glob(filepath.Join(dir, "backup", fmt.Sprintf("schema-%d-*.db", len(migrations))))
	if err != nil || len(copies) != 2 {
		t.Fatalf("copies: %v %v", copies, err)
	}
	old := filepath.Join(t.TempDir(), FileName)
	raw, err := os.ReadFile(copies[0])
	if err == nil {
		err = os.WriteFile(old, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	restored := open(t, "", filepath.Dir(old))
	if d, err := restored.Document(ctx, Plant, ""); err != nil || string(d.Content) != "precious" {
		t.Errorf("the copy holds %q: %v", d.Content, err)
	}
	if _, err := Open(ctx, "", dir); err == nil || !strings.Contains(err.Error(), "newer version") {
		t.Errorf("a newer database: %v", err)
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

const crashDir = "LINESIDE_TEST_CRASH"

// TestCrashChild is not a test: it is the process that TestKilled kills.
func TestCrashChild(t *testing.T) {
	dir := os.Getenv(crashDir)
	if dir == "" {
		t.Skip("run by TestKilled")
	}
	ctx := context.Background()
	s, err := Open(ctx, "", dir)
	if err != nil {
		t.Fatal(err)
	}
	etag := NoETag
	for i := 0; ; i++ {
		if etag, err = s.Save(ctx, Plant, "", []byte(strconv.Itoa(i)), etag, "child", Entry{Actor: "child", Action: "save", Target: strconv.Itoa(i)}); err != nil {
			t.Fatal(err)
		}
		fmt.Printf("acknowledged %d\n", i)
	}
}

// TestKilled kills a process that saves, and looks whether all it acknowledged is there.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	for round := range 3 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestCrashChild$")
		cmd.Env = append(os.Environ(), crashDir+"="+filepath.Join(dir, strconv.Itoa(round)))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		acknowledged, buffer := -1, make([]byte, 4096)
		var text []byte
		for acknowledged < 30+round*17 {
			n, err := out.Read(buffer)
			if err != nil {
				t.Fatalf("the child ended: %v %s", err, text)
			}
			text = append(text, buffer[:n]...)
			if i := bytes.LastIndexByte(text, '\n'); i >= 0 {
				line := text[bytes.LastIndexByte(text[:i], '\n')+1 : i]
				if rest, ok := bytes.CutPrefix(line, []byte("acknowledged ")); ok {
					acknowledged, _ = strconv.Atoi(string(rest))
				}
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		s := open(t, "", filepath.Join(dir, strconv.Itoa(round)))
		d, err := s.Document(context.Background(), Plant, "")
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := strconv.Atoi(string(d.Content)); got < acknowledged {
			t.Errorf("%d is there, %d was acknowledged", got, acknowledged)
		}
		if err := s.Verify(context.Background()); err != nil {
			t.Error(err)
		}
		page, err := s.AuditPage(context.Background(), 0, 1, "")
		if err != nil || len(page) != 1 || page[0].Target != string(d.Content) {
			t.Errorf("document %s, last entry %+v: %v", d.Content, page, err)
		}
	}
}

// TestFull: a full disk is told as such, harms nothing, and is over when there is room.
func TestFull(t *testing.T) {
	ctx := context.Background()
	s := open(t, "", t.TempDir())
	pool, err := s.db.DB()
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(1) // the limit is of a connection
	limit := func(pages int) {
		if err := s.db.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages)).Error; err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // SQLite makes that the present size
	first, err := s.Save(ctx, Plant, "", []byte("small"), NoETag, "anna")
	if err != nil {
		t.Fatal(err)
	}
	big := bytes.Repeat([]byte("x"), 1<<20)
	if _, err := s.Save(ctx, Plant, "", big, first, "anna", Entry{Action: "plant.save"}); !errors.Is(err, ErrFull) {
		t.Fatalf("got %v", err)
	}
	if d, err := s.Document(ctx, Plant, ""); err != nil || string(d.Content) != "small" {
		t.Errorf("%.20q, %v", d.Content, err)
	}
	limit(1 << 20)
	if _, err := s.Save(ctx, Plant, "", big, first, "anna", Entry{Action: "plant.save"}); err != nil {
		t.Errorf("with room again: %v", err)
	}
}
