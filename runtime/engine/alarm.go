package engine

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

const (
	// maxAlarmEdges is how many changes of conditions may wait to be looked at. When there are more, each alarm takes what
	// its condition is then.
	maxAlarmEdges = 200_000
	// maxUnkept is how many lines of the journal wait while the store cannot take them.
	maxUnkept = 100_000
	// alarmPause is the least time between two rounds, so that what comes together is kept together.
	alarmPause = 20 * time.Millisecond
	// alarmRetry is how soon the store is asked again.
	alarmRetry = 2 * time.Second
)

// AlarmKeeper keeps alarms over a restart, and their journal.
type AlarmKeeper interface {
	// LoadAlarms gives back all records.
	LoadAlarms(ctx context.Context) ([]alarm.Record, error)
	// KeepAlarms keeps changes, all or none. What people have done is in the audit trail then, too.
	KeepAlarms(ctx context.Context, c alarm.Changes) error
	// AlarmsAfter are the lines of the journal after the one with an ID, oldest first, LastAlarm is the newest ID.
	AlarmsAfter(ctx context.Context, after int64, limit int) ([]alarm.Entry, error)
	LastAlarm(ctx context.Context) (int64, error)
}

// alarms watches all alarms of the plant.
type alarms struct {
	keeper AlarmKeeper
	wake   chan struct{}
	// seq counts changes of what people see.
	seq atomic.Uint64
	// told rings when lines of the journal were kept.
	told bell

	edgeMu sync.Mutex
	edges  []alarmEdge
	late   map[*alarmPoint]bool // what conditions are whose edges were too many

	// work is held by what changes positions, over the keeping of them; mu for short looks.
	work    sync.Mutex
	unkept  alarm.Changes // what the store has not taken yet
	dirty   map[alarm.Key]bool
	dropped int

	mu      sync.RWMutex
	points  map[alarm.Key]*alarmPoint
	timed   map[*alarmPoint]bool // that wait for a time
	kept    map[alarm.Key]alarm.Record
	loaded  bool
	present map[alarm.Key]*alarmPoint // those that are not normal, or put away
}

// alarmPoint is one alarm that is watched.
type alarmPoint struct {
	slot  tag.Slot
	slots []tag.Slot

	// The table's, under its lock.
	build      atomic.Pointer[alarmBuild]
	memory     alarm.Memory
	suppressed bool
	own        [1]tag.Sample // what expressions know as value

	// Under work and mu.
	record alarm.Record
	gone   bool
	// rose is the edge at which the condition began to hold.
	rose alarmEdge
}

// alarmEdge is a change of a condition, or of the suppression.
type alarmEdge struct {
	point    *alarmPoint
	verdict  alarm.Verdict
	suppress bool // it is about the suppression
	at       time.Time
	source   time.Time
	value    tag.Value
	setpoint tag.Value
}

// swapAlarms takes the alarms of another plant into use. Those that judge as before go on.
func (e *Engine) swapAlarms(b *plantBuild) error {
	v := &e.alarms
	v.work.Lock()
	defer v.work.Unlock()
	if err := v.load(); err != nil {
		e.log.Error("alarms of before are not known", "error", err)
	}
	next := map[alarm.Key]*alarmPoint{}
	one := func(build *alarmBuild) error {
		slots := e.slots(build.reads)
		p := v.points[build.key]
		if p != nil && slices.Equal(p.slots, slots) && p.build.Load().same(build) {
			if build.built != nil {
				build.built = p.build.Load().built // it remembers
			}
			p.build.Store(build)
			next[build.key] = p
			return nil
		}
		fresh := &alarmPoint{slots: slots, record: alarm.Record{Key: build.key, Position: alarm.Fresh()}}
		if p != nil {
			fresh.record = p.record
		} else if r, ok := v.kept[build.key]; ok {
			fresh.record = r
		}
		fresh.build.Store(build)
		// The condition was as the record says.
		fresh.suppressed = fresh.record.Suppressed
		if build.suppress == nil && fresh.suppressed {
			v.note(alarmEdge{point: fresh, verdict: alarm.Fall, suppress: true, at: time.Now(), source: time.Now()})
			fresh.suppressed = false
		}
		fresh.memory.Is = fresh.record.Active != !fresh.record.Delay.Pending.IsZero()
		slot, err := e.table.AddComputed("", tag.Definition{Type: tag.Bool}, slots, v.watch(fresh))
		if err != nil {
			return err
		}
		fresh.slot = slot
		next[build.key] = fresh
		return nil
	}
	for _, t := range b.tags {
		for _, build := range t.alarms {
			if err := one(build); err != nil {
				return err
			}
		}
	}
	if err := one(notifyAlarm()); err != nil {
		return err
	}
	for _, build := range historyAlarms() {
		if err := one(build); err != nil {
			return err
		}
	}
	for i := range b.doc.Devices {
		for _, build := range builtAlarms(&b.doc.Devices[i]) {
			if err := one(build); err != nil {
				return err
			}
		}
	}
	now := time.Now()
	var slots []tag.Slot
	v.mu.Lock()
	for key, p := range v.points {
		if next[key] == p {
			continue
		}
		p.gone = true
		slots = append(slots, p.slot)
		if next[key] == nil {
			v.forget(p, now)
		}
	}
	for key := range v.kept {
		if next[key] == nil {
			v.unkept.Gone = append(v.unkept.Gone, key)
		}
	}
	v.kept = nil
	v.points = next
	v.present, v.timed = map[alarm.Key]*alarmPoint{}, map[*alarmPoint]bool{}
	for _, p := range next {
		v.file(p)
	}
	v.mu.Unlock()
	e.table.Remove(slots...)
	v.seq.Add(1)
	poke(v.wake)
	return nil
}

// load reads what was kept, once. The caller holds work.
func (v *alarms) load() error {
	if v.loaded || v.keeper == nil {
		return nil
	}
	list, err := v.keeper.LoadAlarms(context.Background())
	if err != nil {
		return err
	}
	v.loaded, v.kept = true, make(map[alarm.Key]alarm.Record, len(list))
	now := time.Now()
	for _, r := range list {
		if r.Delay.Pending.After(now) {
			r.Delay.Pending = now // the clock was set back
		}
		v.kept[r.Key] = r
	}
	return nil
}

// forget takes an alarm away that the plant has no more. The caller holds work and mu.
func (v *alarms) forget(p *alarmPoint, now time.Time) {
	if p.record.Shown() != alarm.Normal {
		v.unkept.Journal = append(v.unkept.Journal, p.entry(alarm.Removed, now))
	}
	v.unkept.Gone = append(v.unkept.Gone, p.record.Key)
	delete(v.dirty, p.record.Key)
}

// watch makes the evaluation of an alarm, which notes what has changed. It runs under the lock of the table.
func (v *alarms) watch(p *alarmPoint) tag.Eval {
	return func(deps []tag.Sample) tag.Sample {
		b := p.build.Load()
		s := deps[0]
		rest := deps[1:]
		edge := alarmEdge{point: p, value: s.Value}
		p.own[0] = s
		if b.built != nil {
			edge.verdict = b.built(&p.memory, deps)
		} else {
			var other tag.Sample
			if b.other != nil {
				other = b.other.Eval(rest[:b.otherReads], p.own[:])
				rest = rest[b.otherReads:]
				edge.setpoint = other.Value
			}
			edge.verdict = b.detector.Look(&p.memory, s, other)
		}
		if edge.verdict != alarm.Same {
			v.noteAt(edge, deps)
		}
		if b.suppress != nil {
			x := b.suppress.Eval(rest, p.own[:])
			if !x.Quality.IsBad() && x.Value.Type() == tag.Bool && x.Value.Bool() != p.suppressed {
				p.suppressed = x.Value.Bool()
				edge.suppress, edge.verdict = true, alarm.Fall
				if p.suppressed {
					edge.verdict = alarm.Rise
				}
				v.noteAt(edge, deps)
			}
		}
		return tag.Sample{Value: tag.OfBool(p.memory.Is)}
	}
}

// noteAt notes an edge at the newest time of what it comes from.
func (v *alarms) noteAt(x alarmEdge, deps []tag.Sample) {
	x.at = time.Now()
	var source tag.Time
	for i := range deps {
		source = max(source, deps[i].Source)
	}
	if x.source = x.at; source != 0 {
		x.source = source.Std()
	}
	v.note(x)
}

func (v *alarms) note(x alarmEdge) {
	v.edgeMu.Lock()
	if len(v.edges) < maxAlarmEdges {
		v.edges = append(v.edges, x)
	} else if !x.suppress {
		if v.late == nil {
			v.late = map[*alarmPoint]bool{}
		}
		v.late[x.point] = x.verdict == alarm.Rise || x.verdict == alarm.Break
	}
	v.edgeMu.Unlock()
	poke(v.wake)
}

// runAlarms moves alarms on until ctx ends.
func (e *Engine) runAlarms(ctx context.Context) {
	v := &e.alarms
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	pause := time.NewTimer(alarmPause)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			v.work.Lock()
			e.moveAlarms(time.Now())
			v.work.Unlock()
			return
		case <-v.wake:
		case <-timer.C:
		}
		pause.Reset(alarmPause)
		select {
		case <-ctx.Done():
		case <-pause.C:
		}
		v.work.Lock()
		next := e.moveAlarms(time.Now())
		v.work.Unlock()
		timer.Reset(next)
	}
}

// moveAlarms looks at all that has changed and at all that is due, keeps it and says when there is something to do again. The
// caller holds work.
func (e *Engine) moveAlarms(now time.Time) time.Duration {
	v := &e.alarms
	v.edgeMu.Lock()
	edges, late := v.edges, v.late
	v.edges, v.late = nil, nil
	v.edgeMu.Unlock()
	before := v.seq.Load()
	v.mu.Lock()
	for i := range edges {
		e.moveAlarm(&edges[i])
	}
	for p, is := range late {
		x := alarmEdge{point: p, verdict: alarm.Fall, at: now, source: now}
		if is {
			x.verdict = alarm.Rise
		}
		e.moveAlarm(&x)
	}
	next := time.Hour
	for p := range v.timed {
		e.tickAlarm(p, now)
		if due, ok := p.due(); ok {
			next = min(next, max(due.Sub(now), time.Millisecond))
		} else {
			delete(v.timed, p)
		}
	}
	v.mu.Unlock()
	if err := e.keepAlarms(); err != nil {
		e.log.Error("alarms not kept", "error", err)
		next = min(next, alarmRetry)
	}
	if v.seq.Load() != before {
		e.tellAlarms()
	}
	return next
}

// moveAlarm takes an edge in. The caller holds work and mu.
func (e *Engine) moveAlarm(x *alarmEdge) {
	v, p := &e.alarms, x.point
	if p.gone {
		return
	}
	b := p.build.Load()
	if x.suppress {
		event := alarm.Suppress
		if x.verdict == alarm.Fall {
			event = alarm.Unsuppress
		}
		v.happen(p, event, x.source, nil)
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
		value, setpoint := p.rose.value, p.rose.setpoint
		if edge {
			// At once, or noticed late.
		} else if s := e.table.Get(p.slots[0]); !s.Quality.IsBad() {
			value = s.Value
		}
		p.record.Value = nil
		if !value.IsNone() {
			p.record.Value = value.AppendJSON(nil)
		}
		p.record.Message = e.alarmText(p, value, setpoint)
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
	before := p.record.Shown()
	next, ok := p.record.Next(p.build.Load().def.Life(), event)
	if !ok {
		return false
	}
	p.record.Position = next
	if p.record.Shown() != before || p.record.Since.IsZero() {
		p.record.Since = at
	}
	entry := p.entry(event, at)
	if by != nil {
		entry.By, entry.Origin, entry.Comment = by.By, by.Origin, by.Comment
	}
	v.unkept.Journal = append(v.unkept.Journal, entry)
	if p.record.Position == alarm.Fresh() {
		p.record.Times = 0
	}
	v.soil(p)
	v.file(p)
	v.seq.Add(1)
	return true
}

// soil says that a record must be kept.
func (v *alarms) soil(p *alarmPoint) {
	if v.dirty == nil {
		v.dirty = map[alarm.Key]bool{}
	}
	v.dirty[p.record.Key] = true
}

// file puts an alarm into the lists that it belongs to.
func (v *alarms) file(p *alarmPoint) {
	if p.record.Shown() != alarm.Normal {
		v.present[p.record.Key] = p
	} else {
		delete(v.present, p.record.Key)
	}
	if _, ok := p.due(); ok {
		v.timed[p] = true
	}
}

// due is when time alone changes something.
func (p *alarmPoint) due() (time.Time, bool) {
	b := p.build.Load()
	due, ok := p.record.Delay.Due(b.on, b.off)
	if s := p.record.Shelf; s != nil && (!ok || s.Until.Before(due)) {
		return s.Until, true
	}
	return due, ok
}

// entry is a line of the journal.
func (p *alarmPoint) entry(event alarm.Event, at time.Time) alarm.Entry {
	b := p.build.Load()
	return alarm.Entry{Time: at, Path: b.path, Alarm: b.id, Priority: b.def.Priority, Event: event, State: p.record.Shown(), Title: b.shownTitle(), Name: b.name(), Message: p.record.Message, Value: p.record.Value}
}

// keepAlarms gives the store what it has not got yet. The caller holds work.
func (e *Engine) keepAlarms() error {
	v := &e.alarms
	v.mu.RLock()
	c := alarm.Changes{Gone: v.unkept.Gone, Journal: v.unkept.Journal}
	for key := range v.dirty {
		p := v.points[key]
		switch {
		case p == nil:
		case p.record.Blank():
			c.Gone = append(c.Gone, key)
		default:
			c.Records = append(c.Records, p.record)
		}
	}
	v.mu.RUnlock()
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

// alarmText is the message of an alarm with the values of the moment.
func (e *Engine) alarmText(p *alarmPoint, value, setpoint tag.Value) spec.Text {
	b := p.build.Load()
	message := b.def.Message
	if len(message) == 0 {
		message = b.def.DefaultMessage()
	}
	show := func(v tag.Value) string {
		if v.IsNone() {
			return "?"
		}
		return e.showValue(p.slots[0], v)
	}
	limit, unit := "", ""
	if b.def.Limit != nil {
		limit = strconv.FormatFloat(*b.def.Limit, 'f', -1, 64)
	}
	if b.tag != nil {
		unit = b.tag.Unit
	}
	out := make(spec.Text, len(message))
	for lang, s := range message {
		if unit == "" {
			s = strings.ReplaceAll(s, " {unit}", "")
		}
		out[lang] = strings.NewReplacer("{value}", show(value), "{limit}", limit, "{setpoint}", show(setpoint), "{unit}", unit, "{title}", b.shownTitle().In(lang), "{path}", string(b.path)).Replace(s)
	}
	return out
}
