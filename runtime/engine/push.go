package engine

import (
	"context"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
)

// pushTimeout is how long a device may take to accept a message.
const pushTimeout = 5 * time.Second

// Push hands a message to a device that is sent to. The error is connector.ErrForbidden, also when
// there is no such device, a *connector.StatusError, or a *spec.Problem.
func (e *Engine) Push(ctx context.Context, deviceID, token string, message []byte) error {
	e.mu.RLock()
	d := e.devices[deviceID]
	e.mu.RUnlock()
	if d == nil {
		return connector.ErrForbidden
	}
	ctx, cancel := context.WithTimeout(ctx, pushTimeout)
	defer cancel()
	away := &spec.Problem{Code: "not_connected", Message: "The device does not take messages now.", Hint: "Send it again in a moment."}
	if d.doc.Load().Disabled {
		return away
	}
	done := make(chan error, 1)
	work := func(dctx context.Context, c connector.Connector) {
		r, ok := c.(connector.Receiver)
		switch {
		case c == nil:
			done <- away
		case !ok:
			done <- connector.ErrForbidden
		case ctx.Err() != nil:
			done <- ctx.Err()
		default:
			done <- guard(e.log, "receive", func() error { return r.Receive(dctx, token, message) })
		}
	}
	select {
	case d.jobs <- work:
	case <-d.done:
		return away
	case <-ctx.Done():
		return away
	}
	select {
	case err := <-done:
		return err
	case <-d.done:
		return away
	}
}
