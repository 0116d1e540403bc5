package peer

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Mosquitto is a broker with one listener.
type Mosquitto struct {
	*Process
	Port   int
	config string
	// CA, ClientCert and ClientKey are PEM, with MosquittoOptions.TLS.
	CA, ClientCert, ClientKey string
}

// MosquittoOptions say how the broker is set up.
type MosquittoOptions struct {
	// Username and Password are asked for when set. That user may use topics below
	// "allowed/" only.
	Username, Password string
	// TLS asks for a client certificate signed by the CA of the broker.
	TLS bool
	// Certificates are those of TLS; good ones are made without.
	Certificates *Certificates
	// Websocket makes the listener one for WebSockets.
	Websocket bool
}

// StartMosquitto starts a broker; the zero options are an open one over TCP.
func StartMosquitto(t testing.TB, o MosquittoOptions) *Mosquitto {
	t.Helper()
	need(t, "mosquitto", "mosquitto")
	m := &Mosquitto{Port: FreePort(t)}
	// Mosquitto gives up root's rights, and must still read its files.
	dir, err := os.MkdirTemp("", "mosquitto")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	lines := []string{"per_listener_settings true", "persistence false", "log_dest stderr", "max_queued_messages 0", "set_tcp_nodelay true"}
	if o.Websocket {
		// Mosquitto 2.0.11 does not start without a listener of the plain kind.
		lines = append(lines, fmt.Sprintf("listener %d 127.0.0.1", FreePort(t)), "allow_anonymous true")
	}
	lines = append(lines, fmt.Sprintf("listener %d 127.0.0.1", m.Port))
	if o.Websocket {
		lines = append(lines, "protocol websockets")
	}
	if o.Username == "" {
		lines = append(lines, "allow_anonymous true")
	} else {
		passwords := filepath.Join(dir, "passwords")
		if out, err := exec.Command(need(t, "mosquitto_passwd", "mosquitto"), "-b", "-c", passwords, o.Username, o.Password).CombinedOutput(); err != nil {
			t.Fatalf("mosquitto_passwd: %v: %s", err, out)
		}
		if err := os.Chmod(passwords, 0o644); err != nil {
			t.Fatal(err)
		}
		acl := writeFile(t, dir, "acl", fmt.Sprintf("user %s\ntopic readwrite allowed/#\n", o.Username))
		lines = append(lines, "allow_anonymous false", "password_file "+passwords, "acl_file "+acl)
	}
	if o.TLS {
		c := NewCertificates(t)
		if o.Certificates != nil {
			c = *o.Certificates
		}
		m.CA, m.ClientCert, m.ClientKey = c.CA, c.Client, c.ClientKey
		lines = append(lines, "cafile "+writeFile(t, dir, "ca.pem", c.CA), "certfile "+writeFile(t, dir, "server.pem", c.Server),
			"keyfile "+writeFile(t, dir, "server.key", c.ServerKey), "require_certificate true")
	}
	m.config = writeFile(t, dir, "mosquitto.conf", strings.Join(lines, "\n")+"\n")
	m.Restart(t)
	return m
}

// Restart starts the broker again on its port after Kill.
func (m *Mosquitto) Restart(t testing.TB) {
	t.Helper()
	m.Process = start(t, exec.Command(need(t, "mosquitto", "mosquitto"), "-c", m.config))
	m.listening(m.Port)
}

// Publish publishes by mosquitto_pub, a client that is not ours.
func (m *Mosquitto) Publish(t testing.TB, topic, payload string, args ...string) {
	t.Helper()
	args = append([]string{"-h", "127.0.0.1", "-p", fmt.Sprint(m.Port), "-t", topic, "-s", "-q", "1"}, args...)
	cmd := exec.Command(need(t, "mosquitto_pub", "mosquitto-clients"), args...)
	cmd.Stdin = strings.NewReader(payload)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("mosquitto_pub: %v: %s", err, out)
	}
}

// Subscribe starts mosquitto_sub; Next gives each message as "topic payload".
func (m *Mosquitto) Subscribe(t testing.TB, topic string) *Subscription {
	t.Helper()
	// Into a pipe it would print nothing until its buffer is full.
	cmd := exec.Command(need(t, "stdbuf", "coreutils"), "-oL", need(t, "mosquitto_sub", "mosquitto-clients"), "-h", "127.0.0.1", "-p", fmt.Sprint(m.Port), "-q", "1", "-d", "-t", topic, "-F", "MSG %q %r %t %p")
	p := start(t, cmd)
	Await(t, "mosquitto_sub to subscribe", func() bool { return p.said("SUBACK") })
	return &Subscription{p}
}

// Subscription is a mosquitto_sub.
type Subscription struct{ *Process }

// Next waits for the next message: "qos retain topic payload".
func (s *Subscription) Next(t testing.TB) string {
	t.Helper()
	end := time.After(Wait)
	for {
		select {
		case line := <-s.lines:
			if m, ok := strings.CutPrefix(line, "MSG "); ok {
				return m
			}
		case <-end:
			t.Fatal("no message came")
		}
	}
}
