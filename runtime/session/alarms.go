package session

import (
	"bytes"
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/tag"
)

// alarmPause is the least time between two Alarms frames.
const alarmPause = 200 * time.Millisecond

// alarmFrames makes the frames of alarms: one for all who have the same rights and language.
type alarmFrames struct {
	mu   sync.Mutex
	list *alarmList
	// heard numbers the alarms that are to be heard, by when they were raised.
	heard  map[alarm.Key]hearing
	number int64
}

// hearing is the number of an alarm that was raised at a time.
type hearing struct {
	raised time.Time
	number int64
}

// alarmList is the alarms at one moment, with the frames that were made of them.
type alarmList struct {
	seq    uint64
	alarms []*engine.Alarm
	// numbers are those of what is to be heard, 0 for what is not.
	numbers []int64
	mu      sync.Mutex
	frames  map[[2]string][]byte
}

// all reads the alarms, unless none has changed.
func (f *alarmFrames) all(e Engine) *alarmList {
	f.mu.Lock()
	defer f.mu.Unlock()
	alarms, seq := e.Alarms()
	if f.list == nil || f.list.seq != seq {
		f.list = &alarmList{seq: seq, alarms: alarms, frames: map[[2]string][]byte{}}
		f.hear(f.list, time.Now())
	}
	return f.list
}

// hear numbers what has come up since the list before, beginning with the clock, so that numbers rise over a restart, too.
func (f *alarmFrames) hear(l *alarmList, now time.Time) {
	heard := make(map[alarm.Key]hearing, len(f.heard))
	l.numbers = make([]int64, len(l.alarms))
	f.number = max(f.number, now.UnixMilli())
	for i, a := range l.alarms {
		if !a.State.Wanting() || a.Sound == "none" || a.Sound == "" {
			continue
		}
		h, ok := f.heard[a.Key]
		if !ok || !h.raised.Equal(a.Raised) {
			f.number++
			h = hearing{a.Raised, f.number}
		}
		heard[a.Key], l.numbers[i] = h, h.number
	}
	f.heard = heard
}

// of tells somebody of the alarms that they may see, in a language.
func (l *alarmList) of(rights auth.Rights, lang string) AlarmsNow {
	counts := make([]AlarmCount, len(alarm.Priorities))
	out := AlarmsNow{Seq: l.seq}
	any := false
	var rest []AlarmNow
	sounds := map[[2]string]int64{}
	for i, a := range l.alarms {
		active := a.State == alarm.Unacknowledged || a.State == alarm.Acknowledged
		waits := a.State.Wanting()
		latched := a.State == alarm.LatchedAcknowledged
		rank := alarm.Rank(a.Priority)
		if !active && !waits && !latched || rank >= len(counts) || !rights.Allows(auth.View, a.Path) {
			continue
		}
		any = true
		if active {
			counts[rank].Active++
		}
		if waits {
			counts[rank].Unacknowledged++
		}
		if n := l.numbers[i]; n > 0 {
			key := [2]string{a.Priority, a.Sound}
			sounds[key] = max(sounds[key], n)
		}
		if len(out.First)+len(rest) < MaxAlarms || waits && len(out.First) < MaxAlarms {
			one := AlarmNow{
				Key: string(a.Key), Path: string(a.Path), Priority: a.Priority, State: string(a.State), Title: a.Title.In(lang), Name: a.Name.In(lang), Message: a.Message.In(lang),
				Since: a.Since.UnixMilli(), May: rights.Allows(auth.Acknowledge, a.Path), Comment: a.Comment,
			}
			if waits {
				out.First = append(out.First, one)
			} else {
				rest = append(rest, one)
			}
		}
	}
	out.First = append(out.First, rest...)
	out.First = out.First[:min(len(out.First), MaxAlarms)]
	if any {
		for i := range counts {
			if counts[i].Active+counts[i].Unacknowledged > 0 {
				counts[i].Priority = alarm.Priorities[i]
				out.Counts = append(out.Counts, counts[i])
			}
		}
		out.Areas = l.areas(rights)
	}
	for key, newest := range sounds {
		out.Sounds = append(out.Sounds, AlarmSound{Priority: key[0], Sound: key[1], Newest: newest})
	}
	slices.SortFunc(out.Sounds, func(a, b AlarmSound) int {
		return cmp.Or(alarm.Rank(a.Priority)-alarm.Rank(b.Priority), slices.Index(alarm.Sounds, b.Sound)-slices.Index(alarm.Sounds, a.Sound))
	})
	return out
}

// areas counts what somebody may see by areas.
func (l *alarmList) areas(rights auth.Rights) []AlarmArea {
	_, found := alarm.Areas("", func(yield func(tag.Path, string, alarm.State)) {
		for _, a := range l.alarms {
			if rights.Allows(auth.View, a.Path) {
				yield(a.Path, a.Priority, a.State)
			}
		}
	})
	found = alarm.WorstAreas(found, MaxAlarmAreas)
	out := make([]AlarmArea, len(found))
	for i, a := range found {
		out[i] = AlarmArea{Area: string(a.Path), Priority: a.Worst, Waiting: a.Waiting, AlarmAmount: AlarmAmount{a.Unacknowledged, a.Active}}
	}
	return out
}

// frame is the frame for somebody.
func (l *alarmList) frame(rights auth.Rights, lang string) []byte {
	key := [2]string{rights.Key(), lang}
	l.mu.Lock()
	defer l.mu.Unlock()
	f, ok := l.frames[key]
	if !ok {
		f = encodeJSON(Alarms{Op: "alarms", AlarmsNow: l.of(rights, lang)})
		l.frames[key] = f
	}
	return f
}

// tellAlarms sends what has changed of the alarms since the client was told last.
func (c *conn) tellAlarms(l *alarmList) {
	frame := l.frame(c.actor.Rights, c.language())
	c.mu.Lock()
	same := bytes.Equal(frame, c.alarmed) || c.alarmed == nil && len(l.alarms) == 0
	c.alarmed = frame
	c.mu.Unlock()
	if !same {
		c.send(frame)
	}
}
