package engine

import (
	"context"
	"errors"

	"github.com/lineside/lineside/runtime/tag"
)

// CarryValues keeps the present values of memory tags under the paths that they are about to get,
// old → new, so that the plant in which they are renamed begins with them, and has the history of all follow.
func (e *Engine) CarryValues(moved map[tag.Path]tag.Path) error {
	var history error
	if e.archive != nil {
		history = e.archive.Rename(context.Background(), moved)
	}
	return errors.Join(history, e.carryKept(moved))
}

// carryKept does so with the values of memory tags that outlast a restart.
func (e *Engine) carryKept(moved map[tag.Path]tag.Path) error {
	if e.keepMany == nil {
		return nil
	}
	values := map[tag.Path][]byte{}
	for from, to := range moved {
		t, ok := e.lookup(from)
		if !ok || t.kind != KindMemory {
			continue
		}
		if s := e.table.Get(t.slot); !s.Value.IsNone() {
			values[to] = s.Value.AppendJSON(nil)
		}
	}
	if len(values) == 0 {
		return nil
	}
	return e.keepMany(values)
}
