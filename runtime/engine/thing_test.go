package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/tag"
)

// press is a plant with a model that has events and commands, three assets of it with relations, and what they have together.
const press = `{"format":1,
	"models":[
		{"id":"part","properties":[{"id":"flow","type":"float","initial":1,"write":{}}],"labels":["critical"],"attributes":{"supplier":"KSB","built":"2010"}},
		{"id":"press","extends":"part","parameters":[{"id":"limit","type":"int","default":100}],
			"properties":[
				{"id":"speed","type":"float","decimals":1,"initial":0,"write":{"low":0,"high":1000}},
				{"id":"mode","type":"string","initial":"off","write":{}},
				{"id":"by","type":"string","expr":"attribute(\".\", \"supplier\") + \" \" + orElse(attribute(\"./speed\", \"sensor\"), \"?\")"},
				{"id":"out","type":"float","expr":"sumOf(related(\".\", \"feeds\"), \"flow\")"},
				{"id":"in","type":"float","expr":"tag(\"./flow\") + sumOf(relatedTo(\".\", \"feeds\"), \"flow\")"}
			],
			"events":[
				{"id":"fast","title":{"en":"Too fast"},"level":"error","when":"tag(\"./speed\") > {limit}","message":{"en":"{title} ran at {speed} of {limit} in {mode}","zh":"{title} 转速 {speed}"},"fields":["flow"]},
				{"id":"long","when":"tag(\"./speed\") > 50","delay":"150ms"}
			],
			"commands":[
				{"id":"stop","property":"speed","value":0},
				{"id":"run","inputs":[{"id":"rpm","type":"float","low":0,"high":900},{"id":"how","type":"string","default":"auto"}],
					"writes":[{"property":"mode","value":"{how}"},{"property":"speed","value":"{rpm}"}]},
				{"id":"half","inputs":[{"id":"rpm","type":"float"}],"writes":[{"property":"mode","value":"on"},{"property":"flow","value":-1},{"property":"speed","value":"{rpm}"}]}
			]}
	],
	"assets":[
		{"path":"hall/p1","model":"press","title":{"en":"Press 1","zh":"1 号压机"},"attributes":{"built":"2020"},"relations":[{"type":"feeds","to":"hall/p2"},{"type":"feeds","to":"hall/tank"}]},
		{"path":"hall/p2","model":"press","relations":[{"type":"feeds","to":"hall/tank"}],"overrides":{"speed":{"attributes":{"sensor":"S7"}}}},
		{"path":"hall/tank","model":"part"}
	],
	"tags":[{"path":"hall/fed","type":"int","expr":"countOf(relatedTo(\"hall/tank\", \"feeds\"))"}]}`

// eventList keeps events in memory.
type eventList struct {
	mu   sync.Mutex
	list []AssetEvent
}

func (k *eventList) record(_ context.Context, list []AssetEvent) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := range list {
		list[i].ID = int64(len(k.list) + 1)
		k.list = append(k.list, list[i])
	}
	return nil
}

func (k *eventList) of(event string) []AssetEvent {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []AssetEvent
	for _, e := range k.list {
		if e.Event == event {
			out = append(out, e)
		}
	}
	return out
}

func (r *running) put(path tag.Path, value string) {
	r.t.Helper()
	if res := r.write(path, value, operator); res.Outcome != OutcomeGood {
		r.t.Fatalf("%s: %+v", path, res)
	}
}

func TestAssetEvents(t *testing.T) {
	k := &eventList{}
	r := start(t, Options{Record: k.record})
	r.set(press)
	heard, cancel := r.AssetEvents()
	defer cancel()
	r.put("hall/p1/speed", "80") // not yet
	r.put("hall/p1/mode", `"auto"`)
	r.put("hall/p1/speed", "120.25")
	r.put("hall/p1/speed", "130") // still
	r.put("hall/p1/speed", "90")
	r.put("hall/p1/speed", "140")
	until(t, "two events", func() bool { return len(k.of("fast")) == 2 })
	first := k.of("fast")[0]
	if first.Asset != "hall/p1" || first.Model != "press" || first.Level != plant.LevelError || first.Title["en"] != "Too fast" || first.ID == 0 || first.Time.IsZero() {
		t.Errorf("%+v", first)
	}
	if first.Message["en"] != "Press 1 ran at 120.2 of 100 in auto" || first.Message["zh"] != "1 号压机 转速 120.2" {
		t.Errorf("%v", first.Message)
	}
	if raw, _ := json.Marshal(first.Values); string(raw) != `{"flow":1,"mode":"auto","speed":120.25}` {
		t.Errorf("%s", raw)
	}
	select {
	case e := <-heard:
		if e.ID != first.ID {
			t.Errorf("%+v", e)
		}
	case <-time.After(10 * time.Second):
		t.Error("nobody heard of it")
	}
	// A message that changes reaches the events without an end of their conditions.
	r.set(strings.Replace(press, "{title} ran", "{name} went", 1))
	r.put("hall/p1/speed", "0")
	r.put("hall/p1/speed", "150")
	until(t, "the third", func() bool { return len(k.of("fast")) == 3 })
	if e := k.of("fast")[2]; e.Message["en"] != "p1 went at 150.0 of 100 in auto" {
		t.Errorf("%v", e.Message)
	}
	// What is true already when a condition is new has not happened.
	r.set(strings.Replace(press, `\"./speed\") > {limit}`, `\"./speed\") > 149`, 1))
	r.put("hall/p2/speed", "500")
	until(t, "the other", func() bool { return len(k.of("fast")) == 4 })
	if e := k.of("fast")[3]; e.Asset != "hall/p2" {
		t.Errorf("%+v", e)
	}
}

func TestEventDelay(t *testing.T) {
	k := &eventList{}
	r := start(t, Options{Record: k.record})
	r.set(press)
	r.put("hall/p1/speed", "60")
	r.put("hall/p1/speed", "40")
	r.put("hall/p2/speed", "60")
	until(t, "the event", func() bool { return len(k.of("long")) == 1 })
	if e := k.of("long")[0]; e.Asset != "hall/p2" || e.Level != plant.LevelInfo || e.Message["en"] != "long" {
		t.Errorf("%+v", e)
	}
}

// TestEventStorm: a condition that flaps costs no more than it may; what is left out is counted, and nobody else loses.
func TestEventStorm(t *testing.T) {
	k := &eventList{}
	r := start(t, Options{Record: k.record})
	r.set(press)
	slot, _ := r.Table().Lookup("hall/p1/speed")
	const flaps = 500
	for i := range 2 * flaps {
		r.Table().Apply([]tag.Update{{Slot: slot, Sample: tag.Sample{Value: tag.OfFloat(float64(200 * (i % 2)))}}})
	}
	r.put("hall/p2/speed", "200")
	until(t, "all are told of", func() bool {
		total := 0
		for _, e := range k.of("fast") {
			if e.Asset == "hall/p1" {
				total += 1 + e.Dropped
			}
		}
		return total == flaps
	})
	kept, other := 0, 0
	for _, e := range k.of("fast") {
		if e.Asset == "hall/p1" {
			kept++
		} else {
			other++
		}
	}
	if kept > eventBurst+5 || other != 1 {
		t.Errorf("%d were kept, and %d of the other", kept, other)
	}
	if m := r.Metrics(); m.EventsDropped < flaps-eventBurst-5 || m.Events == 0 {
		t.Errorf("%d were counted as dropped", m.EventsDropped)
	}
}

func TestRelationsAndAttributes(t *testing.T) {
	r := start(t, Options{})
	r.set(press)
	r.wait("hall/p1/out", 2)
	r.wait("hall/p2/out", 1)
	r.wait("hall/p2/in", 2)
	r.wait("hall/fed", 2)
	text := func(path tag.Path, want string) {
		t.Helper()
		until(t, want, func() bool { return r.sample(path).Value.Text() == want })
	}
	text("hall/p1/by", "KSB ?")
	text("hall/p2/by", "KSB S7")
	r.put("hall/tank/flow", "5")
	r.wait("hall/p1/out", 6)
	// They follow what becomes of the plant.
	r.set(strings.NewReplacer(`{"type":"feeds","to":"hall/p2"},`, "", `"supplier":"KSB"`, `"supplier":"Wilo"`).Replace(press))
	r.wait("hall/p1/out", 5)
	r.wait("hall/p2/in", 1)
	text("hall/p1/by", "Wilo ?")
	r.set(strings.Replace(press, `"path":"hall/p2","model"`, `"disabled":true,"path":"hall/p2","model"`, 1))
	r.wait("hall/fed", 1)
	for _, row := range []struct{ from, to, code string }{
		{`sumOf(related(\".\", \"feeds\"), \"flow\")`, `sumOf(related(\".\", \"feeds\"), \"flew\")`, "property_unknown"},
		{`sumOf(related(\".\", \"feeds\"), \"flow\")`, `related(\".\", \"feeds\")`, "expression_unsupported"},
		{`sumOf(related(\".\", \"feeds\"), \"flow\")`, `sumOf(related(\"hall/p9\", \"feeds\"), \"flow\")`, "asset_unknown"},
		{`attribute(\".\", \"supplier\")`, `attribute(\"hall/none\", \"supplier\")`, "tag_unknown"},
		{`\"./speed\") > {limit}`, `\"./speed\") + {limit}`, "expression_type"},
		{`\"./speed\") > {limit}`, `\"./sped\") > {limit}`, "tag_unknown"},
	} {
		err := r.SetPlant(readPlant(t, strings.Replace(press, row.from, row.to, 1)))
		if err == nil || !strings.Contains(fmt.Sprint(problemsOf(err, "")[0].Code), row.code) || !strings.HasPrefix(problemsOf(err, "")[0].At, "/models/1/") {
			t.Errorf("%s: %v", row.to, err)
		}
	}
}

func TestCommands(t *testing.T) {
	r := start(t, Options{})
	r.set(press)
	do := func(command, inputs string) CommandResult {
		t.Helper()
		var in map[string]json.RawMessage
		if inputs != "" {
			if err := json.Unmarshal([]byte(inputs), &in); err != nil {
				t.Fatal(err)
			}
		}
		return r.Command(t.Context(), CommandRequest{Asset: "hall/p1", Command: command, Inputs: in, Actor: operator})
	}
	if res := do("run", `{"rpm":450.5}`); res.Outcome != OutcomeGood || len(res.Writes) != 2 || r.sample("hall/p1/speed").Value.Float() != 450.5 || r.sample("hall/p1/mode").Value.Text() != "auto" {
		t.Errorf("%+v", res)
	}
	if e := r.trail.last(); e.Action != "command" || e.Target != "hall/p1 run" || e.Outcome != OutcomeGood || string(e.New) != `{"rpm":450.5}` {
		t.Errorf("%+v", e)
	}
	if res := do("stop", ""); res.Outcome != OutcomeGood || r.sample("hall/p1/speed").Value.Float() != 0 {
		t.Errorf("%+v", res)
	}
	for _, row := range []struct{ command, inputs, code, at string }{
		{"run", `{}`, "input_missing", "/inputs/rpm"}, {"run", `{"rpm":"x"}`, "value_type", "/inputs/rpm"}, {"run", `{"rpm":901}`, "value_high", "/inputs/rpm"}, {"run", `{"rpm":-1}`, "value_low", "/inputs/rpm"},
		{"run", `{"rpm":1,"x":1}`, "input_unknown", "/inputs/x"}, {"ran", `{}`, "command_unknown", "/command"},
		// What is known before is told before anything is written.
		{"half", `{"rpm":5000}`, "value_high", ""},
	} {
		if res := do(row.command, row.inputs); res.Outcome != OutcomeFailed || res.Problem.Code != row.code || res.Problem.At != row.at || len(res.Writes) > 0 {
			t.Errorf("%s %s: %+v", row.command, row.inputs, res)
		}
	}
	if r.sample("hall/p1/mode").Value.Text() != "auto" {
		t.Error("a command that was refused has written")
	}
	// The gate decides about each write when it comes to it.
	r.set(strings.Replace(press, `{"id":"flow","type":"float","initial":1,"write":{}}`, `{"id":"flow","type":"float","initial":1,"write":{"interlock":"value > 0"}}`, 1))
	res := do("half", `{"rpm":5}`)
	if res.Outcome != OutcomeFailed || res.Problem.Code != "interlock" || len(res.Writes) != 2 || res.Left != 1 || r.sample("hall/p1/mode").Value.Text() != "on" || r.sample("hall/p1/speed").Value.Float() != 0 {
		t.Errorf("%+v", res)
	}
	if res := r.Command(t.Context(), CommandRequest{Asset: "hall/p1", Command: "stop", Actor: viewer}); res.Problem == nil || res.Problem.Code != "forbidden" {
		t.Errorf("%+v", res)
	}
}

// TestEvery: a tag with an interval is computed at its beats, not at changes; a chain of them in one beat.
func TestEvery(t *testing.T) {
	const text = `{"format":1,"tags":[
		{"path":"a","type":"int","initial":0,"write":{}},
		{"path":"slow","type":"int","expr":"tag(\"a\") + 1","every":"300ms"},
		{"path":"chain","type":"int","expr":"tag(\"slow\") * 2","every":"300ms"},
		{"path":"rare","type":"int","expr":"tag(\"a\") + 2","every":"1h"},
		{"path":"quick","type":"int","expr":"tag(\"slow\") + 100"}]}`
	r := start(t, Options{})
	r.set(text)
	r.wait("slow", 1)
	r.wait("rare", 2)
	r.put("a", "10")
	r.wait("chain", 22)
	r.wait("quick", 111)
	if v := r.sample("rare"); v.Value.Int() != 2 {
		t.Errorf("it followed at once: %v", v)
	}
	before := r.sample("slow").Source
	until(t, "another beat", func() bool { return r.sample("slow").Source > before })
	// The interval is taken away, and given to another.
	r.set(strings.NewReplacer(`,"every":"1h"`, "", `+ 100"`, `+ 100","every":"1h"`).Replace(text))
	r.wait("rare", 12)
	r.put("a", "20")
	r.wait("rare", 22)
	r.wait("slow", 21)
	if v := r.sample("quick"); v.Value.Int() != 111 {
		t.Errorf("%v", v)
	}
	r.set(strings.ReplaceAll(text, `,"every":"300ms"`, ""))
	r.put("a", "30")
	if v := r.sample("chain"); v.Value.Int() != 62 {
		t.Errorf("%v", v)
	}
}

func TestFormats(t *testing.T) {
	r := start(t, Options{})
	r.set(`{"format":1,"models":[{"id":"pump"},{"id":"fan"}],"assets":[{"path":"p1","model":"pump"},{"path":"f1","model":"fan"}],"tags":[
		{"path":"when","type":"string","format":"datetime","write":{}},{"path":"ms","type":"int","format":"datetime","write":{}},
		{"path":"picture","type":"string","format":"image","write":{}},{"path":"spare","type":"string","format":"reference","of":"pump","write":{}},
		{"path":"place","type":"json","format":"location","initial":{"lat":48.1,"lon":11.5},"write":{}},{"path":"v3","type":"json","format":"vec3","write":{}},
		{"path":"job","type":"json","format":"struct","fields":[{"id":"order","type":"string"},{"id":"count","type":"int"},{"id":"note","type":"string","optional":true}],"initial":{"order":"A1","count":3},"write":{}},
		{"path":"north","type":"float","expr":"tag(\"place\").lat"},
		{"path":"of","type":"string","expr":"tag(\"job\").order"},
		{"path":"left","type":"int","expr":"int(tag(\"job\").count) - 1"}]}`)
	r.wait("north", 48.1)
	r.wait("left", 2)
	until(t, "the order", func() bool { return r.sample("of").Value.Text() == "A1" })
	for _, row := range []struct {
		path  tag.Path
		value string
		good  bool
	}{
		{"when", `"2026-05-01T12:00:00Z"`, true}, {"when", `"2026-05-01T12:00:00.5+08:00"`, true}, {"when", `"2026-05-01"`, true}, {"when", `"tomorrow"`, false}, {"when", `"2026-05-01T12:00:00"`, false},
		{"ms", "1700000000000", true}, {"ms", `"9223372036854775807"`, false},
		{"picture", `"https://example.org/a.png"`, true}, {"picture", `"data:image/png;base64,AA"`, true}, {"picture", `"javascript:alert(1)"`, false},
		{"spare", `"p1"`, true}, {"spare", `""`, true}, {"spare", `"f1"`, false}, {"spare", `"p2"`, false},
		{"place", `{"lat":-90,"lon":180,"alt":12}`, true}, {"place", `{"lat":91,"lon":0}`, false}, {"place", `{"lat":1}`, false}, {"place", `{"lat":1,"lon":2,"x":3}`, false}, {"place", `[1,2]`, false}, {"place", `null`, false},
		{"v3", `{"x":1,"y":2,"z":3.5}`, true}, {"v3", `{"x":1,"y":2}`, false}, {"v3", `{"x":1,"y":2,"z":"3"}`, false},
		{"job", `{"order":"B","count":1}`, true}, {"job", `{"order":"B","count":1,"note":"n"}`, true}, {"job", `{"order":"B"}`, false}, {"job", `{"order":"B","count":1.5}`, false}, {"job", `{"order":7,"count":1}`, false}, {"job", `{"order":"B","count":"1"}`, false}, {"job", `{"order":"B","count":1,"x":1}`, false},
	} {
		res := r.write(row.path, row.value, operator)
		if (res.Outcome == OutcomeGood) != row.good || !row.good && res.Problem.Code != "value_format" && row.value != "null" {
			t.Errorf("%s = %s: %+v", row.path, row.value, res)
		}
	}
}
