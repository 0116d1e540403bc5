package sparkplug

import (
	"encoding/binary"
	"math"
	"strings"
)

// widths are the bytes that an element of a list takes (clause 6.4.17).
var widths = map[DataType]int{Int8: 1, Int16: 2, Int32: 4, Int64: 8, UInt8: 1, UInt16: 2, UInt32: 4, UInt64: 8, Float: 4, Double: 8, DateTime: 8}

// elements takes a list apart: numbers little-endian one behind the other; bools as their number in
// four bytes and then a bit each, the first of a byte its highest; texts each with a zero behind. What
// does not come out even is no list.
func (v Value) elements(element DataType) []Value {
	if v.field != bytesField {
		return nil
	}
	b := v.text
	switch element {
	case Boolean:
		if len(b) < 4 {
			return nil
		}
		n, bits := uint64(binary.LittleEndian.Uint32([]byte(b[:4]))), b[4:]
		if n > uint64(len(bits))*8 {
			return nil
		}
		out := make([]Value, n)
		for i := range out {
			out[i] = OfBool(bits[i/8]>>(7-i%8)&1 != 0)
		}
		return out
	case String:
		if b == "" || b[len(b)-1] != 0 {
			return nil
		}
		texts := strings.Split(b[:len(b)-1], "\x00")
		out := make([]Value, len(texts))
		for i, s := range texts {
			out[i] = OfText(strings.ToValidUTF8(s, "\uFFFD"))
		}
		return out
	}
	width := widths[element]
	if width == 0 || len(b)%width != 0 {
		return nil
	}
	out := make([]Value, len(b)/width)
	for i := range out {
		var eight [8]byte
		copy(eight[:], b[i*width:(i+1)*width])
		n := binary.LittleEndian.Uint64(eight[:])
		switch element {
		case Float:
			out[i] = Value{field: floatField, bits: n}
		case Double:
			out[i] = Value{field: doubleField, bits: n}
		default:
			out[i] = Value{field: longField, bits: n}
		}
	}
	return out
}

// OfElements makes a list of values that Encode made for the element's type.
func OfElements(element DataType, values []Value) Value {
	var b []byte
	switch element {
	case Boolean:
		b = binary.LittleEndian.AppendUint32(b, uint32(min(len(values), math.MaxUint32)))
		b = append(b, make([]byte, (len(values)+7)/8)...)
		for i, v := range values {
			b[4+i/8] |= byte(v.bits&1) << (7 - i%8)
		}
	case String:
		for _, v := range values {
			b = append(append(b, strings.ReplaceAll(v.text, "\x00", "")...), 0)
		}
	default:
		for _, v := range values {
			var eight [8]byte
			binary.LittleEndian.PutUint64(eight[:], v.bits)
			b = append(b, eight[:widths[element]]...)
		}
	}
	return Value{field: bytesField, text: string(b)}
}

func appendArray(dst []byte, element DataType, v Value) []byte {
	values := v.elements(element)
	if values == nil && !(v.field == bytesField && v.text == "") {
		return append(dst, "null"...)
	}
	dst = append(dst, '[')
	for i, e := range values {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = e.Plain(element).AppendJSON(dst)
	}
	return append(dst, ']')
}

// Elements are those of a list, at most a number of them.
func (v Value) Elements(element DataType, most int) []Value {
	list := v.elements(element)
	return list[:min(len(list), most)]
}
