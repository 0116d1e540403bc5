package target

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// server is an S3 server with a bucket.
func server(t *testing.T) string {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("plant"); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server())
	t.Cleanup(s.Close)
	return s.URL
}

func bucket(endpoint string) Settings {
	return Settings{ID: "nas", Kind: S3, Endpoint: endpoint, Bucket: "plant", Prefix: "line1/backup", PathStyle: true, AccessKey: "key"}
}

func open(t *testing.T, s Settings) Target {
	t.Helper()
	if ps := s.Check(); len(ps) > 0 {
		t.Fatal(ps)
	}
	target, err := Open(s, "secret")
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// onlyReader hides that the length is known.
type onlyReader struct{ io.Reader }

// TestTargets does the same with a folder and with a bucket.
func TestTargets(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	for name, s := range map[string]Settings{"folder": {ID: "x", Kind: Folder, Path: dir}, "s3": bucket(server(t))} {
		t.Run(name, func(t *testing.T) {
			ctx, target := context.Background(), open(t, s)
			if list, err := target.List(ctx); err != nil || len(list) != 0 {
				t.Fatalf("%v %v", list, err)
			}
			if err := Try(ctx, target); err != nil {
				t.Fatal(err)
			}
			large := make([]byte, partSize+partSize/2)
			_, _ = rand.Read(large)
			files := map[string]io.Reader{"a.zip": bytes.NewReader(large), "报告 1.pdf": strings.NewReader("short"), "b.zip": onlyReader{bytes.NewReader(large)}, "empty": onlyReader{strings.NewReader(".")}}
			for name, r := range files {
				if err := target.Put(ctx, name, r); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
			list, err := target.List(ctx)
			if err != nil || len(list) != 4 || list[0].Name != "a.zip" || list[0].Size != int64(len(large)) || time.Since(list[0].Modified) > time.Hour || list[3].Name != "报告 1.pdf" {
				t.Fatalf("%+v %v", list, err)
			}
			for _, name := range []string{"a.zip", "b.zip"} {
				r, err := target.Get(ctx, name)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(r)
				if err = errors.Join(err, r.Close()); err != nil || !bytes.Equal(got, large) {
					t.Errorf("%s: %d bytes, %v", name, len(got), err)
				}
			}
			if _, err := target.Get(ctx, "none"); !errors.Is(err, ErrNotFound) {
				t.Errorf("what is not there: %v", err)
			}
			if err := target.Put(ctx, "bad", failing{}); err == nil {
				t.Error("a reader that fails was no error")
			}
			for _, name := range []string{"a.zip", "b.zip", "empty", "报告 1.pdf", "none"} {
				if err := target.Delete(ctx, name); err != nil {
					t.Error(err)
				}
			}
			if list, err := target.List(ctx); err != nil || len(list) != 0 {
				t.Errorf("left: %v %v", list, err)
			}
			for _, name := range []string{"", "..", "a/b", `a\b`, ".hidden", "x.part", "a\nb", " a", strings.Repeat("x", 201)} {
				if target.Put(ctx, name, strings.NewReader("x")) == nil || target.Delete(ctx, name) == nil {
					t.Errorf("%q is a name", name)
				}
				if _, err := target.Get(ctx, name); err == nil {
					t.Errorf("%q can be read", name)
				}
			}
			ended, cancel := context.WithCancel(ctx)
			cancel()
			if err := target.Put(ended, "x", strings.NewReader("x")); err == nil {
				t.Error("wrote although it was cancelled")
			}
		})
	}
	left, _ := os.ReadDir(dir)
	if len(left) > 0 {
		t.Errorf("left in the folder: %v", left)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("no more") }

// TestServersThatFail: one that is not there, that answers 500, that says nothing.
func TestServersThatFail(t *testing.T) {
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }))
	defer broken.Close()
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer silent.Close()
	for name, endpoint := range map[string]string{"not there": "http://127.0.0.1:1", "500": broken.URL, "silent": silent.URL} {
		t.Run(name, func(t *testing.T) {
			target, err := newS3(bucket(endpoint), "secret")
			if err != nil {
				t.Fatal(err)
			}
			target.stall = 300 * time.Millisecond
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
			defer cancel()
			if err := target.Put(ctx, "x", strings.NewReader("x")); err == nil || !strings.Contains(err.Error(), "write x at http://127.0.0.1") {
				t.Errorf("put: %v", err)
			}
			if _, err := target.List(ctx); err == nil {
				t.Error("listed")
			}
			if _, err := target.Get(ctx, "x"); err == nil {
				t.Error("read")
			}
			if ctx.Err() != nil {
				t.Error("it took as long as it was given")
			}
		})
	}
	s := bucket(server(t))
	s.Bucket = "other"
	if err := Try(context.Background(), open(t, s)); err == nil || !strings.Contains(err.Error(), "no such bucket") {
		t.Errorf("%v", err)
	}
}

func TestSettingsAreChecked(t *testing.T) {
	for name, change := range map[string]func(*Settings){
		"/id": func(s *Settings) { s.ID = "a b" }, "/endpoint": func(s *Settings) { s.Endpoint = "nas:9000" }, "/bucket": func(s *Settings) { s.Bucket = "A" },
		"/prefix": func(s *Settings) { s.Prefix = "a/../b" }, "/accessKey": func(s *Settings) { s.AccessKey = "" }, "/kind": func(s *Settings) { s.Kind = "ftp" },
		"/path": func(s *Settings) { s.Kind, s.Path = Folder, "relative" },
	} {
		s := bucket("http://127.0.0.1:9000")
		change(&s)
		if ps := s.Check(); len(ps) != 1 || ps[0].At != name || ps[0].Hint == "" && name != "/kind" {
			t.Errorf("%s: %v", name, ps)
		}
	}
}

// TestPutFile moves a file.
func TestPutFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "made")
	if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := NewFolder(filepath.Join(dir, "to"))
	if err := f.PutFile(context.Background(), "there", file); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(f.Path("there")); err != nil || string(text) != "text" {
		t.Errorf("%q %v", text, err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("it is still where it was")
	}
}
