package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/lineside/lineside/runtime/spec"
)

// A write back that could not be sent is tried again, since nothing reached the device; it is
// given up after backWithin.
const (
	backWithin = time.Minute
	backPause  = 250 * time.Millisecond
)

// pulse writes the value, holds it and writes back. Whoever asked may go: it is written back at the
// end of the time, or at once when the runtime stops, the plant changes under it or all writes are blocked.
func (j *journey) pulse(ctx context.Context) WriteResult {
	e, r := j.engine, &j.request
	e.endRamp(r.Path, takenOver)
	o := &operation{mode: ModePulse, path: r.Path, actor: r.Actor, target: j.value, from: j.manner.back, began: time.Now(), until: time.Now().Add(j.manner.hold)}
	result := make(chan WriteResult, 1)
	problem := e.beginOperation(o, func(ctx context.Context) {
		// A panic on the way must not leave whoever asked waiting.
		res := WriteResult{Outcome: OutcomeUnknown, Old: j.old, Problem: &spec.Problem{Code: "internal", Message: "Something went wrong inside."}}
		defer func() { result <- res }()
		res = j.carryPulse(ctx, o)
	})
	if problem != nil {
		return j.refuse(ctx, problem)
	}
	select {
	case res := <-result:
		<-o.done // so that the next one is not refused
		return res
	case <-ctx.Done():
		return WriteResult{Outcome: OutcomeUnknown, Old: j.old, Problem: &spec.Problem{Code: "pulse_unwatched", Message: "The pulse goes on, but nobody waited for its end.", Hint: "The audit trail has its end."}}
	}
}

func (j *journey) carryPulse(ctx context.Context, o *operation) WriteResult {
	e, r := j.engine, &j.request
	if p := j.pend(ctx); p != nil {
		return j.refuse(ctx, p)
	}
	res := WriteResult{Old: j.old}
	// The read-back takes none of the hold time: what was confirmed is held.
	res.Outcome, res.Problem = e.bring(ctx, r.Path, j.value, false)
	if res.Outcome == OutcomeFailed {
		res.New = e.valueOf(r.Path)
		return j.finish(ctx, res)
	}
	o.standing.Store(true)
	timer := time.NewTimer(j.manner.hold)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-o.hurry:
	case <-ctx.Done():
	}
	if o.isReplaced() {
		res.New = e.valueOf(r.Path)
		j.note(ctx, res, o.cause)
		e.count(j, res)
		return res
	}
	outcome, problem := e.bringBack(ctx, o, j)
	if outcome != OutcomeGood {
		message := fmt.Sprintf("%s was written, but it is not known that it was taken back to %s: %s", j.value, j.manner.back, problem.Message)
		res.Outcome, res.Problem = OutcomeUnknown, &spec.Problem{Code: "pulse_stuck", Message: message, Hint: "Look at the device before you write again."}
	}
	res.New = e.valueOf(r.Path)
	return j.finish(ctx, res)
}

// bringBack ends a pulse. What could not be sent is tried again for a while; what was sent never is.
func (e *Engine) bringBack(ctx context.Context, o *operation, j *journey) (string, *spec.Problem) {
	deadline := time.Now().Add(backWithin)
	for {
		outcome, problem := e.bring(ctx, j.request.Path, j.manner.back, true)
		if problem != nil && problem.Code == "write_superseded" {
			return OutcomeGood, nil // somebody else has written since
		}
		if outcome != OutcomeFailed || !unsent[problem.Code] || time.Now().After(deadline) {
			return outcome, problem
		}
		pause := time.NewTimer(backPause)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return outcome, problem
		}
		if o.isReplaced() {
			return OutcomeGood, nil
		}
	}
}

// unsent are the codes of a write that never left this runtime.
var unsent = map[string]bool{"not_connected": true, "queue_full": true, "device_busy": true, "device_unknown": true, "not_kept": true}

// isReplaced reports whether another write has taken the tag over.
func (o *operation) isReplaced() bool {
	select {
	case <-o.hurry:
		return o.replaced
	default:
		return false
	}
}
