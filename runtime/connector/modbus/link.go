package modbus

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/line"
	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/tag"
)

// link is the connection, over TCP or by a share in a serial line: one request under way at a
// time. exchange and open are called from one goroutine; close may come at any time.
type link struct {
	address string
	trust   *trust.Settings // nil for plain TCP
	mode    *line.Mode      // of a serial line; nil over TCP
	framing framing
	serial  bool          // no transaction numbers: a missed reply spoils the connection
	timeout time.Duration // of one reply
	delay   time.Duration // of silence between a reply and the next request

	mu     sync.Mutex
	conn   net.Conn // nil when closed or dropped
	bus    *bus     // nil until opened, and over TCP
	cancel context.CancelFunc
	opened bool

	reader      *bufio.Reader
	out         []byte
	transaction uint16
	quietSince  time.Time
	wary        bool // a reply may still come in on a serial line
	data        []byte
	absent      absences // over TCP; a serial line has its own
	tried       map[byte]bool

	// failures counts what went wrong since a reply was last understood, silent the
	// units that it concerned; answered is when a unit last answered.
	failures int
	silent   map[byte]bool
	answered map[byte]time.Time
}

// unsent is an error of a request that never left.
type unsent struct{ error }

func (e unsent) Unwrap() error { return e.error }

// The connection counts as lost after maxFailures exchanges in a row without an answer,
// when no other unit has answered recently either.
const (
	maxFailures = 2
	recently    = time.Minute
)

// open connects. It may be called again after close.
func (l *link) open(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	l.mu.Lock()
	if l.conn != nil {
		l.conn.Close()
		l.conn = nil
	}
	l.opened, l.cancel = true, cancel
	l.mu.Unlock()
	defer cancel()
	l.failures, l.silent, l.answered, l.absent, l.tried = 0, map[byte]bool{}, map[byte]time.Time{}, absences{}, map[byte]bool{}
	if l.mode != nil {
		return l.openBus(ctx)
	}
	return l.dial(ctx)
}

func (l *link) dial(ctx context.Context) error {
	d := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	dial := d.DialContext
	if l.trust != nil {
		config, err := l.trust.ClientTLS(l.address)
		if err != nil {
			return fmt.Errorf("connect to %s: %w", l.address, err)
		}
		dial = (&tls.Dialer{NetDialer: &d, Config: config}).DialContext
	}
	conn, err := dial(ctx, "tcp", l.address)
	if err != nil {
		return fmt.Errorf("connect to %s: %w: %w", l.address, connector.ErrNotConnected, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.opened {
		conn.Close()
		return fmt.Errorf("connect to %s: %w: closed", l.address, connector.ErrNotConnected)
	}
	l.conn = conn
	l.reader = bufio.NewReaderSize(conn, 1024)
	l.quietSince = time.Time{}
	return nil
}

// close ends the connection and what is under way on it.
func (l *link) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.opened = false
	if l.cancel != nil {
		l.cancel()
	}
	if l.bus != nil {
		l.bus.leave()
		l.bus = nil
	}
	if l.conn == nil {
		return nil
	}
	err := l.conn.Close()
	l.conn = nil
	return err
}

// drop ends a connection that is not to be trusted; the next exchange dials anew.
func (l *link) drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		l.conn.Close()
		l.conn = nil
	}
}

// current returns the connection, a new one when the last was dropped.
func (l *link) current(ctx context.Context) (net.Conn, error) {
	l.mu.Lock()
	conn, opened := l.conn, l.opened
	l.mu.Unlock()
	if conn != nil {
		return conn, nil
	}
	if !opened {
		return nil, connector.ErrNotConnected
	}
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	l.mu.Lock()
	l.cancel = cancel
	l.mu.Unlock()
	if err := l.dial(ctx); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == nil {
		return nil, connector.ErrNotConnected
	}
	return l.conn, nil
}

// exchange sends a request to a unit and returns the data of the reply (for a read,
// valid until the next exchange).
//
// Errors: exception; *connector.StatusError when this request failed and the next may
// be tried; wrapping connector.ErrNotConnected when the connection is gone; an unsent
// around it when the request surely did not reach the device.
func (l *link) exchange(ctx context.Context, unit byte, request []byte) ([]byte, error) {
	if l.mode != nil {
		return l.exchangeInTurn(ctx, unit, request)
	}
	if err := l.absent.refuse(unit, request); err != nil {
		return nil, unsent{l.count(unit, err)}
	}
	conn, err := l.current(ctx)
	if err != nil {
		return nil, unsent{err}
	}
	if err := l.settle(ctx, conn); err != nil {
		return nil, unsent{err}
	}
	l.transaction++
	l.out = l.framing.pack(l.out[:0], l.transaction, unit, request)
	deadline := time.Now().Add(l.timeout)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	_ = conn.SetDeadline(deadline) // fails only when closed; then Write fails
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := conn.Write(l.out); err != nil {
		l.drop()
		return nil, unsent{fmt.Errorf("send: %w: %w", connector.ErrNotConnected, err)}
	}
	answered, reply, err := l.framing.next(l.reader, l.transaction, unit, request)
	l.quietSince = time.Now()
	if err != nil {
		l.wary = l.serial
		return nil, l.failed(ctx, unit, err)
	}
	if answered != unit {
		return nil, badReply("unit %d answered in place of unit %d", answered, unit)
	}
	data, err := checkReply(request, reply)
	var e exception
	if err != nil && !errors.As(err, &e) {
		if !l.serial { // the transaction number says that it was this request, so the next may be right
			return nil, err
		}
		l.drop()
		return nil, l.count(unit, err)
	}
	l.failures = 0
	clear(l.silent)
	l.absent.here(unit)
	l.answered[unit] = l.quietSince
	return data, err
}

// settle waits for the silent interval before a request. Over a serial line whatever
// comes in meanwhile is late and thrown away.
func (l *link) settle(ctx context.Context, conn net.Conn) error {
	wait := l.delay
	if l.serial {
		if n := l.reader.Buffered(); n > 0 {
			_, _ = l.reader.Discard(n)
		}
		wait = max(wait, time.Millisecond)
	}
	if l.quietSince.IsZero() && !l.wary {
		return nil
	}
	until := l.quietSince.Add(wait)
	if l.serial {
		// A duplicate or late reply must not be taken for the next one, even when the
		// interval has long passed without anybody listening.
		until = later(until, time.Now().Add(time.Millisecond))
		if l.wary { // a gateway may pass a late reply on to the new connection
			until = later(until, time.Now().Add(min(max(l.timeout/4, 20*time.Millisecond), 250*time.Millisecond)))
			l.wary = false
		}
	}
	left := time.Until(until)
	if left <= 0 {
		return nil
	}
	if !l.serial {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(left):
			return nil
		}
	}
	_ = conn.SetReadDeadline(until)
	n, err := io.CopyN(io.Discard, l.reader, 4096)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return ctx.Err()
	case n == 4096:
		l.drop()
		return fmt.Errorf("%w: it does not stop sending", errGarbage)
	default:
		l.drop()
		return fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// failed sorts what went wrong while waiting for a reply.
func (l *link) failed(ctx context.Context, unit byte, err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		if l.serial {
			l.drop()
		}
		if errors.Is(ctx.Err(), context.Canceled) {
			return ctx.Err()
		}
		l.absent.missed(unit)
		return l.count(unit, &connector.StatusError{Quality: tag.BadTimeout, Message: fmt.Sprintf("unit %d did not answer in time", unit)})
	case errors.Is(err, errGarbage):
		l.drop()
		return l.count(unit, &connector.StatusError{Quality: tag.BadCommunicationError, Message: err.Error()})
	}
	l.drop()
	if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("%w: connection closed", connector.ErrNotConnected)
	}
	return fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
}

// count notes a failure and makes it one of the connection when nobody answers any more:
// a cable that was pulled closes nothing. One dead unit behind a gateway does not count
// as long as another has answered lately.
func (l *link) count(unit byte, err error) error {
	l.failures++
	l.silent[unit] = true
	if l.failures < maxFailures {
		return err
	}
	for u, at := range l.answered {
		if !l.silent[u] && time.Since(at) < recently {
			return err
		}
	}
	l.drop()
	return fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
}
