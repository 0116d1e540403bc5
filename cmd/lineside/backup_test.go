package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/backup"
)

// TestBackupOfARunningServer: the server is backed up by a token, killed in the middle of another backup, restored on
// another machine, and shows there what it has acknowledged.
func TestBackupOfARunningServer(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "--demo")
	p.setUp()
	stop := func() {
		t.Helper()
		if _, err := p.ends(os.Interrupt); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	_, token, errs := lineside(t, "", "token", "add", "backup", "--user", "anna", "--data", data)
	token = strings.TrimSpace(token)
	if !strings.HasPrefix(token, "lst_") {
		t.Fatalf("%s %s", token, errs)
	}
	p = start(t, data)
	server := []string{"--server", p.url, "--token", token}
	ask := func(args ...string) string {
		t.Helper()
		code, out, errs := lineside(t, "", append(args, server...)...)
		if code != exitDone {
			t.Fatalf("%v: %d %s %s", args, code, out, errs)
		}
		return out
	}
	// A value that was acknowledged, and its sample.
	tags := ask("tag", "list", "--json")
	var list []struct {
		Path     string
		Writable bool
	}
	if err := json.Unmarshal([]byte(tags), &list); err != nil || len(list) == 0 {
		t.Fatalf("%v %s", err, tags)
	}
	recorded := ""
	for deadline := time.Now().Add(30 * time.Second); recorded == ""; time.Sleep(200 * time.Millisecond) {
		for _, l := range list {
			if strings.HasPrefix(l.Path, "system/") {
				continue
			}
			if out := ask("history", "query", l.Path, "--from", "now-1h"); strings.Count(out, "\n") > 2 {
				recorded = l.Path
				break
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing was recorded")
		}
	}
	before := time.Now().UTC().Format(time.RFC3339Nano)
	want := ask("history", "query", recorded, "--from", "2026-01-01T00:00:00Z", "--to", before)

	file := filepath.Join(t.TempDir(), "plant.lineside.zip")
	if out := ask("backup", "--out", file); !strings.Contains(out, "compared") {
		t.Errorf("%s", out)
	}
	if left, _ := filepath.Glob(filepath.Join(data, "backup", "*")); len(left) > 0 {
		t.Errorf("left on the server: %v", left)
	}
	ask("backup", "--to", "local")
	kept, _ := filepath.Glob(filepath.Join(data, "backup", "lineside-*"+backup.Suffix))
	if len(kept) != 1 {
		t.Errorf("in the folder: %v", kept)
	}
	for _, name := range []string{"x.csv", "x.xlsx", "x.parquet"} {
		out := filepath.Join(t.TempDir(), name)
		ask("history", "export", recorded, "--from", "now-1h", "--out", out)
		if raw, err := os.ReadFile(out); err != nil || len(raw) < 50 {
			t.Errorf("%s: %d bytes, %v", name, len(raw), err)
		}
	}
	if code, _, errs := lineside(t, "", "backup", "--data", data, "--out", file+"2"); code != exitFailed || !strings.Contains(errs, "--token") {
		t.Errorf("a folder in use: %d %s", code, errs)
	}
	if code, _, errs := lineside(t, "", "restore", file, "--data", data, "--force"); code != exitFailed || !strings.Contains(errs, "stop it first") {
		t.Errorf("restore into a folder in use: %d %s", code, errs)
	}
	if code, out, errs := lineside(t, "", "backup", "--verify", file); code != exitDone || !strings.Contains(out, "compared") {
		t.Errorf("verify: %d %s %s", code, out, errs)
	}

	// Killed in the middle of a backup: what remains goes away, and the run is known as failed.
	_, _ = p.client.Post(p.url+"/api/v1/backup/run", "application/json", bytes.NewReader([]byte(`{}`)))
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	p = start(t, data)
	server[1] = p.url
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		left, _ := filepath.Glob(filepath.Join(data, "backup", ".work-*"))
		if len(left) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("left: %v", left)
		}
	}
	stop()

	// Another machine.
	fresh := t.TempDir()
	code, out, errs := lineside(t, "", "restore", file, "--data", fresh)
	if code != exitDone || !strings.Contains(out, "secret.key") {
		t.Fatalf("restore: %d %s %s", code, out, errs)
	}
	if code, _, errs := lineside(t, "", "restore", file, "--data", fresh); code != exitFailed || !strings.Contains(errs, "--force") {
		t.Errorf("restore over data: %d %s", code, errs)
	}
	p = start(t, fresh)
	server[1] = p.url
	if got := ask("history", "query", recorded, "--from", "2026-01-01T00:00:00Z", "--to", before); got != want {
		t.Errorf("the history is another one: %d bytes, want %d", len(got), len(want))
	}
	stop()
	// And of a folder in which nothing runs.
	again := filepath.Join(t.TempDir(), "again.zip")
	if code, out, errs := lineside(t, "", "backup", "--data", fresh, "--out", again); code != exitDone || !strings.Contains(out, "compared") {
		t.Errorf("backup of a folder: %d %s %s", code, out, errs)
	}
}
