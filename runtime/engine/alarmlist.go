package engine

import (
	"cmp"
	"slices"
	"sync"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/tag"
)

// alarmList is the list of alarms as it was read last. Reading it again looks at those that have changed since, and puts them
// between the others: in a flood that is a few hundred of many thousand.
type alarmList struct {
	mu sync.Mutex
	// read says that there was a first time; seq is the number of the list.
	read bool
	seq  uint64
	list []*Alarm

	// The rest is under the lock of the alarms: those that have changed, and whether all of them have.
	changed map[*alarmPoint]struct{}
	anew    bool
}

// touch says that an alarm is to be looked at again. The caller holds mu of the alarms.
func (l *alarmList) touch(p *alarmPoint) {
	if l.anew {
		return
	}
	if l.changed == nil {
		l.changed = map[*alarmPoint]struct{}{}
	}
	l.changed[p] = struct{}{}
}

// Alarms are those that are not normal, and those that are put away: the ones that wait for an acknowledgement first, then by
// priority, then the newest first. The number is another whenever the list is. Everybody gets the same list; it must not be
// changed, nor what is in it.
func (e *Engine) Alarms() ([]*Alarm, uint64) {
	v, l := &e.alarms, &e.alarms.list
	l.mu.Lock()
	defer l.mu.Unlock()
	v.mu.Lock()
	seq := v.seq.Load()
	if l.read && seq == l.seq {
		v.mu.Unlock()
		return l.list, seq
	}
	old, changed := l.list, l.changed
	var fresh []*Alarm
	if l.anew || !l.read {
		old = nil
		for _, p := range v.present {
			fresh = append(fresh, p.now())
		}
	} else {
		for _, a := range old {
			// A limit that is calculated may be another though nothing has become of its alarm.
			if a.point.limits.Load() != a.limits {
				l.touch(a.point)
				changed = l.changed
			}
		}
		for p := range changed {
			if v.present[p.record.Key] == p {
				fresh = append(fresh, p.now())
			}
		}
	}
	l.changed, l.anew = nil, false
	v.mu.Unlock()
	slices.SortFunc(fresh, byNeed)
	list := make([]*Alarm, 0, len(old)+len(fresh))
	for _, a := range old {
		if _, ok := changed[a.point]; ok {
			continue
		}
		for len(fresh) > 0 && byNeed(fresh[0], a) < 0 {
			list, fresh = append(list, fresh[0]), fresh[1:]
		}
		list = append(list, a)
	}
	l.read, l.seq, l.list = true, seq, append(list, fresh...)
	return l.list, seq
}

// byNeed is the order of the list: who needs somebody most comes first.
func byNeed(a, b *Alarm) int {
	wanting := func(x *Alarm) int {
		if x.State.Wanting() {
			return 0
		}
		return 1
	}
	return cmp.Or(wanting(a)-wanting(b), alarm.Rank(a.Priority)-alarm.Rank(b.Priority), b.Since.Compare(a.Since), cmp.Compare(a.Key, b.Key))
}

// alarmCounts are how many alarms each of the tags below system/alarms counts.
type alarmCounts [len(alarmTagList)]int64

// alarmMarks says which of the tags count an alarm, a bit each.
type alarmMarks uint16

// count brings what counts an alarm up to date. The caller holds mu of the alarms.
func (c *alarmCounts) count(p *alarmPoint) {
	var now alarmMarks
	if state := p.record.Shown(); state != alarm.Normal {
		priority := p.build.Load().def.Priority
		for i := range alarmTagList {
			if alarmTagList[i].counts(state, priority) {
				now |= 1 << i
			}
		}
	}
	for i, changed := 0, now^p.counted; changed != 0; i, changed = i+1, changed>>1 {
		if changed&1 == 0 {
			continue
		}
		if now>>i&1 == 1 {
			c[i]++
		} else {
			c[i]--
		}
	}
	p.counted = now
}

// tellAlarms brings the counts up to date and tells sessions that alarms have changed. The caller holds work.
func (e *Engine) tellAlarms() {
	v := &e.alarms
	v.said = v.seq.Load()
	e.countAlarms()
	e.notices.send(Notice{Code: NoticeAlarms})
}

// countAlarms puts the counts into their tags.
func (e *Engine) countAlarms() {
	v, a := &e.alarms, &e.alarmTags
	a.mu.Lock()
	defer a.mu.Unlock()
	v.mu.RLock()
	counts := v.counts
	v.mu.RUnlock()
	now := tag.Now()
	var updates []tag.Update
	for i, n := range counts {
		if value := tag.OfInt(n); !value.Equal(a.last[i]) {
			a.last[i] = value
			updates = append(updates, tag.Update{Slot: a.slots[i], Sample: tag.Sample{Value: value, Source: now, Server: now}})
		}
	}
	if len(updates) > 0 {
		e.table.Apply(updates)
	}
}
