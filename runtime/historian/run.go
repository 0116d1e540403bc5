package historian

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// Run writes the journal every interval, moves windows to the database as they end, makes the tiers and deletes what is
// too old, until ctx ends; then it syncs.
func (a *Archive) Run(ctx context.Context, interval time.Duration) {
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() { a.tend(ctx) })
	running.Go(func() { a.move(ctx, interval) })
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		a.touch()
		select {
		case <-ctx.Done():
			if err := a.Sync(true); err != nil {
				a.log.Error("history not synced", "error", err)
			}
			return
		case <-tick.C:
		}
		if err := a.Sync(true); err != nil {
			a.complain("history not synced", err)
			if errors.Is(err, ErrFull) {
				a.release()
			}
		}
	}
}

// How windows are moved.
const (
	grace      = 5 * time.Second // for what is still on its way
	retryAfter = 5 * time.Second
)

// move brings windows to the database as they end.
func (a *Archive) move(ctx context.Context, interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	last := windowOf(tag.Now())
	var retry time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		present := windowOf(tag.TimeOf(now.Add(-grace)))
		if present == last && (retry.IsZero() || now.Before(retry)) && !a.crowded() {
			continue
		}
		last, retry = present, time.Time{}
		if err := a.Move(ctx, tag.TimeOf(now.Add(-grace))); err != nil && ctx.Err() == nil {
			a.complain("history not moved to the database", err)
			retry = now.Add(retryAfter)
		}
	}
}

// Move moves the windows that are over at a time to the database. When the disk is full the oldest history makes way, some
// times. Run does it as windows end.
func (a *Archive) Move(ctx context.Context, now tag.Time) error {
	for try := 0; ; try++ {
		err := a.Flush(ctx, now, false)
		if !errors.Is(err, ErrFull) || ctx.Err() != nil || try == 5 {
			return err
		}
		a.release()
		a.makeRoom(ctx)
		// Others who read keep the database from using again what was deleted, for a moment.
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(try) * 100 * time.Millisecond):
		}
	}
}

// crowded reports whether long texts fill the memory.
func (a *Archive) crowded() bool {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.text > maxText/4
}
