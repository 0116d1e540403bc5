package api

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/store"
)

// AuditEntry is one line of the audit trail.
type AuditEntry struct {
	ID     int64           `json:"id"`
	Time   time.Time       `json:"time"`
	Actor  string          `json:"actor"`
	Origin string          `json:"origin,omitempty"`
	Action string          `json:"action"`
	Target string          `json:"target,omitempty"`
	Old    json.RawMessage `json:"old,omitempty"`
	New    json.RawMessage `json:"new,omitempty"`
	Reason string          `json:"reason,omitempty"`
	// Outcome is good, failed, unknown, or pending before a device is written.
	Outcome string `json:"outcome" enum:"good,failed,unknown,pending"`
	Message string `json:"message,omitempty"`
	// Hash chains the entry to the one before.
	Hash string `json:"hash"`
}

// AuditPage is a part of the audit trail, newest first.
type AuditPage struct {
	Entries []AuditEntry `json:"entries" nullable:"false"`
	// Verified says that the chain of hashes is whole, from the first entry to the last.
	Verified bool `json:"verified"`
	// BrokenAt is the first entry that is not as it was written.
	BrokenAt int64 `json:"brokenAt,omitempty"`
}

// verifyAge is how old the verification of all older entries may be that is shown.
const verifyAge = time.Minute

func (s *Server) auditResource() {
	add(s, route{method: "GET", path: "/audit", id: "listAudit", tag: "audit", summary: "Read the audit trail, newest first", access: whole(auth.Administer)}, s.listAudit)
}

func (s *Server) listAudit(ctx context.Context, in *struct {
	Before int64  `query:"before" minimum:"0" doc:"entries before this id"`
	Limit  int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
	Query  string `query:"q" maxLength:"200" doc:"contained in actor, action, target, reason or message"`
}) (*body[AuditPage], error) {
	entries, err := s.store.AuditPage(ctx, in.Before, in.Limit, in.Query)
	if err != nil {
		return nil, err
	}
	page := AuditPage{Entries: make([]AuditEntry, len(entries)), Verified: true}
	for i, e := range entries {
		page.Entries[i] = AuditEntry(e)
	}
	var broken *store.ErrAudit
	switch err := s.store.VerifiedWithin(ctx, verifyAge); {
	case errors.As(err, &broken):
		page.Verified, page.BrokenAt = false, broken.ID
	case err != nil:
		return nil, err
	}
	return answerWith(page)
}

// AuditWrites gives the engine's entries to the store.
func AuditWrites(s *store.Store) func(context.Context, engine.AuditEntry) error {
	return func(ctx context.Context, e engine.AuditEntry) error {
		return s.Audit(ctx, store.Entry{Time: e.Time, Actor: e.Actor, Origin: e.Origin, Action: e.Action, Target: e.Target,
			Old: e.Old, New: e.New, Reason: e.Reason, Outcome: e.Outcome, Message: e.Message})
	}
}
