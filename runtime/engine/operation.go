package engine

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// settleGrace is how long pulses may take to write back when the runtime stops or writes are
// blocked; swapGrace when the plant is changed.
const (
	settleGrace = 800 * time.Millisecond
	swapGrace   = 2 * time.Second
)

// maxOperations bounds the pulses and ramps under way at once.
const maxOperations = 1000

// operation is a write that goes on after its first value: a pulse or a ramp. One tag has one
// at most.
type operation struct {
	mode   string // ModePulse or ModeRamp
	path   tag.Path
	actor  auth.Actor
	target tag.Value
	from   tag.Value
	began  time.Time
	until  time.Time

	// hurry asks a pulse to write back now and a ramp to stop; cause says why.
	hurry chan struct{}
	once  sync.Once
	cause string
	// replaced: another write has taken the tag over, and nothing is written back.
	replaced bool
	// standing: the value of a pulse is on the device, so that a write from now on replaces it.
	standing atomic.Bool
	// halt ends the step of a ramp that is under way, cancel everything; done is closed at the end.
	halt   context.CancelFunc
	cancel context.CancelFunc
	done   chan struct{}
}

// stop asks the operation to end. The first cause counts.
func (o *operation) stop(cause string, replaced bool) {
	o.once.Do(func() {
		o.cause, o.replaced = cause, replaced
		close(o.hurry)
		if o.halt != nil {
			o.halt()
		}
	})
}

// operations are the pulses and ramps under way.
type operations struct {
	mu      sync.Mutex
	by      map[tag.Path]*operation
	closed  bool
	running sync.WaitGroup
}

// beginOperation makes an operation known, and calls f in a goroutine of its own whose context
// outlives whoever asked.
func (e *Engine) beginOperation(o *operation, f func(ctx context.Context)) *spec.Problem {
	s := &e.operations
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return &spec.Problem{Code: "cancelled", Message: "The write was given up before it was sent."}
	case s.by[o.path] != nil:
		return &spec.Problem{Code: "operation_running", Message: "A pulse or ramp of this tag has not ended yet.", Hint: "Try again in a moment."}
	case len(s.by) >= maxOperations:
		return &spec.Problem{Code: "queue_full", Message: "Too many pulses and ramps are under way.", Hint: "Wait until some have ended."}
	}
	if s.by == nil {
		s.by = map[tag.Path]*operation{}
	}
	ctx, cancel := context.WithCancel(context.Background())
	o.hurry, o.done, o.cancel = make(chan struct{}), make(chan struct{}), cancel
	s.by[o.path] = o
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		defer cancel()
		defer func() {
			s.mu.Lock()
			delete(s.by, o.path)
			s.mu.Unlock()
			close(o.done)
			if o.mode == ModeRamp {
				e.writesChanged()
			}
		}()
		if err := guard(e.log, o.mode+" of "+string(o.path), func() error { f(ctx); return nil }); err != nil {
			e.log.Error("operation ended", "mode", o.mode, "path", o.path, "error", err)
		}
	}()
	return nil
}

// takenOver is why an operation ends for which another write is made.
const takenOver = "Another write has taken its place."

// endRamp ends the ramp of a tag before another value is sent.
func (e *Engine) endRamp(path tag.Path, cause string) {
	if o := e.operations.of(path); o != nil && o.mode == ModeRamp {
		o.stop(cause, true)
		<-o.done // its last step must not come after the new value
	}
}

// standingPulse is the pulse whose value is on the device, nil when there is none: what is sent from now
// on replaces it, what was sent before does not.
func (e *Engine) standingPulse(path tag.Path) *operation {
	if o := e.operations.of(path); o != nil && o.mode == ModePulse && o.standing.Load() {
		return o
	}
	return nil
}

// of is what is under way at a tag.
func (s *operations) of(path tag.Path) *operation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.by[path]
}

// settle ends the operations that are wanted: pulses write back, ramps stop. Those that have not
// ended in time are given up, and say so in the audit trail.
func (e *Engine) settle(within time.Duration, cause string, wanted func(*operation) bool) {
	var list []*operation
	e.operations.mu.Lock()
	for _, o := range e.operations.by {
		if wanted == nil || wanted(o) {
			list = append(list, o)
		}
	}
	e.operations.mu.Unlock()
	if len(list) == 0 {
		return
	}
	for _, o := range list {
		o.stop(cause, false)
	}
	limit := time.NewTimer(within)
	defer limit.Stop()
	for i, o := range list {
		select {
		case <-o.done:
		case <-limit.C:
			for _, late := range list[i:] {
				late.cancel()
			}
			return
		}
	}
}

// closeOperations settles everything when the engine stops; later operations are refused.
func (e *Engine) closeOperations() {
	e.operations.mu.Lock()
	e.operations.closed = true
	e.operations.mu.Unlock()
	e.releases.close()
	e.settle(settleGrace, "The runtime was stopped.", nil)
}

// Ramp is a tag on its way to a value.
type Ramp struct {
	Path tag.Path
	// Target is reached at Until, if nothing stops it.
	Target json.RawMessage
	Began  time.Time
	Until  time.Time
	// By is who has begun it.
	By string
}

// Writes is what stands between people and devices now, as far as somebody may see it.
type Writes struct {
	// Block is nil while writes are allowed.
	Block *Block
	// Asked are the writes that wait for a second person: one's own, and those one may release.
	Asked []Asked
	Ramps []Ramp
}

// Writes tells an actor what is blocked, asked for and under way.
func (e *Engine) Writes(actor auth.Actor) Writes {
	w := Writes{Block: e.block.Load(), Asked: e.releases.list(actor)}
	e.operations.mu.Lock()
	defer e.operations.mu.Unlock()
	for _, o := range e.operations.by {
		if o.mode == ModeRamp && actor.Rights.Allows(auth.View, o.path) {
			w.Ramps = append(w.Ramps, Ramp{Path: o.path, Target: o.target.AppendJSON(nil), Began: o.began, Until: o.until, By: o.actor.Name})
		}
	}
	slices.SortFunc(w.Ramps, func(a, b Ramp) int { return strings.Compare(string(a.Path), string(b.Path)) })
	return w
}

// writesChanged tells everybody that Writes has something new to tell.
func (e *Engine) writesChanged() {
	e.notices.send(Notice{Code: NoticeWrites})
	e.publishWrites()
}
