package sparkplug

import (
	"hash/maphash"
	"time"

	"github.com/lineside/lineside/runtime/protocol/sparkplug"
	"github.com/lineside/lineside/runtime/tag"
)

// Bounds of what a host keeps, and its timing.
const (
	maxNodes      = 2_000
	maxUnits      = 1_000     // devices of a node
	maxMetrics    = 1_000_000 // of all nodes
	maxAhead      = 64        // messages of a node that wait for one that is missing
	maxAheadBytes = 4 << 20

	// rebirthFirst and rebirthMost bound the time between two requests to a node to be born again. It
	// doubles while the requests do not help.
	rebirthFirst = 5 * time.Second
	rebirthMost  = 5 * time.Minute
	// rebirthSteady is how long a node must have gone without a request for the time to begin anew.
	rebirthSteady = 10 * time.Minute
	// rebirthPace is the time between requests to different nodes: each answers with all it has.
	rebirthPace = 20 * time.Millisecond
	// birthGrace is how long a node may take to be born, and its devices after it.
	birthGrace = 5 * time.Second
)

// host is what the messages say so far: which edge nodes there are, which are alive, and what their
// metrics are (chapter 5). It does no input or output and does
// not look at the clock; its owner locks it.
type host struct {
	// reorder is how long a missing message is waited for.
	reorder time.Duration
	// ask says that nodes may be asked to be born again.
	ask   bool
	nodes map[sparkplug.NodeID]*node
	total int // metrics

	// changed is told of every metric with a new sample, of a unit that died, and of a birth.
	changed func(k key, m *metric)
	// past is told of a sample of a metric that is not the present one.
	past func(k key, m *metric)
	died func(n sparkplug.NodeID, device string)
	born func(n *node, device string)
	// settled is told of a node that had time to be born, with its devices.
	settled func(n *node)

	lastAsked time.Time
	counts    counts
	seed      maphash.Seed
}

// counts are of messages and metrics that were not taken.
type counts struct {
	Duplicates, Gaps, Stale, Broken, Historical, Unknown, Rebirths uint64
}

type node struct {
	id sparkplug.NodeID
	// heard says that the node sent something; else it is only named in addresses.
	heard bool
	alive bool
	// bdSeq is that of the birth, -1 when it had none.
	bdSeq int64
	units map[string]*unit // "" is the node itself

	next    int // number of the next message
	ahead   map[int]message
	size    int         // bytes of ahead
	missing time.Time   // since when something is missing; zero: nothing
	lost    bool        // a metric came that no birth has named
	recent  [256]uint64 // hashes of the latest messages by their numbers, to know them again
	birth   uint64      // hash of the last birth

	asked    time.Time // when it was last asked to be born again
	pause    time.Duration
	wants    bool      // to be asked
	deadline time.Time // until when it, and its devices, may take to be born; zero: no more
}

// unit is a node itself or one of its devices.
type unit struct {
	alive bool
	// again says that the node was born again and the device was not yet.
	again   bool
	metrics map[string]*metric
	aliases map[uint64]*metric
	order   []string // names as they stood in the birth
	types   map[string]*sparkplug.Template
}

// metric is what is known of one.
type metric struct {
	name    string
	alias   uint64
	aliased bool
	typ     sparkplug.DataType
	value   sparkplug.Value
	null    bool
	time    tag.Time // 0: not known
	// quality is by the property Quality (clause 6.4.9.1).
	quality     tag.Quality
	unit        string
	description string
	low, high   *float64
	readOnly    bool
}

// message is one that waits for those before it.
type message struct {
	topic   sparkplug.Topic
	payload *sparkplug.Payload
	size    int
}

func newHost(reorder time.Duration, ask bool) *host {
	return &host{reorder: reorder, ask: ask, nodes: map[sparkplug.NodeID]*node{}, seed: maphash.MakeSeed(), changed: func(key, *metric) {}, past: func(key, *metric) {}, died: func(sparkplug.NodeID, string) {}, born: func(*node, string) {}, settled: func(*node) {}}
}

// expect makes sure that a node is known by name, and that it is asked for its birth.
func (h *host) expect(id sparkplug.NodeID, now time.Time) *node {
	n := h.nodes[id]
	if n == nil {
		if len(h.nodes) >= maxNodes {
			return nil
		}
		n = &node{id: id, bdSeq: -1, units: map[string]*unit{}, ahead: map[int]message{}}
		h.nodes[id] = n
	}
	if !n.isBorn() && !n.wants && n.deadline.IsZero() {
		n.wants, n.deadline = true, now.Add(birthGrace)
	}
	return n
}

// name takes a node that somebody else knows into the tree, and has it asked for its birth.
func (h *host) name(id sparkplug.NodeID, now time.Time) {
	if n := h.expect(id, now); n != nil {
		n.heard = true
	}
}

// isBorn reports whether the metrics of the node are known.
func (n *node) isBorn() bool { return n.units[""] != nil }

// take takes one message as it came.
func (h *host) take(t sparkplug.Topic, raw []byte, now time.Time) {
	if t.Kind == sparkplug.NCmd || t.Kind == sparkplug.DCmd {
		return // somebody else's command
	}
	n := h.expect(t.NodeID, now)
	if n == nil {
		return
	}
	n.heard = true
	sum := maphash.String(h.seed, t.String()) ^ maphash.Bytes(h.seed, raw)
	p, err := sparkplug.Decode(raw)
	if err != nil {
		h.counts.Broken++
		h.suspect(n, now)
		return
	}
	switch t.Kind {
	case sparkplug.NBirth:
		if n.alive && n.birth == sum && p.Timestamp != 0 {
			h.counts.Duplicates++
			return
		}
		n.birth = sum
		h.nodeBirth(n, p, now)
	case sparkplug.NDeath:
		h.nodeDeath(n, p)
	default:
		h.sequence(n, message{t, p, len(raw)}, sum, now)
	}
}

// nodeBirth begins a life of a node (clause 6.4.19): all its messages count from here.
func (h *host) nodeBirth(n *node, p *sparkplug.Payload, now time.Time) {
	n.alive, n.bdSeq = true, bdSeq(p)
	n.missing, n.wants, n.lost = time.Time{}, false, false
	clear(n.ahead)
	n.size, n.recent = 0, [256]uint64{}
	n.next = 1
	if p.Seq >= 0 {
		n.next = (p.Seq + 1) % 256
	}
	n.deadline = now.Add(max(birthGrace, h.reorder))
	for device, u := range n.units {
		if device != "" {
			u.again = u.alive
		}
	}
	if now.Sub(n.asked) > rebirthSteady {
		n.pause = 0
	}
	h.birth(n, "", p)
}

// nodeDeath ends the life that its bdSeq names (clause 6.4.25): a death of an earlier life may come late.
func (h *host) nodeDeath(n *node, p *sparkplug.Payload) {
	if seq := bdSeq(p); n.bdSeq >= 0 && seq >= 0 && seq != n.bdSeq {
		h.counts.Stale++
		return
	}
	n.alive, n.missing, n.wants, n.deadline = false, time.Time{}, false, time.Time{}
	clear(n.ahead)
	n.size = 0
	for device := range n.units {
		h.kill(n, device)
	}
	if len(n.units) == 0 {
		h.died(n.id, "")
	}
}

func bdSeq(p *sparkplug.Payload) int64 {
	for i := range p.Metrics {
		if m := &p.Metrics[i]; m.Name == sparkplug.BdSeq {
			if v := m.Value.Plain(sparkplug.Int64); !v.IsNone() {
				return v.Int()
			}
		}
	}
	return -1
}

func (h *host) kill(n *node, device string) {
	if u := n.units[device]; u != nil {
		u.alive, u.again = false, false
	}
	h.died(n.id, device)
}

// sequence brings the messages of a node into their order (chapter 5, Sparkplug Host Application Message Ordering): one that comes early waits
// for those before it, one that came already is left out.
func (h *host) sequence(n *node, m message, sum uint64, now time.Time) {
	if !n.isBorn() {
		return // expect has it asked for
	}
	if m.payload.Seq < 0 { // the standard asks for a number; without one there is no order
		h.apply(n, m, now)
		return
	}
	seq := m.payload.Seq % 256
	if n.recent[seq] == sum {
		h.counts.Duplicates++
		return
	}
	// What lies half a round back is forgotten: a node without a clock may say the same there.
	n.recent[seq], n.recent[(seq+128)%256] = sum, 0
	if seq != n.next {
		h.suspect(n, now)
		if len(n.ahead) == 0 {
			h.counts.Gaps++
		}
		if _, there := n.ahead[seq]; !there {
			n.ahead[seq] = m
			n.size += m.size
		}
		if len(n.ahead) > maxAhead || n.size > maxAheadBytes {
			h.giveUp(n, now)
		}
		return
	}
	h.apply(n, m, now)
	n.next = (n.next + 1) % 256
	for len(n.ahead) > 0 {
		next, ok := n.ahead[n.next]
		if !ok {
			return
		}
		delete(n.ahead, n.next)
		n.size -= next.size
		h.apply(n, next, now)
		n.next = (n.next + 1) % 256
		if len(n.ahead) == 0 && !n.lost {
			n.missing = time.Time{}
		}
	}
}

// suspect begins to wait for what is missing.
func (h *host) suspect(n *node, now time.Time) {
	if n.missing.IsZero() {
		n.missing = now
	}
}

// giveUp takes what has waited as it is, in its order, and has the node asked to be born again.
func (h *host) giveUp(n *node, now time.Time) {
	for from := n.next; len(n.ahead) > 0; from = (from + 1) % 256 {
		if m, ok := n.ahead[from]; ok {
			delete(n.ahead, from)
			h.apply(n, m, now)
			n.next = (from + 1) % 256
		}
	}
	n.size, n.missing, n.wants = 0, time.Time{}, true
}

// apply takes a message in its turn.
func (h *host) apply(n *node, m message, now time.Time) {
	device := m.topic.Device
	if !n.alive { // its death was somebody else's, or its birth was lost
		n.wants = true
	}
	switch m.topic.Kind {
	case sparkplug.DBirth:
		h.birth(n, device, m.payload)
	case sparkplug.DDeath:
		h.kill(n, device)
	case sparkplug.NData, sparkplug.DData:
		u := n.units[device]
		if u == nil || !u.alive {
			h.counts.Unknown++
			n.lost = true
			h.suspect(n, now)
			return
		}
		h.data(n, device, u, m.payload, now)
	}
}

// birth learns all metrics of a unit anew.
func (h *host) birth(n *node, device string, p *sparkplug.Payload) {
	old := n.units[device]
	if old == nil && len(n.units) > maxUnits {
		return
	}
	if old != nil {
		h.total -= len(old.metrics)
	}
	u := &unit{alive: true, metrics: make(map[string]*metric, len(p.Metrics)), aliases: map[uint64]*metric{}, types: map[string]*sparkplug.Template{}}
	for i := range p.Metrics {
		if t := p.Metrics[i].Value.Template(); t != nil && t.Definition {
			u.types[p.Metrics[i].Name] = t
		}
	}
	for i := range p.Metrics {
		in := &p.Metrics[i]
		if t := in.Value.Template(); in.Name == "" || in.Historical || t != nil && t.Definition || h.total >= maxMetrics {
			continue
		}
		m := &metric{name: in.Name, alias: in.Alias, aliased: in.HasAlias, typ: in.Type}
		if u.metrics[in.Name] == nil {
			u.order = append(u.order, in.Name)
			h.total++
		}
		u.metrics[in.Name] = m
		if in.HasAlias {
			u.aliases[in.Alias] = m
		}
		if t := in.Value.Template(); t != nil {
			if d := definition(n, u, t.Ref); d != nil {
				in.Value = sparkplug.OfTemplate(d.Merge(t))
			}
		}
		m.describe(in)
		m.set(in, p.Timestamp)
	}
	n.units[device] = u
	h.born(n, device)
}

// definition is the template that a value refers to; definitions are in the birth of the node.
func definition(n *node, u *unit, ref string) *sparkplug.Template {
	for _, from := range []*unit{u, n.units[""]} {
		if from == nil {
			continue
		}
		for _, name := range []string{ref, "_types_/" + ref} {
			if t := from.types[name]; t != nil {
				return t
			}
		}
	}
	return nil
}

func (h *host) data(n *node, device string, u *unit, p *sparkplug.Payload, now time.Time) {
	for i := range p.Metrics {
		in := &p.Metrics[i]
		m := u.metrics[in.Name]
		if in.HasAlias && (in.Name == "" || m == nil) {
			m = u.aliases[in.Alias]
		}
		switch {
		case m == nil:
			h.counts.Unknown++
			n.lost = true
			h.suspect(n, now)
			continue
		case in.Historical:
			h.counts.Historical++ // it is not the present value
			old := *m
			old.set(in, p.Timestamp)
			h.past(key{n.id, device, m.name}, &old)
			continue
		}
		m.set(in, p.Timestamp)
		h.changed(key{n.id, device, m.name}, m)
	}
}

// describe takes what a birth says beside the value.
func (m *metric) describe(in *sparkplug.Metric) {
	m.description = in.Description
	text := func(keys ...string) string {
		for _, k := range keys {
			if p, ok := in.Property(k); ok {
				if v := p.Value.Plain(sparkplug.String); v.Text() != "" {
					return v.Text()
				}
			}
		}
		return ""
	}
	number := func(keys ...string) *float64 {
		for _, k := range keys {
			if p, ok := in.Property(k); ok {
				if v, q := p.Value.Tag(p.Type, tag.Float); q == tag.Good {
					f := v.Float()
					return &f
				}
			}
		}
		return nil
	}
	m.unit = text("engUnit", "EngUnit", "engineeringUnits", "unit")
	if d := text("Documentation", "Description", "description"); m.description == "" {
		m.description = d
	}
	m.low, m.high = number("engLow", "EngLow"), number("engHigh", "EngHigh")
	if m.low == nil || m.high == nil || !(*m.low < *m.high) {
		m.low, m.high = nil, nil
	}
	for _, k := range []string{"readOnly", "ReadOnly"} {
		if p, ok := in.Property(k); ok {
			v, _ := p.Value.Tag(p.Type, tag.Bool)
			m.readOnly = v.Bool()
		}
	}
}

// set takes a new value. Its time is its own, else that of the message.
func (m *metric) set(in *sparkplug.Metric, sent tag.Time) {
	if m.typ == sparkplug.Unknown {
		m.typ = in.Type
	}
	m.time = in.Timestamp
	if m.time == 0 {
		m.time = sent
	}
	m.quality = tag.Good
	if p, ok := in.Property("Quality"); ok {
		m.quality = qualityOf(p.Value.Plain(sparkplug.Int32))
	}
	if in.Null {
		m.null = true
		return
	}
	m.null = false
	if a, b := m.value.Template(), in.Value.Template(); a != nil && b != nil {
		m.value = sparkplug.OfTemplate(a.Merge(b))
		return
	}
	m.value = in.Value
}

// qualityOf reads the property Quality: 0 bad, 192 good, 500 stale (clause 6.4.9.1).
func qualityOf(v tag.Value) tag.Quality {
	switch {
	case v.IsNone() || v.Int() == 192:
		return tag.Good
	case v.Int() == 500:
		return tag.UncertainLastUsableValue
	case v.Int() == 0:
		return tag.Bad
	}
	return tag.Uncertain
}

// sample is the metric, or a part of it, as a tag of a type has it.
func (m *metric) sample(part string, want tag.Type) tag.Sample {
	s := tag.Sample{Quality: m.quality, Source: m.time}
	if s.Source == 0 {
		s.Source = tag.Now()
	}
	if m.null {
		s.Quality = tag.BadNoData
		return s
	}
	v, typ, null, ok := m.value.Select(m.typ, part)
	switch {
	case !ok:
		s.Quality = tag.BadNodeIDUnknown
	case null:
		s.Quality = tag.BadNoData
	case s.Quality.IsBad():
	default:
		value, q := v.Tag(typ, want)
		s.Value = value
		if q != tag.Good {
			s.Quality = q
		}
	}
	return s
}

// tick does what time brings, and returns the nodes that are to be asked now to be born again, and how
// long until there may be more to do.
func (h *host) tick(now time.Time) (ask []sparkplug.NodeID, wait time.Duration) {
	wait = time.Hour
	due := func(at time.Time) bool {
		left := at.Sub(now)
		if left > 0 {
			wait = min(wait, left)
		}
		return left <= 0
	}
	for _, n := range h.nodes {
		if !n.missing.IsZero() && due(n.missing.Add(h.reorder)) {
			h.giveUp(n, now)
		}
		if !n.deadline.IsZero() && due(n.deadline) {
			n.deadline = time.Time{}
			h.overdue(n)
		}
		if !n.wants || !h.ask {
			continue
		}
		if !due(n.asked.Add(n.pause)) || !due(h.lastAsked.Add(rebirthPace)) {
			continue
		}
		n.wants = !n.isBorn() // who does not answer is asked again
		n.asked, h.lastAsked = now, now
		n.pause = min(max(2*n.pause, rebirthFirst), rebirthMost)
		h.counts.Rebirths++
		ask = append(ask, n.id)
		if n.wants {
			wait = min(wait, n.pause)
		}
	}
	return ask, wait
}

// overdue declares dead what had time to be born and was not.
func (h *host) overdue(n *node) {
	for device, u := range n.units {
		if u.again {
			h.kill(n, device)
		}
	}
	h.settled(n)
}
