package engine

import (
	"strings"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

const (
	reportsFailed tag.Path = "system/reports/failed"
	reportsNames  tag.Path = "system/reports/names"
)

// reportTagList are the tags of the reports; the alarm reads the first.
var reportTagList = [...]struct {
	path  tag.Path
	title spec.Text
	def   tag.Definition
}{
	{reportsFailed, spec.Text{"en": "Reports", "zh": "报表"}, tag.Definition{Type: tag.Int, Description: "How many reports could not be made or sent when they were due last."}},
	{reportsNames, spec.Text{"en": "Reports that failed", "zh": "失败的报表"}, tag.Definition{Type: tag.String, Description: "The ids of those reports."}},
}

// addReportTags makes the tags; the table is new and has none of them.
func (e *Engine) addReportTags() {
	for _, t := range reportTagList {
		slot, err := e.table.Add(t.path, t.def)
		if err != nil {
			panic(err) // two of one path, a mistake in the list
		}
		e.entries[t.path] = &entry{slot: slot, kind: KindSystem, typ: t.def.Type, title: t.title}
	}
	e.ShowFailedReports(nil)
}

// ShowFailedReports says which reports could not be made or sent when they were due last.
func (e *Engine) ShowFailedReports(ids []string) {
	now := tag.Now()
	values := [len(reportTagList)]tag.Value{tag.OfInt(int64(len(ids))), tag.OfString(strings.Join(ids, ", "))}
	var updates []tag.Update
	for i, t := range reportTagList {
		if slot, ok := e.table.Lookup(t.path); ok {
			updates = append(updates, tag.Update{Slot: slot, Sample: tag.Sample{Value: values[i], Source: now, Server: now}})
		}
	}
	e.table.Apply(updates)
}

// reportAlarms are those of the runtime itself about its reports.
func reportAlarms() []*alarmBuild {
	def := alarm.Alarm{Kind: alarm.On, Priority: "low", Title: spec.Text{"en": "Report failed", "zh": "报表失败"},
		Message: spec.Text{"en": "A report could not be made or sent; {value} in all", "zh": "有报表无法生成或发送，共 {value} 个"},
		Action:  spec.Text{"en": "Look at Reports → Archive: it says why, and makes it again.", "zh": "打开“报表 → 存档”查看原因并重新生成。"}}
	return []*alarmBuild{{
		key: alarm.KeyOf(reportsFailed, "failed"), path: reportsFailed, id: "failed", title: spec.Text{"en": "Reports", "zh": "报表"}, def: &def, reads: []tag.Path{reportsFailed},
		built: func(m *alarm.Memory, deps []tag.Sample) alarm.Verdict {
			if deps[0].Quality.IsBad() || deps[0].Value.Type() != tag.Int {
				return alarm.Same
			}
			return m.Turn(deps[0].Value.Int() > 0)
		},
	}}
}
