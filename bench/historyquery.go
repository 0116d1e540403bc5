package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	register(row{
		order: 122, name: "history-query",
		work: "history with a year behind it, by HTTP: raw hour of one tag at 1 Hz · 1 day to 500 pixels × 8 tags at 1 Hz · last value of 1,000 tags", must: "p95 5 ms · 60 ms · 5 ms", better: "—",
		peers:   "—",
		measure: measureHistoryQuery,
	})
}

const (
	queryHeavy = 8    // tags at 1 Hz in the last two days, a sample in ten minutes in the month and one an hour in the year before
	queryMany  = 1000 // tags with a sample in ten days
)

func measureHistoryQuery(ctx context.Context, b *bench) (string, error) {
	s, err := start(ctx, b)
	if err != nil {
		return "", err
	}
	defer s.stop()
	var tags []map[string]any
	var heavy, many []tag.Path
	for i := range queryHeavy + queryMany {
		path := fmt.Sprintf("many/t%04d", i)
		if i < queryHeavy {
			path = fmt.Sprintf("heavy/t%d", i)
			heavy = append(heavy, tag.Path(path))
		} else {
			many = append(many, tag.Path(path))
		}
		tags = append(tags, map[string]any{"path": path, "type": "float", "history": map[string]any{"keep": "none"}})
	}
	if err := s.putPlant(map[string]any{"format": 1, "tags": tags}); err != nil {
		return "", err
	}
	// However full the disk of this machine is, nothing makes way for what is new while it is measured.
	if err := s.ask("PUT", "/history/retention", historian.Retention{}, nil); err != nil {
		return "", err
	}
	s.end()
	begin := time.Now()
	samples, err := fillYear(context.WithoutCancel(ctx), s.dir, heavy, many)
	if err != nil {
		return "", err
	}
	b.logf("%.1f million samples written in %s", float64(samples)/1e6, time.Since(begin))
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Minute)
	defer cancel()
	if err := s.run(ctx, b); err != nil {
		return "", err
	}
	figure := func(n int, ask func(i int) error) (float64, float64, error) {
		var times []time.Duration
		for i := range n {
			begin := time.Now()
			if err := ask(i); err != nil {
				return 0, 0, err
			}
			if i >= n/10 { // warm
				times = append(times, time.Since(begin))
			}
		}
		return quantile(times, 0.5), quantile(times, 0.95), nil
	}
	names := func(paths []tag.Path) string {
		out := make([]string, len(paths))
		for i, p := range paths {
			out[i] = `"` + string(p) + `"`
		}
		return "[" + strings.Join(out, ",") + "]"
	}
	now := time.Now()
	hour50, hour95, err := figure(200, func(i int) error {
		from := now.Add(-time.Duration(3+i%40) * time.Hour)
		return s.ask("GET", fmt.Sprintf("/history?tag=%s&from=%d&to=%d", heavy[i%queryHeavy], from.UnixMilli(), from.Add(time.Hour).UnixMilli()), nil, nil)
	})
	if err != nil {
		return "", err
	}
	day50, day95, err := figure(60, func(i int) error {
		from := now.Add(-time.Duration(26+i%20) * time.Hour)
		return s.ask("POST", "/history/query", json.RawMessage(fmt.Sprintf(`{"tags":%s,"from":"%d","to":"%d","pixels":500}`, names(heavy), from.UnixMilli(), from.Add(24*time.Hour).UnixMilli())), nil)
	})
	if err != nil {
		return "", err
	}
	last50, last95, err := figure(200, func(int) error {
		return s.ask("POST", "/history/last", json.RawMessage(`{"tags":`+names(many)+`}`), nil)
	})
	if err != nil {
		return "", err
	}
	year50, year95, err := figure(30, func(i int) error {
		return s.ask("GET", fmt.Sprintf("/history?tag=%s&from=now-8760h&pixels=500", heavy[i%queryHeavy]), nil, nil)
	})
	return fmt.Sprintf("p95 **%.1f** (half within %.1f) · **%.1f** (%.1f) · **%.1f** (%.1f) ms, from the question to the last byte of its answer, warm, one after the other; a year to 500 pixels %.1f (%.1f); %.1f million samples", hour95, hour50, day95, day50, last95, last50, year95, year50, float64(samples)/1e6), err
}

// quantile is one of durations, in ms.
func quantile(list []time.Duration, q float64) float64 {
	if len(list) == 0 {
		return math.NaN()
	}
	sorted := append([]time.Duration(nil), list...)
	for i := range sorted {
		for j := i; j > 0 && sorted[j] < sorted[j-1]; j-- {
			sorted[j], sorted[j-1] = sorted[j-1], sorted[j]
		}
	}
	return float64(sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]) / 1e6
}

// fillYear writes a year of history into the database of a server that does not run.
func fillYear(ctx context.Context, dir string, heavy, many []tag.Path) (count int64, err error) {
	db, err := store.Open(ctx, "", dir)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	a, err := historian.Open(ctx, db.History(), historian.Options{Dir: filepath.Join(dir, "history")})
	if err != nil {
		return 0, err
	}
	defer a.Close()
	ids, err := a.SeriesOf(ctx, append(append([]tag.Path{}, heavy...), many...))
	if err != nil {
		return 0, err
	}
	r := rand.New(rand.NewPCG(1, 2))
	levels := make([]float64, len(ids))
	end := time.Now().Truncate(time.Minute)
	dense := end.AddDate(0, 0, -2)
	month := end.AddDate(0, -1, 0)
	for day, days := end.AddDate(-1, 0, 0), 10; day.Before(end); day = day.AddDate(0, 0, days) {
		if !day.AddDate(0, 0, days).Before(dense) {
			days = 1
		}
		var batches []historian.Batch
		for i, id := range ids {
			step := 10 * 24 * time.Hour
			switch {
			case i >= len(heavy):
			case !day.Before(dense):
				step = time.Second
			case !day.Before(month):
				step = 10 * time.Minute
			default:
				step = time.Hour
			}
			batch := historian.Batch{Series: id}
			for at := day; at.Before(day.AddDate(0, 0, days)) && at.Before(end); at = at.Add(step) {
				levels[i] += float64(r.IntN(21)-10) / 100
				batch.Samples = append(batch.Samples, historian.Sample{Time: tag.TimeOf(at), Value: tag.OfFloat(math.Round(levels[i]*100) / 100)})
			}
			count += int64(len(batch.Samples))
			batches = append(batches, batch)
		}
		a.Append(batches)
		if err := a.Flush(ctx, 0, true); err != nil {
			return count, err
		}
	}
	return count, a.MakeTiers(ctx, tag.TimeOf(end))
}
