package alarm

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/spec"
)

// Period is a part of the day on some days of the week.
type Period struct {
	// Days are mon to sun; every day when left out.
	Days []string `json:"days,omitempty"`
	// From and To are times of the day by the clock of the plant: "06:00" to "14:30". A period that ends at or before its begin
	// goes on into the next day, and belongs to the day on which it begins. "24:00" is the end of the day.
	From string `json:"from"`
	To   string `json:"to"`
}

// MaxPeriods is how many periods an alarm may have.
const MaxPeriods = 50

// Days are the days of the week, the first of ISO 8601 first.
var Days = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// Schedule says when an alarm is watched for. Its zero value is always.
type Schedule struct {
	zone    *time.Location
	periods []span
}

// span is a period in minutes of the day; to may be beyond the day.
type span struct {
	days     [7]bool // Sunday first, as time.Weekday
	from, to int
}

// NewSchedule makes the schedule of periods that were checked.
func NewSchedule(periods []Period, zone *time.Location) Schedule {
	s := Schedule{zone: zone}
	for _, p := range periods {
		var x span
		for i := range x.days {
			x.days[i] = len(p.Days) == 0 || slices.Contains(p.Days, Days[(i+6)%7])
		}
		x.from, _ = minutes(p.From)
		x.to, _ = minutes(p.To)
		if x.to <= x.from {
			x.to += 24 * 60
		}
		s.periods = append(s.periods, x)
	}
	return s
}

// Always reports whether there is no time at which the alarm is not watched for.
func (s *Schedule) Always() bool { return len(s.periods) == 0 }

// Same reports whether two schedules say the same.
func (s *Schedule) Same(o *Schedule) bool {
	return slices.Equal(s.periods, o.periods) && (s.Always() || s.zone.String() == o.zone.String())
}

// At says whether the alarm is watched for at a time, and from when until when that stays so at least: never longer than a day. A
// time of the day that the clock leaves out in spring is taken for the same one hour later.
func (s *Schedule) At(now time.Time) (open bool, from, until time.Time) {
	from, until = now.Add(-24*time.Hour), now.Add(24*time.Hour)
	if s.Always() {
		return true, from, until
	}
	local := now.In(s.zone)
	for day := -2; day <= 1; day++ { // one may have begun the day before yesterday when an hour is missing
		date := local.AddDate(0, 0, day)
		midday := time.Date(date.Year(), date.Month(), date.Day(), 12, 0, 0, 0, s.zone)
		for _, p := range s.periods {
			if !p.days[midday.Weekday()] {
				continue
			}
			begin, end := s.moment(midday, p.from), s.moment(midday, p.to)
			for _, edge := range [...]time.Time{begin, end} {
				if edge.After(now) {
					until = earlier(until, edge)
				} else {
					from = later(from, edge)
				}
			}
			open = open || !now.Before(begin) && now.Before(end)
		}
	}
	return open, from, until
}

// moment is a minute of a day.
func (s *Schedule) moment(day time.Time, minute int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day()+minute/(24*60), minute/60%24, minute%60, 0, 0, s.zone)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// minutes reads a time of the day.
func minutes(s string) (int, bool) {
	var h, m int
	if len(s) != 5 || s[2] != ':' || strings.ContainsFunc(s[:2]+s[3:], func(r rune) bool { return r < '0' || r > '9' }) {
		return 0, false
	}
	h, m = int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	return h*60 + m, m < 60 && (h < 24 || h == 24 && m == 0)
}

func (a *Alarm) checkSchedule(ps *spec.Problems) {
	if len(a.Schedule) > MaxPeriods {
		ps.Add("too_many", "/schedule", "Name fewer.", "There are %d periods, more than %d.", len(a.Schedule), MaxPeriods)
		return
	}
	for i, p := range a.Schedule {
		at := fmt.Sprintf("/schedule/%d", i)
		for j, d := range p.Days {
			if !slices.Contains(Days, d) {
				*ps = append(*ps, spec.OneOf("value_choice", fmt.Sprintf("%s/days/%d", at, j), fmt.Sprintf("%q is not one of the choices.", clip(d)), d, Days))
			}
		}
		for _, t := range [...]struct{ at, s string }{{"/from", p.From}, {"/to", p.To}} {
			if _, ok := minutes(t.s); !ok {
				ps.Add("value_format", at+t.at, `Write hours and minutes: "06:00", "22:30", "24:00"`, "%q is not a time of the day.", clip(t.s))
			}
		}
	}
}
