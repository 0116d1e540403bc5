package api

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
)

// healthz says that the process answers.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n")
}

// readyz says that requests can be served: the database answers.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := s.store.Ping(ctx); err != nil {
		s.writeError(w, r, errNotReady.with().because(err))
		return
	}
	s.healthz(w, r)
}

// serveMetrics serves Prometheus: to this machine, and to whoever may view.
func (s *Server) serveMetrics(w http.ResponseWriter, r *http.Request) {
	local := net.ParseIP(remoteHost(r))
	if local == nil || !local.IsLoopback() || r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" {
		ctx, err := s.sessions.Load(r.Context(), "")
		if err == nil {
			r, err = s.identify(r.WithContext(ctx))
		}
		if err == nil {
			err = anywhere(auth.View).check(actorOf(r.Context()))
		}
		if err != nil {
			s.writeError(w, r, err)
			return
		}
	}
	promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}

// metrics makes the registry.
func (s *Server) metrics() {
	s.registry = prometheus.NewRegistry()
	s.requests = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "lineside_http_request_seconds", Help: "Time to answer HTTP requests.", Buckets: []float64{.001, .005, .02, .1, .5, 2, 10},
	}, []string{"method", "status"})
	s.registry.MustRegister(s.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if s.engine != nil {
		s.registry.MustRegister(engineCollector{s.engine})
	}
	if s.live != nil {
		s.registry.MustRegister(hubCollector{s.live})
	}
	if s.broker != nil {
		s.registry.MustRegister(brokerCollector{s.broker})
	}
}

// engineCollector gives the counters of the engine to Prometheus.
type engineCollector struct{ engine *engine.Engine }

func metric(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("lineside_"+name, help, labels, nil)
}

var (
	metricUpdates     = metric("tag_updates_total", "Samples that devices brought.")
	metricEvaluations = metric("evaluations_total", "Evaluations of computed tags and bindings.")
	metricExchanges   = metric("device_exchange_seconds", "Time of exchanges with devices.")
	metricReads       = metric("device_reads_total", "Reads of devices.")
	metricWrites      = metric("device_writes_total", "Writes of devices.")
	metricErrors      = metric("device_errors_total", "Exchanges with devices that failed.")
	metricOutcomes    = metric("writes_total", "Writes through the gate by outcome.", "outcome")
	metricRefused     = metric("writes_refused_total", "Writes that never reached a device.")
	metricOverruns    = metric("scan_overruns_total", "Polls that could not begin in time.")
	metricTags        = metric("tags", "Named tags.")
	metricScreens     = metric("screens", "Compiled screens in use.")
	metricExpressions = metric("expressions", "Shared expressions in use.")
	metricQueue       = metric("write_queue", "Writes that wait.")
	metricDevices     = metric("devices", "Devices that are not disabled.")
	metricConnected   = metric("devices_connected", "Devices that answer.")
)

// Describe implements prometheus.Collector.
func (c engineCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{metricUpdates, metricEvaluations, metricExchanges, metricReads, metricWrites, metricErrors, metricOutcomes,
		metricRefused, metricOverruns, metricTags, metricScreens, metricExpressions, metricQueue, metricDevices, metricConnected} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c engineCollector) Collect(ch chan<- prometheus.Metric) {
	m := c.engine.Metrics()
	counter := func(d *prometheus.Desc, v uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	gauge := func(d *prometheus.Desc, v int) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v))
	}
	counter(metricUpdates, m.Updates)
	counter(metricEvaluations, m.Evaluations)
	counter(metricReads, m.Reads)
	counter(metricWrites, m.Writes)
	counter(metricErrors, m.Errors)
	counter(metricOutcomes, m.WritesGood, engine.OutcomeGood)
	counter(metricOutcomes, m.WritesFailed, engine.OutcomeFailed)
	counter(metricOutcomes, m.WritesUnknown, engine.OutcomeUnknown)
	counter(metricRefused, m.WritesRefused)
	counter(metricOverruns, m.Overruns)
	gauge(metricTags, m.Tags)
	gauge(metricScreens, m.Screens)
	gauge(metricExpressions, m.Expressions)
	gauge(metricQueue, m.Queue)
	gauge(metricDevices, m.Devices)
	gauge(metricConnected, m.Connected)
	buckets, count := map[float64]uint64{}, uint64(0)
	for i, n := range m.LatencyBuckets {
		count += n
		if i < len(m.LatencyBounds) {
			buckets[m.LatencyBounds[i].Seconds()] = count
		}
	}
	ch <- prometheus.MustNewConstHistogram(metricExchanges, count, m.LatencySum.Seconds(), buckets)
}

// observer notes the status of an answer.
type observer struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (o *observer) WriteHeader(status int) {
	if o.status == 0 {
		o.status = status
	}
	o.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController through.
func (o *observer) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// observe logs and counts requests. The WebSockets go past it: they need the bare writer.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == prefix+"/live" || r.URL.Path == brokerPath {
			next.ServeHTTP(w, r)
			return
		}
		began, o := time.Now(), &observer{ResponseWriter: w}
		defer func() {
			if v := recover(); v != nil {
				if v == http.ErrAbortHandler {
					panic(v)
				}
				s.log.Error("panic", "method", r.Method, "path", r.URL.Path, "value", v, "stack", stack())
				if o.status == 0 {
					s.writeError(o, r, errInternal.with())
				}
			}
			if o.status == 0 {
				o.status = http.StatusOK
			}
			took := time.Since(began)
			s.requests.WithLabelValues(methodLabel(r.Method), strconv.Itoa(o.status)).Observe(took.Seconds())
			level := slog.LevelDebug
			switch {
			case o.status >= 500:
				level = slog.LevelError
			case o.status >= 400, r.Method != http.MethodGet && strings.HasPrefix(r.URL.Path, prefix):
				level = slog.LevelInfo
			}
			s.log.Log(r.Context(), level, "request", "method", r.Method, "path", r.URL.Path, "status", o.status, "ms", took.Milliseconds(), "from", remoteHost(r))
		}()
		next.ServeHTTP(o, r)
	})
}

// methodLabel keeps invented methods from making labels without end.
func methodLabel(method string) string {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return method
	}
	return "other"
}
