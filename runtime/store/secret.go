package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gorm.io/gorm"
)

// ErrSealed says that a secret was encrypted with another key than that of the data folder: it came with a backup.
var ErrSealed = errors.New("secret cannot be decrypted")

// keyFile holds the key of the secrets: 32 bytes in base64, readable by its owner only.
const keyFile = "secret.key"

// SecretPrefix begins a reference to a secret in a document.
const SecretPrefix = "secret:"

// loadKey reads the key, or makes one when there is none.
func loadKey(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(file)
	}
	if err != nil {
		return nil, fmt.Errorf("key of the secrets: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("key of the secrets: %s does not hold 32 bytes in base64; restore it from a backup", file)
	}
	if err := os.Chmod(file, 0o600); err != nil {
		return nil, fmt.Errorf("key of the secrets: %w", err)
	}
	return key, nil
}

// makeKey writes a new key so that a crash leaves either none or a whole one.
func makeKey(file string) ([]byte, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key)                                       // never fails
	tmp, err := os.CreateTemp(filepath.Dir(file), keyFile+".*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("key of the secrets: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err != nil {
		return nil, fmt.Errorf("key of the secrets: %w", err)
	}
	// Link fails when another process was faster; then its key counts.
	if err := os.Link(tmp.Name(), file); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return loadKey(file)
		}
		if err := os.Rename(tmp.Name(), file); err != nil {
			return nil, fmt.Errorf("key of the secrets: %w", err)
		}
	}
	return key, nil
}

func (s *Store) seal(id, text string) ([]byte, error) {
	aead, err := s.aead()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce)
	return aead.Seal(nonce, nonce, []byte(text), []byte(id)), nil
}

func (s *Store) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(s.key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// NewSecretID makes the id under which PutSecrets keeps a secret.
func NewSecretID() string { return strings.ToLower(rand.Text()) }

// PutSecrets encrypts and keeps secrets by id.
func (s *Store) PutSecrets(ctx context.Context, secrets map[string]string) error {
	if len(secrets) == 0 {
		return nil
	}
	return s.write(ctx, func(tx *gorm.DB) error { return s.putSecrets(tx, secrets) })
}

func (s *Store) putSecrets(tx *gorm.DB, secrets map[string]string) error {
	for id, text := range secrets {
		sealed, err := s.seal(id, text)
		if err != nil {
			return fmt.Errorf("secret: %w", err)
		}
		if err := tx.Create(&secretRow{ID: id, Sealed: sealed, Created: time.Now().UnixMicro()}).Error; err != nil {
			return fmt.Errorf("secret: %w", known(err))
		}
	}
	return nil
}

// Secret decrypts a secret; ErrNotFound when there is none.
func (s *Store) Secret(ctx context.Context, id string) (string, error) {
	var row secretRow
	if err := s.read(ctx).First(&row, "id = ?", id).Error; err != nil {
		return "", known(err)
	}
	return s.unseal(id, row.Sealed)
}

// unseal is the way back from seal.
func (s *Store) unseal(id string, sealed []byte) (string, error) {
	aead, err := s.aead()
	if err != nil {
		return "", err
	}
	if len(sealed) < aead.NonceSize() {
		return "", errors.New("secret is damaged")
	}
	text, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(id))
	if err != nil {
		return "", fmt.Errorf("%w with %s: %w", ErrSealed, keyFile, err)
	}
	return string(text), nil
}

// SecretIDs lists the ids of all secrets.
func (s *Store) SecretIDs(ctx context.Context) (map[string]bool, error) {
	var ids []string
	if err := s.read(ctx).Model(&secretRow{}).Pluck("id", &ids).Error; err != nil {
		return nil, err
	}
	out := make(map[string]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, nil
}

// SavePlant keeps the plant with the secrets that were taken out of it. Secrets that
// the plant does not name in keep any more are removed.
func (s *Store) SavePlant(ctx context.Context, change Change, author string, secrets map[string]string, keep []string, entries ...Entry) (etag string, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		old, err := checkETag(tx, Plant, "", change.Want)
		if err != nil {
			return err
		}
		if err := s.putSecrets(tx, secrets); err != nil {
			return err
		}
		drop := tx.Where("id NOT LIKE ?", serverSecret+"%")
		if len(keep) > 0 {
			drop = drop.Where("id NOT IN ?", keep)
		}
		if err := drop.Delete(&secretRow{}).Error; err != nil {
			return err
		}
		if etag, err = saveChange(tx, old, change, author); err != nil {
			return err
		}
		for i := range entries {
			if old != "" {
				entries[i].Old = quoted(old)
			}
			entries[i].New = quoted(etag)
		}
		return s.appendAudit(tx, entries)
	})
	return etag, err
}

// serverSecret begins the ids of secrets that belong to settings of the server: no plant names them.
const serverSecret = "server."

// KeepSecret keeps a secret of a setting of the server by its name ("target.nas"), in place of the one there is; ""
// removes it.
func (s *Store) KeepSecret(ctx context.Context, name, text string) error {
	id := serverSecret + name
	return s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Delete(&secretRow{}, "id = ?", id).Error; err != nil || text == "" {
			return err
		}
		return s.putSecrets(tx, map[string]string{id: text})
	})
}

// KeptSecret is a secret that KeepSecret has kept; ErrNotFound when there is none.
func (s *Store) KeptSecret(ctx context.Context, name string) (string, error) {
	return s.Secret(ctx, serverSecret+name)
}
