package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// linkedAlarm is what an alarm of an app is computed by, bound to slots.
type linkedAlarm struct {
	deps           []tag.Slot
	when, suppress tag.Eval
	whenDeps       int
	// means tells two apart: the texts, and what the inputs stand for.
	means string
	// names are the tags that its message can show, by id.
	names map[string]tag.Path
}

// checkAlarms compiles the alarms of an app.
func (e *Engine) checkAlarms(a *app.App, s *scope, ps *spec.Problems) {
	for i := range a.Alarms {
		for _, x := range [...]struct{ key, text string }{{"when", a.Alarms[i].When}, {"suppressWhen", a.Alarms[i].SuppressWhen}} {
			if strings.TrimSpace(x.text) == "" {
				continue
			}
			at := fmt.Sprintf("/alarms/%d/%s", i, x.key)
			program, err := e.compile(x.text, s)
			switch {
			case err != nil:
				*ps = append(*ps, soften(err, at)...)
			case program.Type() != tag.Bool && program.Type() != tag.None:
				ps.Add("expression_type", at, `Compare something: tag("./speed") > 1000.`, "The condition gives %s, not a bool.", program.Type())
			}
		}
		if class := a.Alarms[i].Class; class != "" && e.Plant().AlarmClass(class) == nil {
			*ps = append(*ps, &spec.Problem{Code: "alarm_class_unknown", Severity: spec.Warning, At: fmt.Sprintf("/alarms/%d/class", i), Message: fmt.Sprintf("There is no alarm class %q.", class), Hint: "Name an alarm class of the plant."})
		}
	}
}

// linkAlarms watches for the alarms of an installation; a is nil when it is removed.
func (e *Engine) linkAlarms(inst app.Installation, a *app.App, s *scope) error {
	v := &e.alarms
	var list []*alarmBuild
	if a != nil {
		list = e.appAlarms(inst, a, s)
	}
	v.work.Lock()
	defer v.work.Unlock()
	if len(list) == 0 && len(v.apps[inst.ID]) == 0 {
		return nil
	}
	if v.apps == nil {
		v.apps = map[string][]*alarmBuild{}
	}
	if v.apps[inst.ID] = list; len(list) == 0 {
		delete(v.apps, inst.ID)
	}
	return e.arrangeAlarms()
}

// appAlarms makes the alarms of an installation.
func (e *Engine) appAlarms(inst app.Installation, a *app.App, s *scope) (out []*alarmBuild) {
	doc := e.Plant()
	zone, area := zoneOf(doc), areaOf(a, s)
	names := map[string]tag.Path{}
	for id, n := range s.names {
		if n.path != "" {
			names[id] = n.path
		}
	}
	mapping, _ := json.Marshal(inst.Mapping)
	for i := range a.Alarms {
		if a.Alarms[i].Disabled {
			continue
		}
		class := doc.AlarmClass(a.Alarms[i].Class)
		def := a.Alarms[i].Declared().In(class)
		// No alarm of the plant has a dot in its id, and no two installations have the same.
		id := inst.ID + "." + a.Alarms[i].ID
		b := &alarmBuild{key: alarm.KeyOf(area, id), path: area, id: id, def: &def, class: class, title: a.Name, tagless: true}
		b.detector = alarm.NewDetector(&def, tag.Bool, 0)
		b.delays(zone)
		program, err := e.compile(def.When, s)
		if err != nil || program.Type() != tag.Bool && program.Type() != tag.None {
			continue // it was said when it was checked
		}
		when := e.link(program, s)
		l := &linkedAlarm{deps: slices.Clone(when.deps), when: when.eval, whenDeps: len(when.deps), names: names, means: string(mapping) + "\x00" + def.When + "\x00" + def.SuppressWhen}
		if def.SuppressWhen != "" {
			if program, err := e.compile(def.SuppressWhen, s); err == nil {
				x := e.link(program, s)
				l.deps, l.suppress = append(l.deps, x.deps...), x.eval
			}
		}
		b.linked = l
		out = append(out, b)
	}
	return out
}

// areaOf is the deepest place that has all that the inputs of an app are mapped to; where there is none, it is that of the app.
func areaOf(a *app.App, s *scope) tag.Path {
	var area tag.Path
	first := true
	take := func(path tag.Path) {
		if first {
			area, first = path, false
			return
		}
		for area != "" && path != area && !path.Under(area) {
			area = area.Parent()
		}
	}
	for _, in := range a.Inputs {
		n := s.names[in.ID]
		if n == nil {
			continue
		}
		switch {
		case n.path != "":
			take(n.path)
		case s.assets[in.ID] != nil && n.sample.Value.Type() == tag.String:
			if path, err := tag.ParsePath(n.sample.Value.Text()); err == nil {
				take(path)
			}
		}
	}
	if area == "" {
		return appPath(s.installation, "alarms")
	}
	return area
}
