package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// wire is the far end of the in-test connector: what a device would do.
type wire struct {
	mu       sync.Mutex
	values   map[string]tag.Value
	log      []string
	gate     chan struct{} // a read waits for it, when set
	fail     error
	panics   string
	settings string
	connects atomic.Int32
	closes   atomic.Int32
	emit     func([]connector.Update)
	points   []connector.Point
}

func (w *wire) note(s string) { w.mu.Lock(); w.log = append(w.log, s); w.mu.Unlock() }

func (w *wire) noted() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.log)
}

var wires sync.Map // device name in the settings → *wire

func newWire(t *testing.T) (*wire, string) {
	name := strings.ReplaceAll(t.Name(), "/", "_")
	w := &wire{values: map[string]tag.Value{}}
	wires.Store(name, w)
	t.Cleanup(func() { wires.Delete(name) })
	return w, name
}

type wireConnector struct{ w *wire }

func init() {
	register := func(id string, push bool) {
		connector.Register(&connector.Type{
			Component: spec.Component{ID: id, Version: 1}, Push: push,
			Check: func(json.RawMessage) error { return nil },
			Address: func(raw json.RawMessage, _ tag.Type, _ bool) (any, error) {
				var a struct{ At, Group string }
				return a.At, json.Unmarshal(raw, &a)
			},
			New: func(settings json.RawMessage) (connector.Connector, error) {
				var s struct{ Name string }
				if err := json.Unmarshal(settings, &s); err != nil {
					return nil, err
				}
				x, ok := wires.Load(s.Name)
				if !ok {
					return nil, fmt.Errorf("no wire %q", s.Name)
				}
				w := x.(*wire)
				w.mu.Lock()
				w.settings = string(settings)
				w.mu.Unlock()
				if push {
					return &pushConnector{wireConnector{w}}, nil
				}
				return &wireConnector{w}, nil
			},
		})
	}
	register("test-poll", false)
	register("test-push", true)
}

func (c *wireConnector) Connect(context.Context) error {
	c.w.connects.Add(1)
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	if c.w.panics == "connect" {
		c.w.panics = ""
		panic("planned")
	}
	return c.w.fail
}

// Plan makes one request a point.
func (c *wireConnector) Plan(points []connector.Point) (out []connector.Request) {
	for _, p := range points {
		out = append(out, &wireRequest{c.w, p})
	}
	return out
}

func (c *wireConnector) Write(_ context.Context, p connector.Point, v tag.Value) error {
	c.w.note("write " + string(p.Path) + "=" + v.String())
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	if c.w.panics == "write" {
		c.w.panics = ""
		panic("planned")
	}
	if c.w.fail == nil {
		c.w.values[string(p.Path)] = v
	}
	return c.w.fail
}

func (c *wireConnector) Close() error { c.w.closes.Add(1); return nil }

type wireRequest struct {
	w *wire
	p connector.Point
}

func (r *wireRequest) Points() []int { return []int{r.p.ID} }

func (r *wireRequest) Read(ctx context.Context, dst []connector.Update) ([]connector.Update, error) {
	r.w.note("read " + string(r.p.Path))
	r.w.mu.Lock()
	gate, fail, panics := r.w.gate, r.w.fail, r.w.panics
	if panics == "read" {
		r.w.panics = ""
	}
	r.w.mu.Unlock()
	if panics == "read" {
		panic("planned")
	}
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return dst, ctx.Err()
		}
	}
	if fail != nil {
		return dst, fail
	}
	r.w.mu.Lock()
	v := r.w.values[string(r.p.Path)]
	r.w.mu.Unlock()
	if v.IsNone() {
		v = tag.OfFloat(1)
	}
	return append(dst, connector.Update{Point: r.p.ID, Sample: tag.Sample{Value: v}}), nil
}

// pushConnector tells of changes by itself.
type pushConnector struct{ wireConnector }

func (c *pushConnector) Plan([]connector.Point) []connector.Request { return nil }

func (c *pushConnector) Run(ctx context.Context, points []connector.Point, emit func([]connector.Update)) error {
	c.w.mu.Lock()
	c.w.emit, c.w.points = emit, points
	panics := c.w.panics
	c.w.mu.Unlock()
	if panics == "run" {
		panic("planned")
	}
	<-ctx.Done()
	return ctx.Err()
}

func wirePlant(conn, name string, tags int, extra string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"format":1,"devices":[{"id":"d","connector":%q,"settings":{"name":%q},"scans":[{"id":"s","interval":"1h"}]%s}],"tags":[`, conn, name, extra)
	for i := range tags {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"path":"t%d","type":"float","device":"d","address":{"at":"x"},"write":{"readBack":"0s"}}`, i)
	}
	return b.String() + "]}"
}
