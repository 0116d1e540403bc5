package engine

import (
	"time"

	"github.com/lineside/lineside/runtime/connector"
)

// scan is a scan class at work. Rounds begin at fixed times, so that a slow answer does
// not shift the next round; a round that is not over when the next should begin is an
// overrun, and the missed beginnings are left out.
type scan struct {
	interval time.Duration
	requests []connector.Request
	next     time.Time // beginning of the next round
	deadline time.Time // of the present round
	position int       // next request of the present round
}

func newScan(interval time.Duration, requests []connector.Request, now time.Time) *scan {
	return &scan{interval: interval, requests: requests, next: now, position: len(requests)}
}

// running reports whether requests of the present round are left.
func (s *scan) running() bool { return s.position < len(s.requests) }

// tick begins a round if it is time, and returns the number of rounds that were missed.
func (s *scan) tick(now time.Time) (missed int) {
	if now.Before(s.next) || len(s.requests) == 0 {
		return 0
	}
	late := int(now.Sub(s.next) / s.interval)
	began := s.next.Add(time.Duration(late) * s.interval)
	s.next = began.Add(s.interval)
	if s.running() {
		// The round is still under way: it goes on, and this beginning is missed too.
		return late + 1
	}
	s.position, s.deadline = 0, s.next
	return late
}

// schedule is all scan classes of a device.
type schedule []*scan

// request takes the next request: of the rounds under way the one that must be over first.
func (s schedule) request() connector.Request {
	var first *scan
	for _, c := range s {
		if c.running() && (first == nil || c.deadline.Before(first.deadline)) {
			first = c
		}
	}
	if first == nil {
		return nil
	}
	first.position++
	return first.requests[first.position-1]
}

// tick begins the rounds that are due and returns the number of missed ones.
func (s schedule) tick(now time.Time) (missed int) {
	for _, c := range s {
		missed += c.tick(now)
	}
	return missed
}

// wait is the time until the next round begins, at most an hour.
func (s schedule) wait(now time.Time) time.Duration {
	d := time.Hour
	for _, c := range s {
		if len(c.requests) > 0 {
			d = min(d, c.next.Sub(now))
		}
	}
	return max(d, 0)
}

// find returns the request that reads a point, nil when none does.
func (s schedule) find(point int) connector.Request {
	for _, c := range s {
		for _, r := range c.requests {
			for _, p := range r.Points() {
				if p == point {
					return r
				}
			}
		}
	}
	return nil
}
