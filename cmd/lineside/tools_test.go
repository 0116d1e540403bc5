package main

import (
	"bufio"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/examples"
)

// TestTools uses the commands that talk to a server.
func TestTools(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	p.setUp()
	code, secret, errs := lineside(t, "", "token", "add", "tools", "--user", "anna", "--data", data)
	if code != 0 {
		t.Fatal(errs)
	}
	t.Setenv("LINESIDE_TOKEN", strings.TrimSpace(secret))
	t.Setenv("LINESIDE_SERVER", p.url)
	expect := func(want int, part string, args ...string) string {
		t.Helper()
		code, out, errs := lineside(t, "", args...)
		if code != want || !strings.Contains(out+errs, part) {
			t.Errorf("%v: %d (want %d, %q)\n%s%s", args, code, want, part, out, errs)
		}
		return out
	}
	plant := write(t, "plant.json", `{"format":1,"tags":[{"path":"hall/Füllstand 1","type":"float","initial":1,"write":{"high":10}},{"path":"hall/text","type":"string","initial":"x","write":{}}]}`)
	expect(0, "imported", "plant", "import", plant)
	expect(0, "Füllstand", "plant", "export")
	sheets(t, expect)
	expect(0, "hall/Füllstand 1", "tag", "list", "hall/*")
	expect(0, "Good", "tag", "read", "hall/Füllstand 1")
	expect(1, "There is no tag", "tag", "read", "hall/none")
	expect(0, "1 → 5 (good)", "tag", "write", "hall/Füllstand 1", "5", "--reason", "test")
	expect(1, "above the limit", "tag", "write", "hall/Füllstand 1", "11")
	expect(0, `"x" → "some text" (good)`, "tag", "write", "hall/text", "some text")
	app := write(t, "app.json", string(examples.App(examples.Demo)))
	expect(0, "runs revision 1", "app", "install", app, "--id", "station")
	expect(0, "runs revision 2", "app", "install", app, "--id", "station")
	expect(0, "station", "app", "list")
	file := filepath.Join(t.TempDir(), "exported.json")
	expect(0, "", "app", "export", "station", file)
	expect(0, ": valid", "app", "validate", file)
	expect(1, "There is no app", "app", "export", "nothing")
	t.Setenv("LINESIDE_TOKEN", "lst_wrong")
	expect(1, "not valid", "tag", "list")
	expect(1, "not logged in", "tag", "watch", "hall/*")
	t.Setenv("LINESIDE_TOKEN", strings.TrimSpace(secret))

	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "tag", "watch", "hall/*", "--json")
	cmd.Dir = t.TempDir()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("watch ended with %v", err)
		}
	}()
	found := make(chan bool, 1)
	go func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			var v watched
			if json.Unmarshal(s.Bytes(), &v) == nil && v.Path == "hall/Füllstand 1" && string(v.Value) == "7" && v.Quality == "Good" {
				found <- true
			}
		}
	}()
	for deadline := time.After(30 * time.Second); ; {
		expect(0, "good", "tag", "write", "hall/Füllstand 1", "6")
		expect(0, "good", "tag", "write", "hall/Füllstand 1", "7")
		select {
		case <-found:
			return
		case <-deadline:
			t.Fatal("the value was not seen")
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// TestFreePort: an address that is in use is told before anything is written.
func TestFreePort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	data := filepath.Join(t.TempDir(), "data")
	code, _, errs := lineside(t, "", "serve", "--listen", l.Addr().String(), "--data", data)
	if code != 1 || !strings.Contains(errs, "is in use") {
		t.Errorf("%d %s", code, errs)
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("the data folder was made all the same")
	}
}
