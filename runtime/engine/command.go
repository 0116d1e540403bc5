package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// CommandRequest asks for a command of an asset.
type CommandRequest struct {
	Asset   tag.Path
	Command string
	Inputs  map[string]json.RawMessage
	Reason  string
	Actor   auth.Actor
}

// CommandResult is the end of a command.
type CommandResult struct {
	// Outcome is good when every write was, else that of the one at which it ended: failed or unknown.
	Outcome string
	// Problem says why it is not good.
	Problem *spec.Problem
	// Writes are those that were tried, in order. Left is how many were not, because one before was not good.
	Writes []CommandWrite
	Left   int
}

// CommandWrite is one write of a command that was tried.
type CommandWrite struct {
	Path  tag.Path
	Value json.RawMessage
	WriteResult
}

// Command fills in a command of an asset and writes what it writes, in order, through the gate; it ends at the first
// write that is not good. What can be known before (rights, types, limits) is looked at for all of them first, so that
// nothing is done by half without need. The audit trail has an entry for each write, and one for the command.
func (e *Engine) Command(ctx context.Context, r CommandRequest) CommandResult {
	entry := AuditEntry{Actor: r.Actor.Name, Origin: r.Actor.Origin, Action: "command", Target: string(r.Asset) + " " + r.Command, Reason: r.Reason}
	if len(r.Inputs) > 0 {
		if raw, err := json.Marshal(r.Inputs); err == nil {
			entry.New = clipJSON(raw)
		}
	}
	res := e.command(ctx, r)
	entry.Time, entry.Outcome = time.Now(), res.Outcome
	if res.Problem != nil {
		entry.Message = res.Problem.Message
	}
	if e.audit != nil {
		if err := e.audit(context.WithoutCancel(ctx), entry); err != nil {
			e.log.Error("audit entry not kept", "target", entry.Target, "actor", entry.Actor, "outcome", entry.Outcome, "error", err)
		}
	}
	return res
}

func (e *Engine) command(ctx context.Context, r CommandRequest) CommandResult {
	refuse := func(p *spec.Problem) CommandResult { return CommandResult{Outcome: OutcomeFailed, Problem: p} }
	if !r.Actor.Rights.Allows(auth.View, r.Asset) && !r.Actor.Rights.Allows(auth.Operate, r.Asset) {
		return refuse(&spec.Problem{Code: "asset_unknown", Message: fmt.Sprintf("There is no asset %q.", r.Asset), Hint: "Choose an asset of the plant."})
	}
	order, err := e.Expansion().Order(r.Asset, r.Command, r.Inputs)
	if err != nil {
		var p *spec.Problem
		if !errors.As(err, &p) {
			p = &spec.Problem{Code: "command_unknown", Message: err.Error()}
		}
		return refuse(p)
	}
	confirm := order.Command.Confirm
	if confirm == "reason" && r.Reason == "" {
		return refuse(&spec.Problem{Code: "reason_missing", Message: "This command needs a reason.", Hint: "Say why."})
	}
	for i := range order.Writes {
		if p := e.foresee(&order.Writes[i], r); p != nil {
			return refuse(p)
		}
	}
	res := CommandResult{Outcome: OutcomeGood}
	for i := range order.Writes {
		w := &order.Writes[i]
		one := e.Write(ctx, WriteRequest{Path: w.Path, Value: w.Value, Reason: r.Reason, Actor: r.Actor})
		res.Writes = append(res.Writes, CommandWrite{Path: w.Path, Value: w.Value, WriteResult: one})
		if one.Outcome != OutcomeGood {
			res.Outcome, res.Problem, res.Left = one.Outcome, one.Problem, len(order.Writes)-i-1
			break
		}
	}
	return res
}

// foresee says why a write of a command would be refused, as far as that does not depend on what is written before it.
func (e *Engine) foresee(w *plant.OrderWrite, r CommandRequest) *spec.Problem {
	t, ok := e.lookup(w.Path)
	switch {
	case !r.Actor.Rights.Allows(auth.Operate, w.Path):
		return &spec.Problem{Code: "forbidden", Message: fmt.Sprintf("You may not write %q.", w.Path), Hint: "Ask an administrator for the role of operator in this area."}
	case !ok:
		return &spec.Problem{Code: "tag_unknown", Message: fmt.Sprintf("There is no tag %q.", w.Path), Hint: "Check the path."}
	case t.gate == nil:
		return &spec.Problem{Code: "not_writable", Message: fmt.Sprintf("The tag %q is read-only.", w.Path), Hint: `Give it "write" in the plant, if it may be written.`}
	case t.gate.confirm == "reason" && r.Reason == "":
		return &spec.Problem{Code: "reason_missing", Message: "This write needs a reason.", Hint: "Say why."}
	}
	v, err := tag.Parse(w.Value, t.typ)
	if err != nil || v.IsNone() {
		return &spec.Problem{Code: "value_type", Message: fmt.Sprintf("The value does not fit a tag of type %s.", t.typ), Hint: "Give a value of that type."}
	}
	if p := t.gate.checkValue(v); p != nil {
		return p
	}
	return e.checkFormat(t, v)
}

// checkFormat refuses a value that does not have the format of its tag.
func (e *Engine) checkFormat(t *entry, v tag.Value) *spec.Problem {
	if t.doc == nil || t.doc.Format == "" {
		return nil
	}
	return t.doc.CheckValue(v, e.Expansion().Kind)
}
