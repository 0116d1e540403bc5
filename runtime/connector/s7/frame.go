package s7

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
)

// Limits of what is taken from a device.
const (
	maxFrame   = 8192 // bytes of one TPKT
	maxMessage = 8192 // bytes of one S7 message, put together of its frames
)

// errGarbage says that the bytes on the connection are none of the protocol: nothing that
// follows can be trusted.
var errGarbage = errors.New("what came is not S7 communication")

// TPDU codes (ISO 8073, clause 13).
const (
	cotpConnectRequest = 0xE0
	cotpConnectConfirm = 0xD0
	cotpDisconnect     = 0x80
	cotpData           = 0xF0
	cotpError          = 0x70
)

// connectFrame is the TPKT (RFC 1006, clause 6) with the connect request (ISO 8073,
// clause 13.3) from the local to the remote TSAP, with TPDUs of up to 1024 bytes.
func connectFrame(local, remote []byte) []byte {
	cr := []byte{0, cotpConnectRequest, 0, 0, 0, 1, 0, 0xC0, 1, 10, 0xC1, byte(len(local))}
	cr = append(append(append(cr, local...), 0xC2, byte(len(remote))), remote...)
	cr[0] = byte(len(cr) - 1)
	return append([]byte{3, 0, 0, byte(len(cr) + 4)}, cr...)
}

// appendData appends the TPKT with one data TPDU (ISO 8073, clause 13.7) that holds the
// whole message.
func appendData(dst, message []byte) []byte {
	n := len(message) + 7
	dst = append(dst, 3, 0, byte(n>>8), byte(n), 2, cotpData, 0x80)
	return append(dst, message...)
}

// nextTPDU reads one frame. The code is that of the TPDU, the payload what follows its
// header, valid until the next read; last says that a data TPDU ends its message. Nothing
// is taken off the reader until the frame is whole.
func nextTPDU(r *bufio.Reader) (code byte, payload []byte, last bool, err error) {
	head, err := r.Peek(4)
	if err != nil {
		return 0, nil, false, err
	}
	n := int(binary.BigEndian.Uint16(head[2:]))
	if head[0] != 3 || n < 7 || n > maxFrame {
		return 0, nil, false, fmt.Errorf("%w: a frame begins with % x", errGarbage, head)
	}
	frame, err := r.Peek(n)
	if err != nil {
		return 0, nil, false, err
	}
	_, _ = r.Discard(n) // it was peeked
	header := int(frame[4]) + 1
	if header < 2 || 4+header > n {
		return 0, nil, false, fmt.Errorf("%w: a transport header of %d bytes in a frame of %d", errGarbage, header, n)
	}
	code = frame[5] & 0xF0
	if code == cotpData {
		if header < 3 {
			return 0, nil, false, fmt.Errorf("%w: a data unit without a number", errGarbage)
		}
		last = frame[6]&0x80 != 0
	}
	return code, frame[4+header:], last, nil
}

// nextMessage reads data TPDUs until a message is whole. It is valid until the next read.
func nextMessage(r *bufio.Reader, buf []byte) ([]byte, error) {
	buf = buf[:0]
	for {
		code, payload, last, err := nextTPDU(r)
		if err != nil {
			if len(buf) > 0 {
				return nil, fmt.Errorf("%w: a message stopped in the middle: %w", errGarbage, err)
			}
			return nil, err
		}
		switch code {
		case cotpData:
		case cotpDisconnect:
			return nil, errDisconnected
		default:
			return nil, fmt.Errorf("%w: transport unit %02x in place of data", errGarbage, code)
		}
		if len(buf) == 0 && last {
			return payload, nil
		}
		if len(buf)+len(payload) > maxMessage || !last && len(payload) == 0 {
			return nil, fmt.Errorf("%w: a message longer than was agreed", errGarbage)
		}
		buf = append(buf, payload...)
		if last {
			return buf, nil
		}
	}
}

// errDisconnected says that the device ended the connection in due form.
var errDisconnected = errors.New("the device disconnected")
