package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/lineside/lineside/examples"
)

func TestServeDemo(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "--demo")
	p.setUp()
	if status, _, text := p.try("POST", "/setup", map[string]string{"token": p.setup, "name": "mallory", "password": password}); status != 409 {
		t.Errorf("the set-up link works twice: %d %s", status, text)
	}
	var apps []struct {
		ID       string
		Revision int
		Problems []any
	}
	p.ask("GET", "/apps", nil, &apps)
	if len(apps) != 1 || apps[0].ID != examples.Demo || apps[0].Revision != 1 {
		t.Errorf("apps: %+v", apps)
	}
	var page struct {
		Tags []struct {
			Path    string
			Quality uint32
			Kind    string
		}
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		p.ask("GET", "/tags?limit=1000", nil, &page)
		good := 0
		for _, tag := range page.Tags {
			if tag.Kind == "device" && tag.Quality == 0 {
				good++
			}
		}
		if good > 5 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the demo brings no values: %+v", page.Tags)
		}
	}
	if took, err := p.ends(syscall.SIGTERM); err != nil || took > 5*time.Second {
		t.Errorf("SIGTERM: %v after %v", err, took)
	}
	if info, err := os.Stat(filepath.Join(data, "log", "lineside.log")); err != nil || info.Size() == 0 {
		t.Errorf("no log file: %v", err)
	}
	// The demo comes once: what was removed stays removed.
	p = start(t, data, "--demo")
	p.ask("POST", "/login", map[string]string{"name": "anna", "password": password}, nil)
	p.ask("DELETE", "/apps/"+examples.Demo, nil, nil)
	if _, err := p.ends(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	p = start(t, data, "--demo")
	p.ask("POST", "/login", map[string]string{"name": "anna", "password": password}, nil)
	if p.ask("GET", "/apps", nil, &apps); len(apps) != 0 {
		t.Errorf("the demo app has come back: %+v", apps)
	}
}

func TestServeRefuses(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		args []string
		text string
	}{
		"port in use":   {[]string{"--listen", strings.TrimPrefix(p.url, "http://"), "--data", t.TempDir()}, "is in use by another program"},
		"folder in use": {[]string{"--listen", "127.0.0.1:0", "--data", data}, "another Lineside serves from the data folder"},
		"bad address":   {[]string{"--listen", "nowhere", "--data", t.TempDir()}, "cannot listen on nowhere"},
		"bad database":  {[]string{"--listen", "127.0.0.1:0", "--data", t.TempDir(), "--db", "mysql://x"}, "postgres://"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := exec.Command(binary, append([]string{"serve"}, row.args...)...).CombinedOutput()
			var exit *exec.ExitError
			if e, ok := err.(*exec.ExitError); ok {
				exit = e
			}
			if exit == nil || exit.ExitCode() != 1 || !strings.Contains(string(out), row.text) {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

// TestKilled kills the server while everything is in use, and looks whether all that it
// acknowledged is there after the next start.
func TestKilled(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	p.setUp()
	p.ask("POST", "/users", map[string]any{"name": "olga", "password": password, "grants": []any{map[string]any{"role": "operator", "area": "hall"}}}, nil)
	var token struct{ Secret string }
	p.ask("POST", "/tokens", map[string]any{"name": "panel"}, &token)
	etag := p.ask("GET", "/plant", nil, nil)
	etag = p.ask("PUT", "/plant", json.RawMessage(`{"format":1,"devices":[{"id":"broker","connector":"mqtt","disabled":true,"settings":{"url":"mqtt://127.0.0.1:1","password":"hunter2hunter2"}}],
		"tags":[{"path":"hall/setpoint","type":"float","initial":1,"write":{}},{"path":"hall/text","type":"string","initial":"","write":{"confirm":"none"}}]}`), nil, "If-Match", etag)
	p.ask("POST", "/apps", map[string]any{"id": "line", "name": map[string]string{"en": "Line", "zh": "生产线"}}, nil)
	var published struct{ Revision int }
	p.ask("POST", "/apps/line/publish", map[string]string{"comment": "first"}, &published)
	draft := p.ask("GET", "/apps/line/draft", nil, nil)

	// Writes and saves go on until the very moment of the kill.
	var mu sync.Mutex
	written := 0.0
	stop := make(chan struct{})
	var busy sync.WaitGroup
	busy.Go(func() {
		for i := 2.0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			r, err := http.NewRequest("PUT", p.url+"/api/v1/tags/hall/setpoint", strings.NewReader(fmt.Sprintf(`{"value":%g}`, i)))
			if err != nil {
				return
			}
			r.Header.Set("Authorization", "Bearer "+token.Secret)
			r.Header.Set("Content-Type", "application/json")
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				return // killed
			}
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode == 200 {
				mu.Lock()
				written = i
				mu.Unlock()
			}
		}
	})
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		mu.Lock()
		enough := written > 20
		mu.Unlock()
		if enough {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("writes are not acknowledged")
		}
	}
	if _, err := p.ends(syscall.SIGKILL); err == nil {
		t.Fatal("it was not killed")
	}
	close(stop)
	busy.Wait()

	jar := p.client.Jar
	old := p.url
	p = start(t, data)
	if p.setup != "" {
		t.Error("it asks to be set up again")
	}
	// The session of the browser goes on (the port differs; cookies do not mind).
	p.client.Jar = jar
	if old == p.url {
		t.Log("the same port by chance")
	}
	var me struct{ Name string }
	if p.ask("GET", "/me", nil, &me); me.Name != "anna" {
		t.Errorf("logged in as %q", me.Name)
	}
	if got := p.ask("GET", "/plant", nil, nil); got != etag {
		t.Errorf("the plant has ETag %s, %s was acknowledged", got, etag)
	}
	if got := p.ask("GET", "/apps/line/draft", nil, nil); got != draft {
		t.Errorf("the draft has ETag %s, not %s", got, draft)
	}
	var apps []struct{ Revision int }
	if p.ask("GET", "/apps", nil, &apps); len(apps) != 1 || apps[0].Revision != published.Revision {
		t.Errorf("apps: %+v", apps)
	}
	var tag struct {
		Value   float64
		Quality uint32
	}
	p.ask("GET", "/tags/hall/setpoint", nil, &tag)
	if tag.Value < written || tag.Quality != 0 {
		t.Errorf("the tag is %v, %v was acknowledged", tag, written)
	}
	var audit struct {
		Verified bool
		Entries  []struct{ Action, Target string }
	}
	p.ask("GET", "/audit?limit=1000&q=setpoint", nil, &audit)
	if !audit.Verified || len(audit.Entries) < 20 {
		t.Errorf("audit: verified %v, %d entries", audit.Verified, len(audit.Entries))
	}
	status, _, text := p.try("PUT", "/tags/hall/setpoint", map[string]any{"value": 3}, "Authorization", "Bearer "+token.Secret)
	if status != 200 {
		t.Errorf("the token: %d %s", status, text)
	}
	p.ask("POST", "/login", map[string]string{"name": "olga", "password": password}, nil)
	_, _, plant := p.try("GET", "/plant", nil)
	if bytes.Contains(plant, []byte("hunter2")) {
		t.Error("the secret is shown")
	}
	raw, err := os.ReadFile(filepath.Join(data, "lineside.db"))
	if err != nil || bytes.Contains(raw, []byte("hunter2")) {
		t.Errorf("the secret stands in the file in plain: %v", err)
	}
}

func TestProvisioning(t *testing.T) {
	data := t.TempDir()
	dir := filepath.Join(data, "provisioning")
	if err := os.MkdirAll(filepath.Join(dir, "apps"), 0o700); err != nil {
		t.Fatal(err)
	}
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("plant.json", `{"format":1,"tags":[{"path":"p/a","type":"float","initial":1}]}`)
	put("apps/station.json", string(examples.App(examples.Demo)))
	if code, _, errs := lineside(t, password+"\n", "user", "add", "anna", "--role", "admin", "--data", data); code != 0 {
		t.Fatal(errs)
	}
	login := func(p *process) {
		t.Helper()
		p.ask("POST", "/login", map[string]string{"name": "anna", "password": password}, nil)
	}
	p := start(t, data)
	login(p)
	p.ask("GET", "/tags/p/a", nil, nil)
	var apps []struct {
		ID       string
		Revision int
	}
	if p.ask("GET", "/apps", nil, &apps); len(apps) != 1 || apps[0].ID != "station" || apps[0].Revision != 1 {
		t.Fatalf("%+v", apps)
	}
	// What is edited after that stays, until the file changes.
	p.ask("PATCH", "/plant", json.RawMessage(`{"put":{"tags":[{"path":"p/b","type":"float","initial":2}]}}`), nil)
	if _, err := p.ends(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p = start(t, data)
	login(p)
	p.ask("GET", "/tags/p/b", nil, nil)
	if p.ask("GET", "/apps", nil, &apps); apps[0].Revision != 1 {
		t.Errorf("provisioned again without a change: %+v", apps)
	}
	if _, err := p.ends(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	put("plant.json", `{"format":1,"tags":[{"path":"p/c","type":"float","initial":3}]}`)
	p = start(t, data)
	login(p)
	p.ask("GET", "/tags/p/c", nil, nil)
	if status, _, _ := p.try("GET", "/tags/p/b", nil); status != 404 {
		t.Error("a changed file was not applied")
	}
	if _, err := p.ends(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	put("plant.json", `{"format":1,"tagz":[]}`)
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(binary, "serve", "--listen", "127.0.0.1:0", "--data", data).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "plant.json") || !strings.Contains(string(out), "/tagz") {
		t.Errorf("a broken file: %v %s", err, out)
	}
}

// TestStopWithViews: open live views, also such as nobody reads, do not keep the server.
func TestStopWithViews(t *testing.T) {
	p := start(t, t.TempDir(), "--demo")
	p.setUp()
	address, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	dialer := websocket.Dialer{Jar: p.client.Jar, HandshakeTimeout: 10 * time.Second}
	for range 50 {
		ws, _, err := dialer.Dial("ws://"+address.Host+"/api/v1/live", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer ws.Close()
		if err := ws.WriteMessage(websocket.TextMessage, []byte(`{"id":1,"op":"watch","tags":["**"]}`)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := ws.ReadMessage(); err != nil {
			t.Fatal(err)
		}
	}
	if took, err := p.ends(syscall.SIGTERM); err != nil || took > 5*time.Second {
		t.Errorf("SIGTERM: %v after %v", err, took)
	}
}
