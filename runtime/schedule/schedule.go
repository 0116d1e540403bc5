// Package schedule says when things are due by the calendar of a plant: backups, reports, exports. The rules are those of
// cron, in the plant's time zone, and every day has each of them once, also those of 23 and 25 hours.
package schedule

import (
	"strings"
	"time"

	"github.com/adhocore/gronx"

	"github.com/lineside/lineside/runtime/spec"
)

// maxText bounds the text of a schedule.
const maxText = 120

// Schedule is a rule such as "30 6 * * 1-5": minute, hour, day of the month, month, day of the week. The zero Schedule is
// never due.
type Schedule struct {
	text string
	// passing says that the hour is open ("*", "*/2"): such a rule goes by the time that passes, and so an hour that comes
	// twice has it twice. One that names its hours has them once a day.
	passing bool
}

// Parse reads the text of a schedule: five fields as in POSIX crontab, with names of days and months, "L" for the last
// day, "1#2" for the second Monday; or @hourly, @daily, @weekly, @monthly, @yearly. "" is the zero Schedule.
func Parse(text string) (Schedule, *spec.Problem) {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return Schedule{}, nil
	}
	segments, err := gronx.Segments(text)
	// Segments puts the seconds before five fields; what has its own is not for us, nor are years.
	if len(text) > maxText || err != nil || len(segments) != 6 || !strings.HasPrefix(text, "@") && len(strings.Fields(text)) != 5 || !gronx.IsValid(text) {
		return Schedule{}, problem(`Write minute, hour, day of the month, month and day of the week: "30 6 * * 1-5" is half past six from Monday to Friday.`,
			"%q is not a schedule.", text)
	}
	s := Schedule{text: text, passing: strings.HasPrefix(segments[2], "*")}
	if s.Next(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), time.UTC).IsZero() {
		return Schedule{}, problem("Look at the day of the month and the month.", "No day fits the schedule %q.", text)
	}
	return s, nil
}

func problem(hint, format, text string) *spec.Problem {
	var ps spec.Problems
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "…"
	}
	ps.Add("schedule_bad", "", hint, format, text)
	return ps[0]
}

// String is the text of the schedule.
func (s Schedule) String() string { return s.text }

// IsZero reports whether the schedule is never due.
func (s Schedule) IsZero() bool { return s.text == "" }

// Next is the first time after a moment when the schedule is due in a time zone, on the full minute; the zero time when it
// is never. A time that the clocks leave out in spring is due when they have been put forward.
func (s Schedule) Next(after time.Time, zone *time.Location) time.Time {
	if s.IsZero() {
		return time.Time{}
	}
	if s.passing {
		return s.nextPassing(after, zone)
	}
	for wall := onWall(after.In(zone)); ; {
		var ok bool
		if wall, ok = s.tick(wall, false); !ok {
			return time.Time{}
		}
		if at := fromWall(wall, zone); at.After(after) {
			return at
		}
	}
}

// nextPassing looks from one change of the clocks to the next, between which the wall and the time that passes agree.
func (s Schedule) nextPassing(after time.Time, zone *time.Location) time.Time {
	at, inclusive := after.In(zone), false
	for range 1000 {
		_, end := at.ZoneBounds()
		_, offset := at.Zone()
		wall, ok := s.tick(onWall(at), inclusive)
		if !ok {
			return time.Time{}
		}
		next := wall.Add(-time.Duration(offset) * time.Second).In(zone)
		if end.IsZero() || next.Before(end) {
			return next
		}
		at, inclusive = end, true
	}
	return time.Time{}
}

// tick is the next time on the wall.
func (s Schedule) tick(wall time.Time, inclusive bool) (time.Time, bool) {
	next, err := gronx.NextTickAfter(s.text, wall, inclusive)
	return next.Truncate(time.Minute), err == nil && (next.After(wall) || inclusive)
}

// onWall is what a clock on the wall shows, as if it were UTC.
func onWall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// fromWall is the first moment at which a clock on the wall shows this; when it never does, the moment it is put forward.
func fromWall(wall time.Time, zone *time.Location) time.Time {
	t := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, zone)
	if !onWall(t).Equal(wall) {
		start, end := t.ZoneBounds()
		if onWall(t).After(wall) {
			return start
		}
		return end
	}
	// Before the clocks were put back it may have shown this already.
	if start, _ := t.ZoneBounds(); !start.IsZero() {
		_, before := start.Add(-time.Second).Zone()
		if earlier := wall.Add(-time.Duration(before) * time.Second); earlier.Before(start) && onWall(earlier.In(zone)).Equal(wall) {
			return earlier.In(zone)
		}
	}
	return t
}

// Between are the times when the schedule was due after one moment and until another, the last max of them.
func (s Schedule) Between(after, until time.Time, zone *time.Location, limit int) []time.Time {
	var out []time.Time
	for at := s.Next(after, zone); !at.IsZero() && !at.After(until); at = s.Next(at, zone) {
		if len(out) == limit {
			out = append(out[:0], out[1:]...)
		}
		out = append(out, at)
	}
	return out
}
