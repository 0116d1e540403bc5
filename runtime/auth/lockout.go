package auth

import (
	"strings"
	"sync"
	"time"
)

// Lockout slows down guessing: after a few failures for one name from one address every
// further one doubles the time to wait. Failures are forgotten after an hour without any.
type Lockout struct {
	mu    sync.Mutex
	tries map[string]*tries
	now   func() time.Time
}

type tries struct {
	failed int
	last   time.Time
	until  time.Time
}

// The rules: free failures, first and longest wait, memory.
const (
	freeFailures = 4
	firstWait    = time.Second
	longestWait  = 15 * time.Minute
	forgetAfter  = time.Hour
	maxTries     = 20000
)

// NewLockout makes a Lockout that goes by the clock of the machine.
func NewLockout() *Lockout { return &Lockout{tries: map[string]*tries{}, now: time.Now} }

func lockoutKey(name, address string) string { return strings.ToLower(name) + "\x00" + address }

// Wait is how long the next attempt must wait, 0 when it may be made. The attempt counts as
// failed until Succeeded says otherwise, so that many at a time gain nothing.
func (l *Lockout) Wait(name, address string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, key := l.now(), lockoutKey(name, address)
	t := l.tries[key]
	if t != nil && now.Before(t.until) {
		return t.until.Sub(now)
	}
	if t == nil || now.Sub(t.last) > forgetAfter {
		l.tidy(now)
		t = &tries{}
		l.tries[key] = t
	}
	t.failed++
	t.last = now
	if extra := t.failed - freeFailures; extra > 0 {
		wait := longestWait
		if extra <= 10 {
			wait = min(longestWait, firstWait<<(extra-1))
		}
		t.until = now.Add(wait)
	}
	return 0
}

// Succeeded forgets the failures.
func (l *Lockout) Succeeded(name, address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.tries, lockoutKey(name, address))
}

// tidy bounds the memory: what is old goes; of too many, any.
func (l *Lockout) tidy(now time.Time) {
	if len(l.tries) < maxTries {
		return
	}
	for key, t := range l.tries {
		if now.Sub(t.last) > forgetAfter {
			delete(l.tries, key)
		}
	}
	// A tenth at a time, so that a flood of names does not look at all of them for each.
	for key := range l.tries {
		if len(l.tries) <= maxTries*9/10 {
			break
		}
		delete(l.tries, key)
	}
}
