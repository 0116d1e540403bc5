package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/certificate"
	_ "github.com/lineside/lineside/runtime/connector/mqtt"
	_ "github.com/lineside/lineside/runtime/connector/simulator"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/session"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/widgets"
)

// testPlant has two halls, a device with a secret, and tags of every kind.
const testPlant = `{
 "format": 1,
 "devices": [
  {"id": "sim", "connector": "simulator"},
  {"id": "broker", "connector": "mqtt", "disabled": true, "settings": {"url": "mqtt://broker.example:1883", "username": "plc", "password": "hunter2hunter2"}}
 ],
 "tags": [
  {"path": "hall1/level", "type": "float", "device": "sim", "address": {"kind": "sine", "low": 0, "high": 100}, "unit": "%", "title": {"en": "Level", "zh": "液位"}},
  {"path": "hall1/setpoint", "type": "float", "initial": 40, "write": {"low": 0, "high": 100}},
  {"path": "hall1/mode", "type": "int", "initial": 1, "write": {"confirm": "reason"}},
  {"path": "hall1/name", "type": "string", "initial": "boiler"},
  {"path": "hall1/locked", "type": "int", "initial": 1, "write": {"interlock": "tag(\"hall1/setpoint\") > 1000"}},
  {"path": "hall2/setpoint", "type": "float", "initial": 20, "write": {"low": 0, "high": 100}},
  {"path": "hall2/double", "type": "float", "expr": "tag(\"hall2/setpoint\") * 2"}
 ]
}`

// The people of the tests; everybody's password is testPassword.
const testPassword = "correct horse battery"

var people = map[string][]auth.Grant{
	"anna": {{Role: "admin"}},
	"erik": {{Role: "engineer"}},
	"ella": {{Role: "engineer"}},
	"olga": {{Role: "operator"}},
	"vera": {{Role: "viewer"}},
	"hal1": {{Role: "engineer", Area: "hall1"}},
	"none": nil,
}

// fixture is a running server on a real database.
type fixture struct {
	t      *testing.T
	dir    string
	url    string
	store  *store.Store
	engine *engine.Engine
	server *Server

	mu      sync.Mutex
	clients map[string]*http.Client
	seen    bytes.Buffer // all bodies that were answered
}

// newFixture starts a server; with people and plant unless bare.
func newFixture(t *testing.T, bare bool) *fixture {
	t.Helper()
	return newFixtureIn(t, t.TempDir(), bare)
}

func newFixtureIn(t *testing.T, dir string, bare bool) *fixture {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	db, err := store.Open(ctx, "", dir)
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := widgets.Load()
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, dir: dir, store: db, clients: map[string]*http.Client{}}
	certificates, err := certificate.New(ctx, db, slog.New(slog.DiscardHandler), "")
	if err != nil {
		t.Fatal(err)
	}
	archive, err := historian.Open(ctx, db.History(), historian.Options{Dir: filepath.Join(dir, "history")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = archive.Close() })
	f.engine = engine.New(engine.Options{Archive: archive, Trust: certificates, Catalogue: catalogue, Audit: AuditWrites(db), Record: RecordEvents(db), Alarms: db, Secret: func(ref string) (string, error) { return db.Secret(ctx, ref) }})
	certificates.OnChange(func(devices []string) { f.engine.Reconnect(devices...) })
	messages, err := NewNotify(ctx, db, f.engine, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	hub := session.NewHub(f.engine, session.Options{})
	pages := fstest.MapFS{
		"index.html":               {Data: []byte("<!doctype html><title>index</title>")},
		"run.html":                 {Data: []byte("<!doctype html><title>run</title>")},
		"assets/index-ABCDEF12.js": {Data: []byte(strings.Repeat("export const lineside = 1;\n", 100))},
		"assets/logo-ABCDEF12.png": {Data: []byte("\x89PNG")},
		"favicon.svg":              {Data: []byte("<svg xmlns='http://www.w3.org/2000/svg'/>")},
		".gitkeep":                 {Data: []byte("x")},
	}
	f.server = New(Options{Notify: messages, Certificates: certificates, Store: db, Engine: f.engine, Live: hub, Catalogue: catalogue, Pages: pages, Hasher: auth.NewCheapHasher(), Version: "test", Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f.url = "http://" + listener.Addr().String()
	var running sync.WaitGroup
	running.Go(func() { _ = f.engine.Run(ctx) })
	running.Go(func() { hub.Run(ctx) })
	running.Go(func() { messages.Run(ctx) })
	running.Go(func() {
		if err := f.server.Serve(ctx, listener); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	t.Cleanup(func() {
		stop()
		running.Wait()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if bare {
		if err := f.server.Load(ctx); err != nil {
			t.Fatal(err)
		}
		return f
	}
	hash, err := auth.NewCheapHasher().Hash(ctx, testPassword)
	if err != nil {
		t.Fatal(err)
	}
	for name, grants := range people {
		if err := db.AddUser(ctx, store.User{Name: name, Hash: hash, Grants: grants}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.server.ApplyPlant(ctx, "test", []byte(testPlant)); err != nil {
		t.Fatal(explained(err))
	}
	if err := f.server.ApplyApp(ctx, "test", "line", testApp(t, "line")); err != nil {
		t.Fatal(explained(err))
	}
	return f
}

// testApp is an app with one screen.
func testApp(t *testing.T, name string) []byte {
	t.Helper()
	a := emptyApp(name, map[string]string{"en": "App " + name})
	raw, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// client is the browser of a person, logged in; "" is nobody's.
func (f *fixture) client(as string) *http.Client {
	f.t.Helper()
	f.mu.Lock()
	c := f.clients[as]
	f.mu.Unlock()
	if c != nil {
		return c
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		f.t.Fatal(err)
	}
	c = &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if as != "" {
		a := f.do(c, "POST", "/api/v1/login", `{"name":"`+as+`","password":"`+testPassword+`"}`)
		if a.status != http.StatusOK {
			f.t.Fatalf("login of %s: %d %s", as, a.status, a.body)
		}
	}
	f.mu.Lock()
	f.clients[as] = c
	f.mu.Unlock()
	return c
}

// reply is an answer of the server.
type reply struct {
	status int
	header http.Header
	body   string
}

func (r reply) etag() string { return r.header.Get("ETag") }

func (f *fixture) do(c *http.Client, method, path, body string, header ...string) reply {
	f.t.Helper()
	r, err := http.NewRequest(method, f.url+path, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := c.Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	f.mu.Lock()
	f.seen.Write(raw)
	f.mu.Unlock()
	return reply{res.StatusCode, res.Header, string(raw)}
}

// as asks in the name of a person.
func (f *fixture) as(who, method, path, body string, header ...string) reply {
	f.t.Helper()
	return f.do(f.client(who), method, "/api/v1"+path, body, header...)
}

// must is as, and fails when the status is another one.
func (f *fixture) must(status int, who, method, path, body string, header ...string) reply {
	f.t.Helper()
	a := f.as(who, method, path, body, header...)
	if a.status != status {
		f.t.Fatalf("%s: %s %s: status %d, not %d: %s", who, method, path, a.status, status, a.body)
	}
	return a
}

// scenario is one request and what must come back.
type scenario struct {
	name   string
	method string
	url    string
	as     string
	body   string
	header []string
	status int
	// has are fragments that the body must have, lacks those it must not have.
	has, lacks []string
}

func (f *fixture) play(t *testing.T, list []scenario) {
	for _, s := range list {
		t.Run(s.name, func(t *testing.T) {
			a := f.as(s.as, s.method, s.url, s.body, s.header...)
			if a.status != s.status {
				t.Errorf("status %d, want %d", a.status, s.status)
			}
			for _, part := range s.has {
				if !strings.Contains(a.body, part) {
					t.Errorf("the body lacks %s", part)
				}
			}
			for _, part := range s.lacks {
				if strings.Contains(a.body, part) {
					t.Errorf("the body has %s", part)
				}
			}
			if a.status >= 400 {
				var e Error
				if err := json.Unmarshal([]byte(a.body), &e); err != nil || e.Code == "" || e.Message == "" {
					t.Errorf("not an error of the API: %v", err)
				}
			}
			if t.Failed() {
				t.Logf("%s %s as %q: %d %s", s.method, s.url, s.as, a.status, a.body)
			}
		})
	}
}
