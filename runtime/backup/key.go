package backup

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"

	"golang.org/x/crypto/argon2"
)

// ErrPassphrase says that a passphrase does not open the key.
var ErrPassphrase = errors.New("the passphrase is wrong: it is the one that was set when the backup was taken")

// MinPassphrase is how many characters a passphrase has at least.
const MinPassphrase = 12

const saltSize = 16

// sealKey encrypts the key of the secrets: 16 bytes of salt for Argon2id (RFC 9106, 4, second recommendation: 64 MiB, 3
// passes, 4 lanes), 12 of nonce, AES-256-GCM.
func sealKey(key []byte, passphrase string) ([]byte, error) {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails
	aead, err := keyCipher(passphrase, salt)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce)
	return aead.Seal(append(salt, nonce...), nonce, key, []byte(keyName)), nil
}

func openKey(sealed []byte, passphrase string) ([]byte, error) {
	if len(sealed) < saltSize {
		return nil, ErrPassphrase
	}
	aead, err := keyCipher(passphrase, sealed[:saltSize])
	if err != nil {
		return nil, err
	}
	rest := sealed[saltSize:]
	if len(rest) < aead.NonceSize() {
		return nil, ErrPassphrase
	}
	key, err := aead.Open(nil, rest[:aead.NonceSize()], rest[aead.NonceSize():], []byte(keyName))
	if err != nil {
		return nil, ErrPassphrase
	}
	return key, nil
}

func keyCipher(passphrase string, salt []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(argon2.IDKey([]byte(passphrase), salt, 3, 64<<10, 4, 32))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
