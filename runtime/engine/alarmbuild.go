package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
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
	tag   *plant.Tag // nil for alarms of the runtime itself, and of apps
	// title is that of the tag.
	title spec.Text
	// detector is what judges; built instead for alarms of the runtime itself.
	detector alarm.Detector
	built    func(m *alarm.Memory, deps []tag.Sample) alarm.Verdict
	// other is the program of the setpoint or of the condition, limit and lower those of the limits, suppress that of the suppression.
	other, limit, lower, suppress      *expression.Program
	otherReads, limitReads, lowerReads int
	on, off                            time.Duration
	schedule                           alarm.Schedule
	// reads are the tag itself, unless the alarm has none of its own, and those of other, limit, lower and suppress.
	reads   []tag.Path
	tagless bool
	// linked is what an alarm of an app is computed by, instead of the programs.
	linked *linkedAlarm
	// base is where relative paths begin.
	base tag.Path
	// parents are alarms that suppress this one, group those of which the first-out is marked.
	parents []alarm.Key
	group   string
	writes  []alarmWrite
}

// alarmWrite is a write of an alarm with its place.
type alarmWrite struct {
	on    alarm.Event
	path  tag.Path
	value []byte
}

// compiler compiles an expression of an alarm; number says that it must give a number, else a bool.
type compiler func(text, key string, number bool) *expression.Program

// compileAlarms compiles the alarms of a tag.
func (b *plantBuild) compileAlarms(t *tagBuild, at string, ps *spec.Problems) {
	for _, id := range slices.Sorted(maps.Keys(t.doc.Alarms)) {
		def := t.doc.Alarms[id]
		place := at + "/alarms/" + spec.Escape(id)
		class := b.doc.AlarmClass(def.Class)
		def = def.In(class)
		a := &alarmBuild{key: alarm.KeyOf(t.doc.Path, id), path: t.doc.Path, id: id, def: &def, class: class, tag: t.doc, title: t.doc.Title, reads: []tag.Path{t.doc.Path}}
		if a.base = b.from.Asset(t.index); a.base == "" {
			a.base = t.doc.Path.Parent()
		}
		span := 0.0
		if r := t.doc.Range; r != nil {
			span = r.High - r.Low
		}
		a.detector = alarm.NewDetector(&def, t.typ, span)
		env := b.env(t, map[string]tag.Type{"value": t.typ})
		a.finish(compileWith(env, place, ps), b.zone)
		b.compileRelations(a, place, ps)
		if !def.Disabled {
			t.alarms = append(t.alarms, a)
		}
	}
}

// compileWith compiles expressions of an alarm in an environment.
func compileWith(env expression.Env, place string, ps *spec.Problems) compiler {
	return func(text, key string, number bool) *expression.Program {
		program, err := expression.Compile(text, env)
		if err != nil {
			*ps = append(*ps, problemsOf(err, "expression_invalid").Under(place+"/"+key)...)
			return nil
		}
		switch typ := program.Type(); {
		case number && !typ.IsNumber():
			ps.Add("expression_type", place+"/"+key, `Name a number: tag("./setpoint").`, "The expression gives %s, not a number.", typ)
		case !number && typ != tag.Bool:
			ps.Add("expression_type", place+"/"+key, `Compare something: tag("./speed") > 1000.`, "The condition gives %s, not a bool.", typ)
		}
		return program
	}
}

// finish compiles the expressions of an alarm, its delays and its schedule.
func (a *alarmBuild) finish(compile compiler, zone *time.Location) {
	a.delays(zone)
	def := a.def
	add := func(text, key string, number bool) *expression.Program {
		program := compile(text, key, number)
		if program != nil {
			a.reads = append(a.reads, program.Tags()...)
		}
		return program
	}
	count := func(p *expression.Program) int {
		if p == nil {
			return 0
		}
		return len(p.Tags())
	}
	defer func() { a.otherReads, a.limitReads, a.lowerReads = count(a.other), count(a.limit), count(a.lower) }()
	switch def.Kind {
	case alarm.Deviation, alarm.Cusum:
		a.other = add(def.Setpoint, "setpoint", true)
	case alarm.Expression:
		a.other = add(def.When, "when", false)
	case alarm.Count, alarm.Duration:
		if def.When != "" {
			a.other = add(def.When, "when", false)
		}
	}
	if alarm.Limited(def.Kind) || def.Kind == alarm.Count {
		if def.LimitFrom != "" {
			a.limit = add(def.LimitFrom, "limitFrom", true)
		}
		if def.LowerFrom != "" && alarm.Ranged(def.Kind) {
			a.lower = add(def.LowerFrom, "lowerFrom", true)
		}
	}
	if def.SuppressWhen != "" {
		a.suppress = add(def.SuppressWhen, "suppressWhen", false)
	}
}

// delays reads the delays and the schedule.
func (a *alarmBuild) delays(zone *time.Location) {
	if a.def.Kind != alarm.NoUpdate { // its detector waits
		a.on, _ = time.ParseDuration(a.def.OnDelay) // they were checked
	}
	a.off, _ = time.ParseDuration(a.def.OffDelay)
	a.schedule = alarm.NewSchedule(a.def.Schedule, zone)
}

// compileRelations finds what an alarm names beside expressions: alarms that suppress it, and tags that it writes.
func (b *plantBuild) compileRelations(a *alarmBuild, place string, ps *spec.Problems) {
	for i, text := range a.def.SuppressedBy {
		at := fmt.Sprintf("%s/suppressedBy/%d", place, i)
		key, err := a.keyOf(text)
		if err != nil {
			ps.Add("alarm_key", at, `Write the path of the tag, "#" and the id: line/pressure#low`, "%q does not name an alarm.", text)
			continue
		}
		path, id := key.Split()
		t := b.tag(path)
		switch {
		case key == a.key:
			ps.Add("alarm_circle", at, "Remove it.", "The alarm cannot suppress itself.")
		case t == nil && !system(string(path)):
			ps.Add("alarm_unknown", at, "Choose another alarm.", "There is no alarm %q.", key)
		case t != nil:
			if _, ok := t.doc.Alarms[id]; !ok {
				ps.Add("alarm_unknown", at, "Choose another alarm.", "There is no alarm %q.", key)
			} else if b.suppresses(a.key, key, map[alarm.Key]bool{}) {
				ps.Add("alarm_circle", at, "Remove one of them.", "The alarms %q and %q suppress each other, so that nobody would hear of either.", a.key, key)
			}
		}
		a.parents = append(a.parents, key)
	}
	if a.group = a.def.Group; strings.HasPrefix(a.group, "./") {
		a.group = string(a.base) + a.group[1:]
	}
	for i, w := range a.def.Writes {
		at := fmt.Sprintf("%s/writes/%d", place, i)
		path, err := a.pathOf(w.Tag)
		if err != nil {
			ps.Add("path_invalid", at+"/tag", "Choose a tag from the list.", "The %v.", err)
			continue
		}
		t := b.tag(path)
		switch {
		case t == nil:
			ps.Add("tag_unknown", at+"/tag", "Choose another tag, or add it to the plant.", "There is no tag %q.", path)
		case t.doc.Write == nil:
			ps.Add("tag_readonly", at+"/tag", "Choose a tag that can be written.", "The tag %q cannot be written.", path)
		default:
			if v, err := tag.Parse(w.Value, t.typ); err != nil || v.IsNone() {
				ps.Add("value_type", at+"/value", "Write a value of the type of the tag.", "The value is not of type %s.", t.typ)
			}
		}
		a.writes = append(a.writes, alarmWrite{alarm.Event(w.On), path, w.Value})
	}
}

// suppresses reports whether an alarm is one of those that suppress another, directly or by others.
func (b *plantBuild) suppresses(one, other alarm.Key, seen map[alarm.Key]bool) bool {
	if seen[other] {
		return false
	}
	seen[other] = true
	path, id := other.Split()
	t := b.tag(path)
	if t == nil {
		return false
	}
	o := alarmBuild{path: path}
	if o.base = b.from.Asset(t.index); o.base == "" {
		o.base = path.Parent()
	}
	for _, text := range t.doc.Alarms[id].SuppressedBy {
		if key, err := o.keyOf(text); err == nil && (key == one || b.suppresses(one, key, seen)) {
			return true
		}
	}
	return false
}

// keyOf is the alarm that a text means, seen from this one.
func (a *alarmBuild) keyOf(text string) (alarm.Key, error) {
	path, id, ok := strings.Cut(text, "#")
	if !ok || !alarm.ID(id) {
		return "", fmt.Errorf("there is no id")
	}
	if path == "" {
		return alarm.KeyOf(a.path, id), nil
	}
	full, err := a.pathOf(path)
	return alarm.KeyOf(full, id), err
}

// pathOf is the tag that a text means, seen from this alarm.
func (a *alarmBuild) pathOf(text string) (tag.Path, error) {
	if rest, ok := strings.CutPrefix(text, "./"); ok && a.base != "" {
		text = string(a.base) + "/" + rest
	} else if ok {
		text = rest
	}
	return tag.ParsePath(text)
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
	if a.linked != nil || o.linked != nil {
		return a.linked != nil && o.linked != nil && a.linked.means == o.linked.means && a.schedule.Same(&o.schedule)
	}
	programs := func(p, q *expression.Program) bool { return p == nil && q == nil || p != nil && q != nil && p.Same(q) }
	return a.detector == o.detector && (a.built == nil) == (o.built == nil) && a.def.Kind == o.def.Kind && programs(a.other, o.other) && programs(a.limit, o.limit) && programs(a.lower, o.lower) &&
		programs(a.suppress, o.suppress) && a.schedule.Same(&o.schedule) && a.tagless == o.tagless && slices.Equal(a.reads, o.reads)
}

// expressions are those that the alarm has, in the order of reads.
func (a *alarmBuild) expressions() (out []*expression.Program) {
	for _, p := range [...]*expression.Program{a.other, a.limit, a.lower, a.suppress} {
		if p != nil {
			out = append(out, p)
		}
	}
	return out
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
