package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
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
