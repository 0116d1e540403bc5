package mqtt

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	paho3 "github.com/eclipse/paho.mqtt.golang"

	"github.com/lineside/lineside/runtime/connector"
)

// Session is one connection to a broker, whichever version it speaks.
type Session interface {
	// Subscribe asks for topics and returns the filters that the broker refused.
	Subscribe(ctx context.Context, filters []Filter) (refused []string, err error)
	Unsubscribe(ctx context.Context, topics []string) error
	// Publish returns when the broker has confirmed, with QoS 0 when it is sent. sent says
	// that the message may have left.
	Publish(ctx context.Context, topic string, payload []byte, qos byte, retain bool) (sent bool, err error)
	// Lost is closed when the connection has ended; Why says then how.
	Lost() <-chan struct{}
	Why() error
	// Close says good-bye, so that the broker does not publish the will, and ends everything.
	Close()
}

// Filter is a topic, with wildcards or without, and the quality of service that is asked for.
type Filter struct {
	Topic string
	QoS   byte
}

// Receiver takes the messages of a session, in the order of the broker, by a goroutine of the
// library; it must keep neither topic nor payload.
type Receiver interface {
	Single(topic, payload []byte)
}

// BurstReceiver is a Receiver that takes messages of QoS 0 straight from the connection, which
// costs less, but is not in order with other messages.
type BurstReceiver interface {
	Receiver
	// Burst takes a message that may have come with others. Settle follows when there are no
	// more to be had at once, and says whether there were any. Both are called by the goroutine
	// that reads.
	Burst(topic, payload []byte)
	Settle() bool
}

// RetainedReceiver is a Receiver to whom messages that are marked as retained are given apart:
// those that the broker kept, in version 5 also those that it shall keep.
type RetainedReceiver interface {
	Receiver
	Retained(topic, payload []byte)
}

// deliver gives a message to a receiver.
func deliver(to Receiver, topic string, payload []byte, retained bool) {
	if r, ok := to.(RetainedReceiver); ok && retained {
		r.Retained([]byte(topic), payload)
		return
	}
	to.Single([]byte(topic), payload)
}

// Goodbye bounds the time that closing takes.
const Goodbye = 500 * time.Millisecond

// Lost is the error of a connection that has ended.
func Lost(cause error) error {
	if cause == nil {
		return fmt.Errorf("%w: connection closed", connector.ErrNotConnected)
	}
	return fmt.Errorf("%w: %w", connector.ErrNotConnected, cause)
}

// refusedConnect is the broker's answer to a connect.
func refusedConnect(code byte, version5 bool, reason string) error {
	text := map[byte]string{1: "it does not speak this version of MQTT", 2: "it refuses the client id", 3: "it is not available", 4: "user name or password are wrong", 5: "this user may not connect"}[code]
	if version5 {
		text = map[byte]string{0x84: "it does not speak this version of MQTT", 0x85: "it refuses the client id", 0x86: "user name or password are wrong", 0x87: "this user may not connect", 0x88: "it is not available", 0x89: "it is busy", 0x8A: "this client is banned", 0x90: "it refuses the topic of the will"}[code]
	}
	if reason != "" {
		text = strings.TrimPrefix(text+": "+reason, ": ")
	}
	return fmt.Errorf("%w: the broker refuses the connection (code %d): %s", connector.ErrNotConnected, code, text)
}

// dial opens the network connection that the settings describe; got takes its messages. Publications
// are cut down to largest bytes.
func (b *Broker) dial(ctx context.Context, got Receiver, largest int, version5 bool) (net.Conn, error) {
	conn, source, err := b.dialPlain(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w: %w", b.parsed.Redacted(), connector.ErrNotConnected, err)
	}
	burst, _ := got.(BurstReceiver)
	return newPacketConn(conn, source, burst, largest, version5), nil
}

// dialPlain opens the connection; source is what it reads from in the end.
func (b *Broker) dialPlain(ctx context.Context) (net.Conn, *source, error) {
	u := b.parsed
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), map[string]string{"mqtt": "1883", "tcp": "1883", "mqtts": "8883", "ssl": "8883", "tls": "8883", "ws": "80", "wss": "443"}[u.Scheme])
	}
	d := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	if u.Scheme != "ws" && u.Scheme != "wss" {
		tcp, err := d.DialContext(ctx, "tcp", host)
		if err != nil {
			return nil, nil, err
		}
		src := newSource(tcp)
		if u.Scheme == "mqtt" || u.Scheme == "tcp" {
			return src, src, nil
		}
		config, err := b.ClientTLS(host)
		if err != nil {
			tcp.Close()
			return nil, nil, err
		}
		limit, cancel := context.WithTimeout(ctx, d.Timeout)
		defer cancel()
		secure := tls.Client(src, config)
		if err := secure.HandshakeContext(limit); err != nil {
			tcp.Close()
			return nil, nil, err
		}
		return secure, src, nil
	}
	timeout := 10 * time.Second
	if at, ok := ctx.Deadline(); ok {
		timeout = min(timeout, time.Until(at))
	}
	if timeout <= 0 {
		return nil, nil, context.DeadlineExceeded
	}
	config, err := b.ClientTLS(host)
	if err != nil {
		return nil, nil, err
	}
	ws, err := paho3.NewWebsocket(u.String(), config, timeout, http.Header{}, nil)
	if err != nil {
		return nil, nil, err
	}
	src := newSource(ws)
	return src, src, nil
}

// schemes of a broker's address.
func checkURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("it is not an address")
	}
	switch u.Scheme {
	case "mqtt", "tcp", "mqtts", "ssl", "tls", "ws", "wss":
	default:
		return nil, fmt.Errorf("%q is not one of mqtt, mqtts, ws, wss", u.Scheme)
	}
	if u.Hostname() == "" {
		return nil, errors.New("it names no host")
	}
	if u.User != nil {
		return nil, errors.New("user name and password have fields of their own")
	}
	return u, nil
}
