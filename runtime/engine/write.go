package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Outcomes of a write.
const (
	OutcomeGood    = "good"
	OutcomeFailed  = "failed"
	OutcomeUnknown = "unknown" // sent, but not confirmed: it may or may not have been carried out
	OutcomeRunning = "running" // a ramp is on its way; the audit trail has its end
)

// outcomePending stands in the audit trail before a write is carried out.
const outcomePending = "pending"

// AuditEntry is one line of the audit trail.
type AuditEntry struct {
	Time   time.Time
	Actor  string
	Origin string
	// Action is what was done: write, write.toggle, write.pulse, write.ramp, write.hold, or write.ask,
	// write.release, write.refuse and write.withdraw of the two-person rule.
	Action string
	// Target is what it was done to: a tag path.
	Target string
	Old    json.RawMessage
	New    json.RawMessage
	Reason string
	// Outcome is pending (about to be sent to the device), good, failed or unknown. A write
	// that reaches a device has two entries: pending before, the outcome after.
	Outcome string
	Message string
}

// WriteRequest asks for one tag to be written.
type WriteRequest struct {
	Path   tag.Path
	Value  json.RawMessage
	Reason string
	Actor  auth.Actor
	// Manner says how, when the value is not just written.
	action.Manner
}

// WriteResult is the end of a write, or of the beginning of a ramp.
type WriteResult struct {
	// Outcome is good, failed or unknown; running while a ramp is on its way.
	Outcome string
	// Problem says why it is not good.
	Problem *spec.Problem
	// Old and New are the values before and after, as read back.
	Old, New tag.Value
}

// Write is the one gate: permission, master switch, type, limits, interlock, reason, second
// person, audit, device, read-back. It is never repeated on its own. It returns when the outcome is
// known, at the latest when the time for a release, the hold time of a pulse, the time-out of the
// device and the read-back time have passed; a ramp goes on when its first step is done.
func (e *Engine) Write(ctx context.Context, r WriteRequest) WriteResult {
	t, v, m, problem := e.admitMode(r)
	j := &journey{engine: e, request: r, entry: t, value: v, manner: m}
	if t != nil {
		j.old = e.table.Get(t.slot).Value
	}
	if problem == nil && t.gate.release != nil && m.mode != ModeHold {
		if j.releasedBy, problem = e.awaitRelease(ctx, t, r, v); problem == nil {
			// The plant may be another by now.
			if j.entry, j.value, j.manner, problem = e.admitMode(r); problem != nil {
				j.entry = t
			}
		}
	}
	if problem != nil {
		return j.refuse(ctx, problem)
	}
	switch m.mode {
	case ModePulse:
		return j.pulse(ctx)
	case ModeRamp:
		return j.ramp(ctx)
	case ModeHold:
		return j.hold(ctx)
	}
	return j.plain(ctx)
}

// journey is one write on its way through the gate.
type journey struct {
	engine     *Engine
	request    WriteRequest
	entry      *entry // nil when there is no such tag
	value, old tag.Value
	manner     manner
	releasedBy string
}

// plain writes the value and reads it back.
func (j *journey) plain(ctx context.Context) WriteResult {
	e, path := j.engine, j.request.Path
	if p := j.pend(ctx); p != nil {
		return j.refuse(ctx, p)
	}
	e.endRamp(path, takenOver)
	pulse := e.standingPulse(path)
	res := WriteResult{Old: j.old}
	res.Outcome, res.Problem = e.bring(ctx, path, j.value, true)
	if pulse != nil && res.Outcome != OutcomeFailed {
		pulse.stop(takenOver, true)
	}
	res.New = e.valueOf(path)
	return j.finish(ctx, res)
}

// bring writes a value to a tag as it is now in the plant; back waits until it is read back.
func (e *Engine) bring(ctx context.Context, path tag.Path, v tag.Value, back bool) (string, *spec.Problem) {
	t, ok := e.lookup(path)
	switch {
	case !ok || t.gate == nil:
		return OutcomeFailed, &spec.Problem{Code: "tag_unknown", Message: fmt.Sprintf("There is no tag %q.", path), Hint: "Check the path."}
	case v.Type() != t.typ:
		return OutcomeFailed, &spec.Problem{Code: "value_type", Message: fmt.Sprintf("The value does not fit a tag of type %s.", t.typ), Hint: "Give a value of that type."}
	case t.kind == KindMemory:
		return e.writeMemory(t, path, v)
	}
	return e.writeDevice(ctx, t, v, back)
}

// valueOf is the value of a tag now, as far as there is one.
func (e *Engine) valueOf(path tag.Path) tag.Value {
	if t, ok := e.lookup(path); ok {
		return e.table.Get(t.slot).Value
	}
	return tag.Value{}
}

// audit makes the entry of a write.
func (j *journey) audit(outcome, message string) AuditEntry {
	r := &j.request
	a := AuditEntry{Time: time.Now(), Actor: r.Actor.Name, Origin: r.Actor.Origin, Action: "write", Target: string(r.Path), New: clipJSON(r.Value), Reason: r.Reason, Outcome: outcome, Message: message}
	if r.Mode != "" {
		a.Action = "write." + r.Mode
	}
	if j.entry != nil && r.Actor.Rights.Allows(auth.View, r.Path) {
		a.Old = j.old.AppendJSON(nil)
	}
	if !j.value.IsNone() {
		a.New = j.value.AppendJSON(nil)
	}
	if j.releasedBy != "" {
		a.Message = strings.TrimPrefix(a.Message+"; released by "+j.releasedBy, "; ")
	}
	return a
}

// pend puts into the audit trail what is about to be sent; without that nothing is.
func (j *journey) pend(ctx context.Context) *spec.Problem {
	e := j.engine
	if e.audit == nil {
		return nil
	}
	if err := e.audit(ctx, j.audit(outcomePending, j.manner.describe())); err != nil {
		e.log.Error("write refused: audit entry not kept", "target", j.request.Path, "actor", j.request.Actor.Name, "error", err)
		return auditFailed()
	}
	return nil
}

// refuse ends a write that was not sent.
func (j *journey) refuse(ctx context.Context, p *spec.Problem) WriteResult {
	j.engine.counters.refused.Add(1)
	res := WriteResult{Outcome: OutcomeFailed, Problem: p, Old: j.old}
	j.note(ctx, res, "")
	j.engine.counters.failed.Add(1)
	j.engine.publishWrites()
	return res
}

// finish counts a write that was sent, and tells how it ended.
func (j *journey) finish(ctx context.Context, res WriteResult) WriteResult {
	j.note(ctx, res, "")
	j.engine.count(j, res)
	return res
}

// note puts the end of a write into the audit trail.
func (j *journey) note(ctx context.Context, res WriteResult, message string) {
	e := j.engine
	if res.Problem != nil {
		message = res.Problem.Message
	}
	if e.audit == nil {
		return
	}
	if err := e.audit(context.WithoutCancel(ctx), j.audit(res.Outcome, message)); err != nil {
		e.log.Error("audit entry not kept", "target", j.request.Path, "actor", j.request.Actor.Name, "outcome", res.Outcome, "error", err)
	}
}

// admit checks everything that can be checked before the audit trail and the device.
func (e *Engine) admit(r WriteRequest) (*entry, tag.Value, *spec.Problem) {
	if !r.Actor.Rights.Allows(auth.Operate, r.Path) {
		return nil, tag.Value{}, &spec.Problem{Code: "forbidden", Message: fmt.Sprintf("You may not write %q.", r.Path), Hint: "Ask an administrator for the role of operator in this area."}
	}
	if e.safe {
		return nil, tag.Value{}, &spec.Problem{Code: "safe_mode", Message: "The runtime was started in safe mode: writes are stopped.", Hint: "Start it without --safe."}
	}
	if b := e.block.Load(); b != nil {
		return nil, tag.Value{}, b.problem()
	}
	t, ok := e.lookup(r.Path)
	if !ok {
		return nil, tag.Value{}, &spec.Problem{Code: "tag_unknown", Message: fmt.Sprintf("There is no tag %q.", r.Path), Hint: "Check the path."}
	}
	if t.gate == nil {
		return t, tag.Value{}, &spec.Problem{Code: "not_writable", Message: fmt.Sprintf("The tag %q is read-only.", r.Path), Hint: `Give it "write" in the plant, if it may be written.`}
	}
	if len(r.Value) == 0 {
		return t, tag.Value{}, &spec.Problem{Code: "value_missing", Message: "There is no value to write."}
	}
	v, err := tag.Parse(r.Value, t.typ)
	if err != nil || v.IsNone() {
		return t, tag.Value{}, &spec.Problem{Code: "value_type", Message: fmt.Sprintf("The value does not fit a tag of type %s.", t.typ), Hint: "Give a value of that type."}
	}
	if p := t.gate.checkValue(v); p != nil {
		return t, v, p
	}
	if p := e.checkFormat(t, v); p != nil {
		return t, v, p
	}
	if t.gate.confirm == "reason" && r.Reason == "" {
		return t, v, &spec.Problem{Code: "reason_missing", Message: "This write needs a reason.", Hint: "Say why."}
	}
	return t, v, t.gate.checkInterlock(e.table, v)
}

func clipJSON(raw json.RawMessage) json.RawMessage {
	if len(raw) > 1024 || !json.Valid(raw) {
		b, _ := json.Marshal(string(raw[:min(len(raw), 1000)]))
		return b
	}
	return raw
}

func (e *Engine) writeMemory(t *entry, path tag.Path, v tag.Value) (string, *spec.Problem) {
	if e.keep != nil {
		if err := e.keep(path, v.AppendJSON(nil)); err != nil {
			e.log.Error("value not kept", "path", path, "error", err)
			return OutcomeFailed, &spec.Problem{Code: "not_kept", Message: "The value could not be stored.", Hint: "Tell the administrator: the database of the runtime cannot be written."}
		}
	}
	now := tag.Now()
	e.table.Apply([]tag.Update{{Slot: t.slot, Sample: tag.Sample{Value: v, Source: now, Server: now}}})
	return OutcomeGood, nil
}

// writeDevice brings a value to the device and, with back, waits until it is read back.
func (e *Engine) writeDevice(ctx context.Context, t *entry, v tag.Value, back bool) (string, *spec.Problem) {
	e.mu.RLock()
	d := e.devices[t.device]
	e.mu.RUnlock()
	if d == nil {
		return OutcomeFailed, &spec.Problem{Code: "device_unknown", Message: fmt.Sprintf("The device %q is gone.", t.device)}
	}
	raw, whole, accept, err := t.source.toRaw(t.gate, v)
	if err != nil {
		return OutcomeFailed, &spec.Problem{Code: "value_scale", Message: "The value cannot be turned into what the device understands: " + err.Error() + "."}
	}
	plan := d.plan.Load()
	id, ok := plan.index[t.source]
	if !ok {
		return OutcomeFailed, &spec.Problem{Code: "device_busy", Message: "The plant is just being changed.", Hint: "Try again."}
	}
	number := t.source.writes.Add(1)
	o := &order{source: t.source, point: plan.points[id], value: raw, whole: whole, done: make(chan error, 1)}
	if err := d.writes.push(o); err != nil {
		return writeOutcome(err, d)
	}
	poke(d.wake)
	select {
	case err = <-o.done:
	case <-ctx.Done():
		if d.writes.withdraw(o) {
			return OutcomeFailed, &spec.Problem{Code: "cancelled", Message: "The write was given up before it was sent."}
		}
		err = <-o.done // it is being sent: its outcome is worth waiting for, and bounded by the time-out
	}
	if err != nil {
		return writeOutcome(err, d)
	}
	if !back {
		return OutcomeGood, nil
	}
	return e.readBack(ctx, d, t, v, accept, number)
}

// writeOutcome says what an error of a device write means.
func writeOutcome(err error, d *device) (string, *spec.Problem) {
	name := d.id
	var refused *connector.StatusError
	switch {
	case errors.Is(err, connector.ErrUncertain):
		return OutcomeUnknown, &spec.Problem{Code: "write_unknown", Message: fmt.Sprintf("The value was sent to %q, but not confirmed.", name), Hint: "Look at the device before you write again."}
	case errors.Is(err, errSuperseded):
		return OutcomeFailed, &spec.Problem{Code: "write_superseded", Message: "A newer value for the same tag came before this one was sent."}
	case errors.Is(err, errQueueFull):
		return OutcomeFailed, &spec.Problem{Code: "queue_full", Message: fmt.Sprintf("Too many writes are waiting for %q.", name), Hint: "Write more slowly."}
	case errors.Is(err, errDeviceLost), errors.Is(err, errDeviceClosed), errors.Is(err, connector.ErrNotConnected):
		return OutcomeFailed, &spec.Problem{Code: "not_connected", Message: fmt.Sprintf("The device %q is not connected.", name), Hint: "Check the device and its network."}
	case errors.As(err, &refused):
		return OutcomeFailed, &spec.Problem{Code: "device_refused", Message: fmt.Sprintf("The device %q refused: %s.", name, refused.Message)}
	}
	return OutcomeFailed, &spec.Problem{Code: "write_failed", Message: fmt.Sprintf("Writing to %q failed: %v.", name, err)}
}

// toRaw scales a value back to what the device speaks. whole is the same rounded, when that
// differs, for a device that holds whole numbers only; accept are the engineering values
// that may be read back.
func (s *source) toRaw(g *gate, v tag.Value) (raw, whole tag.Value, accept []tag.Value, err error) {
	raw, accept = v, []tag.Value{v}
	if s.bit >= 0 {
		return raw, whole, accept, nil // the word is read when it is written
	}
	if sc := s.scale; sc != nil {
		switch {
		case sc.date != nil:
			if raw, err = sc.date.encode(v); err != nil {
				return raw, whole, nil, err
			}
			if back, q := sc.date.decode(raw); !q.IsBad() {
				accept = append(accept, back)
			}
		case sc.back != nil:
			g.mu.Lock()
			r := sc.back.Eval(nil, []tag.Sample{{Value: v}}[:len(sc.back.Vars())])
			g.mu.Unlock()
			if r.Quality.IsBad() || r.Value.IsNone() {
				return raw, whole, nil, fmt.Errorf("the expression gives no value (%s)", r.Quality)
			}
			raw = r.Value
		case sc.linear:
			raw = tag.OfFloat((v.Float() - sc.offset) / sc.gain)
		}
		if f := raw.Float(); sc.linear && f != math.Round(f) {
			whole = tag.OfFloat(math.Round(f))
			back, _ := sc.toEngineering(whole)
			if math.Abs(f-math.Round(f)) <= 1e-9*max(1, math.Abs(f)) {
				raw, whole = whole, tag.Value{} // only the arithmetic made it uneven
			}
			if s.typ == tag.Int {
				back = tag.OfFloat(math.Round(back.Float()))
			}
			accept = append(accept, back)
		}
	}
	if raw.Type() != s.raw {
		if s.raw == tag.Int && raw.Type() == tag.Float {
			raw = tag.OfFloat(math.Round(raw.Float()))
		}
		if raw, err = raw.Convert(s.raw); err != nil {
			return raw, whole, nil, err
		}
	}
	if raw.Type() == tag.Float && (math.IsNaN(raw.Float()) || math.IsInf(raw.Float(), 0)) {
		return raw, whole, nil, fmt.Errorf("the result is not a finite number")
	}
	return raw, whole, accept, nil
}

// askAgain is the time between two reads while a written value is waited for.
const askAgain = 250 * time.Millisecond

// readBack waits until the tag shows what was written. A device that confirmed the write
// but shows something else has failed it; one whose value was not seen again leaves it unknown.
func (e *Engine) readBack(ctx context.Context, d *device, t *entry, v tag.Value, accept []tag.Value, number uint64) (string, *spec.Problem) {
	if t.gate.readBack == 0 {
		return OutcomeGood, nil
	}
	written := tag.Now()
	changed := make(chan struct{}, 1)
	w := e.table.Watch([]tag.Slot{t.slot}, func() { poke(changed) })
	defer w.Close()
	var slots []tag.Slot
	deadline := time.NewTimer(t.gate.readBack)
	defer deadline.Stop()
	again := time.NewTicker(askAgain)
	defer again.Stop()
	pushed := d.typ.Push
	if !pushed {
		d.wantFresh(t.source)
	}
	for {
		slots = w.Drain(slots[:0])
		s := e.table.Get(t.slot)
		fresh := s.Server >= written
		if (fresh || pushed) && !s.Quality.IsBad() {
			for _, a := range accept {
				if near(s.Value, a) {
					return OutcomeGood, nil
				}
			}
		}
		if t.source.writes.Load() != number {
			return OutcomeUnknown, &spec.Problem{Code: "write_superseded", Message: "The device confirmed the value, but a newer one was written before it was read back."}
		}
		select {
		case <-changed:
		case <-again.C:
			if !pushed {
				d.wantFresh(t.source)
			}
		case <-deadline.C:
			return notReadBack(s, fresh, v, t.gate.readBack)
		case <-ctx.Done():
			return OutcomeUnknown, &spec.Problem{Code: "not_read_back", Message: "The device confirmed the value, but nobody waited for it to be read back."}
		}
	}
}

func notReadBack(s tag.Sample, fresh bool, v tag.Value, waited time.Duration) (string, *spec.Problem) {
	if fresh && !s.Quality.IsBad() {
		return OutcomeFailed, &spec.Problem{Code: "read_back_differs", Message: fmt.Sprintf("The device confirmed %s but still shows %s after %s.", v, s.Value, waited), Hint: "The device may limit the value or overwrite it."}
	}
	return OutcomeUnknown, &spec.Problem{Code: "not_read_back", Message: fmt.Sprintf("The device confirmed %s, but it was not read back within %s.", v, waited), Hint: "Look at the device before you write again."}
}

// near compares a value that was read back: numbers to within the precision of a 32-bit float.
func near(a, b tag.Value) bool {
	if a.Type().IsNumber() && b.Type().IsNumber() {
		x, y := a.Float(), b.Float()
		return x == y || math.Abs(x-y) <= 1e-6*max(math.Abs(x), math.Abs(y), 1e-3)
	}
	return a.Equal(b)
}
