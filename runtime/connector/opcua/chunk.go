package opcua

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// readChunk reads one chunk with its header into buf, which may grow.
func readChunk(in *bufio.Reader, buf []byte) (kind string, chunk []byte, err error) {
	var head [8]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return "", nil, err
	}
	size := binary.LittleEndian.Uint32(head[4:])
	if size < 8 || size > chunkSize {
		return "", nil, fmt.Errorf("a chunk of %d bytes", size)
	}
	if cap(buf) < int(size) {
		buf = make([]byte, chunkSize)
	}
	buf = buf[:size]
	copy(buf, head[:])
	if _, err := io.ReadFull(in, buf[8:]); err != nil {
		return "", nil, err
	}
	return string(head[:4]), buf, nil
}

// assembly puts messages together from chunks (clause 6.7.2).
type assembly struct {
	partial map[uint32]*part
	last    uint32 // sequence number
	begun   bool
}

type part struct {
	b      []byte
	chunks int
}

// next checks a sequence number: each is one more than the one before, and begins anew
// below 1024 after it has come near its end (clause 6.7.2.4).
func (a *assembly) next(n uint32) error {
	ok := !a.begun || n == a.last+1 || a.last >= 1<<32-1024 && n < 1024
	if !ok {
		return fmt.Errorf("chunk %d came after chunk %d", n, a.last)
	}
	a.begun, a.last = true, n
	return nil
}

func (c *channel) chunk(a *assembly, kind string, chunk []byte) error {
	r := &reader{b: chunk[8:]}
	switch kind[:3] {
	case "ERR":
		s := status(r.u32())
		if reason := r.text(); r.err == nil && reason != "" {
			return fmt.Errorf("the server ended the connection: %w: %s", s, clip(reason))
		}
		return fmt.Errorf("the server ended the connection: %w", s)
	case "CLO":
		return errors.New("the server closed the channel")
	case "OPN", "MSG":
	default:
		return fmt.Errorf("a chunk of the unknown kind %q", kind)
	}
	if id := r.u32(); r.err == nil && c.id != 0 && id != c.id {
		return fmt.Errorf("a chunk of channel %d", id)
	}
	var body []byte
	var err error
	if kind[:3] == "OPN" {
		body, err = c.secure.openAsymmetric(chunk)
	} else {
		number := r.u32()
		t := c.tokenOf(number)
		if r.err != nil || t == nil {
			return fmt.Errorf("a chunk by the unknown token %d", number)
		}
		body, err = t.open(chunk)
	}
	if err != nil {
		return err
	}
	r = &reader{b: body}
	sequence, request := r.u32(), r.u32()
	if r.err != nil {
		return r.err
	}
	if err := a.next(sequence); err != nil {
		return err
	}
	p := a.partial[request]
	switch kind[3] {
	case 'A':
		delete(a.partial, request)
		c.deliver(request, message{err: status(r.u32())})
		return nil
	case 'C':
		if p == nil {
			if len(a.partial) >= maxPartial {
				return errors.New("too many messages at once")
			}
			p = &part{}
			a.partial[request] = p
		}
		p.b = append(p.b, r.b...)
		if p.chunks++; len(p.b) > maxMessage || p.chunks > maxChunks {
			return errors.New("a message is too long")
		}
		return nil
	case 'F':
	default:
		return fmt.Errorf("a chunk of the unknown kind %q", kind)
	}
	whole := r.b
	if p != nil {
		delete(a.partial, request)
		whole = append(p.b, whole...)
	} else {
		whole = append([]byte(nil), whole...) // the chunk's memory is used again
	}
	if kind[:3] == "OPN" {
		err := c.opened(request, whole)
		c.deliver(request, message{err: err})
		return err
	}
	c.deliver(request, message{body: whole})
	return nil
}
