package main

import (
	"encoding/json"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// liveView is a live connection that is read until the test ends.
type liveView struct {
	mu      sync.Mutex
	slots   map[int]string
	changes map[string]int // by path: how often a good value came
	values  map[string]any
	alarms  int // frames about alarms
	broken  error
}

// watch opens a live connection, as a browser does, and watches tags.
func (p *process) watch(patterns ...string) *liveView {
	p.t.Helper()
	address, err := url.Parse(p.url)
	if err != nil {
		p.t.Fatal(err)
	}
	dialer := websocket.Dialer{Jar: p.client.Jar, HandshakeTimeout: 30 * time.Second}
	ws, _, err := dialer.Dial("ws://"+address.Host+"/api/v1/live", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = ws.Close() })
	if err := ws.WriteJSON(map[string]any{"id": 1, "op": "watch", "tags": patterns}); err != nil {
		p.t.Fatal(err)
	}
	v := &liveView{slots: map[int]string{}, changes: map[string]int{}, values: map[string]any{}}
	go func() {
		for {
			_, text, err := ws.ReadMessage()
			if err != nil {
				v.mu.Lock()
				v.broken = err
				v.mu.Unlock()
				return
			}
			v.take(text)
		}
	}()
	return v
}

func (v *liveView) take(text []byte) {
	var f struct {
		Op    string
		Slots [][2]json.RawMessage
		V     [][]json.RawMessage
	}
	if json.Unmarshal(text, &f) != nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if f.Op == "alarms" {
		v.alarms++
	}
	for _, s := range f.Slots {
		var slot int
		var path string
		if json.Unmarshal(s[0], &slot) == nil && json.Unmarshal(s[1], &path) == nil {
			v.slots[slot] = path
		}
	}
	for _, row := range f.V {
		var slot int
		var value any
		if len(row) < 2 || json.Unmarshal(row[0], &slot) != nil || json.Unmarshal(row[1], &value) != nil || value == nil {
			continue
		}
		v.changes[v.slots[slot]]++
		v.values[v.slots[slot]] = value
	}
}

// goesOn waits until a tag has changed some times more.
func (v *liveView) goesOn(t *testing.T, path string, times int) {
	t.Helper()
	v.mu.Lock()
	before := v.changes[path]
	v.mu.Unlock()
	eventually(t, "values of "+path+" go on", func() bool {
		v.mu.Lock()
		defer v.mu.Unlock()
		if v.broken != nil {
			t.Fatal("the live connection broke:", v.broken)
		}
		return v.changes[path] >= before+times
	})
}

// now is the last value of a tag, and how many frames about alarms there were.
func (v *liveView) now(path string) (value any, alarms int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.values[path], v.alarms
}

// eventually waits until something is right.
func eventually(t *testing.T, what string, right func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !right(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain until ", what)
		}
	}
}
