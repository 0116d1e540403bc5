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
)

// Time-outs of connections made by hand.
const (
	testTimeout   = 5 * time.Second
	browseTimeout = 15 * time.Second
)

// TestDevice connects with settings that need not be saved, and closes again. It returns
// how long connecting took and what the device says that it is, "" if it does not tell.
// Errors are *spec.Problem or spec.Problems.
func (e *Engine) TestDevice(ctx context.Context, connectorID string, settings json.RawMessage) (took time.Duration, device string, err error) {
	err = e.withConnection(ctx, connectorID, settings, testTimeout, func(ctx context.Context, c connector.Connector, t time.Duration) error {
		took = t
		i, ok := c.(connector.Identifier)
		if !ok {
			return nil
		}
		err := guard(e.log, "connector "+connectorID, func() (err error) {
			device, err = i.Identify(ctx)
			return err
		})
		return wrap("identify_failed", err)
	})
	return took, device, err
}

// Browse lists what a device has below a node ("" is the root): of the running device, or
// when deviceID is "", over a connection made for it with connectorID and settings.
func (e *Engine) Browse(ctx context.Context, deviceID, connectorID string, settings json.RawMessage, node string) ([]connector.Node, error) {
	var nodes []connector.Node
	browse := func(ctx context.Context, c connector.Connector) error {
		b, ok := c.(connector.Browser)
		if !ok {
			return &spec.Problem{Code: "browse_unsupported", Message: "This kind of device cannot be browsed.", Hint: "Enter the addresses by hand or import them."}
		}
		return guard(e.log, "browse", func() (err error) {
			nodes, err = b.Browse(ctx, node)
			return err
		})
	}
	if deviceID == "" {
		err := e.withConnection(ctx, connectorID, settings, browseTimeout, func(ctx context.Context, c connector.Connector, _ time.Duration) error { return browse(ctx, c) })
		return nodes, wrap("browse_failed", err)
	}
	e.mu.RLock()
	d := e.devices[deviceID]
	e.mu.RUnlock()
	if d == nil {
		return nil, &spec.Problem{Code: "device_unknown", Message: fmt.Sprintf("There is no device %q.", deviceID)}
	}
	if d.doc.Load().Disabled {
		return e.Browse(ctx, "", d.doc.Load().Connector, d.settings, node)
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
		done <- d.call(dctx, c, limit, func(ctx context.Context) error { return browse(ctx, c) })
	}
	select {
	case d.jobs <- work:
	case <-d.done:
		return nil, &spec.Problem{Code: "not_connected", Message: fmt.Sprintf("The device %q was stopped.", deviceID)}
	case <-ctx.Done():
		return nil, wrap("browse_failed", ctx.Err())
	}
	select {
	case err := <-done:
		return nodes, wrap("browse_failed", err)
	case <-d.done:
		return nil, &spec.Problem{Code: "not_connected", Message: fmt.Sprintf("The device %q was stopped.", deviceID)}
	}
}

func deadlineOf(ctx context.Context) time.Time {
	t, _ := ctx.Deadline()
	return t
}

// withConnection makes a connection, calls f and closes it.
func (e *Engine) withConnection(ctx context.Context, connectorID string, settings json.RawMessage, timeout time.Duration, f func(context.Context, connector.Connector, time.Duration) error) error {
	typ, ok := connector.Lookup(connectorID)
	if !ok {
		return &spec.Problem{Code: "connector_unknown", Message: fmt.Sprintf("There is no connector %q.", connectorID), Hint: "Choose one of: " + connectorIDs(), At: "/connector"}
	}
	if len(settings) == 0 {
		settings = json.RawMessage("{}")
	}
	if err := typ.Check(settings); err != nil {
		return problemsOf(err, "settings_invalid").Under("/settings")
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var conn connector.Connector
	err := guard(e.log, "connector "+connectorID, func() error {
		resolved, err := resolveSecrets(settings, e.secret)
		if err != nil {
			return err
		}
		conn, err = typ.New(resolved)
		useTrust(e.trust, "", conn)
		return err
	})
	if err != nil {
		return wrap("connector_failed", err)
	}
	closing := func() { _ = guard(e.log, "connector "+connectorID, conn.Close) }
	defer closing()
	// A connector that does not mind its context has the connection closed under it.
	stuck := context.AfterFunc(ctx, closing)
	defer stuck()
	began := time.Now()
	if err := guard(e.log, "connector "+connectorID, func() error { return conn.Connect(ctx) }); err != nil {
		return wrap("connect_failed", err)
	}
	return f(ctx, conn, time.Since(began))
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
