package mail

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/notify"
	"github.com/lineside/lineside/runtime/spec"
)

func open(t *testing.T, settings map[string]any) notify.Sender {
	t.Helper()
	raw, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	kind, _ := notify.Lookup("mail")
	if err := kind.Check(raw); err != nil {
		t.Fatal(err)
	}
	s, err := kind.New(raw, notify.Host{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestMailServers: mail arrives at a server that is not ours, however it is reached, and not where the certificate is not
// trusted.
func TestMailServers(t *testing.T) {
	c := peer.NewCertificates(t)
	for _, row := range []struct {
		name, tls, login string
		settings         map[string]any
		fails            string
	}{
		{name: "plain", settings: map[string]any{"security": "none"}},
		{name: "STARTTLS with login", tls: "starttls", login: "plc:s3cret", settings: map[string]any{"security": "starttls", "user": "plc", "password": "s3cret", "ca": c.CA}},
		{name: "TLS with login", tls: "tls", login: "plc:s3cret", settings: map[string]any{"security": "tls", "user": "plc", "password": "s3cret", "ca": c.CA}},
		{name: "wrong password", tls: "starttls", login: "plc:s3cret", settings: map[string]any{"security": "starttls", "user": "plc", "password": "wrong", "ca": c.CA}, fails: "535"},
		{name: "nobody's certificate", tls: "starttls", settings: map[string]any{"security": "starttls"}, fails: "certificate"},
		{name: "nobody's certificate from the start", tls: "tls", settings: map[string]any{"security": "tls"}, fails: "certificate"},
		{name: "a server without STARTTLS is told nothing", settings: map[string]any{"security": "starttls", "ca": c.CA}, fails: "STARTTLS"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			server := peer.StartMailServer(t, row.tls, row.login, c)
			row.settings["host"], row.settings["port"], row.settings["from"] = "127.0.0.1", server.Port, "alarms@plant.test"
			s := open(t, row.settings)
			m := notify.Message{Key: "1/raise", To: "anna@plant.test", Subject: "[高] Tank – Level high", Text: "87.2 %\n限值 82", Link: "https://plant.test/alarms", Urgent: true}
			answer, err := s.Send(context.Background(), m)
			mails := server.Mails(t)
			if row.fails != "" {
				if err == nil || !strings.Contains(err.Error(), row.fails) || len(mails) != 0 {
					t.Fatalf("%v %q, %d mails", err, answer, len(mails))
				}
				return
			}
			if err != nil || len(mails) != 1 || !strings.Contains(answer, "4711") {
				t.Fatalf("%v %q, %d mails", err, answer, len(mails))
			}
			got := mails[0]
			if got.Subject != m.Subject || strings.TrimSpace(got.Text) != m.Text+"\n\n"+m.Link || got.To[0] != m.To || got.TLS != (row.tls != "") || got.Login != (row.login != "") {
				t.Errorf("%+v", got)
			}
			first, _ := got.Header("Message-ID")
			if _, err := s.Send(context.Background(), m); err != nil {
				t.Fatal(err)
			}
			again := server.Mails(t)[1]
			if second, _ := again.Header("Message-ID"); second != first || first == "" {
				t.Errorf("a mail that is sent again has another id: %q, %q", first, second)
			}
		})
	}
}

// TestHostileMail: nothing that comes from outside begins a header or adds a receiver.
func TestHostileMail(t *testing.T) {
	server := peer.StartMailServer(t, "", "", peer.Certificates{})
	s := open(t, map[string]any{"host": "127.0.0.1", "port": server.Port, "security": "none", "from": "alarms@plant.test", "fromName": "A\r\nBcc: all@plant.test"})
	m := notify.Message{To: "anna@plant.test", Subject: "high\r\nBcc: everybody@plant.test\r\n\r\nbody", Text: ".\r\nRCPT TO:<x@y.test>\r\n.", Attachments: []notify.Attachment{{Name: "r\r\nX-Evil: 1.pdf", Type: "application/pdf\r\nX-Evil: 2", Data: []byte("%PDF")}}}
	if _, err := s.Send(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	got := server.Mails(t)[0]
	for _, name := range []string{"Bcc", "X-Evil"} {
		if v, n := got.Header(name); n != 0 {
			t.Errorf("%s: %s", name, v)
		}
	}
	if len(got.To) != 1 || got.To[0] != "anna@plant.test" || !strings.Contains(got.Subject, "Bcc:") || !strings.Contains(got.Text, "RCPT TO") || len(got.Attachments) != 1 {
		t.Errorf("%+v", got)
	}
	for _, to := range []string{"anna@plant.test\r\nRCPT TO:<x@y.test>", "Anna <anna@plant.test>", "", "anna", "a@b.test>, <c@d.test"} {
		if _, err := s.Send(context.Background(), notify.Message{To: to, Subject: "x"}); !notify.IsPermanent(err) {
			t.Errorf("%q: %v", to, err)
		}
	}
	if n := len(server.Mails(t)); n != 1 {
		t.Errorf("%d mails", n)
	}
}

// TestMailFaults: what cannot be mended is told from what may, and a server that hangs holds nobody longer than they wait.
func TestMailFaults(t *testing.T) {
	server := peer.StartMailServer(t, "", "", peer.Certificates{})
	s := open(t, map[string]any{"host": "127.0.0.1", "port": server.Port, "security": "none", "from": "alarms@plant.test"})
	send := func(within time.Duration) error {
		ctx, cancel := context.WithTimeout(context.Background(), within)
		defer cancel()
		_, err := s.Send(ctx, notify.Message{To: "anna@plant.test", Subject: "x", Text: "y"})
		return err
	}
	server.Mode(t, "reject")
	if err := send(peer.Wait); !notify.IsPermanent(err) {
		t.Error("rejected:", err)
	}
	server.Mode(t, "later")
	if err := send(peer.Wait); err == nil || notify.IsPermanent(err) {
		t.Error("later:", err)
	}
	server.Mode(t, "hang")
	begun := time.Now()
	if err := send(500 * time.Millisecond); err == nil || notify.IsPermanent(err) {
		t.Error("hanging:", err)
	} else if took := time.Since(begun); took > peer.Wait/2 {
		t.Error("it took", took)
	}
	server.Kill()
	if err := send(peer.Wait); err == nil || notify.IsPermanent(err) {
		t.Error("refused:", err)
	}
}

func TestSettings(t *testing.T) {
	kind, _ := notify.Lookup("mail")
	for _, row := range []struct{ settings, at string }{
		{`{}`, "/host"},
		{`{"host":"a b","from":"a@b.test"}`, "/host"},
		{`{"host":"mail.test:25","from":"a@b.test"}`, "/host"},
		{`{"host":"mail.test","from":"nobody"}`, "/from"},
		{`{"host":"mail.test","from":"a@b.test","ca":"none"}`, "/ca"},
		{`{"host":"mail.test","from":"a@b.test","other":1}`, "/other"},
	} {
		ps, _ := kind.Check(json.RawMessage(row.settings)).(spec.Problems)
		if len(ps) == 0 || ps[0].At != row.at {
			t.Errorf("%s: %v", row.settings, ps)
		} else if zh := ps.In("zh")[0]; zh.Message == ps[0].Message {
			t.Errorf("%q has no Chinese", zh.Message)
		}
	}
	if got := fmt.Sprint((&Settings{Security: "tls"}).port(), (&Settings{Security: "none"}).port(), (&Settings{}).port()); got != "465 25 587" {
		t.Error(got)
	}
}
