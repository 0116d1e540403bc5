package main

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// garbage is about how much may lie beside what is in use while much happens; with little in use Go's own measure, as
	// much again, is less.
	garbage = 128 << 20
	// resting is how much of it may go on lying there.
	resting = 40 << 20
	// unused is how much memory may be kept for later before it is given back.
	unused = 32 << 20
)

// tendHeap keeps the memory of a large plant near what is in use, until ctx ends. Go would let the garbage grow as large
// as the plant and leave it there while nothing happens; to collect it sooner always would make saving slow, since each
// collection goes over the whole plant. GOGC and GOMEMLIMIT of the environment are obeyed instead.
func tendHeap(ctx context.Context) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/free:bytes"}}
	look := time.NewTicker(time.Second)
	defer look.Stop()
	percent, lay, free := 100, uint64(0), uint64(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		metrics.Read(samples)
		live, objects := samples[0].Value.Uint64(), samples[1].Value.Uint64()
		if next := heapPercent(live); next != percent {
			percent = next
			debug.SetGCPercent(percent)
		}
		// Only what was there at the last look already: something may be under way.
		lies := max(objects, live) - live
		if min(lies, lay) > resting && live > resting {
			runtime.GC()
			lies = 0
		}
		idle := samples[2].Value.Uint64()
		if min(idle, free) > unused {
			debug.FreeOSMemory()
			idle = 0
		}
		lay, free = lies, idle
	}
}

// heapPercent is how much garbage may lie beside so many bytes in use, in per cent of them. It changes in steps only.
func heapPercent(live uint64) int {
	if live <= garbage {
		return 100
	}
	percent := int(garbage * 100 / live)
	return max(20, percent-percent%5)
}
