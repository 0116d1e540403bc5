package mqtt

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/eclipse/paho.golang/paho"
	pahosession "github.com/eclipse/paho.golang/paho/session"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// session5 speaks MQTT 5.
type session5 struct {
	client *paho.Client
	conn   net.Conn

	once  sync.Once
	gone  chan struct{}
	cause error
}

// receiveMaximum bounds what the broker sends ahead of our acknowledgements.
const receiveMaximum = 1000

func dial5(ctx context.Context, b *Broker, o Options, got Receiver) (Session, error) {
	conn, err := b.dial(ctx, got, o.Largest, true)
	if err != nil {
		return nil, err
	}
	x := &session5{conn: conn, gone: make(chan struct{})}
	x.client = paho.NewClient(paho.ClientConfig{
		Conn: conn,
		OnPublishReceived: []func(paho.PublishReceived) (bool, error){func(p paho.PublishReceived) (bool, error) {
			deliver(got, p.Packet.Topic, p.Packet.Payload, p.Packet.Retain)
			return true, nil
		}},
		OnServerDisconnect: func(d *paho.Disconnect) {
			x.end(fmt.Errorf("the broker ended the connection (code %d)", d.ReasonCode))
		},
		OnClientError: x.end,
		PacketTimeout: 10 * time.Second,
	})
	ahead, expiry := uint16(receiveMaximum), uint32(o.SessionExpiry/time.Second)
	connect := &paho.Connect{
		ClientID: o.ClientID, CleanStart: o.CleanStart, KeepAlive: uint16(b.KeepAlive.Std() / time.Second),
		Properties: &paho.ConnectProperties{ReceiveMaximum: &ahead, SessionExpiryInterval: &expiry, RequestProblemInfo: true},
	}
	if b.Username != "" {
		connect.Username, connect.UsernameFlag = b.Username, true
		connect.Password, connect.PasswordFlag = []byte(b.Password), true
	}
	if w := o.Will; w != nil {
		connect.WillMessage = &paho.WillMessage{Topic: w.Topic, Payload: w.Payload, QoS: w.QoS, Retain: w.Retain}
		connect.WillProperties = &paho.WillProperties{}
	}
	answer, err := x.client.Connect(ctx, connect)
	if err != nil {
		conn.Close()
		if answer != nil && answer.ReasonCode >= 0x80 {
			reason := ""
			if answer.Properties != nil {
				reason = answer.Properties.ReasonString
			}
			return nil, refusedConnect(answer.ReasonCode, true, reason)
		}
		return nil, Lost(err)
	}
	return x, nil
}

func (x *session5) end(cause error) {
	x.once.Do(func() {
		x.cause = cause
		close(x.gone)
	})
}

func (x *session5) Lost() <-chan struct{} { return x.gone }

func (x *session5) Why() error { return Lost(x.cause) }

// failed sorts an error of the library: it may come of the connection, of the caller's
// patience, or be the broker's answer.
func (x *session5) failed(ctx context.Context, err error) error {
	select {
	case <-x.client.Done():
		return Lost(err)
	default:
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (x *session5) Subscribe(ctx context.Context, filters []Filter) ([]string, error) {
	options := make([]paho.SubscribeOptions, len(filters))
	for i, f := range filters {
		options[i] = paho.SubscribeOptions{Topic: f.Topic, QoS: f.QoS, RetainAsPublished: true}
	}
	answer, err := x.client.Subscribe(ctx, &paho.Subscribe{Subscriptions: options})
	if answer == nil || len(answer.Reasons) != len(filters) {
		if err == nil {
			err = errors.New("the broker answered for another number of topics")
		}
		return nil, fmt.Errorf("subscribe: %w", x.failed(ctx, err))
	}
	var refused []string
	for i, code := range answer.Reasons {
		if code >= 0x80 {
			refused = append(refused, filters[i].Topic)
		}
	}
	return refused, nil
}

func (x *session5) Unsubscribe(ctx context.Context, topics []string) error {
	_, err := x.client.Unsubscribe(ctx, &paho.Unsubscribe{Topics: topics})
	if err != nil {
		return x.failed(ctx, err)
	}
	return nil
}

func (x *session5) Publish(ctx context.Context, topic string, payload []byte, qos byte, retain bool) (bool, error) {
	select {
	case <-x.gone:
		return false, x.Why()
	default:
	}
	answer, err := x.client.Publish(ctx, &paho.Publish{Topic: topic, QoS: qos, Retain: retain, Payload: payload})
	switch {
	case answer != nil && answer.ReasonCode >= 0x80:
		quality := tag.BadCommunicationError
		if answer.ReasonCode == 0x87 {
			quality = tag.BadUserAccessDenied
		}
		return false, &connector.StatusError{Quality: quality, Message: fmt.Sprintf("the broker refuses the message (code %d)", answer.ReasonCode)}
	case errors.Is(err, paho.ErrInvalidArguments):
		return false, &connector.StatusError{Quality: tag.BadNotSupported, Message: err.Error()}
	case errors.Is(err, pahosession.ErrNoConnection), qos == 0 && errors.Is(err, net.ErrClosed):
		return false, Lost(err) // nothing was sent: the loss is known to the library before it is to us
	case err != nil:
		return true, x.failed(ctx, err)
	}
	return true, nil
}

func (x *session5) Close() {
	_ = x.conn.SetWriteDeadline(time.Now().Add(Goodbye)) // fails only when closed already
	_ = x.client.Disconnect(&paho.Disconnect{})          // the broker may be gone
	x.conn.Close()
	<-x.client.Done()
	x.end(nil)
}
