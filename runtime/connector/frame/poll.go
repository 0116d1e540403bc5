package frame

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// poller is a device that answers requests.
type poller struct {
	*device
	failures int
	// missed says that a reply may still come in on a line that cannot be made anew, one that
	// begins with missedReply as far as known.
	missed      bool
	missedReply []byte
}

// Connect implements connector.Connector.
func (p *poller) Connect(ctx context.Context) error {
	p.failures = 0
	if err := p.device.Connect(ctx); err != nil {
		return err
	}
	if !p.settings.Probe || p.settings.Transport == "tcp-server" {
		return nil
	}
	_, err := p.ask(ctx, &p.settings.Requests[0])
	if err == nil {
		return nil
	}
	_ = p.Close() // the error that counts is the one before
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return lost(fmt.Errorf("ask %s: %w", p.settings.Requests[0].Name, err))
}

// maxFailures exchanges in a row without an answer are a lost connection.
const maxFailures = 2

// unsent is an error of a frame that never left.
type unsent struct{ error }

func (e unsent) Unwrap() error { return e.error }

// Plan makes one request of all points that the same question answers.
func (p *poller) Plan(points []connector.Point) []connector.Request {
	var (
		out     []connector.Request
		named   = map[string]*question{}
		counted = &answerless{device: p.device}
	)
	for _, cp := range points {
		a, err := address(cp)
		if err == nil && a.Kind == "none" {
			continue // it is written only
		}
		if err == nil && (a.Kind == "frames" || a.Kind == "errors") {
			counted.points = append(counted.points, cp)
			continue
		}
		if err != nil || p.settings.requests[a.Request] == nil {
			counted.points = append(counted.points, cp)
			continue
		}
		q := named[a.Request]
		if q == nil {
			q = &question{p: p, request: p.settings.requests[a.Request]}
			named[a.Request] = q
			out = append(out, q)
		}
		q.points = append(q.points, cp)
		q.ids = append(q.ids, cp.ID)
	}
	if len(counted.points) > 0 {
		out = append(out, counted)
	}
	return out
}

// question is one exchange with the device.
type question struct {
	p       *poller
	request *Request
	points  []connector.Point
	ids     []int
}

// Points implements connector.Request.
func (q *question) Points() []int { return q.ids }

// Read implements connector.Request.
func (q *question) Read(ctx context.Context, dst []connector.Update) ([]connector.Update, error) {
	frame, err := q.p.ask(ctx, q.request)
	if err != nil {
		return dst, err
	}
	now := tag.Now()
	for _, cp := range q.points {
		a := cp.Address.(*Address)
		s := tag.Sample{Quality: tag.BadNoData, Source: now}
		if bytes.HasPrefix(frame, a.match) {
			s.Value, s.Quality = a.decode(frame, cp.Type)
		}
		dst = append(dst, connector.Update{Point: cp.ID, Sample: s})
	}
	return dst, nil
}

// answerless reads what takes no exchange: counters, and addresses of no request.
type answerless struct {
	device *device
	points []connector.Point
}

// Points implements connector.Request.
func (q *answerless) Points() []int {
	ids := make([]int, len(q.points))
	for i := range q.points {
		ids[i] = q.points[i].ID
	}
	return ids
}

// Read implements connector.Request.
func (q *answerless) Read(_ context.Context, dst []connector.Update) ([]connector.Update, error) {
	if q.device.current() == nil {
		return dst, connector.ErrNotConnected
	}
	for _, cp := range q.points {
		s := tag.Sample{Quality: tag.BadConfigurationError, Source: tag.Now()}
		if a, err := address(cp); err == nil {
			if n, ok := q.device.counter(a, cp.Type); ok {
				s = n
			}
		}
		dst = append(dst, connector.Update{Point: cp.ID, Sample: s})
	}
	return dst, nil
}

// ask carries out one request and returns the frame that answers it.
func (p *poller) ask(ctx context.Context, r *Request) ([]byte, error) {
	out, err := r.template.fill(tag.Value{}, 0, p.settings.sum, plainText)
	if err != nil {
		return nil, err
	}
	var answer []byte
	err = p.exchange(ctx, out, r.reply, func(f []byte) bool {
		if !bytes.HasPrefix(f, r.reply) {
			return false
		}
		answer = append(answer, f...)
		return true
	})
	return answer, err
}

// Write implements connector.Connector.
func (p *poller) Write(ctx context.Context, cp connector.Point, v tag.Value) error {
	a, err := address(cp)
	if err != nil {
		return err
	}
	out, err := p.bytes(a, v)
	if err != nil {
		return err
	}
	var refused error
	var accept func([]byte) bool
	if a.Confirm != "none" {
		accept = func(f []byte) bool {
			ours, err := a.answered(f)
			refused = err
			return ours
		}
	}
	err = p.exchange(ctx, out, a.reply, accept)
	var left unsent
	switch {
	case err == nil:
		return refused
	case errors.As(err, &left):
		return err
	}
	return uncertain(err)
}

// answered reports whether a frame is the reply to a write, and the refusal that it is.
func (a *Address) answered(f []byte) (bool, error) {
	if len(a.refusal) > 0 && bytes.HasPrefix(f, a.refusal) {
		return true, refuse(tag.BadOutOfRange, "the device answered %s", show(f))
	}
	return bytes.HasPrefix(f, a.reply), nil
}

// exchange sends a frame and waits for one that accept takes, which begins with reply; with a
// nil accept for none.
// Errors: *connector.StatusError when this exchange failed and the next may be tried, wrapping
// connector.ErrNotConnected when the connection is gone; unsent around it when nothing left.
func (p *poller) exchange(ctx context.Context, out, reply []byte, accept func([]byte) bool) error {
	s, err := p.again(ctx)
	if err != nil {
		return unsent{err}
	}
	stop := p.guard(ctx, s)
	defer stop()
	if err := p.settle(ctx, s); err != nil {
		return unsent{p.broken(ctx, s, err)}
	}
	if p.missed {
		heard, err := p.step(ctx, s)
		if err != nil {
			err = p.broken(ctx, s, err)
			p.missed = heard
			return unsent{err}
		}
		p.missed = false
	}
	_, sent, err := p.send(ctx, s, out, accept)
	if err != nil {
		p.missedReply = reply
		if err = p.broken(ctx, s, err); !sent {
			return unsent{err}
		}
		return err
	}
	p.failures = 0
	return nil
}

// send sends a frame and reads until accept takes one. heard says that something came in.
func (p *poller) send(ctx context.Context, s stream, out []byte, accept func([]byte) bool) (heard, sent bool, err error) {
	deadline := time.Now().Add(p.settings.Timeout.Std())
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	_ = s.SetWriteDeadline(deadline)
	if n, err := s.Write(out); err != nil {
		return false, n > 0, err
	}
	done := accept == nil
	got := func(f []byte) { done = done || accept(f) }
	for !done {
		n, err := p.readUntil(ctx, s, deadline, got)
		if n > 0 {
			heard = true
			p.take(p.buf[:n], got)
		}
		if err != nil && !done {
			return heard, true, err
		}
	}
	return heard, true, nil
}

// step finds out whether a device that missed a reply is in step again, on a line that cannot
// be made anew: it is asked something whose reply begins otherwise, so that a late reply is told
// from it. A device that stays silent altogether has nothing left to send.
func (p *poller) step(ctx context.Context, s stream) (heard bool, err error) {
	for i := range p.settings.Requests {
		r := &p.settings.Requests[i]
		if len(r.reply) == 0 || bytes.HasPrefix(r.reply, p.missedReply) || bytes.HasPrefix(p.missedReply, r.reply) {
			continue
		}
		out, err := r.template.fill(tag.Value{}, 0, p.settings.sum, plainText)
		if err != nil {
			return true, err
		}
		if heard, _, err = p.send(ctx, s, out, func(f []byte) bool { return bytes.HasPrefix(f, r.reply) }); err == nil {
			err = p.settle(ctx, s)
		}
		return heard, err
	}
	return false, nil // that it was silent for a while has to do
}

// readUntil reads once, before the deadline; pauses between bytes are passed on.
func (p *poller) readUntil(ctx context.Context, s stream, deadline time.Time, got func([]byte)) (int, error) {
	until := deadline
	waiting := len(p.split.buf) > 0
	if next := time.Now().Add(p.within()); waiting && next.Before(until) {
		until = next
	}
	_ = s.SetReadDeadline(until)
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	n, err := s.Read(p.buf)
	if late(err) && ctx.Err() == nil && waiting {
		p.pause(got)
		if time.Now().Before(deadline) {
			return 0, nil
		}
	}
	return n, err
}

// guard ends what is under way on a stream when ctx does. The function that it returns must be
// called at the end.
func (p *poller) guard(ctx context.Context, s stream) func() {
	over := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(over)
		_ = s.SetReadDeadline(time.Unix(1, 0))
		_ = s.SetWriteDeadline(time.Unix(1, 0))
	})
	return func() {
		if !stop() {
			<-over
		}
	}
}

// again is the stream, a new one when the last was given up.
func (p *poller) again(ctx context.Context) (stream, error) {
	if s := p.current(); s != nil {
		return s, nil
	}
	if !p.isOpen() {
		return nil, connector.ErrNotConnected
	}
	ctx, cancel := context.WithTimeout(ctx, p.settings.Timeout.Std())
	defer cancel()
	p.mu.Lock()
	p.cancel = cancel
	p.mu.Unlock()
	if err := p.open(ctx); err != nil {
		return nil, lost(err)
	}
	if s := p.current(); s != nil {
		return s, nil
	}
	return nil, connector.ErrNotConnected
}

// settle throws away what came in meanwhile. After a missed reply on a line that cannot be made
// anew it waits until nothing has come for as long as a reply may take.
func (p *poller) settle(ctx context.Context, s stream) error {
	quiet := max(p.settings.Delay.Std(), time.Millisecond)
	if p.missed {
		quiet = max(quiet, p.settings.Timeout.Std()/2)
	}
	p.split.reset()
	for thrown := 0; thrown < 1<<20; {
		_ = s.SetReadDeadline(time.Now().Add(quiet))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n, err := s.Read(p.buf)
		switch {
		case late(err):
			return ctx.Err()
		case err != nil:
			return err
		}
		thrown += n
	}
	return refuse(tag.BadCommunicationError, "the device does not stop sending")
}

// broken sorts what went wrong, and gives up a stream that is not to be trusted.
func (p *poller) broken(ctx context.Context, s stream, err error) error {
	var status *connector.StatusError
	switch {
	case errors.Is(err, errAbsent):
		return refuse(tag.BadNoCommunication, "%v", err)
	case late(err), errors.As(err, &status), ctx.Err() != nil:
		p.give(s)
		if errors.Is(ctx.Err(), context.Canceled) {
			if !p.isOpen() {
				return fmt.Errorf("%w: closed", connector.ErrNotConnected)
			}
			return ctx.Err()
		}
		if p.failures++; status == nil {
			err = refuse(tag.BadTimeout, "the device did not answer in time")
		}
		if p.failures >= maxFailures && p.settings.Transport != "tcp-server" {
			return lost(err)
		}
		return err
	}
	p.close(s)
	return lost(err)
}

// give ends a connection on which a reply is missing: what comes on the next is not late.
func (p *poller) give(s stream) {
	switch v := s.(type) {
	case *server:
		v.hangUp()
	case serialStream:
		p.missed = true
	case *udpStream:
		if p.settings.LocalPort != 0 {
			p.missed = true
			return
		}
		p.close(s)
	default:
		p.close(s)
	}
}

func (p *poller) close(s stream) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s.Close()
	if p.stream == s {
		p.stream = nil
	}
}
