package schedule

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/lineside/lineside/runtime/spec"
)

// Limits of the plan of a week.
const (
	MaxWeekBytes = 64 << 10
	maxPeriods   = 1000 // of the week, and of the dates
)

// WeekPeriod is a time of a day of the week when something is on: from "06:00" until "14:00", which is not in it any more;
// "24:00" is the end of the day.
type WeekPeriod struct {
	// Day is 1 for Monday to 7 for Sunday (ISO 8601).
	Day  int    `json:"day"`
	From string `json:"from"`
	To   string `json:"to"`
}

// DatePeriod is a time of one day that goes before those of its day of the week. Without times it is off all day.
type DatePeriod struct {
	Date string `json:"date"`
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// WeekDocument is the plan of a week as it stands in a tag.
type WeekDocument struct {
	Week  []WeekPeriod `json:"week"`
	Dates []DatePeriod `json:"dates,omitempty"`
}

// span is a part of a day in minutes.
type span struct{ from, to int }

// Week says when something is on, by the clock on the wall.
type Week struct {
	days  [7][]span // from Monday
	dates map[string][]span
}

// ParseWeek reads the plan of a week, strictly.
func ParseWeek(raw []byte) (*Week, *spec.Problem) {
	const hint = `Write {"week": [{"day": 1, "from": "06:00", "to": "14:00"}], "dates": [{"date": "2026-12-24"}]}; day 1 is Monday, and "24:00" the end of a day.`
	bad := func(format string, args ...any) (*Week, *spec.Problem) {
		var ps spec.Problems
		ps.Add("week_bad", "", hint, format, args...)
		return nil, ps[0]
	}
	if len(raw) > MaxWeekBytes {
		return bad("The plan of the week is larger than %d bytes.", MaxWeekBytes)
	}
	var doc WeekDocument
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&doc); err != nil {
		return bad("The plan of the week cannot be read.")
	}
	if len(doc.Week) > maxPeriods || len(doc.Dates) > maxPeriods {
		return bad("The plan of the week has more than %d times.", maxPeriods)
	}
	w := &Week{dates: map[string][]span{}}
	for _, p := range doc.Week {
		s, ok := spanOf(p.From, p.To)
		if !ok || p.Day < 1 || p.Day > 7 {
			return bad("Day %d from %q to %q is no time of a week.", p.Day, clip(p.From), clip(p.To))
		}
		w.days[p.Day-1] = append(w.days[p.Day-1], s)
	}
	for _, p := range doc.Dates {
		if _, err := time.Parse(time.DateOnly, p.Date); err != nil {
			return bad("%q is no date.", clip(p.Date))
		}
		if p.From == "" && p.To == "" {
			w.dates[p.Date] = append(w.dates[p.Date], span{})
			continue
		}
		s, ok := spanOf(p.From, p.To)
		if !ok {
			return bad("From %q to %q is no time of a day.", clip(p.From), clip(p.To))
		}
		w.dates[p.Date] = append(w.dates[p.Date], s)
	}
	return w, nil
}

func clip(text string) string {
	if len(text) > 40 {
		return text[:40] + "…"
	}
	return text
}

// spanOf reads two times of a day.
func spanOf(from, to string) (span, bool) {
	a, okFrom := minuteOf(from)
	b, okTo := minuteOf(to)
	return span{a, b}, okFrom && okTo && a < b
}

// minuteOf reads "06:30", and "24:00" for the end of a day.
func minuteOf(text string) (int, bool) {
	if text == "24:00" {
		return 24 * 60, true
	}
	t, err := time.Parse("15:04", text)
	return t.Hour()*60 + t.Minute(), err == nil && len(text) == 5
}

// On reports whether it is on at a moment, by the clock of its zone: an hour that comes twice is on twice, one that is
// left out is not there.
func (w *Week) On(at time.Time) bool {
	spans, own := w.dates[at.Format(time.DateOnly)]
	if !own {
		spans = w.days[(int(at.Weekday())+6)%7]
	}
	minute := at.Hour()*60 + at.Minute()
	for _, s := range spans {
		if minute >= s.from && minute < s.to {
			return true
		}
	}
	return false
}
