package s7

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// maxFailures is how many exchanges in a row may go unanswered before the connection
// counts as lost: a cable that was pulled closes nothing.
const maxFailures = 2

// link is the connection: one job under way at a time. exchange and open are called from
// one goroutine; close may come at any time.
type link struct {
	address       string
	local, remote []byte // TSAPs
	ask           int    // length of messages that is asked for
	timeout       time.Duration

	mu     sync.Mutex
	conn   net.Conn // nil when closed or lost
	cancel context.CancelFunc

	reader    *bufio.Reader
	out, in   []byte
	reference uint16
	pdu       int // length of messages that was agreed to, 0 before
	failures  int
}

// unsent is an error of a job that never left.
type unsent struct{ error }

func (e unsent) Unwrap() error { return e.error }

// open connects: TCP, ISO transport (RFC 1006), and the length of messages. It may be
// called again after close.
func (l *link) open(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l.mu.Lock()
	if l.conn != nil {
		l.conn.Close()
		l.conn = nil
	}
	l.cancel = cancel
	l.mu.Unlock()
	d := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	conn, err := d.DialContext(ctx, "tcp", l.address)
	if err != nil {
		return fmt.Errorf("connect to %s: %w: %w", l.address, connector.ErrNotConnected, err)
	}
	l.mu.Lock()
	if ctx.Err() != nil {
		l.mu.Unlock()
		conn.Close()
		return fmt.Errorf("connect to %s: %w: %w", l.address, connector.ErrNotConnected, ctx.Err())
	}
	l.conn = conn
	l.mu.Unlock()
	l.reader, l.failures, l.pdu = bufio.NewReaderSize(conn, maxFrame+16), 0, 0
	if err := l.greet(ctx, conn); err != nil {
		l.drop()
		return fmt.Errorf("connect to %s: %w: %w", l.address, connector.ErrNotConnected, err)
	}
	return nil
}

// greet makes the transport connection and agrees on the length of messages.
func (l *link) greet(ctx context.Context, conn net.Conn) error {
	stop := l.limit(ctx, conn)
	defer stop()
	if _, err := conn.Write(connectFrame(l.local, l.remote)); err != nil {
		return err
	}
	code, _, _, err := nextTPDU(l.reader)
	switch {
	case errors.Is(err, io.EOF), err == nil && code == cotpDisconnect:
		return errors.New("the controller refuses the connection: check rack and slot (or the TSAP), and whether it has a connection left")
	case err != nil:
		return fmt.Errorf("no S7 controller answers there: %w", err)
	case code != cotpConnectConfirm:
		return fmt.Errorf("%w: transport unit %02x in place of a confirmation", errGarbage, code)
	}
	stop()
	r, err := l.exchange(ctx, rosctrJob, negotiateParameters(l.ask), nil)
	if err != nil {
		return fmt.Errorf("agree on the length of messages: %w", err)
	}
	l.pdu, err = r.negotiated(l.ask)
	return err
}

// limit bounds what follows by the time-out and by ctx. The function that it returns
// lifts that.
func (l *link) limit(ctx context.Context, conn net.Conn) (stop func() bool) {
	deadline := time.Now().Add(l.timeout)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	_ = conn.SetDeadline(deadline) // fails only when closed; then so does what follows
	return context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
}

// close ends the connection and what is under way on it.
func (l *link) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel != nil {
		l.cancel()
	}
	if l.conn == nil {
		return nil
	}
	err := l.conn.Close()
	l.conn = nil
	return err
}

// drop ends a connection that is not to be trusted.
func (l *link) drop() { _ = l.close() }

func (l *link) current() net.Conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conn
}

// exchange sends a job and returns its answer, which is valid until the next exchange. The
// error is a *connector.StatusError for what concerns this job only; an unsent around it
// when the job surely did not reach the device.
func (l *link) exchange(ctx context.Context, kind byte, parameters, data []byte) (reply, error) {
	conn := l.current()
	if conn == nil {
		return reply{}, unsent{connector.ErrNotConnected}
	}
	if err := ctx.Err(); err != nil {
		return reply{}, unsent{err}
	}
	l.reference++
	message := appendJob(l.in[:0], kind, l.reference, len(parameters), len(data))
	message = append(append(message, parameters...), data...)
	l.in, l.out = message, appendData(l.out[:0], message)
	stop := l.limit(ctx, conn)
	defer stop()
	if _, err := conn.Write(l.out); err != nil {
		l.drop()
		return reply{}, unsent{fmt.Errorf("send: %w: %w", connector.ErrNotConnected, err)}
	}
	for {
		m, err := nextMessage(l.reader, l.in)
		if err != nil {
			return reply{}, l.failed(ctx, err)
		}
		r, err := parseReply(m)
		if err != nil {
			return reply{}, l.failed(ctx, err)
		}
		if r.reference != l.reference {
			continue // of a job that was given up, or sent twice
		}
		if kind == rosctrUserdata && r.kind != kind || kind == rosctrJob && r.kind != rosctrAckData && r.kind != rosctrAck {
			return reply{}, badReply("a message of kind %d to one of kind %d", r.kind, kind)
		}
		l.failures = 0
		if r.failure != 0 {
			return reply{}, r.failure.status()
		}
		return r, nil
	}
}

// failed sorts what went wrong while waiting for an answer.
func (l *link) failed(ctx context.Context, err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) && l.reader.Buffered() == 0 && !errors.Is(err, errGarbage) {
		if errors.Is(ctx.Err(), context.Canceled) && l.current() != nil {
			return ctx.Err()
		}
		if l.failures++; l.failures < maxFailures && l.current() != nil {
			return &connector.StatusError{Quality: tag.BadTimeout, Message: "the controller did not answer in time"}
		}
	}
	l.drop()
	if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("%w: connection closed", connector.ErrNotConnected)
	}
	return fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
}
