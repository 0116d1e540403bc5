package engine

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of writes that wait for a second person.
const (
	maxAsked       = 200
	maxAskedBy     = 8
	defaultRelease = time.Minute
)

// releaseRule is the two-person rule of a tag.
type releaseRule struct {
	by     auth.Action
	within time.Duration
}

func compileRelease(r *plant.Release) *releaseRule {
	if r == nil {
		return nil
	}
	out := &releaseRule{by: auth.Operate, within: defaultRelease}
	for _, a := range auth.ActionNames {
		if a.Name == r.By {
			out.by = a.Action
		}
	}
	if d, err := time.ParseDuration(r.Within); err == nil {
		out.within = d
	}
	return out
}

// Asked is a write that waits for a second person.
type Asked struct {
	ID     string
	Path   tag.Path
	Title  spec.Text
	Value  json.RawMessage
	Mode   string
	Reason string
	// By has asked at Asked; at Until it is too late.
	By    string
	Asked time.Time
	Until time.Time
	// Mine: the one who is told has asked; else they may release it.
	Mine bool
}

// asked is one write that waits.
type asked struct {
	Asked
	actor auth.Actor
	need  auth.Action
	// answer gets exactly one decision.
	answer chan decision
}

// decision is how the waiting ended: released by somebody, or a problem.
type decision struct {
	by      string
	problem *spec.Problem
}

// releases are the writes that wait for a second person.
type releases struct {
	mu     sync.Mutex
	by     map[string]*asked
	closed bool
}

// samePerson compares names of users, which do not tell upper from lower case.
func samePerson(a, b auth.Actor) bool { return strings.EqualFold(a.Person(), b.Person()) }

// add makes a write known.
func (s *releases) add(a *asked) *spec.Problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return &spec.Problem{Code: "cancelled", Message: "The write was given up before it was sent."}
	}
	mine := 0
	for _, o := range s.by {
		if samePerson(o.actor, a.actor) {
			mine++
		}
		if o.Path == a.Path {
			return &spec.Problem{Code: "release_pending", Message: fmt.Sprintf("A write of %q waits for a second person already.", a.Path), Hint: "Wait for it to end, or withdraw it."}
		}
	}
	if len(s.by) >= maxAsked || mine >= maxAskedBy {
		return &spec.Problem{Code: "queue_full", Message: "Too many writes wait for a second person.", Hint: "Wait until some have been released."}
	}
	if s.by == nil {
		s.by = map[string]*asked{}
	}
	s.by[a.ID] = a
	return nil
}

// take removes a write that waits; whoever takes it decides it. allow may refuse that.
func (s *releases) take(id string, allow func(*asked) *spec.Problem) (*asked, *spec.Problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.by[id]
	if a == nil {
		return nil, &spec.Problem{Code: "release_unknown", Message: "This write does not wait any more.", Hint: "It was released, refused or withdrawn, or its time was up."}
	}
	if allow != nil {
		if p := allow(a); p != nil {
			return nil, p
		}
	}
	delete(s.by, id)
	return a, nil
}

// refuseAll ends the waiting of those for which why has a problem.
func (s *releases) refuseAll(why func(*asked) *spec.Problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, a := range s.by {
		if p := why(a); p != nil {
			delete(s.by, id)
			a.answer <- decision{problem: p}
		}
	}
}

func (s *releases) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.refuseAll(func(*asked) *spec.Problem {
		return &spec.Problem{Code: "cancelled", Message: "The write was given up before it was sent."}
	})
}

// list is what an actor may see: what they have asked for, and what they may release.
func (s *releases) list(actor auth.Actor) []Asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Asked
	for _, a := range s.by {
		one := a.Asked
		one.Mine = samePerson(a.actor, actor)
		if one.Mine || mayRelease(a, actor) == nil {
			out = append(out, one)
		}
	}
	slices.SortFunc(out, func(a, b Asked) int { return a.Asked.Compare(b.Asked) })
	return out
}

// mayRelease says why somebody cannot release a write.
func mayRelease(a *asked, actor auth.Actor) *spec.Problem {
	switch {
	case samePerson(a.actor, actor):
		return &spec.Problem{Code: "release_self", Message: "Who asks for a write cannot release it.", Hint: "A second person must log in and release it."}
	case actor.Owner != "":
		return &spec.Problem{Code: "release_person", Message: "Only a person who is logged in can release a write.", Hint: "Log in with name and password."}
	case !actor.Rights.Allows(a.need, a.Path) || !actor.Rights.Allows(auth.View, a.Path):
		return &spec.Problem{Code: "forbidden", Message: fmt.Sprintf("You may not release writes of %q.", a.Path), Hint: "Ask an administrator for the role that it takes in this area."}
	}
	return nil
}

// awaitRelease asks for a second person and waits for the answer: the name of who has released,
// or why the write is refused.
func (e *Engine) awaitRelease(ctx context.Context, t *entry, r WriteRequest, v tag.Value) (string, *spec.Problem) {
	rule := t.gate.release
	now := time.Now()
	a := &asked{
		Asked: Asked{ID: rand.Text(), Path: r.Path, Title: t.title, Value: v.AppendJSON(nil), Mode: r.Mode, Reason: r.Reason, By: r.Actor.Name, Asked: now, Until: now.Add(rule.within)},
		actor: r.Actor, need: rule.by, answer: make(chan decision, 1),
	}
	if t.doc != nil {
		a.Title = t.doc.Title
	}
	entry := AuditEntry{Time: now, Actor: r.Actor.Name, Origin: r.Actor.Origin, Action: "write.ask", Target: string(r.Path), New: a.Value, Reason: r.Reason,
		Outcome: outcomePending, Message: "waits for a second person until " + a.Until.UTC().Format(time.RFC3339)}
	if e.audit != nil {
		if err := e.audit(ctx, entry); err != nil {
			e.log.Error("write refused: audit entry not kept", "target", entry.Target, "actor", entry.Actor, "error", err)
			return "", auditFailed()
		}
	}
	if p := e.releases.add(a); p != nil {
		return "", p
	}
	e.writesChanged()
	defer e.writesChanged()
	timer := time.NewTimer(rule.within)
	defer timer.Stop()
	gone := func(p *spec.Problem) (string, *spec.Problem) {
		if _, late := e.releases.take(a.ID, nil); late != nil {
			d := <-a.answer // somebody was faster
			return d.by, d.problem
		}
		return "", p
	}
	select {
	case d := <-a.answer:
		return d.by, d.problem
	case <-timer.C:
		return gone(&spec.Problem{Code: "release_expired", Message: fmt.Sprintf("Nobody has released the write within %s.", rule.within), Hint: "Ask a second person first, then try again."})
	case <-ctx.Done():
		return gone(&spec.Problem{Code: "cancelled", Message: "The write was given up before it was sent."})
	}
}

// Release lets a write through that waits for a second person, or with allow false refuses it;
// who asked may withdraw it that way. Both are in the audit trail. The error is a *spec.Problem.
func (e *Engine) Release(ctx context.Context, id string, allow bool, reason string, actor auth.Actor) error {
	var denied *AuditEntry
	a, problem := e.releases.take(id, func(a *asked) *spec.Problem {
		p := mayRelease(a, actor)
		if p == nil || !allow && p.Code == "release_self" {
			return nil
		}
		if p.Code == "forbidden" && !actor.Rights.Allows(auth.View, a.Path) {
			// The answer must not say that there is such a write.
			return &spec.Problem{Code: "release_unknown", Message: "This write does not wait any more.", Hint: "It was released, refused or withdrawn, or its time was up."}
		}
		denied = &AuditEntry{Actor: actor.Name, Origin: actor.Origin, Action: "write.release", Target: string(a.Path), New: a.Value, Outcome: OutcomeFailed, Message: p.Message}
		return p
	})
	if problem != nil {
		if denied != nil && e.audit != nil {
			denied.Time = time.Now()
			if err := e.audit(ctx, *denied); err != nil {
				e.log.Error("audit entry not kept", "target", denied.Target, "actor", actor.Name, "error", err)
			}
		}
		return problem
	}
	entry := AuditEntry{Time: time.Now(), Actor: actor.Name, Origin: actor.Origin, Action: "write.release", Target: string(a.Path), New: a.Value, Reason: reason, Outcome: OutcomeGood, Message: "asked by " + a.By}
	d := decision{by: actor.Name}
	if !allow {
		entry.Action = "write.refuse"
		d = decision{problem: &spec.Problem{Code: "release_refused", Message: fmt.Sprintf("%s has refused the write.", actor.Name), Hint: reason}}
		if samePerson(a.actor, actor) {
			entry.Action = "write.withdraw"
			d.problem = &spec.Problem{Code: "release_withdrawn", Message: "The write was withdrawn."}
		}
	}
	if e.audit != nil {
		if err := e.audit(ctx, entry); err != nil {
			e.log.Error("release not kept in the audit trail", "target", entry.Target, "actor", entry.Actor, "error", err)
			a.answer <- decision{problem: auditFailed()}
			return auditFailed()
		}
	}
	a.answer <- d
	return nil
}

// AccessChanged ends what somebody has asked for whose rights or login have changed: a second
// person must not release what the first may not do any more. name is that of a user or token.
func (e *Engine) AccessChanged(name string) {
	e.releases.refuseAll(func(a *asked) *spec.Problem {
		if !strings.EqualFold(a.actor.Name, name) && !strings.EqualFold(a.actor.Person(), name) {
			return nil
		}
		return &spec.Problem{Code: "release_withdrawn", Message: "The write was withdrawn."}
	})
}

func auditFailed() *spec.Problem {
	return &spec.Problem{Code: "audit_failed", Message: "The write was refused because the audit trail cannot be kept.", Hint: "Tell the administrator: the database of the runtime cannot be written."}
}
