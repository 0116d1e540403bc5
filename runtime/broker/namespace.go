package broker

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/tag"
)

// publishEvery is the least time between two messages of one tag.
const publishEvery = 100 * time.Millisecond

// Bounds of what clients have retained on plain topics.
const (
	maxRetained      = 20_000
	maxRetainedBytes = 64 << 20
)

// entry is one topic with a retained message: a tag, or a plain topic.
type entry struct {
	topic   string
	slot    tag.Slot
	isTag   bool
	payload []byte
}

// namespace holds the retained message of every topic: those of tags follow the live table and
// are encoded once, whoever has them. Nothing of it is kept on disk.
type namespace struct {
	table *tag.Table
	every time.Duration
	wake  chan struct{}

	// mu is taken before that of a client.
	mu      sync.RWMutex
	entries []*entry // nil where one was removed
	free    []uint32
	byTopic map[string]uint32
	bySlot  map[tag.Slot]uint32
	clients map[*client]struct{}
	// stale says that payloads of tags were not made because nobody was there to have them.
	stale         bool
	retained      int // plain topics
	retainedBytes int
}

func newNamespace(table *tag.Table) *namespace {
	return &namespace{table: table, wake: make(chan struct{}, 1), byTopic: map[string]uint32{}, bySlot: map[tag.Slot]uint32{}, clients: map[*client]struct{}{}, stale: true}
}

func (s *namespace) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// begin takes up the tags there are, so that the first client has them all as retained, and
// gives what follows them further until ctx ends.
func (s *namespace) begin() (run func(ctx context.Context)) {
	cancel := s.table.OnChange(s.poke)
	generation := s.table.Generation()
	watcher := s.follow()
	return func(ctx context.Context) {
		defer cancel()
		s.run(ctx, watcher, generation)
	}
}

// run follows the live table until ctx ends.
func (s *namespace) run(ctx context.Context, watcher *tag.Watcher, generation uint64) {
	defer func() { watcher.Close() }()
	var dirty []tag.Slot
	var samples []tag.Sample
	pause := time.NewTimer(s.every)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		}
		if g := s.table.Generation(); g != generation {
			generation = g
			next := s.follow()
			dirty = watcher.Drain(dirty[:0])
			watcher.Close()
			watcher = next
			samples = s.change(dirty, samples)
		}
		dirty = watcher.Drain(dirty[:0])
		samples = s.change(dirty, samples)
		pause.Reset(s.every)
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
	}
}

// follow brings the entries in line with the tags there are, and watches them.
func (s *namespace) follow() *tag.Watcher {
	slots := s.table.Match("**")
	watcher := s.table.Watch(slots, s.poke)
	s.mu.Lock()
	defer s.mu.Unlock()
	bySlot := make(map[tag.Slot]uint32, len(slots))
	var fresh []uint32
	var samples []tag.Sample
	for _, slot := range slots {
		path := s.table.Path(slot)
		if path == "" {
			continue
		}
		i, ok := s.byTopic[string(path)]
		if ok && s.entries[i].isTag && s.entries[i].slot == slot {
			bySlot[slot] = i
			continue
		}
		switch {
		case !ok:
			i = s.add(&entry{topic: string(path)})
		case !s.entries[i].isTag:
			s.forget(s.entries[i])
		}
		s.entries[i].isTag, s.entries[i].slot = true, slot
		bySlot[slot] = i
		fresh = append(fresh, i)
	}
	s.bySlot = bySlot
	for i, e := range s.entries {
		if e == nil || !e.isTag {
			continue
		}
		if at, ok := bySlot[e.slot]; ok && at == uint32(i) {
			continue
		}
		for c := range s.clients {
			c.clear(uint32(i), e.topic)
		}
		s.remove(uint32(i))
	}
	if len(s.clients) == 0 {
		s.stale = true
		return watcher
	}
	for _, i := range fresh {
		e := s.entries[i]
		samples = s.table.Read([]tag.Slot{e.slot}, samples[:0])
		e.payload = appendPayload(e.payload[:0], samples[0])
		for c := range s.clients {
			c.appeared(i, e)
		}
	}
	s.rouse()
	return watcher
}

func (s *namespace) add(e *entry) uint32 {
	var i uint32
	if n := len(s.free); n > 0 {
		i, s.free = s.free[n-1], s.free[:n-1]
		s.entries[i] = e
	} else {
		i = uint32(len(s.entries))
		s.entries = append(s.entries, e)
	}
	s.byTopic[e.topic] = i
	return i
}

func (s *namespace) remove(i uint32) {
	delete(s.byTopic, s.entries[i].topic)
	s.entries[i] = nil
	s.free = append(s.free, i)
}

// forget takes a plain topic out of the account.
func (s *namespace) forget(e *entry) {
	s.retained--
	s.retainedBytes -= len(e.payload)
}

// change encodes the tags that have changed and tells the clients that want them.
func (s *namespace) change(slots []tag.Slot, samples []tag.Sample) []tag.Sample {
	if len(slots) == 0 {
		return samples
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.clients) == 0 {
		s.stale = true
		return samples
	}
	samples = s.table.Read(slots, samples[:0])
	changed := make([]uint32, 0, len(slots))
	for n, slot := range slots {
		if i, ok := s.bySlot[slot]; ok && samples[n].Quality != tag.BadNodeIDUnknown {
			e := s.entries[i]
			e.payload = appendPayload(e.payload[:0], samples[n])
			changed = append(changed, i)
		}
	}
	for c := range s.clients {
		c.changed(changed)
	}
	return samples
}

// rouse has the writers of all clients look for something new.
func (s *namespace) rouse() {
	for c := range s.clients {
		c.conn.poke()
	}
}

// join lets a client have messages.
func (s *namespace) join(c *client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients[c] = struct{}{}
	if !s.stale {
		return
	}
	s.stale = false
	slots := make([]tag.Slot, 0, len(s.bySlot))
	at := make([]uint32, 0, len(s.bySlot))
	for slot, i := range s.bySlot {
		slots, at = append(slots, slot), append(at, i)
	}
	for n, sample := range s.table.Read(slots, nil) {
		e := s.entries[at[n]]
		e.payload = appendPayload(e.payload[:0], sample)
	}
}

func (s *namespace) leave(c *client) {
	s.mu.Lock()
	delete(s.clients, c)
	s.mu.Unlock()
}

// all lists the clients.
func (s *namespace) all() []*client {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]*client, 0, len(s.clients))
	for c := range s.clients {
		out = append(out, c)
	}
	return out
}

// isTag reports whether a topic is the path of a tag.
func (s *namespace) isTag(topic string) bool {
	_, ok := s.table.Lookup(tag.Path(topic))
	return ok
}

// retain keeps the message of a plain topic for those who come later; an empty one is removed.
// It reports whether there was room.
func (s *namespace) retain(topic string, payload []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.byTopic[topic]
	if ok && s.entries[i].isTag {
		return false
	}
	if len(payload) == 0 {
		if ok {
			s.forget(s.entries[i])
			for c := range s.clients {
				c.drop(i)
			}
			s.remove(i)
		}
		return true
	}
	had := 0
	if ok {
		had = len(s.entries[i].payload)
	}
	if !ok && s.retained >= maxRetained || s.retainedBytes+len(payload)-had > maxRetainedBytes {
		return false
	}
	if !ok {
		i = s.add(&entry{topic: topic})
		s.retained++
	}
	s.retainedBytes += len(payload) - had
	s.entries[i].payload = slices.Clone(payload)
	return true
}

// match calls do with every entry that a filter selects and rights let be viewed.
func (s *namespace) match(f filter, rights auth.Rights, do func(i uint32)) {
	if f.exact {
		if i, ok := s.byTopic[f.text]; ok && rights.Allows(auth.View, tag.Path(f.text)) {
			do(i)
		}
		return
	}
	for i, e := range s.entries {
		if e != nil && f.match(e.topic) && rights.Allows(auth.View, tag.Path(e.topic)) {
			do(uint32(i))
		}
	}
}

// appendPayload appends what is published of a sample.
func appendPayload(dst []byte, s tag.Sample) []byte {
	dst = append(dst, `{"value":`...)
	if s.Quality.IsBad() {
		dst = append(dst, "null"...)
	} else {
		dst = s.Value.AppendJSON(dst)
	}
	dst = strconv.AppendUint(append(dst, `,"quality":`...), uint64(s.Quality), 10)
	dst = append(append(append(dst, `,"qualityName":"`...), s.Quality.String()...), `","time":`...)
	at := s.Source
	if at == 0 {
		at = s.Server
	}
	if at == 0 {
		return append(dst, "null}"...)
	}
	dst = at.Std().UTC().AppendFormat(append(dst, '"'), "2006-01-02T15:04:05.000Z07:00")
	return append(dst, `"}`...)
}
