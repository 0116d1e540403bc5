package opcua

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/gopcua/opcua/uapolicy"
)

// Security modes (OPC 10000-4, 7.20).
const (
	modeNone           = 1
	modeSign           = 2
	modeSignAndEncrypt = 3
)

const policyPrefix = "http://opcfoundation.org/UA/SecurityPolicy#"

// policies are those that are spoken, the weakest first (OPC 10000-7, 6.6). Basic128Rsa15 and
// Basic256 rest on SHA-1 and are not.
var policies = []string{"None", "Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"}

// security is how a channel is secured.
type security struct {
	policy string // without the prefix
	mode   int
	own    *identity // not for None
	remote []byte    // the server's certificate, DER; may be nil for None
	key    *rsa.PublicKey
	asym   *uapolicy.EncryptionAlgorithm
}

// newSecurity makes the security of a channel to a server with a certificate.
func newSecurity(policy string, mode int, own *identity, remote *x509.Certificate) (*security, error) {
	s := &security{policy: policy, mode: mode, own: own}
	if remote != nil {
		s.remote = remote.Raw
	}
	if policy == "None" {
		return s, nil
	}
	if remote == nil {
		return nil, errors.New("the server shows no certificate")
	}
	key, ok := remote.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("the certificate of the server has no RSA key")
	}
	var err error
	s.key = key
	s.asym, err = uapolicy.Asymmetric(policyPrefix+policy, own.key, key)
	return s, err
}

func (s *security) nonceLength() int {
	if s.asym == nil {
		return 0
	}
	return s.asym.NonceLength()
}

// extraPadding says that a padding is counted by two bytes: the key is longer than 2048 bits.
func extraPadding(key int) int {
	if key > 256 {
		return 1
	}
	return 0
}

// sealAsymmetric makes the chunk of an OpenSecureChannel (OPC 10000-6, 6.7.2 and 6.7.4).
func (s *security) sealAsymmetric(channel, sequence, request uint32, body []byte) ([]byte, error) {
	w := &writer{b: []byte("OPNF\x00\x00\x00\x00")}
	w.u32(channel)
	w.text(policyPrefix + s.policy)
	if s.asym == nil {
		w.null()
		w.null()
	} else {
		w.bytes(s.own.certificate.Raw)
		thumb := sha1.Sum(s.remote)
		w.bytes(thumb[:])
	}
	head := len(w.b)
	w.u32(sequence)
	w.u32(request)
	w.b = append(w.b, body...)
	if s.asym == nil {
		binary.LittleEndian.PutUint32(w.b[4:], uint32(len(w.b)))
		return w.b, nil
	}
	return secureChunk(w.b, head, s.asym, true, s.key.Size())
}

// secureChunk pads, signs and encrypts a chunk from head on.
func secureChunk(b []byte, head int, a *uapolicy.EncryptionAlgorithm, encrypt bool, key int) ([]byte, error) {
	size := len(b) + a.SignatureLength()
	if encrypt {
		plain, extra := a.PlaintextBlockSize(), extraPadding(key)
		n := len(b) - head + 1 + extra + a.SignatureLength()
		padding := (plain - n%plain) % plain
		for range padding + 1 {
			b = append(b, byte(padding))
		}
		if extra > 0 {
			b = append(b, byte(padding>>8))
		}
		size = head + (n+padding)/plain*a.BlockSize()
	}
	binary.LittleEndian.PutUint32(b[4:], uint32(size))
	signature, err := a.Signature(b)
	if err != nil {
		return nil, err
	}
	b = append(b, signature...)
	if !encrypt {
		return b, nil
	}
	secret, err := a.Encrypt(b[head:])
	if err != nil {
		return nil, err
	}
	return append(b[:head:head], secret...), nil
}

// unsecureChunk decrypts a chunk from head on, checks its signature and returns what lies
// between header and padding.
func unsecureChunk(chunk []byte, head int, a *uapolicy.EncryptionAlgorithm, encrypted bool, key int) ([]byte, error) {
	if encrypted {
		plain, err := a.Decrypt(chunk[head:])
		if err != nil {
			return nil, fmt.Errorf("a chunk cannot be decrypted: %w", err)
		}
		chunk = append(chunk[:head:head], plain...)
	}
	end := len(chunk) - a.RemoteSignatureLength()
	if end < head {
		return nil, errShort
	}
	if err := a.VerifySignature(chunk[:end], chunk[end:]); err != nil {
		return nil, errors.New("a chunk has a wrong signature")
	}
	if !encrypted {
		return chunk[head:end], nil
	}
	padding := 1
	if extraPadding(key) > 0 {
		if end-2 < head {
			return nil, errShort
		}
		padding = int(chunk[end-1])<<8 + int(chunk[end-2]) + 2
	} else if end-1 >= head {
		padding = int(chunk[end-1]) + 1
	}
	if end-padding < head {
		return nil, errors.New("a chunk has a wrong padding")
	}
	return chunk[head : end-padding], nil
}

// openAsymmetric reads the chunk of an OpenSecureChannel. It must be by the policy that was
// asked for and by the certificate that is trusted.
func (s *security) openAsymmetric(chunk []byte) ([]byte, error) {
	r := &reader{b: chunk[8:]}
	r.u32()
	policy, certificate, thumb := r.text(), r.bytes(), r.bytes()
	if r.err != nil {
		return nil, r.err
	}
	if policy != policyPrefix+s.policy {
		return nil, fmt.Errorf("the server opened the channel by the policy %q", clip(policy))
	}
	head := len(chunk) - len(r.b)
	if s.asym == nil {
		return chunk[head:], nil
	}
	own := sha1.Sum(s.own.certificate.Raw)
	if !bytes.HasPrefix(certificate, s.remote) {
		return nil, errors.New("the server opened the channel with another certificate")
	}
	if !bytes.Equal(thumb, own[:]) {
		return nil, errors.New("the server opened the channel for another certificate than ours")
	}
	return unsecureChunk(chunk, head, s.asym, true, s.own.key.Size())
}

// token holds the keys that secure messages for a while (OPC 10000-6, 6.7.5).
type token struct {
	number uint32
	mode   int
	sym    *uapolicy.EncryptionAlgorithm
}

func (s *security) token(number uint32, local, remote []byte) (*token, error) {
	t := &token{number: number, mode: s.mode}
	if s.asym == nil {
		return t, nil
	}
	if len(remote) < s.nonceLength() {
		return nil, errors.New("the nonce of the server is too short")
	}
	var err error
	t.sym, err = uapolicy.Symmetric(policyPrefix+s.policy, local, append([]byte(nil), remote...))
	return t, err
}

const symmetricHead = 16 // message header, channel and token

// room is how long the body of a chunk of size bytes can be.
func (t *token) room(size int) int {
	n := size - symmetricHead
	switch t.mode {
	case modeNone:
		return n - 8
	case modeSign:
		return n - 8 - t.sym.SignatureLength()
	}
	block := t.sym.PlaintextBlockSize()
	return n/block*block - 8 - 1 - t.sym.SignatureLength()
}

// seal makes a chunk.
func (t *token) seal(kind string, channel, sequence, request uint32, body []byte) ([]byte, error) {
	w := &writer{b: make([]byte, 0, len(body)+128)}
	w.b = append(append(w.b, kind...), 0, 0, 0, 0)
	w.u32(channel)
	w.u32(t.number)
	w.u32(sequence)
	w.u32(request)
	w.b = append(w.b, body...)
	if t.sym == nil {
		binary.LittleEndian.PutUint32(w.b[4:], uint32(len(w.b)))
		return w.b, nil
	}
	return secureChunk(w.b, symmetricHead, t.sym, t.mode == modeSignAndEncrypt, 0)
}

// open returns the sequence header and the body of a chunk.
func (t *token) open(chunk []byte) ([]byte, error) {
	if len(chunk) < symmetricHead {
		return nil, errShort
	}
	if t.sym == nil {
		return chunk[symmetricHead:], nil
	}
	return unsecureChunk(chunk, symmetricHead, t.sym, t.mode == modeSignAndEncrypt, 0)
}

// sign signs what a session must prove (OPC 10000-4, 5.6.2 and 5.6.3).
func (s *security) sign(key *rsa.PrivateKey, policy string, data ...[]byte) (signature []byte, algorithm string, err error) {
	a, err := uapolicy.Asymmetric(policyPrefix+policy, key, s.key)
	if err != nil {
		return nil, "", err
	}
	signature, err = a.Signature(bytes.Join(data, nil))
	return signature, a.SignatureURI(), err
}

// encryptPassword encrypts a password for the server (OPC 10000-4, 7.41.2.2).
func encryptPassword(policy string, remote *x509.Certificate, password string, nonce []byte) (secret []byte, algorithm string, err error) {
	key, ok := remote.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, "", errors.New("the certificate of the server has no RSA key")
	}
	a, err := uapolicy.Asymmetric(policyPrefix+policy, nil, key)
	if err != nil {
		return nil, "", err
	}
	w := &writer{}
	w.count(len(password) + len(nonce))
	w.b = append(append(w.b, password...), nonce...)
	secret, err = a.Encrypt(w.b)
	return secret, a.EncryptionURI(), err
}

// policyName is a policy without its prefix; "" when it is not one that is spoken.
func policyName(uri string) string {
	name := strings.TrimPrefix(uri, policyPrefix)
	for _, p := range policies {
		if name == p {
			return p
		}
	}
	return ""
}
