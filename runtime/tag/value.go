// Package tag holds what the whole runtime speaks about: paths, typed values with
// quality and time, and the live table in which they change. It stands on the
// standard library only.
package tag

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Type is the type of a Value and of a tag.
type Type uint8

// The types a tag can have. None is the type of no value at all.
const (
	None Type = iota
	Bool
	Int    // int64
	Float  // float64
	String // UTF-8
	Bytes
	JSON // one JSON text: object, array or scalar
)

var typeNames = [...]string{"none", "bool", "int", "float", "string", "bytes", "json"}

// String is the name used in documents: bool, int, float, string, bytes, json.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return "none"
}

// ParseType reads a type name as it stands in a document.
func ParseType(s string) (Type, bool) {
	for i, n := range typeNames {
		if n == s && i > 0 {
			return Type(i), true
		}
	}
	return None, false
}

// IsNumber reports whether values of the type can be calculated with.
func (t Type) IsNumber() bool { return t == Int || t == Float }

// Value is one typed value. It holds numbers without boxing and is passed by value
// (32 bytes). The zero Value is of type None and means "no value".
type Value struct {
	text string
	bits uint64
	typ  Type
}

// OfBool makes a Bool value.
func OfBool(b bool) Value {
	if b {
		return Value{typ: Bool, bits: 1}
	}
	return Value{typ: Bool}
}

// OfInt makes an Int value.
func OfInt(i int64) Value { return Value{typ: Int, bits: uint64(i)} }

// OfFloat makes a Float value; NaN and the infinities are values too.
func OfFloat(f float64) Value { return Value{typ: Float, bits: math.Float64bits(f)} }

// OfString makes a String value.
func OfString(s string) Value { return Value{typ: String, text: s} }

// OfBytes makes a Bytes value; b is copied.
func OfBytes(b []byte) Value { return Value{typ: Bytes, text: string(b)} }

// OfJSON makes a JSON value of a text that the caller knows to be valid JSON.
func OfJSON(text string) Value { return Value{typ: JSON, text: text} }

// Type returns the type, None for no value.
func (v Value) Type() Type { return v.typ }

// IsNone reports whether there is no value.
func (v Value) IsNone() bool { return v.typ == None }

// Bool returns the value of a Bool; for numbers, whether it is not zero.
func (v Value) Bool() bool {
	if v.typ == Float {
		return v.Float() != 0
	}
	return v.bits != 0
}

// Int returns the value of an Int; a Float is truncated towards zero and saturates, a Bool is 0 or 1.
func (v Value) Int() int64 {
	if v.typ != Float {
		return int64(v.bits)
	}
	f := math.Float64frombits(v.bits)
	switch {
	case f != f:
		return 0
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}

// Float returns the value as float64; an Int is converted, a Bool is 0 or 1.
func (v Value) Float() float64 {
	if v.typ == Float {
		return math.Float64frombits(v.bits)
	}
	return float64(int64(v.bits))
}

// Text returns the text of a String or JSON, the raw bytes of Bytes, "" for others.
func (v Value) Text() string { return v.text }

// Equal reports whether two values have the same type and content. NaN equals NaN.
func (v Value) Equal(w Value) bool { return v == w }

// AppendJSON appends the value as JSON. NaN and the infinities, which JSON lacks, are
// the strings "NaN", "Infinity" and "-Infinity"; integers beyond ±2^53 are strings of
// digits, so that a browser does not round them; Bytes are base64; None is null.
func (v Value) AppendJSON(dst []byte) []byte {
	switch v.typ {
	case Bool:
		return strconv.AppendBool(dst, v.bits != 0)
	case Int:
		i := int64(v.bits)
		if i > 1<<53 || i < -1<<53 {
			dst = append(dst, '"')
			dst = strconv.AppendInt(dst, i, 10)
			return append(dst, '"')
		}
		return strconv.AppendInt(dst, i, 10)
	case Float:
		f := math.Float64frombits(v.bits)
		switch {
		case f != f:
			return append(dst, `"NaN"`...)
		case math.IsInf(f, 1):
			return append(dst, `"Infinity"`...)
		case math.IsInf(f, -1):
			return append(dst, `"-Infinity"`...)
		}
		if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e15) {
			return strconv.AppendFloat(dst, f, 'e', -1, 64)
		}
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	case String:
		return appendString(dst, v.text)
	case Bytes:
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, []byte(v.text))
		return append(dst, '"')
	case JSON:
		return append(dst, v.text...)
	}
	return append(dst, "null"...)
}

func appendString(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= utf8.RuneSelf || c == '<' || c == '>' || c == '&' {
			b, _ := json.Marshal(s) // never fails for a string
			return append(dst, b...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// MarshalJSON implements json.Marshaler by AppendJSON.
func (v Value) MarshalJSON() ([]byte, error) { return v.AppendJSON(nil), nil }

// String is the value as a person reads it.
func (v Value) String() string {
	switch v.typ {
	case String, JSON:
		return v.text
	case Bytes:
		return fmt.Sprintf("%x", v.text)
	}
	return string(v.AppendJSON(nil))
}

// Convert returns v as type t. It refuses what would lose the meaning: a text that is
// not a number, a float with a fraction or out of range as Int, NaN as Int or Bool.
func (v Value) Convert(t Type) (Value, error) {
	if v.typ == t {
		return v, nil
	}
	fail := func() (Value, error) {
		return Value{}, fmt.Errorf("%s %q is not %s", v.typ, clip(v.String()), t)
	}
	switch t {
	case Bool:
		switch v.typ {
		case Int:
			return OfBool(v.bits != 0), nil
		case Float:
			if f := v.Float(); f == f {
				return OfBool(f != 0), nil
			}
		case String:
			if b, err := strconv.ParseBool(v.text); err == nil {
				return OfBool(b), nil
			}
		}
	case Int:
		switch v.typ {
		case Bool:
			return OfInt(int64(v.bits)), nil
		case Float:
			f := v.Float()
			if f == math.Trunc(f) && f >= math.MinInt64 && f < math.MaxInt64 {
				return OfInt(int64(f)), nil
			}
		case String:
			if i, err := strconv.ParseInt(v.text, 10, 64); err == nil {
				return OfInt(i), nil
			}
		}
	case Float:
		switch v.typ {
		case Bool, Int:
			return OfFloat(v.Float()), nil
		case String:
			if f, err := strconv.ParseFloat(v.text, 64); err == nil {
				return OfFloat(f), nil
			}
		}
	case String:
		switch v.typ {
		case Bool, Int, Float: // without the quotes of numbers that JSON lacks
			return OfString(strings.Trim(v.String(), `"`)), nil
		case JSON:
			return OfString(v.text), nil
		case Bytes:
			if utf8.ValidString(v.text) {
				return OfString(v.text), nil
			}
		}
	case JSON:
		if v.typ != None {
			return OfJSON(string(v.AppendJSON(nil))), nil
		}
	case Bytes:
		if v.typ == String {
			return Value{typ: Bytes, text: v.text}, nil
		}
	}
	return fail()
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:57] + "..."
	}
	return s
}

// Parse reads a JSON scalar (or, for JSON, any JSON text) as a value of type t. With t
// None the type follows the JSON: number without fraction Int, with one Float.
func Parse(data []byte, t Type) (Value, error) {
	var raw any
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&raw); err != nil {
		return Value{}, fmt.Errorf("parse value: %w", err)
	}
	if dec.More() {
		return Value{}, fmt.Errorf("parse value: more than one JSON value")
	}
	if t == JSON {
		b, err := json.Marshal(raw)
		if err != nil {
			return Value{}, fmt.Errorf("parse value: %w", err)
		}
		return OfJSON(string(b)), nil
	}
	var v Value
	switch x := raw.(type) {
	case nil:
		return Value{}, nil
	case bool:
		v = OfBool(x)
	case json.Number:
		if i, err := x.Int64(); err == nil {
			v = OfInt(i)
		} else if f, err := x.Float64(); err == nil {
			v = OfFloat(f)
		} else {
			return Value{}, fmt.Errorf("parse value: number %s is out of range", clip(x.String()))
		}
	case string:
		if t == Bytes {
			b, err := base64.StdEncoding.DecodeString(x)
			if err != nil {
				return Value{}, fmt.Errorf("parse value: %w", err)
			}
			return OfBytes(b), nil
		}
		if t == Float {
			switch x {
			case "NaN":
				return OfFloat(math.NaN()), nil
			case "Infinity":
				return OfFloat(math.Inf(1)), nil
			case "-Infinity":
				return OfFloat(math.Inf(-1)), nil
			}
		}
		v = OfString(x)
	default:
		b, err := json.Marshal(raw)
		if err != nil {
			return Value{}, fmt.Errorf("parse value: %w", err)
		}
		v = OfJSON(string(b))
	}
	if t == None {
		return v, nil
	}
	return v.Convert(t)
}

// Time is nanoseconds since the Unix epoch, UTC; 0 is "not known". It spans 1678 to 2262.
type Time int64

// Now is the present time of this server.
func Now() Time { return Time(time.Now().UnixNano()) }

// TimeOf converts a time.Time; times outside 1678–2262 are "not known".
func TimeOf(t time.Time) Time {
	if y := t.Year(); y < 1678 || y > 2261 {
		return 0
	}
	return Time(t.UnixNano())
}

// Milli is the time in milliseconds since the Unix epoch, as it stands on the wire.
func (t Time) Milli() int64 { return int64(t) / int64(time.Millisecond) }

// Std is the time as a time.Time in UTC; the zero time.Time when not known.
func (t Time) Std() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(t)).UTC()
}

// Sample is a value with its quality and times: Source is when the device says it was
// so, Server when it reached this runtime.
type Sample struct {
	Value   Value
	Quality Quality
	Source  Time
	Server  Time
}
