package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorm.io/gorm"
)

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
