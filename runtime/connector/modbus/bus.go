package modbus

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/line"
	"github.com/lineside/lineside/runtime/tag"
)

// bus is a serial line. The devices on it share it: one exchange at a time, in the order in
// which they came, so that the time-outs of a dead unit fall between the exchanges of others
// and not in place of them.
type bus struct {
	mode    line.Mode
	framing framing
	users   int // guarded by buses
	turn    chan struct{}

	mu   sync.Mutex
	port line.Port // nil when the line is gone

	// What follows belongs to who has the turn.
	reader     *bufio.Reader
	out        []byte
	quietSince time.Time
	wary       bool          // what came last was cut or spoiled: more of it may follow
	doubts     map[byte]bool // units of which a reply may still come in
	deaf       map[byte]bool // units that do not answer function 8
	asked      uint16        // number of the last question whether a unit is in step
	absent     absences
}

// buses are the lines that are in use, by the names that the settings give them: what a name
// leads to may change while its adapter is out.
var buses = struct {
	sync.Mutex
	named map[string]*bus
}{named: map[string]*bus{}}

// Silence between what was received and the next frame.
const (
	// leastSilence is the silent interval above 19,200 baud (MODBUS over Serial Line V1.02,
	// clause 2.5.1.1); below it is three and a half characters.
	leastSilence = 1750 * time.Microsecond
	// warySilence is awaited after a spoiled frame: adapters deliver the rest in pieces up to
	// 16 ms apart.
	warySilence = 50 * time.Millisecond
	// maxStray bounds what is thrown away before a request.
	maxStray = 4096
)

// joinBus gives a link its share of a line.
func joinBus(m line.Mode, f framing) (*bus, error) {
	buses.Lock()
	defer buses.Unlock()
	b := buses.named[m.Device]
	if b == nil {
		b = &bus{mode: m, framing: f, turn: make(chan struct{}, 1), doubts: map[byte]bool{}, deaf: map[byte]bool{}, absent: absences{}}
		buses.named[m.Device] = b
	}
	if b.users == 0 {
		b.mode, b.framing = m, f
	}
	if b.mode != m || b.framing.name() != f.name() {
		return nil, fmt.Errorf("%s %s: %w: another device uses the line as %s %s", m, f.name(), connector.ErrNotConnected, b.mode, b.framing.name())
	}
	b.users++
	return b, nil
}

// leave gives a share back; the last one closes the line. What is known of its units is kept:
// a reply that is missing may come in when the line is open again.
func (b *bus) leave() {
	buses.Lock()
	defer buses.Unlock()
	if b.users--; b.users == 0 {
		b.lose()
	}
}

// lose closes a line that is gone. The next device that connects opens it anew.
func (b *bus) lose() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.port != nil {
		b.port.Close()
		b.port = nil
	}
}

// enter waits for the turn.
func (b *bus) enter(ctx context.Context) error {
	select {
	case b.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) { // the connection is as good as it was
			return &connector.StatusError{Quality: tag.BadTimeout, Message: "the serial line was busy with other devices all the time"}
		}
		return ctx.Err()
	}
}

func (b *bus) exit() { <-b.turn }

// open opens the line if it is not.
func (b *bus) open() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.port != nil {
		return nil
	}
	p, err := line.Open(b.mode)
	if err != nil {
		return fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
	}
	b.port, b.reader = p, bufio.NewReaderSize(p, 1024)
	b.wary, b.quietSince = true, time.Now()
	return nil
}

func (b *bus) current() line.Port {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.port
}

// openBus is link.open for a serial line.
func (l *link) openBus(ctx context.Context) error {
	l.mu.Lock()
	shared := l.bus
	l.mu.Unlock()
	if shared == nil {
		joined, err := joinBus(*l.mode, l.framing)
		if err != nil {
			return err
		}
		l.mu.Lock()
		if !l.opened {
			l.mu.Unlock()
			joined.leave()
			return connector.ErrNotConnected
		}
		l.bus, shared = joined, joined
		l.mu.Unlock()
	}
	if shared.current() != nil {
		return nil
	}
	if err := shared.enter(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return err
	}
	defer shared.exit()
	return shared.open()
}

// exchangeInTurn is link.exchange for a serial line.
func (l *link) exchangeInTurn(ctx context.Context, unit byte, request []byte) ([]byte, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l.mu.Lock()
	b, opened := l.bus, l.opened
	l.cancel = cancel
	l.mu.Unlock()
	if b == nil || !opened {
		return nil, unsent{connector.ErrNotConnected}
	}
	if err := b.enter(ctx); err != nil {
		return nil, unsent{l.ended(err)}
	}
	defer b.exit()
	port := b.current()
	if port == nil {
		return nil, unsent{fmt.Errorf("%s: %w: the port is gone", b.mode, connector.ErrNotConnected)}
	}
	if l.tried[unit] { // whoever connects asks in any case
		if err := b.absent.refuse(unit, request); err != nil {
			return nil, unsent{l.count(unit, err)}
		}
	}
	l.tried[unit] = true
	if err := b.settle(ctx, port, l.delay); err != nil {
		return nil, unsent{l.ended(b.gone(err))}
	}
	if b.doubts[unit] {
		if err := b.step(ctx, port, unit, l.timeout, l.delay); err != nil {
			b.absent.missed(unit)
			return nil, unsent{l.broken(ctx, b, unit, err)}
		}
	}
	b.out = b.framing.pack(b.out[:0], 0, unit, request)
	sent, answered, reply, err := b.ask(ctx, port, l.timeout, func() (byte, []byte, error) {
		return b.framing.next(b.reader, 0, unit, request)
	})
	if !sent {
		return nil, unsent{l.broken(ctx, b, unit, err)}
	}
	var data []byte
	if err == nil {
		data, err = checkReply(request, reply)
		var e exception
		if err != nil && !errors.As(err, &e) {
			err = fmt.Errorf("%w: unit %d: %w", errGarbage, answered, err)
		}
	}
	var e exception
	if err != nil && !errors.As(err, &e) {
		b.doubts[unit] = !b.deaf[unit] || errors.Is(err, os.ErrDeadlineExceeded)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			b.absent.missed(unit)
		}
		return nil, l.broken(ctx, b, unit, err)
	}
	b.absent.here(unit)
	l.failures = 0
	clear(l.silent)
	l.answered[unit] = time.Now()
	l.data = append(l.data[:0], data...) // the reader is another's once the turn ends
	return l.data, err
}

// ask sends b.out and waits for next to understand the reply. sent is false when nothing left.
func (b *bus) ask(ctx context.Context, port line.Port, timeout time.Duration, next func() (byte, []byte, error)) (sent bool, unit byte, reply []byte, err error) {
	deadline := time.Now().Add(timeout + b.mode.Air(len(b.out)+len(b.out)/2+maxPDU))
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	_ = port.SetDeadline(deadline) // fails only when closed; then Write fails
	over := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(over)
		_ = port.SetDeadline(time.Unix(1, 0))
	})
	defer func() {
		if !stop() {
			<-over // else it would end the exchange of the next
		}
		b.quietSince = time.Now()
	}()
	if n, err := port.Write(b.out); err != nil {
		return n > 0, 0, nil, err
	}
	unit, reply, err = next()
	return true, unit, reply, err
}

// settle waits for the silent interval. Whatever comes in meanwhile is late, doubled or noise,
// and thrown away.
func (b *bus) settle(ctx context.Context, port line.Port, delay time.Duration) error {
	silence := max(leastSilence, b.mode.Air(7)/2, delay)
	if b.mode.Baud > 19200 {
		silence = max(leastSilence, delay)
	}
	since := b.quietSince
	if n := b.reader.Buffered(); n > 0 {
		_, _ = b.reader.Discard(n)
		since = time.Now()
	}
	if b.wary {
		silence, since = max(silence, warySilence), time.Now()
		b.wary = false
	}
	for stray := 0; ; {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		_ = port.SetReadDeadline(later(since.Add(silence), time.Now().Add(time.Millisecond)))
		n, err := b.reader.Read(b.scrap())
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return ctx.Err()
		case err != nil:
			return err
		}
		since = time.Now()
		if stray += n; stray > maxStray {
			b.wary = true
			return fmt.Errorf("%w: somebody on the line does not stop sending", errGarbage)
		}
	}
}

// scrap is where bytes go that nobody wants.
func (b *bus) scrap() []byte {
	if cap(b.out) < 256 {
		b.out = make([]byte, 0, 1024)
	}
	return b.out[:256]
}

// step finds out whether a unit of which a reply is missing is in step again: it is asked to
// return a number (function 8, sub-function 0), and everything before that number, or before
// an exception to function 8, is thrown away. Replies carry no number of their request, so
// that this alone tells a late reply from the one awaited. A unit that stays silent altogether
// has nothing left to send.
func (b *bus) step(ctx context.Context, port line.Port, unit byte, timeout, delay time.Duration) error {
	b.asked++
	b.out = b.framing.pack(b.out[:0], 0, unit, []byte{fcDiagnostics, 0, 0, byte(b.asked >> 8), byte(b.asked)})
	var ends [][]byte
	for _, code := range []exception{illegalFunction, illegalAddress, illegalValue, deviceFailure, deviceBusy} {
		ends = append(ends, b.framing.pack(nil, 0, unit, []byte{fcDiagnostics | exceptionBit, byte(code)}))
	}
	ends = append(ends, bytes.Clone(b.out))
	heard := false
	_, _, _, err := b.ask(ctx, port, timeout, func() (byte, []byte, error) {
		var got []byte
		for len(got) < maxStray {
			c, err := b.reader.ReadByte()
			if err != nil {
				return 0, nil, err
			}
			got, heard = append(got, c), true
			for _, end := range ends {
				if bytes.HasSuffix(got, end) {
					return unit, nil, nil
				}
			}
		}
		return 0, nil, fmt.Errorf("%w: it does not stop sending", errGarbage)
	})
	switch {
	case err == nil:
		delete(b.doubts, unit)
		delete(b.deaf, unit)
		return b.settle(ctx, port, delay)
	case errors.Is(err, os.ErrDeadlineExceeded) && !heard && ctx.Err() == nil:
		delete(b.doubts, unit)
		b.deaf[unit] = true
	}
	return err
}

// gone closes the line when an error says that it is no longer there.
func (b *bus) gone(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, errGarbage) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	b.lose()
	return fmt.Errorf("%s: %w: %w", b.mode, connector.ErrNotConnected, err)
}

// broken sorts what went wrong while waiting for a reply.
func (l *link) broken(ctx context.Context, b *bus, unit byte, err error) error {
	err = b.gone(err)
	switch {
	case errors.Is(err, connector.ErrNotConnected):
		return err
	case errors.Is(err, os.ErrDeadlineExceeded):
		if errors.Is(ctx.Err(), context.Canceled) {
			return l.ended(ctx.Err())
		}
		return l.count(unit, &connector.StatusError{Quality: tag.BadTimeout, Message: fmt.Sprintf("unit %d did not answer in time", unit)})
	case errors.Is(err, errGarbage):
		b.wary = true
		return l.count(unit, &connector.StatusError{Quality: tag.BadCommunicationError, Message: err.Error()})
	}
	return err
}

// ended makes an error of a link that was closed meanwhile one of the connection.
func (l *link) ended(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.opened {
		return err
	}
	return fmt.Errorf("%w: closed", connector.ErrNotConnected)
}
