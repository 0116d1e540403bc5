package engine

import (
	"maps"
	"slices"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// alarmBuild is one compiled alarm.
type alarmBuild struct {
	key  alarm.Key
	path tag.Path
	id   string
	def  *alarm.Alarm
	// class is that of the alarm, nil when it has none.
	class *alarm.Classification
	tag   *plant.Tag // nil for alarms of the runtime itself
	// title is that of the tag.
	title spec.Text
	// detector is what judges; built instead for alarms of the runtime itself.
	detector alarm.Detector
	built    func(m *alarm.Memory, deps []tag.Sample) alarm.Verdict
	// other is the program of the setpoint or of the condition, suppress that of the suppression.
	other, suppress *expression.Program
	otherReads      int
	on, off         time.Duration
	// reads are the tag itself, those of other and those of suppress.
	reads []tag.Path
}

// compileAlarms compiles the alarms of a tag.
func (b *plantBuild) compileAlarms(t *tagBuild, at string, ps *spec.Problems) {
	for _, id := range slices.Sorted(maps.Keys(t.doc.Alarms)) {
		def := t.doc.Alarms[id]
		class := b.doc.AlarmClass(def.Class)
		def = def.In(class)
		place := at + "/alarms/" + spec.Escape(id)
		a := &alarmBuild{key: alarm.KeyOf(t.doc.Path, id), path: t.doc.Path, id: id, def: &def, class: class, tag: t.doc, title: t.doc.Title, reads: []tag.Path{t.doc.Path}}
		a.on, _ = time.ParseDuration(def.OnDelay) // they were checked
		a.off, _ = time.ParseDuration(def.OffDelay)
		span := 0.0
		if r := t.doc.Range; r != nil {
			span = r.High - r.Low
		}
		a.detector = alarm.NewDetector(&def, t.typ, span)
		env := b.env(t, map[string]tag.Type{"value": t.typ})
		compile := func(text, key string, number bool) *expression.Program {
			program, err := expression.Compile(text, env)
			if err != nil {
				*ps = append(*ps, problemsOf(err, "expression_invalid").Under(place+"/"+key)...)
				return nil
			}
			switch typ := program.Type(); {
			case number && !typ.IsNumber():
				ps.Add("expression_type", place+"/"+key, `Name a number: tag("./setpoint").`, "The setpoint gives %s, not a number.", typ)
			case !number && typ != tag.Bool:
				ps.Add("expression_type", place+"/"+key, `Compare something: tag("./speed") > 1000.`, "The condition gives %s, not a bool.", typ)
			}
			a.reads = append(a.reads, program.Tags()...)
			return program
		}
		switch def.Kind {
		case alarm.Deviation:
			a.other = compile(def.Setpoint, "setpoint", true)
			a.otherReads = len(a.reads) - 1
		case alarm.Expression:
			a.other = compile(def.When, "when", false)
			a.otherReads = len(a.reads) - 1
		}
		if def.SuppressWhen != "" {
			a.suppress = compile(def.SuppressWhen, "suppressWhen", false)
		}
		if !def.Disabled {
			t.alarms = append(t.alarms, a)
		}
	}
}

// builtAlarms are those that every device has: its connection is lost, and a write failed.
func builtAlarms(d *plant.Device) []*alarmBuild {
	if d.Alarms == "off" || d.Disabled {
		return nil
	}
	at := func(name string) tag.Path { return systemPath(d.ID, name) }
	name := d.Name
	if name == "" {
		name = d.ID
	}
	title := spec.Text{"en": name}
	var failures tag.Value
	return []*alarmBuild{
		{
			// A connection that comes and goes is one alarm, until it stays.
			key: alarm.KeyOf(at("state"), "lost"), path: at("state"), id: "lost", title: title, on: lostDelay,
			def:   &alarm.Alarm{Kind: alarm.Expression, Priority: "high", Title: spec.Text{"en": "Connection lost", "zh": "连接丢失"}, Message: spec.Text{"en": "The device does not answer", "zh": "设备无响应"}},
			reads: []tag.Path{at("state"), at("flapping")},
			built: func(m *alarm.Memory, deps []tag.Sample) alarm.Verdict {
				state := deps[0].Value.Text()
				if state != StateLost && state != StateConnected && state != StateDisabled {
					return alarm.Same // not known yet
				}
				return m.Turn(state == StateLost || deps[1].Value.Bool())
			},
		},
		{
			key: alarm.KeyOf(at("failedWrites"), "failed"), path: at("failedWrites"), id: "failed", title: title,
			def:   &alarm.Alarm{Kind: alarm.Change, Priority: "medium", Title: spec.Text{"en": "Write failed", "zh": "写入失败"}, Message: spec.Text{"en": "A write to the device failed; {value} since the start", "zh": "写入设备失败；启动以来共 {value} 次"}},
			reads: []tag.Path{at("failedWrites")},
			built: func(_ *alarm.Memory, deps []tag.Sample) alarm.Verdict {
				was, now := failures, deps[0].Value
				if deps[0].Quality.IsBad() || was.Equal(now) {
					return alarm.Same
				}
				failures = now
				if was.IsNone() || now.Int() <= was.Int() {
					return alarm.Same // the count began anew
				}
				return alarm.Blip
			},
		},
	}
}

// lostDelay is how long a connection must be lost before it is told. A variable for tests.
var lostDelay = 5 * time.Second

// same reports whether a running alarm judges as a build would.
func (a *alarmBuild) same(o *alarmBuild) bool {
	if a == o {
		return true
	}
	programs := func(p, q *expression.Program) bool { return p == nil && q == nil || p != nil && q != nil && p.Same(q) }
	return a.detector == o.detector && (a.built == nil) == (o.built == nil) && a.def.Kind == o.def.Kind && programs(a.other, o.other) && programs(a.suppress, o.suppress) && slices.Equal(a.reads, o.reads)
}

// name is the title of the alarm.
func (a *alarmBuild) name() spec.Text {
	if len(a.def.Title) > 0 {
		return a.def.Title
	}
	return alarm.KindTitle(a.def.Kind)
}

// shownTitle is the title of the tag.
func (a *alarmBuild) shownTitle() spec.Text {
	if len(a.title) > 0 {
		return a.title
	}
	return spec.Text{"en": a.path.Name()}
}
