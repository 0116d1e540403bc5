package plant

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// alarmClasses checks the classes of alarms.
func (v *validator) alarmClasses() {
	v.count("/alarmClasses", len(v.plant.AlarmClasses), alarm.MaxClasses, "alarm classes")
	v.classes = make(map[string]*alarm.Classification, len(v.plant.AlarmClasses))
	for i := range v.plant.AlarmClasses {
		c := &v.plant.AlarmClasses[i]
		at := fmt.Sprintf("/alarmClasses/%d", i)
		for _, p := range c.Check().Under(at) {
			v.add(p)
		}
		if v.classes[c.ID] != nil {
			v.fail("id_double", at+"/id", "Give each alarm class its own id.", "There is another alarm class %q.", clip(c.ID))
		}
		v.classes[c.ID] = c
	}
}

// AlarmClass is the class of an id, nil when there is none.
func (p *Plant) AlarmClass(id string) *alarm.Classification {
	for i := range p.AlarmClasses {
		if p.AlarmClasses[i].ID == id {
			return &p.AlarmClasses[i]
		}
	}
	return nil
}

// alarms checks the alarms of a tag.
func (v *validator) alarms(at func() string, d *Definition, typ tag.Type) {
	if len(d.Alarms) == 0 {
		return
	}
	v.count(at()+"/alarms", len(d.Alarms), alarm.MaxAlarms, "alarms")
	for _, id := range slices.Sorted(maps.Keys(d.Alarms)) {
		a := d.Alarms[id]
		place := at() + "/alarms/" + spec.Escape(id)
		if !alarm.ID(id) {
			v.fail("id_form", place, `Write 1 to 64 letters, digits, "_" and "-"`, "%q cannot be the id of an alarm.", clip(id))
		}
		for _, p := range a.Check(typ, d.Range != nil).Under(place) {
			v.add(p)
		}
		if class := v.classes[a.Class]; a.Class != "" && class == nil {
			known := slices.Sorted(maps.Keys(v.classes))
			v.add(spec.OneOf("alarm_class_unknown", place+"/class", fmt.Sprintf("There is no alarm class %q.", clip(a.Class)), a.Class, known))
		} else if class != nil && class.Priority == "" && a.Priority == "" {
			v.fail("value_missing", place+"/priority", "Give the alarm a priority, or its class.", "The alarm class has no priority, and neither has the alarm.")
		}
	}
}

var (
	whereAlarm    = spec.Text{"en": "condition of the alarm", "zh": "报警条件"}
	whereSetpoint = spec.Text{"en": "setpoint of the alarm", "zh": "报警设定值"}
	whereSuppress = spec.Text{"en": "suppression of the alarm", "zh": "报警抑制条件"}
	whereLimit    = spec.Text{"en": "limit of the alarm", "zh": "报警限值"}
	whereWritten  = spec.Text{"en": "tag that the alarm writes", "zh": "报警写入的变量"}
)

// alarmExpressions are the places of an alarm that hold expressions.
var alarmExpressions = []struct {
	key   string
	where spec.Text
	of    func(*alarm.Alarm) *string
}{
	{"when", whereAlarm, func(a *alarm.Alarm) *string { return &a.When }},
	{"setpoint", whereSetpoint, func(a *alarm.Alarm) *string { return &a.Setpoint }},
	{"suppressWhen", whereSuppress, func(a *alarm.Alarm) *string { return &a.SuppressWhen }},
	{"limitFrom", whereLimit, func(a *alarm.Alarm) *string { return &a.LimitFrom }},
	{"lowerFrom", whereLimit, func(a *alarm.Alarm) *string { return &a.LowerFrom }},
}

// alarmParts visits the expressions of alarms. What is changed is copied first.
func alarmParts(of *carrier, alarms *map[string]alarm.Alarm, one func(of *carrier, place, text string, where spec.Text, set func(string))) {
	for _, id := range slices.Sorted(maps.Keys(*alarms)) {
		for _, x := range alarmExpressions {
			a := (*alarms)[id]
			one(of, "/alarms/"+spec.Escape(id)+"/"+x.key, *x.of(&a), x.where, func(s string) {
				a := (*alarms)[id]
				*x.of(&a) = s
				*alarms = maps.Clone(*alarms)
				(*alarms)[id] = a
			})
		}
		pathParts(of, alarms, id, one)
	}
}

// pathParts visits the tags that an alarm names beside expressions, each as an expression of that tag alone.
func pathParts(of *carrier, alarms *map[string]alarm.Alarm, id string, one func(of *carrier, place, text string, where spec.Text, set func(string))) {
	visit := func(place, path string, where spec.Text, put func(a *alarm.Alarm, path string)) {
		if path == "" || strings.ContainsAny(path, "\"\\{}") {
			return
		}
		one(of, place, `tag("`+path+`")`, where, func(s string) {
			next, ok := strings.CutPrefix(s, `tag("`)
			if next, ok = strings.CutSuffix(next, `")`); !ok {
				return
			}
			a := (*alarms)[id]
			put(&a, next)
			*alarms = maps.Clone(*alarms)
			(*alarms)[id] = a
		})
	}
	at := "/alarms/" + spec.Escape(id)
	for i, text := range (*alarms)[id].SuppressedBy {
		path, name, _ := strings.Cut(text, "#")
		visit(fmt.Sprintf("%s/suppressedBy/%d", at, i), path, whereSuppress, func(a *alarm.Alarm, path string) {
			a.SuppressedBy = slices.Clone(a.SuppressedBy)
			a.SuppressedBy[i] = path + "#" + name
		})
	}
	for i, w := range (*alarms)[id].Writes {
		visit(fmt.Sprintf("%s/writes/%d/tag", at, i), w.Tag, whereWritten, func(a *alarm.Alarm, path string) {
			a.Writes = slices.Clone(a.Writes)
			a.Writes[i].Tag = path
		})
	}
}

// alarmPlaces are the places of an override at which alarms hold expressions.
func alarmPlaces(override json.RawMessage) (out []overridePlace) {
	var patch struct {
		Alarms map[string]json.RawMessage `json:"alarms"`
	}
	if json.Unmarshal(override, &patch) != nil {
		return nil
	}
	for _, id := range slices.Sorted(maps.Keys(patch.Alarms)) {
		for _, x := range alarmExpressions {
			out = append(out, overridePlace{"/alarms/" + spec.Escape(id) + "/" + x.key, x.where})
		}
	}
	return out
}

// alarmTemplates are the placeholders of one alarm, by the key of the expression.
type alarmTemplates map[string]*text

// parseAlarms finds the placeholders in the expressions of alarms.
func parseAlarms(d *Definition, one func(s, at string, expression bool) *text) map[string]alarmTemplates {
	if len(d.Alarms) == 0 {
		return nil
	}
	out := map[string]alarmTemplates{}
	for _, id := range slices.Sorted(maps.Keys(d.Alarms)) {
		a, parts := d.Alarms[id], alarmTemplates{}
		for _, x := range alarmExpressions {
			if part := one(*x.of(&a), "/alarms/"+spec.Escape(id)+"/"+x.key, true); part != nil {
				parts[x.key] = part
			}
		}
		out[id] = parts
	}
	return out
}

// alarmTexts are the texts of an alarm in which {name} and parameters of the model stand for those of the asset. What they
// do not know stays for the runtime: {value}, {limit}.
func alarmTexts(a *alarm.Alarm) []*spec.Text {
	return []*spec.Text{&a.Title, &a.Message, &a.Cause, &a.Consequence, &a.Action}
}

// fillAlarms gives a tag of an asset its own alarms.
func fillAlarms(to *Tag, templates map[string]alarmTemplates, values []value, known names, note func(error)) {
	if len(to.Alarms) == 0 {
		return
	}
	to.Alarms = maps.Clone(to.Alarms)
	for id, a := range to.Alarms {
		for _, x := range alarmExpressions {
			if part := templates[id][x.key]; part != nil {
				s, err := part.writeExpression(values, known)
				note(err)
				*x.of(&a) = s
			}
		}
		for _, t := range alarmTexts(&a) {
			if !holedText(*t) {
				continue
			}
			*t = maps.Clone(*t)
			for lang, s := range *t {
				(*t)[lang] = messageHole.ReplaceAllStringFunc(s, func(hole string) string {
					name := strings.TrimSpace(hole[1 : len(hole)-1])
					i := slices.Index(known.ids, name)
					if i < 0 || name == "title" || name == "path" {
						return hole // those of the tag are meant
					}
					if values[i].texts != nil {
						return values[i].texts.In(lang)
					}
					return values[i].text
				})
			}
		}
		to.Alarms[id] = a
	}
}

func holedText(t spec.Text) bool {
	for _, s := range t {
		if strings.Contains(s, "{") {
			return true
		}
	}
	return false
}

// holedAlarms reports whether alarms have texts with placeholders.
func holedAlarms(d *Definition) bool {
	for _, a := range d.Alarms {
		if slices.ContainsFunc(alarmTexts(&a), func(t *spec.Text) bool { return holedText(*t) }) {
			return true
		}
	}
	return false
}
