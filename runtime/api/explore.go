package api

import (
	"context"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/tag"
)

// DeviceExplore asks what a device has anywhere below a node.
type DeviceExplore struct {
	DeviceBrowse
	// Find are words that path or title must have; "" finds everything that can become a tag.
	Find string `json:"find,omitempty" maxLength:"200"`
	// Limit is how many nodes are answered at most; 10000 when left out.
	Limit int `json:"limit,omitempty" minimum:"0" maximum:"10000"`
}

// DevicePeek asks for values at addresses that need not be tags.
type DevicePeek struct {
	DeviceBrowse
	Points []engine.PeekPoint `json:"points" maxItems:"500"`
}

// DeviceValues are values in the order of the points.
type DeviceValues struct {
	// Supported is false for a kind of device that only sends of its own accord.
	Supported bool               `json:"supported"`
	Values    []engine.PeekValue `json:"values" nullable:"false"`
}

// TakenRequest asks which paths are in use already.
type TakenRequest struct {
	Paths []string `json:"paths" maxItems:"20000"`
}

// TakenPaths are those in use, and the version of the plant in which they are.
type TakenPaths struct {
	ETag  string      `json:"etag"`
	Taken []TakenPath `json:"taken" nullable:"false"`
}

// TakenPath is a path in use.
type TakenPath struct {
	Path string `json:"path"`
	// Device or Asset is what the tag there belongs to; neither for one that is computed or memory.
	Device string `json:"device,omitempty"`
	Asset  string `json:"asset,omitempty"`
}

func (s *Server) exploreResource() {
	add(s, route{method: "POST", path: "/devices/explore", id: "exploreDevice", tag: "devices", summary: "List everything that a device has below a node, or search it", access: whole(auth.Design)}, s.exploreDevice)
	add(s, route{method: "POST", path: "/devices/values", id: "peekDevice", tag: "devices", summary: "Read addresses of a device once", access: whole(auth.Design)}, s.peekDevice)
	add(s, route{method: "POST", path: "/plant/taken", id: "takenPaths", tag: "plant", summary: "Which paths of tags are in use", access: anywhere(auth.Design), maxBody: 16 << 20}, s.takenPaths)
}

func (s *Server) exploreDevice(ctx context.Context, in *body[DeviceExplore]) (*body[*engine.Explored], error) {
	b := in.Body
	found, err := s.engine.Explore(ctx, engine.Exploration{Device: b.Device, Connector: b.Connector, Settings: b.Settings, Node: b.Node, Find: b.Find, Limit: b.Limit})
	if err != nil {
		return nil, err
	}
	return answerWith(found)
}

func (s *Server) peekDevice(ctx context.Context, in *body[DevicePeek]) (*body[DeviceValues], error) {
	b := in.Body
	values, err := s.engine.Peek(ctx, b.Device, b.Connector, b.Settings, b.Points)
	if err != nil {
		return nil, err
	}
	return answerWith(DeviceValues{Supported: values != nil, Values: orEmpty(values)})
}

func (s *Server) takenPaths(ctx context.Context, in *body[TakenRequest]) (*body[TakenPaths], error) {
	p, etag, err := s.readPlant(ctx)
	if err != nil {
		return nil, err
	}
	out := TakenPaths{ETag: quote(etag), Taken: []TakenPath{}}
	asked := make(map[string]bool, len(in.Body.Paths))
	for _, path := range in.Body.Paths {
		asked[path] = true
	}
	rights := actorOf(ctx).Rights
	for i := range p.Tags {
		t := &p.Tags[i]
		if !asked[string(t.Path)] {
			continue
		}
		row := TakenPath{Path: string(t.Path)}
		if rights.Allows(auth.View, t.Path) {
			row.Device = t.Device
		}
		out.Taken = append(out.Taken, row)
	}
	x := s.engine.Expansion()
	for i := range x.Tags {
		if asset := x.Asset(i); asset != "" && asked[string(x.Tags[i].Path)] {
			row := TakenPath{Path: string(x.Tags[i].Path)}
			if rights.Allows(auth.View, tag.Path(row.Path)) {
				row.Asset = string(asset)
			}
			out.Taken = append(out.Taken, row)
		}
	}
	return answerWith(out)
}
