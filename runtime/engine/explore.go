package engine

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Bounds of exploring and peeking.
const (
	exploreTimeout = 30 * time.Second
	exploreDepth   = 24
	MaxExplored    = 50_000 // nodes looked at
	MaxFound       = 10_000 // nodes returned
	MaxPeeked      = 500
)

// Exploration asks what lies anywhere below a node.
type Exploration struct {
	// Device is a running one; else Connector and Settings say how to connect.
	Device    string
	Connector string
	Settings  json.RawMessage
	// Node is where to begin, "" for the root.
	Node string
	// Find are words that path or title must have, all of them; "" finds everything that can become a tag.
	Find string
	// Limit is how many are returned, MaxFound at most and when 0.
	Limit int
}

// FoundNode is a node somewhere in a device.
type FoundNode struct {
	// Trail are the names of the nodes that lead to it, from where exploring began.
	Trail []string `json:"trail" nullable:"false"`
	connector.Node
	// Group says that it can become a tag as a whole, but so can what lies below.
	Group bool `json:"group,omitempty"`
}

// Explored is what was found.
type Explored struct {
	Nodes []FoundNode `json:"nodes" nullable:"false"`
	// Looked is how many nodes were looked at.
	Looked int `json:"looked"`
	// Complete says that there is no more; else a limit or the time has ended it.
	Complete bool `json:"complete"`
}

// Explore walks through what a device has, level by level, each node once. Details of a value, such as the properties of
// an OPC UA variable, are not walked through.
func (e *Engine) Explore(ctx context.Context, ask Exploration) (*Explored, error) {
	ctx, cancel := context.WithTimeout(ctx, exploreTimeout)
	defer cancel()
	limit := min(ask.Limit, MaxFound)
	if limit <= 0 {
		limit = MaxFound
	}
	words := strings.Fields(strings.ToLower(ask.Find))
	out := &Explored{Nodes: []FoundNode{}}
	type level struct {
		id    string
		trail []string
		owner int // place in out.Nodes of the node that it lies below, if that can become a tag; else -1
	}
	next := []level{{id: ask.Node, owner: -1}}
	seen := map[string]bool{ask.Node: true}
	for len(next) > 0 {
		at := next[0]
		next = next[1:]
		nodes, err := e.Browse(ctx, ask.Device, ask.Connector, ask.Settings, at.id)
		if err != nil {
			if out.Looked > 0 && ctx.Err() != nil {
				return out, nil // what was found until the time was over
			}
			if out.Looked > 0 && !gone(err) {
				continue // one level that cannot be looked at
			}
			return nil, err
		}
		for i := range nodes {
			n := &nodes[i]
			if out.Looked++; out.Looked > MaxExplored {
				return out, nil
			}
			owner := -1
			if len(n.Address) > 0 && matches(n, at.trail, words) {
				if len(out.Nodes) == limit {
					return out, nil
				}
				owner = len(out.Nodes)
				out.Nodes = append(out.Nodes, FoundNode{Trail: append([]string{}, at.trail...), Node: *n})
				if at.owner >= 0 {
					out.Nodes[at.owner].Group = true
				}
			}
			inside := n.HasChild && (len(n.Address) == 0 || n.Type == "json" || n.Nested)
			if inside && !seen[n.ID] && len(at.trail) < exploreDepth {
				seen[n.ID] = true
				if n.Nested {
					owner = -1
				}
				next = append(next, level{n.ID, append(slices.Clone(at.trail), n.Name), owner})
			}
		}
	}
	out.Complete = true
	return out, nil
}

// gone reports whether an error says that there is no connection, so that going on is in vain.
func gone(err error) bool {
	var p *spec.Problem
	return errors.As(err, &p) && (p.Code == "not_connected" || p.Code == "connect_failed" || p.Code == "browse_unsupported" || p.Code == "timeout")
}

func matches(n *connector.Node, trail, words []string) bool {
	if len(words) == 0 {
		return true
	}
	text := strings.ToLower(strings.Join(trail, "/") + "/" + n.Name + " " + n.Title)
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// PeekPoint is an address whose value a person wants to see.
type PeekPoint struct {
	Address json.RawMessage `json:"address"`
	Type    string          `json:"type" enum:"bool,int,float,string,bytes,json"`
}

// PeekValue is the value at an address now.
type PeekValue struct {
	// Value is null when the quality is bad.
	Value       json.RawMessage `json:"value"`
	Quality     uint32          `json:"quality"`
	QualityName string          `json:"qualityName"`
}

// Peek reads addresses once, of a running device or with settings that need not be saved. The values are in the
// order of the points; nil says that this kind of device can only push. A wrong address has a bad quality.
func (e *Engine) Peek(ctx context.Context, deviceID, connectorID string, settings json.RawMessage, points []PeekPoint) ([]PeekValue, error) {
	samples := make([]tag.Sample, len(points))
	able := false
	err := e.visit(ctx, deviceID, connectorID, settings, func(ctx context.Context, typ *connector.Type, c connector.Connector) error {
		list := make([]connector.Point, 0, len(points))
		for i, p := range points {
			samples[i].Quality = tag.BadConfigurationError
			t, ok := tag.ParseType(p.Type)
			if !ok {
				continue
			}
			if address, err := typ.Address(p.Address, t, false); err == nil {
				samples[i].Quality = tag.BadNoData
				list = append(list, connector.Point{ID: i, Path: "peek", Address: address, Type: t})
			}
		}
		take := func(updates []connector.Update) {
			for _, u := range updates {
				if u.Point >= 0 && u.Point < len(samples) {
					samples[u.Point] = u.Sample
				}
			}
		}
		return guard(e.log, "connector "+typ.ID, func() error {
			if p, ok := c.(connector.Peeker); ok {
				able = true
				updates, err := p.Peek(ctx, list)
				take(updates)
				return err
			}
			for _, r := range c.Plan(list) {
				able = true
				updates, err := r.Read(ctx, nil)
				take(updates)
				switch {
				case err == nil:
				case errors.Is(err, connector.ErrNotConnected), ctx.Err() != nil:
					return err
				default:
					q := tag.BadCommunicationError
					if refusal := (*connector.StatusError)(nil); errors.As(err, &refusal) {
						q = refusal.Quality
					}
					for _, id := range r.Points() {
						samples[id] = tag.Sample{Quality: q}
					}
				}
			}
			return nil
		})
	})
	if err != nil {
		return nil, wrap("browse_failed", err)
	}
	if !able {
		return nil, nil
	}
	out := make([]PeekValue, len(samples))
	for i, s := range samples {
		out[i] = PeekValue{Value: json.RawMessage("null"), Quality: uint32(s.Quality), QualityName: s.Quality.String()}
		if !s.Quality.IsBad() {
			out[i].Value = s.Value.AppendJSON(nil)
		}
	}
	return out, nil
}
