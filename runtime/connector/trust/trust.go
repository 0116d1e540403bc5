// Package trust is the settings of connectors that speak TLS as a client: who signed the
// certificate of the server, and the client's own certificate.
package trust

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
)

// Settings are embedded in the settings of a connector.
type Settings struct {
	CA          string `json:"ca,omitempty" kind:"text" title:"CA certificate (PEM)" zh:"CA 证书 (PEM)" help:"Who signed the server's certificate; the system's list if empty." helpZh:"签发服务器证书的机构；留空使用系统列表。" group:"security" max:"65536" advanced:"true"`
	Certificate string `json:"certificate,omitempty" kind:"text" title:"Client certificate (PEM)" zh:"客户端证书 (PEM)" group:"security" max:"65536" advanced:"true"`
	Key         string `json:"key,omitempty" secret:"true" title:"Key of the client certificate (PEM)" zh:"客户端证书密钥 (PEM)" group:"security" max:"65536" advanced:"true"`
	Insecure    bool   `json:"insecure" title:"Accept any certificate" zh:"接受任何证书" help:"Anybody between here and the server can then read and change everything. For trying only." helpZh:"中间人可读取和篡改所有数据，仅供试用。" group:"security" default:"false" advanced:"true"`
}

// Config is the configuration of a client. In a document a key is a reference to a secret:
// then the certificate is left out, as only the whole can be checked.
func (s *Settings) Config() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: s.Insecure}
	if s.CA != "" {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(s.CA)) {
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
	return config, nil
}
