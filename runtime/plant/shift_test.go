package plant

import (
	"strings"
	"testing"
	"time"
)

func TestShifts(t *testing.T) {
	cases := []struct{ name, shifts, want string }{
		{"three around the clock", `[{"id":"early","begin":"06:00","end":"14:00"},{"id":"late","begin":"14:00","end":"22:00"},{"id":"night","begin":"22:00","end":"06:00"}]`, ""},
		{"two at the same hours of other days", `[{"id":"a","begin":"06:00","end":"14:00","days":["mon","tue"]},{"id":"b","begin":"06:00","end":"14:00","days":["wed"]}]`, ""},
		{"a whole day", `[{"id":"a","begin":"06:00","end":"06:00"}]`, ""},
		{"overlap", `[{"id":"a","begin":"06:00","end":"14:00"},{"id":"b","begin":"13:00","end":"15:00"}]`, "/shifts/1"},
		{"overlap over the end of the week", `[{"id":"a","begin":"22:00","end":"06:00","days":["sat"]},{"id":"b","begin":"05:00","end":"07:00","days":["sun"]}]`, "/shifts/1"},
		{"an hour too late", `[{"id":"a","begin":"24:00","end":"06:00"}]`, "/shifts/0/begin"},
		{"no time", `[{"id":"a","begin":"6","end":""}]`, "/shifts/0/begin"},
		{"no such day", `[{"id":"a","begin":"06:00","end":"07:00","days":["monday"]}]`, "/shifts/0/days/0"},
		{"the same id", `[{"id":"a","begin":"06:00","end":"07:00"},{"id":"a","begin":"08:00","end":"09:00"}]`, "/shifts/1/id"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, ps := Check([]byte(`{"format":1,"shifts":` + c.shifts + `}`))
			if c.want == "" {
				if len(ps) > 0 {
					t.Fatal(ps)
				}
				return
			}
			for _, p := range ps {
				if strings.HasPrefix(p.At, c.want) {
					return
				}
			}
			t.Fatalf("no problem at %s: %v", c.want, ps)
		})
	}
}

func TestShiftOnDaysOfOtherLengths(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	s := Shift{ID: "night", Begin: "22:00", End: "06:00"}
	for day, hours := range map[string]float64{"2026-03-28": 7, "2026-10-24": 9, "2026-06-01": 8} {
		midnight, _ := time.ParseInLocation(time.DateOnly, day, berlin)
		begin, end, ok := s.On(midnight)
		if !ok || end.Sub(begin).Hours() != hours {
			t.Errorf("%s: %s to %s", day, begin, end)
		}
	}
}
