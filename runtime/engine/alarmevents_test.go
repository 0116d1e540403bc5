package engine

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/tag"
)

// TestAlarmEvents: whoever remembers the last line goes on after a restart, with nothing left out and nothing twice.
func TestAlarmEvents(t *testing.T) {
	shelf := &alarmShelf{}
	e, stop := alarmEngine(t, shelf, alarmPlant)
	var mu sync.Mutex
	var told []alarm.Entry
	follow := func(e *Engine, after int64, most int) (wait func()) {
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = e.AlarmEvents(ctx, after, func(_ context.Context, list []alarm.Entry) error {
				mu.Lock()
				defer mu.Unlock()
				for _, x := range list {
					if most--; most < 0 {
						return errors.New("killed")
					}
					told = append(told, x)
				}
				return nil
			})
		}()
		return func() { cancel(); <-ended }
	}
	count := func() int { mu.Lock(); defer mu.Unlock(); return len(told) }
	end := follow(e, 0, 1)
	putValue(t, e, "hall/level", tag.OfFloat(97))
	until(t, "one was told", func() bool { return count() == 1 })
	wantState(t, e, "hh", alarm.Unacknowledged)
	end()
	stop()
	kept := func(path tag.Path) []byte { return map[tag.Path][]byte{"hall/level": []byte("97")}[path] }
	e = New(Options{Catalogue: e.catalogue, Alarms: shelf, Kept: kept})
	takePlant(t, e, alarmPlant)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { _ = e.Run(ctx) }()
	end = follow(e, told[0].ID, 100)
	defer end()
	if err := orderAlarms(e, alarm.Acknowledge, "ok", "hh"); err != nil {
		t.Fatal(err)
	}
	until(t, "the rest was told", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(told) > 0 && told[len(told)-1].Event == alarm.Acknowledge
	})
	mu.Lock()
	defer mu.Unlock()
	seen := map[alarm.Key]map[alarm.Event]int{}
	for i, x := range told {
		if x.ID != int64(i+1) {
			t.Errorf("line %d stands at %d", x.ID, i)
		}
		k := alarm.KeyOf(x.Path, x.Alarm)
		if seen[k] == nil {
			seen[k] = map[alarm.Event]int{}
		}
		if seen[k][x.Event]++; seen[k][x.Event] > 1 {
			t.Error("twice:", k, x.Event)
		}
	}
	if a, ok := e.AlarmNow("hall/level#both"); !ok || a.State != alarm.Normal {
		t.Error(a, ok)
	}
}
