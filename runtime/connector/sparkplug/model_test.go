package sparkplug

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/plant"
)

// The birth of a device becomes a model: its metrics are properties with units and ranges, and its name is what differs
// from one to the next.
func TestModelOfABirth(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	peer.StartSparkplugNode(t, m.Port, "plant", "line1")
	c := build(t, m.Port, "")
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	b := plant.Branch{Device: "edge", ID: "plant/line1/d/press", Name: "press"}
	var visit func(id string, trail []string)
	visit = func(id string, trail []string) {
		nodes, err := c.Browse(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range nodes {
			if n.HasChild {
				visit(n.ID, append(append([]string{}, trail...), n.Name))
			} else if n.Address != nil {
				b.Found = append(b.Found, found(n, trail))
			}
		}
	}
	visit(b.ID, nil)
	g := plant.FromBranch(b, nil)
	model := plant.Model{ID: "press", Properties: g.Properties}
	for _, p := range g.Parameters {
		if p.Used {
			model.Parameters = append(model.Parameters, p.Parameter)
		}
	}
	doc := &plant.Plant{Format: plant.Format, Devices: []plant.Device{{ID: "edge", Connector: "sparkplug"}}, Models: []plant.Model{model}, Assets: []plant.Asset{{Path: "hall/press1", Model: "press", Params: g.Params}}}
	if ps := plant.Validate(doc); ps.Errors() {
		t.Fatal(ps)
	}
	x, _ := plant.Examine(doc)
	for i := range x.Tags {
		if x.Tags[i].Path != "hall/press1/温度/入口" {
			continue
		}
		one := x.Tags[i]
		var address map[string]any
		_ = json.Unmarshal(one.Address, &address)
		if one.Device != "edge" || address["device"] != "press" || address["metric"] != "温度/入口" || one.Range == nil || one.Range.High != 150 || one.Write == nil {
			t.Errorf("%+v %s", one, one.Address)
		}
		if !strings.Contains(string(g.Params["device2"]), "press") {
			t.Errorf("params %s", g.Params)
		}
		return
	}
	t.Fatalf("the metric is missing: %+v", g.Properties)
}

func found(n connector.Node, trail []string) plant.Found {
	return plant.Found{Trail: trail, Name: n.Name, Title: n.Title, Address: n.Address, Type: n.Type, Writable: n.Writable, Unit: n.Unit, Low: n.Low, High: n.High}
}
