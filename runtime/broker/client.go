package broker

import (
	"slices"
	"sync"
	"sync/atomic"

	mochi "github.com/mochi-mqtt/server/v2"
	"golang.org/x/time/rate"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/tag"
)

// Bounds of one client.
const (
	maxFilters = 2000
	// messageRate is how many messages a second are taken from one client; one that sends more
	// waits, by the means of TCP.
	messageRate, messageBurst = 50_000, 5_000
	writeRate, writeBurst     = 200, 200
)

// client is one connection, logged in or about to.
type client struct {
	broker *Broker
	conn   *conn
	remote string

	// Set once, when it logs in.
	mqtt      *mochi.Client
	key       string // user and client identifier: a second connection takes over from the first
	session   Session
	v5        bool
	maxPacket int // 0: any

	actor    atomic.Pointer[auth.Actor]
	messages *rate.Limiter
	writes   *rate.Limiter

	// accepted are the filters of a SUBSCRIBE that is being answered; the reader's.
	accepted []subscription
	// forgotten says that the library does not know what is being acknowledged; the reader's.
	forgotten bool

	mu     sync.Mutex
	subs   []subscription
	plain  bool // no subscription has options
	want   bits // entries that a subscription selects and that may be viewed
	dirty  bits // entries that have not been sent since they changed
	fresh  bits // of those: not sent since it was subscribed
	queue  []uint32
	gone   []string // topics to be cleared
	orders map[tag.Path][]order
	queued int // orders
}

// subscription is a filter with its options (MQTT 5, 3.8.3.1).
type subscription struct {
	filter
	identifier        int
	retainAsPublished bool
	retainHandling    byte
	isNew             bool
}

// bits is a set of numbers.
type bits []uint64

func (b bits) has(i uint32) bool { return int(i>>6) < len(b) && b[i>>6]&(1<<(i&63)) != 0 }

func (b *bits) set(i uint32) {
	for int(i>>6) >= len(*b) {
		*b = append(*b, 0)
	}
	(*b)[i>>6] |= 1 << (i & 63)
}

func (b bits) unset(i uint32) {
	if int(i>>6) < len(b) {
		b[i>>6] &^= 1 << (i & 63)
	}
}

// keep takes out what is not in other.
func (b bits) keep(other bits) {
	for i := range b {
		if i < len(other) {
			b[i] &= other[i]
		} else {
			b[i] = 0
		}
	}
}

// rights are those of the login at this moment; none before it.
func (c *client) rights() auth.Rights {
	if a := c.actor.Load(); a != nil {
		return a.Rights
	}
	return auth.Rights{}
}

// enqueue notes that an entry must be sent. The caller holds mu.
func (c *client) enqueue(i uint32) {
	if c.dirty.has(i) {
		c.broker.stats.coalesced.Add(1)
		return
	}
	c.dirty.set(i)
	c.queue = append(c.queue, i)
}

// subscribe begins to send what the subscriptions select, first what is retained.
func (c *client) subscribe(subs []subscription) {
	s := c.broker.space
	rights := c.rights()
	s.mu.RLock()
	c.mu.Lock()
	for _, sub := range subs {
		at := slices.IndexFunc(c.subs, func(o subscription) bool { return o.text == sub.text })
		sub.isNew = at < 0
		if sub.isNew {
			c.subs = append(c.subs, sub)
		} else {
			c.subs[at] = sub
		}
		silent := sub.retainHandling == 2 || sub.retainHandling == 1 && !sub.isNew
		s.match(sub.filter, rights, func(i uint32) {
			c.want.set(i)
			if !silent {
				c.fresh.set(i)
				c.enqueue(i)
			}
		})
	}
	c.options()
	c.mu.Unlock()
	s.mu.RUnlock()
	c.conn.poke()
}

func (c *client) unsubscribe(filters []string) {
	c.mu.Lock()
	c.subs = slices.DeleteFunc(c.subs, func(s subscription) bool { return slices.Contains(filters, s.text) })
	c.mu.Unlock()
	c.review()
}

func (c *client) options() {
	c.plain = !slices.ContainsFunc(c.subs, func(s subscription) bool { return s.identifier > 0 || s.retainAsPublished })
}

// review finds out again what the client wants and may view.
func (c *client) review() {
	s := c.broker.space
	rights := c.rights()
	s.mu.RLock()
	c.mu.Lock()
	had := c.want
	c.want = nil
	for _, sub := range c.subs {
		s.match(sub.filter, rights, func(i uint32) {
			c.want.set(i)
			if !had.has(i) {
				c.fresh.set(i)
				c.enqueue(i)
			}
		})
	}
	c.dirty.keep(c.want)
	c.fresh.keep(c.want)
	c.options()
	c.mu.Unlock()
	s.mu.RUnlock()
	c.conn.poke()
}

// changed notes changed entries. The caller holds the namespace.
func (c *client) changed(list []uint32) {
	c.mu.Lock()
	before := len(c.queue)
	for _, i := range list {
		if c.want.has(i) {
			c.enqueue(i)
		}
	}
	some := len(c.queue) > before
	c.mu.Unlock()
	if some {
		c.conn.poke()
	}
}

// appeared notes a new entry. The caller holds the namespace.
func (c *client) appeared(i uint32, e *entry) {
	if !c.rights().Allows(auth.View, tag.Path(e.topic)) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.ContainsFunc(c.subs, func(s subscription) bool { return s.match(e.topic) }) {
		c.want.set(i)
		c.enqueue(i)
	}
}

// clear has the client told that a topic is gone. The caller holds the namespace.
func (c *client) clear(i uint32, topic string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.want.has(i) {
		c.gone = append(c.gone, topic)
	}
	c.unmark(i)
}

// drop forgets an entry. The caller holds the namespace.
func (c *client) drop(i uint32) {
	c.mu.Lock()
	c.unmark(i)
	c.mu.Unlock()
}

func (c *client) unmark(i uint32) {
	c.want.unset(i)
	c.dirty.unset(i)
	c.fresh.unset(i)
}

// pull appends messages until there are limit bytes or nothing new.
func (c *client) pull(dst []byte, limit int) []byte {
	s := c.broker.space
	s.mu.RLock()
	defer s.mu.RUnlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	sent := 0
	for len(c.gone) > 0 && len(dst) < limit {
		dst = c.publish(dst, c.gone[0], nil, false)
		c.gone = c.gone[1:]
		sent++
	}
	n := 0
	for ; n < len(c.queue) && len(dst) < limit; n++ {
		i := c.queue[n]
		if !c.dirty.has(i) {
			continue
		}
		e := s.entries[i]
		if e == nil { // the client has left
			continue
		}
		dst = c.publish(dst, e.topic, e.payload, c.fresh.has(i))
		c.dirty.unset(i)
		c.fresh.unset(i)
		sent++
	}
	if c.queue = c.queue[n:]; len(c.queue) == 0 {
		c.queue = nil
	}
	c.broker.stats.sent.Add(int64(sent))
	return dst
}

// publish appends one message, unless the client has said that it takes none of that size.
func (c *client) publish(dst []byte, topic string, payload []byte, retained bool) []byte {
	f := frame{v5: c.v5, retain: retained}
	if !c.plain {
		for _, s := range c.subs {
			if !s.match(topic) {
				continue
			}
			f.retain = f.retain || s.retainAsPublished
			if s.identifier > 0 {
				f.identifiers = append(f.identifiers, s.identifier)
			}
		}
	}
	before := len(dst)
	dst = f.append(dst, topic, payload)
	if c.maxPacket > 0 && len(dst)-before > c.maxPacket {
		c.broker.stats.dropped.Add(1)
		return dst[:before]
	}
	return dst
}

// listens reports whether a subscription selects a topic.
func (c *client) listens(topic string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.subs, func(s subscription) bool { return s.match(topic) })
}

// tell sends a message to this client alone, if it listens.
func (c *client) tell(topic string, payload, correlation []byte, hasCorrelation bool) {
	c.mu.Lock()
	listening := false
	f := frame{v5: c.v5, correlation: correlation, hasCorrelation: hasCorrelation && c.v5}
	for _, s := range c.subs {
		if s.match(topic) {
			listening = true
			if s.identifier > 0 {
				f.identifiers = append(f.identifiers, s.identifier)
			}
		}
	}
	c.mu.Unlock()
	if !listening {
		return
	}
	message := f.append(nil, topic, payload)
	if c.maxPacket > 0 && len(message) > c.maxPacket {
		c.broker.stats.dropped.Add(1)
		return
	}
	if c.conn.put(message, false) == nil {
		c.broker.stats.sent.Add(1)
	}
}
