// Package figures makes the figures by which an alarm system is judged of the lines of its journal: EEMUA 191 (3rd edition,
// appendix 9), ISA-18.2 (clause 16) and IEC 62682 (clause 16, monitoring and assessment). Lines are taken in one by one, so that
// figures go on where they were; what is kept is bounded by the alarms of the plant and the length of the period.
package figures

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
)

// Period is the time by which rates are counted (ISA-18.2, 16.5.2).
const Period = 10 * time.Minute

const (
	// MaxSpan is the longest time that figures are of.
	MaxSpan = 2 * 366 * 24 * time.Hour
	// MaxAlarms is how many alarms are told apart; further ones count in the sums only.
	MaxAlarms = 200_000
	// chatterSpan and chatterTimes say when an alarm chatters: three times within a minute (ISA-18.2, 16.5.5).
	chatterSpan  = time.Minute
	chatterTimes = 3
	// maxValues is how many values are kept of an alarm, by which its deadband is judged.
	maxValues = 64
)

// Steps are the times by which delays are told, and fleeting alarms: those that people set.
var Steps = []time.Duration{
	time.Second, 2 * time.Second, 3 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 20 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour,
}

// stepped counts times by Steps: at i those below Steps[i] and not below the one before, at the end the others.
type stepped [15]uint32

func (s *stepped) add(d time.Duration) {
	i := 0
	for i < len(Steps) && d >= Steps[i] {
		i++
	}
	s[i]++
}

// below is how many are shorter than Steps[step].
func (s *stepped) below(step int) (n int) {
	for i := 0; i <= step; i++ {
		n += int(s[i])
	}
	return n
}

// all is how many there are.
func (s *stepped) all() int { return s.below(len(s) - 1) }

// counts are alarms that were raised, by priority.
type counts [4]int

func (c counts) sum() int { return c[0] + c[1] + c[2] + c[3] }

// one is what is kept of one alarm.
type one struct {
	priority string
	raised   int
	recent   [chatterTimes]time.Time // when it was last raised
	told     [chatterTimes]bool      // which of these count as chatter
	// chatter is how often it was raised while it chattered, episodes how often it began to.
	chatter, episodes int
	chattering        bool
	active            time.Time // since when, zero when it is not
	held, gaps        stepped
	returned          time.Time
	longest           time.Duration
	waits             time.Time // for an acknowledgement
	acknowledged      int
	shelved           int
	suppressed        int
	values            []float64
}

// Collector takes lines of the journal in.
type Collector struct {
	from, until time.Time
	bins        map[int64]counts
	alarms      map[alarm.Key]*one
	priorities  counts
	acks        spread
	deeds       map[alarm.Event]int
	people      map[string]int
	left        int // raised by alarms that are not told apart
	last        time.Time
}

// New makes a collector of a period; until zero is open.
func New(from, until time.Time) *Collector {
	return &Collector{from: from, until: until, bins: map[int64]counts{}, alarms: map[alarm.Key]*one{}, deeds: map[alarm.Event]int{}, people: map[string]int{}}
}

// Add takes a line in. Lines of one alarm come in the order in which they were written; those out of the period are left out.
func (c *Collector) Add(e *alarm.Entry) {
	if e.Time.Before(c.from) || !c.until.IsZero() && !e.Time.Before(c.until) {
		return
	}
	if e.Time.After(c.last) {
		c.last = e.Time
	}
	c.deeds[e.Event]++
	if e.Event == alarm.Acknowledge && e.By != "" && (len(c.people) < 1000 || c.people[e.By] > 0) {
		c.people[e.By]++
	}
	rank := min(alarm.Rank(e.Priority), 3)
	if e.Event == alarm.Raise {
		bin := c.bins[binOf(e.Time)]
		bin[rank]++
		c.bins[binOf(e.Time)] = bin
		c.priorities[rank]++
	}
	key := alarm.KeyOf(e.Path, e.Alarm)
	a := c.alarms[key]
	if a == nil {
		if len(c.alarms) >= MaxAlarms {
			if e.Event == alarm.Raise {
				c.left++
			}
			return
		}
		a = &one{}
		c.alarms[key] = a
	}
	a.priority = e.Priority
	switch e.Event {
	case alarm.Raise:
		a.raise(e)
	case alarm.Return:
		a.goBack(c.from, e.Time)
	case alarm.Acknowledge:
		if !a.waits.IsZero() {
			c.acks.add(e.Time.Sub(a.waits))
			a.acknowledged++
			a.waits = time.Time{}
		}
	case alarm.Shelve:
		a.shelved++
	case alarm.Suppress:
		a.suppressed++
	case alarm.Removed:
		a.active, a.waits = time.Time{}, time.Time{}
	}
}

func (a *one) raise(e *alarm.Entry) {
	a.raised++
	copy(a.recent[:], a.recent[1:])
	copy(a.told[:], a.told[1:])
	a.recent[chatterTimes-1], a.told[chatterTimes-1] = e.Time, false
	was := a.chattering
	first := a.recent[0]
	if a.chattering = !first.IsZero() && e.Time.Sub(first) <= chatterSpan; a.chattering {
		if !was {
			a.episodes++
		}
		for i := range a.told {
			if !a.told[i] {
				a.told[i] = true
				a.chatter++
			}
		}
	}
	if !a.returned.IsZero() {
		a.gaps.add(max(0, e.Time.Sub(a.returned)))
	}
	a.active = e.Time
	if a.waits.IsZero() && e.State.Wanting() {
		a.waits = e.Time
	}
	if len(a.values) < maxValues {
		if v, ok := number(e.Value); ok {
			a.values = append(a.values, v)
		}
	}
}

// goBack takes the return in; an alarm that was raised before the period has held since its begin at least.
func (a *one) goBack(from, at time.Time) {
	since := a.active
	if since.IsZero() {
		since = from
	} else {
		a.held.add(max(0, at.Sub(since)))
	}
	a.longest = max(a.longest, at.Sub(since))
	a.active, a.returned = time.Time{}, at
}

func number(raw json.RawMessage) (float64, bool) {
	v, err := strconv.ParseFloat(string(raw), 64)
	return v, err == nil
}

// binOf is the period that a time is in, counted from 1970.
func binOf(t time.Time) int64 {
	s := t.Unix()
	step := int64(Period / time.Second)
	if s < 0 {
		s -= step - 1
	}
	return s / step
}
