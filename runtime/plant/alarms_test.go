package plant

import (
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/tag"
)

const alarmModels = `{"format":1,"tags":[
 {"path":"mode","type":"bool"},
 {"path":"own","type":"float","alarms":{"x":{"kind":"expression","priority":"low","when":"value > 1 && tag(\"mode\")","suppressWhen":"tag(\"mode\")"}}}],
 "models":[{"id":"pump","parameters":[{"id":"max","type":"float","default":5}],"properties":[
  {"id":"speed","type":"float","alarms":{
   "high":{"kind":"high","priority":"high","limit":90,"message":{"en":"{name}: {value} is above {limit}"}},
   "p":{"kind":"expression","priority":"low","when":"value > {max} && tag(\"mode\")"}}}]}],
 "assets":[{"path":"a/p1","model":"pump"},{"path":"a/p2","model":"pump","params":{"max":7},"overrides":{"speed":{"alarms":{"high":{"limit":75},"p":null}}}}]}`

func TestAlarmsOfModels(t *testing.T) {
	p, err := Read([]byte(alarmModels))
	if err != nil {
		t.Fatal(err)
	}
	x, ps := Examine(p)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	one, _ := x.Index("a/p1/speed")
	two, _ := x.Index("a/p2/speed")
	a, b := x.Tags[one].Alarms, x.Tags[two].Alarms
	if a["p"].When != `value > 5 && tag("mode")` || a["high"].Message["en"] != "p1: {value} is above {limit}" || *a["high"].Limit != 90 {
		t.Errorf("%+v", a)
	}
	if _, gone := b["p"]; gone || *b["high"].Limit != 75 || b["high"].Priority != "high" || b["high"].Message["en"] != "p2: {value} is above {limit}" {
		t.Errorf("%+v", b)
	}
	// Expressions of alarms follow the rename of a tag.
	_, _, refs, err := Rename(p, "mode", "state", false, func(text string, _ bool, from, to string) (string, int, error) {
		n := strings.Count(text, from)
		return strings.ReplaceAll(text, from, to), n, nil
	})
	if err != nil || len(refs) != 3 {
		t.Errorf("%+v %v", refs, err)
	}
	// And so do the tags and alarms that they name otherwise.
	named, err := Read([]byte(`{"format":1,"tags":[{"path":"line/p","type":"float","alarms":{"low":{"kind":"low","priority":"low","limitFrom":"tag(\"line/min\")","suppressedBy":["line/v#shut"],"writes":[{"on":"raise","tag":"line/horn","value":true}]}}},
 {"path":"line/min","type":"float"},{"path":"line/v","type":"bool","alarms":{"shut":{"kind":"off","priority":"low"}}},{"path":"line/horn","type":"bool","write":{}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range map[tag.Path]tag.Path{"line/min": "line/least", "line/v": "line/valve", "line/horn": "line/bell"} {
		next, _, refs, err := Rename(named, from, to, false, func(text string, _ bool, from, to string) (string, int, error) {
			n := strings.Count(text, `"`+from+`"`)
			return strings.ReplaceAll(text, `"`+from+`"`, `"`+to+`"`), n, nil
		})
		if err != nil || len(refs) != 1 {
			t.Errorf("%s: %+v %v", from, refs, err)
			continue
		}
		named = next
	}
	if a := named.Tags[0].Alarms["low"]; a.LimitFrom != `tag("line/least")` || a.SuppressedBy[0] != "line/valve#shut" || a.Writes[0].Tag != "line/bell" {
		t.Errorf("%+v", a)
	}
	row := flatten(&x.Tags[two])
	if !strings.Contains(row["alarms"], `"limit":75`) {
		t.Error(row["alarms"])
	}
	for _, bad := range []struct{ from, to, at string }{
		{`"limit":90`, `"limit":"x"`, "/models/0/properties/0/alarms/high/limit"}, {`"high":{"limit":75}`, `"high":{"priority":"soon"}`, "/assets/1/overrides/speed/alarms/high/priority"},
		{`"x":{`, `"x y":{`, "/tags/1/alarms/x y"},
	} {
		p, err := Read([]byte(strings.Replace(alarmModels, bad.from, bad.to, 1)))
		if err == nil {
			if _, ps := Examine(p); len(ps) > 0 {
				err = ps
			}
		}
		if err == nil || !strings.Contains(err.Error(), bad.at) {
			t.Errorf("%s: %v", bad.to, err)
		}
	}
}
