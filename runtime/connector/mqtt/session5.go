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

func dial5(ctx context.Context, s *Settings, clientID string, got receiver) (session, error) {
	conn, err := s.dial(ctx, got, true)
	if err != nil {
		return nil, err
	}
	x := &session5{conn: conn, gone: make(chan struct{})}
	x.client = paho.NewClient(paho.ClientConfig{
		Conn: conn,
		OnPublishReceived: []func(paho.PublishReceived) (bool, error){func(p paho.PublishReceived) (bool, error) {
			got.single([]byte(p.Packet.Topic), p.Packet.Payload)
			return true, nil
		}},
		OnServerDisconnect: func(d *paho.Disconnect) {
			x.end(fmt.Errorf("the broker ended the connection (code %d)", d.ReasonCode))
		},
		OnClientError: x.end,
		PacketTimeout: 10 * time.Second,
	})
	ahead, expiry := uint16(receiveMaximum), uint32(s.SessionExpiry.Std()/time.Second)
	connect := &paho.Connect{
		ClientID: clientID, CleanStart: s.CleanStart, KeepAlive: uint16(s.KeepAlive.Std() / time.Second),
		Properties: &paho.ConnectProperties{ReceiveMaximum: &ahead, SessionExpiryInterval: &expiry, RequestProblemInfo: true},
	}
	if s.Username != "" {
		connect.Username, connect.UsernameFlag = s.Username, true
		connect.Password, connect.PasswordFlag = []byte(s.Password), true
	}
	if s.WillTopic != "" {
		connect.WillMessage = &paho.WillMessage{Topic: s.WillTopic, Payload: []byte(s.WillPayload), QoS: byte(s.WillQoS), Retain: s.WillRetain}
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
		return nil, lostError(err)
	}
	return x, nil
}

func (x *session5) end(cause error) {
	x.once.Do(func() {
		x.cause = cause
		close(x.gone)
	})
}

func (x *session5) lost() <-chan struct{} { return x.gone }

func (x *session5) why() error { return lostError(x.cause) }

// failed sorts an error of the library: it may come of the connection, of the caller's
// patience, or be the broker's answer.
func (x *session5) failed(ctx context.Context, err error) error {
	select {
	case <-x.client.Done():
		return lostError(err)
	default:
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (x *session5) subscribe(ctx context.Context, filters []filter) ([]string, error) {
	options := make([]paho.SubscribeOptions, len(filters))
	for i, f := range filters {
		options[i] = paho.SubscribeOptions{Topic: f.topic, QoS: f.qos, RetainAsPublished: true}
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
			refused = append(refused, filters[i].topic)
		}
	}
	return refused, nil
}

func (x *session5) unsubscribe(ctx context.Context, topics []string) error {
	_, err := x.client.Unsubscribe(ctx, &paho.Unsubscribe{Topics: topics})
	if err != nil {
		return x.failed(ctx, err)
	}
	return nil
}

func (x *session5) publish(ctx context.Context, topic string, payload []byte, qos byte, retain bool) (bool, error) {
	select {
	case <-x.gone:
		return false, x.why()
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
		return false, lostError(err) // nothing was sent: the loss is known to the library before it is to us
	case err != nil:
		return true, x.failed(ctx, err)
	}
	return true, nil
}

func (x *session5) close() {
	_ = x.conn.SetWriteDeadline(time.Now().Add(goodbye)) // fails only when closed already
	_ = x.client.Disconnect(&paho.Disconnect{})          // the broker may be gone
	x.conn.Close()
	<-x.client.Done()
	x.end(nil)
}
