package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/notify"
	"github.com/lineside/lineside/runtime/spec"
)

// request is what a service got.
type request struct {
	method string
	url    *url.URL
	header http.Header
	body   string
}

// service answers like one, and keeps what it got.
func service(t *testing.T, status int, answer string) (*httptest.Server, *[]request) {
	t.Helper()
	var got []request
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, request{r.Method, r.URL, r.Header, string(body)})
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	return s, &got
}

var at = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, settings map[string]any) notify.Sender {
	t.Helper()
	raw, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	kind, _ := notify.Lookup("webhook")
	if err := kind.Check(raw); err != nil {
		t.Fatal(err)
	}
	s, err := kind.New(raw, notify.Host{Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// hostile is what somebody may write into a title of a tag, or what a device may send as a value.
const hostile = "a \"b\" \\ {link} {\"x\":1} </script>\u2028 ${7*7} {{.}}"

func message() notify.Message {
	return notify.Message{
		Key: "17/raise/chat/", Subject: "[High] Alarm: Tank – " + hostile, Text: "Value: 87.2 %\nLimit: 82 %", Link: "https://plant.test/alarms?alarm=a%2Fb%23high",
		Fields: map[string]string{"title": "Tank", "value": "87.2", "limit": "82", "unit": "%", "priority": "High", "state": "unacknowledged"},
	}
}

func mac(key, text string) string {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// TestPresets: each service gets the form that its maker documents, with its signature, and only a good answer counts.
func TestPresets(t *testing.T) {
	const secret = "SECabc"
	lookup := func(doc any, path ...any) any {
		for _, p := range path {
			switch p := p.(type) {
			case string:
				m, _ := doc.(map[string]any)
				doc = m[p]
			case int:
				l, _ := doc.([]any)
				if p >= len(l) {
					return nil
				}
				doc = l[p]
			}
		}
		return doc
	}
	m := message()
	both := m.Subject + "\n" + m.Text
	for _, row := range []struct {
		id, good, bad string
		signed        bool
		check         func(t *testing.T, r request, doc map[string]any)
	}{
		// open.dingtalk.com/document/robots/custom-robot-access
		{"dingtalk", `{"errcode":0,"errmsg":"ok"}`, `{"errcode":310000,"errmsg":"sign not match"}`, true, func(t *testing.T, r request, doc map[string]any) {
			q := r.url.Query()
			if q.Get("access_token") != "t" || q.Get("timestamp") != "1795262400000" || q.Get("sign") != mac(secret, "1795262400000\n"+secret) {
				t.Error(r.url)
			}
			if doc["msgtype"] != "text" || lookup(doc, "text", "content") != both {
				t.Error(r.body)
			}
		}},
		// developer.work.weixin.qq.com/document/path/91770
		{"wecom", `{"errcode":0,"errmsg":"ok"}`, `{"errcode":93000,"errmsg":"invalid webhook url"}`, false, func(t *testing.T, r request, doc map[string]any) {
			if doc["msgtype"] != "text" || lookup(doc, "text", "content") != both {
				t.Error(r.body)
			}
		}},
		// open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
		{"feishu", `{"code":0,"msg":"success","data":{}}`, `{"code":19021,"msg":"sign match fail"}`, true, func(t *testing.T, r request, doc map[string]any) {
			if doc["timestamp"] != "1795262400" || doc["sign"] != mac("1795262400\n"+secret, "") || doc["msg_type"] != "post" {
				t.Error(r.body)
			}
			post := lookup(doc, "content", "post", "zh_cn")
			if lookup(post, "title") != m.Subject || lookup(post, "content", 0, 0, "text") != m.Text || lookup(post, "content", 1, 0, "href") != m.Link {
				t.Error(r.body)
			}
		}},
		// api.slack.com/messaging/webhooks
		{"slack", "ok", "invalid_token", false, func(t *testing.T, r request, doc map[string]any) {
			if doc["text"] != m.Subject || lookup(doc, "blocks", 1, "text", "text") != m.Text || lookup(doc, "blocks", 2, "elements", 0, "url") != m.Link {
				t.Error(r.body)
			}
		}},
		// learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
		{"teams", "", "", false, func(t *testing.T, r request, doc map[string]any) {
			card := lookup(doc, "attachments", 0)
			if doc["type"] != "message" || lookup(card, "contentType") != "application/vnd.microsoft.card.adaptive" || lookup(card, "content", "type") != "AdaptiveCard" {
				t.Error(r.body)
			}
			if lookup(card, "content", "body", 0, "text") != m.Subject || lookup(card, "content", "body", 1, "text") != strings.ReplaceAll(m.Text, "\n", "\n\n") || lookup(card, "content", "actions", 0, "url") != m.Link {
				t.Error(r.body)
			}
		}},
	} {
		t.Run(row.id, func(t *testing.T) {
			var settings map[string]any
			for _, p := range presets {
				if p.ID == row.id {
					if err := json.Unmarshal(p.Settings, &settings); err != nil {
						t.Fatal(err)
					}
				}
			}
			s, got := service(t, 200, row.good)
			settings["url"] = s.URL + "/robot/send?access_token=t"
			if row.signed {
				settings["secret"] = secret
			}
			if answer, err := open(t, settings).Send(context.Background(), m); err != nil || !strings.HasPrefix(answer, "200 OK") {
				t.Fatal(answer, err)
			}
			r := (*got)[0]
			var doc map[string]any
			if err := json.Unmarshal([]byte(r.body), &doc); err != nil || r.method != "POST" || r.header.Get("Content-Type") != "application/json" {
				t.Fatal(err, r)
			}
			row.check(t, r, doc)
			if row.bad != "" {
				s, _ := service(t, 200, row.bad)
				settings := maps.Clone(settings)
				settings["url"] = s.URL
				if _, err := open(t, settings).Send(context.Background(), m); err == nil || notify.IsPermanent(err) || !strings.Contains(err.Error(), row.bad[:10]) {
					t.Error("a bad answer counts as a good one:", err)
				}
			}
			// Without an address of the server there is no link, and no button that leads nowhere.
			bare := m
			bare.Link = ""
			if _, err := open(t, settings).Send(context.Background(), bare); err != nil || strings.Contains((*got)[1].body, `"Lineside"`) {
				t.Error(err, (*got)[1].body)
			}
		})
	}
}

// TestCustom: template, method, headers, user and the signature of an own service.
func TestCustom(t *testing.T) {
	s, got := service(t, 202, "queued")
	m := message()
	_, err := open(t, map[string]any{
		"url": s.URL + "/hook/{key}?p={priority}", "method": "PUT", "body": `{"alarm":{"t":"{title}","v":"{value} {unit}","n":3},"all":["{subject}","{nothing","{to}"]}`,
		"headers": []any{map[string]any{"name": "X-Key", "value": "abc"}}, "user": "plc", "password": "s3cret", "sign": "hmac", "secret": "shared",
	}).Send(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	r := (*got)[0]
	if r.method != "PUT" || r.header.Get("X-Key") != "abc" || r.header.Get("Authorization") != "Basic cGxjOnMzY3JldA==" || r.url.Query().Get("p") != "High" || r.url.Path != "/hook/"+url.QueryEscape(m.Key) && r.url.Path != "/hook/"+m.Key {
		t.Error(r)
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(r.body), &doc); err != nil || doc["all"].([]any)[0] != m.Subject {
		t.Error(err, r.body)
	}
	sum := hmac.New(sha256.New, []byte("shared"))
	sum.Write([]byte("1795262400." + r.body))
	if r.header.Get("Lineside-Timestamp") != "1795262400" || r.header.Get("Lineside-Signature") != "sha256="+hex.EncodeToString(sum.Sum(nil)) {
		t.Error(r.header)
	}
	// The same message has the same key, so that a service can tell.
	if r.header.Get("Idempotency-Key") == "" {
		t.Error("no key")
	}
	// Everything as JSON without a template.
	if _, err := open(t, map[string]any{"url": s.URL}).Send(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte((*got)[1].body), &doc); err != nil || doc["subject"] != m.Subject || doc["limit"] != "82" || doc["link"] != m.Link {
		t.Error((*got)[1].body)
	}
	// A form.
	if _, err := open(t, map[string]any{"url": s.URL, "format": "form", "body": "a={subject}&b={value}"}).Send(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	if form, err := url.ParseQuery((*got)[2].body); err != nil || form.Get("a") != m.Subject || form.Get("b") != "87.2" || len(form) != 2 {
		t.Error((*got)[2].body)
	}
}

// TestAnswers: which answers are worth another try, and which redirects are followed.
func TestAnswers(t *testing.T) {
	for _, row := range []struct {
		status          int
		good, permanent bool
	}{{200, true, false}, {204, true, false}, {302, false, false}, {400, false, true}, {401, false, false}, {404, false, false}, {410, false, true}, {413, false, true}, {429, false, false}, {500, false, false}, {503, false, false}} {
		s, _ := service(t, row.status, "")
		_, err := open(t, map[string]any{"url": s.URL}).Send(context.Background(), message())
		if (err == nil) != row.good || notify.IsPermanent(err) != row.permanent {
			t.Errorf("%d: %v", row.status, err)
		}
	}
	other, got := service(t, 200, "")
	away := httptest.NewServer(http.RedirectHandler(other.URL+"/secret", http.StatusTemporaryRedirect))
	defer away.Close()
	if _, err := open(t, map[string]any{"url": away.URL}).Send(context.Background(), message()); err == nil || len(*got) != 0 {
		t.Error("a message was led to another server:", err, *got)
	}
	// The address is a secret, and stands in no error.
	s := open(t, map[string]any{"url": "http://127.0.0.1:1/hook/sEcReT"})
	if _, err := s.Send(context.Background(), message()); err == nil || strings.Contains(err.Error(), "sEcReT") {
		t.Error(err)
	}
	if _, err := open(t, map[string]any{"url": "http://169.254.169.254/latest/meta-data"}).Send(context.Background(), message()); !notify.IsPermanent(err) {
		t.Error("the address of this link was asked:", err)
	}
}

func TestSettings(t *testing.T) {
	kind, _ := notify.Lookup("webhook")
	for _, row := range []struct{ settings, at string }{
		{`{}`, "/url"},
		{`{"url":"ftp://x.test"}`, "/url"},
		{`{"url":"https://{to}/x"}`, "/url"},
		{`{"url":"https://user@x.test/x"}`, "/url"},
		{`{"url":"https://x.test","body":"{\"a\":{value}}"}`, "/body"},
		{`{"url":"https://x.test","body":"{\"a\":\"{nonsense}\"}"}`, "/body"},
		{`{"url":"https://x.test","headers":[{"name":"A B"}]}`, "/headers/0/name"},
		{`{"url":"https://x.test","headers":[{"name":"host"}]}`, "/headers/0/name"},
		{`{"url":"https://x.test","headers":[{"name":"X","value":"a\r\nY: b"}]}`, "/headers/0/value"},
		{`{"url":"https://x.test","sign":"hmac"}`, "/secret"},
	} {
		ps, _ := kind.Check(json.RawMessage(row.settings)).(spec.Problems)
		if len(ps) == 0 || ps[0].At != row.at {
			t.Errorf("%s: %v", row.settings, ps)
			continue
		}
		if zh := ps.In("zh")[0]; zh.Message == ps[0].Message || zh.Hint == ps[0].Hint {
			t.Errorf("%q, %q has no Chinese", zh.Message, zh.Hint)
		}
	}
}

// FuzzTemplate: whatever a template and a value are, what is sent is JSON that holds the value as a text.
func FuzzTemplate(f *testing.F) {
	f.Add(`{"a":"{subject}","b":[{"c":"{link}"}]}`, hostile)
	f.Add(`["{subject}"]`, "\x00\xff\"")
	f.Fuzz(func(t *testing.T, template, value string) {
		raw, err := json.Marshal(map[string]any{"url": "https://x.test", "body": template})
		if err != nil {
			t.Skip()
		}
		s, err := decode(raw)
		if err != nil || template == "" {
			t.Skip()
		}
		body, err := s.Render(map[string]string{"subject": value, "link": ""})
		if err != nil {
			t.Skip()
		}
		if !json.Valid(body) {
			t.Fatalf("%q %q: %q", template, value, body)
		}
	})
}
