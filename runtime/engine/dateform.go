package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// dateForm turns what a device means by a date and time into that of a tag, and back.
type dateForm struct {
	form string
	as   tag.Type // of the tag: string (ISO 8601, UTC), int (ms since 1970) or float (s since 1970)
	raw  tag.Type // of the device
	zone *time.Location
}

// compileDate decides in which type the connector shall deliver a date: BCD is bytes where there are
// any, else one integer.
func (b *plantBuild) compileDate(t *tagBuild, s *source, d *deviceBuild) {
	f := &dateForm{form: t.doc.Scale.Date, as: t.typ, zone: b.zone}
	switch f.form {
	case "epoch", "ole":
		f.raw = tag.Float
	case "epoch-ms":
		f.raw = tag.Int
	case "iso":
		f.raw = tag.String
	default:
		f.raw = tag.Bytes
		if _, err := d.typ.Address(addressOf(t.doc.Address), tag.Bytes, s.write); f.form == "bcd" && err != nil {
			f.raw = tag.Int
		}
	}
	s.raw, s.scale = f.raw, &scale{date: f}
}

// oleEpoch is day 0 of spreadsheets (OLE Automation date).
var oleEpoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

var errDate = errors.New("not a date and time of that form")

// decode reads a raw value. What is no date is BadDecodingError.
func (f *dateForm) decode(v tag.Value) (tag.Value, tag.Quality) {
	at, err := f.time(v)
	if err != nil || at.Year() < 1678 || at.Year() > 2261 {
		return tag.Value{}, tag.BadDecodingError
	}
	switch f.as {
	case tag.Int:
		return tag.OfInt(at.UnixMilli()), tag.Good
	case tag.Float:
		return tag.OfFloat(float64(at.UnixMilli()) / 1000), tag.Good
	}
	return tag.OfString(isoText(at)), tag.Good
}

// isoText writes a time in UTC, with milliseconds when there are any.
func isoText(at time.Time) string {
	if at = at.UTC().Round(time.Millisecond); at.Nanosecond() == 0 {
		return at.Format("2006-01-02T15:04:05Z")
	}
	return at.Format("2006-01-02T15:04:05.000Z")
}

func (f *dateForm) time(v tag.Value) (time.Time, error) {
	switch f.form {
	case "epoch":
		return seconds(v.Float())
	case "epoch-ms":
		return time.UnixMilli(v.Int()), nil
	case "ole":
		days := v.Float()
		if math.IsNaN(days) || math.Abs(days) > 200_000 {
			return time.Time{}, errDate
		}
		// The days before 1899-12-30 count their hours forward all the same.
		whole, part := math.Modf(days)
		at := oleEpoch.Add(time.Duration(whole) * 24 * time.Hour).Add(time.Duration(math.Round(math.Abs(part)*86_400_000)) * time.Millisecond)
		return inZone(at, f.zone), nil
	case "iso":
		return parseISO(v.Text(), f.zone)
	case "bcd":
		raw := []byte(v.Text())
		if v.Type() == tag.Int {
			var b [8]byte
			binary.BigEndian.PutUint64(b[:], uint64(v.Int()))
			raw = b[2:]
		}
		return f.bcd(raw)
	case "s7-date-and-time":
		return f.bcd([]byte(v.Text()))
	case "s7-dtl":
		b := []byte(v.Text())
		if len(b) != 12 {
			return time.Time{}, errDate
		}
		return date(int(binary.BigEndian.Uint16(b)), int(b[2]), int(b[3]), int(b[5]), int(b[6]), int(b[7]), time.Duration(binary.BigEndian.Uint32(b[8:])), f.zone)
	}
	return time.Time{}, errDate
}

// seconds is a time of seconds since 1970, to the millisecond.
func seconds(s float64) (time.Time, error) {
	if math.IsNaN(s) || math.Abs(s) > 1e11 {
		return time.Time{}, errDate
	}
	return time.UnixMilli(int64(math.Round(s * 1000))), nil
}

// inZone reads the clock of a UTC time as that of a zone.
func inZone(at time.Time, zone *time.Location) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), zone)
}

// isoForms are the forms of ISO 8601 and RFC 3339 that devices write; those without a zone are local.
var isoForms = []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "20060102T150405.999999999", "2006-01-02"}

func parseISO(text string, zone *time.Location) (time.Time, error) {
	text = strings.Replace(strings.TrimSpace(text), " ", "T", 1)
	for _, form := range isoForms {
		for _, end := range []string{"Z07:00", "Z0700", "Z07"} {
			if at, err := time.Parse(form+end, text); err == nil {
				return at, nil
			}
		}
		if at, err := time.ParseInLocation(form, text, zone); err == nil {
			return at, nil
		}
	}
	return time.Time{}, errDate
}

// bcd reads YY MM DD hh mm ss, and of DATE_AND_TIME (IEC 61131-3, S7) two bytes more: three digits of
// milliseconds and the day of the week. Years 90 to 99 are 1990 to 1999.
func (f *dateForm) bcd(b []byte) (time.Time, error) {
	if want := map[string]int{"bcd": 6, "s7-date-and-time": 8}[f.form]; len(b) != want {
		return time.Time{}, errDate
	}
	var n [7]int
	for i := range n[:6] {
		high, low := int(b[i]>>4), int(b[i]&15)
		if high > 9 || low > 9 {
			return time.Time{}, errDate
		}
		n[i] = high*10 + low
	}
	if len(b) == 8 {
		for _, digit := range []byte{b[6] >> 4, b[6] & 15, b[7] >> 4} {
			if digit > 9 {
				return time.Time{}, errDate
			}
			n[6] = n[6]*10 + int(digit)
		}
	}
	year := 2000 + n[0]
	if n[0] >= 90 {
		year = 1900 + n[0]
	}
	return date(year, n[1], n[2], n[3], n[4], n[5], time.Duration(n[6])*time.Millisecond, f.zone)
}

// date refuses what the calendar does not have, which time.Date would carry over.
func date(year, month, day, hour, minute, second int, rest time.Duration, zone *time.Location) (time.Time, error) {
	utc := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	if utc.Month() != time.Month(month) || utc.Day() != day || hour > 23 || minute > 59 || second > 59 || rest < 0 || rest >= time.Second {
		return time.Time{}, errDate
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, int(rest), zone), nil
}

// encode makes the raw value of a value of the tag.
func (f *dateForm) encode(v tag.Value) (tag.Value, error) {
	var at time.Time
	var err error
	switch v.Type() {
	case tag.Int:
		at = time.UnixMilli(v.Int())
	case tag.Float:
		at, err = seconds(v.Float())
	default:
		at, err = parseISO(v.Text(), f.zone)
	}
	if err != nil {
		return v, fmt.Errorf("%q is no date and time (ISO 8601)", clipText(v.String()))
	}
	local := at.In(f.zone)
	digits := func(n int) byte { return byte(n/10<<4 | n%10) }
	bcd := []byte{digits(local.Year() % 100), digits(int(local.Month())), digits(local.Day()), digits(local.Hour()), digits(local.Minute()), digits(local.Second())}
	short := local.Year() >= 1990 && local.Year() < 2090
	switch f.form {
	case "epoch":
		return tag.OfFloat(float64(at.UnixMilli()) / 1000), nil
	case "epoch-ms":
		return tag.OfInt(at.UnixMilli()), nil
	case "iso":
		return tag.OfString(isoText(at)), nil
	case "ole":
		utc := inZone(local, time.UTC)
		if utc.Before(oleEpoch) {
			return v, fmt.Errorf("the date is before 1899-12-30")
		}
		return tag.OfFloat(float64(utc.Sub(oleEpoch).Milliseconds()) / 86_400_000), nil
	case "s7-dtl":
		if y := local.Year(); y < 1970 || y > 2262 {
			return v, fmt.Errorf("the year is not 1970 to 2262")
		}
		b := binary.BigEndian.AppendUint16(nil, uint16(local.Year()))
		b = append(b, byte(local.Month()), byte(local.Day()), byte(local.Weekday())+1, byte(local.Hour()), byte(local.Minute()), byte(local.Second()))
		return tag.OfBytes(binary.BigEndian.AppendUint32(b, uint32(local.Nanosecond()))), nil
	}
	if !short {
		return v, fmt.Errorf("the year is not 1990 to 2089")
	}
	if f.form == "s7-date-and-time" {
		ms := local.Nanosecond() / int(time.Millisecond)
		return tag.OfBytes(append(bcd, digits(ms/10), byte(ms%10<<4|int(local.Weekday())+1))), nil
	}
	if f.raw == tag.Int {
		n := int64(0)
		for _, b := range bcd {
			n = n<<8 | int64(b)
		}
		return tag.OfInt(n), nil
	}
	return tag.OfBytes(bcd), nil
}

// zone is the name of the time zone that a source reads dates in.
func (s *source) zone() string {
	if s == nil || s.scale == nil || s.scale.date == nil {
		return ""
	}
	return s.scale.date.zone.String()
}
