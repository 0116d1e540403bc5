package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// plantFloor stands in for the engine at its narrow interface: a real table, screens made by
// the test. What the engine itself does with screens and writes is tested with the real one.
type plantFloor struct {
	table   *tag.Table
	screens map[string]*engine.Screen
	write   func(engine.WriteRequest) engine.WriteResult
	notices chan engine.Notice
}

func (p *plantFloor) Would(*engine.Screen, string, string, json.RawMessage, auth.Actor) ([]int, error) {
	return []int{0}, nil
}

func (p *plantFloor) Inputs(string, bool) []app.Input { return nil }

func (p *plantFloor) AssetsFor(string, string, bool, tag.Path) ([]engine.ListedAsset, error) {
	return nil, nil
}

func (p *plantFloor) Table() *tag.Table { return p.table }

func (p *plantFloor) OpenScreen(installation, screen string, _ map[string]json.RawMessage, draft bool, _ ...string) (*engine.Screen, error) {
	s, ok := p.screens[installation+"/"+screen]
	if !ok {
		return nil, &spec.Problem{Code: "screen_unknown", Message: "There is no such screen.", At: "/screen"}
	}
	return s, nil
}

func (p *plantFloor) Event(_ context.Context, s *engine.Screen, widget, name string, data json.RawMessage, reason string, actor auth.Actor, _ ...[]int) (engine.EventResult, error) {
	switch name {
	case "go":
		return engine.EventResult{Effects: []action.Effect{{Do: "close"}}}, nil
	case "set":
		r := p.write(engine.WriteRequest{Path: "line/setpoint", Value: data, Reason: reason, Actor: actor})
		return engine.EventResult{Write: &r}, nil
	}
	return engine.EventResult{}, errors.New("disk on fire")
}

func (p *plantFloor) Write(_ context.Context, r engine.WriteRequest) engine.WriteResult {
	return p.write(r)
}

func (p *plantFloor) Meta(path tag.Path, rights auth.Rights, lang string) (engine.Meta, bool) {
	s, ok := p.table.Lookup(path)
	if !ok {
		return engine.Meta{}, false
	}
	d := p.table.Definition(s)
	return engine.Meta{Path: path, Type: d.Type, Title: "title in " + lang, Unit: d.Unit, Writable: rights.Allows(auth.Operate, path), Confirm: "ask"}, true
}

func (p *plantFloor) Alarms() ([]*engine.Alarm, uint64)       { return nil, 0 }
func (p *plantFloor) Writes(auth.Actor) engine.Writes         { return engine.Writes{} }
func (p *plantFloor) Notices() (<-chan engine.Notice, func()) { return p.notices, func() {} }

func (p *plantFloor) add(t testing.TB, path tag.Path, typ tag.Type) tag.Slot {
	t.Helper()
	s, err := p.table.Add(path, tag.Definition{Type: typ, Unit: "m/s"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (p *plantFloor) set(s tag.Slot, v tag.Value) {
	p.table.Apply([]tag.Update{{Slot: s, Sample: tag.Sample{Value: v, Source: tag.Now()}}})
}

// world is a hub behind a real HTTP server. The user of a connection is in the query.
type world struct {
	*plantFloor
	hub    *Hub
	url    string
	logout context.CancelCauseFunc
	stop   func()
}

var users = map[string][]auth.Grant{
	"admin":    {{Role: "admin"}},
	"operator": {{Role: "operator"}},
	"viewer":   {{Role: "viewer"}},
	"north":    {{Role: "viewer", Area: "north"}},
	"nobody":   nil,
}

func newWorld(t testing.TB, o Options) *world {
	t.Helper()
	w := &world{plantFloor: &plantFloor{table: tag.NewTable(), screens: map[string]*engine.Screen{}, notices: make(chan engine.Notice, 4)}}
	w.write = func(r engine.WriteRequest) engine.WriteResult {
		if !r.Actor.Rights.Allows(auth.Operate, r.Path) {
			return engine.WriteResult{Outcome: "failed", Problem: &spec.Problem{Code: "forbidden", Message: "no"}}
		}
		v, err := tag.Parse(r.Value, tag.None)
		if err != nil {
			return engine.WriteResult{Outcome: "failed", Problem: &spec.Problem{Code: "value_invalid", Message: err.Error()}}
		}
		return engine.WriteResult{Outcome: "good", Old: tag.OfInt(1), New: v}
	}
	w.serve(t, w.plantFloor, o)
	return w
}

// newWorldOf is a world around another engine.
func newWorldOf(t testing.TB, e Engine, o Options) *world {
	t.Helper()
	w := &world{}
	w.serve(t, e, o)
	return w
}

func (w *world) serve(t testing.TB, e Engine, o Options) {
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	w.hub = NewHub(e, o)
	login, logout := context.WithCancelCause(context.Background())
	w.logout = logout
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		name := r.URL.Query().Get("user")
		grants, ok := users[name]
		if !ok {
			w.hub.Refuse(rw, r)
			return
		}
		w.hub.Serve(rw, r.WithContext(login), auth.Actor{Name: name, Origin: "test", Rights: auth.RightsOf(grants, auth.AllActions)}, "en")
	}))
	w.url = "ws" + strings.TrimPrefix(server.URL, "http")
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { w.hub.Run(ctx); close(done) }()
	w.stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(func() { w.stop(); server.Close(); logout(nil) })
}

// client is a real WebSocket client.
type client struct {
	t    testing.TB
	ws   *websocket.Conn
	last int
	held []message
}

// message is any frame from the server.
type message struct {
	Reply
	Op   string `json:"op"`
	Code string `json:"code"`
	V    []json.RawMessage
}

func (w *world) dial(t testing.TB, user string, header http.Header) *client {
	t.Helper()
	ws, _, err := websocket.DefaultDialer.Dial(w.url+"?user="+user, header)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.Close() })
	return &client{t: t, ws: ws}
}

const patience = 20 * time.Second

func (c *client) next() (message, error) {
	if len(c.held) > 0 {
		m := c.held[0]
		c.held = c.held[1:]
		return m, nil
	}
	_ = c.ws.SetReadDeadline(time.Now().Add(patience))
	_, data, err := c.ws.ReadMessage()
	if err != nil {
		return message{}, err
	}
	var m message
	if err := json.Unmarshal(data, &m); err != nil {
		c.t.Fatalf("frame %.200s: %v", data, err)
	}
	m.V = m.Values
	return m, nil
}

func (c *client) send(text string) {
	c.t.Helper()
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

// ask sends a request and returns its reply; what comes in between is kept.
func (c *client) ask(fields string) message {
	c.t.Helper()
	c.last++
	c.send(fmt.Sprintf(`{"id":%d,%s}`, c.last, fields))
	return c.replyTo(c.last)
}

func (c *client) replyTo(id int) message {
	c.t.Helper()
	var held []message
	for {
		m, err := c.next()
		if err != nil {
			c.t.Fatalf("waiting for reply %d: %v", id, err)
		}
		if m.Op == "" && m.ID == id {
			c.held = append(held, c.held...)
			return m
		}
		held = append(held, m)
	}
}

// until reads frames until one is right.
func (c *client) until(what string, right func(message) bool) message {
	c.t.Helper()
	for {
		m, err := c.next()
		if err != nil {
			c.t.Fatalf("waiting for %s: %v", what, err)
		}
		if right(m) {
			return m
		}
	}
}

// row waits until a view says row, as JSON, in a values frame.
func (c *client) row(view int, row string) message {
	c.t.Helper()
	return c.until("row "+row, func(m message) bool { return m.Op == "values" && m.View == view && has(m, row) })
}

func has(m message, row string) bool {
	for _, r := range m.V {
		if string(r) == row || strings.HasSuffix(row, "…") && strings.HasPrefix(string(r), strings.TrimSuffix(row, "…")) {
			return true
		}
	}
	return false
}

// closed waits for the end and returns the close code.
func (c *client) closed() int {
	c.t.Helper()
	for {
		if _, err := c.next(); err != nil {
			var ce *websocket.CloseError
			if !errors.As(err, &ce) {
				c.t.Fatalf("ended without a close frame: %v", err)
			}
			return ce.Code
		}
	}
}

func eventually(t testing.TB, what string, right func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !right() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestWatchSendsValuesWithQualityAndTime(t *testing.T) {
	w := newWorld(t, Options{})
	speed, name, raw := w.add(t, "line/a speed", tag.Float), w.add(t, "line/name", tag.String), w.add(t, "line/raw", tag.JSON)
	w.set(speed, tag.OfFloat(1.5))
	c := w.dial(t, "viewer", nil)
	r := c.ask(`"op":"watch","tags":["line/*"]`)
	if r.Error != nil || fmt.Sprint(r.Slots) != "[{0 line/a speed} {1 line/name} {2 line/raw}]" {
		t.Fatalf("reply %+v, error %+v", r.Slots, r.Error)
	}
	if !has(r, "[0,1.5]") || !has(r, "[1,null,2150760448…") {
		t.Fatalf("first values %s", r.Values)
	}
	w.set(name, tag.OfString("a \"b\" <é>"))
	c.row(r.View, `[1,"a \"b\" \u003cé\u003e"]`)
	old := tag.TimeOf(time.UnixMilli(1700000000123))
	const asApplied = tag.Time(1) // stands for the time at which the row is applied
	for _, row := range []struct {
		slot   tag.Slot
		sample tag.Sample
		want   string
	}{
		{speed, tag.Sample{Value: tag.OfFloat(2), Source: old}, "[0,2,0,1700000000123]"},
		{speed, tag.Sample{Value: tag.OfFloat(3), Quality: tag.Uncertain, Source: asApplied}, "[0,3,1073741824…"},
		{speed, tag.Sample{Value: tag.OfFloat(3), Quality: tag.BadNoCommunication, Source: old}, "[0,null,2150694912,1700000000123]"},
		{raw, tag.Sample{Value: tag.OfJSON(`{"a":[1,`), Source: asApplied}, "[2,null,2147942400…"},
		{raw, tag.Sample{Value: tag.OfJSON(`{"a":[1]}`)}, `[2,{"a":[1]}]`},
	} {
		if row.sample.Source == asApplied {
			row.sample.Source = tag.Now()
		}
		w.table.Apply([]tag.Update{{Slot: row.slot, Sample: row.sample}})
		c.row(r.View, row.want)
	}
}

func TestNewestValueWinsWithinATick(t *testing.T) {
	w := newWorld(t, Options{Tick: 200 * time.Millisecond})
	s := w.add(t, "n", tag.Int)
	c := w.dial(t, "viewer", nil)
	v := c.ask(`"op":"watch","tags":["n"]`)
	for i := range 1000 {
		w.set(s, tag.OfInt(int64(i)))
	}
	c.row(v.View, "[0,999]")
	if n := w.hub.Stats().Frames; n > 20 {
		t.Errorf("%d frames for 1000 changes that took no time", n)
	}
}

func TestOneEncodingServesAllWhoSeeTheSame(t *testing.T) {
	w := newWorld(t, Options{})
	s := w.add(t, "n", tag.Int)
	var clients []*client
	for range 20 {
		c := w.dial(t, "viewer", nil)
		c.ask(`"op":"watch","tags":["n","*"]`)
		clients = append(clients, c)
	}
	before := w.hub.Stats()
	w.set(s, tag.OfInt(7))
	for _, c := range clients {
		c.until("7", func(m message) bool { return has(m, "[0,7]") })
	}
	after := w.hub.Stats()
	if after.Feeds != 1 || after.Rows-before.Rows != 1 || after.Messages-before.Messages != 20 {
		t.Errorf("feeds %d, rows encoded %d, messages %d; want 1, 1, 20", after.Feeds, after.Rows-before.Rows, after.Messages-before.Messages)
	}
}

func TestTwoEqualViewsOfOneConnectionHaveTwoNumbers(t *testing.T) {
	w := newWorld(t, Options{})
	s := w.add(t, "n", tag.Int)
	c := w.dial(t, "viewer", nil)
	var views []int
	for range 3 {
		views = append(views, c.ask(`"op":"watch","tags":["n"]`).View)
	}
	if views[0] == views[1] || views[1] == views[2] || views[0] == views[2] {
		t.Fatalf("numbers %v", views)
	}
	if r := c.ask(fmt.Sprintf(`"op":"close","view":%d`, views[1])); !r.OK {
		t.Fatalf("close: %+v", r.Error)
	}
	w.set(s, tag.OfInt(5))
	got := map[int]bool{}
	c.until("both", func(m message) bool { got[m.View] = true; return got[views[0]] && got[views[2]] })
	if got[views[1]] {
		t.Error("a closed view got values")
	}
	c.ws.Close()
	eventually(t, "all feeds ended", func() bool { return w.hub.Stats().Feeds == 0 && w.hub.Stats().Sessions == 0 })
}

func TestWatchFollowsTagsThatComeAndGo(t *testing.T) {
	w := newWorld(t, Options{})
	c := w.dial(t, "viewer", nil)
	r := c.ask(`"op":"watch","tags":["a/*","b/later"]`)
	if fmt.Sprint(r.Slots) != "[{0 b/later}]" || !has(r, "[0,null,2150891520]") {
		t.Fatalf("reply %v %s", r.Slots, r.Values)
	}
	later := w.add(t, "b/later", tag.Int)
	w.set(later, tag.OfInt(1))
	c.row(r.View, "[0,1]")
	fresh := w.add(t, "a/new", tag.Int)
	m := c.until("slots", func(m message) bool { return m.Op == "slots" })
	if fmt.Sprint(m.Slots) != "[{1 a/new}]" {
		t.Fatalf("slots %v", m.Slots)
	}
	w.set(fresh, tag.OfInt(2))
	c.row(r.View, "[1,2]")
	w.table.Remove(later)
	c.row(r.View, "[0,null,2150891520…")
	w.set(w.add(t, "b/later", tag.Int), tag.OfInt(3))
	c.row(r.View, "[0,3]")
}

func TestRightsCutWhatIsSeen(t *testing.T) {
	w := newWorld(t, Options{})
	north, south := w.add(t, "north/a", tag.Int), w.add(t, "south/a", tag.Int)
	sum, err := w.table.AddComputed("", tag.Definition{Type: tag.Int}, []tag.Slot{north, south}, func(deps []tag.Sample) tag.Sample {
		return tag.Sample{Value: tag.OfInt(deps[0].Value.Int() + deps[1].Value.Int())}
	})
	if err != nil {
		t.Fatal(err)
	}
	w.screens["boiler/"] = &engine.Screen{
		Key: "boiler", Revision: 3, Installation: "boiler", Document: json.RawMessage(`{"id":"main","widgets":[]}`),
		App: &app.App{Name: spec.Text{"en": "Boiler"}, Screens: []app.Screen{{ID: "main", Name: spec.Text{"en": "Main"}}}},
		Bindings: []engine.ScreenBinding{
			{Slot: north, Widget: "w1", Prop: "value", Reads: []tag.Path{"north/a"}, Tag: "north/a"},
			{Slot: south, Widget: "w2", Prop: "value", Reads: []tag.Path{"south/a"}, Tag: "south/a"},
			{Slot: sum, Widget: "w3", Prop: "value", Reads: []tag.Path{"north/a", "south/a"}},
			{Slot: north, Widget: "w4", Prop: "value", Reads: []tag.Path{"north/a"}, Tag: "north/a"},
			{Widget: "w5", Prop: "value", Problem: &spec.Problem{Code: "tag_unknown"}},
		},
	}
	w.set(north, tag.OfInt(1))
	w.set(south, tag.OfInt(2))

	all := w.dial(t, "operator", nil).ask(`"op":"open","installation":"boiler"`)
	if all.Error != nil || all.Revision != 3 || all.App.Screens[0].ID != "main" || string(all.Screen) != `{"id":"main","widgets":[]}` {
		t.Fatalf("open: %+v %+v", all.Reply, all.Error)
	}
	for _, row := range []string{"[0,1]", "[1,2]", "[2,3]", "[3,null,2156462080]"} {
		if !has(all, row) {
			t.Errorf("no %s in %s", row, all.Values)
		}
	}
	if b := all.Bindings; b[0].Slot != b[3].Slot || b[0].Meta == nil || !b[0].Meta.Writable || b[0].Meta.Unit != "m/s" || b[2].Meta != nil {
		t.Errorf("bindings %+v", b)
	}

	c := w.dial(t, "north", nil)
	part := c.ask(`"op":"open","installation":"boiler"`)
	for _, row := range []string{"[0,1]", "[1,null,2149515264]"} {
		if !has(part, row) {
			t.Errorf("no %s in %s", row, part.Values)
		}
	}
	if b := part.Bindings; b[1].Slot != b[2].Slot || b[1].Meta != nil || b[0].Meta.Writable {
		t.Errorf("bindings of a part: %+v", b)
	}
	if r := c.ask(`"op":"watch","tags":["**","south/a","south/none","north/none"]`); fmt.Sprint(r.Slots) != "[{0 north/a} {1 north/none}]" {
		t.Errorf("watch shows %v", r.Slots)
	}
	w.set(south, tag.OfInt(40))
	w.set(north, tag.OfInt(50))
	c.until("50", func(m message) bool {
		for _, row := range m.V {
			if strings.Contains(string(row), "40") || strings.Contains(string(row), "90") {
				t.Fatalf("leaked %s", row)
			}
		}
		return has(m, "[0,50]")
	})

	for _, user := range []string{"nobody", "viewer"} {
		if r := w.dial(t, user, nil).ask(`"op":"open","installation":"boiler","draft":true`); r.Error == nil || r.Error.Code != "forbidden" {
			t.Errorf("%s opened a draft: %+v", user, r.Error)
		}
	}
}

func TestWritesAndEventsAreAnsweredByID(t *testing.T) {
	w := newWorld(t, Options{})
	s := w.add(t, "line/setpoint", tag.Int)
	w.screens["a/"] = &engine.Screen{Installation: "a", Document: json.RawMessage(`{}`), Bindings: []engine.ScreenBinding{{Slot: s, Widget: "w", Prop: "value"}}}
	hold := make(chan struct{})
	write := w.write
	w.write = func(r engine.WriteRequest) engine.WriteResult {
		if r.Reason == "slow" {
			<-hold
		}
		return write(r)
	}
	c := w.dial(t, "operator", nil)
	c.last = 1
	c.send(`{"id":1,"op":"write","tag":"line/setpoint","value":4,"reason":"slow"}`)
	if r := c.ask(`"op":"write","tag":"line/setpoint","value":5`); r.Result == nil || r.Result.Outcome != "good" || string(r.Result.Old)+string(r.Result.New) != "15" {
		t.Fatalf("second write: %+v %+v", r.Result, r.Error)
	}
	close(hold)
	if r := c.replyTo(1); r.Result == nil || string(r.Result.New) != "4" {
		t.Fatalf("first write: %+v", r)
	}
	view := c.ask(`"op":"open","installation":"a"`).View
	if r := c.ask(fmt.Sprintf(`"op":"event","view":%d,"widget":"w","name":"go"`, view)); len(r.Effects) != 1 {
		t.Errorf("event: %+v", r)
	}
	if r := c.ask(fmt.Sprintf(`"op":"event","view":%d,"widget":"w","name":"set","data":9`, view)); r.Result == nil || string(r.Result.New) != "9" {
		t.Errorf("event with write: %+v", r)
	}
	if r := c.ask(fmt.Sprintf(`"op":"event","view":%d,"widget":"w","name":"explode"`, view)); r.Error == nil || r.Error.Code != "internal" || strings.Contains(r.Error.Message, "fire") {
		t.Errorf("an inner error must not reach the client: %+v", r.Error)
	}
	if r := w.dial(t, "viewer", nil).ask(`"op":"write","tag":"line/setpoint","value":5`); r.Result == nil || r.Result.Outcome != "failed" || r.Result.Code != "forbidden" {
		t.Errorf("viewer wrote: %+v", r.Result)
	}
}

func TestTooManyWritesAreRefused(t *testing.T) {
	w := newWorld(t, Options{})
	hold := make(chan struct{})
	var under, most atomic.Int32
	w.write = func(engine.WriteRequest) engine.WriteResult {
		most.Store(max(most.Load(), under.Add(1)))
		<-hold
		under.Add(-1)
		return engine.WriteResult{Outcome: "good"}
	}
	c := w.dial(t, "operator", nil)
	for i := range MaxWrites + 5 {
		c.send(fmt.Sprintf(`{"id":%d,"op":"write","tag":"x","value":1}`, i+1))
	}
	for range 5 {
		if m := c.until("refusal", func(m message) bool { return m.Error != nil }); m.Error.Code != "too_many_writes" {
			t.Fatalf("error %+v", m.Error)
		}
	}
	close(hold)
	for range MaxWrites {
		c.until("result", func(m message) bool { return m.Result != nil })
	}
	if n := most.Load(); n > MaxWrites {
		t.Errorf("%d at once", n)
	}
}
