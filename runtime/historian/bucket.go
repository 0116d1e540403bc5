package historian

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// MaxBuckets is how many buckets one query may have.
const MaxBuckets = 100_000

// Step is the length of a bucket: a fixed time ("30s", "15m", "1h") or so many calendar days, weeks, months or
// years ("1d", "1w", "1mo", "1y"), which begin at midnight of the zone, weeks on Monday (ISO 8601).
type Step struct {
	fixed                time.Duration
	days, months, number int
	week                 bool
}

// ParseStep reads a step.
func ParseStep(s string) (Step, error) {
	digits := strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyz")
	unit := s[len(digits):]
	n, err := strconv.Atoi(digits)
	if err == nil && n > 0 && n <= 10000 {
		switch unit {
		case "d":
			return Step{days: 1, number: n}, nil
		case "w":
			return Step{days: 7, number: n, week: true}, nil
		case "mo":
			return Step{months: 1, number: n}, nil
		case "y":
			return Step{months: 12, number: n}, nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < time.Millisecond {
		return Step{}, fmt.Errorf(`%q is no step: write a time such as "15m" or "1h", or calendar steps such as "1d", "1w", "1mo", "1y"`, s)
	}
	return Step{fixed: d}, nil
}

// Buckets are the boundaries of the buckets between two times: n+1 of them for n buckets. They lie at whole steps
// since midnight of the zone, so that the first and the last bucket may be shorter; a day with a change of the
// clock has 23 or 25 hours.
func (s Step) Buckets(from, to tag.Time, zone *time.Location) ([]tag.Time, error) {
	if to <= from {
		return nil, fmt.Errorf("the time ends before it begins")
	}
	out := []tag.Time{from}
	at := s.first(time.Unix(0, int64(from)).In(zone))
	for {
		next := s.after(at)
		if !next.After(at) {
			return nil, fmt.Errorf("the step does not go on at %s", at)
		}
		at = next
		t := tag.TimeOf(at)
		if t >= to {
			return append(out, to), nil
		}
		if t > from {
			out = append(out, t)
		}
		if len(out) > MaxBuckets {
			return nil, fmt.Errorf("there are more than %d steps: make them longer, or the time shorter", MaxBuckets)
		}
	}
}

// first is the last whole step at or before a time.
func (s Step) first(t time.Time) time.Time {
	midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
	switch {
	case s.months > 0:
		months := t.Year()*12 + int(t.Month()) - 1
		months -= months % (s.months * s.number)
		return time.Date(months/12, time.Month(months%12+1), 1, 0, 0, 0, 0, t.Location())
	case s.days > 0:
		if s.week {
			midnight = midnight.AddDate(0, 0, -(int(midnight.Weekday())+6)%7)
		}
		// Counted from a Monday, so that steps of several days and weeks have a place of their own.
		days := int(time.Date(midnight.Year(), midnight.Month(), midnight.Day(), 0, 0, 0, 0, time.UTC).Sub(monday).Hours() / 24)
		over := ((days % (s.days * s.number)) + s.days*s.number) % (s.days * s.number)
		return midnight.AddDate(0, 0, -over)
	case s.fixed >= 24*time.Hour:
		return t.Truncate(s.fixed)
	}
	return midnight.Add(t.Sub(midnight).Truncate(s.fixed))
}

var monday = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)

func (s Step) after(t time.Time) time.Time {
	switch {
	case s.months > 0:
		return t.AddDate(0, s.months*s.number, 0)
	case s.days > 0:
		return t.AddDate(0, 0, s.days*s.number)
	case s.fixed >= 24*time.Hour:
		return t.Add(s.fixed)
	}
	// Steps within a day begin anew at midnight.
	next := t.Add(s.fixed)
	midnight := time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, t.Location())
	if next.After(midnight) {
		return midnight
	}
	return next
}

// Earlier is a time one step before another: with days and longer the same time by the clock of the zone.
func (s Step) Earlier(t tag.Time, zone *time.Location) tag.Time {
	at := time.Unix(0, int64(t)).In(zone)
	switch {
	case s.months > 0:
		before := at.AddDate(0, -s.months*s.number, 0)
		if before.Day() != at.Day() { // there is no 31st of the month before: its last day
			before = before.AddDate(0, 0, -before.Day())
		}
		return tag.TimeOf(before)
	case s.days > 0:
		return tag.TimeOf(at.AddDate(0, 0, -s.days*s.number))
	}
	return t - tag.Time(s.fixed)
}
