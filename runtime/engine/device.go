package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Timing of devices.
const (
	backoffFirst = 500 * time.Millisecond
	backoffMost  = 30 * time.Second
	// steady is how long a connection must have lasted for the back-off to begin anew.
	steady = 5 * time.Second
	// silence is how long a request of a device without a time-out of its own may go
	// unanswered before the device counts as lost and its tags as bad. The request itself
	// goes on until the time-out.
	silence        = 1500 * time.Millisecond
	defaultTimeout = 3 * time.Second
	// closeGrace is how long after its time-out a call may take to return before the
	// connector is closed under it.
	closeGrace = time.Second
	// statusAtLeast is how often a device that has nothing to do looks at its own state.
	statusAtLeast = 5 * time.Second
)

// Errors that end a write before it reached the device.
var (
	errSuperseded   = errors.New("a newer value for the same tag came before this one was sent")
	errQueueFull    = errors.New("the write queue of the device is full")
	errDeviceLost   = errors.New("the device is not connected")
	errDeviceClosed = errors.New("the device was stopped")
)

// Device states.
const (
	StateDisabled   = "disabled"
	StateConnecting = "connecting"
	StateConnected  = "connected"
	StateLost       = "lost"
)

// device is one configured connection. One goroutine, run, alone talks to the connector
// (Subscriber.Run excepted, which runs beside).
type device struct {
	id       string
	typ      *connector.Type
	settings json.RawMessage
	secret   func(string) (string, error)
	trust    Trust
	again    chan struct{} // the connection shall be made anew
	table    *tag.Table
	log      *slog.Logger
	counters *counters
	system   systemTags
	doc      atomic.Pointer[plant.Device]
	plan     atomic.Pointer[devicePlan]

	writes writeQueue
	jobs   chan job
	wake   chan struct{} // plan changed, write queued, refresh asked
	quit   chan struct{}
	once   sync.Once
	done   chan struct{}

	refreshing struct {
		sync.Mutex
		sources []*source
	}

	// late takes samples that are not the present value into the history; nil when none is kept.
	late func([]tag.Change)

	intake sync.Mutex // guards the state of sources and batch
	batch  []tag.Update

	status struct {
		sync.Mutex
		state   string
		err     string
		refused *RefusedCertificate
		since   time.Time
		latency float64 // ms, moving average
		shown   time.Time
		flap    flapping
		failure tag.Value // the last write that did not end good
	}
	clock                                                      deviceClock
	failedWrites                                               atomic.Uint64
	reads, writeCount, errors, overruns, clockFaults, connects atomic.Uint64
}

// job is something else done with the connector between two requests; it is nil when there
// is no connection.
type job func(ctx context.Context, c connector.Connector)

// devicePlan is what a device has to read. It is replaced as a whole.
type devicePlan struct {
	sources []*source
	points  []connector.Point // ID is the index
	classes []planClass
	timeout time.Duration
	silence time.Duration
	index   map[*source]int
}

// planClass is one scan class: the points of sources that are polled together.
type planClass struct {
	interval time.Duration
	points   []connector.Point
}

// samePoints reports whether two plans read the same sources.
func (p *devicePlan) samePoints(o *devicePlan) bool {
	if len(p.sources) != len(o.sources) {
		return false
	}
	for i := range p.sources {
		if p.sources[i] != o.sources[i] {
			return false
		}
	}
	return true
}

// end asks the device to stop.
func (d *device) end() { d.once.Do(func() { close(d.quit) }) }

// abandon ends a device that Run never took.
func (d *device) abandon() {
	d.end()
	d.writes.shut(errDeviceClosed)
	close(d.done)
}

// replan gives the device another plan. The connection stays.
func (d *device) replan(p *devicePlan) {
	d.plan.Store(p)
	poke(d.wake)
}

// run connects, serves and connects again until ctx ends or the device is stopped.
func (d *device) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		select {
		case <-d.quit:
			cancel()
		case <-ctx.Done():
		}
	}()
	defer close(d.done)
	defer func() { cancel(); <-stopped }()
	defer d.writes.shut(errDeviceClosed)

	var conn connector.Connector
	pause := backoffFirst
	for ctx.Err() == nil {
		began := time.Now()
		var err error
		if conn == nil {
			err = guard(d.log, "connector "+d.typ.ID, func() (err error) {
				settings, err := spec.WithSecrets(d.settings, d.secret)
				if err != nil {
					return err
				}
				conn, err = d.typ.New(settings)
				useTrust(d.trust, d.id, conn)
				return err
			})
		}
		if err == nil {
			err = d.connectAndServe(ctx, conn)
			_ = guard(d.log, "connector "+d.typ.ID, conn.Close)
			if panicked := (*panicError)(nil); errors.As(err, &panicked) {
				conn = nil
			}
		} else {
			conn = nil
		}
		if ctx.Err() != nil {
			break
		}
		d.lose(err)
		if time.Since(began) > steady {
			pause = backoffFirst
		}
		d.rest(ctx, pause/2+rand.N(pause/2+1))
		pause = min(pause*2, backoffMost)
	}
	d.writes.shut(errDeviceClosed)
	if p := d.plan.Load(); p != nil {
		d.spoil(p.sources, tag.BadNotConnected)
	}
}

// rest waits between two attempts. A plan that came meanwhile has new points: they are bad too.
func (d *device) rest(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			return
		case <-d.again:
			return
		case job := <-d.jobs:
			job(ctx, nil)
		case <-d.wake:
			d.spoil(d.plan.Load().sources, tag.BadNoCommunication)
		}
	}
}

// lose marks the device as lost.
func (d *device) lose(err error) {
	d.writes.shut(errDeviceLost)
	d.spoil(d.plan.Load().sources, tag.BadNoCommunication)
	d.errors.Add(1)
	d.setState(StateLost, err)
}

// call runs one call of the connector under a time-out, catches its panic, and closes the
// connector under a call that does not return.
func (d *device) call(ctx context.Context, conn connector.Connector, timeout time.Duration, f func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	stuck := time.AfterFunc(timeout+closeGrace, func() { _ = guard(d.log, "connector "+d.typ.ID, conn.Close) })
	defer stuck.Stop()
	unstick := context.AfterFunc(ctx, func() {
		// The device is being stopped: what is under way shall end at once.
		if errors.Is(ctx.Err(), context.Canceled) {
			_ = guard(d.log, "connector "+d.typ.ID, conn.Close)
		}
	})
	defer unstick()
	return guard(d.log, "connector "+d.typ.ID, func() error { return f(ctx) })
}

// connectAndServe returns when the connection is lost or ctx ends.
func (d *device) connectAndServe(ctx context.Context, conn connector.Connector) error {
	d.setState(StateConnecting, nil)
	plan := d.plan.Load()
	watch := time.AfterFunc(plan.silence, func() { d.spoil(d.plan.Load().sources, tag.BadNoCommunication) })
	err := d.call(ctx, conn, max(plan.timeout, defaultTimeout), conn.Connect)
	watch.Stop()
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	d.connects.Add(1)
	s := &service{device: d, conn: conn}
	defer s.unsubscribe()
	defer s.hush()
	if err := s.adopt(ctx, plan); err != nil {
		return err
	}
	if !s.polls() {
		d.alive()
	}
	return s.loop(ctx)
}

// alive says that the device answers.
func (d *device) alive() {
	d.writes.open()
	d.setState(StateConnected, nil)
}

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

// wantFresh asks for a source to be read soon.
func (d *device) wantFresh(src *source) {
	d.refreshing.Lock()
	known := false
	for _, s := range d.refreshing.sources {
		known = known || s == src
	}
	if !known {
		d.refreshing.sources = append(d.refreshing.sources, src)
	}
	d.refreshing.Unlock()
	poke(d.wake)
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

// insist lets the next value of a source through its deadband.
func (d *device) insist(s *source) {
	d.intake.Lock()
	s.force = true
	d.intake.Unlock()
}

// measure takes the time of one exchange into the moving average.
func (d *device) measure(took time.Duration) {
	ms := float64(took) / float64(time.Millisecond)
	d.counters.latency(took)
	d.status.Lock()
	if d.status.latency == 0 {
		d.status.latency = ms
	} else {
		d.status.latency += (ms - d.status.latency) / 8
	}
	d.status.Unlock()
}

// note keeps the message of an error that did not end the connection.
func (d *device) note(err error) {
	d.status.Lock()
	d.status.err, d.status.refused = err.Error(), RefusedCertificateOf(err)
	d.status.Unlock()
}

// setState changes the state; an error stays shown until the device is connected.
func (d *device) setState(state string, err error) {
	d.status.Lock()
	was := d.status.state
	if state == StateConnecting && was == StateLost {
		state = StateLost // it stays lost until it answers
	}
	if err != nil {
		d.status.err, d.status.refused = err.Error(), RefusedCertificateOf(err)
	} else if state == StateConnected && was != StateConnected {
		d.status.err, d.status.refused = "", nil
	}
	changed := state != was
	if changed {
		d.status.state, d.status.since = state, time.Now()
		d.status.flap.change(d.status.since, was == StateConnected, state == StateConnected)
	}
	d.status.Unlock()
	if !changed {
		return
	}
	if err != nil {
		d.log.Warn("device "+state, "device", d.id, "error", err)
	} else {
		d.log.Info("device "+state, "device", d.id)
	}
	d.publish(true)
}

func stack() string { return string(debug.Stack()) }
