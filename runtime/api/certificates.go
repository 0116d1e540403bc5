package api

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/certificate"
	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/store"
)

// Certificate is one in the trust store of the plant, for a person to look at.
type Certificate struct {
	// Fingerprint is SHA-256 in 64 upper-case digits. Address is "host:port" of the server that
	// showed it; without one it is that of an authority. Both together name the certificate.
	Fingerprint string `json:"fingerprint"`
	Address     string `json:"address,omitempty"`
	// State: accepted (an authority vouches for it), refused, trusted or rejected (by an administrator).
	State string `json:"state" enum:"accepted,refused,trusted,rejected"`
	// Faults are what speaks against it, Missing those of them that no decision covers.
	Faults  []string `json:"faults,omitempty" enum:"self_signed,unknown_authority,wrong_use,expired,not_yet_valid,other_host,other_application"`
	Missing []string `json:"missing,omitempty" enum:"self_signed,unknown_authority,wrong_use,expired,not_yet_valid,other_host,other_application"`
	// AlthoughExpired and AlthoughName are what trusting it was said to include.
	AlthoughExpired bool   `json:"althoughExpired,omitempty"`
	AlthoughName    bool   `json:"althoughName,omitempty"`
	Subject         string `json:"subject"`
	Issuer          string `json:"issuer"`
	// Names are the hosts that it is for, Application the OPC UA application.
	Names       []string  `json:"names,omitempty"`
	Application string    `json:"application,omitempty"`
	NotBefore   time.Time `json:"notBefore"`
	NotAfter    time.Time `json:"notAfter"`
	// Expiring says that it ends within 30 days, or has ended.
	Expiring bool `json:"expiring,omitempty"`
	// Key is kind and length of its key: "RSA 2048".
	Key string `json:"key"`
	// Devices are the ids of those that met it.
	Devices   []string   `json:"devices,omitempty"`
	FirstSeen time.Time  `json:"firstSeen"`
	LastSeen  time.Time  `json:"lastSeen"`
	DecidedBy string     `json:"decidedBy,omitempty"`
	DecidedAt *time.Time `json:"decidedAt,omitempty"`
}

// Certificates is the trust store.
type Certificates struct {
	Certificates []Certificate `json:"certificates" nullable:"false"`
	// Own is the certificate of this application, by which OPC UA servers know it.
	Own Certificate `json:"own"`
}

// CertificateDecision says what becomes of a certificate.
type CertificateDecision struct {
	Fingerprint string `json:"fingerprint" minLength:"64" maxLength:"64"`
	Address     string `json:"address" maxLength:"320"`
	// State is trusted or rejected.
	State string `json:"state" enum:"trusted,rejected"`
	// AlthoughExpired trusts it outside the time that it is valid, AlthoughName although it names
	// another host or application.
	AlthoughExpired bool `json:"althoughExpired,omitempty"`
	AlthoughName    bool `json:"althoughName,omitempty"`
}

// CertificatePath names a certificate.
type CertificatePath struct {
	Fingerprint string `path:"fingerprint" maxLength:"64"`
	Address     string `query:"address" maxLength:"320"`
}

// AuthorityFile is a file with certificates of authorities.
type AuthorityFile struct {
	// File is PEM or DER, in base64.
	File []byte `json:"file" maxLength:"350000"`
}

func (s *Server) certificatesResource() {
	r := route{tag: "certificates", access: whole(auth.Design)}
	r.method, r.path, r.id, r.summary = "GET", "/certificates", "listCertificates", "List the certificates of devices and authorities"
	add(s, r, s.listCertificates)
	binary := &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
	r.answer, r.answerType = binary, "application/octet-stream"
	r.method, r.path, r.id, r.summary = "GET", "/certificates/own/file", "downloadOwnCertificate", "Download the certificate of this application"
	add(s, r, s.ownCertificateFile)
	r.method, r.path, r.id, r.summary = "GET", "/certificates/{fingerprint}/file", "downloadCertificate", "Download a certificate"
	add(s, r, s.certificateFile)
	r.answer, r.answerType = nil, ""
	r.access = whole(auth.Administer)
	r.method, r.path, r.id, r.summary = "POST", "/certificates/decide", "decideCertificate", "Trust or reject a certificate"
	add(s, r, s.decideCertificate)
	r.method, r.path, r.id, r.summary = "POST", "/certificates/authorities", "importAuthorities", "Trust authorities from a file"
	add(s, r, s.importAuthorities)
	r.method, r.path, r.id, r.summary = "POST", "/certificates/own/renew", "renewOwnCertificate", "Make a new certificate of this application"
	add(s, r, s.renewOwn)
	r.method, r.path, r.id, r.summary, r.status = "DELETE", "/certificates/{fingerprint}", "removeCertificate", "Forget a certificate", 204
	add(s, r, s.removeCertificate)
}

// book is the trust store.
func (s *Server) book() (*certificate.Book, error) {
	if s.certificates == nil {
		return nil, errNotReady.with()
	}
	return s.certificates, nil
}

func (s *Server) listCertificates(_ context.Context, _ *nothing) (*body[Certificates], error) {
	b, err := s.book()
	if err != nil {
		return nil, err
	}
	own, err := b.Own()
	if err != nil {
		return nil, err
	}
	there := map[string]bool{}
	for _, d := range s.engine.Devices() {
		there[d.ID] = true
	}
	out := Certificates{Certificates: []Certificate{}, Own: certificateOf(own.Certificate)}
	for _, e := range b.List() {
		c := shownCertificate(e)
		c.Devices = slices.DeleteFunc(c.Devices, func(id string) bool { return !there[id] })
		out.Certificates = append(out.Certificates, c)
	}
	return answerWith(out)
}

// certificateOf is what stands in a certificate.
func certificateOf(c *x509.Certificate) Certificate {
	out := Certificate{
		Fingerprint: trust.Fingerprint(c), State: certificate.Accepted, Subject: clipped(c.Subject.String()), Issuer: clipped(c.Issuer.String()),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter, Expiring: time.Until(c.NotAfter) < certificate.WarnBefore, Key: keyOf(c),
	}
	for _, name := range c.DNSNames[:min(len(c.DNSNames), 20)] {
		out.Names = append(out.Names, clipped(name))
	}
	for _, ip := range c.IPAddresses[:min(len(c.IPAddresses), 20)] {
		out.Names = append(out.Names, ip.String())
	}
	if len(c.URIs) > 0 {
		out.Application = clipped(c.URIs[0].String())
	}
	return out
}

func shownCertificate(e certificate.Entry) Certificate {
	c := certificateOf(e.Leaf)
	c.Address, c.State, c.Faults, c.AlthoughExpired, c.AlthoughName = e.Address, e.State, e.Faults, e.AlthoughExpired, e.AlthoughName
	for _, f := range e.Missing {
		c.Missing = append(c.Missing, string(f))
	}
	c.Devices, c.FirstSeen, c.LastSeen, c.DecidedBy, c.DecidedAt = e.Devices, e.FirstSeen, e.LastSeen, e.DecidedBy, given(e.DecidedAt)
	return c
}

// clipped shortens what a stranger wrote.
func clipped(text string) string {
	text = strings.ToValidUTF8(text, "�")
	if r := []rune(text); len(r) > 300 {
		return string(r[:300]) + "…"
	}
	return text
}

func keyOf(c *x509.Certificate) string {
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", k.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + k.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	}
	return c.PublicKeyAlgorithm.String()
}

// certificateEntry begins an entry of the audit trail about a certificate.
func certificateEntry(ctx context.Context, action string, c Certificate) store.Entry {
	e := entry(ctx, action, strings.TrimSpace(c.Address+" "+c.Fingerprint))
	e.New, _ = json.Marshal(struct {
		Subject         string    `json:"subject"`
		NotAfter        time.Time `json:"notAfter"`
		Faults          []string  `json:"faults,omitempty"`
		AlthoughExpired bool      `json:"althoughExpired,omitempty"`
		AlthoughName    bool      `json:"althoughName,omitempty"`
	}{c.Subject, c.NotAfter, c.Faults, c.AlthoughExpired, c.AlthoughName}) // plain values always marshal
	return e
}

// unlessCertificate turns the errors of the trust store into those of the API.
func unlessCertificate(err error, fingerprint string) error {
	switch {
	case errors.Is(err, certificate.ErrUnknown):
		return errNotFound.with("certificate", fingerprint)
	case errors.Is(err, certificate.ErrFull):
		return errAuthorities.with()
	}
	return err
}

func (s *Server) decideCertificate(ctx context.Context, in *body[CertificateDecision]) (*body[Certificate], error) {
	b, err := s.book()
	if err != nil {
		return nil, err
	}
	d := in.Body
	old, ok := b.Find(d.Fingerprint, d.Address)
	if !ok {
		return nil, unlessCertificate(certificate.ErrUnknown, d.Fingerprint)
	}
	c := shownCertificate(old)
	c.AlthoughExpired, c.AlthoughName = d.AlthoughExpired, d.AlthoughName
	action := "certificate.trust"
	if d.State == certificate.Rejected {
		action, c.AlthoughExpired, c.AlthoughName = "certificate.reject", false, false
	}
	decided, err := b.Decide(ctx, d.Fingerprint, d.Address, certificate.Decision{
		State: d.State, AlthoughExpired: d.AlthoughExpired, AlthoughName: d.AlthoughName, By: actorOf(ctx).Name,
	}, certificateEntry(ctx, action, c))
	if err != nil {
		return nil, unlessCertificate(err, d.Fingerprint)
	}
	return answerWith(shownCertificate(decided))
}

func (s *Server) importAuthorities(ctx context.Context, in *body[AuthorityFile]) (*body[Certificates], error) {
	b, err := s.book()
	if err != nil {
		return nil, err
	}
	authorities, err := certificate.ParseAuthorities(in.Body.File)
	if err != nil {
		return nil, err
	}
	entries := make([]store.Entry, len(authorities))
	for i, c := range authorities {
		entries[i] = certificateEntry(ctx, "certificate.import", certificateOf(c))
	}
	if _, err := b.Import(ctx, authorities, actorOf(ctx).Name, entries...); err != nil {
		return nil, unlessCertificate(err, "")
	}
	return s.listCertificates(ctx, nil)
}

func (s *Server) removeCertificate(ctx context.Context, in *CertificatePath) (*done, error) {
	b, err := s.book()
	if err != nil {
		return nil, err
	}
	old, ok := b.Find(in.Fingerprint, in.Address)
	if !ok {
		return nil, unlessCertificate(certificate.ErrUnknown, in.Fingerprint)
	}
	e := certificateEntry(ctx, "certificate.remove", shownCertificate(old))
	e.Old, e.New = e.New, nil
	return nil, unlessCertificate(b.Remove(ctx, in.Fingerprint, in.Address, e), in.Fingerprint)
}

func (s *Server) renewOwn(ctx context.Context, _ *nothing) (*body[Certificate], error) {
	b, err := s.book()
	if err != nil {
		return nil, err
	}
	old, err := b.Own()
	if err != nil {
		return nil, err
	}
	e := entry(ctx, "certificate.renew", old.Application())
	e.Old, _ = json.Marshal(trust.Fingerprint(old.Certificate))
	made, err := b.Renew(ctx, e)
	if err != nil {
		return nil, err
	}
	return answerWith(certificateOf(made.Certificate))
}

// certificateFormat says how a certificate is downloaded.
type certificateFormat struct {
	Format string `query:"format" enum:"der,pem" default:"der"`
}

func (f certificateFormat) file(c *x509.Certificate, name string) *rawDocument {
	if f.Format == "pem" {
		return &rawDocument{ContentType: "application/x-pem-file", ETag: quote(trust.Fingerprint(c)), Disposition: `attachment; filename="` + name + `.pem"`,
			Body: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})}
	}
	return &rawDocument{ContentType: "application/pkix-cert", ETag: quote(trust.Fingerprint(c)), Disposition: `attachment; filename="` + name + `.der"`, Body: c.Raw}
}

func (s *Server) ownCertificateFile(_ context.Context, in *certificateFormat) (*rawDocument, error) {
	b, err := s.book()
	if err != nil {
		return nil, err
	}
	own, err := b.Own()
	if err != nil {
		return nil, err
	}
	return in.file(own.Certificate, "lineside"), nil
}

func (s *Server) certificateFile(_ context.Context, in *struct {
	CertificatePath
	certificateFormat
}) (*rawDocument, error) {
	b, err := s.book()
	if err != nil {
		return nil, err
	}
	e, ok := b.Find(in.Fingerprint, in.Address)
	if !ok {
		return nil, unlessCertificate(certificate.ErrUnknown, in.Fingerprint)
	}
	return in.file(e.Leaf, strings.ToLower(in.Fingerprint[:16])), nil
}
