package mqtt

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"sync"
)

// packetConn reads the packets of a connection before the library does. Publications of
// QoS 0 go straight from the buffer to the receiver: a library makes several objects and two
// hand-overs of each, and they are nearly all that comes in. Other publications that are
// larger than anybody looks at are cut down, so that a payload of any size costs little
// memory. It can be locked, as paho.golang does around each packet that it writes in parts.
type packetConn struct {
	net.Conn
	sync.Mutex
	in       *bufio.Reader
	got      BurstReceiver // nil leaves everything to the library
	largest  int           // bytes of a publication that are handed on
	version5 bool
	head     []byte // of a packet, still to be handed on
	body     int    // bytes of the packet still to be handed on
	skip     int    // bytes after them that are thrown away
}

// newPacketConn makes a packetConn of a connection that reads from src in the end, which is
// told to have got deliver what it has before it waits.
func newPacketConn(c net.Conn, src *source, got BurstReceiver, largest int, version5 bool) *packetConn {
	if src != nil && got != nil {
		src.settle = got.Settle
	}
	return &packetConn{Conn: c, in: bufio.NewReaderSize(c, sourceBuffer), got: got, largest: largest, version5: version5}
}

// Read implements io.Reader.
func (c *packetConn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(c.head) == 0 && c.body == 0 {
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	if len(c.head) > 0 {
		n := copy(p, c.head)
		c.head = c.head[n:]
		return n, nil
	}
	n, err := c.in.Read(p[:min(len(p), c.body)])
	c.body -= n
	return n, err
}

// next goes to the next packet that is for the library.
func (c *packetConn) next() error {
	for {
		taken, err := c.step()
		if !taken || err != nil {
			return err
		}
	}
}

// step reads the fixed header of the next packet (MQTT 5.0, clause 2.1), or all of a packet
// that it takes.
func (c *packetConn) step() (taken bool, err error) {
	if c.skip > 0 {
		n, err := c.in.Discard(c.skip)
		c.skip -= n
		if err != nil {
			return false, err
		}
	}
	first, err := c.in.ReadByte()
	if err != nil {
		return false, err
	}
	length, shift := 0, 0
	for {
		b, err := c.in.ReadByte()
		if err != nil {
			return false, err
		}
		length |= int(b&0x7F) << shift
		if b < 0x80 {
			break
		}
		if shift += 7; shift > 21 {
			return false, errors.New("the broker sent a packet of unknown length")
		}
	}
	if c.got != nil && first&0xF6 == 0x30 && length <= c.in.Size() && c.take(length) {
		return true, nil
	}
	if length > c.largest {
		if first>>4 != 3 { // only publications may be that large
			return false, fmt.Errorf("the broker sent a packet of %d bytes", length)
		}
		c.skip, length = length-c.largest, c.largest
	}
	c.body = length
	c.head = append(c.head[:0], first)
	for n := length; ; n >>= 7 {
		if n < 0x80 {
			c.head = append(c.head, byte(n))
			return false, nil
		}
		c.head = append(c.head, byte(n)|0x80)
	}
}

// take hands the body of a publication of QoS 0 to the receiver, unless it is one for the
// library.
func (c *packetConn) take(length int) bool {
	p, err := c.in.Peek(length)
	if err != nil {
		return false // the library sees the error as well
	}
	topic, payload, ok := publication(p, c.version5)
	if !ok {
		return false
	}
	c.got.Burst(topic, payload)
	_, _ = c.in.Discard(length) // as much as was seen
	return true
}

// publication takes the body of a publication of QoS 0 apart (3.3.2). It refuses what is
// broken and what has no topic or a topic alias: the library knows what to do about those.
func publication(p []byte, version5 bool) (topic, payload []byte, ok bool) {
	topic, rest, ok := prefixed(p)
	if !ok || len(topic) == 0 {
		return nil, nil, false
	}
	if version5 {
		n, rest, ok := varint(rest)
		if !ok || n > len(rest) || !passable(rest[:n]) {
			return nil, nil, false
		}
		return topic, rest[n:], true
	}
	return topic, rest, true
}

// passable says that the properties of a publication are well-formed and that none of them is
// needed to understand it.
func passable(p []byte) bool {
	for ok := true; len(p) > 0; {
		kind := p[0]
		p = p[1:]
		switch kind {
		case 0x01: // payload format indicator
			ok = len(p) >= 1
			p = p[min(1, len(p)):]
		case 0x02: // message expiry interval
			ok = len(p) >= 4
			p = p[min(4, len(p)):]
		case 0x0B: // subscription identifier
			_, p, ok = varint(p)
		case 0x03, 0x08, 0x09: // content type, response topic, correlation data
			_, p, ok = prefixed(p)
		case 0x26: // user property
			if _, p, ok = prefixed(p); ok {
				_, p, ok = prefixed(p)
			}
		default: // topic alias (0x23), or one that a publication does not have
			return false
		}
		if !ok {
			return false
		}
	}
	return true
}

// prefixed cuts off a field that begins with its length in two bytes (1.5.4).
func prefixed(p []byte) (field, rest []byte, ok bool) {
	if len(p) < 2 {
		return nil, nil, false
	}
	n := 2 + int(binary.BigEndian.Uint16(p))
	if n > len(p) {
		return nil, nil, false
	}
	return p[2:n], p[n:], true
}

// varint cuts off a variable byte integer (1.5.5).
func varint(p []byte) (n int, rest []byte, ok bool) {
	for i := range min(4, len(p)) {
		n |= int(p[i]&0x7F) << (7 * i)
		if p[i] < 0x80 {
			return n, p[i+1:], true
		}
	}
	return 0, nil, false
}
