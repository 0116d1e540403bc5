package engine

import (
	"fmt"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// AddSystemTag makes a tag below system/ for a part of the runtime that is not a device. Its
// samples go into the table by the slot. The path must be free.
func (e *Engine) AddSystemTag(path tag.Path, d tag.Definition, title spec.Text) (tag.Slot, error) {
	e.swap.Lock()
	defer e.swap.Unlock()
	slot, err := e.table.Add(path, d)
	if err != nil {
		return 0, fmt.Errorf("system tag %s: %w", path, err)
	}
	e.mu.Lock()
	e.entries[path] = &entry{slot: slot, kind: KindSystem, typ: d.Type, title: title}
	e.mu.Unlock()
	return slot, nil
}

// RemoveSystemTag takes away a tag that AddSystemTag made.
func (e *Engine) RemoveSystemTag(path tag.Path) {
	e.swap.Lock()
	defer e.swap.Unlock()
	e.mu.Lock()
	t := e.entries[path]
	delete(e.entries, path)
	e.mu.Unlock()
	if t != nil {
		e.table.Remove(t.slot)
	}
}
