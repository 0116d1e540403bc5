// Package trust is how connectors find out whether the server that they reached is the one they
// meant: the settings of connectors that speak TLS as clients, what is wrong with a certificate,
// and the trust store of the plant as a connector sees it.
//
// A certificate is believed when its chain ends at an authority of the system, of the settings or
// of the store, it is valid today and it names the host. What is not believed is shown to the
// Keeper, who knows what an administrator decided about it. Without a Keeper there are no
// exceptions.
package trust

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
)

// Fault is one thing that speaks against a certificate.
type Fault string

// Faults. The first three say that nobody vouches for it, the last two that it is for another.
const (
	SelfSigned       Fault = "self_signed"
	UnknownAuthority Fault = "unknown_authority"
	WrongUse         Fault = "wrong_use"
	Expired          Fault = "expired"
	NotYetValid      Fault = "not_yet_valid"
	OtherHost        Fault = "other_host"
	OtherApplication Fault = "other_application"
)

// Untrusted reports whether the fault is that nobody vouches for the certificate.
func (f Fault) Untrusted() bool { return f == SelfSigned || f == UnknownAuthority || f == WrongUse }

// OutOfTime reports whether the fault is that the certificate is not valid today.
func (f Fault) OutOfTime() bool { return f == Expired || f == NotYetValid }

// Keeper is the trust store of the plant, for one device.
type Keeper interface {
	// Judge decides about a certificate. It is told of good ones too, because a rejected one is
	// refused although nothing speaks against it. The error is a *Refusal.
	Judge(Shown) error
	// Authorities are those that an administrator added to the system's.
	Authorities() []*x509.Certificate
	// Own is the certificate of this application, which is made when it is first needed.
	Own() (*Identity, error)
}

// User is a connector that asks the trust store. UseTrust is called once, before Connect.
type User interface{ UseTrust(Keeper) }

// Shown is a certificate as a server showed it.
type Shown struct {
	// Address is "host:port", as the connection was made.
	Address string
	// Leaf is the certificate of the server itself.
	Leaf *x509.Certificate
	// Faults are what speaks against it.
	Faults []Fault
}

// Decide asks the keeper, or without one refuses what has a fault.
func Decide(k Keeper, s Shown) error {
	if k != nil {
		return k.Judge(s)
	}
	if len(s.Faults) > 0 {
		return Refuse(s, s.Faults)
	}
	return nil
}

// Fingerprint is the SHA-256 of a certificate in 64 upper-case digits.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// Spaced is a fingerprint as people compare it: in groups of four.
func Spaced(fingerprint string) string {
	var b strings.Builder
	for i := 0; i < len(fingerprint); i += 4 {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(fingerprint[i:min(i+4, len(fingerprint))])
	}
	return b.String()
}

// Refusal is the error of a certificate that is not believed. It is ErrNotConnected, and a
// *spec.Problem for a person.
type Refusal struct {
	Shown
	// Rejected says that an administrator rejected the certificate.
	Rejected bool
	problem  *spec.Problem
}

// Error implements error.
func (r *Refusal) Error() string { return r.problem.Message }

// Unwrap gives the problem and that there is no connection.
func (r *Refusal) Unwrap() []error { return []error{r.problem, connector.ErrNotConnected} }

// Refuse makes the refusal of a certificate for faults, one at least.
func Refuse(s Shown, faults []Fault) *Refusal {
	s.Faults = faults
	return &Refusal{Shown: s, problem: problem(s)}
}

// Reject makes the refusal of a certificate that an administrator rejected.
func Reject(s Shown) *Refusal {
	return &Refusal{Shown: s, Rejected: true, problem: &spec.Problem{
		Code:    "certificate_rejected",
		Message: fmt.Sprintf("The certificate of %s was rejected by an administrator: %s", s.Address, About(s.Leaf)),
		Hint:    "If it shall be used after all, trust it on the page of certificates.",
	}}
}

func problem(s Shown) *spec.Problem {
	c, about := s.Leaf, About(s.Leaf)
	const look = "Compare the fingerprint with the one that the device itself shows; if it is the same, an administrator can trust the certificate."
	switch s.Faults[0] {
	case SelfSigned:
		return &spec.Problem{Code: "certificate_untrusted", Hint: look, Message: fmt.Sprintf("The certificate of %s is not trusted, it signed itself: %s", s.Address, about)}
	case UnknownAuthority:
		return &spec.Problem{Code: "certificate_untrusted", Hint: look, Message: fmt.Sprintf("The certificate of %s is not trusted, nobody knows who signed it (%s): %s", s.Address, clip(c.Issuer.String()), about)}
	case WrongUse:
		return &spec.Problem{Code: "certificate_untrusted", Hint: look, Message: fmt.Sprintf("The certificate of %s is not one for servers: %s", s.Address, about)}
	case Expired, NotYetValid:
		return &spec.Problem{
			Code: "certificate_expired", Hint: "Give the device a new certificate and check the clocks, or have an administrator trust this one although it is out of date.",
			Message: fmt.Sprintf("The certificate of %s is valid from %s to %s only: %s", s.Address, c.NotBefore.Format(time.DateOnly), c.NotAfter.Format(time.DateOnly), about),
		}
	case OtherHost:
		return &spec.Problem{
			Code: "certificate_host", Hint: "Connect by a name that the certificate has, or have an administrator trust it although the name differs.",
			Message: fmt.Sprintf("The certificate of %s is for %s: %s", s.Address, Names(c), about),
		}
	}
	return &spec.Problem{
		Code: "certificate_application", Hint: "Look whether the address leads to the right device, or have an administrator trust the certificate although the name differs.",
		Message: fmt.Sprintf("The certificate of %s is for another application (%s): %s", s.Address, application(c), about),
	}
}

// About names a certificate to a person: name, end and fingerprint.
func About(c *x509.Certificate) string {
	name := c.Subject.CommonName
	if name == "" {
		name = c.Subject.String()
	}
	return fmt.Sprintf("%q, valid until %s, SHA-256 fingerprint %s", clip(name), c.NotAfter.Format(time.DateOnly), Fingerprint(c))
}

// Names lists the hosts that a certificate is for, "no host" when it names none.
func Names(c *x509.Certificate) string {
	names := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return "no host"
	}
	return clip(strings.Join(names, ", "))
}

func application(c *x509.Certificate) string {
	if len(c.URIs) == 0 {
		return "none"
	}
	return clip(c.URIs[0].String())
}

// clip shortens what comes from outside.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "�")
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}

// Expected is who a server should be.
type Expected struct {
	// Host is a name or an IP address; "" is any.
	Host string
	// Application is the application URI of an OPC UA server (OPC 10000-4, 6.1.3); "" is any.
	Application string
	// Roots are the authorities that count; nil is the system's.
	Roots *x509.CertPool
	// Names decides instead of x509.Certificate.VerifyHostname, when it is set.
	Names func(c *x509.Certificate, host string) bool
}

// Examine says what speaks against a certificate, the gravest first. chain holds it and those of
// the authorities between it and the root (RFC 5280, section 6).
func Examine(chain []*x509.Certificate, e Expected, now time.Time) []Fault {
	var faults []Fault
	leaf := chain[0]
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	// Who signed it is judged apart from when: as if it were valid now.
	timeless := *leaf
	timeless.NotBefore, timeless.NotAfter = now, now
	if _, err := timeless.Verify(x509.VerifyOptions{Roots: e.Roots, Intermediates: between, CurrentTime: now}); err != nil {
		fault := UnknownAuthority
		invalid := x509.CertificateInvalidError{}
		if errors.As(err, &invalid) && invalid.Reason == x509.IncompatibleUsage {
			fault = WrongUse
		} else if signsItself(leaf) {
			fault = SelfSigned
		}
		faults = append(faults, fault)
	}
	if now.After(leaf.NotAfter) {
		faults = append(faults, Expired)
	} else if now.Before(leaf.NotBefore) {
		faults = append(faults, NotYetValid)
	}
	names := e.Names
	if names == nil {
		names = func(c *x509.Certificate, host string) bool { return c.VerifyHostname(host) == nil }
	}
	if e.Host != "" && !names(leaf, e.Host) {
		faults = append(faults, OtherHost)
	}
	if e.Application != "" && (len(leaf.URIs) == 0 || leaf.URIs[0].String() != e.Application) {
		faults = append(faults, OtherApplication)
	}
	return faults
}

func signsItself(c *x509.Certificate) bool {
	return string(c.RawIssuer) == string(c.RawSubject) && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}
