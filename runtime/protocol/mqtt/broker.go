// Package mqtt is the client side of MQTT: sessions of version 5 and 3.1.1 by the two Eclipse
// Paho libraries, over TCP, TLS and WebSocket; see docs/decisions/mqtt.md. Connectors and
// northbound interfaces share it, and what they ask of a person about a broker.
package mqtt

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/spec"
)

// Broker is where a broker is and who we are to it; it is embedded in settings. Check has to be
// called before Dial.
type Broker struct {
	// URL is mqtt://host:1883, mqtts://host:8883, ws://host/path or wss://host/path.
	URL     string `json:"url" title:"Broker" zh:"服务器地址" help:"mqtt://host:1883, mqtts://host:8883, ws://host/path or wss://host/path." helpZh:"mqtt://主机:1883、mqtts://主机:8883、ws://主机/路径 或 wss://主机/路径。" group:"connection" required:"true" min:"1" max:"2048"`
	Version string `json:"version" title:"MQTT version" zh:"MQTT 版本" group:"connection" enum:"5=5|5,3.1.1=3.1.1|3.1.1" default:"5"`
	// ClientID names this client to the broker; "" makes one anew.
	ClientID string `json:"clientId,omitempty" title:"Client id" zh:"客户端标识" help:"One is made if empty." helpZh:"留空则自动生成。" group:"connection" max:"256"`
	Username string `json:"username,omitempty" title:"User name" zh:"用户名" group:"connection" max:"1024"`
	Password string `json:"password,omitempty" secret:"true" title:"Password" zh:"密码" group:"connection" max:"65535"`

	trust.Settings

	KeepAlive spec.Duration `json:"keepAlive" title:"Keep-alive" zh:"保活间隔" help:"A broker that is silent for one and a half times as long is lost." helpZh:"服务器静默超过该时间的一倍半即视为断开。" group:"advanced" default:"15s" min:"1s" max:"1h" advanced:"true"`

	parsed *url.URL
}

// Check looks for what cannot be right, and makes the settings ready for use.
func (b *Broker) Check() (ps spec.Problems) {
	var err error
	if b.parsed, err = checkURL(b.URL); err != nil {
		ps.Add("mqtt_url", "/url", "write mqtt://host:1883", "address of the broker: %v", err)
	}
	if err := b.CheckTLS(); err != nil {
		ps.Add("mqtt_tls", "/certificate", "paste the text from BEGIN to END, key included", "%v", err)
	}
	return ps
}

// NewClientID is the client id of the settings, or one that nobody else has.
func (b *Broker) NewClientID() string {
	if b.ClientID != "" {
		return b.ClientID
	}
	return "lineside-" + strings.ToLower(rand.Text()[:10])
}

// Options say how one session is opened.
type Options struct {
	ClientID string
	// CleanStart false lets the broker keep messages of QoS 1 and 2 while we are away, in version
	// 5 for as long as SessionExpiry.
	CleanStart    bool
	SessionExpiry time.Duration
	// Will is what the broker publishes when the connection breaks; nil is nothing.
	Will *Will
	// Largest is how many bytes of a publication are handed on: payload, topic and properties.
	Largest int
}

// Will is the last message of a session.
type Will struct {
	Topic   string
	Payload []byte
	QoS     byte
	Retain  bool
}

// Dial opens a session; got takes its messages.
func Dial(ctx context.Context, b *Broker, o Options, got Receiver) (Session, error) {
	if b.Version == "3.1.1" {
		return dial3(ctx, b, o, got)
	}
	return dial5(ctx, b, o, got)
}

// CheckTopic checks the name of a topic (MQTT 5.0, clause 4.7.3).
func CheckTopic(s string) error {
	switch {
	case s == "":
		return errors.New("topic is empty")
	case len(s) > 65535:
		return fmt.Errorf("topic has %d bytes, more than 65535", len(s))
	case !utf8.ValidString(s):
		return errors.New("topic is not valid UTF-8")
	case strings.ContainsAny(s, "+#"):
		return fmt.Errorf("topic %q has a wildcard", s)
	}
	for _, r := range s {
		if r < ' ' || r >= 0x7F && r < 0xA0 {
			return fmt.Errorf("topic has the control character U+%04X", r)
		}
	}
	return nil
}

// Host is where the broker is, without anything secret.
func (b *Broker) Host() string {
	if b.parsed == nil {
		return ""
	}
	return b.parsed.Host
}
