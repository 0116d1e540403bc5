package sparkplug

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

func mismatch(format string, args ...any) error {
	return &connector.StatusError{Quality: tag.BadTypeMismatch, Message: fmt.Sprintf(format, args...)}
}

func outOfRange(v tag.Value, t DataType) error {
	return &connector.StatusError{Quality: tag.BadOutOfRange, Message: fmt.Sprintf("%.60s does not fit in a %s", v, t)}
}

var wholeLimits = map[DataType][2]int64{
	Int8: {math.MinInt8, math.MaxInt8}, Int16: {math.MinInt16, math.MaxInt16}, Int32: {math.MinInt32, math.MaxInt32}, Int64: {math.MinInt64, math.MaxInt64},
	UInt8: {0, math.MaxUint8}, UInt16: {0, math.MaxUint16}, UInt32: {0, math.MaxUint32},
}

// Encode makes a value of a data type of one of a tag: the way back of Plain. present is what there is
// now: an object of members of a template changes those only, and a table without columns or types
// has those of now. Errors are of type *connector.StatusError.
func Encode(t DataType, v tag.Value, present Value) (Value, error) {
	if limit, ok := wholeLimits[t]; ok {
		return encodeWhole(t, v, limit)
	}
	convert := func(to tag.Type) (tag.Value, error) {
		out, err := v.Convert(to)
		if err != nil {
			return out, mismatch("%v", err)
		}
		return out, nil
	}
	switch t {
	case UInt64:
		return encodeUint(v)
	case Float:
		f, err := convert(tag.Float)
		if err != nil {
			return Value{}, err
		}
		n := float32(f.Float())
		if math.IsInf(float64(n), 0) && !math.IsInf(f.Float(), 0) {
			return Value{}, outOfRange(v, t)
		}
		return Value{field: floatField, bits: uint64(math.Float32bits(n))}, nil
	case Double:
		f, err := convert(tag.Float)
		return OfDouble(f.Float()), err
	case Boolean:
		b, err := convert(tag.Bool)
		return OfBool(b.Bool()), err
	case String, Text, UUID:
		s, err := convert(tag.String)
		return OfText(s.Text()), err
	case DateTime:
		return encodeTime(v)
	case Bytes, File:
		if v.Type() == tag.String {
			if b, ok := base64Text(v.Text()); ok && b != "" {
				return Value{field: bytesField, text: b}, nil
			}
		}
		b, err := convert(tag.Bytes)
		return Value{field: bytesField, text: b.Text()}, err
	case DataSetType:
		return encodeDataSet(v, present.DataSet())
	case TemplateType:
		return encodeTemplate(v, present.Template())
	}
	if element, ok := t.Array(); ok {
		return encodeArray(element, v)
	}
	return Value{}, &connector.StatusError{Quality: tag.BadNotSupported, Message: fmt.Sprintf("values of the data type %s cannot be written", t)}
}

func encodeWhole(t DataType, v tag.Value, limit [2]int64) (Value, error) {
	if v.Type() == tag.Float {
		if f := v.Float(); f == math.Trunc(f) && (f < math.MinInt64 || f >= math.MaxInt64) {
			return Value{}, outOfRange(v, t)
		}
	}
	i, err := v.Convert(tag.Int)
	if err != nil {
		return Value{}, mismatch("%v", err)
	}
	n := i.Int()
	if n < limit[0] || n > limit[1] {
		return Value{}, outOfRange(v, t)
	}
	if t == Int64 || t == UInt32 {
		return OfUint(uint64(n)), nil
	}
	return OfInt(int32(n)), nil
}

func encodeUint(v tag.Value) (Value, error) {
	text := v.Text()
	switch v.Type() {
	case tag.Float:
		if f := v.Float(); f != math.Trunc(f) {
			return Value{}, mismatch("%s is not a whole number", v)
		}
		text = strconv.FormatFloat(v.Float(), 'f', 0, 64)
	case tag.Int:
		text = strconv.FormatInt(v.Int(), 10)
	case tag.Bool:
		return OfUint(uint64(v.Int())), nil
	case tag.String:
	default:
		return Value{}, mismatch("%s is not a number", v.Type())
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return Value{}, outOfRange(v, UInt64)
	}
	return OfUint(n), nil
}

// encodeTime takes ISO 8601, or milliseconds since 1970.
func encodeTime(v tag.Value) (Value, error) {
	if v.Type() == tag.String {
		at, err := time.Parse(time.RFC3339Nano, v.Text())
		if err != nil {
			return Value{}, mismatch("%.60q is not a time such as 2026-03-01T12:00:00Z", v.Text())
		}
		v = tag.OfInt(at.UnixMilli())
	}
	ms, err := v.Convert(tag.Int)
	if err != nil {
		return Value{}, mismatch("%v", err)
	}
	if ms.Int() < 0 || ms.Int() > 253402300799999 {
		return Value{}, outOfRange(v, DateTime)
	}
	return OfUint(uint64(ms.Int())), nil
}

// encodeJSON makes a value of one in a JSON text.
func encodeJSON(t DataType, raw json.RawMessage, present Value) (Value, error) {
	as := t.Tag()
	if t == DateTime || t == UInt64 {
		as = tag.None // a text or a number
	}
	if (t == Bytes || t == File) && len(raw) > 0 && raw[0] != '"' {
		return Value{}, mismatch("bytes are written in base 64")
	}
	v, err := tag.Parse(raw, as)
	if err != nil {
		return Value{}, mismatch("%v", err)
	}
	if v.IsNone() {
		return Value{}, mismatch("null cannot be written here")
	}
	return Encode(t, v, present)
}

func encodeArray(element DataType, v tag.Value) (Value, error) {
	var list []json.RawMessage
	if v.Type() != tag.JSON && v.Type() != tag.String || json.Unmarshal([]byte(v.Text()), &list) != nil {
		return Value{}, mismatch("the metric takes a JSON list of %s", element)
	}
	if len(list) > maxThings {
		return Value{}, mismatch("the list has %d elements, more than %d", len(list), maxThings)
	}
	values := make([]Value, len(list))
	for i, raw := range list {
		var err error
		if values[i], err = encodeJSON(element, raw, Value{}); err != nil {
			return Value{}, err
		}
	}
	return OfElements(element, values), nil
}

func encodeDataSet(v tag.Value, present *DataSet) (Value, error) {
	var in struct {
		Columns []string            `json:"columns"`
		Types   []string            `json:"types"`
		Rows    [][]json.RawMessage `json:"rows"`
	}
	if v.Type() != tag.JSON && v.Type() != tag.String || json.Unmarshal([]byte(v.Text()), &in) != nil {
		return Value{}, mismatch(`the metric takes {"columns": […], "types": […], "rows": [[…]]}`)
	}
	out := &DataSet{Columns: in.Columns}
	for _, name := range in.Types {
		t := Unknown
		for i, n := range typeNames {
			if n == name {
				t = DataType(i)
			}
		}
		out.Types = append(out.Types, t)
	}
	if present != nil && len(out.Columns) == 0 {
		out.Columns = present.Columns
	}
	if present != nil && len(out.Types) == 0 && len(out.Columns) == len(present.Columns) {
		out.Types = present.Types
	}
	if len(out.Types) != len(out.Columns) {
		return Value{}, mismatch("the table has %d columns and %d types", len(out.Columns), len(out.Types))
	}
	for i, cells := range in.Rows {
		if len(cells) != len(out.Columns) {
			return Value{}, mismatch("row %d of the table has %d cells, not %d", i, len(cells), len(out.Columns))
		}
		row := make([]Value, len(cells))
		for k, raw := range cells {
			if string(bytes.TrimSpace(raw)) == "null" {
				continue
			}
			var err error
			if row[k], err = encodeJSON(out.Types[k], raw, Value{}); err != nil {
				return Value{}, err
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return OfDataSet(out), nil
}

// encodeTemplate makes a template with the members that the object names (clause 6.4.14 lets the
// others be left out).
func encodeTemplate(v tag.Value, present *Template) (Value, error) {
	if present == nil {
		return Value{}, mismatch("the members of the template are not known yet")
	}
	if v.Type() != tag.JSON && v.Type() != tag.String {
		return Value{}, mismatch("the metric takes a JSON object of members")
	}
	members, err := object([]byte(v.Text()))
	if err != nil {
		return Value{}, mismatch("the metric takes a JSON object of members")
	}
	out := &Template{Version: present.Version, Ref: present.Ref}
	for _, in := range members {
		var was *Metric
		for i := range present.Members {
			if present.Members[i].Name == in.key {
				was = &present.Members[i]
			}
		}
		if was == nil {
			return Value{}, mismatch("the template has no member %.60q", in.key)
		}
		m := Metric{Name: was.Name, Type: was.Type}
		if string(bytes.TrimSpace(in.value)) == "null" {
			m.Null = true
		} else if m.Value, err = encodeJSON(was.Type, in.value, was.Value); err != nil {
			return Value{}, err
		}
		out.Members = append(out.Members, m)
	}
	return OfTemplate(out), nil
}

// object reads the members of a JSON object in their order.
func object(text []byte) ([]member, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, mismatch("it is not an object")
	}
	var out []member
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		out = append(out, member{key.(string), value})
	}
	_, err := d.Token()
	return out, err
}

// With is the whole value with the part at a path replaced, for a command. Of a template only the
// member is sent.
func (v Value) With(t DataType, path string, w tag.Value) (Value, error) {
	if path == "" {
		return Encode(t, w, v)
	}
	missing := &connector.StatusError{Quality: tag.BadNodeIDUnknown, Message: fmt.Sprintf("the metric has no part %.100q", path)}
	switch x := v.part.(type) {
	case *Template:
		for i := range x.Members {
			m := &x.Members[i]
			rest := ""
			if m.Name != path {
				var below bool
				if rest, below = cutMember(path, m.Name); !below {
					continue
				}
				if _, _, _, ok := m.Value.Select(m.Type, rest); !ok {
					continue
				}
			}
			value, err := m.Value.With(m.Type, rest, w)
			if err != nil {
				return Value{}, err
			}
			return OfTemplate(&Template{Version: x.Version, Ref: x.Ref, Members: []Metric{{Name: m.Name, Type: m.Type, Value: value}}}), nil
		}
	case *DataSet:
		row, column, ok := x.Cell(path)
		if !ok {
			return Value{}, missing
		}
		cell, err := Encode(x.Types[column], w, Value{})
		if err != nil {
			return Value{}, err
		}
		out := *x
		out.Rows = append([][]Value(nil), x.Rows...)
		out.Rows[row] = append([]Value(nil), x.Rows[row]...)
		out.Rows[row][column] = cell
		return OfDataSet(&out), nil
	default:
		element, list := t.Array()
		if !list {
			return Value{}, missing
		}
		values := append([]Value(nil), v.elements(element)...)
		n, err := strconv.Atoi(path)
		if err != nil || n < 0 || n >= len(values) {
			return Value{}, missing
		}
		if values[n], err = Encode(element, w, Value{}); err != nil {
			return Value{}, err
		}
		return OfElements(element, values), nil
	}
	return Value{}, missing
}

// cutMember is the path below a member.
func cutMember(path, name string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(path, name+"/")
	return rest, ok && rest != ""
}
