package auth

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

// Lengths of a password: the least in characters, the most in bytes.
const (
	MinPassword = 10
	MaxPassword = 256
)

// Hasher makes and checks password hashes by argon2id (RFC 9106). It bounds how many are
// worked on at a time, because each takes memory.
type Hasher struct {
	params *argon2id.Params
	free   chan struct{}
	dummy  string
}

// NewHasher makes a Hasher with the cost that OWASP recommends at least (19 MiB, two passes).
func NewHasher() *Hasher {
	return newHasher(&argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32})
}

// NewCheapHasher makes a Hasher for tests, whose hashes are quickly made and quickly broken.
func NewCheapHasher() *Hasher {
	return newHasher(&argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
}

func newHasher(p *argon2id.Params) *Hasher {
	return &Hasher{params: p, free: make(chan struct{}, 2),
		// The hash of no password, checked when a name is unknown, so that the answer takes as long.
		dummy: fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", p.Memory, p.Iterations, p.Parallelism)}
}

func (h *Hasher) take(ctx context.Context) error {
	select {
	case h.free <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Hash makes the hash of a password.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if err := h.take(ctx); err != nil {
		return "", err
	}
	defer func() { <-h.free }()
	return argon2id.CreateHash(password, h.params)
}

// Check reports whether password is the one of hash. With hash "" it is not, and takes as
// long to say so.
func (h *Hasher) Check(ctx context.Context, password, hash string) (bool, error) {
	if len(password) > MaxPassword {
		return false, nil
	}
	known := hash != ""
	if !known {
		hash = h.dummy
	}
	if err := h.take(ctx); err != nil {
		return false, err
	}
	defer func() { <-h.free }()
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("check password: %w", err)
	}
	return ok && known, nil
}

// PasswordProblem is what is wrong with a new password and what to do, by language.
type PasswordProblem struct{ Message, Hint map[string]string }

func problem(en, zh, hintEn, hintZh string) *PasswordProblem {
	return &PasswordProblem{map[string]string{"en": en, "zh": zh}, map[string]string{"en": hintEn, "zh": hintZh}}
}

// CheckPassword says what is wrong with a new password of a user, nil when nothing is.
func CheckPassword(password, name string) *PasswordProblem {
	lower := strings.ToLower(password)
	plain := strings.Trim(lower, "0123456789!?.,-_ ")
	switch {
	case !utf8.ValidString(password):
		return problem("The password is not valid text.", "密码不是有效文本。", "Type it again.", "请重新输入。")
	case utf8.RuneCountInString(password) < MinPassword:
		return problem(fmt.Sprintf("The password has fewer than %d characters.", MinPassword), fmt.Sprintf("密码少于 %d 个字符。", MinPassword),
			"Three or four words that do not belong together are easy to remember.", "三四个互不相关的词容易记住。")
	case len(password) > MaxPassword:
		return problem(fmt.Sprintf("The password has more than %d bytes.", MaxPassword), fmt.Sprintf("密码超过 %d 字节。", MaxPassword), "Choose a shorter one.", "请选择更短的密码。")
	case name != "" && (lower == strings.ToLower(name) || plain == strings.ToLower(name)):
		return problem("The password is the name.", "密码与用户名相同。", "Choose one that is not made from the name.", "请不要用用户名组成密码。")
	case commonPasswords[lower] || commonPasswords[plain] || monotone(lower):
		return problem("The password is among the most common ones.", "这是最常见的密码之一。", "Three or four words that do not belong together are hard to guess.", "三四个互不相关的词很难猜中。")
	}
	return nil
}

// monotone finds one character again and again, and runs such as 1234567890 or abcdefghij.
func monotone(s string) bool {
	runes := []rune(s)
	same, up, down := 0, 0, 0
	for i := 1; i < len(runes); i++ {
		switch d := runes[i] - runes[i-1]; {
		case d == 0:
			same++
		case d == 1 || d == -9:
			up++
		case d == -1 || d == 9:
			down++
		}
	}
	n := len(runes) - 1
	return n > 0 && (same == n || up == n || down == n)
}

// commonPasswords are of the published lists of leaked passwords, with what a plant would choose;
// digits and signs at either end are left out.
var commonPasswords = func() map[string]bool {
	m := map[string]bool{}
	for _, p := range strings.Fields(`
password passwort passw0rd p@ssw0rd p@ssword pa55word password1 mypassword passwordpassword password123 changeme changemenow
administrator adminadmin admin administrator1 operator operatoroperator engineer engineerengineer viewer maintenance
lineside linesideadmin linesidelineside factory production industrial automation supervisor welcome welcomewelcome
letmein letmeinnow qwertyuiop qwertyuiop[] qwertzuiop asdfghjkl asdfghjklö zxcvbnm qwerty qwertyqwerty qazwsxedc 1q2w3e4r5t 1q2w3e4r5t6y
1qaz2wsx3edc 1qazxsw23edc q1w2e3r4t5 q1w2e3r4t5y6 a1b2c3d4e5 abc123abc123 abcd1234abcd iloveyou iloveyouiloveyou football baseball basketball
sunshine princess dragon superman batman trustno1 monkey master shadow michael jennifer computer internet starwars whatever
summer winter spring autumn secret secretsecret default defaultdefault temporary testtest test testing1234 guest guestguest
1111122222 0123456789 1234512345 1122334455 1212121212 0987654321 9876543210 1231231231 123123123123 5201314520 woaini1314 woaini5201314`) {
		m[p] = true
	}
	return m
}()
