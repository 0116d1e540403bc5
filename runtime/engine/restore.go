package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/lastvalue"
	"github.com/lineside/lineside/runtime/tag"
)

// keepEvery is how often the last values of device tags are kept: what a sudden end can cost.
const keepEvery = time.Second

// restored is what a tag of a device showed before the runtime was started, as a value that may
// be out of date.
func (e *Engine) restored(t *tagBuild) (tag.Sample, bool) {
	if e.last == nil || t.doc.Restore == "none" {
		return tag.Sample{}, false
	}
	s, ok := e.last.Take(t.doc.Path)
	if !ok || s.Value.Type() != t.typ {
		return tag.Sample{}, false
	}
	s.Quality, s.Server = tag.UncertainLastUsableValue, tag.Now()
	return s, true
}

// keepLast keeps the last values of the tags of devices until ctx ends, and once more then.
func (e *Engine) keepLast(ctx context.Context) {
	if e.last == nil {
		return
	}
	k := &keeper{engine: e}
	defer k.close()
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			k.keep()
			return
		case <-tick.C:
			k.keep()
		}
	}
}

// keeper brings what has changed into the file of last values.
type keeper struct {
	engine     *Engine
	generation uint64
	watcher    *tag.Watcher
	cells      map[tag.Slot]int // cell of the file
	slots      []tag.Slot       // that have changed
	samples    []tag.Sample
	broken     bool
}

func (k *keeper) close() {
	if k.watcher != nil {
		k.watcher.Close()
	}
}

// keep writes what has changed since the last time. Without room on the disk it tries again.
func (k *keeper) keep() {
	e := k.engine
	var err error
	if k.watcher == nil || e.table.Generation() != k.generation {
		err = k.arrange()
	} else {
		k.slots = k.watcher.Drain(k.slots[:0])
		err = k.put()
	}
	if err == nil {
		err = e.last.Flush()
	}
	if (err != nil) != k.broken {
		k.broken = err != nil
		if k.broken {
			e.log.Error("last values not kept", "error", err)
		} else {
			e.log.Info("last values are kept again")
		}
	}
}

// arrange lays the file out for the tags of the plant as it is now.
func (k *keeper) arrange() error {
	e := k.engine
	k.close()
	type kept struct {
		lastvalue.Name
		slot tag.Slot
	}
	var list []kept
	e.swap.Lock() // not in the midst of a change of the plant
	k.generation = e.table.Generation()
	e.mu.RLock()
	for path, t := range e.running.entries {
		if t.kind == KindDevice && t.doc.Restore != "none" {
			list = append(list, kept{lastvalue.Name{Path: path, Type: t.typ}, t.slot})
		}
	}
	e.mu.RUnlock()
	e.swap.Unlock()
	slices.SortFunc(list, func(a, b kept) int { return strings.Compare(string(a.Path), string(b.Path)) })
	names, slots := make([]lastvalue.Name, len(list)), make([]tag.Slot, len(list))
	for i, x := range list {
		names[i], slots[i] = x.Name, x.slot
	}
	k.watcher = e.table.Watch(slots, nil)
	k.cells = make(map[tag.Slot]int, len(slots))
	for i, s := range slots {
		k.cells[s] = i
	}
	e.last.Arrange(names)
	k.slots = append(k.slots[:0], slots...)
	return k.put()
}

// put gives the samples of slots to the file. What is bad has no value to keep.
func (k *keeper) put() error {
	e := k.engine
	k.samples = e.table.Read(k.slots, k.samples[:0])
	for i, s := range k.slots {
		if v := &k.samples[i]; !v.Quality.IsBad() && !v.Value.IsNone() {
			e.last.Put(k.cells[s], *v)
		}
	}
	return nil
}
