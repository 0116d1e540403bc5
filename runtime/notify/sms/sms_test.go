package sms

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/notify"
	"github.com/lineside/lineside/runtime/spec"
)

// TestGateways: each preset gives number and text to a gateway, and the text fits.
func TestGateways(t *testing.T) {
	var query url.Values
	var body, user string
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		query, body = r.URL.Query(), string(raw)
		user, _, _ = r.BasicAuth()
		_, _ = io.WriteString(w, `{"status":"accepted"}`)
	}))
	defer gateway.Close()
	kind, _ := notify.Lookup("sms")
	long := strings.Repeat("储罐液位高 & 泵=1 ", 60)
	m := notify.Message{To: "+491701234567", Subject: "[High] Tank", Link: "https://plant.test/alarms?alarm=x", Fields: map[string]string{"message": long}}
	for _, p := range kind.Presets {
		var settings map[string]any
		if err := json.Unmarshal(p.Settings, &settings); err != nil {
			t.Fatal(err)
		}
		settings["url"] = gateway.URL + "/send"
		if p.ID == "query" {
			settings["url"] = gateway.URL + "/send?to={to}&text={text}"
		}
		settings["user"], settings["password"], settings["expect"], settings["length"] = "plc", "s3cret", "status=accepted", 70
		raw, err := json.Marshal(settings)
		if err != nil {
			t.Fatal(err)
		}
		s, err := kind.New(raw, notify.Host{})
		if err != nil {
			t.Fatal(p.ID, err)
		}
		if _, err := s.Send(context.Background(), m); err != nil {
			t.Fatal(p.ID, err)
		}
		var to, text string
		switch p.ID {
		case "query":
			to, text = query.Get("to"), query.Get("text")
		case "json":
			var doc struct{ To, Text string }
			if err := json.Unmarshal([]byte(body), &doc); err != nil {
				t.Fatal(err)
			}
			to, text = doc.To, doc.Text
		case "form":
			form, err := url.ParseQuery(body)
			if err != nil {
				t.Fatal(err)
			}
			to, text = form.Get("To"), form.Get("Body")
		}
		if to != m.To || utf8.RuneCountInString(text) > 70 || !strings.HasSuffix(text, m.Link) || !strings.HasPrefix(text, m.Subject+"\n储罐") || user != "plc" {
			t.Errorf("%s: %q %q %s", p.ID, to, text, user)
		}
	}
}

func TestSettings(t *testing.T) {
	kind, _ := notify.Lookup("sms")
	ps, _ := kind.Check(json.RawMessage(`{"url":"https://x.test/send","method":"GET","format":"none"}`)).(spec.Problems)
	if len(ps) != 1 || ps[0].Code != "placeholder_missing" || ps.In("zh")[0].Message == ps[0].Message {
		t.Error(ps)
	}
}
