package engine

import (
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// AlarmFacts are what a message about an alarm wants to say beside what its journal says.
type AlarmFacts struct {
	Class *alarm.Classification
	// Value is one of the journal as people read it, Limit the one that was passed, both in Unit.
	Value, Limit, Unit string
	// Area are the titles of the areas that the tag is in.
	Area                       spec.Text
	Cause, Consequence, Action spec.Text
}

// AlarmFacts are what the plant says of an alarm; false when it does not have it any more. value is that of the journal.
func (e *Engine) AlarmFacts(key alarm.Key, value json.RawMessage) (AlarmFacts, bool) {
	v := &e.alarms
	v.mu.RLock()
	p := v.points[key]
	var limit, lower *float64
	if p != nil {
		limit, lower = p.shownLimits()
	}
	v.mu.RUnlock()
	if p == nil {
		return AlarmFacts{}, false
	}
	b := p.build.Load()
	f := AlarmFacts{Class: b.class, Cause: b.def.Cause, Consequence: b.def.Consequence, Action: b.def.Action}
	if b.tag != nil {
		f.Unit = b.tag.Unit
	}
	number := func(v *float64) string { return strconv.FormatFloat(*v, 'f', -1, 64) }
	switch {
	case limit != nil && lower != nil:
		f.Limit = number(lower) + " … " + number(limit)
	case limit != nil:
		f.Limit = number(limit)
	}
	f.Value = strings.Trim(string(value), `"`)
	if n, err := strconv.ParseFloat(string(value), 64); err == nil {
		if d := e.table.Definition(p.slots[0]); d.Type == tag.Float {
			f.Value = e.showValue(p.slots[0], tag.OfFloat(n))
		}
	}
	if doc := e.Plant(); doc != nil {
		f.Area = areaTitles(doc, b.path)
	}
	return f, true
}

// areaTitles names the areas above a path, from the whole to the part.
func areaTitles(doc *plant.Plant, path tag.Path) spec.Text {
	titles := map[tag.Path]spec.Text{}
	for i := range doc.Areas {
		if a := &doc.Areas[i]; path.Under(a.Path) {
			titles[a.Path] = a.Title
		}
	}
	if len(titles) == 0 {
		return nil
	}
	out := spec.Text{}
	for _, lang := range []string{"en", "zh"} {
		var parts []string
		for i, c := range string(path) {
			if c != '/' {
				continue
			}
			if above := tag.Path(string(path)[:i]); titles[above].In(lang) != "" {
				parts = append(parts, titles[above].In(lang))
			} else {
				parts = append(parts, above.Name())
			}
		}
		out[lang] = strings.Join(parts, " / ")
	}
	return out
}

// notifyTags are the tags below system/notify.
type notifyTags struct {
	mu    sync.Mutex
	slots [3]tag.Slot
	last  [3]tag.Value
}

var notifyTagList = [3]struct {
	path  tag.Path
	title spec.Text
	def   tag.Definition
}{
	{"system/notify/waiting", spec.Text{"en": "Messages waiting", "zh": "等待发送的消息数"}, tag.Definition{Type: tag.Int, Description: "Messages about alarms that wait to be delivered."}},
	{"system/notify/failed", spec.Text{"en": "Messages failed", "zh": "发送失败的消息数"}, tag.Definition{Type: tag.Int, Description: "Messages that were given up since the start."}},
	{notifyStuck, spec.Text{"en": "Messages", "zh": "消息"}, tag.Definition{Type: tag.Bool, Description: "Whether messages cannot be delivered: one has failed for two minutes, or was given up in the last ten."}},
}

const notifyStuck tag.Path = "system/notify/stuck"

// addNotifyTags makes the tags; the table is new and has none of them.
func (e *Engine) addNotifyTags() {
	for i, t := range notifyTagList {
		slot, err := e.table.Add(t.path, t.def)
		if err != nil {
			panic(err) // two of one path, a mistake in the list
		}
		e.notify.slots[i] = slot
		e.entries[t.path] = &entry{slot: slot, kind: KindSystem, typ: t.def.Type, title: t.title}
	}
	e.ShowMessages(0, 0, false)
}

// ShowMessages brings the tags below system/notify up to date.
func (e *Engine) ShowMessages(waiting, failed int, stuck bool) {
	n := &e.notify
	n.mu.Lock()
	defer n.mu.Unlock()
	now := tag.Now()
	var updates []tag.Update
	for i, v := range [3]tag.Value{tag.OfInt(int64(waiting)), tag.OfInt(int64(failed)), tag.OfBool(stuck)} {
		if !v.Equal(n.last[i]) {
			n.last[i] = v
			updates = append(updates, tag.Update{Slot: n.slots[i], Sample: tag.Sample{Value: v, Source: now, Server: now}})
		}
	}
	if len(updates) > 0 {
		e.table.Apply(updates)
	}
}

// notifyAlarm is the one of the runtime itself: messages cannot be delivered.
func notifyAlarm() *alarmBuild {
	return &alarmBuild{
		key: alarm.KeyOf(notifyStuck, "undelivered"), path: notifyStuck, id: "undelivered", title: notifyTagList[2].title, on: time.Second,
		def: &alarm.Alarm{
			Kind: alarm.On, Priority: "high", Title: spec.Text{"en": "Not delivered", "zh": "无法送达"}, Message: spec.Text{"en": "Messages about alarms cannot be delivered", "zh": "报警消息无法送达"},
			Action: spec.Text{"en": "Look at the log of messages, and try the channel there.", "zh": "查看消息日志并测试该通道。"},
		},
		reads: []tag.Path{notifyStuck},
		built: func(m *alarm.Memory, deps []tag.Sample) alarm.Verdict {
			if deps[0].Quality.IsBad() || deps[0].Value.Type() != tag.Bool {
				return alarm.Same
			}
			return m.Turn(deps[0].Value.Bool())
		},
	}
}
