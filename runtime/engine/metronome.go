package engine

import (
	"context"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// metronomes are the intervals at which computed tags are evaluated: an anonymous slot each, of which they depend and
// whose value changes at every beat, so that everything at one interval is evaluated together and in the order of
// its dependencies.
type metronomes struct {
	mu   sync.Mutex
	by   map[time.Duration]*metronome
	wake chan struct{}
}

type metronome struct {
	slot tag.Slot
	next time.Time
	beat int64
}

// metronome is the slot of an interval, which begins to beat when it is new.
func (e *Engine) metronome(every time.Duration) (tag.Slot, error) {
	c := &e.metronomes
	c.mu.Lock()
	defer c.mu.Unlock()
	if have := c.by[every]; have != nil {
		return have.slot, nil
	}
	slot, err := e.table.Add("", tag.Definition{Type: tag.Int})
	if err != nil {
		return 0, err
	}
	if c.by == nil {
		c.by = map[time.Duration]*metronome{}
	}
	c.by[every] = &metronome{slot: slot, next: after(time.Now(), every)}
	poke(c.wake)
	return slot, nil
}

// after is the next full interval by the clock.
func after(now time.Time, every time.Duration) time.Time { return now.Truncate(every).Add(every) }

// keepMetronomes lets go of the intervals that nothing is computed at any more.
func (e *Engine) keepMetronomes(used map[time.Duration]bool) {
	c := &e.metronomes
	c.mu.Lock()
	defer c.mu.Unlock()
	for every, k := range c.by {
		if !used[every] {
			e.table.Remove(k.slot)
			delete(c.by, every)
		}
	}
}

// runMetronomes beats until ctx ends.
func (e *Engine) runMetronomes(ctx context.Context) {
	c := &e.metronomes
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		now, wait := time.Now(), time.Hour
		var beats []tag.Update
		c.mu.Lock()
		for every, k := range c.by {
			if !now.Before(k.next) || k.next.Sub(now) > every { // or the clock was set back
				k.beat++
				k.next = after(now, every)
				beats = append(beats, tag.Update{Slot: k.slot, Sample: tag.Sample{Value: tag.OfInt(k.beat)}})
			}
			wait = min(wait, k.next.Sub(now))
		}
		c.mu.Unlock()
		if len(beats) > 0 {
			e.table.Apply(beats)
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		case <-timer.C:
		}
	}
}

// atBeat makes an evaluation that is done again when the metronome, its first dependency, has beaten, or while it has
// no value yet; otherwise it stays as it was.
func atBeat(inner tag.Eval) tag.Eval {
	var last tag.Sample
	var beat tag.Value
	done := false
	return func(deps []tag.Sample) tag.Sample {
		if done && !last.Quality.IsBad() && deps[0].Value.Equal(beat) {
			return last
		}
		beat, done = deps[0].Value, true
		last = inner(deps[1:])
		if last.Source == 0 {
			last.Source = tag.Now()
		}
		return last
	}
}
