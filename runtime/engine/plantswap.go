package engine

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/tag"
)

// SetPlant checks and compiles p beside the running plant and then takes it into use. Tags
// and devices that did not change go on untouched; a device whose connector or settings
// changed connects anew. When p has errors (spec.Problems, places as JSON Pointers) the
// running plant stays as it is. p must not be changed afterwards.
func (e *Engine) SetPlant(p *plant.Plant) error {
	b, ps := compilePlant(p)
	if ps.Errors() {
		return ps
	}
	e.swap.Lock()
	defer e.swap.Unlock()

	old := e.snapshot()
	e.stopOutlets(b)
	e.settleChanged(b)
	restart := e.stopChanged(b)
	moved := e.swapTags(b, old, restart)
	if err := e.swapComputed(b, old, moved); err != nil {
		return err
	}
	if err := e.swapEvents(b); err != nil {
		return err
	}
	e.swapDevices(b, restart)
	e.swapOutlets(b)
	e.mu.Lock()
	e.plant, e.expansion = p, b.from
	e.mu.Unlock()
	e.rebindApps()
	e.rebindViews()
	e.notices.send(Notice{Code: NoticePlant})
	e.log.Info("plant swapped", "tags", len(b.tags), "devices", len(b.devices))
	return nil
}

// snapshot copies the entries of the running plant.
func (e *Engine) snapshot() map[tag.Path]*entry {
	e.mu.RLock()
	defer e.mu.RUnlock()
	out := make(map[tag.Path]*entry, len(e.entries))
	for p, t := range e.entries {
		out[p] = t
	}
	return out
}

// stopChanged ends the devices that are gone or must start anew, and returns the ids whose
// sources must be made anew.
func (e *Engine) stopChanged(b *plantBuild) map[string]bool {
	restart := map[string]bool{}
	for id, d := range e.devices {
		next := b.devices[id]
		if next != nil && sameConnection(d, next) {
			continue
		}
		restart[id] = true
		if !d.doc.Load().Disabled {
			e.stop(d)
		}
		if next == nil {
			e.removeDevice(id, d)
		}
	}
	return restart
}

// sameConnection reports whether a device goes on as it is connected.
func sameConnection(d *device, next *deviceBuild) bool {
	doc := d.doc.Load()
	return next.doc.Connector == doc.Connector && next.doc.Disabled == doc.Disabled && sameJSON(next.doc.Settings, doc.Settings)
}

func (e *Engine) removeDevice(id string, d *device) {
	e.table.Remove(d.system.slots[:]...)
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.devices, id)
	for _, t := range systemTagList {
		delete(e.entries, systemPath(id, t.name))
	}
}

// swapTags removes, adds and redefines the tags that are not computed. It returns the
// paths whose slot is new or gone, so that what depends on them is bound again.
func (e *Engine) swapTags(b *plantBuild, old map[tag.Path]*entry, restart map[string]bool) map[tag.Path]bool {
	moved := map[tag.Path]bool{}
	var gone []tag.Slot
	buried := map[*device][]*source{}
	for path, was := range old {
		if was.kind == KindSystem || was.kind == KindApp {
			continue
		}
		now := b.by[path]
		if was.source != nil && (now == nil || now.kind != KindDevice || !sameSource(was, now, restart)) {
			if d := e.devices[was.device]; d != nil {
				buried[d] = append(buried[d], was.source)
			} else {
				was.source.dead = true // its device is gone and has stopped
			}
		}
		if now == nil || (now.kind == KindComputed) != (was.kind == KindComputed) || now.typ != was.typ {
			gone = append(gone, was.slot)
			moved[path] = true
		}
	}
	for d, sources := range buried {
		d.bury(sources)
	}
	if len(gone) > 0 {
		e.table.Remove(gone...)
		e.mu.Lock()
		for path := range moved {
			delete(e.entries, path)
		}
		e.mu.Unlock()
	}
	// The sources of a device are listed by the build; those that go on keep their state.
	keptSources := map[*source]*source{}
	var initial []tag.Update
	for _, t := range b.tags {
		if t.kind == KindComputed {
			continue
		}
		was := old[t.doc.Path]
		if was != nil && moved[t.doc.Path] {
			was = nil
		}
		next := &entry{kind: t.kind, typ: t.typ, doc: t.doc, device: t.doc.Device, gate: t.gate, origin: b.origin(t)}
		if was == nil {
			slot, err := e.table.Add(t.doc.Path, t.def)
			if err != nil {
				e.log.Error("tag not added", "path", t.doc.Path, "error", err)
				continue
			}
			next.slot = slot
			moved[t.doc.Path] = true
		} else {
			next.slot = was.slot
			if !reflect.DeepEqual(definition(was.doc, was.typ), t.def) {
				e.table.Redefine(next.slot, t.def)
			}
		}
		switch {
		case t.kind == KindDevice && was != nil && was.source != nil && sameSource(was, t, restart):
			next.source = was.source
			keptSources[t.source] = was.source
		case t.kind == KindDevice:
			next.source = t.source
			t.source.slot = next.slot
			if was != nil && was.kind == KindDevice {
				t.source.last.Value = e.table.Get(next.slot).Value
			} else if last, ok := e.restored(t); ok {
				t.source.last = last
			}
			initial = append(initial, tag.Update{Slot: next.slot, Sample: t.source.last})
		case was == nil || was.kind != KindMemory:
			initial = append(initial, tag.Update{Slot: next.slot, Sample: e.firstMemory(t)})
		}
		e.mu.Lock()
		e.entries[t.doc.Path] = next
		e.mu.Unlock()
	}
	for _, d := range b.devices {
		for i, s := range d.sources {
			if k := keptSources[s]; k != nil {
				d.sources[i] = k
			}
		}
	}
	if len(initial) > 0 {
		e.table.Apply(initial)
	}
	return moved
}

// sameSource reports whether a tag reads its device as before, so that its last value,
// deadband and quality go on.
func sameSource(was *entry, now *tagBuild, restart map[string]bool) bool {
	a, b := was.doc, now.doc
	return a.Device == b.Device && !restart[a.Device] && a.Type == b.Type && sameJSON(a.Address, b.Address) &&
		reflect.DeepEqual(a.Scale, b.Scale) && reflect.DeepEqual(a.Deadband, b.Deadband) && reflect.DeepEqual(a.Bit, b.Bit) &&
		reflect.DeepEqual(a.Range, b.Range) && (a.Write == nil) == (b.Write == nil)
}

// firstMemory is the first sample of a memory tag: what was kept, its initial value, or none.
func (e *Engine) firstMemory(t *tagBuild) tag.Sample {
	now := tag.Now()
	if e.kept != nil {
		if raw := e.kept(t.doc.Path); len(raw) > 0 {
			if v, err := tag.Parse(raw, t.typ); err == nil && !v.IsNone() {
				return tag.Sample{Value: v, Source: now, Server: now}
			}
			e.log.Warn("kept value does not fit", "path", t.doc.Path)
		}
	}
	if t.initial.IsNone() {
		return tag.Sample{Quality: tag.BadWaitingForInitialData, Source: now, Server: now}
	}
	return tag.Sample{Value: t.initial, Source: now, Server: now}
}

// swapComputed adds the new computed tags and changes those whose expression or
// dependencies changed.
func (e *Engine) swapComputed(b *plantBuild, old map[tag.Path]*entry, moved map[tag.Path]bool) error {
	if err := e.addDevices(b, moved); err != nil {
		return err
	}
	changed := map[*tagBuild]bool{}
	for _, t := range b.computed {
		was := old[t.doc.Path]
		if was == nil || moved[t.doc.Path] {
			moved[t.doc.Path] = true
			continue
		}
		change := was.program == nil || !was.program.Same(t.program) || was.doc.Every != t.doc.Every
		for _, dep := range t.program.Tags() {
			change = change || moved[dep]
		}
		if change {
			changed[t] = true
			// Without dependencies for a moment: edges that turn round must not look like a circle.
			if err := e.table.SetComputed(was.slot, nil, func([]tag.Sample) tag.Sample { return tag.Sample{Quality: tag.BadWaitingForInitialData} }); err != nil {
				return fmt.Errorf("computed tag %s: %w", t.doc.Path, err)
			}
		}
	}
	beats := map[time.Duration]bool{}
	for _, t := range b.computed {
		if t.doc.Every != "" {
			beats[t.every()] = true
		}
		was := old[t.doc.Path]
		next := &entry{kind: KindComputed, typ: t.typ, doc: t.doc, program: t.program, origin: b.origin(t)}
		if was == nil || moved[t.doc.Path] {
			deps, eval, err := e.computation(t)
			if err != nil {
				return fmt.Errorf("computed tag %s: %w", t.doc.Path, err)
			}
			slot, err := e.table.AddComputed(t.doc.Path, t.def, deps, eval)
			if err != nil {
				return fmt.Errorf("computed tag %s: %w", t.doc.Path, err)
			}
			next.slot = slot
		} else {
			next.slot = was.slot
			if !reflect.DeepEqual(definition(was.doc, was.typ), t.def) {
				e.table.Redefine(next.slot, t.def)
			}
			if changed[t] {
				deps, eval, err := e.computation(t)
				if err == nil {
					err = e.table.SetComputed(next.slot, deps, eval)
				}
				if err != nil {
					return fmt.Errorf("computed tag %s: %w", t.doc.Path, err)
				}
			}
		}
		e.mu.Lock()
		e.entries[t.doc.Path] = next
		e.mu.Unlock()
	}
	e.keepMetronomes(beats)
	return nil
}

// every is the interval at which a tag is computed, 0 for at every change.
func (t *tagBuild) every() time.Duration {
	d, _ := time.ParseDuration(t.doc.Every) // it was checked
	return d
}

// computation is what a computed tag depends on and how it is evaluated.
func (e *Engine) computation(t *tagBuild) ([]tag.Slot, tag.Eval, error) {
	deps, eval := e.slots(t.program.Tags()), e.evaluator(t.program, t.typ)
	if t.doc.Every == "" {
		return deps, eval, nil
	}
	beat, err := e.metronome(t.every())
	return append([]tag.Slot{beat}, deps...), atBeat(eval), err
}

// slots finds the slots of paths that are known to exist.
func (e *Engine) slots(paths []tag.Path) []tag.Slot {
	out := make([]tag.Slot, len(paths))
	for i, p := range paths {
		out[i], _ = e.table.Lookup(p)
	}
	return out
}

// evaluator makes the evaluation of a computed tag: the program, then the tag's type.
func (e *Engine) evaluator(program *expression.Program, typ tag.Type) tag.Eval {
	evaluations := &e.counters.evaluations
	return func(deps []tag.Sample) tag.Sample {
		evaluations.Add(1)
		s := program.Eval(deps, nil)
		if typ != tag.None && s.Value.Type() != typ && !s.Value.IsNone() {
			v, err := settle(s.Value, typ)
			if err != nil {
				return tag.Sample{Quality: tag.BadTypeMismatch, Source: s.Source}
			}
			s.Value = v
		}
		return s
	}
}

// settle gives a result the type of its tag: a part of a JSON value is what it says there.
func settle(v tag.Value, typ tag.Type) (tag.Value, error) {
	if v.Type() == tag.JSON {
		if out, err := tag.Parse(json.RawMessage(v.Text()), typ); err == nil && !out.IsNone() {
			return out, nil
		}
	}
	return v.Convert(typ)
}

// addDevices makes the devices that are new, with their system tags.
func (e *Engine) addDevices(b *plantBuild, moved map[tag.Path]bool) error {
	for id, next := range b.devices {
		if e.devices[id] != nil {
			continue
		}
		d := e.newDevice(next)
		for i, t := range systemTagList {
			path := systemPath(id, t.name)
			slot, err := e.table.Add(path, t.def)
			if err != nil {
				return fmt.Errorf("system tag %s: %w", path, err)
			}
			d.system.slots[i] = slot
			moved[path] = true
			e.mu.Lock()
			e.entries[path] = &entry{slot: slot, kind: KindSystem, typ: t.def.Type, device: id, title: t.title}
			e.mu.Unlock()
		}
		e.mu.Lock()
		e.devices[id] = d
		e.mu.Unlock()
	}
	return nil
}

func (e *Engine) newDevice(b *deviceBuild) *device {
	d := &device{
		id: b.doc.ID, typ: b.typ, settings: b.doc.Settings, secret: e.secret, trust: e.trust, again: make(chan struct{}, 1), table: e.table, log: e.log, counters: &e.counters,
		jobs: make(chan job), wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
	}
	if len(d.settings) == 0 {
		d.settings = []byte("{}")
	}
	d.writes.refuse = errDeviceLost
	d.doc.Store(b.doc)
	d.plan.Store(b.plan())
	d.status.since = time.Now()
	d.status.failure = tag.OfJSON("null")
	return d
}

// plan is what the device has to read, from the sources of the build.
func (b *deviceBuild) plan() *devicePlan {
	p := &devicePlan{sources: b.sources, timeout: b.timeout, silence: b.silence, index: make(map[*source]int, len(b.sources))}
	for _, interval := range b.scans {
		p.classes = append(p.classes, planClass{interval: interval})
	}
	for i, s := range b.sources {
		point := connector.Point{ID: i, Path: s.path, Address: s.address, Type: s.raw}
		p.points = append(p.points, point)
		p.index[s] = i
		if c := &p.classes[b.classes[i]]; !b.typ.Push {
			c.points = append(c.points, point)
		}
	}
	return p
}

// swapDevices gives the devices their plans and starts those that are new.
func (e *Engine) swapDevices(b *plantBuild, restart map[string]bool) {
	order := make([]string, len(b.doc.Devices))
	for i := range b.doc.Devices {
		id := b.doc.Devices[i].ID
		order[i] = id
		next, d := b.devices[id], e.devices[id]
		if restart[id] {
			// Made anew at the same place: its system tags go on.
			fresh := e.newDevice(next)
			fresh.system.slots = d.system.slots
			e.mu.Lock()
			e.devices[id] = fresh
			e.mu.Unlock()
			d = fresh
		}
		d.doc.Store(next.doc)
		fresh := d.isNew()
		plan := next.plan()
		if !fresh && d.plan.Load().same(plan) {
			continue
		}
		d.replan(plan)
		switch {
		case next.doc.Disabled:
			d.spoil(plan.sources, tag.BadOutOfService)
			if fresh {
				d.setState(StateDisabled, nil)
			}
		case fresh:
			d.setState(StateConnecting, nil)
			e.start(d)
		}
	}
	e.mu.Lock()
	e.order = order
	e.mu.Unlock()
}

// isNew reports whether the device was made but not yet begun.
func (d *device) isNew() bool {
	d.status.Lock()
	defer d.status.Unlock()
	return d.status.state == ""
}

// same reports whether two plans ask the same of a device.
func (p *devicePlan) same(o *devicePlan) bool {
	if p.timeout != o.timeout || p.silence != o.silence || len(p.classes) != len(o.classes) || !p.samePoints(o) {
		return false
	}
	for i := range p.classes {
		a, b := p.classes[i], o.classes[i]
		if a.interval != b.interval || len(a.points) != len(b.points) {
			return false
		}
		for j := range a.points {
			if a.points[j].ID != b.points[j].ID {
				return false
			}
		}
	}
	return true
}
