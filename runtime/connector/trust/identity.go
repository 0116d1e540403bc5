package trust

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"os"
	"strings"
	"time"
)

// Identity is the certificate of an application with its key (OPC 10000-4, 6.1).
type Identity struct {
	Certificate *x509.Certificate
	Key         *rsa.PrivateKey
}

// Application is the application URI, as it stands in the certificate; "" when there is none.
func (i *Identity) Application() string {
	if len(i.Certificate.URIs) == 0 {
		return ""
	}
	return i.Certificate.URIs[0].String()
}

// identityYears is how long a certificate that we make is valid.
const identityYears = 20

// NewIdentity makes a self-signed application instance certificate (OPC 10000-6, 6.2.2). application
// is its URI; "" makes one.
func NewIdentity(now time.Time, application string) (*Identity, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "localhost"
	}
	uri := &url.URL{Scheme: "urn", Opaque: url.PathEscape(host) + ":lineside:" + strings.ToLower(rand.Text()[:10])}
	if application != "" {
		if uri, err = url.Parse(application); err != nil {
			return nil, err
		}
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial.Add(serial, big.NewInt(1)),
		Subject:      pkix.Name{CommonName: "Lineside@" + clipName(host), Organization: []string{"Lineside"}},
		NotBefore:    now.Add(-24 * time.Hour), NotAfter: now.AddDate(identityYears, 0, 0),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment | x509.KeyUsageKeyEncipherment | x509.KeyUsageDataEncipherment | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		URIs:        []*url.URL{uri}, DNSNames: []string{host},
		BasicConstraintsValid: true, SignatureAlgorithm: x509.SHA256WithRSA,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil, err
	}
	return &Identity{Certificate: certificate, Key: key}, nil
}

// clipName keeps a common name within the 64 characters that X.520 allows.
func clipName(host string) string {
	if len(host) > 50 {
		return host[:50]
	}
	return host
}

// ParseIdentity reads a certificate and its key in PEM form.
func ParseIdentity(certificate, key string) (*Identity, error) {
	block, _ := pem.Decode([]byte(certificate))
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errors.New("the certificate is not in PEM form")
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("the certificate: %w", err)
	}
	block, _ = pem.Decode([]byte(key))
	if block == nil {
		return nil, errors.New("the key is not in PEM form")
	}
	var parsed any
	if block.Type == "RSA PRIVATE KEY" {
		parsed, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	} else {
		parsed, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	if err != nil {
		return nil, fmt.Errorf("the key: %w", err)
	}
	k, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("the key is not an RSA key")
	}
	if public, ok := c.PublicKey.(*rsa.PublicKey); !ok || !public.Equal(&k.PublicKey) {
		return nil, errors.New("the key does not belong to the certificate")
	}
	return &Identity{Certificate: c, Key: k}, nil
}

// PEM is the certificate and its key in PEM form, as ParseIdentity reads them.
func (i *Identity) PEM() (certificate, key string, err error) {
	secret, err := x509.MarshalPKCS8PrivateKey(i.Key)
	if err != nil {
		return "", "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.Certificate.Raw})), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})), nil
}
