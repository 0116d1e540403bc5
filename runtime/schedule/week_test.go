package schedule

import (
	"strings"
	"testing"
	"time"
)

func week(t *testing.T, text string) *Week {
	t.Helper()
	w, p := ParseWeek([]byte(text))
	if p != nil {
		t.Fatal(p)
	}
	return w
}

// A plan goes by the clock on the wall, also on the days when the clocks are changed.
func TestWeek(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	w := week(t, `{"week":[{"day":7,"from":"00:00","to":"02:30"},{"day":7,"from":"22:00","to":"24:00"},{"day":1,"from":"06:00","to":"14:00"},{"day":5,"from":"06:00","to":"14:00"}],
		"dates":[{"date":"2026-12-25"},{"date":"2026-12-28","from":"10:00","to":"11:00"}]}`)
	for at, want := range map[string]bool{
		"2026-11-23T05:59:59+01:00": false, "2026-11-23T06:00:00+01:00": true, "2026-11-23T13:59:59+01:00": true, "2026-11-23T14:00:00+01:00": false,
		// Sunday to Monday: the end of a day is the beginning of the next.
		"2026-11-22T23:59:59+01:00": true, "2026-11-23T00:00:00+01:00": false,
		// 29 March 2026: 02:00 is 03:00 at once.
		"2026-03-29T01:59:59+01:00": true, "2026-03-29T03:00:00+02:00": false,
		// 25 October 2026: 02:00 to 03:00 comes twice, and so do its first 30 minutes.
		"2026-10-25T02:15:00+02:00": true, "2026-10-25T02:45:00+02:00": false, "2026-10-25T02:15:00+01:00": true, "2026-10-25T02:45:00+01:00": false,
		// A Friday that is off, and a Monday with a time of its own.
		"2026-12-25T08:00:00+01:00": false, "2026-12-28T08:00:00+01:00": false, "2026-12-28T10:30:00+01:00": true, "2026-12-21T08:00:00+01:00": true,
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.On(moment.In(berlin)); got != want {
			t.Errorf("%s: %v", at, got)
		}
	}
}

// What was on for so many hours of a week is so for the sum of its times, in a zone without changes.
func TestWeekHours(t *testing.T) {
	w := week(t, `{"week":[{"day":1,"from":"06:00","to":"14:00"},{"day":1,"from":"08:00","to":"09:00"},{"day":3,"from":"23:59","to":"24:00"}]}`)
	on := 0
	for at, end := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC); at.Before(end); at = at.Add(time.Minute) {
		if w.On(at) {
			on++
		}
	}
	if on != 8*60+1 {
		t.Errorf("%d minutes", on)
	}
}

func TestWeekBad(t *testing.T) {
	for _, text := range []string{
		"", "7", "[]", `{"weeks":[]}`, `{"week":[{"day":0,"from":"06:00","to":"07:00"}]}`, `{"week":[{"day":8,"from":"06:00","to":"07:00"}]}`,
		`{"week":[{"day":1,"from":"07:00","to":"06:00"}]}`, `{"week":[{"day":1,"from":"6:00","to":"07:00"}]}`, `{"week":[{"day":1,"from":"06:00","to":"24:01"}]}`,
		`{"week":[{"day":1}]}`, `{"week":[],"dates":[{"date":"2026-02-30"}]}`, `{"week":[],"dates":[{"date":"2026-02-20","from":"10:00"}]}`,
		`{"week":[` + strings.Repeat(`{"day":1,"from":"06:00","to":"07:00"},`, 1000) + `{"day":1,"from":"06:00","to":"07:00"}]}`, strings.Repeat(" ", MaxWeekBytes+1),
	} {
		if _, p := ParseWeek([]byte(text)); p == nil {
			t.Errorf("%.80q is taken", text)
		} else if p.Code != "week_bad" || p.Hint == "" {
			t.Errorf("%.80q: %v", text, p)
		}
	}
	if _, p := ParseWeek([]byte(`{"week":[]}`)); p != nil {
		t.Errorf("an empty plan: %v", p)
	}
}

func FuzzWeek(f *testing.F) {
	f.Add([]byte(`{"week":[{"day":1,"from":"06:00","to":"14:00"}],"dates":[{"date":"2026-12-25"}]}`))
	f.Fuzz(func(_ *testing.T, raw []byte) {
		if w, p := ParseWeek(raw); p == nil {
			w.On(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))
		}
	})
}
