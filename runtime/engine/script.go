package engine

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/script"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Times of scripts.
const (
	// scriptGap is how long changes of values are gathered before the scripts hear of them.
	scriptGap = 20 * time.Millisecond
	// scriptIdle is how long a process without work is kept.
	scriptIdle = time.Minute
	// scriptPatience is how long the event of a person waits for the script.
	scriptPatience = 2 * time.Second
	// maxScriptEvents is how many events wait for the scripts of an installation.
	maxScriptEvents = 100
)

// scripts are those of all installations: one process each, started when the first widget with a script is on an open screen.
type scripts struct {
	engine *Engine
	// command starts a worker; without it, and in safe mode, no script runs.
	command []string
	log     scriptLog

	mu sync.Mutex
	by map[string]*scriptHost
	// queued wait for Run to start them.
	queued []*scriptHost
	wake   chan struct{}
	number uint32
	checks scriptChecks
}

// scriptHost drives the scripts of one installation: one goroutine, which alone calls the worker.
type scriptHost struct {
	scripts      *scripts
	installation string
	wake         chan struct{}
	events       chan *scriptEvent

	// mu guards what screens that open and close say, and what is told of it.
	mu        sync.Mutex
	instances map[string]*instance // by identity
	changed   bool                 // instances or their inputs
	gone      []*instance
	work      *script.Host
	wrong     map[string]*spec.Problem // scripts that could not be loaded, by key

	// of the goroutine only
	list    []*instance
	watcher *tag.Watcher
	readers map[tag.Slot][]reader
	loaded  map[string]bool
	epoch   uint64
	dirty   []tag.Slot
}

// reader is an instance that hears of a slot by a name.
type reader struct {
	of   *instance
	name string
}

// scriptEvent is an event of a person that waits for what the script makes of it.
type scriptEvent struct {
	ctx   context.Context
	of    *instance
	name  string
	value tag.Value
	done  chan scriptDone
}

// scriptDone is what a script made of an event.
type scriptDone struct {
	effects []script.Effect
	problem *spec.Problem
}

// ScriptsRun reports whether scripts are run: not in safe mode.
func (e *Engine) ScriptsRun() bool { return len(e.scripts.command) > 0 && !e.safe }

// hostOf finds or makes the host of an installation.
func (s *scripts) hostOf(installation string) *scriptHost {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.by[installation]
	if h == nil {
		h = &scriptHost{
			scripts: s, installation: installation, wake: make(chan struct{}, 1), events: make(chan *scriptEvent, maxScriptEvents),
			instances: map[string]*instance{}, wrong: map[string]*spec.Problem{}, loaded: map[string]bool{},
		}
		s.by[installation] = h
		s.queued = append(s.queued, h)
		poke(s.wake)
	}
	return h
}

// runScripts runs the hosts until ctx ends, and returns when their processes are gone.
func (e *Engine) runScripts(ctx context.Context) {
	s := &e.scripts
	var running sync.WaitGroup
	defer running.Wait()
	for {
		s.mu.Lock()
		queued := s.queued
		s.queued = nil
		s.mu.Unlock()
		for _, h := range queued {
			running.Go(func() { h.run(ctx) })
		}
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		}
	}
}

// run serves the instances until ctx ends.
func (h *scriptHost) run(ctx context.Context) {
	end := context.AfterFunc(ctx, func() {
		h.mu.Lock()
		work := h.work
		h.mu.Unlock()
		if work != nil {
			work.Close() // ends a call that is under way
		}
	})
	defer end()
	defer h.close()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var last time.Time
	idle := time.Now()
	for ctx.Err() == nil {
		if rest := scriptGap - time.Since(last); rest > 0 && len(h.events) == 0 {
			select {
			case <-ctx.Done():
				return
			case <-time.After(rest):
			}
		}
		last = time.Now()
		h.gather()
		next := h.round(ctx, last)
		if len(h.list) > 0 {
			idle = last
		} else if h.working() && last.Sub(idle) > scriptIdle {
			h.close()
		} else if h.working() {
			next = min(next, scriptIdle)
		}
		timer.Reset(next)
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-h.wake:
		case e := <-h.events:
			h.serve(ctx, e)
		}
	}
}

func (h *scriptHost) working() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.work != nil
}

// close ends the process. Who still waits for an event is told.
func (h *scriptHost) close() {
	h.mu.Lock()
	work := h.work
	h.work = nil
	h.mu.Unlock()
	if work != nil {
		work.Close()
	}
	clear(h.loaded)
	h.epoch = 0
	if h.watcher != nil {
		h.watcher.Close()
		h.watcher = nil
	}
	for {
		select {
		case e := <-h.events:
			e.done <- scriptDone{problem: scriptsEnded()}
		default:
			return
		}
	}
}

// gather takes over which instances there are now.
func (h *scriptHost) gather() {
	h.mu.Lock()
	changed, gone := h.changed, h.gone
	h.changed, h.gone = false, nil
	if changed {
		h.list = h.list[:0]
		for _, x := range h.instances {
			h.list = append(h.list, x)
		}
		slices.SortFunc(h.list, func(a, b *instance) int { return int(a.number) - int(b.number) })
	}
	work := h.work
	h.mu.Unlock()
	if !changed {
		return
	}
	used := map[string]bool{}
	readers := map[tag.Slot][]reader{}
	var slots []tag.Slot
	for _, x := range h.list {
		used[x.key] = true
		for _, in := range x.heard() {
			if readers[in.slot] == nil {
				slots = append(slots, in.slot)
			}
			readers[in.slot] = append(readers[in.slot], reader{x, in.name})
		}
	}
	old := h.watcher
	h.readers = readers
	h.watcher = h.scripts.engine.table.Watch(slots, func() { poke(h.wake) })
	if old != nil {
		// What has changed since the last look is looked at again.
		h.dirty = old.Drain(h.dirty)
		old.Close()
	}
	if work == nil {
		return
	}
	for _, x := range gone {
		if used[x.key] {
			work.Free(x.key, x.number)
		}
	}
	h.mu.Lock()
	for key := range h.wrong {
		if !used[key] {
			delete(h.wrong, key)
		}
	}
	h.mu.Unlock()
	for key := range h.loaded {
		if !used[key] {
			work.Remove(key)
			delete(h.loaded, key)
		}
	}
}

// load brings the scripts of all instances into a process, and says of which epoch it is. Instances that were made in an
// earlier one must begin anew.
func (h *scriptHost) load() (*script.Host, bool) {
	h.mu.Lock()
	if h.work == nil {
		h.work = script.New(script.Options{Command: h.scripts.command, Log: h.scripts.engine.log.With("installation", h.installation)})
	}
	work := h.work
	h.mu.Unlock()
	for _, x := range h.list {
		if h.loaded[x.key] {
			continue
		}
		h.mu.Lock()
		wrong := h.wrong[x.key]
		h.mu.Unlock()
		if wrong == nil {
			if wrong = work.Load(x.key, x.own.Script); wrong == nil {
				h.loaded[x.key] = true
				continue
			}
			h.mu.Lock()
			h.wrong[x.key] = wrong
			h.mu.Unlock()
			h.tell(x, "error", wrong)
		}
		x.blame(wrong)
	}
	epoch, problem := work.Ready()
	if problem != nil {
		for _, x := range h.list {
			x.blame(problem)
		}
		return nil, false
	}
	h.epoch = epoch
	return work, true
}

// tell puts a problem of an instance into the log.
func (h *scriptHost) tell(x *instance, kind string, p *spec.Problem) {
	h.scripts.log.add(ScriptLine{Kind: kind, Installation: h.installation, Widget: x.widget, Screen: x.screen, Element: x.element, Text: p.Message, Line: p.Line, Column: p.Column, Problem: p})
}

// calls are made in one batch, each for an instance.
type calls struct {
	list []script.Call
	of   []*instance
}

func (c *calls) add(x *instance, f script.Function, args ...tag.Value) {
	c.list = append(c.list, script.Call{Script: x.key, Instance: x.number, Function: f, Args: args})
	c.of = append(c.of, x)
}

// round tells the scripts what is new, and gives how long nothing is due.
func (h *scriptHost) round(ctx context.Context, now time.Time) time.Duration {
	if h.watcher != nil {
		h.dirty = h.watcher.Drain(h.dirty)
	}
	if len(h.list) == 0 {
		h.dirty = h.dirty[:0]
		return time.Hour
	}
	work, ok := h.load()
	if !ok {
		return time.Second
	}
	var c calls
	next := time.Hour
	for _, x := range h.list {
		if !h.loaded[x.key] {
			continue
		}
		switch {
		case x.epoch == h.epoch && !x.broken:
		case now.Before(x.rests):
			next = min(next, x.rests.Sub(now))
		default:
			x.begin(&c, h.epoch, now)
		}
	}
	table := h.scripts.engine.table
	for _, slot := range h.dirty {
		for _, r := range h.readers[slot] {
			if x := r.of; x.epoch == h.epoch && !x.broken && !x.began.Equal(now) {
				sample := table.Get(slot)
				c.add(x, script.Data, tag.OfString(r.name), plain(sample), tag.OfBool(sample.Quality.IsGood()))
			}
		}
	}
	h.dirty = h.dirty[:0]
	for _, x := range h.list {
		if x.own.Every <= 0 || x.epoch != h.epoch || x.broken {
			continue
		}
		if !now.Before(x.due) {
			c.add(x, script.Every)
			if x.due = x.due.Add(x.own.Every); x.due.Before(now) {
				x.due = now.Add(x.own.Every)
			}
		}
		next = min(next, max(time.Millisecond, x.due.Sub(now)))
	}
	if len(c.list) > 0 {
		h.carryOut(ctx, work, &c, nil)
		if epoch, _ := work.Ready(); epoch != h.epoch {
			next = 0 // all begin anew
		}
	}
	return next
}

// plain is a value as a script gets it: null when it is bad.
func plain(s tag.Sample) tag.Value {
	if s.Quality.IsBad() {
		return tag.Value{}
	}
	return s.Value
}

// serve has a script handle the event of a person.
func (h *scriptHost) serve(ctx context.Context, e *scriptEvent) {
	h.gather()
	h.round(ctx, time.Now()) // what it knows is from before the event
	x := e.of
	h.mu.Lock()
	wrong := h.wrong[x.key]
	work := h.work
	h.mu.Unlock()
	switch {
	case wrong != nil:
		e.done <- scriptDone{problem: wrong}
		return
	case e.ctx.Err() != nil, work == nil, x.epoch != h.epoch, x.broken:
		e.done <- scriptDone{problem: scriptsEnded()}
		return
	}
	var c calls
	c.add(x, script.Event, tag.OfString(e.name), e.value)
	h.carryOut(ctx, work, &c, e)
}

func scriptsEnded() *spec.Problem {
	return &spec.Problem{Code: "script_away", Message: "The script of the widget does not run now.", Hint: "Try again; the log of the scripts says more."}
}

// carryOut makes calls, and does what came of them. What an event of a person wants emitted and written goes to who waits for it.
func (h *scriptHost) carryOut(ctx context.Context, work *script.Host, c *calls, e *scriptEvent) {
	results := work.Call(ctx, c.list)
	if ctx.Err() != nil {
		if e != nil {
			e.done <- scriptDone{problem: scriptsEnded()}
		}
		return
	}
	now := tag.Now()
	var updates []tag.Update
	var done scriptDone
	byNumber := map[uint32]*instance{}
	for i := range results {
		x, r := c.of[i], &results[i]
		byNumber[x.number] = x
		if p := r.Problem; p != nil {
			done.problem = p
			h.failed(x, c.list[i].Function, p)
			continue
		}
		if x.faulty && !x.broken {
			x.blame(nil)
		}
		for _, f := range r.Effects {
			// A script can keep a widget and speak for it at another time.
			of := byNumber[f.Instance]
			if of == nil || of.key != x.key {
				if of = h.numbered(f.Instance); of == nil || of.key != x.key {
					of = x
				}
			}
			switch {
			case f.Kind == script.Set:
				updates = h.set(of, &f, now, updates)
			case f.Kind == script.Log:
				h.scripts.log.add(ScriptLine{Kind: "log", Installation: h.installation, Widget: of.widget, Screen: of.screen, Element: of.element, Text: f.Name})
			case e != nil && of == x:
				done.effects = append(done.effects, f)
			case f.Kind == script.Emit:
				if of.listens(f.Name) {
					h.refuse(of, &spec.Problem{Code: "script_alone", Message: fmt.Sprintf("The event %q was emitted without a person, so that its actions are not done.", short(f.Name)), Hint: "Emit it in the function event, or show what has happened in the picture."})
				}
			case f.Kind == script.Write:
				h.refuse(of, &spec.Problem{Code: "script_alone", Message: fmt.Sprintf("A script writes for a person only: %q was not written.", short(f.Name)), Hint: "Write in the function event; for what has to be written by itself, use a computed tag or an alarm's reaction."})
			}
		}
	}
	if len(updates) > 0 {
		h.scripts.engine.table.Apply(updates)
	}
	if e != nil {
		e.done <- done
	}
}

// short is the beginning of a text of a script.
func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return s
}

// numbered finds an instance by its number.
func (h *scriptHost) numbered(n uint32) *instance {
	i, ok := slices.BinarySearchFunc(h.list, n, func(x *instance, n uint32) int { return int(x.number) - int(n) })
	if !ok {
		return nil
	}
	return h.list[i]
}

// set gives an output a value.
func (h *scriptHost) set(x *instance, f *script.Effect, now tag.Time, updates []tag.Update) []tag.Update {
	slot, ok := x.outputs[f.Name]
	if !ok {
		h.refuse(x, spec.OneOf("script_output", "", fmt.Sprintf("No part of the picture is set by %q.", short(f.Name)), f.Name, sortedKeys(x.outputs)))
		return updates
	}
	sample := tag.Sample{Value: f.Value, Source: now, Server: now}
	if f.Value.IsNone() {
		sample.Quality = tag.BadNoData
	}
	return append(updates, tag.Update{Slot: slot, Sample: sample})
}

// refuse says once in a while what was not done.
func (h *scriptHost) refuse(x *instance, p *spec.Problem) {
	if x.mayTell(p.Message) {
		h.tell(x, "refused", p)
	}
}

// failed shows what a script did wrong on the widget, and in the log.
func (h *scriptHost) failed(x *instance, f script.Function, p *spec.Problem) {
	switch p.Code {
	case "script_restarted":
		x.epoch = 0
		return
	case "script_paused":
		x.epoch, x.rests = 0, time.Now().Add(time.Second)
	case "script_crashed":
		x.epoch = 0
	}
	if f == script.Init {
		x.broken, x.rests = true, time.Now().Add(10*time.Second)
	}
	x.blame(p)
	if x.mayTell(p.Message) {
		h.tell(x, "error", p)
	}
}
