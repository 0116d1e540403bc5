package engine

import (
	"bytes"
	"slices"

	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Prepared is a plant that was checked and compiled beside the running one. What is the same in both was taken over, so
// that a small change of a large plant is soon ready.
type Prepared struct {
	plant  *plant.Plant
	beside *present
	build  *plantBuild
}

// present is what a plant is compiled beside. It is not changed once it is there.
type present struct {
	plant     *plant.Plant
	expansion *plant.Expansion
	entries   map[tag.Path]*entry // of the tags of the plant
	slots     []tag.Slot          // of the tags of the expansion
	// flawed says that there were warnings about tags, which must be found again.
	flawed bool
	// past answers what expressions ask of history.
	past func(expression.Past) *spec.Problem
}

// PreparePlant checks and compiles a plant document and says everything that is wrong with it, warnings included. With
// errors there is nothing to take into use. p must not be changed afterwards.
func (e *Engine) PreparePlant(p *plant.Plant) (*Prepared, spec.Problems) {
	e.mu.RLock()
	now := e.running
	e.mu.RUnlock()
	b, ps := compilePlant(p, now)
	if ps.Errors() {
		return nil, ps
	}
	b.from.Ordered() // nobody who looks for tags shall wait for it
	return &Prepared{b.from.Plant(), now, b}, ps
}

// Plant is what was prepared: the same as was given, sharing its list of tags with what will run.
func (p *Prepared) Plant() *plant.Plant { return p.plant }

// Slots are those of the tags of the running plant, at the same places as in its expansion. Neither must be changed.
func (e *Engine) Slots() (*plant.Expansion, []tag.Slot) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.running.expansion, e.running.slots
}

// CheckPlant says everything that is wrong with a plant document, warnings included.
func (e *Engine) CheckPlant(p *plant.Plant) spec.Problems {
	e.mu.RLock()
	now := e.running
	e.mu.RUnlock()
	_, ps := compilePlant(p, now)
	return ps
}

// SetPlant prepares a plant and takes it into use. When it has errors (spec.Problems, places as JSON Pointers) the running
// plant stays as it is.
func (e *Engine) SetPlant(p *plant.Plant) error {
	next, ps := e.PreparePlant(p)
	if ps.Errors() {
		return ps
	}
	return e.TakePlant(next)
}

// known is what of the running plant may be taken over into a build.
type known struct {
	*present
	unchanged []bool          // of each tag: it is the same
	devices   map[string]bool // that read as before
}

// knownIn finds what may be taken over.
func (r *present) knownIn(b *plantBuild, unchanged []bool) *known {
	k := &known{present: r, unchanged: unchanged, devices: map[string]bool{}}
	for i := range r.plant.Devices {
		was := &r.plant.Devices[i]
		if now := b.devices[was.ID]; now != nil {
			k.devices[was.ID] = was.Connector == now.doc.Connector && was.Disabled == now.doc.Disabled && bytes.Equal(was.Settings, now.doc.Settings)
		}
	}
	return k
}

// entry is the running form of a tag that is the same, if all that its compilation looked at is the same, too.
func (k *known) entry(b *plantBuild, t *tagBuild) *entry {
	if k == nil || !k.unchanged[t.index] {
		return nil
	}
	was := k.entries[t.doc.Path]
	switch {
	case was == nil, was.roams:
		return nil
	case was.kind == KindDevice && (was.source == nil || !k.devices[t.doc.Device]):
		return nil
	case was.kind == KindComputed && !k.reads(b, was.program):
		return nil
	case slices.ContainsFunc(was.alarms, func(a *alarmBuild) bool {
		// What they name beside expressions is found again: it may have gone.
		return len(a.parents)+len(a.writes) > 0 || slices.ContainsFunc(a.expressions(), func(p *expression.Program) bool { return !k.reads(b, p) })
	}):
		return nil
	case was.when != nil && !k.reads(b, was.when):
		return nil
	case was.gate != nil && was.gate.interlock != nil && !k.reads(b, was.gate.interlock):
		return nil
	}
	return was
}

// reads reports whether the tags of a program are still of the types that they had.
func (k *known) reads(b *plantBuild, p *expression.Program) bool {
	if p == nil {
		return false
	}
	for path := range p.Reads {
		now, ok := b.typeOf(path)
		if !ok {
			return false
		}
		if was := k.entries[path]; was != nil && was.typ != now || was == nil && !system(string(path)) {
			return false
		}
	}
	return true
}

// take makes the tag what it was.
func (t *tagBuild) take(b *plantBuild, was *entry) {
	t.was, t.kind, t.program, t.gate, t.alarms, t.roams, t.when = was, was.kind, was.program, was.gate, was.alarms, was.roams, was.when
	if was.kind == KindDevice {
		b.devices[t.doc.Device].add(t, was.source)
	}
}

// add gives a device a source to read.
func (d *deviceBuild) add(t *tagBuild, s *source) {
	class := 0
	if t.doc.Scan != "" {
		for i := range d.doc.Scans {
			if d.doc.Scans[i].ID == t.doc.Scan {
				class = i
			}
		}
	}
	t.source = s
	d.sources = append(d.sources, s)
	d.classes = append(d.classes, class)
}

// noting tells of an environment whether an expression asks for more than the types of tags. What that gives may change
// though the expression and its tags are the same.
func noting(env expression.Env, roams *bool) expression.Env {
	if members := env.Members; members != nil {
		env.Members = func(of expression.Selection) ([]tag.Path, *spec.Problem) {
			*roams = true
			return members(of)
		}
	}
	if attribute := env.Attribute; attribute != nil {
		env.Attribute = func(path, key string) (string, bool, *spec.Problem) {
			*roams = true
			return attribute(path, key)
		}
	}
	return env
}

// asks reports whether a running plan asks the device just what the build does. It need not see that it does.
func (d *deviceBuild) asks(p *devicePlan) bool {
	if d.changed || len(d.sources) != len(p.sources) || d.timeout != p.timeout || d.silence != p.silence || len(d.scans) != len(p.classes) {
		return false
	}
	for i := range p.classes {
		if p.classes[i].interval != d.scans[i] {
			return false
		}
	}
	return true
}
