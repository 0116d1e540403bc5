package broker

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// ServeHTTP serves MQTT over a WebSocket (MQTT 5, 6) until the connection ends.
func (b *Broker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{
		HandshakeTimeout: 5 * time.Second, ReadBufferSize: 4 << 10, WriteBufferSize: 4 << 10, WriteBufferPool: &buffers,
		Subprotocols: []string{"mqtt"}, CheckOrigin: b.originAllowed,
	}
	if !slices.Contains(websocket.Subprotocols(r), "mqtt") {
		http.Error(w, `400 this is MQTT over WebSocket: ask for the subprotocol "mqtt"`, http.StatusBadRequest)
		return
	}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // it has answered
	}
	ws.SetReadLimit(maxPacketBytes + 16)
	b.serve(&wsConn{ws: ws})
}

var buffers sync.Pool

// originAllowed lets programs (no Origin), our own pages and the configured origins in.
func (b *Broker) originAllowed(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(b.origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && strings.EqualFold(u.Host, r.Host)
}

// wsConn is a WebSocket as a stream of bytes. It is read by one goroutine and written by another.
type wsConn struct {
	ws *websocket.Conn
	r  io.Reader
}

var errText = errors.New("mqtt over websocket is binary")

// Read implements net.Conn.
func (c *wsConn) Read(p []byte) (int, error) {
	for {
		if c.r == nil {
			kind, r, err := c.ws.NextReader()
			if err != nil {
				return 0, err
			}
			if kind != websocket.BinaryMessage {
				return 0, errText // 6.0-1
			}
			c.r = r
		}
		n, err := c.r.Read(p)
		if errors.Is(err, io.EOF) {
			c.r, err = nil, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// Write implements net.Conn.
func (c *wsConn) Write(p []byte) (int, error) {
	if err := c.ws.WriteMessage(websocket.BinaryMessage, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close implements net.Conn.
func (c *wsConn) Close() error { return c.ws.Close() }

// LocalAddr implements net.Conn.
func (c *wsConn) LocalAddr() net.Addr { return c.ws.LocalAddr() }

// RemoteAddr implements net.Conn.
func (c *wsConn) RemoteAddr() net.Addr { return c.ws.RemoteAddr() }

// SetDeadline implements net.Conn.
func (c *wsConn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline implements net.Conn.
func (c *wsConn) SetReadDeadline(t time.Time) error { return c.ws.SetReadDeadline(t) }

// SetWriteDeadline implements net.Conn. A deadline of gorilla takes effect with the next write
// only; one on the socket does at once.
func (c *wsConn) SetWriteDeadline(t time.Time) error {
	return c.ws.NetConn().SetWriteDeadline(t)
}
