package mqtt

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/northbound"
	"github.com/lineside/lineside/runtime/protocol/mqtt"
	"github.com/lineside/lineside/runtime/tag"
)

// Bounds of publishing.
const (
	shards       = 8 // messages under way at a time, one of each topic
	sendTimeout  = 10 * time.Second
	farewell     = mqtt.Goodbye / 2
	perSubscribe = 100 // some brokers refuse long packets
	largest      = 1<<20 + 128<<10
)

// message is one topic with what is published there.
type message struct {
	topic    string
	template *template
	tags     []int // those that the template names
}

// publisher is one configured interface.
type publisher struct {
	settings *Settings
	tags     []northbound.Tag
	topics   []string // of each tag
	messages []message
	of       [][]int // messages in which a tag stands, by tag

	host  northbound.Host
	units atomic.Pointer[[]string]
	stats struct {
		sent, refused, writes atomic.Uint64
		since                 atomic.Pointer[time.Time]
	}
}

// newPublisher makes the messages. The error is that a message names a tag that is not exposed.
func newPublisher(s *Settings, tags []northbound.Tag) (*publisher, error) {
	p := &publisher{settings: s, tags: tags, topics: make([]string, len(tags)), of: make([][]int, len(tags))}
	known := map[string]*template{}
	compile := func(text string, with scope) (*template, error) {
		if t := known[text]; t != nil && with == oneTag {
			return t, nil
		}
		t, err := parse(text, with)
		if with == oneTag {
			known[text] = t
		}
		return t, err
	}
	add := func(topic string, t *template, tags []int) {
		for _, i := range tags {
			p.of[i] = append(p.of[i], len(p.messages))
		}
		p.messages = append(p.messages, message{topic, t, tags})
	}
	places := make(map[tag.Path]int, len(tags))
	for i := range tags {
		places[tags[i].Path] = i
		topic, payload := s.Topic, s.Template
		if m, _ := tags[i].Map.(*Map); m != nil {
			if m.Topic != "" {
				topic = m.Topic
			}
			if m.Template != "" {
				payload = m.Template
			}
		}
		named, err := compile(topic, oneTag)
		if err != nil {
			return nil, err
		}
		p.topics[i] = string(named.fill(nil, []source{{path: tags[i].Path}}, time.Time{}))
		if payload == "" {
			continue
		}
		t, err := compile(payload, oneTag)
		if err != nil {
			return nil, err
		}
		add(p.topics[i], t, []int{i})
	}
	for _, m := range s.Messages {
		t, err := compile(m.Template, manyTags)
		if err != nil {
			return nil, err
		}
		var of []int
		for _, path := range t.paths {
			i, ok := places[path]
			if !ok {
				return nil, fmt.Errorf("the message %q names the tag %q, which is not exposed", m.Topic, path)
			}
			of = append(of, i)
		}
		add(m.Topic, t, of)
	}
	return p, nil
}

// UseTrust implements trust.User.
func (p *publisher) UseTrust(k trust.Keeper) { p.settings.UseTrust(k) }

// Stats implements northbound.Counter.
func (p *publisher) Stats() northbound.Stats {
	out := northbound.Stats{Requests: p.stats.sent.Load(), Refused: p.stats.refused.Load(), Writes: p.stats.writes.Load()}
	if since := p.stats.since.Load(); since != nil {
		out.Connected = 1
		out.Peers = []northbound.Peer{{Address: p.settings.Host(), Since: *since, Requests: out.Requests}}
	}
	return out
}

// Run implements northbound.Interface. Retry is the engine's.
func (p *publisher) Run(ctx context.Context, h northbound.Host) error {
	p.host = h
	p.describe()
	s := p.settings
	in := &inbox{publisher: p, commands: make(chan command, 256), quit: make(chan struct{})}
	topics := in.topics()
	o := mqtt.Options{ClientID: s.NewClientID(), CleanStart: true, Largest: largest}
	if s.Status != "" {
		o.Will = &mqtt.Will{Topic: s.Status, Payload: []byte("offline"), QoS: 1, Retain: true}
	}
	session, err := mqtt.Dial(ctx, &s.Broker, o, in)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var working sync.WaitGroup
	defer func() {
		cancel()
		close(in.quit)
		p.leave(session)
		working.Wait()
		p.stats.since.Store(nil)
	}()
	queues := make([]*queue, min(shards, max(1, len(p.messages))))
	failed := make(chan error, len(queues))
	for i := range queues {
		queues[i] = newQueue(len(p.messages))
		working.Go(func() { failed <- p.send(ctx, session, queues[i]) })
	}
	mark := func(message int) { queues[message%len(queues)].put(message) }
	if err := p.listen(ctx, session, topics); err != nil {
		return err
	}
	for range writers {
		working.Go(func() { p.write(ctx, in, mark) })
	}
	now := time.Now()
	p.stats.since.Store(&now)
	h.Ready(s.Host())
	return p.serve(ctx, session, mark, failed)
}

// serve marks what has to be published until the session or ctx ends.
func (p *publisher) serve(ctx context.Context, session mqtt.Session, mark func(int), failed <-chan error) error {
	s := p.settings
	if s.Status != "" {
		limit, cancel := context.WithTimeout(ctx, sendTimeout)
		_, err := session.Publish(limit, s.Status, []byte("online"), 1, true)
		cancel()
		if err != nil {
			return fmt.Errorf("publish to %s: %w", s.Status, err)
		}
	}
	wake := make(chan struct{}, 1)
	feed := p.host.Watch(func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	})
	defer feed.Close()
	all := func() {
		for i := range p.messages {
			mark(i)
		}
	}
	all()
	var interval <-chan time.Time
	if s.When != "change" {
		ticker := time.NewTicker(s.Interval.Std())
		defer ticker.Stop()
		interval = ticker.C
	}
	gather := time.NewTimer(time.Hour)
	gather.Stop()
	defer gather.Stop()
	gathering := false
	definitions := p.host.Definitions()
	var changed []int
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-session.Lost():
			return session.Why()
		case err := <-failed:
			if ctx.Err() != nil {
				return nil
			}
			return err
		case <-interval:
			all()
		case <-wake:
			if !gathering {
				gathering = true
				gather.Reset(s.Every.Std())
			}
		case <-gather.C:
			gathering = false
			if d := p.host.Definitions(); d != definitions {
				definitions = d
				p.describe()
			}
			changed = feed.Drain(changed[:0])
			if s.When == "interval" {
				continue
			}
			for _, i := range changed {
				for _, m := range p.of[i] {
					mark(m)
				}
			}
		}
	}
}

// describe learns the units of the tags.
func (p *publisher) describe() {
	units := make([]string, len(p.tags))
	for i := range units {
		units[i] = p.host.Info(i).Unit
	}
	p.units.Store(&units)
}

// leave ends a session as somebody does who says so himself.
func (p *publisher) leave(session mqtt.Session) {
	select {
	case <-session.Lost():
	default:
		if p.settings.Status != "" {
			ctx, cancel := context.WithTimeout(context.Background(), farewell)
			_, _ = session.Publish(ctx, p.settings.Status, []byte("offline"), 1, true) // else nobody says it
			cancel()
		}
	}
	session.Close()
}

// queue holds messages that have to be published, each once: what is not out yet is brought up to
// date when it goes.
type queue struct {
	mu     sync.Mutex
	list   []int
	queued []bool
	wake   chan struct{}
}

func newQueue(messages int) *queue {
	return &queue{queued: make([]bool, messages), wake: make(chan struct{}, 1)}
}

func (q *queue) put(message int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.queued[message] {
		return
	}
	q.queued[message] = true
	q.list = append(q.list, message)
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take gives all that wait; into is used again.
func (q *queue) take(into []int) []int {
	q.mu.Lock()
	defer q.mu.Unlock()
	out := q.list
	q.list = into[:0]
	for _, m := range out {
		q.queued[m] = false
	}
	return out
}

// send publishes what is put into a queue until ctx or the session ends.
func (p *publisher) send(ctx context.Context, session mqtt.Session, q *queue) error {
	var list []int
	var samples []tag.Sample
	var from []source
	var text []byte
	complained := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-q.wake:
		}
		list = q.take(list)
		for _, i := range list {
			m := &p.messages[i]
			samples = p.host.Read(m.tags, samples[:0])
			if p.settings.Bad == "skip" && len(samples) > 0 && !slices.ContainsFunc(samples, func(s tag.Sample) bool { return !s.Quality.IsBad() }) {
				continue
			}
			from = from[:0]
			units := *p.units.Load()
			for k, t := range m.tags {
				from = append(from, source{p.tags[t].Path, units[t], samples[k]})
			}
			text = m.template.fill(text[:0], from, time.Now())
			if len(text) > 1<<20 {
				p.stats.refused.Add(1)
				continue
			}
			limit, cancel := context.WithTimeout(ctx, sendTimeout)
			// The library may hold on to the payload until it is confirmed.
			_, err := session.Publish(limit, m.topic, slices.Clone(text), byte(p.settings.QoS), p.settings.Retain)
			cancel()
			if err == nil {
				p.stats.sent.Add(1)
				continue
			}
			select {
			case <-session.Lost():
				return session.Why()
			default:
			}
			if ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) {
				return fmt.Errorf("publish to %s: %w", m.topic, err)
			}
			p.stats.refused.Add(1) // this message only
			if !complained {
				complained = true
				p.host.Log().Warn("the broker refuses a message", "topic", m.topic, "error", err)
			}
		}
	}
}
