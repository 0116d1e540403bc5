package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/lineside/lineside/runtime/session"
)

// dial opens a live connection with the cookies of a person.
func (f *fixture) dial(who string, header http.Header) (*websocket.Conn, *http.Response, error) {
	f.t.Helper()
	d := websocket.Dialer{HandshakeTimeout: 10 * time.Second}
	if who != "" {
		d.Jar = f.client(who).Jar
	}
	return d.Dial(strings.Replace(f.url, "http", "ws", 1)+"/api/v1/live", header)
}

// closed reads until the connection is closed, and returns the close code.
func closed(t *testing.T, ws *websocket.Conn) int {
	t.Helper()
	defer ws.Close()
	_ = ws.SetReadDeadline(time.Now().Add(30 * time.Second))
	for {
		if _, _, err := ws.ReadMessage(); err != nil {
			var c *websocket.CloseError
			if !errors.As(err, &c) {
				t.Fatalf("not closed with a code: %v", err)
			}
			return c.Code
		}
	}
}

// watch asks for a tag and returns its first reply.
func watch(t *testing.T, ws *websocket.Conn, path string) session.Reply {
	t.Helper()
	if err := ws.WriteJSON(session.Request{ID: 1, Op: "watch", Tags: []string{path}}); err != nil {
		t.Fatal(err)
	}
	_ = ws.SetReadDeadline(time.Now().Add(30 * time.Second))
	for {
		var r session.Reply
		if err := ws.ReadJSON(&r); err != nil {
			t.Fatal(err)
		}
		if r.ID == 1 {
			return r
		}
	}
}

func TestLive(t *testing.T) {
	f := newFixture(t, false)
	ws, _, err := f.dial("vera", nil)
	if err != nil {
		t.Fatal(err)
	}
	if r := watch(t, ws, "hall2/setpoint"); !r.OK || len(r.Slots) != 1 || len(r.Values) != 1 || !strings.Contains(string(r.Values[0]), ",20") {
		t.Errorf("%+v", r)
	}
	// Somebody of another hall sees nothing of it.
	other, _, err := f.dial("hal1", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if r := watch(t, other, "hall2/*"); len(r.Slots) != 0 {
		t.Errorf("another area is shown: %+v", r)
	}
	// What is changed for a person reaches the connection at once.
	f.must(200, "anna", "PUT", "/users/vera", `{"grants":[{"role":"viewer","area":"hall1"}]}`)
	if code := closed(t, ws); code != session.CloseAccess {
		t.Errorf("rights changed: closed with %d", code)
	}
	ws, _, err = f.dial("vera", nil)
	if err != nil {
		t.Fatal(err)
	}
	f.must(204, "anna", "DELETE", "/users/vera", "")
	if code := closed(t, ws); code != session.CloseAccess {
		t.Errorf("removed: closed with %d", code)
	}
	for name, header := range map[string]http.Header{"removed": nil, "wrong token": {"Authorization": {"Bearer lst_wrong"}}} {
		who := "vera"
		if header != nil {
			who = ""
		}
		ws, _, err = f.dial(who, header)
		if err != nil {
			t.Fatal(err)
		}
		if code := closed(t, ws); code != session.CloseUnauthorized {
			t.Errorf("%s: closed with %d", name, code)
		}
	}
	// Nobody, and pages of others.
	ws, _, err = f.dial("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if code := closed(t, ws); code != session.CloseUnauthorized {
		t.Errorf("nobody: closed with %d", code)
	}
	if _, res, err := f.dial("anna", http.Header{"Origin": {"https://evil.example"}}); err == nil || res == nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("another origin: %v", err)
	}
	own := &url.URL{Scheme: "http", Host: strings.TrimPrefix(f.url, "http://")}
	ws, _, err = f.dial("anna", http.Header{"Origin": {own.String()}})
	if err != nil {
		t.Fatalf("own origin: %v", err)
	}
	f.must(204, "anna", "POST", "/logout", "")
	if code := closed(t, ws); code != session.CloseAccess && code != session.CloseUnauthorized {
		t.Errorf("logged out: closed with %d", code)
	}
	if a := f.as("olga", "GET", "/live", ""); a.status < 400 {
		t.Errorf("GET /live without an upgrade: %d", a.status)
	}
}

// TestLiveRights: a live connection lets nobody do more than HTTP does.
func TestLiveRights(t *testing.T) {
	f := newFixture(t, false)
	var made NewToken
	if err := json.Unmarshal([]byte(f.must(201, "erik", "POST", "/tokens", `{"name":"reader","actions":["view"]}`).body), &made); err != nil {
		t.Fatal(err)
	}
	token := http.Header{"Authorization": {"Bearer " + made.Secret}}
	for _, row := range []struct {
		name, who string
		header    http.Header
		request   session.Request
		code      string // "" when it is allowed
	}{
		{"a viewer watches", "vera", nil, session.Request{Op: "watch", Tags: []string{"hall1/*"}}, ""},
		{"a viewer opens", "vera", nil, session.Request{Op: "open", Installation: "line"}, ""},
		{"no viewer opens a draft", "vera", nil, session.Request{Op: "open", Installation: "line", Draft: true}, "forbidden"},
		{"no viewer writes", "vera", nil, session.Request{Op: "write", Tag: "hall1/setpoint", Value: json.RawMessage("50")}, "forbidden"},
		{"an operator writes", "olga", nil, session.Request{Op: "write", Tag: "hall1/setpoint", Value: json.RawMessage("50")}, ""},
		{"not in another hall", "hal1", nil, session.Request{Op: "write", Tag: "hall2/setpoint", Value: json.RawMessage("50")}, "forbidden"},
		{"no draft for an engineer of one hall", "hal1", nil, session.Request{Op: "open", Installation: "line", Draft: true}, "forbidden"},
		{"an engineer opens a draft", "erik", nil, session.Request{Op: "open", Installation: "line", Draft: true}, ""},
		{"nothing without a grant", "none", nil, session.Request{Op: "open", Installation: "line"}, "forbidden"},
		{"a token for viewing watches", "", token, session.Request{Op: "watch", Tags: []string{"hall1/*"}}, ""},
		{"and does not write", "", token, session.Request{Op: "write", Tag: "hall1/setpoint", Value: json.RawMessage("50")}, "forbidden"},
		{"nor open a draft", "", token, session.Request{Op: "open", Installation: "line", Draft: true}, "forbidden"},
	} {
		t.Run(row.name, func(t *testing.T) {
			ws, _, err := f.dial(row.who, row.header)
			if err != nil {
				t.Fatal(err)
			}
			defer ws.Close()
			row.request.ID = 1
			if err := ws.WriteJSON(row.request); err != nil {
				t.Fatal(err)
			}
			_ = ws.SetReadDeadline(time.Now().Add(30 * time.Second))
			var r session.Reply
			for r.ID != 1 {
				if err := ws.ReadJSON(&r); err != nil {
					t.Fatal(err)
				}
			}
			code := ""
			if r.Error != nil {
				code = r.Error.Code
			} else if r.Result != nil {
				code = r.Result.Code
			}
			if code != row.code {
				t.Errorf("code %q, want %q: %+v", code, row.code, r)
			}
		})
	}
}
