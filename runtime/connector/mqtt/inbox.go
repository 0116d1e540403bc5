package mqtt

import (
	"slices"
	"strings"
	"sync"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/protocol/mqtt"
	"github.com/lineside/lineside/runtime/tag"
)

// Bounds of an inbox.
const (
	maxPending = 20_000 // updates that wait for the engine; then the broker waits
	maxBurst   = 2_000  // updates after which a burst is delivered before it is over
	maxRoutes  = 50_000 // topics whose points are remembered
)

// inbox turns messages into updates and keeps them until the engine takes them.
type inbox struct {
	emit func([]connector.Update)
	wake chan struct{}

	// delivering is held from taking updates to the engine having them, so that they get
	// there in order; it comes before mu.
	delivering sync.Mutex

	mu        sync.Mutex
	room      *sync.Cond
	exact     map[string][]*point
	wildcards []wildcard
	routes    map[string]*route
	pending   []connector.Update
	spare     []connector.Update
	closed    bool
}

type wildcard struct {
	filter string
	points []*point
}

// newInbox makes an inbox for points, the filters that they need, and updates for those
// that have no usable address.
func newInbox(points []connector.Point, emit func([]connector.Update)) (*inbox, []mqtt.Filter, []connector.Update) {
	in := &inbox{emit: emit, wake: make(chan struct{}, 1), exact: map[string][]*point{}, routes: map[string]*route{}}
	in.room = sync.NewCond(&in.mu)
	var wrong []connector.Update
	wild := map[string]int{}
	qos := map[string]byte{}
	var order []string
	for _, p := range points {
		a, ok := p.Address.(*Address)
		if !ok {
			wrong = append(wrong, connector.Update{Point: p.ID, Sample: tag.Sample{Quality: tag.BadConfigurationError, Source: tag.Now()}})
			continue
		}
		pt := &point{id: p.ID, typ: p.Type, address: a}
		if strings.ContainsAny(a.Topic, "+#") {
			i, there := wild[a.Topic]
			if !there {
				i = len(in.wildcards)
				wild[a.Topic] = i
				in.wildcards = append(in.wildcards, wildcard{filter: a.Topic})
			}
			in.wildcards[i].points = append(in.wildcards[i].points, pt)
		} else {
			in.exact[a.Topic] = append(in.exact[a.Topic], pt)
		}
		if _, there := qos[a.Topic]; !there {
			order = append(order, a.Topic)
		}
		qos[a.Topic] = max(qos[a.Topic], byte(a.QoS))
	}
	filters := make([]mqtt.Filter, len(order))
	for i, topic := range order {
		filters[i] = mqtt.Filter{Topic: topic, QoS: qos[topic]}
	}
	return in, filters, wrong
}

// listeners are the points that a topic concerns.
func (in *inbox) listeners(topic string) []*point {
	points := in.exact[topic]
	for _, w := range in.wildcards {
		if matches(w.filter, topic) {
			points = append(slices.Clip(points), w.points...)
		}
	}
	return points
}

// put reads a message and returns how many updates wait. While the engine is behind it waits,
// and so does the broker. Who puts sees to it that deliver is called.
func (in *inbox) put(topic, payload []byte) int {
	in.mu.Lock()
	defer in.mu.Unlock()
	for len(in.pending) >= maxPending && !in.closed {
		in.room.Wait()
	}
	if in.closed {
		return 0
	}
	r, known := in.routes[string(topic)]
	if !known {
		if points := in.listeners(string(topic)); len(points) > 0 {
			r = newRoute(points)
		}
		if len(in.routes) >= maxRoutes {
			clear(in.routes)
		}
		in.routes[string(topic)] = r
	}
	if r != nil {
		in.pending = r.decode(in.pending, payload, tag.Now())
	}
	return len(in.pending)
}

// signal has Run deliver.
func (in *inbox) signal() {
	select {
	case in.wake <- struct{}{}:
	default:
	}
}

// deliver hands what has come in to the engine and says whether there was anything; after
// close it does nothing.
func (in *inbox) deliver() bool {
	in.delivering.Lock()
	defer in.delivering.Unlock()
	return in.hand(in.take())
}

// add delivers what came by another way.
func (in *inbox) add(updates []connector.Update) {
	in.delivering.Lock()
	defer in.delivering.Unlock()
	in.hand(updates)
}

// hand gives updates to the engine; the caller holds delivering.
func (in *inbox) hand(updates []connector.Update) bool {
	if len(updates) > 0 {
		in.emit(updates)
	}
	return len(updates) > 0
}

// take returns what has come in. It is good until the next take but one.
func (in *inbox) take() []connector.Update {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed || len(in.pending) == 0 {
		return nil
	}
	batch := in.pending
	in.pending, in.spare = in.spare[:0], batch
	in.room.Broadcast()
	return batch
}

// refuse makes updates for the points whose filters the broker refused.
func (in *inbox) refuse(filters []string) []connector.Update {
	in.mu.Lock()
	defer in.mu.Unlock()
	var updates []connector.Update
	add := func(points []*point) {
		for _, p := range points {
			updates = append(updates, connector.Update{Point: p.id, Sample: tag.Sample{Quality: tag.BadUserAccessDenied, Source: tag.Now()}})
		}
	}
	for _, f := range filters {
		add(in.exact[f])
		for _, w := range in.wildcards {
			if w.filter == f {
				add(w.points)
			}
		}
	}
	return updates
}

// close lets those go who wait for room.
func (in *inbox) close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.closed = true
	in.room.Broadcast()
}

// end is close that returns when the engine is no longer being called.
func (in *inbox) end() {
	in.close()
	in.delivering.Lock()
	defer in.delivering.Unlock()
}
