package broker

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

// crowd is test/peer/mqtt_client.cjs.
type crowd struct {
	t     *testing.T
	lines chan string
	in    io.Writer
}

func gather(t *testing.T, url string, clients int, filter, user string) *crowd {
	t.Helper()
	root := peer.Root(t)
	if _, err := os.Stat(filepath.Join(root, "test", "peer", "node", "node_modules", "mqtt")); err != nil {
		t.Fatal("npm package mqtt is missing: run make test/peer/node/node_modules/.package-lock.json")
	}
	cmd := exec.Command(tool(t, "node"), filepath.Join(root, "test", "peer", "mqtt_client.cjs"), url, strconv.Itoa(clients), filter, user, "secret-"+user)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &crowd{t, make(chan string, 1000), in}
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			c.lines <- lines.Text()
		}
		_ = cmd.Wait()
		close(c.lines)
	}()
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	if line := c.line(); line != "ready" {
		t.Fatal(line)
	}
	return c
}

func (c *crowd) line() string {
	select {
	case line := <-c.lines:
		return line
	case <-time.After(3 * time.Minute):
		c.t.Fatal("the clients say nothing")
		return ""
	}
}

// messages is how many all clients have got.
func (c *crowd) messages() int {
	c.t.Helper()
	fmt.Fprintln(c.in, "count")
	n, err := strconv.Atoi(c.line())
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}

// TestMany: a thousand clients of both versions, each with every change.
func TestMany(t *testing.T) {
	const clients = 1000
	r := begin(t, twoAreas)
	c := gather(t, fmt.Sprintf("mqtt://127.0.0.1:%d", r.port), clients, "north/a", "viewer")
	if s := r.Stats(); s.Clients != clients {
		t.Errorf("%+v", s)
	}
	for i := range 5 {
		r.put(t, "north/a", tag.OfFloat(float64(100+i)))
		until(t, "the change everywhere", func() bool { return c.messages() == clients*(i+2) })
	}
	if s := r.Stats(); s.Dropped != 0 || s.Slow != 0 {
		t.Errorf("%+v", s)
	}
}

// TestWebSocket: over HTTP.
func TestWebSocket(t *testing.T) {
	r := begin(t, twoAreas)
	web := httptest.NewServer(r.Broker)
	defer web.Close()
	url := "ws" + strings.TrimPrefix(web.URL, "http")
	c := gather(t, url+"/mqtt", 20, "#", "viewer")
	until(t, "all tags everywhere", func() bool { return c.messages() >= 20*9 })
	for _, row := range []struct {
		name, protocol, origin string
		status                 int
	}{
		{"another page", "mqtt", "http://evil.example", http.StatusForbidden},
		{"no subprotocol", "", "", http.StatusBadRequest},
	} {
		q, _ := http.NewRequest("GET", web.URL, nil)
		for k, v := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": row.protocol, "Origin": row.origin} {
			if v != "" {
				q.Header.Set(k, v)
			}
		}
		res, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != row.status {
			t.Errorf("%s: %s", row.name, res.Status)
		}
	}
	r.stop()
}

// TestTLS: by certificate files.
func TestTLS(t *testing.T) {
	certs := peer.NewCertificates(t)
	dir := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	ca, cert, key := file("ca", certs.CA), file("cert", certs.Server), file("key", certs.ServerKey)
	config, err := TLS(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := begin(t, twoAreas, tls.NewListener(plain, config))
	l := r.listen(t, "viewer", "--cafile", ca, "-t", "#")
	l.on("south/c")
	if _, err := TLS(cert, ca); err == nil {
		t.Error("a certificate without its key is taken")
	}
}
