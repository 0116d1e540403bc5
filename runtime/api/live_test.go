package api

import (
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
