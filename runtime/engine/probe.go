package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
)

// Bounds of connections that are kept while somebody looks around in a device that is not saved.
const (
	probeIdle = 30 * time.Second
	maxProbes = 8
)

// probes are connections made by hand. They stay open for a while, so that looking around does not connect anew for
// every step, and end when a plant is put to work, which may need what they hold. The zero value is ready.
type probes struct {
	mu   sync.Mutex
	open map[string]*probe
}

// probe is one of them. Its connector is called by one caller at a time.
type probe struct {
	of    *probes
	key   string
	turn  chan struct{} // holds one token
	conn  connector.Connector
	took  time.Duration
	close func()
	idle  *time.Timer
	used  time.Time
}

func probeKey(connectorID string, settings json.RawMessage) string {
	if raw, err := spec.Canonical(settings); err == nil {
		settings = raw
	}
	return connectorID + "\n" + string(settings)
}

// take gives the probe of a key to a caller, or nil when there is none.
func (l *probes) take(ctx context.Context, key string) (*probe, error) {
	l.mu.Lock()
	p := l.open[key]
	if p != nil {
		p.used = time.Now()
		p.idle.Reset(probeIdle)
	}
	l.mu.Unlock()
	if p == nil {
		return nil, nil
	}
	select {
	case <-p.turn:
		return p, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// give puts a probe back.
func (p *probe) give() { p.turn <- struct{}{} }

// keep adds an open connection; the one that was not used for the longest time makes room.
func (l *probes) keep(p *probe) {
	l.mu.Lock()
	if l.open == nil {
		l.open = map[string]*probe{}
	}
	var ended []*probe
	if old := l.open[p.key]; old != nil {
		ended = append(ended, l.drop(old))
	}
	for len(l.open) >= maxProbes {
		var oldest *probe
		for _, o := range l.open {
			if oldest == nil || o.used.Before(oldest.used) {
				oldest = o
			}
		}
		ended = append(ended, l.drop(oldest))
	}
	p.of, p.used = l, time.Now()
	l.open[p.key] = p
	p.idle = time.AfterFunc(probeIdle, p.end)
	l.mu.Unlock()
	for _, o := range ended {
		o.close()
	}
}

// drop takes a probe out; mu is held, and the caller closes it.
func (l *probes) drop(p *probe) *probe {
	p.idle.Stop()
	if l.open[p.key] == p {
		delete(l.open, p.key)
	}
	return p
}

// end closes a probe, also under a caller.
func (p *probe) end() {
	p.of.mu.Lock()
	p.of.drop(p)
	p.of.mu.Unlock()
	p.close()
}

// endAll closes all probes.
func (l *probes) endAll() {
	l.mu.Lock()
	var all []*probe
	for _, p := range l.open {
		all = append(all, l.drop(p))
	}
	l.mu.Unlock()
	for _, p := range all {
		p.close()
	}
}

// connect makes a connection with settings that need not be saved. The caller keeps or closes the probe, and has its turn.
// Errors are *spec.Problem or spec.Problems.
func (e *Engine) connect(ctx context.Context, connectorID string, settings json.RawMessage) (*probe, error) {
	typ, ok := connector.Lookup(connectorID)
	if !ok {
		return nil, &spec.Problem{Code: "connector_unknown", Message: fmt.Sprintf("There is no connector %q.", connectorID), Hint: "Choose one of: " + connectorIDs(), At: "/connector"}
	}
	if len(settings) == 0 {
		settings = json.RawMessage("{}")
	}
	if err := typ.Check(settings); err != nil {
		return nil, problemsOf(err, "settings_invalid").Under("/settings")
	}
	var conn connector.Connector
	err := guard(e.log, "connector "+connectorID, func() error {
		resolved, err := spec.WithSecrets(settings, e.secret)
		if err != nil {
			return err
		}
		conn, err = typ.New(resolved)
		useTrust(e.trust, "", conn)
		return err
	})
	if err != nil {
		return nil, wrap("connector_failed", err)
	}
	var once sync.Once
	p := &probe{key: probeKey(connectorID, settings), conn: conn, turn: make(chan struct{}, 1)}
	p.close = func() { once.Do(func() { _ = guard(e.log, "connector "+connectorID, conn.Close) }) }
	// A connector that does not mind its context has the connection closed under it.
	stuck := context.AfterFunc(ctx, p.close)
	defer stuck()
	began := time.Now()
	if err := guard(e.log, "connector "+connectorID, func() error { return conn.Connect(ctx) }); err != nil {
		p.close()
		return nil, wrap("connect_failed", err)
	}
	p.took = time.Since(began)
	return p, nil
}

// probing calls f on a connection with settings that need not be saved: on the one that is open already, or on a new one. It
// stays open for a while.
func (e *Engine) probing(ctx context.Context, connectorID string, settings json.RawMessage, timeout time.Duration, f func(context.Context, connector.Connector) error) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for first := true; ; first = false {
		p, err := e.probes.take(ctx, probeKey(connectorID, settings))
		if err != nil {
			return err
		}
		fresh := p == nil
		if fresh {
			if p, err = e.connect(ctx, connectorID, settings); err != nil {
				return err
			}
			e.probes.keep(p)
		}
		stuck := context.AfterFunc(ctx, p.end)
		err = f(ctx, p.conn)
		stuck()
		p.give()
		if errors.Is(err, connector.ErrNotConnected) {
			p.end()
			if !fresh && first { // it was lost since it was used last
				continue
			}
		}
		return err
	}
}
