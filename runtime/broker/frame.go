package broker

import "encoding/binary"

// frame says what one message of quality of service 0 carries beside topic and payload.
type frame struct {
	v5     bool
	retain bool
	// identifiers are of the subscriptions that select the topic (MQTT 5, 3.3.2.3.8).
	identifiers []int
	// correlation is handed back to who asked (3.3.2.3.6); hasCorrelation tells an empty one from none.
	correlation    []byte
	hasCorrelation bool
}

// append appends a PUBLISH packet (MQTT 5, 3.3; 3.1.1, 3.3).
func (f frame) append(dst []byte, topic string, payload []byte) []byte {
	properties := 0
	for _, id := range f.identifiers {
		properties += 1 + varintSize(id)
	}
	if f.hasCorrelation {
		properties += 3 + len(f.correlation)
	}
	size := 2 + len(topic) + len(payload)
	if f.v5 {
		size += varintSize(properties) + properties
	}
	first := byte(0x30)
	if f.retain {
		first |= 1
	}
	dst = appendVarint(append(dst, first), size)
	dst = append(binary.BigEndian.AppendUint16(dst, uint16(len(topic))), topic...)
	if f.v5 {
		dst = appendVarint(dst, properties)
		for _, id := range f.identifiers {
			dst = appendVarint(append(dst, 0x0B), id)
		}
		if f.hasCorrelation {
			dst = binary.BigEndian.AppendUint16(append(dst, 0x09), uint16(len(f.correlation)))
			dst = append(dst, f.correlation...)
		}
	}
	return append(dst, payload...)
}

// appendVarint appends a variable byte integer (1.5.5).
func appendVarint(dst []byte, n int) []byte {
	for n >= 0x80 {
		dst = append(dst, byte(n)|0x80)
		n >>= 7
	}
	return append(dst, byte(n))
}

func varintSize(n int) int {
	size := 1
	for n >= 0x80 {
		n >>= 7
		size++
	}
	return size
}
