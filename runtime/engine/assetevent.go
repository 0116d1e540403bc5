package engine

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// How many events are kept: of one asset and event, and of all together. What is more is counted and told with the
// next one that is kept.
const (
	eventRate, eventBurst   = 1, 10
	eventsRate, eventsBurst = 200, 1000
	// maxEdges is how many may wait to be looked at.
	maxEdges = 10000
	// eventTick is how soon what was held back is looked at again.
	eventTick = time.Second
)

// AssetEvent is something that has happened at an asset.
type AssetEvent struct {
	// ID is the number that the store has given it, 0 when it is not kept.
	ID   int64
	Time time.Time
	// Asset is the path of the asset, Model its model, Event the id of the event there.
	Asset        tag.Path
	Model, Event string
	// Level is info, warning or error.
	Level          string
	Title, Message spec.Text
	// Values are those of the properties that the event keeps, null for those that had none.
	Values map[string]json.RawMessage
	// Dropped is how often it has happened since the last that was kept, beyond what is kept.
	Dropped int
}

// AssetEvents returns a channel on which what happens at assets from now on arrives, until cancel is called. A
// listener that does not read loses the oldest.
func (e *Engine) AssetEvents() (<-chan AssetEvent, func()) { return e.events.heard.listen() }

// eventBuild is one compiled event of an asset.
type eventBuild struct {
	def     *plant.AssetEvent
	program *expression.Program
	// reads are the tags of the condition, and behind them those whose values are kept.
	reads []tag.Path
}

// compileEvents compiles the conditions. What is wrong with one is said once, at the model.
func (b *plantBuild) compileEvents(ps *spec.Problems) {
	type fault struct{ at, code string }
	told := map[fault]bool{}
	for i := range b.from.Events {
		def := &b.from.Events[i]
		base := def.Asset
		program, problems := compileWhen(def.When, expression.Env{Tags: b.typeOf, Past: b.past, Base: &base, Members: b.members(base), Attribute: b.attribute(base)})
		for _, p := range problems.Under(def.At + "/when") {
			if f := (fault{p.At, p.Code}); !told[f] {
				told[f] = true
				*ps = append(*ps, p)
			}
		}
		if program == nil {
			continue
		}
		build := eventBuild{def: def, program: program, reads: program.Tags()}
		for _, id := range def.Values {
			build.reads = append(build.reads, def.Asset+"/"+tag.Path(id))
		}
		b.events = append(b.events, build)
	}
}

// compileWhen compiles the condition of an event.
func compileWhen(text string, env expression.Env) (*expression.Program, spec.Problems) {
	program, err := expression.Compile(text, env)
	if err != nil {
		return nil, problemsOf(err, "expression_invalid")
	}
	if program.Type() != tag.Bool {
		return nil, spec.Problems{{Code: "expression_type", Message: "The condition gives " + program.Type().String() + ", not a bool.", Hint: `Compare something: tag("./speed") > 1000.`}}
	}
	return program, nil
}

// events watches the conditions of all assets.
type events struct {
	record func(context.Context, []AssetEvent) error
	heard  fanout[AssetEvent]
	wake   chan struct{}

	// points are held by the swap lock of the engine.
	points map[eventKey]*eventPoint

	mu    sync.Mutex
	edges []edge
}

type eventKey struct {
	asset tag.Path
	event string
}

// eventPoint is one event of one asset.
type eventPoint struct {
	program *expression.Program
	reads   []tag.Path
	slots   []tag.Slot
	slot    tag.Slot

	// The table's, under its lock.
	known, is bool

	mu      sync.Mutex
	def     *plant.AssetEvent
	gone    bool
	dropped int

	// The rest is of the goroutine that keeps events.
	limit *rate.Limiter
	due   time.Time // when it has been true for long enough; zero when it is not waited for
	held  *edge     // the newest that was too much
}

// edge is a change of a condition.
type edge struct {
	point  *eventPoint
	rose   bool
	time   time.Time
	values []tag.Sample
}

// swapEvents takes the events of another plant into use. Conditions that did not change go on.
func (e *Engine) swapEvents(b *plantBuild) error {
	next := make(map[eventKey]*eventPoint, len(b.events))
	for i := range b.events {
		build := &b.events[i]
		key := eventKey{build.def.Asset, build.def.ID}
		slots := e.slots(build.reads)
		p := e.events.points[key]
		if p != nil && p.program.Same(build.program) && slices.Equal(p.reads, build.reads) && slices.Equal(p.slots, slots) {
			p.mu.Lock()
			p.def = build.def
			p.mu.Unlock()
			delete(e.events.points, key)
			next[key] = p
			continue
		}
		p = &eventPoint{program: build.program, reads: build.reads, slots: slots, def: build.def, limit: rate.NewLimiter(eventRate, eventBurst)}
		slot, err := e.table.AddComputed("", tag.Definition{Type: tag.Bool}, slots, e.events.watch(p))
		if err != nil {
			return err
		}
		p.slot = slot
		next[key] = p
	}
	gone := make([]tag.Slot, 0, len(e.events.points))
	for _, p := range e.events.points {
		p.mu.Lock()
		p.gone = true
		p.mu.Unlock()
		gone = append(gone, p.slot)
	}
	e.table.Remove(gone...)
	e.events.points = next
	return nil
}

// watch makes the evaluation of a condition, which notes each of its changes with the values of that moment. It runs
// under the lock of the table.
func (v *events) watch(p *eventPoint) tag.Eval {
	n := len(p.program.Tags())
	return func(deps []tag.Sample) tag.Sample {
		s := p.program.Eval(deps[:n], nil)
		if s.Quality.IsBad() || s.Value.Type() != tag.Bool {
			return s // nothing is known: what it was goes on
		}
		is := s.Value.Bool()
		if p.known && is != p.is {
			v.note(edge{point: p, rose: is, time: time.Now(), values: slices.Clone(deps[n:])})
		}
		p.known, p.is = true, is
		return s
	}
}

func (v *events) note(x edge) {
	v.mu.Lock()
	full := len(v.edges) >= maxEdges
	if !full {
		v.edges = append(v.edges, x)
	}
	v.mu.Unlock()
	if full && x.rose {
		x.point.mu.Lock()
		x.point.dropped++
		x.point.mu.Unlock()
	}
	poke(v.wake)
}

// runEvents keeps and tells events until ctx ends.
func (e *Engine) runEvents(ctx context.Context) {
	v := &e.events
	all := rate.NewLimiter(eventsRate, eventsBurst)
	waiting := map[*eventPoint]bool{} // that are due or held
	timer := time.NewTimer(eventTick)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-v.wake:
		case <-timer.C:
		}
		v.mu.Lock()
		edges := v.edges
		v.edges = nil
		v.mu.Unlock()
		now := time.Now()
		var out []AssetEvent
		raise := func(p *eventPoint, x edge) {
			if !p.limit.AllowN(now, 1) || !all.AllowN(now, 1) {
				p.held = &x
				waiting[p] = true
				p.mu.Lock()
				p.dropped++
				p.mu.Unlock()
				e.counters.eventsDropped.Add(1)
				return
			}
			p.held = nil
			if event, ok := e.describe(p, x); ok {
				out = append(out, event)
			}
		}
		for _, x := range edges {
			switch p := x.point; {
			case p.delay() == 0 && x.rose:
				raise(p, x)
			case p.delay() > 0 && x.rose:
				p.due = x.time.Add(p.delay())
				waiting[p] = true
			default:
				p.due = time.Time{}
			}
		}
		next := eventTick
		for p := range waiting {
			if p.isGone() {
				delete(waiting, p)
				continue
			}
			if !p.due.IsZero() {
				if wait := p.due.Sub(now); wait > 0 {
					next = min(next, wait)
				} else {
					p.due = time.Time{}
					raise(p, edge{point: p, rose: true, time: now, values: e.table.Read(p.slots[len(p.program.Tags()):], nil)})
				}
			}
			if p.held != nil && p.limit.TokensAt(now) >= 1 && all.TokensAt(now) >= 1 {
				// The newest of those that were too much stands for them all.
				x := *p.held
				p.mu.Lock()
				p.dropped--
				p.mu.Unlock()
				raise(p, x)
			}
			if p.due.IsZero() && p.held == nil {
				delete(waiting, p)
			}
		}
		if len(waiting) == 0 {
			next = time.Hour // until something happens
		}
		timer.Reset(next)
		e.tell(ctx, out)
	}
}

// tell keeps events and then tells whoever listens.
func (e *Engine) tell(ctx context.Context, list []AssetEvent) {
	if len(list) == 0 {
		return
	}
	e.counters.events.Add(uint64(len(list)))
	if e.events.record != nil {
		if err := e.events.record(context.WithoutCancel(ctx), list); err != nil {
			e.log.Error("events not kept", "events", len(list), "error", err)
		}
	}
	for _, x := range list {
		e.events.heard.send(x)
	}
}

func (p *eventPoint) delay() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	d, _ := time.ParseDuration(p.def.Delay) // it was checked
	return d
}

func (p *eventPoint) isGone() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gone
}

// describe makes the event of an edge; false when the asset is gone.
func (e *Engine) describe(p *eventPoint, x edge) (AssetEvent, bool) {
	p.mu.Lock()
	def, gone, dropped := p.def, p.gone, p.dropped
	p.dropped = 0
	p.mu.Unlock()
	if gone {
		return AssetEvent{}, false
	}
	out := AssetEvent{Time: x.time, Asset: def.Asset, Model: def.Model, Event: def.ID, Level: def.Level, Title: def.Title, Dropped: dropped, Values: map[string]json.RawMessage{}}
	if out.Level == "" {
		out.Level = plant.LevelInfo
	}
	shown := map[string]string{}
	for i, id := range def.Values {
		s := x.values[i]
		if s.Quality.IsBad() {
			out.Values[id], shown[id] = json.RawMessage("null"), "?"
			continue
		}
		out.Values[id], shown[id] = s.Value.AppendJSON(nil), e.showValue(p.slots[len(p.program.Tags())+i], s.Value)
	}
	out.Message = def.Text(func(id string) string { return shown[id] })
	return out, true
}

// showValue writes a value for people, with the decimals of its tag.
func (e *Engine) showValue(slot tag.Slot, v tag.Value) string {
	if d := e.table.Definition(slot); v.Type() == tag.Float && d.Decimals != nil {
		return strconv.FormatFloat(v.Float(), 'f', *d.Decimals, 64)
	}
	return v.String()
}
