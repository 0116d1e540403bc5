// Package mqtt listens to topics of an MQTT broker and publishes what is written. It
// speaks version 5 and 3.1.1.
// Each message is read once for all tags that it concerns.
package mqtt

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/protocol/mqtt"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	connector.Register(connector.Define(connector.Type{
		Component: spec.Component{
			ID: "mqtt", Version: 1, Icon: "radio-tower", Category: "messaging",
			Title:    spec.Text{"en": "MQTT", "zh": "MQTT"},
			Summary:  spec.Text{"en": "Listens to topics of an MQTT 3.1.1 or 5 broker and publishes what is written.", "zh": "订阅 MQTT 3.1.1 或 5 服务器的主题，并发布写入的数值。"},
			Settings: spec.Fields(Settings{}),
		},
		AddressFields: spec.Fields(Address{}),
		Push:          true,
		CanBrowse:     true,
	}, decodeSettings, newConnector, ParseAddress))
}

// Settings are those of one connection.
type Settings struct {
	mqtt.Broker

	// CleanStart false lets the broker keep messages of QoS 1 and 2 while we are away.
	CleanStart    bool          `json:"cleanStart" title:"Start clean" zh:"清除会话" help:"Otherwise the broker keeps messages of QoS 1 and 2 while the connection is down." helpZh:"关闭时，断线期间服务器保留 QoS 1 和 2 的消息。" group:"advanced" default:"true" advanced:"true"`
	SessionExpiry spec.Duration `json:"sessionExpiry" title:"Session kept for" zh:"会话保留时间" help:"Version 5 only." helpZh:"仅用于版本 5。" group:"advanced" default:"1h" min:"0s" max:"8760h" when:"cleanStart=false" advanced:"true"`

	WillTopic   string `json:"willTopic,omitempty" title:"Topic of the will" zh:"遗嘱主题" help:"What the broker publishes when this connection breaks." helpZh:"连接中断时服务器发布的消息。" group:"advanced" max:"65535" advanced:"true"`
	WillPayload string `json:"willPayload,omitempty" kind:"text" title:"Payload of the will" zh:"遗嘱消息" group:"advanced" max:"65535" advanced:"true"`
	WillQoS     int    `json:"willQos" title:"QoS of the will" zh:"遗嘱服务质量" group:"advanced" default:"0" min:"0" max:"2" advanced:"true"`
	WillRetain  bool   `json:"willRetain" title:"Retain the will" zh:"保留遗嘱" group:"advanced" default:"false" advanced:"true"`
}

func decodeSettings(raw json.RawMessage) (*Settings, error) {
	s := &Settings{}
	if err := spec.Decode(raw, s); err != nil {
		return nil, err
	}
	ps := s.Check()
	if s.WillTopic != "" {
		if err := mqtt.CheckTopic(s.WillTopic); err != nil {
			ps.Add("mqtt_will", "/willTopic", "give a topic without + and #", "%v", err)
		}
	}
	if !s.CleanStart && s.ClientID == "" {
		ps.Add("mqtt_client_id", "/clientId", "give a client id that no other client has", "the broker keeps a session for a client id only")
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// largest is the most of a publication that is looked at: payload, topic and properties.
const largest = payload.MaxPayload + 128<<10

// Connector is one connection.
type Connector struct {
	settings *Settings
	clientID string

	mu      sync.Mutex
	session mqtt.Session
	cancel  context.CancelFunc // of a Connect under way

	inbox     atomic.Pointer[inbox] // of a Run under way
	discovery discovery
}

func newConnector(s *Settings) *Connector {
	return &Connector{settings: s, clientID: s.NewClientID()}
}

// options are those of a session.
func (s *Settings) options(clientID string) mqtt.Options {
	o := mqtt.Options{ClientID: clientID, CleanStart: s.CleanStart, SessionExpiry: s.SessionExpiry.Std(), Largest: largest}
	if s.WillTopic != "" {
		o.Will = &mqtt.Will{Topic: s.WillTopic, Payload: []byte(s.WillPayload), QoS: byte(s.WillQoS), Retain: s.WillRetain}
	}
	return o
}

// UseTrust implements trust.User.
func (c *Connector) UseTrust(k trust.Keeper) { c.settings.UseTrust(k) }

// Connect implements connector.Connector.
func (c *Connector) Connect(ctx context.Context) error {
	if err := c.Close(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c.mu.Lock()
	c.cancel = cancel
	c.mu.Unlock()
	s, err := mqtt.Dial(ctx, &c.settings.Broker, c.settings.options(c.clientID), c)
	if err != nil {
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

// Close implements connector.Connector.
func (c *Connector) Close() error {
	c.mu.Lock()
	s := c.session
	c.session = nil
	if c.cancel != nil {
		c.cancel()
	}
	if in := c.inbox.Load(); in != nil {
		in.close() // a receiver that waits for room would keep the session from ending
	}
	c.mu.Unlock()
	c.discovery.stop()
	if s != nil {
		s.Close()
	}
	return nil
}

func (c *Connector) current() mqtt.Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}

// Plan implements connector.Connector: everything is pushed.
func (c *Connector) Plan([]connector.Point) []connector.Request { return nil }

// Write implements connector.Connector.
func (c *Connector) Write(ctx context.Context, p connector.Point, v tag.Value) error {
	a, ok := p.Address.(*Address)
	if !ok {
		return &connector.StatusError{Quality: tag.BadConfigurationError, Message: fmt.Sprintf("%s has no MQTT address", p.Path)}
	}
	topic := a.WriteTopic
	if topic == "" {
		topic = a.Topic
	}
	if err := mqtt.CheckTopic(topic); err != nil {
		return &connector.StatusError{Quality: tag.BadNotWritable, Message: err.Error()}
	}
	message, err := a.message(v, time.Now())
	if err != nil {
		return err
	}
	s := c.current()
	if s == nil {
		return connector.ErrNotConnected
	}
	sent, err := s.Publish(ctx, topic, message, byte(a.WriteQoS), a.Retain)
	if err != nil && sent {
		return fmt.Errorf("publish to %s: %w: %w", topic, connector.ErrUncertain, err)
	}
	if err != nil {
		return fmt.Errorf("publish to %s: %w", topic, err)
	}
	return nil
}

// Burst implements mqtt.BurstReceiver.
func (c *Connector) Burst(topic, payload []byte) {
	if in := c.inbox.Load(); in != nil && in.put(topic, payload) >= maxBurst {
		in.deliver()
	}
}

// Settle implements mqtt.BurstReceiver.
func (c *Connector) Settle() bool {
	in := c.inbox.Load()
	return in != nil && in.deliver()
}

// Single implements mqtt.BurstReceiver.
func (c *Connector) Single(topic, payload []byte) {
	if in := c.inbox.Load(); in != nil {
		in.put(topic, payload)
		in.signal()
	}
}

// Run implements connector.Subscriber.
func (c *Connector) Run(ctx context.Context, points []connector.Point, emit func([]connector.Update)) error {
	in, filters, wrong := newInbox(points, emit)
	c.mu.Lock()
	s := c.session
	c.inbox.Store(in)
	c.mu.Unlock()
	if s == nil {
		return connector.ErrNotConnected
	}
	defer func() {
		c.inbox.CompareAndSwap(in, nil)
		in.end()
	}()
	in.add(wrong)
	// Emitting begins before the subscriptions are through: retained messages come at once.
	type outcome struct {
		refused []string
		err     error
	}
	done := make(chan outcome, 1)
	subscribing, stop := context.WithCancel(ctx)
	go func() {
		refused, err := subscribeAll(subscribing, s, filters)
		done <- outcome{refused, err}
	}()
	subscribed := false
	defer func() {
		stop()
		if !subscribed {
			<-done
		}
		c.forget(s, filters)
	}()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.Lost():
			in.deliver()
			return s.Why()
		case o := <-done:
			subscribed = true
			done = nil
			if o.err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				return mqtt.Lost(o.err)
			}
			in.add(in.refuse(o.refused))
		case <-in.wake:
			in.deliver()
		}
	}
}

// filtersPerSubscribe keeps packets small: some brokers refuse long ones.
const filtersPerSubscribe = 100

func subscribeAll(ctx context.Context, s mqtt.Session, filters []mqtt.Filter) (refused []string, err error) {
	for len(filters) > 0 {
		n := min(len(filters), filtersPerSubscribe)
		r, err := s.Subscribe(ctx, filters[:n])
		if err != nil {
			return nil, err
		}
		refused = append(refused, r...)
		filters = filters[n:]
	}
	return refused, nil
}

// forget ends the subscriptions of a Run that ends while the connection goes on.
func (c *Connector) forget(s mqtt.Session, filters []mqtt.Filter) {
	select {
	case <-s.Lost():
		return
	default:
	}
	ctx, cancel := context.WithTimeout(context.Background(), mqtt.Goodbye)
	defer cancel()
	for len(filters) > 0 {
		n := min(len(filters), filtersPerSubscribe)
		topics := make([]string, n)
		for i, f := range filters[:n] {
			topics[i] = f.Topic
		}
		if s.Unsubscribe(ctx, topics) != nil {
			return // the connection is going, and the subscriptions with it
		}
		filters = filters[n:]
	}
}
