package notify

import (
	"slices"
	"time"
)

// minutes is a time of the day in minutes; it was checked.
func minutes(s string) int {
	if len(s) != 5 {
		return 0
	}
	return (int(s[0]-'0')*10+int(s[1]-'0'))*60 + int(s[3]-'0')*10 + int(s[4]-'0')
}

// calendar knows the days of a plant.
type calendar struct {
	zone     *time.Location
	holidays map[string]bool
}

func (c *Config) calendar(zone *time.Location) calendar {
	if zone == nil {
		zone = time.Local
	}
	k := calendar{zone: zone, holidays: make(map[string]bool, len(c.Holidays))}
	for _, h := range c.Holidays {
		k.holidays[h.Date] = true
	}
	return k
}

// on reports whether hours are those of a day. known says that something of the list names holidays: then only that counts on
// one.
func (k calendar) on(h Hours, day time.Time, known bool) bool {
	if known && k.holidays[day.Format(time.DateOnly)] {
		return slices.Contains(h.Days, "holiday")
	}
	return len(h.Days) == 0 || slices.Contains(h.Days, Days[day.Weekday()])
}

// within reports whether a time is within hours. By the clock on the wall: a shift from 22:00 to 06:00 is that also in the
// night in which the clock changes.
func (k calendar) within(h Hours, t time.Time, known bool) bool {
	t = t.In(k.zone)
	today := time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, k.zone)
	if h.From == "" && h.To == "" || h.From == h.To {
		if h.From == "" {
			return k.on(h, today, known)
		}
	}
	from, to, now := minutes(h.From), minutes(h.To), t.Hour()*60+t.Minute()
	if from < to {
		return from <= now && now < to && k.on(h, today, known)
	}
	// Over midnight, or around the clock: it belongs to the day on which it begins.
	return now >= from && k.on(h, today, known) || now < to && k.on(h, today.AddDate(0, 0, -1), known)
}

// any reports whether a time is within some of the hours; an empty list is always.
func (k calendar) any(list []Hours, t time.Time) bool {
	if len(list) == 0 {
		return true
	}
	known := slices.ContainsFunc(list, func(h Hours) bool { return slices.Contains(h.Days, "holiday") })
	return slices.ContainsFunc(list, func(h Hours) bool { return k.within(h, t, known) })
}

// onDuty are those of a roster who are to be told at a time, each once; empty when nobody is.
func (k calendar) onDuty(r *Roster, t time.Time) []string {
	out := slices.Clone(r.Members)
	known := slices.ContainsFunc(r.Shifts, func(s Shift) bool { return slices.Contains(s.Days, "holiday") })
	for i := range r.Shifts {
		if k.within(r.Shifts[i].Hours, t, known) {
			out = append(out, r.Shifts[i].People...)
		}
	}
	if len(out) == 0 {
		out = slices.Clone(r.Otherwise)
	}
	return unique(out)
}

// unique keeps the first of each.
func unique(list []string) []string {
	seen := make(map[string]bool, len(list))
	return slices.DeleteFunc(list, func(s string) bool {
		was := seen[s]
		seen[s] = true
		return was
	})
}

// Gap is a part of the week in which nobody of a roster is on duty.
type Gap struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Gaps are the times of the seven days from a time on in which nobody of a roster is on duty, to the minute of quarters, at
// most 20.
func (c *Config) Gaps(r *Roster, from time.Time, zone *time.Location) []Gap {
	k := c.calendar(zone)
	const part = 15 * time.Minute
	from = from.Truncate(part)
	var out []Gap
	for t := from; t.Before(from.Add(7 * 24 * time.Hour)); t = t.Add(part) {
		if len(k.onDuty(r, t)) > 0 {
			continue
		}
		if n := len(out); n > 0 && out[n-1].To.Equal(t) {
			out[n-1].To = t.Add(part)
		} else if n < 20 {
			out = append(out, Gap{t, t.Add(part)})
		} else {
			break
		}
	}
	return out
}
