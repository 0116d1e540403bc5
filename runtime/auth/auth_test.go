package auth

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/tag"
)

func TestCheckPassword(t *testing.T) {
	for _, row := range []struct {
		name, password, user string
		good                 bool
	}{
		{"words", "correct horse battery", "anna", true},
		{"Chinese", "高炉冷却水循环泵一号机组", "anna", true},
		{"ten characters", "k9!vR2#xQ7", "anna", true},
		{"nine characters", "k9!vR2#xQ", "anna", false},
		{"ten bytes, four characters", "高炉冷却", "anna", false},
		{"empty", "", "anna", false},
		{"common", "qwertyuiop", "anna", false},
		{"common with digits", "Password123", "anna", false},
		{"common with digits and signs", "administrator2026!", "anna", false},
		{"one character", "aaaaaaaaaaaa", "anna", false},
		{"run upwards", "abcdefghijklm", "anna", false},
		{"digits round", "1234567890", "anna", false},
		{"digits back", "0987654321", "anna", false},
		{"the name", "annabelleconrad", "AnnabelleConrad", false},
		{"the name and a year", "AnnabelleConrad2026", "annabelleconrad", false},
		{"too long", strings.Repeat("long word ", 30), "anna", false},
		{"not UTF-8", "\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7\xf6", "anna", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := CheckPassword(row.password, row.user)
			if (p == nil) != row.good {
				t.Errorf("%q: %v", row.password, p)
			}
			if p != nil {
				for _, lang := range []string{"en", "zh"} {
					if p.Message[lang] == "" || p.Hint[lang] == "" {
						t.Errorf("nothing said in %s", lang)
					}
				}
			}
		})
	}
}

func TestHasher(t *testing.T) {
	ctx, h := context.Background(), NewCheapHasher()
	hash, err := h.Hash(ctx, "correct horse battery")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$") || strings.Contains(hash, "horse") {
		t.Fatalf("%q %v", hash, err)
	}
	again, err := h.Hash(ctx, "correct horse battery")
	if err != nil || again == hash {
		t.Error("the same password has the same hash twice: no salt")
	}
	for password, want := range map[string]bool{"correct horse battery": true, "correct horse batterY": false, "": false, strings.Repeat("x", 10000): false} {
		if ok, err := h.Check(ctx, password, hash); err != nil || ok != want {
			t.Errorf("%.30q: %v %v", password, ok, err)
		}
	}
	if ok, err := h.Check(ctx, "", ""); err != nil || ok {
		t.Errorf("a user that does not exist: %v %v", ok, err)
	}
	if _, err := h.Check(ctx, "x", "$argon2id$nonsense"); err == nil {
		t.Error("a damaged hash is no error")
	}
	// The cost of the real one is at least what OWASP asks for.
	if p := NewHasher().params; p.Memory < 19*1024 || p.Iterations < 2 {
		t.Errorf("too cheap: %+v", p)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	busy := newHasher(h.params)
	busy.free <- struct{}{}
	busy.free <- struct{}{}
	if _, err := busy.Check(gone, "x", hash); err == nil {
		t.Error("who has gone still waits")
	}
}

func TestLockout(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := NewLockout()
	l.now = func() time.Time { return now }
	for i := range freeFailures {
		if w := l.Wait("Anna", "192.0.2.1"); w != 0 {
			t.Fatalf("attempt %d waits %v", i+1, w)
		}
	}
	want := time.Second
	for i := range 12 {
		if w := l.Wait("anna", "192.0.2.1"); w != 0 {
			t.Fatalf("attempt after waiting is refused for %v", w)
		}
		w := l.Wait("ANNA", "192.0.2.1")
		if w != min(want, longestWait) {
			t.Fatalf("failure %d: wait %v, want %v", freeFailures+i+1, w, min(want, longestWait))
		}
		if l.Wait("anna", "192.0.2.2") != 0 || l.Wait("bert", "192.0.2.1") != 0 {
			t.Fatal("somebody else is locked out too")
		}
		l.Succeeded("anna", "192.0.2.2")
		l.Succeeded("bert", "192.0.2.1")
		now = now.Add(w)
		want *= 2
	}
	l.Succeeded("anna", "192.0.2.1")
	if w := l.Wait("anna", "192.0.2.1"); w != 0 {
		t.Errorf("after success: wait %v", w)
	}
	now = now.Add(2 * forgetAfter)
	for i := range freeFailures {
		if w := l.Wait("anna", "192.0.2.1"); w != 0 {
			t.Errorf("old failures count at attempt %d: %v", i+1, w)
		}
	}
}

// TestLockoutIsBounded: an attacker with many names does not fill the memory.
func TestLockoutIsBounded(t *testing.T) {
	l := NewLockout()
	for i := range maxTries + 5000 {
		l.Wait(strings.Repeat("x", i%7)+time.Duration(i).String(), "192.0.2.1")
	}
	if len(l.tries) > maxTries {
		t.Errorf("%d tries are kept", len(l.tries))
	}
}

// TestLockoutTogether: many attempts at once gain nothing.
func TestLockoutTogether(t *testing.T) {
	l := NewLockout()
	var wg sync.WaitGroup
	var mu sync.Mutex
	let := 0
	for range 200 {
		wg.Go(func() {
			if l.Wait("anna", "192.0.2.1") == 0 {
				mu.Lock()
				let++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if let > freeFailures+2 {
		t.Errorf("%d attempts were let through at once", let)
	}
}

func TestTokens(t *testing.T) {
	a, b := NewToken(), NewToken()
	if a == b || !strings.HasPrefix(a, TokenPrefix) || len(a) < 32 || HashToken(a) == HashToken(b) || strings.Contains(HashToken(a), a) {
		t.Errorf("tokens %q %q", a, b)
	}
	if NewSetupToken() == NewSetupToken() {
		t.Error("set-up tokens repeat")
	}
}

// TestWithin: a token may do what both its grants and its owner allow, no more and no less.
func TestWithin(t *testing.T) {
	areas := []tag.Path{"", "a", "a/b", "a/b/c", "ab", "x"}
	grant := rapid.Custom(func(t *rapid.T) Grant {
		return Grant{rapid.SampledFrom([]string{"viewer", "operator", "engineer", "admin"}).Draw(t, "role"), rapid.SampledFrom(areas).Draw(t, "area")}
	})
	grants := rapid.SliceOfN(grant, 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		token, owner := RightsOf(grants.Draw(t, "token"), AllActions), RightsOf(grants.Draw(t, "owner"), AllActions)
		both := token.Within(owner)
		for _, n := range ActionNames {
			for _, p := range append(areas, "a/b/c/d", "x/y", "abc") {
				if got, want := both.Allows(n.Action, p), token.Allows(n.Action, p) && owner.Allows(n.Action, p); got != want {
					t.Fatalf("%s at %q: %v, want %v", n.Name, p, got, want)
				}
			}
		}
	})
}

func TestParseActions(t *testing.T) {
	if a, err := ParseActions(nil); err != nil || a != AllActions {
		t.Errorf("none: %v %v", a, err)
	}
	if a, err := ParseActions([]string{"view", "operate"}); err != nil || a != View|Operate {
		t.Errorf("two: %v %v", a, err)
	}
	if _, err := ParseActions([]string{"fly"}); err == nil {
		t.Error("an unknown action is taken")
	}
}
