package api

import (
	"context"
	"time"

	"github.com/lineside/lineside/runtime/schedule"
)

// ScheduleQuery asks when a schedule is due.
type ScheduleQuery struct {
	// Text is minute, hour, day of the month, month and day of the week, as in POSIX crontab: "30 6 * * 1-5".
	Text string `json:"text" maxLength:"256"`
}

// ScheduleAnswer says when a schedule is due next, in the plant's time zone.
type ScheduleAnswer struct {
	Zone string      `json:"zone"`
	Next []time.Time `json:"next" nullable:"false"`
}

func (s *Server) scheduleResource() {
	r := route{tag: "schedule", access: loggedIn}
	r.method, r.path, r.id, r.summary = "POST", "/schedule/next", "nextOfSchedule", "The next times of a schedule"
	add(s, r, s.nextOfSchedule)
}

func (s *Server) nextOfSchedule(_ context.Context, in *body[ScheduleQuery]) (*body[ScheduleAnswer], error) {
	rule, wrong := schedule.Parse(in.Body.Text)
	if wrong != nil {
		wrong.At = "/text"
		return nil, wrong
	}
	zone := s.zone()
	out := ScheduleAnswer{Zone: zone.String(), Next: []time.Time{}}
	for at := rule.Next(time.Now(), zone); !at.IsZero() && len(out.Next) < 3; at = rule.Next(at, zone) {
		out.Next = append(out.Next, at)
	}
	return answerWith(out)
}
