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

// CertificateFault is what is wrong with the certificate of a server.
type CertificateFault string

// Faults of certificates.
const (
	NoFault    CertificateFault = ""
	Expired    CertificateFault = "expired"
	NotYet     CertificateFault = "not yet valid"
	SelfSigned CertificateFault = "self-signed"
	OtherHost  CertificateFault = "for another host"
	ForClients CertificateFault = "for clients only"
)

// NewCertificates makes good ones.
func NewCertificates(t testing.TB) Certificates { return SpoiledCertificates(t, NoFault) }

// SpoiledCertificates makes some whose server has a fault. A stranger's are those of another call.
func SpoiledCertificates(t testing.TB, fault CertificateFault) Certificates {
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
		if template.NotAfter.IsZero() {
			template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		}
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
	signer, signerKey := ca, caKey
	switch fault {
	case Expired:
		server.NotBefore, server.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour)
	case NotYet:
		server.NotBefore, server.NotAfter = time.Now().Add(24*time.Hour), time.Now().Add(48*time.Hour)
	case SelfSigned:
		signer, signerKey = server, nil
	case OtherHost:
		server.IPAddresses, server.DNSNames = nil, []string{"plc7.example"}
	case ForClients:
		server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}
	c.Server, c.ServerKey, _ = sign("127.0.0.1", server, signer, signerKey)
	client := &x509.Certificate{SerialNumber: big.NewInt(3), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	c.Client, c.ClientKey, _ = sign("lineside", client, ca, caKey)
	return c
}
