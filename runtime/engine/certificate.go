package engine

import (
	"errors"
	"time"

	"github.com/lineside/lineside/runtime/connector/trust"
)

// Trust is the trust store of the plant as the engine hands it to connectors.
type Trust interface {
	// Keeper is it for one device; "" is a connection that is tried.
	Keeper(device string) trust.Keeper
	// Expires is when the certificate ends that a device showed last.
	Expires(device string) (time.Time, bool)
}

// expiresSoon is how long before its end a certificate is warned of.
const expiresSoon = 30 * 24 * time.Hour

// errAgain ends a connection so that it is made anew.
var errAgain = errors.New("connecting again, because something was decided about certificates")

// useTrust hands the trust store to a connector, or to whatever else asks for it.
func useTrust(t Trust, device string, to any) {
	if user, ok := to.(trust.User); ok && t != nil {
		user.UseTrust(t.Keeper(device))
	}
}

// Reconnect has devices connect anew, at once, also those that wait after a failure.
func (e *Engine) Reconnect(ids ...string) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	for _, id := range ids {
		if d := e.devices[id]; d != nil {
			poke(d.again)
		}
	}
}

// RefusedCertificate is one that keeps a device from being connected.
type RefusedCertificate struct {
	// Fingerprint is SHA-256 in hexadecimal; Address is "host:port", where it was shown.
	Fingerprint string `json:"fingerprint"`
	Address     string `json:"address"`
	// Rejected says that an administrator rejected it.
	Rejected bool `json:"rejected,omitempty"`
}

// RefusedCertificateOf is the certificate that an error is about, nil when it is about another thing.
func RefusedCertificateOf(err error) *RefusedCertificate {
	var r *trust.Refusal
	if !errors.As(err, &r) {
		return nil
	}
	return &RefusedCertificate{trust.Fingerprint(r.Leaf), r.Address, r.Rejected}
}

// certificateEnds is when the certificate ends that the device showed last; the zero time when it
// showed none.
func (d *device) certificateEnds() time.Time {
	if d.trust == nil {
		return time.Time{}
	}
	end, _ := d.trust.Expires(d.id)
	return end
}
