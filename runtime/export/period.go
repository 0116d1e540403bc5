package export

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/spec"
)

// Periods are the names of spans of the calendar.
func Periods() []string {
	return []string{"today", "yesterday", "thisWeek", "lastWeek", "thisMonth", "lastMonth", "thisYear", "lastYear"}
}

// times are the beginning and the end of a query; now is in the zone of the plant. Days have 23 to 25 hours.
func (q *Query) times(now time.Time) (from, to time.Time, problem *spec.Problem) {
	if q.Period != "" {
		day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, now.Location()) }
		y, m, d := now.Date()
		monday := d - (int(now.Weekday())+6)%7 // ISO 8601
		switch q.Period {
		case "today":
			return day(y, m, d), now, nil
		case "yesterday":
			return day(y, m, d-1), day(y, m, d), nil
		case "thisWeek":
			return day(y, m, monday), now, nil
		case "lastWeek":
			return day(y, m, monday-7), day(y, m, monday), nil
		case "thisMonth":
			return day(y, m, 1), now, nil
		case "lastMonth":
			return day(y, m-1, 1), day(y, m, 1), nil
		case "thisYear":
			return day(y, 1, 1), now, nil
		case "lastYear":
			return day(y-1, 1, 1), day(y, 1, 1), nil
		}
		return from, to, spec.OneOf("value_choice", "/period", fmt.Sprintf("There is no period %q.", q.Period), q.Period, Periods())
	}
	at := func(place, text, instead string) time.Time {
		if text == "" {
			text = instead
		}
		t, ok := moment(text, now)
		if !ok && problem == nil {
			problem = &spec.Problem{Code: "value_format", At: place, Message: fmt.Sprintf("%q is not a time.", text), Hint: `Write a time such as 2026-11-21T08:00:00Z, milliseconds since 1970, or now-8h.`}
		}
		return t
	}
	from, to = at("/from", q.From, "now-1h"), at("/to", q.To, "now")
	return from, to, problem
}

// moment reads a time: RFC 3339, milliseconds since 1970, "now" or "now-8h".
func moment(s string, now time.Time) (time.Time, bool) {
	if rest, ok := strings.CutPrefix(s, "now"); ok {
		if rest == "" {
			return now, true
		}
		d, err := time.ParseDuration(rest)
		return now.Add(d), err == nil
	}
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.UnixMilli(ms), ms > -1<<43 && ms < 1<<43
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t, err == nil && t.Year() > 1700 && t.Year() < 2240
}
