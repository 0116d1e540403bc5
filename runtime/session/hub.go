// Package session is the live side of the runtime: one WebSocket a browser, over which it
// gets the values of what it shows, already evaluated. wire.go is the protocol.
package session

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/tag"
)

// Engine is what sessions need of the engine.
type Engine interface {
	Table() *tag.Table
	OpenScreen(installation, screen string, params map[string]json.RawMessage, draft bool, roles ...string) (*engine.Screen, error)
	Event(ctx context.Context, s *engine.Screen, widget, name string, data json.RawMessage, reason string, actor auth.Actor, only ...[]int) (engine.EventResult, error)
	Would(s *engine.Screen, widget, name string, data json.RawMessage, actor auth.Actor) ([]int, error)
	Write(ctx context.Context, r engine.WriteRequest) engine.WriteResult
	Meta(path tag.Path, rights auth.Rights, lang string) (engine.Meta, bool)
	Writes(actor auth.Actor) engine.Writes
	Alarms() ([]*engine.Alarm, uint64)
	Notices() (<-chan engine.Notice, func())
	Inputs(installation string, draft bool) []app.Input
	AssetsFor(installation, input string, draft bool, area tag.Path) ([]engine.ListedAsset, error)
}

// ErrLoginEnded, as the cause of a context given to Serve, says that the login is over: the
// client is told not to come back. Any other end means that the server goes down.
var ErrLoginEnded = errors.New("login has ended")

// Options are the settings of a Hub; the zero value is good.
type Options struct {
	// Tick is the least time between two Values frames of a view; 0 is 50 ms.
	Tick time.Duration
	// MaxSessions is the number of connections at once; 0 is 10,000.
	MaxSessions int
	// Origins are further origins ("https://hmi.example") that pages may connect from; the
	// server's own always may.
	Origins []string
	// Log is where sessions report; nil is slog.Default.
	Log *slog.Logger
}

// Stats are counters since the start, except Sessions and Feeds, which are at present.
type Stats struct {
	Sessions, Feeds int64
	// Frames and Rows are what was encoded; Messages and Bytes what was written to sockets,
	// replies included.
	Frames, Rows, Messages, Bytes int64
	// Lags is how often a connection was so slow that values were left out for it; SlowCloses
	// how often one was closed for it; Refused how often one was turned away.
	Lags, SlowCloses, Refused int64
}

type counters struct {
	Frames, Rows, Messages, Bytes, Lags, SlowCloses, Refused atomic.Int64
}

// Hub serves all live connections of a runtime.
type Hub struct {
	engine   Engine
	table    *tag.Table
	options  Options
	log      *slog.Logger
	upgrader websocket.Upgrader
	count    counters
	pumps    []*pump
	alarms   alarmFrames
	history  HistoryFunc
	named    namedUnits

	mu      sync.Mutex
	feeds   map[string]*feed
	nextID  int
	conns   map[*conn]struct{}
	closing bool
	running sync.WaitGroup
}

// NewHub makes a hub. Values flow while Run runs.
func NewHub(e Engine, o Options) *Hub {
	if o.Tick <= 0 {
		o.Tick = 50 * time.Millisecond
	}
	if o.MaxSessions <= 0 {
		o.MaxSessions = 10000
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	h := &Hub{engine: e, table: e.Table(), options: o, log: o.Log, feeds: map[string]*feed{}, conns: map[*conn]struct{}{}}
	for range max(1, runtime.GOMAXPROCS(0)/2) {
		h.pumps = append(h.pumps, newPump(o.Tick))
	}
	h.upgrader = websocket.Upgrader{
		HandshakeTimeout: 5 * time.Second,
		ReadBufferSize:   1 << 10,
		WriteBufferSize:  1 << 10,
		WriteBufferPool:  &sync.Pool{},
		CheckOrigin:      h.originAllowed,
	}
	return h
}

// originAllowed lets programs (no Origin), our own pages and the configured origins in.
func (h *Hub) originAllowed(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(h.options.Origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && strings.EqualFold(u.Host, r.Host)
}

// Serve upgrades the request and serves the connection until it, the request's context or the
// hub ends. lang is the language of messages to the user.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, actor auth.Actor, lang string) {
	ws := h.upgrade(w, r)
	if ws == nil {
		return
	}
	c := newConn(h, ws, r.Context(), actor, lang)
	if !h.enter(c) {
		c.close(CloseRestart, "")
	} else {
		defer h.exit(c)
		c.tellWrites()
		c.tellAlarms(h.alarms.all(h.engine))
	}
	stop := context.AfterFunc(r.Context(), func() {
		cause := context.Cause(r.Context())
		if errors.Is(cause, ErrLoginEnded) || errors.Is(cause, context.DeadlineExceeded) {
			c.close(CloseUnauthorized, "login has ended")
		} else {
			c.close(CloseRestart, "")
		}
	})
	defer stop()
	c.serve()
}

// Refuse answers the upgrade of somebody who is not logged in: a browser learns a reason from
// a close code only, never from an HTTP status.
func (h *Hub) Refuse(w http.ResponseWriter, r *http.Request) {
	ws := h.upgrade(w, r)
	if ws == nil {
		return
	}
	h.count.Refused.Add(1)
	c := newConn(h, ws, r.Context(), auth.Actor{}, "")
	c.close(CloseUnauthorized, "not logged in")
	c.serve()
}

// upgrade returns nil when it has answered with an HTTP error itself.
func (h *Hub) upgrade(w http.ResponseWriter, r *http.Request) *websocket.Conn {
	h.mu.Lock()
	full := h.closing || len(h.conns) >= h.options.MaxSessions
	h.mu.Unlock()
	if full {
		h.count.Refused.Add(1)
		w.Header().Set("Retry-After", "5")
		http.Error(w, "too many live connections", http.StatusServiceUnavailable)
		return nil
	}
	ws, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		h.count.Refused.Add(1)
		h.log.Info("live connection refused", "remote", r.RemoteAddr, "origin", r.Header.Get("Origin"), "error", err)
		return nil
	}
	if tcp, ok := ws.NetConn().(interface{ SetWriteBuffer(int) error }); ok {
		_ = tcp.SetWriteBuffer(sendBuffer) // a wish; the default works too
	}
	return ws
}

func (h *Hub) enter(c *conn) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closing {
		return false
	}
	h.conns[c] = struct{}{}
	h.running.Add(1)
	return true
}

func (h *Hub) exit(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
	h.running.Done()
}

// acquire finds or makes the feed of key for a connection. A second view of the same feed in
// one connection gets a feed that is shared with the second views of others, so that view
// numbers stay unique within a connection.
func (h *Hub) acquire(c *conn, key string, build func(*feed) error) (*feed, error) {
	if f := h.hold(c, key, nil); f != nil {
		return f, nil
	}
	// Others do not wait while it is built.
	generation := h.table.Generation()
	made := &feed{hub: h}
	if err := build(made); err != nil {
		return nil, err
	}
	f := h.hold(c, key, made)
	if f == made && h.table.Generation() != generation {
		f.stale.Store(true) // tags came or went before the hub knew of it
		f.signal()
	}
	return f, nil
}

// hold takes the feed of key, or makes made that feed; nil when there is neither.
func (h *Hub) hold(c *conn, key string, made *feed) *feed {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.feeds[key]
	for n := 2; f != nil && c.views[f.id] != nil; n++ {
		key = strings.TrimSuffix(key, "\x01"+strconv.Itoa(n-1)) + "\x01" + strconv.Itoa(n)
		f = h.feeds[key]
	}
	if f == nil && made != nil {
		f = made
		h.nextID++
		f.key, f.id, f.pump = key, h.nextID, h.pumps[h.nextID%len(h.pumps)]
		f.watch()
		h.feeds[key] = f
	}
	if f != nil {
		f.users++
	}
	return f
}

// own makes the feed of what one view alone sees, beside the one that it shares; stop ends it.
func (h *Hub) own(shared *feed, slots []feedSlot) *feed {
	f := &feed{hub: h, slots: slots, number: shared.id, base: len(shared.slots), pump: shared.pump}
	f.watch()
	return f
}

// release gives a feed of acquire back; the last ends it.
func (h *Hub) release(f *feed) {
	h.mu.Lock()
	f.users--
	last := f.users == 0
	if last {
		delete(h.feeds, f.key)
	}
	h.mu.Unlock()
	if last {
		f.stop()
	}
}

// Run follows revisions and tags until ctx ends, then closes all connections and returns when
// they have ended.
func (h *Hub) Run(ctx context.Context) {
	notices, cancel := h.engine.Notices()
	defer cancel()
	changed := make(chan struct{}, 1)
	defer h.table.OnChange(func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	pumping, stop := context.WithCancel(context.Background())
	var pumps sync.WaitGroup
	for _, p := range h.pumps {
		pumps.Go(func() { p.run(pumping) })
	}
	pumps.Go(func() {
		second := time.NewTicker(time.Second)
		defer second.Stop()
		for {
			select {
			case <-pumping.Done():
				return
			case now := <-second.C:
				for _, c := range h.all() {
					c.check(now)
				}
			}
		}
	})
	defer pumps.Wait()
	defer stop()
	// A change of the plant adds and removes many tags one by one.
	settle, reopen, alarms := time.NewTimer(time.Hour), time.NewTimer(time.Hour), time.NewTimer(time.Hour)
	telling := false // alarms are told soon
	defer alarms.Stop()
	defer settle.Stop()
	defer reopen.Stop()
	changes := map[string]bool{}
	for {
		select {
		case <-ctx.Done():
			h.shut()
			return
		case n, ok := <-notices:
			if !ok {
				notices = nil
				continue
			}
			if n.Code == engine.NoticeAlarms {
				if !telling {
					telling = true
					alarms.Reset(alarmPause)
				}
				continue
			}
			if n.Code == engine.NoticeWrites {
				for _, c := range h.all() {
					c.tellWrites()
				}
				continue
			}
			// A plant changes in many small steps while somebody edits it.
			changes[n.Installation] = true
			reopen.Reset(2 * h.options.Tick)
		case <-alarms.C:
			telling = false
			list := h.alarms.all(h.engine)
			for _, c := range h.all() {
				c.tellAlarms(list)
			}
		case <-reopen.C:
			h.reopen(changes)
			h.tellAssets()
			clear(changes)
		case <-changed:
			settle.Reset(h.options.Tick)
		case <-settle.C:
			h.tellAssets()
			h.mu.Lock()
			for _, f := range h.feeds {
				if f.patterns != nil {
					f.stale.Store(true)
					f.signal()
				}
			}
			h.mu.Unlock()
		}
	}
}

// tellAssets tells the lists of assets that have changed.
func (h *Hub) tellAssets() {
	for _, c := range h.all() {
		c.tellAssets()
	}
}

// reopen tells those who show screens of the installations ("" for all) to open them again:
// what is drawn, what may be read and what may be written can all have changed. Who still has
// the old view after reopenTimeout is closed.
func (h *Hub) reopen(installations map[string]bool) {
	now := time.Now()
	for _, c := range h.all() {
		shown := map[string]bool{}
		c.mu.Lock()
		for _, v := range c.views {
			if v.screen != nil && (installations[""] || installations[v.screen.Installation]) {
				shown[v.screen.Installation] = true
				if v.outdated.IsZero() {
					v.outdated = now
				}
			}
		}
		c.mu.Unlock()
		for id := range shown {
			c.send(encodeJSON(Notice{Op: "notice", Code: "revision", Installation: id}))
		}
	}
}

// AccessChanged ends the connections of a user or token whose rights or login have changed;
// they come back with the new ones.
func (h *Hub) AccessChanged(name string) {
	for _, c := range h.all() {
		if c.actor.Name == name {
			c.close(CloseAccess, "")
		}
	}
}

func (h *Hub) all() []*conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]*conn, 0, len(h.conns))
	for c := range h.conns {
		out = append(out, c)
	}
	return out
}

func (h *Hub) shut() {
	h.mu.Lock()
	h.closing = true
	h.mu.Unlock()
	for _, c := range h.all() {
		c.close(CloseRestart, "")
	}
	h.running.Wait()
}

// Stats reads the counters.
func (h *Hub) Stats() Stats {
	h.mu.Lock()
	s := Stats{Sessions: int64(len(h.conns)), Feeds: int64(len(h.feeds))}
	h.mu.Unlock()
	n := &h.count
	s.Frames, s.Rows, s.Messages, s.Bytes = n.Frames.Load(), n.Rows.Load(), n.Messages.Load(), n.Bytes.Load()
	s.Lags, s.SlowCloses, s.Refused = n.Lags.Load(), n.SlowCloses.Load(), n.Refused.Load()
	return s
}
