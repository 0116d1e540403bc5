package snmp

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Address says which object a tag is.
type Address struct {
	OID string `json:"oid" title:"Object identifier (OID)" zh:"对象标识符 (OID)" help:"With the instance at its end: 1.3.6.1.2.1.1.3.0. Standard names are known: sysUpTime.0, ifInOctets.2." helpZh:"末尾含实例号：1.3.6.1.2.1.1.3.0。也可使用标准名称：sysUpTime.0、ifInOctets.2。" required:"true" min:"3" max:"600"`
	// Format is how the bytes of an OCTET STRING, or a number, are meant.
	Format string `json:"format,omitempty" title:"Meaning" zh:"含义" help:"How the bytes of a text, or a number, are meant. Automatic is text where it can be read, else hexadecimal." helpZh:"字节串或数字的含义。自动：可读时为文本，否则为十六进制。" enum:"auto=Automatic|自动,text=Text|文本,hex=Hexadecimal|十六进制,date=Date and time|日期和时间,truth=TruthValue (1 true 2 false)|TruthValue（1 真 2 假）" default:"auto"`
	// Type is in what SNMP type it is written.
	Type string `json:"type,omitempty" title:"Type for writing" zh:"写入类型" help:"Automatic asks the device." helpZh:"自动：向设备查询。" enum:"auto=Automatic|自动,integer=INTEGER,gauge=Gauge32 / Unsigned32,counter=Counter32,counter64=Counter64,timeticks=TimeTicks,octets=OCTET STRING,ipaddress=IpAddress,oid=OBJECT IDENTIFIER" default:"auto" advanced:"true"`
}

// maxArcs is the longest object identifier (RFC 2578, 3.5).
const maxArcs = 128

// parseOID checks an object identifier, or makes one of a standard name, without a
// leading dot.
func parseOID(text string) (string, error) {
	text = strings.TrimPrefix(strings.TrimSpace(text), ".")
	if name, rest, _ := strings.Cut(text, "."); name != "" && (name[0] < '0' || name[0] > '9') {
		if _, after, ok := strings.Cut(name, "::"); ok { // IF-MIB::ifInOctets
			name = after
		}
		oid, ok := oidOf(name)
		if !ok {
			return "", fmt.Errorf("no standard object is named %q", name)
		}
		text = oid
		if rest != "" {
			text += "." + rest
		}
	}
	arcs := strings.Split(text, ".")
	if len(arcs) < 2 || len(arcs) > maxArcs {
		return "", fmt.Errorf("an object identifier has 2 to %d numbers", maxArcs)
	}
	for i, arc := range arcs {
		n, err := strconv.ParseUint(arc, 10, 32)
		if err != nil || arc != strconv.FormatUint(n, 10) || i == 0 && n > 2 || i == 1 && arcs[0] != "2" && n > 39 {
			return "", fmt.Errorf("%q is not a number of an object identifier", arc)
		}
	}
	return text, nil
}

// ParseAddress decodes and checks an address of a tag of type t. Problems are spec.Problems.
// The OID of what it returns is numbers only.
func ParseAddress(raw json.RawMessage, t tag.Type, writable bool) (*Address, error) {
	a := &Address{}
	if err := spec.Decode(raw, a); err != nil {
		return nil, err
	}
	var ps spec.Problems
	oid, err := parseOID(a.OID)
	if err != nil {
		ps.Add("snmp_oid", "/oid", "Write numbers with dots between them, such as 1.3.6.1.2.1.1.3.0, or sysUpTime.0.", "%q is not an object identifier: %v.", a.OID, err)
	}
	a.OID = oid
	if t == tag.JSON {
		ps.Add("type_mismatch", "/oid", "Choose bool, int, float, string or bytes for the tag.", "An SNMP object holds one value.")
	}
	if writable && a.Format == "date" {
		ps.Add("not_writable", "/format", "Make the tag read-only, or choose hexadecimal.", "Dates are not written.")
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return a, nil
}

// point is a tag with its object.
type point struct {
	id     int
	oid    string
	format string
	kind   kind // in which it is written, kindAuto: as the device has it
	typ    tag.Type
}

// resolve makes a point. The error is a *connector.StatusError.
func resolve(cp connector.Point) (point, error) {
	a, ok := cp.Address.(*Address)
	if !ok {
		return point{}, &connector.StatusError{Quality: tag.BadConfigurationError, Message: fmt.Sprintf("%s has no SNMP address", cp.Path)}
	}
	return point{id: cp.ID, oid: a.OID, format: a.Format, kind: kindNames[a.Type], typ: cp.Type}, nil
}
