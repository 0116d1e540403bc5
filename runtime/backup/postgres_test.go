//go:build unix

package backup

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/store"
)

// postgres starts a PostgreSQL server and gives the address of a database by name.
func postgres(t *testing.T) func(name string) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		t.Fatal("PostgreSQL is missing: apt-get install postgresql-15")
	}
	bin := filepath.Dir(found[len(found)-1])
	dir, err := os.MkdirTemp("", "lineside-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	command := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "LC_ALL=C.UTF-8")
		if os.Getuid() == 0 { // PostgreSQL refuses to run as root
			u, err := user.Lookup("postgres")
			if err != nil {
				t.Fatal(err)
			}
			uid, _ := strconv.ParseUint(u.Uid, 10, 32)
			gid, _ := strconv.ParseUint(u.Gid, 10, 32)
			if err := os.Chown(dir, int(uid), int(gid)); err != nil {
				t.Fatal(err)
			}
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		}
		return cmd
	}
	if out, err := command("initdb", "-D", filepath.Join(dir, "data"), "-U", "lineside", "-A", "trust", "-E", "UTF8", "--no-sync").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	port := peer.FreePort(t)
	server := command("postgres", "-D", filepath.Join(dir, "data"), "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-k", dir, "-F")
	var log bytes.Buffer
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGINT)
		_ = server.Wait()
	})
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		out, err := command("psql", "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-U", "lineside", "postgres", "-c", "CREATE DATABASE one", "-c", "CREATE DATABASE two").CombinedOutput()
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("PostgreSQL does not answer: %v %s", err, out)
		}
	}
	return func(name string) string {
		return fmt.Sprintf("postgres://lineside@127.0.0.1:%d/%s?sslmode=disable", port, name)
	}
}

// TestBetweenDatabases: SQLite to PostgreSQL, to another PostgreSQL, and back to SQLite.
func TestBetweenDatabases(t *testing.T) {
	url := postgres(t)
	p := open(t, "", t.TempDir())
	p.fill(t)
	key, err := os.ReadFile(filepath.Join(p.dir, store.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	name, first := write(t, p.source())
	p.close(t)
	for _, to := range []string{url("one"), url("two"), ""} {
		dir := t.TempDir()
		r, err := Restore(context.Background(), name, RestoreOptions{Dir: dir, URL: to, Key: key}, nil)
		if err != nil || r.KeyMissing {
			t.Fatalf("%s: %+v %v", to, r, err)
		}
		q := open(t, to, dir)
		source := q.source()
		var m *Manifest
		name, m = write(t, source)
		for i := range m.Parts {
			if _, table := m.Parts[i].table(); table && m.Parts[i].Content != part(first, m.Parts[i].Name).Content && m.Parts[i].Name != "tables/settings.rows" {
				t.Errorf("%s: %s is not the same", to, m.Parts[i].Name)
			}
		}
		if _, err := Verify(context.Background(), name, t.TempDir(), nil, nil); err != nil {
			t.Errorf("backup of %s: %v", to, err)
		}
		q.expect(t, true)
		q.close(t)
	}
	// What is there makes way by force only, and is there still when the restore fails.
	dir := t.TempDir()
	if _, err := Restore(context.Background(), name, RestoreOptions{Dir: dir, URL: url("one")}, nil); err == nil {
		t.Error("over data")
	}
	bad := changed(t, name, func(m *Manifest) { part(m, "tables/users.rows").Content = "" })
	if _, err := Restore(context.Background(), bad, RestoreOptions{Dir: dir, URL: url("one"), Force: true}, nil); err == nil {
		t.Error("a damaged one")
	}
	left, _ := filepath.Glob(filepath.Join(dir, "restore*"))
	if len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	s, err := store.Open(context.Background(), url("one"), dir)
	if err != nil {
		t.Fatal(err)
	}
	if u, err := s.User(context.Background(), "anna"); err != nil || u.Name != "Anna" {
		t.Errorf("after a restore that failed: %+v %v", u, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := Restore(context.Background(), name, RestoreOptions{Dir: dir, URL: url("one"), Force: true, Key: key}, nil); err != nil {
		t.Error(err)
	}
	q := open(t, url("one"), dir)
	defer q.close(t)
	q.expect(t, true)
}
