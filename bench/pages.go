package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

func init() {
	register(row{
		order: 80, name: "page-player",
		work: "player page with 200 live values that change 1,000 times a second: its first second", must: "300 kB, 15 requests, 300 ms main-thread CPU", better: "150 kB, 150 ms",
		peers: "Node-RED 5.6 MB, 573 ms; FUXA 9.5 MB",
		measure: func(ctx context.Context, b *bench) (string, error) {
			p, err := b.player(ctx, 200, 1000, time.Second, 0)
			if err != nil {
				return "", err
			}
			return fmt.Sprintf("**%.0f** kB, %d requests, **%.0f** ms main thread, loaded in %.0f ms", p.Bytes/1e3, p.Requests, p.CPU, p.Loaded), nil
		},
	})
	register(row{
		order: 90, name: "page-designer",
		work: "designer page", must: "3 MB, 1.2 s", better: "1.5 MB, 0.7 s", peers: "10–12 MB, 2.2–4.1 s",
		measure: measureDesigner,
	})
	register(row{
		order: 100, name: "widgets",
		work: "1,000 live widgets at 10,000 changes/s, full HD, Chromium without GPU",
		must: "40 frames/s, lag p95 50 ms", better: "60 frames/s, frame p99 20 ms, 40 % of the main thread",
		peers: "DOM in any framework 12–21 frames/s · bare canvas 60, 28 %",
		measure: func(ctx context.Context, b *bench) (string, error) {
			p, err := b.player(ctx, 1000, 10000, 3*time.Second, b.seconds)
			if err != nil {
				return "", err
			}
			return fmt.Sprintf("**%.0f** frames/s, frame p99 %.1f ms, lag p95 %.1f ms, %.0f %% of the main thread, %d messages", p.FPS, p.FrameP99, p.LagP95, p.Busy*100, p.Messages), nil
		},
	})
}

// page is what page.js measures; times in ms.
type page struct {
	Bytes, CPU, Loaded, FPS, FrameP99, LagP95, Busy float64
	Requests, Messages                              int
	Path, Error                                     string
}

// browse measures a page of the server with the login of its client.
func (s *server) browse(ctx context.Context, b *bench, path string, load, watch time.Duration) (*page, error) {
	cookies, err := s.cookies()
	if err != nil {
		return nil, err
	}
	ask, err := json.Marshal(map[string]any{"url": s.url + path, "cookies": cookies, "load": load.Milliseconds(), "watch": watch.Milliseconds()})
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "node", filepath.Join(b.root, "bench/page.js"), string(ask))
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("page.js: %w: %.300s", err, errors.String())
	}
	p := &page{}
	if err := json.Unmarshal(out, p); err != nil {
		return nil, fmt.Errorf("page.js: %w: %.300s", err, out)
	}
	if p.Error != "" {
		return nil, fmt.Errorf("the page: %s", p.Error)
	}
	if p.Path != path {
		return nil, fmt.Errorf("the page went on to %s", p.Path)
	}
	return p, nil
}

// player measures a screen of value widgets whose tags change so often a second in all.
func (b *bench) player(ctx context.Context, tags, changes int, load, watch time.Duration) (*page, error) {
	s, mq, err := pushPlant(ctx, b, tags)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	defer mq.stop()
	columns := 40
	if tags <= 200 {
		columns = 20
	}
	w, h := 1920/columns, 1080/((tags+columns-1)/columns)
	widgets := make([]any, tags)
	for i := range widgets {
		widgets[i] = map[string]any{
			"id": fmt.Sprintf("w%d", i), "type": "value", "x": i % columns * w, "y": i / columns * h, "w": w - 2, "h": h - 2,
			"props": map[string]any{"value": map[string]any{"tag": fmt.Sprintf("bench/t%d", i)}},
		}
	}
	if err := s.publish("bench", appOf(widgets)); err != nil {
		return nil, err
	}
	w1 := &watchers{}
	defer w1.close()
	if err := w1.add(s, watchRequest([]string{"bench/t0"})); err != nil {
		return nil, err
	}
	round := func() {
		for i := range tags {
			mq.send(i, fmt.Sprintf("%.2f", rand.Float64()*100))
		}
	}
	if err := flow(ctx, w1, round); err != nil {
		return nil, err
	}
	sending, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		every(sending, time.Hour, 10*time.Millisecond, func() {
			for range changes / 100 {
				mq.send(rand.IntN(tags), fmt.Sprintf("%.2f", rand.Float64()*100))
			}
		})
	}()
	defer func() { stop(); <-done }()
	return s.browse(ctx, b, "/run/bench", load, watch)
}

// appOf is an app of one full-HD screen.
func appOf(widgets []any) map[string]any {
	return map[string]any{
		"format": 2, "id": "com.example.bench", "version": "1.0.0", "name": map[string]any{"en": "Bench"},
		"screens": []any{map[string]any{"id": "main", "name": map[string]any{"en": "Main"}, "width": 1920, "height": 1080, "widgets": widgets}},
	}
}

func measureDesigner(ctx context.Context, b *bench) (string, error) {
	s, err := start(ctx, b)
	if err != nil {
		return "", err
	}
	defer s.stop()
	if err := s.publish("bench", appOf([]any{})); err != nil {
		return "", err
	}
	p, err := s.browse(ctx, b, "/design/bench", 3*time.Second, 0)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("**%.2f** MB, %d requests, **%.2f** s main thread, loaded in %.2f s", p.Bytes/1e6, p.Requests, p.CPU/1e3, p.Loaded/1e3), nil
}
