package api

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/broker"
	"github.com/lineside/lineside/runtime/store"
)

// brokerPath is where MQTT is spoken over a WebSocket.
const brokerPath = "/mqtt"

// LoginBroker tests the login of an MQTT client: a name with its password, or an API token in
// place of either.
func (s *Server) LoginBroker(ctx context.Context, name, secret, address string) (broker.Session, error) {
	origin := address + " mqtt"
	for _, token := range []string{secret, name} {
		if strings.HasPrefix(token, auth.TokenPrefix) {
			return s.loginBrokerToken(ctx, token, origin)
		}
	}
	if name == "" || secret == "" || len(name) > 200 {
		return broker.Session{}, broker.ErrRefused
	}
	user, err := s.store.User(ctx, name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return broker.Session{}, err
	}
	if err := s.checkBroker(ctx, user, name, secret, address, origin); err != nil {
		return broker.Session{}, err
	}
	actorOf := func(u store.User) auth.Actor {
		return auth.Actor{Name: u.Name, Origin: origin, Rights: auth.RightsOf(u.Grants, auth.AllActions)}
	}
	return broker.Session{Actor: actorOf(user), Language: user.Language, Again: func(ctx context.Context) (auth.Actor, error) {
		now, err := s.store.User(ctx, user.Name)
		switch {
		case errors.Is(err, store.ErrNotFound) || err == nil && (now.Disabled || now.Epoch != user.Epoch):
			return auth.Actor{}, broker.ErrRefused
		case err != nil:
			return auth.Actor{}, err
		}
		return actorOf(now), nil
	}}, nil
}

func (s *Server) loginBrokerToken(ctx context.Context, secret, origin string) (broker.Session, error) {
	look := func(ctx context.Context) (auth.Actor, error) {
		token, rights, err := s.tokenRights(ctx, secret)
		if err != nil && errorOf(err).status < 500 {
			return auth.Actor{}, fmt.Errorf("%w: %w", broker.ErrRefused, err)
		}
		return auth.Actor{Name: "token:" + token.Name, Origin: origin, Owner: token.Owner, Rights: rights}, err
	}
	actor, err := look(ctx)
	return broker.Session{Actor: actor, Again: look}, err
}

// checkBroker tests a password. One that was right a moment ago is not hashed again, so that
// a thousand clients that come back after a restart are let in at once.
func (s *Server) checkBroker(ctx context.Context, user store.User, name, secret, address, origin string) error {
	key := s.verified.key(user.Hash, secret)
	release, known := s.verified.begin(key)
	defer release()
	if known && !user.Disabled {
		return nil
	}
	if s.lockout.Wait(name, address) > 0 {
		return broker.ErrTooMany
	}
	right, err := s.hasher.Check(ctx, secret, user.Hash)
	if err != nil {
		return err
	}
	attempt := store.Entry{Actor: name, Origin: origin, Action: "login"}
	switch {
	case !right:
		attempt.Outcome, attempt.Message = store.OutcomeFailed, "wrong name or password"
	case user.Disabled:
		attempt.Outcome, attempt.Message = store.OutcomeFailed, "the user is disabled"
	default:
		s.lockout.Succeeded(name, address)
		s.verified.keep(key)
		attempt.Actor = user.Name
		return s.store.Audit(ctx, attempt)
	}
	if err := s.store.Audit(ctx, attempt); err != nil {
		return err
	}
	return broker.ErrRefused
}

// Bounds of the passwords that are remembered.
const (
	verifiedFor = time.Minute
	maxVerified = 5000
)

// verified remembers which passwords have been found right for which hash. A changed password
// has another hash, so that what is remembered cannot be wrong. A key is of no use to anybody
// without the secret of this process.
type verified struct {
	secret []byte

	mu   sync.Mutex
	keys map[[32]byte]time.Time
	busy map[[32]byte]*turn
}

// turn lets those who bring the same password at the same time wait for the first.
type turn struct {
	sync.Mutex
	users int
}

func newVerified() *verified {
	v := &verified{secret: make([]byte, 32), keys: map[[32]byte]time.Time{}, busy: map[[32]byte]*turn{}}
	_, _ = rand.Read(v.secret) // never fails
	return v
}

func (v *verified) key(hash, password string) [32]byte {
	m := hmac.New(sha256.New, v.secret)
	_, _ = m.Write([]byte(hash + "\x00" + password))
	return [32]byte(m.Sum(nil))
}

// begin waits for others with the same key and reports whether it is known.
func (v *verified) begin(key [32]byte) (release func(), known bool) {
	v.mu.Lock()
	t := v.busy[key]
	if t == nil {
		t = &turn{}
		v.busy[key] = t
	}
	t.users++
	v.mu.Unlock()
	t.Lock()
	v.mu.Lock()
	known = time.Now().Before(v.keys[key])
	v.mu.Unlock()
	return func() {
		t.Unlock()
		v.mu.Lock()
		if t.users--; t.users == 0 {
			delete(v.busy, key)
		}
		v.mu.Unlock()
	}, known
}

func (v *verified) keep(key [32]byte) {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := time.Now()
	if len(v.keys) >= maxVerified {
		for k, until := range v.keys {
			if now.After(until) || len(v.keys) >= maxVerified {
				delete(v.keys, k)
			}
		}
	}
	v.keys[key] = now.Add(verifiedFor)
}

var (
	metricBrokerClients       = metric("mqtt_clients", "Clients of the MQTT broker.")
	metricBrokerMessages      = metric("mqtt_messages_total", "Messages of the MQTT broker.", "direction")
	metricBrokerDropped       = metric("mqtt_dropped_total", "Messages that were not delivered or not retained, because too many waited.")
	metricBrokerCoalesced     = metric("mqtt_coalesced_total", "Values that were replaced by newer ones before a client took them.")
	metricBrokerRefused       = metric("mqtt_refused_total", "Messages that their clients may not publish.")
	metricBrokerLogins        = metric("mqtt_logins_failed_total", "Logins of MQTT clients that failed.")
	metricBrokerSlow          = metric("mqtt_slow_closes_total", "Connections closed because the client did not read.")
	metricBrokerPanics        = metric("mqtt_panics_total", "Connections closed by a fault of the broker.")
	metricBrokerRetained      = metric("mqtt_retained", "Topics with a retained message, tags included.")
	metricBrokerSubscriptions = metric("mqtt_subscriptions", "Subscriptions of MQTT clients.")
)

// brokerCollector gives the counters of the broker to Prometheus.
type brokerCollector struct{ broker *broker.Broker }

// Describe implements prometheus.Collector.
func (c brokerCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{metricBrokerClients, metricBrokerMessages, metricBrokerDropped, metricBrokerCoalesced, metricBrokerRefused,
		metricBrokerLogins, metricBrokerSlow, metricBrokerPanics, metricBrokerRetained, metricBrokerSubscriptions} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c brokerCollector) Collect(ch chan<- prometheus.Metric) {
	s := c.broker.Stats()
	for _, m := range []struct {
		desc  *prometheus.Desc
		kind  prometheus.ValueType
		v     int64
		label []string
	}{
		{metricBrokerClients, prometheus.GaugeValue, s.Clients, nil},
		{metricBrokerMessages, prometheus.CounterValue, s.Received, []string{"in"}}, {metricBrokerMessages, prometheus.CounterValue, s.Sent, []string{"out"}},
		{metricBrokerDropped, prometheus.CounterValue, s.Dropped, nil}, {metricBrokerCoalesced, prometheus.CounterValue, s.Coalesced, nil},
		{metricBrokerRefused, prometheus.CounterValue, s.Refused, nil}, {metricBrokerLogins, prometheus.CounterValue, s.LoginsFailed, nil},
		{metricBrokerSlow, prometheus.CounterValue, s.Slow, nil}, {metricBrokerPanics, prometheus.CounterValue, s.Panics, nil},
		{metricBrokerRetained, prometheus.GaugeValue, s.Retained, nil}, {metricBrokerSubscriptions, prometheus.GaugeValue, s.Subscriptions, nil},
	} {
		ch <- prometheus.MustNewConstMetric(m.desc, m.kind, float64(m.v), m.label...)
	}
}
