// Package engine starts, swaps and stops a plant and the apps installed on it. It owns the
// live table, one goroutine a device, the compiled bindings of open screens and the one
// gate through which every write goes.
package engine

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/lastvalue"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

// Options are what an engine needs from outside. Everything but Catalogue may be left out.
type Options struct {
	// Log is where the engine reports; nil discards.
	Log *slog.Logger
	// Catalogue is the widgets that apps may use.
	Catalogue widgets.Catalogue
	// Secret resolves "secret:<ref>" in the settings of a device just before its connector is
	// made. Without it such a device does not start.
	Secret func(ref string) (string, error)
	// Audit keeps one entry of the audit trail. When it fails, the write it is about is refused.
	Audit func(context.Context, AuditEntry) error
	// Keep stores the value of a memory tag, Kept gives it back after a restart (nil: none).
	// Without them memory tags begin with their initial value.
	Keep func(path tag.Path, value []byte) error
	// KeepMany stores many at once, all or none.
	KeepMany func(values map[tag.Path][]byte) error
	Kept     func(path tag.Path) []byte
	// Record keeps what has happened at assets and gives each its ID. Without it events are told only.
	Record func(context.Context, []AssetEvent) error
	// Alarms keeps alarms over a restart, and their journal. Without it they begin anew.
	Alarms AlarmKeeper
	// Last keeps the last values of the tags of devices over a restart; nil: they begin without one.
	Last *lastvalue.File
	// Archive keeps the history of the tags; nil keeps none. Who gives it runs it.
	Archive *historian.Archive
	// Trust is the trust store of the plant; without it no exception is made for certificates.
	Trust Trust
	// Safe refuses every write, and no script is run.
	Safe bool
	// Worker is the command that starts a worker of scripts, such as this binary with worker.Argument. Without it no script is run.
	Worker []string
}

// Engine runs one plant and its installations. Its methods may be called from any
// goroutine, before and while Run runs.
type Engine struct {
	log        *slog.Logger
	catalogue  widgets.Catalogue
	secret     func(string) (string, error)
	audit      func(context.Context, AuditEntry) error
	keep       func(tag.Path, []byte) error
	keepMany   func(map[tag.Path][]byte) error
	kept       func(tag.Path) []byte
	last       *lastvalue.File
	archive    *historian.Archive
	pasts      pasts
	weeks      weekPlans
	past       pastSamples
	trust      Trust
	safe       bool
	table      *tag.Table
	counters   counters
	notices    fanout[Notice]
	events     events
	alarms     alarms
	alarmTags  alarmTags
	notify     notifyTags
	history    historyTags
	metronomes metronomes
	block      atomic.Pointer[Block]
	releases   releases
	probes     probes
	operations operations
	writeTags  writeTags
	scripts    scripts

	// swap is held while the structure changes: plant, apps, compiled screens. It is taken
	// before mu.
	swap        sync.Mutex
	views       map[string]*view
	expressions map[string]*sharedExpression
	generation  int
	opened      int // openings of screens with variables, so far

	// mu guards what follows for short look-ups.
	mu        sync.RWMutex
	plant     *plant.Plant
	expansion *plant.Expansion
	running   *present
	entries   map[tag.Path]*entry // of system and app tags
	devices   map[string]*device
	order     []string // device ids in the order of the document
	// outlets are the northbound interfaces, by id, and in the order of the document.
	outlets     map[string]*outlet
	outletOrder []string
	apps        map[string]*installation

	// queued devices and northbound interfaces wait for Run to start them.
	queued        []*device
	queuedOutlets []*outlet
	wake          chan struct{}
}

// Kind says where the value of a tag comes from.
type Kind string

// The kinds of tag.
const (
	KindDevice   Kind = "device"
	KindComputed Kind = "computed"
	KindMemory   Kind = "memory"
	KindSystem   Kind = "system"
	KindApp      Kind = "app"
)

// entry is what the engine knows of a named tag beside its slot.
type entry struct {
	slot    tag.Slot
	kind    Kind
	typ     tag.Type
	doc     *plant.Tag          // nil for system and app tags
	origin  *plant.Origin       // tags of assets
	program *expression.Program // computed tags
	device  string
	source  *source    // device tags
	gate    *gate      // writable tags
	reads   []tag.Path // app tags: what they are computed from
	title   spec.Text  // system and app tags
	alarms  []*alarmBuild
	when    *expression.Program // under which its history is kept
	roams   bool                // its expressions ask for more than the types of tags
}

// New makes an engine with an empty plant. Nothing is started before Run.
func New(o Options) *Engine {
	e := &Engine{
		log: o.Log, catalogue: o.Catalogue, secret: o.Secret, audit: o.Audit, keep: o.Keep, keepMany: o.KeepMany, kept: o.Kept, last: o.Last, archive: o.Archive, trust: o.Trust, safe: o.Safe,
		pasts:       pasts{wake: make(chan struct{}, 1)},
		table:       tag.NewTable(),
		views:       map[string]*view{},
		expressions: map[string]*sharedExpression{},
		plant:       &plant.Plant{Format: plant.Format},
		entries:     map[tag.Path]*entry{},
		devices:     map[string]*device{},
		apps:        map[string]*installation{},
		wake:        make(chan struct{}, 1),
		events:      events{record: o.Record, wake: make(chan struct{}, 1)},
		metronomes:  metronomes{wake: make(chan struct{}, 1)},
		alarms:      alarms{keeper: o.Alarms, wake: make(chan struct{}, 1), writes: make(chan alarmOrder, maxAlarmWrites)},
	}
	e.scripts = scripts{engine: e, command: o.Worker, by: map[string]*scriptHost{}, wake: make(chan struct{}, 1)}
	e.expansion, _ = plant.Expand(e.plant)
	e.running = &present{plant: e.plant, expansion: e.expansion, entries: map[tag.Path]*entry{}, past: e.askPast}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	e.addWriteTags()
	e.addAlarmTags()
	e.addNotifyTags()
	e.addHistoryTags()
	e.addReportTags()
	return e
}

// Table is the live table of the engine.
func (e *Engine) Table() *tag.Table { return e.table }

// Safe reports whether the engine refuses every write.
func (e *Engine) Safe() bool { return e.safe }

// Plant is the running plant. It must not be changed.
func (e *Engine) Plant() *plant.Plant {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.plant
}

// Expansion is the running plant with the tags of its assets. It must not be changed.
func (e *Engine) Expansion() *plant.Expansion {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.expansion
}

// Run drives the devices until ctx ends, and returns when all of them have stopped.
func (e *Engine) Run(ctx context.Context) error {
	cancel := e.table.OnChange(func() { poke(e.wake) })
	defer cancel()
	var running sync.WaitGroup
	defer running.Wait()
	defer e.probes.endAll()
	// Devices outlast the end of ctx until pulses have been written back.
	devices, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	running.Go(func() { e.runEvents(ctx) })
	running.Go(func() { e.runAlarms(ctx) })
	running.Go(func() { e.runMetronomes(ctx) })
	running.Go(func() { e.keepLast(ctx) })
	running.Go(func() { e.recordHistory(ctx) })
	running.Go(func() { e.watchHistory(ctx) })
	running.Go(func() { e.answerPast(ctx) })
	running.Go(func() { e.runWeeks(ctx) })
	running.Go(func() { e.runScripts(ctx) })
	generation := e.table.Generation()
	for {
		e.mu.Lock()
		queued := e.queued
		e.queued = nil
		e.mu.Unlock()
		for _, d := range queued {
			running.Add(1)
			go func() {
				defer running.Done()
				d.run(devices)
			}()
		}
		for _, o := range e.takeOutlets() {
			running.Go(func() { o.run(ctx) })
		}
		if g := e.table.Generation(); g != generation {
			generation = g
			e.swap.Lock()
			e.heal()
			e.swap.Unlock()
		}
		select {
		case <-ctx.Done():
			e.closeOperations()
			stop()
			e.operations.running.Wait()
			e.mu.Lock()
			for _, d := range e.queued {
				d.abandon()
			}
			e.queued = nil
			e.mu.Unlock()
			return nil
		case <-e.wake:
		}
	}
}

// start hands a device to Run.
func (e *Engine) start(d *device) {
	e.mu.Lock()
	e.queued = append(e.queued, d)
	e.mu.Unlock()
	poke(e.wake)
}

// stopGrace is how long a swap waits for a device to end before it goes on without it.
const stopGrace = 5 * time.Second

// stop ends a device, whether Run has taken it or not.
func (e *Engine) stop(d *device) {
	d.end()
	e.mu.Lock()
	for i, q := range e.queued {
		if q == d {
			e.queued = append(e.queued[:i], e.queued[i+1:]...)
			d.abandon()
			break
		}
	}
	e.mu.Unlock()
	timer := time.NewTimer(stopGrace)
	defer timer.Stop()
	select {
	case <-d.done:
	case <-timer.C:
		e.log.Error("device does not stop", "device", d.id)
	}
}

// poke wakes the reader of a channel of capacity one.
func poke(wake chan struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}

// lookup finds a named tag.
func (e *Engine) lookup(p tag.Path) (*entry, bool) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if t, ok := e.running.entries[p]; ok {
		return t, true
	}
	t, ok := e.entries[p]
	return t, ok
}

// guard calls f and turns a panic into an error, so that it stays with the unit it happened in.
func guard(log *slog.Logger, what string, f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &panicError{what: what, value: fmt.Sprint(r)}
			log.Error("panic", "in", what, "value", r, "stack", stack())
		}
	}()
	return f()
}

// panicError is a panic that was caught.
type panicError struct{ what, value string }

// Error implements error.
func (e *panicError) Error() string { return fmt.Sprintf("%s panicked: %s", e.what, e.value) }
