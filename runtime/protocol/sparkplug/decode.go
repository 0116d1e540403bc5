package sparkplug

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// Bounds of a payload. Each thing in it takes some hundred bytes of memory and may take as little
// as two of the message.
const (
	// MaxPayload is how many bytes a message may have, compressed and otherwise.
	MaxPayload = 16 << 20
	maxMetrics = 200_000
	maxThings  = 600_000 // metrics, members, properties, cells, columns
	maxDepth   = 8       // templates in templates
)

var (
	errTooMany   = errors.New("the message has too many metrics, properties or cells")
	errTooDeep   = fmt.Errorf("templates or properties are nested deeper than %d levels", maxDepth)
	errTooLarge  = fmt.Errorf("the message has more than %d MiB", MaxPayload>>20)
	errMalformed = errors.New("the message is not a Sparkplug payload")
)

// Decode reads a message; nothing of b is kept. One that was compressed, as many edge nodes can do
// though the standard has no word on it, is read like any other.
func Decode(b []byte) (*Payload, error) {
	p, err := decode(b)
	if err != nil || p.UUID != "SPBV1.0_COMPRESSED" {
		return p, err
	}
	algorithm := "DEFLATE"
	for i := range p.Metrics {
		if m := &p.Metrics[i]; m.Name == "algorithm" {
			algorithm = strings.ToUpper(m.Value.text)
		}
	}
	var r io.Reader
	switch algorithm {
	case "DEFLATE":
		r, err = zlib.NewReader(bytes.NewReader(p.Body))
	case "GZIP":
		r, err = gzip.NewReader(bytes.NewReader(p.Body))
	default:
		return nil, fmt.Errorf("the message is compressed by %.20q, which is neither DEFLATE nor GZIP", algorithm)
	}
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, MaxPayload+1))
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	return decode(plain)
}

func decode(b []byte) (*Payload, error) {
	if len(b) > MaxPayload {
		return nil, errTooLarge
	}
	d := &decoder{left: maxThings}
	p := &Payload{Seq: -1}
	d.message(b, func(f raw) {
		switch {
		case f.is(1, protowire.VarintType):
			p.Timestamp = timeOf(f.n)
		case f.is(2, protowire.BytesType):
			if len(p.Metrics) == maxMetrics {
				d.err = errTooMany
			} else if d.one() {
				p.Metrics = append(p.Metrics, d.metric(f.b))
			}
		case f.is(3, protowire.VarintType):
			p.Seq = int(min(f.n, math.MaxInt32))
		case f.is(4, protowire.BytesType):
			p.UUID = text(f.b)
		case f.is(5, protowire.BytesType):
			p.Body = bytes.Clone(f.b)
		}
	})
	if d.err != nil {
		return nil, d.err
	}
	return p, nil
}

// decoder reads messages. The first error ends it.
type decoder struct {
	left  int // things that may still come
	depth int
	err   error
}

// one counts a thing.
func (d *decoder) one() bool {
	if d.left--; d.left < 0 && d.err == nil {
		d.err = errTooMany
	}
	return d.err == nil
}

// enter goes one level down.
func (d *decoder) enter() bool {
	if d.depth++; d.depth > maxDepth && d.err == nil {
		d.err = errTooDeep
	}
	return d.err == nil
}

// raw is a field as it stands in a message.
type raw struct {
	num protowire.Number
	typ protowire.Type
	n   uint64 // of a number
	b   []byte // of anything with a length
}

func (f raw) is(num protowire.Number, typ protowire.Type) bool { return f.num == num && f.typ == typ }

// message goes through the fields of a message. Groups, which Sparkplug does not have, are skipped.
func (d *decoder) message(b []byte, each func(raw)) {
	for len(b) > 0 && d.err == nil {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			d.err = errMalformed
			return
		}
		b = b[n:]
		f := raw{num: num, typ: typ}
		switch typ {
		case protowire.VarintType:
			f.n, n = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			var bits uint32
			bits, n = protowire.ConsumeFixed32(b)
			f.n = uint64(bits)
		case protowire.Fixed64Type:
			f.n, n = protowire.ConsumeFixed64(b)
		case protowire.BytesType:
			f.b, n = protowire.ConsumeBytes(b)
		default:
			n = protowire.ConsumeFieldValue(num, typ, b)
		}
		if n < 0 {
			d.err = errMalformed
			return
		}
		b = b[n:]
		each(f)
	}
}

// text copies what has to be UTF-8, and is made so if it is not.
func text(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }

func (d *decoder) metric(b []byte) (m Metric) {
	d.message(b, func(f raw) {
		switch {
		case f.is(1, protowire.BytesType):
			m.Name = text(f.b)
		case f.is(2, protowire.VarintType):
			m.Alias, m.HasAlias = f.n, true
		case f.is(3, protowire.VarintType):
			m.Timestamp = timeOf(f.n)
		case f.is(4, protowire.VarintType):
			m.Type = dataType(f.n)
		case f.is(5, protowire.VarintType):
			m.Historical = f.n != 0
		case f.is(6, protowire.VarintType):
			m.Transient = f.n != 0
		case f.is(7, protowire.VarintType):
			m.Null = f.n != 0
		case f.is(8, protowire.BytesType):
			d.message(f.b, func(f raw) {
				if f.is(8, protowire.BytesType) {
					m.Description = text(f.b)
				}
			})
		case f.is(9, protowire.BytesType):
			m.Properties = d.properties(f.b)
		case f.is(16, protowire.BytesType):
			m.Value = Value{field: bytesField, text: string(f.b)}
		case f.is(17, protowire.BytesType):
			m.Value = OfDataSet(d.dataSet(f.b))
		case f.is(18, protowire.BytesType):
			m.Value = OfTemplate(d.template(f.b))
		default:
			d.scalar(f, 10, &m.Value)
		}
	})
	return m
}

// dataType keeps what is no data type unknown.
func dataType(n uint64) DataType {
	if n > uint64(DateTimeArray) {
		return Unknown
	}
	return DataType(n)
}

// scalar reads the fields that all values have in common, int_value the first of them.
func (d *decoder) scalar(f raw, first protowire.Number, v *Value) {
	switch {
	case f.is(first, protowire.VarintType):
		*v = Value{field: intField, bits: f.n & math.MaxUint32}
	case f.is(first+1, protowire.VarintType):
		*v = Value{field: longField, bits: f.n}
	case f.is(first+2, protowire.Fixed32Type):
		*v = Value{field: floatField, bits: f.n}
	case f.is(first+3, protowire.Fixed64Type):
		*v = Value{field: doubleField, bits: f.n}
	case f.is(first+4, protowire.VarintType):
		*v = OfBool(f.n != 0)
	case f.is(first+5, protowire.BytesType):
		*v = OfText(text(f.b))
	}
}

// properties reads a PropertySet. Keys and values are lists beside each other.
func (d *decoder) properties(b []byte) []Property {
	defer func() { d.depth-- }()
	if !d.enter() {
		return nil
	}
	var keys []string
	var values []Property
	d.message(b, func(f raw) {
		switch {
		case f.is(1, protowire.BytesType):
			if d.one() {
				keys = append(keys, text(f.b))
			}
		case f.is(2, protowire.BytesType):
			if d.one() {
				values = append(values, d.property(f.b, 1))
			}
		}
	})
	if len(keys) != len(values) && d.err == nil {
		d.err = errMalformed
	}
	for i := range min(len(keys), len(values)) {
		values[i].Key = keys[i]
	}
	return values
}

// property reads a PropertyValue, or with at 2 a parameter of a template.
func (d *decoder) property(b []byte, at protowire.Number) (p Property) {
	d.message(b, func(f raw) {
		switch {
		case f.is(at, protowire.VarintType):
			p.Type = dataType(f.n)
		case at == 2 && f.is(1, protowire.BytesType):
			p.Key = text(f.b)
		case at == 1 && f.is(2, protowire.VarintType):
			p.Null = f.n != 0
		case at == 1 && f.is(9, protowire.BytesType):
			p.Value = Value{field: setField, part: d.properties(f.b)}
		case at == 1 && f.is(10, protowire.BytesType):
			var list [][]Property
			d.message(f.b, func(f raw) {
				if f.is(1, protowire.BytesType) && d.one() {
					list = append(list, d.properties(f.b))
				}
			})
			p.Value = Value{field: setsField, part: list}
		default:
			d.scalar(f, 3, &p.Value)
		}
	})
	return p
}

func (d *decoder) dataSet(b []byte) *DataSet {
	s := &DataSet{}
	d.message(b, func(f raw) {
		switch {
		case f.is(2, protowire.BytesType):
			if d.one() {
				s.Columns = append(s.Columns, text(f.b))
			}
		case f.is(3, protowire.VarintType):
			if d.one() {
				s.Types = append(s.Types, dataType(f.n))
			}
		case f.is(3, protowire.BytesType): // packed
			for b := f.b; len(b) > 0 && d.one(); {
				t, n := protowire.ConsumeVarint(b)
				if n < 0 {
					d.err = errMalformed
					return
				}
				s.Types, b = append(s.Types, dataType(t)), b[n:]
			}
		case f.is(4, protowire.BytesType):
			if d.one() {
				s.Rows = append(s.Rows, d.row(f.b))
			}
		}
	})
	if d.err == nil && len(s.Types) != len(s.Columns) {
		d.err = errMalformed
	}
	for _, row := range s.Rows {
		if len(row) > len(s.Columns) && d.err == nil {
			d.err = errMalformed
		}
	}
	return s
}

func (d *decoder) row(b []byte) (row []Value) {
	d.message(b, func(f raw) {
		if f.is(1, protowire.BytesType) && d.one() {
			var v Value
			d.message(f.b, func(f raw) { d.scalar(f, 1, &v) })
			row = append(row, v)
		}
	})
	return row
}

func (d *decoder) template(b []byte) *Template {
	t := &Template{}
	defer func() { d.depth-- }()
	if !d.enter() {
		return t
	}
	d.message(b, func(f raw) {
		switch {
		case f.is(1, protowire.BytesType):
			t.Version = text(f.b)
		case f.is(2, protowire.BytesType):
			if d.one() {
				t.Members = append(t.Members, d.metric(f.b))
			}
		case f.is(3, protowire.BytesType):
			if d.one() {
				t.Parameters = append(t.Parameters, d.property(f.b, 2))
			}
		case f.is(4, protowire.BytesType):
			t.Ref = text(f.b)
		case f.is(5, protowire.VarintType):
			t.Definition = f.n != 0
		}
	})
	return t
}
