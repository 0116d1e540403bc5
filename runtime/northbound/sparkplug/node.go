package sparkplug

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/northbound"
	"github.com/lineside/lineside/runtime/protocol/mqtt"
	"github.com/lineside/lineside/runtime/protocol/sparkplug"
	"github.com/lineside/lineside/runtime/tag"
)

// Bounds of messages.
const (
	maxMetrics   = 1_000 // of a message of data
	historyPause = 20 * time.Millisecond
	sendTimeout  = 5 * time.Second
	farewell     = mqtt.Goodbye / 2
)

// node is an edge node. All its state belongs to the goroutine of Run, except what says otherwise.
type node struct {
	settings *Settings
	tags     []northbound.Tag
	host     northbound.Host
	feed     northbound.Feed
	layout   *layout

	link *link // nil while there is no session
	born bool
	// hold says that a birth was asked for and comes soon: until then no data is sent.
	hold        bool
	bd          uint64 // of the session
	seq         int
	birthAt     time.Time
	definitions uint64
	online      int64 // time of the state in which the primary host was last online
	last        []tag.Sample
	kept        buffer
	drained     []int
	samples     []tag.Sample

	writers [4]chan command
	echo    struct { // tags whose present value has to be sent though it did not change
		sync.Mutex
		tags []int
	}
	wake  chan struct{}
	stats struct {
		sent, refused, writes atomic.Uint64
		since                 atomic.Pointer[time.Time]
	}
}

func newNode(s *Settings, tags []northbound.Tag) *node {
	n := &node{settings: s, tags: tags, last: make([]tag.Sample, len(tags)), kept: buffer{most: s.Buffer}, wake: make(chan struct{}, 1)}
	// A death of a session before a power cut may come later than the birth of the next one: they differ.
	n.bd = uint64(time.Now().Unix() % 256)
	return n
}

// UseTrust implements trust.User.
func (n *node) UseTrust(k trust.Keeper) { n.settings.UseTrust(k) }

// link is one session with what it received.
type link struct {
	session mqtt.Session
	in      chan message
	quit    chan struct{}
	once    sync.Once
}

type message struct {
	topic   string
	payload []byte
}

// Single implements mqtt.Receiver.
func (l *link) Single(topic, payload []byte) {
	select {
	case l.in <- message{string(topic), slices.Clone(payload)}:
	case <-l.quit:
	}
}

func (l *link) close() {
	l.once.Do(func() { close(l.quit) })
	l.session.Close()
}

type dialed struct {
	link *link
	err  error
}

// Run implements northbound.Interface.
func (n *node) Run(ctx context.Context, h northbound.Host) error {
	n.host = h
	n.layout = arrangement(n.settings, n.tags, func(i int) tag.Path { return h.Info(i).Asset })
	n.definitions = h.Definitions()
	n.feed = h.Watch(func() { poke(n.wake) })
	defer n.feed.Close()
	ctx, cancel := context.WithCancel(ctx)
	var working sync.WaitGroup
	defer working.Wait()
	defer cancel()
	for i := range n.writers {
		n.writers[i] = make(chan command, 256)
		working.Go(func() { n.write(ctx, n.writers[i]) })
	}
	result := make(chan dialed, 1)
	dial := func() {
		n.bd = (n.bd + 1) % 256
		bd := n.bd
		working.Go(func() {
			l, err := n.dial(ctx, bd)
			result <- dialed{l, err}
		})
	}
	pause := retryFirst
	dial()
	dialing := true
	tick, retry := newTimer(), newTimer()
	defer tick.Stop()
	defer retry.Stop()
	defer func() {
		if dialing {
			if d := <-result; d.link != nil {
				d.link.close()
			}
		}
		n.leave()
	}()
	ticking := false
	for {
		var lost <-chan struct{}
		var in <-chan message
		if n.link != nil {
			lost, in = n.link.session.Lost(), n.link.in
		}
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-n.wake:
			if !ticking {
				ticking = true
				tick.Reset(n.settings.Every.Std())
			}
			continue
		case <-tick.C:
			ticking = false
			err = n.tick(ctx)
			if more := n.soon(); err == nil && more > 0 {
				ticking = true
				tick.Reset(more)
			}
		case m := <-in:
			err = n.receive(ctx, m)
			if more := n.soon(); err == nil && more > 0 && !ticking {
				ticking = true
				tick.Reset(more)
			}
		case <-lost:
			err = n.link.session.Why()
		case d := <-result:
			dialing = false
			if err = d.err; err == nil {
				pause = retryFirst
				n.link = d.link
				err = n.connected(ctx)
				if more := n.soon(); err == nil && more > 0 && !ticking {
					ticking = true
					tick.Reset(more)
				}
			}
		case <-retry.C:
			dialing = true
			dial()
			continue
		}
		if err == nil || ctx.Err() != nil {
			continue
		}
		n.drop()
		h.Lost(err)
		if errors.Is(err, errHostAway) {
			pause = retryFirst
		}
		retry.Reset(pause/2 + rand.N(pause/2+1))
		pause = min(2*pause, retryMost)
	}
}

func newTimer() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// dial opens a session and subscribes to commands, and to the state of the primary host.
func (n *node) dial(ctx context.Context, bd uint64) (*link, error) {
	s := n.settings
	id := sparkplug.NodeID{Group: s.Group, Node: s.Node}
	o := mqtt.Options{ClientID: s.NewClientID(), CleanStart: true, Largest: sparkplug.MaxPayload + 128<<10}
	// The time of a will is that of the connection, and says nothing (clause 6.4.25).
	death := sparkplug.Payload{Seq: -1, Metrics: []sparkplug.Metric{bdSeq(bd, 0)}}
	o.Will = &mqtt.Will{Topic: sparkplug.Topic{NodeID: id, Kind: sparkplug.NDeath}.String(), Payload: death.Append(nil), QoS: 1}
	l := &link{in: make(chan message, 256), quit: make(chan struct{})}
	var err error
	if l.session, err = mqtt.Dial(ctx, &s.Broker, o, l); err != nil {
		return nil, err
	}
	filters := []mqtt.Filter{
		{Topic: sparkplug.Topic{NodeID: id, Kind: sparkplug.NCmd}.String(), QoS: 1},
		{Topic: sparkplug.Topic{NodeID: id, Kind: sparkplug.DCmd, Device: "+"}.String(), QoS: 1},
	}
	if s.PrimaryHost != "" {
		filters = append(filters, mqtt.Filter{Topic: sparkplug.StateTopic(s.PrimaryHost), QoS: 1})
	}
	for _, f := range filters {
		refused, err := l.session.Subscribe(ctx, []mqtt.Filter{f})
		if err == nil && len(refused) > 0 {
			err = fmt.Errorf("the broker does not let this user subscribe to %s", f.Topic)
		}
		if err != nil {
			l.close()
			return nil, err
		}
	}
	return l, nil
}

// connected goes on with a fresh session.
func (n *node) connected(ctx context.Context) error {
	now := time.Now()
	n.stats.since.Store(&now)
	if n.settings.PrimaryHost == "" {
		n.gather()
		return n.birth(ctx)
	}
	n.host.Lost(errHostAway)
	return nil
}

// errHostAway is why nothing is sent while the primary host is away.
var errHostAway = errors.New("the primary host is not online: changes are kept")

// drop gives up the session.
func (n *node) drop() {
	if n.link != nil {
		n.link.close()
		n.link = nil
	}
	n.born, n.hold, n.online = false, false, 0
	n.stats.since.Store(nil)
}

// leave ends a session as it should be ended (chapter 5, Edge Node Session Termination).
func (n *node) leave() {
	if n.link != nil && n.born {
		ctx, cancel := context.WithTimeout(context.Background(), farewell)
		n.die(ctx)
		cancel()
	}
	n.drop()
}

// die publishes the death of the node.
func (n *node) die(ctx context.Context) {
	now := tag.Now()
	p := sparkplug.Payload{Timestamp: now, Seq: -1, Metrics: []sparkplug.Metric{bdSeq(n.bd, now)}}
	topic := n.layout.topic(n.settings, 0, sparkplug.NDeath, sparkplug.DDeath)
	_, _ = n.link.session.Publish(ctx, topic, p.Append(nil), 1, false) // else the will says it
}

// soon is when the next tick is due without a change of any tag; 0 when it is not.
func (n *node) soon() time.Duration {
	switch {
	case n.hold:
		return max(time.Millisecond, rebirthPause-time.Since(n.birthAt))
	case n.born && n.kept.len() > 0:
		return historyPause
	}
	return 0
}

// send publishes a message with the next number.
func (n *node) send(ctx context.Context, topic string, p *sparkplug.Payload) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	p.Timestamp, p.Seq = tag.Now(), n.seq
	n.seq = (n.seq + 1) % 256
	if _, err := n.link.session.Publish(ctx, topic, p.Append(nil), 0, false); err != nil {
		return fmt.Errorf("publish to %s: %w", topic, err)
	}
	n.stats.sent.Add(1)
	return nil
}

// birth says all that the node has (clauses 6.4.19, 6.4.20).
func (n *node) birth(ctx context.Context) error {
	n.seq, n.hold, n.birthAt = 0, false, time.Now()
	n.definitions = n.host.Definitions()
	n.drained = n.feed.Drain(n.drained[:0]) // what changed until now is in the birth
	now := tag.Now()
	p := &sparkplug.Payload{Metrics: []sparkplug.Metric{bdSeq(n.bd, now), rebirthMetric(now)}}
	n.appendBorn(p, 0)
	if err := n.send(ctx, n.layout.topic(n.settings, 0, sparkplug.NBirth, sparkplug.DBirth), p); err != nil {
		return err
	}
	n.born = true
	for d := 1; d < len(n.layout.devices); d++ {
		n.layout.devices[d].alive = false
		if n.serves(d) {
			if err := n.deviceBirth(ctx, d); err != nil {
				return err
			}
		}
	}
	if n.kept.dropped > 0 && n.kept.most > 0 {
		n.host.Log().Warn("changes were given up while nobody was there to take them", "count", n.kept.dropped)
	}
	n.kept.dropped = 0
	n.host.Ready(n.settings.place())
	return nil
}

func (n *node) deviceBirth(ctx context.Context, d int) error {
	p := &sparkplug.Payload{}
	n.appendBorn(p, d)
	n.layout.devices[d].alive = true
	return n.send(ctx, n.layout.topic(n.settings, d, sparkplug.NBirth, sparkplug.DBirth), p)
}

func (n *node) appendBorn(p *sparkplug.Payload, d int) {
	list := n.layout.devices[d].metrics
	n.samples = n.host.Read(list, n.samples[:0])
	for k, i := range list {
		n.last[i] = n.samples[k]
		m := &n.layout.metrics[i]
		p.Metrics = append(p.Metrics, m.born(n.samples[k], n.settings.Aliases, n.host.Info(i), n.tags[i].Write))
	}
}

// serves reports whether a device is there: any of its tags is in service.
func (n *node) serves(d int) bool {
	for _, s := range n.host.Read(n.layout.devices[d].metrics, nil) {
		if s.Quality != tag.BadOutOfService {
			return true
		}
	}
	return false
}

// tick sends what has changed, or keeps it.
func (n *node) tick(ctx context.Context) error {
	if n.hold && time.Since(n.birthAt) >= rebirthPause {
		n.gather()
		return n.birth(ctx)
	}
	if n.born && !n.hold && n.host.Definitions() != n.definitions {
		return n.birth(ctx)
	}
	changes := n.gather()
	if !n.born || n.hold {
		return nil
	}
	if err := n.publish(ctx, changes, false); err != nil {
		return err
	}
	return n.history(ctx)
}

// gather takes the changes since the last time. While nobody is there they are kept.
func (n *node) gather() []change {
	n.drained = n.feed.Drain(n.drained[:0])
	n.samples = n.host.Read(n.drained, n.samples[:0])
	var changes []change
	for k, i := range n.drained {
		s, old := n.samples[k], n.last[i]
		if s.Value == old.Value && s.Quality == old.Quality && s.Source == old.Source {
			continue
		}
		n.last[i] = s
		if c := (change{i, s}); n.born && !n.hold {
			changes = append(changes, c)
		} else {
			n.kept.put(c)
		}
	}
	n.echo.Lock()
	echo := n.echo.tags
	n.echo.tags = nil
	n.echo.Unlock()
	if n.born && !n.hold {
		for k, s := range n.host.Read(echo, nil) {
			changes = append(changes, change{echo[k], s})
		}
	}
	return changes
}

// publish sends changes, those of a device together, in their order.
func (n *node) publish(ctx context.Context, changes []change, historical bool) error {
	byDevice := make(map[int][]change)
	var order []int
	for _, c := range changes {
		d := n.layout.metrics[c.tag].device
		if byDevice[d] == nil {
			order = append(order, d)
		}
		byDevice[d] = append(byDevice[d], c)
	}
	for k, d := range order {
		err := n.publishDevice(ctx, d, byDevice[d], historical)
		if err != nil {
			var left []change
			for _, d := range order[k:] {
				left = append(left, byDevice[d]...)
			}
			n.kept.back(left)
			return err
		}
	}
	return nil
}

func (n *node) publishDevice(ctx context.Context, d int, changes []change, historical bool) error {
	if d > 0 && !historical {
		dev := &n.layout.devices[d]
		out := slices.ContainsFunc(changes, func(c change) bool { return c.sample.Quality == tag.BadOutOfService })
		switch {
		case !dev.alive && !n.serves(d):
			return nil
		case !dev.alive:
			return n.deviceBirth(ctx, d)
		case out && !n.serves(d): // the asset was disabled (clause 6.4.26)
			dev.alive = false
			return n.send(ctx, n.layout.topic(n.settings, d, sparkplug.NDeath, sparkplug.DDeath), &sparkplug.Payload{})
		}
	}
	if d > 0 && historical && !n.layout.devices[d].alive {
		return nil // hosts do not know the device now
	}
	slices.SortStableFunc(changes, func(a, b change) int { return compareTimes(a.sample, b.sample) })
	topic := n.layout.topic(n.settings, d, sparkplug.NData, sparkplug.DData)
	for part := range slices.Chunk(changes, maxMetrics) {
		p := &sparkplug.Payload{Metrics: make([]sparkplug.Metric, 0, len(part))}
		for _, c := range part {
			m := &n.layout.metrics[c.tag]
			if historical {
				out := m.value(c.sample, n.settings.Aliases)
				out.Historical = true
				if code := qualityOf(c.sample.Quality); code != qualityGood {
					out.Properties = []sparkplug.Property{quality(code)}
				}
				p.Metrics = append(p.Metrics, out)
				continue
			}
			p.Metrics = append(p.Metrics, m.data(c.sample, n.settings.Aliases))
		}
		if err := n.send(ctx, topic, p); err != nil {
			return err
		}
	}
	return nil
}

func compareTimes(a, b tag.Sample) int {
	at := func(s tag.Sample) tag.Time {
		if s.Source != 0 {
			return s.Source
		}
		return s.Server
	}
	switch x, y := at(a), at(b); {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// history sends some of what was kept, marked as of the past.
func (n *node) history(ctx context.Context) error {
	if n.kept.len() == 0 {
		return nil
	}
	return n.publish(ctx, n.kept.take(maxMetrics), true)
}

// Stats implements northbound.Counter.
func (n *node) Stats() northbound.Stats {
	s := northbound.Stats{Requests: n.stats.sent.Load(), Refused: n.stats.refused.Load(), Writes: n.stats.writes.Load()}
	if since := n.stats.since.Load(); since != nil {
		s.Connected = 1
		s.Peers = []northbound.Peer{{Address: n.settings.Host(), Since: *since, Requests: s.Requests}}
	}
	return s
}
