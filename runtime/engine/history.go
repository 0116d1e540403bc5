package engine

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of what waits to be taken into the history.
const (
	maxRecorded  = 1 << 20
	historyEvery = 200 * time.Millisecond
)

// Archive is the history of the tags, nil when none is kept.
func (e *Engine) Archive() *historian.Archive { return e.archive }

// recorded is what the scribe knows of one tag.
type recorded struct {
	// What every change needs stands together at the front: 10,000 of them do not fit into the caches of a processor.
	series int64
	// at is the time of what was kept last, 0 when nothing was.
	at tag.Time
	// when is the condition under which samples are kept, nil for always.
	when     *expression.Program
	deadband float64
	// changes are kept when they are larger than deadband; never for a tag that is kept by interval only.
	changes bool
	// holds is what the condition was last.
	holds bool
	// last is what was kept last, of a tag with a deadband.
	last historian.Sample

	path                tag.Path
	slot                tag.Slot
	interval, heartbeat tag.Time // 0 for none
	// history and typ are what the policy comes from.
	history *plant.History
	typ     string
}

// scribe brings changes of tags into the history.
type scribe struct {
	engine     *Engine
	archive    *historian.Archive
	changes    *tag.Recorder
	generation uint64
	arranged   bool
	byDefault  *plant.History
	by         []*recorded // by slot, nil for what is not kept
	// timed are the tags that are kept at an interval, pulse those that have a heartbeat; by that time.
	timed, pulse map[tag.Time][]*recorded
	due          map[tag.Time]tag.Time // of timed
	beat         map[tag.Time]tag.Time // of pulse
	buffer       []tag.Change
	// conditional are the tags with a condition.
	conditional []*recorded
	// strays are changes of tags that came with a plant which is not arranged for yet.
	strays []tag.Change
	// kept are samples to hand over, in the order of their coming.
	kept []historian.Entry
	lost uint64
}

// handful is how many samples are handed over at once: what fits into a near cache of the processor.
const handful = 1024

// recordHistory keeps the history until ctx ends.
func (e *Engine) recordHistory(ctx context.Context) {
	if e.archive == nil {
		return
	}
	r := &scribe{engine: e, archive: e.archive}
	r.changes = e.table.Record(maxRecorded, nil)
	defer r.changes.Close()
	tick := time.NewTicker(historyEvery)
	defer tick.Stop()
	for {
		now := tag.Now()
		if !r.arranged || e.table.Generation() != r.generation {
			r.take() // what came before belongs to the tags as they were
			if err := r.arrange(ctx, now); err != nil {
				e.log.Error("history not arranged", "error", err)
			}
		}
		r.conditions(now)
		r.take()
		r.takePast()
		r.clocks(now)
		r.hand()
		select {
		case <-ctx.Done():
			r.take()
			r.takePast()
			r.hand()
			return
		case <-tick.C:
		}
	}
}

// arrange finds out whose changes are kept, and how. What was kept before and is no longer ends with a bad sample, so that
// its last value does not seem to hold on.
func (r *scribe) arrange(ctx context.Context, now tag.Time) error {
	e := r.engine
	timed, pulse := map[tag.Time][]*recorded{}, map[tag.Time][]*recorded{}
	var conditional []*recorded
	var paths []tag.Path
	var list []*recorded // that were not kept like this before
	e.swap.Lock()        // not in the midst of a change of the plant
	generation := e.table.Generation()
	e.mu.RLock()
	p := e.plant
	next := make([]*recorded, 0, len(r.by)+1)
	for _, y := range bySlot(e.running.entries) {
		path, t := y.path, y.entry
		x := r.at(t.slot)
		if x == nil || x.path != path || x.history != t.doc.History || x.typ != t.doc.Type || r.byDefault != p.History {
			h := p.HistoryOf(&t.doc.Definition)
			if h.Keep == "none" {
				continue
			}
			x = &recorded{path: path, slot: t.slot, history: t.doc.History, typ: t.doc.Type, changes: h.Keep != "interval", deadband: h.Deadband, heartbeat: heartbeatOf(h)}
			if h.Interval != "" {
				x.interval = span(h.Interval)
			}
			paths, list = append(paths, path), append(list, x)
		}
		if x.when = t.when; x.when != nil {
			conditional = append(conditional, x)
		}
		for len(next) <= int(t.slot) {
			next = append(next, nil)
		}
		next[t.slot] = x
		if x.interval > 0 {
			timed[x.interval] = append(timed[x.interval], x)
		}
		if x.heartbeat > 0 && x.changes {
			pulse[x.heartbeat] = append(pulse[x.heartbeat], x)
		}
	}
	e.mu.RUnlock()
	e.swap.Unlock()
	ids, err := r.archive.SeriesOf(ctx, paths)
	if err != nil {
		return fmt.Errorf("series: %w", err)
	}
	alive := r.archive.Alive()
	for i, x := range list {
		x.series = ids[i]
		if old := r.at(x.slot); old != nil && old.path == x.path {
			x.at, x.last = old.at, old.last
		}
	}
	goOn := make(map[int64]bool, len(list)) // series that go on, perhaps under another path
	for _, x := range list {
		goOn[x.series] = true
	}
	for slot, old := range r.by {
		if old == nil || goOn[old.series] {
			continue
		}
		if slot >= len(next) || next[slot] == nil || next[slot].path != old.path {
			r.keep(old, historian.Sample{Time: now, Quality: tag.BadNotConnected})
		}
	}
	first, began := !r.arranged, map[*recorded]bool{}
	strays := r.strays
	r.strays = nil
	for i := range strays {
		if at := int(strays[i].Slot); at >= len(next) {
			continue
		} else if x := next[at]; x != nil && x.changes && x.at == 0 {
			began[x] = true
		}
	}
	for _, x := range list {
		if x.at != 0 {
			continue
		}
		// Nobody looked since the runtime last ran.
		if first && alive > 0 && alive < now {
			r.keep(x, historian.Sample{Time: alive, Quality: tag.BadNotConnected})
		}
		x.at, x.last = 0, historian.Sample{}
		if x.when != nil {
			continue // it begins when its condition holds
		}
		if s := e.table.Get(x.slot); x.changes && !began[x] && s.Quality != tag.BadWaitingForInitialData {
			r.keep(x, sampleOf(s))
		}
	}
	r.by, r.timed, r.pulse, r.generation, r.arranged, r.byDefault = next, timed, pulse, generation, true, p.History
	r.due, r.beat, r.conditional = map[tag.Time]tag.Time{}, map[tag.Time]tag.Time{}, conditional
	r.changed(strays, false)
	return nil
}

// bySlot are the tags of the document in the order of their slots: what is made of them in this order lies in memory as it
// is gone through.
func bySlot(entries map[tag.Path]*entry) []placed {
	out := make([]placed, 0, len(entries))
	for path, t := range entries {
		if t.doc != nil {
			out = append(out, placed{path, t})
		}
	}
	slices.SortFunc(out, func(x, y placed) int { return cmp.Compare(x.entry.slot, y.entry.slot) })
	return out
}

// placed is a tag of the document with its path.
type placed struct {
	path  tag.Path
	entry *entry
}

// at is what is known of the tag in a slot, nil when it is not kept.
func (r *scribe) at(slot tag.Slot) *recorded {
	if int(slot) < len(r.by) {
		return r.by[slot]
	}
	return nil
}

// span is a time that the document holds; it was checked there.
func span(s string) tag.Time {
	d, _ := time.ParseDuration(s)
	return tag.Time(d)
}

func heartbeatOf(h plant.History) tag.Time {
	if h.Heartbeat == "" {
		return tag.Time(plant.DefaultHeartbeat)
	}
	return span(h.Heartbeat)
}

// sampleOf is a sample as it is kept: at the time of its source, or else of the server, in milliseconds.
func sampleOf(s tag.Sample) historian.Sample {
	at := s.Source
	if at == 0 {
		at = s.Server
	}
	return historian.Sample{Time: at - at%1e6, Value: s.Value, Quality: s.Quality}
}

// take goes through the changes since the last time.
func (r *scribe) take() {
	var lost uint64
	r.buffer, lost = r.changes.Drain(r.buffer[:0])
	if lost > 0 {
		r.lost += lost
		r.engine.log.Error("changes came faster than they could be kept", "lost", lost)
	}
	r.changed(r.buffer, true)
}

// changed keeps changes, and lets go of their texts. Those of tags that are not known may be of tags that have just come: with
// waits they are looked at again when those are known.
func (r *scribe) changed(changes []tag.Change, waits bool) {
	for i := range changes {
		c := changes[i]
		if c.Sample.Value.Text() != "" {
			changes[i].Sample.Value = tag.Value{}
		}
		x := r.at(c.Slot)
		if x == nil && waits && len(r.strays) < maxRecorded && (!r.arranged || r.engine.table.Generation() != r.generation) {
			r.strays = append(r.strays, c)
		}
		if x == nil || !x.changes {
			continue
		}
		if x.when != nil && !r.judge(x, c.Sample) {
			continue
		}
		s := sampleOf(c.Sample)
		if s.Quality == tag.BadWaitingForInitialData || x.within(&s) {
			continue
		}
		r.keep(x, s)
	}
}

// conditions looks whether what tags are kept under has begun to hold or has ended.
func (r *scribe) conditions(now tag.Time) {
	for _, x := range r.conditional {
		r.judge(x, r.engine.table.Get(x.slot))
	}
}

// judge reports whether a tag is kept now, with a value. When that begins, its present sample is kept; when it ends, one
// that says that nobody looks.
func (r *scribe) judge(x *recorded, s tag.Sample) bool {
	got := evaluate(x.when, r.engine.table, map[string]tag.Sample{"value": s})
	holds := !got.Quality.IsBad() && got.Value.Type() == tag.Bool && got.Value.Bool()
	if holds == x.holds {
		return holds
	}
	x.holds = holds
	now := tag.Now()
	now -= now % 1e6
	if !holds {
		if x.at != 0 {
			r.keep(x, historian.Sample{Time: max(now, x.at+1e6), Quality: tag.BadNotConnected})
		}
		return false
	}
	if s.Quality != tag.BadWaitingForInitialData {
		begin := sampleOf(s)
		begin.Time = now
		r.keep(x, begin)
	}
	return true
}

// pastSamples are samples that are not the present value of their tags, on their way into the history.
type pastSamples struct {
	mu   sync.Mutex
	list []tag.Change
	lost uint64
}

// keepLate takes samples into the history that are not the present value.
func (e *Engine) keepLate(changes []tag.Change) {
	if e.archive == nil {
		return
	}
	e.past.mu.Lock()
	defer e.past.mu.Unlock()
	if room := maxRecorded - len(e.past.list); len(changes) > room {
		e.past.lost += uint64(len(changes) - room)
		changes = changes[:room]
	}
	e.past.list = append(e.past.list, changes...)
}

// takePast keeps what came late, at its own time. Whether a condition held then is not known, so that it is kept.
func (r *scribe) takePast() {
	p := &r.engine.past
	p.mu.Lock()
	list, lost := p.list, p.lost
	p.list, p.lost = nil, 0
	p.mu.Unlock()
	if lost > 0 {
		r.lost += lost
		r.engine.log.Error("late samples came faster than they could be kept", "lost", lost)
	}
	for i := range list {
		if x := r.at(list[i].Slot); x != nil {
			at, last := x.at, x.last
			r.keep(x, sampleOf(list[i].Sample))
			x.at, x.last = at, last
		}
	}
}

// compileHistory compiles the condition under which the history of a tag is kept.
func (b *plantBuild) compileHistory(t *tagBuild, at string, ps *spec.Problems) {
	program, err := expression.Compile(t.doc.History.When, b.env(t, map[string]tag.Type{"value": t.typ}))
	switch {
	case err != nil:
		*ps = append(*ps, problemsOf(err, "expression_invalid").Under(at)...)
	case program.Type() != tag.Bool && program.Type() != tag.None:
		ps.Add("expression_type", at, "Compare something: value > 0, or tag(…).", "The condition of the history gives %s, not a bool.", program.Type())
	default:
		t.when = program
	}
}

// within reports whether a sample differs from the last by no more than the deadband.
func (x *recorded) within(s *historian.Sample) bool {
	return x.deadband > 0 && x.at != 0 && s.Quality == x.last.Quality && s.Value.Type().IsNumber() && x.last.Value.Type() == s.Value.Type() &&
		math.Abs(s.Value.Float()-x.last.Value.Float()) <= x.deadband
}

func (r *scribe) keep(x *recorded, s historian.Sample) {
	if len(r.kept) == handful {
		r.hand()
	}
	r.kept = append(r.kept, historian.Entry{Series: x.series, Sample: s})
	x.at = s.Time
	if x.deadband > 0 {
		x.last = s
	}
}

// clocks keeps what is due by an interval or a heartbeat.
func (r *scribe) clocks(now tag.Time) {
	for interval, list := range r.timed {
		due, known := r.due[interval]
		if !known {
			due = now - now%interval + interval
			r.due[interval] = due
		}
		if now < due {
			continue
		}
		for _, x := range list {
			s := sampleOf(r.engine.table.Get(x.slot))
			if s.Quality == tag.BadWaitingForInitialData || x.when != nil && !x.holds {
				continue
			}
			s.Time = due
			r.keep(x, s)
		}
		r.due[interval] = now - now%interval + interval
	}
	for interval, list := range r.pulse {
		if now < r.beat[interval] {
			continue
		}
		r.beat[interval] = now + min(interval, tag.Time(time.Minute))
		for _, x := range list {
			if x.at == 0 || now-x.at < interval || x.when != nil && !x.holds {
				continue
			}
			s := sampleOf(r.engine.table.Get(x.slot))
			s.Time = now - now%1e6
			if s.Time > x.at {
				r.keep(x, s)
			}
		}
	}
}

// hand gives what was kept to the archive.
func (r *scribe) hand() {
	if len(r.kept) > 0 {
		r.archive.AppendEntries(r.kept)
		for i := range r.kept {
			if v := &r.kept[i].Sample.Value; v.Text() != "" {
				*v = tag.Value{} // it is let go
			}
		}
		r.kept = r.kept[:0]
	}
}
