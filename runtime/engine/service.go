package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// service is one connection at work.
type service struct {
	device   *device
	conn     connector.Connector
	plan     *devicePlan
	schedule schedule
	updates  []connector.Update
	lost     chan error // from the subscription
	cancel   context.CancelFunc
	silence  *time.Timer // runs while an answer is waited for
}

// polls reports whether there is anything to read by request.
func (s *service) polls() bool {
	for _, c := range s.schedule {
		if len(c.requests) > 0 {
			return true
		}
	}
	return false
}

// adopt takes a plan into use: requests are made anew, a subscription begins again when
// its points have changed.
func (s *service) adopt(ctx context.Context, plan *devicePlan) error {
	d, now := s.device, time.Now()
	old := s.plan
	s.plan, s.schedule = plan, nil
	err := guard(d.log, "connector "+d.typ.ID, func() error {
		for _, c := range plan.classes {
			s.schedule = append(s.schedule, newScan(c.interval, s.conn.Plan(c.points), now))
		}
		return nil
	})
	if err != nil {
		return err
	}
	sub, ok := s.conn.(connector.Subscriber)
	if !ok || old != nil && old.samePoints(plan) {
		return nil
	}
	s.unsubscribe()
	sctx, cancel := context.WithCancel(ctx)
	lost := make(chan error, 1)
	s.lost, s.cancel = lost, cancel
	go func() {
		err := guard(d.log, "connector "+d.typ.ID, func() error {
			return sub.Run(sctx, plan.points, func(u []connector.Update) { d.ingest(plan.sources, u) })
		})
		if err == nil {
			err = connector.ErrNotConnected
		}
		lost <- err
		close(lost)
	}()
	return nil
}

// unsubscribe ends the subscription and waits for it. One that does not end has the
// connection closed under it.
func (s *service) unsubscribe() {
	if s.cancel == nil {
		return
	}
	s.cancel()
	stuck := time.AfterFunc(closeGrace, func() { _ = guard(s.device.log, "connector "+s.device.typ.ID, s.conn.Close) })
	defer stuck.Stop()
	for range s.lost {
		continue // until it is closed
	}
	s.cancel, s.lost = nil, nil
}

// loop serves until the connection is lost: writes ahead of everything, between any two
// requests; then jobs; then what is due.
func (s *service) loop(ctx context.Context) error {
	d := s.device
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if p := d.plan.Load(); p != s.plan {
			if err := s.adopt(ctx, p); err != nil {
				return err
			}
			if !s.polls() {
				d.alive()
			}
		}
		if o := d.writes.pop(); o != nil {
			if err := s.write(ctx, o); err != nil {
				return err
			}
			continue
		}
		select {
		case err := <-s.lost:
			return err
		case <-d.again:
			return errAgain
		case job := <-d.jobs:
			job(ctx, s.conn)
			continue
		default:
		}
		if r := s.refresh(); r != nil {
			if err := s.read(ctx, r); err != nil {
				return err
			}
			continue
		}
		now := time.Now()
		if missed := s.schedule.tick(now); missed > 0 {
			d.overruns.Add(uint64(missed))
		}
		if r := s.schedule.request(); r != nil {
			if err := s.read(ctx, r); err != nil {
				return err
			}
			continue
		}
		d.publish(false)
		timer.Reset(min(s.schedule.wait(time.Now()), statusAtLeast))
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-d.wake:
		case <-d.again:
			return errAgain
		case err := <-s.lost:
			return err
		case job := <-d.jobs:
			job(ctx, s.conn)
		}
	}
}

// refresh takes the request of a source that somebody wants to see soon.
func (s *service) refresh() connector.Request {
	d := s.device
	d.refreshing.Lock()
	defer d.refreshing.Unlock()
	for n := len(d.refreshing.sources); n > 0; n = len(d.refreshing.sources) {
		src := d.refreshing.sources[n-1]
		d.refreshing.sources = d.refreshing.sources[:n-1]
		if id, ok := s.plan.index[src]; ok {
			if r := s.schedule.find(id); r != nil {
				return r
			}
		}
	}
	return nil
}

// listen begins to wait for an answer, unless one is waited for already: from the first
// request that goes unanswered, the device has its silence before all its tags are bad.
func (s *service) listen() {
	if s.silence != nil {
		return
	}
	d := s.device
	s.silence = time.AfterFunc(s.plan.silence, func() {
		d.spoil(d.plan.Load().sources, tag.BadNoCommunication)
		d.setState(StateLost, errors.New("no answer"))
	})
}

// answered ends the waiting.
func (s *service) answered(took time.Duration) {
	s.hush()
	s.device.measure(took)
	s.device.alive()
}

func (s *service) hush() {
	if s.silence != nil {
		s.silence.Stop()
		s.silence = nil
	}
}

// read carries out one request. It returns an error only when the connection is gone.
func (s *service) read(ctx context.Context, r connector.Request) error {
	d, plan := s.device, s.plan
	began := time.Now()
	s.listen()
	err := d.call(ctx, s.conn, plan.timeout, func(ctx context.Context) (err error) {
		s.updates, err = r.Read(ctx, s.updates[:0])
		return err
	})
	d.reads.Add(1)
	d.counters.reads.Add(1)
	if err == nil {
		s.answered(time.Since(began))
		d.ingest(plan.sources, s.updates)
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	d.errors.Add(1)
	d.counters.errors.Add(1)
	var refused *connector.StatusError
	var panicked *panicError
	quality := tag.BadCommunicationError
	switch {
	case errors.As(err, &panicked), errors.Is(err, connector.ErrNotConnected):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("no answer within %s: %w", plan.timeout, err)
	case errors.As(err, &refused):
		quality = refused.Quality
		if quality != tag.BadTimeout {
			s.answered(time.Since(began))
		}
	}
	d.note(err)
	hit := make([]*source, 0, len(r.Points()))
	for _, p := range r.Points() {
		hit = append(hit, plan.sources[p])
	}
	d.spoil(hit, quality)
	return nil
}

// write carries out one order. It returns an error only when the connection is gone.
func (s *service) write(ctx context.Context, o *order) error {
	d := s.device
	d.insist(o.source)
	began := time.Now()
	if o.source.bit >= 0 {
		if err := s.mergeBit(ctx, o); err != nil {
			return s.notSent(o, err)
		}
	}
	err := d.call(ctx, s.conn, s.plan.timeout, func(ctx context.Context) error {
		err := s.conn.Write(ctx, o.point, o.value)
		if refused := (*connector.StatusError)(nil); errors.As(err, &refused) && !o.whole.IsNone() && (refused.Quality == tag.BadTypeMismatch || refused.Quality == tag.BadOutOfRange && o.source.bit >= 0) {
			// It was not carried out: the value is not whole, and the device holds whole numbers; or the
			// word of a bit is a signed one.
			return s.conn.Write(ctx, o.point, o.whole)
		}
		return err
	})
	d.writeCount.Add(1)
	d.counters.writes.Add(1)
	var panicked *panicError
	if err != nil && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.As(err, &panicked)) && !errors.Is(err, connector.ErrUncertain) {
		err = fmt.Errorf("%w: %w", connector.ErrUncertain, err)
	}
	d.insist(o.source)
	o.done <- err
	if err == nil {
		s.answered(time.Since(began))
		return nil
	}
	d.errors.Add(1)
	d.counters.errors.Add(1)
	if errors.Is(err, connector.ErrNotConnected) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &panicked) {
		return err
	}
	d.note(err)
	return ctx.Err()
}
