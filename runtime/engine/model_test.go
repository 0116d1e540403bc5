package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// station is a plant with a model of a pump, two pumps of it, and what they have together.
const station = `{"format":1,
	"devices":[{"id":"sim","connector":"simulator","scans":[{"id":"f","interval":"20ms"}]}],
	"models":[
		{"id":"drive","properties":[
			{"id":"speed","type":"float","device":"{plc}","address":{"kind":"setpoint","name":"{path}","initial":"{rpm}"},"unit":"1/min","range":{"low":0,"high":3000},"write":{}}
		],"parameters":[{"id":"plc","type":"device","default":"sim"},{"id":"rpm","type":"int","default":1500}]},
		{"id":"pump","extends":"drive","properties":[
			{"id":"hours","type":"float","initial":0,"write":{}},
			{"id":"factor","type":"float","initial":2,"write":{}},
			{"id":"power","type":"float","expr":"tag(\"./speed\") * tag(\"./factor\") / 1000","title":{"en":"{title} power","zh":"{title}功率"}},
			{"id":"fast","type":"bool","expr":"tag(\"./speed\") > 1000 and tag(\"../level\") > 10"}
		]}
	],
	"assets":[
		{"path":"line1/p1","model":"pump","title":{"en":"Pump 1","zh":"1 号泵"},"params":{"rpm":1000}},
		{"path":"line1/p2","model":"pump","params":{"rpm":2000}}
	],
	"tags":[
		{"path":"line1/level","type":"float","initial":50,"write":{}},
		{"path":"line1/power","type":"float","expr":"sumOf(\"drive\", \"speed\") / 1000 + sumOf(\"pump\", \"power\")"},
		{"path":"line1/most","type":"float","expr":"maxOf(\"pump\", \"power\")"},
		{"path":"line1/pumps","type":"int","expr":"countOf(\"pump\")"},
		{"path":"line1/fast","type":"int","expr":"countOf(\"pump\", \"fast\")"},
		{"path":"line2/pumps","type":"int","expr":"countOf(\"pump\")"},
		{"path":"line2/mean","type":"float","expr":"meanOf(\"pump\", \"power\")"}
	]}`

func (r *running) wait(path tag.Path, want float64) {
	r.t.Helper()
	until(r.t, fmt.Sprintf("%s = %v", path, want), func() bool {
		s := r.sample(path)
		return s.Quality.IsGood() && s.Value.Float() == want
	})
}

func TestAssets(t *testing.T) {
	r := start(t, Options{})
	p := readPlant(t, station)
	set := func(change func(p *plant.Plant)) {
		t.Helper()
		next := *p
		next.Models, next.Assets = append([]plant.Model(nil), p.Models...), append([]plant.Asset(nil), p.Assets...)
		change(&next)
		if err := r.SetPlant(&next); err != nil {
			t.Fatal(err)
		}
		p = &next
	}
	set(func(*plant.Plant) {})
	r.wait("line1/p1/power", 2)
	r.wait("line1/p2/power", 4)
	r.wait("line1/power", 9)
	r.wait("line1/most", 4)
	r.wait("line1/pumps", 2)
	r.wait("line1/fast", 1)
	r.wait("line2/pumps", 0)
	if s := r.sample("line2/mean"); !s.Quality.IsBad() {
		t.Errorf("the mean of nothing is %v", s)
	}
	if m, ok := r.Meta("line1/p1/power", operator.Rights, "zh"); !ok || m.Title != "1 号泵功率" || m.Origin == nil || m.Origin.Model != "pump" || m.Origin.Asset != "line1/p1" {
		t.Errorf("%+v", m)
	}
	for path, v := range map[tag.Path]string{"line1/p1/hours": "42", "line1/p1/speed": "1200"} {
		if res := r.write(path, v, operator); res.Outcome != OutcomeGood {
			t.Fatal(res.Problem)
		}
	}
	speed, _ := r.Table().Lookup("line1/p1/speed")
	before := r.sample("line1/p1/speed")

	// A changed model reaches all assets; what did not change goes on with its slot and value.
	set(func(p *plant.Plant) {
		m := p.Models[1]
		m.Properties = append([]plant.Property(nil), m.Properties...)
		m.Properties[2].Expr = `tag("./speed") * 10 / 1000`
		m.Properties = append(m.Properties, plant.Property{ID: "alarm", Definition: plant.Definition{Type: "bool", Expr: `tag("./power") > 15`}})
		p.Models[1] = m
	})
	if slot, _ := r.Table().Lookup("line1/p1/speed"); slot != speed || r.sample("line1/p1/speed").Value != before.Value {
		t.Error("an unchanged tag was made anew")
	}
	r.wait("line1/p1/hours", 42)
	r.wait("line1/p1/power", 12)
	r.wait("line1/p2/power", 20)
	r.wait("line1/power", 35.2)
	until(t, "the new property", func() bool { return r.sample("line1/p2/alarm").Value.Bool() })

	// Override and reset.
	set(func(p *plant.Plant) {
		p.Assets[1].Overrides = map[string]json.RawMessage{"power": json.RawMessage(`{"expr":"7","unit":"kW"}`), "speed": json.RawMessage(`{"range":{"high":5000}}`)}
	})
	r.wait("line1/p2/power", 7)
	r.wait("line1/p1/power", 12)
	r.wait("line1/most", 12)
	m, _ := r.Meta("line1/p2/speed", operator.Rights, "en")
	if *m.High != 5000 || *m.Low != 0 || fmt.Sprint(m.Origin.Overridden) != "[/range/high]" || m.Origin.From != "drive" {
		t.Errorf("%+v %+v", m, m.Origin)
	}
	set(func(p *plant.Plant) { p.Assets[1].Overrides = nil })
	r.wait("line1/p2/power", 20)

	// Roll-ups follow assets that come, go and rest.
	set(func(p *plant.Plant) {
		p.Assets = append(p.Assets, plant.Asset{Path: "line2/p9", Model: "pump", Overrides: map[string]json.RawMessage{"fast": json.RawMessage(`{"expr":"false"}`)}})
	})
	r.wait("line2/pumps", 1)
	r.wait("line2/mean", 15)
	set(func(p *plant.Plant) { p.Assets[0].Disabled = true })
	r.wait("line1/pumps", 1)
	r.wait("line1/power", 22)
	if _, ok := r.Table().Lookup("line1/p1/speed"); ok {
		t.Error("a disabled asset has tags")
	}
	set(func(p *plant.Plant) { p.Assets = p.Assets[1:] })
	r.wait("line1/pumps", 1)
	if len(r.Plant().Tags) != 7 {
		t.Error("the document was changed")
	}
}

func TestBadAssets(t *testing.T) {
	r := start(t, Options{})
	r.set(station)
	for _, row := range []struct{ name, old, new, at, says string }{
		{"at all assets", `* tag(\"./factor\")`, `* tag(\"./faktor\")`, "/models/1/properties/2/expr", "faktor"},
		{"at one asset", `"params":{"rpm":2000}`, `"params":{"rpm":2000},"overrides":{"power":{"expr":"tag(\"./sped\")"}}`, "/assets/1/overrides/power/expr", "sped"},
		{"by a parameter", `"initial":"{rpm}"`, `"initial":"{rpm}", "kind":"{plc}"`, "/models/0/properties/0/address/kind", ""},
		{"by one parameter", `"name":"{path}"`, `"name":"{path}","kind":"{kind}"`, "/models/0/properties/0/address", "kind"},
		{"roll-up of what is not", `sumOf(\"drive\", \"speed\")`, `sumOf(\"drife\", \"speed\")`, "/tags/1/expr", "drife"},
		{"roll-up of no property", `maxOf(\"pump\", \"power\")`, `maxOf(\"pump\", \"powr\")`, "/tags/2/expr", "powr"},
		{"relative in a tag", `countOf(\"pump\")`, `tag(\"./fast\")`, "/tags/3/expr", "./fast"},
		{"itself", `tag(\"./speed\") * tag(\"./factor\")`, `tag(\"./power\") + tag(\"./speed\")`, "/models/1/properties/2/expr", "circle"},
	} {
		t.Run(row.name, func(t *testing.T) {
			doc := strings.Replace(station, row.old, row.new, 1)
			if doc == station {
				t.Fatal("nothing was replaced")
			}
			doc = strings.Replace(doc, `"kind":"setpoint","name":"{path}","initial":"{rpm}", "kind"`, `"name":"{path}","initial":"{rpm}", "kind"`, 1)
			doc = strings.Replace(doc, `"kind":"setpoint","name":"{path}","kind"`, `"name":"{path}","kind"`, 1)
			err := r.SetPlant(readPlant(t, doc))
			var ps spec.Problems
			if !errors.As(err, &ps) {
				t.Fatalf("accepted: %v", err)
			}
			for _, p := range ps {
				if p.At == row.at && strings.Contains(p.Message+p.Hint, row.says) {
					if len(ps) > 2 {
						t.Errorf("said %d times", len(ps))
					}
					return
				}
			}
			for _, p := range ps {
				t.Errorf("%s at %s: %s", p.Code, p.At, p.Message)
			}
		})
	}
}

// TestModelChangeIsQuick: 200 assets of 50 properties.
func TestModelChangeIsQuick(t *testing.T) {
	r := start(t, Options{})
	p := &plant.Plant{Format: 1, Models: []plant.Model{{ID: "m"}}}
	for i := range 50 {
		prop := plant.Property{ID: fmt.Sprintf("p%d", i), Definition: plant.Definition{Type: "float", Initial: json.RawMessage("1")}}
		if i%5 == 4 {
			prop.Initial, prop.Expr = nil, fmt.Sprintf(`tag("./p%d") + 1`, i-1)
		}
		p.Models[0].Properties = append(p.Models[0].Properties, prop)
	}
	for i := range 200 {
		p.Assets = append(p.Assets, plant.Asset{Path: tag.Path(fmt.Sprintf("site/a%d", i)), Model: "m"})
	}
	if err := r.SetPlant(p); err != nil {
		t.Fatal(err)
	}
	next := *p
	next.Models = []plant.Model{{ID: "m"}}
	for i := range p.Models[0].Properties {
		prop := p.Models[0].Properties[i]
		if prop.Expr != "" {
			prop.Expr += " + 1"
		}
		prop.Unit = "kW"
		next.Models[0].Properties = append(next.Models[0].Properties, prop)
	}
	begin := time.Now()
	if err := r.SetPlant(&next); err != nil {
		t.Fatal(err)
	}
	t.Logf("took %v", time.Since(begin))
	r.wait("site/a199/p49", 3)
}
