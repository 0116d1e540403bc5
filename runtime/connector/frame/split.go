package frame

import (
	"bytes"
	"strconv"
	"strings"
)

// splitter cuts what comes in into frames.
type splitter struct {
	kind       string // delimiter, fixed, length, bracket, idle, packet
	start, end []byte
	size       int // fixed
	length     struct {
		offset, size, adjust int
		coding               string // big, little, decimal, hex
	}
	escape    int // -1: none
	escapeXor byte
	trailer   int // bytes behind the end marker
	sum       *checksum
	max       int

	buf    []byte
	frames uint64 // that were right
	errors uint64 // frames with a wrong checksum or form, and runs of bytes that were none
}

// feed takes bytes in and calls got with every frame that is complete. The frame is valid
// during the call only.
func (s *splitter) feed(b []byte, got func(frame []byte)) {
	for len(b) > 0 {
		n := min(len(b), 2*s.max-len(s.buf))
		s.buf = append(s.buf, b[:n]...)
		b = b[n:]
		s.cut(got)
		if len(s.buf) > s.max {
			s.skip(len(s.buf) - s.max)
		}
	}
}

// cut takes all frames off the buffer.
func (s *splitter) cut(got func([]byte)) {
	if s.kind == "idle" || s.kind == "packet" {
		return
	}
	used := 0
	garbage := false
	for used < len(s.buf) {
		raw, body, n := s.next(s.buf[used:])
		if n == 0 {
			break
		}
		switch {
		case raw == nil: // nothing that is a frame
			if !garbage {
				s.errors++
			}
			garbage = true
			used += n
			continue
		case len(raw) == 0 || len(raw) == len(s.start)+len(s.end) && s.kind == "delimiter": // nothing between two markers
		case len(raw) > s.max:
			s.errors++
		case s.sum != nil && !s.sum.check(raw):
			if !garbage {
				s.errors++
			}
			if s.kind == "fixed" || s.kind == "length" {
				n, garbage = 1, true // where frames begin is not sure any more
				used += n
				continue
			}
		default:
			s.frames++
			got(body)
		}
		garbage = false
		used += n
	}
	s.buf = s.buf[:copy(s.buf, s.buf[used:])]
}

// pause says that nothing came in for the longest pause within a frame: what is there is a
// frame of the kind that ends so, else the beginning of one whose end was lost.
func (s *splitter) pause(got func([]byte)) {
	if len(s.buf) == 0 {
		return
	}
	if s.kind == "idle" || s.kind == "packet" {
		s.whole(s.buf, got)
		s.buf = s.buf[:0]
		return
	}
	if !bytes.Equal(s.buf, s.start) || !bytes.Equal(s.start, s.end) {
		s.errors++
	}
	s.reset()
}

// whole takes bytes as one frame.
func (s *splitter) whole(raw []byte, got func([]byte)) {
	if s.sum != nil && !s.sum.check(raw) || !bytes.HasPrefix(raw, s.start) {
		s.errors++
		return
	}
	s.frames++
	got(raw)
}

// reset forgets what is there.
func (s *splitter) reset() { s.buf = s.buf[:0] }

func (s *splitter) skip(n int) {
	s.errors++
	s.buf = s.buf[:copy(s.buf, s.buf[n:])]
}

// next finds the first frame of b: raw is all of it without escapes, body is what positions
// count in. used 0 says that more is needed; raw nil that the first used bytes are none.
func (s *splitter) next(b []byte) (raw, body []byte, used int) {
	if len(s.start) > 0 {
		at := bytes.Index(b, s.start)
		switch {
		case at > 0:
			return nil, nil, at
		case at < 0: // its beginning may stand at the end
			keep := min(len(s.start)-1, len(b))
			for keep > 0 && !bytes.HasPrefix(s.start, b[len(b)-keep:]) {
				keep--
			}
			return nil, nil, len(b) - keep
		}
	}
	switch s.kind {
	case "delimiter":
		at := bytes.Index(b[len(s.start):], s.end)
		if at < 0 {
			return nil, nil, 0
		}
		at += len(s.start)
		if len(s.start) > 0 { // the end of the frame before may be missing
			if again := bytes.LastIndex(b[len(s.start):at], s.start); again >= 0 {
				return nil, nil, len(s.start) + again
			}
		}
		return b[:at+len(s.end)], b[len(s.start):at], at + len(s.end)
	case "fixed":
		if len(b) < s.size {
			return nil, nil, 0
		}
		return b[:s.size], b[:s.size], s.size
	case "length":
		head := s.length.offset + s.length.size
		if len(b) < head {
			return nil, nil, 0
		}
		n, ok := s.readLength(b[s.length.offset:head])
		if n += s.length.adjust; !ok || n < head || n > s.max {
			return nil, nil, 1
		}
		if len(b) < n {
			return nil, nil, 0
		}
		return b[:n], b[:n], n
	}
	return s.bracket(b)
}

func (s *splitter) readLength(b []byte) (int, bool) {
	switch s.length.coding {
	case "decimal":
		n, err := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 24)
		return int(n), err == nil
	case "hex":
		n, err := strconv.ParseUint(strings.TrimSpace(string(b)), 16, 24)
		return int(n), err == nil
	}
	u := loadUint(b, s.length.coding)
	return int(u), u < 1<<24
}

// bracket finds a frame between two markers of which the second may be escaped.
func (s *splitter) bracket(b []byte) (raw, body []byte, used int) {
	raw = append([]byte(nil), s.start...)
	for i := len(s.start); i < len(b); {
		if s.escape >= 0 && b[i] == byte(s.escape) && !bytes.HasPrefix(b[i:], s.end) && !bytes.HasPrefix(b[i:], s.start) {
			if i+1 == len(b) {
				return nil, nil, 0
			}
			raw = append(raw, b[i+1]^s.escapeXor)
			i += 2
			continue
		}
		if bytes.HasPrefix(b[i:], s.end) {
			used = i + len(s.end) + s.trailer
			if len(b) < used {
				return nil, nil, 0
			}
			if shared := bytes.Equal(s.start, s.end) && s.trailer == 0; shared && i == len(s.start) {
				return b[:0], nil, i
			} else if shared { // one marker may end this frame and begin the next
				used = i
			}
			body = raw[len(s.start):]
			raw = append(raw, b[i:i+len(s.end)+s.trailer]...)
			return raw, body[:len(body):len(body)], used
		}
		if bytes.HasPrefix(b[i:], s.start) { // the end of the frame before is missing
			return nil, nil, i
		}
		raw = append(raw, b[i])
		i++
	}
	return nil, nil, 0
}
