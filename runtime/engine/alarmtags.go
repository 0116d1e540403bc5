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

// alarmTagList describes them; counts says which alarms one counts.
var alarmTagList = [...]struct {
	path   tag.Path
	title  spec.Text
	def    tag.Definition
	counts func(s alarm.State, priority string) bool
}{
	{"system/alarms/unacknowledged", spec.Text{"en": "Unacknowledged alarms", "zh": "未确认报警数"}, tag.Definition{Type: tag.Int, Description: "Alarms that wait for an acknowledgement."}, func(s alarm.State, _ string) bool { return s.Wanting() }},
	{"system/alarms/active", spec.Text{"en": "Active alarms", "zh": "活动报警数"}, tag.Definition{Type: tag.Int, Description: "Alarms whose condition holds, without those that are put away."}, standing},
	{"system/alarms/urgent", spec.Text{"en": "Urgent alarms", "zh": "紧急报警数"}, tag.Definition{Type: tag.Int, Description: "Active alarms of the priority urgent."}, ofPriority("urgent")},
	{"system/alarms/high", spec.Text{"en": "High alarms", "zh": "高优先级报警数"}, tag.Definition{Type: tag.Int, Description: "Active alarms of the priority high."}, ofPriority("high")},
	{"system/alarms/medium", spec.Text{"en": "Medium alarms", "zh": "中优先级报警数"}, tag.Definition{Type: tag.Int, Description: "Active alarms of the priority medium."}, ofPriority("medium")},
	{"system/alarms/low", spec.Text{"en": "Low alarms", "zh": "低优先级报警数"}, tag.Definition{Type: tag.Int, Description: "Active alarms of the priority low."}, ofPriority("low")},
	{"system/alarms/shelved", spec.Text{"en": "Shelved alarms", "zh": "已搁置报警数"}, tag.Definition{Type: tag.Int, Description: "Alarms that are shelved."}, func(s alarm.State, _ string) bool { return s == alarm.Shelved }},
	{"system/alarms/suppressed", spec.Text{"en": "Suppressed alarms", "zh": "已抑制报警数"}, tag.Definition{Type: tag.Int, Description: "Alarms that are suppressed by design."}, func(s alarm.State, _ string) bool { return s == alarm.Suppressed }},
	{"system/alarms/outOfService", spec.Text{"en": "Alarms out of service", "zh": "停用报警数"}, tag.Definition{Type: tag.Int, Description: "Alarms that are out of service."}, func(s alarm.State, _ string) bool { return s == alarm.OutOfService }},
}

// standing reports whether an alarm is active and not put away.
func standing(s alarm.State, _ string) bool {
	return s == alarm.Unacknowledged || s == alarm.Acknowledged
}

func ofPriority(priority string) func(alarm.State, string) bool {
	return func(s alarm.State, of string) bool { return of == priority && standing(s, of) }
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
	e.countAlarms()
}
