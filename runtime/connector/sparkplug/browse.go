package sparkplug

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/protocol/mqtt"
	"github.com/lineside/lineside/runtime/protocol/sparkplug"
)

// Bounds of browsing.
const (
	// firstLook is how long is listened on a fresh connection before anything is said: nodes are known
	// from when they send something.
	firstLook = 2 * time.Second
	maxShown  = 200   // bytes of a value
	maxParts  = 2_000 // of one metric
)

// Browse implements connector.Browser. The tree is group, edge node, then devices and folders of
// metrics, as names are parted by "/"; below a template its members, below a data set its cells. The
// id of a node is "group", "group/node", then "/d/device" for a device and "/m/folder/metric" for what
// is below; parts follow a line feed.
func (c *Connector) Browse(ctx context.Context, id string) ([]connector.Node, error) {
	s := c.current()
	if s == nil {
		return nil, connector.ErrNotConnected
	}
	at := parseID(id)
	if err := c.learn(ctx, s, at); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.host.browse(at)
}

// place is an id taken apart.
type place struct {
	sparkplug.NodeID
	device  string
	metrics bool   // below /m/
	path    string // of a folder or metric
	part    string
	parts   bool
}

func parseID(id string) (p place) {
	id, p.part, p.parts = strings.Cut(id, "\n")
	steps := strings.SplitN(id, "/", 3)
	p.Group = steps[0]
	if len(steps) > 1 {
		p.Node = steps[1]
	}
	if len(steps) < 3 {
		return p
	}
	rest := steps[2]
	if device, ok := strings.CutPrefix(rest, "d/"); ok {
		p.device, rest, _ = strings.Cut(device, "/")
	}
	p.path, p.metrics = strings.CutPrefix(rest, "m/")
	return p
}

// base is the id of a unit.
func (p place) base() string {
	s := p.NodeID.String()
	if p.device != "" {
		s += "/d/" + p.device
	}
	return s
}

// learn listens for a while on a fresh connection, and has the nodes that were heard say what they have.
func (c *Connector) learn(ctx context.Context, s mqtt.Session, at place) error {
	c.mu.Lock()
	if at.Node != "" {
		c.host.expect(at.NodeID, time.Now())
	}
	since := c.since
	c.mu.Unlock()
	for ctx.Err() == nil {
		if _, err := c.pump(ctx, s); err != nil {
			return err
		}
		c.mu.Lock()
		settled := c.host.settledBelow(at)
		c.mu.Unlock()
		if settled && (at.Node != "" || time.Since(since) >= firstLook) {
			return nil
		}
		timer := time.NewTimer(20 * time.Millisecond)
		select {
		case <-timer.C:
		case <-s.Lost():
			timer.Stop()
			return s.Why()
		case <-ctx.Done():
			timer.Stop()
		}
	}
	return ctx.Err()
}

// settledBelow reports whether there is nothing that is waited for: each node that was heard has
// been born, or had time to.
func (h *host) settledBelow(at place) bool {
	for id, n := range h.nodes {
		if (at.Group == "" || id.Group == at.Group) && (at.Node == "" || id.Node == at.Node) && !n.isBorn() && !n.deadline.IsZero() && h.ask {
			return false
		}
	}
	return true
}

func (h *host) browse(at place) ([]connector.Node, error) {
	var nodes []connector.Node
	switch {
	case at.Group == "":
		seen := map[string]bool{}
		for id, n := range h.nodes {
			if n.heard && !seen[id.Group] {
				seen[id.Group] = true
				nodes = append(nodes, connector.Node{ID: id.Group, Name: id.Group, HasChild: true})
			}
		}
	case at.Node == "":
		for id, n := range h.nodes {
			if n.heard && id.Group == at.Group {
				nodes = append(nodes, connector.Node{ID: id.String(), Name: id.Node, HasChild: n.isBorn()})
			}
		}
	default:
		n := h.nodes[at.NodeID]
		if n == nil {
			return nil, nil
		}
		if at.device == "" && !at.metrics {
			for device, u := range n.units {
				if device != "" {
					nodes = append(nodes, connector.Node{ID: at.NodeID.String() + "/d/" + device, Name: device, HasChild: len(u.metrics) > 0})
				}
			}
			sortNodes(nodes)
		}
		u := n.units[at.device]
		if u == nil {
			return nodes, nil
		}
		if at.parts || at.metrics && u.metrics[at.path] != nil && hasParts(u.metrics[at.path]) {
			below, err := u.parts(at)
			if at.parts || err != nil {
				return below, err
			}
			nodes = append(nodes, below...)
		}
		return append(nodes, u.folder(at)...), nil
	}
	sortNodes(nodes)
	return nodes, nil
}

func sortNodes(nodes []connector.Node) {
	slices.SortFunc(nodes, func(a, b connector.Node) int { return cmp.Compare(a.Name, b.Name) })
}

// folder lists what is directly below a folder of metrics, in the order of the birth.
func (u *unit) folder(at place) []connector.Node {
	prefix := ""
	if at.metrics {
		prefix = at.path + "/"
	}
	var nodes []connector.Node
	places := map[string]int{}
	for _, name := range u.order {
		rest, below := strings.CutPrefix(name, prefix)
		if !below {
			continue
		}
		level, _, deeper := strings.Cut(rest, "/")
		i, there := places[level]
		if !there {
			i = len(nodes)
			places[level] = i
			shown := level
			if level == "" {
				shown = "/" // a level without a name
			}
			nodes = append(nodes, connector.Node{ID: at.base() + "/m/" + prefix + level, Name: shown})
		}
		if deeper {
			nodes[i].HasChild = true
			continue
		}
		u.metrics[name].node(&nodes[i], at, u.alive)
	}
	return nodes
}

func hasParts(m *metric) bool {
	_, list := m.typ.Array()
	return list || m.value.DataSet() != nil || m.value.Template() != nil
}

// node describes a metric.
func (m *metric) node(n *connector.Node, at place, alive bool) {
	n.Title, n.Type, n.Unit, n.Low, n.High = m.description, m.typ.Tag().String(), m.unit, m.low, m.high
	n.Writable = !m.readOnly && m.name != sparkplug.BdSeq
	n.HasChild = n.HasChild || hasParts(m)
	n.Address = address(at, m.name, "")
	if alive && !m.null {
		n.Value = shown(m.value, m.typ)
	}
}

func shown(v sparkplug.Value, t sparkplug.DataType) json.RawMessage {
	if text := v.Plain(t).AppendJSON(nil); len(text) <= maxShown {
		return text
	}
	return nil
}

func address(at place, metric, part string) json.RawMessage {
	a := map[string]string{"group": at.Group, "node": at.Node, "metric": metric}
	if at.device != "" {
		a["device"] = at.device
	}
	if part != "" {
		a["part"] = part
	}
	raw, _ := json.Marshal(a) // texts only
	return raw
}

// parts lists the parts of a metric, or of a member of it.
func (u *unit) parts(at place) ([]connector.Node, error) {
	m := u.metrics[at.path]
	if m == nil {
		return nil, fmt.Errorf("browse: there is no metric %q", at.path)
	}
	v, t, _, ok := m.value.Select(m.typ, at.part)
	if !ok {
		return nil, nil
	}
	prefix := ""
	if at.part != "" {
		prefix = at.part + "/"
	}
	var nodes []connector.Node
	add := func(name, part, title, unit string, value sparkplug.Value, t sparkplug.DataType) {
		if len(nodes) >= maxParts {
			return
		}
		inner := &metric{name: m.name, typ: t, value: value, unit: unit, description: title, readOnly: m.readOnly}
		n := connector.Node{ID: at.base() + "/m/" + at.path + "\n" + part, Name: name}
		inner.node(&n, at, u.alive && !value.IsNone())
		n.Address = address(at, m.name, part)
		nodes = append(nodes, n)
	}
	switch {
	case v.Template() != nil:
		for i := range v.Template().Members {
			in := &v.Template().Members[i]
			one := &metric{name: in.Name, typ: in.Type, value: in.Value, null: in.Null}
			one.describe(in)
			add(in.Name, prefix+in.Name, one.description, one.unit, in.Value, in.Type)
			if k := len(nodes) - 1; k >= 0 && nodes[k].Name == in.Name {
				nodes[k].Low, nodes[k].High = one.low, one.high
				nodes[k].Writable = nodes[k].Writable && !one.readOnly
			}
		}
	case v.DataSet() != nil:
		d := v.DataSet()
		for r, row := range d.Rows {
			for k, cell := range row {
				add(fmt.Sprintf("%d/%s", r, d.Columns[k]), fmt.Sprintf("%s%d/%s", prefix, r, d.Columns[k]), "", "", cell, d.Types[k])
			}
		}
	default:
		if element, list := t.Array(); list {
			for i, e := range v.Elements(element, maxParts) {
				add(fmt.Sprint(i), fmt.Sprintf("%s%d", prefix, i), "", "", e, element)
			}
		}
	}
	return nodes, nil
}

// Identify implements connector.Identifier: it names the edge nodes that are heard in a moment.
func (c *Connector) Identify(ctx context.Context) (string, error) {
	s := c.current()
	if s == nil {
		return "", connector.ErrNotConnected
	}
	if err := c.learn(ctx, s, place{}); err != nil && ctx.Err() == nil {
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var names []string
	for id, n := range c.host.nodes {
		if n.heard {
			names = append(names, id.String())
		}
	}
	slices.Sort(names)
	if more := len(names) - 5; more > 0 {
		names = append(names[:5], fmt.Sprintf("… +%d", more))
	}
	return strings.Join(names, ", "), nil
}

var _ interface {
	connector.Subscriber
	connector.Browser
	connector.Identifier
} = (*Connector)(nil)
