package backup

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/store"
)

// TestRestoreInAnotherProcess is what the next test kills.
func TestRestoreInAnotherProcess(t *testing.T) {
	file, dir := os.Getenv("LINESIDE_TEST_RESTORE"), os.Getenv("LINESIDE_TEST_DATA")
	if file == "" {
		t.Skip("is run by TestKilledWhileRestoring")
	}
	if _, err := Restore(context.Background(), file, RestoreOptions{Dir: dir, Force: true}, nil); err != nil {
		t.Fatal(err)
	}
}

// TestKilledWhileRestoring: wherever kill -9 hits, the next start finds all of what was, or all of what was restored.
func TestKilledWhileRestoring(t *testing.T) {
	p := open(t, "", t.TempDir())
	p.fill(t)
	file, _ := write(t, p.source())
	p.close(t)
	dir := t.TempDir()
	before, after := 0, 0
	fresh := func() {
		if err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700)); err != nil {
			t.Fatal(err)
		}
		old := open(t, "", dir)
		err := errors.Join(old.store.SetSetting(context.Background(), "own", "old"), old.store.AddUser(context.Background(), store.User{Name: "old", Hash: "x"}), os.WriteFile(filepath.Join(dir, "last.values"), []byte("old"), 0o600))
		if err != nil {
			t.Fatal(err)
		}
		old.close(t)
	}
	fresh()
	// How long it takes, to spread the kills over it.
	run := func() *exec.Cmd {
		cmd := exec.Command(os.Args[0], "-test.run=^TestRestoreInAnotherProcess$")
		cmd.Env = append(os.Environ(), "LINESIDE_TEST_RESTORE="+file, "LINESIDE_TEST_DATA="+dir)
		return cmd
	}
	began := time.Now()
	if out, err := run().CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	took := time.Since(began)
	const rounds = 12
	for i := range rounds {
		fresh()
		cmd := run()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(took * time.Duration(i+1) / rounds)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		unlock, err := store.LockFolder(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := Finish(context.Background(), dir, ""); err != nil {
			t.Fatal(err)
		}
		unlock()
		q := open(t, "", dir)
		switch v, err := q.store.Setting(context.Background(), "own"); {
		case err == nil && v == "old":
			before++
			last, _ := os.ReadFile(filepath.Join(dir, "last.values"))
			if _, err := q.store.User(context.Background(), "old"); err != nil || string(last) != "old" {
				t.Fatalf("half of what was: %v %q", err, last)
			}
		case err == nil && v == "value":
			after++
			q.expect(t, false) // the key is another machine's
		default:
			t.Fatalf("neither: %q %v", v, err)
		}
		q.close(t)
		if left, _ := filepath.Glob(filepath.Join(dir, "restore.*")); len(left) > 0 {
			t.Fatalf("left: %v", left)
		}
	}
	t.Logf("killed %d times: %d times it was as before, %d times as restored", rounds, before, after)
}
