package s7

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/lineside/lineside/runtime/connector"
)

// System status lists (SZL) and what of them tells what a controller is. They are described
// in "System Software for S7-300/400, System and Standard Functions", chapter 33.
const (
	listModule     = 0x0011 // order numbers and versions
	listComponents = 0x001C // names
	listState      = 0x0424 // operating state

	maxListParts = 32
)

// Identify implements connector.Identifier: the kind of CPU, its order number, firmware,
// name and state, as far as the controller tells. Newer ones tell less.
func (c *Connector) Identify(ctx context.Context) (string, error) {
	var facts []string
	add := func(fact string) {
		if fact != "" {
			facts = append(facts, fact)
		}
	}
	names, err := c.list(ctx, listComponents, 0)
	if lost(err) {
		return "", err
	}
	add(printable(names[7], 24))
	modules, err := c.list(ctx, listModule, 0)
	if lost(err) {
		return "", err
	}
	add(printable(modules[1], 20))
	if v := modules[7]; len(v) >= 26 {
		add(fmt.Sprintf("V%d.%d.%d", v[23], v[24], v[25]))
	}
	if name := printable(names[1], 24); name != "" {
		add("“" + name + "”")
	}
	states, err := c.list(ctx, listState, 0)
	if lost(err) {
		return "", err
	}
	for _, s := range states { // its records begin with an event, not with an index
		if len(s) >= 2 {
			add(map[byte]string{4: "STOP", 8: "RUN"}[s[1]&15])
		}
	}
	return strings.Join(facts, " · "), nil
}

// lost reports whether the connection is gone; a controller that does not have a list is none.
func lost(err error) bool {
	var status *connector.StatusError
	return err != nil && (errors.Is(err, connector.ErrNotConnected) || !errors.As(err, &status))
}

// printable is the text in the first bytes of a record.
func printable(b []byte, n int) string {
	s, _, _ := strings.Cut(string(b[:min(len(b), n)]), "\x00")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s))
}

// list reads a system status list. Its records are given by the index that each begins
// with, without it.
func (c *Connector) list(ctx context.Context, id, index uint16) (map[uint16][]byte, error) {
	parameters := []byte{0, 1, 0x12, 4, 0x11, 0x44, 1, 0}
	data := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16([]byte{0xFF, dataOctets, 0, 4}, id), index)
	var whole []byte
	for range maxListParts {
		reply, err := c.link.exchange(ctx, rosctrUserdata, parameters, data)
		if err != nil {
			return nil, plain(err)
		}
		part, sequence, more, err := reply.listPart()
		if err != nil {
			return nil, err
		}
		whole = append(whole, part...)
		if !more {
			return records(whole), nil
		}
		parameters = []byte{0, 1, 0x12, 8, 0x12, 0x44, 1, sequence, 0, 0, 0, 0}
		data = []byte{0x0A, 0, 0, 0}
	}
	return nil, badReply("a system status list without an end")
}

// listPart is the piece of a system status list in an answer, and whether more follow.
func (r reply) listPart() (part []byte, sequence byte, more bool, err error) {
	p := r.parameters
	if len(p) < 12 || p[4] != 0x12 || p[5] != 0x84 {
		return nil, 0, false, badReply("parameters % x to a system status list", p[:min(len(p), 12)])
	}
	if f := failure(binary.BigEndian.Uint16(p[10:])); f != 0 {
		return nil, 0, false, f.status()
	}
	if len(r.data) < dataHeader {
		return nil, 0, false, badReply("a system status list of %d bytes", len(r.data))
	}
	if code := itemCode(r.data[0]); code != itemOK {
		return nil, 0, false, code.status()
	}
	n := int(binary.BigEndian.Uint16(r.data[2:]))
	if n > len(r.data)-dataHeader {
		return nil, 0, false, badReply("a system status list of %d bytes says that it has %d", len(r.data)-dataHeader, n)
	}
	return r.data[dataHeader : dataHeader+n], p[7], p[9] != 0, nil
}

// records cuts a system status list: its id, index, length and number of records come first.
func records(list []byte) map[uint16][]byte {
	out := map[uint16][]byte{}
	if len(list) < 8 {
		return out
	}
	length, rest := int(binary.BigEndian.Uint16(list[4:])), list[8:]
	if length < 2 {
		return out
	}
	for ; len(rest) >= length; rest = rest[length:] {
		out[binary.BigEndian.Uint16(rest)] = rest[2:length]
	}
	return out
}
