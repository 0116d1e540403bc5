package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"
)

func init() {
	register(row{
		order: 20, name: "push-sparse",
		work: "live push, sparse: 2,000 tags, 100 clients watching 20 each, 1,000 updates/s",
		must: "7 CPU-s per 100,000 useful", better: "4",
		peers:   "Node-RED 338, FUXA 7.0, centrifuge 4.3 · 2.4",
		measure: func(ctx context.Context, b *bench) (string, error) { return b.sparse(ctx, false) },
	})
	register(row{
		order: 30, name: "push-latency",
		work: "latency of that at 1,000 updates/s, from publishing to the browser's socket",
		must: "p50 40 ms", better: "15 ms (first change at once, then tick)", peers: "Node-RED 73, FUXA 500",
		measure: func(ctx context.Context, b *bench) (string, error) { return b.sparse(ctx, true) },
	})
}

// sparse publishes the time as the value, so that every row that arrives says how old it is.
func (b *bench) sparse(ctx context.Context, latency bool) (string, error) {
	const tags, clients, each = 2000, 100, 20
	s, mq, err := pushPlant(ctx, b, tags)
	if err != nil {
		return "", err
	}
	defer s.stop()
	defer mq.stop()
	begin := time.Now()
	var mu sync.Mutex
	var delays []time.Duration
	w := &watchers{each: func(frame []byte) {
		now := time.Since(begin)
		mu.Lock()
		defer mu.Unlock()
		for _, ms := range rowValues(frame) {
			delays = append(delays, now-time.Duration(ms*float64(time.Millisecond)))
		}
	}}
	defer w.close()
	for c := range clients {
		list := make([]string, each)
		for i := range list {
			list[i] = fmt.Sprintf("bench/t%d", c*each+i)
		}
		if err := w.add(s, watchRequest(list)); err != nil {
			return "", err
		}
	}
	one := func() {
		mq.send(rand.IntN(tags), strconv.FormatFloat(float64(time.Since(begin))/float64(time.Millisecond), 'f', 2, 64))
	}
	if err := flow(ctx, w, one); err != nil {
		return "", err
	}
	time.Sleep(300 * time.Millisecond)
	mu.Lock()
	delays = nil
	mu.Unlock()
	result, err := w.measure(ctx, b, s, func() { every(ctx, b.seconds, time.Millisecond, one) })
	if err != nil || !latency {
		return result, err
	}
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(delays)
	at := func(p float64) float64 {
		return float64(delays[int(p*float64(len(delays)-1))]) / float64(time.Millisecond)
	}
	return fmt.Sprintf("p50 **%.1f** ms, p95 %.1f ms, p99 %.1f ms of %d", at(0.5), at(0.95), at(0.99), len(delays)), nil
}

// rowValues reads the numbers of the rows of a Values frame.
func rowValues(frame []byte) (out []float64) {
	_, rest, ok := bytes.Cut(frame, []byte(`"v":[`))
	for ok {
		if _, rest, ok = bytes.Cut(rest, []byte(",")); !ok {
			return out
		}
		end := bytes.IndexAny(rest, ",]")
		if end < 0 {
			return out
		}
		if v, err := strconv.ParseFloat(string(rest[:end]), 64); err == nil {
			out = append(out, v)
		}
		_, rest, ok = bytes.Cut(rest[end:], []byte("["))
	}
	return out
}
