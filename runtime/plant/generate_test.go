package plant

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/tag"
)

func TestFromSample(t *testing.T) {
	g, err := FromSample([]byte(`[{
		"temperature": {"value": 21.5, "unit": "°C", "min": 0, "max": 80},
		"motor": {"speed_rpm": 1480, "current_a": 3.2, "running": true, "vibration": {"x": 0.1, "y": 0.2, "z": 0.3}},
		"serial": "A-17", "at": "2026-03-01T10:00:00Z", "place": {"lat": 48.1, "lon": 11.5},
		"recipe": [1, 2, 3], "count": 12, "picture": "data:image/png;base64,AA==", "nothing": null, "empty": {},
		"odd/name*": 1, "motor/running": false, "weights": {"value": [1], "unit": "Karton"}, "泵": {"压力_bar": 2.5}
	}, {"second": 1}]`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range g.Properties {
		r := ""
		if p.Range != nil {
			r = fmt.Sprintf(" %g..%g", p.Range.Low, p.Range.High)
		}
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s%s%s", p.ID, p.Type, p.Format, p.Unit, r)))
	}
	want := []string{
		"temperature float Cel 0..80", "motor/speed_rpm float {rev}/min", "motor/current_a float A", "motor/running bool", "motor/vibration json vec3",
		"serial string", "at string datetime", "place json location", "recipe json", "count int", "picture string image", "nothing string", "empty json",
		"odd_name_ int", "motor_running bool", "weights json Karton", "泵/压力_bar float bar",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	usable(t, g)
	for _, bad := range []string{``, `{`, `17`, `[]`, `{}`, `{"a":1} {"b":2}`, strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 100), `"` + strings.Repeat("x", MaxSample) + `"`} {
		if _, err := FromSample([]byte(bad)); err == nil {
			t.Errorf("%.40q was taken", bad)
		}
	}
}

// usable holds what was made against the rules of the plant.
func usable(t *testing.T, g Generated) {
	t.Helper()
	m := Model{ID: "made", Properties: g.Properties}
	params := map[string]json.RawMessage{}
	for _, p := range g.Parameters {
		if p.Used {
			m.Parameters = append(m.Parameters, p.Parameter)
			params[p.ID] = g.Params[p.ID]
		}
	}
	doc := &Plant{Format: Format, Devices: []Device{{ID: "plc", Connector: "opcua"}}, Models: []Model{m}, Assets: []Asset{{Path: "line1/machine", Model: "made", Params: params}}}
	if ps := Validate(doc); ps.Errors() {
		t.Errorf("%v", ps)
	}
}

func node(trail string, name, address string) Found {
	f := Found{Name: name, Address: json.RawMessage(address), Type: "float"}
	if trail != "" {
		f.Trail = strings.Split(trail, "/")
	}
	return f
}

func TestFromBranch(t *testing.T) {
	low, high := 0.0, 12.0
	for _, c := range []struct {
		name      string
		branch    Branch
		use       []string
		addresses []string
		// parameters are id=value, with ? when they are not taken.
		parameters string
	}{
		{
			name: "OPC UA, texts", branch: Branch{Device: "plc", ID: "nsu=urn:acme;s=Line1.Pump1", Name: "Pump1", Found: []Found{
				node("", "Speed", `{"node":"nsu=urn:acme;s=Line1.Pump1.Speed"}`), node("Motor", "Current", `{"node":"nsu=urn:acme;s=Line1.Pump1.Motor.Current"}`),
			}},
			addresses: []string{`{"node":"{node}.Speed"}`, `{"node":"{node}.Motor.Current"}`}, parameters: `device="plc" node="nsu=urn:acme;s=Line1.Pump1"`,
		},
		{
			name: "OPC UA, numbers", branch: Branch{Device: "plc", ID: "ns=2;i=1000", Name: "Pump1", Found: []Found{node("", "a", `{"node":"ns=2;i=1002"}`), node("", "b", `{"node":"ns=2;i=1005"}`)}},
			addresses: []string{`{"node":"ns=2;i=1002"}`, `{"node":"ns=2;i=1005"}`}, parameters: `device="plc" base?`,
		},
		{
			name: "OPC UA, numbers wanted", use: []string{"base"}, branch: Branch{Device: "plc", ID: "ns=2;i=1000", Name: "Pump1", Found: []Found{node("", "a", `{"node":"ns=2;i=1002"}`), node("", "b", `{"node":"ns=2;i=1005"}`)}},
			addresses: []string{`{"node":"ns=2;i={base}"}`, `{"node":"ns=2;i={base+3}"}`}, parameters: `device? base=1002`,
		},
		{
			name: "Sparkplug", branch: Branch{Device: "plc", ID: "Plant/Edge1/d/Pump1", Name: "Pump1", Found: []Found{
				node("", "speed", `{"group":"Plant","node":"Edge1","device":"Pump1","metric":"speed"}`), node("motor", "temp", `{"group":"Plant","node":"Edge1","device":"Pump1","metric":"motor/temp"}`),
			}},
			addresses:  []string{`{"device":"{device2}","group":"Plant","metric":"speed","node":"Edge1"}`, `{"device":"{device2}","group":"Plant","metric":"motor/temp","node":"Edge1"}`},
			parameters: `device="plc" device2="Pump1" group? node?`,
		},
		{
			name: "MQTT", branch: Branch{Device: "plc", ID: "hall/line1", Name: "line1", Found: []Found{node("", "a", `{"topic":"hall/line1/a","qos":0}`), node("", "b", `{"topic":"hall/line1/b/c","qos":0}`)}},
			addresses: []string{`{"qos":0,"topic":"{topic}/a"}`, `{"qos":0,"topic":"{topic}/b/c"}`}, parameters: `device="plc" topic="hall/line1"`,
		},
		{
			name: "SQL", branch: Branch{Device: "plc", ID: `["public","pump1"]`, Name: "pump1", Found: []Found{node("", "speed", `{"schema":"public","table":"pump1","column":"speed"}`), node("", "flow", `{"schema":"public","table":"pump1","column":"flow"}`)}},
			addresses: []string{`{"column":"speed","schema":"public","table":"{table}"}`, `{"column":"flow","schema":"public","table":"{table}"}`}, parameters: `device="plc" schema? table="pump1"`,
		},
		{
			name: "Modbus", branch: Branch{Device: "plc", Found: []Found{node("", "a", `{"table":"holding","address":100,"type":"int16"}`), node("", "b", `{"table":"holding","address":104,"type":"int16"}`)}},
			addresses: []string{`{"address":"{base}","table":"holding","type":"int16"}`, `{"address":"{base+4}","table":"holding","type":"int16"}`}, parameters: `device="plc" base=100`,
		},
		{
			name: "nothing alike", branch: Branch{Device: "plc", ID: "x", Name: "x", Found: []Found{node("", "a", `{"node":"ns=1;s=A"}`), node("", "b", `{"node":"ns=2;s=B"}`)}},
			addresses: []string{`{"node":"ns=1;s=A"}`, `{"node":"ns=2;s=B"}`}, parameters: `device="plc"`,
		},
		{
			name: "names that run on", branch: Branch{Device: "plc", ID: "h", Name: "P1", Found: []Found{node("", "a", `{"topic":"h/P1/a"}`), node("", "b", `{"topic":"h/P12/b"}`)}},
			addresses: []string{`{"topic":"{topic}/P1/a"}`, `{"topic":"{topic}/P12/b"}`}, parameters: `device="plc" topic="h"`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := FromBranch(c.branch, c.use)
			for i, p := range g.Properties {
				if string(p.Address) != c.addresses[i] {
					t.Errorf("address %s, want %s", p.Address, c.addresses[i])
				}
			}
			var got []string
			for _, p := range g.Parameters {
				if p.Used {
					got = append(got, p.ID+"="+string(g.Params[p.ID]))
				} else {
					got = append(got, p.ID+"?")
				}
			}
			if strings.Join(got, " ") != c.parameters {
				t.Errorf("parameters %s, want %s", strings.Join(got, " "), c.parameters)
			}
			usable(t, g)
		})
	}
	g := FromBranch(Branch{Device: "plc", Found: []Found{
		{Name: "Level", Title: "Level of the tank", Address: json.RawMessage(`{"node":"i=1"}`), Type: "float", Unit: "m", Low: &low, High: &high, Writable: true},
		{Name: "Level", Address: json.RawMessage(`{"node":"i=2"}`), Type: "weird"}, {Name: "..", Trail: []string{"a*b", ""}, Address: json.RawMessage(`{`), Type: "string"},
	}}, nil)
	p := g.Properties
	if p[0].Range == nil || p[0].Range.High != 12 || p[0].Unit != "m" || p[0].Title["en"] != "Level of the tank" || p[0].Write == nil || p[0].Device != "{device}" {
		t.Errorf("%+v", p[0])
	}
	if p[1].ID != "Level_2" || p[1].Type != "float" || p[2].ID != "a_b/value/value" {
		t.Errorf("%q %q %q", p[1].ID, p[1].Type, p[2].ID)
	}
	many := make([]Found, MaxGenerated+5)
	for i := range many {
		many[i] = node("", "n", `{"node":"x"}`)
	}
	if g := FromBranch(Branch{Found: many}, nil); len(g.Properties) != MaxGenerated || g.More != 5 {
		t.Errorf("%d %d", len(g.Properties), g.More)
	}
}

func FuzzFromSample(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `[{"a":{"value":1,"unit":"bar"}}]`, `{"a/b":{"":[]}}`, `{"x":{"x":1,"y":2}}`, `{"` + strings.Repeat("长", 300) + `":1}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sample string) {
		g, err := FromSample([]byte(sample))
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, p := range g.Properties {
			if _, err := tag.ParsePath("a/" + p.ID); err != nil || seen[p.ID] {
				t.Fatalf("%q: %v", p.ID, err)
			}
			seen[p.ID] = true
		}
	})
}

func FuzzFromBranch(f *testing.F) {
	f.Add("ns=2;s=A.B", "B", `{"node":"ns=2;s=A.B.c"}`, `{"node":"ns=2;s=A.B.d"}`)
	f.Add("", "", `{"address":1}`, `{"address":9}`)
	f.Fuzz(func(t *testing.T, id, name, a, b string) {
		for _, use := range [][]string{nil, {"device", "base", "node", "topic"}} {
			g := FromBranch(Branch{Device: "plc", ID: id, Name: name, Found: []Found{node("", name, a), node(id, name, b)}}, use)
			for _, p := range g.Properties {
				if _, err := tag.ParsePath("a/" + p.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
