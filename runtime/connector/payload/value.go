package payload

import (
	"bytes"
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/tag"
)

func itoa(i int) string { return strconv.Itoa(i) }

// convert delivers a value in the type of a tag.
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

// parseNumber reads a number in JSON's or Go's form.
func parseNumber(text []byte) (tag.Value, bool) {
	digits := bytes.TrimPrefix(text, []byte("-"))
	var n int64
	whole := len(digits) > 0
	for _, c := range digits {
		if c < '0' || c > '9' {
			whole = false
			break
		}
		n = n*10 + int64(c-'0') // may overflow when there are more than 18
	}
	if whole && len(digits) <= 18 {
		if len(digits) < len(text) {
			n = -n
		}
		return tag.OfInt(n), true
	}
	if whole {
		if i, err := strconv.ParseInt(string(text), 10, 64); err == nil {
			return tag.OfInt(i), true
		}
	}
	f, err := strconv.ParseFloat(string(text), 64)
	return tag.OfFloat(f), err == nil
}

// JSON makes a value of type t of a JSON text that a Selector found. null and what is missing
// are no data; a text that says a number is one where a number is wanted, as many devices
// put numbers in quotes.
func JSON(text []byte, t tag.Type) (tag.Value, tag.Quality) {
	if len(text) == 0 || text[0] == 'n' {
		return tag.Value{}, tag.BadNoData
	}
	if t == tag.JSON {
		if !utf8.Valid(text) {
			return tag.Value{}, tag.BadDecodingError
		}
		return tag.OfJSON(string(text)), tag.Good
	}
	switch text[0] {
	case 't', 'f':
		return convert(tag.OfBool(text[0] == 't'), t)
	case '"':
		s, err := unquote(text)
		if err != nil {
			return tag.Value{}, tag.BadDecodingError
		}
		if t == tag.None {
			return tag.OfString(s), tag.Good
		}
		if t == tag.Bytes {
			b, err := base64.StdEncoding.DecodeString(s)
			if err != nil {
				return tag.Value{}, tag.BadTypeMismatch
			}
			return tag.OfBytes(b), tag.Good
		}
		return Text([]byte(s), t, '.')
	case '{', '[':
		if t != tag.String && t != tag.None || !utf8.Valid(text) {
			return tag.Value{}, tag.BadTypeMismatch
		}
		if t == tag.None {
			return tag.OfJSON(string(text)), tag.Good
		}
		return tag.OfString(string(text)), tag.Good
	}
	if t == tag.String {
		return tag.OfString(string(text)), tag.Good
	}
	v, ok := parseNumber(text)
	if !ok {
		return tag.Value{}, tag.BadOutOfRange
	}
	return number(v, t)
}

// number delivers a number; one that is too large for the type is out of range.
func number(v tag.Value, t tag.Type) (tag.Value, tag.Quality) {
	if t == tag.Int && v.Type() == tag.Float {
		if f := v.Float(); math.Abs(f) >= math.MaxInt64 {
			return tag.Value{}, tag.BadOutOfRange
		}
	}
	return convert(v, t)
}

// Text makes a value of type t of a plain text: for numbers and bools of what it says, with
// blanks around it. decimal is the decimal separator, '.' or ','; with a comma, points between
// digits group thousands. An empty text is no data, except for texts and bytes.
func Text(text []byte, t tag.Type, decimal byte) (tag.Value, tag.Quality) {
	switch t {
	case tag.Bytes:
		return tag.OfBytes(text), tag.Good
	case tag.Int, tag.Float:
		return textNumber(bytes.TrimSpace(text), t, decimal)
	case tag.Bool:
		return textBool(bytes.TrimSpace(text), decimal)
	}
	if !utf8.Valid(text) {
		return tag.Value{}, tag.BadDecodingError
	}
	if t == tag.JSON {
		var s Selector
		slot := s.Add(Path{})
		found := make([][]byte, 1)
		if s.Find(text, found) != nil {
			return tag.Value{}, tag.BadDecodingError
		}
		return tag.OfJSON(string(found[slot])), tag.Good
	}
	return tag.OfString(string(text)), tag.Good
}

func textNumber(text []byte, t tag.Type, decimal byte) (tag.Value, tag.Quality) {
	if len(text) == 0 {
		return tag.Value{}, tag.BadNoData
	}
	if len(text) > 64 {
		return tag.Value{}, tag.BadTypeMismatch
	}
	if decimal == ',' {
		text = point(text)
	}
	v, ok := parseNumber(bytes.TrimPrefix(text, []byte("+")))
	if !ok {
		switch {
		case math.IsInf(v.Float(), 0):
			return tag.Value{}, tag.BadOutOfRange
		case bytes.EqualFold(text, []byte("true")), bytes.EqualFold(text, []byte("false")):
			return convert(tag.OfBool(len(text) == 4), t)
		}
		return tag.Value{}, tag.BadTypeMismatch
	}
	if t == tag.Int && v.Type() == tag.Float && math.IsNaN(v.Float()) {
		return tag.Value{}, tag.BadNoData
	}
	return number(v, t)
}

// point writes a number with a decimal comma with a point, and without the points between
// groups of thousands.
func point(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, c := range text {
		switch c {
		case ',':
			out = append(out, '.')
		case '.':
		default:
			out = append(out, c)
		}
	}
	return out
}

func textBool(text []byte, decimal byte) (tag.Value, tag.Quality) {
	switch strings.ToLower(string(text[:min(len(text), 16)])) {
	case "":
		return tag.Value{}, tag.BadNoData
	case "true", "on", "yes", "t", "y":
		return tag.OfBool(true), tag.Good
	case "false", "off", "no", "f", "n":
		return tag.OfBool(false), tag.Good
	}
	v, q := textNumber(text, tag.Float, decimal)
	if q != tag.Good {
		return tag.Value{}, tag.BadTypeMismatch
	}
	return convert(v, tag.Bool)
}

// Guess makes a value of a text whose type nobody asked for: a number, true or false, or the
// text; no value of an empty one.
func Guess(text string, decimal byte) tag.Value {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return tag.Value{}
	}
	if v, q := textNumber([]byte(trimmed), tag.None, decimal); q == tag.Good && !math.IsNaN(v.Float()) && !math.IsInf(v.Float(), 0) {
		return v
	}
	switch strings.ToLower(trimmed) {
	case "true":
		return tag.OfBool(true)
	case "false":
		return tag.OfBool(false)
	}
	return tag.OfString(trimmed)
}
