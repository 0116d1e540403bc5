package api

import (
	"context"
	"strings"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
)

// GenerateRequest asks for the properties of a model: of a sample of JSON, or of what a running device has
// below a node, such as a table of a database, an object of OPC UA or a device of Sparkplug.
type GenerateRequest struct {
	// Sample is one message of JSON.
	Sample string `json:"sample,omitempty" maxLength:"1048576"`
	// Device is the id of a running device.
	Device string `json:"device,omitempty"`
	// Node is the id of the node that is the machine, "" for the whole device; Name is its name.
	Node string `json:"node,omitempty"`
	Name string `json:"name,omitempty"`
	// Parameters are those that the addresses shall have, by their ids; those that are likely when left out.
	Parameters []string `json:"parameters,omitempty"`
}

func (s *Server) generateResource() {
	add(s, route{method: "POST", path: "/models/generate", id: "generateModel", tag: "models", summary: "Make the properties of a model from a sample or a device; nothing is saved", access: whole(auth.Design), maxBody: 2 << 20}, s.generateModel)
}

func (s *Server) generateModel(ctx context.Context, in *body[GenerateRequest]) (*body[plant.Generated], error) {
	b := in.Body
	if b.Device == "" {
		if strings.TrimSpace(b.Sample) == "" {
			return nil, spec.Problems{{Code: "value_missing", At: "/sample", Message: "There is neither a sample nor a device.", Hint: "Paste a message, or choose a device."}}
		}
		out, err := plant.FromSample([]byte(b.Sample))
		if err != nil {
			return nil, err
		}
		return answerWith(out)
	}
	found, err := s.engine.Explore(ctx, engine.Exploration{Device: b.Device, Node: b.Node})
	if err != nil {
		return nil, err
	}
	branch := plant.Branch{Device: b.Device, ID: b.Node, Name: b.Name}
	for i := range found.Nodes {
		n := &found.Nodes[i]
		if n.Group || n.Address == nil {
			continue // its parts are there
		}
		branch.Found = append(branch.Found, plant.Found{Trail: n.Trail, Name: n.Name, Title: n.Title, Address: n.Address, Type: n.Type, Writable: n.Writable, Unit: n.Unit, Low: n.Low, High: n.High})
	}
	if len(branch.Found) == 0 {
		return nil, spec.Problems{{Code: "nothing_found", At: "/node", Message: "There is nothing below this node that can be read.", Hint: "Choose another node."}}
	}
	out := plant.FromBranch(branch, b.Parameters)
	if !found.Complete {
		out.More++
	}
	return answerWith(out)
}
