package opcua

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// nodeID is a NodeId (OPC 10000-3, 8.2) of one connection: its namespace is an index into
// the server's table. kind is 0 for a number, else 's', 'g' or 'b'. It can be a key.
type nodeID struct {
	text string
	num  uint32
	ns   uint16
	kind byte
}

func (id nodeID) isNull() bool { return id == nodeID{} }

// identifier is the part behind the namespace: "i=2258", "s=Line.Speed", "g=…", "b=…".
func (id nodeID) identifier() string {
	switch id.kind {
	case 0:
		return "i=" + strconv.FormatUint(uint64(id.num), 10)
	case 'b':
		return "b=" + base64.StdEncoding.EncodeToString([]byte(id.text))
	}
	return string(rune(id.kind)) + "=" + id.text
}

// String is the node id with the index of its namespace, as it is written by most tools.
func (id nodeID) String() string {
	if id.ns == 0 {
		return id.identifier()
	}
	return fmt.Sprintf("ns=%d;%s", id.ns, id.identifier())
}

// reference is a node id as it stands in an address: the namespace by its URI, which stays
// the same when the server orders its namespaces anew, or by index.
type reference struct {
	uri string // "": by index, in id.ns
	id  nodeID
}

// String writes the reference as OPC 10000-6, 5.1.12 has it.
func (r reference) String() string {
	if r.uri == "" {
		return r.id.String()
	}
	return "nsu=" + strings.NewReplacer("%", "%25", ";", "%3B").Replace(r.uri) + ";" + r.id.identifier()
}

// parseReference reads "i=2258", "ns=2;s=Line.Speed" and "nsu=http://vendor/;s=Line.Speed".
func parseReference(s string) (reference, error) {
	var r reference
	rest := s
	if after, ok := strings.CutPrefix(rest, "nsu="); ok {
		uri, id, ok := strings.Cut(after, ";")
		if !ok || uri == "" {
			return r, errors.New("the namespace is not followed by a node")
		}
		r.uri, rest = strings.NewReplacer("%3B", ";", "%3b", ";", "%25", "%").Replace(uri), id
	} else if after, ok := strings.CutPrefix(rest, "ns="); ok {
		index, id, ok := strings.Cut(after, ";")
		n, err := strconv.ParseUint(index, 10, 16)
		if !ok || err != nil {
			return r, fmt.Errorf("%q is not the index of a namespace", index)
		}
		r.id.ns, rest = uint16(n), id
	}
	kind, value, ok := strings.Cut(rest, "=")
	if !ok {
		return r, errors.New("the node is not of the form i=number or s=text")
	}
	switch kind {
	case "i":
		n, err := strconv.ParseUint(value, 10, 32)
		if err != nil {
			return r, fmt.Errorf("%q is not a number of 32 bits", value)
		}
		r.id.num = uint32(n)
	case "s":
		if value == "" {
			return r, errors.New("the node has no name")
		}
		r.id.kind, r.id.text = 's', value
	case "g":
		b, err := parseGUID(value)
		if err != nil {
			return r, err
		}
		r.id.kind, r.id.text = 'g', fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
	case "b":
		b, err := base64.StdEncoding.DecodeString(value)
		if err != nil || len(b) == 0 {
			return r, fmt.Errorf("%q is not base64", value)
		}
		r.id.kind, r.id.text = 'b', string(b)
	default:
		return r, fmt.Errorf("%q is not a kind of node id", kind)
	}
	return r, nil
}

// parseGUID reads a GUID in its usual form; the bytes are in the order of the text.
func parseGUID(s string) (out [16]byte, err error) {
	b, err := hex.DecodeString(strings.ReplaceAll(strings.Trim(s, "{}"), "-", ""))
	if err != nil || len(b) != len(out) {
		return out, fmt.Errorf("%q is not a GUID", s)
	}
	return [16]byte(b), nil
}

// namespaces is the server's table of namespace URIs.
type namespaces []string

// resolve finds the node of a reference on this server.
func (n namespaces) resolve(r reference) (nodeID, bool) {
	if r.uri == "" {
		return r.id, true
	}
	for i, uri := range n {
		if uri == r.uri {
			id := r.id
			id.ns = uint16(i)
			return id, true
		}
	}
	return nodeID{}, false
}

// refer names a node in a way that outlives a restart of the server.
func (n namespaces) refer(id nodeID) reference {
	if id.ns == 0 || int(id.ns) >= len(n) || n[id.ns] == "" {
		return reference{id: id}
	}
	uri := n[id.ns]
	id.ns = 0
	return reference{uri: uri, id: id}
}
