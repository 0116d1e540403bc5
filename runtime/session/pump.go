package session

import (
	"context"
	"sync"
	"time"
)

// pump flushes feeds: one whose last flush is a tick ago at once, the others when their tick is
// over, or up to two gaps later. It runs at most once in a gap, so that many changes of many
// feeds wake it once only: waking a goroutine costs more than encoding what it has to say.
type pump struct {
	tick, gap time.Duration
	wake      chan struct{}

	mu    sync.Mutex
	fresh []*feed // that have changed since run looked
}

func newPump(tick time.Duration) *pump {
	return &pump{tick: tick, gap: tick / 10, wake: make(chan struct{}, 1)}
}

// add is told that a feed has something to flush. It never waits.
func (p *pump) add(f *feed) {
	if !f.queued.CompareAndSwap(false, true) {
		return
	}
	p.mu.Lock()
	p.fresh = append(p.fresh, f)
	first := len(p.fresh) == 1
	p.mu.Unlock()
	if first {
		select {
		case p.wake <- struct{}{}:
		default:
		}
	}
}

// run flushes until ctx ends.
func (p *pump) run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	sleep := func(d time.Duration, wake <-chan struct{}) bool {
		timer.Reset(d)
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
		case <-wake:
		}
		return true
	}
	var waiting, spare []*feed
	var last time.Time
	next := time.Hour
	for {
		if !sleep(next, p.wake) {
			return
		}
		if rest := p.gap - time.Since(last); rest > 0 && !sleep(rest, nil) {
			return
		}
		last = time.Now()
		p.mu.Lock()
		fresh := p.fresh
		p.fresh = spare[:0]
		p.mu.Unlock()
		waiting = append(waiting, fresh...)
		clear(fresh)
		spare = fresh
		next = time.Hour
		kept := waiting[:0]
		for _, f := range waiting {
			if rest := p.tick - last.Sub(f.flushed); rest > 0 {
				kept = append(kept, f)
				// While values come in, the wake for them serves this one as well.
				next = min(next, rest+2*p.gap)
				continue
			}
			f.flushed = last
			f.queued.Store(false) // before the drain, so that a later change counts
			f.flush()
		}
		clear(waiting[len(kept):])
		waiting = kept
	}
}
