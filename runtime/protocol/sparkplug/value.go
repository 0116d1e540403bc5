package sparkplug

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// Plain is the value in the type of tag that fits the data type: a UInt64 beyond the numbers of a
// tag is a text of digits, a time one of ISO 8601; lists, tables and templates are JSON. Values
// stand in the field that the standard has for the type or in one that many edge nodes use instead.
// None is of what stands elsewhere, or is no value.
func (v Value) Plain(t DataType) tag.Value {
	if bits, ok := wholeBits[t]; ok {
		return v.whole(bits, t >= UInt8)
	}
	switch t {
	case UInt64:
		switch {
		case v.field != longField && v.field != intField:
			return tag.Value{}
		case v.bits > math.MaxInt64:
			return tag.OfString(strconv.FormatUint(v.bits, 10))
		}
		return tag.OfInt(int64(v.bits))
	case Float, Double:
		return v.number()
	case Boolean:
		if v.field == boolField || v.field == intField || v.field == longField {
			return tag.OfBool(v.bits != 0)
		}
	case String, Text, UUID:
		if v.field == stringField {
			return tag.OfString(v.text)
		}
	case DateTime:
		if at, ok := v.time(); ok {
			return tag.OfString(at.Format("2006-01-02T15:04:05.999Z07:00"))
		}
	case Bytes, File:
		if v.field == bytesField {
			return tag.OfBytes([]byte(v.text))
		}
	case Unknown:
		return v.guess()
	default:
		if text := v.appendJSON(nil, t); string(text) != "null" {
			return tag.OfJSON(string(text))
		}
	}
	return tag.Value{}
}

// wholeBits are the widths of the whole numbers that a tag can hold, those with a sign first.
var wholeBits = map[DataType]uint{Int8: 8, Int16: 16, Int32: 32, Int64: 64, UInt8: 8, UInt16: 16, UInt32: 32}

// whole is a whole number of some bits. Numbers of 32 bits are sent without their sign.
func (v Value) whole(bits uint, unsigned bool) tag.Value {
	if v.field != intField && v.field != longField {
		return tag.Value{}
	}
	n := v.bits << (64 - bits)
	if unsigned {
		return tag.OfInt(int64(n >> (64 - bits)))
	}
	return tag.OfInt(int64(n) >> (64 - bits))
}

func (v Value) number() tag.Value {
	f := math.NaN()
	switch v.field {
	case floatField:
		f = float64(math.Float32frombits(uint32(v.bits)))
	case doubleField:
		f = math.Float64frombits(v.bits)
	case intField:
		f = float64(int32(v.bits))
	case longField:
		f = float64(int64(v.bits))
	default:
		return tag.Value{}
	}
	if math.IsNaN(f) {
		f = math.NaN() // all that is not a number is the same, so that it is not a change
	}
	return tag.OfFloat(f)
}

func (v Value) time() (time.Time, bool) {
	if v.field != longField && v.field != intField || v.bits > 253402300799999 { // the end of 9999
		return time.Time{}, false
	}
	return time.UnixMilli(int64(v.bits)).UTC(), true
}

// guess is for a value whose type nobody said.
func (v Value) guess() tag.Value {
	for field, t := range map[field]DataType{intField: Int32, longField: Int64, floatField: Float, doubleField: Double, boolField: Boolean, stringField: String, bytesField: Bytes, dataSetField: DataSetType, templateField: TemplateType} {
		if v.field == field {
			return v.Plain(t)
		}
	}
	return tag.Value{}
}

// Tag delivers the value in the type of a tag.
func (v Value) Tag(t DataType, want tag.Type) (tag.Value, tag.Quality) {
	if v.field == none {
		return tag.Value{}, tag.BadNoData
	}
	plain := v.Plain(t)
	switch {
	case plain.IsNone():
		return plain, tag.BadDecodingError
	case plain.Type() == want || want == tag.None:
		return plain, tag.Good
	case t == UInt64 && want == tag.Int:
		return tag.Value{}, tag.BadOutOfRange
	case t == DateTime && want == tag.Int:
		return tag.OfInt(int64(v.bits)), tag.Good
	case plain.Type() == tag.JSON && want != tag.String:
		return tag.Value{}, tag.BadTypeMismatch
	}
	out, err := plain.Convert(want)
	if err != nil {
		return tag.Value{}, tag.BadTypeMismatch
	}
	return out, tag.Good
}

// appendJSON appends the value as JSON: a table as {"columns", "types", "rows"}, a template as an
// object of its members, a set of properties as an object.
func (v Value) appendJSON(dst []byte, t DataType) []byte {
	if element, ok := t.Array(); ok {
		return appendArray(dst, element, v)
	}
	switch part := v.part.(type) {
	case *DataSet:
		return part.appendJSON(dst)
	case *Template:
		return part.appendJSON(dst)
	case []Property:
		return appendPropertiesJSON(dst, part)
	case [][]Property:
		dst = append(dst, '[')
		for i, set := range part {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendPropertiesJSON(dst, set)
		}
		return append(dst, ']')
	}
	if t >= DataSetType && t != Bytes && t != File {
		return append(dst, "null"...)
	}
	return v.Plain(t).AppendJSON(dst)
}

func appendPropertiesJSON(dst []byte, list []Property) []byte {
	dst = append(dst, '{')
	for i, p := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendKey(dst, p.Key), ':')
		if p.Null {
			dst = append(dst, "null"...)
		} else {
			dst = p.Value.appendJSON(dst, p.Type)
		}
	}
	return append(dst, '}')
}

func appendKey(dst []byte, key string) []byte { return tag.OfString(key).AppendJSON(dst) }

func (s *DataSet) appendJSON(dst []byte) []byte {
	dst = append(dst, `{"columns":[`...)
	for i, c := range s.Columns {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendKey(dst, c)
	}
	dst = append(dst, `],"types":[`...)
	for i, t := range s.Types {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendKey(dst, t.String())
	}
	dst = append(dst, `],"rows":[`...)
	for i, row := range s.Rows {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '[')
		for k, v := range row {
			if k > 0 {
				dst = append(dst, ',')
			}
			dst = v.Plain(s.Types[k]).AppendJSON(dst)
		}
		dst = append(dst, ']')
	}
	return append(dst, `]}`...)
}

// Column is the place of a column by its name, or by its number from 0.
func (s *DataSet) Column(name string) (int, bool) {
	for i, c := range s.Columns {
		if c == name {
			return i, true
		}
	}
	n, err := strconv.Atoi(name)
	return n, err == nil && n >= 0 && n < len(s.Columns)
}

// Cell finds a cell by "row/column": the row is a number from 0, the column a name or a number.
func (s *DataSet) Cell(at string) (row, column int, ok bool) {
	r, c, _ := strings.Cut(at, "/")
	row, err := strconv.Atoi(r)
	if err != nil || row < 0 || row >= len(s.Rows) {
		return 0, 0, false
	}
	column, ok = s.Column(c)
	return row, column, ok && column < len(s.Rows[row])
}

func (t *Template) appendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	for i := range t.Members {
		m := &t.Members[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendKey(dst, m.Name), ':')
		if m.Null {
			dst = append(dst, "null"...)
		} else {
			dst = m.Value.appendJSON(dst, m.Type)
		}
	}
	return append(dst, '}')
}

// Member finds a member by its name; the names of members of members follow behind "/". Names may
// have "/" in them themselves: the shortest that fits counts.
func (t *Template) Member(path string) *Metric {
	for i := range t.Members {
		if t.Members[i].Name == path {
			return &t.Members[i]
		}
	}
	for i := range t.Members {
		m := &t.Members[i]
		if inner := m.Value.Template(); inner != nil {
			if rest, ok := strings.CutPrefix(path, m.Name+"/"); ok {
				if found := inner.Member(rest); found != nil {
					return found
				}
			}
		}
	}
	return nil
}

// Merge is the template after an update that may hold some members only. Neither is changed.
func (t *Template) Merge(update *Template) *Template {
	out := *t
	out.Definition = update.Definition
	out.Members = append([]Metric(nil), t.Members...)
	for _, m := range update.Members {
		at := -1
		for i := range out.Members {
			if out.Members[i].Name == m.Name {
				at = i
				break
			}
		}
		if at < 0 {
			if len(out.Members) < maxThings {
				out.Members = append(out.Members, m)
			}
			continue
		}
		old := &out.Members[at]
		if m.Type == Unknown {
			m.Type = old.Type
		}
		if m.Properties == nil {
			m.Properties = old.Properties
		}
		if m.Description == "" {
			m.Description = old.Description
		}
		if a, b := old.Value.Template(), m.Value.Template(); a != nil && b != nil {
			m.Value = OfTemplate(a.Merge(b))
		}
		*old = m
	}
	return &out
}

// Select is the part of a value at a path: a member of a template, a cell of a table, an element of
// a list; "" is all of it. ok is false when there is no such part.
func (v Value) Select(t DataType, path string) (part Value, typ DataType, null, ok bool) {
	if path == "" {
		return v, t, false, true
	}
	switch x := v.part.(type) {
	case *Template:
		if m := x.Member(path); m != nil {
			return m.Value, m.Type, m.Null, true
		}
		// A part of a member that is no template.
		for i := range x.Members {
			m := &x.Members[i]
			if rest, below := cutMember(path, m.Name); below {
				if part, typ, null, ok = m.Value.Select(m.Type, rest); ok {
					return part, typ, null || m.Null, true
				}
			}
		}
	case *DataSet:
		if row, column, found := x.Cell(path); found {
			return x.Rows[row][column], x.Types[column], x.Rows[row][column].IsNone(), true
		}
	default:
		if element, list := t.Array(); list {
			n, err := strconv.Atoi(path)
			if values := v.elements(element); err == nil && n >= 0 && n < len(values) {
				return values[n], element, false, true
			}
		}
	}
	return Value{}, Unknown, false, false
}

// Same reports whether two values of a data type mean the same.
func (v Value) Same(t DataType, w Value) bool { return v.Plain(t) == w.Plain(t) }

// base64Text is for bytes in JSON.
func base64Text(s string) (string, bool) {
	b, err := base64.StdEncoding.DecodeString(s)
	return string(b), err == nil
}

// member is one entry of a JSON object, in the order of the text.
type member struct {
	key   string
	value json.RawMessage
}
