package trust

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/spec"
)

func parse(t *testing.T, text string) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serve is a TLS server by crypto/tls; it says what the handshake of the client came to.
func serve(t *testing.T, c peer.Certificates) string {
	t.Helper()
	pair, err := tls.X509KeyPair([]byte(c.Server), []byte(c.ServerKey))
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = conn.(*tls.Conn).Handshake() // the client says what was wrong
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return l.Addr().String()
}

var faults = []struct {
	spoiled peer.CertificateFault
	want    []Fault
	code    string
}{
	{peer.NoFault, nil, ""},
	{peer.Expired, []Fault{Expired}, "certificate_expired"},
	{peer.NotYet, []Fault{NotYetValid}, "certificate_expired"},
	{peer.SelfSigned, []Fault{SelfSigned}, "certificate_untrusted"},
	{peer.OtherHost, []Fault{OtherHost}, "certificate_host"},
	{peer.ForClients, []Fault{WrongUse}, "certificate_untrusted"},
}

// Each fault is told from the others, and as a problem that a person understands in both languages.
func TestFaults(t *testing.T) {
	for _, row := range faults {
		t.Run("certificate "+string(row.spoiled), func(t *testing.T) {
			c := peer.SpoiledCertificates(t, row.spoiled)
			s := Settings{CA: c.CA}
			err := connect(t, &s, serve(t, c))
			var refusal *Refusal
			if !errors.As(err, &refusal) {
				if row.code != "" || err != nil {
					t.Fatalf("%v", err)
				}
				return
			}
			var p *spec.Problem
			if !errors.As(err, &p) || !errors.Is(err, connector.ErrNotConnected) || p.Code != row.code || !slices.Equal(refusal.Faults, row.want) {
				t.Fatalf("%v: %v, code %+v", refusal.Faults, err, p)
			}
			for _, text := range []string{p.Message, p.Hint} {
				if text == "" || spec.Translate(text, "zh") == text {
					t.Errorf("no text, or no Chinese: %q", text)
				}
			}
		})
	}
	t.Run("a stranger's", func(t *testing.T) {
		c := peer.NewCertificates(t)
		s := Settings{CA: peer.NewCertificates(t).CA}
		var refusal *Refusal
		if err := connect(t, &s, serve(t, c)); !errors.As(err, &refusal) || !slices.Equal(refusal.Faults, []Fault{UnknownAuthority}) {
			t.Fatalf("%v", err)
		}
	})
	t.Run("everything", func(t *testing.T) {
		c := peer.SpoiledCertificates(t, peer.Expired)
		got := Examine([]*x509.Certificate{parse(t, c.Server)}, Expected{Host: "plc", Application: "urn:plc", Roots: x509.NewCertPool()}, time.Now())
		if want := []Fault{UnknownAuthority, Expired, OtherHost, OtherApplication}; !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
	t.Run("insecure", func(t *testing.T) {
		s := Settings{Insecure: true}
		if err := connect(t, &s, serve(t, peer.SpoiledCertificates(t, peer.SelfSigned))); err != nil {
			t.Fatal(err)
		}
	})
}

func connect(t *testing.T, s *Settings, address string) error {
	t.Helper()
	config, err := s.ClientTLS(address)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := tls.DialWithDialer(&net.Dialer{Timeout: 5 * time.Second}, "tcp", address, config)
	if err == nil {
		conn.Close()
	}
	return err
}

// asked is a keeper that says what it is told to, and remembers what it was shown.
type asked struct {
	Keeper
	authorities []*x509.Certificate
	answer      error
	shown       []Shown
}

func (a *asked) Judge(s Shown) error {
	a.shown = append(a.shown, s)
	return a.answer
}
func (a *asked) Authorities() []*x509.Certificate { return a.authorities }

// The keeper is shown every certificate, good ones too, and has the last word.
func TestKeeperDecides(t *testing.T) {
	good, spoiled := peer.NewCertificates(t), peer.SpoiledCertificates(t, peer.SelfSigned)
	k := &asked{authorities: []*x509.Certificate{parse(t, good.CA)}}
	var s Settings
	s.UseTrust(k)
	address := serve(t, good)
	if err := connect(t, &s, address); err != nil || len(k.shown) != 1 || len(k.shown[0].Faults) != 0 || k.shown[0].Address != address {
		t.Fatalf("an authority of the keeper: %v, %+v", err, k.shown)
	}
	k.answer = Reject(k.shown[0])
	if err := connect(t, &s, address); !errors.Is(err, k.answer) {
		t.Fatalf("rejected: %v", err)
	}
	k.answer = nil
	if err := connect(t, &s, serve(t, spoiled)); err != nil || !slices.Equal(k.shown[2].Faults, []Fault{SelfSigned}) {
		t.Fatalf("let in by the keeper: %v, %+v", err, k.shown[2])
	}
	// Whoever names an authority means that one.
	s.CA = spoiled.CA
	if err := connect(t, &s, address); err != nil || !slices.Equal(k.shown[3].Faults, []Fault{UnknownAuthority}) {
		t.Fatalf("another authority in the settings: %v %+v", err, k.shown[3])
	}
}

func TestSettings(t *testing.T) {
	c := peer.NewCertificates(t)
	for name, s := range map[string]Settings{"CA": {CA: "nonsense"}, "certificate": {Certificate: c.Client}, "key": {Key: c.ClientKey}, "key of another": {Certificate: c.Client, Key: c.ServerKey}} {
		if s.CheckTLS() == nil {
			t.Errorf("%s was taken", name)
		}
	}
	for name, s := range map[string]Settings{"nothing": {}, "all": {CA: c.CA, Certificate: c.Client, Key: c.ClientKey}, "a reference": {Certificate: "secret:1", Key: "secret:1"}} {
		if err := s.CheckTLS(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestIdentity(t *testing.T) {
	made, err := NewIdentity(time.Now(), "")
	if err != nil {
		t.Fatal(err)
	}
	certificate, key, err := made.PEM()
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseIdentity(certificate, key)
	if err != nil || !back.Certificate.Equal(made.Certificate) || !back.Key.Equal(made.Key) || back.Application() == "" {
		t.Fatalf("%v", err)
	}
	again, err := NewIdentity(time.Now(), made.Application())
	if err != nil || again.Application() != made.Application() || again.Key.Equal(made.Key) {
		t.Fatalf("renewed: %v", err)
	}
	if _, err := ParseIdentity(certificate, func() string { _, k, _ := again.PEM(); return k }()); err == nil {
		t.Error("the key of another was taken")
	}
	c := made.Certificate
	if c.PublicKey == nil || c.KeyUsage&x509.KeyUsageDataEncipherment == 0 || len(c.URIs) != 1 || made.Key.N.BitLen() != 2048 {
		t.Errorf("not what OPC 10000-6, 6.2.2 asks for: %+v", c.KeyUsage)
	}
	if print := Fingerprint(c); len(Spaced(print)) != 64+15 {
		t.Errorf("%q", Spaced(print))
	}
}

// FuzzIdentity: what is pasted into settings comes from anywhere.
func FuzzIdentity(f *testing.F) {
	f.Add("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n", "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n")
	f.Fuzz(func(t *testing.T, certificate, key string) {
		if i, err := ParseIdentity(certificate, key); err == nil && (i.Certificate == nil || i.Key == nil) {
			t.Fatal("half an identity")
		}
		s := Settings{CA: certificate, Certificate: certificate, Key: key}
		_ = s.CheckTLS() // it must not panic
	})
}
