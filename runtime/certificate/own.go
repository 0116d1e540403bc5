package certificate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/store"
)

// identityName is under which the certificate of this application is kept.
const identityName = "opcua"

// Own is the certificate of this application (OPC 10000-4, 6.1). It is made when it is first
// needed, and kept with its key encrypted.
func (b *Book) Own() (*trust.Identity, error) { return b.ownFor("") }

func (b *Book) ownFor(device string) (*trust.Identity, error) {
	b.own.Lock()
	defer b.own.Unlock()
	if device != "" {
		b.own.users[device] = true
	}
	if b.own.identity != nil {
		return b.own.identity, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), saveWithin)
	defer cancel()
	certificate, key, err := b.store.Identity(ctx, identityName)
	switch {
	case err == nil:
		b.own.identity, err = trust.ParseIdentity(certificate, key)
	case errors.Is(err, store.ErrNotFound):
		err = b.adopt(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("certificate of this application: %w", err)
	}
	return b.own.identity, nil
}

// adopt takes over the certificate that lies in the folder where it was kept before, so that
// servers that trust it go on doing so, or makes one.
func (b *Book) adopt(ctx context.Context) error {
	made, files := b.kept()
	var err error
	if made == nil {
		if made, err = trust.NewIdentity(b.now(), ""); err != nil {
			return err
		}
	}
	certificate, key, err := made.PEM()
	if err != nil {
		return err
	}
	if err := b.store.SaveIdentity(ctx, identityName, certificate, key); err != nil {
		return err
	}
	b.own.identity = made
	if files {
		// The key lay there unencrypted.
		for _, name := range []string{"key.pem", "certificate.pem", "certificate.der"} {
			if err := os.Remove(filepath.Join(b.legacy, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
				b.log.Warn("the file of the old certificate could not be removed", "error", err)
			}
		}
		_ = os.Remove(b.legacy) // stays when something else lies in it
	}
	return nil
}

func (b *Book) kept() (made *trust.Identity, files bool) {
	if b.legacy == "" {
		return nil, false
	}
	certificate, err := os.ReadFile(filepath.Join(b.legacy, "certificate.pem"))
	if err != nil {
		return nil, false
	}
	key, err := os.ReadFile(filepath.Join(b.legacy, "key.pem"))
	if err != nil {
		return nil, false
	}
	made, err = trust.ParseIdentity(string(certificate), string(key))
	return made, err == nil
}

// Renew makes another certificate of this application with another key and the same application
// URI. Servers do not know it yet: until they trust it, they refuse devices that need it.
func (b *Book) Renew(ctx context.Context, entries ...store.Entry) (*trust.Identity, error) {
	old, err := b.Own()
	if err != nil {
		return nil, err
	}
	made, err := trust.NewIdentity(b.now(), old.Application())
	if err != nil {
		return nil, err
	}
	certificate, key, err := made.PEM()
	if err != nil {
		return nil, err
	}
	b.own.Lock()
	if err := b.store.SaveIdentity(ctx, identityName, certificate, key, entries...); err != nil {
		b.own.Unlock()
		return nil, err
	}
	b.own.identity = made
	var users []string
	for device := range b.own.users {
		users = append(users, device)
	}
	b.own.Unlock()
	b.tell(users)
	return made, nil
}
