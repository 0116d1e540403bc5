package broker

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"
)

// Bounds of what waits for one client.
const (
	// softQueue bytes may wait before messages of quality of service 0 are dropped, hardQueue
	// before the connection ends.
	softQueue = 1 << 20
	hardQueue = 8 << 20
	// chunk is how many bytes go out at a time.
	chunk = 64 << 10
	// writeTimeout ends a connection that takes no chunk in that time.
	writeTimeout = 30 * time.Second
	// connectTimeout is how long a connection may take to log in.
	connectTimeout = 10 * time.Second
	// lingerTimeout is how long the last words may take to leave.
	lingerTimeout = 500 * time.Millisecond
)

var errSlow = errors.New("the client reads too slowly")

// conn is the connection of a client as the library sees it. Write only queues: the library
// holds locks while it writes that whoever publishes to the client needs, and a client that
// does not read must not hold up others. Changes of tags are not queued at all: they are taken
// from the feed when the socket has room, so that a slow client gets the newest value of each.
type conn struct {
	net.Conn
	client *client

	mu      sync.Mutex
	pending []byte
	closing bool
	wake    chan struct{}
	done    chan struct{} // the writer has ended
}

func newConn(inner net.Conn, c *client) *conn {
	return &conn{Conn: inner, client: c, wake: make(chan struct{}, 1), done: make(chan struct{})}
}

func (c *conn) poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Write implements net.Conn for the library, which gives one whole packet at a time.
func (c *conn) Write(p []byte) (int, error) {
	if err := c.put(p, len(p) > 0 && p[0]&0xF6 == 0x30); err != nil {
		return 0, err
	}
	return len(p), nil
}

// put queues a packet, or drops it when it may be dropped and too much waits.
func (c *conn) put(p []byte, droppable bool) error {
	c.mu.Lock()
	switch queued := len(c.pending); {
	case c.closing:
		c.mu.Unlock()
		return net.ErrClosed
	case droppable && queued > softQueue:
		c.mu.Unlock()
		c.client.broker.stats.dropped.Add(1)
		return nil
	case queued+len(p) > hardQueue:
		c.mu.Unlock()
		c.client.broker.stats.slow.Add(1)
		c.abort()
		return errSlow
	}
	if droppable {
		c.client.broker.stats.sent.Add(1)
	}
	c.pending = append(c.pending, p...)
	c.mu.Unlock()
	c.poke()
	return nil
}

// SetDeadline implements net.Conn: the library means how long the client may be silent.
func (c *conn) SetDeadline(t time.Time) error { return c.Conn.SetReadDeadline(t) }

// SetWriteDeadline implements net.Conn: the writer has its own.
func (c *conn) SetWriteDeadline(time.Time) error { return nil }

// Close implements net.Conn: what was written still leaves, for a moment.
func (c *conn) Close() error {
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
	_ = c.Conn.SetReadDeadline(time.Unix(1, 0))
	_ = c.Conn.SetWriteDeadline(time.Now().Add(lingerTimeout))
	c.poke()
	return nil
}

// abort closes without last words.
func (c *conn) abort() {
	_ = c.Close()
	if secure, ok := c.Conn.(*tls.Conn); ok { // its own Close would wait to say so
		_ = secure.NetConn().Close()
		return
	}
	_ = c.Conn.Close()
}

// write brings out what is queued, then what the feed has, until the connection is closed.
func (c *conn) write() {
	defer close(c.done)
	defer func() {
		_ = c.Close()
		_ = c.Conn.Close()
	}()
	var out, spare []byte
	for {
		c.mu.Lock()
		out, c.pending = c.pending, spare[:0]
		closing := c.closing
		c.mu.Unlock()
		spare = out
		if cap(spare) > softQueue {
			spare = nil
		}
		if len(out) < chunk && !closing {
			out = c.client.pull(out, chunk)
			if cap(out) <= softQueue {
				spare = out
			}
		}
		if len(out) == 0 {
			if closing {
				return
			}
			<-c.wake
			continue
		}
		for len(out) > 0 {
			n := min(len(out), chunk)
			if !closing {
				c.mu.Lock()
				if !c.closing { // else Close has set its own
					_ = c.Conn.SetWriteDeadline(time.Now().Add(writeTimeout))
				}
				c.mu.Unlock()
			}
			if _, err := c.Conn.Write(out[:n]); err != nil {
				if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() && !closing {
					c.client.broker.stats.slow.Add(1)
				}
				return
			}
			out = out[n:]
		}
	}
}
