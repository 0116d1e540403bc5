package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"gopkg.in/natefinch/lumberjack.v2"

	"github.com/lineside/lineside/designer"
	"github.com/lineside/lineside/examples"
	"github.com/lineside/lineside/runtime/api"
	"github.com/lineside/lineside/runtime/backup"
	"github.com/lineside/lineside/runtime/certificate"
	"github.com/lineside/lineside/runtime/connector/folder"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/lastvalue"
	"github.com/lineside/lineside/runtime/schedule"
	"github.com/lineside/lineside/runtime/script/worker"
	"github.com/lineside/lineside/runtime/session"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

// dataFlags say where the runtime keeps its data.
type dataFlags struct {
	Data string `help:"Data folder: everything that is kept." default:"data" env:"LINESIDE_DATA" type:"path" placeholder:"DIR"`
	DB   string `name:"db" help:"Keep documents in PostgreSQL (postgres://user:password@host/name) instead of the data folder." env:"LINESIDE_DB" secret:"" placeholder:"URL"`
}

type serveCmd struct {
	dataFlags
	mqttFlags
	Listen        string   `help:"Address to listen on." default:"127.0.0.1:8080" env:"LINESIDE_LISTEN" placeholder:"HOST:PORT"`
	Safe          bool     `help:"Refuse every write." env:"LINESIDE_SAFE"`
	Demo          bool     `help:"Begin an empty data folder with the demo plant and app." env:"LINESIDE_DEMO"`
	Provisioning  string   `help:"Folder with plant.json and apps/*.json that are applied at start (default: provisioning in the data folder)." env:"LINESIDE_PROVISIONING" type:"path" placeholder:"DIR"`
	Files         string   `help:"Folder of the files that devices may read; nothing else of this machine's disk (default: files in the data folder)." env:"LINESIDE_FILES" type:"path" placeholder:"DIR"`
	HistoryDays   int      `help:"How many days every sample of the history is kept, until an administrator says otherwise; 0 is for ever." default:"400" env:"LINESIDE_HISTORY_DAYS" placeholder:"DAYS"`
	Origins       []string `help:"Further origins whose pages may open live connections." env:"LINESIDE_ORIGINS" placeholder:"URL"`
	Show          []string `help:"Hosts from which widgets may show videos, pictures and pages, such as https://cam1.plant.example; none else are." env:"LINESIDE_SHOW" placeholder:"URL"`
	SecureCookies bool     `help:"Log in over TLS only, behind a proxy that has it." env:"LINESIDE_SECURE_COOKIES"`
	LogLevel      string   `help:"Least level of what is logged: ${enum}." default:"info" enum:"debug,info,warn,error" env:"LINESIDE_LOG_LEVEL"`
}

// stopWithin is how long everything may take to end.
const stopWithin = 4500 * time.Millisecond

// scriptWorker is the command that starts a worker of scripts: this binary.
func scriptWorker() []string {
	self, err := os.Executable()
	if err != nil {
		return nil
	}
	return []string{self, worker.Argument}
}

// Run serves until the context ends.
func (c *serveCmd) Run(con *console) error {
	// First what can be wrong with the machine, each in one clear sentence.
	listener, err := listen(c.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	shown, err := api.ParseShown(c.Show)
	if err != nil {
		return fmt.Errorf("--show: %w", err)
	}
	mqtt, err := c.mqttFlags.listen(c.Demo)
	if err != nil {
		return err
	}
	defer mqtt.close()
	unlock, err := store.LockFolder(c.Data)
	if errors.Is(err, store.ErrLocked) {
		return fmt.Errorf("another Lineside serves from the data folder %s: stop it, or give another folder with --data", c.Data)
	}
	if err != nil {
		return err
	}
	defer unlock()
	log, closeLog := c.logger(con.errors)
	defer closeLog()
	if err := c.allowFiles(); err != nil {
		return err
	}

	if err := backup.Finish(con.ctx, c.Data, c.DB); err != nil {
		return err
	}
	db, err := store.Open(con.ctx, c.DB, c.Data)
	if err != nil {
		return err
	}
	defer db.Close()
	catalogue, err := widgets.Load()
	if err != nil {
		return err
	}
	memory, err := newMemory(con.ctx, db)
	if err != nil {
		return err
	}
	last, err := lastvalue.Open(filepath.Join(c.Data, "last.values"))
	if err != nil {
		return err
	}
	defer last.Close()
	archive, err := historian.Open(con.ctx, db.History(), historian.Options{Dir: filepath.Join(c.Data, "history"), Log: log, Retention: historian.RetentionOf(c.HistoryDays)})
	if err != nil {
		return err
	}
	defer archive.Close()
	finishCorrections(con.ctx, db, archive, log)
	certificates, err := certificate.New(con.ctx, db, log, filepath.Join(c.Data, "opcua"))
	if err != nil {
		return err
	}
	eng := engine.New(engine.Options{
		Log: log, Last: last, Archive: archive, Catalogue: catalogue, Safe: c.Safe, Worker: scriptWorker(), Audit: api.AuditWrites(db), Record: api.RecordEvents(db), Alarms: db, Keep: memory.keep, KeepMany: memory.keepMany, Kept: memory.kept,
		Trust: certificates, Secret: func(ref string) (string, error) { return db.Secret(context.Background(), ref) },
	})
	certificates.OnChange(func(devices []string) { eng.Reconnect(devices...) })
	runner := schedule.NewRunner(zoneOf(eng))
	places := backup.NewPlaces(db, c.Data)
	backups, err := newBackups(con.ctx, db, c.Data, archive, eng, places, runner, log)
	if err != nil {
		return err
	}
	messages, err := api.NewNotify(con.ctx, db, eng, certificates.Keeper("messages"), log)
	if err != nil {
		return err
	}
	font := designer.ReportFont
	if !designer.HasReportFont() {
		font = nil
		log.Warn("reports cannot be made as PDF", "error", designer.ErrNoFont)
	}
	reports := api.NewReports(db, eng, places, messages, runner, font, log)
	exports, err := api.NewExports(con.ctx, db, eng, c.Data, places, messages, runner, zoneOf(eng), log)
	if err != nil {
		return err
	}
	hub := session.NewHub(eng, session.Options{Log: log, Origins: c.Origins})
	server := api.New(api.Options{Store: db, Engine: eng, Notify: messages, Certificates: certificates, Backup: backups, Places: places, Exports: exports, Reports: reports, Live: hub, Broker: mqtt.make(eng, log, c.Origins), WebSocketMQTT: c.MQTTWebSocket, Catalogue: catalogue, Pages: designer.Pages(), Log: log, Version: version, SecureCookies: c.SecureCookies, Shown: shown})

	ctx, stop := context.WithCancel(con.ctx)
	defer stop()
	var running sync.WaitGroup
	running.Go(func() {
		if err := eng.Run(ctx); err != nil {
			log.Error("engine ended", "error", err)
		}
	})
	running.Go(func() { hub.Run(ctx) })
	running.Go(func() { messages.Run(ctx) })
	running.Go(func() { archive.Run(ctx, time.Second) })
	running.Go(func() { tendHeap(ctx) })
	running.Go(func() { db.KeepRoom(ctx, log) })
	running.Go(func() { runner.Run(ctx) })
	running.Go(func() { backups.Run(ctx) })
	running.Go(func() { exports.Run(ctx) })
	running.Go(func() { reports.Run(ctx) })
	err = c.prepare(ctx, server)
	if err == nil && mqtt != nil {
		mqtt.server = server
		running.Go(func() { mqtt.run(ctx, log) })
	}
	if err == nil {
		err = c.announce(ctx, con, server, log, listener)
	}
	if err == nil {
		err = server.Serve(ctx, listener)
	}
	stop()
	ended := make(chan struct{})
	go func() {
		running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(stopWithin):
		log.Error("something did not end in time and was left")
	}
	return err
}

// allowFiles names the folder of the files that devices may read.
func (c *serveCmd) allowFiles() error {
	if c.Files == "" {
		c.Files = filepath.Join(c.Data, "files")
		if err := os.MkdirAll(c.Files, 0o750); err != nil {
			return fmt.Errorf("folder for files: %w", err)
		}
	}
	if info, err := os.Stat(c.Files); err != nil || !info.IsDir() {
		return fmt.Errorf("there is no folder %s for the files of devices: make it, or give another with --files", c.Files)
	}
	folder.Allow(c.Files)
	return nil
}

// listen opens the port; the error says what to do.
func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("the address %s is in use by another program: stop it, or give another with --listen", address)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("this user may not listen on %s: ports below 1024 need special rights, give another with --listen", address)
	case err != nil:
		return nil, fmt.Errorf("cannot listen on %s: %w", address, err)
	}
	return l, nil
}

// logger writes to the console and, in JSON, to files in the data folder.
func (c *serveCmd) logger(console io.Writer) (*slog.Logger, func()) {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // kong has checked it
	file := &lumberjack.Logger{Filename: filepath.Join(c.Data, "log", "lineside.log"), MaxSize: 20, MaxBackups: 5, Compress: true}
	options := &slog.HandlerOptions{Level: level}
	return slog.New(slog.NewMultiHandler(slog.NewTextHandler(console, options), slog.NewJSONHandler(file, options))), func() { _ = file.Close() }
}

// prepare loads what is kept, what is provisioned and, when there is nothing, the demo.
func (c *serveCmd) prepare(ctx context.Context, server *api.Server) error {
	empty, err := server.IsEmpty(ctx)
	if err != nil {
		return err
	}
	if err := server.Load(ctx); err != nil {
		return err
	}
	dir := c.Provisioning
	if dir == "" {
		dir = filepath.Join(c.Data, "provisioning")
	}
	if err := server.Provision(ctx, dir); err != nil {
		return err
	}
	if !empty || !c.Demo {
		return nil
	}
	if empty, err = server.IsEmpty(ctx); err != nil || !empty {
		return err // provisioned
	}
	if err := server.ApplyPlant(ctx, "demo", examples.Plant(examples.Demo)); err != nil {
		return fmt.Errorf("demo plant: %w", err)
	}
	if err := server.ApplyApp(ctx, "demo", examples.Demo, examples.App(examples.Demo)); err != nil {
		return fmt.Errorf("demo app: %w", err)
	}
	return nil
}

// announce prints where the server is, and the one-time set-up link while it is needed.
func (c *serveCmd) announce(ctx context.Context, con *console, server *api.Server, log *slog.Logger, l net.Listener) error {
	token, err := server.NewSetupToken(ctx)
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); ip != nil && !ip.IsLoopback() {
		log.Warn("listening beyond this machine without TLS: put a proxy with TLS before it, or listen on 127.0.0.1", "address", l.Addr())
		if ip.IsUnspecified() {
			host = "127.0.0.1"
		}
	}
	url := "http://" + net.JoinHostPort(host, port)
	if con.json {
		out := map[string]string{"url": url}
		if token != "" {
			out["setup"] = url + "/setup#" + token
		}
		return json.NewEncoder(con.out).Encode(out)
	}
	fmt.Fprintf(con.out, "Lineside %s runs at %s\n", version, url)
	if token != "" {
		fmt.Fprintf(con.out, "Set it up, once:  %s/setup#%s\n", url, token)
	}
	log.Info("started", "version", version, "address", l.Addr().String(), "data", c.Data, "database", strings.SplitN(c.DB, ":", 2)[0], "safe", c.Safe, "pid", os.Getpid())
	return nil
}

// memory keeps the values of memory tags.
type memory struct {
	ctx    context.Context // of the process: values are kept until it ends
	db     *store.Store
	mu     sync.Mutex
	values map[tag.Path]json.RawMessage
}

func newMemory(ctx context.Context, db *store.Store) (*memory, error) {
	values, err := db.Values(ctx)
	return &memory{ctx: context.WithoutCancel(ctx), db: db, values: values}, err
}

func (m *memory) keep(path tag.Path, value []byte) error {
	if err := m.db.KeepValue(m.ctx, path, value, time.Now().UnixMicro()); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[path] = append(json.RawMessage(nil), value...)
	return nil
}

func (m *memory) keepMany(values map[tag.Path][]byte) error {
	raw := make(map[tag.Path]json.RawMessage, len(values))
	for path, value := range values {
		raw[path] = value
	}
	if err := m.db.KeepValues(m.ctx, raw, time.Now().UnixMicro()); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.Copy(m.values, raw)
	return nil
}

func (m *memory) kept(path tag.Path) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.values[path]
}
