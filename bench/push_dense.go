package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

func init() {
	register(row{
		order: 10, name: "push-dense",
		work:   "live push, dense: MQTT in → WebSocket out, 200 tags, 20 clients watching all, up to 80,000 values/s delivered",
		must:   "0.30 CPU-s per 100,000 delivered, 30 bytes a value",
		better: "0.13, 15 bytes", peers: "Node-RED dashboard 1.6, 135 bytes · bare Go 0.07, 11.5",
		measure: measureDense,
	})
}

func measureDense(ctx context.Context, b *bench) (string, error) {
	const tags, clients = 200, 20
	s, mq, err := pushPlant(ctx, b, tags)
	if err != nil {
		return "", err
	}
	defer s.stop()
	defer mq.stop()
	w := &watchers{}
	defer w.close()
	for range clients {
		if err := w.add(s, watchRequest([]string{"bench/*"})); err != nil {
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
	return w.measure(ctx, b, s, func() { every(ctx, b.seconds, 50*time.Millisecond, round) })
}

// pushPlant is a server whose plant has tags that follow a broker.
func pushPlant(ctx context.Context, b *bench, tags int) (*server, *broker, error) {
	mq, err := startBroker(ctx)
	if err != nil {
		return nil, nil, err
	}
	s, err := start(ctx, b)
	if err != nil {
		mq.stop()
		return nil, nil, err
	}
	list := make([]any, tags)
	for i := range list {
		list[i] = floatTag(i)
	}
	if err := s.putPlant(map[string]any{"format": 1, "devices": []any{mq.device()}, "tags": list}); err != nil {
		s.stop()
		mq.stop()
		return nil, nil, err
	}
	return s, mq, nil
}

// flow sends until values arrive.
func flow(ctx context.Context, w *watchers, send func()) error {
	from := w.values.Load()
	return wait(ctx, "values", func() (bool, error) {
		send()
		time.Sleep(100 * time.Millisecond)
		return w.values.Load() > from, fmt.Errorf("none so far")
	})
}

// every calls f at a steady pace; it does not make up for what it is late.
func every(ctx context.Context, total, pause time.Duration, f func()) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	end := time.After(total)
	for {
		select {
		case <-ctx.Done():
			return
		case <-end:
			return
		case <-ticker.C:
			f()
		}
	}
}

// measure says what delivering the values of work costs the server.
func (w *watchers) measure(ctx context.Context, b *bench, s *server, work func()) (string, error) {
	time.Sleep(300 * time.Millisecond) // what came before is through
	values, bytes := w.values.Load(), w.bytes.Load()
	before, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	begin := time.Now()
	work()
	time.Sleep(200 * time.Millisecond)
	after, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	n := float64(w.values.Load() - values)
	if n == 0 {
		return "", fmt.Errorf("nothing was delivered")
	}
	memory, err := memoryOf(s.pid())
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("**%.2f** CPU-s per 100,000, %.1f bytes, %.0f values/s, %d MiB", (after-before).Seconds()/n*1e5,
		float64(w.bytes.Load()-bytes)/n, n/time.Since(begin).Seconds(), memory>>20), nil
}
