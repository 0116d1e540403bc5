package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// TokenPrefix begins the secret of an API token, so that it is known where it leaks.
const TokenPrefix = "lst_"

// NewToken makes the secret of an API token (128 bits and more).
func NewToken() string { return TokenPrefix + strings.ToLower(rand.Text()+rand.Text()[:6]) }

// NewSetupToken makes a one-time set-up token.
func NewSetupToken() string { return strings.ToLower(rand.Text()) }

// HashToken is what is kept of a random secret: SHA-256 in hexadecimal.
func HashToken(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
