package snmp

import (
	_ "embed"
	"strings"
	"sync"
)

// namesText are names of objects by number, one level a space: MIB-2 and what is common of
// the host, interface, UPS, printer and entity MIBs (RFC 3418, 2863, 4293, 2790, 1628, 3805, 6933,
// 3433), and UCD-SNMP. "rw" marks what can be written as a rule; the rest of a line is the
// unit, by UCUM.
//
//go:embed names.txt
var namesText string

// object is a known object.
type object struct {
	name     string
	unit     string
	writable bool
}

var names = sync.OnceValue(func() (n struct {
	byOID  map[string]object
	byName map[string]string
}) {
	n.byOID, n.byName = map[string]object{}, map[string]string{}
	var above []string // OIDs by level
	for line := range strings.Lines(namesText) {
		text := strings.TrimLeft(line, " ")
		level := len(line) - len(text)
		fields := strings.Fields(text)
		oid, o := fields[0], object{name: fields[1]}
		if level > 0 {
			oid = above[level-1] + "." + oid
		}
		for _, f := range fields[2:] {
			if f == "rw" {
				o.writable = true
			} else {
				o.unit = f
			}
		}
		above = append(above[:level], oid)
		n.byOID[oid], n.byName[o.name] = o, oid
	}
	return n
})

// oidOf is the object identifier of a known name.
func oidOf(name string) (string, bool) {
	oid, ok := names().byName[name]
	return oid, ok
}

// known is the object that an identifier belongs to, and what follows of its identifier.
func known(oid string) (o object, at, rest string) {
	for at = oid; ; {
		if o, ok := names().byOID[at]; ok {
			return o, at, strings.TrimPrefix(oid[len(at):], ".")
		}
		i := strings.LastIndexByte(at, '.')
		if i < 0 {
			return object{}, "", oid
		}
		at = at[:i]
	}
}

// nameOf is how an identifier is shown below another: sysDescr.0, or its last numbers.
func nameOf(oid, below string) string {
	o, at, rest := known(oid)
	switch {
	case len(at) <= len(below):
		return strings.TrimPrefix(strings.TrimPrefix(oid, below), ".")
	case rest == "":
		return o.name
	}
	return o.name + "." + rest
}
