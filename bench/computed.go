package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

func init() {
	register(row{
		order: 50, name: "computed",
		work: "10,000 computed tags (`on ? v > hi-2 : v > hi`) over MQTT updates, 10,000 a second",
		must: "0.45 CPU-s per 100,000", better: "0.20", peers: "Node-RED 1.83, eKuiper 2.05 · 0.07",
		measure: measureComputed,
	})
}

// measureComputed changes v of every computed tag in turn: each message evaluates one.
func measureComputed(ctx context.Context, b *bench) (string, error) {
	const n = 10000
	mq, err := startBroker(ctx)
	if err != nil {
		return "", err
	}
	defer mq.stop()
	s, err := start(ctx, b)
	if err != nil {
		return "", err
	}
	defer s.stop()
	tags := []any{
		map[string]any{"path": "bench/on", "type": "bool", "initial": true},
		map[string]any{"path": "bench/hi", "type": "float", "initial": 50},
	}
	for i := range n {
		tags = append(tags, floatTag(i), map[string]any{
			"path": fmt.Sprintf("bench/high%d", i), "type": "bool",
			"expr": fmt.Sprintf(`tag("bench/on") ? tag("bench/t%d") > tag("bench/hi") - 2 : tag("bench/t%d") > tag("bench/hi")`, i, i),
		})
	}
	if err := s.putPlant(map[string]any{"format": 1, "devices": []any{mq.device()}, "tags": tags}); err != nil {
		return "", err
	}
	w := &watchers{}
	defer w.close()
	if err := w.add(s, watchRequest([]string{"bench/high9999"})); err != nil {
		return "", err
	}
	value := 0.0
	err = flow(ctx, w, func() {
		value = 100 - value
		mq.send(n-1, fmt.Sprint(value))
	})
	if err != nil {
		return "", err
	}
	sent, next := 0, 0
	before, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	every(ctx, b.seconds, 10*time.Millisecond, func() {
		for range 100 {
			mq.send(next%n, fmt.Sprintf("%.2f", rand.Float64()*100))
			next++
			sent++
		}
	})
	// The last message is through when the last tag has answered once more.
	from := w.values.Load()
	err = wait(ctx, "the last value", func() (bool, error) {
		value = 100 - value
		mq.send(n-1, fmt.Sprint(value))
		sent++
		time.Sleep(50 * time.Millisecond)
		return w.values.Load() > from, fmt.Errorf("none")
	})
	if err != nil {
		return "", err
	}
	after, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("**%.2f** CPU-s per 100,000 (message in, evaluated), %d messages", (after-before).Seconds()/float64(sent)*1e5, sent), nil
}
