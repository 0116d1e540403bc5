package plant

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// things is a plant that says everything a model and an asset can say.
const things = `{"format":1,
	"devices":[{"id":"plc","connector":"modbus","clock":"server","labels":["hall-1","备件"],"attributes":{"cabinet":"A 3","ip":"=10"}}],
	"models":[
		{"id":"base","labels":["machine"],"attributes":{"supplier":"KSB","series":"E"},"properties":[{"id":"flow","type":"float","initial":0,"write":{}}],
			"events":[{"id":"low","level":"warning","when":"tag(\"./flow\") < {limit}","delay":"5s","message":{"en":"{title} has {flow} of {limit}","zh":"{title} 流量 {flow}"}}],
			"parameters":[{"id":"limit","type":"int","default":3}],
			"commands":[{"id":"stop","property":"flow","value":0}]},
		{"id":"pump","extends":"base","attributes":{"series":"F"},"properties":[
			{"id":"job","type":"json","format":"struct","fields":[{"id":"order","type":"string"},{"id":"count","type":"int","optional":true,"unit":"1","title":{"en":"Count"}}],"initial":{"order":"A"},"write":{}},
			{"id":"made","type":"string","format":"datetime","initial":"2026-05-01"},
			{"id":"spare","type":"string","format":"reference","of":"base","initial":"l/p2","write":{}},
			{"id":"mean","type":"float","expr":"tag(\"./flow\") * 2","every":"10s","labels":["kpi"]}],
			"events":[{"id":"low","when":"tag(\"./flow\") < 1","fields":["job"]}],
			"commands":[{"id":"run","inputs":[{"id":"q","type":"float","low":0,"high":9,"default":5}],"writes":[{"property":"flow","value":"{q}"},{"property":"job","value":{"order":"{name}"}}]}]}],
	"assets":[
		{"path":"l/p1","model":"pump","title":{"en":"Pump 1"},"labels":["critical"],"attributes":{"built":"2020","note":"a; b"},"relations":[{"type":"feeds","to":"l/p2"},{"type":"feeds","to":"l/t"},{"type":"my-own","to":"l/t"}]},
		{"path":"l/p2","model":"base","relations":[{"type":"contains","to":"l/t"}]},
		{"path":"l/t","model":"base","disabled":false}],
	"tags":[{"path":"l/where","type":"json","format":"location","initial":{"lat":1,"lon":2},"labels":["gis"],"attributes":{"datum":"WGS 84"}},
		{"path":"l/sum","type":"float","expr":"sumOf(\"base\", \"flow\")","every":"1m"}]}`

func TestThings(t *testing.T) {
	p := read(t, things)
	x, ps := Examine(p)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	pump := x.Models["pump"]
	if got := strings.Join(pump.Marks.Labels, " ") + " " + pump.Marks.Attributes["series"] + " " + pump.Marks.Attributes["supplier"]; got != "machine F KSB" {
		t.Errorf("the pump has %s", got)
	}
	if m, _ := x.Marks("l/p1"); strings.Join(m.Labels, " ") != "critical machine" || m.Attributes["built"] != "2020" || m.Attributes["series"] != "F" {
		t.Errorf("%+v", m)
	}
	if len(p.Models[1].Labels) > 0 || len(p.Models[1].Attributes) != 1 {
		t.Errorf("the document was changed: %+v", p.Models[1].Marks)
	}
	// An event that stands again replaces the inherited one; what it keeps is what it says.
	if len(pump.Events) != 1 || pump.Events[0].From != "pump" || strings.Join(pump.Events[0].Values, " ") != "job" || strings.Join(x.Models["base"].Events[0].Values, " ") != "flow" {
		t.Errorf("%+v", pump.Events)
	}
	if len(x.Events) != 3 || x.Events[1].Asset != "l/p2" || x.Events[1].When != `tag("./flow") < 3` {
		t.Errorf("%+v", x.Events)
	}
	if got := x.Events[1].Text(func(id string) string { return "<" + id + ">" }); got["en"] != "p2 has <flow> of 3" || got["zh"] != "p2 流量 <flow>" {
		t.Errorf("%v", got)
	}
	if got := x.Events[0].Text(nil); got["en"] != "low" {
		t.Errorf("%v", got)
	}
	if got := fmt.Sprint(x.Related("l/p1", Feeds, false), x.Related("l/t", Feeds, true), x.Related("l/t", Contains, true)); got != "[l/p2 l/t] [l/p1] [l/p2]" {
		t.Error(got)
	}
	order, err := x.Order("l/p1", "run", map[string]json.RawMessage{"q": json.RawMessage("7")})
	if err != nil || len(order.Writes) != 2 || order.Writes[0].Path != "l/p1/flow" || string(order.Writes[0].Value) != "7" || string(order.Writes[1].Value) != `{"order":"p1"}` {
		t.Errorf("%+v %v", order, err)
	}
	if order, err := x.Order("l/p2", "stop", nil); err != nil || string(order.Writes[0].Value) != "0" {
		t.Errorf("%+v %v", order, err)
	}
}

// What is wrong is said once, at its place.
func TestThingProblems(t *testing.T) {
	for _, row := range []struct{ name, from, to, code, at string }{
		{"a label with a space", `["hall-1","备件"]`, `["hall 1"]`, "label_form", "/devices/0/labels/0"},
		{"a label twice", `["hall-1","备件"]`, `["x","x"]`, "id_double", "/devices/0/labels/1"},
		{"a key with a space", `"cabinet":`, `"the cabinet":`, "label_form", "/devices/0/attributes/the cabinet"},
		{"a format of another type", `"type":"string","format":"datetime"`, `"type":"float","format":"datetime"`, "value_type", "/models/1/properties/1/format"},
		{"an unknown format", `"format":"location"`, `"format":"place"`, "value_choice", "/tags/0/format"},
		{"a struct without fields", `"fields":[{"id":"order","type":"string"},{"id":"count","type":"int","optional":true,"unit":"1","title":{"en":"Count"}}],`, ``, "value_missing", "/models/1/properties/0/fields"},
		{"a first value that does not fit", `"initial":{"order":"A"}`, `"initial":{"order":1}`, "value_format", "/models/1/properties/0/initial"},
		{"a model that is not there", `"of":"base"`, `"of":"bass"`, "model_unknown", "/models/1/properties/2/of"},
		{"an interval of nothing computed", `"type":"string","format":"datetime"`, `"every":"1s","type":"string","format":"datetime"`, "tag_origin", "/models/1/properties/1/every"},
		{"too short an interval", `"every":"10s"`, `"every":"10ms"`, "value_range", "/models/1/properties/3/every"},
		{"a message of nothing", `has {flow} of`, `has {flew} of`, "property_unknown", "/models/0/events/0/message/en"},
		{"a field of nothing", `"fields":["job"]`, `"fields":["jab"]`, "property_unknown", "/models/1/events/0/fields/0"},
		{"no condition", `"when":"tag(\"./flow\") < 1"`, `"when":""`, "value_missing", "/models/1/events/0/when"},
		{"an unknown level", `"level":"warning"`, `"level":"bad"`, "value_choice", "/models/0/events/0/level"},
		{"a command of nothing", `"property":"flow","value":0`, `"property":"flew","value":0`, "property_unknown", "/models/0/commands/0/property"},
		{"a command of both forms", `"id":"run",`, `"id":"run","property":"flow","value":1,`, "command_form", "/models/1/commands/0/writes"},
		{"a write of what is read-only", `{"property":"flow","value":"{q}"}`, `{"property":"made","value":"{q}"}`, "not_writable", "/models/1/commands/0/writes/0/property"},
		{"an input that is not there", `"value":"{q}"`, `"value":"{qq}"`, "parameter_unknown", "/models/1/commands/0/writes/0/value"},
		{"a default beyond the limits", `"default":5`, `"default":10`, "value_high", "/models/1/commands/0/inputs/0/default"},
		{"a relation to nothing", `"to":"l/p2"`, `"to":"l/p3"`, "asset_unknown", "/assets/0/relations/0/to"},
		{"a relation to itself", `"to":"l/p2"`, `"to":"l/p1"`, "relation_self", "/assets/0/relations/0/to"},
		{"a relation twice", `{"type":"feeds","to":"l/p2"}`, `{"type":"feeds","to":"l/t"}`, "id_double", "/assets/0/relations/1"},
		{"things that contain each other", `"disabled":false`, `"relations":[{"type":"contains","to":"l/p2"}]`, "relation_cycle", "/assets/1/relations"},
		{"a model cycle", `{"id":"base",`, `{"id":"base","extends":"pump",`, "model_cycle", "/models/1/extends"},
	} {
		t.Run(row.name, func(t *testing.T) {
			text := strings.Replace(things, row.from, row.to, 1)
			if text == things {
				t.Fatal("nothing was changed")
			}
			ps := Validate(read(t, text))
			if len(ps) == 0 || ps[0].Code != row.code || ps[0].At != row.at || ps[0].Hint == "" {
				t.Errorf("%v", ps)
			}
			for _, p := range ps[min(1, len(ps)):] {
				if p.At == row.at && p.Code == row.code {
					t.Errorf("it is said twice: %v", ps)
				}
			}
		})
	}
}

// TestModelCycles: whatever builds on whatever, circles are refused and named, and nothing else is called one.
func isCycle(p *spec.Problem) bool { return p.Code == "model_cycle" }

func TestModelCycles(t *testing.T) {
	circles := 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 7))
		n := 2 + r.IntN(6)
		p := &Plant{Format: 1}
		on := map[string][]string{}
		id := func(i int) string { return fmt.Sprintf("m%d", i) }
		for i := range n {
			m := Model{ID: id(i)}
			if r.IntN(2) == 0 {
				m.Extends = id(r.IntN(n))
			}
			for range r.IntN(3) {
				if other := id(r.IntN(n)); other != m.Extends && !slices.Contains(m.Mixins, other) {
					m.Mixins = append(m.Mixins, other)
				}
			}
			on[m.ID] = append(slices.Clone(m.Mixins), m.Extends)
			p.Models = append(p.Models, m)
			p.Assets = append(p.Assets, Asset{Path: tag.Path("a" + m.ID), Model: m.ID})
		}
		var reaches func(from, to string, seen map[string]bool) bool
		reaches = func(from, to string, seen map[string]bool) bool {
			for _, next := range on[from] {
				if next == to {
					return true
				}
				if next != "" && !seen[next] {
					seen[next] = true
					if reaches(next, to, seen) {
						return true
					}
				}
			}
			return false
		}
		circle := false
		for i := range n {
			circle = circle || reaches(id(i), id(i), map[string]bool{})
		}
		_, ps := Expand(p)
		told := slices.ContainsFunc(ps, isCycle)
		if told != circle {
			t.Fatalf("seed %d: %v is told to be %v: %v", seed, on, told, ps)
		}
		for _, problem := range ps {
			if !isCycle(problem) {
				continue
			}
			circles++
			_, names, _ := strings.Cut(strings.TrimSuffix(problem.Message, "."), ": ")
			round := strings.Split(names, " → ")
			if len(round) < 2 || round[0] != round[len(round)-1] {
				t.Fatalf("seed %d: %s", seed, problem.Message)
			}
			for i := range len(round) - 1 {
				if !slices.Contains(on[round[i]], round[i+1]) {
					t.Fatalf("seed %d: %s does not build on %s: %v", seed, round[i], round[i+1], on)
				}
			}
		}
	}
	if circles < 500 {
		t.Errorf("only %d circles were tried", circles)
	}
}

// TestRenameThings: relations, references, events and commands follow what is renamed, and nothing else changes.
func TestRenameThings(t *testing.T) {
	p := read(t, things)
	before := canonical(t, p)
	same := func(text string, _ bool, _, _ string) (string, int, error) { return text, 0, nil }
	next, moved, _, err := Rename(p, "l/p2", "hall/p2", true, same)
	if err != nil || moved["l/p2/flow"] != "hall/p2/flow" {
		t.Fatal(moved, err)
	}
	after := canonical(t, next)
	if strings.Contains(after, `"l/p2"`) || next.Assets[0].Relations[0].To != "hall/p2" || string(next.Models[1].Properties[2].Initial) != `"hall/p2"` {
		t.Errorf("%s", after)
	}
	back, _, _, err := Rename(next, "hall/p2", "l/p2", true, same)
	if err != nil || canonical(t, back) != before || canonical(t, p) != before {
		t.Errorf("%v\n%s", err, canonical(t, back))
	}
	keep := ModelRenamer{
		Model:    func(text, _, _ string) (string, int, error) { return text, 0, nil },
		Property: func(text string, _ func(string) bool, _ bool, _, _ string) (string, int, error) { return text, 0, nil },
		Tags:     func(text string, _ func(string) (string, bool)) (string, int, error) { return text, 0, nil },
	}
	renamed, _, _, err := RenameProperty(p, "base", "flow", "rate", keep)
	if err != nil {
		t.Fatal(err)
	}
	base, pump := renamed.Models[0], renamed.Models[1]
	if base.Events[0].Message["en"] != "{title} has {rate} of {limit}" || base.Commands[0].Property != "rate" || pump.Commands[0].Writes[0].Property != "rate" || canonical(t, p) != before {
		t.Errorf("%+v", renamed.Models)
	}
	other, _, err := RenameModel(p, "base", "machine", keep)
	if err != nil || other.Models[1].Properties[2].Of != "machine" || canonical(t, p) != before {
		t.Errorf("%v %+v", err, other)
	}
	left := Unrelate(p, func(path tag.Path) bool { return path == "l/t" })
	if !reflect.DeepEqual(left.Assets[0].Relations, []Relation{{Feeds, "l/p2"}}) || left.Assets[1].Relations != nil || canonical(t, p) != before {
		t.Errorf("%+v", left.Assets)
	}
}
