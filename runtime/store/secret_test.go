package store

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

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
