package peer

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// MailServer is test/peer/smtp_server.py: see there for what it can be told.
type MailServer struct {
	*Process
	Port int
}

// ReceivedMail is a mail as the server has read it.
type ReceivedMail struct {
	From        string
	To          []string
	Subject     string
	Text        string
	Attachments []struct {
		Name, Type string
		Size       int
	}
	Headers [][2]string
	TLS     bool
	Login   bool
}

// Header is the value of a header, and how often there is one of the name.
func (m *ReceivedMail) Header(name string) (value string, times int) {
	for _, h := range m.Headers {
		if strings.EqualFold(h[0], name) {
			value = h[1]
			times++
		}
	}
	return value, times
}

// StartMailServer starts a server that speaks plainly, or "starttls" or "tls" with certificates; login is "user:password" or
// "".
func StartMailServer(t testing.TB, tls, login string, c Certificates) *MailServer {
	t.Helper()
	if err := exec.Command("/usr/bin/python3", "-c", "import aiosmtpd").Run(); err != nil {
		t.Fatal("aiosmtpd is missing: install the Debian package python3-aiosmtpd")
	}
	s := &MailServer{Port: FreePort(t)}
	args := []string{filepath.Join(Root(t), "test", "peer", "smtp_server.py"), "--port", strconv.Itoa(s.Port)}
	if tls != "" {
		dir := t.TempDir()
		for name, text := range map[string]string{"cert.pem": c.Server, "key.pem": c.ServerKey} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		args = append(args, "--tls", tls, "--certificate", filepath.Join(dir, "cert.pem"), "--key", filepath.Join(dir, "key.pem"))
	}
	if login != "" {
		args = append(args, "--login", login)
	}
	s.Process = start(t, exec.Command("/usr/bin/python3", args...))
	Await(t, "the mail server to start", func() bool {
		select {
		case <-s.ended:
			t.Fatalf("the mail server ended while starting: %s", strings.Join(s.log, " · "))
		default:
		}
		return s.said("ready")
	})
	<-s.lines // that it is ready
	return s
}

// Mails are those that were taken.
func (s *MailServer) Mails(t testing.TB) (out []ReceivedMail) {
	t.Helper()
	if err := json.Unmarshal([]byte(s.ask("mails")), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// Mode has the server "ok", "reject", "later" or "hang".
func (s *MailServer) Mode(t testing.TB, mode string) {
	t.Helper()
	if answer := s.ask("mode " + mode); answer != "ok" {
		t.Fatal(answer)
	}
}
