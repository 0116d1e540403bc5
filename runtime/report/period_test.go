package report

import (
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/plant"
)

func TestResolve(t *testing.T) {
	p := plantOf(t)
	c := p.Calendar()
	cases := []struct {
		name, kind, at string
		ended          bool
		from, to       string
		hours          float64
	}{
		{"the hour before", "hour", "2026-11-20 08:30", true, "2026-11-20 07:00", "2026-11-20 08:00", 1},
		{"this hour", "hour", "2026-11-20 08:30", false, "2026-11-20 08:00", "2026-11-20 09:00", 1},
		{"the day before", "day", "2026-11-20 00:00", true, "2026-11-19 00:00", "2026-11-20 00:00", 24},
		{"a day of 23 hours", "day", "2026-03-29 12:00", false, "2026-03-29 00:00", "2026-03-30 00:00", 23},
		{"a day of 25 hours", "day", "2026-10-26 06:00", true, "2026-10-25 00:00", "2026-10-26 00:00", 25},
		{"the week before", "week", "2026-11-23 06:00", true, "2026-11-16 00:00", "2026-11-23 00:00", 168},
		{"a week on its Sunday", "week", "2026-11-22 23:59", false, "2026-11-16 00:00", "2026-11-23 00:00", 168},
		{"the month before", "month", "2026-01-01 06:00", true, "2025-12-01 00:00", "2026-01-01 00:00", 744},
		{"the early shift on its last minute", "shift", "2026-11-20 13:59", false, "2026-11-20 06:00", "2026-11-20 14:00", 8},
		{"the early shift when it has ended", "shift", "2026-11-20 14:00", true, "2026-11-20 06:00", "2026-11-20 14:00", 8},
		{"the night shift of the day before", "shift", "2026-11-20 03:00", false, "2026-11-19 22:00", "2026-11-20 06:00", 8},
		{"the short night", "shift", "2026-03-29 06:01", true, "2026-03-28 22:00", "2026-03-29 06:00", 7},
		{"the long night", "shift", "2026-10-25 06:01", true, "2026-10-24 22:00", "2026-10-25 06:00", 9},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			s := c.Resolve(x.kind, p.time(t, x.at), x.ended)
			if !s.From.Equal(p.time(t, x.from)) || !s.To.Equal(p.time(t, x.to)) || s.To.Sub(s.From).Hours() != x.hours {
				t.Errorf("%s to %s, %g hours", s.From, s.To, s.To.Sub(s.From).Hours())
			}
		})
	}
	// The hour that the clocks show twice is two hours.
	first := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)
	a, b := c.Resolve("hour", first, false), c.Resolve("hour", first.Add(time.Hour), false)
	if !a.To.Equal(b.From) || a.From.Hour() != 2 || b.From.Hour() != 2 {
		t.Errorf("%v, %v", a, b)
	}
	if s := (Calendar{Zone: time.UTC}).Resolve("shift", time.Now(), true); !s.From.IsZero() {
		t.Errorf("a shift where there are none: %v", s)
	}
}

func TestEndOfShift(t *testing.T) {
	for _, x := range []struct {
		shift plant.Shift
		want  string
	}{
		{plant.Shift{Begin: "06:00", End: "14:00"}, "0 14 * * *"},
		{plant.Shift{Begin: "22:00", End: "06:30", Days: []string{"sun", "mon"}}, "30 6 * * 1,2"},
		{plant.Shift{Begin: "06:00", End: "14:00", Days: []string{"sat"}}, "0 14 * * 6"},
		{plant.Shift{Begin: "x", End: "14:00"}, ""},
	} {
		if got, _ := endOf(&x.shift); got != x.want {
			t.Errorf("%+v: %q, not %q", x.shift, got, x.want)
		}
	}
}

func TestPeriodNames(t *testing.T) {
	p := plantOf(t)
	c := p.Calendar()
	at := p.time(t, "2026-11-20 10:00")
	for kind, want := range map[string][2]string{
		"shift": {"Night, 2026-11-19 22:00 – 2026-11-20 06:00", "夜班, 2026-11-19 22:00 – 2026-11-20 06:00"},
		"week":  {"Week 46, 2026-11-09 – 2026-11-15", "2026-11-09 – 2026-11-15（第 46 周）"},
		"month": {"October 2026", "2026 年 10 月"},
	} {
		s := c.Resolve(kind, at, true)
		if en, zh := periodName(kind, s, "en"), periodName(kind, s, "zh"); en != want[0] || zh != want[1] {
			t.Errorf("%s: %q, %q", kind, en, zh)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, x := range []struct {
		v        float64
		decimals int
		want     string
	}{{0, 0, "0"}, {1234567.891, 2, "1,234,567.89"}, {-1234, 0, "-1,234"}, {-0.001, 2, "0.00"}, {999, 0, "999"}, {1e20, 0, "1e+20"}, {1e-12, 3, "1e-12"}} {
		if got := number(x.v, x.decimals); got != x.want {
			t.Errorf("%g: %q, not %q", x.v, got, x.want)
		}
	}
}
