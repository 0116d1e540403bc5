package opcua

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/gopcua/opcua/id"

	"github.com/lineside/lineside/runtime/tag"
)

// The built-in types (OPC 10000-6, 5.1.2).
const (
	typeNull       = 0
	typeBoolean    = 1
	typeSByte      = 2
	typeByte       = 3
	typeInt16      = 4
	typeUInt16     = 5
	typeInt32      = 6
	typeUInt32     = 7
	typeInt64      = 8
	typeUInt64     = 9
	typeFloat      = 10
	typeDouble     = 11
	typeString     = 12
	typeDateTime   = 13
	typeGUID       = 14
	typeByteString = 15
	typeXML        = 16
	typeNodeID     = 17
	typeExpanded   = 18
	typeStatus     = 19
	typeQualified  = 20
	typeLocalized  = 21
	typeExtension  = 22
	typeDataValue  = 23
	typeVariant    = 24
	typeDiagnostic = 25
)

// maxElements bounds an array; each takes at least a byte of the message.
const maxElements = 1 << 20

// variant is a value as the server sent it (clause 5.2.2.16).
type variant struct {
	typ    byte
	array  bool
	scalar tag.Value   // None when there is no value
	elems  []tag.Value // of an array, row by row
	dims   []int       // of a matrix
}

// variant reads a Variant.
func (r *reader) variant() (v variant) {
	mask := r.u8()
	v.typ = mask & 0x3F
	if v.typ > typeDiagnostic {
		if v.typ > 31 {
			r.fail(errors.New("a value of an unknown type"))
			return variant{}
		}
		v.typ = typeByteString // reserved types are to be taken as ByteString
	}
	if mask&0x80 == 0 {
		if v.typ != typeNull {
			v.scalar = r.value(v.typ)
		}
		return v
	}
	v.array = true
	n := r.count(1)
	if n > maxElements {
		r.fail(errLength)
		return variant{}
	}
	v.elems = make([]tag.Value, n)
	for i := range v.elems {
		v.elems[i] = r.value(v.typ)
	}
	if mask&0x40 == 0 || r.err != nil {
		return v
	}
	dims := r.count(4)
	if dims > maxDepth {
		r.fail(errDepth)
		return variant{}
	}
	v.dims = make([]int, dims)
	total := 1
	for i := range v.dims {
		d := int32(r.u32())
		if d < 0 || d > 0 && total > maxElements/int(d) {
			r.fail(errLength)
			return variant{}
		}
		v.dims[i] = int(d)
		total *= int(d)
	}
	if len(v.dims) > 0 && total != n {
		r.fail(errors.New("a matrix has another number of elements than its dimensions say"))
		return variant{}
	}
	return v
}

// value reads one value of a built-in type.
func (r *reader) value(typ byte) tag.Value {
	switch typ {
	case typeBoolean:
		return tag.OfBool(r.u8() != 0)
	case typeSByte:
		return tag.OfInt(int64(int8(r.u8())))
	case typeByte:
		return tag.OfInt(int64(r.u8()))
	case typeInt16:
		return tag.OfInt(int64(int16(r.u16())))
	case typeUInt16:
		return tag.OfInt(int64(r.u16()))
	case typeInt32:
		return tag.OfInt(int64(int32(r.u32())))
	case typeUInt32:
		return tag.OfInt(int64(r.u32()))
	case typeInt64:
		return tag.OfInt(int64(r.u64()))
	case typeUInt64:
		if n := r.u64(); n > math.MaxInt64 {
			return tag.OfString(strconv.FormatUint(n, 10)) // as a browser has it too; see deliver
		} else {
			return tag.OfInt(int64(n))
		}
	case typeFloat:
		return float(float64(math.Float32frombits(r.u32())))
	case typeDouble:
		return float(r.f64())
	case typeString, typeXML:
		return tag.OfString(validText(r.text()))
	case typeDateTime:
		return tag.OfString(timeText(r.time()))
	case typeGUID:
		return tag.OfString(r.guid())
	case typeByteString:
		return tag.OfBytes(r.bytes())
	case typeNodeID:
		return tag.OfString(validText(r.nodeID().String()))
	case typeExpanded:
		id, uri, _ := r.expanded()
		return tag.OfString(validText(reference{uri: uri, id: id}.String()))
	case typeStatus:
		return tag.OfInt(int64(r.u32()))
	case typeQualified:
		return tag.OfString(validText(r.qualified()))
	case typeLocalized:
		return tag.OfString(validText(r.localized()))
	case typeExtension:
		return tag.OfJSON(r.structure())
	case typeDataValue:
		if !r.enter() {
			return tag.Value{}
		}
		defer r.leave()
		d := r.dataValue()
		return tag.OfJSON(d.text())
	case typeVariant:
		if !r.enter() {
			return tag.Value{}
		}
		defer r.leave()
		v := r.variant()
		return tag.OfJSON(string(v.appendJSON(nil)))
	case typeDiagnostic:
		r.diagnostics()
	}
	return tag.Value{}
}

// float makes all that is not a number the same, so that it does not count as a change.
func float(f float64) tag.Value {
	if math.IsNaN(f) {
		f = math.NaN()
	}
	return tag.OfFloat(f)
}

// validText keeps what a server calls a text valid UTF-8.
func validText(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			b, err := json.Marshal(s) // replaces what is not valid
			var out string
			if err == nil && json.Unmarshal(b, &out) == nil {
				return out
			}
			return ""
		}
	}
	return s
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

// structure reads an ExtensionObject as JSON: ranges, units and arguments by their members,
// others as {"type": node id, "body": base64}.
func (r *reader) structure() string {
	typ, encoding, body := r.extension()
	if r.err != nil {
		return "null"
	}
	b := &reader{b: body, depth: r.depth}
	out := map[string]any{}
	switch {
	case typ.isNull() && encoding == 0:
		return "null"
	case encoding == 1 && typ == nodeID{num: id.Range_Encoding_DefaultBinary}:
		out["low"], out["high"] = tag.OfFloat(b.f64()), tag.OfFloat(b.f64())
	case encoding == 1 && typ == nodeID{num: id.EUInformation_Encoding_DefaultBinary}:
		u := b.unit()
		out["namespaceUri"], out["unitId"], out["displayName"], out["description"] = u.namespace, u.id, u.name, u.description
	case encoding == 1 && typ == nodeID{num: id.Argument_Encoding_DefaultBinary}:
		a := b.argument()
		out["name"], out["dataType"], out["valueRank"], out["description"] = a.name, a.dataType.String(), a.rank, a.description
	default:
		out["type"] = typ.String()
		if encoding == 2 {
			out["xml"] = validText(string(body))
		} else {
			out["body"] = body
		}
	}
	if b.err != nil {
		return "null"
	}
	text, err := json.Marshal(out)
	if err != nil {
		return "null"
	}
	return string(text)
}

// unit is an EUInformation (OPC 10000-8, 5.6.4.3).
type unit struct {
	namespace         string
	id                int32
	name, description string
}

func (r *reader) unit() unit {
	return unit{namespace: r.text(), id: int32(r.u32()), name: r.localized(), description: r.localized()}
}

// argument is one argument of a method (OPC 10000-3, 8.6).
type argument struct {
	name        string
	dataType    nodeID
	rank        int32
	description string
}

func (r *reader) argument() argument {
	a := argument{name: r.text(), dataType: r.nodeID(), rank: int32(r.u32())}
	for range r.count(4) {
		r.u32()
	}
	a.description = r.localized()
	return a
}

// dataValue is a value with its status and times (clause 5.2.2.17).
type dataValue struct {
	value          variant
	status         status
	source, server tag.Time
}

func (r *reader) dataValue() (d dataValue) {
	mask := r.u8()
	if mask&0x01 != 0 {
		d.value = r.variant()
	}
	if mask&0x02 != 0 {
		d.status = status(r.u32())
	}
	if mask&0x04 != 0 {
		d.source = r.stamp()
	}
	if mask&0x10 != 0 {
		if ten := r.u16(); d.source != 0 { // of 10 ps
			d.source += tag.Time(ten) / 100
		}
	}
	if mask&0x08 != 0 {
		d.server = r.stamp()
	}
	if mask&0x20 != 0 {
		r.u16()
	}
	return d
}

// stamp reads a DateTime as the time of a sample, 0 for none.
func (r *reader) stamp() tag.Time {
	t := int64(r.u64()) - epoch
	if t == -epoch || t > math.MaxInt64/100 || t < math.MinInt64/100 {
		return 0
	}
	return tag.Time(t * 100)
}

func (d *dataValue) text() string {
	out := map[string]any{"value": json.RawMessage(d.value.appendJSON(nil)), "status": uint32(d.status)}
	if d.source != 0 {
		out["sourceTimestamp"] = timeText(d.source.Std())
	}
	text, err := json.Marshal(out)
	if err != nil {
		return "null"
	}
	return string(text)
}

// appendJSON appends the value as JSON: arrays as lists, matrices as lists of lists.
func (v *variant) appendJSON(dst []byte) []byte {
	if !v.array {
		return v.scalar.AppendJSON(dst)
	}
	dims := v.dims
	if len(dims) == 0 {
		dims = []int{len(v.elems)}
	}
	dst, _ = appendMatrix(dst, v.elems, dims)
	return dst
}

func appendMatrix(dst []byte, elems []tag.Value, dims []int) ([]byte, []tag.Value) {
	dst = append(dst, '[')
	for i := range dims[0] {
		if i > 0 {
			dst = append(dst, ',')
		}
		if len(dims) > 1 {
			dst, elems = appendMatrix(dst, elems, dims[1:])
		} else {
			dst = elems[0].AppendJSON(dst)
			elems = elems[1:]
		}
	}
	return append(dst, ']'), elems
}

// deliver makes a sample of what the server sent, in the type that a tag wants; single says
// that a range picked one element.
func (d *dataValue) deliver(want tag.Type, single bool) tag.Sample {
	s := tag.Sample{Quality: d.status.quality(), Source: d.source}
	if s.Source == 0 {
		s.Source = d.server
	}
	if s.Source == 0 {
		s.Source = tag.Now()
	}
	if s.Quality.IsBad() {
		return s
	}
	v, q := d.value.convert(want, single)
	if q != tag.Good {
		return tag.Sample{Quality: q, Source: s.Source}
	}
	s.Value = v
	return s
}

// convert makes a tag's value.
func (v *variant) convert(want tag.Type, single bool) (tag.Value, tag.Quality) {
	value := v.scalar
	if v.array {
		switch {
		case single && len(v.elems) == 1:
			value = v.elems[0]
		case want == tag.Bytes && v.typ == typeByte && len(v.dims) < 2:
			b := make([]byte, len(v.elems))
			for i, e := range v.elems {
				b[i] = byte(e.Int())
			}
			return tag.OfBytes(b), tag.Good
		default:
			value = tag.OfJSON(string(v.appendJSON(nil)))
		}
	} else if single && want != tag.JSON && v.typ == typeByteString && len(value.Text()) == 1 {
		value = tag.OfInt(int64(value.Text()[0]))
	}
	if value.IsNone() {
		return value, tag.BadNoData
	}
	if value.Type() == want || want == tag.None {
		return value, tag.Good
	}
	switch {
	case v.typ == typeUInt64 && want == tag.Int:
		return tag.Value{}, tag.BadOutOfRange
	case v.typ == typeDateTime && want == tag.Int:
		t, err := time.Parse(time.RFC3339Nano, value.Text())
		if err != nil {
			return tag.Value{}, tag.BadNoData
		}
		return tag.OfInt(t.UnixMilli()), tag.Good
	case value.Type() == tag.JSON && want != tag.String:
		return tag.Value{}, tag.BadTypeMismatch
	}
	out, err := value.Convert(want)
	if err != nil {
		return tag.Value{}, tag.BadTypeMismatch
	}
	return out, tag.Good
}
