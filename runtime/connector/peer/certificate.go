package peer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"testing"
	"time"
)

// Certificates are those of a server at 127.0.0.1 and of a client, all PEM, signed by a CA of
// their own and good for an hour.
type Certificates struct {
	CA, Server, ServerKey, Client, ClientKey string
}

// NewCertificates makes them.
func NewCertificates(t testing.TB) Certificates {
	t.Helper()
	fail := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	sign := func(name string, template, parent *x509.Certificate, signer *ecdsa.PrivateKey) (string, string, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		fail(err)
		if signer == nil {
			signer = key
		}
		template.Subject = pkix.Name{CommonName: name}
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
		fail(err)
		secret, err := x509.MarshalPKCS8PrivateKey(key)
		fail(err)
		return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})), key
	}
	var c Certificates
	var caKey *ecdsa.PrivateKey
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	c.CA, _, caKey = sign("Test CA", ca, ca, nil)
	server := &x509.Certificate{SerialNumber: big.NewInt(2), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	c.Server, c.ServerKey, _ = sign("127.0.0.1", server, ca, caKey)
	client := &x509.Certificate{SerialNumber: big.NewInt(3), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	c.Client, c.ClientKey, _ = sign("lineside", client, ca, caKey)
	return c
}
