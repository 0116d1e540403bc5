package opcua

import (
	"testing"

	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/plant"
)

// What an object of a server that is not ours has becomes a model with units and ranges.
func TestModelOfAnObject(t *testing.T) {
	server := peer.StartOPCUA(t)
	c := newClient(t, settings(server.Port, plain)).connect()
	nodes, err := c.Browse(t.Context(), test+"Test")
	if err != nil {
		t.Fatal(err)
	}
	b := plant.Branch{Device: "plc", ID: test + "Test", Name: "Test"}
	for _, n := range nodes {
		if n.Address != nil {
			b.Found = append(b.Found, plant.Found{Name: n.Name, Title: n.Title, Address: n.Address, Type: n.Type, Writable: n.Writable, Unit: n.Unit, Low: n.Low, High: n.High})
		}
	}
	g := plant.FromBranch(b, nil)
	doc := &plant.Plant{Format: plant.Format, Devices: []plant.Device{{ID: "plc", Connector: "opcua"}},
		Models: []plant.Model{{ID: "m", Parameters: []plant.Parameter{g.Parameters[0].Parameter}, Properties: g.Properties}},
		Assets: []plant.Asset{{Path: "hall/machine", Model: "m", Params: g.Params}}}
	if ps := plant.Validate(doc); ps.Errors() {
		t.Fatal(ps)
	}
	for _, p := range g.Properties {
		if p.ID == "level" {
			if p.Unit != "m" || p.Range == nil || p.Range.High != 12 || p.Device != "{device}" || p.Write == nil {
				t.Errorf("%+v", p)
			}
			return
		}
	}
	t.Errorf("level is missing among %d properties", len(g.Properties))
}
