package engine

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// ramp takes the first step and lets the rest go on beside whoever asked.
func (j *journey) ramp(ctx context.Context) WriteResult {
	e, r := j.engine, &j.request
	if j.manner.over == 0 || j.value.Float() == j.manner.from {
		return j.plain(ctx)
	}
	e.endRamp(r.Path, takenOver)
	now := time.Now()
	o := &operation{mode: ModeRamp, path: r.Path, actor: r.Actor, target: j.value, began: now, until: now.Add(j.manner.over)}
	step, halt := context.WithCancel(context.Background())
	o.halt = halt
	first := make(chan WriteResult, 1)
	problem := e.beginOperation(o, func(ctx context.Context) {
		res := WriteResult{Outcome: OutcomeUnknown, Old: j.old, Problem: &spec.Problem{Code: "internal", Message: "Something went wrong inside."}}
		told := false
		tell := func(r WriteResult) {
			if !told {
				told = true
				first <- r
			}
		}
		defer halt()
		defer func() { tell(res) }()
		res = j.carryRamp(ctx, step, o, func() {
			tell(WriteResult{Outcome: OutcomeRunning, Old: j.old, New: e.valueOf(r.Path)})
			e.writesChanged()
		})
	})
	if problem != nil {
		halt()
		return j.refuse(ctx, problem)
	}
	res := <-first // bounded by the time-out of the device
	if res.Outcome != OutcomeRunning {
		<-o.done // so that the next one is not refused
	}
	return res
}

// carryRamp goes from step to step, each within the context step. begun is called after the first.
func (j *journey) carryRamp(ctx, step context.Context, o *operation, begun func()) WriteResult {
	e, r, m := j.engine, &j.request, j.manner
	if p := j.pend(ctx); p != nil {
		return j.refuse(ctx, p)
	}
	res := WriteResult{Old: j.old}
	began := time.Now()
	tick := time.NewTicker(m.step)
	defer tick.Stop()
	end := time.NewTimer(m.over)
	defer end.Stop()
	last := tag.Value{}
	for n := 0; ; n++ {
		// The first step is taken at once, and the last at the end of the time.
		share := min(1, float64(time.Since(began))/float64(m.over))
		if n == 0 {
			share = min(1, float64(m.step)/float64(m.over)/2)
		}
		v := rampValue(m.from, j.value, share)
		if p := e.mayStep(r, &v); p != nil {
			res.Outcome, res.Problem = OutcomeFailed, p
			break
		}
		if !v.Equal(last) || share == 1 {
			res.Outcome, res.Problem = e.bring(step, r.Path, v, share == 1)
			halted := step.Err() != nil && res.Problem != nil && (res.Problem.Code == "cancelled" || res.Problem.Code == "not_read_back")
			if res.Outcome != OutcomeGood && !halted {
				break
			}
			if res.Problem == nil || res.Problem.Code != "cancelled" {
				last = v
			}
		}
		if share == 1 && res.Outcome == OutcomeGood {
			break
		}
		if n == 0 {
			begun()
		}
		select {
		case <-tick.C:
		case <-end.C:
		case <-o.hurry:
		case <-ctx.Done():
		}
		if o.ended() || ctx.Err() != nil {
			// It was asked to end: where it stands is known.
			res.Outcome, res.Problem = OutcomeGood, nil
			res.New = e.valueOf(r.Path)
			j.note(ctx, res, fmt.Sprintf("stopped at %s: %s", last, o.cause))
			e.count(j, res)
			return res
		}
	}
	res.New = e.valueOf(r.Path)
	if res.Problem != nil && !last.IsNone() {
		p := *res.Problem
		p.Message = fmt.Sprintf("The ramp to %s was stopped at %s: %s", j.value, last, p.Message)
		res.Problem = &p
	}
	return j.finish(ctx, res)
}

// rampValue is the value after a share of the way, of the type of the target.
func rampValue(from float64, target tag.Value, share float64) tag.Value {
	if share >= 1 {
		return target
	}
	f := from + (target.Float()-from)*share
	if target.Type() == tag.Int {
		return tag.OfInt(int64(math.Round(f)))
	}
	return tag.OfFloat(f)
}

// mayStep checks a step as a write: what stood in the way of one stops a ramp. A ramp that begins beyond
// a limit begins at the limit.
func (e *Engine) mayStep(r *WriteRequest, v *tag.Value) *spec.Problem {
	if b := e.block.Load(); b != nil {
		return b.problem()
	}
	t, ok := e.lookup(r.Path)
	if !ok || t.gate == nil || t.typ != v.Type() {
		return &spec.Problem{Code: "tag_unknown", Message: fmt.Sprintf("There is no tag %q.", r.Path), Hint: "Check the path."}
	}
	f := v.Float()
	if t.gate.low != nil {
		f = max(f, *t.gate.low)
	}
	if t.gate.high != nil {
		f = min(f, *t.gate.high)
	}
	if f != v.Float() {
		*v = tag.OfFloat(f)
		if t.typ == tag.Int {
			*v = tag.OfInt(int64(math.Round(f)))
		}
	}
	return t.gate.checkInterlock(e.table, *v)
}

// ended reports whether an operation was asked to end.
func (o *operation) ended() bool {
	select {
	case <-o.hurry:
		return true
	default:
		return false
	}
}

// hold stops the ramp of a tag where it is; without one there is nothing to do.
func (j *journey) hold(ctx context.Context) WriteResult {
	e := j.engine
	e.endRamp(j.request.Path, "It was stopped by "+j.request.Actor.Name+".")
	res := WriteResult{Outcome: OutcomeGood, Old: j.old, New: e.valueOf(j.request.Path)}
	j.value = res.New
	j.note(ctx, res, "")
	return res
}
