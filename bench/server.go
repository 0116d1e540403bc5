package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gorilla/websocket"
)

// server is bin/lineside in a process and data folder of its own.
type server struct {
	cmd    *exec.Cmd
	args   []string
	dir    string
	url    string
	http   *http.Client
	ready  time.Duration
	output *output
}

// output collects what a process prints.
type output struct {
	mu   sync.Mutex
	text []byte
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = append(o.text, p...)
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.text)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// wait polls until right says so.
func wait(ctx context.Context, what string, right func() (bool, error)) error {
	limit, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	for {
		ok, err := right()
		if ok {
			return nil
		}
		select {
		case <-limit.Done():
			return fmt.Errorf("waited in vain for %s: %v", what, err)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// startServer starts the program and waits until it says that it is ready.
func startServer(ctx context.Context, b *bench, args ...string) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "lineside-bench-")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir, url: fmt.Sprintf("http://127.0.0.1:%d", port), http: newClient(), output: &output{}}
	s.args = append([]string{"serve", "--listen", fmt.Sprintf("127.0.0.1:%d", port), "--data", dir}, args...)
	if err := s.run(ctx, b); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// newClient keeps the cookies of whoever logs in.
func newClient() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar, Timeout: 60 * time.Second}
}

// run starts the process and waits until it says that it is ready.
func (s *server) run(ctx context.Context, b *bench) error {
	s.cmd = exec.Command(b.binary, s.args...)
	s.cmd.Stdout, s.cmd.Stderr = s.output, s.output
	begin := time.Now()
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start %s (make build makes it): %w", b.binary, err)
	}
	err := wait(ctx, "/readyz", func() (bool, error) {
		res, err := s.http.Get(s.url + "/readyz")
		if err != nil {
			return false, err
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK, fmt.Errorf("status %d", res.StatusCode)
	})
	s.ready = time.Since(begin)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, s.output)
	}
	return nil
}

// again ends the process and starts it on the same data.
func (s *server) again(ctx context.Context, b *bench) error {
	s.end()
	return s.run(ctx, b)
}

// cookies are those of the server's client, for a browser.
func (s *server) cookies() ([]map[string]any, error) {
	address, err := url.Parse(s.url)
	if err != nil {
		return nil, err
	}
	var out []map[string]any
	for _, c := range s.http.Jar.Cookies(address) {
		out = append(out, map[string]any{"name": c.Name, "value": c.Value, "url": s.url})
	}
	return out, nil
}

var setupLink = regexp.MustCompile(`/setup#(\S+)`)

// Who logs in first, as admin.
const benchUser, benchPassword = "bench", "a long enough passphrase 7"

// start is startServer and the first log-in, as admin.
func start(ctx context.Context, b *bench, args ...string) (*server, error) {
	s, err := startServer(ctx, b, args...)
	if err != nil {
		return nil, err
	}
	var token string
	err = wait(ctx, "the set-up link", func() (bool, error) {
		if m := setupLink.FindStringSubmatch(s.output.String()); m != nil {
			token = m[1]
		}
		return token != "", fmt.Errorf("output: %s", s.output)
	})
	if err == nil {
		err = s.ask("POST", "/setup", map[string]string{"token": token, "name": benchUser, "password": benchPassword, "language": "en"}, nil)
	}
	if err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// ask sends body as JSON and reads the answer into result, if there is one.
func (s *server) ask(method, path string, body, result any, header ...string) error {
	var content io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(data)
	}
	req, err := http.NewRequest(method, s.url+"/api/v1"+path, content)
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := s.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %.500s", method, path, res.Status, data)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(data, result)
}

// etag reads the ETag of a document.
func (s *server) etag(path string) (string, error) {
	res, err := s.http.Get(s.url + "/api/v1" + path)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		return "", fmt.Errorf("GET %s: %s", path, res.Status)
	}
	return res.Header.Get("ETag"), nil
}

// putPlant replaces the plant.
func (s *server) putPlant(plant any) error {
	tag, err := s.etag("/plant")
	if err != nil {
		return err
	}
	return s.ask("PUT", "/plant", plant, nil, "If-Match", tag)
}

// publish makes an app with one document and publishes it.
func (s *server) publish(installation string, document any) error {
	if err := s.ask("POST", "/apps", map[string]any{"id": installation, "document": document}, nil); err != nil {
		return err
	}
	tag, err := s.etag("/apps/" + installation + "/draft")
	if err != nil {
		return err
	}
	return s.ask("POST", "/apps/"+installation+"/publish", map[string]string{"comment": "bench"}, nil, "If-Match", tag)
}

// live opens a live connection with the login of the server's client.
func (s *server) live() (*websocket.Conn, error) {
	dialer := websocket.Dialer{Jar: s.http.Jar, ReadBufferSize: 16 << 10}
	ws, res, err := dialer.Dial(strings.Replace(s.url, "http", "ws", 1)+"/api/v1/live", nil)
	if err != nil && res != nil {
		return nil, fmt.Errorf("live: %w (%s)", err, res.Status)
	}
	return ws, err
}

func (s *server) pid() int { return s.cmd.Process.Pid }

// stop ends the process and removes its data.
func (s *server) stop() {
	s.end()
	os.RemoveAll(s.dir)
}

func (s *server) end() {
	if s.cmd == nil || s.cmd.Process == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	ended := make(chan struct{})
	go func() { _ = s.cmd.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(15 * time.Second):
		_ = s.cmd.Process.Kill()
		<-ended
	}
}
