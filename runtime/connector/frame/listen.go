package frame

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// listener is a device that sends by itself.
type listener struct {
	*device
	running sync.Mutex // held by who reads

	waiting sync.Mutex // guards wait
	wait    *waiter
}

// waiter is a write that waits for its reply.
type waiter struct {
	address *Address
	done    chan error
}

// Plan implements connector.Connector: all is pushed.
func (l *listener) Plan([]connector.Point) []connector.Request { return nil }

// Connect implements connector.Connector. A device that sends regularly is connected when its
// first frame is there.
func (l *listener) Connect(ctx context.Context) error {
	if err := l.device.Connect(ctx); err != nil {
		return err
	}
	silence := l.settings.Silence.Std()
	if silence == 0 || l.settings.Transport == "tcp-server" {
		return nil
	}
	wait, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	err := l.first(wait)
	if err == nil {
		return nil
	}
	_ = l.Close() // the error that counts is the one before
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return lost(fmt.Errorf("no frame came within %s: %w", silence, err))
}

// first reads until a frame has come in.
func (l *listener) first(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	before, seen := l.frames.Load(), false
	count := connector.Point{Address: &Address{Kind: "frames"}, Type: tag.Int}
	err := l.Run(ctx, []connector.Point{count}, func([]connector.Update) {
		if l.frames.Load() != before {
			seen = true
			cancel()
		}
	})
	if seen {
		return nil
	}
	return err
}

// batch is how many updates are passed on at once at most.
const batch = 1000

// Run implements connector.Subscriber.
func (l *listener) Run(ctx context.Context, points []connector.Point, emit func([]connector.Update)) error {
	l.running.Lock()
	defer l.running.Unlock()
	return l.run(ctx, points, emit)
}

// run reads until ctx ends; running is locked.
func (l *listener) run(ctx context.Context, points []connector.Point, emit func([]connector.Update)) error {
	s := l.current()
	if s == nil {
		return connector.ErrNotConnected
	}
	over := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(over)
		_ = s.SetReadDeadline(time.Unix(1, 0))
	})
	defer func() {
		if !stop() {
			<-over
		}
	}()
	r := &reception{listener: l, points: points, emit: emit}
	r.begin()
	quiet := time.Now()
	for {
		deadline := time.Time{}
		if len(l.split.buf) > 0 {
			deadline = time.Now().Add(l.within())
		}
		if silence := l.settings.Silence.Std(); silence > 0 {
			if end := quiet.Add(silence); deadline.IsZero() || end.Before(deadline) {
				deadline = end
			}
		}
		_ = s.SetReadDeadline(deadline)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n, err := s.Read(l.buf)
		before := l.split.frames
		switch {
		case err == nil:
			l.take(l.buf[:n], r.frame)
		case errors.Is(err, errAbsent):
			l.split.reset()
			r.all(tag.BadNoCommunication)
			quiet = time.Now()
		case !late(err):
			l.gone(s)
			return lost(err)
		case ctx.Err() != nil:
			return ctx.Err()
		default:
			l.pause(r.frame)
		}
		if l.split.frames != before {
			quiet = time.Now()
		} else if silence := l.settings.Silence.Std(); silence > 0 && time.Since(quiet) >= silence {
			v, waits := s.(*server)
			if !waits {
				return fmt.Errorf("%w: nothing came for %s", connector.ErrNotConnected, silence)
			}
			v.hangUp()
			l.split.reset()
			r.all(tag.BadNoCommunication)
			quiet = time.Now()
		}
		r.flush()
	}
}

func (l *listener) gone(s stream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stream == s {
		s.Close()
		l.stream = nil
	}
}

// reception makes updates of frames.
type reception struct {
	*listener
	points  []connector.Point
	emit    func([]connector.Update)
	updates []connector.Update
	counted uint64 // frames and errors when the counters were passed on
}

// begin passes on what is known without a frame.
func (r *reception) begin() {
	r.counted = ^uint64(0)
	for _, cp := range r.points {
		if _, err := address(cp); err != nil {
			r.updates = append(r.updates, connector.Update{Point: cp.ID, Sample: tag.Sample{Quality: tag.BadConfigurationError, Source: tag.Now()}})
		}
	}
	r.flush()
}

// frame makes the updates of one frame.
func (r *reception) frame(f []byte) {
	r.confirm(f)
	now := tag.Now()
	for _, cp := range r.points {
		a, ok := cp.Address.(*Address)
		if !ok || a.Kind == "none" || a.Kind == "frames" || a.Kind == "errors" || !bytes.HasPrefix(f, a.match) {
			continue
		}
		v, q := a.decode(f, cp.Type)
		r.updates = append(r.updates, connector.Update{Point: cp.ID, Sample: tag.Sample{Value: v, Quality: q, Source: now}})
	}
	if len(r.updates) >= batch {
		r.flush()
	}
}

// all makes the points bad whose device has left.
func (r *reception) all(q tag.Quality) {
	now := tag.Now()
	for _, cp := range r.points {
		if a, err := address(cp); err == nil && a.Kind != "frames" && a.Kind != "errors" {
			r.updates = append(r.updates, connector.Update{Point: cp.ID, Sample: tag.Sample{Quality: q, Source: now}})
		}
	}
}

// flush passes on what there is, with the counters that have changed.
func (r *reception) flush() {
	if n := r.split.frames + r.split.errors; n != r.counted {
		r.counted = n
		r.count()
		for _, cp := range r.points {
			if a, err := address(cp); err == nil {
				if s, ok := r.counter(a, cp.Type); ok {
					r.updates = append(r.updates, connector.Update{Point: cp.ID, Sample: s})
				}
			}
		}
	}
	if len(r.updates) > 0 {
		r.emit(r.updates)
		r.updates = r.updates[:0]
	}
}

// confirm gives a frame to the write that waits for it.
func (l *listener) confirm(f []byte) {
	l.waiting.Lock()
	defer l.waiting.Unlock()
	if l.wait == nil {
		return
	}
	if ours, refused := l.wait.address.answered(f); ours {
		l.wait.done <- refused
		l.wait = nil
	}
}

// Write implements connector.Connector. The reply is awaited by who reads.
func (l *listener) Write(ctx context.Context, cp connector.Point, v tag.Value) error {
	a, err := address(cp)
	if err != nil {
		return err
	}
	out, err := l.bytes(a, v)
	if err != nil {
		return err
	}
	if a.Confirm != "none" && len(a.reply) == 0 {
		return refuse(tag.BadConfigurationError, "a device that sends by itself does not confirm by any frame: say what the reply begins with, or that there is none")
	}
	s := l.current()
	if s == nil {
		return connector.ErrNotConnected
	}
	w := &waiter{address: a, done: make(chan error, 1)}
	if a.Confirm != "none" {
		l.waiting.Lock()
		l.wait = w
		l.waiting.Unlock()
		defer func() {
			l.waiting.Lock()
			l.wait = nil
			l.waiting.Unlock()
		}()
	}
	ctx, cancel := context.WithTimeout(ctx, l.settings.Timeout.Std())
	defer cancel()
	if d := l.settings.Delay.Std(); d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if a.Confirm != "none" && l.running.TryLock() { // nobody reads, so the reply is read here
		reading, end := context.WithCancel(ctx)
		read := make(chan struct{})
		go func() {
			defer close(read)
			defer l.running.Unlock()
			_ = l.run(reading, nil, func([]connector.Update) {}) // what it reads ends the waiting, or the time does
		}()
		defer func() {
			end()
			<-read
		}()
	}
	deadline, _ := ctx.Deadline()
	_ = s.SetWriteDeadline(deadline)
	switch n, err := s.Write(out); {
	case errors.Is(err, errAbsent):
		return refuse(tag.BadNoCommunication, "%v", err)
	case err != nil && n == 0 && !late(err):
		return lost(err)
	case err != nil:
		return uncertain(lost(err))
	}
	if a.Confirm == "none" {
		return nil
	}
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return uncertain(refuse(tag.BadTimeout, "the device did not confirm in time"))
	}
}
