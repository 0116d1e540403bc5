package engine

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/tag"
)

func TestDates(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		form string
		raw  tag.Value
		want string
	}{
		{"epoch", tag.OfFloat(1795000000.25), "2026-11-18T11:06:40.250Z"},
		{"epoch-ms", tag.OfInt(1795000000250), "2026-11-18T11:06:40.250Z"},
		{"epoch", tag.OfFloat(1e300), ""},
		{"iso", tag.OfString("2026-11-18T07:06:40Z"), "2026-11-18T07:06:40Z"},
		{"iso", tag.OfString("2026-11-18 15:06:40"), "2026-11-18T07:06:40Z"},
		{"iso", tag.OfString("2026-11-18T09:06:40.5+02:00"), "2026-11-18T07:06:40.500Z"},
		{"iso", tag.OfString("20261118T150640"), "2026-11-18T07:06:40Z"},
		{"iso", tag.OfString("18.11.2026"), ""},
		{"bcd", tag.OfBytes([]byte{0x26, 0x11, 0x18, 0x15, 0x06, 0x40}), "2026-11-18T07:06:40Z"},
		{"bcd", tag.OfInt(0x261118150640), "2026-11-18T07:06:40Z"},
		{"bcd", tag.OfBytes([]byte{0x99, 0x12, 0x31, 0x23, 0x59, 0x59}), "1999-12-31T15:59:59Z"},
		{"bcd", tag.OfBytes([]byte{0x26, 0x1A, 0x18, 0x15, 0x06, 0x40}), ""},
		{"bcd", tag.OfBytes([]byte{0x26, 0x02, 0x30, 0x15, 0x06, 0x40}), ""},
		{"bcd", tag.OfBytes([]byte{0x26}), ""},
		// The example of the STEP 7 manual for DATE_AND_TIME: 1993-12-25 08:12:34.567, a Saturday.
		{"s7-date-and-time", tag.OfBytes([]byte{0x93, 0x12, 0x25, 0x08, 0x12, 0x34, 0x56, 0x77}), "1993-12-25T00:12:34.567Z"},
		{"s7-date-and-time", tag.OfBytes(make([]byte, 8)), ""},
		{"s7-dtl", tag.OfBytes([]byte{0x07, 0xEA, 11, 18, 4, 15, 6, 40, 0x1D, 0xCD, 0x65, 0x00}), "2026-11-18T07:06:40.500Z"},
		{"s7-dtl", tag.OfBytes(make([]byte, 12)), ""},
		{"ole", tag.OfFloat(46344.5), "2026-11-18T04:00:00Z"},
	} {
		f := &dateForm{form: row.form, as: tag.String, raw: row.raw.Type(), zone: shanghai}
		v, q := f.decode(row.raw)
		if row.want == "" && q != tag.BadDecodingError || row.want != "" && (v.Text() != row.want || q != tag.Good) {
			t.Errorf("%s %v: %v %v", row.form, row.raw, v, q)
		}
	}
}

// TestDatesRoundTrip: what is written in any form is read back as the same moment, to the second that every
// form has.
func TestDatesRoundTrip(t *testing.T) {
	zones := []*time.Location{time.UTC, time.FixedZone("far", 14*3600), time.FixedZone("half", -(9*3600 + 1800))}
	rapid.Check(t, func(r *rapid.T) {
		f := &dateForm{
			form: rapid.SampledFrom([]string{"epoch", "epoch-ms", "iso", "bcd", "s7-date-and-time", "s7-dtl", "ole"}).Draw(r, "form"),
			as:   rapid.SampledFrom([]tag.Type{tag.Int, tag.Float, tag.String}).Draw(r, "as"),
			raw:  rapid.SampledFrom([]tag.Type{tag.Int, tag.Bytes}).Draw(r, "raw"),
			zone: rapid.SampledFrom(zones).Draw(r, "zone"),
		}
		at := time.Unix(rapid.Int64Range(time.Date(1991, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(2089, 1, 1, 0, 0, 0, 0, time.UTC).Unix()).Draw(r, "at"), 0)
		v := map[tag.Type]tag.Value{tag.Int: tag.OfInt(at.UnixMilli()), tag.Float: tag.OfFloat(float64(at.Unix())), tag.String: tag.OfString(isoText(at))}[f.as]
		raw, err := f.encode(v)
		if err != nil {
			r.Fatal(err)
		}
		if back, q := f.decode(raw); back != v || q != tag.Good {
			r.Fatalf("%s of %v became %v and %v %v", f.form, v, raw, back, q)
		}
	})
}

func FuzzDates(f *testing.F) {
	f.Add("s7-dtl", []byte{0x07, 0xEA, 11, 18, 4, 15, 6, 40, 0x1D, 0xCD, 0x65, 0x00}, 1.0)
	f.Add("iso", []byte("2026-11-18"), -1e308)
	f.Fuzz(func(t *testing.T, form string, b []byte, x float64) {
		d := &dateForm{form: form, as: tag.String, zone: time.UTC}
		for _, v := range []tag.Value{tag.OfBytes(b), tag.OfString(string(b)), tag.OfFloat(x), tag.OfInt(int64(x))} {
			if out, q := d.decode(v); !q.IsBad() {
				if _, err := parseISO(out.Text(), time.UTC); err != nil {
					t.Fatalf("%v became %v", v, out)
				}
			}
			_, _ = d.encode(v)
		}
	})
}
