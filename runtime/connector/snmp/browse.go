package snmp

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/gosnmp/gosnmp"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// Bounds of browsing one node.
const (
	lookAt      = 500    // objects that are looked at before whole branches are stepped over
	maxChildren = 10_000 // nodes that are listed
)

// roots are what browsing begins with: the standard objects and those of makers.
var roots = []string{"1.3.6.1.2.1", "1.3.6.1.4.1", "1.0"}

// labels are the columns that name the rows of a table, by the entry of the table.
var labels = map[string]string{
	"ifEntry": "ifDescr", "ifXEntry": "ifDescr", "hrStorageEntry": "hrStorageDescr", "hrDeviceEntry": "hrDeviceDescr", "dskEntry": "dskPath", "laEntry": "laNames",
	"hrSWRunEntry": "hrSWRunName", "hrSWRunPerfEntry": "hrSWRunName", "entPhysicalEntry": "entPhysicalName", "entPhySensorEntry": "entPhysicalName", "prtMarkerSuppliesEntry": "prtMarkerSuppliesDescription",
}

// branch is what lies below one number of a node.
type branch struct {
	oid   string
	first gosnmp.SnmpPDU
	count int // objects seen
	more  bool
}

// Browse implements connector.Browser: the tree of object identifiers as far as the
// device has objects, levels with a single branch left out.
func (c *Connector) Browse(ctx context.Context, id string) ([]connector.Node, error) {
	if id != "" {
		oid, err := parseOID(id)
		if err != nil {
			return nil, fmt.Errorf("browse %q: %w", id, err)
		}
		return c.nodes(ctx, oid)
	}
	var all []connector.Node
	for _, root := range roots {
		nodes, err := c.nodes(ctx, root)
		if err != nil {
			return nil, err
		}
		all = append(all, nodes...)
	}
	return all, nil
}

// nodes are those below an object identifier.
func (c *Connector) nodes(ctx context.Context, below string) ([]connector.Node, error) {
	branches, err := c.branches(ctx, below)
	if err != nil {
		return nil, plain(err)
	}
	for len(branches) == 1 && (branches[0].more || branches[0].count > 1) && len(below) < 600 {
		below = branches[0].oid
		if branches, err = c.branches(ctx, below); err != nil {
			return nil, plain(err)
		}
	}
	titles, err := c.titles(ctx, below, branches)
	if err != nil {
		return nil, plain(err)
	}
	nodes := make([]connector.Node, 0, len(branches))
	for _, b := range branches {
		if b.more || b.count > 1 {
			nodes = append(nodes, connector.Node{ID: b.oid, Name: nameOf(b.oid, below), HasChild: true})
			continue
		}
		n := leaf(b.first, below)
		n.Title = titles[strings.TrimPrefix(strings.TrimPrefix(n.ID, below), ".")]
		nodes = append(nodes, n)
	}
	return nodes, nil
}

// leaf is the node of one object, with its present value.
func leaf(v gosnmp.SnmpPDU, below string) connector.Node {
	oid := strings.TrimPrefix(v.Name, ".")
	o, _, _ := known(oid)
	address, err := json.Marshal(map[string]string{"oid": oid})
	if err != nil {
		panic(err) // a map of texts
	}
	n := connector.Node{ID: oid, Name: nameOf(oid, below), Address: address, Type: "string", Writable: o.writable, Unit: o.unit}
	if v.Type == gosnmp.TimeTicks && n.Unit == "" {
		n.Unit = "cs"
	}
	p := point{format: "auto"}
	if value, q := p.decode(v); q == tag.Good {
		n.Value = value.AppendJSON(nil)
		n.Type = value.Type().String()
	}
	return n
}

// branches looks below an object identifier: at each object, as long as they are few or
// each is a branch of its own, then by stepping over whole branches.
func (c *Connector) branches(ctx context.Context, below string) ([]branch, error) {
	var out []branch
	at, last, seen, many := below, below, 0, true
	for len(out) < maxChildren && seen < 3*maxChildren {
		answer, err := c.session.next(ctx, at, many)
		if err != nil {
			return nil, err
		}
		if answer.Error == gosnmp.NoSuchName { // version 1: that was the last
			return out, nil
		}
		if answer.Error != gosnmp.NoError {
			return nil, statusOf(answer.Error)
		}
		if len(answer.Variables) == 0 {
			return out, nil
		}
		for _, v := range answer.Variables {
			oid := strings.TrimPrefix(v.Name, ".")
			rest, inside := strings.CutPrefix(oid, below+".")
			if !inside || v.Type == gosnmp.EndOfMibView || v.Type == gosnmp.NoSuchObject || v.Type == gosnmp.NoSuchInstance {
				return out, nil
			}
			if compareOID(oid, last) <= 0 || compareOID(oid, at) <= 0 {
				return nil, fmt.Errorf("the device goes around in circles: %s follows %s", oid, last)
			}
			last = oid
			seen++
			arc, _, _ := strings.Cut(rest, ".")
			if n := len(out); n == 0 || out[n-1].oid != below+"."+arc {
				out = append(out, branch{oid: below + "." + arc, first: v})
			}
			out[len(out)-1].count++
		}
		at = last
		if seen >= lookAt && len(out) < seen/2 {
			many = false
			out[len(out)-1].more = true
			at = out[len(out)-1].oid + "." + strconv.FormatUint(1<<32-1, 10)
		}
	}
	return nil, fmt.Errorf("there is too much below %s to be listed", below)
}

// titles are the names of the rows of a table, by the instance of the row.
func (c *Connector) titles(ctx context.Context, column string, branches []branch) (map[string]string, error) {
	_, at, rest := known(column)
	i := strings.LastIndexByte(at, '.')
	if rest != "" || i < 0 || len(branches) == 0 {
		return nil, nil
	}
	label, ok := oidOf(labels[names().byOID[at[:i]].name])
	if !ok || label == column {
		return nil, nil
	}
	rows, err := c.branches(ctx, label)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	p := point{format: "text", typ: tag.String}
	for _, r := range rows {
		if v, q := p.decode(r.first); q == tag.Good {
			out[strings.TrimPrefix(strings.TrimPrefix(r.first.Name, "."), label+".")] = v.Text()
		}
	}
	return out, nil
}
