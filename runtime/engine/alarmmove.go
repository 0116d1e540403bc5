package engine

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/tag"
)

// clockLook is how often it is looked whether the clock was set.
const clockLook = 20 * time.Second

// runAlarms moves alarms on until ctx ends.
func (e *Engine) runAlarms(ctx context.Context) {
	v := &e.alarms
	writing := make(chan struct{})
	go func() {
		defer close(writing)
		e.carryOut(ctx)
	}()
	defer func() { <-writing }()
	v.work.Lock()
	v.mu.Lock()
	v.running = true
	v.dropKept(v.points)
	v.mu.Unlock()
	v.work.Unlock()
	timer := time.NewTimer(clockLook)
	defer timer.Stop()
	pause := time.NewTimer(alarmPause)
	defer pause.Stop()
	began, last := time.Now(), time.Time{}
	wall := began.Round(0) // without the part of it that nobody can set
	for {
		select {
		case <-ctx.Done():
			v.work.Lock()
			v.closing.Store(true)
			e.lookAgain(func(p *alarmPoint) bool { return alarm.Windowed(p.build.Load().def.Kind) })
			e.moveAlarms(time.Now())
			v.work.Unlock()
			return
		case <-v.wake:
		case <-timer.C:
		}
		// What comes alone is told at once, what comes together is kept together.
		if rest := alarmPause - time.Since(last); rest > 0 {
			pause.Reset(rest)
			select {
			case <-ctx.Done():
			case <-pause.C:
			}
		}
		now := time.Now()
		last = now
		v.work.Lock()
		if set := now.Round(0).Sub(wall) - now.Sub(began); set < -2*time.Second || set > 2*time.Second {
			began, wall = now, now.Round(0)
			e.lookAgain(func(p *alarmPoint) bool { return !p.look.IsZero() })
		}
		next := e.moveAlarms(now)
		v.work.Unlock()
		timer.Reset(min(next, clockLook))
	}
}

// lookAgain looks at alarms though nothing has changed. The caller holds work.
func (e *Engine) lookAgain(which func(*alarmPoint) bool) {
	v := &e.alarms
	var slots []tag.Slot
	v.mu.RLock()
	for _, p := range v.points {
		if which(p) {
			slots = append(slots, p.slot)
		}
	}
	v.mu.RUnlock()
	if len(slots) > 0 {
		e.table.Evaluate(slots...)
	}
}

// moveAlarms looks at all that has changed and at all that is due, keeps it and says when there is something to do again. The
// caller holds work.
func (e *Engine) moveAlarms(now time.Time) time.Duration {
	v := &e.alarms
	e.lookDue(now)
	v.edgeMu.Lock()
	edges, late, wakes := v.edges, v.late, v.wakes
	v.edges, v.late, v.wakes = nil, nil, nil
	v.edgeMu.Unlock()
	v.mu.Lock()
	for i := range edges {
		e.moveAlarm(&edges[i])
	}
	for p, is := range late {
		for i, on := range [...]bool{is.is, is.suppressed} {
			x := alarmEdge{point: p, verdict: alarm.Fall, at: now, source: now, suppress: i == 1, limits: p.limitsNow()}
			if on {
				x.verdict = alarm.Rise
			}
			e.moveAlarm(&x)
		}
	}
	for p, w := range wakes {
		if p.gone {
			continue
		}
		if w.look != 0 {
			p.look = w.look.Std()
		}
		if w.keep {
			v.soil(p)
		}
		v.timed.put(p)
	}
	next := time.Hour
	for len(v.timed) > 0 {
		p := v.timed[0]
		if p.due.After(now) {
			next = max(p.due.Sub(now), time.Millisecond)
			break
		}
		e.tickAlarm(p, now)
		if due, ok := p.dueAt(); ok && !due.After(now) {
			// It is to be looked at, which is done next time.
			next = time.Millisecond
			break
		}
		v.timed.put(p)
	}
	v.mu.Unlock()
	if err := e.keepAlarms(); err != nil {
		e.log.Error("alarms not kept", "error", err)
		next = min(next, alarmRetry)
	}
	if v.seq.Load() != v.said {
		e.tellAlarms()
	}
	return next
}

// lookDue looks at the alarms for which it is time. The caller holds work.
func (e *Engine) lookDue(now time.Time) {
	v := &e.alarms
	var slots []tag.Slot
	v.mu.Lock()
	for len(v.timed) > 0 && !v.timed[0].due.After(now) {
		p := v.timed[0]
		if p.look.IsZero() || p.look.After(now) {
			e.tickAlarm(p, now)
		} else {
			p.look = time.Time{}
			slots = append(slots, p.slot)
		}
		v.timed.put(p)
	}
	v.mu.Unlock()
	if len(slots) > 0 {
		e.table.Evaluate(slots...)
	}
}

// moveAlarm takes an edge in. The caller holds work and mu.
func (e *Engine) moveAlarm(x *alarmEdge) {
	v, p := &e.alarms, x.point
	if p.gone {
		return
	}
	b := p.build.Load()
	if x.suppress {
		p.byExpression = x.verdict == alarm.Rise
		v.weigh(p, x.source)
		return
	}
	feed := func(is bool) {
		before := p.record.Delay
		for _, f := range p.record.Delay.Feed(is, x.at, x.source, b.on, b.off) {
			if is {
				p.rose = *x
			}
			e.flip(p, f, true)
		}
		if is {
			p.rose = *x
		}
		if p.record.Delay != before {
			v.soil(p)
		}
	}
	switch x.verdict {
	case alarm.Rise:
		feed(true)
	case alarm.Fall:
		feed(false)
	case alarm.Blip:
		feed(true)
		feed(false)
	case alarm.Break:
		feed(false)
		feed(true)
	}
	v.file(p)
}

// tickAlarm lets come through what is due. The caller holds work and mu.
func (e *Engine) tickAlarm(p *alarmPoint, now time.Time) {
	v, b := &e.alarms, p.build.Load()
	if f, ok := p.record.Delay.Advance(now, b.on, b.off); ok {
		e.flip(p, f, false)
		v.soil(p)
	}
	if s := p.record.Shelf; s != nil && !s.Until.After(now) {
		p.record.Shelf = nil
		v.happen(p, alarm.Unshelve, s.Until, nil)
	}
}

// flip raises an alarm or lets it return. The values are those of the edge, or of now when a delay has just passed.
func (e *Engine) flip(p *alarmPoint, f alarm.Flip, edge bool) {
	v := &e.alarms
	if f.Active {
		x := p.rose
		if edge || p.build.Load().tagless {
			// At once, or noticed late.
		} else if s := e.table.Get(p.slots[0]); !s.Quality.IsBad() {
			x.value = s.Value
		}
		p.record.Value = nil
		if !x.value.IsNone() {
			p.record.Value = x.value.AppendJSON(nil)
		}
		p.record.Message = e.alarmText(p, &x)
		p.record.Raised = f.At
		p.record.Times++
		p.record.Acknowledgement = nil
		v.happen(p, alarm.Raise, f.At, nil)
		return
	}
	v.happen(p, alarm.Return, f.At, nil)
	if s := p.record.Shelf; s != nil && s.Once {
		p.record.Shelf = nil
		v.happen(p, alarm.Unshelve, f.At, nil)
	}
}

// happen moves an alarm on and writes it into the journal; false when the event means nothing there. The caller holds work
// and mu.
func (v *alarms) happen(p *alarmPoint, event alarm.Event, at time.Time, by *alarm.Entry) bool {
	before, active := p.record.Shown(), p.record.Active
	next, ok := p.record.Next(p.build.Load().def.Life(), event)
	if !ok {
		return false
	}
	p.record.Position = next
	if p.record.Shown() != before || p.record.Since.IsZero() {
		p.record.Since = at
	}
	v.firstOut(p, event)
	v.line(p, event, at, by)
	if p.record.Position == alarm.Fresh() {
		p.record.Times = 0
	}
	v.seq.Add(1)
	v.order(p, event)
	if p.record.Active != active {
		for _, c := range p.children {
			if p.record.Active {
				c.parents++
			} else {
				c.parents--
			}
			v.weigh(c, at)
		}
	}
	return true
}

// line writes what has become of an alarm into the journal.
func (v *alarms) line(p *alarmPoint, event alarm.Event, at time.Time, by *alarm.Entry) {
	entry := p.entry(event, at)
	if by != nil {
		entry.By, entry.Origin, entry.Comment = by.By, by.Origin, by.Comment
	}
	v.unkept.Journal = append(v.unkept.Journal, entry)
	v.soil(p)
	v.file(p)
}

// weigh suppresses an alarm by its expression and by other alarms. The caller holds work and mu.
func (v *alarms) weigh(p *alarmPoint, at time.Time) {
	switch want := p.byExpression || p.parents > 0; {
	case want && !p.record.Suppressed:
		v.happen(p, alarm.Suppress, at, nil)
	case !want && p.record.Suppressed:
		v.happen(p, alarm.Unsuppress, at, nil)
	}
}

// firstOut marks the alarm of a group that is raised first, until all of them are normal again (ISA-18.2, 3.1.36: first-out alarm).
func (v *alarms) firstOut(p *alarmPoint, event alarm.Event) {
	group := p.build.Load().group
	if group == "" {
		return
	}
	list := v.groups[group]
	switch state := p.record.Shown(); {
	case event == alarm.Raise && state != alarm.Shelved && state != alarm.Suppressed && state != alarm.OutOfService:
		if !slices.ContainsFunc(list, func(o *alarmPoint) bool { return o.record.First }) {
			p.record.First = true
		}
	case p.record.State == alarm.Normal:
		if slices.ContainsFunc(list, func(o *alarmPoint) bool { return o.record.State != alarm.Normal }) {
			return
		}
		for _, o := range list {
			if o.record.First {
				o.record.First = false
				v.soil(o)
			}
		}
	}
}

// limitsNow are the limits that an alarm compares with.
func (p *alarmPoint) limitsNow() alarm.Limits {
	b := p.build.Load()
	l := b.detector.Limits()
	if seen := p.limits.Load(); seen != nil {
		l = *seen
	}
	if t := p.tuned.Load(); t != nil {
		if t.Limit != nil {
			l.Limit = *t.Limit
		}
		if t.Lower != nil {
			l.Lower = *t.Lower
		}
	}
	return l
}

// keepAlarms gives the store what it has not got yet. The caller holds work.
func (e *Engine) keepAlarms() error {
	v := &e.alarms
	v.mu.Lock()
	c := alarm.Changes{Gone: v.unkept.Gone, Journal: v.unkept.Journal}
	for key := range v.dirty {
		p := v.points[key]
		if p == nil {
			continue
		}
		if w := p.window.Load(); w != nil {
			p.record.Window = w
		}
		if p.record.Blank() {
			c.Gone = append(c.Gone, key)
		} else {
			c.Records = append(c.Records, p.record)
		}
	}
	v.mu.Unlock()
	if v.keeper == nil || len(c.Records)+len(c.Gone)+len(c.Journal) == 0 {
		v.unkept, v.dirty = alarm.Changes{}, nil
		return nil
	}
	slices.SortFunc(c.Records, func(a, b alarm.Record) int { return cmp.Compare(a.Key, b.Key) })
	if err := v.keeper.KeepAlarms(context.Background(), c); err != nil {
		v.unkept.Gone = c.Gone
		if over := len(v.unkept.Journal) - maxUnkept; over > 0 {
			v.unkept.Journal = v.unkept.Journal[over:]
			v.dropped += over
			e.log.Error("lines of the alarm journal were lost, the store takes none", "lost", v.dropped)
		}
		return err
	}
	v.unkept, v.dirty = alarm.Changes{}, nil
	if len(c.Journal) > 0 {
		v.told.ring()
	}
	return nil
}
