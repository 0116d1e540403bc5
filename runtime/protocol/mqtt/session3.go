package mqtt

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"

	paho3 "github.com/eclipse/paho.mqtt.golang"
	packets3 "github.com/eclipse/paho.mqtt.golang/packets"
)

// session3 speaks MQTT 3.1.1.
type session3 struct {
	client paho3.Client
	conn   net.Conn
	gone   chan struct{}

	once  sync.Once
	cause error
}

func dial3(ctx context.Context, b *Broker, o Options, got Receiver) (Session, error) {
	conn, err := b.dial(ctx, got, o.Largest, false)
	if err != nil {
		return nil, err
	}
	x := &session3{conn: conn, gone: make(chan struct{})}
	c := paho3.NewClientOptions()
	c.AddBroker("tcp://" + b.parsed.Host) // only a name here: the connection is open
	c.SetCustomOpenConnectionFn(func(*url.URL, paho3.ClientOptions) (net.Conn, error) { return conn, nil })
	c.SetProtocolVersion(4).SetClientID(o.ClientID).SetCleanSession(o.CleanStart)
	c.SetAutoReconnect(false).SetConnectRetry(false).SetOrderMatters(true).SetResumeSubs(false)
	c.SetKeepAlive(b.KeepAlive.Std()).SetPingTimeout(min(10*time.Second, max(time.Second, b.KeepAlive.Std()/2)))
	c.SetConnectTimeout(10 * time.Second).SetWriteTimeout(10 * time.Second)
	if b.Username != "" {
		c.SetUsername(b.Username).SetPassword(b.Password)
	}
	if w := o.Will; w != nil {
		c.SetBinaryWill(w.Topic, w.Payload, w.QoS, w.Retain)
	}
	c.SetDefaultPublishHandler(func(_ paho3.Client, m paho3.Message) { deliver(got, m.Topic(), m.Payload(), m.Retained()) })
	c.SetConnectionLostHandler(func(_ paho3.Client, err error) { x.end(err) })
	x.client = paho3.NewClient(c)
	token := x.client.Connect()
	select {
	case <-token.Done():
	case <-ctx.Done():
		conn.Close()
		<-token.Done()
		x.client.Disconnect(0)
		return nil, Lost(ctx.Err())
	}
	if err := token.Error(); err != nil {
		conn.Close()
		if code := token.(*paho3.ConnectToken).ReturnCode(); code > 0 && code < packets3.ErrNetworkError {
			return nil, refusedConnect(code, false, "")
		}
		return nil, Lost(err)
	}
	return x, nil
}

func (x *session3) end(cause error) {
	x.once.Do(func() {
		x.cause = cause
		close(x.gone)
	})
}

func (x *session3) Lost() <-chan struct{} { return x.gone }

// why may be asked when the session is lost.
func (x *session3) Why() error { return Lost(x.cause) }

// await waits for the broker's answer.
func (x *session3) await(ctx context.Context, t paho3.Token) error {
	select {
	case <-t.Done():
		if err := t.Error(); err != nil {
			if errors.Is(err, paho3.ErrNotConnected) || !x.client.IsConnectionOpen() {
				return Lost(err)
			}
			return err
		}
		return nil
	case <-x.gone:
		return x.Why()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (x *session3) Subscribe(ctx context.Context, filters []Filter) ([]string, error) {
	wanted := make(map[string]byte, len(filters))
	for _, f := range filters {
		wanted[f.Topic] = f.QoS
	}
	token := x.client.SubscribeMultiple(wanted, nil)
	if err := x.await(ctx, token); err != nil {
		// The library reports a refusal as an error, with the answers beside it.
		if len(token.(*paho3.SubscribeToken).Result()) == 0 {
			return nil, fmt.Errorf("subscribe: %w", err)
		}
	}
	var refused []string
	for topic, code := range token.(*paho3.SubscribeToken).Result() {
		if code >= 0x80 {
			refused = append(refused, topic)
		}
	}
	return refused, nil
}

func (x *session3) Unsubscribe(ctx context.Context, topics []string) error {
	return x.await(ctx, x.client.Unsubscribe(topics...))
}

func (x *session3) Publish(ctx context.Context, topic string, payload []byte, qos byte, retain bool) (bool, error) {
	select {
	case <-x.gone:
		return false, x.Why()
	default:
	}
	token := x.client.Publish(topic, qos, retain, payload)
	select {
	case <-token.Done():
		if err := token.Error(); errors.Is(err, paho3.ErrNotConnected) {
			return false, Lost(err) // it was lost since we looked
		}
	default:
	}
	return true, x.await(ctx, token)
}

func (x *session3) Close() {
	_ = x.conn.SetWriteDeadline(time.Now().Add(Goodbye)) // fails only when closed already
	x.client.Disconnect(uint(Goodbye / time.Millisecond))
	x.conn.Close()
	x.end(nil)
}
