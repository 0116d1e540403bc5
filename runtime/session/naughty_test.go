package session

import (
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/tag"
)

func TestNaughtyFrames(t *testing.T) {
	w := newWorld(t, Options{})
	for _, row := range []struct {
		name, frame string
		kind        int
		close       int    // expected close code, or
		code        string // expected error code of the reply
	}{
		{name: "not JSON", frame: "hello", close: CloseProtocol},
		{name: "empty", frame: "", close: CloseProtocol},
		{name: "binary", frame: `{"id":1,"op":"ping"}`, kind: websocket.BinaryMessage, close: CloseProtocol},
		{name: "array", frame: `[1,2]`, close: CloseProtocol},
		{name: "null", frame: `null`, close: CloseProtocol},
		{name: "no id", frame: `{"op":"ping"}`, close: CloseProtocol},
		{name: "id 0", frame: `{"id":0,"op":"ping"}`, close: CloseProtocol},
		{name: "id of text", frame: `{"id":"1","op":"ping"}`, close: CloseProtocol},
		{name: "huge id", frame: `{"id":1e300,"op":"ping"}`, close: CloseProtocol},
		{name: "two values", frame: `{"id":1,"op":"ping"}{"id":2,"op":"ping"}`, close: CloseProtocol},
		{name: "not UTF-8 inside", frame: "{\"id\":1,\"op\":\"\xff\xfe\"}", code: "op_unknown"},
		{name: "too large", frame: `{"id":1,"op":"` + strings.Repeat("x", MaxFrame) + `"}`, close: CloseProtocol},
		{name: "far too large", frame: strings.Repeat("[", 10<<20), close: CloseProtocol},
		{name: "deep", frame: `{"id":1,"op":"write","tag":"a","value":` + strings.Repeat("[", 30000) + strings.Repeat("]", 30000) + `}`, close: CloseProtocol},
		{name: "unknown op", frame: `{"id":1,"op":"destroy"}`, code: "op_unknown"},
		{name: "no op", frame: `{"id":1}`, code: "op_unknown"},
		{name: "unknown field", frame: `{"id":1,"op":"ping","admin":true}`, code: "request_invalid"},
		{name: "wrong type", frame: `{"id":1,"op":"watch","tags":"a/b"}`, code: "request_invalid"},
		{name: "no tags", frame: `{"id":1,"op":"watch"}`, code: "tags_missing"},
		{name: "path that climbs", frame: `{"id":1,"op":"watch","tags":["a/../b"]}`, code: "pattern_invalid"},
		{name: "control character", frame: `{"id":1,"op":"watch","tags":["a\u0000b"]}`, code: "pattern_invalid"},
		{name: "right to left", frame: `{"id":1,"op":"watch","tags":["a\u202eb"]}`, code: "pattern_invalid"},
		{name: "emoji", frame: `{"id":1,"op":"watch","tags":["a/😀"]}`, code: "pattern_invalid"},
		{name: "too many patterns", frame: `{"id":1,"op":"watch","tags":["a"` + strings.Repeat(`,"a"`, MaxPatterns) + `]}`, code: "too_many_patterns"},
		{name: "unknown view", frame: `{"id":1,"op":"close","view":99}`, code: "view_unknown"},
		{name: "event of no view", frame: `{"id":1,"op":"event","view":-1,"widget":"a","name":"b"}`, code: "view_unknown"},
		{name: "unknown screen", frame: `{"id":1,"op":"open","installation":"../..","screen":"\u0000"}`, code: "screen_unknown"},
		{name: "write without value", frame: `{"id":1,"op":"write","tag":"a"}`, code: "value_missing"},
		{name: "write to a bad path", frame: `{"id":1,"op":"write","tag":"a//b","value":1}`, code: "path_invalid"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := w.dial(t, "operator", nil)
			kind := row.kind
			if kind == 0 {
				kind = websocket.TextMessage
			}
			_ = c.ws.WriteMessage(kind, []byte(row.frame)) // the end may come before all is written
			if row.close != 0 {
				if code := c.closed(); code != row.close {
					t.Fatalf("close code %d, want %d", code, row.close)
				}
				return
			}
			if m := c.replyTo(1); m.Error == nil || m.Error.Code != row.code || m.Error.Message == "" {
				t.Fatalf("error %+v, want %s", m.Error, row.code)
			}
			c.last = 1
			if r := c.ask(`"op":"ping"`); !r.OK {
				t.Fatal("the connection does not go on")
			}
		})
	}
}

func TestViewsAreLimited(t *testing.T) {
	w := newWorld(t, Options{})
	c := w.dial(t, "viewer", nil)
	for range MaxWatches {
		if r := c.ask(`"op":"watch","tags":["a"]`); r.Error != nil {
			t.Fatalf("%+v", r.Error)
		}
	}
	if r := c.ask(`"op":"watch","tags":["a"]`); r.Error == nil || r.Error.Code != "too_many_views" {
		t.Fatalf("watch %d: %+v", MaxWatches+1, r)
	}
	for i := range MaxSlots + 1 {
		w.add(t, tag.Path(fmt.Sprintf("many/%d", i)), tag.Int)
	}
	if r := w.dial(t, "viewer", nil).ask(`"op":"watch","tags":["many/*"]`); r.Error == nil || r.Error.Code != "too_many_slots" {
		t.Fatalf("%d slots: %+v", MaxSlots+1, r.Error)
	}
}

// The most patterns over many tags cost whom they serve a moment, and the others nothing.
func TestManyPatternsOverManyTags(t *testing.T) {
	w := newWorld(t, Options{})
	for i := range 50000 {
		w.add(t, tag.Path(fmt.Sprintf("bulk/a%d/t%d", i%100, i)), tag.Int)
	}
	list := make([]string, MaxPatterns)
	for i := range list {
		list[i] = fmt.Sprintf(`"bulk/*/t%d"`, i)
	}
	c, other := w.dial(t, "viewer", nil), w.dial(t, "viewer", nil)
	if r := c.ask(`"op":"watch","tags":[` + strings.Join(list, ",") + `]`); r.Error != nil || len(r.Slots) != MaxPatterns {
		t.Errorf("%d slots, %+v", len(r.Slots), r.Error)
	}
	if r := c.ask(`"op":"watch","tags":["**"` + strings.Repeat(`,"**"`, MaxPatterns-1) + `]`); r.Error == nil || r.Error.Code != "too_many_slots" {
		t.Errorf("everything: %+v", r.Error)
	}
	if r := other.ask(`"op":"watch","tags":["bulk/a1/t1"]`); r.Error != nil {
		t.Errorf("another: %+v", r.Error)
	}
}

func TestFloodIsRefusedThenClosed(t *testing.T) {
	w := newWorld(t, Options{})
	c := w.dial(t, "viewer", nil)
	go func() {
		for i := 0; ; i++ {
			if c.ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"id":%d,"op":"ping"}`, i+1)) != nil {
				return
			}
		}
	}()
	c.until("refusal", func(m message) bool { return m.Error != nil && m.Error.Code == "too_many_requests" })
	if code := c.closed(); code != CloseLimit {
		t.Fatalf("close code %d", code)
	}
}

func TestOrigins(t *testing.T) {
	w := newWorld(t, Options{Origins: []string{"https://hmi.example"}})
	own := strings.Replace(w.url, "ws", "http", 1)
	for _, row := range []struct {
		origin string
		ok     bool
	}{
		{"", true}, {own, true}, {"https://hmi.example", true}, {"https://evil.example", false}, {"null", false},
		{"http://127.0.0.1:1", false}, {"https://hmi.example.evil.example", false}, {"::bad::", false},
	} {
		header := http.Header{}
		if row.origin != "" {
			header.Set("Origin", row.origin)
		}
		ws, res, err := websocket.DefaultDialer.Dial(w.url+"?user=viewer", header)
		if (err == nil) != row.ok || !row.ok && res.StatusCode != http.StatusForbidden {
			t.Errorf("origin %q: error %v", row.origin, err)
		}
		if ws != nil {
			ws.Close()
		}
	}
}

func TestHowConnectionsEnd(t *testing.T) {
	w := newWorld(t, Options{})
	if code := w.dial(t, "stranger", nil).closed(); code != CloseUnauthorized {
		t.Errorf("not logged in: %d", code)
	}
	other, c := w.dial(t, "operator", nil), w.dial(t, "viewer", nil)
	c.ask(`"op":"ping"`)
	w.hub.AccessChanged("viewer")
	if code := c.closed(); code != CloseAccess {
		t.Errorf("access changed: %d", code)
	}
	if r := other.ask(`"op":"ping"`); !r.OK {
		t.Error("another user was closed too")
	}
	w.logout(ErrLoginEnded)
	if code := other.closed(); code != CloseUnauthorized {
		t.Errorf("logged out: %d", code)
	}
}

func TestServerGoesDown(t *testing.T) {
	w := newWorld(t, Options{})
	c := w.dial(t, "viewer", nil)
	c.ask(`"op":"ping"`)
	w.stop()
	if code := c.closed(); code != CloseRestart {
		t.Errorf("close code %d", code)
	}
	if _, res, err := websocket.DefaultDialer.Dial(w.url+"?user=viewer", nil); err == nil || res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a hub that has ended took a connection: %v", err)
	}
}

func TestSessionsAreLimited(t *testing.T) {
	w := newWorld(t, Options{MaxSessions: 1})
	c := w.dial(t, "viewer", nil)
	c.ask(`"op":"ping"`)
	if _, res, err := websocket.DefaultDialer.Dial(w.url+"?user=viewer", nil); err == nil || res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("second session: %v", err)
	}
}

func TestRevisionIsAnnouncedToThoseWhoShowIt(t *testing.T) {
	w := newWorld(t, Options{})
	w.screens["a/"] = &engine.Screen{Installation: "a", Document: json.RawMessage(`{}`)}
	w.screens["b/"] = &engine.Screen{Installation: "b", Document: json.RawMessage(`{}`)}
	a, b := w.dial(t, "viewer", nil), w.dial(t, "viewer", nil)
	a.ask(`"op":"open","installation":"a"`)
	b.ask(`"op":"open","installation":"b"`)
	w.notices <- engine.Notice{Code: "revision", Installation: "a"}
	m := a.until("notice", func(m message) bool { return m.Op == "notice" })
	if m.Code != "revision" {
		t.Errorf("notice %+v", m)
	}
	w.notices <- engine.Notice{Code: "plant"}
	if m := b.until("notice", func(m message) bool { return m.Op == "notice" }); m.Code != "revision" {
		t.Errorf("first notice of b %+v", m)
	}
}

// A client that never reads costs itself only: others get every newest value meanwhile, what is
// kept for it stays small, and it is closed.
func TestClientThatNeverReads(t *testing.T) {
	w := newWorld(t, Options{Tick: time.Millisecond})
	const tags = 2000
	slots := make([]tag.Slot, tags)
	for i := range slots {
		slots[i] = w.add(t, tag.Path(fmt.Sprintf("line/text-%04d", i)), tag.String)
	}
	stalled := w.dial(t, "viewer", nil)
	stalled.ask(`"op":"watch","tags":["line/*"]`)
	good := w.dial(t, "viewer", nil)
	view := good.ask(`"op":"watch","tags":["line/*"]`).View

	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	long := strings.Repeat("x", 200)
	updates := make([]tag.Update, tags)
	start := time.Now()
	for round := 0; w.hub.Stats().SlowCloses == 0; round++ {
		if time.Since(start) > patience+writeTimeout {
			t.Fatal("the stalled client was not closed")
		}
		for i := range updates {
			updates[i] = tag.Update{Slot: slots[i], Sample: tag.Sample{Value: tag.OfString(fmt.Sprint(long, round)), Source: tag.Now()}}
		}
		w.table.Apply(updates)
		good.row(view, fmt.Sprintf(`[%d,"%s%d"]`, tags-1, long, round))
		if round%100 == 50 {
			runtime.GC()
			runtime.ReadMemStats(&after)
			if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 32<<20 {
				t.Fatalf("heap grew by %d MiB", grown>>20)
			}
		}
	}
	if lags := w.hub.Stats().Lags; lags == 0 {
		t.Error("nothing was left out for the stalled client")
	}
	eventually(t, "one session left", func() bool { return w.hub.Stats().Sessions == 1 })
}

// A client that was slow gets the newest value of everything it missed, and each in order.
func TestSlowClientCatchesUp(t *testing.T) {
	w := newWorld(t, Options{Tick: time.Millisecond})
	const tags = 2000
	slots := make([]tag.Slot, tags)
	for i := range slots {
		slots[i] = w.add(t, tag.Path(fmt.Sprintf("line/%04d", i)), tag.Int)
	}
	c := w.dial(t, "viewer", nil)
	view := c.ask(`"op":"watch","tags":["line/*"]`).View
	var round int64
	eventually(t, "the client lags", func() bool {
		round++
		updates := make([]tag.Update, tags)
		for i := range updates {
			updates[i] = tag.Update{Slot: slots[i], Sample: tag.Sample{Value: tag.OfInt(round), Source: tag.Now()}}
		}
		w.table.Apply(updates)
		return w.hub.Stats().Lags > 0
	})
	newest := make([]int64, tags)
	for left := tags; left > 0; {
		m := c.until("values", func(m message) bool { return m.View == view })
		for _, raw := range m.V {
			var row []int64
			if err := json.Unmarshal(raw, &row); err != nil {
				t.Fatal(err)
			}
			if row[1] < newest[row[0]] {
				t.Fatalf("slot %d went back from %d to %d", row[0], newest[row[0]], row[1])
			}
			if newest[row[0]] != round && row[1] == round {
				left--
			}
			newest[row[0]] = row[1]
		}
	}
}

func FuzzDecodeRequest(f *testing.F) {
	for _, seed := range []string{
		`{"id":1,"op":"watch","tags":["area/line/*/speed"]}`,
		`{"id":2,"op":"open","installation":"boiler","screen":"main","params":{"line":1},"draft":true}`,
		`{"id":3,"op":"event","view":1,"widget":"w","name":"set","data":5,"reason":"x"}`,
		`{"id":4,"op":"write","tag":"a/b","value":{"x":[1,2]}}`,
		`{"id":0}`, `{`, `null`, `{"id":1}x`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := decodeRequest(data)
		if err != nil {
			if e, ok := err.(*Error); ok && (r.ID <= 0 || e.Code == "") {
				t.Fatalf("an error that cannot be answered: %+v of %d", e, r.ID)
			}
			return
		}
		if r.ID <= 0 {
			t.Fatalf("id %d", r.ID)
		}
		again, err := json.Marshal(&r)
		if err != nil {
			t.Fatalf("encode: %v", err)
		}
		if _, err := decodeRequest(again); err != nil {
			t.Fatalf("decode of %s: %v", again, err)
		}
	})
}
