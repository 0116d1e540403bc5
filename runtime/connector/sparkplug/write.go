package sparkplug

import (
	"context"
	"fmt"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/protocol/mqtt"
	"github.com/lineside/lineside/runtime/protocol/sparkplug"
	"github.com/lineside/lineside/runtime/tag"
)

// confirmTimeout is how long a value may take to come back, if the engine is as patient.
const confirmTimeout = 10 * time.Second

// waiter waits for a metric to be born, or to have a value.
type waiter struct {
	address *Address
	want    sparkplug.Value // of the part; none: any
	typ     sparkplug.DataType
	seen    chan struct{} // closed when it has come
	done    bool
}

// notify tells those who wait for a metric. m may be nil.
func (c *Connector) notify(k key, m *metric) {
	for w := range c.waiters {
		if w.done || w.address.key() != k {
			continue
		}
		if !w.want.IsNone() {
			if m == nil || m.null {
				continue
			}
			if v, _, null, ok := m.value.Select(m.typ, w.address.Part); !ok || null || !v.Same(w.typ, w.want) {
				continue
			}
		}
		w.done = true
		close(w.seen)
	}
}

// Write implements connector.Connector: a command (clauses 6.4.23, 6.4.24), which is done when the node reports
// the value. Sparkplug has no other answer.
func (c *Connector) Write(ctx context.Context, p connector.Point, v tag.Value) error {
	a, ok := p.Address.(*Address)
	if !ok {
		return &connector.StatusError{Quality: tag.BadConfigurationError, Message: fmt.Sprintf("%s has no Sparkplug address", p.Path)}
	}
	s := c.current()
	if s == nil {
		return connector.ErrNotConnected
	}
	ctx, cancel := connector.Within(ctx, confirmTimeout)
	defer cancel()
	if err := c.awaitBirth(ctx, s, a); err != nil {
		return err
	}
	topic, payload, w, err := c.command(a, v)
	if err != nil {
		return err
	}
	defer c.forget(w)
	if sent, err := s.Publish(ctx, topic, payload, 0, false); err != nil {
		if sent {
			return fmt.Errorf("command to %s: %w: %w", a, connector.ErrUncertain, err)
		}
		return fmt.Errorf("command to %s: %w", a, err)
	}
	if w == nil {
		return nil
	}
	if err := c.wait(ctx, s, w); err != nil {
		if ctx.Err() != nil { // the node is silent, the connection is not
			return fmt.Errorf("%w: the command was sent, but %s/%s has not reported the value", connector.ErrUncertain, a.Group, a.Node)
		}
		return fmt.Errorf("command to %s: %w: %w", a, connector.ErrUncertain, err)
	}
	return nil
}

// awaitBirth waits until the metric is known.
func (c *Connector) awaitBirth(ctx context.Context, s mqtt.Session, a *Address) error {
	k := a.key()
	w := &waiter{address: a, seen: make(chan struct{})}
	c.mu.Lock()
	n := c.host.expect(k.NodeID, time.Now())
	if n == nil {
		c.mu.Unlock()
		return &connector.StatusError{Quality: tag.BadRequestTooLarge, Message: "there are too many edge nodes"}
	}
	c.waiters[w] = struct{}{}
	c.signal()
	c.mu.Unlock()
	defer c.forget(w)
	for {
		c.mu.Lock()
		u := n.units[k.device]
		known, dead := u != nil, n.heard && n.deadline.IsZero() && (u == nil || !u.alive)
		there := known && u.metrics[k.metric] != nil
		c.mu.Unlock()
		switch {
		case dead:
			return &connector.StatusError{Quality: tag.BadNoCommunication, Message: fmt.Sprintf("%s is not online", a.unit())}
		case there:
			return nil
		case known:
			return &connector.StatusError{Quality: tag.BadNodeIDUnknown, Message: fmt.Sprintf("%s has no metric %q", a.unit(), a.Metric)}
		}
		if err := c.wait(ctx, s, w); err != nil {
			if ctx.Err() != nil {
				return &connector.StatusError{Quality: tag.BadNoCommunication, Message: fmt.Sprintf("%s has not said what it has", a.unit())}
			}
			return err
		}
	}
}

// unit names the node or device for people.
func (a *Address) unit() string {
	if a.Device != "" {
		return "the device " + a.Group + "/" + a.Node + "/" + a.Device
	}
	return "the edge node " + a.Group + "/" + a.Node
}

// command makes the message that writes, and who waits for its effect: nil for nobody.
func (c *Connector) command(a *Address, v tag.Value) (topic string, payload []byte, w *waiter, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := a.key()
	var u *unit
	if n := c.host.nodes[k.NodeID]; n != nil {
		u = n.units[k.device]
	}
	if u == nil || u.metrics[k.metric] == nil {
		return "", nil, nil, &connector.StatusError{Quality: tag.BadNodeIDUnknown, Message: fmt.Sprintf("%s has no metric %q", a.unit(), a.Metric)}
	}
	m := u.metrics[k.metric]
	whole, err := m.value.With(m.typ, a.Part, v)
	if err != nil {
		return "", nil, nil, err
	}
	now := tag.Now()
	out := sparkplug.Metric{Timestamp: now, Type: m.typ, Value: whole}
	// A metric that has an alias goes by it alone (clause 6.4.6).
	if out.Alias, out.HasAlias = m.alias, m.aliased; !m.aliased {
		out.Name = m.name
	}
	t := sparkplug.Topic{NodeID: k.NodeID, Kind: sparkplug.NCmd, Device: a.Device}
	if a.Device != "" {
		t.Kind = sparkplug.DCmd
	}
	p := sparkplug.Payload{Timestamp: now, Seq: -1, Metrics: []sparkplug.Metric{out}}
	want, typ, _, _ := whole.Select(m.typ, a.Part)
	present, _, null, _ := m.value.Select(m.typ, a.Part)
	// What the node says already it need not say again.
	if a.Confirm != "sent" && (m.null || null || !present.Same(typ, want)) {
		w = &waiter{address: a, want: want, typ: typ, seen: make(chan struct{})}
		c.waiters[w] = struct{}{}
	}
	return t.String(), p.Append(nil), w, nil
}

func (c *Connector) forget(w *waiter) {
	if w == nil {
		return
	}
	c.mu.Lock()
	delete(c.waiters, w)
	c.mu.Unlock()
}

// wait waits for w, and sends meanwhile what is due: there may be no Run that does.
func (c *Connector) wait(ctx context.Context, s mqtt.Session, w *waiter) error {
	for {
		pause, err := c.pump(ctx, s)
		if err != nil {
			return err
		}
		timer := time.NewTimer(max(10*time.Millisecond, min(pause, 100*time.Millisecond)))
		select {
		case <-w.seen:
			timer.Stop()
			return nil
		case <-s.Lost():
			timer.Stop()
			return s.Why()
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}
