package engine

import (
	"sync/atomic"
	"time"
)

// latencyBounds are the upper bounds of the buckets of exchange times.
var latencyBounds = [...]time.Duration{time.Millisecond, 5 * time.Millisecond, 20 * time.Millisecond, 100 * time.Millisecond, 500 * time.Millisecond, 2 * time.Second}

// counters are what the engine counts as it works.
type counters struct {
	updates, evaluations, reads, writes, errors atomic.Uint64
	refused, good, failed, unknown              atomic.Uint64
	buckets                                     [len(latencyBounds) + 1]atomic.Uint64
	exchanged                                   atomic.Int64 // ns
	events, eventsDropped                       atomic.Uint64
}

func (c *counters) latency(took time.Duration) {
	i := 0
	for i < len(latencyBounds) && took > latencyBounds[i] {
		i++
	}
	c.buckets[i].Add(1)
	c.exchanged.Add(int64(took))
}

// Metrics is a snapshot of what the engine has done since it was made.
type Metrics struct {
	// Updates counts samples that devices brought into the table, Evaluations those of
	// computed tags and bindings.
	Updates, Evaluations uint64
	// Reads and Writes count exchanges with devices, Errors those that failed.
	Reads, Writes, Errors uint64
	// WritesGood, WritesFailed and WritesUnknown count the outcomes of the gate,
	// WritesRefused those of the failed ones that never reached a device.
	WritesGood, WritesFailed, WritesUnknown, WritesRefused uint64
	// LatencyBuckets counts exchanges by time: up to each of LatencyBounds, and above.
	LatencyBuckets []uint64
	LatencyBounds  []time.Duration
	LatencySum     time.Duration
	// Tags, Screens and Expressions are what exists now: named tags, compiled screens in
	// use, shared expressions. Queue is the number of writes that wait.
	Tags, Screens, Expressions, Queue int
	// Connected and Devices count devices that answer, and those that are not disabled.
	Connected, Devices int
	// Events counts what has happened at assets, EventsDropped what was too much to be kept one by one.
	Events, EventsDropped uint64
	// Overruns counts rounds of scan classes that could not begin in time.
	Overruns uint64
}

// Metrics takes a snapshot.
func (e *Engine) Metrics() Metrics {
	c := &e.counters
	m := Metrics{
		Updates: c.updates.Load(), Evaluations: c.evaluations.Load(),
		Reads: c.reads.Load(), Writes: c.writes.Load(), Errors: c.errors.Load(),
		WritesGood: c.good.Load(), WritesFailed: c.failed.Load(), WritesUnknown: c.unknown.Load(), WritesRefused: c.refused.Load(),
		Events: c.events.Load(), EventsDropped: c.eventsDropped.Load(),
		LatencyBounds: latencyBounds[:], LatencySum: time.Duration(c.exchanged.Load()),
	}
	for i := range c.buckets {
		m.LatencyBuckets = append(m.LatencyBuckets, c.buckets[i].Load())
	}
	for _, d := range e.Devices() {
		m.Queue += d.Queue
		m.Overruns += d.Overruns
		if d.State != StateDisabled {
			m.Devices++
		}
		if d.State == StateConnected {
			m.Connected++
		}
	}
	e.mu.RLock()
	m.Tags = len(e.entries) + len(e.running.entries)
	e.mu.RUnlock()
	e.swap.Lock()
	m.Screens, m.Expressions = len(e.views), len(e.expressions)
	e.swap.Unlock()
	return m
}
