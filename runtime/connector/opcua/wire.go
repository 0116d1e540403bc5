package opcua

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
)

// The binary encoding of OPC 10000-6, clause 5.2. Everything read comes from outside: each
// length is checked against what is left, and nesting is bounded.

var (
	errShort  = errors.New("the message ends too early")
	errLength = errors.New("a length in the message is out of bounds")
	errDepth  = errors.New("the message is nested too deeply")
)

// maxDepth bounds nesting: clause 5.2.2.12 asks for at most 100 levels.
const maxDepth = 50

// reader reads one message. After the first error it reads zeros.
type reader struct {
	b     []byte
	err   error
	depth int
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.b = nil
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.fail(errShort)
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) u8() byte {
	if len(r.b) < 1 {
		r.fail(errShort)
		return 0
	}
	v := r.b[0]
	r.b = r.b[1:]
	return v
}

func (r *reader) u16() uint16 {
	if b := r.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (r *reader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) u64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *reader) f64() float64 { return math.Float64frombits(r.u64()) }

// bytes reads a ByteString; it is part of the message. A null one is empty.
func (r *reader) bytes() []byte {
	n := int32(r.u32())
	if n <= 0 {
		if n < -1 {
			r.fail(errLength)
		}
		return nil
	}
	return r.take(int(n))
}

func (r *reader) text() string { return string(r.bytes()) }

// count reads the length of an array whose elements take at least least bytes each.
func (r *reader) count(least int) int {
	n := int32(r.u32())
	switch {
	case r.err != nil || n == -1:
		return 0
	case n < 0 || int(n) > len(r.b)/max(least, 1):
		r.fail(errLength)
		return 0
	}
	return int(n)
}

// epoch is 1970 in intervals of 100 ns since 1601.
const epoch = 116444736000000000

// time reads a DateTime (clause 5.2.2.5); the zero time for "none" and for the end of time.
func (r *reader) time() time.Time {
	t := int64(r.u64())
	if t <= 0 || t == math.MaxInt64 {
		return time.Time{}
	}
	t -= epoch
	return time.Unix(t/1e7, t%1e7*100).UTC()
}

// enter and leave bound nesting.
func (r *reader) enter() bool {
	r.depth++
	if r.depth > maxDepth {
		r.fail(errDepth)
		return false
	}
	return true
}

func (r *reader) leave() { r.depth-- }

// nodeID reads a NodeId (clause 5.2.2.9).
func (r *reader) nodeID() nodeID {
	id, _ := r.nodeIDFlags()
	return id
}

func (r *reader) nodeIDFlags() (id nodeID, flags byte) {
	kind := r.u8()
	flags, kind = kind&0xC0, kind&0x3F
	switch kind {
	case 0:
		return nodeID{num: uint32(r.u8())}, flags
	case 1:
		return nodeID{ns: uint16(r.u8()), num: uint32(r.u16())}, flags
	case 2:
		return nodeID{ns: r.u16(), num: r.u32()}, flags
	case 3:
		return nodeID{ns: r.u16(), kind: 's', text: r.text()}, flags
	case 4:
		return nodeID{ns: r.u16(), kind: 'g', text: r.guid()}, flags
	case 5:
		return nodeID{ns: r.u16(), kind: 'b', text: r.text()}, flags
	}
	r.fail(fmt.Errorf("a node id of the unknown kind %d", kind))
	return nodeID{}, 0
}

// expanded reads an ExpandedNodeId (clause 5.2.2.10). A namespace URI that is given stands in uri.
func (r *reader) expanded() (id nodeID, uri string, remote bool) {
	id, flags := r.nodeIDFlags()
	if flags&0x80 != 0 {
		uri = r.text()
	}
	if flags&0x40 != 0 {
		remote = r.u32() != 0
	}
	return id, uri, remote
}

func (r *reader) guid() string {
	b := r.take(16)
	if b == nil {
		return ""
	}
	return fmt.Sprintf("%08x-%04x-%04x-%x-%x", binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint16(b[4:]), binary.LittleEndian.Uint16(b[6:]), b[8:10], b[10:])
}

// qualified reads a QualifiedName and returns its name.
func (r *reader) qualified() string {
	r.u16()
	return r.text()
}

// localized reads a LocalizedText and returns its text.
func (r *reader) localized() string {
	mask := r.u8()
	if mask&1 != 0 {
		r.bytes()
	}
	if mask&2 != 0 {
		return r.text()
	}
	return ""
}

// diagnostics reads over a DiagnosticInfo (clause 5.2.2.12).
func (r *reader) diagnostics() {
	for range maxDepth {
		mask := r.u8()
		for bit := byte(1); bit <= 8; bit <<= 1 {
			if mask&bit != 0 {
				r.u32()
			}
		}
		if mask&0x10 != 0 {
			r.bytes()
		}
		if mask&0x20 != 0 {
			r.u32()
		}
		if mask&0x40 == 0 || r.err != nil {
			return
		}
	}
	r.fail(errDepth)
}

func (r *reader) diagnosticsList() {
	for range r.count(1) {
		r.diagnostics()
	}
}

// extension reads an ExtensionObject (clause 5.2.2.15); body is nil when there is none.
func (r *reader) extension() (id nodeID, encoding byte, body []byte) {
	id, _, _ = r.expanded()
	encoding = r.u8()
	if encoding != 0 {
		body = r.bytes()
	}
	return id, encoding, body
}

func (r *reader) strings() []string {
	out := make([]string, r.count(4))
	for i := range out {
		out[i] = r.text()
	}
	return out
}

func (r *reader) statuses() []status {
	out := make([]status, r.count(4))
	for i := range out {
		out[i] = status(r.u32())
	}
	return out
}

// writer writes one message.
type writer struct{ b []byte }

func (w *writer) u8(v byte)      { w.b = append(w.b, v) }
func (w *writer) u16(v uint16)   { w.b = binary.LittleEndian.AppendUint16(w.b, v) }
func (w *writer) u32(v uint32)   { w.b = binary.LittleEndian.AppendUint32(w.b, v) }
func (w *writer) u64(v uint64)   { w.b = binary.LittleEndian.AppendUint64(w.b, v) }
func (w *writer) f64(v float64)  { w.u64(math.Float64bits(v)) }
func (w *writer) count(n int)    { w.u32(uint32(n)) }
func (w *writer) null()          { w.u32(math.MaxUint32) }
func (w *writer) text(s string)  { w.count(len(s)); w.b = append(w.b, s...) }
func (w *writer) bytes(b []byte) { w.count(len(b)); w.b = append(w.b, b...) }
func (w *writer) time(t time.Time) {
	if t.IsZero() {
		w.u64(0)
		return
	}
	w.u64(uint64(t.Unix()*1e7 + int64(t.Nanosecond()/100) + epoch))
}

func (w *writer) bool(v bool) {
	if v {
		w.u8(1)
	} else {
		w.u8(0)
	}
}

// textOrNull writes a text that some servers want to be null when it is empty.
func (w *writer) textOrNull(s string) {
	if s == "" {
		w.null()
		return
	}
	w.text(s)
}

func (w *writer) nodeID(id nodeID) {
	switch {
	case id.kind == 0 && id.ns == 0 && id.num <= math.MaxUint8:
		w.u8(0)
		w.u8(byte(id.num))
	case id.kind == 0 && id.ns <= math.MaxUint8 && id.num <= math.MaxUint16:
		w.u8(1)
		w.u8(byte(id.ns))
		w.u16(uint16(id.num))
	case id.kind == 0:
		w.u8(2)
		w.u16(id.ns)
		w.u32(id.num)
	case id.kind == 'g':
		w.u8(4)
		w.u16(id.ns)
		w.guid(id.text)
	case id.kind == 'b':
		w.u8(5)
		w.u16(id.ns)
		w.text(id.text)
	default:
		w.u8(3)
		w.u16(id.ns)
		w.text(id.text)
	}
}

// guid writes a GUID that parseGUID found right.
func (w *writer) guid(text string) {
	b, _ := parseGUID(text)
	w.u32(binary.BigEndian.Uint32(b[:]))
	w.u16(binary.BigEndian.Uint16(b[4:]))
	w.u16(binary.BigEndian.Uint16(b[6:]))
	w.b = append(w.b, b[8:]...)
}

func (w *writer) localized(s string) {
	w.u8(2)
	w.text(s)
}

// noExtension writes an ExtensionObject without a body.
func (w *writer) noExtension() {
	w.nodeID(nodeID{})
	w.u8(0)
}

// extension writes an ExtensionObject of namespace 0 in binary.
func (w *writer) extension(encoding uint32, body func(w *writer)) {
	w.nodeID(nodeID{num: encoding})
	w.u8(1)
	at := len(w.b)
	w.u32(0)
	body(w)
	binary.LittleEndian.PutUint32(w.b[at:], uint32(len(w.b)-at-4))
}
