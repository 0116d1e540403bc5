// Package sparkplug is a host application of Eclipse Sparkplug 3.0.0: it learns from births which
// edge nodes and devices there are and what their metrics are, follows their values in the order they
// were sent in, notices deaths, and writes by commands.
package sparkplug

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/protocol/mqtt"
	"github.com/lineside/lineside/runtime/protocol/sparkplug"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	connector.Register(&connector.Type{
		Component: spec.Component{
			ID: "sparkplug", Version: 1, Icon: "radio-tower", Category: "messaging",
			Title:    spec.Text{"en": "Sparkplug B", "zh": "Sparkplug B"},
			Summary:  spec.Text{"en": "Follows the edge nodes of Eclipse Sparkplug 3.0 on an MQTT broker and sends them commands.", "zh": "跟随 MQTT 服务器上的 Eclipse Sparkplug 3.0 边缘节点，并向其发送命令。"},
			Settings: spec.Fields(Settings{}),
		},
		AddressFields: spec.Fields(Address{}),
		Push:          true,
		CanBrowse:     true,
		New: func(raw json.RawMessage) (connector.Connector, error) {
			s, err := decodeSettings(raw)
			if err != nil {
				return nil, err
			}
			return newConnector(s), nil
		},
		Address: func(raw json.RawMessage, t tag.Type, _ bool) (any, error) { return ParseAddress(raw, t) },
		Check: func(raw json.RawMessage) error {
			_, err := decodeSettings(raw)
			return err
		},
	})
}

// Settings are those of one host application.
type Settings struct {
	mqtt.Broker

	// Groups are those that are followed, by comma; "" is all.
	Groups string `json:"groups,omitempty" title:"Groups" zh:"组" help:"Names of the groups to follow, by comma; all if empty." helpZh:"要跟随的组名，用逗号分隔；留空为全部。" group:"behaviour" max:"1024"`
	// HostID is the name by which edge nodes know the host that they wait for (clause 6.4.27).
	HostID string `json:"hostId,omitempty" title:"Host id" zh:"主机标识" help:"Edge nodes that wait for this primary host send while we are connected and keep their data while we are not. Empty: we listen without saying so." helpZh:"以此为主用主机的边缘节点在我们在线时发送，离线时缓存数据。留空则只监听、不声明。" group:"behaviour" max:"256"`
	// Reorder is how long a message that is missing may take to come after those behind it.
	Reorder spec.Duration `json:"reorder" title:"Wait for missing messages" zh:"缺失消息等待时间" help:"Then the edge node is asked to send everything again." helpZh:"超时后请求边缘节点重新发送全部数据。" group:"behaviour" default:"2s" min:"0s" max:"1m" advanced:"true"`
	// Rebirth lets edge nodes be asked to be born again.
	Rebirth bool `json:"rebirth" title:"Ask for births" zh:"请求重新上线" help:"Otherwise an edge node is known only from when it next says by itself what it has." helpZh:"关闭时，只有在边缘节点自行上报后才能识别它。" group:"behaviour" default:"true" advanced:"true"`

	groups []string
}

func decodeSettings(raw json.RawMessage) (*Settings, error) {
	s := &Settings{}
	if err := spec.Decode(raw, s); err != nil {
		return nil, err
	}
	ps := s.Check()
	for g := range strings.SplitSeq(s.Groups, ",") {
		if g = strings.TrimSpace(g); g == "" {
			continue
		}
		if err := sparkplug.CheckName(g); err != nil {
			ps.Add("sparkplug_name", "/groups", "write names of groups by comma", "%v", err)
		}
		s.groups = append(s.groups, g)
	}
	if len(s.groups) == 0 {
		s.groups = []string{"+"}
	}
	if s.HostID != "" {
		if err := sparkplug.CheckName(s.HostID); err != nil {
			ps.Add("sparkplug_name", "/hostId", "give a name without + # /", "%v", err)
		}
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// Connector is one host application.
type Connector struct {
	settings *Settings

	mu      sync.Mutex
	room    *sync.Cond // there is room in what waits for the engine
	session mqtt.Session
	cancel  context.CancelFunc // of a Connect under way
	since   time.Time          // of the session
	host    *host
	tags    *listeners // of a Run under way
	waiters map[*waiter]struct{}
	wake    chan struct{}
	state   state
}

func newConnector(s *Settings) *Connector {
	c := &Connector{settings: s, waiters: map[*waiter]struct{}{}, wake: make(chan struct{}, 1)}
	c.room = sync.NewCond(&c.mu)
	return c
}

// UseTrust implements trust.User.
func (c *Connector) UseTrust(k trust.Keeper) { c.settings.UseTrust(k) }

// Connect implements connector.Connector: it subscribes to what edge nodes publish (chapter 5, Host Application Session
// Establishment).
func (c *Connector) Connect(ctx context.Context) error {
	if err := c.Close(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h := newHost(c.settings.Reorder.Std(), c.settings.Rebirth)
	h.changed, h.past, h.died, h.born, h.settled = c.changed, c.past, c.died, c.born, c.settled
	c.mu.Lock()
	c.cancel, c.host, c.since = cancel, h, time.Now()
	c.state = state{topic: sparkplug.StateTopic(c.settings.HostID), at: tag.Now()}
	o := mqtt.Options{ClientID: c.settings.NewClientID(), CleanStart: true, Largest: sparkplug.MaxPayload + 128<<10}
	if c.settings.HostID != "" {
		o.Will = &mqtt.Will{Topic: c.state.topic, Payload: sparkplug.StateOf(false, c.state.at).Encode(), QoS: 1, Retain: true}
	}
	c.mu.Unlock()
	s, err := mqtt.Dial(ctx, &c.settings.Broker, o, c)
	if err != nil {
		return err
	}
	if err := c.subscribe(ctx, s); err != nil {
		s.Close()
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel = nil
	if ctx.Err() != nil { // closed meanwhile
		s.Close()
		return mqtt.Lost(ctx.Err())
	}
	c.session = s
	return nil
}

func (c *Connector) subscribe(ctx context.Context, s mqtt.Session) error {
	var filters []mqtt.Filter
	if c.settings.HostID != "" {
		filters = append(filters, mqtt.Filter{Topic: c.state.topic, QoS: 1})
	}
	for _, g := range c.settings.groups {
		for _, kind := range []sparkplug.Kind{sparkplug.NBirth, sparkplug.NDeath, sparkplug.NData} {
			filters = append(filters, mqtt.Filter{Topic: sparkplug.Topic{NodeID: sparkplug.NodeID{Group: g, Node: "+"}, Kind: kind}.String(), QoS: 1})
		}
		for _, kind := range []sparkplug.Kind{sparkplug.DBirth, sparkplug.DDeath, sparkplug.DData} {
			filters = append(filters, mqtt.Filter{Topic: sparkplug.Topic{NodeID: sparkplug.NodeID{Group: g, Node: "+"}, Kind: kind, Device: "+"}.String(), QoS: 1})
		}
	}
	for _, f := range filters { // one by one: who may not have all of them learns which
		refused, err := s.Subscribe(ctx, []mqtt.Filter{f})
		if err != nil {
			return err
		}
		if len(refused) > 0 {
			return fmt.Errorf("the broker does not let this user subscribe to %s", f.Topic)
		}
	}
	// A Sparkplug Aware server keeps the births (chapter 10): by them nodes are known that say nothing
	// just now. Others have no such topics, or do not let us see them.
	var certificates []mqtt.Filter
	for _, g := range c.settings.groups {
		certificates = append(certificates, mqtt.Filter{Topic: certificate + sparkplug.Topic{NodeID: sparkplug.NodeID{Group: g, Node: "+"}, Kind: sparkplug.NBirth}.String()})
	}
	_, err := s.Subscribe(ctx, certificates)
	if errors.Is(err, connector.ErrNotConnected) || ctx.Err() != nil {
		return err
	}
	return nil
}

// certificate begins the topics of kept births.
const certificate = "$sparkplug/certificates/"

// Close implements connector.Connector. Who was announced as a host takes leave (chapter 5, Session Termination).
func (c *Connector) Close() error {
	c.mu.Lock()
	s := c.session
	c.session = nil
	if c.cancel != nil {
		c.cancel()
	}
	announced := c.state.announced
	c.state.announced = false
	c.room.Broadcast()
	c.mu.Unlock()
	if s == nil {
		return nil
	}
	if announced {
		ctx, cancel := context.WithTimeout(context.Background(), mqtt.Goodbye/2)
		_, _ = s.Publish(ctx, c.state.topic, sparkplug.StateOf(false, tag.Now()).Encode(), 1, true) // else the will says it
		cancel()
	}
	s.Close()
	return nil
}

// Plan implements connector.Connector: everything is pushed.
func (c *Connector) Plan([]connector.Point) []connector.Request { return nil }

// current is the session; nil when there is none.
func (c *Connector) current() mqtt.Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}

// Single implements mqtt.Receiver.
func (c *Connector) Single(topic, payload []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.tags != nil && len(c.tags.pending) >= maxPending && (c.session != nil || c.cancel != nil) {
		c.room.Wait()
	}
	if string(topic) == c.state.topic {
		c.state.heard(payload)
	} else if kept, ok := strings.CutPrefix(string(topic), certificate); ok {
		if t, ok := sparkplug.ParseTopic(kept); ok && len(payload) > 0 {
			c.host.name(t.NodeID, time.Now())
		}
	} else if t, ok := sparkplug.ParseTopic(string(topic)); ok {
		c.host.take(t, payload, time.Now())
	}
	c.signal()
}

// signal has the pump run.
func (c *Connector) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// past delivers what a metric was before.
func (c *Connector) past(k key, m *metric) {
	if c.tags != nil {
		c.tags.past(k, m)
	}
}

func (c *Connector) changed(k key, m *metric) {
	if c.tags != nil {
		c.tags.changed(k, m)
	}
	c.notify(k, m)
}

func (c *Connector) died(n sparkplug.NodeID, device string) {
	if c.tags != nil {
		c.tags.spoil(unitKey{n, device}, tag.BadNoCommunication)
	}
}

func (c *Connector) born(n *node, device string) {
	if c.tags != nil {
		c.tags.born(n, device)
	}
	for w := range c.waiters {
		if k := w.address.key(); k.NodeID == n.id && k.device == device {
			c.notify(k, n.units[device].metrics[k.metric])
		}
	}
}

func (c *Connector) settled(n *node) {
	if c.tags != nil {
		c.tags.settled(n)
	}
}

// Run implements connector.Subscriber.
func (c *Connector) Run(ctx context.Context, points []connector.Point, emit func([]connector.Update)) error {
	tags := newListeners(points)
	c.mu.Lock()
	s, h := c.session, c.host
	if s == nil {
		c.mu.Unlock()
		return connector.ErrNotConnected
	}
	now := time.Now()
	for u := range tags.units {
		h.expect(u.NodeID, now)
	}
	tags.begin(h)
	c.tags = tags
	if c.settings.HostID != "" {
		c.state.announce = true
	}
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.tags = nil
		c.room.Broadcast()
		c.mu.Unlock()
	}()
	timer := time.NewTimer(0)
	defer timer.Stop()
	var spare []connector.Update
	for {
		c.mu.Lock()
		batch := tags.pending
		tags.pending, spare = spare[:0], batch
		c.room.Broadcast()
		c.mu.Unlock()
		if len(batch) > 0 {
			emit(batch)
		}
		wait, err := c.pump(ctx, s)
		if err != nil {
			return err
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.Lost():
			return s.Why()
		case <-c.wake:
		case <-timer.C:
		}
	}
}

// pump sends what is due: requests to be born again, the state of the host. It returns how long there
// is nothing to do if nothing comes.
func (c *Connector) pump(ctx context.Context, s mqtt.Session) (time.Duration, error) {
	c.mu.Lock()
	now := time.Now()
	ask, wait := c.host.tick(now)
	topic := c.state.topic
	state, pause := c.state.next(now)
	wait = min(wait, pause)
	if c.tags != nil && len(c.tags.pending) > 0 {
		wait = 0
	}
	c.mu.Unlock()
	if state != nil {
		if _, err := s.Publish(ctx, topic, state, 1, true); err != nil {
			return 0, mqtt.Lost(err)
		}
	}
	for _, id := range ask {
		if err := c.rebirth(ctx, s, id); err != nil {
			return 0, mqtt.Lost(err)
		}
	}
	return wait, nil
}

// rebirth asks a node to be born again (chapter 5, Commands).
func (c *Connector) rebirth(ctx context.Context, s mqtt.Session, id sparkplug.NodeID) error {
	now := tag.Now()
	p := sparkplug.Payload{Timestamp: now, Seq: -1, Metrics: []sparkplug.Metric{{Name: sparkplug.Rebirth, Timestamp: now, Type: sparkplug.Boolean, Value: sparkplug.OfBool(true)}}}
	_, err := s.Publish(ctx, sparkplug.Topic{NodeID: id, Kind: sparkplug.NCmd}.String(), p.Append(nil), 0, false)
	return err
}

// state is what is said of this host (clause 6.4.27).
type state struct {
	topic     string
	at        tag.Time // of the will: a birth has the time of its death
	announce  bool     // to be said that we are there
	announced bool
	last      time.Time
}

// heard takes a message on our own topic: a death that another session of us left has to be answered.
func (s *state) heard(payload []byte) {
	if got, err := sparkplug.DecodeState(payload); err == nil && !got.Online && s.announced {
		s.announce = true
	}
}

// next is what has to be said now, nil for nothing, and when there may be something.
func (s *state) next(now time.Time) (message []byte, wait time.Duration) {
	if !s.announce {
		return nil, time.Hour
	}
	if left := s.last.Add(time.Second).Sub(now); s.announced && left > 0 {
		return nil, left // two with one name would answer each other without end
	}
	at := s.at
	if s.announced {
		at = tag.TimeOf(now)
	}
	s.announce, s.announced, s.last = false, true, now
	return sparkplug.StateOf(true, at).Encode(), time.Hour
}
