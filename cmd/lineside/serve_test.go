package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/lineside/lineside/examples"
)

var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "lineside-test-")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "lineside")
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", binary, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if binary, err := build(); err == nil {
		_ = os.RemoveAll(filepath.Dir(binary))
	}
	os.Exit(code)
}

// process is the program in a process of its own.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	url    string
	setup  string // the one-time token, "" when none was printed
	client *http.Client
	mu     sync.Mutex
	log    bytes.Buffer
}

// Write collects the log.
func (p *process) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(text)
}

var setupLink = regexp.MustCompile(`^Set it up, once:  (http://\S+)/setup#(\S+)$`)

// start starts the program on a data folder and waits until it says where it is.
func start(t *testing.T, data string, args ...string) *process {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, client: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
	p.cmd = exec.Command(binary, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", data}, args...)...)
	p.cmd.Dir = t.TempDir()
	p.cmd.Stderr = p
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		if t.Failed() {
			p.mu.Lock()
			defer p.mu.Unlock()
			t.Logf("log:\n%s", p.log.String())
		}
	})
	lines := make(chan string)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- s.Text()
		}
	}()
	deadline := time.After(60 * time.Second)
	for p.url == "" {
		select {
		case line, ok := <-lines:
			if !ok {
				t.Fatalf("it ended:\n%s", p.log.String())
			}
			if _, url, found := strings.Cut(line, " runs at "); found {
				p.url = url
			}
		case <-deadline:
			t.Fatal("it does not say where it is")
		}
	}
	// The set-up link stands on the next line, if it is needed at all.
	var state struct{ Needed bool }
	p.ask("GET", "/setup", nil, &state)
	if state.Needed {
		select {
		case line := <-lines:
			if m := setupLink.FindStringSubmatch(line); m != nil {
				p.setup = m[2]
			}
		case <-deadline:
		}
		if p.setup == "" {
			t.Fatal("no set-up link")
		}
	}
	go func() {
		for range lines {
		}
	}()
	return p
}

// ask sends JSON and reads JSON; it fails unless the status is a success, and returns the ETag.
func (p *process) ask(method, path string, body, dst any, header ...string) string {
	p.t.Helper()
	status, etag, text := p.try(method, path, body, header...)
	if status >= 300 {
		p.t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	if dst != nil {
		if err := json.Unmarshal(text, dst); err != nil {
			p.t.Fatalf("%s %s: %v: %s", method, path, err, text)
		}
	}
	return etag
}

func (p *process) try(method, path string, body any, header ...string) (int, string, []byte) {
	p.t.Helper()
	var content io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		content = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			p.t.Fatal(err)
		}
		content = bytes.NewReader(raw)
	}
	r, err := http.NewRequest(method, p.url+"/api/v1"+path, content)
	if err != nil {
		p.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if content != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("ETag"), text
}

const password = "correct horse battery"

func (p *process) setUp() {
	p.t.Helper()
	p.ask("POST", "/setup", map[string]string{"token": p.setup, "name": "anna", "password": password, "language": "en"}, nil)
}

// ends waits for the end of the process and returns how long it took.
func (p *process) ends(signal os.Signal) (time.Duration, error) {
	p.t.Helper()
	began := time.Now()
	if err := p.cmd.Process.Signal(signal); err != nil {
		p.t.Fatal(err)
	}
	err := p.cmd.Wait()
	return time.Since(began), err
}

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
