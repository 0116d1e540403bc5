package plant

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/lineside/lineside/runtime/spec"
)

// Shift is a time of work that comes again: reports can be made for each.
type Shift struct {
	// ID is unique among the shifts: letters, digits, "_" and "-", at most 64.
	ID    string    `json:"id"`
	Title spec.Text `json:"title,omitempty"`
	// Begin and End are on the clock of the plant, "06:00"; with an End that is not after Begin it ends on the next day.
	Begin string `json:"begin"`
	End   string `json:"end"`
	// Days are the days of the week on which it begins: mon, tue, wed, thu, fri, sat, sun; none are all.
	Days []string `json:"days,omitempty"`
}

// MaxShifts is how many shifts a plant may have.
const MaxShifts = 50

// weekdays are the days of the week as they are written, by time.Weekday.
var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Name is the title of the shift, or its id.
func (s *Shift) Name() spec.Text {
	if len(s.Title) > 0 {
		return s.Title
	}
	return spec.Text{"en": s.ID}
}

// clockTime reads a time on the clock, "06:00", as minutes since midnight.
func clockTime(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	h, err1 := strconv.ParseUint(s[:2], 10, 8)
	m, err2 := strconv.ParseUint(s[3:], 10, 8)
	return int(h*60 + m), err1 == nil && err2 == nil && h < 24 && m < 60
}

// On is when the shift begins and ends on a day, which is given as its midnight; false when it does not begin then.
func (s *Shift) On(day time.Time) (begin, end time.Time, ok bool) {
	b, ok1 := clockTime(s.Begin)
	e, ok2 := clockTime(s.End)
	if !ok1 || !ok2 || len(s.Days) > 0 && !slices.Contains(s.Days, weekdays[day.Weekday()]) {
		return begin, end, false
	}
	y, m, d := day.Date()
	begin = time.Date(y, m, d, 0, b, 0, 0, day.Location())
	if e <= b {
		d++
	}
	return begin, time.Date(y, m, d, 0, e, 0, 0, day.Location()), true
}

// week are the minutes of the week at which the shift begins and ends; an end may lie behind the week's.
func (s *Shift) week() (out [][2]int) {
	b, ok1 := clockTime(s.Begin)
	e, ok2 := clockTime(s.End)
	if !ok1 || !ok2 {
		return nil
	}
	if e <= b {
		e += 24 * 60
	}
	for i, name := range weekdays {
		if len(s.Days) == 0 || slices.Contains(s.Days, name) {
			out = append(out, [2]int{i*24*60 + b, i*24*60 + e})
		}
	}
	return out
}

func (v *validator) shifts() {
	list := v.plant.Shifts
	v.count("/shifts", len(list), MaxShifts, "shifts")
	if len(list) > MaxShifts {
		return
	}
	const whole = 7 * 24 * 60
	type taken struct{ from, to, by int }
	var used []taken
	ids := map[string]bool{}
	for i := range list {
		s := &list[i]
		at := fmt.Sprintf("/shifts/%d", i)
		if !ID(s.ID) {
			v.fail("id_form", at+"/id", `Write 1 to 64 letters, digits, "_" and "-".`, "%q cannot be an id.", clip(s.ID))
		}
		if ids[s.ID] {
			v.fail("id_double", at+"/id", "Remove one of them.", "There is another shift %q.", s.ID)
		}
		ids[s.ID] = true
		v.text(at+"/title", s.Title, MaxName)
		for field, value := range map[string]string{"begin": s.Begin, "end": s.End} {
			if _, ok := clockTime(value); !ok {
				v.fail("value_format", at+"/"+field, `Write hours and minutes: "06:00".`, "%q is not a time on the clock.", clip(value))
			}
		}
		for n, day := range s.Days {
			v.choice(fmt.Sprintf("%s/days/%d", at, n), day, "mon", "tue", "wed", "thu", "fri", "sat", "sun")
		}
		for _, w := range s.week() {
			for _, shifted := range []int{0, whole} {
				for _, u := range used {
					if u.by != i && w[0]+shifted < u.to && u.from < w[1]+shifted || u.by != i && w[0] < u.to+shifted && u.from+shifted < w[1] {
						v.fail("shift_overlap", at, "Let one begin when the other ends, or choose other days.", "The shift %q is at the same time as %q.", s.ID, list[u.by].ID)
						goto next
					}
				}
			}
			used = append(used, taken{w[0], w[1], i})
		}
	next:
	}
}
