package report

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/schedule"
)

// Arrange sets the schedules of all reports; it is called after one has changed.
func (s *Service) Arrange(ctx context.Context) {
	list, err := s.o.Store.Reports(ctx)
	if err != nil {
		s.o.Log.Error("schedules of reports not arranged", "error", err)
		return
	}
	shifts := s.o.Source(nil).Calendar().Shifts
	wanted := map[string]string{}
	rules := map[string]schedule.Schedule{}
	byName := map[string]*Kept{}
	for i := range list {
		k := &list[i]
		for name, text := range rulesOf(k, shifts) {
			rule, problem := schedule.Parse(text)
			if problem != nil || rule.IsZero() {
				continue
			}
			wanted[name], rules[name], byName[name] = text+"\x00"+k.ETag, rule, k
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.jobs {
		if _, ok := wanted[name]; !ok {
			s.o.Runner.Remove(name)
			delete(s.jobs, name)
		}
	}
	for name, text := range wanted {
		if s.jobs[name] == text {
			continue
		}
		last, err := s.o.Store.LastDue(ctx, name)
		if err != nil {
			s.o.Log.Error("schedule of report not arranged", "report", byName[name].ID, "error", err)
			continue
		}
		// What was due before the report was changed is not made up for.
		if updated := byName[name].Updated; updated.After(last) {
			last = updated
		}
		s.jobs[name] = text
		id, rule, since := byName[name].ID, rules[name], last
		s.o.Runner.Set(name, schedule.Job{Schedule: rule, Last: last, Do: func(ctx context.Context, due time.Time) { s.due(ctx, name, id, rule, since, due) }})
	}
}

// jobPrefix begins the names of the jobs of reports.
const jobPrefix = "report/"

// rulesOf are the rules of a report by the name of their job; with @shift one for the end of each shift.
func rulesOf(k *Kept, shifts []plant.Shift) map[string]string {
	r := k.Report.Schedule
	if r == nil || r.Paused || r.When == "" {
		return nil
	}
	if r.When != AtShift {
		return map[string]string{jobPrefix + k.ID: r.When}
	}
	out := map[string]string{}
	for i := range shifts {
		if rule, ok := endOf(&shifts[i]); ok {
			out[jobPrefix+k.ID+"/"+shifts[i].ID] = rule
		}
	}
	return out
}

// endOf is the rule of the end of a shift.
func endOf(s *plant.Shift) (string, bool) {
	// A week of which each day is 24 hours long tells the days.
	var days []string
	minute := ""
	for d := range 7 {
		begin, end, ok := s.On(time.Date(2001, 1, 7+d, 0, 0, 0, 0, time.UTC)) // a Sunday
		if !ok {
			continue
		}
		_ = begin
		minute = fmt.Sprintf("%d %d", end.Minute(), end.Hour())
		days = append(days, fmt.Sprint(int(end.Weekday())))
	}
	if minute == "" {
		return "", false
	}
	if len(days) == 7 {
		return minute + " * * *", true
	}
	return minute + " * * " + strings.Join(days, ","), true
}

// due makes the run of a schedule, and those that were due since the last one while nothing ran.
func (s *Service) due(ctx context.Context, name, id string, rule schedule.Schedule, since, due time.Time) {
	kept, err := s.o.Store.Report(ctx, id)
	if err != nil {
		s.o.Log.Error("report of a schedule not found", "report", id, "error", err)
		return
	}
	last, err := s.o.Store.LastDue(ctx, name)
	if err != nil {
		s.o.Log.Error("report of a schedule not made", "report", id, "error", err)
		return
	}
	if since.After(last) {
		last = since
	}
	calendar := s.o.Source(nil).Calendar()
	list := rule.Between(last, due, calendar.Zone, maxMakeUp)
	if len(list) == 0 {
		list = []time.Time{due}
	}
	for _, at := range list {
		span := calendar.Resolve(kept.Report.Period.Kind, at, true)
		if span.From.IsZero() {
			continue // no shifts
		}
		language := kept.Report.Language
		if language == "" {
			language = "en"
		}
		r := Run{Report: id, Title: kept.Report.Title, Kind: kept.Report.Period.Kind, From: span.From, To: span.To, Language: language, Reason: "schedule", Job: name, Due: at, Deliveries: deliveriesOf(kept.Report)}
		if _, err := s.Ask(ctx, r, nil); err != nil {
			s.o.Log.Error("report of a schedule not made", "report", id, "error", err)
		}
	}
}

// NextDue is when a report is made next by its schedule, the zero time for never.
func (s *Service) NextDue(id string) time.Time {
	s.mu.Lock()
	var names []string
	for name := range s.jobs {
		if name == jobPrefix+id || strings.HasPrefix(name, jobPrefix+id+"/") {
			names = append(names, name)
		}
	}
	s.mu.Unlock()
	var next time.Time
	for _, name := range names {
		if at := s.o.Runner.Next(name); next.IsZero() || !at.IsZero() && at.Before(next) {
			next = at
		}
	}
	return next
}
