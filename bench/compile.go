package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

func init() {
	register(row{
		order: 110, name: "compile",
		work: "validate and compile an app of 2,000 widgets, half of them with an expression over two tags", must: "50 ms",
		measure: measureCompile,
	})
}

// measureCompile does in this process what publishing does: read and check the document, take it
// into use, compile its screen.
func measureCompile(ctx context.Context, b *bench) (string, error) {
	const n = 2000
	catalogue, err := widgets.Load()
	if err != nil {
		return "", err
	}
	e := engine.New(engine.Options{Catalogue: catalogue})
	p := &plant.Plant{Format: plant.Format}
	for i := range n {
		p.Tags = append(p.Tags, plant.Tag{Path: tag.Path(fmt.Sprintf("bench/t%d", i)), Definition: plant.Definition{Type: "float"}})
	}
	if err := e.SetPlant(p); err != nil {
		return "", err
	}
	list := make([]any, n)
	for i := range list {
		binding := map[string]any{"tag": fmt.Sprintf("bench/t%d", i)}
		if i%2 == 1 {
			binding = map[string]any{"expr": fmt.Sprintf(`tag("bench/t%d") > 10 ? tag("bench/t%d") * 2 : 0.5`, i, i-1)}
		}
		list[i] = map[string]any{"id": fmt.Sprintf("w%d", i), "type": "value", "x": i % 50 * 38, "y": i / 50 * 26, "w": 40, "h": 24, "props": map[string]any{"value": binding}}
	}
	data, err := json.Marshal(appOf(list))
	if err != nil {
		return "", err
	}
	var check, compile []time.Duration
	for revision := 1; revision <= 11 && ctx.Err() == nil; revision++ {
		begin := time.Now()
		doc, problems := app.Check(data, catalogue)
		if err := problems.Err(); err != nil {
			return "", err
		}
		checked := time.Now()
		if err := e.SetApp(app.Installation{ID: "bench"}, doc, revision); err != nil {
			return "", err
		}
		screen, err := e.OpenScreen("bench", "", nil, false)
		if err != nil {
			return "", err
		}
		compile = append(compile, time.Since(checked))
		check = append(check, checked.Sub(begin))
		screen.Release()
	}
	if len(check) == 0 {
		return "", ctx.Err()
	}
	slices.Sort(check)
	slices.Sort(compile)
	ms := func(d []time.Duration) float64 { return float64(d[len(d)/2]) / float64(time.Millisecond) }
	return fmt.Sprintf("**%.0f** ms to check, **%.0f** ms to compile (medians of %d)", ms(check), ms(compile), len(check)), nil
}
