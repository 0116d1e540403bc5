package mqtt

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// maxPayload is the largest payload that is looked at, in bytes.
const maxPayload = 1 << 20

// reader is one point as its messages are read.
type reader struct {
	id       int
	typ      tag.Type
	format   string
	slot     int // of the value in the selector, JSON only
	timeSlot int // of the time, -1 for none
}

// route is what is made of the messages of one topic: all points that listen to it.
type route struct {
	readers  []reader
	selector selector
	found    [][]byte
	json     bool // a reader needs the payload parsed
	scalar   bool // all JSON readers want the whole payload, which may be a bare number
}

func newRoute(points []*point) *route {
	r := &route{scalar: true}
	for _, p := range points {
		rd := reader{id: p.id, typ: p.typ, format: p.address.Format, timeSlot: -1}
		if rd.format == "json" {
			r.json = true
			rd.slot = r.selector.add(p.address.path)
			if len(p.address.path) > 0 || p.address.timePath != nil {
				r.scalar = false
			}
			if p.address.timePath != nil {
				rd.timeSlot = r.selector.add(p.address.timePath)
			}
		}
		r.readers = append(r.readers, rd)
	}
	r.found = make([][]byte, r.selector.count)
	return r
}

// decode appends an update of every reader. It is called from one goroutine at a time.
func (r *route) decode(dst []connector.Update, payload []byte, now tag.Time) []connector.Update {
	broken := tag.Good
	switch {
	case len(payload) > maxPayload:
		broken = tag.BadRequestTooLarge
	case r.json && r.scalar && isNumber(payload):
		r.found[0] = payload
	case r.json && r.selector.find(payload, r.found) != nil:
		broken = tag.BadDecodingError
	}
	for i := range r.readers {
		rd := &r.readers[i]
		s := tag.Sample{Source: now}
		switch {
		case broken != tag.Good && (rd.format == "json" || broken == tag.BadRequestTooLarge):
			s.Quality = broken
		case rd.format == "json":
			s.Value, s.Quality = jsonValue(r.found[rd.slot], rd.typ)
			if rd.timeSlot >= 0 && s.Quality == tag.Good {
				if t, ok := jsonTime(r.found[rd.timeSlot]); ok {
					s.Source = t
				} else {
					s.Quality = tag.Uncertain
				}
			}
		case rd.format == "number":
			s.Value, s.Quality = numberValue(payload, rd.typ)
		default:
			s.Value, s.Quality = rawValue(payload, rd.typ)
		}
		dst = append(dst, connector.Update{Point: rd.id, Sample: s})
	}
	return dst
}

// isNumber reports whether text is just a JSON number.
func isNumber(text []byte) bool {
	if len(text) == 0 || len(text) > 32 || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return false
	}
	s := scanner{text: text}
	return s.number() && s.at == len(text)
}

// parseNumber reads what the scanner found to be a number.
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

func convert(v tag.Value, t tag.Type) (tag.Value, tag.Quality) {
	if t == tag.None || v.Type() == t {
		return v, tag.Good
	}
	if t == tag.Float && v.Type() == tag.Int {
		return tag.OfFloat(v.Float()), tag.Good
	}
	w, err := v.Convert(t)
	if err != nil {
		return tag.Value{}, tag.BadTypeMismatch
	}
	return w, tag.Good
}

// jsonValue makes a value of a JSON text. A text where a number is wanted is a mismatch,
// not a number; null and what is missing are no data.
func jsonValue(text []byte, t tag.Type) (tag.Value, tag.Quality) {
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
		if t != tag.String && t != tag.Bytes && t != tag.None {
			return tag.Value{}, tag.BadTypeMismatch
		}
		s, err := unquote(text)
		if err != nil {
			return tag.Value{}, tag.BadDecodingError
		}
		return convert(tag.OfString(s), t)
	case '{', '[':
		if t != tag.String || !utf8.Valid(text) {
			return tag.Value{}, tag.BadTypeMismatch
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
	return convert(v, t)
}

// numberValue reads a payload that is a number as text, with blanks around it.
func numberValue(payload []byte, t tag.Type) (tag.Value, tag.Quality) {
	text := bytes.TrimSpace(payload)
	if len(text) == 0 {
		return tag.Value{}, tag.BadNoData
	}
	if len(text) > 64 {
		return tag.Value{}, tag.BadTypeMismatch
	}
	v, ok := parseNumber(text)
	switch {
	case !ok && v.Type() == tag.Float && math.IsInf(v.Float(), 0):
		return tag.Value{}, tag.BadOutOfRange
	case !ok:
		return tag.Value{}, tag.BadTypeMismatch
	case v.Type() == tag.Float && (math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0)):
		return tag.Value{}, tag.BadNoData
	}
	return convert(v, t)
}

// rawValue takes the payload as it is: text, bytes, or for other types what it says.
func rawValue(payload []byte, t tag.Type) (tag.Value, tag.Quality) {
	switch t {
	case tag.Bytes:
		return tag.OfBytes(payload), tag.Good
	case tag.Int, tag.Float:
		return numberValue(payload, t)
	case tag.Bool:
		switch strings.ToLower(string(bytes.TrimSpace(payload[:min(len(payload), 16)]))) {
		case "true", "on", "1", "yes":
			return tag.OfBool(true), tag.Good
		case "false", "off", "0", "no":
			return tag.OfBool(false), tag.Good
		}
		return tag.Value{}, tag.BadTypeMismatch
	}
	if !utf8.Valid(payload) {
		return tag.Value{}, tag.BadDecodingError
	}
	return convert(tag.OfString(string(payload)), t)
}

var timeLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999"}

// jsonTime reads a time: ISO 8601 (UTC when it names no zone), or a number of seconds,
// milliseconds, microseconds or nanoseconds since 1970, told apart by its size.
func jsonTime(text []byte) (tag.Time, bool) {
	if len(text) == 0 {
		return 0, false
	}
	if text[0] == '"' {
		s, err := unquote(text)
		if err != nil || len(s) > 64 {
			return 0, false
		}
		for _, layout := range timeLayouts {
			if t, err := time.Parse(layout, s); err == nil {
				at := tag.TimeOf(t)
				return at, at != 0
			}
		}
		return 0, false
	}
	if text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return 0, false
	}
	v, ok := parseNumber(text)
	if !ok {
		return 0, false
	}
	scale := 1e9
	switch a := math.Abs(v.Float()); {
	case a >= 1e17:
		scale = 1
	case a >= 1e14:
		scale = 1e3
	case a >= 1e11:
		scale = 1e6
	}
	if v.Type() == tag.Int {
		n := v.Int()
		if f := float64(n) * scale; f >= math.MaxInt64 || f <= math.MinInt64 {
			return 0, false
		}
		return tag.Time(n * int64(scale)), n != 0
	}
	f := v.Float() * scale
	if f >= math.MaxInt64 || f <= math.MinInt64 {
		return 0, false
	}
	// Microseconds are as much as a float64 of seconds holds.
	return tag.Time(math.Round(f/1e3)) * 1000, f != 0
}
