package opcua

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/connector/trust"
)

// identity is a certificate with its key as the cryptography wants them.
type identity struct {
	certificate *x509.Certificate
	key         *rsa.PrivateKey
	uri         string // application URI, as it stands in the certificate
}

func identityOf(i *trust.Identity) *identity {
	return &identity{certificate: i.Certificate, key: i.Key, uri: i.Application()}
}

// parseIdentity reads a certificate and its key in PEM form.
func parseIdentity(certificate, key string) (*identity, error) {
	i, err := trust.ParseIdentity(certificate, key)
	if err != nil {
		return nil, err
	}
	return identityOf(i), nil
}

// passing is the certificate of this program where there is no trust store: it ends with it.
var passing = sync.OnceValues(func() (*trust.Identity, error) { return trust.NewIdentity(time.Now(), "") })

// ownIdentity is the certificate of this application.
func ownIdentity(k trust.Keeper) (*identity, error) {
	own := passing
	if k != nil {
		own = k.Own
	}
	i, err := own()
	if err != nil {
		return nil, fmt.Errorf("certificate of this application: %w", err)
	}
	return identityOf(i), nil
}

// parseFingerprint reads a fingerprint with or without colons and spaces.
func parseFingerprint(s string) (string, error) {
	plain := strings.ToUpper(strings.NewReplacer(":", "", " ", "", "-", "").Replace(s))
	if b, err := hex.DecodeString(plain); err != nil || len(b) != sha256.Size {
		return "", fmt.Errorf("%q is not a SHA-256 fingerprint of 64 digits", clip(s))
	}
	return plain, nil
}

// namesHost reports whether a certificate is for a host (OPC 10000-4, 6.1.3).
func namesHost(c *x509.Certificate, host string) bool {
	if c.VerifyHostname(host) == nil {
		return true
	}
	if ip := net.ParseIP(host); ip != nil && !ip.IsLoopback() {
		return false
	}
	// A server on this machine has the machine's own names.
	own, err := os.Hostname()
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return false
	}
	return c.VerifyHostname(own) == nil || c.VerifyHostname("localhost") == nil
}
