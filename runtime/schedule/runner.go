package schedule

import (
	"context"
	"sync"
	"time"
)

// look is how long the runner sleeps at most: what the clock does meanwhile (it is put right, the machine was asleep) is
// seen then.
const look = 20 * time.Second

// Job is something that is done by a schedule.
type Job struct {
	Schedule Schedule
	// Last is when it was last due and done. What has become due since then, while nothing ran, is made up for once, with
	// the newest of those times. A zero Last makes up for nothing.
	Last time.Time
	// Do does it; due is the time of the schedule. It is not called again before it has returned; what became due
	// meanwhile is one more call.
	Do func(ctx context.Context, due time.Time)
}

// Runner does jobs when they are due. It is safe for use by several goroutines.
type Runner struct {
	zone func() *time.Location
	mu   sync.Mutex
	jobs map[string]*job
	wake chan struct{}
	all  sync.WaitGroup
}

type job struct {
	Job
	running bool
}

// NewRunner makes a runner; zone tells the time zone of the plant each time it is asked.
func NewRunner(zone func() *time.Location) *Runner {
	return &Runner{zone: zone, jobs: map[string]*job{}, wake: make(chan struct{}, 1)}
}

// Set adds a job or takes the place of the one with this name; a call that is under way goes on.
func (r *Runner) Set(name string, j Job) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if j.Last.IsZero() {
		j.Last = time.Now()
	}
	next := &job{Job: j}
	if old := r.jobs[name]; old != nil && old.running {
		next.running = true
	}
	r.jobs[name] = next
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Remove takes a job out; a call that is under way goes on.
func (r *Runner) Remove(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.jobs, name)
}

// Next is when a job is due next, the zero time when it never is.
func (r *Runner) Next(name string) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	j := r.jobs[name]
	if j == nil {
		return time.Time{}
	}
	return j.Schedule.Next(time.Now(), r.zone())
}

// Run does what is due until ctx ends, and returns when the last call has.
func (r *Runner) Run(ctx context.Context) {
	defer r.all.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		case <-timer.C:
		}
		timer.Reset(r.turn(ctx, time.Now()))
	}
}

// turn starts what is due and says how long there is nothing to do.
func (r *Runner) turn(ctx context.Context, now time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	zone, sleep := r.zone(), look
	for name, j := range r.jobs {
		if j.running {
			continue
		}
		if j.Last.After(now.Add(2 * time.Hour)) { // the clock was put right since
			j.Last = now
		}
		next := j.Schedule.Next(j.Last, zone)
		if next.IsZero() {
			continue
		}
		if wait := next.Sub(now); wait > 0 {
			sleep = min(sleep, wait)
			continue
		}
		due := next
		if list := j.Schedule.Between(maxTime(j.Last, now.AddDate(0, 0, -1)), now, zone, 1); len(list) > 0 {
			due = list[0]
		}
		j.Last, j.running = maxTime(due, j.Last), true
		r.all.Go(func() {
			defer r.done(name)
			j.Do(ctx, due)
		})
	}
	return sleep
}

func (r *Runner) done(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if j := r.jobs[name]; j != nil {
		j.running = false
	}
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
