package engine

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// TestBadPlant: every mistake is told with its place, and what runs goes on.
func TestBadPlant(t *testing.T) {
	r := start(t, Options{})
	const good = `{"format":1,"devices":[{"id":"sim","connector":"simulator","scans":[{"id":"f","interval":"20ms"}]}],"tags":[
		{"path":"a/x","type":"float","device":"sim","address":{"kind":"sine"}},
		{"path":"a/m","type":"int","initial":3,"write":{}},
		{"path":"a/c","type":"float","expr":"tag(\"a/x\") + 1"}]}`
	r.set(good)
	r.untilGood("a/c")
	generation := r.Table().Generation()
	for _, row := range []struct{ name, doc, code, at, says string }{
		{"connector", `{"format":1,"devices":[{"id":"d","connector":"modbuss"}]}`, "connector_unknown", "/devices/0/connector", "modbuss"},
		{"settings", `{"format":1,"devices":[{"id":"d","connector":"modbus","settings":{"port":99999999,"host":"x"}}]}`, "", "/devices/0/settings/port", ""},
		{"address", `{"format":1,"devices":[{"id":"d","connector":"simulator"}],"tags":[{"path":"a","type":"float","device":"d","address":{"kind":"sinus"}}]}`, "", "/tags/0/address/kind", ""},
		{"device", `{"format":1,"tags":[{"path":"a","type":"float","device":"d","address":{}}]}`, "device_unknown", "/tags/0/device", "d"},
		{"bit that is written", `{"format":1,"devices":[{"id":"d","connector":"test-push"}],"tags":[{"path":"a","type":"bool","bit":1,"device":"d","address":{"at":"x"},"write":{}}]}`, "bit_write", "/tags/0/write", ""},
		{"expression syntax", `{"format":1,"tags":[{"path":"a","type":"float","expr":"1 +"}]}`, "", "/tags/0/expr", ""},
		{"unknown tag", `{"format":1,"tags":[{"path":"a","type":"float","expr":"tag(\"nix\")"}]}`, "tag_unknown", "/tags/0/expr", "nix"},
		{"expression type", `{"format":1,"tags":[{"path":"a","type":"bool","expr":"1.5"}]}`, "expression_type", "/tags/0/expr", ""},
		{"interlock type", `{"format":1,"tags":[{"path":"a","type":"int","write":{"interlock":"value + 1"}}]}`, "expression_type", "/tags/0/write/interlock", ""},
		{"scale expression", `{"format":1,"devices":[{"id":"d","connector":"simulator"}],"tags":[{"path":"a","type":"float","device":"d","address":{"kind":"sine"},"scale":{"read":"raw +"}}]}`, "", "/tags/0/scale/read", ""},
		{"itself", `{"format":1,"tags":[{"path":"a/b","type":"float","expr":"tag(\"a/b\") + 1"}]}`, "tag_cycle", "/tags/0/expr", "a/b → a/b"},
		{"circle", `{"format":1,"tags":[{"path":"p","type":"float","initial":1},{"path":"a","type":"float","expr":"tag(\"p\") + tag(\"b\")"},{"path":"b","type":"float","expr":"tag(\"c\")"},{"path":"c","type":"float","expr":"tag(\"a\")"}]}`, "tag_cycle", "/tags/3/expr", "a → b → c → a"},
		{"reserved path", `{"format":1,"tags":[{"path":"system/x","type":"int"}]}`, "", "/tags/0/path", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := r.SetPlant(readPlant(t, row.doc))
			var ps spec.Problems
			if !errors.As(err, &ps) {
				t.Fatalf("accepted: %v", err)
			}
			for _, p := range ps {
				if (row.code == "" || p.Code == row.code) && p.At == row.at && strings.Contains(p.Message, row.says) && p.Message != "" {
					return
				}
			}
			for _, p := range ps {
				t.Errorf("%s at %s: %s", p.Code, p.At, p.Message)
			}
		})
	}
	if r.Table().Generation() != generation || !r.sample("a/c").Quality.IsGood() || len(r.Plant().Tags) != 3 {
		t.Error("a refused plant changed something")
	}
}

// TestSwapComputed: expressions that change, edges that turn round, kinds and types that change.
func TestSwapComputed(t *testing.T) {
	r := start(t, Options{})
	doc := func(tags string) { t.Helper(); r.set(`{"format":1,"tags":[` + tags + `]}`) }
	want := func(path tag.Path, v float64) {
		t.Helper()
		if s := r.sample(path); !s.Quality.IsGood() || s.Value.Float() != v {
			t.Errorf("%s = %v %v, want %v", path, s.Value, s.Quality, v)
		}
	}
	doc(`{"path":"m","type":"float","initial":2,"write":{}},{"path":"a","type":"float","expr":"tag(\"b\") + 1"},{"path":"b","type":"float","expr":"tag(\"m\") * 10"}`)
	want("a", 21)
	if res := r.write("m", "3", operator); res.Outcome != OutcomeGood {
		t.Fatal(res.Problem)
	}
	want("a", 31)
	doc(`{"path":"m","type":"float","initial":2,"write":{}},{"path":"a","type":"float","expr":"tag(\"m\") + 1"},{"path":"b","type":"float","expr":"tag(\"a\") * 10"}`)
	want("a", 4) // the memory tag kept what was written
	want("b", 40)
	doc(`{"path":"m","type":"int","initial":7},{"path":"a","type":"float","expr":"tag(\"m\") + 1"},{"path":"b","type":"float","expr":"tag(\"a\") * 10"}`)
	want("a", 8) // of another type it begins anew
	want("b", 80)
	doc(`{"path":"m","type":"int","expr":"6"},{"path":"a","type":"float","initial":0.5},{"path":"b","type":"float","expr":"tag(\"a\") * 10"}`)
	want("m", 6)
	want("b", 5)
	if n := r.plantTags(); n != 3 {
		t.Errorf("%d tags", n)
	}
}

// TestKept: memory tags keep what was written over a restart, through the hooks.
func TestKept(t *testing.T) {
	stored := map[tag.Path][]byte{}
	o := Options{
		Keep: func(p tag.Path, v []byte) error {
			if string(v) == "13" {
				return errors.New("no")
			}
			stored[p] = v
			return nil
		},
		Kept: func(p tag.Path) []byte { return stored[p] },
	}
	const doc = `{"format":1,"tags":[{"path":"m","type":"int","initial":1,"write":{}}]}`
	r := start(t, o)
	r.set(doc)
	if res := r.write("m", "12", operator); res.Outcome != OutcomeGood {
		t.Fatal(res.Problem)
	}
	if res := r.write("m", "13", operator); code(res.Problem) != "not_kept" || r.sample("m").Value.Int() != 12 {
		t.Errorf("%+v", res)
	}
	again := start(t, o)
	again.set(doc)
	if v := again.sample("m").Value.Int(); v != 12 {
		t.Errorf("after a restart it is %d", v)
	}
}

// TestLongChain: 5,000 computed tags in a row, given in the wrong order.
func TestLongChain(t *testing.T) {
	const n = 5000
	var b strings.Builder
	b.WriteString(`{"format":1,"tags":[{"path":"c0","type":"float","initial":1,"write":{}}`)
	for i := n; i > 0; i-- {
		fmt.Fprintf(&b, `,{"path":"c%d","type":"float","expr":"tag(\"c%d\") + 1"}`, i, i-1)
	}
	b.WriteString("]}")
	r := start(t, Options{})
	r.set(b.String())
	if v := r.sample("c5000").Value.Float(); v != n+1 {
		t.Errorf("the end of the chain is %v", v)
	}
	r.write("c0", "10", operator)
	if v := r.sample("c5000").Value.Float(); v != n+10 {
		t.Errorf("the end of the chain is %v", v)
	}
}

// TestScaleExpression: read and write by expression, and what the connector is asked for.
func TestScaleExpression(t *testing.T) {
	r := start(t, Options{})
	r.set(`{"format":1,"devices":[{"id":"sim","connector":"simulator","scans":[{"id":"f","interval":"20ms"}]}],"tags":[
		{"path":"f","type":"float","device":"sim","address":{"kind":"setpoint","name":"a","initial":100},"scale":{"read":"raw * 1.8 + 32","write":"(value - 32) / 1.8"},"write":{}},
		{"path":"hot","type":"bool","device":"sim","address":{"kind":"setpoint","name":"a","initial":100},"scale":{"read":"raw > 50"}},
		{"path":"clamped","type":"float","device":"sim","address":{"kind":"setpoint","name":"a","initial":100},"range":{"low":0,"high":10},"scale":{"read":"raw * 1.0","clamp":true}}]}`)
	if s := r.untilGood("f"); s.Value.Float() != 212 {
		t.Errorf("f: %v", s.Value)
	}
	if s := r.untilGood("hot"); s.Value != tag.OfBool(true) {
		t.Errorf("hot: %v", s.Value)
	}
	if s := r.untilGood("clamped"); s.Value.Float() != 10 || s.Quality != tag.GoodClamped {
		t.Errorf("clamped: %v", s)
	}
	if res := r.write("f", "50", operator); res.Outcome != OutcomeGood {
		t.Errorf("write: %+v %v", res, res.Problem)
	}
	until(t, "the raw value", func() bool { return !r.sample("hot").Value.Bool() })
}
