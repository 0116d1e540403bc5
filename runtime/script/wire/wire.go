// Package wire is what a host of scripts and its worker process say to each other: frames over a pipe, each four bytes of
// length (little endian) and a body that begins with its kind. Both are the same binary, so it has no versions; still each
// side bounds what it takes from the other, since a script may have taken the worker over.
package wire

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/lineside/lineside/runtime/tag"
)

// MaxFrame bounds a frame, in bytes.
const MaxFrame = 16 << 20

// The kinds of frames. Each of a host is answered: a Load by Loaded, a Batch by one or more Results, of which the last says
// that it is, the others by Done.
const (
	Load   = iota + 1 // script uint32, name, source
	Remove            // script uint32
	Free              // script uint32, instance uint32
	Batch             // count uint32, calls
	Done
	Loaded  // line uint32, column uint32, message; an empty message when it was taken
	Results // last uint8, count uint32, results
	Stuck   // the index of the call that has used its time up, uint32
)

// The functions of a script that are called.
const (
	Init   = iota // (me, settings)
	Data          // (me, name, value, good)
	Event         // (me, name, value)
	Every         // (me)
	Answer        // (me, id, value, problem)
	Call          // (value, …), of no instance
	Functions
)

// Names are the names of the functions in a script.
var Names = [Functions]string{"init", "data", "event", "every", "answer", "call"}

// How a call ended.
const (
	OK     = iota
	Threw  // the script has thrown, or is not right
	Budget // it took too long and was stopped
)

// What a script asks for.
const (
	Set   = iota // a property of its view
	Emit         // an event of the widget
	Log          // a line for who wrote it
	Write        // a value for a tag that was bound to a name
	Effects
)

// Append adds a value in binary form.
func Append[T uint8 | uint32 | uint64](b []byte, v T) []byte {
	switch v := any(v).(type) {
	case uint8:
		return append(b, v)
	case uint32:
		return binary.LittleEndian.AppendUint32(b, v)
	case uint64:
		return binary.LittleEndian.AppendUint64(b, v)
	}
	return b
}

// AppendText adds a text with its length before it.
func AppendText(b []byte, s string) []byte {
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(s))), s...)
}

// AppendValue adds a value with its type before it.
func AppendValue(b []byte, v tag.Value) []byte {
	b = append(b, byte(v.Type()))
	switch v.Type() {
	case tag.Bool:
		if v.Bool() {
			return append(b, 1)
		}
		return append(b, 0)
	case tag.Int:
		return binary.LittleEndian.AppendUint64(b, uint64(v.Int()))
	case tag.Float:
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(v.Float()))
	case tag.String, tag.Bytes, tag.JSON:
		return AppendText(b, v.Text())
	}
	return b
}

// Reader reads the body of a frame. After the first thing that is not there everything is zero and Err says so.
type Reader struct {
	b   []byte
	bad bool
}

// NewReader reads b, which must not change meanwhile.
func NewReader(b []byte) *Reader { return &Reader{b: b} }

// Err is an error when the body was shorter than what was read, or not what it should be.
func (r *Reader) Err() error {
	if r.bad {
		return errors.New("a frame of a script worker is not what it should be")
	}
	return nil
}

// Rest is how many bytes are left.
func (r *Reader) Rest() int { return len(r.b) }

func (r *Reader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.bad, r.b = true, nil
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

// Uint32 reads four bytes.
func (r *Reader) Uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// Uint64 reads eight bytes.
func (r *Reader) Uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// Raw reads a text without copying it.
func (r *Reader) Raw() []byte { return r.take(int(r.Uint32())) }

// Text reads a text.
func (r *Reader) Text() string { return string(r.Raw()) }

// Value reads a value.
func (r *Reader) Value() tag.Value {
	switch tag.Type(r.Byte()) {
	case tag.None:
		return tag.Value{}
	case tag.Bool:
		return tag.OfBool(r.Byte() != 0)
	case tag.Int:
		return tag.OfInt(int64(r.Uint64()))
	case tag.Float:
		return tag.OfFloat(math.Float64frombits(r.Uint64()))
	case tag.String:
		return tag.OfString(r.Text())
	case tag.Bytes:
		return tag.OfBytes(r.Raw())
	case tag.JSON:
		return tag.OfJSON(r.Text())
	}
	r.bad, r.b = true, nil
	return tag.Value{}
}

// WriteFrame writes a body with its length.
func WriteFrame(w io.Writer, body []byte) error {
	if len(body) > MaxFrame {
		return fmt.Errorf("a frame of %d bytes is longer than %d", len(body), MaxFrame)
	}
	var head [4]byte
	binary.LittleEndian.PutUint32(head[:], uint32(len(body)))
	if _, err := w.Write(head[:]); err != nil {
		return err
	}
	_, err := w.Write(body)
	return err
}

// ReadFrame reads a body into buf, or a larger one that it returns.
func ReadFrame(r *bufio.Reader, buf []byte) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return buf, err
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n == 0 || n > MaxFrame {
		return buf, fmt.Errorf("a frame of %d bytes", n)
	}
	if cap(buf) < int(n) {
		buf = make([]byte, n)
	}
	buf = buf[:n]
	_, err := io.ReadFull(r, buf)
	return buf, err
}
