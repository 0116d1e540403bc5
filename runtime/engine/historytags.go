package engine

import (
	"context"
	"math"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// historyNow is what the tags below system/history are made of.
type historyNow struct {
	state   historian.State
	storage historian.Storage
}

const (
	historyLow     tag.Path = "system/history/low"
	historyFailing tag.Path = "system/history/failing"
	historyLost    tag.Path = "system/history/lost"
	historyDamaged tag.Path = "system/history/damaged"
)

// historyNever is what diskDays says when the room never ends.
const historyNever = 3650

// historyTagList describes them; value is none when there is none now.
var historyTagList = [...]struct {
	path  tag.Path
	title spec.Text
	def   tag.Definition
	value func(n *historyNow) tag.Value
}{
	{"system/history/diskFree", spec.Text{"en": "Disk free", "zh": "磁盘可用空间"}, tag.Definition{Type: tag.Float, Unit: "%", Description: "Share of the disk of the data folder that is free."}, func(n *historyNow) tag.Value {
		if n.storage.Space.Disk == 0 {
			return tag.Value{}
		}
		return tag.OfFloat(math.Round(1000*float64(n.storage.Space.Free)/float64(n.storage.Space.Disk)) / 10)
	}},
	{"system/history/diskDays", spec.Text{"en": "Room lasts for", "zh": "剩余空间可用天数"}, tag.Definition{Type: tag.Int, Unit: "d", Description: "For how many days the room of the history lasts, as it grew in the last days; 3650 when it never ends with this retention."}, func(n *historyNow) tag.Value {
		switch days := n.storage.Forecast.Days; {
		case n.storage.Checked.IsZero():
			return tag.Value{}
		case days < 0:
			return tag.OfInt(historyNever)
		default:
			return tag.OfInt(int64(min(days, historyNever)))
		}
	}},
	{historyLow, spec.Text{"en": "History", "zh": "历史数据"}, tag.Definition{Type: tag.Bool, Description: "Whether the room of the history ends within 14 days, or the disk has less free than it must have."}, func(n *historyNow) tag.Value { return tag.OfBool(n.storage.Low) }},
	{historyFailing, spec.Text{"en": "History", "zh": "历史数据"}, tag.Definition{Type: tag.Bool, Description: "Whether history cannot be written; it waits in memory."}, func(n *historyNow) tag.Value { return tag.OfBool(n.state.Failure != nil) }},
	{"system/history/waiting", spec.Text{"en": "Samples waiting", "zh": "等待写入的样本数"}, tag.Definition{Type: tag.Int, Description: "Samples that wait in memory and journal to get into the database."}, func(n *historyNow) tag.Value { return tag.OfInt(int64(n.state.Pending)) }},
	{historyLost, spec.Text{"en": "Samples lost", "zh": "丢失的样本数"}, tag.Definition{Type: tag.Int, Description: "Samples that were lost since the start, as too many waited or they could not be written."}, func(n *historyNow) tag.Value { return tag.OfInt(int64(n.state.Dropped + n.state.Unpackable)) }},
	{"system/history/deleted", spec.Text{"en": "Samples deleted for want of room", "zh": "因空间不足删除的样本数"}, tag.Definition{Type: tag.Int, Description: "The oldest samples that were deleted since the start because there was no room, before their time."}, func(n *historyNow) tag.Value { return tag.OfInt(n.state.Crowded) }},
	{historyDamaged, spec.Text{"en": "Damaged history", "zh": "损坏的历史数据"}, tag.Definition{Type: tag.Int, Description: "Pieces of ten minutes of a tag that were found damaged since the start."}, func(n *historyNow) tag.Value { return tag.OfInt(int64(n.state.Damaged)) }},
}

// historyTags are the slots of the tags and what they show.
type historyTags struct {
	slots [len(historyTagList)]tag.Slot
	last  [len(historyTagList)]tag.Sample
}

// addHistoryTags makes the tags; the table is new and has none of them.
func (e *Engine) addHistoryTags() {
	for i, t := range historyTagList {
		slot, err := e.table.Add(t.path, t.def)
		if err != nil {
			panic(err) // two of one path, a mistake in the list
		}
		e.history.slots[i] = slot
		e.entries[t.path] = &entry{slot: slot, kind: KindSystem, typ: t.def.Type, title: t.title}
	}
}

// watchHistory keeps the tags below system/history up to date until ctx ends.
func (e *Engine) watchHistory(ctx context.Context) {
	if e.archive == nil {
		return
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		e.showHistory(&historyNow{e.archive.State(), e.archive.Storage()})
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (e *Engine) showHistory(n *historyNow) {
	now := tag.Now()
	var updates []tag.Update
	for i, t := range historyTagList {
		next := tag.Sample{Value: t.value(n), Source: now, Server: now}
		if next.Value.IsNone() {
			next.Quality = tag.BadNoData
		}
		if was := &e.history.last[i]; was.Server != 0 && was.Value == next.Value && was.Quality == next.Quality {
			continue
		}
		e.history.last[i] = next
		updates = append(updates, tag.Update{Slot: e.history.slots[i], Sample: next})
	}
	if len(updates) > 0 {
		e.table.Apply(updates)
	}
}

// historyAlarms are those of the runtime itself about its history: before the room ends, when nothing can be written, and
// when something is lost.
func historyAlarms() []*alarmBuild {
	title := spec.Text{"en": "History", "zh": "历史数据"}
	on := func(path tag.Path, id string, delay time.Duration, def alarm.Alarm) *alarmBuild {
		def.Kind = alarm.On
		return &alarmBuild{
			key: alarm.KeyOf(path, id), path: path, id: id, title: title, on: delay, def: &def, reads: []tag.Path{path},
			built: func(m *alarm.Memory, deps []tag.Sample) alarm.Verdict {
				if deps[0].Quality.IsBad() || deps[0].Value.Type() != tag.Bool {
					return alarm.Same
				}
				return m.Turn(deps[0].Value.Bool())
			},
		}
	}
	more := func(path tag.Path, id string, def alarm.Alarm) *alarmBuild {
		def.Kind = alarm.Change
		var was tag.Value
		return &alarmBuild{
			key: alarm.KeyOf(path, id), path: path, id: id, title: title, def: &def, reads: []tag.Path{path},
			built: func(_ *alarm.Memory, deps []tag.Sample) alarm.Verdict {
				before, now := was, deps[0].Value
				if deps[0].Quality.IsBad() || now.Type() != tag.Int || before.Equal(now) {
					return alarm.Same
				}
				was = now
				if now.Int() <= before.Int() { // of no value it is 0
					return alarm.Same
				}
				return alarm.Blip
			},
		}
	}
	room := spec.Text{"en": "Look at Administration → History storage: keep history for a shorter time, or give the disk more room.", "zh": "打开“管理 → 历史存储”：缩短保存时间，或扩大磁盘空间。"}
	return []*alarmBuild{
		on(historyLow, "low", time.Second, alarm.Alarm{Priority: "high", Title: spec.Text{"en": "Room runs out", "zh": "空间即将用尽"},
			Message: spec.Text{"en": "The room of the history runs out; the oldest samples will make way for new ones", "zh": "历史数据空间即将用尽，最旧的样本将被新样本替换"}, Action: room}),
		on(historyFailing, "failing", 15*time.Second, alarm.Alarm{Priority: "urgent", Title: spec.Text{"en": "Cannot be written", "zh": "无法写入"},
			Message: spec.Text{"en": "History cannot be written to the database or the disk; it waits in memory", "zh": "历史数据无法写入数据库或磁盘，正在内存中等待"},
			Action:  spec.Text{"en": "See that the database answers and the disk has room.", "zh": "检查数据库是否响应、磁盘是否有空间。"}}),
		more(historyLost, "lost", alarm.Alarm{Priority: "urgent", Title: spec.Text{"en": "Samples lost", "zh": "样本丢失"},
			Message: spec.Text{"en": "Samples of the history were lost; {value} since the start", "zh": "历史样本丢失；启动以来共 {value} 个"}}),
		more(historyDamaged, "damaged", alarm.Alarm{Priority: "medium", Title: spec.Text{"en": "Damaged", "zh": "数据损坏"},
			Message: spec.Text{"en": "A piece of the history was found damaged; {value} since the start", "zh": "发现损坏的历史数据；启动以来共 {value} 处"},
			Action:  spec.Text{"en": "The log names the tag and the time. Restore it from a backup, and have the disk checked.", "zh": "日志中注明了变量和时间。请从备份恢复，并检查磁盘。"}}),
	}
}
