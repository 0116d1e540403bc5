package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// garbage is about how much may lie beside what is in use before it is collected; with little in use Go's own
	// measure, as much again, is less.
	garbage = 48 << 20
	// unused is how much memory may be kept for later before it is given back.
	unused = 64 << 20
)

// tendHeap keeps the memory of a large plant near what is in use, until ctx ends: Go would let the garbage grow as large
// as the plant, and give back what saving a whole plant took only within minutes. GOGC and GOMEMLIMIT of the
// environment are obeyed instead.
func tendHeap(ctx context.Context) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/free:bytes"}}
	look := time.NewTicker(2 * time.Second)
	defer look.Stop()
	percent, before := 100, uint64(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		metrics.Read(samples)
		live, free := samples[0].Value.Uint64(), samples[1].Value.Uint64()
		if next := heapPercent(live); next != percent {
			percent = next
			debug.SetGCPercent(percent)
		}
		if min(free, before) > unused { // now and at the last look
			debug.FreeOSMemory()
			free = 0
		}
		before = free
	}
}

// heapPercent is how much garbage may lie beside so many bytes in use, in per cent of them, in steps.
func heapPercent(live uint64) int {
	switch {
	case live <= garbage:
		return 100
	case live <= 2*garbage:
		return 60
	case live <= 6*garbage:
		return 30
	}
	return 20
}
