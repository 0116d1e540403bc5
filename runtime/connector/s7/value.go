package s7

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// decode makes the value of a point from the bytes that it covers.
func (p *point) decode(b []byte, e encoding) (tag.Value, tag.Quality) {
	if p.array == 0 {
		v, q := p.decodeOne(b, p.bit, e)
		if q.IsBad() {
			return tag.Value{}, q
		}
		return convert(v, p.typ)
	}
	switch {
	case p.typ == tag.Bytes:
		return tag.OfBytes(b), tag.Good
	case p.typ == tag.String && p.kind == kindChar:
		return textOf(trimZero(b), e.decode)
	case p.typ == tag.String && p.kind == kindWChar:
		return textOf(b, func(b []byte) (string, bool) {
			s, ok := decodeWide(b)
			return strings.TrimRight(s, "\x00"), ok
		})
	}
	list := []byte{'['}
	stride := p.kind.stride(p.length)
	for i := range p.array {
		one, bit := b, p.bit+i
		if p.kind != kindBool {
			one = b[i*stride : i*stride+p.kind.size(p.length)]
		}
		v, q := p.decodeOne(one, bit, e)
		if q.IsBad() {
			return tag.Value{}, q
		}
		if i > 0 {
			list = append(list, ',')
		}
		if kinds[p.kind].class == classDate {
			v, _ = convert(v, tag.String)
		}
		list = v.AppendJSON(list)
	}
	return tag.OfJSON(string(append(list, ']'))), tag.Good
}

// trimZero leaves out zeros at the end.
func trimZero(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return b
}

func textOf(b []byte, decode func([]byte) (string, bool)) (tag.Value, tag.Quality) {
	s, ok := decode(b)
	if !ok {
		return tag.Value{}, tag.BadDecodingError
	}
	return tag.OfString(s), tag.Good
}

// decodeOne makes one value. Points in time come as text unless the tag wants a number.
func (p *point) decodeOne(b []byte, bit int, e encoding) (tag.Value, tag.Quality) {
	switch p.kind {
	case kindBool:
		return tag.OfBool(b[bit/8]>>(bit%8)&1 != 0), tag.Good
	case kindByte, kindUSInt:
		return tag.OfInt(int64(b[0])), tag.Good
	case kindSInt:
		return tag.OfInt(int64(int8(b[0]))), tag.Good
	case kindWord, kindUInt:
		return tag.OfInt(int64(binary.BigEndian.Uint16(b))), tag.Good
	case kindInt:
		return tag.OfInt(int64(int16(binary.BigEndian.Uint16(b)))), tag.Good
	case kindDWord, kindUDInt:
		return tag.OfInt(int64(binary.BigEndian.Uint32(b))), tag.Good
	case kindDInt, kindTime:
		return tag.OfInt(int64(int32(binary.BigEndian.Uint32(b)))), tag.Good
	case kindLInt:
		return tag.OfInt(int64(binary.BigEndian.Uint64(b))), tag.Good
	case kindLWord, kindULInt:
		return p.unsigned(binary.BigEndian.Uint64(b))
	case kindReal:
		return tag.OfFloat(number(float64(math.Float32frombits(binary.BigEndian.Uint32(b))))), tag.Good
	case kindLReal:
		return tag.OfFloat(number(math.Float64frombits(binary.BigEndian.Uint64(b)))), tag.Good
	case kindChar:
		return textOf(b, e.decode)
	case kindWChar:
		return textOf(b, decodeWide)
	case kindString:
		n := int(b[1])
		if n > p.length { // the text in the controller is longer than the address says
			return tag.Value{}, tag.BadDecodingError
		}
		return textOf(b[2:2+n], e.decode)
	case kindWString:
		n := int(binary.BigEndian.Uint16(b[2:]))
		if n > p.length {
			return tag.Value{}, tag.BadDecodingError
		}
		return textOf(b[4:4+2*n], decodeWide)
	case kindS5Time, kindTimer, kindCounter:
		w := binary.BigEndian.Uint16(b)
		n, ok := loadS5(w)
		if p.kind == kindCounter {
			n, ok = fromBCD(w & 0x0FFF)
		}
		if !ok {
			return tag.Value{}, tag.BadDecodingError
		}
		return tag.OfInt(n), tag.Good
	}
	t, ok := loadClock(p.kind, b)
	if !ok {
		return tag.Value{}, tag.BadDecodingError
	}
	if p.typ == tag.Int || p.typ == tag.Float {
		return tag.OfInt(t.UnixMilli()), tag.Good
	}
	return tag.OfString(formatClock(p.kind, t)), tag.Good
}

// unsigned is a 64-bit value; beyond the signed ones it is a float or digits.
func (p *point) unsigned(u uint64) (tag.Value, tag.Quality) {
	switch {
	case u <= math.MaxInt64:
		return tag.OfInt(int64(u)), tag.Good
	case p.typ == tag.Float:
		return tag.OfFloat(float64(u)), tag.Good
	case p.typ == tag.Int:
		return tag.Value{}, tag.BadOutOfRange
	case p.typ == tag.Bool:
		return tag.OfBool(true), tag.Good
	}
	return tag.OfString(strconv.FormatUint(u, 10)), tag.Good
}

// number makes all not-a-numbers one, so that they are equal.
func number(f float64) float64 {
	if f != f {
		return math.NaN()
	}
	return f
}

func convert(v tag.Value, t tag.Type) (tag.Value, tag.Quality) {
	if t == tag.None || v.Type() == t {
		return v, tag.Good
	}
	w, err := v.Convert(t)
	if err != nil {
		return tag.Value{}, tag.BadTypeMismatch
	}
	return w, tag.Good
}

func refused(q tag.Quality, format string, args ...any) error {
	return &connector.StatusError{Quality: q, Message: fmt.Sprintf(format, args...)}
}

// encode makes the bytes of a value. Texts come with their length, but with 0 in place of
// the longest length, which is the controller's. The error is a *connector.StatusError.
func (p *point) encode(v tag.Value, e encoding) ([]byte, error) {
	if p.array == 0 {
		return p.encodeOne(v, e)
	}
	switch {
	case v.Type() == tag.Bytes && (p.kind == kindByte || p.kind == kindUSInt || p.kind == kindChar):
		if len(v.Text()) != p.array {
			return nil, refused(tag.BadOutOfRange, "%d bytes in place of %d", len(v.Text()), p.array)
		}
		return []byte(v.Text()), nil
	case v.Type() == tag.String && p.kind == kindChar:
		return p.fill(v, e.encode)
	case v.Type() == tag.String && p.kind == kindWChar:
		return p.fill(v, encodeWide)
	case v.Type() != tag.JSON:
		return nil, refused(tag.BadTypeMismatch, "%s is not a list", v.Type())
	}
	var list []json.RawMessage
	if err := json.Unmarshal([]byte(v.Text()), &list); err != nil {
		return nil, refused(tag.BadTypeMismatch, "%.60s is not a list", v.Text())
	}
	if len(list) != p.array {
		return nil, refused(tag.BadOutOfRange, "%d values in place of %d", len(list), p.array)
	}
	out := make([]byte, p.bytes())
	for i, raw := range list {
		one, err := tag.Parse(raw, p.element())
		if err != nil {
			return nil, refused(tag.BadTypeMismatch, "value %d: %v", i, err)
		}
		b, err := p.encodeOne(one, e)
		if err != nil {
			return nil, fmt.Errorf("value %d: %w", i, err)
		}
		if p.kind == kindBool {
			out[i/8] |= b[0] << (i % 8)
		} else {
			copy(out[i*p.kind.stride(p.length):], b)
		}
	}
	return out, nil
}

// element is the type in which an element of a list is read, None for that of the JSON.
func (p *point) element() tag.Type {
	switch p.kind {
	case kindReal, kindLReal:
		return tag.Float
	case kindLInt:
		return tag.Int
	}
	return tag.None
}

// fill makes the characters of an array of them, with zeros behind.
func (p *point) fill(v tag.Value, encode func(string) ([]byte, bool)) ([]byte, error) {
	b, ok := encode(v.Text())
	if !ok {
		return nil, refused(tag.BadOutOfRange, "the controller's character set lacks a character of the text")
	}
	if len(b) > p.bytes() {
		return nil, refused(tag.BadOutOfRange, "the text has %d bytes, the controller keeps %d", len(b), p.bytes())
	}
	return append(b, make([]byte, p.bytes()-len(b))...), nil
}

// limits of the whole numbers, by bytes and sign.
var limits = map[kind][2]int64{
	kindByte: {0, math.MaxUint8}, kindUSInt: {0, math.MaxUint8}, kindSInt: {math.MinInt8, math.MaxInt8},
	kindWord: {0, math.MaxUint16}, kindUInt: {0, math.MaxUint16}, kindInt: {math.MinInt16, math.MaxInt16},
	kindDWord: {0, math.MaxUint32}, kindUDInt: {0, math.MaxUint32}, kindDInt: {math.MinInt32, math.MaxInt32}, kindTime: {math.MinInt32, math.MaxInt32},
	kindLWord: {0, math.MaxInt64}, kindULInt: {0, math.MaxInt64}, kindLInt: {math.MinInt64, math.MaxInt64}, kindS5Time: {0, 9_990_000},
}

func (p *point) encodeOne(v tag.Value, e encoding) ([]byte, error) {
	switch kinds[p.kind].class {
	case classText:
		return p.encodeText(v, e)
	case classDate:
		return p.encodeDate(v)
	case classBool:
		if v.Type() != tag.Bool && v.Type() != tag.Int && (v.Type() != tag.Float || math.IsNaN(v.Float())) {
			return nil, refused(tag.BadTypeMismatch, "%s is not true or false", v)
		}
		if v.Bool() {
			return []byte{1}, nil
		}
		return []byte{0}, nil
	}
	if p.kind == kindReal || p.kind == kindLReal {
		return p.encodeReal(v)
	}
	if u, ok := beyondSigned(p.kind, v); ok {
		return binary.BigEndian.AppendUint64(nil, u), nil
	}
	limit := limits[p.kind]
	n, err := v.Convert(tag.Int)
	switch {
	case v.Type() == tag.Bytes || v.Type() == tag.JSON || v.IsNone() || err != nil && v.Type() != tag.Float:
		return nil, refused(tag.BadTypeMismatch, "%.60s is not a number", v)
	case err != nil && v.Float() == math.Trunc(v.Float()):
		return nil, refused(tag.BadOutOfRange, "%s is outside %d to %d", v, limit[0], limit[1])
	case err != nil:
		return nil, refused(tag.BadTypeMismatch, "%s is not a whole number", v)
	case n.Int() < limit[0] || n.Int() > limit[1]:
		return nil, refused(tag.BadOutOfRange, "%d is outside %d to %d", n.Int(), limit[0], limit[1])
	}
	if p.kind == kindS5Time {
		w, ok := storeS5(n.Int())
		if !ok {
			return nil, refused(tag.BadOutOfRange, "an S5TIME cannot hold %d ms exactly", n.Int())
		}
		return binary.BigEndian.AppendUint16(nil, w), nil
	}
	b := binary.BigEndian.AppendUint64(nil, uint64(n.Int()))
	return b[8-kinds[p.kind].bytes:], nil
}

// beyondSigned is a value above the signed ones for an unsigned type of 64 bits.
func beyondSigned(k kind, v tag.Value) (uint64, bool) {
	if k != kindULInt && k != kindLWord {
		return 0, false
	}
	switch v.Type() {
	case tag.String:
		u, err := strconv.ParseUint(v.Text(), 10, 64)
		return u, err == nil
	case tag.Float:
		f := v.Float()
		return uint64(f), f == math.Trunc(f) && f >= 1<<63 && f < 1<<64
	}
	return 0, false
}

func (p *point) encodeReal(v tag.Value) ([]byte, error) {
	f, err := v.Convert(tag.Float)
	if err != nil || v.Type() == tag.Bytes || v.Type() == tag.JSON {
		return nil, refused(tag.BadTypeMismatch, "%.60s is not a number", v)
	}
	x := f.Float()
	if p.kind == kindLReal {
		return binary.BigEndian.AppendUint64(nil, math.Float64bits(x)), nil
	}
	if math.Abs(x) > math.MaxFloat32 && !math.IsInf(x, 0) {
		return nil, refused(tag.BadOutOfRange, "%s does not fit in a REAL", v)
	}
	return binary.BigEndian.AppendUint32(nil, math.Float32bits(float32(x))), nil
}

func (p *point) encodeText(v tag.Value, e encoding) ([]byte, error) {
	if v.Type() != tag.String {
		return nil, refused(tag.BadTypeMismatch, "%.60s is not a text", v)
	}
	encode := e.encode
	wide := p.kind == kindWString || p.kind == kindWChar
	if wide {
		encode = encodeWide
	}
	b, ok := encode(v.Text())
	if !ok {
		return nil, refused(tag.BadOutOfRange, "the controller's character set lacks a character of the text")
	}
	n := len(b)
	if wide {
		n /= 2
	}
	switch most := max(p.length, 1); {
	case n > most:
		return nil, refused(tag.BadOutOfRange, "the text has %d characters, the controller keeps %d", n, most)
	case p.kind.lengthened():
	case n < most:
		return nil, refused(tag.BadOutOfRange, "a %s holds exactly one character", p.kind)
	default:
		return b, nil
	}
	if wide {
		return append([]byte{0, 0, byte(n >> 8), byte(n)}, b...), nil
	}
	return append([]byte{0, byte(n)}, b...), nil
}

func (p *point) encodeDate(v tag.Value) ([]byte, error) {
	var t time.Time
	switch v.Type() {
	case tag.String:
		ok := false
		if t, ok = parseClock(p.kind, v.Text()); !ok {
			return nil, refused(tag.BadTypeMismatch, "%.60q is not a time such as %s", v.Text(), clockForms[p.kind])
		}
	case tag.Int, tag.Float:
		n, err := v.Convert(tag.Int)
		if err != nil {
			return nil, refused(tag.BadTypeMismatch, "%s is not a whole number of milliseconds", v)
		}
		t = time.UnixMilli(n.Int()).UTC()
	default:
		return nil, refused(tag.BadTypeMismatch, "%.60s is not a time", v)
	}
	b, ok := storeClock(p.kind, t)
	if !ok {
		return nil, refused(tag.BadOutOfRange, "a %s cannot hold %s", p.kind, formatClock(kindDTL, t))
	}
	return b, nil
}
