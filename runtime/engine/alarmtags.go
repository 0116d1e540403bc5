package engine

import (
	"sync"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// alarmTags are the counts of all alarms, below system/alarms.
type alarmTags struct {
	mu    sync.Mutex
	slots []tag.Slot
	last  []tag.Value
}

// alarmTagList describes them; count says which alarms one counts.
var alarmTagList = []struct {
	path  tag.Path
	title spec.Text
	def   tag.Definition
	count func(a *Alarm) bool
}{
	{"system/alarms/unacknowledged", spec.Text{"en": "Unacknowledged alarms", "zh": "未确认报警数"}, tag.Definition{Type: tag.Int, Description: "Alarms that wait for an acknowledgement."}, func(a *Alarm) bool { return a.State.Wanting() }},
	{"system/alarms/active", spec.Text{"en": "Active alarms", "zh": "活动报警数"}, tag.Definition{Type: tag.Int, Description: "Alarms whose condition holds, without those that are put away."}, standing},
	{"system/alarms/urgent", spec.Text{"en": "Urgent alarms", "zh": "紧急报警数"}, tag.Definition{Type: tag.Int, Description: "Active alarms of the priority urgent."}, ofPriority("urgent")},
	{"system/alarms/high", spec.Text{"en": "High alarms", "zh": "高优先级报警数"}, tag.Definition{Type: tag.Int, Description: "Active alarms of the priority high."}, ofPriority("high")},
	{"system/alarms/medium", spec.Text{"en": "Medium alarms", "zh": "中优先级报警数"}, tag.Definition{Type: tag.Int, Description: "Active alarms of the priority medium."}, ofPriority("medium")},
	{"system/alarms/low", spec.Text{"en": "Low alarms", "zh": "低优先级报警数"}, tag.Definition{Type: tag.Int, Description: "Active alarms of the priority low."}, ofPriority("low")},
	{"system/alarms/shelved", spec.Text{"en": "Shelved alarms", "zh": "已搁置报警数"}, tag.Definition{Type: tag.Int, Description: "Alarms that are shelved."}, func(a *Alarm) bool { return a.State == alarm.Shelved }},
	{"system/alarms/suppressed", spec.Text{"en": "Suppressed alarms", "zh": "已抑制报警数"}, tag.Definition{Type: tag.Int, Description: "Alarms that are suppressed by design."}, func(a *Alarm) bool { return a.State == alarm.Suppressed }},
	{"system/alarms/outOfService", spec.Text{"en": "Alarms out of service", "zh": "停用报警数"}, tag.Definition{Type: tag.Int, Description: "Alarms that are out of service."}, func(a *Alarm) bool { return a.State == alarm.OutOfService }},
}

// standing reports whether an alarm is active and not put away.
func standing(a *Alarm) bool {
	return a.State == alarm.Unacknowledged || a.State == alarm.Acknowledged
}

func ofPriority(priority string) func(a *Alarm) bool {
	return func(a *Alarm) bool { return a.Priority == priority && standing(a) }
}

// addAlarmTags makes the tags; the table is new and has none of them.
func (e *Engine) addAlarmTags() {
	for _, t := range alarmTagList {
		slot, err := e.table.Add(t.path, t.def)
		if err != nil {
			panic(err) // two of one path, a mistake in the list
		}
		e.alarmTags.slots = append(e.alarmTags.slots, slot)
		e.alarmTags.last = append(e.alarmTags.last, tag.Value{})
		e.entries[t.path] = &entry{slot: slot, kind: KindSystem, typ: t.def.Type, title: t.title}
	}
	e.countAlarms(nil)
}

// tellAlarms brings the counts up to date and tells sessions that alarms have changed.
func (e *Engine) tellAlarms() {
	e.countAlarms(e.Alarms())
	e.notices.send(Notice{Code: NoticeAlarms})
}

func (e *Engine) countAlarms(list []Alarm) {
	a := &e.alarmTags
	a.mu.Lock()
	defer a.mu.Unlock()
	now := tag.Now()
	var updates []tag.Update
	for i, t := range alarmTagList {
		n := int64(0)
		for j := range list {
			if t.count(&list[j]) {
				n++
			}
		}
		if v := tag.OfInt(n); !v.Equal(a.last[i]) {
			a.last[i] = v
			updates = append(updates, tag.Update{Slot: a.slots[i], Sample: tag.Sample{Value: v, Source: now, Server: now}})
		}
	}
	if len(updates) > 0 {
		e.table.Apply(updates)
	}
}
