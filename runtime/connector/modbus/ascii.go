package modbus

import (
	"bufio"
	"fmt"
)

// asciiFraming is the frame in characters (MODBUS over Serial Line V1.02, clause 2.5.2): a
// colon, two hexadecimal digits a byte, the LRC, and CR LF. Like RTU it has no transaction
// number.
type asciiFraming struct{ frame []byte }

const hexDigits = "0123456789ABCDEF"

func (*asciiFraming) name() string { return "Modbus ASCII" }

func (*asciiFraming) pack(dst []byte, _ uint16, unit byte, pdu []byte) []byte {
	dst = append(dst, ':')
	sum := unit
	dst = append(dst, hexDigits[unit>>4], hexDigits[unit&15])
	for _, c := range pdu {
		sum += c
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	sum = -sum
	return append(dst, hexDigits[sum>>4], hexDigits[sum&15], '\r', '\n')
}

// maxNoise bounds what is skipped before a colon.
const maxNoise = 1024

func (a *asciiFraming) next(r *bufio.Reader, _ uint16, unit byte, request []byte) (byte, []byte, error) {
	for noise := 0; ; noise++ {
		c, err := r.ReadByte()
		if err != nil {
			return 0, nil, err
		}
		if c == ':' {
			break
		}
		if noise >= maxNoise {
			return 0, nil, fmt.Errorf("%w: %d characters without a colon", errGarbage, noise)
		}
	}
	frame, high, digits := a.frame[:0], byte(0), 0
	for {
		c, err := r.ReadByte()
		if err != nil {
			return 0, nil, err
		}
		if c == ':' { // the frame before was cut short; a colon begins another
			frame, digits = frame[:0], 0
			continue
		}
		if c == '\r' {
			continue
		}
		if c == '\n' {
			break
		}
		d, ok := hexDigit(c)
		if !ok {
			return 0, nil, fmt.Errorf("%w: character %q in a frame", errGarbage, c)
		}
		if digits++; digits%2 != 0 {
			high = d
			continue
		}
		if frame = append(frame, high<<4|d); len(frame) > maxPDU+2 {
			return 0, nil, fmt.Errorf("%w: a frame of more than %d bytes", errGarbage, maxPDU+2)
		}
	}
	a.frame = frame
	if digits%2 != 0 || len(frame) < 4 {
		return 0, nil, fmt.Errorf("%w: a frame of %d digits", errGarbage, digits)
	}
	sum := byte(0)
	for _, c := range frame {
		sum += c
	}
	switch {
	case sum != 0:
		return 0, nil, fmt.Errorf("%w: the checksum of the frame is wrong", errGarbage)
	case frame[0] != unit:
		return 0, nil, fmt.Errorf("%w: unit %d answered in place of unit %d", errGarbage, frame[0], unit)
	case frame[1]&^exceptionBit != request[0]:
		return 0, nil, fmt.Errorf("%w: answer to function %d in place of %d", errGarbage, frame[1], request[0])
	}
	return frame[0], frame[1 : len(frame)-1], nil
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	}
	return 0, false
}
