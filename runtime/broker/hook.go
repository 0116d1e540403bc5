package broker

import (
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/tag"
)

// hook is where the library asks.
type hook struct {
	mochi.HookBase
	broker *Broker
}

// ID implements mochi.Hook.
func (*hook) ID() string { return "lineside" }

// Provides implements mochi.Hook.
func (*hook) Provides(b byte) bool {
	switch b {
	case mochi.OnConnect, mochi.OnConnectAuthenticate, mochi.OnSessionEstablished, mochi.OnACLCheck, mochi.OnPublish, mochi.OnPublishDropped,
		mochi.OnSubscribe, mochi.OnSubscribed, mochi.OnUnsubscribed, mochi.OnPacketRead, mochi.OnPacketProcessed, mochi.OnPacketEncode, mochi.OnSelectSubscribers, mochi.OnWill:
		return true
	}
	return false
}

// of finds our side of a client of the library.
func of(cl *mochi.Client) *client {
	if c, ok := cl.Net.Conn.(*conn); ok {
		return c.client
	}
	return nil
}

// Codes of version 3.1.1 (3.2.2.3) for what the library would send with its number of version 5.
var (
	v3Unavailable = packets.Code{Code: 0x03, Reason: "server unavailable"}
	v3Refused     = packets.Code{Code: 0x05, Reason: "not authorized"}
)

// OnConnect logs a client in.
func (h *hook) OnConnect(cl *mochi.Client, pk packets.Packet) error {
	c := of(cl)
	refuse := func(code packets.Code) error {
		if cl.Properties.ProtocolVersion < 5 {
			if code == packets.ErrServerBusy {
				code = v3Unavailable
			} else {
				code = v3Refused
			}
		}
		_ = h.broker.library.SendConnack(cl, code, false, nil)
		return code
	}
	address, _, err := net.SplitHostPort(c.remote)
	if err != nil {
		address = c.remote
	}
	name := string(pk.Connect.Username)
	session, err := h.broker.login(h.broker.ctx, name, string(pk.Connect.Password), address)
	if err != nil {
		h.broker.stats.loginsFailed.Add(1)
		switch {
		case errors.Is(err, ErrTooMany):
			return refuse(packets.ErrConnectionRateExceeded)
		case errors.Is(err, ErrRefused):
			return refuse(packets.ErrBadUsernameOrPassword)
		}
		h.broker.log.Error("mqtt login failed", "remote", c.remote, "error", err)
		return refuse(packets.ErrServerBusy)
	}
	// A last will may say what its client may say to other clients, and nothing else.
	if will := &cl.Properties.Will; will.Flag != 0 {
		if !h.mayPublish(session.Actor.Rights, will.TopicName) {
			return refuse(packets.ErrNotAuthorized)
		}
		will.WillDelayInterval = 0 // a session ends with its connection, and then a will is due (3.1.3.2.2)
	}
	c.mqtt, c.session, c.v5 = cl, session, cl.Properties.ProtocolVersion >= 5
	c.maxPacket = int(cl.Properties.Props.MaximumPacketSize)
	c.key = session.Actor.Name + "\x00" + cl.ID
	// Unique, so that the library never hands the session of one connection to another.
	h.broker.mu.Lock()
	h.broker.number++
	cl.ID = c.key + "\x00" + strconv.FormatUint(h.broker.number, 10)
	h.broker.mu.Unlock()
	cl.Properties.Clean = true
	cl.Properties.Props.TopicAliasMaximum = 0
	if c.v5 && cl.State.Keepalive == 0 {
		cl.State.Keepalive, cl.State.ServerKeepalive = 600, true
	}
	actor := session.Actor
	c.actor.Store(&actor)
	return nil
}

// OnConnectAuthenticate implements mochi.Hook: OnConnect has done it.
func (*hook) OnConnectAuthenticate(cl *mochi.Client, _ packets.Packet) bool {
	return of(cl) != nil && of(cl).actor.Load() != nil
}

// OnSessionEstablished implements mochi.Hook.
func (h *hook) OnSessionEstablished(cl *mochi.Client, _ packets.Packet) { h.broker.enter(of(cl)) }

// OnPacketEncode tells a client of version 5 what is not offered (3.2.2.3).
func (*hook) OnPacketEncode(_ *mochi.Client, pk packets.Packet) packets.Packet {
	if pk.FixedHeader.Type == packets.Connack && pk.ReasonCode == 0 {
		pk.Properties.MaximumPacketSize = maxPacketBytes
	}
	return pk
}

// OnACLCheck is asked for every filter of a subscription, for every message before it goes to
// a client, and for every message that a client publishes: OnPublish decides about those.
func (h *hook) OnACLCheck(cl *mochi.Client, topic string, write bool) bool {
	c := of(cl)
	if c == nil {
		return false
	}
	if write {
		ok := fits(topic)
		if !ok {
			h.broker.stats.refused.Add(1)
		}
		return ok
	}
	return mayRead(c.rights(), topic)
}

// mayPublish reports whether rights let a client publish a plain topic.
func (h *hook) mayPublish(rights auth.Rights, topic string) bool {
	return fits(topic) && isPlain(topic) && !strings.ContainsAny(topic, "+#") && !h.broker.space.isTag(topic) && rights.Allows(auth.Operate, tag.Path(topic))
}

// OnPublish decides what becomes of a message of a client: a write of a tag, a message to other
// clients, or nothing.
func (h *hook) OnPublish(cl *mochi.Client, pk packets.Packet) (packets.Packet, error) {
	c := of(cl)
	if c == nil {
		return pk, packets.CodeSuccessIgnore
	}
	h.broker.stats.received.Add(1)
	if err := c.messages.Wait(h.broker.ctx); err != nil {
		return pk, packets.CodeSuccessIgnore
	}
	path, isSet := strings.CutSuffix(pk.TopicName, setSuffix)
	switch isSet = isSet && (!isPlain(pk.TopicName) || h.broker.space.isTag(path)); {
	case isSet && c.order(tag.Path(path), pk):
		return pk, packets.CodeSuccessIgnore
	case !isSet && h.mayPublish(c.rights(), pk.TopicName):
		if pk.FixedHeader.Retain {
			if !h.broker.space.retain(pk.TopicName, pk.Payload) {
				h.broker.stats.dropped.Add(1)
			}
			pk.FixedHeader.Retain = false // or the library would keep it too
		}
		return pk, nil
	}
	h.broker.stats.refused.Add(1)
	if c.v5 && pk.FixedHeader.Qos == 1 {
		return pk, packets.ErrNotAuthorized
	}
	return pk, packets.CodeSuccessIgnore // acknowledged, and gone: version 3.1.1 has no way to say so
}

// OnPublishDropped implements mochi.Hook.
func (h *hook) OnPublishDropped(*mochi.Client, packets.Packet) { h.broker.stats.dropped.Add(1) }

// OnSubscribe refuses, by a filter that no rule allows, more subscriptions than one client may have.
func (h *hook) OnSubscribe(cl *mochi.Client, pk packets.Packet) packets.Packet {
	room := min(maxFilters-cl.State.Subscriptions.Len(), maxSubscriptions-int(atomic.LoadInt64(&h.broker.library.Info.Subscriptions)))
	for i := range pk.Filters {
		if _, had := cl.State.Subscriptions.Get(pk.Filters[i].Filter); had {
			continue
		}
		if room--; room < 0 {
			pk.Filters[i].Filter = ""
		}
	}
	return pk
}

// OnSubscribed notes what was granted; the messages follow when the client knows it.
func (*hook) OnSubscribed(cl *mochi.Client, pk packets.Packet, codes []byte) {
	c := of(cl)
	if c == nil {
		return
	}
	c.accepted = c.accepted[:0]
	for i, s := range pk.Filters {
		if i >= len(codes) || codes[i] >= packets.ErrUnspecifiedError.Code || strings.HasPrefix(s.Filter, sharePrefix) {
			continue
		}
		f, ok := parseFilter(s.Filter)
		if ok {
			c.accepted = append(c.accepted, subscription{filter: f, identifier: s.Identifier, retainAsPublished: s.RetainAsPublished, retainHandling: s.RetainHandling})
		}
	}
}

// OnPacketRead notes acknowledgements of messages that the library has forgotten.
func (*hook) OnPacketRead(cl *mochi.Client, pk packets.Packet) (packets.Packet, error) {
	if c := of(cl); c != nil && pk.FixedHeader.Type == packets.Puback {
		_, known := cl.State.Inflight.Get(pk.PacketID)
		c.forgotten = !known
	}
	return pk, nil
}

// OnPacketProcessed implements mochi.Hook. A message that had to wait until the client took
// more (3.3.4) is forgotten by the library when it is sent, and its acknowledgement would not
// let the next one go.
func (*hook) OnPacketProcessed(cl *mochi.Client, pk packets.Packet, err error) {
	if c := of(cl); c != nil && pk.FixedHeader.Type == packets.Puback && c.forgotten {
		c.forgotten = false
		cl.State.Inflight.IncreaseSendQuota()
	}
	if c := of(cl); c != nil && pk.FixedHeader.Type == packets.Subscribe && err == nil && len(c.accepted) > 0 {
		c.subscribe(c.accepted)
		c.accepted = nil
	}
}

// OnUnsubscribed implements mochi.Hook.
func (*hook) OnUnsubscribed(cl *mochi.Client, pk packets.Packet) {
	c := of(cl)
	if c == nil || cl.Closed() {
		return
	}
	var filters []string
	for _, s := range pk.Filters {
		filters = append(filters, s.Filter)
	}
	c.unsubscribe(filters)
}

// OnSelectSubscribers leaves to each group of a shared subscription those members that may
// have the message.
func (h *hook) OnSelectSubscribers(subs *mochi.Subscribers, pk packets.Packet) *mochi.Subscribers {
	for _, members := range subs.Shared {
		for id := range members {
			cl, ok := h.broker.library.Clients.Get(id)
			if !ok || of(cl) == nil || !mayRead(of(cl).rights(), pk.TopicName) {
				delete(members, id)
			}
		}
	}
	subs.Shared = withMembers(subs.Shared)
	return subs
}

func withMembers(groups map[string]map[string]packets.Subscription) map[string]map[string]packets.Subscription {
	for name, members := range groups {
		if len(members) == 0 {
			delete(groups, name)
		}
	}
	return groups
}

// OnWill implements mochi.Hook: the rights may have changed since the will was made.
func (h *hook) OnWill(cl *mochi.Client, will mochi.Will) (mochi.Will, error) {
	c := of(cl)
	if c == nil || !h.mayPublish(c.rights(), will.TopicName) {
		will.TopicName, will.Retain = "$refused", false // which nobody may read
		return will, nil
	}
	if will.Retain {
		if !h.broker.space.retain(will.TopicName, slices.Clone(will.Payload)) {
			h.broker.stats.dropped.Add(1)
		}
		will.Retain = false
	}
	return will, nil
}
