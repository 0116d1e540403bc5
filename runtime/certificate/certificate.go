// Package certificate is the trust store of the plant: which certificates devices showed, what an
// administrator decided about them, the authorities that count beside those of the system, and
// the certificate of this application.
//
// A decision is about one certificate at one address, as a known host is to SSH: a trusted
// certificate does not open the door to other addresses, and another certificate at the same
// address is refused like a stranger.
package certificate

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/store"
)

// States of a certificate.
const (
	// Accepted: an authority vouches for it, and nothing speaks against it.
	Accepted = "accepted"
	// Refused: something speaks against it, and nobody has decided that it does not matter.
	Refused = "refused"
	// Trusted and Rejected were decided by an administrator.
	Trusted  = "trusted"
	Rejected = "rejected"
)

// WarnBefore is how long before its end a certificate is said to end soon.
const WarnBefore = 30 * 24 * time.Hour

// Bounds.
const (
	maxCertificates = 2000
	maxPerAddress   = 10 // undecided ones
	maxDevices      = 50
	maxAuthorities  = 200
	savedFor        = time.Hour // how old a kept LastSeen may be
	saveWithin      = 5 * time.Second
)

// Errors of decisions.
var (
	ErrUnknown = errors.New("there is no such certificate")
	ErrFull    = errors.New("there are too many certificates")
)

// Entry is one certificate of the store.
type Entry struct {
	store.Certificate
	Leaf *x509.Certificate
	// State is what becomes of a connection: see Accepted.
	State string
	// Missing are the faults that no decision covers.
	Missing []trust.Fault
}

// Authority reports whether it is that of an authority, not of a server.
func (e *Entry) Authority() bool { return e.Address == "" }

type key struct{ fingerprint, address string }

type entry struct {
	store.Certificate
	leaf  *x509.Certificate
	saved time.Time // LastSeen as it is in the database
}

// Book is the trust store. Its methods may be called from any goroutine.
type Book struct {
	store  *store.Store
	log    *slog.Logger
	legacy string
	now    func() time.Time

	// saving is held from reading an entry to its being in the database, so that an older state
	// never overwrites a newer one. It comes before mu.
	saving sync.Mutex

	mu      sync.Mutex
	entries map[key]*entry
	shown   map[string]key // what a device showed last
	changed func(devices []string)

	own struct {
		sync.Mutex
		identity *trust.Identity
		users    map[string]bool // devices that asked for it
	}
}

// New reads the trust store. legacy is a folder with certificate.pem and key.pem, from which the
// certificate of this application is taken over if there is none yet; "" is none.
func New(ctx context.Context, db *store.Store, log *slog.Logger, legacy string) (*Book, error) {
	b := &Book{store: db, log: log, legacy: legacy, now: time.Now, entries: map[key]*entry{}, shown: map[string]key{}}
	b.own.users = map[string]bool{}
	rows, err := db.Certificates(ctx)
	if err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	for _, r := range rows {
		leaf, err := x509.ParseCertificate(r.DER)
		if err != nil {
			log.Warn("a certificate of the trust store cannot be read", "fingerprint", r.Fingerprint, "error", err)
			continue
		}
		b.entries[key{r.Fingerprint, r.Address}] = &entry{Certificate: r, leaf: leaf, saved: r.LastSeen}
	}
	return b, nil
}

// OnChange has f told of devices whose connections a decision concerns: they connect anew.
func (b *Book) OnChange(f func(devices []string)) {
	b.mu.Lock()
	b.changed = f
	b.mu.Unlock()
}

func (b *Book) tell(devices []string) {
	b.mu.Lock()
	f := b.changed
	b.mu.Unlock()
	if f != nil && len(devices) > 0 {
		f(devices)
	}
}

// missing are the faults that the decision does not cover.
func (e *entry) missing() []trust.Fault {
	var out []trust.Fault
	for _, name := range e.Faults {
		f := trust.Fault(name)
		covered := e.Decision == Trusted
		switch {
		case f.OutOfTime():
			covered = covered && e.AlthoughExpired
		case !f.Untrusted():
			covered = covered && e.AlthoughName
		}
		if !covered {
			out = append(out, f)
		}
	}
	return out
}

func (e *entry) view() Entry {
	v := Entry{Certificate: e.Certificate, Leaf: e.leaf, Missing: e.missing()}
	v.Faults, v.Devices = slices.Clone(e.Faults), slices.Clone(e.Devices)
	switch {
	case e.Decision == Rejected:
		v.State = Rejected
	case len(v.Missing) > 0:
		v.State = Refused
	case e.Decision == Trusted:
		v.State = Trusted
	default:
		v.State = Accepted
	}
	return v
}

// List is all certificates: authorities first, then by address.
func (b *Book) List() []Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]Entry, 0, len(b.entries))
	for _, e := range b.entries {
		out = append(out, e.view())
	}
	slices.SortFunc(out, func(x, y Entry) int {
		if x.Address != y.Address {
			return compare(x.Address, y.Address)
		}
		if !x.FirstSeen.Equal(y.FirstSeen) {
			return x.FirstSeen.Compare(y.FirstSeen)
		}
		return compare(x.Fingerprint, y.Fingerprint)
	})
	return out
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Find is one certificate.
func (b *Book) Find(fingerprint, address string) (Entry, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[key{fingerprint, address}]
	if e == nil {
		return Entry{}, false
	}
	return e.view(), true
}

// Expires is when the certificate ends that a device showed last.
func (b *Book) Expires(device string) (time.Time, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[b.shown[device]]
	if e == nil {
		return time.Time{}, false
	}
	return e.leaf.NotAfter, true
}

// Keeper is the trust store for a device; "" is a connection that is tried.
func (b *Book) Keeper(device string) trust.Keeper { return keeper{b, device} }

type keeper struct {
	book   *Book
	device string
}

// Judge implements trust.Keeper.
func (k keeper) Judge(s trust.Shown) error {
	b := k.book
	id := key{trust.Fingerprint(s.Leaf), s.Address}
	now := b.now()
	names := make([]string, len(s.Faults))
	for i, f := range s.Faults {
		names[i] = string(f)
	}
	b.mu.Lock()
	e := b.entries[id]
	var forgotten *entry
	if e == nil {
		e = &entry{Certificate: store.Certificate{Fingerprint: id.fingerprint, Address: id.address, DER: s.Leaf.Raw, FirstSeen: now}, leaf: s.Leaf}
		forgotten = b.room(id.address)
		b.entries[id] = e
	}
	news := now.Sub(e.saved) > savedFor || !slices.Equal(e.Faults, names)
	e.LastSeen, e.Faults = now, names
	if k.device != "" {
		b.shown[k.device] = id
		if !slices.Contains(e.Devices, k.device) && len(e.Devices) < maxDevices {
			e.Devices = append(slices.Clip(e.Devices), k.device)
			news = true
		}
	}
	missing, rejected := e.missing(), e.Decision == Rejected
	b.mu.Unlock()
	if news {
		if err := b.save(id, forgotten); err != nil {
			b.log.Warn("a certificate could not be kept", "address", id.address, "error", err)
		}
	}
	switch {
	case rejected:
		return trust.Reject(s)
	case len(missing) > 0:
		return trust.Refuse(s, missing)
	}
	return nil
}

// room forgets certificates that nobody decided about, so that a device that shows another one
// every time does not fill the store. The caller holds mu.
func (b *Book) room(address string) (forgotten *entry) {
	here := 0
	var oldest, oldestHere *entry
	for _, e := range b.entries {
		if e.Decision != "" || e.Authority() {
			continue
		}
		if oldest == nil || e.LastSeen.Before(oldest.LastSeen) {
			oldest = e
		}
		if e.Address == address {
			if here++; oldestHere == nil || e.LastSeen.Before(oldestHere.LastSeen) {
				oldestHere = e
			}
		}
	}
	if here < maxPerAddress && len(b.entries) < maxCertificates {
		return nil
	}
	if here >= maxPerAddress {
		oldest = oldestHere
	}
	if oldest != nil {
		delete(b.entries, key{oldest.Fingerprint, oldest.Address})
	}
	return oldest
}

// Authority reports whether it is that of an authority.
func (e *entry) Authority() bool { return e.Address == "" }

// save brings an entry into the database, and takes out one that is forgotten.
func (b *Book) save(id key, forgotten *entry) error {
	b.saving.Lock()
	defer b.saving.Unlock()
	b.mu.Lock()
	e := b.entries[id]
	if e == nil {
		b.mu.Unlock()
		return nil
	}
	row := e.view().Certificate
	b.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), saveWithin)
	defer cancel()
	if forgotten != nil {
		if err := b.store.RemoveCertificate(ctx, forgotten.Fingerprint, forgotten.Address); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	if err := b.store.SaveCertificates(ctx, []store.Certificate{row}); err != nil {
		return err
	}
	b.mu.Lock()
	e.saved = row.LastSeen
	b.mu.Unlock()
	return nil
}

// Authorities implements trust.Keeper.
func (k keeper) Authorities() []*x509.Certificate {
	k.book.mu.Lock()
	defer k.book.mu.Unlock()
	var out []*x509.Certificate
	for _, e := range k.book.entries {
		if e.Authority() && e.Decision == Trusted {
			out = append(out, e.leaf)
		}
	}
	return out
}

// Own implements trust.Keeper.
func (k keeper) Own() (*trust.Identity, error) { return k.book.ownFor(k.device) }
