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

// format is how a value lies in registers.
type format uint8

const (
	formatBool format = iota
	formatInt16
	formatUint16
	formatInt32
	formatUint32
	formatInt64
	formatUint64
	formatFloat32
	formatFloat64
	formatString
	formatBCD16
	formatBCD32
)

var formats = map[string]format{
	"bool": formatBool, "int16": formatInt16, "uint16": formatUint16, "int32": formatInt32, "uint32": formatUint32, "int64": formatInt64,
	"uint64": formatUint64, "float32": formatFloat32, "float64": formatFloat64, "string": formatString, "bcd16": formatBCD16, "bcd32": formatBCD32,
}

// words is the number of registers of a value; length is that of a string in bytes.
func (f format) words(length int) int {
	switch f {
	case formatInt32, formatUint32, formatFloat32, formatBCD32:
		return 2
	case formatInt64, formatUint64, formatFloat64:
		return 4
	case formatString:
		return (length + 1) / 2
	}
	return 1
}

// order is the order of the bytes of a value on the wire, written for 32 bits with A as
// the most significant byte. For 64 bits the same rule goes on: ABCDEFGH, GHEFCDAB,
// BADCFEHG, HGFEDCBA. In one register and in strings only the order inside a register counts.
type order uint8

const (
	orderDefault order = iota
	orderABCD
	orderCDAB
	orderBADC
	orderDCBA
)

var orders = map[string]order{"": orderDefault, "ABCD": orderABCD, "CDAB": orderCDAB, "BADC": orderBADC, "DCBA": orderDCBA}

func (o order) swapsBytes() bool { return o == orderBADC || o == orderDCBA }
func (o order) swapsWords() bool { return o == orderCDAB || o == orderDCBA }

// load puts the bytes of n registers together, most significant first.
func load(b []byte, n int, o order) uint64 {
	if o == orderABCD || o == orderDefault {
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

// store is the way back of load.
func store(u uint64, n int, o order) []uint16 {
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

// decode makes the value of a point from the registers it covers, or from the bits of
// coils, where b begins with the byte of coil "first".
func (p *point) decode(b []byte) (tag.Value, tag.Quality) {
	if p.factor == 0 {
		return p.decodeRaw(b, p.typ)
	}
	v, q := p.decodeRaw(b, tag.None)
	if q == tag.BadOutOfRange && p.format == formatUint64 {
		v, q = tag.OfFloat(float64(load(b, p.count, p.order))), tag.Good
	}
	if q != tag.Good {
		return v, q
	}
	f := v.Float()
	if per := math.Round(1 / p.factor); per != 0 && 1/per == p.factor {
		f /= per // 3 × 0.1 is not quite 0.3
	} else {
		f *= p.factor
	}
	return convert(tag.OfFloat(f), p.typ)
}

// decodeRaw is decode without the factor, for a type.
func (p *point) decodeRaw(b []byte, typ tag.Type) (tag.Value, tag.Quality) {
	if p.coil {
		return convert(tag.OfBool(b[0]>>(p.shift&7)&1 != 0), typ)
	}
	if p.format == formatString {
		return p.decodeString(b)
	}
	u := load(b, p.count, p.order)
	if p.bit >= 0 {
		return convert(tag.OfBool(u>>p.bit&1 != 0), typ)
	}
	var v tag.Value
	switch p.format {
	case formatBool:
		v = tag.OfBool(u != 0)
	case formatInt16:
		v = tag.OfInt(int64(int16(u)))
	case formatInt32:
		v = tag.OfInt(int64(int32(u)))
	case formatUint64:
		if u > math.MaxInt64 {
			if typ == tag.Float {
				return tag.OfFloat(float64(u)), tag.Good
			}
			return tag.Value{}, tag.BadOutOfRange
		}
		v = tag.OfInt(int64(u))
	case formatFloat32:
		return number(float64(math.Float32frombits(uint32(u))), typ)
	case formatFloat64:
		return number(math.Float64frombits(u), typ)
	case formatBCD16, formatBCD32:
		n, ok := fromBCD(u)
		if !ok {
			return tag.Value{}, tag.BadDecodingError
		}
		v = tag.OfInt(n)
	default: // uint16, uint32, int64
		v = tag.OfInt(int64(u))
	}
	return convert(v, typ)
}

// number delivers a float. Not-a-number is how devices say that they have none.
func number(f float64, t tag.Type) (tag.Value, tag.Quality) {
	if f != f {
		return tag.Value{}, tag.BadNoData
	}
	return convert(tag.OfFloat(f), t)
}

func convert(v tag.Value, t tag.Type) (tag.Value, tag.Quality) {
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

func (p *point) decodeString(b []byte) (tag.Value, tag.Quality) {
	text := make([]byte, len(b))
	copy(text, b)
	if p.order.swapsBytes() {
		for i := 0; i+1 < len(text); i += 2 {
			text[i], text[i+1] = text[i+1], text[i]
		}
	}
	text = text[:min(p.length, len(text))]
	if p.typ == tag.Bytes {
		return tag.OfBytes(text), tag.Good
	}
	s, _, _ := strings.Cut(string(text), "\x00")
	if !utf8.ValidString(s) {
		return tag.Value{}, tag.BadDecodingError
	}
	return convert(tag.OfString(strings.TrimRight(s, " ")), p.typ)
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

// bounds of the integer formats.
var bounds = map[format][2]int64{
	formatInt16: {math.MinInt16, math.MaxInt16}, formatUint16: {0, math.MaxUint16}, formatInt32: {math.MinInt32, math.MaxInt32},
	formatUint32: {0, math.MaxUint32}, formatInt64: {math.MinInt64, math.MaxInt64}, formatUint64: {0, math.MaxInt64}, formatBCD16: {0, 9999}, formatBCD32: {0, 99999999},
}

// encode makes the registers of a value. The error is a *connector.StatusError.
func (p *point) encode(v tag.Value) ([]uint16, error) {
	refuse := func(q tag.Quality, form string, args ...any) ([]uint16, error) {
		return nil, &connector.StatusError{Quality: q, Message: fmt.Sprintf(form, args...)}
	}
	if p.factor != 0 {
		if !v.Type().IsNumber() {
			return refuse(tag.BadTypeMismatch, "%s is not a number", v)
		}
		f := v.Float() / p.factor
		if p.format != formatFloat32 && p.format != formatFloat64 {
			f = math.Round(f)
		}
		v = tag.OfFloat(f)
	}
	switch p.format {
	case formatString:
		text := v.Text()
		if v.Type() != tag.String && v.Type() != tag.Bytes {
			return refuse(tag.BadTypeMismatch, "%s is not a text", v)
		}
		if len(text) > p.length {
			return refuse(tag.BadOutOfRange, "text has %d bytes, the device keeps %d", len(text), p.length)
		}
		words := make([]uint16, p.count)
		for i := range len(text) {
			shift := 8 * (1 - i&1)
			if p.order.swapsBytes() {
				shift = 8 - shift
			}
			words[i/2] |= uint16(text[i]) << shift
		}
		return words, nil
	case formatFloat32, formatFloat64:
		if !v.Type().IsNumber() {
			return refuse(tag.BadTypeMismatch, "%s is not a number", v)
		}
		f := v.Float()
		if f != f || math.IsInf(f, 0) {
			return refuse(tag.BadOutOfRange, "%s cannot be written", v)
		}
		if p.format == formatFloat64 {
			return store(math.Float64bits(f), 4, p.order), nil
		}
		if math.Abs(f) > math.MaxFloat32 {
			return refuse(tag.BadOutOfRange, "%s does not fit in float32", v)
		}
		return store(uint64(math.Float32bits(float32(f))), 2, p.order), nil
	case formatBool:
		if v.Type() != tag.Bool && v.Type() != tag.Int {
			return refuse(tag.BadTypeMismatch, "%s is not true or false", v)
		}
		return store(uint64(boolWord(v.Bool())), 1, p.order), nil
	}
	if f := v.Float(); p.format == formatUint64 && v.Type() == tag.Float && f == math.Trunc(f) && f >= 0 && f < 1<<64 {
		return store(uint64(f), 4, p.order), nil
	}
	if v.Type() != tag.Int && v.Type() != tag.Float && v.Type() != tag.Bool {
		return refuse(tag.BadTypeMismatch, "%s is not a number", v)
	}
	n, err := v.Convert(tag.Int)
	limit := bounds[p.format]
	switch {
	case err != nil && v.Float() == math.Trunc(v.Float()):
		return refuse(tag.BadOutOfRange, "%s is outside %d to %d", v, limit[0], limit[1])
	case err != nil:
		return refuse(tag.BadTypeMismatch, "%s is not a whole number", v)
	case n.Int() < limit[0] || n.Int() > limit[1]:
		return refuse(tag.BadOutOfRange, "%d is outside %d to %d", n.Int(), limit[0], limit[1])
	}
	u := uint64(n.Int())
	if p.format == formatBCD16 || p.format == formatBCD32 {
		u = toBCD(n.Int())
	}
	return store(u, p.count, p.order), nil
}

func boolWord(b bool) uint16 {
	if b {
		return 1
	}
	return 0
}
