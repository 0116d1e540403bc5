// Package api is the HTTP side of the runtime: the JSON API under /api/v1, the pages, and
// the wiring of store and engine behind them.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/backup"
	"github.com/lineside/lineside/runtime/broker"
	"github.com/lineside/lineside/runtime/certificate"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/export"
	"github.com/lineside/lineside/runtime/notify"
	"github.com/lineside/lineside/runtime/report"
	"github.com/lineside/lineside/runtime/session"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/widgets"
)

// Options are what a server is made of.
type Options struct {
	Store  *store.Store
	Engine *engine.Engine
	Live   *session.Hub
	// Broker is the MQTT broker, nil for none; WebSocketMQTT serves it at /mqtt too.
	Broker        *broker.Broker
	WebSocketMQTT bool
	Catalogue     widgets.Catalogue
	// Certificates is the trust store of the plant, nil for none.
	Certificates *certificate.Book
	// Backup takes backups, and Places are where files can be written to; nil for none.
	Backup *backup.Service
	Places *backup.Places
	// Exports writes the history into files, nil for none.
	Exports *export.Service
	// Notify tells people of alarms, nil for none.
	Notify *notify.Service
	// Reports makes reports, nil for none.
	Reports *report.Service
	// Pages is the built site; without index.html in it, a page says how to build it.
	Pages fs.FS
	Log   *slog.Logger
	// Version is shown by the API.
	Version string
	// SecureCookies keeps browsers from sending the session without TLS.
	SecureCookies bool
	// Shown are the hosts from which widgets may show pictures, videos and pages (ParseShown).
	Shown []string
	// Hasher of passwords; NewHasher when left out.
	Hasher *auth.Hasher
}

// Server answers HTTP requests.
type Server struct {
	store  *store.Store
	engine *engine.Engine
	live   *session.Hub
	broker *broker.Broker
	// brokerPage says that the broker is served as a WebSocket too.
	brokerPage bool
	verified   *verified
	// reports makes reports, nil for none.
	reports *report.Service
	// certificates is the trust store of the plant, nil for none.
	certificates *certificate.Book
	backup       *backup.Service
	places       *backup.Places
	exports      *export.Service
	notify       *notify.Service
	tries        tries
	catalogue    widgets.Catalogue
	log          *slog.Logger
	version      string
	shown        []string
	hasher       *auth.Hasher
	lockout      *auth.Lockout
	sessions     *scs.SessionManager
	pages        *pages
	registry     *prometheus.Registry
	requests     *prometheus.HistogramVec

	huma    huma.API
	mux     *http.ServeMux
	routes  []route
	handler http.Handler

	// plantMu is held while the plant is changed, appMu while an installation is.
	plantMu, appMu sync.Mutex
	kept           atomic.Pointer[keptPlant]
	// saved remembers when a draft's save was last put into the audit trail.
	saved map[string]savedDraft
	// heads are of app documents by ETag, under headMu.
	headMu      sync.Mutex
	heads       map[string]appHead
	imports     imports
	screenTags  screenTags
	figuresKept figuresKept
	// correcting is held while the history is corrected.
	correcting sync.Mutex
}

// prefix is where the API begins.
const prefix = "/api/v1"

// New makes a server. It starts nothing.
func New(o Options) *Server {
	s := &Server{
		store: o.Store, engine: o.Engine, live: o.Live, broker: o.Broker, brokerPage: o.WebSocketMQTT, verified: newVerified(), certificates: o.Certificates, notify: o.Notify, backup: o.Backup, places: o.Places, exports: o.Exports, reports: o.Reports, catalogue: o.Catalogue, log: o.Log, version: o.Version, shown: o.Shown,
		hasher: o.Hasher, lockout: auth.NewLockout(), saved: map[string]savedDraft{}, heads: map[string]appHead{},
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.hasher == nil {
		s.hasher = auth.NewHasher()
	}
	s.sessions = scs.New()
	s.sessions.Lifetime = sessionLifetime
	s.sessions.HashTokenInStore = true
	s.sessions.Cookie.Name = "lineside_session"
	s.sessions.Cookie.HttpOnly = true
	s.sessions.Cookie.Secure = o.SecureCookies
	s.sessions.Cookie.SameSite = http.SameSiteLaxMode
	s.sessions.ErrorFunc = s.writeError
	if s.store != nil {
		s.sessions.Store = s.store.Sessions()
	}
	s.pages = newPages(o.Pages)
	s.metrics()
	s.mux = http.NewServeMux()
	s.resources()
	s.handler = s.wrap()
	return s
}

// resources registers everything there is, one file a resource.
func (s *Server) resources() {
	apiMux := http.NewServeMux()
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Lineside", Version: "1", Description: "The HTTP API of the Lineside runtime. Errors have a stable code, a message and a hint."},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"session": {Type: "apiKey", In: "cookie", Name: s.sessions.Cookie.Name, Description: "Set by POST /login."},
					"token":   {Type: "http", Scheme: "bearer", Description: "An API token, lst_…"},
				},
			},
		},
		Formats: huma.DefaultFormats, DefaultFormat: "application/json",
	}
	s.huma = humago.NewWithPrefix(apiMux, prefix, config)
	s.meResource()
	s.setupResource()
	s.usersResource()
	s.tokensResource()
	s.auditResource()
	s.plantResource()
	s.unitsResource()
	s.scheduleResource()
	s.generateResource()
	s.usesResource()
	s.devicesResource()
	s.northboundResource()
	s.certificatesResource()
	s.tagsResource()
	s.writesResource()
	s.modelsResource()
	s.eventsResource()
	s.alarmsResource()
	s.alarmLimitsResource()
	s.alarmClassesResource()
	s.notifyResource()
	s.historyResource()
	s.reportsResource()
	s.historyStorageResource()
	s.backupResource()
	s.exportsResource()
	s.expressionsResource()
	s.drawingsResource()
	s.scriptsResource()
	s.catalogResource()
	s.appsResource()
	s.draftResource()
	s.tryResource()
	s.revisionsResource()
	s.folderResource()

	apiMux.HandleFunc("GET "+prefix+"/openapi.json", s.serveOpenAPI)
	s.prometheusResource(apiMux)
	apiMux.HandleFunc(prefix+"/", s.unknownRoute(apiMux))
	s.mux.Handle(prefix+"/", s.sessions.LoadAndSave(s.withActor(apiMux)))
	// The WebSocket needs the bare ResponseWriter, and changes nothing in the session.
	s.mux.HandleFunc("GET "+prefix+"/live", s.serveLive)
	s.pushResource()
	if s.broker != nil && s.brokerPage {
		s.mux.Handle("GET "+brokerPath, s.broker)
	}
	s.mux.HandleFunc("GET /healthz", s.healthz)
	s.mux.HandleFunc("GET /readyz", s.readyz)
	s.mux.HandleFunc("GET /metrics", s.serveMetrics)
	s.mux.Handle("/", s.pages)
}

// wrap puts what concerns every request around the routes.
func (s *Server) wrap() http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.writeError(w, r, errCrossOrigin.with())
	}))
	return s.observe(secure(s.shown, cross.Handler(s.mux)))
}

// Handler answers everything.
func (s *Server) Handler() http.Handler { return s.handler }

// shutdownGrace is how long requests may take to end when the server stops.
const shutdownGrace = 3 * time.Second

// Serve answers requests on l until ctx ends and everything has been answered.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler: s.handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: bodyTimeout, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), shutdownGrace)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil {
		_ = srv.Close()
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// writeError answers with an error outside of huma.
func (s *Server) writeError(w http.ResponseWriter, r *http.Request, err error) {
	ctx := r.Context()
	if ctx.Value(languageKey) == nil {
		ctx = context.WithValue(ctx, languageKey, preferred(r.Header.Get("Accept-Language")))
	}
	e := errorOf(s.answer(ctx, err))
	for name, values := range e.headers {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(e.status)
	_ = json.NewEncoder(w).Encode(e) // the client may be gone
}

// unknownRoute answers what no route takes: 405 when another method would be taken.
func (s *Server) unknownRoute(mux *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			probe := r.Clone(r.Context())
			probe.Method = method
			if _, pattern := mux.Handler(probe); pattern != "" && pattern != prefix+"/" {
				s.writeError(w, r, errMethod.with(r.Method))
				return
			}
		}
		s.writeError(w, r, errRoute.with())
	}
}

// entry begins an entry of the audit trail about what the caller does.
func entry(ctx context.Context, action, target string) store.Entry {
	a := actorOf(ctx)
	return store.Entry{Actor: a.Name, Origin: a.Origin, Action: action, Target: target}
}
