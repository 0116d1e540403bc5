package engine

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of history() in expressions.
const (
	maxPasts    = 5000
	minPastSpan = 10 * time.Second
	maxPastSpan = 366 * 24 * time.Hour
	pastTimeout = 10 * time.Second
	pastQuick   = time.Second      // the shortest time between two answers
	pastSlow    = 10 * time.Second // the longest, for what ends now
	pastOver    = 10 * time.Minute // for what is over: a late sample or a correction may change it
)

// pasts are the questions that expressions ask of history. Each is a slot of the table without a name that anybody sees;
// whatever depends on it is evaluated when its answer changes, as with any tag.
type pasts struct {
	mu   sync.Mutex
	by   map[tag.Path]*past
	wake chan struct{}
}

// past is one question.
type past struct {
	expression.Past
	slot tag.Slot
	due  time.Time
}

// calendar are the spans that have names: the unit, and how many of them ago.
var calendar = map[string]struct {
	unit string
	ago  int
}{
	"this hour": {"hour", 0}, "today": {"day", 0}, "this week": {"week", 0}, "this month": {"month", 0},
	"last hour": {"hour", 1}, "yesterday": {"day", 1}, "last week": {"week", 1}, "last month": {"month", 1},
}

// pastSpan is the time that a span means now, and whether it is over.
func pastSpan(span string, now time.Time) (from, to time.Time, over, ok bool) {
	if c, named := calendar[span]; named {
		y, m, d := now.Date()
		at := func(n int) time.Time { // the beginning of the unit n units ago
			switch c.unit {
			case "hour":
				// By the time that passes, so that the hour that comes twice is two.
				return now.Add(-time.Duration(now.Minute())*time.Minute - time.Duration(now.Second())*time.Second - time.Duration(now.Nanosecond())).Add(-time.Duration(n) * time.Hour)
			case "day":
				return time.Date(y, m, d-n, 0, 0, 0, 0, now.Location())
			case "week": // from Monday (ISO 8601)
				return time.Date(y, m, d-int(now.Weekday()+6)%7-7*n, 0, 0, 0, 0, now.Location())
			}
			return time.Date(y, m-time.Month(n), 1, 0, 0, 0, 0, now.Location())
		}
		if c.ago == 0 {
			return at(0), now, false, true
		}
		return at(c.ago), at(c.ago - 1), true, true
	}
	text, days := strings.CutSuffix(span, "d")
	if days {
		text += "h"
	}
	d, err := time.ParseDuration(text)
	if days {
		d *= 24
	}
	if err != nil || d < minPastSpan || d > maxPastSpan {
		return now, now, false, false
	}
	return now.Add(-d), now, false, true
}

// pastOnly says what is wrong with a question, without asking it.
func pastOnly(p expression.Past) *spec.Problem {
	if p.Function == expression.Scheduled {
		return nil
	}
	var ps spec.Problems
	known := make([]string, 0, 20)
	for _, f := range historian.Functions() {
		if f != historian.Linear {
			known = append(known, string(f))
		}
	}
	switch _, _, _, ok := pastSpan(p.Span, time.Now()); {
	case !slices.Contains(known, p.Function):
		return spec.OneOf("history_function", "", "There is no such function over history.", p.Function, known)
	case !ok:
		ps.Add("history_span", "", `Write a span from 10s to 366d ("10m", "8h", "7d"), or "today", "yesterday", "this month", …`, "%q is no time that history() knows.", p.Span)
		return ps[0]
	}
	return nil
}

// askPast has a question answered from now on; it is what expressions are compiled with.
func (e *Engine) askPast(p expression.Past) *spec.Problem {
	if problem := pastOnly(p); problem != nil {
		return problem
	}
	if p.Function == expression.Scheduled {
		return e.askWeek(p)
	}
	var ps spec.Problems
	if e.archive == nil {
		ps.Add("history_none", "", "Start it with a history.", "This runtime keeps no history.")
		return ps[0]
	}
	h := &e.pasts
	h.mu.Lock()
	defer h.mu.Unlock()
	path := p.Tag()
	if h.by[path] != nil {
		return nil
	}
	if len(h.by) >= maxPasts {
		ps.Add("history_many", "", "Compute some of them as tags, and use these.", "There are more than %d different questions about history.", maxPasts)
		return ps[0]
	}
	slot, err := e.table.Add(path, tag.Definition{Type: tag.Float})
	if err != nil {
		ps.Add("history_many", "", "Report this: it is a fault.", "The question about history cannot be asked: %v.", err)
		return ps[0]
	}
	if h.by == nil {
		h.by = map[tag.Path]*past{}
	}
	h.by[path] = &past{Past: p, slot: slot}
	select {
	case h.wake <- struct{}{}:
	default:
	}
	return nil
}

// answerPast answers questions about history, one after the other, until ctx ends.
func (e *Engine) answerPast(ctx context.Context) {
	if e.archive == nil {
		return
	}
	h := &e.pasts
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
		case <-timer.C:
		}
		// What is new is answered first, and questions with the same span by the way of the tag's memory.
		h.mu.Lock()
		now, next := time.Now(), time.Now().Add(pastSlow)
		var due []*past
		for _, p := range h.by {
			if !p.due.After(now) {
				due = append(due, p)
			} else if p.due.Before(next) {
				next = p.due
			}
		}
		h.mu.Unlock()
		slices.SortFunc(due, func(a, b *past) int { return a.due.Compare(b.due) })
		for _, p := range due {
			if ctx.Err() != nil {
				return
			}
			e.answer(ctx, p)
			if p.due.Before(next) {
				next = p.due
			}
		}
		timer.Reset(max(0, time.Until(next)))
	}
}

// answer computes one answer and says when it is due again.
func (e *Engine) answer(ctx context.Context, p *past) {
	e.mu.RLock()
	zone := zoneOf(e.plant)
	e.mu.RUnlock()
	began := time.Now()
	from, to, over, _ := pastSpan(p.Span, began.In(zone))
	limit, cancel := context.WithTimeout(ctx, pastTimeout)
	defer cancel()
	s, err := e.ask(limit, p, tag.TimeOf(from), tag.TimeOf(to))
	if err != nil && ctx.Err() != nil {
		return
	}
	if of, known := e.typeOf(p.Path); known && !s.Value.IsNone() {
		// The expression was made for this type.
		if s.Value, err = s.Value.Convert(p.Type(of)); err != nil {
			s, err = tag.Sample{Quality: tag.BadTypeMismatch}, nil
		}
	}
	if err != nil {
		e.log.Warn("history() not answered", "tag", p.Path, "function", p.Function, "span", p.Span, "error", err)
		s = tag.Sample{Quality: tag.BadNoData}
	}
	now := tag.Now()
	s.Server = now
	if s.Source == 0 {
		s.Source = now
	}
	e.table.Apply([]tag.Update{{Slot: p.slot, Sample: s}})
	// A hundredth of the span is what a trend would show; and never more than a twentieth of the time goes into one question.
	wait := max(pastQuick, min(pastSlow, to.Sub(from)/100), 20*time.Since(began))
	if over {
		wait = max(wait, min(pastOver, time.Until(began.Truncate(time.Hour).Add(time.Hour))))
	}
	e.pasts.mu.Lock()
	p.due = time.Now().Add(wait)
	e.pasts.mu.Unlock()
}

// ask asks the archive.
func (e *Engine) ask(ctx context.Context, p *past, from, to tag.Time) (tag.Sample, error) {
	if p.Function == string(historian.At) {
		s, ok, err := e.archive.At(ctx, p.Path, from)
		if err != nil || !ok {
			return tag.Sample{Quality: tag.BadNoData}, err
		}
		if s.Quality.IsBad() {
			s.Value = tag.Value{}
		}
		return tag.Sample{Value: s.Value, Quality: s.Quality, Source: s.Time}, nil
	}
	points, err := e.archive.Aggregate(ctx, p.Path, []tag.Time{from, to}, historian.Function(p.Function), tag.Value{})
	if err != nil || len(points) == 0 || points[0].Value.IsNone() {
		return tag.Sample{Quality: tag.BadNoData}, err
	}
	return tag.Sample{Value: points[0].Value, Quality: points[0].Quality}, nil
}

// withoutPast leaves out what stands for questions about history: the tags that they are about are in the list, too.
func withoutPast(paths []tag.Path) []tag.Path {
	return slices.DeleteFunc(paths, func(p tag.Path) bool { _, ok := expression.PastOf(p); return ok })
}
