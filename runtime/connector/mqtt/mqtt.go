// Package mqtt listens to topics of an MQTT broker and publishes what is written. It
// speaks version 5 and 3.1.1 by the two Eclipse Paho libraries; see docs/decisions/mqtt.md.
// Each message is read once for all tags that it concerns.
package mqtt

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	connector.Register(&connector.Type{
		Component: spec.Component{
			ID: "mqtt", Version: 1, Icon: "radio-tower", Category: "messaging",
			Title:    spec.Text{"en": "MQTT", "zh": "MQTT"},
			Summary:  spec.Text{"en": "Listens to topics of an MQTT 3.1.1 or 5 broker and publishes what is written.", "zh": "订阅 MQTT 3.1.1 或 5 服务器的主题，并发布写入的数值。"},
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
			return newConnector(s)
		},
		Address: func(raw json.RawMessage, t tag.Type, writable bool) (any, error) {
			return ParseAddress(raw, t, writable)
		},
		Check: func(raw json.RawMessage) error {
			_, err := decodeSettings(raw)
			return err
		},
	})
}

// Settings are those of one connection.
type Settings struct {
	// URL is mqtt://host:1883, mqtts://host:8883, ws://host/path or wss://host/path.
	URL     string `json:"url" title:"Broker" zh:"服务器地址" help:"mqtt://host:1883, mqtts://host:8883, ws://host/path or wss://host/path." helpZh:"mqtt://主机:1883、mqtts://主机:8883、ws://主机/路径 或 wss://主机/路径。" group:"connection" required:"true" min:"1" max:"2048"`
	Version string `json:"version" title:"MQTT version" zh:"MQTT 版本" group:"connection" enum:"5=5|5,3.1.1=3.1.1|3.1.1" default:"5"`
	// ClientID names this client to the broker; "" makes one anew.
	ClientID string `json:"clientId,omitempty" title:"Client id" zh:"客户端标识" help:"One is made if empty." helpZh:"留空则自动生成。" group:"connection" max:"256"`
	Username string `json:"username,omitempty" title:"User name" zh:"用户名" group:"connection" max:"1024"`
	Password string `json:"password,omitempty" secret:"true" title:"Password" zh:"密码" group:"connection" max:"65535"`

	trust.Settings

	KeepAlive spec.Duration `json:"keepAlive" title:"Keep-alive" zh:"保活间隔" help:"A broker that is silent for one and a half times as long is lost." helpZh:"服务器静默超过该时间的一倍半即视为断开。" group:"advanced" default:"15s" min:"1s" max:"1h" advanced:"true"`
	// CleanStart false lets the broker keep messages of QoS 1 and 2 while we are away.
	CleanStart    bool          `json:"cleanStart" title:"Start clean" zh:"清除会话" help:"Otherwise the broker keeps messages of QoS 1 and 2 while the connection is down." helpZh:"关闭时，断线期间服务器保留 QoS 1 和 2 的消息。" group:"advanced" default:"true" advanced:"true"`
	SessionExpiry spec.Duration `json:"sessionExpiry" title:"Session kept for" zh:"会话保留时间" help:"Version 5 only." helpZh:"仅用于版本 5。" group:"advanced" default:"1h" min:"0s" max:"8760h" when:"cleanStart=false" advanced:"true"`

	WillTopic   string `json:"willTopic,omitempty" title:"Topic of the will" zh:"遗嘱主题" help:"What the broker publishes when this connection breaks." helpZh:"连接中断时服务器发布的消息。" group:"advanced" max:"65535" advanced:"true"`
	WillPayload string `json:"willPayload,omitempty" kind:"text" title:"Payload of the will" zh:"遗嘱消息" group:"advanced" max:"65535" advanced:"true"`
	WillQoS     int    `json:"willQos" title:"QoS of the will" zh:"遗嘱服务质量" group:"advanced" default:"0" min:"0" max:"2" advanced:"true"`
	WillRetain  bool   `json:"willRetain" title:"Retain the will" zh:"保留遗嘱" group:"advanced" default:"false" advanced:"true"`

	parsed *url.URL
	tls    *tls.Config
}

func decodeSettings(raw json.RawMessage) (*Settings, error) {
	s := &Settings{}
	if err := spec.Decode(raw, s); err != nil {
		return nil, err
	}
	var ps spec.Problems
	var err error
	if s.parsed, err = checkURL(s.URL); err != nil {
		ps.Add("mqtt_url", "/url", "write mqtt://host:1883", "address of the broker: %v", err)
	}
	if s.tls, err = s.Config(); err != nil {
		ps.Add("mqtt_tls", "/certificate", "paste the text from BEGIN to END, key included", "%v", err)
	}
	if s.WillTopic != "" {
		if err := checkTopic(s.WillTopic); err != nil {
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

// Connector is one connection.
type Connector struct {
	settings *Settings
	clientID string

	mu      sync.Mutex
	session session
	cancel  context.CancelFunc // of a Connect under way

	inbox     atomic.Pointer[inbox] // of a Run under way
	discovery discovery
}

func newConnector(s *Settings) (*Connector, error) {
	c := &Connector{settings: s, clientID: s.ClientID}
	if c.clientID == "" {
		c.clientID = "lineside-" + strings.ToLower(rand.Text()[:10])
	}
	return c, nil
}

// dial opens a session; got takes its messages.
func (c *Connector) dial(ctx context.Context, s *Settings, clientID string, got receiver) (session, error) {
	if s.Version == "3.1.1" {
		return dial3(ctx, s, clientID, got)
	}
	return dial5(ctx, s, clientID, got)
}

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
	s, err := c.dial(ctx, c.settings, c.clientID, c)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel = nil
	if ctx.Err() != nil { // closed meanwhile
		s.close()
		return lostError(ctx.Err())
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
		s.close()
	}
	return nil
}

func (c *Connector) current() session {
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
	if err := checkTopic(topic); err != nil {
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
	sent, err := s.publish(ctx, topic, message, byte(a.WriteQoS), a.Retain)
	if err != nil && sent {
		return fmt.Errorf("publish to %s: %w: %w", topic, connector.ErrUncertain, err)
	}
	if err != nil {
		return fmt.Errorf("publish to %s: %w", topic, err)
	}
	return nil
}

// burst implements receiver.
func (c *Connector) burst(topic, payload []byte) {
	if in := c.inbox.Load(); in != nil && in.put(topic, payload) >= maxBurst {
		in.deliver()
	}
}

// settle implements receiver.
func (c *Connector) settle() bool {
	in := c.inbox.Load()
	return in != nil && in.deliver()
}

// single implements receiver.
func (c *Connector) single(topic, payload []byte) {
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
		case <-s.lost():
			in.deliver()
			return s.why()
		case o := <-done:
			subscribed = true
			done = nil
			if o.err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				return lostError(o.err)
			}
			in.add(in.refuse(o.refused))
		case <-in.wake:
			in.deliver()
		}
	}
}

func subscribeAll(ctx context.Context, s session, filters []filter) (refused []string, err error) {
	for len(filters) > 0 {
		n := min(len(filters), filtersPerSubscribe)
		r, err := s.subscribe(ctx, filters[:n])
		if err != nil {
			return nil, err
		}
		refused = append(refused, r...)
		filters = filters[n:]
	}
	return refused, nil
}

// forget ends the subscriptions of a Run that ends while the connection goes on.
func (c *Connector) forget(s session, filters []filter) {
	select {
	case <-s.lost():
		return
	default:
	}
	ctx, cancel := context.WithTimeout(context.Background(), goodbye)
	defer cancel()
	for len(filters) > 0 {
		n := min(len(filters), filtersPerSubscribe)
		topics := make([]string, n)
		for i, f := range filters[:n] {
			topics[i] = f.topic
		}
		if s.unsubscribe(ctx, topics) != nil {
			return // the connection is going, and the subscriptions with it
		}
		filters = filters[n:]
	}
}
