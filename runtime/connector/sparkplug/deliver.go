package sparkplug

import (
	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/protocol/sparkplug"
	"github.com/lineside/lineside/runtime/tag"
)

// maxPending is how many updates wait for the engine; then the broker waits.
const maxPending = 50_000

// point is a tag as it listens.
type point struct {
	id   int
	want tag.Type
	part string
}

// listeners are the tags of a Run, by what messages name.
type listeners struct {
	metrics map[key][]point
	units   map[unitKey][]key
	pending []connector.Update
}

type unitKey struct {
	sparkplug.NodeID
	device string
}

func newListeners(points []connector.Point) *listeners {
	l := &listeners{metrics: map[key][]point{}, units: map[unitKey][]key{}}
	for _, p := range points {
		a, ok := p.Address.(*Address)
		if !ok {
			l.add(p.ID, tag.Sample{Quality: tag.BadConfigurationError, Source: tag.Now()})
			continue
		}
		k := a.key()
		if len(l.metrics[k]) == 0 {
			u := unitKey{k.NodeID, k.device}
			l.units[u] = append(l.units[u], k)
		}
		l.metrics[k] = append(l.metrics[k], point{p.ID, p.Type, a.Part})
	}
	return l
}

func (l *listeners) add(id int, s tag.Sample) {
	l.pending = append(l.pending, connector.Update{Point: id, Sample: s})
}

// changed delivers a metric to its tags.
func (l *listeners) changed(k key, m *metric) {
	for _, p := range l.metrics[k] {
		l.add(p.id, m.sample(p.part, p.want))
	}
}

// past delivers what a metric was before to the history of its tags.
func (l *listeners) past(k key, m *metric) {
	for _, p := range l.metrics[k] {
		l.pending = append(l.pending, connector.Update{Point: p.id, Sample: m.sample(p.part, p.want), Historical: true})
	}
}

// spoil marks all tags of a unit.
func (l *listeners) spoil(u unitKey, q tag.Quality) {
	now := tag.Now()
	for _, k := range l.units[u] {
		for _, p := range l.metrics[k] {
			l.add(p.id, tag.Sample{Quality: q, Source: now})
		}
	}
}

// born delivers all metrics of a unit: what the birth does not have does not exist.
func (l *listeners) born(n *node, device string) {
	u := n.units[device]
	for _, k := range l.units[unitKey{n.id, device}] {
		if m := u.metrics[k.metric]; m != nil {
			l.changed(k, m)
			continue
		}
		for _, p := range l.metrics[k] {
			l.add(p.id, tag.Sample{Quality: tag.BadNodeIDUnknown, Source: tag.Now()})
		}
	}
}

// settled marks the tags of what was not born in time.
func (l *listeners) settled(n *node) {
	for u := range l.units {
		if u.NodeID == n.id && n.units[u.device] == nil {
			l.spoil(u, tag.BadNoCommunication)
		}
	}
}

// begin delivers what is known already.
func (l *listeners) begin(h *host) {
	for u := range l.units {
		n := h.nodes[u.NodeID]
		switch {
		case n == nil:
		case n.units[u.device] == nil:
			if n.heard && n.deadline.IsZero() {
				l.spoil(u, tag.BadNoCommunication)
			}
		case !n.units[u.device].alive:
			l.spoil(u, tag.BadNoCommunication)
		default:
			l.born(n, u.device)
		}
	}
}
