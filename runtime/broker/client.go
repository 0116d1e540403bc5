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
	maxFilters = 20_000
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
	exact  map[string]subscription // by topic
	wild   []subscription
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
}

func (s subscription) hasOptions() bool { return s.identifier > 0 || s.retainAsPublished }

// add adds a subscription or replaces the one of the same filter. The caller holds mu.
func (c *client) add(sub subscription) (isNew bool) {
	if sub.exact {
		_, had := c.exact[sub.text]
		c.exact[sub.text] = sub
		return !had
	}
	at := slices.IndexFunc(c.wild, func(o subscription) bool { return o.text == sub.text })
	if at < 0 {
		c.wild = append(c.wild, sub)
		return true
	}
	c.wild[at] = sub
	return false
}

// matching calls do with every subscription that selects a topic. The caller holds mu.
func (c *client) matching(topic string, do func(s subscription)) {
	if s, ok := c.exact[topic]; ok {
		do(s)
	}
	for _, s := range c.wild {
		if s.match(topic) {
			do(s)
		}
	}
}

// listens reports whether a subscription selects a topic. The caller holds mu.
func (c *client) listens(topic string) (yes bool) {
	c.matching(topic, func(subscription) { yes = true })
	return yes
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
		isNew := c.add(sub)
		c.plain = c.plain && !sub.hasOptions()
		silent := sub.retainHandling == 2 || sub.retainHandling == 1 && !isNew
		s.match(sub.filter, rights, func(i uint32) {
			c.want.set(i)
			if !silent {
				c.fresh.set(i)
				c.enqueue(i)
			}
		})
	}
	c.mu.Unlock()
	s.mu.RUnlock()
	c.conn.poke()
}

func (c *client) unsubscribe(filters []string) {
	s := c.broker.space
	wide := false
	s.mu.RLock()
	c.mu.Lock()
	for _, f := range filters {
		if _, ok := c.exact[f]; !ok {
			before := len(c.wild)
			c.wild = slices.DeleteFunc(c.wild, func(s subscription) bool { return s.text == f })
			wide = wide || len(c.wild) < before
			continue
		}
		delete(c.exact, f)
		if i, ok := s.byTopic[f]; ok && !c.listens(f) {
			c.unmark(i)
		}
	}
	c.mu.Unlock()
	s.mu.RUnlock()
	if wide {
		c.review()
	}
}

func (c *client) options() {
	c.plain = !slices.ContainsFunc(c.wild, subscription.hasOptions)
	for _, s := range c.exact {
		if s.hasOptions() {
			c.plain = false
			return
		}
	}
}

// review finds out again what the client wants and may view.
func (c *client) review() {
	s := c.broker.space
	rights := c.rights()
	s.mu.RLock()
	c.mu.Lock()
	had := c.want
	c.want = nil
	note := func(i uint32) {
		c.want.set(i)
		if !had.has(i) {
			c.fresh.set(i)
			c.enqueue(i)
		}
	}
	for _, sub := range c.exact {
		s.match(sub.filter, rights, note)
	}
	for _, sub := range c.wild {
		s.match(sub.filter, rights, note)
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
	if c.listens(e.topic) {
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
		c.matching(topic, func(s subscription) {
			f.retain = f.retain || s.retainAsPublished
			if s.identifier > 0 {
				f.identifiers = append(f.identifiers, s.identifier)
			}
		})
	}
	before := len(dst)
	dst = f.append(dst, topic, payload)
	if c.maxPacket > 0 && len(dst)-before > c.maxPacket {
		c.broker.stats.dropped.Add(1)
		return dst[:before]
	}
	return dst
}

// tell sends a message to this client alone, if it listens.
func (c *client) tell(topic string, payload, correlation []byte, hasCorrelation bool) {
	c.mu.Lock()
	listening := false
	f := frame{v5: c.v5, correlation: correlation, hasCorrelation: hasCorrelation && c.v5}
	c.matching(topic, func(s subscription) {
		listening = true
		if s.identifier > 0 {
			f.identifiers = append(f.identifiers, s.identifier)
		}
	})
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
