package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

func init() {
	register(row{
		order: 40, name: "screen",
		work:    "one screen of 50 bindings watched by 1,000 clients at 2 changes/s each, one of which never reads",
		must:    "evaluated and encoded once; a client that never reads costs itself only",
		measure: measureScreen,
	})
}

func measureScreen(ctx context.Context, b *bench) (string, error) {
	const tags, clients = 50, 1000
	s, mq, err := pushPlant(ctx, b, tags)
	if err != nil {
		return "", err
	}
	defer s.stop()
	defer mq.stop()
	widgets := make([]any, tags)
	for i := range widgets {
		widgets[i] = map[string]any{
			"id": fmt.Sprintf("w%d", i), "type": "value", "x": 10 + i%10*120, "y": 10 + i/10*60, "w": 110, "h": 50,
			"props": map[string]any{"value": map[string]any{"expr": fmt.Sprintf(`tag("bench/t%d") * 2`, i)}},
		}
	}
	if err := s.publish("bench", appOf(widgets)); err != nil {
		return "", err
	}
	open := map[string]any{"id": 1, "op": "open", "installation": "bench"}
	stalled, err := s.live()
	if err != nil {
		return "", err
	}
	defer stalled.Close()
	if err := stalled.WriteJSON(open); err != nil {
		return "", err
	}
	w := &watchers{}
	defer w.close()
	for range clients - 1 {
		if err := w.add(s, open); err != nil {
			return "", err
		}
	}
	round := func() {
		for i := range tags {
			mq.send(i, fmt.Sprintf("%.2f", rand.Float64()*100))
		}
	}
	if err := flow(ctx, w, round); err != nil {
		return "", err
	}
	frames := w.frames.Load()
	result, err := w.measure(ctx, b, s, func() { every(ctx, b.seconds, 500*time.Millisecond, round) })
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s; %d frames delivered to %d clients", result, w.frames.Load()-frames, clients-1), nil
}
