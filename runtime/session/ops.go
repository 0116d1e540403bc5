package session

import (
	"context"
	"errors"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// screenRef is an opened screen that its view and the events under way share; the last gives
// it back to the engine.
type screenRef struct {
	*engine.Screen
	users atomic.Int32
}

func (s *screenRef) done() {
	if s != nil && s.users.Add(-1) == 0 {
		s.Release()
	}
}

// patterns is what a watch asks for, cut to what its user may see.
type patterns struct {
	paths []tag.Path
	// wild selects the rest; nil for nothing.
	wild   *tag.Selector
	rights auth.Rights
	index  map[tag.Path]int32
}

func newPatterns(list []tag.Pattern, rights auth.Rights) *patterns {
	p := &patterns{rights: rights, index: map[tag.Path]int32{}}
	var wild []tag.Pattern
	for _, pattern := range list {
		if pattern.IsPath() {
			p.paths = append(p.paths, tag.Path(pattern))
		} else {
			wild = append(wild, pattern)
		}
	}
	if len(wild) > 0 {
		p.wild = tag.NewSelector(wild)
	}
	return p
}

var errTooManySlots = errors.New("too many slots")

// match brings the slots of f up to date with the table and returns those that are new. Slots
// whose tag came or went are appended to f.changed. The caller holds f.mu.
func (p *patterns) match(f *feed) (added []WatchSlot, full bool) {
	table := f.hub.table
	found := make(map[tag.Path]tag.Slot, len(p.paths))
	for _, path := range p.paths {
		if !p.rights.Allows(auth.View, path) {
			continue // the answer must not say whether there is such a tag
		}
		slot, ok := table.Lookup(path)
		if !ok {
			slot = noTag
		}
		found[path] = slot
	}
	if p.wild != nil {
		for _, slot := range table.Select(p.wild) {
			if path := table.Path(slot); path != "" && p.rights.Allows(auth.View, path) {
				found[path] = slot
			}
		}
	}
	for path, i := range p.index {
		slot, ok := found[path]
		if !ok {
			slot = noTag
		}
		if s := &f.slots[i]; s.tag != slot {
			s.tag, s.quality = slot, tag.BadNodeIDUnknown
			f.changed = append(f.changed, i)
		}
	}
	var fresh []tag.Path
	for path := range found {
		if _, ok := p.index[path]; !ok {
			fresh = append(fresh, path)
		}
	}
	sort.Slice(fresh, func(i, j int) bool { return fresh[i] < fresh[j] })
	for _, path := range fresh {
		if len(f.slots) >= MaxSlots {
			return added, true
		}
		i := int32(len(f.slots))
		p.index[path] = i
		f.slots = append(f.slots, feedSlot{tag: found[path], quality: tag.BadNodeIDUnknown, path: path})
		f.changed = append(f.changed, i)
		added = append(added, WatchSlot{Slot: int(i), Path: string(path)})
	}
	return added, false
}

// watch answers a watch with the slots of its tags and their present values.
func (c *conn) watch(r *Request) {
	switch {
	case len(r.Tags) == 0:
		c.fail(r.ID, c.problem("tags_missing"))
		return
	case len(r.Tags) > MaxPatterns:
		c.fail(r.ID, c.problem("too_many_patterns"))
		return
	case !c.roomForView(r.ID):
		return
	case c.watches() >= MaxWatches:
		c.fail(r.ID, c.problem("too_many_views"))
		return
	}
	list := make([]tag.Pattern, 0, len(r.Tags))
	for i, text := range r.Tags {
		p, err := tag.ParsePattern(text)
		if err != nil {
			c.fail(r.ID, &Error{Code: "pattern_invalid", Message: err.Error(), At: "/tags/" + strconv.Itoa(i)})
			return
		}
		list = append(list, p)
	}
	slices.Sort(list)
	list = slices.Compact(list)
	var key strings.Builder
	key.WriteString("watch\x00" + c.actor.Rights.Key())
	for _, p := range list {
		key.WriteString("\x00" + string(p))
	}
	f, err := c.hub.acquire(c, key.String(), func(f *feed) error {
		f.patterns = newPatterns(list, c.actor.Rights)
		if _, full := f.patterns.match(f); full {
			return errTooManySlots
		}
		return nil
	})
	if err != nil {
		c.fail(r.ID, c.problem("too_many_slots"))
		return
	}
	c.join(f, nil, nil, func(slots []feedSlot) *Reply {
		reply := &Reply{ID: r.ID, OK: true, Slots: make([]WatchSlot, len(slots))}
		for i, s := range slots {
			reply.Slots[i] = WatchSlot{Slot: i, Path: string(s.path)}
		}
		return reply
	})
}

// open answers an open with the screen, its bindings and their present values.
func (c *conn) open(r *Request) {
	if len(r.Each) > 0 {
		c.openEach(r)
		return
	}
	c.openOne(r, nil)
}

// openOne opens one screen. shown are those that were opened by the same request, nil when it is the only one.
func (c *conn) openOne(r *Request, shown *[]opened) {
	rights := c.actor.Rights
	if !rights.Anywhere(auth.View) || r.Draft && !rights.Allows(auth.Design, "") {
		c.fail(r.ID, c.problem("forbidden"))
		return
	}
	if !c.roomForView(r.ID) {
		return
	}
	c.setLanguage(r.Language)
	params, took := c.offered(r)
	s, err := c.hub.engine.OpenScreen(r.Installation, r.Screen, params, r.Draft, rights.Roles()...)
	if err != nil {
		c.fail(r.ID, c.errorOf(err))
		return
	}
	ref := &screenRef{Screen: s}
	ref.users.Store(1)
	slots, mine, index := screenSlots(s, rights)
	if len(slots)+len(mine) > MaxSlots || c.slots()+len(slots)+len(mine) > MaxAllSlots {
		ref.done()
		c.fail(r.ID, c.problem("too_many_slots"))
		return
	}
	f, err := c.hub.acquire(c, screenKey(slots), func(f *feed) error {
		f.slots = slots
		return nil
	})
	if err != nil {
		ref.done()
		c.fail(r.ID, c.errorOf(err))
		return
	}
	reply := &Reply{ID: r.ID, OK: true, Screen: s.Document, Revision: s.Revision, Bindings: c.bindings(s, index), Took: took}
	reply.Units = c.hub.viewUnits(s, reply.Bindings, r.Units)
	if shown == nil || !liken(reply, s, shown) {
		reply.App = viewApp(s, rights.Roles())
	}
	var own *feed
	if len(mine) > 0 {
		own = c.hub.own(f, mine)
	}
	c.join(f, own, ref, func([]feedSlot) *Reply { return reply })
}

// bindings are those of a screen, with what the tags say of themselves.
func (c *conn) bindings(s *engine.Screen, index []int) []ViewBinding {
	out := make([]ViewBinding, len(s.Bindings))
	for i := range s.Bindings {
		b := &s.Bindings[i]
		out[i] = ViewBinding{Slot: index[i], Widget: b.Widget, Prop: b.Prop}
		if b.Tag != "" && c.actor.Rights.Allows(auth.View, b.Tag) {
			out[i].Meta = c.meta(b.Tag)
		} else if t := b.Computed; t != nil {
			out[i].Meta = &Meta{Type: b.ComputedType.String(), Title: t.Title.In(c.language()), Unit: t.Unit}
		}
	}
	return out
}

// meta is what a widget may know of the tag it is bound to.
func (c *conn) meta(path tag.Path) *Meta {
	m, ok := c.hub.engine.Meta(path, c.actor.Rights, c.language())
	if !ok {
		return nil
	}
	return &Meta{
		Path: string(path), Type: m.Type.String(), Title: m.Title, Description: m.Description, Unit: m.Unit,
		Low: m.Low, High: m.High, NormalLow: m.NormalLow, NormalHigh: m.NormalHigh, Decimals: m.Decimals, Format: m.Format,
		Writable: m.Writable, WriteLow: m.WriteLow, WriteHigh: m.WriteHigh, Confirm: m.Confirm, Release: m.Release,
	}
}

// screenSlots lists the slots of a screen as this user may see them, each once: first those that all
// share, then those of this view alone; and which of them, counted through, every binding has.
func screenSlots(s *engine.Screen, rights auth.Rights) (slots, mine []feedSlot, index []int) {
	known := map[feedSlot]int{}
	index = make([]int, len(s.Bindings))
	for i := range s.Bindings {
		b := &s.Bindings[i]
		slot := feedSlot{tag: b.Slot}
		if b.Problem != nil && len(b.Reads) == 0 {
			// What it will read once the plant is mended, and whether this user may, is not known.
			slot = feedSlot{tag: noTag, quality: tag.BadConfigurationError}
		}
		for _, path := range b.Reads {
			if !rights.Allows(auth.View, path) {
				slot = feedSlot{tag: noTag, quality: tag.BadUserAccessDenied}
				break
			}
		}
		at, ok := known[slot]
		if !ok {
			at = len(slots) + len(mine) // the engine lists those of this view last
			known[slot] = at
			if b.Own {
				mine = append(mine, slot)
			} else {
				slots = append(slots, slot)
			}
		}
		index[i] = at
	}
	return slots, mine, index
}

// screenKey is the same for views that show the same slots, whatever screen they belong to.
func screenKey(slots []feedSlot) string {
	key := make([]byte, 0, 7+8*len(slots))
	key = append(key, "screen\x00"...)
	for _, s := range slots {
		for _, n := range [2]uint32{uint32(s.tag), uint32(s.quality)} {
			key = append(key, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
		}
	}
	return string(key)
}

// join makes a view of a feed, and of one of its own if there is, and answers with reply,
// completed by the present values.
func (c *conn) join(f, own *feed, ref *screenRef, reply func(slots []feedSlot) *Reply) {
	v := &view{conn: c, feed: f, screen: ref}
	if own != nil {
		v.part = &view{conn: c, feed: own}
	}
	c.mu.Lock()
	c.views[f.id] = v
	c.mu.Unlock()
	answer := func(mine []byte) {
		f.join(v, func(slots []feedSlot, t int64, rows []byte) {
			r := reply(slots)
			r.View, r.T = f.id, t
			if len(rows) > 0 && len(mine) > 0 {
				rows = append(rows, ',')
			}
			c.send(encodeReply(r, append(rows, mine...)))
		})
	}
	if own == nil {
		answer(nil)
		return
	}
	own.join(v.part, func(_ []feedSlot, _ int64, mine []byte) { answer(mine) })
}

// watches is how many views are watches.
func (c *conn) watches() int {
	n := 0
	for _, v := range c.views { // only this goroutine changes it
		if v.screen == nil {
			n++
		}
	}
	return n
}

// slots is how many slots all screens have.
func (c *conn) slots() int {
	n := 0
	for _, v := range c.views { // only this goroutine changes it
		if v.screen != nil {
			n += len(v.feed.slots)
		}
	}
	return n
}

func (c *conn) roomForView(id int) bool {
	if len(c.views) >= MaxViews { // only this goroutine changes it
		c.fail(id, c.problem("too_many_views"))
		return false
	}
	return true
}

// drop ends a view. It must stand in no list of the connection any more, or the connection
// must be closing.
func (c *conn) drop(v *view) {
	v.feed.leave(v)
	c.hub.release(v.feed)
	if v.part != nil {
		v.part.feed.leave(v.part)
		v.part.feed.stop()
	}
	v.screen.done()
}

func (c *conn) closeView(r *Request) {
	switch {
	case len(r.Views) > 0:
		c.closeEach(r)
	case r.List != 0 && !c.closeList(r.List), r.List == 0 && !c.closeNumber(r.View):
		c.fail(r.ID, c.problem("view_unknown"))
	default:
		c.reply(&Reply{ID: r.ID, OK: true})
	}
}

// operate carries out an event or write beside the others, and outlives the connection: what
// was sent to a device is confirmed and recorded even if the operator has gone.
func (c *conn) operate(r Request) {
	var ref *screenRef
	if r.Op == "event" {
		v := c.views[r.View]
		if v == nil || v.screen == nil {
			c.fail(r.ID, c.problem("view_unknown"))
			return
		}
		ref = v.screen
	}
	select {
	case c.ops <- struct{}{}:
	default:
		c.fail(r.ID, c.problem("too_many_writes"))
		return
	}
	if ref != nil {
		ref.users.Add(1)
	}
	c.running.Add(1)
	go func() {
		defer c.running.Done()
		defer func() { <-c.ops }()
		defer ref.done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), opTimeout)
		defer cancel()
		if r.Op == "event" {
			c.event(ctx, ref, &r)
		} else {
			c.writeTag(ctx, &r)
		}
	}()
}

func (c *conn) event(ctx context.Context, ref *screenRef, r *Request) {
	if r.Ask {
		runs, err := c.hub.engine.Would(ref.Screen, r.Widget, r.Name, r.Data, c.actor)
		if err != nil {
			c.fail(r.ID, c.errorOf(err))
			return
		}
		c.reply(&Reply{ID: r.ID, OK: true, Runs: runs})
		return
	}
	var only [][]int
	if r.Runs != nil {
		only = [][]int{r.Runs}
	}
	result, err := c.hub.engine.Event(ctx, ref.Screen, r.Widget, r.Name, r.Data, r.Reason, c.actor, only...)
	if err != nil {
		c.fail(r.ID, c.errorOf(err))
		return
	}
	reply := &Reply{ID: r.ID, OK: true, Effects: result.Effects}
	if result.Write != nil {
		reply.Result = c.writeResult(result.Write)
	}
	c.reply(reply)
}

func (c *conn) writeTag(ctx context.Context, r *Request) {
	path, err := tag.ParsePath(r.Tag)
	if err != nil {
		c.fail(r.ID, &Error{Code: "path_invalid", Message: err.Error(), At: "/tag"})
		return
	}
	if len(r.Value) == 0 && r.Mode != engine.ModeToggle && r.Mode != engine.ModeHold {
		c.fail(r.ID, c.problem("value_missing"))
		return
	}
	result := c.hub.engine.Write(ctx, engine.WriteRequest{Path: path, Value: r.Value, Reason: r.Reason, Actor: c.actor, Manner: r.Manner})
	c.reply(&Reply{ID: r.ID, OK: true, Result: c.writeResult(&result)})
}

func (c *conn) writeResult(r *engine.WriteResult) *WriteResult {
	out := &WriteResult{Outcome: r.Outcome}
	if p := r.Problem; p != nil {
		out.Code, out.Message, out.Hint = p.Code, spec.Translate(p.Message, c.language()), spec.Translate(p.Hint, c.language())
	}
	if !r.Old.IsNone() {
		out.Old = r.Old.AppendJSON(nil)
	}
	if !r.New.IsNone() {
		out.New = r.New.AppendJSON(nil)
	}
	return out
}

// errorOf turns an error of the engine into one of the wire. What is no spec.Problem is for
// the log only.
func (c *conn) errorOf(err error) *Error {
	var one *spec.Problem
	var many spec.Problems
	switch {
	case errors.As(err, &one):
	case errors.As(err, &many) && len(many) > 0:
		one = many[0]
	default:
		c.hub.log.Error("live request failed", "actor", c.actor.Name, "error", err)
		return c.problem("internal")
	}
	return &Error{Code: one.Code, Message: spec.Translate(one.Message, c.language()), Hint: spec.Translate(one.Hint, c.language()), At: one.At}
}
