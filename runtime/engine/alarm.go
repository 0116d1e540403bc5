package engine

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
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

// alarms watches all alarms of the plant, and of apps.
type alarms struct {
	keeper AlarmKeeper
	wake   chan struct{}
	// seq counts changes of what people see.
	seq atomic.Uint64
	// told rings when lines of the journal were kept.
	told bell
	// closing says that what is remembered is kept now.
	closing atomic.Bool
	// writes are those that wait to be carried out.
	writes  chan alarmOrder
	leftOut atomic.Int64

	edgeMu sync.Mutex
	edges  []alarmEdge
	late   map[*alarmPoint]alarmState // of those whose edges were too many
	wakes  map[*alarmPoint]alarmWake

	// work is held by what changes positions, over the keeping of them; mu for short looks.
	work    sync.Mutex
	unkept  alarm.Changes // what the store has not taken yet
	dirty   map[alarm.Key]bool
	dropped int
	// said is the number of changes that sessions were told of.
	said uint64
	// running says that all that is declared is known: by the plant, and by the apps that were restored before.
	running bool
	// plant and apps are what is declared: by the plant, and by installations.
	plant []*alarmBuild
	apps  map[string][]*alarmBuild
	// moved says where the tags of the next plant were, new → old, when some were renamed.
	moved map[tag.Path]tag.Path

	mu      sync.RWMutex
	points  map[alarm.Key]*alarmPoint
	timed   alarmHeap // that wait for a time
	kept    map[alarm.Key]alarm.Record
	loaded  bool
	present map[alarm.Key]*alarmPoint // those that are not normal, or put away
	groups  map[string][]*alarmPoint
	counts  alarmCounts
	list    alarmList
}

// alarmPoint is one alarm that is watched.
type alarmPoint struct {
	slot  tag.Slot
	slots []tag.Slot

	// The table's, under its lock.
	build       atomic.Pointer[alarmBuild]
	memory      alarm.Memory
	shown       bool // the condition as it was told
	suppressed  bool // by its expression
	open        bool // it is watched for, from and until when
	from, until time.Time
	armed       tag.Time      // when it is looked at again
	snapped     tag.Time      // when what it remembers was kept
	judged      tag.Time      // the source time of the last edge
	own         [1]tag.Sample // what expressions know as value

	// What goes between the table and the rest.
	tuned   atomic.Pointer[alarm.Tuned]
	limits  atomic.Pointer[alarm.Limits] // as they were last, when they come from expressions
	window  atomic.Pointer[alarm.Window]
	restart atomic.Bool

	// Under work and mu.
	record alarm.Record
	gone   bool
	// rose is the edge at which the condition began to hold.
	rose alarmEdge
	// byExpression says that its expression suppresses it, parents how many of the alarms that do are active.
	byExpression bool
	parents      int
	children     []*alarmPoint
	look         time.Time // when it is looked at again
	place        int       // in the heap, one more; 0 when it is not there
	due          time.Time // by which it stands there
	counted      alarmMarks
}

// swapAlarms takes the alarms of another plant into use.
func (e *Engine) swapAlarms(b *plantBuild) error {
	v := &e.alarms
	v.work.Lock()
	defer v.work.Unlock()
	v.plant = v.plant[:0]
	for _, t := range b.tags {
		v.plant = append(v.plant, t.alarms...)
	}
	v.plant = append(append(append(v.plant, notifyAlarm()), historyAlarms()...), reportAlarms()...)
	for i := range b.doc.Devices {
		v.plant = append(v.plant, builtAlarms(&b.doc.Devices[i])...)
	}
	defer func() { v.moved = nil }()
	return e.arrangeAlarms()
}

// arrangeAlarms watches for what is declared. Alarms that judge as before go on. The caller holds work.
func (e *Engine) arrangeAlarms() error {
	v := &e.alarms
	if err := v.load(); err != nil {
		e.log.Error("alarms of before are not known", "error", err)
	}
	next := make(map[alarm.Key]*alarmPoint, len(v.plant))
	went := map[*alarmPoint]alarm.Key{} // to another path
	one := func(build *alarmBuild) error {
		var slots []tag.Slot
		if build.linked != nil {
			slots = build.linked.deps
		} else {
			slots = e.slots(build.reads)
		}
		p := v.before(build)
		if p != nil && p.record.Key == build.key && slices.Equal(p.slots, slots) && p.build.Load().same(build) {
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
			if fresh.record.Key != build.key {
				fresh.record.Key = build.key
				went[p] = build.key
			}
		} else if r, ok := v.kept[build.key]; ok {
			fresh.record = r
		}
		fresh.build.Store(build)
		// The condition was as the record says.
		r := &fresh.record
		if alarm.Windowed(build.def.Kind) && r.Window != nil {
			fresh.memory.Window = r.Window.Clone()
			fresh.window.Store(r.Window)
		} else {
			r.Window = nil
		}
		fresh.memory.Is = r.Active != !r.Delay.Pending.IsZero()
		fresh.shown = fresh.memory.Is
		fresh.byExpression = r.Suppressed && build.suppressed()
		fresh.suppressed = fresh.byExpression
		v.trim(fresh, build)
		slot, err := e.table.AddComputed("", tag.Definition{Type: tag.Bool}, slots, v.watch(fresh))
		if err != nil {
			return err
		}
		fresh.slot = slot
		next[build.key] = fresh
		return nil
	}
	for _, build := range v.plant {
		if err := one(build); err != nil {
			return err
		}
	}
	for _, list := range v.apps {
		for _, build := range list {
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
		switch {
		case went[p] != "" && next[key] == nil:
			v.unkept.Gone = append(v.unkept.Gone, key)
			delete(v.dirty, key)
		case next[key] == nil:
			v.forget(p, now)
		}
	}
	if v.running {
		v.dropKept(next)
	}
	for key := range next {
		delete(v.kept, key)
	}
	v.points = next
	v.present, v.timed, v.groups = map[alarm.Key]*alarmPoint{}, nil, map[string][]*alarmPoint{}
	v.counts, v.list.anew = alarmCounts{}, true
	for _, p := range next {
		p.children, p.parents, p.place, p.counted = nil, 0, 0, 0
	}
	for _, p := range next {
		b := p.build.Load()
		if b.group != "" {
			v.groups[b.group] = append(v.groups[b.group], p)
		}
		for _, key := range b.parents {
			if parent := next[key]; parent != nil {
				parent.children = append(parent.children, p)
				if parent.record.Active {
					p.parents++
				}
			}
		}
	}
	for _, p := range next {
		v.weigh(p, now)
		v.file(p)
	}
	for p, to := range went { // what is at its new path, and what took its old one
		for _, key := range [...]alarm.Key{p.record.Key, to} {
			if o := next[key]; o != nil {
				v.soil(o)
			}
		}
	}
	v.mu.Unlock()
	e.table.Remove(slots...)
	v.seq.Add(1)
	poke(v.wake)
	return nil
}

// trim takes limits away that somebody has set, when the declaration does not allow them any more, and puts the others in force.
func (v *alarms) trim(p *alarmPoint, b *alarmBuild) {
	t := p.record.Tuned
	if t != nil && (b.def.Tune == nil || checkTuned(b.def, t) != nil) {
		p.record.Tuned, t = nil, nil
	}
	p.tuned.Store(t)
}

// dropKept forgets what was kept of alarms that are declared no more. The caller holds work and mu.
func (v *alarms) dropKept(points map[alarm.Key]*alarmPoint) {
	for key := range v.kept {
		if points[key] == nil {
			v.unkept.Gone = append(v.unkept.Gone, key)
		}
	}
	v.kept = nil
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

// forget takes an alarm away that is declared no more. The caller holds work and mu.
func (v *alarms) forget(p *alarmPoint, now time.Time) {
	if p.record.Shown() != alarm.Normal {
		v.unkept.Journal = append(v.unkept.Journal, p.entry(alarm.Removed, now))
	}
	v.unkept.Gone = append(v.unkept.Gone, p.record.Key)
	delete(v.dirty, p.record.Key)
}

// soil says that a record must be kept.
func (v *alarms) soil(p *alarmPoint) {
	if v.dirty == nil {
		v.dirty = map[alarm.Key]bool{}
	}
	v.dirty[p.record.Key] = true
	v.list.touch(p)
}

// file puts an alarm into the lists that it belongs to. The caller holds work and mu.
func (v *alarms) file(p *alarmPoint) {
	if p.record.Shown() != alarm.Normal {
		v.present[p.record.Key] = p
	} else {
		delete(v.present, p.record.Key)
	}
	v.list.touch(p)
	v.counts.count(p)
	v.timed.put(p)
}

// entry is a line of the journal.
func (p *alarmPoint) entry(event alarm.Event, at time.Time) alarm.Entry {
	b := p.build.Load()
	return alarm.Entry{Time: at, Path: b.path, Alarm: b.id, Priority: b.def.Priority, Event: event, State: p.record.Shown(), Title: b.shownTitle(), Name: b.name(), Message: p.record.Message, Value: p.record.Value}
}
