package tag

import (
	"fmt"
	"slices"
	"strings"
)

// begin starts a propagation. The caller holds the lock until unlockAndWake.
func (t *Table) begin() { t.epoch++ }

// store puts a sample into a cell; when it is a change, marks watchers and queues
// dependents.
func (t *Table) store(s Slot, sample Sample) {
	c := &t.cells[s]
	changed := sample.Quality != c.sample.Quality || sample.Value != c.sample.Value
	c.sample = sample
	if !changed {
		return
	}
	if c.named && t.recorder != nil {
		t.recorder.record(s, sample)
	}
	for _, d := range c.dependents {
		t.enqueue(d)
	}
	for _, w := range c.watches {
		t.mark(w, s)
	}
}

func (t *Table) enqueue(s Slot) {
	c := &t.cells[s]
	if c.epoch == t.epoch {
		return
	}
	c.epoch = t.epoch
	t.levels[c.level] = append(t.levels[c.level], s)
	t.pending++
}

// propagate evaluates what is queued, level by level, so that every slot is evaluated after
// all that it depends on, and so once.
func (t *Table) propagate(now Time) {
	at := cursor{level: 1}
	for t.pending > 0 && at.level < len(t.levels) {
		t.evaluate(&at, now)
	}
	t.pending = 0
	if at.level < len(t.levels) {
		t.levels[at.level] = t.levels[at.level][:0] // a panic may have been the last
	}
}

// cursor is where a propagation stands, so that it can go on after a panic.
type cursor struct{ level, index int }

// evaluate runs until nothing is queued. When an Eval panics, that slot alone becomes
// BadInternalError, and evaluate returns to be called again for the rest.
func (t *Table) evaluate(at *cursor, now Time) {
	var present Slot
	defer func() {
		if recover() != nil {
			t.store(present, Sample{Quality: BadInternalError, Server: now, Source: newest(t.args)})
		}
	}()
	for t.pending > 0 && at.level < len(t.levels) {
		queue := t.levels[at.level]
		for at.index < len(queue) {
			present = queue[at.index]
			at.index++
			t.pending--
			c := &t.cells[present]
			args := t.args[:0]
			for _, d := range c.deps {
				args = append(args, t.cells[d].sample)
			}
			t.args = args
			out := c.eval(args)
			out.Server = now
			if out.Source == 0 {
				out.Source = newest(args)
			}
			t.store(present, out)
		}
		t.levels[at.level] = queue[:0]
		at.level, at.index = at.level+1, 0
	}
}

func newest(samples []Sample) (source Time) {
	for i := range samples {
		source = max(source, samples[i].Source)
	}
	return source
}

// attach makes s computed; the dependencies are known to be live and free of circles.
func (t *Table) attach(s Slot, deps []Slot, eval Eval) {
	c := &t.cells[s]
	c.eval, c.deps, c.level = eval, slices.Clone(deps), 1
	for i, d := range deps {
		c.level = max(c.level, t.cells[d].level+1)
		if !slices.Contains(deps[:i], d) {
			t.cells[d].dependents = append(t.cells[d].dependents, s)
		}
	}
	t.grow(c.level)
}

func (t *Table) grow(level int32) {
	for int(level) >= len(t.levels) {
		t.levels = append(t.levels, nil)
	}
}

// detach undoes attach.
func (t *Table) detach(s Slot) {
	c := &t.cells[s]
	deps := c.deps
	c.eval, c.deps = nil, nil
	for i, d := range deps {
		if slices.Contains(deps[:i], d) {
			continue
		}
		list := t.cells[d].dependents
		if at := slices.Index(list, s); at >= 0 {
			last := len(list) - 1
			list[at] = list[last]
			t.cells[d].dependents = list[:last]
		}
		t.release(d)
	}
}

// circle finds out whether s can be reached from deps by way of dependencies.
func (t *Table) circle(s Slot, deps []Slot) error {
	if len(t.cells[s].dependents) == 0 && !slices.Contains(deps, s) {
		return nil
	}
	from := map[Slot]Slot{} // the dependent by which a slot was reached
	var stack []Slot
	push := func(next []Slot, by Slot) bool {
		for _, d := range next {
			if d == s {
				from[s] = by
				return true
			}
			if _, seen := from[d]; !seen {
				from[d] = by
				stack = append(stack, d)
			}
		}
		return false
	}
	found := push(deps, s)
	for !found && len(stack) > 0 {
		d := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		found = push(t.cells[d].deps, d)
	}
	if !found {
		return nil
	}
	trail := []string{t.name(s)}
	for by := from[s]; by != s; by = from[by] {
		trail = append(trail, t.name(by))
	}
	trail = append(trail, t.name(s))
	slices.Reverse(trail)
	if len(trail) > 12 {
		trail = slices.Concat(trail[:6], []string{"…"}, trail[len(trail)-5:])
	}
	return fmt.Errorf("%w: %s", ErrCycle, strings.Join(trail, " → "))
}

func (t *Table) name(s Slot) string {
	if p := t.infos[s].path; p != "" {
		return string(p)
	}
	return fmt.Sprintf("slot %d", s)
}

// relevel brings the levels of everything that depends on s up to date.
func (t *Table) relevel(s Slot) {
	if len(t.cells[s].dependents) == 0 {
		return
	}
	// Post-order of the dependents, reversed, is an order of dependency.
	type frame struct {
		slot Slot
		next int
	}
	seen := map[Slot]bool{s: true}
	var order []Slot
	stack := []frame{{slot: s}}
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if list := t.cells[top.slot].dependents; top.next < len(list) {
			d := list[top.next]
			top.next++
			if !seen[d] {
				seen[d] = true
				stack = append(stack, frame{slot: d})
			}
			continue
		}
		order = append(order, top.slot)
		stack = stack[:len(stack)-1]
	}
	for _, d := range slices.Backward(order) {
		if d == s {
			continue
		}
		c := &t.cells[d]
		c.level = 1
		for _, dep := range c.deps {
			c.level = max(c.level, t.cells[dep].level+1)
		}
		t.grow(c.level)
	}
}
