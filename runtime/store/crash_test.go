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
	"testing"
)

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
