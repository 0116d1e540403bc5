package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func init() {
	register(row{
		order: 116, name: "plant",
		work: "plant of 100,000 tags (40,000 of devices, 20,000 computed, 20,000 memory, 20,000 of 2,000 assets): one page of tags by a query, save one tag, rename an area of 1,000 tags with its references",
		must: "each under 500 ms, runtime under 400 MB", measure: measurePlant,
	})
}

const (
	plantDevices = 20
	plantLines   = 100 // areas at the end of the tree
	plantAssets  = 2000
)

// largePlant is a plant of 100,000 tags in 100 lines of 5 areas, and 2,000 assets in them.
func largePlant() map[string]any {
	at := func(i int) string { return fmt.Sprintf("site/area%d/line%02d", i%5, i%plantLines) }
	var devices, tags, assets, areas []any
	for d := range plantDevices {
		devices = append(devices, map[string]any{"id": fmt.Sprintf("plc%02d", d), "connector": "simulator", "scans": []any{map[string]any{"id": "slow", "interval": "10s"}}})
	}
	for i := range plantLines {
		areas = append(areas, map[string]any{"path": at(i), "level": "line", "title": map[string]string{"en": fmt.Sprintf("Line %d", i), "zh": fmt.Sprintf("%d号线", i)}})
	}
	for i := range 40000 {
		tags = append(tags, map[string]any{
			"path": fmt.Sprintf("%s/motor%d/speed", at(i), i/plantLines), "type": "float", "device": fmt.Sprintf("plc%02d", i%plantDevices), "unit": "1/min",
			"title": map[string]string{"en": fmt.Sprintf("Speed of motor %d", i/plantLines), "zh": fmt.Sprintf("%d号电机转速", i/plantLines)}, "description": "measured at the shaft",
			"address": map[string]any{"kind": "setpoint"}, "range": map[string]any{"low": 0, "high": 3000},
		})
	}
	for i := range 20000 {
		tags = append(tags, map[string]any{
			"path": fmt.Sprintf("%s/motor%d/fast", at(i), i/plantLines), "type": "bool", "title": map[string]string{"en": "Fast", "zh": "高速"},
			"expr": fmt.Sprintf(`tag("%s/motor%d/speed") > tag("%s/limit0")`, at(i), i/plantLines, at(i)),
		})
	}
	for i := range 20000 {
		tags = append(tags, map[string]any{"path": fmt.Sprintf("%s/limit%d", at(i), i/plantLines), "type": "float", "initial": 1500, "unit": "1/min", "write": map[string]any{"low": 0, "high": 3000}})
	}
	var properties []any
	for i := range 10 {
		properties = append(properties, map[string]any{"id": fmt.Sprintf("p%d", i), "type": "float", "initial": 1, "unit": "bar", "title": map[string]string{"en": "Pressure of {title}", "zh": "{title}压力"}})
	}
	for i := range plantAssets {
		assets = append(assets, map[string]any{"path": fmt.Sprintf("%s/pump%d", at(i), i/plantLines), "model": "pump", "title": map[string]string{"en": fmt.Sprintf("Pump %d", i), "zh": fmt.Sprintf("%d号泵", i)}})
	}
	return map[string]any{
		"format": 1, "devices": devices, "tags": tags, "areas": areas, "assets": assets,
		"models": []any{map[string]any{"id": "pump", "properties": properties}},
	}
}

func measurePlant(ctx context.Context, b *bench) (string, error) {
	s, err := start(ctx, b)
	if err != nil {
		return "", err
	}
	defer s.stop()
	var said []string
	timed := func(what string, times int, work func(i int) error) error {
		var took []time.Duration
		before, err := cpuOf(s.pid())
		if err != nil {
			return err
		}
		for i := range times {
			begin := time.Now()
			if err := work(i); err != nil {
				return fmt.Errorf("%s: %w", what, err)
			}
			took = append(took, time.Since(begin))
		}
		after, err := cpuOf(s.pid())
		if err != nil {
			return err
		}
		slices.Sort(took)
		said = append(said, fmt.Sprintf("%s **%.0f** ms, %.0f CPU-ms", what, float64(took[len(took)/2])/1e6, (after-before).Seconds()*1e3/float64(times)))
		b.logf("%s", said[len(said)-1])
		return ctx.Err()
	}
	if err := timed("first save of all", 1, func(int) error { return s.putPlant(largePlant()) }); err != nil {
		return "", err
	}
	memory := func(what string) error {
		n, err := memoryOf(s.pid())
		said = append(said, fmt.Sprintf("%s **%d** MiB", what, n>>20))
		b.logf("%s", said[len(said)-1])
		return err
	}
	time.Sleep(6 * time.Second)
	if err := memory("then"); err != nil {
		return "", err
	}
	err = timed("one page of tags", 9, func(i int) error {
		return s.ask("GET", fmt.Sprintf("/plant/tags?limit=100&q=motor%d+speed", i), nil, nil)
	})
	if err != nil {
		return "", err
	}
	err = timed("tags for a picker", 9, func(i int) error { return s.ask("GET", fmt.Sprintf("/tags?limit=100&q=motor%d", i), nil, nil) })
	if err != nil {
		return "", err
	}
	err = timed("save one tag", 9, func(i int) error {
		return s.ask("PATCH", "/plant", map[string]any{"put": map[string]any{"tags": []any{map[string]any{"path": "site/area0/line00/limit0", "type": "float", "initial": 100 + i}}}}, nil)
	})
	if err != nil {
		return "", err
	}
	if err := s.ask("POST", "/apps", map[string]any{"id": "bench", "document": appNaming(100)}, nil); err != nil {
		return "", err
	}
	name := "line01"
	err = timed("rename an area of 1,000 tags", 5, func(i int) error {
		to := fmt.Sprintf("new%d", i)
		err := s.ask("POST", "/plant/rename", map[string]any{"from": "site/area1/" + name + "/", "to": "site/area1/" + to + "/", "apps": true}, nil)
		name = to
		return err
	})
	if err != nil {
		return "", err
	}
	time.Sleep(6 * time.Second)
	if err := memory("afterwards"); err != nil {
		return "", err
	}
	return strings.Join(said, ", "), nil
}

func init() {
	register(row{
		order: 117, name: "plant-page",
		work: "the Plant page of that plant in Chromium: opened until its rows are there, searched from typing to the rows, an area of 1,000 tags renamed from the press of the button until it is done",
		must: "each under 500 ms", measure: measurePlantPage,
	})
	register(row{
		order: 118, name: "plant-start",
		work: "start of the server with that plant, from the command until it is ready", must: "runtime under 400 MB", measure: measurePlantStart,
	})
}

func measurePlantPage(ctx context.Context, b *bench) (string, error) {
	s, err := start(ctx, b)
	if err != nil {
		return "", err
	}
	defer s.stop()
	if err := s.putPlant(largePlant()); err != nil {
		return "", err
	}
	if err := s.ask("POST", "/apps", map[string]any{"id": "bench", "document": appNaming(100)}, nil); err != nil {
		return "", err
	}
	time.Sleep(6 * time.Second)
	cookies, err := s.cookies()
	if err != nil {
		return "", err
	}
	ask, err := json.Marshal(map[string]any{"url": s.url, "cookies": cookies})
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "node", filepath.Join(b.root, "bench/plantpage.js"), string(ask))
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("plantpage.js: %w: %.500s", err, errors.String())
	}
	var p struct {
		Open, OpenCPU, SearchCPU, Rename, Kilobytes float64
		Search                                      []float64
	}
	if err := json.Unmarshal(out, &p); err != nil {
		return "", fmt.Errorf("plantpage.js: %w: %.300s", err, out)
	}
	memory, err := memoryOf(s.pid())
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("open **%.0f** ms (%.0f ms main thread, %.0f kB), search **%.0f** ms (at most %.0f; 150 of it wait for typing to end; %.0f ms main thread), rename **%.0f** ms, %d MiB",
		p.Open, p.OpenCPU, p.Kilobytes, at(p.Search, 0.5), at(p.Search, 1), p.SearchCPU, p.Rename, memory>>20), nil
}

// appNaming is an app with so many widgets that show tags of one area.
func appNaming(n int) map[string]any {
	widgets := make([]any, n)
	for i := range widgets {
		widgets[i] = map[string]any{
			"id": fmt.Sprintf("w%d", i), "type": "value", "x": i % 40 * 48, "y": i / 40 * 27, "w": 46, "h": 25,
			"props": map[string]any{"value": map[string]any{"tag": fmt.Sprintf("site/area2/line02/motor%d/speed", i)}},
		}
	}
	return appOf(widgets)
}

func measurePlantStart(ctx context.Context, b *bench) (string, error) {
	s, err := start(ctx, b)
	if err != nil {
		return "", err
	}
	defer s.stop()
	if err := s.putPlant(largePlant()); err != nil {
		return "", err
	}
	if err := s.again(ctx, b); err != nil {
		return "", err
	}
	used, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	time.Sleep(10 * time.Second)
	memory, err := memoryOf(s.pid())
	if err != nil {
		return "", err
	}
	before, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	time.Sleep(b.seconds)
	after, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("ready in **%.1f** s with %.1f CPU-s; **%d** MiB, idle %.3f core", s.ready.Seconds(), used.Seconds(), memory>>20, (after-before).Seconds()/b.seconds.Seconds()), nil
}
