package engine

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/expression"
	weekly "github.com/lineside/lineside/runtime/schedule"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// maxWeeks is how many plans of a week expressions may ask for.
const maxWeeks = 1000

// weekPlans are the plans of weeks that expressions ask for. Each answer is a slot of the table without a name that
// anybody sees, as with history().
type weekPlans struct {
	mu   sync.Mutex
	list []*weekPlan
}

// weekPlan is one of them: the plan as it was read last, and what was said last.
type weekPlan struct {
	path  tag.Path
	slot  tag.Slot
	from  tag.Value
	week  *weekly.Week
	shown tag.Sample
}

// askWeek has it told from now on whether the plan in a tag is on.
func (e *Engine) askWeek(p expression.Past) *spec.Problem {
	var ps spec.Problems
	w := &e.weeks
	w.mu.Lock()
	defer w.mu.Unlock()
	if slices.ContainsFunc(w.list, func(k *weekPlan) bool { return k.path == p.Path }) {
		return nil
	}
	if len(w.list) >= maxWeeks {
		ps.Add("history_many", "", "Compute some of them as tags, and use these.", "There are more than %d different plans of weeks.", maxWeeks)
		return ps[0]
	}
	slot, err := e.table.Add(p.Tag(), tag.Definition{Type: tag.Bool})
	if err != nil {
		ps.Add("history_many", "", "Report this: it is a fault.", "The plan of the week cannot be asked: %v.", err)
		return ps[0]
	}
	w.list = append(w.list, &weekPlan{path: p.Path, slot: slot})
	return nil
}

// runWeeks tells once a second which plans are on, until ctx ends.
func (e *Engine) runWeeks(ctx context.Context) {
	beat := time.NewTicker(time.Second)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		e.mu.RLock()
		zone := zoneOf(e.plant)
		e.mu.RUnlock()
		w := &e.weeks
		w.mu.Lock()
		list := w.list
		w.mu.Unlock()
		var updates []tag.Update
		for _, k := range list {
			if next := k.look(e.table, time.Now().In(zone)); next.Server != k.shown.Server {
				k.shown = next
				updates = append(updates, tag.Update{Slot: k.slot, Sample: next})
			}
		}
		if len(updates) > 0 {
			e.table.Apply(updates)
		}
	}
}

// look is what is to be said now; the same as before when nothing has changed.
func (k *weekPlan) look(table *tag.Table, now time.Time) tag.Sample {
	plan := tag.Sample{Quality: tag.BadNotConnected}
	if slot, ok := table.Lookup(k.path); ok {
		plan = table.Get(slot)
	}
	if !plan.Value.Equal(k.from) {
		k.from, k.week = plan.Value, nil
		if text := plan.Value.Text(); text != "" {
			k.week, _ = weekly.ParseWeek([]byte(text))
		}
	}
	next := tag.Sample{Quality: plan.Quality, Source: tag.TimeOf(now), Server: tag.TimeOf(now)}
	switch {
	case plan.Quality.IsBad():
	case k.week == nil:
		next.Quality = tag.BadConfigurationError
	default:
		next.Value = tag.OfBool(k.week.On(now))
	}
	if k.shown.Server != 0 && k.shown.Quality == next.Quality && k.shown.Value.Equal(next.Value) {
		return k.shown
	}
	return next
}
