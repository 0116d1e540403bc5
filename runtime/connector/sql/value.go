package sql

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/tag"
)

// length is the size of a cell in bytes.
func length(cell any) int {
	switch x := cell.(type) {
	case []byte:
		return len(x) + 16
	case string:
		return len(x) + 16
	}
	return 24
}

// value makes a value of type t of a cell that is not NULL. A time is its text in ISO 8601, or
// for numbers its milliseconds since 1970.
func value(cell any, sh shape, t tag.Type, zone *time.Location) (tag.Value, tag.Quality) {
	switch x := cell.(type) {
	case bool:
		return convert(tag.OfBool(x), t)
	case int64:
		return convert(tag.OfInt(x), t)
	case uint64:
		if x <= math.MaxInt64 {
			return convert(tag.OfInt(int64(x)), t)
		}
		return payload.JSON(strconv.AppendUint(nil, x, 10), t)
	case float32:
		if x != x {
			return value(math.NaN(), shape{}, t, zone)
		}
		f, _ := strconv.ParseFloat(strconv.FormatFloat(float64(x), 'g', -1, 32), 64)
		return convert(tag.OfFloat(f), t)
	case float64:
		if sh.single {
			x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', -1, 32), 64)
		}
		if x != x {
			x = math.NaN() // there are many
		}
		if t == tag.Int && (x >= math.MaxInt64 || x <= math.MinInt64) {
			return tag.Value{}, tag.BadOutOfRange
		}
		return convert(tag.OfFloat(x), t)
	case time.Time:
		at := inZone(x, sh, zone)
		if t.IsNumber() {
			return convert(tag.OfInt(at.UnixMilli()), t)
		}
		return convert(tag.OfString(at.Format(time.RFC3339Nano)), t)
	case []byte:
		switch {
		case sh.bits && len(x) <= 8:
			var n uint64
			for _, b := range x {
				n = n<<8 | uint64(b)
			}
			return value(n, shape{}, t, zone)
		case sh.uuid && len(x) == 16:
			return convert(tag.OfString(uuid(x)), t)
		case sh.binary && t != tag.Int && t != tag.Float && t != tag.Bool:
			return convert(tag.OfBytes(x), t)
		}
		return textual(string(x), sh, t, zone)
	case string:
		return textual(x, sh, t, zone)
	}
	return textual(fmt.Sprint(cell), sh, t, zone)
}

// textual makes a value of a text: also of a number that is more precise than a float, a time,
// an array.
func textual(s string, sh shape, t tag.Type, zone *time.Location) (tag.Value, tag.Quality) {
	if sh.time && t != tag.Bytes {
		in := zone
		if !sh.naive {
			in = time.UTC
		}
		if at, ok := payload.Time(s, in); ok {
			return value(at.Std().In(in), shape{}, t, zone)
		}
	}
	if t == tag.JSON {
		if sh.array {
			if out, ok := arrayJSON(s); ok {
				return tag.OfJSON(out), tag.Good
			}
		}
		if v, q := payload.Text([]byte(s), tag.JSON, '.'); q == tag.Good {
			return v, q
		}
		return convert(tag.OfString(s), tag.JSON)
	}
	return payload.Text([]byte(s), t, '.')
}

func convert(v tag.Value, t tag.Type) (tag.Value, tag.Quality) {
	if t == tag.None {
		return v, tag.Good
	}
	w, err := v.Convert(t)
	if err != nil {
		return tag.Value{}, tag.BadTypeMismatch
	}
	return w, tag.Good
}

// text is a cell as a key is compared with it.
func text(cell any, sh shape, zone *time.Location) string {
	if cell == nil {
		return ""
	}
	v, _ := value(cell, sh, tag.String, zone)
	return v.Text()
}

// uuid writes an identifier as SQL Server keeps it: the first three groups little-endian.
func uuid(b []byte) string {
	return fmt.Sprintf("%02X%02X%02X%02X-%02X%02X-%02X%02X-%X-%X", b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6], b[8:10], b[10:16])
}

// arrayJSON makes JSON of an array of PostgreSQL (manual, 8.15.6): {1,2}, {{a,"b c"},{NULL,d}}.
func arrayJSON(s string) (string, bool) {
	if strings.HasPrefix(s, "[") { // bounds other than from 1: [0:1]={…}
		_, s, _ = strings.Cut(s, "=")
	}
	var out strings.Builder
	rest, ok := arrayPart(s, &out, 0)
	return out.String(), ok && rest == ""
}

func arrayPart(s string, out *strings.Builder, depth int) (string, bool) {
	if !strings.HasPrefix(s, "{") || depth > 6 { // PostgreSQL has six dimensions at most
		return s, false
	}
	s = s[1:]
	out.WriteByte('[')
	if strings.HasPrefix(s, "}") {
		out.WriteByte(']')
		return s[1:], true
	}
	for {
		ok := true
		switch {
		case strings.HasPrefix(s, "{"):
			if s, ok = arrayPart(s, out, depth+1); !ok {
				return s, false
			}
		case strings.HasPrefix(s, `"`):
			var item strings.Builder
			i := 1
			for ; i < len(s) && s[i] != '"'; i++ {
				if s[i] == '\\' && i+1 < len(s) {
					i++
				}
				item.WriteByte(s[i])
			}
			if i >= len(s) {
				return s, false
			}
			s = s[i+1:]
			quoteJSON(item.String(), out)
		default:
			end := strings.IndexAny(s, ",}")
			if end < 0 {
				return s, false
			}
			switch item := s[:end]; {
			case item == "NULL":
				out.WriteString("null")
			case item == "t" || item == "f":
				out.WriteString(map[string]string{"t": "true", "f": "false"}[item])
			case json.Valid([]byte(item)):
				out.WriteString(item)
			default:
				quoteJSON(item, out)
			}
			s = s[end:]
		}
		if s == "" {
			return s, false
		}
		c := s[0]
		s = s[1:]
		switch c {
		case ',':
			out.WriteByte(',')
		case '}':
			out.WriteByte(']')
			return s, true
		default:
			return s, false
		}
	}
}

func quoteJSON(s string, out *strings.Builder) {
	b, _ := json.Marshal(s) // never fails for a string
	out.Write(b)
}

// argument is a value as a parameter of a statement.
func argument(v tag.Value) driver.Value {
	switch v.Type() {
	case tag.Bool:
		return v.Bool()
	case tag.Int:
		return v.Int()
	case tag.Float:
		return v.Float()
	case tag.Bytes:
		return []byte(v.Text())
	}
	return v.Text()
}

// own is a cell that stays when the next row is read; a text is one, however it came.
func own(cell any) any {
	if b, ok := cell.([]byte); ok {
		return string(b)
	}
	return cell
}
