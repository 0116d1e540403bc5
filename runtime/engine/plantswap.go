package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// TakePlant takes a prepared plant into use. Tags and devices that did not change go on untouched; a device whose
// connector or settings changed connects anew. When another plant came in between it is prepared again.
func (e *Engine) TakePlant(next *Prepared) error {
	e.swap.Lock()
	defer e.swap.Unlock()
	e.probes.endAll() // a device may allow one connection only
	b, old := next.build, e.running
	if next.beside != old {
		var ps spec.Problems
		if b, ps = compilePlant(next.plant, old); ps.Errors() {
			return ps
		}
	}
	e.stopOutlets(b)
	e.settleChanged(b)
	restart := e.stopChanged(b)
	s := &plantSwap{Engine: e, b: b, old: old.entries, restart: restart, moved: map[tag.Path]bool{}, sameThings: b.from.SharesThings(old.expansion)}
	s.removeGone()
	s.tags()
	if err := s.computed(); err != nil {
		return err
	}
	e.mu.Lock()
	e.plant, e.expansion = b.from.Plant(), b.from
	e.running = &present{plant: b.from.Plant(), expansion: b.from, entries: s.next, slots: s.at, flawed: b.flawed, past: e.askPast}
	e.mu.Unlock()
	if err := e.swapEvents(b); err != nil {
		return err
	}
	if err := e.swapAlarms(b); err != nil {
		return err
	}
	e.swapDevices(b, restart)
	e.swapOutlets(b)
	e.rebindApps()
	e.rebindViews()
	e.notices.send(Notice{Code: NoticePlant})
	e.log.Info("plant swapped", "tags", len(b.tags), "devices", len(b.devices))
	return nil
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

// plantSwap is a plant while it is taken into use.
type plantSwap struct {
	*Engine
	b       *plantBuild
	old     map[tag.Path]*entry
	restart map[string]bool // devices whose sources must be made anew
	// moved are the paths whose slot is new or gone, so that what depends on them is bound again.
	moved map[tag.Path]bool
	next  map[tag.Path]*entry
	room  []entry
	at    []tag.Slot // of the tags of the build
	// sameThings says that the tags of assets come from where they came.
	sameThings bool
}

// removeGone takes the tags out of the table that are gone or become something else.
func (s *plantSwap) removeGone() {
	var gone []tag.Slot
	buried := map[*device][]*source{}
	look := func(path tag.Path, was *entry, now *tagBuild) {
		if was.source != nil && (now == nil || now.kind != KindDevice || !sameSource(was, now, s.restart)) {
			if d := s.devices[was.device]; d != nil {
				buried[d] = append(buried[d], was.source)
			} else {
				was.source.dead = true // its device is gone and has stopped
			}
		}
		if now == nil || (now.kind == KindComputed) != (was.kind == KindComputed) || now.typ != was.typ {
			gone = append(gone, was.slot)
			s.moved[path] = true
		}
	}
	there := 0
	for _, t := range s.b.tags {
		if t.was != nil {
			there++
		} else if was := s.old[t.doc.Path]; was != nil {
			there++
			look(t.doc.Path, was, t)
		}
	}
	if there < len(s.old) {
		for path, was := range s.old {
			if s.b.tag(path) == nil {
				look(path, was, nil)
			}
		}
	}
	for d, sources := range buried {
		d.bury(sources)
	}
	if len(gone) == 0 {
		return
	}
	// Nobody finds them any more before their slots are given to others.
	rest := maps.Clone(s.old)
	for path := range s.moved {
		delete(rest, path)
	}
	s.mu.Lock()
	now := *s.running
	now.entries = rest
	s.running = &now
	s.mu.Unlock()
	s.table.Remove(gone...)
}

// put makes the entry of a tag.
func (s *plantSwap) put(t *tagBuild, slot tag.Slot) *entry {
	s.room = append(s.room, entry{slot: slot, kind: t.kind, typ: t.typ, doc: t.doc, device: t.doc.Device, gate: t.gate, alarms: t.alarms, program: t.program, when: t.when, roams: t.roams})
	e := &s.room[len(s.room)-1]
	if t.was != nil && s.sameThings {
		e.origin = t.was.origin
	} else {
		e.origin = s.b.origin(t)
	}
	s.next[t.doc.Path] = e
	s.at[t.index] = slot
	return e
}

// before is the entry that goes on as a tag, nil when the tag is new.
func (s *plantSwap) before(t *tagBuild) *entry {
	if t.was != nil {
		return t.was
	}
	if was := s.old[t.doc.Path]; was != nil && !s.moved[t.doc.Path] {
		return was
	}
	return nil
}

// redefine brings what the table knows of a tag up to date.
func (s *plantSwap) redefine(t *tagBuild, was *entry) {
	if t.was != nil {
		return
	}
	if d := definition(t.doc, t.typ); !reflect.DeepEqual(definition(was.doc, was.typ), d) {
		s.table.Redefine(was.slot, d)
	}
}

// tags adds and redefines the tags that are not computed.
func (s *plantSwap) tags() {
	s.next, s.room, s.at = make(map[tag.Path]*entry, len(s.b.tags)), make([]entry, 0, len(s.b.tags)), make([]tag.Slot, len(s.b.tags))
	for i := range s.at {
		s.at[i] = ^tag.Slot(0) // which no tag has
	}
	s.table.Reserve(len(s.b.tags) - len(s.old))
	// The sources of a device are listed by the build; those that go on keep their state.
	keptSources := map[*source]*source{}
	var initial []tag.Update
	for _, t := range s.b.tags {
		if t.kind == KindComputed {
			continue
		}
		was := s.before(t)
		var next *entry
		if was == nil {
			slot, err := s.table.Add(t.doc.Path, definition(t.doc, t.typ))
			if err != nil {
				s.log.Error("tag not added", "path", t.doc.Path, "error", err)
				continue
			}
			next = s.put(t, slot)
			s.moved[t.doc.Path] = true
		} else {
			next = s.put(t, was.slot)
			s.redefine(t, was)
		}
		switch {
		case t.was != nil:
			next.source = was.source
		case t.kind == KindDevice && was != nil && was.source != nil && sameSource(was, t, s.restart):
			next.source = was.source
			keptSources[t.source] = was.source
		case t.kind == KindDevice:
			next.source = t.source
			t.source.slot = next.slot
			if was != nil && was.kind == KindDevice {
				t.source.last.Value = s.table.Get(next.slot).Value
			} else if last, ok := s.restored(t); ok {
				t.source.last = last
			}
			initial = append(initial, tag.Update{Slot: next.slot, Sample: t.source.last})
		case was == nil || was.kind != KindMemory:
			initial = append(initial, tag.Update{Slot: next.slot, Sample: s.firstMemory(t)})
		}
	}
	if len(keptSources) > 0 {
		for _, d := range s.b.devices {
			for i, source := range d.sources {
				if k := keptSources[source]; k != nil {
					d.sources[i] = k
				}
			}
		}
	}
	if len(initial) > 0 {
		s.table.Apply(initial)
	}
}

// sameSource reports whether a tag reads its device as before, so that its last value,
// deadband and quality go on.
func sameSource(was *entry, now *tagBuild, restart map[string]bool) bool {
	a, b := was.doc, now.doc
	return a.Device == b.Device && !restart[a.Device] && a.Type == b.Type && sameJSON(a.Address, b.Address) &&
		reflect.DeepEqual(a.Scale, b.Scale) && reflect.DeepEqual(a.Deadband, b.Deadband) && reflect.DeepEqual(a.Bit, b.Bit) &&
		reflect.DeepEqual(a.Range, b.Range) && was.source.zone() == now.source.zone() && (a.Write == nil) == (b.Write == nil)
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
	if len(t.doc.Initial) > 0 {
		if v, err := tag.Parse(t.doc.Initial, t.typ); err == nil && !v.IsNone() {
			return tag.Sample{Value: v, Source: now, Server: now}
		}
	}
	return tag.Sample{Quality: tag.BadWaitingForInitialData, Source: now, Server: now}
}

// computed adds the new computed tags and changes those whose expression or
// dependencies changed.
func (s *plantSwap) computed() error {
	if err := s.addDevices(s.b, s.moved); err != nil {
		return err
	}
	changed := map[*tagBuild]bool{}
	for _, t := range s.b.computed {
		was := s.before(t)
		if was == nil {
			s.moved[t.doc.Path] = true
			continue
		}
		change := was.program == nil || !was.program.Same(t.program) || was.doc.Every != t.doc.Every
		if len(s.moved) > 0 {
			for dep := range t.program.Reads {
				change = change || s.moved[dep]
			}
		}
		if change {
			changed[t] = true
			// Without dependencies for a moment: edges that turn round must not look like a circle.
			if err := s.table.SetComputed(was.slot, nil, func([]tag.Sample) tag.Sample { return tag.Sample{Quality: tag.BadWaitingForInitialData} }); err != nil {
				return fmt.Errorf("computed tag %s: %w", t.doc.Path, err)
			}
		}
	}
	beats := map[time.Duration]bool{}
	for _, t := range s.b.computed {
		if t.doc.Every != "" {
			beats[t.every()] = true
		}
		was := s.before(t)
		if was == nil {
			deps, eval, err := s.computation(t)
			if err != nil {
				return fmt.Errorf("computed tag %s: %w", t.doc.Path, err)
			}
			slot, err := s.table.AddComputed(t.doc.Path, definition(t.doc, t.typ), deps, eval)
			if err != nil {
				return fmt.Errorf("computed tag %s: %w", t.doc.Path, err)
			}
			s.put(t, slot)
			continue
		}
		s.put(t, was.slot)
		s.redefine(t, was)
		if changed[t] {
			deps, eval, err := s.computation(t)
			if err == nil {
				err = s.table.SetComputed(was.slot, deps, eval)
			}
			if err != nil {
				return fmt.Errorf("computed tag %s: %w", t.doc.Path, err)
			}
		}
	}
	s.keepMetronomes(beats)
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
		late: e.keepLate,
		id:   b.doc.ID, typ: b.typ, settings: b.doc.Settings, secret: e.secret, trust: e.trust, again: make(chan struct{}, 1), table: e.table, log: e.log, counters: &e.counters,
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
		if !fresh && next.asks(d.plan.Load()) {
			continue
		}
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
