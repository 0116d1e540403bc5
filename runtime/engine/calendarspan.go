package engine

import "time"

// CalendarSpan is the time that a name means now, in the zone of now: "this hour", "today", "this week" (from Monday) and
// "this month" end now, "last hour", "yesterday", "last week" and "last month" where the next begins.
func CalendarSpan(name string, now time.Time) (from, to time.Time, ok bool) {
	if _, named := calendar[name]; !named {
		return now, now, false
	}
	from, to, _, ok = pastSpan(name, now)
	return from, to, ok
}
