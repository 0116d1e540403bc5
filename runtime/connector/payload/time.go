package payload

import (
	"fmt"
	"math"
	"strings"
	"time"
	_ "time/tzdata" // zones are known on machines without a data base of them

	"github.com/lineside/lineside/runtime/tag"
)

// LoadZone finds a time zone: "" and "UTC", "local" for that of this server, or a name such as
// "Asia/Shanghai".
func LoadZone(name string) (*time.Location, error) {
	switch strings.ToLower(name) {
	case "", "utc":
		return time.UTC, nil
	case "local":
		return time.Local, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("there is no time zone %q", name)
	}
	return zone, nil
}

// layouts of times without a name of a month; a fraction of a second may follow the seconds
// everywhere. Those with a zone come first.
var layouts = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05",
	"2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05 Z0700", "2006-01-02 15:04:05Z07", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02",
	"2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01/02", "02.01.2006 15:04:05", "02.01.2006 15:04", "02.01.2006",
	"20060102T150405Z0700", "20060102T150405", "20060102150405", time.RFC1123, time.RFC1123Z,
}

// Time reads a time: ISO 8601 and its relatives (year/month/day, day.month.year), in zone when
// it names none, or a number of seconds, milliseconds, microseconds or nanoseconds since 1970,
// told apart by its size.
func Time(text string, zone *time.Location) (tag.Time, bool) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 64 {
		return 0, false
	}
	for _, layout := range layouts {
		if len(text) < 8 || (text[4] == '-') != (layout[4] == '-') {
			continue
		}
		if t, err := time.ParseInLocation(layout, text, zone); err == nil && t.Year() > 1 {
			at := tag.TimeOf(t)
			return at, at != 0
		}
	}
	if c := text[0]; c != '-' && (c < '0' || c > '9') {
		return 0, false
	}
	return numberTime([]byte(text))
}

func numberTime(text []byte) (tag.Time, bool) {
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
	if f != f || f >= math.MaxInt64 || f <= math.MinInt64 {
		return 0, false
	}
	// Microseconds are as much as a float64 of seconds holds.
	return tag.Time(math.Round(f/1e3)) * 1000, f != 0
}

// JSONTime reads the time that a JSON text says.
func JSONTime(text []byte, zone *time.Location) (tag.Time, bool) {
	if len(text) == 0 {
		return 0, false
	}
	if text[0] == '"' {
		s, err := unquote(text)
		if err != nil {
			return 0, false
		}
		return Time(s, zone)
	}
	if text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return 0, false
	}
	return numberTime(text)
}
