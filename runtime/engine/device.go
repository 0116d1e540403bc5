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
