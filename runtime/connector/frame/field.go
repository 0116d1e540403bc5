package frame

import (
	"bytes"
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/tag"
)

// decode takes the value of an address out of a frame, for a tag of type t. A frame too short
// for it is BadNoData, one that holds something else BadDecodingError.
func (a *Address) decode(frame []byte, t tag.Type) (tag.Value, tag.Quality) {
	if a.binary() {
		return a.decodeBinary(frame, t)
	}
	piece, ok := a.piece(frame)
	if !ok {
		return tag.Value{}, tag.BadNoData
	}
	switch a.Kind {
	case "number":
		v, q := a.number(string(piece))
		if q != tag.Good {
			return v, q
		}
		return a.deliver(v, t)
	case "text", "is":
		if t == tag.Bytes && a.Kind == "text" {
			return tag.OfBytes(piece), tag.Good
		}
		text, err := a.charset.Decode(piece)
		if err != nil {
			return tag.Value{}, tag.BadDecodingError
		}
		text = bytes.Trim(text, " \x00\t")
		if a.Kind == "is" {
			return convert(tag.OfBool(bytes.Equal(text, a.equals)), t)
		}
		return convert(tag.OfString(string(text)), t)
	}
	return tag.Value{}, tag.BadConfigurationError
}

// piece is the part of a frame that holds the value.
func (a *Address) piece(frame []byte) ([]byte, bool) {
	switch a.By {
	case "separator":
		rest := frame
		for range a.Index - 1 {
			_, after, ok := bytes.Cut(rest, a.separator)
			if !ok {
				return nil, false
			}
			rest = after
		}
		part, _, _ := bytes.Cut(rest, a.separator)
		return part, true
	case "regexp":
		m := a.pattern.FindSubmatchIndex(frame)
		if m == nil {
			return nil, false
		}
		if len(m) > 2 {
			if m[2] < 0 {
				return nil, false
			}
			return frame[m[2]:m[3]], true
		}
		return frame[m[0]:m[1]], true
	}
	end := a.Offset + a.Length
	if a.Length == 0 {
		end = len(frame)
	}
	if a.Offset > len(frame) || end > len(frame) || a.Offset == len(frame) && a.Offset > 0 {
		return nil, false
	}
	return frame[a.Offset:end], true
}

// number reads a number as devices print it: with spaces anywhere, the sign apart from the
// digits or behind them, zeros before.
func (a *Address) number(s string) (tag.Value, tag.Quality) {
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == 0 || r == '\u00a0' {
			return -1
		}
		return r
	}, s)
	if n := len(s); n > 1 && (s[n-1] == '-' || s[n-1] == '+') {
		s = s[n-1:] + s[:n-1]
	}
	if a.Base != 0 && a.Base != 10 {
		u, err := strconv.ParseUint(strings.ReplaceAll(s, "_", "x"), a.Base, 64)
		switch {
		case err != nil:
			return tag.Value{}, tag.BadDecodingError
		case u > math.MaxInt64:
			return tag.OfFloat(float64(u)), tag.Good
		}
		return tag.OfInt(int64(u)), tag.Good
	}
	if a.Decimal == "comma" {
		s = strings.Replace(s, ",", ".", 1)
	}
	if strings.Trim(s, "0123456789.eE+-") != "" {
		return tag.Value{}, tag.BadDecodingError
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return tag.OfInt(n), tag.Good
	}
	f, err := strconv.ParseFloat(s, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return tag.Value{}, tag.BadOutOfRange
	case err != nil:
		return tag.Value{}, tag.BadDecodingError
	}
	return tag.OfFloat(f), tag.Good
}

func (a *Address) decodeBinary(frame []byte, t tag.Type) (tag.Value, tag.Quality) {
	if a.Offset+a.Size > len(frame) {
		return tag.Value{}, tag.BadNoData
	}
	u := loadUint(frame[a.Offset:a.Offset+a.Size], a.Order)
	bits := uint(8 * a.Size)
	switch a.Kind {
	case "bit":
		return convert(tag.OfBool(u>>a.Bit&1 != 0), t)
	case "float":
		f := float64(math.Float32frombits(uint32(u)))
		if a.Size == 8 {
			f = math.Float64frombits(u)
		}
		if f != f { // how devices say that they have no value
			return tag.Value{}, tag.BadNoData
		}
		return a.deliver(tag.OfFloat(f), t)
	case "bcd":
		n := int64(0)
		for shift := int(bits) - 4; shift >= 0; shift -= 4 {
			d := int64(u >> shift & 15)
			if d > 9 {
				return tag.Value{}, tag.BadDecodingError
			}
			n = 10*n + d
		}
		return a.deliver(tag.OfInt(n), t)
	case "int":
		return a.deliver(tag.OfInt(int64(u<<(64-bits))>>(64-bits)), t)
	}
	if u > math.MaxInt64 {
		if a.Factor == 0 && t == tag.Int {
			return tag.Value{}, tag.BadOutOfRange
		}
		return a.deliver(tag.OfFloat(float64(u)), t)
	}
	return a.deliver(tag.OfInt(int64(u)), t)
}

// deliver applies the factor and makes the type of the tag.
func (a *Address) deliver(v tag.Value, t tag.Type) (tag.Value, tag.Quality) {
	if a.Factor != 0 && a.Factor != 1 {
		f := v.Float()
		if per := math.Round(1 / a.Factor); per != 0 && 1/per == a.Factor {
			f /= per // 3 × 0.1 is not quite 0.3
		} else {
			f *= a.Factor
		}
		v = tag.OfFloat(f)
	}
	return convert(v, t)
}

func convert(v tag.Value, t tag.Type) (tag.Value, tag.Quality) {
	if t == tag.None || v.Type() == t {
		return v, tag.Good
	}
	if v.Type() == tag.Bool && t.IsNumber() {
		v = tag.OfInt(v.Int())
	}
	if t == tag.Bool && v.Type().IsNumber() {
		return tag.OfBool(v.Bool()), tag.Good
	}
	w, err := v.Convert(t)
	if err != nil {
		return tag.Value{}, tag.BadTypeMismatch
	}
	return w, tag.Good
}

// numbers are the numbers within a text, with a sign that may stand apart.
var numbers = regexp.MustCompile(`[-+]?[ ]*[0-9]+(?:\.[0-9]+)?`)
