package engine

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/tag"
)

// CarryValues keeps the present values of memory tags under the paths that they are about to get,
// old → new, so that the plant in which they are renamed begins with them, and has the history and the alarms of all follow.
func (e *Engine) CarryValues(moved map[tag.Path]tag.Path) error {
	var history error
	if e.archive != nil {
		history = e.archive.Rename(context.Background(), moved)
	}
	return errors.Join(history, e.carryKept(moved), e.carryAlarms(moved))
}

// carryAlarms keeps what has become of alarms under the paths that their tags are about to get, and remembers the move until
// the next plant: there they go on as they are.
func (e *Engine) carryAlarms(moved map[tag.Path]tag.Path) error {
	v := &e.alarms
	v.work.Lock()
	defer v.work.Unlock()
	v.moved = make(map[tag.Path]tag.Path, len(moved))
	for from, to := range moved {
		v.moved[to] = from
	}
	if v.keeper == nil {
		return nil
	}
	var c alarm.Changes
	v.mu.RLock()
	for _, key := range slices.Sorted(maps.Keys(v.points)) {
		p := v.points[key]
		if to, ok := moved[p.build.Load().path]; ok && p.build.Load().linked == nil && !p.record.Blank() {
			r := p.record
			r.Key = alarm.KeyOf(to, p.build.Load().id)
			c.Records = append(c.Records, r)
		}
	}
	v.mu.RUnlock()
	if len(c.Records) == 0 {
		return nil
	}
	return v.keeper.KeepAlarms(context.Background(), c)
}

// before is the alarm as it was watched for under another path: that of a tag that was renamed, or of an app whose inputs were
// mapped elsewhere. The caller holds work.
func (v *alarms) before(b *alarmBuild) *alarmPoint {
	if b.linked != nil {
		// The id has the installation in it.
		if p := v.points[b.key]; p != nil {
			return p
		}
		for _, p := range v.points {
			if o := p.build.Load(); o.linked != nil && o.id == b.id {
				return p
			}
		}
		return nil
	}
	if from, ok := v.moved[b.path]; ok {
		return v.points[alarm.KeyOf(from, b.id)]
	}
	return v.points[b.key]
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
