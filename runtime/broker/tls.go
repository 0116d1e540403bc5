package broker

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"
)

// lookEvery is how often the files of a certificate are looked at.
const lookEvery = time.Minute

// TLS makes the configuration of a listener from files in PEM. The files are read again when
// they have changed, so that a renewed certificate needs no restart.
func TLS(certificate, key string) (*tls.Config, error) {
	files := &keyPair{certificate: certificate, key: key}
	if _, err := files.get(nil); err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: files.get}, nil
}

// keyPair is a certificate with its key, in two files.
type keyPair struct {
	certificate, key string

	mu     sync.Mutex
	looked time.Time
	of     [2]time.Time // when the files had been changed
	pair   *tls.Certificate
}

// get implements tls.Config.GetCertificate. A pair that cannot be read leaves the former one.
func (k *keyPair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.pair != nil && time.Since(k.looked) < lookEvery {
		return k.pair, nil
	}
	k.looked = time.Now()
	var of [2]time.Time
	for i, name := range []string{k.certificate, k.key} {
		info, err := os.Stat(name)
		if err != nil {
			if k.pair != nil {
				return k.pair, nil
			}
			return nil, fmt.Errorf("certificate: %w", err)
		}
		of[i] = info.ModTime()
	}
	if k.pair != nil && of == k.of {
		return k.pair, nil
	}
	pair, err := tls.LoadX509KeyPair(k.certificate, k.key)
	if err != nil {
		if k.pair != nil {
			return k.pair, nil
		}
		return nil, fmt.Errorf("certificate %s: %w", k.certificate, err)
	}
	k.pair, k.of = &pair, of
	return k.pair, nil
}
