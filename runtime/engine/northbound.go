package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/northbound"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// States of a northbound interface besides StateDisabled.
const (
	StateStarting = "starting"
	StateRunning  = "running"
	StateFailed   = "failed"
)

// outlet is one northbound interface. One goroutine, run, keeps it at work.
type outlet struct {
	engine   *Engine
	build    *outletBuild
	log      *slog.Logger
	quit     chan struct{}
	once     sync.Once
	done     chan struct{}
	face     atomic.Pointer[northbound.Interface]
	requeued bool

	// mu guards what the swap of a plant brings up to date.
	mu     sync.RWMutex
	doc    *plant.Northbound
	slots  []tag.Slot
	there  []bool // whether slots[i] is one
	places map[tag.Slot][]int
	feeds  map[*outletFeed]struct{}

	definitions atomic.Uint64

	status struct {
		sync.Mutex
		state, err, place string
		since             time.Time
	}
}

// swapOutlets takes the interfaces of a plant into use: those that did not change go on.
func (e *Engine) swapOutlets(b *plantBuild) {
	order := make([]string, len(b.outlets))
	e.mu.RLock()
	old := e.outlets
	e.mu.RUnlock()
	next := make(map[string]*outlet, len(b.outlets))
	var fresh []*outlet
	for i, ob := range b.outlets {
		order[i] = ob.doc.ID
		if o := old[ob.doc.ID]; o != nil && o.build.same(ob) {
			next[ob.doc.ID] = o
			continue
		}
		o := e.newOutlet(ob)
		next[ob.doc.ID] = o
		if !ob.doc.Disabled {
			fresh = append(fresh, o)
		}
	}
	for i, ob := range b.outlets {
		next[order[i]].bind(ob.doc)
	}
	e.mu.Lock()
	e.outlets, e.outletOrder = next, order
	e.queuedOutlets = append(e.queuedOutlets, fresh...)
	e.mu.Unlock()
	poke(e.wake)
}

// stopOutlets ends the interfaces that are gone or have changed.
func (e *Engine) stopOutlets(b *plantBuild) {
	keep := map[string]*outletBuild{}
	for _, ob := range b.outlets {
		keep[ob.doc.ID] = ob
	}
	var ending []*outlet
	for id, o := range e.outlets {
		if ob := keep[id]; ob != nil && o.build.same(ob) || o.build.doc.Disabled {
			continue
		}
		o.end()
		ending = append(ending, o)
	}
	if len(ending) == 0 {
		return
	}
	e.mu.Lock()
	e.queuedOutlets = slices.DeleteFunc(e.queuedOutlets, func(o *outlet) bool {
		gone := slices.Contains(ending, o)
		if gone {
			close(o.done)
		}
		return gone
	})
	e.mu.Unlock()
	limit := time.NewTimer(stopGrace)
	defer limit.Stop()
	for _, o := range ending {
		select {
		case <-o.done:
		case <-limit.C:
			e.log.Error("northbound interface does not stop", "interface", o.build.doc.ID)
			return
		}
	}
}

// takeOutlets gives Run the interfaces that wait to be started.
func (e *Engine) takeOutlets() []*outlet {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := e.queuedOutlets
	e.queuedOutlets = nil
	return out
}

func (e *Engine) newOutlet(b *outletBuild) *outlet {
	o := &outlet{engine: e, build: b, log: e.log.With("interface", b.doc.ID), quit: make(chan struct{}), done: make(chan struct{}), feeds: map[*outletFeed]struct{}{}}
	o.status.state, o.status.since = StateStarting, time.Now()
	if b.doc.Disabled {
		o.status.state = StateDisabled
	}
	return o
}

// bind looks up the slots of the exposed tags, which a swap may have changed.
func (o *outlet) bind(doc *plant.Northbound) {
	o.mu.Lock()
	o.doc = doc
	o.slots, o.there = make([]tag.Slot, len(o.build.tags)), make([]bool, len(o.build.tags))
	o.places = make(map[tag.Slot][]int, len(o.build.tags))
	for i := range o.build.tags {
		slot, ok := o.engine.table.Lookup(o.build.tags[i].Path)
		o.slots[i], o.there[i] = slot, ok
		if ok {
			o.places[slot] = append(o.places[slot], i)
		}
	}
	o.definitions.Add(1)
	for f := range o.feeds {
		f.follow(o.engine.table, o.slots, o.there)
	}
	o.mu.Unlock()
}

func (o *outlet) end() { o.once.Do(func() { close(o.quit) }) }

// run keeps the interface at work until ctx ends or it is stopped.
func (o *outlet) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer close(o.done)
	var stopper sync.WaitGroup
	defer stopper.Wait()
	defer cancel()
	stopper.Go(func() {
		select {
		case <-o.quit:
			cancel()
		case <-ctx.Done():
		}
	})
	pause := backoffFirst
	for ctx.Err() == nil {
		began := time.Now()
		err := guard(o.log, "northbound "+o.build.typ.ID, func() error { return o.serve(ctx) })
		o.closeFeeds()
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			err = fmt.Errorf("it ended by itself")
		}
		o.set(StateFailed, err, "")
		if time.Since(began) > steady {
			pause = backoffFirst
		}
		timer := time.NewTimer(pause/2 + rand.N(pause/2+1))
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
		pause = min(pause*2, backoffMost)
	}
}

func (o *outlet) serve(ctx context.Context) error {
	settings, err := spec.WithSecrets(settingsOf(o.build.doc), o.engine.secret)
	if err != nil {
		return err
	}
	face, err := o.build.typ.New(settings, o.build.tags)
	if err != nil {
		return err
	}
	useTrust(o.engine.trust, "", face)
	o.face.Store(&face)
	return face.Run(ctx, o)
}

// set changes the state; an error stays shown until the interface is at work.
func (o *outlet) set(state string, err error, place string) {
	s := &o.status
	s.Lock()
	changed := s.state != state
	if changed {
		s.state, s.since = state, time.Now()
	}
	said := ""
	if err != nil {
		said = err.Error()
	}
	changed = changed || s.err != said
	s.err, s.place = said, place
	s.Unlock()
	switch {
	case !changed:
	case err != nil:
		o.log.Warn("northbound interface "+state, "error", err)
	default:
		o.log.Info("northbound interface "+state, "place", place)
	}
}

// Ready implements northbound.Host.
func (o *outlet) Ready(place string) { o.set(StateRunning, nil, place) }

// Lost implements northbound.Host.
func (o *outlet) Lost(err error) { o.set(StateFailed, err, "") }

// Log implements northbound.Host.
func (o *outlet) Log() *slog.Logger { return o.log }

// Definitions implements northbound.Host.
func (o *outlet) Definitions() uint64 { return o.definitions.Load() }

// Read implements northbound.Host.
func (o *outlet) Read(tags []int, dst []tag.Sample) []tag.Sample {
	o.mu.RLock()
	defer o.mu.RUnlock()
	slots := make([]tag.Slot, len(tags))
	for i, t := range tags {
		slots[i] = o.slots[t]
	}
	first := len(dst)
	dst = o.engine.table.Read(slots, dst)
	for i, t := range tags {
		if !o.there[t] {
			dst[first+i] = tag.Sample{Quality: tag.BadOutOfService}
		}
	}
	return dst
}

// Info implements northbound.Host.
func (o *outlet) Info(i int) northbound.Info { return o.engine.exposedInfo(&o.build.tags[i]) }

// exposedInfo is what a northbound interface is told of a tag.
func (e *Engine) exposedInfo(t *northbound.Tag) northbound.Info {
	info := northbound.Info{Type: t.Type}
	en, ok := e.lookup(t.Path)
	if !ok {
		return info
	}
	d := e.table.Definition(en.slot)
	info.Title, info.Description, info.Unit, info.Low, info.High, info.Decimals = en.title, d.Description, d.Unit, d.Low, d.High, d.Decimals
	if en.doc != nil {
		info.Title = en.doc.Title
	}
	if g := en.gate; g != nil {
		info.Writable, info.WriteLow, info.WriteHigh = true, g.low, g.high
	}
	if en.origin != nil {
		info.Asset, info.Model, info.Property = en.origin.Asset, en.origin.Model, en.origin.Property
	}
	return info
}

// request is a write as the gate takes it: the interface may write this one tag, if its entry says so.
func (o *outlet) request(w northbound.Write) WriteRequest {
	t := &o.build.tags[w.Tag]
	actor := auth.Actor{Name: "northbound:" + o.build.doc.ID, Origin: w.From + " " + o.build.typ.ID}
	if t.Write {
		actor.Rights = auth.RightsOf([]auth.Grant{{Role: "operator", Area: t.Path}}, auth.View|auth.Operate)
	}
	return WriteRequest{Path: t.Path, Value: w.Value.AppendJSON(nil), Reason: w.Reason, Actor: actor}
}

// Check implements northbound.Host.
func (o *outlet) Check(w northbound.Write) *spec.Problem {
	_, _, problem := o.engine.admit(o.request(w))
	return problem
}

// Write implements northbound.Host.
func (o *outlet) Write(ctx context.Context, w northbound.Write) (northbound.Outcome, *spec.Problem) {
	r := o.engine.Write(ctx, o.request(w))
	return northbound.Outcome(r.Outcome), r.Problem
}

// outletFeed implements northbound.Feed over swaps of the plant.
type outletFeed struct {
	outlet *outlet
	wake   func()

	mu      sync.Mutex
	watcher *tag.Watcher
	all     bool // everything has changed
	slots   []tag.Slot
}

// Watch implements northbound.Host.
func (o *outlet) Watch(wake func()) northbound.Feed {
	f := &outletFeed{outlet: o, wake: wake}
	o.mu.Lock()
	defer o.mu.Unlock()
	f.follow(o.engine.table, o.slots, o.there)
	f.all = false
	o.feeds[f] = struct{}{}
	return f
}

// follow watches other slots from now on. Its outlet is locked.
func (f *outletFeed) follow(table *tag.Table, slots []tag.Slot, there []bool) {
	known := make([]tag.Slot, 0, len(slots))
	for i, slot := range slots {
		if there[i] {
			known = append(known, slot)
		}
	}
	f.mu.Lock()
	if f.watcher != nil {
		f.watcher.Close()
	}
	f.watcher, f.all = table.Watch(known, f.wake), true
	f.mu.Unlock()
	f.wake()
}

// Drain implements northbound.Feed.
func (f *outletFeed) Drain(dst []int) []int {
	f.outlet.mu.RLock()
	defer f.outlet.mu.RUnlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.slots = f.watcher.Drain(f.slots[:0])
	if f.all {
		f.all = false
		for i := range f.outlet.slots {
			dst = append(dst, i)
		}
		return dst
	}
	first := len(dst)
	for _, slot := range f.slots {
		dst = append(dst, f.outlet.places[slot]...)
	}
	slices.Sort(dst[first:])
	return dst
}

// Close implements northbound.Feed.
func (f *outletFeed) Close() {
	f.outlet.mu.Lock()
	delete(f.outlet.feeds, f)
	f.outlet.mu.Unlock()
	f.mu.Lock()
	f.watcher.Close()
	f.mu.Unlock()
}

// closeFeeds ends what an interface has left open.
func (o *outlet) closeFeeds() {
	o.mu.Lock()
	left := make([]*outletFeed, 0, len(o.feeds))
	for f := range o.feeds {
		left = append(left, f)
	}
	o.mu.Unlock()
	for _, f := range left {
		f.Close()
	}
}

// NorthboundStatus is how a northbound interface is doing.
type NorthboundStatus struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	Kind string `json:"kind"`
	// State is disabled, starting, running or failed; one that failed is tried again.
	State string `json:"state" enum:"disabled,starting,running,failed"`
	// Error is why it failed.
	Error string `json:"error,omitempty"`
	// Place is where it is to be found: "127.0.0.1:502".
	Place string `json:"place,omitempty"`
	// Since is when the state began.
	Since time.Time `json:"since"`
	// Tags is how many are exposed.
	Tags  int              `json:"tags"`
	Stats northbound.Stats `json:"stats"`
}

// Northbound is the state of all northbound interfaces, in the order of the document.
func (e *Engine) Northbound() []NorthboundStatus {
	e.mu.RLock()
	list := make([]*outlet, len(e.outletOrder))
	for i, id := range e.outletOrder {
		list[i] = e.outlets[id]
	}
	e.mu.RUnlock()
	out := make([]NorthboundStatus, 0, len(list))
	for _, o := range list {
		o.mu.RLock()
		doc := o.doc
		o.mu.RUnlock()
		s := NorthboundStatus{ID: doc.ID, Name: doc.Name, Kind: doc.Kind, Tags: len(o.build.tags)}
		o.status.Lock()
		s.State, s.Error, s.Place, s.Since = o.status.state, o.status.err, o.status.place, o.status.since
		o.status.Unlock()
		if face := o.face.Load(); face != nil && s.State != StateDisabled {
			if c, ok := (*face).(northbound.Counter); ok {
				s.Stats = c.Stats()
			}
		}
		out = append(out, s)
	}
	return out
}

func settingsOf(doc *plant.Northbound) json.RawMessage {
	if len(doc.Settings) == 0 {
		return json.RawMessage("{}")
	}
	return doc.Settings
}

func northboundIDs() string {
	var ids []string
	for _, t := range northbound.Types() {
		ids = append(ids, t.ID)
	}
	return strings.Join(ids, ", ")
}
