package s7

import (
	"encoding/binary"
	"strings"
	"time"
)

// Points in time. The clocks of controllers know no zone: as text they are ISO 8601
// without one, as a number milliseconds since 1970 as if the clock showed UTC; a time of
// day counts from midnight.

// epoch is the day 0 of DATE.
var epoch = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// loadClock reads a DATE, TOD, DT or DTL; false when the bytes are no time.
func loadClock(k kind, b []byte) (time.Time, bool) {
	switch k {
	case kindDate:
		return epoch.AddDate(0, 0, int(binary.BigEndian.Uint16(b))), true
	case kindTOD:
		d := time.Duration(binary.BigEndian.Uint32(b)) * time.Millisecond
		return time.Unix(0, int64(d)).UTC(), d < day
	case kindDT:
		var n [7]int
		for i := range n {
			if b[i]>>4 > 9 || b[i]&15 > 9 {
				return time.Time{}, false
			}
			n[i] = int(b[i]>>4)*10 + int(b[i]&15)
		}
		if b[7]>>4 > 9 {
			return time.Time{}, false
		}
		year := 2000 + n[0]
		if n[0] >= 90 {
			year -= 100
		}
		ms := n[6]*10 + int(b[7]>>4)
		return moment(year, n[1], n[2], n[3], n[4], n[5], ms*1e6)
	}
	ns := binary.BigEndian.Uint32(b[8:])
	if ns >= 1e9 {
		return time.Time{}, false
	}
	year := int(binary.BigEndian.Uint16(b))
	if year < 1970 || year > 2554 {
		return time.Time{}, false
	}
	return moment(year, int(b[2]), int(b[3]), int(b[5]), int(b[6]), int(b[7]), int(ns))
}

// moment makes a time of its parts; false for the 30th of February.
func moment(year, month, d, hour, minute, second, ns int) (time.Time, bool) {
	t := time.Date(year, time.Month(month), d, hour, minute, second, ns, time.UTC)
	return t, t.Year() == year && int(t.Month()) == month && t.Day() == d && t.Hour() == hour && t.Minute() == minute && t.Second() == second
}

// storeClock is the way back; false when the type does not hold the time.
func storeClock(k kind, t time.Time) ([]byte, bool) {
	bcd := func(n int) byte { return byte(n/10<<4 | n%10) }
	weekday := byte(t.Weekday()) + 1 // Sunday is 1
	switch k {
	case kindDate:
		days := t.Sub(epoch) / day
		if t.Before(epoch) || days > 65535 || t.Sub(epoch)%day != 0 {
			return nil, false
		}
		return binary.BigEndian.AppendUint16(nil, uint16(days)), true
	case kindTOD:
		ms := t.UnixMilli()
		if ms < 0 || ms >= day.Milliseconds() {
			return nil, false
		}
		return binary.BigEndian.AppendUint32(nil, uint32(ms)), true
	case kindDT:
		if t.Year() < 1990 || t.Year() > 2089 {
			return nil, false
		}
		ms := t.Nanosecond() / 1e6
		return []byte{bcd(t.Year() % 100), bcd(int(t.Month())), bcd(t.Day()), bcd(t.Hour()), bcd(t.Minute()), bcd(t.Second()), bcd(ms / 10), byte(ms%10)<<4 | weekday}, true
	}
	if t.Year() < 1970 || t.Year() > 2262 {
		return nil, false
	}
	b := binary.BigEndian.AppendUint16(nil, uint16(t.Year()))
	b = append(b, byte(t.Month()), byte(t.Day()), weekday, byte(t.Hour()), byte(t.Minute()), byte(t.Second()))
	return binary.BigEndian.AppendUint32(b, uint32(t.Nanosecond())), true
}

var clockForms = map[kind]string{kindDate: "2006-01-02", kindTOD: "15:04:05.999", kindDT: "2006-01-02T15:04:05.999", kindDTL: "2006-01-02T15:04:05.999999999"}

// formatClock is the time as text.
func formatClock(k kind, t time.Time) string { return t.Format(clockForms[k]) }

// parseClock reads what formatClock writes; a space may stand for the T, and midnight may
// be left out.
func parseClock(k kind, s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if k == kindTOD {
		t, err := time.Parse(clockForms[k], s)
		return t.AddDate(1970, 0, 0), err == nil
	}
	for _, form := range []string{"2006-01-02", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.Parse(form, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// s5Bases are the time bases of S5TIME, in milliseconds.
var s5Bases = [4]int64{10, 100, 1000, 10_000}

// loadS5 reads an S5TIME or timer in milliseconds; false when the digits are none.
func loadS5(w uint16) (int64, bool) {
	n, ok := fromBCD(w & 0x0FFF)
	return n * s5Bases[w>>12&3], ok
}

// storeS5 is the way back, in the finest base that holds the time; false when none does
// exactly.
func storeS5(ms int64) (uint16, bool) {
	for i, base := range s5Bases {
		if ms >= 0 && ms%base == 0 && ms/base <= 999 {
			n := ms / base
			return uint16(i)<<12 | uint16(n/100<<8|n/10%10<<4|n%10), true
		}
	}
	return 0, false
}

// fromBCD reads three digits of four bits each.
func fromBCD(w uint16) (int64, bool) {
	a, b, c := int64(w>>8&15), int64(w>>4&15), int64(w&15)
	return 100*a + 10*b + c, a <= 9 && b <= 9 && c <= 9
}
