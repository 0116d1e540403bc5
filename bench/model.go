package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	register(row{
		order: 115, name: "model",
		work: "change every expression and unit of a model with 200 assets × 50 properties, a fifth computed, with a roll-up over them", must: "live in 1 s",
		measure: measureModel,
	})
}

// measureModel does in this process what saving a model does: check, compile, take into use, until the last
// computed tag and the roll-up have the new value.
func measureModel(ctx context.Context, b *bench) (string, error) {
	const assets, properties = 200, 50
	e := engine.New(engine.Options{})
	document := func(revision int) *plant.Plant {
		m := plant.Model{ID: "machine"}
		for i := range properties {
			p := plant.Property{ID: fmt.Sprintf("p%d", i), Definition: plant.Definition{Type: "float", Unit: fmt.Sprintf("u%d", revision), Initial: json.RawMessage("1")}}
			if i%5 == 4 {
				p.Initial, p.Expr = nil, fmt.Sprintf(`tag("./p%d") + %d`, i-1, revision)
			}
			m.Properties = append(m.Properties, p)
		}
		p := &plant.Plant{Format: plant.Format, Models: []plant.Model{m}}
		for i := range assets {
			p.Assets = append(p.Assets, plant.Asset{Path: tag.Path(fmt.Sprintf("site/line%d/m%d", i%10, i)), Model: m.ID})
		}
		p.Tags = []plant.Tag{{Path: "site/total", Definition: plant.Definition{Type: "float", Expr: fmt.Sprintf(`sumOf("machine", "p%d")`, properties-1)}}}
		return p
	}
	if err := e.SetPlant(document(0)); err != nil {
		return "", err
	}
	var took []time.Duration
	for revision := 1; revision <= 11 && ctx.Err() == nil; revision++ {
		next := document(revision)
		begin := time.Now()
		if ps := e.CheckPlant(next); ps.Errors() {
			return "", ps
		}
		if err := e.SetPlant(next); err != nil {
			return "", err
		}
		slot, ok := e.Table().Lookup("site/total")
		if !ok {
			return "", fmt.Errorf("there is no roll-up")
		}
		for want := float64(assets * (1 + revision)); e.Table().Get(slot).Value.Float() != want; time.Sleep(time.Millisecond) {
			if ctx.Err() != nil || time.Since(begin) > 10*time.Second {
				return "", fmt.Errorf("the roll-up is %v, not %v", e.Table().Get(slot).Value, want)
			}
		}
		took = append(took, time.Since(begin))
	}
	if len(took) == 0 {
		return "", ctx.Err()
	}
	slices.Sort(took)
	return fmt.Sprintf("**%.0f** ms (median of %d), %.0f ms at most", float64(took[len(took)/2])/1e6, len(took), float64(took[len(took)-1])/1e6), nil
}
