package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestKilledWhileSending: the program is killed while a message is on its way. It comes once more after the start, with the same
// key, and that is all.
func TestKilledWhileSending(t *testing.T) {
	var mu sync.Mutex
	var keys []string
	arrived, hold := make(chan struct{}, 10), make(chan struct{})
	chat := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		mu.Lock()
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		first := len(keys) == 1
		mu.Unlock()
		arrived <- struct{}{}
		if first {
			<-hold // it has the message, and will never have said so
		}
	}))
	defer chat.Close()
	defer close(hold)
	data := t.TempDir()
	p := start(t, data)
	p.setUp()
	p.ask("PUT", "/plant", []byte(`{"format":1,"tags":[{"path":"hall/level","type":"float","initial":50,"write":{},"alarms":{"high":{"kind":"high","priority":"high","limit":80}}}]}`), nil, "If-Match", "*")
	p.ask("PUT", "/notify", []byte(`{"channels":[{"id":"chat","kind":"webhook","settings":{"url":"`+chat.URL+`"}}],"routes":[{"id":"r","steps":[{"channels":["chat"]}]}]}`), nil, "If-Match", `""`)
	p.ask("PUT", "/tags/hall/level", []byte(`{"value":95}`), nil)
	wait := func(what string) {
		t.Helper()
		select {
		case <-arrived:
		case <-time.After(30 * time.Second):
			t.Fatal("waited in vain for ", what)
		}
	}
	wait("the message")
	if _, err := p.ends(syscall.SIGKILL); err == nil {
		t.Fatal("it was not killed")
	}
	p = start(t, data)
	wait("the message after the kill")
	if _, err := p.ends(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	start(t, data)
	select {
	case <-arrived:
		t.Error("it was told a third time")
	case <-time.After(3 * time.Second):
	}
	mu.Lock()
	defer mu.Unlock()
	for _, key := range keys {
		if key == "" || key != keys[0] {
			t.Error("the messages have different keys:", keys)
		}
	}
}
