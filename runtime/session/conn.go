package session

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"github.com/lineside/lineside/runtime/auth"
)

const (
	// writeTimeout is how long one frame may take to leave; after it the reader is too slow.
	writeTimeout = 5 * time.Second
	// pingEvery and peerTimeout find a peer that is gone without a word.
	pingEvery   = 20 * time.Second
	peerTimeout = 50 * time.Second
	// lingerTimeout is how long a closed connection is read on, so that the close frame arrives
	// instead of a reset.
	lingerTimeout = time.Second
	// reopenTimeout is how long an outdated view may stay open.
	reopenTimeout = 30 * time.Second
	// sendBuffer bounds what the kernel holds for one connection: older values than that are
	// better replaced than delivered late.
	sendBuffer = 256 << 10
	// maxBacklog is how many bytes of replies may wait before no more requests are read.
	maxBacklog = 1 << 20
	// maxRefused requests in a row beyond MaxRate end the connection.
	maxRefused = 500
	// opTimeout ends a write or event that nothing else has ended.
	opTimeout = 15 * time.Minute
)

// conn is one connected browser. The goroutine of Serve reads, a second one writes; nothing
// else touches the socket.
type conn struct {
	hub   *Hub
	ws    *websocket.Conn
	ctx   context.Context
	actor auth.Actor
	// lang is the language of messages and titles, a string.
	lang atomic.Value

	limiter *rate.Limiter
	refused int
	ops     chan struct{}
	running sync.WaitGroup
	// asking is how many questions about the history are under way.
	asking atomic.Int32

	// writing is since when (ns) a frame is on its way out, 0 when none is.
	writing atomic.Int64
	stalled atomic.Bool

	wake    chan struct{}
	room    chan struct{}
	written chan struct{}

	mu      sync.Mutex
	views   map[int]*view
	lists   map[int]*assetList
	replies [][]byte
	backlog int
	ready   []*view
	told    []byte // the last Writes frame
	alarmed []byte // the last Alarms frame
	pinged  time.Time
	ping    bool
	closing bool
	code    int
	reason  string
}

func newConn(h *Hub, ws *websocket.Conn, ctx context.Context, actor auth.Actor, lang string) *conn {
	c := &conn{
		hub: h, ws: ws, ctx: ctx, actor: actor,
		pinged:  time.Now(),
		limiter: rate.NewLimiter(MaxRate, MaxBurst),
		ops:     make(chan struct{}, MaxWrites),
		wake:    make(chan struct{}, 1),
		room:    make(chan struct{}, 1),
		written: make(chan struct{}),
		views:   map[int]*view{},
		lists:   map[int]*assetList{},
	}
	c.lang.Store(lang)
	return c

}

// serve runs the connection to its end.
func (c *conn) serve() {
	go c.write()
	code, reason := c.read()
	c.close(code, reason)
	<-c.written
	for code := 0; code == 0; { // linger, the writer has set the deadline
		if _, _, err := c.ws.NextReader(); err != nil {
			code = 1
		}
	}
	c.ws.Close()
	c.running.Wait()
	for _, v := range c.views {
		c.drop(v)
	}
}

// close ends the connection with a close frame of code, or without one if code is 0. The
// first call counts.
func (c *conn) close(code int, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return
	}
	c.closing, c.code, c.reason = true, code, reason
	c.signal()
}

func (c *conn) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// send enqueues a reply or notice. These are never dropped; read stops taking requests while
// too many wait.
func (c *conn) send(data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return
	}
	c.replies = append(c.replies, data)
	c.backlog += len(data)
	c.signal()
}

func (c *conn) reply(r *Reply) { c.send(encodeReply(r, nil)) }

func (c *conn) fail(id int, err *Error) { c.reply(&Reply{ID: id, Error: err}) }

// check is called every second by the hub. It closes the socket under a write that takes too
// long, ends a connection that does not open its screens again, and asks for a ping when one is due. A deadline on every write would cost more than the
// write of a small frame.
func (c *conn) check(now time.Time) {
	if since := c.writing.Load(); since != 0 && now.UnixNano()-since > int64(writeTimeout) {
		if !c.stalled.Swap(true) {
			c.ws.Close()
		}
		return
	}
	c.mu.Lock()
	outdated := false
	for _, v := range c.views {
		outdated = outdated || !v.outdated.IsZero() && now.Sub(v.outdated) > reopenTimeout
	}
	if now.Sub(c.pinged) > pingEvery {
		c.pinged, c.ping = now, true
		c.signal()
	}
	c.mu.Unlock()
	if outdated {
		c.close(CloseRevision, "")
	}
}

// write is the only writer of data frames.
func (c *conn) write() {
	defer close(c.written)
	for range c.wake {
		for more := true; more; {
			var err error
			if more, err = c.writeNext(); err != nil {
				c.broken(err)
				return
			}
		}
		c.mu.Lock()
		closing := c.closing
		c.mu.Unlock()
		if closing {
			c.farewell()
			return
		}
	}
}

// writeNext writes the replies that wait, or what one view has; false when there is nothing.
func (c *conn) writeNext() (bool, error) {
	c.mu.Lock()
	if len(c.replies) > 0 {
		replies := c.replies
		c.replies, c.backlog = nil, 0
		c.mu.Unlock()
		select {
		case c.room <- struct{}{}:
		default:
		}
		for _, data := range replies {
			if err := c.writeFrame(data); err != nil {
				return false, err
			}
		}
		return true, nil
	}
	if c.ping && !c.closing {
		c.ping = false
		c.mu.Unlock()
		return true, c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTimeout))
	}
	if len(c.ready) == 0 || c.closing {
		c.mu.Unlock()
		return false, nil
	}
	v := c.ready[0]
	c.ready[0] = nil
	c.ready = c.ready[1:]
	if len(c.ready) == 0 {
		c.ready = nil
	}
	queue, lagging := v.queue, v.missed != nil
	v.queue, v.queued, v.ready = nil, 0, false
	c.mu.Unlock()
	for _, fr := range queue {
		if err := c.writeFrame(fr.data); err != nil {
			return false, err
		}
	}
	if lagging {
		if data := v.catchUp(); data != nil {
			return true, c.writeFrame(data)
		}
	}
	return true, nil
}

func (c *conn) writeFrame(data []byte) error {
	c.hub.count.Bytes.Add(int64(len(data)))
	c.hub.count.Messages.Add(1)
	c.writing.Store(time.Now().UnixNano())
	err := c.ws.WriteMessage(websocket.TextMessage, data)
	c.writing.Store(0)
	return err
}

// broken ends a connection that cannot be written to. A frame may be half out, so no close
// frame can follow: the client sees 1006 and comes back.
func (c *conn) broken(err error) {
	var timeout net.Error
	if c.stalled.Load() || errors.As(err, &timeout) && timeout.Timeout() {
		c.hub.count.SlowCloses.Add(1)
		c.hub.log.Info("live session reads too slowly", "actor", c.actor.Name, "origin", c.actor.Origin)
	}
	c.close(0, "")
	c.ws.Close()
}

// farewell sends the close frame and leaves the connection readable for a moment.
func (c *conn) farewell() {
	c.mu.Lock()
	code, reason := c.code, c.reason
	c.mu.Unlock()
	if code == 0 {
		c.ws.Close()
		return
	}
	deadline := time.Now().Add(lingerTimeout)
	if err := c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), deadline); err != nil {
		c.ws.Close()
		return
	}
	_ = c.ws.SetReadDeadline(deadline) // fails only when closed
}

// alive gives the peer more time, unless the end has begun.
func (c *conn) alive() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closing {
		_ = c.ws.SetReadDeadline(time.Now().Add(peerTimeout))
	}
}

// read takes requests until the connection ends and returns how to close it.
func (c *conn) read() (code int, reason string) {
	c.ws.SetPongHandler(func(string) error { c.alive(); return nil })
	c.ws.SetPingHandler(func(data string) error {
		if !c.limiter.Allow() {
			return errTooMany
		}
		c.alive()
		err := c.ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeTimeout))
		if errors.Is(err, websocket.ErrCloseSent) {
			return nil
		}
		return err
	})
	var buf bytes.Buffer
	for {
		c.alive()
		kind, r, err := c.ws.NextReader()
		if errors.Is(err, errTooMany) {
			return CloseLimit, "too many pings"
		} else if err != nil {
			return 0, ""
		}
		if kind != websocket.TextMessage {
			return CloseProtocol, "not a text frame"
		}
		buf.Reset()
		// SetReadLimit would close with 1009 and, with compression, bound the wrong size.
		n, err := buf.ReadFrom(io.LimitReader(r, MaxFrame+1))
		switch {
		case errors.Is(err, errTooMany):
			return CloseLimit, "too many pings"
		case err != nil:
			return 0, ""
		case n > MaxFrame:
			return CloseProtocol, "frame too large"
		}
		if !c.waitRoom() {
			return 0, ""
		}
		if code, reason = c.request(buf.Bytes()); code != 0 {
			return code, reason
		}
		if buf.Cap() > 4<<10 {
			buf = bytes.Buffer{}
		}
	}
}

var errTooMany = errors.New("too many requests")

// waitRoom waits until the client has taken its replies; false when the connection ends.
func (c *conn) waitRoom() bool {
	for {
		c.mu.Lock()
		full, closing := c.backlog > maxBacklog, c.closing
		c.mu.Unlock()
		if closing || !full {
			return !closing
		}
		select {
		case <-c.room:
		case <-c.written:
			return false
		}
	}
}

// request carries out one frame; a code that is not 0 closes the connection.
func (c *conn) request(data []byte) (code int, reason string) {
	r, err := decodeRequest(data)
	var answer *Error
	if err != nil && !errors.As(err, &answer) {
		return CloseProtocol, "not a request"
	}
	if !c.limiter.Allow() {
		if c.refused++; c.refused > maxRefused {
			return CloseLimit, "too many requests"
		}
		c.fail(r.ID, c.problem("too_many_requests"))
		return 0, ""
	}
	c.refused = 0
	if answer != nil {
		c.fail(r.ID, answer)
		return 0, ""
	}
	switch r.Op {
	case "ping":
		c.reply(&Reply{ID: r.ID, OK: true})
	case "watch":
		c.watch(&r)
	case "open":
		c.open(&r)
	case "close":
		c.closeView(&r)
	case "language":
		c.speak(&r)
	case "assets":
		c.askAssets(&r)
	case "history":
		c.askHistory(r)
	case "event", "write":
		c.operate(r)
	default:
		c.fail(r.ID, c.problem("op_unknown"))
	}
	return 0, ""
}
