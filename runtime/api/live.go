package api

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lineside/lineside/runtime/session"
)

// recheck is how often the login behind a live connection is looked at again, for what
// another process has changed; what this one changes takes effect at once.
const recheck = 15 * time.Second

// serveLive hands a WebSocket to the live sessions.
func (s *Server) serveLive(w http.ResponseWriter, r *http.Request) {
	who, err := s.identifyLive(r)
	switch {
	case s.live == nil:
		s.writeError(w, r, errNotReady.with())
		return
	case err != nil && errorOf(err).status >= 500:
		s.writeError(w, r, err)
		return
	case err != nil || actorOf(who.Context()).Name == "":
		s.live.Refuse(w, r)
		return
	}
	actor := actorOf(who.Context())
	ctx, cancel := context.WithCancelCause(who.Context())
	defer cancel(nil)
	go func() {
		tick := time.NewTicker(recheck)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			now, err := s.identifyLive(r)
			switch {
			case err != nil && errorOf(err).status >= 500:
				s.log.Warn("login of a live connection not looked at", "actor", actor.Name, "error", err)
			case err != nil || actorOf(now.Context()).Name != actor.Name:
				cancel(session.ErrLoginEnded)
			case actorOf(now.Context()).Rights.Key() != actor.Rights.Key():
				s.live.AccessChanged(actor.Name)
			}
		}
	}()
	s.live.Serve(w, who.WithContext(ctx), actor, languageOf(ctx))
}

// identifyLive finds out who asks for a live connection. It changes nothing in the session.
func (s *Server) identifyLive(r *http.Request) (*http.Request, error) {
	token := ""
	if c, err := r.Cookie(s.sessions.Cookie.Name); err == nil {
		token = c.Value
	}
	ctx, err := s.sessions.Load(r.Context(), token)
	if err != nil {
		return r, err
	}
	return s.identify(r.WithContext(ctx))
}

// accessChanged ends the live connections of somebody whose rights or login have changed;
// those who may come back do.
func (s *Server) accessChanged(ctx context.Context, user string, tokens ...string) {
	s.actorChanged(user)
	owned, err := s.store.Tokens(ctx, user)
	if err != nil {
		s.log.Warn("tokens of a changed user not found", "user", user, "error", err)
	}
	for _, t := range owned {
		tokens = append(tokens, t.Name)
	}
	for _, t := range tokens {
		s.actorChanged("token:" + t)
	}
}

// actorChanged ends the live connections of one user's sessions or of one token, over WebSocket and
// MQTT, and withdraws what they have asked for.
func (s *Server) actorChanged(actor string) {
	s.engine.AccessChanged(actor)
	if s.live != nil {
		s.live.AccessChanged(actor)
	}
	if s.broker != nil {
		s.broker.AccessChanged(actor)
	}
}

var (
	metricSessions   = metric("live_sessions", "Live connections.")
	metricFeeds      = metric("live_feeds", "What live connections share.")
	metricFrames     = metric("live_frames_total", "Frames of values that were encoded.")
	metricRows       = metric("live_rows_total", "Values that were encoded.")
	metricMessages   = metric("live_messages_total", "Messages written to live connections.")
	metricBytes      = metric("live_bytes_total", "Bytes written to live connections.")
	metricLags       = metric("live_lags_total", "Times that values were left out for a slow connection.")
	metricSlowCloses = metric("live_slow_closes_total", "Connections closed because they were slow.")
	metricLiveRefuse = metric("live_refused_total", "Connections turned away.")
)

// hubCollector gives the counters of the live sessions to Prometheus.
type hubCollector struct{ hub *session.Hub }

// Describe implements prometheus.Collector.
func (c hubCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{metricSessions, metricFeeds, metricFrames, metricRows, metricMessages, metricBytes, metricLags, metricSlowCloses, metricLiveRefuse} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c hubCollector) Collect(ch chan<- prometheus.Metric) {
	s := c.hub.Stats()
	for _, m := range []struct {
		desc *prometheus.Desc
		kind prometheus.ValueType
		v    int64
	}{
		{metricSessions, prometheus.GaugeValue, s.Sessions}, {metricFeeds, prometheus.GaugeValue, s.Feeds},
		{metricFrames, prometheus.CounterValue, s.Frames}, {metricRows, prometheus.CounterValue, s.Rows},
		{metricMessages, prometheus.CounterValue, s.Messages}, {metricBytes, prometheus.CounterValue, s.Bytes},
		{metricLags, prometheus.CounterValue, s.Lags}, {metricSlowCloses, prometheus.CounterValue, s.SlowCloses}, {metricLiveRefuse, prometheus.CounterValue, s.Refused},
	} {
		ch <- prometheus.MustNewConstMetric(m.desc, m.kind, float64(m.v))
	}
}
