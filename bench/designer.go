package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

func init() {
	register(row{
		order: 91, name: "canvas-open",
		work: "designer: opening a screen of 2,000 widgets, from the address to the drawing", must: "1 s", peers: "Chromium without GPU, full HD",
		measure: func(ctx context.Context, b *bench) (string, error) {
			c, err := b.canvas(ctx)
			if err != nil {
				return "", err
			}
			return fmt.Sprintf("**%.2f** s, the median of three; %.2f s main thread", c.Open/1e3, c.OpenCPU/1e3), nil
		},
	})
	register(row{
		order: 92, name: "canvas-drag",
		work: "designer: drag of 100 selected among 2,000 widgets", must: "frame p95 20 ms", peers: "moveable 85 ms",
		measure: func(ctx context.Context, b *bench) (string, error) {
			c, err := b.canvas(ctx)
			if err != nil {
				return "", err
			}
			return fmt.Sprintf("frame p95 **%.1f** ms, p99 %.1f, %.1f ms main thread a frame, %d frames, %d selected", at(c.Frames, 0.95), at(c.Frames, 0.99), c.FrameCPU, len(c.Frames), c.Selected), nil
		},
	})
	register(row{
		order: 93, name: "canvas-undo",
		work: "designer: undo of moving 100 of 2,000 widgets, until it is painted", must: "16 ms",
		measure: func(ctx context.Context, b *bench) (string, error) {
			c, err := b.canvas(ctx)
			if err != nil {
				return "", err
			}
			return fmt.Sprintf("median **%.1f** ms, p95 %.1f of %d", at(c.Undo, 0.5), at(c.Undo, 0.95), len(c.Undo)), nil
		},
	})
}

// canvasFigures is what designer.js measures; times in ms.
type canvasFigures struct {
	Open, OpenCPU, FrameCPU float64
	Frames, Undo            []float64
	Selected                int
}

var canvasOnce struct {
	sync.Mutex
	figures *canvasFigures
}

// canvas measures the editor once for all of its rows.
func (b *bench) canvas(ctx context.Context) (*canvasFigures, error) {
	canvasOnce.Lock()
	defer canvasOnce.Unlock()
	if canvasOnce.figures != nil {
		return canvasOnce.figures, nil
	}
	s, err := start(ctx, b)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	const columns, rows = 50, 40
	kinds := []string{"value", "gauge", "text", "button", "lamp", "bar", "rectangle", "ellipse", "value", "value"}
	widgets := make([]any, columns*rows)
	for i := range widgets {
		w := map[string]any{
			"id": fmt.Sprintf("w%d", i), "type": kinds[i%len(kinds)],
			"x": i % columns * 1920 / columns, "y": i / columns * 1080 / rows, "w": 1920/columns - 2, "h": 1080/rows - 2,
		}
		if w["type"] == "text" {
			w["props"] = map[string]any{"text": "T"}
		}
		widgets[i] = w
	}
	if err := s.publish("bench", appOf(widgets)); err != nil {
		return nil, err
	}
	cookies, err := s.cookies()
	if err != nil {
		return nil, err
	}
	ask, err := json.Marshal(map[string]any{"url": s.url + "/design/bench", "cookies": cookies, "columns": columns, "rows": rows})
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "node", filepath.Join(b.root, "bench/designer.js"), string(ask))
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("designer.js: %w: %.300s", err, errors.String())
	}
	figures := &canvasFigures{}
	if err := json.Unmarshal(out, figures); err != nil {
		return nil, fmt.Errorf("designer.js: %w: %.300s", err, out)
	}
	canvasOnce.figures = figures
	return figures, nil
}

// at is a quantile of figures; 0 of none.
func at(figures []float64, quantile float64) float64 {
	if len(figures) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(figures))
	return sorted[int(quantile*float64(len(sorted)-1))]
}
