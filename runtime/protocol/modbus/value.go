package modbus

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// Format is how a value lies in registers.
type Format uint8

// The formats.
const (
	Bool Format = iota
	Int16
	Uint16
	Int32
	Uint32
	Int64
	Uint64
	Float32
	Float64
	String
	BCD16
	BCD32
)

// Formats are the formats by their names in addresses.
var Formats = map[string]Format{
	"bool": Bool, "int16": Int16, "uint16": Uint16, "int32": Int32, "uint32": Uint32, "int64": Int64,
	"uint64": Uint64, "float32": Float32, "float64": Float64, "string": String, "bcd16": BCD16, "bcd32": BCD32,
}

// Words is the number of registers of a value; length is that of a string in bytes.
func (f Format) Words(length int) int {
	switch f {
	case Int32, Uint32, Float32, BCD32:
		return 2
	case Int64, Uint64, Float64:
		return 4
	case String:
		return (length + 1) / 2
	}
	return 1
}

// Order is the order of the bytes of a value on the wire, written for 32 bits with A as
// the most significant byte. For 64 bits the same rule goes on: ABCDEFGH, GHEFCDAB,
// BADCFEHG, HGFEDCBA. In one register and in strings only the order inside a register counts.
type Order uint8

// The orders; the default is ABCD, or what a device says.
const (
	OrderDefault Order = iota
	ABCD
	CDAB
	BADC
	DCBA
)

// Orders are the orders by their names in addresses.
var Orders = map[string]Order{"": OrderDefault, "ABCD": ABCD, "CDAB": CDAB, "BADC": BADC, "DCBA": DCBA}

func (o Order) swapsBytes() bool { return o == BADC || o == DCBA }
func (o Order) swapsWords() bool { return o == CDAB || o == DCBA }

// Load puts the bytes of n registers together, most significant first.
func Load(b []byte, n int, o Order) uint64 {
	if o == ABCD || o == OrderDefault {
		switch n {
		case 1:
			return uint64(binary.BigEndian.Uint16(b))
		case 2:
			return uint64(binary.BigEndian.Uint32(b))
		case 4:
			return binary.BigEndian.Uint64(b)
		}
	}
	var u uint64
	for i := range n {
		at := i
		if o.swapsWords() {
			at = n - 1 - i
		}
		w := binary.BigEndian.Uint16(b[2*at:])
		if o.swapsBytes() {
			w = w>>8 | w<<8
		}
		u = u<<16 | uint64(w)
	}
	return u
}

// Store is the way back of Load.
func Store(u uint64, n int, o Order) []uint16 {
	words := make([]uint16, n)
	for i := range n {
		w := uint16(u >> (16 * (n - 1 - i)))
		if o.swapsBytes() {
			w = w>>8 | w<<8
		}
		at := i
		if o.swapsWords() {
			at = n - 1 - i
		}
		words[at] = w
	}
	return words
}

// Layout is how one value lies in registers.
type Layout struct {
	Format Format
	Order  Order
	// Length is that of a text, in bytes.
	Length int
	// Bit is the one bit of an integer that is the value, 0 the least significant, -1 for all of it.
	Bit int
	// Factor makes the value of the number in the registers; 0 is none.
	Factor float64
	// Type is the type of the value.
	Type tag.Type
}

// Words is the number of registers.
func (l *Layout) Words() int { return l.Format.Words(l.Length) }

// Decode makes the value of the registers it covers.
func (l *Layout) Decode(b []byte) (tag.Value, tag.Quality) {
	if l.Factor == 0 {
		return l.decodeRaw(b, l.Type)
	}
	v, q := l.decodeRaw(b, tag.None)
	if q == tag.BadOutOfRange && l.Format == Uint64 {
		v, q = tag.OfFloat(float64(Load(b, l.Words(), l.Order))), tag.Good
	}
	if q != tag.Good {
		return v, q
	}
	f := v.Float()
	if per := math.Round(1 / l.Factor); per != 0 && 1/per == l.Factor {
		f /= per // 3 × 0.1 is not quite 0.3
	} else {
		f *= l.Factor
	}
	return Deliver(tag.OfFloat(f), l.Type)
}

// decodeRaw is Decode without the factor, for a type.
func (l *Layout) decodeRaw(b []byte, typ tag.Type) (tag.Value, tag.Quality) {
	if l.Format == String {
		return l.decodeString(b)
	}
	u := Load(b, l.Words(), l.Order)
	if l.Bit >= 0 {
		return Deliver(tag.OfBool(u>>l.Bit&1 != 0), typ)
	}
	var v tag.Value
	switch l.Format {
	case Bool:
		v = tag.OfBool(u != 0)
	case Int16:
		v = tag.OfInt(int64(int16(u)))
	case Int32:
		v = tag.OfInt(int64(int32(u)))
	case Uint64:
		if u > math.MaxInt64 {
			if typ == tag.Float {
				return tag.OfFloat(float64(u)), tag.Good
			}
			return tag.Value{}, tag.BadOutOfRange
		}
		v = tag.OfInt(int64(u))
	case Float32:
		return number(float64(math.Float32frombits(uint32(u))), typ)
	case Float64:
		return number(math.Float64frombits(u), typ)
	case BCD16, BCD32:
		n, ok := fromBCD(u)
		if !ok {
			return tag.Value{}, tag.BadDecodingError
		}
		v = tag.OfInt(n)
	default: // uint16, uint32, int64
		v = tag.OfInt(int64(u))
	}
	return Deliver(v, typ)
}

// number delivers a float. Not-a-number is how devices say that they have none.
func number(f float64, t tag.Type) (tag.Value, tag.Quality) {
	if f != f {
		return tag.Value{}, tag.BadNoData
	}
	return Deliver(tag.OfFloat(f), t)
}

// Deliver makes a value of the type that a tag wants.
func Deliver(v tag.Value, t tag.Type) (tag.Value, tag.Quality) {
	if t == tag.None || v.Type() == t {
		return v, tag.Good
	}
	if t == tag.Float { // the common case, without the generality of Convert
		return tag.OfFloat(v.Float()), tag.Good
	}
	w, err := v.Convert(t)
	if err != nil {
		return tag.Value{}, tag.BadTypeMismatch
	}
	return w, tag.Good
}

func (l *Layout) decodeString(b []byte) (tag.Value, tag.Quality) {
	text := make([]byte, len(b))
	copy(text, b)
	if l.Order.swapsBytes() {
		for i := 0; i+1 < len(text); i += 2 {
			text[i], text[i+1] = text[i+1], text[i]
		}
	}
	text = text[:min(l.Length, len(text))]
	if l.Type == tag.Bytes {
		return tag.OfBytes(text), tag.Good
	}
	s, _, _ := strings.Cut(string(text), "\x00")
	if !utf8.ValidString(s) {
		return tag.Value{}, tag.BadDecodingError
	}
	return Deliver(tag.OfString(strings.TrimRight(s, " ")), l.Type)
}

func fromBCD(u uint64) (int64, bool) {
	var n, scale int64 = 0, 1
	for ; u != 0; u >>= 4 {
		d := int64(u & 15)
		if d > 9 {
			return 0, false
		}
		n += d * scale
		scale *= 10
	}
	return n, true
}

func toBCD(n int64) uint64 {
	var u uint64
	for shift := 0; n > 0; n, shift = n/10, shift+4 {
		u |= uint64(n%10) << shift
	}
	return u
}

// bounds of the integer Formats.
var bounds = map[Format][2]int64{
	Int16: {math.MinInt16, math.MaxInt16}, Uint16: {0, math.MaxUint16}, Int32: {math.MinInt32, math.MaxInt32},
	Uint32: {0, math.MaxUint32}, Int64: {math.MinInt64, math.MaxInt64}, Uint64: {0, math.MaxInt64}, BCD16: {0, 9999}, BCD32: {0, 99999999},
}

// Encode makes the registers of a value. The error is a *connector.StatusError.
func (l *Layout) Encode(v tag.Value) ([]uint16, error) {
	refuse := func(q tag.Quality, form string, args ...any) ([]uint16, error) {
		return nil, &connector.StatusError{Quality: q, Message: fmt.Sprintf(form, args...)}
	}
	if l.Factor != 0 {
		if !v.Type().IsNumber() {
			return refuse(tag.BadTypeMismatch, "%s is not a number", v)
		}
		f := v.Float() / l.Factor
		if l.Format != Float32 && l.Format != Float64 {
			f = math.Round(f)
		}
		v = tag.OfFloat(f)
	}
	switch l.Format {
	case String:
		text := v.Text()
		if v.Type() != tag.String && v.Type() != tag.Bytes {
			return refuse(tag.BadTypeMismatch, "%s is not a text", v)
		}
		if len(text) > l.Length {
			return refuse(tag.BadOutOfRange, "text has %d bytes, the device keeps %d", len(text), l.Length)
		}
		words := make([]uint16, l.Words())
		for i := range len(text) {
			shift := 8 * (1 - i&1)
			if l.Order.swapsBytes() {
				shift = 8 - shift
			}
			words[i/2] |= uint16(text[i]) << shift
		}
		return words, nil
	case Float32, Float64:
		if !v.Type().IsNumber() {
			return refuse(tag.BadTypeMismatch, "%s is not a number", v)
		}
		f := v.Float()
		if f != f || math.IsInf(f, 0) {
			return refuse(tag.BadOutOfRange, "%s cannot be written", v)
		}
		if l.Format == Float64 {
			return Store(math.Float64bits(f), 4, l.Order), nil
		}
		if math.Abs(f) > math.MaxFloat32 {
			return refuse(tag.BadOutOfRange, "%s does not fit in float32", v)
		}
		return Store(uint64(math.Float32bits(float32(f))), 2, l.Order), nil
	case Bool:
		if v.Type() != tag.Bool && v.Type() != tag.Int {
			return refuse(tag.BadTypeMismatch, "%s is not true or false", v)
		}
		return Store(uint64(boolWord(v.Bool())), 1, l.Order), nil
	}
	if f := v.Float(); l.Format == Uint64 && v.Type() == tag.Float && f == math.Trunc(f) && f >= 0 && f < 1<<64 {
		return Store(uint64(f), 4, l.Order), nil
	}
	if v.Type() != tag.Int && v.Type() != tag.Float && v.Type() != tag.Bool {
		return refuse(tag.BadTypeMismatch, "%s is not a number", v)
	}
	n, err := v.Convert(tag.Int)
	limit := bounds[l.Format]
	switch {
	case err != nil && v.Float() == math.Trunc(v.Float()):
		return refuse(tag.BadOutOfRange, "%s is outside %d to %d", v, limit[0], limit[1])
	case err != nil:
		return refuse(tag.BadTypeMismatch, "%s is not a whole number", v)
	case n.Int() < limit[0] || n.Int() > limit[1]:
		return refuse(tag.BadOutOfRange, "%d is outside %d to %d", n.Int(), limit[0], limit[1])
	}
	u := uint64(n.Int())
	if l.Format == BCD16 || l.Format == BCD32 {
		u = toBCD(n.Int())
	}
	return Store(u, l.Words(), l.Order), nil
}

func boolWord(b bool) uint16 {
	if b {
		return 1
	}
	return 0
}
