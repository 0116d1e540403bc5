package engine

import (
	"fmt"

	"github.com/lineside/lineside/runtime/tag"
)

// CarryValues keeps the present values of memory tags under the paths that they are about to get,
// old → new, so that the plant in which they are renamed begins with them.
func (e *Engine) CarryValues(moved map[tag.Path]tag.Path) error {
	if e.keep == nil {
		return nil
	}
	for from, to := range moved {
		t, ok := e.lookup(from)
		if !ok || t.kind != KindMemory {
			continue
		}
		if s := e.table.Get(t.slot); !s.Value.IsNone() {
			if err := e.keep(to, s.Value.AppendJSON(nil)); err != nil {
				return fmt.Errorf("value of %s: %w", from, err)
			}
		}
	}
	return nil
}
