package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

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
)

// outcomePending stands in the audit trail before a write is carried out.
const outcomePending = "pending"

// AuditEntry is one line of the audit trail.
type AuditEntry struct {
	Time   time.Time
	Actor  string
	Origin string
	// Action is what was done: "write".
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
}

// WriteResult is the end of a write.
type WriteResult struct {
	// Outcome is good, failed or unknown.
	Outcome string
	// Problem says why it is not good.
	Problem *spec.Problem
	// Old and New are the values before and after, as read back.
	Old, New tag.Value
}

// Write is the one gate: permission, safe mode, type, limits, interlock, reason, audit,
// device, read-back. It is never repeated on its own. It returns when the outcome is known,
// at the latest when the time-out of the device and the read-back time have passed.
func (e *Engine) Write(ctx context.Context, r WriteRequest) WriteResult {
	t, v, problem := e.admit(r)
	var old tag.Sample
	if t != nil {
		old = e.table.Get(t.slot)
	}
	entry := AuditEntry{Time: time.Now(), Actor: r.Actor.Name, Origin: r.Actor.Origin, Action: "write", Target: string(r.Path), New: clipJSON(r.Value), Reason: r.Reason}
	if t != nil && r.Actor.Rights.Allows(auth.View, r.Path) {
		entry.Old = old.Value.AppendJSON(nil)
	}
	finish := func(res WriteResult) WriteResult {
		entry.Time, entry.Outcome, entry.Message = time.Now(), res.Outcome, ""
		if res.Problem != nil {
			entry.Message = res.Problem.Message
		}
		if e.audit != nil {
			if err := e.audit(context.WithoutCancel(ctx), entry); err != nil {
				e.log.Error("audit entry not kept", "target", entry.Target, "actor", entry.Actor, "outcome", entry.Outcome, "error", err)
			}
		}
		switch res.Outcome {
		case OutcomeGood:
			e.counters.good.Add(1)
		case OutcomeFailed:
			e.counters.failed.Add(1)
		default:
			e.counters.unknown.Add(1)
		}
		return res
	}
	refuse := func(p *spec.Problem) WriteResult {
		e.counters.refused.Add(1)
		return WriteResult{Outcome: OutcomeFailed, Problem: p, Old: old.Value}
	}
	if problem != nil {
		return finish(refuse(problem))
	}
	entry.New = v.AppendJSON(nil)
	if e.audit != nil {
		entry.Outcome = outcomePending
		if err := e.audit(ctx, entry); err != nil {
			e.log.Error("write refused: audit entry not kept", "target", entry.Target, "actor", entry.Actor, "error", err)
			return finish(refuse(&spec.Problem{Code: "audit_failed", Message: "The write was refused because the audit trail cannot be kept.", Hint: "Tell the administrator: the database of the runtime cannot be written."}))
		}
	}
	res := WriteResult{Old: old.Value}
	if t.kind == KindMemory {
		res.Outcome, res.Problem = e.writeMemory(t, r.Path, v)
		res.New = e.table.Get(t.slot).Value
		return finish(res)
	}
	res.Outcome, res.Problem = e.writeDevice(ctx, t, v)
	res.New = e.table.Get(t.slot).Value
	return finish(res)
}

// admit checks everything that can be checked before the audit trail and the device.
func (e *Engine) admit(r WriteRequest) (*entry, tag.Value, *spec.Problem) {
	if !r.Actor.Rights.Allows(auth.Operate, r.Path) {
		return nil, tag.Value{}, &spec.Problem{Code: "forbidden", Message: fmt.Sprintf("You may not write %q.", r.Path), Hint: "Ask an administrator for the role of operator in this area."}
	}
	if e.safe {
		return nil, tag.Value{}, &spec.Problem{Code: "safe_mode", Message: "The runtime was started in safe mode: writes are stopped.", Hint: "Start it without --safe."}
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

// writeDevice brings a value to the device and waits until it is read back.
func (e *Engine) writeDevice(ctx context.Context, t *entry, v tag.Value) (string, *spec.Problem) {
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
	if sc := s.scale; sc != nil {
		switch {
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
