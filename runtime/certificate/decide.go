package certificate

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
)

// Decision is what an administrator says of a certificate.
type Decision struct {
	// State is Trusted or Rejected.
	State string
	// AlthoughExpired trusts it outside the time that it is valid, AlthoughName although it names
	// another host or application.
	AlthoughExpired, AlthoughName bool
	By                            string
}

// Decide says what becomes of a certificate; ErrUnknown when there is none.
func (b *Book) Decide(ctx context.Context, fingerprint, address string, d Decision, entries ...store.Entry) (Entry, error) {
	id := key{fingerprint, address}
	b.saving.Lock()
	b.mu.Lock()
	e := b.entries[id]
	if e == nil {
		b.mu.Unlock()
		b.saving.Unlock()
		return Entry{}, ErrUnknown
	}
	row := e.view().Certificate
	b.mu.Unlock()
	row.Decision, row.DecidedBy, row.DecidedAt = d.State, d.By, b.now()
	row.AlthoughExpired, row.AlthoughName = d.State == Trusted && d.AlthoughExpired, d.State == Trusted && d.AlthoughName
	err := b.store.SaveCertificates(ctx, []store.Certificate{row}, entries...)
	var view Entry
	if err == nil {
		b.mu.Lock()
		e.Decision, e.DecidedBy, e.DecidedAt, e.AlthoughExpired, e.AlthoughName = row.Decision, row.DecidedBy, row.DecidedAt, row.AlthoughExpired, row.AlthoughName
		view = e.view()
		b.entries[id] = e // it may have been forgotten meanwhile
		b.mu.Unlock()
	}
	b.saving.Unlock()
	if err != nil {
		return Entry{}, err
	}
	b.tell(b.concerned(view))
	return view, nil
}

// Remove forgets a certificate; a device that shows it again is met as a stranger.
func (b *Book) Remove(ctx context.Context, fingerprint, address string, entries ...store.Entry) error {
	id := key{fingerprint, address}
	b.saving.Lock()
	b.mu.Lock()
	e := b.entries[id]
	var view Entry
	if e != nil {
		view = e.view()
	}
	b.mu.Unlock()
	if e == nil {
		b.saving.Unlock()
		return ErrUnknown
	}
	err := b.store.RemoveCertificate(ctx, fingerprint, address, entries...)
	if err == nil {
		b.mu.Lock()
		delete(b.entries, id)
		b.mu.Unlock()
	}
	b.saving.Unlock()
	if errors.Is(err, store.ErrNotFound) {
		return ErrUnknown
	}
	if err != nil {
		return err
	}
	b.tell(b.concerned(view))
	return nil
}

// concerned are the devices that a decision is about: those that met the certificate; of an
// authority, all that showed any.
func (b *Book) concerned(e Entry) []string {
	if !e.Authority() {
		return e.Devices
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for device := range b.shown {
		out = append(out, device)
	}
	return out
}

// Bounds of an import.
const (
	// MaxImport is the largest file, in bytes.
	MaxImport  = 256 << 10
	mostAtOnce = 50
)

// ParseAuthorities reads the certificates of authorities in PEM or DER form. The error is a
// *spec.Problem.
func ParseAuthorities(data []byte) ([]*x509.Certificate, error) {
	wrong := func(code, hint, format string, args ...any) error {
		return &spec.Problem{Code: code, Message: fmt.Sprintf(format, args...), Hint: hint}
	}
	if len(data) > MaxImport {
		return nil, wrong("certificate_file", "Give a file with one authority.", "The file has %d bytes, more than %d.", len(data), MaxImport)
	}
	var out []*x509.Certificate
	rest := data
	if !bytes.Contains(data, []byte("-----BEGIN")) {
		all, err := x509.ParseCertificates(data)
		if err != nil {
			return nil, wrong("certificate_file", "Give a certificate in PEM or DER form: .pem, .crt, .cer or .der.", "The file holds no certificate.")
		}
		out, rest = all, nil
	}
	for len(rest) > 0 {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, wrong("certificate_file", "Have it written anew by who made it.", "A certificate of the file cannot be read: %v.", err)
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, wrong("certificate_file", "Give a certificate in PEM or DER form: .pem, .crt, .cer or .der.", "The file holds no certificate.")
	}
	if len(out) > mostAtOnce {
		return nil, wrong("certificate_file", "Give a file with the authorities of the plant only.", "The file holds %d certificates, more than %d.", len(out), mostAtOnce)
	}
	for _, c := range out {
		name := c.Subject.CommonName
		if name == "" {
			name = c.Subject.String()
		}
		if !c.BasicConstraintsValid || !c.IsCA || c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCertSign == 0 {
			return nil, wrong("certificate_authority", "Give the certificate of who signed it. That of a single device is trusted when the device has shown it.", "%q is not the certificate of an authority.", name)
		}
		if time.Now().After(c.NotAfter) {
			return nil, wrong("certificate_expired", "Give the present certificate of the authority.", "The certificate of %q ended on %s.", name, c.NotAfter.Format(time.DateOnly))
		}
	}
	return out, nil
}

// Import trusts authorities: from now on who has a certificate signed by one is let in if name
// and time are right. Known ones are trusted again.
func (b *Book) Import(ctx context.Context, authorities []*x509.Certificate, by string, entries ...store.Entry) ([]Entry, error) {
	b.saving.Lock()
	b.mu.Lock()
	now, count := b.now(), 0
	for _, e := range b.entries {
		if e.Authority() {
			count++
		}
	}
	made := make([]*entry, len(authorities))
	rows := make([]store.Certificate, len(authorities))
	for i, c := range authorities {
		id := key{trust.Fingerprint(c), ""}
		e := &entry{Certificate: store.Certificate{Fingerprint: id.fingerprint, DER: c.Raw, FirstSeen: now}, leaf: c}
		if old := b.entries[id]; old != nil {
			e.FirstSeen = old.FirstSeen
		} else {
			count++
		}
		e.Decision, e.DecidedBy, e.DecidedAt, e.LastSeen, e.saved = Trusted, by, now, now, now
		made[i], rows[i] = e, e.Certificate
	}
	b.mu.Unlock()
	err := ErrFull
	if count <= maxAuthorities {
		err = b.store.SaveCertificates(ctx, rows, entries...)
	}
	out := make([]Entry, len(made))
	if err == nil {
		b.mu.Lock()
		for i, e := range made {
			b.entries[key{e.Fingerprint, ""}] = e
			out[i] = e.view()
		}
		b.mu.Unlock()
	}
	b.saving.Unlock()
	if err != nil {
		return nil, err
	}
	b.tell(b.concerned(Entry{}))
	return out, nil
}
