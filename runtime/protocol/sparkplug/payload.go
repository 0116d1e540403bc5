// Package sparkplug is what a host application and an edge node of Eclipse Sparkplug 3.0.0 have
// in common: topics (clause 4), payloads (clause 6), and the values in them. Payloads are those of
// org.eclipse.tahu.protobuf.Payload, read and written field by field with bounds, because they
// come from outside.
package sparkplug

import (
	"math"

	"github.com/lineside/lineside/runtime/tag"
)

// DataType says what a value is (clause 6.4.16).
type DataType uint32

// The data types.
const (
	Unknown DataType = iota
	Int8
	Int16
	Int32
	Int64
	UInt8
	UInt16
	UInt32
	UInt64
	Float
	Double
	Boolean
	String
	DateTime
	Text
	UUID
	DataSetType
	Bytes
	File
	TemplateType
	PropertySetType
	PropertySetListType
	Int8Array
	Int16Array
	Int32Array
	Int64Array
	UInt8Array
	UInt16Array
	UInt32Array
	UInt64Array
	FloatArray
	DoubleArray
	BooleanArray
	StringArray
	DateTimeArray
)

var typeNames = [...]string{
	"Unknown", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float", "Double", "Boolean", "String", "DateTime", "Text", "UUID",
	"DataSet", "Bytes", "File", "Template", "PropertySet", "PropertySetList", "Int8Array", "Int16Array", "Int32Array", "Int64Array",
	"UInt8Array", "UInt16Array", "UInt32Array", "UInt64Array", "FloatArray", "DoubleArray", "BooleanArray", "StringArray", "DateTimeArray",
}

// String is the name in the standard.
func (t DataType) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return typeNames[Unknown]
}

// Array reports whether values are lists; element is what they are lists of.
func (t DataType) Array() (element DataType, ok bool) {
	switch {
	case t >= Int8Array && t <= BooleanArray:
		return t - Int8Array + Int8, true
	case t == StringArray:
		return String, true
	case t == DateTimeArray:
		return DateTime, true
	}
	return Unknown, false
}

// Tag is the type of tag that fits.
func (t DataType) Tag() tag.Type {
	switch t {
	case Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64:
		return tag.Int
	case Float, Double:
		return tag.Float
	case Boolean:
		return tag.Bool
	case String, DateTime, Text, UUID:
		return tag.String
	case Bytes, File:
		return tag.Bytes
	}
	return tag.JSON
}

// Payload is one message.
type Payload struct {
	// Timestamp is when it was sent, 0 when it does not say.
	Timestamp tag.Time
	Metrics   []Metric
	// Seq is the number of the message, 0 to 255; -1 when there is none (clause 6.4.5).
	Seq  int
	UUID string
	Body []byte
}

// Metric is a value with what is known about it (clause 6.4.6).
type Metric struct {
	Name     string
	Alias    uint64
	HasAlias bool
	// Timestamp is when the value was so, 0 when it does not say.
	Timestamp tag.Time
	// Type is Unknown in data messages that leave it to the birth.
	Type       DataType
	Historical bool
	Transient  bool
	Null       bool
	// Description is that of the metadata; the rest of it is for files.
	Description string
	Properties  []Property
	Value       Value
}

// Property is a named value beside a metric (clauses 6.4.8, 6.4.9).
type Property struct {
	Key   string
	Type  DataType
	Null  bool
	Value Value
}

// Property finds a property by its key.
func (m *Metric) Property(key string) (Property, bool) {
	for _, p := range m.Properties {
		if p.Key == key {
			return p, !p.Null
		}
	}
	return Property{}, false
}

// DataSet is a table (clause 6.4.11).
type DataSet struct {
	Columns []string
	Types   []DataType
	Rows    [][]Value
}

// Template is a user defined type or a value of one (clause 6.4.14). A value may hold some of the
// members only: the others have not changed.
type Template struct {
	Version    string
	Ref        string
	Definition bool
	Members    []Metric
	Parameters []Property
}

// field says in which field of the message a value stands.
type field uint8

const (
	none field = iota
	intField
	longField
	floatField
	doubleField
	boolField
	stringField
	bytesField
	dataSetField
	templateField
	setField
	setsField
)

// Value is a value as it stands in a message; a data type says what it means. The zero Value is
// no value.
type Value struct {
	field field
	bits  uint64 // of a number
	text  string // of a text, or bytes
	part  any    // *DataSet, *Template, []Property or [][]Property
}

// IsNone reports whether there is no value.
func (v Value) IsNone() bool { return v.field == none }

// DataSet is the table that the value is, nil when it is none.
func (v Value) DataSet() *DataSet {
	d, _ := v.part.(*DataSet)
	return d
}

// Template is the template that the value is, nil when it is none.
func (v Value) Template() *Template {
	t, _ := v.part.(*Template)
	return t
}

// OfDataSet makes a value of a table.
func OfDataSet(d *DataSet) Value { return Value{field: dataSetField, part: d} }

// OfTemplate makes a value of a template.
func OfTemplate(t *Template) Value { return Value{field: templateField, part: t} }

// OfText makes a value of a text.
func OfText(s string) Value { return Value{field: stringField, text: s} }

// OfUint makes a value of a whole number of 64 bits.
func OfUint(n uint64) Value { return Value{field: longField, bits: n} }

// OfInt makes a value of a whole number of 32 bits.
func OfInt(n int32) Value { return Value{field: intField, bits: uint64(uint32(n))} }

// OfBool makes a value of a bool.
func OfBool(b bool) Value {
	v := Value{field: boolField}
	if b {
		v.bits = 1
	}
	return v
}

// OfDouble makes a value of a number.
func OfDouble(f float64) Value { return Value{field: doubleField, bits: math.Float64bits(f)} }

// timeOf is a time in milliseconds since 1970; 0 for what no tag can have.
func timeOf(ms uint64) tag.Time {
	if ms > math.MaxInt64/1_000_000 {
		return 0
	}
	return tag.Time(ms) * 1_000_000
}
