package opcua

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/gopcua/opcua/id"
)

// Bounds of a connection (OPC 10000-6, 7.1.2).
const (
	chunkSize   = 64<<10 - 1 // of a chunk that we take
	leastChunk  = 8192       // that a server must take
	maxMessage  = 16 << 20   // of a message that we take, put together
	maxChunks   = 4096       // of one message
	maxPartial  = 64         // messages of which only a part has come
	sendTimeout = 5 * time.Second
	lifetime    = time.Hour // of a security token
	// goodbye bounds the time that closing takes.
	goodbye = 300 * time.Millisecond
)

// channel is a secure channel over TCP (OPC 10000-6, clauses 6.7 and 7.2). One goroutine
// reads; any number may ask.
type channel struct {
	conn   net.Conn
	secure *security

	send     sync.Mutex // held while a message is written
	sequence uint32
	request  uint32
	limit    limits
	out      *token // with which messages are secured

	mu      sync.Mutex
	pending map[uint32]chan message
	in      [2]*token // with which messages may be secured: the present token and the one before
	opening *opening
	cause   error

	id     uint32
	gone   chan struct{} // closed when the connection is lost
	ended  chan struct{} // closed when the reader has ended
	once   sync.Once
	renews chan time.Duration // how long a new token lives
}

// limits are what the server takes.
type limits struct{ chunk, message, chunks uint32 }

// message is a response, or why there is none.
type message struct {
	body []byte
	err  error
}

// opening is an OpenSecureChannel that waits for its response.
type opening struct {
	request uint32
	nonce   []byte
}

// dialChannel connects and opens a channel to an endpoint. url is what the server is told
// that it was called by.
func dialChannel(ctx context.Context, address, url string, s *security) (*channel, error) {
	dialer := net.Dialer{KeepAlive: 15 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, lost("connect to %s: %w", address, err)
	}
	c := &channel{
		conn: conn, secure: s, pending: map[uint32]chan message{},
		gone: make(chan struct{}), ended: make(chan struct{}), renews: make(chan time.Duration, 1),
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	in := bufio.NewReaderSize(conn, chunkSize)
	err = c.hello(in, url)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		conn.Close()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, lost("greet %s: %w", address, err)
	}
	go c.read(in)
	if err := c.open(ctx, false); err != nil {
		c.drop(err)
		<-c.ended
		return nil, err
	}
	return c, nil
}

// hello exchanges Hello and Acknowledge (clause 7.1.2.3).
func (c *channel) hello(in *bufio.Reader, url string) error {
	w := &writer{b: []byte("HELF\x00\x00\x00\x00")}
	w.u32(0)
	w.u32(chunkSize)
	w.u32(chunkSize)
	w.u32(maxMessage)
	w.u32(maxChunks)
	w.text(url)
	binary.LittleEndian.PutUint32(w.b[4:], uint32(len(w.b)))
	if _, err := c.conn.Write(w.b); err != nil {
		return err
	}
	kind, chunk, err := readChunk(in, nil)
	if err != nil {
		return err
	}
	r := &reader{b: chunk[8:]}
	switch kind {
	case "ACKF":
	case "ERRF":
		return status(r.u32())
	default:
		return errors.New("it does not speak OPC UA")
	}
	r.u32() // version
	c.limit.chunk = r.u32()
	r.u32() // its send buffer: our own bound counts
	c.limit.message, c.limit.chunks = r.u32(), r.u32()
	if r.err != nil {
		return r.err
	}
	if c.limit.chunk < leastChunk {
		return fmt.Errorf("it takes no more than %d bytes at once", c.limit.chunk)
	}
	c.limit.chunk = min(c.limit.chunk, chunkSize)
	return nil
}

// read takes chunks until the connection ends.
func (c *channel) read(in *bufio.Reader) {
	defer close(c.ended)
	err := func() (err error) {
		defer func() {
			if p := recover(); p != nil { // the cryptographic libraries are not ours
				err = fmt.Errorf("reading panicked: %v", p)
			}
		}()
		a := assembly{partial: map[uint32]*part{}}
		var buf []byte
		for {
			kind, chunk, err := readChunk(in, buf)
			if err != nil {
				return err
			}
			buf = chunk
			if err := c.chunk(&a, kind, chunk); err != nil {
				return err
			}
		}
	}()
	c.drop(lost("%w", err))
}

// deliver gives a response to who waits for it; one that nobody waits for came too late.
func (c *channel) deliver(request uint32, m message) {
	c.mu.Lock()
	waiting := c.pending[request]
	delete(c.pending, request)
	c.mu.Unlock()
	if waiting != nil {
		waiting <- m // has room for one
	}
}

func (c *channel) tokenOf(number uint32) *token {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.in {
		if t != nil && t.number == number {
			return t
		}
	}
	return nil
}

// open asks for a channel, or for another token of the one there is (OPC 10000-4, 5.5.2).
func (c *channel) open(ctx context.Context, renew bool) error {
	o := &opening{nonce: make([]byte, c.secure.nonceLength())}
	rand.Read(o.nonce)
	waiting := make(chan message, 1)
	w := &writer{}
	c.send.Lock()
	c.request++
	o.request = c.request
	requestHeader(w, id.OpenSecureChannelRequest_Encoding_DefaultBinary, nodeID{}, o.request, 0)
	w.u32(0)
	w.u32(map[bool]uint32{true: 1}[renew])
	w.u32(uint32(c.secure.mode))
	if len(o.nonce) == 0 {
		w.null()
	} else {
		w.bytes(o.nonce)
	}
	w.u32(uint32(lifetime / time.Millisecond))
	c.mu.Lock()
	c.opening = o
	c.pending[o.request] = waiting
	c.mu.Unlock()
	c.sequence++
	chunk, err := c.secure.sealAsymmetric(c.id, c.sequence, o.request, w.b)
	if err == nil {
		err = c.write(chunk)
	}
	c.send.Unlock()
	if err != nil {
		return lost("open the channel: %w", err)
	}
	m, err := c.await(ctx, o.request, waiting)
	if err == nil {
		err = m.err
	}
	if err != nil {
		return fmt.Errorf("open the channel: %w", err)
	}
	return nil
}

// opened takes the response to open. It is called by the reader, so that a message by the
// new token can follow at once.
func (c *channel) opened(request uint32, body []byte) error {
	c.mu.Lock()
	o := c.opening
	c.opening = nil
	c.mu.Unlock()
	if o == nil || o.request != request {
		return errors.New("a channel that was not asked for")
	}
	r, err := response(body, id.OpenSecureChannelResponse_Encoding_DefaultBinary)
	if err != nil {
		return err
	}
	r.u32()
	channelID, number := r.u32(), r.u32()
	r.u64()
	lives := time.Duration(r.u32()) * time.Millisecond
	nonce := r.bytes()
	if r.err != nil {
		return r.err
	}
	t, err := c.secure.token(number, o.nonce, nonce)
	if err != nil {
		return err
	}
	if c.id != 0 && c.id != channelID {
		return errors.New("the channel was renewed as another")
	}
	c.mu.Lock()
	c.in = [2]*token{t, c.in[0]}
	c.mu.Unlock()
	c.send.Lock()
	c.id, c.out = channelID, t
	c.send.Unlock()
	if lives < time.Second {
		lives = time.Second
	}
	select {
	case c.renews <- lives:
	default:
	}
	return nil
}

// launch sends a request. Its response goes to waiting, which has room for it.
func (c *channel) launch(auth nodeID, request uint16, timeout time.Duration, waiting chan message, body func(w *writer)) (number uint32, err error) {
	w := &writer{b: make([]byte, 0, 256)}
	c.send.Lock()
	defer c.send.Unlock()
	c.request++
	number = c.request
	requestHeader(w, request, auth, number, timeout)
	body(w)
	c.mu.Lock()
	gone := c.cause
	c.pending[number] = waiting
	c.mu.Unlock()
	if gone != nil {
		return 0, gone
	}
	if err := c.transmit("MSG", number, w.b); err != nil {
		c.forget(number)
		return 0, err
	}
	return number, nil
}

// ask sends a request and returns its response behind the header. body writes what follows
// the header of the request. A failure after the request may have left is a *sentError; the
// refusal of the request is a status.
func (c *channel) ask(ctx context.Context, auth nodeID, request, answer uint16, timeout time.Duration, body func(w *writer)) (*reader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	waiting := make(chan message, 1)
	number, err := c.launch(auth, request, timeout, waiting, body)
	if err != nil {
		return nil, err
	}
	m, err := c.await(ctx, number, waiting)
	if err != nil {
		return nil, &sentError{err}
	}
	return c.answer(m, answer)
}

// answer reads the header of a response. One that makes no sense ends the connection.
func (c *channel) answer(m message, kind uint16) (*reader, error) {
	if m.err != nil {
		return nil, m.err // the server gave the message up
	}
	r, err := response(m.body, kind)
	if err == nil || errors.As(err, new(status)) {
		return r, err
	}
	err = lost("%w", err)
	c.drop(err)
	return nil, &sentError{err}
}

// sentError is the failure of a request that may have reached the server.
type sentError struct{ error }

func (e *sentError) Unwrap() error { return e.error }

func (c *channel) forget(number uint32) {
	c.mu.Lock()
	delete(c.pending, number)
	c.mu.Unlock()
}

func (c *channel) await(ctx context.Context, number uint32, waiting chan message) (message, error) {
	select {
	case m := <-waiting:
		return m, nil
	default:
	}
	select {
	case m := <-waiting:
		return m, nil
	case <-c.gone:
		c.forget(number)
		return message{}, c.why()
	case <-ctx.Done():
		c.forget(number)
		return message{}, ctx.Err()
	}
}

// transmit sends a message in as many chunks as it needs; send is held.
func (c *channel) transmit(kind string, request uint32, body []byte) error {
	room := c.out.room(int(c.limit.chunk))
	n := (len(body) + room - 1) / room
	if c.limit.message != 0 && len(body) > int(c.limit.message) || c.limit.chunks != 0 && n > int(c.limit.chunks) {
		return fmt.Errorf("the request is too large for the server: %w", status(0x80B80000))
	}
	for n := 0; n == 0 || len(body) > 0; n++ {
		piece := body[:min(room, len(body))]
		body = body[len(piece):]
		final := byte('F')
		if len(body) > 0 {
			final = 'C'
		}
		if c.sequence++; c.sequence > 1<<32-1024 {
			c.sequence = 1
		}
		chunk, err := c.out.seal(kind+string(rune(final)), c.id, c.sequence, request, piece)
		if err != nil {
			return lost("%w", err)
		}
		if err := c.write(chunk); err != nil {
			return err
		}
	}
	return nil
}

// write sends a chunk; send is held.
func (c *channel) write(chunk []byte) error {
	c.conn.SetWriteDeadline(time.Now().Add(sendTimeout))
	if _, err := c.conn.Write(chunk); err != nil {
		err = lost("send: %w", err)
		c.drop(err)
		return &sentError{err}
	}
	return nil
}

// errGone marks the end of a connection that was asked for.
var errGone = errors.New("the connection was closed")

// drop ends the connection.
func (c *channel) drop(cause error) {
	c.once.Do(func() {
		c.mu.Lock()
		c.cause = cause
		c.mu.Unlock()
		c.conn.Close()
		close(c.gone)
	})
}

// why is the cause of the end.
func (c *channel) why() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cause
}

// close says good-bye if it can at once, ends the connection and waits for the reader.
func (c *channel) close() {
	select {
	case <-c.gone:
	default:
		c.send.Lock()
		c.conn.SetWriteDeadline(time.Now().Add(goodbye))
		c.request++
		w := &writer{}
		requestHeader(w, id.CloseSecureChannelRequest_Encoding_DefaultBinary, nodeID{}, c.request, 0)
		if c.sequence++; c.out != nil {
			if chunk, err := c.out.seal("CLOF", c.id, c.sequence, c.request, w.b); err == nil {
				_, _ = c.conn.Write(chunk) // the server notices the end of the connection all the same
			}
		}
		c.send.Unlock()
	}
	c.drop(lost("%w", errGone))
	<-c.ended
}

// requestHeader begins a request (OPC 10000-4, 7.33).
func requestHeader(w *writer, kind uint16, auth nodeID, handle uint32, timeout time.Duration) {
	w.nodeID(nodeID{num: uint32(kind)})
	w.nodeID(auth)
	w.time(time.Now())
	w.u32(handle)
	w.u32(0)
	w.null()
	w.u32(uint32(timeout / time.Millisecond))
	w.noExtension()
}

// response reads the header of a response of a kind (OPC 10000-4, 7.34); the refusal of the
// request is a status.
func response(body []byte, kind uint16) (*reader, error) {
	r := &reader{b: body}
	got := r.nodeID()
	r.u64()
	r.u32()
	result := status(r.u32())
	r.diagnostics()
	for range r.count(4) {
		r.bytes()
	}
	r.extension()
	switch {
	case r.err != nil:
		return nil, r.err
	case result.bad():
		return nil, result
	case got != nodeID{num: uint32(kind)}:
		return nil, fmt.Errorf("a response of the kind %s in place of %d", got, kind)
	}
	return r, nil
}

func clip(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}
