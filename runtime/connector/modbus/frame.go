package modbus

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
)

// errGarbage says that what comes in cannot be cut into frames, or belongs to nobody
// knows whom: the only way back to trust is a new connection.
var errGarbage = errors.New("device sent what is not Modbus")

// framing is how requests and replies are packed on the connection.
type framing interface {
	// name is for messages.
	name() string
	// pack appends the frame of a request to dst.
	pack(dst []byte, transaction uint16, unit byte, pdu []byte) []byte
	// next returns the unit and PDU of the next reply; late replies to other
	// transactions are skipped. The PDU is valid until the next read of r. Bytes of
	// an unfinished frame stay in r when reading fails.
	next(r *bufio.Reader, transaction uint16, unit byte, request []byte) (byte, []byte, error)
}

// maxSkipped bounds the replies to other transactions that are skipped for one request.
const maxSkipped = 256

// tcpFraming is MBAP (MODBUS Messaging on TCP/IP V1.0b, clause 3.1.3).
type tcpFraming struct{}

func (tcpFraming) name() string { return "Modbus TCP" }

func (tcpFraming) pack(dst []byte, transaction uint16, unit byte, pdu []byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, transaction)
	dst = append(dst, 0, 0)
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(pdu)+1))
	dst = append(dst, unit)
	return append(dst, pdu...)
}

func (tcpFraming) next(r *bufio.Reader, transaction uint16, _ byte, _ []byte) (byte, []byte, error) {
	for range maxSkipped {
		head, err := r.Peek(7)
		if err != nil {
			return 0, nil, err
		}
		id, protocol, length := binary.BigEndian.Uint16(head), binary.BigEndian.Uint16(head[2:]), int(binary.BigEndian.Uint16(head[4:]))
		if protocol != 0 || length < 2 || length > maxPDU+1 {
			return 0, nil, fmt.Errorf("%w: header % x", errGarbage, head)
		}
		frame, err := r.Peek(6 + length)
		if err != nil {
			return 0, nil, err
		}
		_, _ = r.Discard(6 + length) // buffered, cannot fail
		if id == transaction {
			return frame[6], frame[7:], nil
		}
	}
	return 0, nil, fmt.Errorf("%w: %d replies to other requests", errGarbage, maxSkipped)
}

// rtuFraming is the serial line's frame (MODBUS over Serial Line V1.02, clause 2.5.1)
// or the same sent over TCP. Frames are told apart by their length and not by silence, which
// neither adapters nor gateways keep. It has no transaction number: whatever does not fit the
// request at once is garbage.
type rtuFraming struct{}

func (rtuFraming) name() string { return "Modbus RTU" }

func (rtuFraming) pack(dst []byte, _ uint16, unit byte, pdu []byte) []byte {
	start := len(dst)
	dst = append(dst, unit)
	dst = append(dst, pdu...)
	return binary.LittleEndian.AppendUint16(dst, crc16(dst[start:]))
}

func (rtuFraming) next(r *bufio.Reader, _ uint16, unit byte, request []byte) (byte, []byte, error) {
	head, err := r.Peek(3)
	if err != nil {
		return 0, nil, err
	}
	if head[0] != unit {
		return 0, nil, fmt.Errorf("%w: unit %d answered in place of unit %d", errGarbage, head[0], unit)
	}
	size := 0
	switch function := head[1]; {
	case function == request[0]|exceptionBit:
		size = 5
	case function != request[0]:
		return 0, nil, fmt.Errorf("%w: answer to function %d in place of %d", errGarbage, function, request[0])
	case function <= fcReadInput:
		size = 5 + int(head[2])
	case function == fcMaskWrite:
		size = 10
	default:
		size = 8
	}
	frame, err := r.Peek(size)
	if err != nil {
		return 0, nil, err
	}
	if want := crc16(frame[:size-2]); binary.LittleEndian.Uint16(frame[size-2:]) != want {
		return 0, nil, fmt.Errorf("%w: checksum is %04x instead of %04x", errGarbage, binary.LittleEndian.Uint16(frame[size-2:]), want)
	}
	_, _ = r.Discard(size) // buffered, cannot fail
	return frame[0], frame[1 : size-2], nil
}

// crcTable is of the reflected polynomial 0xA001 (MODBUS over Serial Line, clause 6.2.2).
var crcTable = func() (t [256]uint16) {
	for i := range t {
		c := uint16(i)
		for range 8 {
			if c&1 != 0 {
				c = c>>1 ^ 0xA001
			} else {
				c >>= 1
			}
		}
		t[i] = c
	}
	return t
}()

func crc16(b []byte) uint16 {
	c := uint16(0xFFFF)
	for _, x := range b {
		c = c>>8 ^ crcTable[byte(c)^x]
	}
	return c
}
