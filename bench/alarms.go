package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	register(row{
		order: 70, name: "alarms",
		work: "20,000 alarm definitions on change at 50,000 updates/s, SQLite; from the update to the line in the journal",
		must: "0.5 core, p99 50 ms", measure: childRow("alarms"),
	})
	register(row{
		order: 71, name: "flood",
		work: "flood of 1,000 alarms/s for a minute, each raised and returned, SQLite",
		must: "nothing lost, journal complete", measure: childRow("flood"),
	})
	children["alarms"] = func(args []string) error { return alarmWork(args, steadyAlarms) }
	children["flood"] = func(args []string) error { return alarmWork(args, floodAlarms) }
}

// childRow measures in a process of its own, which prints the figures.
func childRow(name string) func(ctx context.Context, b *bench) (string, error) {
	return func(ctx context.Context, b *bench) (string, error) {
		cmd := exec.CommandContext(ctx, os.Args[0], name, b.seconds.String())
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		return string(out), err
	}
}

const alarmDefinitions = 20_000

// alarmPlant has a tag with one alarm each.
func alarmPlant() (*plant.Plant, error) {
	tags := make([]any, alarmDefinitions)
	for i := range tags {
		tags[i] = map[string]any{"path": fmt.Sprintf("hall%d/t%d", i%20, i), "type": "float", "initial": 50, "unit": "bar", "range": map[string]any{"low": 0, "high": 100},
			"alarms": map[string]any{"high": map[string]any{"kind": "high", "priority": "high", "limit": 80, "deadband": map[string]any{"percent": 1}}}}
	}
	raw, err := json.Marshal(map[string]any{"format": 1, "tags": tags})
	if err != nil {
		return nil, err
	}
	return plant.Read(raw)
}

// alarmWork runs an engine on a database of its own.
func alarmWork(args []string, work func(e *engine.Engine, db *store.Store, slots []tag.Slot, seconds time.Duration) error) error {
	seconds, err := time.ParseDuration(args[0])
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "lineside-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	db, err := store.Open(ctx, "", filepath.Join(dir, "data"))
	if err != nil {
		return err
	}
	defer db.Close()
	e := engine.New(engine.Options{Alarms: db, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	p, err := alarmPlant()
	if err != nil {
		return err
	}
	if err := e.SetPlant(p); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = e.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	_, slots := e.Slots()
	return work(e, db, slots, seconds)
}

// steadyAlarms changes tags 50,000 times a second below their limits, and lets one go beyond its limit now and then.
func steadyAlarms(e *engine.Engine, _ *store.Store, slots []tag.Slot, seconds time.Duration) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	told := make(chan time.Time, 1000)
	go func() {
		_ = e.AlarmEvents(ctx, -1, func(_ context.Context, list []alarm.Entry) error {
			for range list {
				told <- time.Now()
			}
			return nil
		})
	}()
	time.Sleep(100 * time.Millisecond)
	table := e.Table()
	put := func(list []tag.Update, i int, v float64) []tag.Update {
		now := tag.Now()
		return append(list, tag.Update{Slot: slots[i], Sample: tag.Sample{Value: tag.OfFloat(v), Source: now, Server: now}})
	}
	var updates, missed int
	var waits []time.Duration
	next, high := 0, false
	probe := time.Now()
	before, err := cpuOf(os.Getpid())
	if err != nil {
		return err
	}
	began := time.Now()
	list := make([]tag.Update, 0, 500)
	for time.Since(began) < seconds {
		for due := int(time.Since(began).Seconds() * 50_000); updates < due; {
			list = list[:0]
			for range min(250, due-updates) {
				next = next%(alarmDefinitions-1) + 1 // the first is the one that is raised
				list = put(list, next, 20+50*rand.Float64())
			}
			table.Apply(list)
			updates += len(list)
		}
		if time.Since(probe) > 97*time.Millisecond {
			probe, high = time.Now(), !high
			v := 50.0
			if high {
				v = 90
			}
			table.Apply(put(nil, 0, v))
			updates++
			select {
			case at := <-told:
				waits = append(waits, at.Sub(probe))
			case <-time.After(time.Second):
				missed++
			}
		}
		time.Sleep(time.Millisecond)
	}
	took := time.Since(began)
	after, err := cpuOf(os.Getpid())
	if err != nil {
		return err
	}
	if missed > 0 || len(waits) == 0 {
		return fmt.Errorf("%d of %d changes were not told within a second", missed, missed+len(waits))
	}
	slices.Sort(waits)
	fmt.Printf("**%.2f** core with the updates themselves (%.0f a second), p50 %.0f ms, p99 **%.0f ms**", (after-before).Seconds()/took.Seconds(), float64(updates)/took.Seconds(),
		float64(waits[len(waits)/2])/1e6, float64(waits[len(waits)*99/100])/1e6)
	return nil
}

// floodAlarms raises 1,000 alarms a second for a minute, and lets each return a second after.
func floodAlarms(e *engine.Engine, db *store.Store, slots []tag.Slot, _ time.Duration) error {
	const rate, length = 1000, 60
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var lines atomic.Int64
	seen := map[string]int{}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = e.AlarmEvents(ctx, 0, func(_ context.Context, list []alarm.Entry) error {
			for _, x := range list {
				seen[string(x.Path)+" "+string(x.Event)]++
			}
			lines.Add(int64(len(list)))
			return nil
		})
	}()
	before, err := cpuOf(os.Getpid())
	if err != nil {
		return err
	}
	began, raised, returned := time.Now(), 0, 0
	worst := time.Duration(0)
	put := func(i int, v float64) {
		now := tag.Now()
		at := time.Now()
		e.Table().Apply([]tag.Update{{Slot: slots[i%alarmDefinitions], Sample: tag.Sample{Value: tag.OfFloat(v), Source: now, Server: now}}})
		worst = max(worst, time.Since(at))
	}
	for returned < rate*length {
		passed := time.Since(began).Seconds()
		for ; raised < min(int(passed*rate), rate*length); raised++ {
			put(raised, 90)
		}
		for ; returned < min(int((passed-1)*rate), rate*length); returned++ {
			put(returned, 50)
		}
		time.Sleep(time.Millisecond)
	}
	took := time.Since(began)
	late := time.Now()
	for lines.Load() < 2*rate*length {
		if time.Since(late) > 30*time.Second {
			return fmt.Errorf("%d of %d lines are in the journal", lines.Load(), 2*rate*length)
		}
		time.Sleep(5 * time.Millisecond)
	}
	behind := time.Since(late)
	after, err := cpuOf(os.Getpid())
	if err != nil {
		return err
	}
	cancel()
	<-ended
	for i := range alarmDefinitions {
		path := fmt.Sprintf("hall%d/t%d", i%20, i)
		if want := rate * length / alarmDefinitions; seen[path+" raise"] != want || seen[path+" return"] != want {
			return errors.New(path + " was raised " + strconv.Itoa(seen[path+" raise"]) + " times in the journal")
		}
	}
	last, err := db.LastAlarm(context.Background())
	if err != nil {
		return err
	}
	fmt.Printf("**%d** lines of %d, none lost; the last was written %d ms after it happened; %.2f core; an update waited for %.1f ms at most", last, 2*rate*length, behind.Milliseconds(), (after-before).Seconds()/took.Seconds(), float64(worst)/1e6)
	return nil
}
