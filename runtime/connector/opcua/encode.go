package opcua

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// shape is what a node takes: a built-in type, single or in an array of so many dimensions.
type shape struct {
	typ  byte // typeVariant: any
	rank int  // 0: a single value, 1: a list, 2: a matrix …
}

func mismatch(format string, args ...any) error {
	return &connector.StatusError{Quality: tag.BadTypeMismatch, Message: fmt.Sprintf(format, args...)}
}

func outOfRange(v tag.Value, what string) error {
	return &connector.StatusError{Quality: tag.BadOutOfRange, Message: fmt.Sprintf("%s does not fit in %s", clip(v.String()), what)}
}

// variant writes a value as a Variant of a shape.
func (w *writer) variant(s shape, v tag.Value) error {
	if s.rank == 0 && v.Type() == tag.JSON {
		if isList(v.Text()) {
			return mismatch("the node takes one value, not a list")
		}
		inner, err := tag.Parse([]byte(v.Text()), tag.None)
		if err != nil {
			return mismatch("%v", err)
		}
		v = inner
	}
	if s.rank == 0 && s.typ == typeVariant {
		return w.freely(v)
	}
	if s.rank == 0 {
		w.u8(s.typ)
		return w.value(s.typ, v)
	}
	if v.Type() == tag.Bytes && s.typ == typeByte && s.rank == 1 {
		w.u8(s.typ | 0x80)
		w.bytes([]byte(v.Text()))
		return nil
	}
	if v.Type() != tag.JSON && v.Type() != tag.String || !isList(v.Text()) {
		return mismatch("the node takes a list (JSON)")
	}
	var root any
	d := json.NewDecoder(bytes.NewReader([]byte(v.Text())))
	d.UseNumber()
	if err := d.Decode(&root); err != nil {
		return mismatch("the list is not JSON: %v", err)
	}
	var elems []any
	var dims []int
	if err := flatten(root, s.rank, 0, &dims, &elems); err != nil {
		return err
	}
	mask := s.typ | 0x80
	if s.rank > 1 {
		mask |= 0x40
	}
	w.u8(mask)
	w.count(len(elems))
	for _, e := range elems {
		text, err := json.Marshal(e)
		if err != nil {
			return mismatch("%v", err)
		}
		v, err := elementOf(text, s.typ)
		if err != nil {
			return mismatch("%v", err)
		}
		if err := w.value(s.typ, v); err != nil {
			return err
		}
	}
	if s.rank > 1 {
		w.count(len(dims))
		for _, n := range dims {
			w.count(n)
		}
	}
	return nil
}

func isList(text string) bool {
	text = string(bytes.TrimLeft([]byte(text), " \t\r\n"))
	return text != "" && text[0] == '['
}

// elementOf reads an element of a list; what JSON lacks is a text there.
func elementOf(text []byte, typ byte) (tag.Value, error) {
	switch typ {
	case typeFloat, typeDouble:
		return tag.Parse(text, tag.Float)
	case typeByteString:
		return tag.Parse(text, tag.Bytes)
	}
	return tag.Parse(text, tag.None)
}

// flatten puts the elements of a matrix of rank dimensions into one row.
func flatten(v any, rank, level int, dims *[]int, elems *[]any) error {
	if level == rank {
		if _, deeper := v.([]any); deeper {
			return mismatch("the list is nested deeper than the %d dimensions of the node", rank)
		}
		*elems = append(*elems, v)
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		return mismatch("the node takes a list of %d dimensions", rank)
	}
	if len(*dims) == level {
		*dims = append(*dims, len(list))
	} else if (*dims)[level] != len(list) {
		return mismatch("the rows of the list have different lengths")
	}
	for _, e := range list {
		if err := flatten(e, rank, level+1, dims, elems); err != nil {
			return err
		}
	}
	for len(*dims) < rank {
		*dims = append(*dims, 0)
	}
	return nil
}

// whole are the limits of the whole numbers; UInt64 has its own.
var whole = map[byte]struct {
	low, high int64
	name      string
	size      int
}{
	typeSByte: {math.MinInt8, math.MaxInt8, "SByte", 1}, typeByte: {0, math.MaxUint8, "Byte", 1},
	typeInt16: {math.MinInt16, math.MaxInt16, "Int16", 2}, typeUInt16: {0, math.MaxUint16, "UInt16", 2},
	typeInt32: {math.MinInt32, math.MaxInt32, "Int32", 4}, typeUInt32: {0, math.MaxUint32, "UInt32", 4},
	typeInt64: {math.MinInt64, math.MaxInt64, "Int64", 8}, typeStatus: {0, math.MaxUint32, "StatusCode", 4},
}

// value writes a value in the encoding of a built-in type.
func (w *writer) value(typ byte, v tag.Value) error {
	if limit, ok := whole[typ]; ok {
		if v.Type() == tag.Float {
			if f := v.Float(); f == math.Trunc(f) && (f < math.MinInt64 || f >= math.MaxInt64) {
				return outOfRange(v, limit.name)
			}
		}
		i, err := v.Convert(tag.Int)
		if err != nil {
			return mismatch("%v", err)
		}
		if n := i.Int(); n < limit.low || n > limit.high {
			return outOfRange(v, limit.name)
		}
		for n, k := uint64(i.Int()), 0; k < limit.size; k++ {
			w.u8(byte(n))
			n >>= 8
		}
		return nil
	}
	switch typ {
	case typeBoolean:
		b, err := v.Convert(tag.Bool)
		if err != nil {
			return mismatch("%v", err)
		}
		w.bool(b.Bool())
	case typeUInt64:
		return w.uint64(v)
	case typeFloat:
		f, err := v.Convert(tag.Float)
		if err != nil {
			return mismatch("%v", err)
		}
		n := float32(f.Float())
		if math.IsInf(float64(n), 0) && !math.IsInf(f.Float(), 0) {
			return outOfRange(v, "Float")
		}
		w.u32(math.Float32bits(n))
	case typeDouble:
		f, err := v.Convert(tag.Float)
		if err != nil {
			return mismatch("%v", err)
		}
		w.f64(f.Float())
	case typeString, typeXML:
		s, err := v.Convert(tag.String)
		if err != nil {
			return mismatch("%v", err)
		}
		w.text(s.Text())
	case typeLocalized:
		s, err := v.Convert(tag.String)
		if err != nil {
			return mismatch("%v", err)
		}
		w.localized(s.Text())
	case typeQualified:
		s, err := v.Convert(tag.String)
		if err != nil {
			return mismatch("%v", err)
		}
		w.u16(0)
		w.text(s.Text())
	case typeDateTime:
		return w.dateTime(v)
	case typeByteString:
		if v.Type() == tag.String {
			if b, err := base64.StdEncoding.DecodeString(v.Text()); err == nil && v.Text() != "" {
				w.bytes(b)
				return nil
			}
		}
		b, err := v.Convert(tag.Bytes)
		if err != nil {
			return mismatch("%v", err)
		}
		w.bytes([]byte(b.Text()))
	case typeGUID:
		if _, err := parseGUID(v.Text()); err != nil {
			return mismatch("%v", err)
		}
		w.guid(v.Text())
	case typeNodeID:
		ref, err := parseReference(v.Text())
		if err != nil || ref.uri != "" {
			return mismatch("%q is not a node id with an index", clip(v.Text()))
		}
		w.nodeID(ref.id)
	case typeVariant:
		return w.freely(v)
	default:
		return &connector.StatusError{Quality: tag.BadNotSupported, Message: fmt.Sprintf("values of the built-in type %d cannot be written", typ)}
	}
	return nil
}

func (w *writer) uint64(v tag.Value) error {
	if v.Type() == tag.String || v.Type() == tag.Float && v.Float() >= math.MaxInt64 {
		text := v.Text()
		if v.Type() == tag.Float {
			text = strconv.FormatFloat(v.Float(), 'f', 0, 64)
		}
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return outOfRange(v, "UInt64")
		}
		w.u64(n)
		return nil
	}
	if v.Type() == tag.Float && v.Float() < 0 {
		return outOfRange(v, "UInt64")
	}
	i, err := v.Convert(tag.Int)
	if err != nil {
		return mismatch("%v", err)
	}
	if i.Int() < 0 {
		return outOfRange(v, "UInt64")
	}
	w.u64(uint64(i.Int()))
	return nil
}

// dateTime writes a time: ISO 8601, or milliseconds since 1970.
func (w *writer) dateTime(v tag.Value) error {
	t := time.Time{}
	if v.Type() == tag.String {
		var err error
		if t, err = time.Parse(time.RFC3339Nano, v.Text()); err != nil {
			return mismatch("%q is not a time such as 2026-03-01T12:00:00Z", clip(v.Text()))
		}
	} else {
		ms, err := v.Convert(tag.Int)
		if err != nil {
			return mismatch("%v", err)
		}
		t = time.UnixMilli(ms.Int()).UTC()
	}
	if y := t.Year(); y < 1601 || y > 9999 {
		return outOfRange(v, "DateTime")
	}
	w.time(t)
	return nil
}

// freely writes a value in the type that it has, for nodes that take any.
func (w *writer) freely(v tag.Value) error {
	typ := map[tag.Type]byte{tag.Bool: typeBoolean, tag.Int: typeInt64, tag.Float: typeDouble, tag.String: typeString, tag.Bytes: typeByteString}[v.Type()]
	if typ == 0 {
		return mismatch("the node takes any single value, but no list")
	}
	w.u8(typ)
	return w.value(typ, v)
}
