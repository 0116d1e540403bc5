package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/unit"
)

// Time-outs of connections made by hand.
const (
	testTimeout   = 5 * time.Second
	browseTimeout = 15 * time.Second
)

// TestDevice connects with settings that need not be saved. It returns how long connecting took and what the device
// says that it is, "" if it does not tell. The connection stays open for a while for who looks around next.
// Errors are *spec.Problem or spec.Problems.
func (e *Engine) TestDevice(ctx context.Context, connectorID string, settings json.RawMessage) (took time.Duration, device string, err error) {
	e.probes.endAll() // a device may allow one connection only
	ctx, cancel := context.WithTimeout(ctx, testTimeout)
	defer cancel()
	p, err := e.connect(ctx, connectorID, settings)
	if err != nil {
		return 0, "", err
	}
	if i, ok := p.conn.(connector.Identifier); ok {
		stuck := context.AfterFunc(ctx, p.close)
		err = guard(e.log, "connector "+connectorID, func() (err error) {
			device, err = i.Identify(ctx)
			return err
		})
		stuck()
	}
	if err != nil {
		p.close()
		return p.took, "", wrap("identify_failed", err)
	}
	e.probes.keep(p)
	p.give()
	return p.took, device, nil
}

// Browse lists what a device has below a node ("" is the root): of the running device, or
// when deviceID is "", over a connection made for it with connectorID and settings.
func (e *Engine) Browse(ctx context.Context, deviceID, connectorID string, settings json.RawMessage, node string) ([]connector.Node, error) {
	var nodes []connector.Node
	err := e.visit(ctx, deviceID, connectorID, settings, func(ctx context.Context, _ *connector.Type, c connector.Connector) (err error) {
		nodes, err = e.level(ctx, c, node)
		return err
	})
	for i := range nodes {
		// What the device calls a unit, in the words of the plant.
		if u, _, ok := unit.Find(nodes[i].Unit); ok {
			nodes[i].Unit = u.Code()
		}
	}
	return nodes, wrap("browse_failed", err)
}

// level browses one node.
func (e *Engine) level(ctx context.Context, c connector.Connector, node string) (nodes []connector.Node, err error) {
	b, ok := c.(connector.Browser)
	if !ok {
		return nil, &spec.Problem{Code: "browse_unsupported", Message: "This kind of device cannot be browsed.", Hint: "Enter the addresses by hand or import them."}
	}
	err = guard(e.log, "browse", func() (err error) {
		nodes, err = b.Browse(ctx, node)
		return err
	})
	return nodes, err
}

// visit calls f with the connection of a running device, in its turn, or when deviceID is "" with one made for it.
func (e *Engine) visit(ctx context.Context, deviceID, connectorID string, settings json.RawMessage, f func(context.Context, *connector.Type, connector.Connector) error) error {
	if deviceID == "" {
		typ, _ := connector.Lookup(connectorID)
		return e.probing(ctx, connectorID, settings, browseTimeout, func(ctx context.Context, c connector.Connector) error { return f(ctx, typ, c) })
	}
	e.mu.RLock()
	d := e.devices[deviceID]
	e.mu.RUnlock()
	if d == nil {
		return &spec.Problem{Code: "device_unknown", Message: fmt.Sprintf("There is no device %q.", deviceID)}
	}
	if d.doc.Load().Disabled {
		return e.visit(ctx, "", d.doc.Load().Connector, d.settings, f)
	}
	ctx, cancel := context.WithTimeout(ctx, browseTimeout)
	defer cancel()
	done := make(chan error, 1)
	work := func(dctx context.Context, c connector.Connector) {
		if c == nil {
			done <- &spec.Problem{Code: "not_connected", Message: fmt.Sprintf("The device %q is not connected.", deviceID), Hint: "Check the device and its network."}
			return
		}
		if ctx.Err() != nil {
			done <- ctx.Err()
			return
		}
		limit := time.Until(deadlineOf(ctx))
		done <- d.call(dctx, c, limit, func(ctx context.Context) error { return f(ctx, d.typ, c) })
	}
	select {
	case d.jobs <- work:
	case <-d.done:
		return &spec.Problem{Code: "not_connected", Message: fmt.Sprintf("The device %q was stopped.", deviceID)}
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-done:
		return err
	case <-d.done:
		return &spec.Problem{Code: "not_connected", Message: fmt.Sprintf("The device %q was stopped.", deviceID)}
	}
}

func deadlineOf(ctx context.Context) time.Time {
	t, _ := ctx.Deadline()
	return t
}

// wrap makes a problem of an error that is not one.
func wrap(code string, err error) error {
	var p *spec.Problem
	var ps spec.Problems
	switch {
	case err == nil, errors.As(err, &p), errors.As(err, &ps):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return &spec.Problem{Code: "timeout", Message: "There was no answer in time.", Hint: "Check address, port and firewall, and that the device is switched on."}
	}
	return &spec.Problem{Code: code, Message: "That did not work: " + err.Error() + ".", Hint: advice(err)}
}

// advice says what to look at first after a failure of the network.
func advice(err error) string {
	if unknown := new(net.DNSError); errors.As(err, &unknown) {
		return "Check the spelling of the host name, or give the IP address."
	}
	if late := net.Error(nil); errors.As(err, &late) && late.Timeout() {
		return "Check address, port and firewall, and that the device is switched on."
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "Nothing listens at that port: check the port, and that the server of the device is switched on."
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "No way leads to that address: check the address, the cable and the network of this server."
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF):
		return "The device closed the connection: it may have as many connections as it allows, or speak something else at that port."
	}
	return "Check the settings and the network."
}
