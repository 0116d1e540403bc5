package report

import (
	"slices"
	"time"

	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Span is a time on the calendar: from From until before To.
type Span struct {
	From, To time.Time
	// Name is that of the shift, nil for others.
	Name spec.Text
}

// Calendar is what periods go by.
type Calendar struct {
	Zone   *time.Location
	Shifts []plant.Shift
}

// Limits of a period.
const maxPeriod = 3 * 366 * 24 * time.Hour

// Resolve finds the period of a kind: with ended the last one that is over at a moment, else the one the moment is in.
// A day with a change of the clock has 23 or 25 hours. The zero Span is a period of shifts where there are none.
func (c Calendar) Resolve(kind string, at time.Time, ended bool) Span {
	at = at.In(c.Zone)
	y, m, d := at.Date()
	begin := func(n int) time.Time { return at }
	switch kind {
	case "shift":
		return c.shiftAt(at, ended)
	case "hour":
		// By the time that passes, so that the hour that comes twice is two hours.
		start := at.Add(-time.Duration(at.Minute())*time.Minute - time.Duration(at.Second())*time.Second - time.Duration(at.Nanosecond()))
		begin = func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
	case "week":
		monday := d - (int(at.Weekday())+6)%7
		begin = func(n int) time.Time { return time.Date(y, m, monday+7*n, 0, 0, 0, 0, c.Zone) }
	case "month":
		begin = func(n int) time.Time { return time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, c.Zone) }
	default:
		begin = func(n int) time.Time { return time.Date(y, m, d+n, 0, 0, 0, 0, c.Zone) }
	}
	if ended {
		return Span{From: begin(-1), To: begin(0)}
	}
	return Span{From: begin(0), To: begin(1)}
}

// shiftAt is the last shift that has begun, or with ended that is over, at a moment.
func (c Calendar) shiftAt(at time.Time, ended bool) Span {
	var best Span
	for _, s := range c.shiftsOf(at.AddDate(0, 0, -9), at.Add(time.Minute)) {
		if moment := s.From; !ended && !moment.After(at) || ended && !s.To.After(at) {
			best = s
		}
	}
	return best
}

// shiftsOf are the shifts that begin in a time, in order.
func (c Calendar) shiftsOf(from, to time.Time) []Span {
	var out []Span
	y, m, d := from.In(c.Zone).Date()
	for day := time.Date(y, m, d, 0, 0, 0, 0, c.Zone); day.Before(to); day = time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, c.Zone) {
		for i := range c.Shifts {
			s := &c.Shifts[i]
			begin, end, ok := s.On(day)
			if ok && end.After(begin) && !begin.Before(from) && begin.Before(to) {
				out = append(out, Span{From: begin, To: end, Name: s.Name()})
			}
		}
	}
	slices.SortFunc(out, func(a, b Span) int { return a.From.Compare(b.From) })
	return out
}

// shiftsIn are the shifts that overlap a time, cut to it.
func (c Calendar) shiftsIn(span Span) []Span {
	var out []Span
	for _, s := range c.shiftsOf(span.From.Add(-25*time.Hour), span.To) {
		if !s.To.After(span.From) {
			continue
		}
		if s.From.Before(span.From) {
			s.From = span.From
		}
		if s.To.After(span.To) {
			s.To = span.To
		}
		out = append(out, s)
	}
	return out
}

func stamp(t time.Time) tag.Time { return tag.TimeOf(t) }
