package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/lineside/lineside/runtime/connector"
)

// Browse implements connector.Browser: one of each wave, the parts of the machines, the
// columns of the recording, and a setpoint with what follows it.
func (c *Connector) Browse(_ context.Context, id string) ([]connector.Node, error) {
	leaf := func(name, typ, unit string, writable bool, address map[string]any) connector.Node {
		raw, err := json.Marshal(address)
		if err != nil {
			panic(err) // only texts and numbers from here
		}
		return connector.Node{ID: id + "/" + name, Name: name, Address: raw, Type: typ, Unit: unit, Writable: writable}
	}
	switch id {
	case "":
		nodes := []connector.Node{
			{ID: "waves", Name: "waves", HasChild: true},
			{ID: "setpoint", Name: "setpoint", HasChild: true},
			{ID: "machine", Name: "machine", HasChild: true},
		}
		for _, m := range c.settings.Machines {
			nodes = append(nodes, connector.Node{ID: "machine/" + m.Name, Name: m.Name, HasChild: true})
		}
		if len(c.recording.columns) > 0 {
			nodes = append(nodes, connector.Node{ID: "replay", Name: "replay", HasChild: true})
		}
		return nodes, nil
	case "waves":
		var nodes []connector.Node
		for _, k := range []string{"sine", "ramp", "square", "random-walk"} {
			nodes = append(nodes, leaf(k, "float", "", false, map[string]any{"kind": k}))
		}
		return append(nodes, leaf("counter", "int", "", false, map[string]any{"kind": "counter"})), nil
	case "setpoint":
		return []connector.Node{
			leaf("setpoint", "float", "", true, map[string]any{"kind": "setpoint"}),
			leaf("value", "float", "", false, map[string]any{"kind": "follow"}),
		}, nil
	case "replay":
		var nodes []connector.Node
		for name, values := range c.recording.columns {
			nodes = append(nodes, leaf(name, values[0].Type().String(), "", false, map[string]any{"kind": "replay", "column": name}))
		}
		for i := range nodes {
			if nodes[i].Type == "none" {
				nodes[i].Type = "float"
			}
		}
		sort.Slice(nodes, func(i, j int) bool { return nodes[i].Name < nodes[j].Name })
		return nodes, nil
	}
	machine := ""
	if id != "machine" {
		name, ok := strings.CutPrefix(id, "machine/")
		if !ok {
			return nil, fmt.Errorf("browse %q: there is nothing of that name", id)
		}
		machine = name
	}
	part := func(name, typ, unit string) connector.Node {
		address := map[string]any{"kind": "machine", "part": name}
		if machine != "" {
			address["name"] = machine
		}
		return leaf(name, typ, unit, false, address)
	}
	return []connector.Node{part("state", "int", ""), part("speed", "float", "1/min"), part("counter", "int", ""), part("current", "float", "A")}, nil
}
