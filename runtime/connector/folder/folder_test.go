package folder

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestNothingElse: whatever a name says, only regular files of the folder are opened.
func TestNothingElse(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "files")
	for name, text := range map[string]string{"secret": "geheim", "files/a.csv": "a", "files/sub/b.csv": "b"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(top, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(top, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"out": "../secret", "absolute": filepath.Join(top, "secret"), "up": "..", "in": "a.csv", "loop": "loop"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	Allow("")
	if _, err := Open("a.csv"); !errors.Is(err, ErrNone) {
		t.Errorf("without a folder: %v", err)
	}
	Allow(dir)
	defer Allow("")
	for _, bad := range []string{"", ".", "..", "../secret", "sub/../../secret", filepath.Join(top, "secret"), "/etc/passwd", "out", "absolute", "up/secret", "loop", "pipe", "sub", "nothing", "a.csv/x", "sub/../../files/../secret"} {
		if f, err := Open(bad); err == nil {
			f.Close()
			t.Errorf("%q was opened", bad)
		}
		if p, err := Path(bad); err == nil {
			t.Errorf("%q is %s", bad, p)
		}
	}
	for _, good := range []string{"a.csv", "sub/b.csv", "sub/../a.csv"} {
		f, err := Open(good)
		if err != nil {
			t.Errorf("%s: %v", good, err)
			continue
		}
		f.Close()
	}
	if f, err := Open("in"); err != nil { // a link within the folder leads nowhere else
		t.Error(err)
	} else {
		f.Close()
	}
	if p, err := Path("in"); err == nil {
		t.Errorf("a link has the path %s", p)
	}
	if p, err := Path("sub/b.csv"); err != nil || filepath.Base(p) != "b.csv" {
		t.Error(p, err)
	}
	for name, want := range map[string]int{"": 8, "sub": 1} {
		if got, err := List(name); err != nil || len(got) != want {
			t.Errorf("%q: %v %v", name, got, err)
		}
	}
	for _, bad := range []string{"..", "up", "/"} {
		if got, err := List(bad); err == nil {
			t.Errorf("%q was listed: %v", bad, got)
		}
	}
}
