package api

import (
	"context"
	"strings"

	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/store"
)

// unendedWithin is how many of the newest writes of the audit trail are looked through.
const unendedWithin = 1000

// endWrites ends in the audit trail the writes that were under way when the process was killed: whether
// the value has arrived is not known, and of a pulse not that it was taken back.
func (s *Server) endWrites(ctx context.Context) error {
	entries, err := s.store.AuditPage(ctx, 0, unendedWithin, "write")
	if err != nil {
		return err
	}
	ends := unended(entries)
	if len(ends) == 0 {
		return nil
	}
	for _, e := range ends {
		s.log.Warn("a write was under way when the runtime ended", "target", e.Target, "actor", e.Actor, "action", e.Action)
	}
	return s.store.Audit(ctx, ends...)
}

// unended makes an end for every write that has begun and has none; entries are newest first.
func unended(entries []store.Entry) (ends []store.Entry) {
	type key struct{ actor, action, target string }
	ended := map[key]int{}
	decided := map[string]bool{} // targets for which something came after
	for _, e := range entries {
		if e.Action != "write" && !strings.HasPrefix(e.Action, "write.") {
			continue
		}
		k := key{e.Actor, e.Action, e.Target}
		pending := e.Outcome == "pending"
		switch {
		case e.Action == "write.ask":
			if pending && !decided[e.Target] {
				e.Outcome, e.Message = engine.OutcomeFailed, "the runtime ended before a second person had decided"
				ends = append(ends, e)
			}
		case !pending:
			ended[k]++
		case ended[k] > 0:
			ended[k]--
		default:
			e.Outcome, e.Message = engine.OutcomeUnknown, "the runtime ended before the outcome was known"
			ends = append(ends, e)
		}
		decided[e.Target] = true
	}
	for i := range ends {
		ends[i] = store.Entry{Actor: ends[i].Actor, Origin: ends[i].Origin, Action: ends[i].Action, Target: ends[i].Target, Old: ends[i].Old, New: ends[i].New,
			Reason: ends[i].Reason, Outcome: ends[i].Outcome, Message: ends[i].Message}
	}
	return ends
}
