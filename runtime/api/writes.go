package api

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/session"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
)

// settingBlock holds the master switch while it blocks writes, as JSON.
const settingBlock = "writes.blocked"

// WriteSwitch blocks all writes of the site, or allows them again.
type WriteSwitch struct {
	Blocked bool `json:"blocked"`
	// Reason is shown to everybody and kept in the audit trail.
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

// WriteDecision releases a write that waits for a second person, or refuses it.
type WriteDecision struct {
	Release bool `json:"release"`
	// Reason is told to who has asked, when it is refused, and kept in the audit trail.
	Reason string `json:"reason,omitempty" maxLength:"500"`
}

func (s *Server) writesResource() {
	add(s, route{method: "GET", path: "/writes", id: "getWrites", tag: "writes", summary: "Whether writes are blocked, which wait for a second person, which ramps run", access: loggedIn}, s.getWrites)
	add(s, route{method: "PUT", path: "/writes", id: "switchWrites", tag: "writes", summary: "Block all writes, or allow them again", access: whole(auth.Administer)}, s.switchWrites)
	add(s, route{method: "POST", path: "/writes/asked/{id}", id: "decideWrite", tag: "writes", summary: "Release, refuse or withdraw a write that waits for a second person", access: loggedIn, status: 204}, s.decideWrite)
}

func (s *Server) getWrites(ctx context.Context, _ *nothing) (*body[session.WritesNow], error) {
	return answerWith(session.WritesOf(s.engine, actorOf(ctx), languageOf(ctx)))
}

func (s *Server) switchWrites(ctx context.Context, in *body[WriteSwitch]) (*body[session.WritesNow], error) {
	e := entry(ctx, "writes.allow", "")
	e.Reason = in.Body.Reason
	if !in.Body.Blocked {
		// Allowed is only what everybody can read up later.
		if err := s.store.SetSetting(ctx, settingBlock, "", e); err != nil {
			return nil, err
		}
		s.engine.SetBlock(nil)
		return s.getWrites(ctx, nil)
	}
	// Blocked is blocked, even if it cannot be kept.
	b := &engine.Block{By: actorOf(ctx).Name, Since: time.Now(), Reason: in.Body.Reason}
	s.engine.SetBlock(b)
	e.Action = "writes.block"
	raw, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	if err := s.store.SetSetting(ctx, settingBlock, string(raw), e); err != nil {
		s.log.Error("writes are blocked until the next start only: the switch could not be kept", "actor", b.By, "error", err)
		return nil, err
	}
	return s.getWrites(ctx, nil)
}

// loadBlock takes the master switch as it was left.
func (s *Server) loadBlock(ctx context.Context) error {
	raw, err := s.store.Setting(ctx, settingBlock)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	b := &engine.Block{By: "system", Reason: "?"}
	if err := json.Unmarshal([]byte(raw), b); err != nil {
		s.log.Error("the master switch cannot be read, writes stay blocked", "error", err)
	}
	s.engine.SetBlock(b)
	return nil
}

func (s *Server) decideWrite(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"64"`
	Body WriteDecision
}) (*done, error) {
	err := s.engine.Release(ctx, in.ID, in.Body.Release, in.Body.Reason, actorOf(ctx))
	var p *spec.Problem
	if errors.As(err, &p) {
		return nil, writeError(p)
	}
	return nil, err
}

// writeError is the answer for a write that the gate has not let through.
func writeError(p *spec.Problem) error {
	e := errWriteRefused.with()
	e.kind, e.Code, e.Message, e.Hint, e.At, e.status = nil, p.Code, p.Message, p.Hint, p.At, writeStatus(p.Code)
	return e
}
