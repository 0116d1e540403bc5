package trust

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// Settings are embedded in the settings of a connector that speaks TLS as a client: who signed
// the certificate of the server, and the client's own certificate.
type Settings struct {
	CA          string `json:"ca,omitempty" kind:"text" title:"CA certificate (PEM)" zh:"CA 证书 (PEM)" help:"Who signed the server's certificate; if empty, the authorities of the system and those on the page of certificates count." helpZh:"签发服务器证书的机构；留空则使用系统以及“证书”页面中的机构。" group:"security" max:"65536" advanced:"true"`
	Certificate string `json:"certificate,omitempty" kind:"text" title:"Client certificate (PEM)" zh:"客户端证书 (PEM)" help:"By it the server knows who asks." helpZh:"服务器据此识别客户端。" group:"security" max:"65536" advanced:"true"`
	Key         string `json:"key,omitempty" secret:"true" title:"Key of the client certificate (PEM)" zh:"客户端证书密钥 (PEM)" group:"security" max:"65536" advanced:"true"`
	Insecure    bool   `json:"insecure" title:"Accept any certificate" zh:"接受任何证书" help:"Anybody between here and the server can then read and change everything. For trying only; better trust the one certificate when the test shows it." helpZh:"中间人可读取和篡改所有数据，仅供试用；建议在测试显示证书后仅信任该证书。" group:"security" default:"false" advanced:"true"`

	keeper Keeper
}

// UseTrust hands in the trust store.
func (s *Settings) UseTrust(k Keeper) { s.keeper = k }

// CheckTLS says what is wrong with the texts. In a document a key is a reference to a secret: then
// the certificate is left out, as only the whole can be checked.
func (s *Settings) CheckTLS() error {
	_, err := s.ClientTLS("")
	return err
}

// ClientTLS is the configuration of a client of the server at address, "host:port". What was
// decided about its certificate counts at the time of each handshake.
func (s *Settings) ClientTLS(address string) (*tls.Config, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host, InsecureSkipVerify: true}
	var roots *x509.CertPool
	if s.CA != "" {
		roots = x509.NewCertPool()
		if !roots.AppendCertsFromPEM([]byte(s.CA)) {
			return nil, errors.New("the CA holds no certificate in PEM form")
		}
	}
	if (s.Certificate != "" || s.Key != "") && !strings.HasPrefix(s.Key, "secret:") {
		pair, err := tls.X509KeyPair([]byte(s.Certificate), []byte(s.Key))
		if err != nil {
			return nil, fmt.Errorf("client certificate and key: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if s.Insecure {
		return config, nil
	}
	// The library's own check says only the first thing that is wrong, and knows no exceptions.
	// VerifyConnection comes at every handshake, resumed ones included.
	keeper := s.keeper
	config.VerifyConnection = func(state tls.ConnectionState) error {
		if len(state.PeerCertificates) == 0 {
			return errors.New("the server shows no certificate")
		}
		faults := Examine(state.PeerCertificates, Expected{Host: host, Roots: withAuthorities(roots, keeper)}, time.Now())
		return Decide(keeper, Shown{Address: address, Leaf: state.PeerCertificates[0], Faults: faults})
	}
	return config, nil
}

// withAuthorities are the roots that the settings name, or else those of the system with those
// of the store.
func withAuthorities(named *x509.CertPool, k Keeper) *x509.CertPool {
	if named != nil || k == nil {
		return named
	}
	added := k.Authorities()
	if len(added) == 0 {
		return nil
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	for _, c := range added {
		roots.AddCert(c)
	}
	return roots
}
