// Package broker is the MQTT broker inside the runtime and the unified namespace on it: every
// tag is a topic with its newest value retained, and can be written at <path>/set. Beside
// that, devices talk to each other below a few prefixes (see plainPrefixes). Who may what is
// decided by the grants of users and tokens, for every message.
//
// The library (mochi-mqtt) lives here and nowhere else. It speaks the protocol, keeps the
// subscriptions and carries plain messages; logins, rights, retained messages, delivery of tags
// and what waits for a client are done here: see docs/decisions/broker.md.
package broker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
	"golang.org/x/time/rate"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of the broker.
const (
	maxClients = 2000
	// maxConnections counts those that have not logged in too.
	maxConnections = maxClients + 200
	maxPacketBytes = 256 << 10
	// maxSubscriptions are of all clients together.
	maxSubscriptions = 200_000
	// maxInflight messages of quality of service 1 and 2 wait for the acknowledgement of a
	// client, maxPending others for the goroutine that queues them.
	maxInflight = 256
	maxPending  = 4096
	// recheckEvery is how often logins are looked at again, for what another process changed.
	recheckEvery = 15 * time.Second
	// stopWithin is how long clients may take to hear that the broker stops.
	stopWithin = 700 * time.Millisecond
)

// Session is a login that stood the test.
type Session struct {
	Actor auth.Actor
	// Language of messages, en or zh.
	Language string
	// Again gives the login as it is now; an error wrapping ErrRefused when it has ended.
	Again func(ctx context.Context) (auth.Actor, error)
}

// Errors of a login.
var (
	// ErrRefused says that name, password or token are not right, or not any more.
	ErrRefused = errors.New("wrong name, password or token")
	// ErrTooMany says that there were too many wrong attempts: try later.
	ErrTooMany = errors.New("too many attempts")
)

// Options are what a broker needs from outside.
type Options struct {
	Engine *engine.Engine
	Log    *slog.Logger
	// Login tests a name and a password, or a token in place of either.
	Login func(ctx context.Context, name, secret, address string) (Session, error)
	// Origins are further origins whose pages may open a WebSocket.
	Origins []string
	// PublishEvery is the least time between two messages of one tag; 100 ms when left out.
	PublishEvery time.Duration
}

// Stats count since the start.
type Stats struct {
	Clients int64
	// Received and Sent are messages, in and out; Dropped messages did not reach a client or
	// were not retained, because too many waited; Coalesced values were replaced by newer ones
	// before they were sent to a client; Refused messages were not allowed.
	Received, Sent, Dropped, Coalesced, Refused int64
	// LoginsFailed, Slow and Panics count connections that ended for it.
	LoginsFailed, Slow, Panics int64
	// Retained are topics, Subscriptions filters of all clients.
	Retained, Subscriptions int64
}

type stats struct {
	clients, received, sent, dropped, coalesced, refused, loginsFailed, slow, panics atomic.Int64
}

// Broker serves MQTT 3.1.1 and 5.
type Broker struct {
	engine  *engine.Engine
	log     *slog.Logger
	login   func(ctx context.Context, name, secret, address string) (Session, error)
	origins []string
	library *mochi.Server
	space   *namespace
	stats   stats

	// ctx ends when Run does: logins and writes of clients end with it.
	ctx    context.Context
	cancel context.CancelFunc

	mu      sync.Mutex
	conns   map[*conn]struct{}
	byKey   map[string]*client
	number  uint64
	closing bool
	running sync.WaitGroup // of connections and writes
}

// New makes a broker. Nothing is served before Run.
func New(o Options) *Broker {
	limits := mochi.NewDefaultServerCapabilities()
	limits.MaximumClients = maxClients
	limits.MaximumClientWritesPending = maxPending
	limits.MaximumSessionExpiryInterval = 0 // sessions end with the connection
	limits.MaximumPacketSize = maxPacketBytes
	limits.MaximumInflight = maxInflight
	// The library spends an alias although the message that would tell it is dropped, and asks
	// for the right to publish before it resolves one.
	limits.TopicAliasMaximum = 0
	limits.Compatibilities.NoInheritedPropertiesOnAck = true
	b := &Broker{
		engine: o.Engine, log: o.Log, login: o.Login, origins: o.Origins,
		space: newNamespace(o.Engine.Table()), conns: map[*conn]struct{}{}, byKey: map[string]*client{},
	}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	b.space.every = o.PublishEvery
	if b.space.every <= 0 {
		b.space.every = publishEvery
	}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	b.library = mochi.New(&mochi.Options{
		Capabilities: limits,
		// Its reports name passwords and payloads; what matters of them is reported here.
		Logger: slog.New(slog.DiscardHandler),
		// Every packet is written at once, as a whole.
		ClientNetWriteBufferSize: 1,
		ClientNetReadBufferSize:  4 << 10,
		// $SYS topics are for nobody, and stop the world to be made.
		SysTopicResendInterval: math.MaxInt64 / int64(time.Second),
	})
	_ = b.library.AddHook(&hook{broker: b}, nil) // cannot fail: Init does nothing
	return b
}

// Run serves connections of the listeners until ctx ends, and returns when all have ended, at
// the latest after a second. It closes the listeners.
func (b *Broker) Run(ctx context.Context, listeners ...net.Listener) error {
	if err := b.library.Serve(); err != nil {
		return fmt.Errorf("mqtt broker: %w", err)
	}
	var own sync.WaitGroup
	show := b.show()
	follow := b.space.begin()
	own.Go(func() { follow(b.ctx) })
	own.Go(func() { b.recheck(b.ctx) })
	own.Go(func() { show(b.ctx) })
	events, quiet := b.engine.AssetEvents()
	defer quiet()
	own.Go(func() { b.publishEvents(b.ctx, events) })
	for _, l := range listeners {
		own.Go(func() { b.accept(l) })
	}
	<-ctx.Done()
	b.mu.Lock()
	b.closing = true
	conns := make([]*conn, 0, len(b.conns))
	for c := range b.conns {
		conns = append(conns, c)
	}
	b.mu.Unlock()
	for _, l := range listeners {
		_ = l.Close()
	}
	b.cancel()
	for _, c := range conns {
		b.end(c.client, packets.ErrServerShuttingDown)
	}
	ended := make(chan struct{})
	go func() {
		b.running.Wait()
		close(ended)
	}()
	limit := time.NewTimer(stopWithin)
	defer limit.Stop()
	select {
	case <-ended:
	case <-limit.C:
		for _, c := range conns {
			c.abort()
		}
		limit.Reset(time.Second - stopWithin)
		select {
		case <-ended:
		case <-limit.C: // a device is being written
		}
	}
	_ = b.library.Close() // of its goroutine; there is nothing else in it
	own.Wait()
	return nil
}

// accept takes connections until the listener is closed.
func (b *Broker) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // out of files, or a client that has gone: go on in a moment
			b.log.Warn("mqtt connection not accepted", "error", err)
			select {
			case <-b.ctx.Done():
				return
			case <-time.After(100 * time.Millisecond):
			}
			continue
		}
		go b.serve(c)
	}
}

// serve serves one connection until it has ended.
func (b *Broker) serve(inner net.Conn) {
	c := &client{broker: b, remote: inner.RemoteAddr().String(), messages: rate.NewLimiter(messageRate, messageBurst), writes: rate.NewLimiter(writeRate, writeBurst), orders: map[tag.Path][]order{}, exact: map[string]subscription{}, plain: true}
	c.conn = newConn(inner, c)
	b.mu.Lock()
	if b.closing || len(b.conns) >= maxConnections {
		b.mu.Unlock()
		_ = inner.Close()
		return
	}
	b.conns[c.conn] = struct{}{}
	b.running.Add(1)
	b.mu.Unlock()
	go c.conn.write()
	_ = inner.SetReadDeadline(time.Now().Add(connectTimeout))
	b.establish(c)
	b.leave(c)
	_ = c.conn.Close()
	<-c.conn.done
	b.mu.Lock()
	delete(b.conns, c.conn)
	b.mu.Unlock()
	b.running.Done()
}

// establish lets the library serve a connection. What it does not stand ends this connection
// only.
func (b *Broker) establish(c *client) {
	defer func() {
		if v := recover(); v != nil {
			b.stats.panics.Add(1)
			b.log.Error("panic", "in", "mqtt connection", "remote", c.remote, "value", v, "stack", string(debug.Stack()))
			if c.mqtt != nil {
				b.library.UnsubscribeClient(c.mqtt)
				b.library.Clients.Delete(c.mqtt.ID)
			}
		}
	}()
	if err := b.library.EstablishConnection("lineside", c.conn); err != nil {
		b.log.Debug("mqtt connection ended", "remote", c.remote, "error", err)
	}
}

// enter notes a client that has logged in; an older connection of the same user with the same
// client identifier ends (MQTT 5, 3.1.4-3).
func (b *Broker) enter(c *client) {
	b.mu.Lock()
	older := b.byKey[c.key]
	b.byKey[c.key] = c
	b.mu.Unlock()
	if older != nil {
		b.end(older, packets.ErrSessionTakenOver)
	}
	b.stats.clients.Add(1)
	b.space.join(c)
}

// leave forgets a client.
func (b *Broker) leave(c *client) {
	if c.actor.Load() == nil {
		return
	}
	b.space.leave(c)
	b.mu.Lock()
	if b.byKey[c.key] == c {
		delete(b.byKey, c.key)
	}
	b.mu.Unlock()
	b.stats.clients.Add(-1)
}

// end closes a connection; a client of version 5 is told why.
func (b *Broker) end(c *client, why packets.Code) {
	if c.actor.Load() == nil {
		_ = c.conn.Close()
		return
	}
	if c.v5 {
		_ = b.library.DisconnectClient(c.mqtt, why)
		return
	}
	c.mqtt.Stop(why)
}

// AccessChanged looks at the logins of an actor again at once: its rights or its login have changed.
func (b *Broker) AccessChanged(name string) {
	for _, c := range b.space.all() {
		if c.session.Actor.Name == name {
			b.look(b.ctx, c)
		}
	}
}

// recheck looks at all logins from time to time.
func (b *Broker) recheck(ctx context.Context) {
	tick := time.NewTicker(recheckEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, c := range b.space.all() {
			b.look(ctx, c)
		}
	}
}

// look asks for the rights of a client again.
func (b *Broker) look(ctx context.Context, c *client) {
	actor, err := c.session.Again(ctx)
	switch {
	case errors.Is(err, ErrRefused):
		b.end(c, packets.ErrNotAuthorized)
	case err != nil:
		if ctx.Err() == nil {
			b.log.Warn("login of an mqtt client not looked at", "actor", c.session.Actor.Name, "error", err)
		}
	case actor.Rights.Key() != c.rights().Key():
		c.actor.Store(&actor)
		c.review()
	}
}

// Stats is a snapshot.
func (b *Broker) Stats() Stats {
	s := &b.stats
	b.space.mu.RLock()
	retained := int64(len(b.space.byTopic))
	b.space.mu.RUnlock()
	return Stats{
		Clients: s.clients.Load(), Received: s.received.Load(), Sent: s.sent.Load(),
		Dropped: s.dropped.Load() + atomic.LoadInt64(&b.library.Info.InflightDropped), Coalesced: s.coalesced.Load(), Refused: s.refused.Load(),
		LoginsFailed: s.loginsFailed.Load(), Slow: s.slow.Load(), Panics: s.panics.Load(),
		Retained: retained, Subscriptions: atomic.LoadInt64(&b.library.Info.Subscriptions),
	}
}
