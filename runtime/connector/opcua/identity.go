package opcua

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// identity is the certificate of this application with its key (OPC 10000-4, 6.1).
type identity struct {
	certificate *x509.Certificate
	key         *rsa.PrivateKey
	uri         string // ApplicationUri, as it stands in the certificate
}

// applicationYears is how long a certificate that we make is valid.
const applicationYears = 20

var application struct {
	sync.Mutex
	folder string
	made   *identity
}

// KeepIn says in which folder the certificate of this application is kept: certificate.der,
// certificate.pem and key.pem. They are made when they are first needed. Without a folder
// each run of the program has a certificate of its own. Other processes must not hold the
// folder.
func KeepIn(folder string) {
	application.Lock()
	defer application.Unlock()
	application.folder, application.made = folder, nil
}

// ownIdentity is the certificate of this application.
func ownIdentity() (*identity, error) {
	application.Lock()
	defer application.Unlock()
	if application.made != nil {
		return application.made, nil
	}
	made, err := keptIdentity(application.folder)
	if err != nil {
		return nil, fmt.Errorf("certificate of this application: %w", err)
	}
	application.made = made
	return made, nil
}

// certificateFile is where a person finds our certificate; "" when it is not kept.
func certificateFile() string {
	application.Lock()
	defer application.Unlock()
	if application.folder == "" {
		return ""
	}
	return filepath.Join(application.folder, "certificate.der")
}

func keptIdentity(folder string) (*identity, error) {
	if folder == "" {
		return newIdentity(time.Now())
	}
	key, err := os.ReadFile(filepath.Join(folder, "key.pem"))
	if errors.Is(err, os.ErrNotExist) {
		return keepNew(folder)
	}
	if err != nil {
		return nil, err
	}
	certificate, err := os.ReadFile(filepath.Join(folder, "certificate.pem"))
	if err != nil {
		return nil, err
	}
	return parseIdentity(string(certificate), string(key))
}

// keepNew makes a certificate; the key is written last, so that half of a pair is made anew.
func keepNew(folder string) (*identity, error) {
	made, err := newIdentity(time.Now())
	if err != nil {
		return nil, err
	}
	key, err := x509.MarshalPKCS8PrivateKey(made.key)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	for _, f := range []struct {
		name string
		data []byte
	}{
		{"certificate.der", made.certificate.Raw},
		{"certificate.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made.certificate.Raw})},
		{"key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})},
	} {
		path := filepath.Join(folder, f.name)
		if err := os.WriteFile(path+".new", f.data, 0o600); err != nil {
			return nil, err
		}
		if err := os.Rename(path+".new", path); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// newIdentity makes a self-signed application instance certificate (OPC 10000-6, 6.2.2).
func newIdentity(now time.Time) (*identity, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "localhost"
	}
	uri := &url.URL{Scheme: "urn", Opaque: url.PathEscape(host) + ":lineside:" + strings.ToLower(rand.Text()[:10])}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial.Add(serial, big.NewInt(1)),
		Subject:      pkix.Name{CommonName: "Lineside@" + clipName(host), Organization: []string{"Lineside"}},
		NotBefore:    now.Add(-24 * time.Hour), NotAfter: now.AddDate(applicationYears, 0, 0),
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
	return &identity{certificate: certificate, key: key, uri: uri.String()}, nil
}

// clipName keeps a common name within the 64 characters that X.520 allows.
func clipName(host string) string {
	if len(host) > 50 {
		return host[:50]
	}
	return host
}

// parseIdentity reads a certificate and its key in PEM form.
func parseIdentity(certificate, key string) (*identity, error) {
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
	i := &identity{certificate: c, key: k}
	if len(c.URIs) > 0 {
		i.uri = c.URIs[0].String()
	}
	return i, nil
}

// fingerprint is the SHA-256 of a certificate as people compare it: 64 digits.
func fingerprint(raw []byte) string {
	sum := sha256.Sum256(raw)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
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
