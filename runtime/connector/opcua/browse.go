package opcua

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/gopcua/opcua/id"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
	ucum "github.com/lineside/lineside/runtime/unit"
)

// maxShown bounds the present value of a node in a browse.
const maxShown = 500

// entry is a node in the making.
type entry struct {
	link
	below       []link
	value       dataValue
	dataType    nodeID
	rank        int64
	access      byte
	unit, scope nodeID // EngineeringUnits and EURange
	unitName    string
	low, high   *float64
}

// Browse implements connector.Browser: what lies below a node by hierarchical references.
// The id of a node is its node id with the URI of the namespace. It looks one level deep and names each node once, so that loops in the address space
// do no harm. All is read in batches.
func (c *Connector) Browse(ctx context.Context, at string) ([]connector.Node, error) {
	s := c.current()
	if s == nil {
		return nil, connector.ErrNotConnected
	}
	node := nodeID{num: id.ObjectsFolder}
	if at != "" {
		ref, err := parseReference(at)
		if err != nil {
			return nil, fmt.Errorf("browse: %w", err)
		}
		var ok bool
		if node, ok = s.namespaces().resolve(ref); !ok {
			return nil, fmt.Errorf("browse: the server has no namespace %q", ref.uri)
		}
	}
	found, missing, err := s.browse(ctx, []browseID{{node: node, typ: hierarchical, classes: classObject | classVariable | classMethod}})
	if err != nil {
		return nil, err
	}
	if missing != nil {
		return nil, missing
	}
	var entries []*entry
	seen := map[nodeID]bool{node: true}
	for _, l := range found[0] {
		if !seen[l.node] {
			seen[l.node] = true
			entries = append(entries, &entry{link: l})
		}
	}
	if err := s.look(ctx, entries); err != nil {
		return nil, err
	}
	if err := s.describe(ctx, entries); err != nil {
		return nil, err
	}
	nodes := make([]connector.Node, len(entries))
	names := s.namespaces()
	for i, e := range entries {
		nodes[i] = e.node(names, node)
	}
	sort.SliceStable(nodes, func(i, k int) bool { return nodes[i].Name < nodes[k].Name })
	return nodes, nil
}

// look finds out what lies below the nodes: with it whether anything does, and where units
// and ranges are.
func (s *session) look(ctx context.Context, entries []*entry) error {
	ask := make([]browseID, 0, len(entries))
	var of []*entry
	for _, e := range entries {
		if e.class != classMethod {
			ask, of = append(ask, browseID{node: e.link.node, typ: hierarchical, classes: classObject | classVariable | classMethod}), append(of, e)
		}
	}
	below, _, err := s.browse(ctx, ask)
	if err != nil {
		return err
	}
	for i, e := range of {
		e.below = below[i]
		for _, l := range below[i] {
			switch {
			case l.nameSpace != 0:
			case l.name == "EngineeringUnits":
				e.unit = l.node
			case l.name == "EURange":
				e.scope = l.node
			}
		}
	}
	return nil
}

// describe reads what makes a variable a tag.
func (s *session) describe(ctx context.Context, entries []*entry) error {
	var reads []readID
	var take []func(d dataValue)
	add := func(node nodeID, attribute uint32, f func(d dataValue)) {
		reads, take = append(reads, readID{node: node, attribute: attribute}), append(take, f)
	}
	for _, e := range entries {
		if e.class != classVariable {
			continue
		}
		add(e.link.node, attributeValue, func(d dataValue) { e.value = d })
		add(e.link.node, attributeDataType, func(d dataValue) {
			if ref, err := parseReference(d.value.scalar.Text()); err == nil {
				e.dataType = ref.id
			}
		})
		add(e.link.node, attributeValueRank, func(d dataValue) { e.rank = d.value.scalar.Int() })
		add(e.link.node, attributeUserAccess, func(d dataValue) { e.access = byte(d.value.scalar.Int()) })
	}
	got, err := s.read(ctx, reads)
	if err != nil {
		return err
	}
	for i, d := range got {
		take[i](d)
	}
	return s.measures(ctx, entries)
}

// measures reads units and ranges.
func (s *session) measures(ctx context.Context, entries []*entry) error {
	var reads []readID
	for _, e := range entries {
		for _, n := range []nodeID{e.unit, e.scope} {
			if !n.isNull() {
				reads = append(reads, readID{node: n, attribute: attributeValue})
			}
		}
	}
	got, err := s.read(ctx, reads)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.unit.isNull() {
			e.unitName, got = unitOf(got[0]), got[1:]
		}
		if !e.scope.isNull() {
			e.low, e.high = rangeOf(got[0])
			got = got[1:]
		}
	}
	return nil
}

// unitOf is the unit of an EUInformation in UCUM, or its display name.
func unitOf(d dataValue) string {
	var info struct {
		Namespace string `json:"namespaceUri"`
		ID        int32  `json:"unitId"`
		Name      string `json:"displayName"`
	}
	if json.Unmarshal([]byte(d.value.scalar.Text()), &info) != nil {
		return ""
	}
	if u, ok := ucum.OfUNECENumber(info.ID); ok && info.Namespace == ucum.UNECE {
		return u.Code()
	}
	return info.Name
}

// rangeOf are the limits of a Range (OPC 10000-8, 5.6.2).
func rangeOf(d dataValue) (low, high *float64) {
	var limits struct {
		Low  *float64 `json:"low"`
		High *float64 `json:"high"`
	}
	if json.Unmarshal([]byte(d.value.scalar.Text()), &limits) != nil || limits.Low == nil || limits.High == nil || *limits.Low >= *limits.High {
		return nil, nil
	}
	return limits.Low, limits.High
}

// node makes what the wizard shows.
func (e *entry) node(names namespaces, object nodeID) connector.Node {
	id := names.refer(e.link.node).String()
	n := connector.Node{ID: id, Name: e.name, Title: e.title, HasChild: len(e.below) > 0}
	if n.Name == "" {
		n.Name = id
	}
	switch e.class {
	case classMethod:
		n.Type, n.Writable = "json", true
		n.Address = addressOf(map[string]string{"node": id, "kind": "method", "object": names.refer(object).String()})
	case classVariable:
		n.Type, n.Writable = e.tagType(), e.access&2 != 0
		n.Unit, n.Low, n.High = e.unitName, e.low, e.high
		n.Address = addressOf(map[string]string{"node": id})
		if shown := e.value.value.appendJSON(nil); !e.value.status.bad() && len(shown) <= maxShown && e.value.value.typ != typeNull {
			n.Value = shown
		}
	}
	return n
}

func addressOf(a map[string]string) json.RawMessage {
	raw, _ := json.Marshal(a) // texts only
	return raw
}

// standard are data types of namespace 0 that are not built-in ones but often met.
var standard = map[uint32]tag.Type{
	id.Number: tag.Float, id.Integer: tag.Int, id.UInteger: tag.Int, id.Enumeration: tag.Int,
	id.Duration: tag.Float, id.UtcTime: tag.String, id.LocaleID: tag.String,
}

// tagType is the type of tag that fits a variable: by its present value, else by its data type.
func (e *entry) tagType() string {
	if e.value.value.array || e.rank >= 0 && !e.dataType.isNull() && e.value.value.typ == typeNull {
		return tag.JSON.String()
	}
	typ := e.value.value.typ
	if typ == typeNull && e.dataType.ns == 0 && e.dataType.kind == 0 {
		if t, ok := standard[e.dataType.num]; ok {
			return t.String()
		}
		if e.dataType.num <= typeDiagnostic {
			typ = byte(e.dataType.num)
		}
	}
	switch typ {
	case typeBoolean:
		return tag.Bool.String()
	case typeSByte, typeByte, typeInt16, typeUInt16, typeInt32, typeUInt32, typeInt64, typeUInt64, typeStatus:
		return tag.Int.String()
	case typeFloat, typeDouble:
		return tag.Float.String()
	case typeByteString:
		return tag.Bytes.String()
	case typeNull, typeExtension, typeDataValue, typeVariant, typeDiagnostic:
		return tag.JSON.String()
	}
	return tag.String.String()
}

// Identify says what the server is: product, maker and version (OPC 10000-5, 12.4).
func (c *Connector) Identify(ctx context.Context) (string, error) {
	s := c.current()
	if s == nil {
		return "", connector.ErrNotConnected
	}
	var reads []readID
	for _, n := range []uint32{id.Server_ServerStatus_BuildInfo_ProductName, id.Server_ServerStatus_BuildInfo_ManufacturerName, id.Server_ServerStatus_BuildInfo_SoftwareVersion} {
		reads = append(reads, readID{node: nodeID{num: n}, attribute: attributeValue})
	}
	got, err := s.read(ctx, reads)
	if err != nil {
		return "", err
	}
	var parts []string
	for _, d := range got {
		if text := d.value.scalar; !d.status.bad() && text.Type() == tag.String && text.Text() != "" {
			parts = append(parts, clip(text.Text()))
		}
	}
	return strings.Join(append(parts, s.channel.secure.policy), " · "), nil
}
