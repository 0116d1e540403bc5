package s7

import (
	"encoding/binary"
	"fmt"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// The protocol is not published by Siemens; names and layouts are those of the Wireshark
// dissector packet-s7comm and of the Snap7 project.

// Kinds of message (ROSCTR).
const (
	rosctrJob      = 1
	rosctrAck      = 2
	rosctrAckData  = 3
	rosctrUserdata = 7
)

// Functions.
const (
	functionRead      = 0x04
	functionWrite     = 0x05
	functionNegotiate = 0xF0
)

// area is a memory area as it stands on the wire.
type area byte

const (
	areaInput   area = 0x81
	areaOutput  area = 0x82
	areaMemory  area = 0x83
	areaDB      area = 0x84
	areaCounter area = 0x1C
	areaTimer   area = 0x1D
)

// words reports whether the elements of the area are words that are counted one by one.
func (a area) words() bool { return a == areaCounter || a == areaTimer }

// Sizes of an item's element as they stand in a request, and kinds of data in a reply.
const (
	elementBit  = 1
	elementByte = 2

	dataBit    = 3 // length in bits
	dataBytes  = 4 // length in bits
	dataInt    = 5 // length in bits
	dataOctets = 9 // length in bytes
)

const (
	jobHeader  = 10 // bytes before the parameters of a job
	ackHeader  = 12 // and of its answer
	itemLength = 12 // of an item's address in the parameters
	dataHeader = 4  // of an item's data
	maxItems   = 20 // that a controller takes in one message
)

// minPDU is the least length of a message that any controller agrees to: that of the S7-300.
const minPDU = 240

// span is a run of bytes of an area.
type span struct {
	area  area
	db    int
	start int // byte; of timers and counters, twice the number
	count int // bytes
}

func (s span) end() int { return s.start + s.count }

// appendJob appends the header of a job; its parameters and data are to follow.
func appendJob(dst []byte, kind byte, reference uint16, parameters, data int) []byte {
	return append(dst, 0x32, kind, 0, 0, byte(reference>>8), byte(reference), byte(parameters>>8), byte(parameters), byte(data>>8), byte(data))
}

// appendItem appends the address of a span, or of one bit of it when bit is not negative.
func appendItem(dst []byte, s span, bit int) []byte {
	element, count, address := byte(elementByte), s.count, s.start*8
	switch {
	case s.area.words():
		element, count, address = byte(s.area), s.count/2, s.start/2
	case bit >= 0:
		element, count, address = elementBit, 1, address+bit
	}
	return append(dst, 0x12, 0x0A, 0x10, element, byte(count>>8), byte(count), byte(s.db>>8), byte(s.db), byte(s.area), byte(address>>16), byte(address>>8), byte(address))
}

// readParameters are those of a job that reads spans.
func readParameters(dst []byte, spans []span) []byte {
	dst = append(dst, functionRead, byte(len(spans)))
	for _, s := range spans {
		dst = appendItem(dst, s, -1)
	}
	return dst
}

// writeJob is the parameters and the data of a job that writes one span, or one bit.
func writeJob(s span, bit int, value []byte) (parameters, data []byte) {
	parameters = appendItem([]byte{functionWrite, 1}, s, bit)
	kind, length := byte(dataBytes), 8*len(value)
	if bit >= 0 {
		kind, length = dataBit, 1
	}
	return parameters, append([]byte{0, kind, byte(length >> 8), byte(length)}, value...)
}

// reply is an answer: its parameters and data, and the reference of the job.
type reply struct {
	kind       byte
	reference  uint16
	failure    failure
	parameters []byte
	data       []byte
}

// parseReply cuts a message into its parts.
func parseReply(m []byte) (reply, error) {
	var r reply
	if len(m) < jobHeader || m[0] != 0x32 {
		return r, fmt.Errorf("%w: a message of %d bytes begins with % x", errGarbage, len(m), m[:min(len(m), 4)])
	}
	r.kind, r.reference = m[1], binary.BigEndian.Uint16(m[4:])
	header := jobHeader
	if r.kind == rosctrAck || r.kind == rosctrAckData {
		header = ackHeader
		if len(m) < header {
			return r, fmt.Errorf("%w: an answer of %d bytes", errGarbage, len(m))
		}
		r.failure = failure(binary.BigEndian.Uint16(m[10:]))
	}
	parameters, data := int(binary.BigEndian.Uint16(m[6:])), int(binary.BigEndian.Uint16(m[8:]))
	if header+parameters+data != len(m) {
		return r, fmt.Errorf("%w: a message of %d bytes says that it has %d", errGarbage, len(m), header+parameters+data)
	}
	r.parameters, r.data = m[header:header+parameters], m[header+parameters:]
	return r, nil
}

// badReply says that what was answered does not fit what was asked.
func badReply(format string, args ...any) error {
	return &connector.StatusError{Quality: tag.BadCommunicationError, Message: "the answer does not fit: " + fmt.Sprintf(format, args...)}
}

// checkFunction checks that an answer is one to a function with so many items.
func (r reply) checkFunction(function byte, items int) error {
	if len(r.parameters) < 2 || r.parameters[0] != function || int(r.parameters[1]) != items {
		return badReply("parameters % x to function %02x with %d items", r.parameters[:min(len(r.parameters), 8)], function, items)
	}
	return nil
}

// eachItem calls f with what became of each of the spans that were asked for: the data,
// or the code that says why there is none.
func (r reply) eachItem(spans []span, f func(i int, code itemCode, data []byte)) error {
	if err := r.checkFunction(functionRead, len(spans)); err != nil {
		return err
	}
	// First everything is checked, so that nothing of an answer that does not fit is believed.
	if err := r.walkItems(spans, nil); err != nil {
		return err
	}
	return r.walkItems(spans, f)
}

func (r reply) walkItems(spans []span, f func(i int, code itemCode, data []byte)) error {
	rest := r.data
	for i, s := range spans {
		if len(rest) < dataHeader {
			return badReply("item %d of %d is missing", i+1, len(spans))
		}
		code, kind, length := itemCode(rest[0]), rest[1], int(binary.BigEndian.Uint16(rest[2:]))
		rest = rest[dataHeader:]
		if code != itemOK {
			// The length that some controllers give here counts no bytes.
			if f != nil {
				f(i, code, nil)
			}
			continue
		}
		if kind == dataBit || kind == dataBytes || kind == dataInt {
			length = (length + 7) / 8
		}
		if length != s.count || length > len(rest) {
			return badReply("%d bytes in place of %d", length, s.count)
		}
		if f != nil {
			f(i, code, rest[:length])
		}
		rest = rest[length:]
		if length%2 != 0 && i < len(spans)-1 && len(rest) > 0 {
			rest = rest[1:] // filled up to a word
		}
	}
	return nil
}

// checkWrite gives the code of the one item that was written.
func (r reply) checkWrite() (itemCode, error) {
	if err := r.checkFunction(functionWrite, 1); err != nil {
		return 0, err
	}
	if len(r.data) < 1 {
		return 0, badReply("it does not say what became of the write")
	}
	return itemCode(r.data[0]), nil
}

// negotiateParameters ask for messages of so many bytes, one job at a time.
func negotiateParameters(pdu int) []byte {
	return []byte{functionNegotiate, 0, 0, 1, 0, 1, byte(pdu >> 8), byte(pdu)}
}

// negotiated is the length of messages that the device agreed to.
func (r reply) negotiated(asked int) (int, error) {
	if len(r.parameters) < 8 || r.parameters[0] != functionNegotiate {
		return 0, badReply("parameters % x to the negotiation", r.parameters[:min(len(r.parameters), 8)])
	}
	pdu := int(binary.BigEndian.Uint16(r.parameters[6:]))
	if pdu < 64 {
		return 0, badReply("messages of %d bytes are too short", pdu)
	}
	return min(pdu, max(asked, minPDU)), nil
}

// failure is the error class and code of an answer, 0 for none.
type failure uint16

// failureAccess is what a controller answers that does not permit PUT/GET.
const failureAccess failure = 0x8104

var failures = map[failure]struct {
	quality tag.Quality
	text    string
}{
	0x0110: {tag.BadNotSupported, "the block type is not known"},
	0x0112: {tag.BadNodeIDUnknown, "the block is not there"},
	0x011C: {tag.BadNodeIDUnknown, "the variable is not there"},
	0x8001: {tag.BadInvalidState, "the service cannot be used in the present state"},
	0x8103: {tag.BadUserAccessDenied, "access is not permitted"},
	0x8104: {tag.BadUserAccessDenied, `the controller does not offer this service: permit PUT/GET communication in its properties ("Protection & Security")`},
	0x8305: {tag.BadNodeIDUnknown, "the address is out of range"},
	0x8402: {tag.BadResourceUnavailable, "too many jobs at a time"},
	0x8404: {tag.BadResourceUnavailable, "the controller has no resources left"},
	0x8500: {tag.BadRequestTooLarge, "the message is too long"},
	0x8702: {tag.BadResourceUnavailable, "the controller is busy"},
	0xD241: {tag.BadUserAccessDenied, "the controller is protected by a password"},
	0xD401: {tag.BadNotSupported, "the information is not there"},
	0xD402: {tag.BadNotSupported, "the information is not there"},
	0xDC01: {tag.BadCommunicationError, "the controller did not understand the message"},
}

// status makes an error of a failure.
func (f failure) status() *connector.StatusError {
	if k, ok := failures[f]; ok {
		return &connector.StatusError{Quality: k.quality, Message: fmt.Sprintf("%s (error %04X)", k.text, uint16(f))}
	}
	return &connector.StatusError{Quality: tag.BadDeviceFailure, Message: fmt.Sprintf("the controller answered with error %04X", uint16(f))}
}

// itemCode says what became of one item.
type itemCode byte

const (
	itemOK           itemCode = 0xFF
	itemOutOfRange   itemCode = 0x05
	itemNotAvailable itemCode = 0x0A
)

// quality of an item that failed.
func (c itemCode) quality() tag.Quality {
	switch c {
	case 0x01:
		return tag.BadDeviceFailure
	case 0x03:
		return tag.BadUserAccessDenied
	case itemOutOfRange, itemNotAvailable:
		return tag.BadNodeIDUnknown
	case 0x06, 0x07:
		return tag.BadNotSupported
	case 0x85:
		return tag.BadRequestTooLarge
	}
	return tag.BadDeviceFailure
}

func (c itemCode) status() *connector.StatusError {
	text := fmt.Sprintf("the controller answered with code %02X", byte(c))
	switch c {
	case 0x01:
		text = "hardware fault (code 01)"
	case 0x03:
		text = "access to this address is not permitted (code 03)"
	case itemOutOfRange:
		text = "the address is out of range (code 05)"
	case 0x06, 0x07:
		text = fmt.Sprintf("the controller does not take this type here (code %02X)", byte(c))
	case itemNotAvailable:
		text = "there is no such block or area, or the block is optimized and cannot be reached by PUT/GET (code 0A)"
	}
	return &connector.StatusError{Quality: c.quality(), Message: text}
}
